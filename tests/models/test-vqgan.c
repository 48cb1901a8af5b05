/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures as codes and back, with weights that a formula makes, against numbers of a reference
 * that were computed elsewhere in double precision: tests/fixtures/vqgan/hashed.json.
 */
#include "config.h"

#include <math.h>

#include "engine/models/parts/vqgan.h"
#include "engine/nn/plan.h"
#include "engine/vk/staging.h"
#include "golden.h"
#include "hashed-ofa.h"

#define SCOPE  "target_embedders.image.vqgan"
#define CODES  "quantize.embedding.weight"
#define SIDE   32
#define GRID   4
#define N      (GRID * GRID)
#define BOUND  1e-4
#define LEVELS 4

static const MonocleVqganConfig config = {
  .names = MONOCLE_VQGAN_NAMES_JOINED,
  .codes = CODES,
  .channels = 32,
  .multiples = { 1, 1, 2, 2 },
  .attends = { FALSE, FALSE, FALSE, TRUE },
  .n_levels = LEVELS,
  .n_blocks = 1,
  .z_channels = 4,
  .n_codes = 64,
  .code_width = 4,
};

typedef struct
{
  MonocleVqganNames names;
  MonocleCheckpoint *checkpoint;
  MonocleVkGpu *gpu;
  MonocleParams *params;
} Model;

/* --- weights ------------------------------------------------------------------------------ */

static void
add (GPtrArray *shapes, const char *name, guint n_dims, const guint *dims)
{
  g_autofree char *full = g_strconcat (SCOPE ".", name, NULL);

  tensor_shapes_add (shapes, full, n_dims, dims);
}

static void
add_convolution (GPtrArray *shapes, const char *name, guint n, guint channels, guint kernel)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  add (shapes, weight, 4, (guint[]){ n, channels, kernel, kernel });
  add (shapes, bias, 1, &n);
}

static void
add_norm (GPtrArray *shapes, const char *name, guint n)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  add (shapes, weight, 1, &n);
  add (shapes, bias, 1, &n);
}

static void
add_block (GPtrArray *shapes, const char *name, guint n, guint channels)
{
  g_autofree char *norm1 = g_strconcat (name, ".norm1", NULL);
  g_autofree char *conv1 = g_strconcat (name, ".conv1", NULL);
  g_autofree char *norm2 = g_strconcat (name, ".norm2", NULL);
  g_autofree char *conv2 = g_strconcat (name, ".conv2", NULL);
  g_autofree char *shortcut = g_strconcat (name, ".nin_shortcut", NULL);

  add_norm (shapes, norm1, channels);
  add_convolution (shapes, conv1, n, channels, 3);
  add_norm (shapes, norm2, n);
  add_convolution (shapes, conv2, n, n, 3);
  if (n != channels)
    add_convolution (shapes, shortcut, n, channels, 1);
}

static void
add_attention (GPtrArray *shapes, const char *name, guint n)
{
  static const char *const parts[] = { ".q", ".k", ".v", ".proj_out" };
  g_autofree char *norm = g_strconcat (name, ".norm", NULL);

  add_norm (shapes, norm, n);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *part = g_strconcat (name, parts[i], NULL);

      add_convolution (shapes, part, n, n, 1);
    }
}

/* The layers of one way, from @first to @last level: "encoder.down", "decoder.up". */
static void
add_way (GPtrArray *shapes, const char *network, gboolean is_back)
{
  const guint n_blocks = config.n_blocks + (is_back ? 1 : 0);
  guint channels = config.channels * (is_back ? config.multiples[LEVELS - 1] : 1);

  for (guint i = 0; i < LEVELS; i++)
    {
      const guint level = is_back ? LEVELS - 1 - i : i,
                  n = config.channels * config.multiples[level];
      const char *way = is_back ? "up" : "down", *step = is_back ? "upsample" : "downsample";
      g_autofree char *change = g_strdup_printf ("%s.%s_%u_%s.conv", network, way, i, step);

      for (guint k = 0; k < n_blocks; k++, channels = n)
        {
          g_autofree char *block = g_strdup_printf ("%s.%s_%u_block_%u", network, way, i, k);
          g_autofree char *attention = g_strdup_printf ("%s.%s_%u_attn_%u", network, way, i, k);

          add_block (shapes, block, n, channels);
          if (config.attends[level])
            add_attention (shapes, attention, n);
        }
      if (i + 1 < LEVELS)
        add_convolution (shapes, change, n, n, 3);
    }
}

static void
add_network (GPtrArray *shapes, const char *network, gboolean is_back)
{
  const guint widest = config.channels * config.multiples[LEVELS - 1];
  const guint last = is_back ? config.channels * config.multiples[0] : widest;
  g_autofree char *in = g_strconcat (network, ".conv_in", NULL);
  g_autofree char *first = g_strconcat (network, ".mid_block_1", NULL);
  g_autofree char *attention = g_strconcat (network, ".mid_attn_1", NULL);
  g_autofree char *second = g_strconcat (network, ".mid_block_2", NULL);
  g_autofree char *norm = g_strconcat (network, ".norm_out", NULL);
  g_autofree char *out = g_strconcat (network, ".conv_out", NULL);

  add_convolution (shapes, in, is_back ? widest : config.channels, is_back ? config.z_channels : 3,
                   3);
  add_way (shapes, network, is_back);
  add_block (shapes, first, widest, widest);
  add_attention (shapes, attention, widest);
  add_block (shapes, second, widest, widest);
  add_norm (shapes, norm, last);
  add_convolution (shapes, out, is_back ? 3 : config.z_channels, last, 3);
}

static GPtrArray *
list_tensors (void)
{
  GPtrArray *shapes = tensor_shapes_new ();

  add_network (shapes, "encoder", FALSE);
  add_network (shapes, "decoder", TRUE);
  add_convolution (shapes, "quant_conv", config.code_width, config.z_channels, 1);
  add_convolution (shapes, "post_quant_conv", config.z_channels, config.code_width, 1);
  add (shapes, CODES, 2, (guint[]){ config.n_codes, config.code_width });
  return shapes;
}

/* "down_0_block_1" as "down.0.block.1"; what is written for the coarsest level first is counted
 * from the finest. */
static char *
turn_name (const char *name)
{
  g_autoptr (GRegex) middle = g_regex_new ("mid_(block|attn)", 0, 0, NULL);
  g_autoptr (GRegex) way = g_regex_new ("(down|up)_(\\d)_(block|attn)_(\\d)", 0, 0, NULL);
  g_autoptr (GRegex) step = g_regex_new ("(down|up)_(\\d)_(down|up)sample", 0, 0, NULL);
  g_autofree char *first = g_regex_replace (middle, name, -1, 0, "mid.\\1", 0, NULL);
  g_autofree char *second = g_regex_replace (way, first, -1, 0, "\\1.\\2.\\3.\\4", 0, NULL);
  char *turned = g_regex_replace (step, second, -1, 0, "\\1.\\2.\\3sample", 0, NULL);
  char *up = strstr (turned, ".up.");

  if (up)
    up[4] = (char) ('0' + LEVELS - 1 - (up[4] - '0'));
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
write_weights (const char *folder, MonocleVqganNames names)
{
  g_autoptr (GPtrArray) shapes = list_tensors ();
  g_autoptr (GHashTable) originals = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < shapes->len; i++)
    {
      TensorShape *shape = shapes->pdata[i];
      char *name = shape->name;

      shape->name = names == MONOCLE_VQGAN_NAMES_DOTTED ? turn_name (name) : g_strdup (name);
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
write_pass (Pass *pass, const MonocleVqganConfig *used, MonocleParams *params, gboolean is_back)
{
  MonocleGraph *g = pass->graph = monocle_graph_new ("vqgan", MONOCLE_FORMAT_F32);
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, SCOPE);

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  if (is_back)
    {
      pass->codes = monocle_input (g, "codes", MONOCLE_FORMAT_U32, MONOCLE_DIMS (N));
      pass->result = monocle_vqgan_decode (g, scope, used, pass->codes, GRID, GRID);
    }
  else
    {
      pass->pixels = monocle_input (g, "pixels", MONOCLE_FORMAT_F32, MONOCLE_DIMS (SIDE, SIDE, 3));
      pass->sizes = monocle_input (g, "sizes", MONOCLE_FORMAT_F32, MONOCLE_DIMS (used->n_codes));
      pass->zeros = monocle_input (g, "zeros", MONOCLE_FORMAT_U32, MONOCLE_DIMS (N, 2));
      pass->result = monocle_vqgan_encode (g, scope, used, pass->pixels, pass->sizes, pass->zeros);
    }
  monocle_keep (g, pass->result);
}

static void
model_load (Model *model, const MonocleVqganConfig *used)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MonocleWeights) weights = NULL;
  g_autoptr (GArray) infos = NULL;
  g_autoptr (GError) error = NULL;

  write_weights (folder, used->names);
  model->checkpoint = monocle_checkpoint_open (folder, &error);
  g_assert_no_error (error);
  infos = monocle_vk_gpu_list (&error);
  g_assert_no_error (error);
  model->gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, 0), &error);
  g_assert_no_error (error);
  weights = monocle_weights_new (model->checkpoint, model->gpu, FALSE, NULL);
  for (guint i = 0; i < 2; i++)
    {
      Pass pass;

      write_pass (&pass, used, monocle_weights_get_params (weights), i == 1);
      monocle_graph_check (pass.graph, &error);
      g_assert_no_error (error);
      monocle_graph_free (pass.graph);
    }
  monocle_weights_check (weights, &error);
  g_assert_no_error (error);
  monocle_weights_note_unused (weights, notes);
  g_assert_cmpuint (notes->len, ==, 0);
  model->params = monocle_weights_upload (weights, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
model_clear (Model *model)
{
  monocle_checkpoint_free (model->checkpoint);
  monocle_params_free (model->params);
  monocle_vk_gpu_close (model->gpu);
}

static void
put (const MonocleTensor *tensor, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  monocle_vk_upload (tensor->buffer, tensor->offset, data, monocle_tensor_get_size_bytes (tensor),
                     &error);
  g_assert_no_error (error);
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
  buffer = monocle_vk_buffer_new (model->gpu, monocle_plan_get_bytes (plan), MONOCLE_VK_USE_DEVICE,
                                  "test", &error);
  g_assert_no_error (error);
  monocle_plan_place (plan, buffer);
  monocle_plan_record (plan, commands);
  for (guint i = 0; i < n_inputs; i++)
    {
      const MonocleTensor input = monocle_plan_get_tensor (plan, inputs[i]);

      put (&input, data[i]);
    }
  monocle_commands_submit (commands, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  result = monocle_plan_get_tensor (plan, pass->result);
  bytes = g_malloc (monocle_tensor_get_size_bytes (&result));
  monocle_vk_download (result.buffer, result.offset, bytes, monocle_tensor_get_size_bytes (&result),
                       &error);
  g_assert_no_error (error);
  return bytes;
}

/* --- against the reference ---------------------------------------------------------------- */

static void
check_part (const float *found, JsonArray *wanted, double bound)
{
  for (guint i = 0; i < json_array_get_length (wanted); i++)
    g_assert_cmpfloat_with_epsilon (found[i], json_array_get_double_element (wanted, i), bound);
}

/* The reference has channels first; it looks at rows of a side. */
static void
check_picture (const float *pixels, JsonObject *golden)
{
  const gsize n = 3 * SIDE * SIDE;
  JsonArray *last = json_object_get_array_member (golden, "last");
  const double abs_sum = json_object_get_double_member (golden, "abs_sum");
  const double bound = BOUND * abs_sum / (double) n;
  g_autofree float *planes = g_new (float, n);
  double sum = 0, size = 0;

  for (guint i = 0; i < SIDE * SIDE; i++)
    for (guint c = 0; c < 3; c++)
      planes[c * SIDE * SIDE + i] = pixels[3 * i + c];
  for (gsize i = 0; i < n; i++)
    {
      sum += (double) planes[i];
      size += fabs ((double) planes[i]);
    }
  g_test_message ("sum off by %.1e, sum of sizes by %.1e",
                  fabs (sum - json_object_get_double_member (golden, "sum")) / abs_sum,
                  fabs (size - abs_sum) / abs_sum);
  g_assert_cmpfloat_with_epsilon (sum, json_object_get_double_member (golden, "sum"),
                                  BOUND * abs_sum);
  g_assert_cmpfloat_with_epsilon (size, abs_sum, BOUND * abs_sum);
  check_part (planes, json_object_get_array_member (golden, "first"), bound);
  check_part (planes + n / SIDE / 2 * SIDE, json_object_get_array_member (golden, "middle"), bound);
  check_part (planes + n - json_array_get_length (last), last, bound);
}

static guint32 *
read_codes (JsonObject *golden)
{
  JsonArray *array = json_object_get_array_member (golden, "codes");
  guint32 *codes = g_new (guint32, N);

  g_assert_cmpuint (json_array_get_length (array), ==, N);
  for (guint i = 0; i < N; i++)
    codes[i] = (guint32) json_array_get_int_element (array, i);
  return codes;
}

static void
check_decoding (Model *model, const MonocleVqganConfig *used, JsonObject *golden)
{
  Pass pass;
  g_autofree guint32 *codes = read_codes (golden);
  g_autofree float *pixels = NULL;

  write_pass (&pass, used, model->params, TRUE);
  pixels = run (model, &pass, &pass.codes, (gconstpointer[]){ codes }, 1);
  check_picture (pixels, json_object_get_object_member (golden, "decoded"));
  monocle_graph_free (pass.graph);
}

static void
check_encoding (Model *model, const MonocleVqganConfig *used, JsonObject *golden)
{
  const guint32 zeros[2 * N] = { 0 };
  const MonocleCheckpointTensor *table
      = monocle_checkpoint_find (model->checkpoint, SCOPE "." CODES);
  Pass pass;
  g_autofree guint32 *wanted = read_codes (golden);
  g_autofree float *pixels = g_new (float, 3 * SIDE * SIDE);
  g_autofree float *sizes = g_new (float, used->n_codes);
  g_autofree guint32 *found = NULL;

  for (guint i = 0; i < SIDE * SIDE; i++)
    for (guint c = 0; c < 3; c++)
      pixels[3 * i + c] = (float) hashed_ofa_number ("target.image", 3 * i + c);
  monocle_vqgan_measure (used, table, sizes);
  write_pass (&pass, used, model->params, FALSE);
  found = run (model, &pass, (MonocleValue[]){ pass.pixels, pass.sizes, pass.zeros },
               (gconstpointer[]){ pixels, sizes, zeros }, 3);
  for (guint i = 0; i < N; i++)
    g_assert_cmpuint (found[2 * i], ==, wanted[i]);
  monocle_graph_free (pass.graph);
}

static void
check_names (MonocleVqganNames names)
{
  g_autofree char *folder = test_fixture ("vqgan");
  g_autoptr (JsonObject) golden = test_read_json (folder, "hashed.json");
  MonocleVqganConfig used = config;
  Model model = { .names = names };

  used.names = names;
  g_assert_cmpuint (monocle_vqgan_get_patch (&used), ==, SIDE / GRID);
  model_load (&model, &used);
  check_decoding (&model, &used, golden);
  check_encoding (&model, &used, golden);
  model_clear (&model);
}

static void
test_joined (void)
{
  check_names (MONOCLE_VQGAN_NAMES_JOINED);
}

static void
test_dotted (void)
{
  check_names (MONOCLE_VQGAN_NAMES_DOTTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vqgan/joined", test_joined);
  g_test_add_func ("/vqgan/dotted", test_dotted);
  return test_end (g_test_run ());
}
