/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SmolVLM as people have it in llama.cpp's programs: the fixtures, written as pairs of GGUF files,
 * answer as the reference's goldens say, token by token; and what is said of files that are none,
 * alone, or too many.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gguf-model.h"
#include "gguf-write.h"
#include "golden.h"

#define FIRST  "smolvlm/idefics3"
#define SECOND "smolvlm/smolvlm2"

/* The longest answers of the goldens. */
#define MAX_TOKENS 14

static char *
write_pair (const char *fixture, gboolean is_old)
{
  g_autofree char *source = test_fixture (fixture);
  char *folder = test_folder_new ();

  gguf_model_write (source, folder, is_old);
  return folder;
}

static void
check_answer (MonocleSession *session, JsonObject *question, const char *key, guint num_beams)
{
  GPtrArray *tasks = monocle_model_list_tasks (monocle_session_get_model (session));
  const MonocleRequest request = {
    .task = monocle_tasks_find (tasks, "prompt"),
    .text = json_object_get_string_member (question, "text"),
    .num_beams = num_beams,
    .max_tokens = MAX_TOKENS,
  };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

  golden_check_answer (run, question, key);
}

/* All questions about all pictures of a golden. */
static void
check_model (const char *path, const char *fixture)
{
  g_autofree char *source = test_fixture (fixture);
  g_autoptr (JsonObject) golden = test_read_json (source, "golden.json");
  JsonArray *pictures = json_object_get_array_member (golden, "pictures");
  g_autoptr (MonocleModel) model = test_load_or_die (path, MONOCLE_PRECISION_F32);
  g_autoptr (GError) error = NULL;

  g_assert_true (monocle_model_check (path, &error));
  g_assert_no_error (error);
  g_assert_null (*monocle_model_get_notes (model));
  for (guint i = 0; i < json_array_get_length (pictures); i++)
    {
      JsonObject *picture = json_array_get_object_element (pictures, i);
      JsonArray *questions = json_object_get_array_member (picture, "questions");
      g_autoptr (MonocleSession) session
          = test_open_fixture (model, json_object_get_string_member (picture, "image"));

      for (guint k = 0; k < json_array_get_length (questions); k++)
        {
          check_answer (session, json_array_get_object_element (questions, k), "greedy", 0);
          check_answer (session, json_array_get_object_element (questions, k), "beams", 3);
        }
    }
}

static void
test_folder (gconstpointer fixture)
{
  g_autoptr (TestFolder) folder = write_pair (fixture, FALSE);

  check_model (folder, fixture);
}

/* Named by its file, with the names of older converters, and another model's eyes beside it. */
static void
test_file (void)
{
  g_autoptr (TestFolder) folder = write_pair (FIRST, TRUE);
  g_autoptr (TestFolder) other = write_pair (SECOND, FALSE);
  g_autofree char *path = g_build_filename (folder, GGUF_MODEL_TEXT, NULL);
  g_autofree char *from = g_build_filename (other, GGUF_MODEL_VISION, NULL);
  g_autofree char *to = g_build_filename (folder, "mmproj-tiny-F32-more.gguf", NULL);

  g_assert_cmpint (g_rename (from, to), ==, 0);
  /* 4 views of 32 pixels a side are more than the golden's 3, so answers differ; it loads. */
  g_assert_true (monocle_model_check (path, NULL));
  {
    g_autoptr (MonocleModel) model = test_load_or_die (path, MONOCLE_PRECISION_F32);

    g_assert_null (*monocle_model_get_notes (model));
    g_assert_cmpstr (monocle_model_get_name (model), ==, GGUF_MODEL_TEXT);
  }
}

static void
test_missing (void)
{
  g_autoptr (TestFolder) folder = write_pair (FIRST, FALSE);
  g_autoptr (TestFolder) other = write_pair (SECOND, FALSE);
  g_autofree char *text = g_build_filename (folder, GGUF_MODEL_TEXT, NULL);
  g_autofree char *vision = g_build_filename (folder, GGUF_MODEL_VISION, NULL);
  g_autofree char *wrong = g_build_filename (other, GGUF_MODEL_VISION, NULL);
  g_autofree char *second = g_build_filename (folder, "tiny-Q8_0.gguf", NULL);
  g_autofree char *contents = NULL;
  gsize size;

  gguf_check_refused (vision, "name that one");
  g_assert_true (g_file_get_contents (text, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (second, contents, (gssize) size, NULL));
  gguf_check_refused (folder, "name one of them");
  g_assert_true (monocle_model_check (second, NULL));
  g_remove (second);

  /* Another model's eyes are none. */
  g_assert_cmpint (g_rename (wrong, vision), ==, 0);
  gguf_check_refused (text, "mmproj-");
  g_remove (vision);
  gguf_check_refused (text, "mmproj-");
  gguf_check_refused (folder, "mmproj-");

  g_assert_true (g_file_set_contents (vision, contents, (gssize) size / 2, NULL));
  gguf_check_refused (text, "is the download complete?");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/smolvlm-gguf/idefics3", FIRST, test_folder);
  g_test_add_data_func ("/smolvlm-gguf/smolvlm2", SECOND, test_folder);
  g_test_add_func ("/smolvlm-gguf/file", test_file);
  g_test_add_func ("/smolvlm-gguf/missing", test_missing);
  return test_end (g_test_run ());
}
