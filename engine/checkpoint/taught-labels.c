/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/checkpoint/taught-labels.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/base/new-folder.h"
#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/safetensors.h"

#define CONFIG  "adapter_config.json"
#define WEIGHTS "adapter_model.safetensors"
#define KIND    "LABELS"
#define TENSOR  "labels"

void
monocle_taught_labels_free (MonocleTaughtLabels *self)
{
  if (!self)
    return;
  g_strfreev (self->names);
  g_free (self->rows);
  g_free (self->base);
  g_free (self);
}

gboolean
monocle_taught_labels_is_one (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, CONFIG, NULL);
  g_autoptr (JsonObject) config
      = monocle_file_exists (path) ? monocle_json_load (path, NULL) : NULL;
  const char *kind = NULL;

  return config
         && monocle_json_get_string (config, path, "peft_type", MONOCLE_JSON_OPTIONAL, &kind, NULL)
         && g_strcmp0 (kind, KIND) == 0;
}

static gboolean
read_config (MonocleTaughtLabels *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, CONFIG, NULL);
  g_autoptr (JsonObject) config = monocle_json_load (path, error);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const char *base = NULL;

  if (!config
      || !monocle_json_get_string (config, path, "base_model_name_or_path", MONOCLE_JSON_OPTIONAL,
                                   &base, error)
      || !monocle_json_get_strings (config, path, "labels", MONOCLE_JSON_REQUIRED, &self->names,
                                    error))
    return FALSE;
  self->base = g_strdup (base);
  self->n = g_strv_length (self->names);
  if (self->n == 0 || self->n > MONOCLE_MAX_TAUGHT_LABELS)
    return monocle_file_set_error (error, path, "%u labels: there must be 1 to %d", self->n,
                                   MONOCLE_MAX_TAUGHT_LABELS);
  for (guint i = 0; i < self->n; i++)
    if (!*self->names[i] || !g_hash_table_add (seen, self->names[i]))
      return monocle_file_set_error (error, path, "label %u has no name of its own", i);
  return TRUE;
}

static gboolean
read_rows (MonocleTaughtLabels *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, WEIGHTS, NULL);
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GBytes) bytes = monocle_file_map (path, error);
  const MonocleCheckpointTensor *tensor;
  gsize n;

  if (!bytes || !monocle_safetensors_read (checkpoint, bytes, path, error))
    return FALSE;
  tensor = monocle_checkpoint_find (checkpoint, TENSOR);
  if (!tensor || tensor->dtype == MONOCLE_DTYPE_OTHER || tensor->n_dims != 2
      || tensor->dims[0] != self->n || tensor->dims[1] == 0 || tensor->dims[1] > G_MAXUINT16)
    return monocle_file_set_error (error, path, "tensor \"%s\": not a row for each of %u labels",
                                   TENSOR, self->n);
  self->n_dims = (guint) tensor->dims[1];
  n = (gsize) self->n * self->n_dims;
  self->rows = g_new (float, n);
  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, self->rows);
  for (gsize i = 0; i < n; i++)
    if (!isfinite (self->rows[i]))
      return monocle_file_set_error (
          error, path, "tensor \"%s\" holds numbers that are none, or infinite", TENSOR);
  return TRUE;
}

MonocleTaughtLabels *
monocle_taught_labels_open (const char *directory, GError **error)
{
  g_autoptr (MonocleTaughtLabels) self = g_new0 (MonocleTaughtLabels, 1);

  if (!read_config (self, directory, error) || !read_rows (self, directory, error))
    return NULL;
  return g_steal_pointer (&self);
}

const float *
monocle_taught_labels_find (const MonocleTaughtLabels *self, const char *name)
{
  for (guint i = 0; i < self->n; i++)
    if (g_str_equal (self->names[i], name))
      return self->rows + (gsize) i * self->n_dims;
  return NULL;
}

/* --- writing ------------------------------------------------------------------------------ */

static char *
describe (const MonocleTaughtLabels *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "peft_type");
  json_builder_add_string_value (builder, KIND);
  if (self->base)
    {
      json_builder_set_member_name (builder, "base_model_name_or_path");
      json_builder_add_string_value (builder, self->base);
    }
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->n; i++)
    json_builder_add_string_value (builder, self->names[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_data (generator, NULL);
}

static gboolean
write_files (const MonocleTaughtLabels *self, const char *directory, GError **error)
{
  g_autofree char *settings = g_build_filename (directory, CONFIG, NULL);
  g_autofree char *weights = g_build_filename (directory, WEIGHTS, NULL);
  g_autofree char *text = describe (self);
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  const MonocleCheckpointTensor tensor = {
    .name = TENSOR,
    .dtype = MONOCLE_DTYPE_F32,
    .n_dims = 2,
    .dims = { self->n, self->n_dims },
    .data = (const guint8 *) self->rows,
    .size_bytes = (gsize) self->n * self->n_dims * sizeof *self->rows,
  };

  return monocle_checkpoint_add (checkpoint, &tensor, weights, error)
         && monocle_safetensors_write (checkpoint, weights, NULL, error)
         && g_file_set_contents (settings, text, -1, error);
}

gboolean
monocle_taught_labels_write (const MonocleTaughtLabels *self, const char *directory, GError **error)
{
  MonocleNewFolder *fresh = monocle_new_folder_begin (directory, error);

  return fresh
         && monocle_new_folder_end (
             fresh, write_files (self, monocle_new_folder_get_path (fresh), error), error);
}
