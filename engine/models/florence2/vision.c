/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/private.h"

#include "engine/base/error.h"
#include "engine/nn/ops.h"

#define PROJECTOR_EPSILON 1e-5f

static guint
get_feature_width (MonocleFlorence2 *self)
{
  return self->config.vision.dims[self->config.vision.n_stages - 1];
}

void
monocle_florence2_vision_declare_projector (MonocleFlorence2 *self, MonocleWeights *weights)
{
  guint width = get_feature_width (self), d = self->config.text.d_model;
  guint half = width / 2, n = self->config.projector.n_positions;
  const MonocleCheckpointTensor *temporal;

  monocle_weights_add_matrix (weights, &self->projector.rows, MONOCLE_WEIGHT_ROWS, n, half,
                              "image_pos_embed.row_embeddings.weight");
  monocle_weights_add_matrix (weights, &self->projector.columns, MONOCLE_WEIGHT_ROWS, n,
                              width - half, "image_pos_embed.column_embeddings.weight");
  if (self->config.layout == MONOCLE_FLORENCE2_NATIVE)
    monocle_weights_add_matrix (weights, &self->projector.projection, MONOCLE_WEIGHT_PRODUCT, d,
                                width, "image_projection");
  else
    monocle_weights_add_transposed (weights, &self->projector.projection, d, width,
                                    "image_projection");
  monocle_linear_declare_norm (&self->projector.norm, weights, d,
                               monocle_scope_enter (MONOCLE_SCOPE_ROOT, "image_proj_norm"));

  /* Row 0 of a cosine table, the row of a single picture: what is stored, else sin 0 on even
   * channels and cos 0 on odd ones. */
  self->temporal_row = g_new0 (float, width);
  for (guint i = 1; i < width; i += 2)
    self->temporal_row[i] = 1;
  temporal = monocle_weights_find (weights, "visual_temporal_embed.pos_idx_to_embed");
  if (temporal)
    {
      monocle_weights_ignore (weights, temporal->name);
      if (temporal->dtype != MONOCLE_DTYPE_OTHER && temporal->n_dims == 2 && temporal->dims[0] > 0
          && temporal->dims[1] == width)
        monocle_checkpoint_tensor_read_f32 (temporal, 0, width, self->temporal_row);
    }
}

/* Tower tokens to the language model's width: positions, pooling, product, norm. image [N, D]. */
static void
record_projector (MonocleFlorence2 *self,
                  MonocleCommands *commands,
                  MonocleArena *arena,
                  const MonocleTensor *tower,
                  const MonocleTensor *image)
{
  const MonocleProjectorConfig *config = &self->config.projector;
  guint n_tokens = tower->dims[0] * tower->dims[1], width = tower->dims[2];
  gsize row_bytes = monocle_format_get_bytes (tower->format, width);
  MonocleTensor positioned = monocle_arena_alloc_3d (arena, "positioned", tower->format,
                                                     tower->dims[0], tower->dims[1], width);
  MonocleTensor mean = monocle_arena_alloc_2d (arena, "mean", tower->format, 1, width);
  MonocleTensor pooled
      = monocle_arena_alloc_2d (arena, "pooled", tower->format, image->dims[0], width);
  MonocleTensor flat = monocle_tensor_reshape (&positioned, 2, (guint[]){ n_tokens, width });
  guint row = 0;

  monocle_op_image_positions (commands, tower, &self->projector.columns, &self->projector.rows,
                              &self->temporal, &positioned);
  monocle_op_mean_rows (commands, &flat, &mean);
  for (guint i = 0; i < config->n_sources; i++)
    {
      const MonocleTensor *source = config->sources[i] == MONOCLE_FEATURES_TOKENS ? &flat : &mean;

      monocle_commands_copy (commands, source->buffer, source->offset, pooled.buffer,
                             pooled.offset + row * row_bytes, source->dims[0] * row_bytes);
      row += source->dims[0];
    }
  monocle_op_matmul (commands, &pooled, &self->projector.projection, NULL, NULL,
                     MONOCLE_ACTIVATION_NONE, image);
  monocle_op_layer_norm (commands, image, &self->projector.norm.weight, &self->projector.norm.bias,
                         PROJECTOR_EPSILON, image);
}

static guint
count_image_tokens (MonocleFlorence2 *self, guint n_tokens)
{
  guint n = 0;

  for (guint i = 0; i < self->config.projector.n_sources; i++)
    n += self->config.projector.sources[i] == MONOCLE_FEATURES_TOKENS ? n_tokens : 1;

  return n;
}

static void
record_vision (MonocleFlorence2 *self, MonocleCommands *commands, MonocleArena *arena)
{
  self->pixels = monocle_arena_alloc_3d (arena, "pixels", self->format, self->preprocess.height,
                                         self->preprocess.width, 3);
  self->temporal
      = monocle_arena_alloc_1d (arena, "temporal", MONOCLE_FORMAT_F32, get_feature_width (self));
  self->image = monocle_arena_alloc_2d (arena, "image", self->format, self->n_image,
                                        self->config.text.d_model);
  self->tower = monocle_davit_record (self->davit, commands, arena, self->gpu, &self->pixels);
  record_projector (self, commands, arena, &self->tower, &self->image);
}

gboolean
monocle_florence2_vision_measure (MonocleFlorence2 *self,
                                  const char *directory,
                                  guint64 *size_bytes,
                                  GError **error)
{
  const MonocleProjectorConfig *projector = &self->config.projector;
  guint64 limit = self->gpu->traits.max_binding_bytes;
  MonocleArena arena = MONOCLE_ARENA_MEASURE;
  guint rows, columns;

  if (!monocle_davit_get_grid (self->davit, self->preprocess.height, self->preprocess.width, &rows,
                               &columns)
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

  record_vision (self, NULL, &arena);
  if (arena.largest_bytes > limit)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                   "%s: images of %u x %u pixels need %.1f MiB in one piece, %s allows %.1f MiB",
                   directory, self->preprocess.width, self->preprocess.height,
                   (double) arena.largest_bytes / (1 << 20), self->gpu->info.name,
                   (double) limit / (1 << 20));
      return FALSE;
    }

  *size_bytes = monocle_arena_get_peak_bytes (&arena);
  return TRUE;
}

gboolean
monocle_florence2_vision_prepare (MonocleFlorence2 *self, guint64 size_bytes, GError **error)
{
  MonocleArena arena;

  self->vision_buffer = monocle_vk_buffer_new (self->gpu, size_bytes, MONOCLE_VK_USE_DEVICE,
                                               "vision activations", error);
  if (!self->vision_buffer)
    return FALSE;

  self->vision = monocle_commands_new (self->gpu, "vision");
  monocle_arena_init (&arena, self->vision_buffer);
  record_vision (self, self->vision, &arena);

  return monocle_commands_finish (self->vision, error)
         && monocle_tensor_write (&self->temporal, self->temporal_row, error);
}

/* Planes of the image to interleaved pixels on the device. */
static gboolean
write_pixels (MonocleFlorence2 *self, const float *planes, GError **error)
{
  gsize n = (gsize) self->preprocess.height * self->preprocess.width;
  g_autofree float *interleaved = g_new (float, n * 3);

  for (gsize i = 0; i < n; i++)
    for (guint c = 0; c < 3; c++)
      interleaved[i * 3 + c] = planes[c * n + i];

  return monocle_tensor_write (&self->pixels, interleaved, error);
}

gboolean
monocle_florence2_vision_encode (MonocleFlorence2 *self,
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
      || !write_pixels (self, values, error))
    return FALSE;

  middle = g_get_monotonic_time ();
  if (!monocle_commands_submit (self->vision, cancellable, progress, user_data, error))
    return FALSE;
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  monocle_florence2_log_timing (monocle_commands_describe_timing (self->vision));

  if (planes)
    *planes = g_steal_pointer (&values);
  return TRUE;
}
