/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Formulas from pixels to classes and masks, and running them.
 */
#include "config.h"

#include "engine/base/error.h"
#include "engine/models/eomt/private.h"
#include "engine/nn/block/linear.h"
#include "engine/nn/formulas.h"
#include "engine/vk/staging.h"

/* Of the norms between the steps to a finer grid, whatever the others have. */
#define FINER_EPSILON 1e-6f

static const char *const place_names[MONOCLE_EOMT_MAX_FINER]
    = { "places0", "places1", "places2", "places3" };

static guint
count_patches (const MonocleEomtConfig *config)
{
  return monocle_eomt_get_grid (config) * monocle_eomt_get_grid (config);
}

static MonocleScope
enter (const char *name)
{
  return monocle_scope_enter (MONOCLE_SCOPE_ROOT, name);
}

/* --- formulas ----------------------------------------------------------------------------- */

/* Learned rows, as activations: nothing plus what they are. */
static MonocleValue
take_rows (MonocleGraph *g, MonocleScope scope, MonocleValue zeros, guint n, guint c)
{
  return monocle_add_positions (g, monocle_rows (g, zeros, 0, n),
                                monocle_param_rows (g, scope, n, c), 0, 1, n);
}

/* Patches with their positions, and behind them, without, the class token and the registers: what
 * comes first does not matter to attention without a mask. */
static MonocleValue
embed (MonocleGraph *g, const MonocleEomtConfig *config, MonocleValue pixels, MonocleValue zeros)
{
  MonocleScope scope = enter ("embeddings");
  guint n = count_patches (config), c = config->channels;
  MonocleValue positions
      = monocle_param_rows (g, monocle_scope_enter (scope, "position_embeddings.weight"), n, c);
  MonocleValue x = monocle_patches (g, monocle_scope_enter (scope, "patch_embeddings.projection"),
                                    pixels, c, config->patch, TRUE);
  MonocleValue token = monocle_param_vector (g, monocle_scope_enter (scope, "cls_token"), c);
  const MonocleValue parts[] = {
    monocle_add_positions (g, monocle_reshape (g, x, MONOCLE_DIMS (n, c)), positions, 0, 1, n),
    monocle_reshape (g, token, MONOCLE_DIMS (1, c)),
    take_rows (g, monocle_scope_enter (scope, "register_tokens"), zeros, config->n_registers, c)
  };

  return monocle_join_rows (g, parts, G_N_ELEMENTS (parts));
}

/* All layers; the last ones with the queries behind the tokens. */
static MonocleValue
look (MonocleGraph *g, const MonocleEomtConfig *config, MonocleValue x, MonocleValue zeros)
{
  MonocleLayersConfig some = config->layers;
  MonocleValue both[2];

  some.n_layers -= config->n_asking;
  both[0] = monocle_layers (g, enter ("layers"), &some, 1, x);
  both[1] = take_rows (g, enter ("query.weight"), zeros, config->n_queries, config->channels);
  some.first = some.n_layers;
  some.n_layers = config->n_asking;
  x = monocle_layers (g, enter ("layers"), &some, 1, monocle_join_rows (g, both, 2));
  return monocle_norm (g, enter ("layernorm"), x, some.epsilon);
}

/* A grid [side * side, C] to one of twice the side. */
static MonocleValue
make_finer (MonocleGraph *g,
            MonocleScope scope,
            const MonocleEomtConfig *config,
            MonocleValue x,
            MonocleValue zeros,
            guint i,
            guint side)
{
  guint c = config->channels;
  MonocleValue places
      = monocle_input (g, place_names[i], MONOCLE_FORMAT_U32, MONOCLE_DIMS (4 * side * side));
  MonocleValue taps = monocle_param_matrix (g, monocle_scope_enter (scope, "conv2.weight"),
                                            MONOCLE_PARAM_DEPTHWISE, 9, c);
  MonocleValue nothing = monocle_reshape (g, monocle_rows (g, zeros, 0, 1), MONOCLE_DIMS (c));

  x = monocle_spread (g, monocle_scope_enter (scope, "conv1"), x, c, 2, config->layers.activation);
  /* Patch by patch so far. */
  x = monocle_pick_rows (g, x, places, monocle_rows (g, zeros, 0, 1));
  x = monocle_reshape (g, x, MONOCLE_DIMS (2 * side, 2 * side, c));
  x = monocle_depthwise_conv (g, x, taps, nothing);
  x = monocle_norm (g, monocle_scope_enter (scope, "layernorm2d"), x, FINER_EPSILON);
  monocle_split (g);
  return monocle_reshape (g, x, MONOCLE_DIMS (4 * side * side, c));
}

/* What each query says a pixel must look like to be of its mask. */
static MonocleValue
describe_masks (MonocleGraph *g, const MonocleEomtConfig *config, MonocleValue x)
{
  MonocleScope scope = enter ("mask_head");
  const MonocleLinearArgs args = { .n = config->channels, .activation = config->layers.activation };

  x = monocle_linear_with (g, monocle_scope_enter (scope, "fc1"), x, &args);
  x = monocle_linear_with (g, monocle_scope_enter (scope, "fc2"), x, &args);
  return monocle_linear (g, monocle_scope_enter (scope, "fc3"), x, config->channels);
}

static void
keep (MonocleGraph *g, MonocleValue value, const char *name)
{
  monocle_name (g, value, name);
  monocle_keep (g, value);
}

void
monocle_eomt_pass_write (MonocleEomtPass *self,
                         const MonocleEomtConfig *config,
                         MonocleParams *params)
{
  guint n = config->n_queries, c = config->channels, grid = monocle_eomt_get_grid (config);
  MonocleGraph *g = self->recording.graph = monocle_graph_new ("segmenter", MONOCLE_FORMAT_F32);
  MonocleScope finer = enter ("upscale_block.block");
  MonocleValue pixels, zeros, picks, x, asked, fine;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  pixels = monocle_input (g, "pixels", MONOCLE_FORMAT_F32,
                          MONOCLE_DIMS (config->side, config->side, 3));
  zeros = monocle_input (g, "zeros", MONOCLE_FORMAT_F32,
                         MONOCLE_DIMS (MAX (n, config->n_registers), c));
  picks = monocle_input (g, "picks", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n));
  x = look (g, config, embed (g, config, pixels, zeros), zeros);
  keep (g, x, "vision_features");
  asked = monocle_pick_rows (g, x, picks, monocle_rows (g, zeros, 0, 1));
  keep (g, monocle_linear (g, enter ("class_predictor"), asked, config->n_names + 1), "classes");
  fine = monocle_rows (g, x, 0, count_patches (config));
  for (guint i = 0; i < config->n_finer; i++)
    fine = make_finer (g, monocle_scope_enter_index (finer, i), config, fine, zeros, i, grid << i);
  keep (g,
        monocle_matmul (g, describe_masks (g, config, asked), fine, 0, 0, MONOCLE_ACTIVATION_NONE),
        "masks");
}

void
monocle_eomt_pass_clear (MonocleEomtPass *self)
{
  monocle_recording_clear (&self->recording);
  for (guint i = 0; i < self->n_orders; i++)
    g_clear_pointer (&self->orders[i], g_free);
}

/* --- what stands beside products ---------------------------------------------------------- */

/* What is added to x is scaled channel by channel: so are the rows of the product that makes it. */
static gboolean
fold_scale (MonocleWeights *weights,
            MonocleScope layer,
            const char *scale,
            const char *product,
            guint n,
            GError **error)
{
  static const char *const names[] = { "weight", "bias" };
  MonocleScope stored = monocle_scope_enter (layer, scale);
  const MonocleCheckpointTensor *tensor = monocle_weights_leave (weights, stored.path, n, 0, error);
  g_autofree float *values = NULL;

  if (!tensor)
    return FALSE;
  values = g_new (float, n);
  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      MonocleScope part = monocle_scope_enter (monocle_scope_enter (layer, product), names[i]);

      monocle_weights_fold (weights, part.path, n, values, NULL);
    }
  return TRUE;
}

/* The queries learned to look at what a mask is likely to be of; where training did not end by
 * taking that away again, layers are not what is computed here. */
static gboolean
check_unmasked (const MonocleEomtConfig *config, MonocleWeights *weights, GError **error)
{
  static const char name[] = "attn_mask_probs";
  const MonocleCheckpointTensor *tensor = monocle_weights_find (weights, name);
  g_autofree float *values = g_new (float, config->n_asking);
  gboolean is_unmasked = tensor && tensor->dtype != MONOCLE_DTYPE_OTHER
                         && monocle_checkpoint_tensor_get_n_elements (tensor) == config->n_asking;

  if (is_unmasked)
    {
      monocle_weights_ignore (weights, tensor->name);
      monocle_checkpoint_tensor_read_f32 (tensor, 0, config->n_asking, values);
    }
  for (guint i = 0; i < config->n_asking && is_unmasked; i++)
    is_unmasked = values[i] == 0;
  if (!is_unmasked)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                 "tensor “%s” must be %u zeros: models that mask their attention are not supported",
                 name, config->n_asking);
  return is_unmasked;
}

gboolean
monocle_eomt_fold (const MonocleEomtConfig *config, MonocleWeights *weights, GError **error)
{
  /* The convolution adds what it reads; the tap in the middle takes it away again. */
  static const float middle[9] = { [4] = -1 };
  const MonocleCheckpointTensor *loss = monocle_weights_find (weights, "criterion.empty_weight");
  MonocleScope finer = enter ("upscale_block.block");

  if (!check_unmasked (config, weights, error))
    return FALSE;
  /* Training's. */
  if (loss)
    monocle_weights_ignore (weights, loss->name);
  for (guint i = 0; i < config->layers.n_layers; i++)
    {
      MonocleScope layer = monocle_scope_enter_index (enter ("layers"), i);

      if (!fold_scale (weights, layer, "layer_scale1.lambda1", config->layers.names->attention_end,
                       config->channels, error)
          || !fold_scale (weights, layer, "layer_scale2.lambda1",
                          config->layers.names->perceptron_end, config->channels, error))
        return FALSE;
    }
  for (guint i = 0; i < config->n_finer; i++)
    {
      MonocleScope taps
          = monocle_scope_enter (monocle_scope_enter_index (finer, i), "conv2.weight");

      monocle_weights_fold (weights, taps.path, G_N_ELEMENTS (middle), NULL, middle);
    }
  return TRUE;
}

/* --- running them ------------------------------------------------------------------------- */

/* Where each pixel of a grid of twice @side lies, when every place of @side lies with its four. */
static guint32 *
make_order (guint side)
{
  guint32 *order = g_new (guint32, 4 * (gsize) side * side), *next = order;

  for (guint y = 0; y < 2 * side; y++)
    for (guint x = 0; x < 2 * side; x++)
      *next++ = 4 * (y / 2 * side + x / 2) + 2 * (y % 2) + x % 2;
  return order;
}

gboolean
monocle_eomt_pass_record (MonocleEomtPass *self,
                          MonocleVkGpu *gpu,
                          MonocleVkBuffer *buffer,
                          GError **error)
{
  MonocleRecordingTensor tensors[6 + MONOCLE_EOMT_MAX_FINER] = {
    { "pixels", &self->pixels },
    { "zeros", &self->zeros },
    { "picks", &self->picks },
    { "classes", &self->classes },
    { "vision_features", &self->tokens },
    { "masks", &self->masks },
  };

  for (guint i = 0; i < MONOCLE_EOMT_MAX_FINER; i++)
    tensors[6 + i] = (MonocleRecordingTensor){ place_names[i], &self->places[i] };
  return monocle_recording_record (&self->recording, gpu, buffer, "segmenter", tensors,
                                   G_N_ELEMENTS (tensors), error);
}

static gboolean
write_ids (const MonocleTensor *tensor, const guint32 *ids, GError **error)
{
  return monocle_vk_upload (tensor->buffer, tensor->offset, ids,
                            monocle_tensor_get_n_elements (tensor) * sizeof *ids, error);
}

/* The memory of inputs serves others during a run: all are written before each. */
static gboolean
write_inputs (MonocleEomtPass *self, const MonocleEomtConfig *config, GError **error)
{
  g_autofree float *zeros = g_new0 (float, monocle_tensor_get_n_elements (&self->zeros));
  g_autofree guint32 *picks = g_new (guint32, config->n_queries);

  for (guint i = 0; i < config->n_queries; i++)
    picks[i] = count_patches (config) + 1 + config->n_registers + i;
  for (; self->n_orders < config->n_finer; self->n_orders++)
    self->orders[self->n_orders] = make_order (monocle_eomt_get_grid (config) << self->n_orders);
  for (guint i = 0; i < config->n_finer; i++)
    if (!write_ids (&self->places[i], self->orders[i], error))
      return FALSE;
  return monocle_tensor_write (&self->zeros, zeros, error)
         && write_ids (&self->picks, picks, error);
}

gboolean
monocle_eomt_pass_run (MonocleEomtPass *self,
                       const MonocleEomtConfig *config,
                       const float *pixels,
                       GCancellable *cancellable,
                       MonocleCommandsProgress progress,
                       gpointer user_data,
                       GError **error)
{
  return monocle_tensor_write (&self->pixels, pixels, error) && write_inputs (self, config, error)
         && monocle_commands_submit (self->recording.commands, cancellable, progress, user_data,
                                     error);
}
