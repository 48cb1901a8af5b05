/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a trainer writes: its state, between steps, and what was learnt, as an adapter.
 */
#include "config.h"

#include "engine/run/trainer-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/run/trainer.h"

#define MAX_NOTE_BYTES (16 << 20)

static const char *const parts[] = { "learnt", "mean", "square" };

static gboolean
set_error (GError **error, const char *path)
{
  const int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

static gboolean
add (MonocleCheckpoint *checkpoint,
     const char *name,
     MonocleDtype dtype,
     guint n_dims,
     const guint64 *dims,
     gconstpointer data,
     gsize size,
     GError **error)
{
  MonocleCheckpointTensor tensor
      = { .name = name, .dtype = dtype, .n_dims = n_dims, .data = data, .size_bytes = size };

  memcpy (tensor.dims, dims, n_dims * sizeof *dims);
  return monocle_checkpoint_add (checkpoint, &tensor, name, error);
}

/* What was written is on the disk, not on its way there. */
static gboolean
sync_path (const char *path, int flags, GError **error)
{
  const int fd = g_open (path, flags | O_CLOEXEC, 0);
  gboolean done;

  if (fd < 0)
    return set_error (error, path);
  done = fsync (fd) == 0 || set_error (error, path);
  g_close (fd, NULL);
  return done;
}

/* Whole, or what was there before. */
static gboolean
replace (const MonocleCheckpoint *checkpoint, const char *path, GError **error)
{
  g_autofree char *fresh = g_strconcat (path, ".new", NULL), *folder = g_path_get_dirname (path);

  if (g_remove (fresh) != 0 && errno != ENOENT)
    return set_error (error, fresh);
  if (!monocle_safetensors_write (checkpoint, fresh, NULL, error)
      || !sync_path (fresh, O_RDONLY, error))
    {
      g_remove (fresh);
      return FALSE;
    }
  if (g_rename (fresh, path) != 0)
    return set_error (error, path);
  return sync_path (folder, O_RDONLY | O_DIRECTORY, error);
}

gboolean
monocle_trainer_state_write (
    const char *path, const float *state, guint n, guint n_steps, const char *note, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  const guint64 dims[] = { n }, one[] = { 1 }, n_note[] = { strlen (note) };
  const guint32 steps = n_steps;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!add (checkpoint, parts[i], MONOCLE_DTYPE_F32, 1, dims, state + (gsize) i * n,
              n * sizeof *state, error))
      return FALSE;
  return add (checkpoint, "steps", MONOCLE_DTYPE_U32, 1, one, &steps, sizeof steps, error)
         && add (checkpoint, "note", MONOCLE_DTYPE_U8, 1, n_note, note, n_note[0], error)
         && replace (checkpoint, path, error);
}

static MonocleCheckpoint *
open_state (const char *path, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GBytes) bytes = monocle_file_map (path, error);

  if (!bytes || !monocle_safetensors_read (checkpoint, bytes, path, error))
    return NULL;
  return g_steal_pointer (&checkpoint);
}

gboolean
monocle_trainer_state_read (const char *path, float *state, guint n, guint *n_steps, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = open_state (path, error);
  const MonocleCheckpointTensor *steps;
  guint32 number;

  if (!checkpoint)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      const MonocleCheckpointTensor *part = monocle_checkpoint_find (checkpoint, parts[i]);
      float *values = state + (gsize) i * n;

      if (!part || part->dtype != MONOCLE_DTYPE_F32
          || monocle_checkpoint_tensor_get_n_elements (part) != n)
        return monocle_file_set_error (error, path, "is not the state of this training");
      monocle_checkpoint_tensor_read_f32 (part, 0, n, values);
      for (guint j = 0; j < n; j++)
        if (!isfinite (values[j]))
          return monocle_file_set_error (error, path, "holds numbers that are none");
    }
  steps = monocle_checkpoint_find (checkpoint, "steps");
  if (!steps || steps->dtype != MONOCLE_DTYPE_U32 || steps->size_bytes != sizeof number)
    return monocle_file_set_error (error, path, "does not say how many steps were made");
  memcpy (&number, steps->data, sizeof number);
  *n_steps = GUINT32_FROM_LE (number);
  return TRUE;
}

char *
monocle_trainer_read_note (const char *path, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = open_state (path, error);
  const MonocleCheckpointTensor *note
      = checkpoint ? monocle_checkpoint_find (checkpoint, "note") : NULL;

  if (!checkpoint)
    return NULL;
  if (!note || note->dtype != MONOCLE_DTYPE_U8 || note->size_bytes > MAX_NOTE_BYTES
      || !g_utf8_validate_len ((const char *) note->data, note->size_bytes, NULL))
    {
      monocle_file_set_error (error, path, "is not the state of a training");
      return NULL;
    }
  return g_strndup ((const char *) note->data, note->size_bytes);
}

/* --- what was learnt ---------------------------------------------------------------------- */

static void
add_member (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_names (JsonBuilder *builder, const char *name, const GPtrArray *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < values->len; i++)
    json_builder_add_string_value (builder, values->pdata[i]);
  json_builder_end_array (builder);
}

/* Modules by their full names: no pattern that could match elsewhere. */
static char *
describe (const MonocleTrainingLearnt *learnt, const char *base)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  add_member (builder, "peft_type", "LORA");
  add_member (builder, "base_model_name_or_path", base);
  json_builder_set_member_name (builder, "r");
  json_builder_add_int_value (builder, learnt->rank);
  json_builder_set_member_name (builder, "lora_alpha");
  json_builder_add_int_value (builder, learnt->rank);
  json_builder_set_member_name (builder, "lora_dropout");
  json_builder_add_double_value (builder, 0);
  add_member (builder, "bias", "none");
  json_builder_set_member_name (builder, "inference_mode");
  json_builder_add_boolean_value (builder, TRUE);
  add_names (builder, "target_modules", learnt->modules);
  if (learnt->wholes->len > 0)
    add_names (builder, "modules_to_save", learnt->wholes);
  if (learnt->head)
    {
      json_builder_set_member_name (builder, "trainable_token_indices");
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, learnt->head);
      json_builder_begin_array (builder);
      for (guint i = 0; i < learnt->rows->len; i++)
        json_builder_add_int_value (builder, g_array_index (learnt->rows, guint32, i));
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_data (generator, NULL);
}

gboolean
monocle_trainer_learnt_write (const MonocleTrainingLearnt *learnt,
                              const char *directory,
                              const char *base,
                              GError **error)
{
  g_autofree char *weights = g_build_filename (directory, "adapter_model.safetensors", NULL);
  g_autofree char *settings = g_build_filename (directory, "adapter_config.json", NULL);
  g_autofree char *text = describe (learnt, base);
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();

  for (guint i = 0; i < learnt->tensors->len; i++)
    {
      const MonocleTrainingTensor *tensor = learnt->tensors->pdata[i];

      if (!add (checkpoint, tensor->name, MONOCLE_DTYPE_F32, tensor->n_dims, tensor->dims,
                tensor->values, tensor->dims[0] * MAX (tensor->dims[1], 1) * sizeof *tensor->values,
                error))
        return FALSE;
    }
  return replace (checkpoint, weights, error)
         && g_file_set_contents_full (settings, text, -1,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                      0666, error);
}
