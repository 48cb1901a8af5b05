/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writer of the safetensors container. See safetensors.h.
 */
#include "config.h"

#include "engine/checkpoint/safetensors.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/format.h"

#define BLOCK 16384

static const char *const names[MONOCLE_DTYPE_OTHER] = {
  [MONOCLE_DTYPE_F32] = "F32",         [MONOCLE_DTYPE_F16] = "F16",
  [MONOCLE_DTYPE_BF16] = "BF16",       [MONOCLE_DTYPE_F64] = "F64",
  [MONOCLE_DTYPE_F8_E4M3] = "F8_E4M3", [MONOCLE_DTYPE_F8_E5M2] = "F8_E5M2",
  [MONOCLE_DTYPE_I64] = "I64",         [MONOCLE_DTYPE_I32] = "I32",
  [MONOCLE_DTYPE_I16] = "I16",         [MONOCLE_DTYPE_I8] = "I8",
  [MONOCLE_DTYPE_U64] = "U64",         [MONOCLE_DTYPE_U32] = "U32",
  [MONOCLE_DTYPE_U16] = "U16",         [MONOCLE_DTYPE_U8] = "U8",
  [MONOCLE_DTYPE_BOOL] = "BOOL",
};

static const MonocleFormatId formats[] = {
  [MONOCLE_DTYPE_F32] = MONOCLE_FORMAT_F32,
  [MONOCLE_DTYPE_F16] = MONOCLE_FORMAT_F16,
  [MONOCLE_DTYPE_BF16] = MONOCLE_FORMAT_BF16,
};

/* Whether numbers that are made anew can be stored as the old ones were. */
static gboolean
check (const MonocleCheckpointTensor *tensor, const char *path, GError **error)
{
  if (tensor->dtype != MONOCLE_DTYPE_OTHER
      && (!tensor->delta || tensor->dtype < G_N_ELEMENTS (formats)))
    return TRUE;
  return monocle_file_set_error (error, path, "tensor \"%s\" is of a type that is not written",
                                 tensor->name);
}

/* (transfer full): padded to a multiple of eight bytes, as the reference does. */
static char *
make_header (const MonocleCheckpoint *checkpoint)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  guint64 at = 0;
  gsize n;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "__metadata__");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "format");
  json_builder_add_string_value (builder, "pt");
  json_builder_end_object (builder);
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);

      json_builder_set_member_name (builder, tensor->name);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "dtype");
      json_builder_add_string_value (builder, names[tensor->dtype]);
      json_builder_set_member_name (builder, "shape");
      json_builder_begin_array (builder);
      for (guint d = 0; d < tensor->n_dims; d++)
        json_builder_add_int_value (builder, (gint64) tensor->dims[d]);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "data_offsets");
      json_builder_begin_array (builder);
      json_builder_add_int_value (builder, (gint64) at);
      at += tensor->size_bytes;
      json_builder_add_int_value (builder, (gint64) at);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, &n);
  return g_strdup_printf ("%s%.*s", text, (int) ((8 - n % 8) % 8), "       ");
}

static gboolean
write_changed (const MonocleCheckpointTensor *tensor,
               GOutputStream *stream,
               GCancellable *cancellable,
               GError **error)
{
  const MonocleFormat *format = &monocle_formats[formats[tensor->dtype]];
  const guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
  float values[BLOCK];
  guint32 narrow[BLOCK];

  for (guint64 i = 0; i < n; i += BLOCK)
    {
      const guint64 n_here = MIN (n - i, BLOCK);

      monocle_checkpoint_tensor_read_f32 (tensor, i, n_here, values);
      format->narrow (values, n_here, narrow);
      if (!g_output_stream_write_all (stream, narrow, monocle_format_count_bytes (format, n_here),
                                      NULL, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
monocle_safetensors_write (const MonocleCheckpoint *checkpoint,
                           const char *path,
                           GCancellable *cancellable,
                           GError **error)
{
  const guint n = monocle_checkpoint_get_n_tensors (checkpoint);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GOutputStream) stream = NULL;
  g_autofree char *header = NULL;
  guint64 n_header;

  for (guint i = 0; i < n; i++)
    if (!check (monocle_checkpoint_get_tensor (checkpoint, i), path, error))
      return FALSE;
  stream = G_OUTPUT_STREAM (g_file_create (file, G_FILE_CREATE_NONE, cancellable, error));
  if (!stream)
    return FALSE;
  header = make_header (checkpoint);
  n_header = strlen (header);
  if (!g_output_stream_write_all (stream, &n_header, sizeof n_header, NULL, cancellable, error)
      || !g_output_stream_write_all (stream, header, n_header, NULL, cancellable, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);

      if (tensor->delta ? !write_changed (tensor, stream, cancellable, error)
                        : !g_output_stream_write_all (stream, tensor->data, tensor->size_bytes,
                                                      NULL, cancellable, error))
        return FALSE;
    }
  return g_output_stream_close (stream, cancellable, error);
}
