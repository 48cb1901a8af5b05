/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every broken, lying or hostile file of tests/fixtures/bad, given to the real program: one error
 * line that names the file or its model, exit status 1, nothing on standard output, no crash.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

typedef struct
{
  const char *kind;
  /* A good model, and which of its files is replaced. */
  const char *model;
  const char *replaces;
} Kind;

static const Kind kinds[] = {
  { "safetensors", "models/native-96", "model.safetensors" },
  { "index", "models/native-100", "model.safetensors.index.json" },
  { "torch", "models/native-72", "pytorch_model.bin" },
  { "tokenizer", "models/native-96", "tokenizer.json" },
  { "merges", "models/original-64", "merges.txt" },
  { "config", "models/native-96", "config.json" },
  { "preprocessor", "models/native-96", "preprocessor_config.json" },
  { "generation", "models/native-96", "generation_config.json" },
};

static JsonArray *cases;

/* All images in one run: the program goes on after each. What the engine refuses another library of
 * this system may read. */
static void
test_images (void)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (Outcome) outcome = NULL;
  guint n_bad = 0, n_refused = 0;

  for (const char *const *word
       = (const char *const[]){ "run", "--task", "detect", "--model", NULL };
       *word; word++)
    g_ptr_array_add (arguments, g_strdup (*word));
  g_ptr_array_add (arguments, harness_fixture ("models/native-96"));
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *bad = json_array_get_object_element (cases, i);

      if (strcmp (json_object_get_string_member (bad, "kind"), "image") == 0
          && strcmp (json_object_get_string_member (bad, "expect"), "error") == 0)
        {
          g_ptr_array_add (arguments,
                           harness_fixture (json_object_get_string_member (bad, "file")));
          n_bad++;
        }
    }
  g_ptr_array_add (arguments, NULL);
  g_assert_cmpuint (n_bad, >, 0);

  outcome = harness_run_v ((const char *const *) arguments->pdata);
  g_assert_cmpint (outcome->status, ==, 1);
  for (guint i = 0; i < n_bad; i++)
    {
      const char *file = arguments->pdata[5 + i];
      g_autofree char *start = g_strdup_printf ("monocle-cli: error: %s: ", file);
      g_autofree char *answer = g_strdup_printf ("%s: detect\n", file);

      if (n_refused < g_strv_length (outcome->errors)
          && g_str_has_prefix (outcome->errors[n_refused], start))
        n_refused++;
      else
        g_assert_nonnull (strstr (outcome->out, answer));
    }
  g_assert_cmpuint (g_strv_length (outcome->errors), ==, n_refused);
  g_assert_cmpuint (n_refused, >, n_bad / 2);
}

/* Links to the files of a good model but one. */
static void
link_model (const char *folder, const Kind *kind, const char *file)
{
  g_autofree char *good = harness_fixture (kind->model);
  g_autofree char *absolute = g_canonicalize_filename (good, NULL);
  g_autofree char *bad = harness_fixture (file);
  g_autofree char *bad_absolute = g_canonicalize_filename (bad, NULL);
  g_autofree char *replaced = g_build_filename (folder, kind->replaces, NULL);
  g_autoptr (GDir) dir = g_dir_open (absolute, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *target = g_build_filename (absolute, name, NULL);
      g_autofree char *link = g_build_filename (folder, name, NULL);

      g_assert_no_errno (symlink (target, link));
    }
  g_remove (replaced);
  g_assert_no_errno (symlink (bad_absolute, replaced));

  if (strcmp (kind->kind, "merges") == 0)
    {
      g_autofree char *vocabulary = g_build_filename (folder, "vocab.json", NULL);
      g_autofree char *folder_of_bad = g_path_get_dirname (bad_absolute);
      g_autofree char *target = g_build_filename (folder_of_bad, "vocab.json", NULL);

      g_remove (vocabulary);
      g_assert_no_errno (symlink (target, vocabulary));
    }
}

/* One error line that names the model or a file in it, and nothing else. */
static gboolean
is_refused (const Outcome *outcome, const char *folder)
{
  return outcome->status == 1 && g_strv_length (outcome->errors) == 1
         && strstr (outcome->errors[0], folder) && *outcome->out == '\0';
}

static void
test_model_files (gconstpointer data)
{
  const Kind *kind = data;
  g_autofree char *image = harness_fixture ("images/a.png");
  guint n_cases = 0, n_wrong = 0;

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *bad = json_array_get_object_element (cases, i);
      const char *file = json_object_get_string_member (bad, "file");
      const char *expect = json_object_get_string_member (bad, "expect");
      g_autoptr (TemporaryFolder) folder = NULL;
      g_autoptr (Outcome) outcome = NULL;

      if (strcmp (json_object_get_string_member (bad, "kind"), kind->kind) != 0)
        continue;
      g_test_message ("%s: %s", file, json_object_get_string_member (bad, "why"));
      folder = harness_make_folder ();
      link_model (folder, kind, file);
      outcome = harness_run ("run", "--model", folder, "--task", "detect", "--max-tokens", "4",
                             image, NULL);
      /* What a reader may accept can still be no model. */
      if ((strcmp (expect, "error") == 0 || outcome->status != 0) && !is_refused (outcome, folder))
        {
          g_test_message ("%s: not refused as it should be: status %d", file, outcome->status);
          n_wrong++;
        }
      n_cases++;
    }
  g_assert_cmpuint (n_cases, >, 0);
  g_assert_cmpuint (n_wrong, ==, 0);
}

/* Weights that are all there, and none a number. */
static void
test_no_numbers (void)
{
  static const char file[] = "models/native-96/model.safetensors";
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *image = harness_fixture ("images/a.png");
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autofree char *data = NULL;
  static const char *const tasks[] = { "detect", "caption" };
  guint64 header_bytes;
  gsize size;

  link_model (folder, &kinds[0], file);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  memcpy (&header_bytes, data, sizeof header_bytes);
  header_bytes = 8 + GUINT64_FROM_LE (header_bytes);
  g_assert_cmpuint (header_bytes, <, size);
  memset (data + header_bytes, 0xff, size - header_bytes);
  g_remove (path);
  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_autoptr (Outcome) outcome
          = harness_run ("run", "--model", folder, "--task", tasks[i], image, NULL);

      harness_assert_refused (outcome, 1, "no numbers (NaN)");
    }
}

/* What another model can: which one that is, here or in the catalogue. */
static void
test_tasks (void)
{
  g_autoptr (TemporaryFolder) home = harness_make_folder ();
  g_autofree char *model = harness_fixture ("models/native-96");
  g_autofree char *other = harness_fixture ("clipseg/clipseg-plain");
  g_autofree char *image = harness_fixture ("images/a.png");
  g_autoptr (Outcome) known = NULL, words = NULL, stored = NULL, none = NULL, imported = NULL;
  const char *script = "XDG_DATA_HOME=$FOLDER \"$@\"";

  g_setenv ("FOLDER", home, TRUE);
  known = harness_run_shell (script, "run", "--model", model, "--task", "depth", image, NULL);
  harness_assert_refused (known, 2, "models get gets one that has: unified-io");
  words
      = harness_run_shell (script, "run", "--model", model, "--task", "outline-words", image, NULL);
  harness_assert_refused (words, 2, "models get gets one that has: clipseg");
  imported = harness_run_shell (script, "models", "import", other, NULL);
  harness_assert_done (imported);
  stored
      = harness_run_shell (script, "run", "--model", model, "--task", "outline-words", image, NULL);
  harness_assert_refused (stored, 2, "--model takes one that has: clipseg-plain");
  none = harness_run_shell (script, "run", "--model", model, "--task", "dance", image, NULL);
  harness_assert_refused (none, 2, "there is no task 'dance'");
}

int
main (int argc, char **argv)
{
  g_autoptr (JsonNode) root = NULL;

  harness_init (&argc, &argv);
  root = harness_load_json ("bad.json");
  cases = json_object_get_array_member (json_node_get_object (root), "cases");
  g_test_add_func ("/cli/bad/image", test_images);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strconcat ("/cli/bad/", kinds[i].kind, NULL);

      g_test_add_data_func (path, &kinds[i], test_model_files);
    }
  g_test_add_func ("/cli/bad/no-numbers", test_no_numbers);
  g_test_add_func ("/cli/bad/tasks", test_tasks);
  return g_test_run ();
}
