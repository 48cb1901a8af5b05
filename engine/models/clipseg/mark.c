/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of a picture and what a text comes to, to a map of where it is.
 */
#include "config.h"

#include "engine/base/error.h"
#include "engine/models/clipseg/private.h"
#include "engine/nn/block/linear.h"

static const char *const level_names[MONOCLE_CLIPSEG_MAX_LEVELS + 1]
    = { "read0", "read1", "read2", "read3", "read4", "read5", "read6", "read7" };

/* A layer that normalises last. */
static MonocleValue
think (MonocleGraph *g, MonocleScope layer, const MonocleClipsegConfig *config, MonocleValue x)
{
  static const char *const parts[] = { "q_proj", "k_proj", "v_proj" };
  const MonocleLayersConfig *decoder = &config->decoder;
  guint c = config->width, n = monocle_clipseg_count_places (config);
  const MonocleAttention geometry = monocle_attention_over_itself (1, n, c, decoder->n_heads);
  MonocleScope attention = monocle_scope_enter (layer, "self_attn");
  MonocleValue y = monocle_linear_with (
      g, attention, x,
      &(MonocleLinearArgs){ .n = c, .parts = parts, .n_parts = G_N_ELEMENTS (parts) });

  y = monocle_attention (g, y, y, y, 0, &geometry);
  x = monocle_linear_with (g, monocle_scope_enter (attention, "out_proj"), y,
                           &(MonocleLinearArgs){ .n = c, .residual = x });
  x = monocle_norm (g, monocle_scope_enter (layer, "layer_norm1"), x, decoder->epsilon);
  y = monocle_linear_with (
      g, monocle_scope_enter (layer, "mlp.fc1"), x,
      &(MonocleLinearArgs){ .n = decoder->hidden, .activation = MONOCLE_ACTIVATION_RELU });
  x = monocle_linear_with (g, monocle_scope_enter (layer, "mlp.fc2"), y,
                           &(MonocleLinearArgs){ .n = c, .residual = x });
  return monocle_norm (g, monocle_scope_enter (layer, "layer_norm2"), x, decoder->epsilon);
}

/* Places [N, C] to the pixels of each, one patch behind the other. */
static MonocleValue
draw (MonocleGraph *g, const MonocleClipsegConfig *config, MonocleValue x)
{
  const MonocleClipVisionConfig *vision = &config->vision;
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "decoder.transposed_convolution");
  guint c = config->width, n = vision->rows * vision->columns;
  MonocleValue weight, bias;

  if (!config->is_fine)
    return monocle_spread (g, scope, x, 1, vision->patch, MONOCLE_ACTIVATION_NONE);
  weight = monocle_param_convolution (g, monocle_scope_enter (scope, "0.weight"),
                                      MONOCLE_PARAM_CONVOLUTION, c, c, 3);
  bias = monocle_param_vector (g, monocle_scope_enter (scope, "0.bias"), c);
  x = monocle_reshape (g, x, MONOCLE_DIMS (vision->rows, vision->columns, c));
  x = monocle_convolve (g, x, weight, bias, 0,
                        &(MonocleConvolution){ 3, 1, 1, MONOCLE_ACTIVATION_RELU });
  x = monocle_reshape (g, x, MONOCLE_DIMS (n, c));
  /* Each place to four times four, and each of these again: what lies where is for who reads it. */
  x = monocle_spread (g, monocle_scope_enter_index (scope, 2), x, c / 2, vision->patch / 4,
                      MONOCLE_ACTIVATION_RELU);
  return monocle_spread (g, monocle_scope_enter_index (scope, 4), x, 1, vision->patch / 4,
                         MONOCLE_ACTIVATION_NONE);
}

void
monocle_clipseg_mark_write (MonocleClipseg *self, MonocleParams *params)
{
  const MonocleClipsegConfig *config = &self->config;
  MonocleGraph *g = self->mark.recording.graph = monocle_graph_new ("map", MONOCLE_FORMAT_F32);
  MonocleScope layers = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "decoder.layers");
  guint n = monocle_clipseg_count_places (config);
  MonocleValue x = 0, level;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  for (guint i = 0; i < config->n_levels; i++)
    {
      level
          = monocle_input (g, level_names[i], MONOCLE_FORMAT_F32, MONOCLE_DIMS (n, config->width));
      x = x ? monocle_add_positions (g, x, level, 0, 1, n) : level;
      x = think (g, monocle_scope_enter_index (layers, i), config, x);
    }
  x = draw (g, config, monocle_rows (g, x, 0, n - 1));
  monocle_name (g, x, "map");
  monocle_keep (g, x);
}

gboolean
monocle_clipseg_mark_record (MonocleClipseg *self, GError **error)
{
  static const char *const outputs[] = { "map", NULL };
  const char *inputs[MONOCLE_CLIPSEG_MAX_LEVELS + 1] = { NULL };

  for (guint i = 0; i < self->config.n_levels; i++)
    inputs[i] = level_names[i];
  return monocle_clipseg_pass_record (&self->mark, self->gpu, self->buffer, inputs, outputs, error);
}

/* --- the text ----------------------------------------------------------------------------- */

gboolean
monocle_clipseg_read_factors (MonocleClipseg *self, MonocleWeights *weights, GError **error)
{
  static const char *const names[] = { "decoder.film_mul", "decoder.film_add" };
  guint n = self->config.width, k = self->config.n_dims;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *weight = g_strconcat (names[i], ".weight", NULL);
      g_autofree char *bias = g_strconcat (names[i], ".bias", NULL);
      const MonocleCheckpointTensor *matrix = monocle_weights_leave (weights, weight, n, k, error);
      const MonocleCheckpointTensor *vector
          = matrix ? monocle_weights_leave (weights, bias, n, 0, error) : NULL;

      if (!vector)
        return FALSE;
      self->factors[i] = g_new (float, (gsize) n *k);
      self->terms[i] = g_new (float, n);
      monocle_checkpoint_tensor_read_f32 (matrix, 0, (guint64) n * k, self->factors[i]);
      monocle_checkpoint_tensor_read_f32 (vector, 0, n, self->terms[i]);
    }
  return TRUE;
}

/* One of the two layers that read a text: [width]. */
static float *
read_condition (const MonocleClipseg *self, guint layer, const float *condition)
{
  guint n = self->config.width, k = self->config.n_dims;
  float *values = g_new (float, n);

  for (guint i = 0; i < n; i++)
    {
      double sum = (double) self->terms[layer][i];

      for (guint j = 0; j < k; j++)
        sum += (double) self->factors[layer][(gsize) i * k + j] * (double) condition[j];
      values[i] = (float) sum;
    }
  return values;
}

/* From patch by patch to row by row; of fine maps there are patches in patches. */
static float *
arrange (const MonocleClipsegConfig *config, const float *patches)
{
  guint side = monocle_clipseg_get_side (config), patch = config->vision.patch;
  guint inner = config->is_fine ? patch / 4 : patch, outer = patch / inner;
  float *map = g_new (float, (gsize) side *side);

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      {
        gsize at = y / patch * config->vision.columns + x / patch;

        at = (at * outer + y % patch / inner) * outer + x % patch / inner;
        at = (at * inner + y % inner) * inner + x % inner;
        map[(gsize) y * side + x] = patches[at];
      }
  return map;
}

float *
monocle_clipseg_mark (MonocleClipseg *self,
                      const MonocleClipsegView *view,
                      const float *condition,
                      GCancellable *cancellable,
                      GError **error)
{
  MonocleClipsegPass *pass = &self->mark;
  gsize n = monocle_clipseg_count_places (&self->config), width = self->config.width;
  guint side = monocle_clipseg_get_side (&self->config);
  g_autofree float *factors = read_condition (self, 0, condition);
  g_autofree float *terms = read_condition (self, 1, condition);
  g_autofree float *first = g_new (float, n *width);
  g_autofree float *patches = g_new (float, (gsize) side *side);

  for (gsize i = 0; i < n * width; i++)
    first[i] = view->levels[0][i] * factors[i % width] + terms[i % width];
  for (guint i = 0; i < self->config.n_levels; i++)
    if (!monocle_tensor_write (&pass->inputs[i], i == 0 ? first : view->levels[i], error))
      return NULL;
  if (!monocle_commands_submit (pass->recording.commands, cancellable, NULL, NULL, error)
      || !monocle_tensor_read (&pass->outputs[0], patches, error)
      || !monocle_engine_error_check_numbers (patches, (gsize) side * side, error))
    return NULL;
  return arrange (&self->config, patches);
}
