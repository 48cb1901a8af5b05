/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO's formulas with weights that a formula makes, against numbers of a reference that were
 * computed elsewhere in double precision, but for its norms: tests/fixtures/unifiedio/hashed.json.
 * A text and a picture, of which not all patches are there, to a text and a picture of codes.
 */
#include "config.h"

#include <string.h>

#include "engine/models/unifiedio/formulas.h"
#include "engine/nn/plan.h"
#include "device-test.h"
#include "golden.h"
#include "hashed-ofa.h"
#include "hashed-golden.h"
#include "hashed-unifiedio.h"

/* Of the mean size of an element, or of the sum of all. */
#define BOUND 1e-4

#define N_PATCHES 500
#define N_CODES   256

static const MonocleUnifiedioConfig config = {
  .d_model = 32,
  .n_heads = 3,
  .head_width = 8,
  .n_layers = 2,
  .hidden = 48,
  .n_words = 70,
  .n_codes = 64,
  .n_segments = 2,
  .n_text_places = 256,
};

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleParams *params;
  MonocleGraph *graph; /* of the encoder */
  MonoclePlan *plan;
  MonocleVkBuffer *buffer, *known_buffer;
  MonocleUnifiedioPlaces known;
  MonocleUnifiedioWriter writer;
  MonocleCrossDecoder *decoder;
} Model;

/* --- what is computed --------------------------------------------------------------------- */

static void
model_load (Model *model)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = hashed_unifiedio_list (&config);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  g_autoptr (MonocleWeights) weights = NULL;
  g_autoptr (GError) error = NULL;

  checkpoint_file_write (folder, shapes, hashed_unifiedio_fill, NULL);
  checkpoint = monocle_checkpoint_open (folder, &error);
  g_assert_no_error (error);
  model->gpu = test_open_gpu ();
  weights = monocle_weights_new (checkpoint, model->gpu, FALSE, NULL);
  monocle_unifiedio_declare (&config, weights, &error);
  g_assert_no_error (error);
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

/* (transfer full): @n_text words, and @n_image pieces of a picture, whichever come first. */
static MonocleUnifiedioToken *
list_tokens (guint n_text, guint n_image, gboolean image_first)
{
  MonocleUnifiedioToken *tokens = g_new (MonocleUnifiedioToken, n_text + n_image), *at = tokens;

  for (guint i = 0; image_first && i < n_image; i++)
    *at++ = (MonocleUnifiedioToken){ TRUE, i };
  for (guint i = 0; i < n_text; i++)
    *at++ = (MonocleUnifiedioToken){ FALSE, i };
  for (guint i = 0; !image_first && i < n_image; i++)
    *at++ = (MonocleUnifiedioToken){ TRUE, i };
  return tokens;
}

/* What is known of the places of an answer: a text of @n_text, then a picture. */
static void
place_answers (Model *model, guint n_text)
{
  const guint n = n_text + N_CODES, c = config.n_heads * config.head_width;
  struct
  {
    MonocleTensor *tensor;
    guint columns;
    MonocleFormatId format;
  } parts[] = {
    { &model->known.queries, c, MONOCLE_FORMAT_F32 },
    { &model->known.keys, c, MONOCLE_FORMAT_F32 },
    { &model->known.added, config.d_model, MONOCLE_FORMAT_F32 },
    { &model->known.text_index, n, MONOCLE_FORMAT_U32 },
    { &model->known.image_index, n, MONOCLE_FORMAT_U32 },
  };
  g_autoptr (MonocleGraph) g = monocle_graph_new ("places", MONOCLE_FORMAT_F32);
  g_autoptr (MonoclePlan) plan = NULL;
  g_autoptr (MonocleVkBuffer) buffer = NULL;
  g_autoptr (MonocleCommands) commands = monocle_commands_new (model->gpu, "places");
  g_autofree MonocleUnifiedioToken *tokens = list_tokens (n_text, N_CODES, FALSE);
  g_autofree guint32 *text = g_new (guint32, (gsize) n * n);
  g_autofree guint32 *image = g_new (guint32, (gsize) n * n);
  g_autofree guint32 *rows = g_new (guint32, n);
  g_autofree guint32 *segments = g_new (guint32, n);
  MonocleValue row_ids = monocle_input (g, "rows", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n));
  MonocleValue segment_ids = monocle_input (g, "segments", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n));
  MonocleTensor input;
  guint64 bytes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      *parts[i].tensor = (MonocleTensor){
        .n_dims = 2, .dims = { n, parts[i].columns }, .format = parts[i].format, .name = "places"
      };
      bytes = monocle_tensor_put_at (parts[i].tensor, bytes);
    }
  model->known_buffer = test_new_buffer (model->gpu, bytes);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    parts[i].tensor->buffer = model->known_buffer;
  monocle_graph_set_params (g, model->params, MONOCLE_PARAM_FOR_MANY_ROWS);
  monocle_unifiedio_place (g, &config, row_ids, segment_ids, &model->known);
  plan = monocle_graph_plan (g, model->gpu, MONOCLE_PLAN_DEFAULT, NULL);
  g_assert_nonnull (plan);
  buffer = test_new_buffer (model->gpu, monocle_plan_get_bytes (plan));
  monocle_plan_place (plan, buffer);
  monocle_plan_record (plan, commands);
  monocle_unifiedio_index (tokens, n, MONOCLE_UNIFIEDIO_CODES, TRUE, text, image);
  test_put (&model->known.text_index, text);
  test_put (&model->known.image_index, image);
  monocle_unifiedio_number (&config, tokens, n, rows, segments);
  input = monocle_plan_get_tensor (plan, row_ids);
  test_put (&input, rows);
  input = monocle_plan_get_tensor (plan, segment_ids);
  test_put (&input, segments);
  test_submit (commands);
}

static void
make_decoder (Model *model, guint n_states)
{
  const MonocleCrossDecoderSize size
      = { .n_prompts = 1, .n_beams = 1, .n_states = n_states, .n_candidates = 1 };
  MonocleCrossModel cross;
  g_autoptr (GError) error = NULL;

  model->writer = (MonocleUnifiedioWriter){ &config, &model->known, 0, 0 };
  cross = monocle_unifiedio_get_cross_model (&model->writer);
  model->decoder = monocle_cross_decoder_new (&cross, model->params, model->gpu, MONOCLE_FORMAT_F32,
                                              &size, &error);
  g_assert_no_error (error);
}

static void
set_input (Model *model, const char *name, gconstpointer values)
{
  const MonocleTensor tensor
      = monocle_plan_get_tensor (model->plan, monocle_graph_find (model->graph, name));

  test_put (&tensor, values);
}

static MonocleValue
add_input (MonocleGraph *g, const char *name, guint rows, guint columns)
{
  return monocle_input (g, name, MONOCLE_FORMAT_U32,
                        columns > 0 ? MONOCLE_DIMS (rows, columns) : MONOCLE_DIMS (rows));
}

/* Of a picture of 384 pixels a side, channels last; those at its end are not there. */
static void
cut_patches (float *patches)
{
  const guint side = 16, row = 3 * side * MONOCLE_UNIFIEDIO_PATCHES;

  for (guint i = 0; i < N_PATCHES; i++)
    for (guint y = 0; y < side; y++)
      for (guint x = 0; x < 3 * side; x++)
        *patches++ = (float) hashed_ofa_number ("input.image",
                                                (i / MONOCLE_UNIFIEDIO_PATCHES * side + y) * row
                                                    + i % MONOCLE_UNIFIEDIO_PATCHES * 3 * side + x);
}

static void
encode (Model *model, const guint32 *ids, guint n_text)
{
  const guint32 n = n_text + N_PATCHES;
  MonocleGraph *g = model->graph = monocle_graph_new ("encoder", MONOCLE_FORMAT_F32);
  g_autoptr (MonocleCommands) commands = monocle_commands_new (model->gpu, "encoder");
  g_autofree MonocleUnifiedioToken *tokens = list_tokens (n_text, N_PATCHES, TRUE);
  g_autofree guint32 *rows = g_new (guint32, n);
  g_autofree guint32 *segments = g_new (guint32, n);
  g_autofree guint32 *text = g_new (guint32, (gsize) n * n);
  g_autofree guint32 *image = g_new (guint32, (gsize) n * n);
  g_autofree float *patches = g_new (float, N_PATCHES *MONOCLE_UNIFIEDIO_PATCH);
  MonocleValue states;
  const MonocleUnifiedioPrompt prompt = {
    .patches = monocle_input (g, "patches", MONOCLE_FORMAT_F32,
                              MONOCLE_DIMS (N_PATCHES, MONOCLE_UNIFIEDIO_PATCH)),
    .image_places = add_input (g, "image places", N_PATCHES, 0),
    .image_segments = add_input (g, "image segments", N_PATCHES, 0),
    .text_places = add_input (g, "text places", n_text, 0),
    .text_segments = add_input (g, "text segments", n_text, 0),
    .ids = add_input (g, "ids", 1, n_text),
    .lengths = add_input (g, "lengths", 1, 0),
    .text_index = add_input (g, "text index", n, n),
    .image_index = add_input (g, "image index", n, n),
    .n_rows = n,
  };

  monocle_graph_set_params (g, model->params, MONOCLE_PARAM_FOR_MANY_ROWS);
  states = monocle_unifiedio_encode (g, &config, &prompt);
  monocle_name (g, states, "encoder");
  monocle_cross_decoder_keep_states (model->decoder, g, states);
  model->plan = monocle_graph_plan (g, model->gpu, MONOCLE_PLAN_KEEP_NAMED, NULL);
  g_assert_nonnull (model->plan);
  model->buffer = test_new_buffer (model->gpu, monocle_plan_get_bytes (model->plan));
  monocle_plan_place (model->plan, model->buffer);
  monocle_plan_record (model->plan, commands);
  monocle_unifiedio_number (&config, tokens, n, rows, segments);
  monocle_unifiedio_index (tokens, n, MONOCLE_UNIFIEDIO_PATCHES, FALSE, text, image);
  cut_patches (patches);
  set_input (model, "ids", ids);
  set_input (model, "lengths", &n);
  set_input (model, "image places", rows);
  set_input (model, "text places", rows + N_PATCHES);
  set_input (model, "image segments", segments);
  set_input (model, "text segments", segments + N_PATCHES);
  set_input (model, "patches", patches);
  set_input (model, "text index", text);
  set_input (model, "image index", image);
  test_submit (commands);
  monocle_cross_decoder_start (model->decoder, &n);
}

/* --- against the reference ---------------------------------------------------------------- */

static void
check_encoder (Model *model, guint n_text, JsonObject *golden)
{
  const gsize d = config.d_model, n = n_text + N_PATCHES;
  const MonocleTensor tensor
      = monocle_plan_get_tensor (model->plan, monocle_graph_find (model->graph, "encoder"));
  g_autofree float *values = test_get (&tensor);
  g_autofree float *ordered = g_new (float, n *d);

  /* The reference has the words first. */
  memcpy (ordered, values + N_PATCHES * d, n_text * d * sizeof *values);
  memcpy (ordered + n_text * d, values, N_PATCHES * d * sizeof *values);
  hashed_golden_check_numbers ("encoder", ordered, n, d, golden, BOUND, 1);
}

/* Of each token the logits that its kind may have: @text, @image. */
static void
answer (Model *model, const guint32 *ids, guint n_text, float *text, float *image)
{
  const guint n_all = config.n_words + config.n_codes;
  g_autofree float *logits = hashed_golden_answer (model->decoder, ids, n_text + N_CODES, n_all);

  for (guint i = 0; i < n_text + N_CODES; i++)
    if (i < n_text)
      memcpy (text + i * config.n_words, logits + i * n_all, config.n_words * sizeof *logits);
    else
      memcpy (image + (i - n_text) * config.n_codes, logits + i * n_all + config.n_words,
              config.n_codes * sizeof *logits);
}

static void
check_best (const float *logits, JsonArray *wanted)
{
  for (guint i = 0; i < json_array_get_length (wanted); i++, logits += config.n_codes)
    {
      guint best = 0;

      for (guint k = 1; k < config.n_codes; k++)
        if (logits[k] > logits[best])
          best = k;
      g_assert_cmpint (best, ==, json_array_get_int_element (wanted, i));
    }
}

static void
test_all (void)
{
  g_autofree char *folder = test_fixture ("unifiedio");
  g_autoptr (JsonObject) golden = test_read_json (folder, "hashed.json");
  JsonObject *inputs = json_object_get_object_member (golden, "inputs");
  Model model = { .gpu = NULL };
  guint n_read, n_text, n_codes;
  g_autofree guint32 *read = hashed_golden_read_ids (inputs, "text", &n_read);
  g_autofree guint32 *written = hashed_golden_read_ids (inputs, "decoder_text", &n_text);
  g_autofree guint32 *codes = hashed_golden_read_ids (golden, "codes", &n_codes);
  g_autofree guint32 *ids = g_new (guint32, n_text + N_CODES);
  g_autofree float *text = g_new (float, n_text *config.n_words);
  g_autofree float *image = g_new (float, N_CODES *config.n_codes);

  g_assert_cmpuint (n_codes, ==, N_CODES);
  memcpy (ids, written, n_text * sizeof *ids);
  ids[n_text] = config.n_words - 1; /* a picture begins */
  memcpy (ids + n_text + 1, codes, (N_CODES - 1) * sizeof *ids);

  model_load (&model);
  place_answers (&model, n_text);
  make_decoder (&model, n_read + N_PATCHES);
  encode (&model, read, n_read);
  check_encoder (&model, n_read, json_object_get_object_member (golden, "encoder"));
  answer (&model, ids, n_text, text, image);
  hashed_golden_check_numbers ("text", text, n_text, config.n_words,
                               json_object_get_object_member (golden, "text_logits"), BOUND, 1);
  hashed_golden_check_numbers ("image", image, N_CODES, config.n_codes,
                               json_object_get_object_member (golden, "image_logits"), BOUND, 1);
  check_best (image, json_object_get_array_member (golden, "image_argmax"));
  model_clear (&model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unifiedio-hashed/all", test_all);
  return test_end (g_test_run ());
}
