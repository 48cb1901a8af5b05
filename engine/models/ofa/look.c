/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What makes rows of a picture, which the encoder reads, and what is computed once for all answers.
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
  MonocleGraph *g = self->sight.recording.graph = monocle_graph_new ("vision", self->format);
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
  const MonocleRecordingTensor known[] = { { "places", &self->placing_ids } };

  return alloc_known (self, error)
         && (self->config.draws
                 ? monocle_drawing_record (&self->drawing, self->gpu, self->buffer, error)
                 : monocle_sight_record (&self->sight, self->gpu, self->buffer, error))
         && monocle_recording_record (&self->placing, self->gpu, self->buffer, "places", known,
                                      G_N_ELEMENTS (known), error);
}
