/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/trainer-base.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/checkpoint/adapter.h"
#include "engine/checkpoint/delta.h"

/* What is read of an adapter again. */
#define MAX_RANK 1024

#define PRODUCT_A "lora_A.weight"
#define PRODUCT_B "lora_B.weight"
#define ROWS      "token_adapter.trainable_tokens_delta"

struct _MonocleTrainerBase
{
  MonocleCheckpoint *checkpoint; /* with the adapter's changes */
  GPtrArray *changed;            /* (element-type MonocleCheckpointTensor): of its tensors */
  guint max_rank;
};

void
monocle_trainer_base_free (MonocleTrainerBase *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->changed, g_ptr_array_unref);
  monocle_checkpoint_free (self->checkpoint);
  g_free (self);
}

/* --- what it changes ---------------------------------------------------------------------- */

static gboolean
is_called (const MonocleAdapterNames *names, const char *known, const char *name)
{
  g_autofree char *other = known && names->rename ? names->rename (known) : NULL;

  return known && (g_str_equal (known, name) || (other && g_str_equal (other, name)));
}

static gboolean
is_table (const MonocleAdapterNames *names, const char *name)
{
  for (guint i = 0; names->tables && names->tables[i]; i++)
    if (is_called (names, names->tables[i], name))
      return !is_called (names, names->head, name);
  return FALSE;
}

/* Whether what is learnt and what was known of a tensor can be one change of it. */
static gboolean
can_join (const MonocleAdapterNames *names, const MonocleCheckpointTensor *tensor)
{
  const MonocleDelta *delta = tensor->delta;

  if (!delta)
    return tensor->n_dims <= 2;
  return tensor->n_dims == 2 && !delta->scale && g_str_has_suffix (tensor->name, ".weight")
         && !is_table (names, tensor->name)
         && (delta->n_others == 0 || is_called (names, names->head, tensor->name));
}

/* (transfer full) (element-type utf8 gconstpointer): where the numbers of each tensor are */
static GHashTable *
list_places (const MonocleCheckpoint *checkpoint)
{
  GHashTable *places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);

      g_hash_table_insert (places, g_strdup (tensor->name), (gpointer) tensor->data);
    }
  return places;
}

static gboolean
find_changed (MonocleTrainerBase *self,
              const MonocleAdapterNames *names,
              GHashTable *places,
              const char *adapter,
              GError **error)
{
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (self->checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (self->checkpoint, i);

      if (!tensor->delta && g_hash_table_lookup (places, tensor->name) == tensor->data)
        continue;
      if (!can_join (names, tensor))
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       "%s: changes “%s” in a way that nothing can be learnt on top of: merge both "
                       "first",
                       adapter, tensor->name);
          return FALSE;
        }
      if (tensor->delta)
        self->max_rank = MAX (self->max_rank, tensor->delta->rank);
      g_ptr_array_add (self->changed, (gpointer) tensor);
    }
  return TRUE;
}

MonocleTrainerBase *
monocle_trainer_base_open (const MonocleFamily *family,
                           const char *directory,
                           const char *adapter,
                           GError **error)
{
  g_autoptr (MonocleTrainerBase) self = g_new0 (MonocleTrainerBase, 1);
  g_autoptr (MonocleAdapter) opened = NULL;
  g_autoptr (GHashTable) places = NULL;

  g_return_val_if_fail (family->adapter_names, NULL);

  self->changed = g_ptr_array_new ();
  self->checkpoint = monocle_family_open_checkpoint (family, directory, NULL, error);
  opened = self->checkpoint ? monocle_adapter_open (adapter, error) : NULL;
  if (!opened)
    return NULL;
  places = list_places (self->checkpoint);
  if (!monocle_adapter_apply (opened, self->checkpoint, family->adapter_names, error)
      || !find_changed (self, family->adapter_names, places, adapter, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
monocle_trainer_base_check (const MonocleTrainerBase *self, guint rank, GError **error)
{
  if (self->max_rank + rank <= MAX_RANK)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "the ranks of what is known and what is learnt are %u together, more than %d: merge "
               "both first",
               self->max_rank + rank, MAX_RANK);
  return FALSE;
}

/* --- tensors by their names --------------------------------------------------------------- */

/* @part: behind the module's name */
static char *
write_name (const char *module, const char *part)
{
  return g_strconcat ("base_model.model.", module, ".", part, NULL);
}

/* (nullable) */
static MonocleTrainingTensor *
find (const MonocleTrainingLearnt *learnt, const char *module, const char *part)
{
  g_autofree char *name = write_name (module, part);

  for (guint i = 0; i < learnt->tensors->len; i++)
    {
      MonocleTrainingTensor *tensor = learnt->tensors->pdata[i];

      if (g_str_equal (tensor->name, name))
        return tensor;
    }
  return NULL;
}

static void
forget (MonocleTrainingLearnt *learnt, MonocleTrainingTensor *tensor)
{
  g_ptr_array_remove (learnt->tensors, tensor);
}

static void
forget_name (GPtrArray *names, const char *name)
{
  guint index;

  if (g_ptr_array_find_with_equal_func (names, name, g_str_equal, &index))
    g_ptr_array_remove_index (names, index);
}

static void
note_name (GPtrArray *names, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (name));
}

/* --- products ----------------------------------------------------------------------------- */

/* [rows, columns], in front of it @by [rows, n], which may be zeros. */
static void
widen (MonocleTrainingTensor *tensor, const float *by, guint n)
{
  const guint64 rows = tensor->dims[0], columns = tensor->dims[1];
  float *values = g_new0 (float, rows *(columns + n));

  for (guint64 i = 0; i < rows; i++)
    {
      if (by)
        memcpy (values + i * (columns + n), by + i * n, n * sizeof *by);
      memcpy (values + i * (columns + n) + n, tensor->values + i * columns,
              columns * sizeof *values);
    }
  g_free (tensor->values);
  tensor->values = values;
  tensor->dims[1] += n;
}

/* [rows, columns], above it @by [n, columns], which may be zeros. */
static void
heighten (MonocleTrainingTensor *tensor, const float *by, guint n)
{
  const guint64 size = tensor->dims[0] * tensor->dims[1], more = n * tensor->dims[1];
  float *values = g_new0 (float, size + more);

  if (by)
    memcpy (values, by, more * sizeof *by);
  memcpy (values + more, tensor->values, size * sizeof *values);
  g_free (tensor->values);
  tensor->values = values;
  tensor->dims[0] += n;
}

/* B A + B' A' is [B B'] [A; A']. */
static void
join_product (MonocleTrainingLearnt *learnt, const char *module, const MonocleDelta *delta)
{
  MonocleTrainingTensor *a = find (learnt, module, PRODUCT_A);
  MonocleTrainingTensor *b = find (learnt, module, PRODUCT_B);

  if (a && b)
    {
      heighten (a, delta->a, delta->rank);
      widen (b, delta->b, delta->rank);
      return;
    }
  note_name (learnt->modules, module);
  monocle_training_learnt_add (learnt, write_name (module, PRODUCT_A), delta->rank,
                               (guint) delta->columns,
                               g_memdup2 (delta->a, delta->rank * delta->columns * sizeof (float)));
  monocle_training_learnt_add (learnt, write_name (module, PRODUCT_B), (guint) delta->rows,
                               delta->rank,
                               g_memdup2 (delta->b, delta->rows * delta->rank * sizeof (float)));
}

/* What reads adapters elsewhere has one rank for all that the settings do not name. */
static void
even_ranks (MonocleTrainingLearnt *learnt)
{
  for (guint i = 0; i < learnt->modules->len; i++)
    learnt->rank
        = MAX (learnt->rank, (guint) find (learnt, learnt->modules->pdata[i], PRODUCT_A)->dims[0]);
  for (guint i = 0; i < learnt->modules->len; i++)
    {
      MonocleTrainingTensor *a = find (learnt, learnt->modules->pdata[i], PRODUCT_A);
      MonocleTrainingTensor *b = find (learnt, learnt->modules->pdata[i], PRODUCT_B);
      const guint n = learnt->rank - (guint) a->dims[0];

      heighten (a, NULL, n);
      widen (b, NULL, n);
    }
}

/* --- rows --------------------------------------------------------------------------------- */

/* Those that were learnt now are as they are now; the others as they were. Both ascend. */
static void
join_rows (MonocleTrainingLearnt *learnt, const char *module, const MonocleDelta *delta)
{
  MonocleTrainingTensor *tensor = find (learnt, module, ROWS);
  const guint n_own = tensor ? learnt->rows->len : 0;
  const gsize width = delta->columns;
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree float *values = g_new (float, (n_own + delta->n_others) * width);

  for (guint i = 0, j = 0; i < n_own || j < delta->n_others;)
    {
      const guint32 own = i < n_own ? g_array_index (learnt->rows, guint32, i) : G_MAXUINT32;
      const guint32 other = j < delta->n_others ? delta->others[j] : G_MAXUINT32;
      const guint32 row = MIN (own, other);
      const float *from = own == row ? tensor->values + i * width : delta->other_rows + j * width;

      memcpy (values + rows->len * width, from, width * sizeof *values);
      g_array_append_val (rows, row);
      i += own == row;
      j += other == row;
    }
  if (tensor)
    forget (learnt, tensor);
  g_clear_pointer (&learnt->rows, g_array_unref);
  g_free (learnt->head);
  learnt->head = g_strdup (module);
  learnt->rows = rows;
  monocle_training_learnt_add (learnt, write_name (module, ROWS), rows->len, (guint) width,
                               g_steal_pointer (&values));
}

/* --- what is another altogether ----------------------------------------------------------- */

/* What was learnt beside it goes into it. */
static void
take_in (MonocleTrainingLearnt *learnt, const char *module, float *values)
{
  MonocleTrainingTensor *a = find (learnt, module, PRODUCT_A);
  MonocleTrainingTensor *b = find (learnt, module, PRODUCT_B);
  MonocleTrainingTensor *rows = find (learnt, module, ROWS);

  if (a && b)
    {
      const MonocleDelta delta = { .rows = b->dims[0],
                                   .columns = a->dims[1],
                                   .rank = (guint) a->dims[0],
                                   .a = a->values,
                                   .b = b->values };

      monocle_delta_apply (&delta, 0, delta.rows * delta.columns, values);
      forget (learnt, a);
      forget (learnt, b);
      forget_name (learnt->modules, module);
    }
  if (rows)
    {
      for (guint i = 0; i < learnt->rows->len; i++)
        memcpy (values + g_array_index (learnt->rows, guint32, i) * rows->dims[1],
                rows->values + i * rows->dims[1], rows->dims[1] * sizeof *values);
      forget (learnt, rows);
      g_clear_pointer (&learnt->head, g_free);
      g_clear_pointer (&learnt->rows, g_array_unref);
    }
}

static void
join_whole (MonocleTrainingLearnt *learnt,
            const char *module,
            const char *part,
            const MonocleCheckpointTensor *tensor)
{
  const guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
  float *values = g_new (float, n);

  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  if (g_str_equal (part, "weight"))
    take_in (learnt, module, values);
  note_name (learnt->wholes, module);
  monocle_training_learnt_add (learnt, write_name (module, part), (guint) tensor->dims[0],
                               tensor->n_dims > 1 ? (guint) tensor->dims[1] : 0, values);
}

void
monocle_trainer_base_join (const MonocleTrainerBase *self, MonocleTrainingLearnt *learnt)
{
  for (guint i = 0; i < self->changed->len; i++)
    {
      const MonocleCheckpointTensor *tensor = self->changed->pdata[i];
      const char *dot = strrchr (tensor->name, '.');
      g_autofree char *module = g_strndup (tensor->name, dot ? (gsize) (dot - tensor->name) : 0);

      /* It learnt altogether, from what it was before on. */
      if (!dot || find (learnt, module, dot + 1))
        continue;
      if (!tensor->delta)
        join_whole (learnt, module, dot + 1, tensor);
      else if (tensor->delta->rank > 0)
        join_product (learnt, module, tensor->delta);
      if (tensor->delta && tensor->delta->n_others > 0)
        join_rows (learnt, module, tensor->delta);
    }
  even_ranks (learnt);
}
