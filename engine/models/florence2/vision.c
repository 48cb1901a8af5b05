/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/private.h"

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

/* Tower tokens [rows, columns, C] to the language model's width [N, D]: positions, pooling,
 * product, norm. */
static MonocleValue
project (const MonocleFlorence2 *self, MonocleGraph *g, MonocleValue tower)
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
  MonocleValue sources[G_N_ELEMENTS (config->sources)], tokens, mean, x;

  tokens = monocle_reshape (g, monocle_image_positions (g, tower, columns, rows, temporal),
                            MONOCLE_DIMS (image.dims[0] * image.dims[1], width));
  mean = monocle_mean_rows (g, tokens);
  for (guint i = 0; i < config->n_sources; i++)
    sources[i] = config->sources[i] == MONOCLE_FEATURES_TOKENS ? tokens : mean;
  x = monocle_join_rows (g, sources, config->n_sources);
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

gboolean
monocle_florence2_vision_declare (MonocleFlorence2 *self,
                                  MonocleWeights *weights,
                                  const char *directory,
                                  GError **error)
{
  MonocleGraph *g;
  MonocleValue tower, image;

  if (!check_image (self, directory, error))
    return FALSE;

  find_temporal (self, weights);
  g = self->vision_graph = monocle_graph_new ("vision", self->format);
  monocle_graph_set_params (g, monocle_weights_get_params (weights), MONOCLE_PARAM_FOR_MANY_ROWS);
  tower = monocle_davit (
      g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "vision_tower"), &self->config.vision,
      monocle_input (g, "pixels", self->format,
                     MONOCLE_DIMS (self->preprocess.height, self->preprocess.width, 3)));
  monocle_name (g, tower, "vision_features");
  image = project (self, g, tower);
  monocle_name (g, image, "image_embeds");
  monocle_keep (g, image);
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
                               MonoclePlanFlags flags,
                               const char *directory,
                               GError **error)
{
  vision->plan = monocle_graph_plan (self->vision_graph, self->gpu, flags, error);
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
  vision->image = monocle_plan_get_tensor (vision->plan,
                                           monocle_graph_find (self->vision_graph, "image_embeds"));
  vision->commands = monocle_commands_new (self->gpu, "vision");
  monocle_plan_record (vision->plan, vision->commands);
  return monocle_commands_finish (vision->commands, error);
}

static gboolean
write_input (const MonocleFlorence2 *self,
             const MonocleFlorence2Vision *vision,
             const char *name,
             const float *values,
             GError **error)
{
  const MonocleTensor tensor
      = monocle_plan_get_tensor (vision->plan, monocle_graph_find (self->vision_graph, name));

  return monocle_tensor_write (&tensor, values, error);
}

static gboolean
write_pixels (const MonocleFlorence2 *self,
              const MonocleFlorence2Vision *vision,
              const float *planes,
              GError **error)
{
  g_autofree float *pixels = monocle_preprocess_interleave (&self->preprocess, planes);

  return write_input (self, vision, "pixels", pixels, error);
}

gboolean
monocle_florence2_vision_encode (const MonocleFlorence2Vision *vision,
                                 MonocleFlorence2 *self,
                                 MonocleImage *image,
                                 GCancellable *cancellable,
                                 MonocleFamilyProgress progress,
                                 gpointer user_data,
                                 MonocleFamilyTiming *timing,
                                 float **planes,
                                 GError **error)
{
  g_autofree float *values
      = g_new (float, (gsize) 3 * self->preprocess.height * self->preprocess.width);
  gint64 start = g_get_monotonic_time (), middle;

  if (!monocle_preprocess_run (&self->preprocess, image, values, error)
      || !write_pixels (self, vision, values, error)
      || !write_input (self, vision, "temporal", self->temporal_row, error))
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
