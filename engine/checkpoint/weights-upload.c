/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weights on their way to the device: as they lie in the files where they can be, else packed.
 */
#include "config.h"

#include "engine/checkpoint/weights-private.h"

#include "engine/checkpoint/blocks.h"
#include "engine/vk/staging.h"

/* Whether a form lies in the file as it is used, a part of it as rows of it. */
static gboolean
is_by_rows (MonocleParamForm form)
{
  return form == MONOCLE_PARAM_VECTOR || form == MONOCLE_PARAM_ROW || form == MONOCLE_PARAM_MATRIX
         || form == MONOCLE_PARAM_TABLE;
}

/* A part, or as many of its rows as are in a piece: where they begin in it, and how many numbers
 * that are. */
static guint64
find_part (const MonocleWeightsEntry *entry, guint part, guint64 *n)
{
  const MonocleParam *param = entry->param;

  *n = param->n_parts > 1 ? (guint64) monocle_param_count_rows (param, part) * param->shape.k
                          : monocle_tensor_get_n_elements (entry->out);
  return (guint64) monocle_param_count_rows_before (param, part) * param->shape.k;
}

/* The piece in single precision, by rows. */
static float *
gather (const MonocleWeightsEntry *entry)
{
  const MonocleParamShape *shape = &entry->param->shape;
  float *values = g_new (float, monocle_tensor_get_n_elements (entry->out));
  g_autofree float *stored = NULL;
  guint64 dims[MONOCLE_PARAM_MAX_DIMS], n_stored = 1, first, n;
  guint n_dims;

  switch (shape->form)
    {
    case MONOCLE_PARAM_VECTOR:
    case MONOCLE_PARAM_ROW:
    case MONOCLE_PARAM_MATRIX:
    case MONOCLE_PARAM_TABLE:
      for (guint i = 0; i < entry->param->n_parts; i++)
        {
          first = find_part (entry, i, &n);
          monocle_checkpoint_tensor_read_f32 (
              entry->parts[i], (guint64) entry->first_row * shape->k, n, values + first);
        }
      break;

    case MONOCLE_PARAM_TRANSPOSED:
    case MONOCLE_PARAM_CONVOLUTION:
    case MONOCLE_PARAM_FRAMES:
    case MONOCLE_PARAM_KERNEL:
    case MONOCLE_PARAM_SPREAD:
    case MONOCLE_PARAM_REPEATED:
    case MONOCLE_PARAM_DEPTHWISE:
      monocle_param_get_stored_dims (entry->param, 0, &n_dims, dims);
      for (guint i = 0; i < n_dims; i++)
        n_stored *= dims[i];
      stored = g_new (float, n_stored);
      for (guint i = 0; i < entry->param->n_parts; i++)
        {
          monocle_checkpoint_tensor_read_f32 (entry->parts[i], 0, n_stored, stored);
          first = find_part (entry, i, &n);
          monocle_param_from_stored (entry->param, i, stored, values + first);
        }
      break;

    default:
      g_assert_not_reached ();
    }

  return values;
}

static void
apply_fold (const MonocleWeightsFold *fold, gsize columns, float *values)
{
  for (gsize i = 0; i < fold->n; i++)
    for (gsize k = 0; k < columns; k++)
      {
        float *value = values + i * columns + k;

        if (fold->scale)
          *value *= fold->scale[i];
        if (fold->shift)
          *value += fold->shift[i];
      }
}

/* Whether what is in the file is what belongs on the device, byte for byte: most of a model, on
 * GPUs. */
static gboolean
is_as_stored (MonocleWeights *self, const MonocleWeightsEntry *entry)
{
  const MonocleFormat *format = &monocle_formats[entry->out->format];

  if (G_BYTE_ORDER != G_LITTLE_ENDIAN || entry->out->layout != MONOCLE_LAYOUT_ROWS
      || !is_by_rows (entry->param->shape.form))
    return FALSE;
  for (guint i = 0; i < entry->param->n_parts; i++)
    if (monocle_checkpoint_tensor_get_format (entry->parts[i]) != format
        || g_hash_table_contains (self->folds, entry->param->names[i]))
      return FALSE;
  return TRUE;
}

static gboolean
upload_as_stored (const MonocleWeightsEntry *entry, GError **error)
{
  const MonocleTensor *out = entry->out;
  const guint64 skipped = (guint64) entry->first_row * entry->param->shape.k;

  for (guint i = 0; i < entry->param->n_parts; i++)
    {
      guint64 n, first = find_part (entry, i, &n);
      const guint8 *data = entry->parts[i]->data + monocle_format_get_bytes (out->format, skipped);

      if (monocle_formats[out->format].shared_bytes > 0)
        {
          if (!monocle_tensor_write_blocks (out, first, n, data, error))
            return FALSE;
        }
      else if (!monocle_vk_upload (out->buffer,
                                   out->offset + monocle_format_get_bytes (out->format, first),
                                   data, monocle_format_get_bytes (out->format, n), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_fold (MonocleWeights *self, const MonocleParam *param)
{
  for (guint i = 0; i < param->n_parts; i++)
    if (g_hash_table_contains (self->folds, param->names[i]))
      return TRUE;
  return FALSE;
}

/* Numbers that are rounded at once: a whole table would take four times what it becomes. */
#define ROUNDED_AT_ONCE ((guint64) 1 << 18)

/* Numbers of a part as blocks of a format: steps of four bits stay what they are.
 * @values: room for them */
static void
make_blocks (const MonocleCheckpointTensor *part,
             MonocleFormatId format,
             guint64 first,
             guint64 n,
             float *values,
             guint8 *blocks)
{
  const MonocleFormat *stored = monocle_checkpoint_tensor_get_format (part);

  if (stored && format == MONOCLE_FORMAT_Q4 && monocle_blocks_has_q4 (part->dtype))
    {
      const guint8 *data = part->data + monocle_format_count_bytes (stored, first);

      monocle_blocks_to_q4 (part->dtype, data, n, blocks);
      return;
    }
  monocle_checkpoint_tensor_read_f32 (part, first, n, values);
  monocle_formats[format].narrow (values, n, blocks);
}

static gboolean
upload_in_blocks (const MonocleWeightsEntry *entry, GError **error)
{
  const MonocleFormat *format = &monocle_formats[entry->out->format];
  const guint64 skipped = (guint64) entry->first_row * entry->param->shape.k;
  g_autofree float *values = g_new (float, ROUNDED_AT_ONCE);
  g_autofree guint8 *blocks = g_malloc (monocle_format_count_bytes (format, ROUNDED_AT_ONCE));

  for (guint i = 0; i < entry->param->n_parts; i++)
    {
      guint64 n, first = find_part (entry, i, &n);

      for (guint64 done = 0; done < n; done += ROUNDED_AT_ONCE)
        {
          const guint64 run = MIN (n - done, ROUNDED_AT_ONCE);

          make_blocks (entry->parts[i], entry->out->format, skipped + done, run, values, blocks);
          if (!monocle_tensor_write_blocks (entry->out, first + done, run, blocks, error))
            return FALSE;
        }
    }
  return TRUE;
}

/* (nullable): where the numbers lie in the file in single precision and by rows, for those that
 * only another order is wanted of. */
static const float *
find_in_file (MonocleWeights *self, const MonocleWeightsEntry *entry)
{
  const MonocleParam *param = entry->param;
  const guint64 skipped = (guint64) entry->first_row * param->shape.k;
  const guint8 *data;

  if (G_BYTE_ORDER != G_LITTLE_ENDIAN || param->n_parts != 1 || !is_by_rows (param->shape.form)
      || monocle_checkpoint_tensor_get_format (entry->parts[0])
             != &monocle_formats[MONOCLE_FORMAT_F32]
      || has_fold (self, param))
    return NULL;
  data = entry->parts[0]->data + skipped * sizeof (float);
  return (guintptr) data % G_ALIGNOF (float) == 0 ? (gconstpointer) data : NULL;
}

static gboolean
upload_entry (MonocleWeights *self,
              const MonocleWeightsEntry *entry,
              GPtrArray *buffers,
              GError **error)
{
  const MonocleParam *param = entry->param;
  g_autofree float *values = NULL;
  const float *in_file;

  entry->out->buffer = g_ptr_array_index (buffers, entry->chunk);
  if (entry->out->buffer->gpu->paper)
    return TRUE;
  if (is_as_stored (self, entry))
    return upload_as_stored (entry, error);
  if (monocle_formats[entry->out->format].shared_bytes > 0 && !has_fold (self, param))
    return upload_in_blocks (entry, error);
  in_file = find_in_file (self, entry);
  if (in_file)
    return monocle_tensor_write (entry->out, in_file, error);
  values = gather (entry);
  for (guint i = 0; i < param->n_parts; i++)
    {
      const MonocleWeightsFold *fold = g_hash_table_lookup (self->folds, param->names[i]);
      guint64 n, first = find_part (entry, i, &n);

      if (!fold)
        continue;
      g_assert (fold->n == monocle_param_count_rows (param, i));
      apply_fold (fold, param->shape.k, values + first);
    }
  return monocle_tensor_write (entry->out, values, error);
}

MonocleParams *
monocle_weights_upload (MonocleWeights *self,
                        GCancellable *cancellable,
                        MonocleWeightsProgress progress,
                        gpointer user_data,
                        GError **error)
{
  g_autoptr (GPtrArray) buffers = g_ptr_array_new ();
  guint64 total = monocle_weights_get_size_bytes (self), done = 0;

  g_assert (!self->error);

  for (guint i = 0; i < self->chunks->len; i++)
    {
      MonocleVkBuffer *buffer = monocle_vk_buffer_new (
          self->gpu, g_array_index (self->chunks, guint64, i) + MONOCLE_WEIGHTS_SLACK_BYTES,
          MONOCLE_VK_USE_DEVICE, MONOCLE_VK_WEIGHTS, error);

      if (!buffer)
        return NULL;
      g_ptr_array_add (buffers, buffer);
      monocle_params_take_buffer (self->params, buffer);
    }

  for (guint i = 0; i < self->entries->len; i++)
    {
      const MonocleWeightsEntry *entry = &g_array_index (self->entries, MonocleWeightsEntry, i);

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !upload_entry (self, entry, buffers, error))
        return NULL;
      done += entry->size;
      if (progress)
        progress ((double) done / total, user_data);
    }

  monocle_params_set_loader (self->params, NULL, NULL);
  return g_steal_pointer (&self->params);
}
