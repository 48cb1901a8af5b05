/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Qwen3-VL and Qwen2.5-VL as people have them in llama.cpp's programs: written as pairs of GGUF
 * files a model comes to the numbers that it comes to in its own files, bit for bit where these are
 * the same, and nearly where they are rounded; and what is said of files that do not go together.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/gguf-pair.h"

#include "gguf-qwen.h"
#include "gguf-write.h"
#include "golden.h"
#include "hashed-ofa.h"
#include "hashed-qwen25vl.h"
#include "tests/unit/gguf-file.h"

#define MODEL "qwen3vl"
#define PHOTO "pictures/photo-131x97.png"
#define WIDE  "clip/wide-41x9.png"

/* Of a model whose rows are whole groups: its tokens, its perceptrons, and what those of the
 * fixture have instead. */
#define WIDTH       32
#define HIDDEN      64
#define TINY_WIDTH  12
#define TINY_HIDDEN 16

/* --- models ------------------------------------------------------------------------------- */

static guint
widen (const char *name, guint dim)
{
  const gboolean is_text = strstr (name, "language_model") != NULL;
  const gboolean is_end = strstr (name, "merger") && strstr (name, "linear_fc2");

  if (dim == TINY_WIDTH && (is_text || is_end))
    return WIDTH;
  return dim == TINY_HIDDEN && is_text && strstr (name, ".mlp.") ? HIDDEN : dim;
}

static void
set_wide (JsonObject *config)
{
  JsonObject *text = json_object_get_object_member (config, "text_config");

  json_object_set_int_member (text, "hidden_size", WIDTH);
  json_object_set_int_member (text, "intermediate_size", HIDDEN);
}

/* (transfer full): the fixture with a wider language model */
static char *
make_wide (void)
{
  g_autofree char *source = test_fixture (MODEL);
  char *folder = test_folder_new ();
  g_autofree char *weights = g_build_filename (folder, "model.safetensors", NULL);
  g_autoptr (MonocleCheckpoint) fixture = monocle_checkpoint_open (source, NULL);
  g_autoptr (JsonObject) config = test_read_json (source, "config.json");
  g_autoptr (GPtrArray) shapes = tensor_shapes_new ();

  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (fixture); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (fixture, i);
      guint dims[CHECKPOINT_MAX_DIMS] = { 0 };

      for (guint k = 0; k < tensor->n_dims; k++)
        dims[k] = widen (tensor->name, (guint) tensor->dims[k]);
      tensor_shapes_add (shapes, tensor->name, tensor->n_dims, dims);
    }
  test_link_model (source, folder);
  set_wide (config);
  test_write_json (folder, "config.json", config);
  g_remove (weights);
  checkpoint_file_write (folder, shapes, hashed_qwen25vl_fill, NULL);
  return folder;
}

static char *
write_pair (const char *source, const GgufQwenHow *how)
{
  char *folder = test_folder_new ();

  gguf_qwen_write (source, folder, how);
  return folder;
}

/* --- numbers ------------------------------------------------------------------------------ */

static void
check_stages (MonocleSession *found, MonocleSession *wanted, double least, double most)
{
  static const char *const names[] = { "pixel_values", "image_embeds", "logits" };
  g_autoptr (TestFolder) ours = golden_inspect (found, "Where are the dogs, and what's that?\n");
  g_autoptr (TestFolder) theirs = golden_inspect (wanted, "Where are the dogs, and what's that?\n");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (MonocleNpy) a = golden_read_stage (ours, names[i]);
      g_autoptr (MonocleNpy) b = golden_read_stage (theirs, names[i]);
      double error;

      g_assert_cmpuint (a->n_elements, ==, b->n_elements);
      error = test_relative_error (a->f32, b->f32, a->n_elements);
      g_test_message ("%s off by %g", names[i], error);
      g_assert_cmpfloat (error, <=, i > 0 ? most : 0);
      if (i == 2)
        g_assert_cmpfloat (error, >=, least);
    }
}

static MonocleRun *
ask (MonocleSession *session, guint num_beams)
{
  const MonocleRequest request = {
    .task
    = monocle_tasks_find (monocle_model_list_tasks (monocle_session_get_model (session)), "prompt"),
    .text = "Where are the dogs?",
    .num_beams = num_beams,
    .max_tokens = 12,
  };

  return test_run_or_die (session, &request);
}

static void
check_answers (MonocleSession *found, MonocleSession *wanted)
{
  for (guint num_beams = 0; num_beams <= 3; num_beams += 3)
    {
      g_autoptr (MonocleRun) a = ask (found, num_beams), b = ask (wanted, num_beams);
      guint n_ours, n_theirs;
      const guint32 *ours = monocle_result_get_token_ids (a->results->pdata[0], &n_ours);
      const guint32 *theirs = monocle_result_get_token_ids (b->results->pdata[0], &n_theirs);

      g_assert_cmpmem (ours, n_ours * sizeof *ours, theirs, n_theirs * sizeof *theirs);
    }
}

/* The pair of @how is no further off than @most, and no less than @least. */
static void
check_pair (const char *source, const GgufQwenHow *how, double least, double most)
{
  static const char *const pictures[] = { PHOTO, WIDE };
  g_autoptr (TestFolder) folder = write_pair (source, how);
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleModel) usual = test_load_or_die (source, MONOCLE_PRECISION_F32);
  g_autoptr (GError) error = NULL;

  g_assert_true (monocle_model_check (folder, &error));
  g_assert_no_error (error);
  g_assert_null (*monocle_model_get_notes (model));
  g_assert_cmpuint (monocle_model_get_n_parameters (model), ==,
                    monocle_model_get_n_parameters (usual));
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    {
      g_autoptr (MonocleSession) found = test_open_fixture (model, pictures[i]);
      g_autoptr (MonocleSession) wanted = test_open_fixture (usual, pictures[i]);

      check_stages (found, wanted, least, most);
      if (most == 0)
        check_answers (found, wanted);
    }
}

static void
test_newer (void)
{
  static const GgufQwenHow splits = { .splits = TRUE };
  g_autofree char *source = test_fixture (MODEL);

  check_pair (source, NULL, 0, 0);
  check_pair (source, &splits, 0, 0);
}

static void
test_older (void)
{
  g_autoptr (TestFolder) source = hashed_qwen25vl_make (FALSE, FALSE);

  check_pair (source, NULL, 0, 0);
}

/* Rounded numbers of the language model, and in 16 bits of the tower. */
static void
test_rounded (void)
{
  static const GgufQwenHow f16 = { .type = GGUF_TENSOR_F16 }, q8 = { .type = GGUF_TENSOR_Q8_0 };
  g_autoptr (TestFolder) source = make_wide ();

  check_pair (source, NULL, 0, 0);
  check_pair (source, &f16, 1e-6, 2e-3);
  check_pair (source, &q8, 1e-3, 4e-2);
}

/* --- what does not go together --------------------------------------------------------------- */

static void
test_refused (void)
{
  static const struct
  {
    GgufQwenHow how;
    const char *words;
  } cases[] = {
    { { .n_more_deep = 1 }, "is_deepstack_layers" },
    { { .has_one_frame = TRUE }, "v.patch_embd.weight.1" },
    { { .projector = "qwen9vl_merger" }, "qwen9vl_merger" },
    /* Those of another kind do not see for it, though rows are as wide; so there is none. */
    { { .architecture = "qwen2vl" }, "mmproj-" },
    { { .projector = "qwen2.5vl_merger" }, "mmproj-" },
  };
  g_autofree char *source = test_fixture (MODEL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestFolder) folder = write_pair (source, &cases[i].how);

      gguf_check_refused (folder, cases[i].words);
    }
}

/* Two files by name, wherever they lie. */
static void
check_files_say (const char *text, const char *vision, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleGgufPair) pair = monocle_gguf_pair_open_files (text, vision, &error);

  g_assert_null (pair);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  if (!strstr (error->message, words))
    g_error ("expected “%s” in “%s”", words, error->message);
}

static void
test_files (void)
{
  static const GgufQwenHow other = { .architecture = "qwen2vl" };
  g_autofree char *source = test_fixture (MODEL);
  g_autoptr (TestFolder) folder = write_pair (source, NULL);
  g_autoptr (TestFolder) wide = make_wide ();
  g_autoptr (TestFolder) away = write_pair (wide, &other);
  g_autofree char *text = g_build_filename (folder, GGUF_QWEN_TEXT, NULL);
  g_autofree char *vision = g_build_filename (folder, GGUF_QWEN_VISION, NULL);
  g_autofree char *wrong = g_build_filename (away, GGUF_QWEN_TEXT, NULL);
  g_autofree char *wrong_vision = g_build_filename (away, GGUF_QWEN_VISION, NULL);
  g_autofree char *cut = g_build_filename (away, "cut.gguf", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (MonocleGgufPair) pair = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  pair = monocle_gguf_pair_open_files (text, vision, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (monocle_gguf_pair_get_projector (pair), ==, "qwen3vl_merger");
  check_files_say (vision, text, "name that one");
  check_files_say (text, wrong, "is no file that sees");
  check_files_say (text, wrong_vision, "rows of 32 numbers");
  check_files_say (wrong, wrong_vision, "of the kind “qwen2vl”");
  check_files_say (text, folder, folder);
  g_assert_true (g_file_get_contents (vision, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (cut, contents, (gssize) size / 2, NULL));
  check_files_say (text, cut, "is the download complete?");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qwen-gguf/newer", test_newer);
  g_test_add_func ("/qwen-gguf/older", test_older);
  g_test_add_func ("/qwen-gguf/rounded", test_rounded);
  g_test_add_func ("/qwen-gguf/refused", test_refused);
  g_test_add_func ("/qwen-gguf/files", test_files);
  return test_end (g_test_run ());
}
