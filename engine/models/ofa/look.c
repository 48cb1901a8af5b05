/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture to rows that the encoder reads; and what is computed once for all answers.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

static MonocleTensor
make_tensor (MonocleFormatId format, guint rows, guint columns, const char *name)
{
  return (MonocleTensor){ .n_dims = 2, .dims = { rows, columns }, .format = format, .name = name };
}

static void
write_picture (MonocleOfa *self, MonocleParams *params)
{
  MonocleGraph *g = self->picture.graph = monocle_graph_new ("vision", self->format);
  MonocleValue x;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  x = monocle_ofa_look (g, &self->config,
                        monocle_input (g, "pixels", self->format,
                                       MONOCLE_DIMS (self->pixels.height, self->pixels.width, 3)));
  monocle_name (g, x, "image_embeds");
  monocle_keep (g, x);
}

static void
write_placing (MonocleOfa *self, MonocleParams *params)
{
  const guint n = monocle_ofa_count_answer (&self->config, self->writer.kind);
  const guint d = self->config.d_model;
  MonocleGraph *g = self->placing.graph = monocle_graph_new ("places", self->format);
  MonocleOfaPlaces *known = &self->known;

  known->queries = make_tensor (self->format, n, d, "place queries");
  known->keys = make_tensor (self->format, n, d, "place keys");
  known->cross_queries = make_tensor (self->format, n, d, "cross place queries");
  known->index = make_tensor (MONOCLE_FORMAT_U32, n, n, "distances");
  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  monocle_ofa_place (g, &self->config, self->writer.kind,
                     monocle_input (g, "places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n)), known);
}

void
monocle_ofa_write_graphs (MonocleOfa *self, MonocleWeights *weights)
{
  MonocleParams *params = monocle_weights_get_params (weights);

  if (!self->config.draws)
    write_picture (self, params);
  write_placing (self, params);
}

static gboolean
alloc_known (MonocleOfa *self, GError **error)
{
  MonocleTensor *const tensors[]
      = { &self->known.queries, &self->known.keys, &self->known.cross_queries, &self->known.index };
  guint64 bytes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    bytes = monocle_tensor_put_at (tensors[i], bytes);
  self->known_buffer
      = monocle_vk_buffer_new (self->gpu, bytes, MONOCLE_VK_USE_DEVICE, "places", error);
  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    tensors[i]->buffer = self->known_buffer;
  return self->known_buffer != NULL;
}

gboolean
monocle_ofa_record (gpointer model, GError **error)
{
  MonocleOfa *self = model;
  const MonocleRecordingTensor seen[]
      = { { "pixels", &self->picture_pixels }, { "image_embeds", &self->picture_rows } };
  const MonocleRecordingTensor known[] = { { "places", &self->placing_ids } };

  return alloc_known (self, error)
         && (self->config.draws
                 ? monocle_drawing_record (&self->drawing, self->gpu, self->buffer, error)
                 : monocle_recording_record (&self->picture, self->gpu, self->buffer, "vision",
                                             seen, G_N_ELEMENTS (seen), error))
         && monocle_recording_record (&self->placing, self->gpu, self->buffer, "places", known,
                                      G_N_ELEMENTS (known), error);
}

/* --- pictures ----------------------------------------------------------------------------- */

void
monocle_ofa_discard (gpointer model, gpointer features)
{
  MonocleOfaSeen *seen = features;

  if (!seen)
    return;
  monocle_vk_buffer_free (seen->buffer);
  g_free (seen);
}

static gboolean
compute (MonocleOfa *self,
         const float *planes,
         MonocleOfaSeen *seen,
         GCancellable *cancellable,
         MonocleFamilyProgress progress,
         gpointer user_data,
         GError **error)
{
  g_autofree float *pixels = monocle_preprocess_interleave (&self->pixels, planes);
  g_autoptr (MonocleCommands) commands = NULL;

  if (!monocle_tensor_write (&self->picture_pixels, pixels, error)
      || !monocle_commands_submit (self->picture.commands, cancellable, progress, user_data, error))
    return FALSE;
  seen->rows = self->picture_rows;
  seen->rows.offset = 0;
  seen->buffer = monocle_vk_buffer_new (self->gpu, monocle_tensor_get_size_bytes (&seen->rows),
                                        MONOCLE_VK_USE_DEVICE, "image features", error);
  seen->rows.buffer = seen->buffer;
  if (!seen->buffer)
    return FALSE;
  commands = monocle_commands_new (self->gpu, "image features");
  monocle_commands_copy (commands, self->picture_rows.buffer, self->picture_rows.offset,
                         seen->buffer, 0, monocle_tensor_get_size_bytes (&seen->rows));
  return monocle_commands_submit (commands, NULL, NULL, NULL, error);
}

MonocleOfaSeen *
monocle_ofa_see (MonocleOfa *self,
                 MonocleImage *image,
                 GCancellable *cancellable,
                 MonocleFamilyProgress progress,
                 gpointer user_data,
                 MonocleFamilyTiming *timing,
                 float **planes,
                 GError **error)
{
  g_autofree float *values = g_new (float, (gsize) 3 * self->pixels.width * self->pixels.height);
  gint64 start = g_get_monotonic_time (), middle;
  MonocleOfaSeen *seen;

  if (!monocle_preprocess_run (&self->pixels, image, values, error))
    return NULL;
  middle = g_get_monotonic_time ();
  seen = g_new0 (MonocleOfaSeen, 1);
  if (!compute (self, values, seen, cancellable, progress, user_data, error))
    {
      monocle_ofa_discard (self, seen);
      return NULL;
    }
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (planes)
    *planes = g_steal_pointer (&values);
  return seen;
}
