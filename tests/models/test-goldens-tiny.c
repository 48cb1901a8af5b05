/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fixtures/florence-2/goldens_tiny.json: a model whose tensors are hashes of their names, and what
 * the reference layers computed of it in double precision, block by block. The model is written
 * here; for the output of a block it is cut off behind that block, or the block after it is made to
 * do nothing.
 *
 * Its vocabulary of 100 is too small for a tokenizer: we append words that a bias of -1e9 keeps
 * from being written. Its pixels are no picture: preprocessing is replaced when this program is
 * linked.
 *
 * Not reached: `pooled_10_tokens`, which the engine does not write; `image_features` follows from
 * it.
 */
#include "config.h"

#include <math.h>

#include "checkpoint-file.h"
#include "engine/checkpoint/npy.h"
#include "engine/models/florence2/tasks.h"
#include "engine/picture/preprocess.h"
#include "model-test.h"

#define IMAGE_SIDE        96
#define VOCABULARY        100
#define PADDED_VOCABULARY 1408
#define PADDING_LOGIT     -1e9f
#define WIDTH             128
#define HIDDEN            256
#define EOS               2

/* The text whose tokens, in the tokenizer that we borrow, are the ids 17 42 9 63 4. */
#define PROMPT    ".G&\\!"
#define TOKENIZER "models/original-96/tokenizer.json"

/* Of the mean size of an element. */
#define ELEMENT_BOUND 1e-4
/* Of the sum of the sizes of all elements. */
#define SUM_BOUND   1e-5
#define SCORE_BOUND 1e-5

static const guint stage_dims[] = { 32, 64, 96, 128 };
static const guint stage_heads[] = { 1, 2, 3, 4 };
static const guint stage_depths[] = { 1, 1, 2, 1 };

/* Which part of the model is there. */
typedef struct
{
  guint n_stages;
  guint last_depth;      /* blocks of the last stage */
  gboolean spatial_only; /* of the last block */
  guint n_encoder_layers;
  float eos_bias;
  const char *early_stopping;
} Cut;

static const Cut whole = {
  .n_stages = 4,
  .last_depth = 1,
  .n_encoder_layers = 2,
  .early_stopping = "true",
};

/* ---- the formula of the note */

static guint32
hash_name (const char *name)
{
  guint32 hash = 2166136261u;

  for (; *name; name++)
    hash = (hash ^ (guint8) *name) * 16777619u;

  return hash;
}

/* -1 to 1 */
static double
hash_element (guint32 hash, guint32 i)
{
  guint32 x = hash + i * 2654435761u;

  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  x ^= x >> 16;

  return (double) (gint32) x / 2147483648.0;
}

static gboolean
is_norm (const char *name)
{
  return strstr (name, "norm.weight") || strstr (name, "layernorm_embedding.weight");
}

static double
scale (const TensorShape *shape, double v)
{
  const char *name = shape->name;

  if (is_norm (name))
    return 1 + 0.1 * v;
  if (g_str_has_suffix (name, ".bias"))
    return 0.1 * v;
  if (strstr (name, "embed_positions") || strstr (name, "_embeddings.weight"))
    return 0.5 * v;
  if (g_str_has_suffix (name, "shared.weight"))
    return v;
  if (g_str_equal (name, "image_projection"))
    return v * sqrt (3.0 / shape->dims[0]);

  return v * sqrt (3.0 * shape->dims[0] / (double) tensor_shape_get_n_elements (shape));
}

/* Ends of the branches of a block: without them it passes on what it gets. */
static gboolean
is_silenced (const Cut *cut, const char *name)
{
  g_autofree char *prefix = g_strdup_printf ("vision_tower.blocks.%u.%u.channel_block.",
                                             cut->n_stages - 1, cut->last_depth - 1);

  return cut->spatial_only && g_str_has_prefix (name, prefix)
         && (strstr (name, ".dw.") || strstr (name, ".proj.") || strstr (name, ".fc2."));
}

static void
fill (const TensorShape *shape, float *values, gpointer user_data)
{
  const Cut *cut = user_data;
  guint64 n = tensor_shape_get_n_elements (shape);
  guint32 hash = hash_name (shape->name);

  if (g_str_has_suffix (shape->name, "final_logits_bias"))
    {
      for (guint64 i = 0; i < n; i++)
        values[i] = i == EOS ? cut->eos_bias : i < VOCABULARY ? 0 : PADDING_LOGIT;
      return;
    }

  for (guint64 i = 0; i < n; i++)
    values[i] = is_silenced (cut, shape->name) ? 0 : (float) scale (shape, hash_element (hash, i));
}

gboolean __wrap_monocle_preprocess_run (const MonoclePreprocessSettings *settings,
                                        MonocleImage *image,
                                        float *out,
                                        GError **error);

/* The input of the note in place of any picture. */
gboolean
__wrap_monocle_preprocess_run (const MonoclePreprocessSettings *settings,
                               MonocleImage *image,
                               float *out,
                               GError **error)
{
  guint32 hash = hash_name ("pixel_values");

  for (guint i = 0; i < 3 * IMAGE_SIDE * IMAGE_SIDE; i++)
    out[i] = 2 * hash_element (hash, i);

  return TRUE;
}

/* ---- the model directory */

static void
add (GPtrArray *shapes, const char *prefix, const char *name, guint n_dims, const guint *dims)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);

  tensor_shapes_add (shapes, full, n_dims, dims);
}

static void
add_linear (GPtrArray *shapes, const char *prefix, const char *name, guint n, guint k)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL),
                  *bias = g_strconcat (name, ".bias", NULL);

  add (shapes, prefix, weight, 2, (guint[]){ n, k });
  add (shapes, prefix, bias, 1, &n);
}

static void
add_norm (GPtrArray *shapes, const char *prefix, const char *name, guint n)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL),
                  *bias = g_strconcat (name, ".bias", NULL);

  add (shapes, prefix, weight, 1, &n);
  add (shapes, prefix, bias, 1, &n);
}

static void
add_block (GPtrArray *shapes, guint stage, guint block, const char *kind, guint c)
{
  g_autofree char *prefix
      = g_strdup_printf ("vision_tower.blocks.%u.%u.%s_block.", stage, block, kind);
  const char *attention = g_str_equal (kind, "spatial") ? "window_attn" : "channel_attn";
  g_autofree char *inner = g_strconcat (prefix, attention, ".", NULL);
  const guint depthwise[] = { c, 1, 3, 3 };

  add (shapes, prefix, "conv1.fn.dw.weight", 4, depthwise);
  add (shapes, prefix, "conv1.fn.dw.bias", 1, &c);
  add_norm (shapes, inner, "norm", c);
  add_linear (shapes, inner, "fn.qkv", 3 * c, c);
  add_linear (shapes, inner, "fn.proj", c, c);
  add (shapes, prefix, "conv2.fn.dw.weight", 4, depthwise);
  add (shapes, prefix, "conv2.fn.dw.bias", 1, &c);
  add_norm (shapes, prefix, "ffn.norm", c);
  add_linear (shapes, prefix, "ffn.fn.net.fc1", 4 * c, c);
  add_linear (shapes, prefix, "ffn.fn.net.fc2", c, 4 * c);
}

static guint
get_depth (const Cut *cut, guint stage)
{
  return stage == cut->n_stages - 1 ? cut->last_depth : stage_depths[stage];
}

static void
add_tower (GPtrArray *shapes, const Cut *cut)
{
  for (guint i = 0; i < cut->n_stages; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("vision_tower.convs.%u.", i);
      guint c = stage_dims[i], input = i > 0 ? stage_dims[i - 1] : 3, kernel = i > 0 ? 3 : 7;

      add (shapes, prefix, "proj.weight", 4, (guint[]){ c, input, kernel, kernel });
      add (shapes, prefix, "proj.bias", 1, &c);
      add_norm (shapes, prefix, "norm", i > 0 ? input : c);
      for (guint j = 0; j < get_depth (cut, i); j++)
        {
          add_block (shapes, i, j, "spatial", c);
          add_block (shapes, i, j, "channel", c);
        }
    }
}

static void
add_attention (GPtrArray *shapes, const char *prefix, const char *name)
{
  static const char *const parts[] = { "q_proj", "k_proj", "v_proj", "out_proj" };
  g_autofree char *inner = g_strconcat (prefix, name, ".", NULL);
  g_autofree char *norm = g_strconcat (name, "_layer_norm", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    add_linear (shapes, inner, parts[i], WIDTH, WIDTH);
  add_norm (shapes, prefix, norm, WIDTH);
}

static void
add_side (GPtrArray *shapes, const char *side, guint n_layers, guint n_positions, gboolean cross)
{
  g_autofree char *prefix = g_strdup_printf ("language_model.model.%s.", side);

  add (shapes, prefix, "embed_positions.weight", 2, (guint[]){ n_positions + 2, WIDTH });
  add_norm (shapes, prefix, "layernorm_embedding", WIDTH);
  for (guint i = 0; i < n_layers; i++)
    {
      g_autofree char *layer = g_strdup_printf ("%slayers.%u.", prefix, i);

      add_attention (shapes, layer, "self_attn");
      if (cross)
        add_attention (shapes, layer, "encoder_attn");
      add_linear (shapes, layer, "fc1", HIDDEN, WIDTH);
      add_linear (shapes, layer, "fc2", WIDTH, HIDDEN);
      add_norm (shapes, layer, "final_layer_norm", WIDTH);
    }
}

/* A tower that is cut off early has more tokens than the golden model has positions for. */
static guint
get_n_positions (const Cut *cut)
{
  return cut->n_stages == 4 ? 64 : 1024;
}

static GPtrArray *
list_tensors (const Cut *cut)
{
  GPtrArray *shapes = tensor_shapes_new ();
  guint c = stage_dims[cut->n_stages - 1];

  add_tower (shapes, cut);
  add (shapes, "image_pos_embed.", "row_embeddings.weight", 2, (guint[]){ 50, c / 2 });
  add (shapes, "image_pos_embed.", "column_embeddings.weight", 2, (guint[]){ 50, c - c / 2 });
  add (shapes, "", "image_projection", 2, (guint[]){ c, WIDTH });
  add_norm (shapes, "", "image_proj_norm", WIDTH);
  add (shapes, "language_model.", "model.shared.weight", 2, (guint[]){ PADDED_VOCABULARY, WIDTH });
  add (shapes, "language_model.", "final_logits_bias", 2, (guint[]){ 1, PADDED_VOCABULARY });
  add_side (shapes, "encoder", cut->n_encoder_layers, get_n_positions (cut), FALSE);
  add_side (shapes, "decoder", 2, get_n_positions (cut), TRUE);

  return shapes;
}

static void
append_stages (GString *text, const char *key, const Cut *cut, const guint *values)
{
  g_string_append_printf (text, "\"%s\":[", key);
  for (guint i = 0; i < cut->n_stages; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? "," : "",
                            values ? values[i] : get_depth (cut, i));
  g_string_append (text, "],");
}

static void
write_text (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
write_config (const char *folder, const Cut *cut)
{
  g_autoptr (GString) text
      = g_string_new ("{\"model_type\":\"florence2\",\"vision_config\":{\"model_type\":\"davit\",");

  append_stages (text, "dim_embed", cut, stage_dims);
  append_stages (text, "num_heads", cut, stage_heads);
  append_stages (text, "num_groups", cut, stage_heads);
  append_stages (text, "depths", cut, NULL);
  append_stages (text, "patch_size", cut, (const guint[]){ 7, 3, 3, 3 });
  append_stages (text, "patch_stride", cut, (const guint[]){ 4, 2, 2, 2 });
  append_stages (text, "patch_padding", cut, (const guint[]){ 3, 1, 1, 1 });
  g_string_append (text, "\"patch_prenorm\":[false");
  for (guint i = 1; i < cut->n_stages; i++)
    g_string_append (text, ",true");
  g_string_append_printf (
      text,
      "],\"window_size\":12,\"projection_dim\":%u},\"text_config\":{\"d_model\":%u,\"vocab_size\":%"
      "u,"
      "\"encoder_layers\":%u,\"decoder_layers\":2,\"encoder_attention_heads\":2,"
      "\"decoder_attention_heads\":2,\"encoder_ffn_dim\":%u,\"decoder_ffn_dim\":%u,"
      "\"max_position_embeddings\":%u,\"num_beams\":3,\"early_stopping\":%s,\"no_repeat_ngram_"
      "size\":3,"
      "\"forced_bos_token_id\":0,\"forced_eos_token_id\":2,\"eos_token_id\":2,\"pad_token_id\":1,"
      "\"decoder_start_token_id\":2}}",
      WIDTH, WIDTH, PADDED_VOCABULARY, cut->n_encoder_layers, HIDDEN, HIDDEN, get_n_positions (cut),
      cut->early_stopping ? cut->early_stopping : "true");
  write_text (folder, "config.json", text->str);
}

static MonocleModel *
load_cut (const Cut *cut)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = list_tensors (cut);
  g_autofree char *tokenizer = test_fixture (TOKENIZER);
  g_autofree char *contents = NULL;

  write_config (folder, cut);
  write_text (folder, "preprocessor_config.json",
              "{\"do_resize\":true,\"size\":{\"height\":96,\"width\":96},\"resample\":3,\"do_"
              "rescale\":true,"
              "\"do_normalize\":true,\"image_mean\":[0.5,0.5,0.5],\"image_std\":[0.5,0.5,0.5]}");
  g_assert_true (g_file_get_contents (tokenizer, &contents, NULL, NULL));
  write_text (folder, "tokenizer.json", contents);
  checkpoint_file_write (folder, shapes, fill, (gpointer) cut);

  return test_load_or_die (folder, MONOCLE_PRECISION_F32);
}

static MonocleSession *
open_any_image (MonocleModel *model)
{
  const guint8 pixel[3] = { 0 };
  g_autoptr (MonocleImage) image = monocle_image_new_from_pixels (1, 1, 3, pixel, NULL);

  return monocle_session_new (model, image);
}

/* ---- the comparisons */

static JsonObject *
read_goldens (void)
{
  g_autofree char *folder = test_fixture ("florence-2");

  return test_read_json (folder, "goldens_tiny.json");
}

static void
check_elements (const char *what, JsonArray *expected, const float *values, double bound)
{
  for (guint i = 0; i < json_array_get_length (expected); i++)
    {
      double wanted = json_array_get_double_element (expected, i);

      if (!(fabs ((double) values[i] - wanted) <= bound))
        g_test_fail_printf ("%s: element %u is %.8g, expected %.8g", what, i, (double) values[i],
                            wanted);
    }
}

static void
check_output (JsonObject *outputs, const char *name, const float *values, gsize n)
{
  JsonObject *expected = json_object_get_object_member (outputs, name);
  JsonArray *shape = json_object_get_array_member (expected, "shape");
  JsonArray *last = json_object_get_array_member (expected, "last4");
  double wanted_sum = json_object_get_double_member (expected, "sum");
  double wanted_size = json_object_get_double_member (expected, "abs_sum");
  double sum = 0, size = 0;
  gsize n_expected = 1;

  for (guint i = 0; i < json_array_get_length (shape); i++)
    n_expected *= json_array_get_int_element (shape, i);
  g_assert_cmpuint (n, ==, n_expected);

  for (gsize i = 0; i < n; i++)
    {
      sum += (double) values[i];
      size += fabs ((double) values[i]);
    }
  g_test_message ("%s: sum off by %.1e, sum of sizes by %.1e of it", name,
                  fabs (sum - wanted_sum) / wanted_size, fabs (size - wanted_size) / wanted_size);
  if (!(fabs (sum - wanted_sum) <= SUM_BOUND * wanted_size))
    g_test_fail_printf ("%s: sum is %.10g, expected %.10g", name, sum, wanted_sum);
  if (!(fabs (size - wanted_size) <= SUM_BOUND * wanted_size))
    g_test_fail_printf ("%s: sum of sizes is %.10g, expected %.10g", name, size, wanted_size);
  check_elements (name, json_object_get_array_member (expected, "first8"), values,
                  ELEMENT_BOUND * wanted_size / n);
  check_elements (name, last, values + n - json_array_get_length (last),
                  ELEMENT_BOUND * wanted_size / n);
}

static const guint32 decoder_ids[] = { 2, 0, 5, 7, 11, 3 };

/* What inspecting a cut model wrote. */
static MonocleNpy *
inspect (const Cut *cut, const char *file)
{
  g_autoptr (MonocleModel) model = load_cut (cut);
  g_autoptr (MonocleSession) session = open_any_image (model);
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *ids_path = g_build_filename (folder, "input_ids.npy", NULL);
  const gint64 prompt_ids[] = { 0, 17, 42, 9, 63, 4, 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleNpy) ids = NULL;
  MonocleNpy *array;

  test_inspect (session, PROMPT, decoder_ids, G_N_ELEMENTS (decoder_ids), folder, &error);
  g_assert_no_error (error);
  ids = monocle_npy_read (ids_path, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (ids->i64, ids->n_elements * sizeof *ids->i64, prompt_ids, sizeof prompt_ids);
  array = monocle_npy_read (path, &error);
  g_assert_no_error (error);

  return array;
}

static void
check_cut (JsonObject *outputs, const Cut *cut, const char *file, const char *name)
{
  g_autoptr (MonocleNpy) array = inspect (cut, file);

  check_output (outputs, name, array->f32, array->n_elements);
}

static void
test_tower (void)
{
  g_autoptr (JsonObject) goldens = read_goldens ();
  JsonObject *outputs = json_object_get_object_member (goldens, "outputs");
  Cut cut = whole;

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *embed = g_strdup_printf ("stage%u_embed", i);

      cut.n_stages = i + 1;
      cut.last_depth = 0;
      cut.spatial_only = FALSE;
      check_cut (outputs, &cut, "vision_features.npy", embed);
      for (guint j = 0; j < stage_depths[i]; j++)
        {
          g_autofree char *spatial = g_strdup_printf ("stage%u_block%u_spatial", i, j);
          g_autofree char *channel = g_strdup_printf ("stage%u_block%u_channel", i, j);

          cut.last_depth = j + 1;
          cut.spatial_only = TRUE;
          check_cut (outputs, &cut, "vision_features.npy", spatial);
          cut.spatial_only = FALSE;
          check_cut (outputs, &cut, "vision_features.npy", channel);
        }
    }
  check_cut (outputs, &whole, "image_embeds.npy", "image_features");
}

static void
test_encoder (void)
{
  g_autoptr (JsonObject) goldens = read_goldens ();
  JsonObject *outputs = json_object_get_object_member (goldens, "outputs");
  static const char *const names[] = { "encoder_embedding", "encoder_layer0", "encoder_layer1" };
  Cut cut = whole;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      cut.n_encoder_layers = i;
      check_cut (outputs, &cut, "encoder_states.npy", names[i]);
    }
}

static void
test_logits (void)
{
  g_autoptr (JsonObject) goldens = read_goldens ();
  JsonObject *outputs = json_object_get_object_member (goldens, "outputs");
  JsonArray *best = json_object_get_array_member (outputs, "decoder_logits_argmax_per_position");
  g_autoptr (MonocleNpy) array = inspect (&whole, "logits.npy");
  guint n = G_N_ELEMENTS (decoder_ids);
  float logits[G_N_ELEMENTS (decoder_ids) * VOCABULARY];

  g_assert_cmpuint (array->n_elements, ==, n * PADDED_VOCABULARY);
  for (guint i = 0; i < n; i++)
    {
      const float *row = logits + i * VOCABULARY;
      guint largest = 0;

      memcpy (logits + i * VOCABULARY, array->f32 + i * PADDED_VOCABULARY,
              VOCABULARY * sizeof *logits);
      for (guint j = 1; j < VOCABULARY; j++)
        if (row[j] > row[largest])
          largest = j;
      g_assert_cmpuint (largest, ==, json_array_get_int_element (best, i));
    }
  check_output (outputs, "decoder_logits", logits, G_N_ELEMENTS (logits));
}

static void
check_ids (const char *what, const MonocleResult *result, JsonArray *expected)
{
  guint n;
  const guint32 *ids = monocle_result_get_token_ids (result, &n);

  if (n != json_array_get_length (expected))
    g_test_fail_printf ("%s: %u ids, expected %u", what, n, json_array_get_length (expected));
  for (guint i = 0; i < MIN (n, json_array_get_length (expected)); i++)
    if (ids[i] != json_array_get_int_element (expected, i))
      g_test_fail_printf ("%s: id %u is %u, expected %u", what, i, ids[i],
                          (guint) json_array_get_int_element (expected, i));
}

static void
check_answer (
    JsonObject *outputs, const char *name, MonocleSession *session, guint n_beams, guint max_tokens)
{
  const MonocleRequest request = { .task = monocle_florence2_find_task ("prompt"),
                                   .text = PROMPT,
                                   .num_beams = n_beams,
                                   .max_tokens = max_tokens };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = test_run (session, &request, &error);
  JsonNode *node = json_object_get_member (outputs, name);
  const MonocleResult *result;
  JsonObject *expected;
  double score, wanted;

  g_assert_no_error (error);
  g_assert_nonnull (node);
  result = g_ptr_array_index (run->results, 0);
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      check_ids (name, result, json_node_get_array (node));
      return;
    }

  expected = json_node_get_object (node);
  check_ids (name, result, json_object_get_array_member (expected, "ids"));
  g_assert_cmpuint (run->n_tokens, ==, json_object_get_int_member (expected, "steps"));

  /* The score of a result is exp (sum / n), that of a hypothesis sum / n. */
  score = log ((double) monocle_result_get_score (result));
  wanted = json_object_get_double_member (expected, "score");
  g_test_message ("%s: score %.8g, expected %.8g", name, score, wanted);
  if (!(fabs (score - wanted) <= SCORE_BOUND * fabs (wanted)))
    g_test_fail_printf ("%s: score %.8g, expected %.8g", name, score, wanted);
}

static void
test_answers (void)
{
  static const guint biases[] = { 0, 5, 7, 9, 11 };
  static const char *const stopping[] = { "true", "false" };
  g_autoptr (JsonObject) goldens = read_goldens ();
  JsonObject *outputs = json_object_get_object_member (goldens, "outputs");

  for (guint i = 0; i < G_N_ELEMENTS (biases); i++)
    for (guint j = 0; j < G_N_ELEMENTS (stopping); j++)
      {
        g_autofree char *suffix
            = biases[i] ? g_strdup_printf ("_eosbias%u", biases[i]) : g_strdup ("");
        g_autofree char *greedy
            = biases[i] ? g_strconcat ("greedy", suffix, NULL) : g_strdup ("greedy_max_new_20");
        g_autofree char *beam
            = g_strdup_printf ("beam3%s_max_new_20_early_stopping_%s", suffix, stopping[j]);
        g_autofree char *shorter
            = g_strdup_printf ("beam3_max_new_8_early_stopping_%s", stopping[j]);
        Cut cut = whole;
        g_autoptr (MonocleModel) model = NULL;
        g_autoptr (MonocleSession) session = NULL;

        cut.eos_bias = biases[i];
        cut.early_stopping = stopping[j];
        model = load_cut (&cut);
        session = open_any_image (model);
        check_answer (outputs, greedy, session, 1, 20);
        check_answer (outputs, beam, session, 3, 20);
        if (biases[i] == 0)
          check_answer (outputs, shorter, session, 3, 8);
      }
}

int
main (int argc, char *argv[])
{
  g_autoptr (MonocleModel) keeper = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/goldens-tiny/tower", test_tower);
  g_test_add_func ("/goldens-tiny/encoder", test_encoder);
  g_test_add_func ("/goldens-tiny/logits", test_logits);
  g_test_add_func ("/goldens-tiny/answers", test_answers);

  /* Keeps the device open from one test to the next. */
  keeper = load_cut (&whole);
  status = g_test_run ();
  g_clear_object (&keeper);
  return test_end (status);
}
