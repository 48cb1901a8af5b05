/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Applies an adapter to an open checkpoint. See adapter.h.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/checkpoint/adapter-private.h"
#include "engine/checkpoint/checkpoint-private.h"

typedef struct
{
  const MonocleAdapter *adapter;
  MonocleCheckpoint *checkpoint;
  const MonocleAdapterNames *names;
  GHashTable *renamed; /* from the other layout's name of a stored tensor to its own */
  GError **error;
} Job;

/* --- which tensor ------------------------------------------------------------------------- */

static char *
rename (const Job *job, const char *name)
{
  return job->names->rename ? job->names->rename (name) : g_strdup (name);
}

static const MonocleCheckpointTensor *
find_stored (const Job *job, const char *name)
{
  g_autofree char *other = rename (job, name);
  const MonocleCheckpointTensor *tensor = monocle_checkpoint_find (job->checkpoint, name);
  const char *own;

  if (!tensor)
    tensor = monocle_checkpoint_find (job->checkpoint, other);
  if (!tensor && (own = g_hash_table_lookup (job->renamed, name)))
    tensor = monocle_checkpoint_find (job->checkpoint, own);
  return tensor;
}

/* A head that is the input's table becomes a tensor of its own, with the same numbers. */
static const MonocleCheckpointTensor *
untie_head (const Job *job, const char *name)
{
  g_autofree char *renamed = job->names->head ? rename (job, job->names->head) : NULL;
  MonocleCheckpointTensor head;

  if (!renamed || (!g_str_equal (name, job->names->head) && !g_str_equal (name, renamed)))
    return NULL;
  for (guint i = 0; job->names->tables[i]; i++)
    {
      const MonocleCheckpointTensor *table = find_stored (job, job->names->tables[i]);

      if (!table)
        continue;
      head = *table;
      head.name = g_str_equal (table->name, job->names->tables[i]) ? job->names->head : renamed;
      head.delta = NULL;
      return monocle_checkpoint_add (job->checkpoint, &head, job->adapter->path, NULL)
                 ? monocle_checkpoint_find (job->checkpoint, head.name)
                 : NULL;
    }
  return NULL;
}

static const MonocleCheckpointTensor *
find_target (const Job *job, const MonocleAdapterModule *module, const char *kind)
{
  g_autofree char *name = g_strconcat (module->name, kind, NULL);
  const MonocleCheckpointTensor *tensor = find_stored (job, name);

  if (!tensor)
    tensor = untie_head (job, name);
  if (!tensor)
    monocle_adapter_refuse (job->adapter, name, job->error, "the model has none of this name");
  return tensor;
}

/* --- what becomes of it ------------------------------------------------------------------- */

static float *
read_all (const MonocleCheckpointTensor *tensor)
{
  const guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
  float *values = g_new (float, n);

  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  return values;
}

/* [rows, columns] to [columns, rows] */
static float *
read_turned (const MonocleCheckpointTensor *tensor)
{
  const guint64 rows = tensor->dims[0];
  const guint64 columns = monocle_checkpoint_tensor_get_n_elements (tensor) / rows;
  g_autofree float *values = read_all (tensor);
  float *turned = g_new (float, rows *columns);

  for (guint64 i = 0; i < rows; i++)
    for (guint64 k = 0; k < columns; k++)
      turned[k * rows + i] = values[i * columns + k];
  return turned;
}

static gboolean
add_product (const Job *job, const MonocleAdapterModule *module, MonocleDelta *delta)
{
  const gboolean is_table = module->parts[MONOCLE_ADAPTER_TABLE_A] != NULL;
  /* Of a table the stored halves are [rank, rows] and [columns, rank]. */
  const MonocleCheckpointTensor *wide
      = module->parts[is_table ? MONOCLE_ADAPTER_TABLE_B : MONOCLE_ADAPTER_A];
  const MonocleCheckpointTensor *tall
      = module->parts[is_table ? MONOCLE_ADAPTER_TABLE_A : MONOCLE_ADAPTER_B];

  if (monocle_checkpoint_tensor_get_n_elements (wide) / module->rank != delta->columns
      || monocle_checkpoint_tensor_get_n_elements (tall) / module->rank != delta->rows)
    return monocle_adapter_refuse (job->adapter, module->name, job->error,
                                   "is made for a matrix [%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
                                   "]; the model's is [%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
                                   "]",
                                   monocle_checkpoint_tensor_get_n_elements (tall) / module->rank,
                                   monocle_checkpoint_tensor_get_n_elements (wide) / module->rank,
                                   delta->rows, delta->columns);
  delta->rank = module->rank;
  delta->a = is_table ? read_turned (wide) : read_all (wide);
  delta->b = is_table ? read_turned (tall) : read_all (tall);
  for (guint64 i = 0; i < delta->rows * delta->rank; i++)
    delta->b[i] *= module->scale;
  return TRUE;
}

/* DoRA: each row as long as it says. */
static gboolean
add_magnitude (const Job *job,
               const MonocleAdapterModule *module,
               const MonocleCheckpointTensor *target,
               MonocleDelta *delta)
{
  const MonocleCheckpointTensor *magnitude = module->parts[MONOCLE_ADAPTER_MAGNITUDE];
  g_autofree float *row = g_new (float, delta->columns);
  float *scale;

  if (monocle_checkpoint_tensor_get_n_elements (magnitude) != delta->rows)
    return monocle_adapter_refuse (job->adapter, magnitude->name, job->error,
                                   "the model's matrix has %" G_GUINT64_FORMAT " rows",
                                   delta->rows);
  scale = read_all (magnitude);
  for (guint64 i = 0; i < delta->rows; i++)
    {
      double squares = 0;

      monocle_checkpoint_tensor_read_f32 (target, i * delta->columns, delta->columns, row);
      monocle_delta_apply (delta, i * delta->columns, delta->columns, row);
      for (guint64 k = 0; k < delta->columns; k++)
        squares += (double) row[k] * (double) row[k];
      scale[i] = squares > 0 ? (float) ((double) scale[i] / sqrt (squares)) : 0;
    }
  delta->scale = scale;
  return TRUE;
}

typedef struct
{
  gint64 row;
  guint place; /* in the tensor of rows */
} Row;

static int
compare_rows (const void *a, const void *b)
{
  const Row *x = a, *y = b;

  return (x->row > y->row) - (x->row < y->row);
}

static gboolean
add_rows (const Job *job, const MonocleAdapterModule *module, MonocleDelta *delta)
{
  const MonocleCheckpointTensor *tensor = module->parts[MONOCLE_ADAPTER_ROWS];
  const guint n = module->rows->len;
  g_autofree Row *rows = g_new (Row, n);

  if (tensor->dims[1] != delta->columns)
    return monocle_adapter_refuse (job->adapter, tensor->name, job->error,
                                   "the model's rows have %" G_GUINT64_FORMAT " numbers",
                                   delta->columns);
  for (guint i = 0; i < n; i++)
    rows[i] = (Row){ g_array_index (module->rows, gint64, i), i };
  qsort (rows, n, sizeof *rows, compare_rows);
  for (guint i = 0; i < n; i++)
    if ((guint64) rows[i].row >= delta->rows || (i > 0 && rows[i].row == rows[i - 1].row))
      return monocle_adapter_refuse (job->adapter, tensor->name, job->error,
                                     "row %" G_GINT64_FORMAT " is not there, or named twice",
                                     rows[i].row);
  delta->n_others = n;
  delta->others = g_new (guint32, n);
  delta->other_rows = g_new (float, n * delta->columns);
  for (guint i = 0; i < n; i++)
    {
      delta->others[i] = (guint32) rows[i].row;
      monocle_checkpoint_tensor_read_f32 (tensor, rows[i].place * delta->columns, delta->columns,
                                          delta->other_rows + i * delta->columns);
    }
  return TRUE;
}

static gboolean
change (const Job *job, const MonocleAdapterModule *module)
{
  const MonocleCheckpointTensor *target = find_target (job, module, ".weight");
  MonocleDelta *delta;

  if (!target)
    return FALSE;
  if (target->n_dims < 2 || target->dtype == MONOCLE_DTYPE_OTHER
      || monocle_checkpoint_tensor_get_n_elements (target) == 0)
    return monocle_adapter_refuse (job->adapter, module->name, job->error,
                                   "what it changes is no matrix");
  delta = g_new0 (MonocleDelta, 1);
  delta->rows = target->dims[0];
  delta->columns = monocle_checkpoint_tensor_get_n_elements (target) / delta->rows;
  if ((module->rank > 0 && !add_product (job, module, delta))
      || (module->parts[MONOCLE_ADAPTER_MAGNITUDE] && !add_magnitude (job, module, target, delta))
      || (module->parts[MONOCLE_ADAPTER_ROWS] && !add_rows (job, module, delta)))
    {
      monocle_delta_free (delta);
      return FALSE;
    }
  monocle_checkpoint_change (job->checkpoint, target->name, delta);
  return TRUE;
}

static gboolean
replace (const Job *job, const MonocleAdapterModule *module, MonocleAdapterPart part)
{
  const MonocleCheckpointTensor *target
      = find_target (job, module, part == MONOCLE_ADAPTER_BIAS ? ".bias" : ".weight");
  MonocleCheckpointTensor by = *module->parts[part];

  if (!target)
    return FALSE;
  if (target->n_dims != by.n_dims
      || memcmp (target->dims, by.dims, by.n_dims * sizeof *by.dims) != 0)
    return monocle_adapter_refuse (job->adapter, by.name, job->error,
                                   "the model's tensor has another shape");
  by.name = target->name;
  monocle_checkpoint_replace (job->checkpoint, &by);
  return TRUE;
}

gboolean
monocle_adapter_apply (const MonocleAdapter *self,
                       MonocleCheckpoint *checkpoint,
                       const MonocleAdapterNames *names,
                       GError **error)
{
  g_autoptr (GHashTable) renamed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const Job job = { self, checkpoint, names, renamed, error };
  const guint n = monocle_checkpoint_get_n_tensors (checkpoint);

  for (guint i = 0; i < n && names->rename; i++)
    {
      const char *name = monocle_checkpoint_get_tensor (checkpoint, i)->name;

      g_hash_table_insert (renamed, names->rename (name), (gpointer) name);
    }
  monocle_checkpoint_keep_all (checkpoint, self->tensors);
  for (guint i = 0; i < self->modules->len; i++)
    {
      const MonocleAdapterModule *module = self->modules->pdata[i];

      if (((module->rank > 0 || module->rows) && !change (&job, module))
          || (module->parts[MONOCLE_ADAPTER_WEIGHT]
              && !replace (&job, module, MONOCLE_ADAPTER_WEIGHT))
          || (module->parts[MONOCLE_ADAPTER_BIAS] && !replace (&job, module, MONOCLE_ADAPTER_BIAS)))
        return FALSE;
    }
  return TRUE;
}
