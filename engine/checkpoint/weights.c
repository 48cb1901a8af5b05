/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/checkpoint/weights.h"

#include "engine/base/error.h"
#include "engine/nn/ops.h"

/* Small enough for every driver, large enough that few are needed. */
#define CHUNK_BYTES ((guint64) 64 << 20)
/* Block kernels read a little past the last row of a matrix and drop what they find. */
#define CHUNK_SLACK_BYTES ((guint64) 64 << 10)

#define MAX_PARTS 4

typedef enum
{
  SHAPE_VECTOR,
  SHAPE_MATRIX,
  SHAPE_TRANSPOSED,
  SHAPE_CONVOLUTION,
  SHAPE_DEPTHWISE,
  SHAPE_PIECE,
} Shape;

/* One tensor on the device and the stored ones that it is made of. */
typedef struct
{
  MonocleTensor *out;
  Shape shape;
  const MonocleCheckpointTensor *parts[MAX_PARTS];
  guint n_parts;
  guint n, k;             /* of one part */
  guint channels, kernel; /* of a convolution */
  guint first_row;        /* of a piece */
  MonocleLayout layout;
  MonocleFormatId format;
  guint chunk;
  guint64 offset, size;
} Entry;

struct _MonocleWeights
{
  MonocleCheckpoint *checkpoint;
  MonocleVkGpu *gpu;
  gboolean f16;
  MonocleWeightsRename rename;
  GArray *entries;  /* of Entry */
  GArray *chunks;   /* of guint64: their sizes */
  GHashTable *used; /* stored names; borrowed from the checkpoint or owned by @names */
  GPtrArray *names;
  guint64 n_parameters;
  char *missing; /* the first tensor that is not there */
  GError *error;
};

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
  self->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  self->chunks = g_array_new (FALSE, TRUE, sizeof (guint64));
  self->used = g_hash_table_new (g_str_hash, g_str_equal);
  self->names = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
monocle_weights_free (MonocleWeights *self)
{
  if (!self)
    return;

  g_array_unref (self->entries);
  g_array_unref (self->chunks);
  g_hash_table_unref (self->used);
  g_ptr_array_unref (self->names);
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

  if (!tensor)
    {
      if (!self->missing)
        self->missing = g_steal_pointer (&stored);
      return NULL;
    }

  if (tensor->n_dims != n_dims || memcmp (tensor->dims, dims, n_dims * sizeof *dims) != 0)
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

static guint64
entry_get_rows (const Entry *entry)
{
  return (guint64) entry->n * entry->n_parts;
}

/* Gives the entry its place. */
static void
add_entry (MonocleWeights *self, Entry *entry)
{
  guint64 rows = entry_get_rows (entry);
  guint64 *chunk = NULL;

  /* Shapes are known from here on, so that activations can be measured before anything is uploaded.
   * The name outlives the checkpoint. */
  *entry->out = (MonocleTensor){
    .dims = { rows, entry->k },
    .n_dims = entry->shape == SHAPE_VECTOR ? 1 : 2,
    .format = entry->format,
    .layout = entry->layout,
    .name = g_intern_string (entry->parts[0]->name),
  };
  entry->size = monocle_tensor_get_size_bytes (entry->out);
  self->n_parameters += rows * entry->k;

  if (self->chunks->len > 0)
    chunk = &g_array_index (self->chunks, guint64, self->chunks->len - 1);
  if (!chunk || *chunk + entry->size > CHUNK_BYTES)
    {
      g_array_set_size (self->chunks, self->chunks->len + 1);
      chunk = &g_array_index (self->chunks, guint64, self->chunks->len - 1);
    }
  entry->chunk = self->chunks->len - 1;
  entry->offset = *chunk;
  *chunk = (*chunk + entry->size + MONOCLE_TENSOR_ALIGNMENT - 1) / MONOCLE_TENSOR_ALIGNMENT
           * MONOCLE_TENSOR_ALIGNMENT;

  entry->out->offset = entry->offset;
  g_array_append_val (self->entries, *entry);
}

static MonocleFormatId
matrix_format (MonocleWeights *self)
{
  return self->f16 ? MONOCLE_FORMAT_F16 : MONOCLE_FORMAT_F32;
}

void
monocle_weights_add_vector (MonocleWeights *self, MonocleTensor *tensor, guint n, const char *name)
{
  monocle_weights_add_vectors (self, tensor, n, &name, 1);
}

void
monocle_weights_add_vectors (
    MonocleWeights *self, MonocleTensor *tensor, guint n, const char *const *names, guint n_names)
{
  const guint64 dims[] = { n };
  Entry entry = { .out = tensor,
                  .shape = SHAPE_VECTOR,
                  .n_parts = n_names,
                  .n = n,
                  .k = 1,
                  .format = MONOCLE_FORMAT_F32 };

  g_assert (n_names <= MAX_PARTS);
  for (guint i = 0; i < n_names; i++)
    if (!(entry.parts[i] = expect (self, names[i], G_N_ELEMENTS (dims), dims)))
      return;
  add_entry (self, &entry);
}

void
monocle_weights_add_row (MonocleWeights *self, MonocleTensor *tensor, guint n, const char *name)
{
  const guint64 dims[] = { 1, n };
  Entry entry = {
    .out = tensor, .shape = SHAPE_VECTOR, .n_parts = 1, .n = n, .k = 1, .format = MONOCLE_FORMAT_F32
  };

  if ((entry.parts[0] = expect (self, name, G_N_ELEMENTS (dims), dims)))
    add_entry (self, &entry);
}

void
monocle_weights_add_matrix (MonocleWeights *self,
                            MonocleTensor *tensor,
                            MonocleWeightUse use,
                            guint n,
                            guint k,
                            const char *name)
{
  monocle_weights_add_matrices (self, tensor, use, n, k, &name, 1);
}

void
monocle_weights_add_matrices (MonocleWeights *self,
                              MonocleTensor *tensor,
                              MonocleWeightUse use,
                              guint n,
                              guint k,
                              const char *const *names,
                              guint n_names)
{
  const guint64 dims[] = { n, k };
  Entry entry = { .out = tensor,
                  .shape = SHAPE_MATRIX,
                  .n_parts = n_names,
                  .n = n,
                  .k = k,
                  .layout = use == MONOCLE_WEIGHT_PRODUCT ? monocle_op_matmul_get_layout (self->gpu)
                                                          : MONOCLE_LAYOUT_ROWS,
                  .format = matrix_format (self) };

  g_assert (n_names <= MAX_PARTS);
  for (guint i = 0; i < n_names; i++)
    if (!(entry.parts[i] = expect (self, names[i], G_N_ELEMENTS (dims), dims)))
      return;
  add_entry (self, &entry);
}

void
monocle_weights_add_transposed (
    MonocleWeights *self, MonocleTensor *tensor, guint n, guint k, const char *name)
{
  const guint64 dims[] = { k, n };
  Entry entry = { .out = tensor,
                  .shape = SHAPE_TRANSPOSED,
                  .n_parts = 1,
                  .n = n,
                  .k = k,
                  .layout = monocle_op_matmul_get_layout (self->gpu),
                  .format = matrix_format (self) };

  if ((entry.parts[0] = expect (self, name, G_N_ELEMENTS (dims), dims)))
    add_entry (self, &entry);
}

void
monocle_weights_add_convolution (MonocleWeights *self,
                                 MonocleTensor *tensor,
                                 guint n,
                                 guint channels,
                                 guint kernel,
                                 const char *name)
{
  const guint64 dims[] = { n, channels, kernel, kernel };
  Entry entry = { .out = tensor,
                  .shape = SHAPE_CONVOLUTION,
                  .n_parts = 1,
                  .n = n,
                  .k = (kernel * kernel * channels + 3) / 4 * 4,
                  .channels = channels,
                  .kernel = kernel,
                  .layout = monocle_op_matmul_get_layout (self->gpu),
                  .format = matrix_format (self) };

  if ((entry.parts[0] = expect (self, name, G_N_ELEMENTS (dims), dims)))
    add_entry (self, &entry);
}

void
monocle_weights_add_depthwise (MonocleWeights *self,
                               MonocleTensor *tensor,
                               guint channels,
                               const char *name)
{
  const guint64 dims[] = { channels, 1, 3, 3 };
  Entry entry = { .out = tensor,
                  .shape = SHAPE_DEPTHWISE,
                  .n_parts = 1,
                  .n = 9,
                  .k = channels,
                  .format = matrix_format (self) };

  if ((entry.parts[0] = expect (self, name, G_N_ELEMENTS (dims), dims)))
    add_entry (self, &entry);
}

MonocleTensor *
monocle_weights_add_table (
    MonocleWeights *self, guint rows, guint k, const char *name, guint *n_pieces)
{
  const guint64 dims[] = { rows, k };
  const MonocleCheckpointTensor *stored = expect (self, name, G_N_ELEMENTS (dims), dims);
  guint64 row_bytes = monocle_format_get_bytes (matrix_format (self), k);
  guint64 limit = MIN (CHUNK_BYTES, self->gpu->traits.max_binding_bytes);
  /* A piece starts on the alignment because every tensor does. */
  guint rows_per_piece = CLAMP (limit / row_bytes, 1, rows);
  MonocleTensor *pieces;

  *n_pieces = (rows + rows_per_piece - 1) / rows_per_piece;
  pieces = g_new0 (MonocleTensor, *n_pieces);
  if (!stored)
    return pieces;

  for (guint i = 0; i < *n_pieces; i++)
    {
      Entry entry = { .out = &pieces[i],
                      .shape = SHAPE_PIECE,
                      .parts = { stored },
                      .n_parts = 1,
                      .first_row = i * rows_per_piece,
                      .n = MIN (rows_per_piece, rows - i * rows_per_piece),
                      .k = k,
                      .format = matrix_format (self) };

      add_entry (self, &entry);
    }

  return pieces;
}

void
monocle_weights_ignore (MonocleWeights *self, const char *stored_name)
{
  char *name = g_strdup (stored_name);

  g_ptr_array_add (self->names, name);
  g_hash_table_add (self->used, name);
}

guint64
monocle_weights_get_size_bytes (MonocleWeights *self)
{
  guint64 total = 0;

  for (guint i = 0; i < self->chunks->len; i++)
    total += g_array_index (self->chunks, guint64, i) + CHUNK_SLACK_BYTES;

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

char *
monocle_weights_describe_unused (MonocleWeights *self)
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

gboolean
monocle_weights_check (MonocleWeights *self, GError **error)
{
  if (self->missing)
    {
      g_autofree char *unused = monocle_weights_describe_unused (self);

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

/* The matrix [rows, k] in single precision, in the order of the kernels. */
static float *
gather_matrix (const Entry *entry)
{
  guint64 n = entry->n, k = entry->k;
  float *matrix = g_new0 (float, entry_get_rows (entry) * k);
  g_autofree float *stored = NULL;

  switch (entry->shape)
    {
    case SHAPE_VECTOR:
    case SHAPE_MATRIX:
    case SHAPE_PIECE:
      for (guint i = 0; i < entry->n_parts; i++)
        monocle_checkpoint_tensor_read_f32 (entry->parts[i], entry->first_row * k, n * k,
                                            matrix + i * n * k);
      break;

    case SHAPE_TRANSPOSED:
      stored = g_new (float, n *k);
      monocle_checkpoint_tensor_read_f32 (entry->parts[0], 0, n * k, stored);
      for (guint64 j = 0; j < k; j++)
        for (guint64 i = 0; i < n; i++)
          matrix[i * k + j] = stored[j * n + i];
      break;

    case SHAPE_CONVOLUTION:
      {
        guint64 area = (guint64) entry->kernel * entry->kernel;
        guint64 size = area * entry->channels;

        stored = g_new (float, n *size);
        monocle_checkpoint_tensor_read_f32 (entry->parts[0], 0, n * size, stored);
        for (guint64 i = 0; i < n; i++)
          for (guint64 c = 0; c < entry->channels; c++)
            for (guint64 j = 0; j < area; j++)
              matrix[i * k + j * entry->channels + c] = stored[i * size + c * area + j];
      }
      break;

    case SHAPE_DEPTHWISE:
      stored = g_new (float, n *k);
      monocle_checkpoint_tensor_read_f32 (entry->parts[0], 0, n * k, stored);
      for (guint64 c = 0; c < k; c++)
        for (guint64 j = 0; j < n; j++)
          matrix[j * k + c] = stored[c * n + j];
      break;

    default:
      g_assert_not_reached ();
    }

  return matrix;
}

static gboolean
upload_entry (const Entry *entry, GPtrArray *buffers, GError **error)
{
  g_autofree float *values = gather_matrix (entry);

  entry->out->buffer = g_ptr_array_index (buffers, entry->chunk);
  return monocle_tensor_write (entry->out, values, error);
}

GPtrArray *
monocle_weights_upload (MonocleWeights *self,
                        GCancellable *cancellable,
                        MonocleWeightsProgress progress,
                        gpointer user_data,
                        GError **error)
{
  g_autoptr (GPtrArray) buffers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_vk_buffer_free);
  guint64 total = monocle_weights_get_size_bytes (self), done = 0;

  g_assert (!self->error);

  for (guint i = 0; i < self->chunks->len; i++)
    {
      MonocleVkBuffer *buffer = monocle_vk_buffer_new (
          self->gpu, g_array_index (self->chunks, guint64, i) + CHUNK_SLACK_BYTES,
          MONOCLE_VK_USE_DEVICE, "weights", error);

      if (!buffer)
        return NULL;
      g_ptr_array_add (buffers, buffer);
    }

  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = &g_array_index (self->entries, Entry, i);

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !upload_entry (entry, buffers, error))
        return NULL;
      done += entry->size;
      if (progress)
        progress ((double) done / total, user_data);
    }

  return g_steal_pointer (&buffers);
}
