/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of any size to what the language model reads of them.
 */
#include "config.h"

#include "engine/models/qwen3vl/private.h"
#include "engine/vk/staging.h"

/* Sizes of pictures that are kept ready. */
#define MAX_PASSES 4

gboolean
monocle_qwen3vl_alloc_seen (MonocleQwen3vl *self, GError **error)
{
  const MonocleCausalConfig *text = &self->config.text;
  g_autofree float *zeros = g_new0 (float, text->channels);
  MonocleTensor no_row;

  self->n_seen = monocle_qwen3vl_count_most_tokens (&self->pixels);
  self->seen
      = (MonocleTensor){ .n_dims = 2,
                         .dims = { monocle_causal_count_seen (text, self->n_seen), text->channels },
                         .format = MONOCLE_FORMAT_F32,
                         .name = "image rows" };
  self->seen_buffer = monocle_vk_buffer_new (self->gpu, monocle_tensor_get_size_bytes (&self->seen),
                                             MONOCLE_VK_USE_DEVICE, "image rows", error);
  self->seen.buffer = self->seen_buffer;
  if (!self->seen_buffer || text->n_deep == 0)
    return self->seen_buffer != NULL;
  no_row = monocle_tensor_get_rows (&self->seen, self->seen.dims[0] - 1, 1);
  return monocle_tensor_write (&no_row, zeros, error);
}

/* Memory of @n_bytes for passes. What is recorded in smaller memory goes with it. */
static gboolean
make_room (MonocleQwen3vl *self, guint64 n_bytes, GError **error)
{
  if (self->buffer && n_bytes <= self->n_bytes)
    return TRUE;
  g_ptr_array_set_size (self->passes, 0);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  self->buffer = monocle_vk_buffer_new (self->gpu, n_bytes, MONOCLE_VK_USE_DEVICE,
                                        "vision activations", error);
  self->n_bytes = self->buffer ? n_bytes : 0;
  return self->buffer != NULL;
}

MonocleQwen3vlPass *
monocle_qwen3vl_find_pass (MonocleQwen3vl *self, guint width, guint height, GError **error)
{
  const guint n_rows = height / self->config.patch, n_columns = width / self->config.patch;
  g_autoptr (MonocleQwen3vlPass) pass = NULL;
  guint64 n_bytes = 0;

  for (guint i = 0; i < self->passes->len; i++)
    {
      MonocleQwen3vlPass *known = self->passes->pdata[i];

      if (known->n_rows == n_rows && known->n_columns == n_columns)
        return known;
    }
  pass = monocle_qwen3vl_pass_new (&self->config, self->params, n_rows, n_columns);
  if (!monocle_recording_plan (&pass->recording, self->gpu, &n_bytes, NULL, error)
      || !make_room (self, n_bytes, error)
      || !monocle_qwen3vl_pass_record (pass, self->gpu, self->buffer, error))
    return NULL;
  if (self->passes->len == MAX_PASSES)
    g_ptr_array_remove_index (self->passes, 0);
  g_ptr_array_add (self->passes, pass);
  return g_steal_pointer (&pass);
}

void
monocle_qwen3vl_discard (gpointer model, gpointer features)
{
  MonocleQwen3vlSeen *seen = features;

  if (!seen)
    return;
  monocle_vk_buffer_free (seen->buffer);
  g_free (seen);
}

static guint64
count_bytes (const MonocleQwen3vl *self, guint n_tokens)
{
  return monocle_format_get_bytes (MONOCLE_FORMAT_F32,
                                   (guint64) n_tokens * self->config.text.channels);
}

/* What a pass made, one behind the other. */
static MonocleQwen3vlSeen *
take_seen (MonocleQwen3vl *self, const MonocleQwen3vlPass *pass, GError **error)
{
  const guint factor = self->config.factor;
  g_autoptr (MonocleCommands) commands = NULL;
  MonocleQwen3vlSeen *seen = g_new0 (MonocleQwen3vlSeen, 1);
  guint64 size;

  seen->look = ++self->n_looks;
  seen->n_rows = pass->n_rows / factor;
  seen->n_columns = pass->n_columns / factor;
  size = count_bytes (self, seen->n_rows * seen->n_columns);
  seen->buffer = monocle_vk_buffer_new (self->gpu, pass->n_made * size, MONOCLE_VK_USE_DEVICE,
                                        "image features", error);
  commands = monocle_commands_new (self->gpu, "image features");
  for (guint i = 0; i < pass->n_made && seen->buffer; i++)
    monocle_commands_copy (commands, pass->made[i].buffer, pass->made[i].offset, seen->buffer,
                           i * size, size);
  if (seen->buffer && monocle_commands_submit (commands, NULL, NULL, NULL, error))
    return seen;
  monocle_qwen3vl_discard (self, seen);
  return NULL;
}

MonocleQwen3vlSeen *
monocle_qwen3vl_look (MonocleQwen3vl *self,
                      MonocleImage *image,
                      GCancellable *cancellable,
                      MonocleFamilyProgress progress,
                      gpointer user_data,
                      MonocleFamilyTiming *timing,
                      float **planes,
                      GError **error)
{
  MonoclePreprocessSettings settings = self->pixels.settings;
  gint64 start = g_get_monotonic_time (), middle;
  MonocleQwen3vlPass *pass;
  g_autofree float *values = NULL;
  g_autofree float *pixels = NULL;
  MonocleQwen3vlSeen *seen = NULL;

  if (!monocle_qwen3vl_fit (&self->pixels, monocle_image_get_width (image),
                            monocle_image_get_height (image), &settings.width, &settings.height,
                            error))
    return NULL;
  values = g_new (float, (gsize) 3 * settings.width * settings.height);
  if (!monocle_preprocess_run (&settings, image, values, error))
    return NULL;
  pixels = monocle_preprocess_interleave (&settings, values);
  middle = g_get_monotonic_time ();
  pass = monocle_qwen3vl_find_pass (self, settings.width, settings.height, error);
  if (pass
      && monocle_qwen3vl_pass_run (pass, &self->config, self->positions, pixels, cancellable,
                                   progress, user_data, error))
    seen = take_seen (self, pass, error);
  if (seen)
    {
      seen->width = monocle_image_get_width (image);
      seen->height = monocle_image_get_height (image);
    }
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (planes)
    *planes = g_steal_pointer (&values);
  return seen;
}

gboolean
monocle_qwen3vl_show (gpointer model, gconstpointer features, GError **error)
{
  MonocleQwen3vl *self = model;
  const MonocleQwen3vlSeen *seen = features;
  const guint64 size = count_bytes (self, seen->n_rows * seen->n_columns);
  const guint64 room = count_bytes (self, self->n_seen);
  g_autoptr (MonocleCommands) commands = monocle_commands_new (self->gpu, "image rows");

  for (guint i = 0; i <= self->config.n_deep; i++)
    monocle_commands_copy (commands, seen->buffer, i * size, self->seen_buffer, i * room, size);
  return monocle_commands_submit (commands, NULL, NULL, NULL, error);
}
