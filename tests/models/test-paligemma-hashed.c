/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PaliGemma's formulas, and the network of its masks, with weights that a formula makes, against
 * numbers of a reference that were computed elsewhere: tests/fixtures/paligemma/hashed.json. All
 * tokens are read at once, so that each of them and each layer can be compared.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "checkpoint-file.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/models/paligemma/masks.h"
#include "engine/models/parts/causal.h"
#include "engine/models/parts/clip-vision.h"
#include "engine/nn/block/linear.h"
#include "engine/nn/cache.h"
#include "engine/nn/plan.h"
#include "engine/vk/staging.h"
#include "device-test.h"
#include "hashed-masks.h"
#include "model-test.h"

#define N_WORDS  300
#define IMAGE_ID 290
#define SIDE     28
#define TOWER    "vision_tower.vision_model"
#define TEXT     "language_model.model"

static const MonocleClipVisionConfig tower = {
  .rows = 4,
  .columns = 4,
  .patch = 7,
  .channels = 48,
  .layers = { .names = &monocle_layer_names_clip,
              .n_layers = 2,
              .n_heads = 4,
              .hidden = 80,
              .activation = MONOCLE_ACTIVATION_GELU_TANH,
              .epsilon = 1e-6f },
  .pools = TRUE,
};

static const MonocleCausalConfig first = {
  .channels = 64,
  .hidden = 128,
  .n_layers = 3,
  .n_heads = 4,
  .n_kv_heads = 1,
  .head_width = 16,
  .n_words = N_WORDS,
  .n_positions = 64,
  .activation = MONOCLE_ACTIVATION_GELU_TANH,
  .epsilon = 1e-6f,
  .rotary_base = 10000,
  .norm_offset = 1,
  .word_scale = 8,
  .sees_ahead = TRUE,
};

static const MonocleCausalConfig second = {
  .channels = 64,
  .hidden = 128,
  .n_layers = 4,
  .n_heads = 4,
  .n_kv_heads = 2,
  .head_width = 16,
  .n_words = N_WORDS,
  .n_positions = 64,
  .activation = MONOCLE_ACTIVATION_GELU_TANH,
  .epsilon = 1e-6f,
  .rotary_base = 10000,
  .norm_offset = 1,
  .word_scale = 8,
  .query_scale = 0.20412415f, /* 1 / sqrt (24) */
  .score_cap = 5,
  .logit_cap = 3,
  .window = 8,
  .norms_twice = TRUE,
  .sees_ahead = TRUE,
};

/* --- weights ------------------------------------------------------------------------------ */

static void
add (GPtrArray *shapes, const char *prefix, const char *name, const char *dims)
{
  g_autofree char *full = g_strdup_printf ("%s.%s", prefix, name);

  tensor_shapes_add_text (shapes, full, dims);
}

static void
add_biased (GPtrArray *shapes, const char *prefix, const char *name, const char *dims)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  g_autofree char *rows = g_strndup (dims, strcspn (dims, "x"));

  add (shapes, prefix, weight, dims);
  add (shapes, prefix, bias, rows);
}

static void
add_tower (GPtrArray *shapes)
{
  static const char *const parts[] = { "q_proj", "k_proj", "v_proj", "out_proj" };

  add_biased (shapes, TOWER, "embeddings.patch_embedding", "48x3x7x7");
  add (shapes, TOWER, "embeddings.position_embedding.weight", "16x48");
  for (guint i = 0; i < tower.layers.n_layers; i++)
    {
      g_autofree char *layer = g_strdup_printf (TOWER ".encoder.layers.%u", i);
      g_autofree char *attention = g_strconcat (layer, ".self_attn", NULL);

      add_biased (shapes, layer, "layer_norm1", "48");
      add_biased (shapes, layer, "layer_norm2", "48");
      for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
        add_biased (shapes, attention, parts[k], "48x48");
      add_biased (shapes, layer, "mlp.fc1", "80x48");
      add_biased (shapes, layer, "mlp.fc2", "48x80");
    }
  add_biased (shapes, TOWER, "post_layernorm", "48");
  add_biased (shapes, "multi_modal_projector", "linear", "64x48");
}

static void
add_text (GPtrArray *shapes, const MonocleCausalConfig *config)
{
  g_autofree char *keys = g_strdup_printf ("%ux64", monocle_causal_get_key_width (config));

  add (shapes, TEXT, "embed_tokens.weight", "300x64");
  for (guint i = 0; i < config->n_layers; i++)
    {
      g_autofree char *layer = g_strdup_printf (TEXT ".layers.%u", i);

      add (shapes, layer, "self_attn.q_proj.weight", "64x64");
      add (shapes, layer, "self_attn.k_proj.weight", keys);
      add (shapes, layer, "self_attn.v_proj.weight", keys);
      add (shapes, layer, "self_attn.o_proj.weight", "64x64");
      add (shapes, layer, "mlp.gate_proj.weight", "128x64");
      add (shapes, layer, "mlp.up_proj.weight", "128x64");
      add (shapes, layer, "mlp.down_proj.weight", "64x128");
      add (shapes, layer, "input_layernorm.weight", "64");
      add (shapes, layer, "post_attention_layernorm.weight", "64");
      if (!config->norms_twice)
        continue;
      add (shapes, layer, "pre_feedforward_layernorm.weight", "64");
      add (shapes, layer, "post_feedforward_layernorm.weight", "64");
    }
  add (shapes, TEXT, "norm.weight", "64");
}

static double
weigh (const TensorShape *shape, double v)
{
  const char *name = shape->name;

  if (g_str_has_suffix (name, ".bias"))
    return 0.1 * v;
  if (strstr (name, "embed_tokens") || strstr (name, "position_embedding"))
    return 0.5 * v;
  if (strstr (name, "norm"))
    return g_str_has_prefix (name, TEXT) ? 0.1 * v : 1 + 0.1 * v;
  return v * sqrt (3.0 * shape->dims[0] / (double) tensor_shape_get_n_elements (shape));
}

static void
fill (const TensorShape *shape, float *values, gpointer user_data)
{
  guint32 hash = hashed_name (shape->name);

  for (guint64 i = 0; i < tensor_shape_get_n_elements (shape); i++)
    values[i] = (float) weigh (shape, hashed_element (hash, (guint32) i));
}

/* --- what is computed --------------------------------------------------------------------- */

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleCausal causal;
  MonocleGraph *graph;
  MonoclePlan *plan;
  MonocleVkBuffer *buffer;
  MonocleParams *params;
  MonocleCache *cache;
} Model;

/* All of it in one: pixels to rows, among tokens, to logits of each. */
static void
write_graph (Model *model, guint n_ids, guint n_together)
{
  MonocleGraph *g = model->graph = monocle_graph_new ("paligemma", MONOCLE_FORMAT_F32);
  MonocleCausalStep step = { .n_tokens = n_ids, .n_together = n_together };
  MonocleValue tokens, logits;

  monocle_graph_set_params (g, model->params, MONOCLE_PARAM_FOR_FEW_ROWS);
  tokens
      = monocle_clip_vision_patches (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, TOWER), &tower, 1);
  monocle_name (g, tokens, "vision_features");
  step.seen = monocle_linear (
      g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "multi_modal_projector.linear"), tokens, 64);
  monocle_name (g, step.seen, "image_embeds");
  step.ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_ids));
  step.positions = monocle_input (g, "positions", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_ids));
  step.place = monocle_outside (g, monocle_cache_get_place (model->cache));
  step.ancestors = monocle_outside (g, monocle_cache_get_ancestors (model->cache));
  step.keys = monocle_cache_get_keys (model->cache, 0);
  step.values = monocle_cache_get_values (model->cache, 0);
  logits
      = monocle_causal_logits (g, &model->causal, monocle_causal_states (g, &model->causal, &step));
  monocle_name (g, logits, "logits");
}

static void
model_load (Model *model, const MonocleCausalConfig *config, guint n_ids, guint n_together)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = tensor_shapes_new ();
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  g_autoptr (MonocleWeights) weights = NULL;
  const MonocleCacheSize size = { .n_layers = config->n_layers,
                                  .n_rows = 1,
                                  .width = monocle_causal_get_key_width (config),
                                  .format = MONOCLE_FORMAT_F32,
                                  .first_places = n_ids,
                                  .most_places = n_ids };
  MonocleScope text = monocle_scope_enter (MONOCLE_SCOPE_ROOT, TEXT);
  gboolean grown;
  g_autoptr (GError) error = NULL;

  add_tower (shapes);
  add_text (shapes, config);
  checkpoint_file_write (folder, shapes, fill, NULL);
  checkpoint = monocle_checkpoint_open (folder, &error);
  g_assert_no_error (error);
  model->gpu = test_open_gpu ();
  weights = monocle_weights_new (checkpoint, model->gpu, FALSE, NULL);
  g_assert_true (monocle_causal_declare (&model->causal, config, weights, text, text, &error));
  model->cache = monocle_cache_new (model->gpu, &size, &error);
  g_assert_no_error (error);
  g_assert_true (monocle_cache_prepare (model->cache, n_ids, NULL, &grown, &error));
  model->params = monocle_weights_get_params (weights);
  write_graph (model, n_ids, n_together);
  model->plan = monocle_graph_plan (model->graph, model->gpu, MONOCLE_PLAN_KEEP_NAMED, &error);
  g_assert_no_error (error);
  g_assert_true (monocle_weights_check (weights, &error));
  model->params = test_upload (weights);
}

static void
model_clear (Model *model)
{
  monocle_plan_free (model->plan);
  monocle_graph_free (model->graph);
  monocle_vk_buffer_free (model->buffer);
  monocle_cache_free (model->cache);
  monocle_params_free (model->params);
  monocle_vk_gpu_close (model->gpu);
}

static MonocleTensor
find_tensor (Model *model, const char *name)
{
  MonocleValue value = monocle_graph_find (model->graph, name);

  g_assert_cmpuint (value, !=, 0);
  return monocle_plan_get_tensor (model->plan, value);
}

static void
set_words (Model *model, const char *name, const guint32 *values, guint n)
{
  MonocleTensor tensor = find_tensor (model, name);
  g_autoptr (GError) error = NULL;

  monocle_vk_upload (tensor.buffer, tensor.offset, values, n * sizeof *values, &error);
  g_assert_no_error (error);
}

static void
set_pixels (Model *model)
{
  MonocleTensor tensor = find_tensor (model, "pixels");
  guint32 hash = hashed_name ("pixel_values");
  g_autofree float *pixels = g_new (float, 3 * SIDE * SIDE);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SIDE * SIDE; i++)
    for (guint c = 0; c < 3; c++)
      pixels[3 * i + c] = (float) hashed_element (hash, c * SIDE * SIDE + i);
  monocle_tensor_write (&tensor, pixels, &error);
  g_assert_no_error (error);
}

static void
compute (Model *model, JsonArray *golden_ids)
{
  const guint n = json_array_get_length (golden_ids);
  g_autofree guint32 *ids = g_new (guint32, n);
  g_autofree guint32 *positions = g_new (guint32, n);
  g_autoptr (MonocleCommands) commands = monocle_commands_new (model->gpu, "paligemma");
  guint32 next = N_WORDS;
  g_autoptr (GError) error = NULL;

  model->buffer = monocle_vk_buffer_new (model->gpu, monocle_plan_get_bytes (model->plan),
                                         MONOCLE_VK_USE_DEVICE, "activations", &error);
  g_assert_no_error (error);
  monocle_plan_place (model->plan, model->buffer);
  monocle_cache_record (model->cache, commands);
  monocle_plan_record (model->plan, commands);
  for (guint i = 0; i < n; i++)
    {
      const guint32 id = (guint32) json_array_get_int_element (golden_ids, i);

      ids[i] = id == IMAGE_ID ? next++ : id;
      positions[i] = i;
    }
  set_words (model, "ids", ids, n);
  set_words (model, "positions", positions, n);
  set_pixels (model);
  monocle_commands_submit (commands, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* --- against the reference ---------------------------------------------------------------- */

static void
compare (const char *what, const float *found, JsonArray *wanted)
{
  guint n = json_array_get_length (wanted);
  g_autofree float *numbers = g_new (float, n);
  double error;

  for (guint i = 0; i < n; i++)
    numbers[i] = (float) json_array_get_double_element (wanted, i);
  error = test_relative_error (found, numbers, n);
  g_test_message ("%s: %g", what, error);
  if (!(error < 1e-5))
    g_error ("%s: %g from the reference", what, error);
}

static void
check_numbers (const char *what, const float *found, gsize n, JsonObject *golden)
{
  const double bound = 1e-5 * json_object_get_double_member (golden, "abs_sum");
  double sum = 0, abs_sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      sum += (double) found[i];
      abs_sum += fabs ((double) found[i]);
    }
  compare (what, found, json_object_get_array_member (golden, "first8"));
  compare (what, found + n - 4, json_object_get_array_member (golden, "last4"));
  g_assert_cmpfloat_with_epsilon (sum, json_object_get_double_member (golden, "sum"), bound);
  g_assert_cmpfloat_with_epsilon (abs_sum, json_object_get_double_member (golden, "abs_sum"),
                                  bound);
}

static void
check_best (const float *logits, JsonArray *wanted)
{
  for (guint i = 0; i < json_array_get_length (wanted); i++, logits += N_WORDS)
    {
      guint best = 0;

      for (guint k = 1; k < N_WORDS; k++)
        if (logits[k] > logits[best])
          best = k;
      g_assert_cmpint (best, ==, json_array_get_int_element (wanted, i));
    }
}

static void
check_case (JsonObject *golden, const MonocleCausalConfig *config)
{
  JsonArray *ids = json_object_get_array_member (golden, "ids");
  JsonObject *outputs = json_object_get_object_member (golden, "outputs");
  g_autoptr (GList) names = json_object_get_members (outputs);
  Model model = { .gpu = NULL };

  model_load (&model, config, json_array_get_length (ids),
              (guint) json_object_get_int_member (golden, "n_prefix"));
  compute (&model, ids);
  for (GList *name = names; name; name = name->next)
    {
      const gboolean is_logits = g_str_equal (name->data, "logits");
      JsonObject *output = json_object_get_object_member (outputs, name->data);
      MonocleTensor tensor = find_tensor (&model, name->data);
      gsize n = monocle_tensor_get_n_elements (&tensor);
      g_autofree float *found = g_new (float, n);

      g_assert_true (monocle_tensor_read (&tensor, found, NULL));
      check_numbers (name->data, found, n, output);
      if (is_logits)
        check_best (found, json_object_get_array_member (golden, "argmax"));
    }
  g_assert_cmpuint (g_list_length (names), ==, 3 + config->n_layers);
  model_clear (&model);
}

static JsonObject *
read_goldens (void)
{
  g_autofree char *folder = test_fixture ("paligemma");

  return test_read_json (folder, "hashed.json");
}

static void
test_first (void)
{
  g_autoptr (JsonObject) root = read_goldens ();

  check_case (
      json_object_get_object_member (json_object_get_object_member (root, "cases"), "paligemma1"),
      &first);
}

static void
test_second (void)
{
  g_autoptr (JsonObject) root = read_goldens ();

  check_case (
      json_object_get_object_member (json_object_get_object_member (root, "cases"), "paligemma2"),
      &second);
}

static void
test_masks (void)
{
  g_autoptr (JsonObject) root = read_goldens ();
  JsonObject *golden = json_object_get_object_member (root, "vq_mask_decoder");
  JsonArray *wanted = json_object_get_array_member (golden, "codes");
  JsonObject *outputs = json_object_get_object_member (golden, "outputs");
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, MONOCLE_PALIGEMMA_MASKS_FILE, NULL);
  g_autoptr (MonoclePaligemmaMasks) masks = NULL;
  guint codes[MONOCLE_PALIGEMMA_MASK_CODES];
  g_autofree float *map = NULL;
  g_autoptr (GError) error = NULL;

  hashed_masks_write (folder, NULL);
  masks = monocle_paligemma_masks_load (path, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    codes[i] = (guint) json_array_get_int_element (wanted, i);
  map = monocle_paligemma_masks_decode (masks, codes);
  check_numbers ("mask", map, MONOCLE_PALIGEMMA_MASK_SIDE * MONOCLE_PALIGEMMA_MASK_SIDE,
                 json_object_get_object_member (outputs, "mask"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paligemma-hashed/first", test_first);
  g_test_add_func ("/paligemma-hashed/second", test_second);
  g_test_add_func ("/paligemma-hashed/masks", test_masks);
  return test_end (g_test_run ());
}
