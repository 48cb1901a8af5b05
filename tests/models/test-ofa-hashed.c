/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OFA's formulas with weights that a formula makes, against numbers of a reference that were
 * computed elsewhere in double precision: tests/fixtures/ofa/hashed.json. A picture that is not
 * square with a question, a picture written in codes, a text longer than near distances.
 */
#include "config.h"

#include <string.h>

#include "engine/checkpoint/checkpoint.h"
#include "engine/models/ofa/formulas.h"
#include "engine/nn/plan.h"
#include "device-test.h"
#include "golden.h"
#include "hashed-golden.h"
#include "hashed-ofa.h"

/* Of the mean size of an element, or of the sum of all. */
#define BOUND_F32 1e-4
#define BOUND_F16 5e-3

/* The best one of a row is the reference's where the next is so far behind. */
#define CLEAR_GAP 0.02f

#define MAX_LAYERS 8

typedef struct
{
  MonocleOfaConfig config;
  gboolean f16;
  double bound;
  MonocleVkGpu *gpu;
  MonocleParams *params;
  MonocleGraph *graph; /* of the encoder */
  MonoclePlan *plan;
  MonocleVkBuffer *buffer, *known_buffer;
  MonocleOfaPlaces known;
  MonocleOfaWriter writer;
  MonocleCrossDecoder *decoder;
} Model;

/* --- what is computed --------------------------------------------------------------------- */

static void
read_config (MonocleOfaConfig *config, JsonObject *golden)
{
  JsonObject *section = json_object_get_object_member (golden, "config");
  g_autoptr (GError) error = NULL;

  g_assert_true (monocle_ofa_config_parse (config, section, "hashed.json", &error));
  g_assert_no_error (error);
}

static void
model_load (Model *model)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = hashed_ofa_list (&model->config);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  g_autoptr (MonocleWeights) weights = NULL;
  g_autoptr (GError) error = NULL;

  checkpoint_file_write (folder, shapes, hashed_ofa_fill, NULL);
  checkpoint = monocle_checkpoint_open (folder, &error);
  g_assert_no_error (error);
  model->gpu = test_open_gpu ();
  weights = monocle_weights_new (checkpoint, model->gpu, model->f16, NULL);
  g_assert_true (monocle_ofa_declare (&model->config, weights, &error));
  g_assert_true (monocle_weights_check (weights, &error));
  g_assert_true (monocle_ofa_fold (&model->config, weights, &error));
  monocle_weights_note_unused (weights, notes);
  g_assert_cmpuint (notes->len, ==, 0);
  model->params = test_upload (weights);
}

static void
model_clear (Model *model)
{
  monocle_cross_decoder_free (model->decoder);
  monocle_plan_free (model->plan);
  monocle_graph_free (model->graph);
  monocle_vk_buffer_free (model->buffer);
  monocle_vk_buffer_free (model->known_buffer);
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
set_words (Model *model, const char *name, const guint32 *values)
{
  const MonocleTensor tensor = find_tensor (model, name);

  test_put (&tensor, values);
}

/* What is known of the places of an answer. */
static void
place_answers (Model *model, MonocleOfaKind kind)
{
  const guint n = monocle_ofa_count_answer (&model->config, kind), d = model->config.d_model;
  MonocleTensor *const tensors[] = { &model->known.queries, &model->known.keys,
                                     &model->known.cross_queries, &model->known.index };
  g_autoptr (MonocleGraph) g = monocle_graph_new ("places", MONOCLE_FORMAT_F32);
  g_autoptr (MonoclePlan) plan = NULL;
  g_autoptr (MonocleVkBuffer) buffer = NULL;
  g_autoptr (MonocleCommands) commands = monocle_commands_new (model->gpu, "places");
  g_autofree guint32 *index = g_new (guint32, (gsize) n * n);
  g_autofree guint32 *places = g_new (guint32, n);
  MonocleValue ids = monocle_input (g, "places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n));
  MonocleTensor input;
  guint64 bytes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    {
      const gboolean is_index = tensors[i] == &model->known.index;

      *tensors[i] = (MonocleTensor){ .n_dims = 2,
                                     .dims = { n, is_index ? n : d },
                                     .format = is_index ? MONOCLE_FORMAT_U32 : MONOCLE_FORMAT_F32,
                                     .name = "places" };
      bytes = monocle_tensor_put_at (tensors[i], bytes);
    }
  model->known_buffer = test_new_buffer (model->gpu, bytes);
  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    tensors[i]->buffer = model->known_buffer;
  monocle_graph_set_params (g, model->params, MONOCLE_PARAM_FOR_MANY_ROWS);
  monocle_ofa_place (g, &model->config, kind, ids, &model->known);
  plan = monocle_graph_plan (g, model->gpu, MONOCLE_PLAN_DEFAULT, NULL);
  g_assert_nonnull (plan);
  buffer = test_new_buffer (model->gpu, monocle_plan_get_bytes (plan));
  monocle_plan_place (plan, buffer);
  monocle_plan_record (plan, commands);
  monocle_ofa_index_answer (&model->config, kind, index, places);
  test_put (&model->known.index, index);
  input = monocle_plan_get_tensor (plan, ids);
  test_put (&input, places);
  test_submit (commands);
}

static void
make_decoder (Model *model, MonocleOfaKind kind, guint n_states)
{
  const MonocleCrossDecoderSize size
      = { .n_prompts = 1, .n_beams = 1, .n_states = n_states, .n_candidates = 1 };
  MonocleCrossModel cross;
  g_autoptr (GError) error = NULL;

  model->writer = (MonocleOfaWriter){ &model->config, kind, &model->known };
  cross = monocle_ofa_get_cross_model (&model->writer);
  model->decoder = monocle_cross_decoder_new (&cross, model->params, model->gpu, MONOCLE_FORMAT_F32,
                                              &size, &error);
  g_assert_no_error (error);
}

static void
write_encoder (Model *model, guint rows, guint columns, guint n_text)
{
  MonocleGraph *g = model->graph = monocle_graph_new ("encoder", MONOCLE_FORMAT_F32);
  const guint n_image = rows * columns, n = n_image + n_text;
  MonocleOfaPrompt prompt = { .n_rows = n };
  MonocleValue states, places;

  monocle_graph_set_params (g, model->params, MONOCLE_PARAM_FOR_MANY_ROWS);
  if (n_image > 0)
    {
      prompt.image = monocle_ofa_look (g, &model->config,
                                       monocle_input (g, "pixels", MONOCLE_FORMAT_F32,
                                                      MONOCLE_DIMS (16 * rows, 16 * columns, 3)));
      prompt.image_places
          = monocle_input (g, "image places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_image));
    }
  prompt.text_places = monocle_input (g, "text places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_text));
  prompt.ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1, n_text));
  prompt.lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1));
  prompt.index = monocle_input (g, "index", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n, n));
  states = monocle_ofa_encode (g, &model->config, &prompt, &places);
  monocle_name (g, states, "encoder");
  monocle_cross_decoder_keep_states (model->decoder, g, states);
  monocle_cross_decoder_keep_places (model->decoder, g, places);
}

static void
set_pixels (Model *model, guint height, guint width)
{
  const MonocleTensor tensor = find_tensor (model, "pixels");
  g_autofree float *pixels = g_new (float, 3 * height * width);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < height * width; i++)
    for (guint c = 0; c < 3; c++)
      pixels[3 * i + c] = (float) hashed_ofa_number ("input.image", c * height * width + i);
  monocle_tensor_write (&tensor, pixels, &error);
  g_assert_no_error (error);
}

static void
encode (Model *model, guint rows, guint columns, const guint32 *ids, guint n_text)
{
  const guint n_image = rows * columns;
  const guint32 length = n_image + n_text;
  g_autofree guint32 *image = g_new (guint32, n_image);
  g_autofree guint32 *text = g_new (guint32, n_text);
  g_autofree guint32 *index = g_new (guint32, (gsize) length * length);
  g_autoptr (MonocleCommands) commands = monocle_commands_new (model->gpu, "encoder");
  g_autoptr (GError) error = NULL;

  write_encoder (model, rows, columns, n_text);
  model->plan = monocle_graph_plan (model->graph, model->gpu, MONOCLE_PLAN_KEEP_NAMED, &error);
  g_assert_no_error (error);
  model->buffer = test_new_buffer (model->gpu, monocle_plan_get_bytes (model->plan));
  monocle_plan_place (model->plan, model->buffer);
  monocle_plan_record (model->plan, commands);
  for (guint i = 0; i < n_image; i++)
    image[i] = monocle_ofa_place_in_image (&model->config, i / columns, i % columns);
  for (guint i = 0; i < n_text; i++)
    text[i] = i;
  monocle_ofa_index_prompt (&model->config, rows, columns, length, index);
  if (n_image > 0)
    {
      set_words (model, "image places", image);
      set_pixels (model, 16 * rows, 16 * columns);
    }
  set_words (model, "text places", text);
  set_words (model, "index", index);
  set_words (model, "ids", ids);
  set_words (model, "lengths", &length);
  test_submit (commands);
  monocle_cross_decoder_start (model->decoder, &length);
}

/* --- against the reference ---------------------------------------------------------------- */

/* @values: as the reference has them. Single numbers of 16 bits stray further than their mean. */
static void
check_numbers (Model *model, const char *what, const float *values, JsonObject *golden)
{
  JsonArray *shape = json_object_get_array_member (golden, "shape");
  gsize rows = 1, columns = 1;

  for (guint i = 0; i < json_array_get_length (shape); i++)
    {
      rows *= columns;
      columns = (gsize) json_array_get_int_element (shape, i);
    }
  hashed_golden_check_numbers (what, values, rows, columns, golden, model->bound,
                               model->f16 ? 10 : 1);
}

static void
check_tensor (Model *model, const char *name, JsonObject *golden)
{
  const MonocleTensor tensor = find_tensor (model, name);
  g_autofree float *values = test_get (&tensor);

  check_numbers (model, name, values, golden);
}

/* The reference has channels first. */
static void
check_picture (Model *model, guint n_places, JsonObject *golden)
{
  const MonocleTensor tensor = find_tensor (model, "vision_features");
  const guint n = monocle_tensor_get_columns (&tensor);
  g_autofree float *values = test_get (&tensor);
  g_autofree float *turned = g_new (float, (gsize) n *n_places);

  for (guint i = 0; i < n_places; i++)
    for (guint c = 0; c < n; c++)
      turned[c * n_places + i] = values[i * n + c];
  check_numbers (model, "vision_features", turned, golden);
}

static void
check_best (const float *logits, guint n_words, guint n, JsonArray *wanted)
{
  guint n_clear = 0;

  for (guint i = 0; i < n; i++, logits += n_words)
    {
      const gint64 best = json_array_get_int_element (wanted, i);
      gboolean is_clear = TRUE;

      for (guint k = 0; k < n_words; k++)
        if (k != best)
          {
            g_assert_cmpfloat (logits[k], <, logits[best] + CLEAR_GAP);
            is_clear = is_clear && logits[k] < logits[best] - CLEAR_GAP;
          }
      n_clear += is_clear;
    }
  g_assert_cmpuint (n_clear, >, n / 2);
}

static void
check_answer (Model *model, JsonObject *golden)
{
  const guint n_words = model->config.n_words;
  guint n;
  g_autofree guint32 *ids = hashed_golden_read_ids (golden, "decoder_ids", &n);
  g_autofree float *logits = hashed_golden_answer (model->decoder, ids, n, n_words);

  check_numbers (model, "logits", logits, json_object_get_object_member (golden, "logits"));
  check_best (logits, n_words, n, json_object_get_array_member (golden, "argmax"));
}

static void
check_case (const char *name, guint rows, guint columns, gboolean f16)
{
  g_autofree char *folder = test_fixture ("ofa");
  g_autoptr (JsonObject) root = test_read_json (folder, "hashed.json");
  JsonObject *golden
      = json_object_get_object_member (json_object_get_object_member (root, "cases"), name);
  const MonocleOfaKind kind
      = json_object_get_boolean_member (golden, "code") ? MONOCLE_OFA_CODES : MONOCLE_OFA_TEXT;
  JsonArray *layers = json_object_get_array_member (golden, "encoder_layers");
  Model model = { .f16 = f16, .bound = f16 ? BOUND_F16 : BOUND_F32 };
  guint n_text;
  g_autofree guint32 *ids = hashed_golden_read_ids (golden, "input_ids", &n_text);

  read_config (&model.config, root);
  model_load (&model);
  place_answers (&model, kind);
  make_decoder (&model, kind, rows * columns + n_text);
  encode (&model, rows, columns, ids, n_text);
  if (rows > 0)
    check_picture (&model, rows * columns, json_object_get_object_member (golden, "resnet"));
  check_tensor (&model, "encoder_position",
                json_object_get_object_member (golden, "encoder_position"));
  for (guint i = 0; i < json_array_get_length (layers); i++)
    {
      g_autofree char *layer = g_strdup_printf ("encoder_layer%u", i);

      check_tensor (&model, layer, json_array_get_object_element (layers, i));
    }
  check_tensor (&model, "encoder", json_object_get_object_member (golden, "encoder"));
  check_answer (&model, golden);
  model_clear (&model);
}

static void
test_picture (void)
{
  check_case ("image_text", 4, 6, FALSE);
  check_case ("image_text", 4, 6, TRUE);
}

static void
test_codes (void)
{
  check_case ("codes", 0, 0, FALSE);
  check_case ("codes", 0, 0, TRUE);
}

static void
test_long_text (void)
{
  check_case ("long_text", 0, 0, FALSE);
}

/* --- distances ---------------------------------------------------------------------------- */

static void
test_distances (void)
{
  static const guint places[] = { 0, 1, 2, 127, 128, 129, 130, 200, 500, 900, 1023 };
  g_autofree char *folder = test_fixture ("ofa");
  g_autoptr (JsonObject) root = test_read_json (folder, "hashed.json");
  JsonArray *wanted = json_object_get_array_member (root, "token_bucket_column0");
  MonocleOfaConfig config;

  read_config (&config, root);
  g_assert_cmpuint (json_array_get_length (wanted), ==, G_N_ELEMENTS (places));
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    g_assert_cmpuint (monocle_ofa_distance_in_text (&config, (gint) places[i]), ==,
                      json_array_get_int_element (wanted, i));
  for (gint i = 1; i < 1024; i++)
    g_assert_cmpuint (monocle_ofa_distance_in_text (&config, i)
                          + monocle_ofa_distance_in_text (&config, -i),
                      ==, 510);
  g_assert_cmpuint (monocle_ofa_distance_in_image (&config, -41, -41), ==, 0);
  g_assert_cmpuint (monocle_ofa_distance_in_image (&config, 41, 41), ==, 6888);
  g_assert_cmpuint (monocle_ofa_distance_in_image (&config, 1, -2), ==, 42 * 83 + 39);
  g_assert_cmpuint (monocle_ofa_place_in_image (&config, 2, 3), ==, 88);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ofa-hashed/distances", test_distances);
  g_test_add_func ("/ofa-hashed/picture", test_picture);
  g_test_add_func ("/ofa-hashed/codes", test_codes);
  g_test_add_func ("/ofa-hashed/long-text", test_long_text);
  return test_end (g_test_run ());
}
