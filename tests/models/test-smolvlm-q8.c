/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weights of a language model in 8 and 4 bits: a model of random weights whose rows are whole
 * groups gives nearly the logits that it gives in 32 bits, and those of its own rounded weights
 * exactly, which a GGUF file has.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/checkpoint/checkpoint.h"
#include "engine/run/memory-plan.h"

#include "checkpoint-file.h"
#include "gguf-model.h"
#include "golden.h"

#define SOURCE "smolvlm/idefics3"
#define PHOTO  "pictures/photo-131x97.png"

enum
{
  N_LAYERS = 3,
  WIDTH = 64,
  HIDDEN = 160,
  N_HEADS = 4,
  N_KV_HEADS = 2,
  HEAD = 16,
};

static void
add (GPtrArray *shapes, guint layer, const char *part, guint rows, guint columns)
{
  g_autofree char *name = g_strdup_printf ("model.text_model.layers.%u.%s.weight", layer, part);

  tensor_shapes_add (shapes, name, columns ? 2 : 1, (guint[]){ rows, columns });
}

/* The fixture's tower, a projection as wide as tokens are here, and a wider language model. */
static GPtrArray *
list_shapes (const MonocleCheckpoint *fixture)
{
  GPtrArray *shapes = tensor_shapes_new ();

  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (fixture); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (fixture, i);
      guint dims[CHECKPOINT_MAX_DIMS] = { 0 };

      if (strstr (tensor->name, "text_model.layers."))
        continue;
      for (guint k = 0; k < tensor->n_dims; k++)
        dims[k] = (guint) tensor->dims[k];
      if (strstr (tensor->name, "embed_tokens") || strstr (tensor->name, "lm_head"))
        dims[1] = WIDTH;
      else if (!strstr (tensor->name, "vision_model"))
        dims[0] = WIDTH;
      tensor_shapes_add (shapes, tensor->name, tensor->n_dims, dims);
    }
  for (guint i = 0; i < N_LAYERS; i++)
    {
      add (shapes, i, "input_layernorm", WIDTH, 0);
      add (shapes, i, "post_attention_layernorm", WIDTH, 0);
      add (shapes, i, "self_attn.q_proj", N_HEADS * HEAD, WIDTH);
      add (shapes, i, "self_attn.k_proj", N_KV_HEADS * HEAD, WIDTH);
      add (shapes, i, "self_attn.v_proj", N_KV_HEADS * HEAD, WIDTH);
      add (shapes, i, "self_attn.o_proj", WIDTH, N_HEADS * HEAD);
      add (shapes, i, "mlp.gate_proj", HIDDEN, WIDTH);
      add (shapes, i, "mlp.up_proj", HIDDEN, WIDTH);
      add (shapes, i, "mlp.down_proj", WIDTH, HIDDEN);
    }
  return shapes;
}

static void
fill (const TensorShape *shape, float *values, gpointer user_data)
{
  GRand *random = user_data;
  const gboolean is_norm = strstr (shape->name, "norm") && g_str_has_suffix (shape->name, "weight");

  for (guint64 i = 0; i < tensor_shape_get_n_elements (shape); i++)
    values[i] = (float) g_rand_double_range (random, -0.25, 0.25) + (is_norm ? 1 : 0);
}

static void
set_int (JsonObject *object, const char *member, gint64 value)
{
  json_object_set_int_member (object, member, value);
}

static char *
make_model (void)
{
  g_autofree char *source = test_fixture (SOURCE);
  char *folder = test_folder_new ();
  g_autofree char *weights = g_build_filename (folder, "model.safetensors", NULL);
  g_autoptr (JsonObject) config = test_read_json (source, "config.json");
  JsonObject *text = json_object_get_object_member (config, "text_config");
  g_autoptr (MonocleCheckpoint) fixture = monocle_checkpoint_open (source, NULL);
  g_autoptr (GPtrArray) shapes = list_shapes (fixture);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  test_link_model (source, folder);
  set_int (text, "hidden_size", WIDTH);
  set_int (text, "intermediate_size", HIDDEN);
  set_int (text, "num_attention_heads", N_HEADS);
  set_int (text, "num_key_value_heads", N_KV_HEADS);
  set_int (text, "head_dim", HEAD);
  set_int (text, "num_hidden_layers", N_LAYERS);
  test_write_json (folder, "config.json", config);
  g_remove (weights);
  checkpoint_file_write (folder, shapes, fill, random);
  return folder;
}

/* What it thinks of the next token. */
static MonocleNpy *
read_logits (const char *path, MonoclePrecision precision)
{
  g_autoptr (MonocleModel) model = test_load_or_die (path, precision);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (TestFolder) stages = golden_inspect (session, "What is this?");

  return golden_read_stage (stages, "logits");
}

static double
compare (const MonocleNpy *a, const MonocleNpy *b)
{
  g_assert_cmpuint (a->n_elements, ==, b->n_elements);
  return test_relative_error (a->f32, b->f32, a->n_elements);
}

static void
test_close (void)
{
  g_autoptr (TestFolder) folder = make_model ();
  g_autoptr (MonocleNpy) wide = read_logits (folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleNpy) narrow = read_logits (folder, MONOCLE_PRECISION_F16);
  g_autoptr (MonocleNpy) least = read_logits (folder, MONOCLE_PRECISION_Q8);
  g_autoptr (MonocleNpy) fewest = read_logits (folder, MONOCLE_PRECISION_Q4);
  double f16 = compare (narrow, wide), q8 = compare (least, wide), q4 = compare (fewest, wide);

  g_test_message ("off by %g in 16 bits, %g in 8, %g in 4", f16, q8, q4);
  g_assert_cmpfloat (f16, <, 5e-3);
  g_assert_cmpfloat (q8, <, 3e-2);
  /* It is another one. */
  g_assert_cmpfloat (q8, >, 2 * f16);
  g_assert_cmpfloat (q4, >, 2 * q8);
  g_assert_cmpfloat (q4, <, 3e-1);
}

/* In a file with weights of 8 bits they are what 32 bits calculate with, and go as they are. */
static void
test_stored (void)
{
  g_autoptr (TestFolder) folder = make_model ();
  g_autoptr (TestFolder) pair = test_folder_new ();
  g_autoptr (MonocleNpy) wide = NULL, narrow = NULL, least = NULL;
  double f16, q8;

  gguf_model_write_q8 (folder, pair);
  wide = read_logits (pair, MONOCLE_PRECISION_F32);
  narrow = read_logits (pair, MONOCLE_PRECISION_F16);
  least = read_logits (pair, MONOCLE_PRECISION_Q8);
  f16 = compare (narrow, wide);
  q8 = compare (least, wide);
  g_test_message ("off by %g in 16 bits, %g in 8", f16, q8);
  g_assert_cmpfloat (f16, <, 5e-3);
  /* The tower alone is rounded. */
  g_assert_cmpfloat (q8, <, 2e-3);
}

/* Likewise in 4, where the file says which have 8. */
static void
test_stored_in_4_bits (void)
{
  g_autoptr (TestFolder) folder = make_model ();
  g_autoptr (TestFolder) pair = test_folder_new ();
  g_autoptr (MonocleNpy) wide = NULL, least = NULL, fewest = NULL;
  double q8, q4;

  gguf_model_write_q4 (folder, pair);
  wide = read_logits (pair, MONOCLE_PRECISION_F32);
  least = read_logits (pair, MONOCLE_PRECISION_Q8);
  fewest = read_logits (pair, MONOCLE_PRECISION_Q4);
  q8 = compare (least, wide);
  q4 = compare (fewest, wide);
  g_test_message ("off by %g in 8 bits, %g in 4", q8, q4);
  /* As many as the file has are better than more, to which they are rounded. */
  g_assert_cmpfloat (q4, <, 2e-3);
  g_assert_cmpfloat (q8, >, 2 * q4);
}

static guint64
plan_weights (const char *path, MonoclePrecision precision)
{
  MonocleMemoryPlan plan;
  g_autoptr (GError) error = NULL;

  monocle_memory_plan_make (&plan, path, test_get_device (), precision, NULL, &error);
  g_assert_no_error (error);
  return plan.weights_bytes;
}

static void
test_plan (void)
{
  g_autoptr (TestFolder) folder = make_model ();
  g_autofree char *other = test_fixture ("clip/clip-gelu");
  /* The numbers of the language model's matrices. */
  const guint64 n = 2 * 353 * WIDTH
                    + N_LAYERS * WIDTH * (2 * N_HEADS * HEAD + 2 * N_KV_HEADS * HEAD + 3 * HIDDEN);
  guint64 f16 = plan_weights (folder, MONOCLE_PRECISION_F16);
  guint64 q8 = plan_weights (folder, MONOCLE_PRECISION_Q8);
  guint64 q4 = plan_weights (folder, MONOCLE_PRECISION_Q4);
  const guint64 n_matrices = n - 2 * 353 * WIDTH;
  MonocleMemoryPlan plan;
  g_autoptr (GError) error = NULL;

  /* 34 bytes instead of 64; tensors begin on multiples of 256. */
  g_assert_cmpuint (q8, <, f16);
  g_assert_cmpuint (f16 - q8, >, n * 30 / 32 - 40 * 256);
  g_assert_cmpuint (f16 - q8, <, n * 30 / 32 + 40 * 256);
  /* 20 instead of 34, of what is no table. */
  g_assert_cmpuint (q8 - q4, >, n_matrices * 14 / 32 - 40 * 256);
  g_assert_cmpuint (q8 - q4, <, n_matrices * 14 / 32 + 40 * 256);

  g_assert_true (monocle_model_peek_few_bits (folder));
  g_assert_false (monocle_model_peek_few_bits (other));
  g_assert_false (monocle_memory_plan_make (&plan, other, test_get_device (), MONOCLE_PRECISION_Q8,
                                            NULL, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!golden_has_f16 ())
    return test_end (0);
  g_test_add_func ("/smolvlm-q8/close", test_close);
  g_test_add_func ("/smolvlm-q8/stored", test_stored);
  g_test_add_func ("/smolvlm-q8/stored-in-4-bits", test_stored_in_4_bits);
  g_test_add_func ("/smolvlm-q8/plan", test_plan);
  return test_end (g_test_run ());
}
