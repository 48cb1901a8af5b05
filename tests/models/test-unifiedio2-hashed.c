/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO 2's formulas with weights that a formula makes, against numbers that were computed in
 * double precision: tests/fixtures/unifiedio2/hashed.json, of tests/reference/make_unifiedio2.py. A
 * text with a picture, of which not all patches are there, or with a sound, to a text and a picture
 * of codes.
 */
#include "config.h"

#include <string.h>

#include "engine/models/unifiedio2/formulas.h"
#include "engine/nn/plan.h"
#include "device-test.h"
#include "golden.h"
#include "hashed-ofa.h"
#include "hashed-golden.h"
#include "hashed-unifiedio2.h"

/* Of the mean size of an element, or of the sum of all. */
#define BOUND     1e-4
#define BOUND_F16 5e-3

/* Where two are as near as that in 16 bits, either may be the best. */
#define NEAR 0.02

typedef struct
{
  MonocleUnifiedio2Config config;
  double bound;
  MonocleVkGpu *gpu;
  MonocleParams *params;
  GPtrArray *buffers;
  float *places; /* of patches */
} Model;

/* What is looked at: so many patches, of which the first ones are there. */
typedef struct
{
  const char *name, *input;
  MonocleUnifiedio2Sense sense;
  guint n_there;
} Case;

static const Case picture = { "picture", "input.image", MONOCLE_UNIFIEDIO2_IMAGE, 6 };
static const Case sound = { "sound", "input.audio", MONOCLE_UNIFIEDIO2_AUDIO, 2 };

/* --- weights ------------------------------------------------------------------------------ */

static void
read_places (Model *model, MonocleWeights *weights, MonocleUnifiedio2Sense sense)
{
  const gboolean is_image = sense == MONOCLE_UNIFIEDIO2_IMAGE;
  const MonocleUnifiedio2Tower *tower = is_image ? &model->config.image : &model->config.audio;
  const guint n = monocle_unifiedio2_count_leading (sense) + tower->rows * tower->columns;
  g_autofree float *table = g_new (float, tower->n_places * tower->channels);
  g_autoptr (GError) error = NULL;
  const MonocleCheckpointTensor *tensor
      = monocle_weights_leave (weights, monocle_unifiedio2_get_places (sense).path, tower->n_places,
                               tower->channels, &error);

  g_assert_no_error (error);
  monocle_checkpoint_tensor_read_f32 (tensor, 0, tower->n_places * tower->channels, table);
  model->places = g_new (float, n * tower->channels);
  monocle_unifiedio2_spread_places (&model->config, sense, table, model->places);
}

static void
model_load (Model *model, JsonObject *golden, MonocleUnifiedio2Sense sense, gboolean f16)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  g_autoptr (MonocleWeights) weights = NULL;
  g_autoptr (GError) error = NULL;

  monocle_unifiedio2_config_parse (&model->config, json_object_get_object_member (golden, "config"),
                                   "config.json", &error);
  g_assert_no_error (error);
  model->config.hears = sense == MONOCLE_UNIFIEDIO2_AUDIO;
  model->bound = f16 ? BOUND_F16 : BOUND;
  model->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_vk_buffer_free);
  shapes = hashed_unifiedio2_list (&model->config);
  checkpoint_file_write (folder, shapes, hashed_unifiedio2_fill, NULL);
  checkpoint = monocle_checkpoint_open (folder, &error);
  g_assert_no_error (error);
  model->gpu = test_open_gpu ();
  weights = monocle_weights_new (checkpoint, model->gpu, f16, monocle_unifiedio2_rename);
  monocle_unifiedio2_declare (&model->config, weights, &error);
  g_assert_no_error (error);
  read_places (model, weights, sense);
  model->params = test_upload (weights);
}

static void
model_clear (Model *model)
{
  g_ptr_array_unref (model->buffers);
  monocle_params_free (model->params);
  monocle_vk_gpu_close (model->gpu);
  g_free (model->places);
}

/* --- what is computed --------------------------------------------------------------------- */

static MonocleVkBuffer *
add_buffer (Model *model, guint64 bytes)
{
  MonocleVkBuffer *buffer = test_new_buffer (model->gpu, bytes);

  g_ptr_array_add (model->buffers, buffer);
  return buffer;
}

static MonocleTensor
add_tensor (Model *model, guint rows, guint columns)
{
  MonocleTensor tensor
      = { .n_dims = 2, .dims = { rows, columns }, .format = MONOCLE_FORMAT_F32, .name = "test" };

  tensor.buffer = add_buffer (model, monocle_tensor_get_size_bytes (&tensor));
  return tensor;
}

/* A graph that has been written, and what its inputs are. */
static void
run (Model *model, MonocleGraph *g, const char *const *names, gconstpointer const *values)
{
  g_autoptr (MonocleCommands) commands = monocle_commands_new (model->gpu, "test");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonoclePlan) plan = monocle_graph_plan (g, model->gpu, MONOCLE_PLAN_DEFAULT, &error);

  g_assert_no_error (error);
  monocle_plan_place (plan, add_buffer (model, monocle_plan_get_bytes (plan)));
  monocle_plan_record (plan, commands);
  for (guint i = 0; names[i]; i++)
    {
      const MonocleTensor tensor = monocle_plan_get_tensor (plan, monocle_graph_find (g, names[i]));

      test_put (&tensor, values[i]);
    }
  test_submit (commands);
}

/* Rows of all patches; those behind what is there mean nothing. */
static MonocleTensor
look (Model *model, const Case *which)
{
  static const char *const names[] = { "patches", "places", "picks", "lengths", NULL };
  const MonocleUnifiedio2Config *config = &model->config;
  const MonocleUnifiedio2Tower *tower
      = which->sense == MONOCLE_UNIFIEDIO2_IMAGE ? &config->image : &config->audio;
  const guint n = tower->rows * tower->columns;
  const guint n_leading = monocle_unifiedio2_count_leading (which->sense);
  const guint32 length = n_leading + which->n_there;
  MonocleTensor rows = add_tensor (model, n, config->d_model);
  g_autofree float *patches = g_new (float, n * tower->patch);
  g_autofree guint32 *picks = g_new (guint32, 2 * n);
  const gconstpointer values[] = { patches, model->places, picks, &length };
  g_autoptr (MonocleGraph) g = monocle_graph_new ("look", MONOCLE_FORMAT_F32);
  MonocleUnifiedio2Look inputs;

  monocle_graph_set_params (g, model->params, MONOCLE_PARAM_FOR_MANY_ROWS);
  inputs = (MonocleUnifiedio2Look){
    .patches = monocle_input (g, names[0], MONOCLE_FORMAT_F32, MONOCLE_DIMS (n, tower->patch)),
    .places = monocle_input (g, names[1], MONOCLE_FORMAT_F32,
                             MONOCLE_DIMS (n_leading + n, tower->channels)),
    .picks = monocle_input (g, names[2], MONOCLE_FORMAT_U32, MONOCLE_DIMS (2 * n)),
    .lengths = monocle_input (g, names[3], MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
  };
  monocle_keep_in (g, monocle_unifiedio2_look (g, config, which->sense, &inputs), &rows);
  for (guint i = 0; i < n * tower->patch; i++)
    patches[i] = (float) hashed_ofa_number (which->input, i);
  monocle_unifiedio2_fill_picks (which->sense, n, picks);
  run (model, g, names, values);
  rows.dims[0] = which->n_there;
  return rows;
}

/* Where what is seen and words are: [n, head_width]. */
static float *
find_places (const Model *model, const Case *which, guint n_text)
{
  const MonocleUnifiedio2Config *config = &model->config;
  const MonocleUnifiedio2Tower *tower
      = which->sense == MONOCLE_UNIFIEDIO2_IMAGE ? &config->image : &config->audio;
  const guint width = config->head_width;
  float *angles = g_new (float, (tower->rows * tower->columns + n_text) * width);

  monocle_unifiedio2_turn_grid (config, tower->rows, tower->columns, config->step, angles);
  monocle_unifiedio2_turn_line (config, n_text, angles + which->n_there * width);
  return angles;
}

/* What a decoder wants of the places of an answer. */
static MonocleTensor
place_answer (Model *model, MonocleUnifiedio2Kind kind, guint n)
{
  const MonocleUnifiedio2Config *config = &model->config;
  MonocleTensor tensor = add_tensor (model, n, config->head_width);
  g_autofree float *angles = g_new (float, n * config->head_width);

  if (kind == MONOCLE_UNIFIEDIO2_TEXT)
    monocle_unifiedio2_turn_line (config, n, angles);
  else
    monocle_unifiedio2_turn_grid (config, config->n_codes, config->n_codes, 1, angles);
  test_put (&tensor, angles);
  return tensor;
}

/* Encodes, and leaves what @decoder wants of it. (transfer full): what the encoder made */
static float *
encode (Model *model,
        const Case *which,
        const MonocleTensor *seen,
        const guint32 *ids,
        guint n_text,
        MonocleUnifiedio2Writer *writer,
        MonocleCrossDecoder *decoder)
{
  static const char *const names[] = { "ids", "lengths", "angles", NULL };
  const MonocleUnifiedio2Config *config = &model->config;
  const guint32 n = which->n_there + n_text;
  const MonocleTensor left = add_tensor (model, n, config->d_model);
  g_autofree float *angles = find_places (model, which, n_text);
  const gconstpointer values[] = { ids, &n, angles };
  g_autoptr (MonocleGraph) g = monocle_graph_new ("encoder", MONOCLE_FORMAT_F32);
  MonocleValue states;
  MonocleUnifiedio2Prompt prompt;

  monocle_graph_set_params (g, model->params, MONOCLE_PARAM_FOR_MANY_ROWS);
  prompt = (MonocleUnifiedio2Prompt){
    .seen = monocle_outside (g, seen),
    .ids = monocle_input (g, names[0], MONOCLE_FORMAT_U32, MONOCLE_DIMS (1, n_text)),
    .lengths = monocle_input (g, names[1], MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .angles = monocle_input (g, names[2], MONOCLE_FORMAT_F32, MONOCLE_DIMS (n, config->head_width)),
    .n_rows = n,
  };
  states = monocle_unifiedio2_encode (g, config, &prompt);
  writer->state_angles = prompt.angles;
  monocle_cross_decoder_keep_states (decoder, g, states);
  monocle_keep_in (g, states, &left);
  run (model, g, names, values);
  return test_get (&left);
}

/* --- against the reference ---------------------------------------------------------------- */

static void
check_best (const Model *model, const float *logits, guint n_tokens, JsonArray *wanted)
{
  for (guint i = 0; i < json_array_get_length (wanted); i++, logits += n_tokens)
    {
      const guint golden = (guint) json_array_get_int_element (wanted, i);
      guint best = 0;

      for (guint k = 1; k < n_tokens; k++)
        if (logits[k] > logits[best])
          best = k;
      if (model->bound > BOUND && logits[best] - logits[golden] < (float) NEAR)
        continue;
      g_assert_cmpuint (best, ==, golden);
    }
}

/* One kind of answer to a question about what is seen. */
static void
check_kind (Model *model,
            const Case *which,
            const MonocleTensor *seen,
            MonocleUnifiedio2Kind kind,
            JsonObject *golden)
{
  const gboolean is_text = kind == MONOCLE_UNIFIEDIO2_TEXT;
  const MonocleUnifiedio2Config *config = &model->config;
  const guint n_tokens = is_text ? config->n_words : config->n_pieces;
  JsonObject *wanted = json_object_get_object_member (golden, which->name);
  guint n_read, n;
  g_autofree guint32 *read = hashed_golden_read_ids (golden, "text", &n_read);
  g_autofree guint32 *ids = hashed_golden_read_ids (golden, is_text ? "target_text" : "codes", &n);
  const MonocleTensor angles = place_answer (model, kind, n);
  MonocleUnifiedio2Writer writer = { config, kind, &angles, 0 };
  const MonocleCrossModel cross = monocle_unifiedio2_get_cross_model (&writer);
  const MonocleCrossDecoderSize size
      = { .n_prompts = 1, .n_beams = 1, .n_states = which->n_there + n_read, .n_candidates = 1 };
  const guint32 length = size.n_states;
  const guint d = config->d_model;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCrossDecoder) decoder = monocle_cross_decoder_new (
      &cross, model->params, model->gpu, MONOCLE_FORMAT_F32, &size, &error);
  g_autofree float *states = NULL, *ordered = g_new (float, size.n_states *d), *logits = NULL;

  g_assert_no_error (error);
  /* A picture begins with the token that is none. */
  for (guint i = n; !is_text && i > 0; i--)
    ids[i - 1] = i > 1 ? ids[i - 2] + MONOCLE_UNIFIEDIO2_FIRST_CODE : 0;
  states = encode (model, which, seen, read, n_read, &writer, decoder);
  /* The reference has the words first. */
  memcpy (ordered, states + which->n_there * d, n_read * d * sizeof *states);
  memcpy (ordered + n_read * d, states, which->n_there * d * sizeof *states);
  hashed_golden_check_numbers ("encoder", ordered, size.n_states, d,
                               json_object_get_object_member (wanted, "encoder"), model->bound, 1);
  monocle_cross_decoder_start (decoder, &length);
  logits = hashed_golden_answer (decoder, ids, n, n_tokens);
  hashed_golden_check_numbers (is_text ? "text" : "image", logits, n, n_tokens,
                               json_object_get_object_member (wanted, is_text ? "text" : "image"),
                               model->bound, 1);
  check_best (model, logits, n_tokens,
              json_object_get_array_member (wanted, is_text ? "text_best" : "image_best"));
}

static void
check_case (const Case *which, gboolean f16)
{
  g_autofree char *folder = test_fixture ("unifiedio2");
  g_autoptr (JsonObject) golden = test_read_json (folder, "hashed.json");
  JsonObject *wanted = json_object_get_object_member (golden, which->name);
  Model model = { .gpu = NULL };
  g_autofree float *rows = NULL;
  MonocleTensor seen;

  model_load (&model, golden, which->sense, f16);
  seen = look (&model, which);
  rows = test_get (&seen);
  hashed_golden_check_numbers ("seen", rows, which->n_there, model.config.d_model,
                               json_object_get_object_member (wanted, "seen"), model.bound, 1);
  for (guint kind = 0; kind < MONOCLE_UNIFIEDIO2_N_KINDS; kind++)
    check_kind (&model, which, &seen, kind, golden);
  model_clear (&model);
}

static void
test_picture (void)
{
  check_case (&picture, FALSE);
}

static void
test_picture_f16 (void)
{
  check_case (&picture, TRUE);
}

static void
test_sound (void)
{
  check_case (&sound, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unifiedio2-hashed/picture", test_picture);
  g_test_add_func ("/unifiedio2-hashed/picture-f16", test_picture_f16);
  g_test_add_func ("/unifiedio2-hashed/sound", test_sound);
  return test_end (g_test_run ());
}
