/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/checkpoint/weights-private.h"

#include "engine/base/error.h"
#include "engine/checkpoint/blocks.h"
#include "engine/nn/ops.h"

/* Small enough for every driver, large enough that few are needed. */
#define CHUNK_BYTES ((guint64) 64 << 20)

static void place (MonocleParam *param, gpointer loader);

static void
fold_free (gpointer data)
{
  MonocleWeightsFold *fold = data;

  g_free (fold->scale);
  g_free (fold->shift);
  g_free (fold);
}

MonocleWeights *
monocle_weights_new (MonocleCheckpoint *checkpoint,
                     MonocleVkGpu *gpu,
                     gboolean f16,
                     MonocleWeightsRename rename)
{
  MonocleWeights *self = g_new0 (MonocleWeights, 1);

  self->checkpoint = checkpoint;
  self->gpu = gpu;
  self->f16 = f16;
  self->rename = rename;
  self->params = monocle_params_new ();
  monocle_params_set_loader (self->params, place, self);
  self->entries = g_array_new (FALSE, TRUE, sizeof (MonocleWeightsEntry));
  self->chunks = g_array_new (FALSE, TRUE, sizeof (guint64));
  self->used = g_hash_table_new (g_str_hash, g_str_equal);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->folds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, fold_free);

  return self;
}

void
monocle_weights_free (MonocleWeights *self)
{
  if (!self)
    return;

  monocle_params_free (self->params);
  g_array_unref (self->entries);
  g_array_unref (self->chunks);
  g_hash_table_unref (self->used);
  g_ptr_array_unref (self->names);
  g_hash_table_unref (self->folds);
  g_free (self->missing);
  g_clear_error (&self->error);
  g_free (self);
}

/* Buffers that some versions of the reference library store and none reads. */
static const char *const silent_suffixes[]
    = { "position_ids", "num_batches_tracked", "inv_freq", "masked_bias" };

/* How many names a message lists. */
#define MAX_LISTED 3

static void G_GNUC_PRINTF (2, 3) latch_error (MonocleWeights *self, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (self->error)
    return;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (&self->error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "%s: %s",
               monocle_checkpoint_get_path (self->checkpoint), message);
}

static char *
describe_dims (guint n_dims, const guint64 *dims)
{
  g_autoptr (GString) text = g_string_new ("[");

  for (guint i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? ", " : "", dims[i]);
  g_string_append_c (text, ']');

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * monocle_weights_find:
 * @self: weights
 * @name: a declared name
 *
 * Returns: (transfer none) (nullable): the stored tensor
 */
const MonocleCheckpointTensor *
monocle_weights_find (MonocleWeights *self, const char *name)
{
  g_autofree char *stored = self->rename ? self->rename (name) : g_strdup (name);

  return monocle_checkpoint_find (self->checkpoint, stored);
}

/* The stored tensor, if it is there with this shape and a type that we read. */
static const MonocleCheckpointTensor *
expect (MonocleWeights *self, const char *name, guint n_dims, const guint64 *dims)
{
  g_autofree char *stored = self->rename ? self->rename (name) : g_strdup (name);
  const MonocleCheckpointTensor *tensor = monocle_checkpoint_find (self->checkpoint, stored);
  guint n_ones = 0;

  if (!tensor)
    {
      if (!self->missing)
        self->missing = g_steal_pointer (&stored);
      return NULL;
    }

  /* Batches of one are stored with tables of positions and the like. */
  while (n_ones + n_dims < tensor->n_dims && tensor->dims[n_ones] == 1)
    n_ones++;
  if (tensor->n_dims != n_ones + n_dims
      || memcmp (tensor->dims + n_ones, dims, n_dims * sizeof *dims) != 0)
    {
      g_autofree char *found = describe_dims (tensor->n_dims, tensor->dims);
      g_autofree char *expected = describe_dims (n_dims, dims);

      latch_error (self, "tensor “%s” has shape %s, expected %s", stored, found, expected);
      return NULL;
    }

  if (tensor->dtype == MONOCLE_DTYPE_OTHER)
    {
      latch_error (self, "tensor “%s” is of a type that is not read", stored);
      return NULL;
    }

  g_hash_table_add (self->used, (gpointer) tensor->name);
  return tensor;
}

/* Gives the piece its place. */
static void
add_entry (MonocleWeights *self, MonocleWeightsEntry *entry)
{
  guint64 *chunk = NULL;

  /* The name outlives the checkpoint. */
  entry->out->name = g_intern_string (entry->parts[0]->name);
  entry->size = monocle_tensor_get_size_bytes (entry->out);

  if (self->chunks->len > 0)
    chunk = &g_array_index (self->chunks, guint64, self->chunks->len - 1);
  if (!chunk || *chunk + entry->size > CHUNK_BYTES)
    {
      g_array_set_size (self->chunks, self->chunks->len + 1);
      chunk = &g_array_index (self->chunks, guint64, self->chunks->len - 1);
    }
  entry->chunk = self->chunks->len - 1;
  entry->out->offset = *chunk;
  *chunk = monocle_tensor_align (*chunk + entry->size);
  g_array_append_val (self->entries, *entry);
}

static guint64
get_most_bytes (MonocleWeights *self)
{
  return self->gpu ? MIN (CHUNK_BYTES, self->gpu->traits.max_binding_bytes) : CHUNK_BYTES;
}

/* As many rows as one storage binding allows; a piece starts on the alignment because every tensor
 * does. */
static void
cut_table (MonocleWeights *self, MonocleParam *param)
{
  const MonocleTensor whole = *param->pieces;
  guint64 row_bytes = monocle_format_get_bytes (whole.format, whole.dims[1]);
  guint64 limit = get_most_bytes (self);
  guint rows_per_piece = (guint) CLAMP (limit / row_bytes, 1, whole.dims[0]);

  param->n_pieces = (whole.dims[0] + rows_per_piece - 1) / rows_per_piece;
  param->pieces = g_renew (MonocleTensor, param->pieces, param->n_pieces);
  for (guint i = 0; i < param->n_pieces; i++)
    {
      param->pieces[i] = whole;
      param->pieces[i].dims[0] = MIN (rows_per_piece, whole.dims[0] - i * rows_per_piece);
    }
}

static gboolean
is_stored_in_q4 (MonocleWeights *self, const MonocleParam *param)
{
  for (guint i = 0; i < param->n_parts; i++)
    {
      const MonocleCheckpointTensor *part = monocle_weights_find (self, param->names[i]);

      if (!part || !monocle_blocks_has_q4 (part->dtype))
        return FALSE;
    }
  return TRUE;
}

/* Of a table, or of a matrix, of words. */
static MonocleFormatId
choose_word_format (MonocleWeights *self, const MonocleParam *param, gboolean is_table)
{
  return self->word_bits == 8 || is_table || (self->has_q4 && !is_stored_in_q4 (self, param))
             ? MONOCLE_FORMAT_Q8
             : MONOCLE_FORMAT_Q4;
}

/* How a matrix is stored. In few bits its pieces are none, so that one which is no table, cut as it
 * is declared, has to be seen at once. */
static MonocleFormatId
choose_format (MonocleWeights *self, const MonocleParam *param)
{
  const MonocleParamShape *shape = &param->shape;
  const gboolean is_table = shape->form == MONOCLE_PARAM_TABLE;
  const gboolean is_matrix
      = shape->form == MONOCLE_PARAM_MATRIX && shape->use == MONOCLE_PARAM_FOR_FEW_ROWS;

  if (self->word_bits > 0 && self->are_words && (is_table || is_matrix))
    {
      const MonocleFormatId format = choose_word_format (self, param, is_table);
      const guint64 n = monocle_tensor_get_n_elements (param->pieces);

      if (shape->k % monocle_formats[format].block == 0
          && (is_table || monocle_format_get_bytes (format, n) <= get_most_bytes (self)))
        return format;
    }
  return self->f16 ? MONOCLE_FORMAT_F16 : MONOCLE_FORMAT_F32;
}

/* The parameters' loader: what is wrong is kept and reported by monocle_weights_check(). */
static void
place (MonocleParam *param, gpointer loader)
{
  MonocleWeights *self = loader;
  MonocleWeightsEntry entry = { .param = param };
  guint64 dims[MONOCLE_PARAM_MAX_DIMS];
  guint n_dims;

  if (param->pieces->n_dims > 1)
    {
      param->pieces->format = choose_format (self, param);
      if (self->gpu && param->shape.use == MONOCLE_PARAM_FOR_MANY_ROWS
          && param->shape.form != MONOCLE_PARAM_DEPTHWISE
          && param->shape.form != MONOCLE_PARAM_TABLE)
        param->pieces->layout = monocle_op_matmul_get_layout (self->gpu);
    }
  if (param->shape.form == MONOCLE_PARAM_TABLE)
    cut_table (self, param);

  for (guint i = 0; i < param->n_parts; i++)
    {
      monocle_param_get_stored_dims (param, i, &n_dims, dims);
      if (!(entry.parts[i] = expect (self, param->names[i], n_dims, dims)))
        return;
      /* As stored: what is padded or repeated on the device is none. */
      self->n_parameters += monocle_checkpoint_tensor_get_n_elements (entry.parts[i]);
    }
  for (guint i = 0; i < param->n_pieces; i++)
    {
      entry.out = &param->pieces[i];
      add_entry (self, &entry);
      entry.first_row += param->pieces[i].dims[0];
    }
}

void
monocle_weights_set_word_bits (MonocleWeights *self, guint bits)
{
  const guint n = monocle_checkpoint_get_n_tensors (self->checkpoint);

  self->word_bits = bits;
  for (guint i = 0; i < n && !self->has_q4; i++)
    self->has_q4
        = monocle_blocks_has_q4 (monocle_checkpoint_get_tensor (self->checkpoint, i)->dtype);
}

void
monocle_weights_declare_words (MonocleWeights *self, gboolean are_words)
{
  self->are_words = are_words;
}

MonocleParams *
monocle_weights_get_params (MonocleWeights *self)
{
  return self->params;
}

void
monocle_weights_fold (
    MonocleWeights *self, const char *name, guint n, const float *scale, const float *shift)
{
  MonocleWeightsFold *fold = g_new0 (MonocleWeightsFold, 1);

  fold->n = n;
  fold->scale = scale ? g_memdup2 (scale, n * sizeof *scale) : NULL;
  fold->shift = shift ? g_memdup2 (shift, n * sizeof *shift) : NULL;
  g_hash_table_insert (self->folds, g_strdup (name), fold);
}

const MonocleCheckpointTensor *
monocle_weights_leave (
    MonocleWeights *self, const char *stored_name, guint64 rows, guint64 columns, GError **error)
{
  const MonocleCheckpointTensor *tensor = monocle_checkpoint_find (self->checkpoint, stored_name);
  const char *path = monocle_checkpoint_get_path (self->checkpoint);

  if (!tensor || tensor->dtype == MONOCLE_DTYPE_OTHER)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                 "%s: tensor “%s” is not there, or of a type that is not read", path, stored_name);
  else if (columns ? tensor->n_dims != 2 || tensor->dims[0] != rows || tensor->dims[1] != columns
                   : monocle_checkpoint_tensor_get_n_elements (tensor) != rows)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                 "%s: tensor “%s” has another shape than the configuration says", path,
                 stored_name);
  else
    {
      monocle_weights_ignore (self, stored_name);
      self->n_parameters += monocle_checkpoint_tensor_get_n_elements (tensor);
      return tensor;
    }
  return NULL;
}

void
monocle_weights_ignore (MonocleWeights *self, const char *stored_name)
{
  char *name = g_strdup (stored_name);

  g_ptr_array_add (self->names, name);
  g_hash_table_add (self->used, name);
}

void
monocle_weights_ignore_below (MonocleWeights *self, const char *prefix)
{
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (self->checkpoint); i++)
    {
      const char *name = monocle_checkpoint_get_tensor (self->checkpoint, i)->name;

      if (g_str_has_prefix (name, prefix))
        monocle_weights_ignore (self, name);
    }
}

guint64
monocle_weights_get_size_bytes (MonocleWeights *self)
{
  guint64 total = 0;

  for (guint i = 0; i < self->chunks->len; i++)
    total += g_array_index (self->chunks, guint64, i) + MONOCLE_WEIGHTS_SLACK_BYTES;

  return total;
}

guint64
monocle_weights_get_n_parameters (MonocleWeights *self)
{
  return self->n_parameters;
}

static gboolean
is_silent (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (silent_suffixes); i++)
    if (g_str_has_suffix (name, silent_suffixes[i]))
      return TRUE;
  return FALSE;
}

/* (transfer full) (nullable): "2 tensors: “a”, “b”" */
static char *
describe_unused (MonocleWeights *self)
{
  guint n = monocle_checkpoint_get_n_tensors (self->checkpoint), n_unused = 0;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      const char *name = monocle_checkpoint_get_tensor (self->checkpoint, i)->name;

      if (g_hash_table_contains (self->used, name) || is_silent (name))
        continue;
      if (n_unused++ < MAX_LISTED)
        g_string_append_printf (text, "%s“%s”", n_unused > 1 ? ", " : "", name);
    }
  if (n_unused == 0)
    return NULL;
  if (n_unused > MAX_LISTED)
    g_string_append_printf (text, " and %u more", n_unused - MAX_LISTED);
  return g_strdup_printf ("%u %s: %s", n_unused, n_unused > 1 ? "tensors" : "tensor", text->str);
}

void
monocle_weights_note_unused (MonocleWeights *self, GPtrArray *notes)
{
  g_autofree char *unused = describe_unused (self);

  if (unused)
    g_ptr_array_add (notes,
                     g_strdup_printf ("%s: not part of this model and left out: %s",
                                      monocle_checkpoint_get_path (self->checkpoint), unused));
}

gboolean
monocle_weights_check (MonocleWeights *self, GError **error)
{
  if (self->missing)
    {
      g_autofree char *unused = describe_unused (self);

      /* Missing here and too many there are often one mistake. */
      g_clear_error (&self->error);
      if (unused)
        latch_error (self, "tensor “%s” is missing; not known here are %s", self->missing, unused);
      else
        latch_error (self, "tensor “%s” is missing", self->missing);
    }
  if (self->error)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return FALSE;
    }

  return TRUE;
}
