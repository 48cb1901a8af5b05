/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures as codes and back, with weights that a formula makes, against numbers of references that
 * were computed elsewhere in double precision: hashed.json of tests/fixtures/vqgan and unifiedio.
 */
#include "config.h"

#include "engine/models/parts/vqgan.h"
#include "engine/nn/plan.h"
#include "engine/vk/staging.h"
#include "device-test.h"
#include "golden.h"
#include "hashed-golden.h"
#include "hashed-ofa.h"
#include "hashed-vqgan.h"

#define BOUND 1e-4

/* A network, and where its numbers are. */
typedef struct
{
  const char *fixture; /* a folder */
  const char *scope;
  MonocleVqganConfig config;
  guint grid;       /* codes a side */
  guint first_code; /* what stands before them in the fixture's list */
  gboolean is_last; /* whether the fixture has channels last */
} Case;

static const Case unifiedio2 = {
  .fixture = "vqgan",
  .scope = "target_embedders.image.vqgan",
  .config = {
    .names = MONOCLE_VQGAN_NAMES_JOINED,
    .codes = "quantize.embedding.weight",
    .channels = 32,
    .multiples = { 1, 1, 2, 2 },
    .attends = { FALSE, FALSE, FALSE, TRUE },
    .n_levels = 4,
    .n_blocks = 1,
    .z_channels = 4,
    .n_codes = 64,
    .code_width = 4,
  },
  .grid = 4,
};

static const Case unifiedio = {
  .fixture = "unifiedio",
  .scope = "discrete_vae",
  .config = {
    .names = MONOCLE_VQGAN_NAMES_JOINED,
    .is_flax = TRUE,
    .codes = "quantize.embedding",
    .channels = 32,
    .multiples = { 1, 1, 1, 1, 2 },
    .attends = { FALSE, FALSE, FALSE, FALSE, TRUE },
    .n_levels = 5,
    .n_blocks = 1,
    .z_channels = 8,
    .n_codes = 64,
    .code_width = 8,
  },
  .grid = 16,
  .first_code = 70,
  .is_last = TRUE,
};

/* What is being tried: one of these, perhaps under other names. */
typedef struct
{
  const Case *from;
  MonocleVqganConfig config;
  guint side, n; /* pixels of a side, codes in all */
  MonocleCheckpoint *checkpoint;
  MonocleVkGpu *gpu;
  MonocleParams *params;
} Model;

/* --- weights ------------------------------------------------------------------------------ */

/* "down_0_block_1" as "down.0.block.1"; what is written for the coarsest level first is counted
 * from the finest. */
static char *
turn_name (const Model *model, const char *name)
{
  g_autoptr (GRegex) middle = g_regex_new ("mid_(block|attn)", 0, 0, NULL);
  g_autoptr (GRegex) way = g_regex_new ("(down|up)_(\\d)_(block|attn)_(\\d)", 0, 0, NULL);
  g_autoptr (GRegex) step = g_regex_new ("(down|up)_(\\d)_(down|up)sample", 0, 0, NULL);
  g_autofree char *first = g_regex_replace (middle, name, -1, 0, "mid.\\1", 0, NULL);
  g_autofree char *second = g_regex_replace (way, first, -1, 0, "\\1.\\2.\\3.\\4", 0, NULL);
  char *turned = g_regex_replace (step, second, -1, 0, "\\1.\\2.\\3sample", 0, NULL);
  char *up = strstr (turned, ".up.");

  if (up)
    up[4] = (char) ('0' + (gint) model->config.n_levels - 1 - (up[4] - '0'));
  return turned;
}

static void
fill_turned (const TensorShape *shape, float *values, gpointer user_data)
{
  TensorShape named = *shape;

  named.name = g_hash_table_lookup (user_data, shape->name);
  hashed_ofa_fill (&named, values, NULL);
}

static void
write_weights (const char *folder, const Model *model)
{
  const gboolean is_turned = model->config.names != model->from->config.names;
  g_autoptr (GPtrArray) shapes = tensor_shapes_new ();
  g_autoptr (GHashTable) originals = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  hashed_vqgan_list (shapes, model->from->scope, &model->config);
  for (guint i = 0; i < shapes->len; i++)
    {
      TensorShape *shape = shapes->pdata[i];
      char *name = shape->name;

      shape->name = is_turned ? turn_name (model, name) : g_strdup (name);
      g_hash_table_insert (originals, shape->name, name);
    }
  checkpoint_file_write (folder, shapes, fill_turned, originals);
}

/* --- what is computed --------------------------------------------------------------------- */

typedef struct
{
  MonocleGraph *graph;
  MonocleValue codes, pixels, sizes, zeros, result;
} Pass;

static void
write_pass (Pass *pass, const Model *model, MonocleParams *params, gboolean is_back)
{
  const MonocleVqganConfig *used = &model->config;
  const guint grid = model->from->grid;
  MonocleGraph *g = pass->graph = monocle_graph_new ("vqgan", MONOCLE_FORMAT_F32);
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, model->from->scope);

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  if (is_back)
    {
      pass->codes = monocle_input (g, "codes", MONOCLE_FORMAT_U32, MONOCLE_DIMS (model->n));
      pass->result = monocle_vqgan_decode (g, scope, used, pass->codes, grid, grid);
    }
  else
    {
      pass->pixels = monocle_input (g, "pixels", MONOCLE_FORMAT_F32,
                                    MONOCLE_DIMS (model->side, model->side, 3));
      pass->sizes = monocle_input (g, "sizes", MONOCLE_FORMAT_F32, MONOCLE_DIMS (used->n_codes));
      pass->zeros = monocle_input (g, "zeros", MONOCLE_FORMAT_U32, MONOCLE_DIMS (model->n, 2));
      pass->result = monocle_vqgan_encode (g, scope, used, pass->pixels, pass->sizes, pass->zeros);
    }
  monocle_keep (g, pass->result);
}

static void
model_load (Model *model)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MonocleWeights) weights = NULL;
  g_autoptr (GError) error = NULL;

  write_weights (folder, model);
  model->checkpoint = monocle_checkpoint_open (folder, &error);
  g_assert_no_error (error);
  model->gpu = test_open_gpu ();
  weights = monocle_weights_new (model->checkpoint, model->gpu, FALSE, NULL);
  for (guint i = 0; i < 2; i++)
    {
      Pass pass;

      write_pass (&pass, model, monocle_weights_get_params (weights), i == 1);
      monocle_graph_check (pass.graph, &error);
      g_assert_no_error (error);
      monocle_graph_free (pass.graph);
    }
  monocle_weights_check (weights, &error);
  g_assert_no_error (error);
  monocle_weights_note_unused (weights, notes);
  g_assert_cmpuint (notes->len, ==, 0);
  model->params = test_upload (weights);
}

static void
model_clear (Model *model)
{
  monocle_checkpoint_free (model->checkpoint);
  monocle_params_free (model->params);
  monocle_vk_gpu_close (model->gpu);
}

/* @inputs, @data: (array length=n_inputs). Returns (transfer full): what comes out, as it is */
static gpointer
run (
    Model *model, Pass *pass, const MonocleValue *inputs, gconstpointer const *data, guint n_inputs)
{
  g_autoptr (MonoclePlan) plan
      = monocle_graph_plan (pass->graph, model->gpu, MONOCLE_PLAN_DEFAULT, NULL);
  g_autoptr (MonocleVkBuffer) buffer = NULL;
  g_autoptr (MonocleCommands) commands = monocle_commands_new (model->gpu, "vqgan");
  MonocleTensor result;
  gpointer bytes;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (plan);
  buffer = test_new_buffer (model->gpu, monocle_plan_get_bytes (plan));
  monocle_plan_place (plan, buffer);
  monocle_plan_record (plan, commands);
  for (guint i = 0; i < n_inputs; i++)
    {
      const MonocleTensor input = monocle_plan_get_tensor (plan, inputs[i]);

      test_put (&input, data[i]);
    }
  test_submit (commands);
  result = monocle_plan_get_tensor (plan, pass->result);
  bytes = g_malloc (monocle_tensor_get_size_bytes (&result));
  monocle_vk_download (result.buffer, result.offset, bytes, monocle_tensor_get_size_bytes (&result),
                       &error);
  g_assert_no_error (error);
  return bytes;
}

/* --- against the reference ---------------------------------------------------------------- */

static void
check_picture (const Model *model, const float *pixels, JsonObject *golden)
{
  const guint n_pixels = model->side * model->side;
  const gsize n = 3 * (gsize) n_pixels, row = model->from->is_last ? 3 : model->side;
  g_autofree float *turned = g_new (float, n);

  for (guint i = 0; i < n_pixels; i++)
    for (guint c = 0; c < 3; c++)
      turned[model->from->is_last ? 3 * i + c : c * n_pixels + i] = pixels[3 * i + c];
  hashed_golden_check_numbers ("picture", turned, n / row, row, golden, BOUND, 1);
}

static guint32 *
read_codes (const Model *model, JsonObject *golden)
{
  JsonArray *array = json_object_get_array_member (golden, "codes");
  guint32 *codes = g_new (guint32, model->n);

  g_assert_cmpuint (json_array_get_length (array), ==, model->n);
  for (guint i = 0; i < model->n; i++)
    codes[i] = (guint32) json_array_get_int_element (array, i) - model->from->first_code;
  return codes;
}

static void
check_decoding (Model *model, JsonObject *golden)
{
  Pass pass;
  g_autofree guint32 *codes = read_codes (model, golden);
  g_autofree float *pixels = NULL;

  write_pass (&pass, model, model->params, TRUE);
  pixels = run (model, &pass, &pass.codes, (gconstpointer[]){ codes }, 1);
  check_picture (model, pixels, json_object_get_object_member (golden, "decoded"));
  monocle_graph_free (pass.graph);
}

static void
check_encoding (Model *model, JsonObject *golden)
{
  const guint n_numbers = 3 * model->side * model->side;
  g_autofree char *name = g_strconcat (model->from->scope, ".", model->config.codes, NULL);
  Pass pass;
  g_autofree guint32 *wanted = read_codes (model, golden);
  g_autofree guint32 *zeros = g_new0 (guint32, 2 * model->n);
  g_autofree float *pixels = g_new (float, n_numbers);
  g_autofree float *sizes = g_new (float, model->config.n_codes);
  g_autofree guint32 *found = NULL;

  /* The picture has channels last everywhere. */
  for (guint i = 0; i < n_numbers; i++)
    pixels[i] = (float) hashed_ofa_number ("target.image", i);
  monocle_vqgan_measure (&model->config, monocle_checkpoint_find (model->checkpoint, name), sizes);
  write_pass (&pass, model, model->params, FALSE);
  found = run (model, &pass, (MonocleValue[]){ pass.pixels, pass.sizes, pass.zeros },
               (gconstpointer[]){ pixels, sizes, zeros }, 3);
  for (guint i = 0; i < model->n; i++)
    g_assert_cmpuint (found[2 * i], ==, wanted[i]);
  monocle_graph_free (pass.graph);
}

static void
check_case (const Case *from, MonocleVqganNames names)
{
  g_autofree char *folder = test_fixture (from->fixture);
  g_autoptr (JsonObject) golden = test_read_json (folder, "hashed.json");
  Model model = { .from = from, .config = from->config, .n = from->grid * from->grid };

  model.config.names = names;
  model.side = from->grid * monocle_vqgan_get_patch (&model.config);
  model_load (&model);
  check_decoding (&model, golden);
  check_encoding (&model, golden);
  model_clear (&model);
}

static void
test_joined (void)
{
  check_case (&unifiedio2, MONOCLE_VQGAN_NAMES_JOINED);
}

static void
test_dotted (void)
{
  check_case (&unifiedio2, MONOCLE_VQGAN_NAMES_DOTTED);
}

/* As flax stores it, and as large as published pictures. */
static void
test_flax (void)
{
  check_case (&unifiedio, MONOCLE_VQGAN_NAMES_JOINED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vqgan/joined", test_joined);
  g_test_add_func ("/vqgan/dotted", test_dotted);
  g_test_add_func ("/vqgan/flax", test_flax);
  return test_end (g_test_run ());
}
