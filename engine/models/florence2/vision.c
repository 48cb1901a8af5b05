/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/private.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/models/parts/room.h"
#include "engine/nn/block/linear.h"

#define PROJECTOR_EPSILON 1e-5f

static guint
get_feature_width (const MonocleFlorence2 *self)
{
  return self->config.vision.dims[self->config.vision.n_stages - 1];
}

/* Row 0 of a cosine table, the row of a single picture: what is stored, else sin 0 on even channels
 * and cos 0 on odd ones. */
static void
find_temporal (MonocleFlorence2 *self, MonocleWeights *weights)
{
  guint width = get_feature_width (self);
  const MonocleCheckpointTensor *stored
      = monocle_weights_find (weights, "visual_temporal_embed.pos_idx_to_embed");

  self->temporal_row = g_new0 (float, width);
  for (guint i = 1; i < width; i += 2)
    self->temporal_row[i] = 1;
  if (stored)
    {
      monocle_weights_ignore (weights, stored->name);
      if (stored->dtype != MONOCLE_DTYPE_OTHER && stored->n_dims == 2 && stored->dims[0] > 0
          && stored->dims[1] == width)
        monocle_checkpoint_tensor_read_f32 (stored, 0, width, self->temporal_row);
    }
}

/* Tower tokens [n * rows, columns, C] to the language model's width [n * N, D]: positions, pooling,
 * product, norm. */
static MonocleValue
project (const MonocleFlorence2 *self, MonocleGraph *g, guint n, MonocleValue tower)
{
  const MonocleProjectorConfig *config = &self->config.projector;
  const MonocleTensor image = *monocle_graph_get_shape (g, tower);
  MonocleScope positions = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "image_pos_embed");
  guint width = get_feature_width (self), half = width / 2, d = self->config.text.d_model;
  MonocleValue rows = monocle_param_rows (
      g, monocle_scope_enter (positions, "row_embeddings.weight"), config->n_positions, half);
  MonocleValue columns
      = monocle_param_rows (g, monocle_scope_enter (positions, "column_embeddings.weight"),
                            config->n_positions, width - half);
  MonocleValue projection = monocle_param_matrix (
      g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "image_projection"),
      self->config.layout == MONOCLE_FLORENCE2_NATIVE ? MONOCLE_PARAM_MATRIX
                                                      : MONOCLE_PARAM_TRANSPOSED,
      d, width);
  MonocleValue temporal = monocle_input (g, "temporal", MONOCLE_FORMAT_F32, MONOCLE_DIMS (width));
  const guint height = image.dims[0] / n;
  MonocleValue sources[MONOCLE_FLORENCE2_TOGETHER * G_N_ELEMENTS (config->sources)], x;
  guint n_sources = 0;

  for (guint i = 0; i < n; i++)
    {
      MonocleValue one = n == 1 ? tower : monocle_rows (g, tower, i * height, height);
      MonocleValue tokens
          = monocle_reshape (g, monocle_image_positions (g, one, columns, rows, temporal),
                             MONOCLE_DIMS (height * image.dims[1], width));
      MonocleValue mean = monocle_mean_rows (g, tokens);

      for (guint k = 0; k < config->n_sources; k++)
        sources[n_sources++] = config->sources[k] == MONOCLE_FEATURES_TOKENS ? tokens : mean;
    }
  x = monocle_join_rows (g, sources, n_sources);
  x = monocle_matmul (g, x, projection, 0, 0, MONOCLE_ACTIVATION_NONE);
  return monocle_norm (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "image_proj_norm"), x,
                       PROJECTOR_EPSILON);
}

static guint
count_image_tokens (const MonocleFlorence2 *self, guint n_tokens)
{
  guint n = 0;

  for (guint i = 0; i < self->config.projector.n_sources; i++)
    n += self->config.projector.sources[i] == MONOCLE_FEATURES_TOKENS ? n_tokens : 1;

  return n;
}

static gboolean
check_image (MonocleFlorence2 *self, const char *directory, GError **error)
{
  const MonocleProjectorConfig *projector = &self->config.projector;
  guint rows, columns;

  if (!monocle_davit_get_grid (&self->config.vision, self->preprocess.height,
                               self->preprocess.width, &rows, &columns)
      || rows > projector->n_positions || columns > projector->n_positions)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: images of %u x %u pixels do not fit the model's %u positions", directory,
                   self->preprocess.width, self->preprocess.height, projector->n_positions);
      return FALSE;
    }

  self->n_image = count_image_tokens (self, rows * columns);
  if (self->n_image + 2 > self->config.text.n_positions)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: %u image tokens do not fit the language model's %u positions", directory,
                   self->n_image, self->config.text.n_positions);
      return FALSE;
    }
  return TRUE;
}

/* (transfer full): "pixels" [n * H, W, 3] and "temporal" to "image_embeds". */
static MonocleGraph *
write_graph (MonocleFlorence2 *self, MonocleParams *params, guint n)
{
  MonocleGraph *g = monocle_graph_new (n == 1 ? "vision" : "vision of several", self->format);
  MonocleValue tower, image;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  tower = monocle_davit (
      g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "vision_tower"), &self->config.vision,
      monocle_input (g, "pixels", self->format,
                     MONOCLE_DIMS (n * self->preprocess.height, self->preprocess.width, 3)),
      n);
  monocle_name (g, tower, "vision_features");
  image = project (self, g, n, tower);
  monocle_name (g, image, "image_embeds");
  monocle_keep (g, image);
  return g;
}

gboolean
monocle_florence2_vision_declare (MonocleFlorence2 *self,
                                  MonocleWeights *weights,
                                  const char *directory,
                                  GError **error)
{
  if (!check_image (self, directory, error))
    return FALSE;

  find_temporal (self, weights);
  self->vision_graph = write_graph (self, monocle_weights_get_params (weights), 1);
  return TRUE;
}

/* --- a tower in memory -------------------------------------------------------------------- */

void
monocle_florence2_vision_clear (MonocleFlorence2Vision *vision)
{
  g_clear_pointer (&vision->commands, monocle_commands_free);
  g_clear_pointer (&vision->plan, monocle_plan_free);
  g_clear_pointer (&vision->buffer, monocle_vk_buffer_free);
}

gboolean
monocle_florence2_vision_plan (MonocleFlorence2Vision *vision,
                               MonocleFlorence2 *self,
                               MonocleGraph *graph,
                               guint n,
                               MonoclePlanFlags flags,
                               const char *directory,
                               GError **error)
{
  vision->graph = graph;
  vision->n = n;
  vision->plan = monocle_graph_plan (graph, self->gpu, flags, error);
  if (!vision->plan)
    {
      g_prefix_error (error, "%s: ", directory);
      return FALSE;
    }

  return monocle_room_check_piece (self->gpu, directory, self->preprocess.width,
                                   self->preprocess.height,
                                   monocle_plan_get_largest_bytes (vision->plan), error);
}

gboolean
monocle_florence2_vision_prepare (MonocleFlorence2Vision *vision,
                                  MonocleFlorence2 *self,
                                  GError **error)
{
  vision->buffer = monocle_vk_buffer_new (self->gpu, monocle_plan_get_bytes (vision->plan),
                                          MONOCLE_VK_USE_DEVICE, "vision activations", error);
  if (!vision->buffer)
    return FALSE;

  monocle_plan_place (vision->plan, vision->buffer);
  vision->image
      = monocle_plan_get_tensor (vision->plan, monocle_graph_find (vision->graph, "image_embeds"));
  vision->commands = monocle_commands_new (self->gpu, "vision");
  monocle_plan_record (vision->plan, vision->commands);
  return monocle_commands_finish (vision->commands, error);
}

gboolean
monocle_florence2_vision_ensure_together (MonocleFlorence2 *self, GError **error)
{
  MonocleFlorence2Vision *vision = &self->together;

  if (vision->commands)
    return TRUE;
  if (!self->together_graph)
    self->together_graph = write_graph (self, self->params, MONOCLE_FLORENCE2_TOGETHER);
  if (monocle_florence2_vision_plan (vision, self, self->together_graph, MONOCLE_FLORENCE2_TOGETHER,
                                     MONOCLE_PLAN_DEFAULT, "several pictures", error)
      && monocle_florence2_vision_prepare (vision, self, error))
    return TRUE;
  monocle_florence2_vision_clear (vision);
  return FALSE;
}

static gboolean
write_input (const MonocleFlorence2Vision *vision,
             const char *name,
             const float *values,
             GError **error)
{
  const MonocleTensor tensor
      = monocle_plan_get_tensor (vision->plan, monocle_graph_find (vision->graph, name));

  return monocle_tensor_write (&tensor, values, error);
}

static gsize
count_values (const MonocleFlorence2 *self)
{
  return (gsize) 3 * self->preprocess.height * self->preprocess.width;
}

/* @planes: [n, 3, H, W] */
static gboolean
write_pixels (const MonocleFlorence2 *self,
              const MonocleFlorence2Vision *vision,
              const float *planes,
              GError **error)
{
  const gsize n_values = count_values (self);
  g_autofree float *pixels = g_new (float, vision->n *n_values);

  for (guint i = 0; i < vision->n; i++)
    {
      g_autofree float *own
          = monocle_preprocess_interleave (&self->preprocess, planes + i * n_values);

      memcpy (pixels + i * n_values, own, n_values * sizeof *own);
    }
  return write_input (vision, "pixels", pixels, error);
}

gboolean
monocle_florence2_vision_encode (const MonocleFlorence2Vision *vision,
                                 MonocleFlorence2 *self,
                                 MonocleImage *const *images,
                                 guint n_images,
                                 GCancellable *cancellable,
                                 MonocleFamilyProgress progress,
                                 gpointer user_data,
                                 MonocleFamilyTiming *timing,
                                 float **planes,
                                 GError **error)
{
  const gsize n_values = count_values (self);
  g_autofree float *values = g_new0 (float, vision->n *n_values);
  gint64 start = g_get_monotonic_time (), middle;

  for (guint i = 0; i < n_images; i++)
    if (!monocle_preprocess_run (&self->preprocess, images[i], values + i * n_values, error))
      return FALSE;
  if (!write_pixels (self, vision, values, error)
      || !write_input (vision, "temporal", self->temporal_row, error))
    return FALSE;

  middle = g_get_monotonic_time ();
  if (!monocle_commands_submit (vision->commands, cancellable, progress, user_data, error))
    return FALSE;
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;

  if (planes)
    *planes = g_steal_pointer (&values);
  return TRUE;
}
