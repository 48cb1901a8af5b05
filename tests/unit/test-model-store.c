/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models that are there, what they are called, and what they say about themselves.
 */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/models/folder.h"
#include "app/models/store.h"
#include "engine/engine.h"

static char *data_dir;

/* Every test has folders of its own. */
static void
set_up (void)
{
  g_free (data_dir);
  data_dir = g_build_filename (g_get_user_data_dir (), "ours", NULL);
  g_setenv ("MONOCLE_DATA_DIR", data_dir, TRUE);
}

static char *
write_model (const char *parent, const char *name, const char *file, const char *contents)
{
  char *directory = g_build_filename (parent, name, NULL);
  g_autofree char *path = g_build_filename (directory, file, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_file_set_contents (path, contents, -1, &error);
  g_assert_no_error (error);
  return directory;
}

static void
test_list (void)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autoptr (GPtrArray) models = NULL;
  g_autofree char *ours = NULL, *small = NULL, *large = NULL, *other = NULL, *title = NULL;
  g_autoptr (GError) error = NULL;
  MonocleStoredModel *model;

  set_up ();
  models = monocle_model_store_list ();
  g_assert_cmpuint (models->len, ==, 0);
  ours = write_model (data_dir, "model", "config.json", "{}");
  large = write_model (store, "large", "config.json", "{ }");
  small = write_model (store, "Base", "config.json", "{}");
  g_free (write_model (store, "Base", "model.safetensors", "weights"));
  other = write_model (store, "a-folder", "readme", "nothing");
  g_assert_true (monocle_model_store_is_model (small));
  g_assert_false (monocle_model_store_is_model (other));

  g_ptr_array_unref (models);
  models = monocle_model_store_list ();
  g_assert_cmpuint (models->len, ==, 3);
  model = models->pdata[0];
  g_assert_cmpstr (model->title, ==, "Default model");
  g_assert_cmpstr (model->directory, ==, ours);
  g_assert_nonnull (model->shipped);
  model = models->pdata[1];
  g_assert_cmpstr (model->title, ==, "Base");
  g_assert_cmpuint (model->size_bytes, ==, 9);
  g_assert_null (model->shipped);
  model = models->pdata[2];
  g_assert_cmpstr (model->title, ==, "large");
  g_assert_cmpstr (model->directory, ==, large);

  /* What is on its way out is nothing that there is. */
  g_free (write_model (store, ".1-00000000.gone", "config.json", "{}"));
  g_assert_null (monocle_model_store_find ("no-such", &error));
  g_assert_true (g_str_has_suffix (error->message, "there is Base, large"));

  title = monocle_model_store_dup_title ("some/where/else/");
  g_assert_cmpstr (title, ==, "else");
}

/* Those that come along have ids; what a person calls so is the person's. */
static void
test_shipped (void)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *words = NULL, *found = NULL, *own = NULL, *title = NULL;
  g_autoptr (GPtrArray) models = NULL;
  g_autoptr (GError) error = NULL;
  const MonocleStoredModel *model;

  set_up ();
  g_assert_null (monocle_model_store_find_shipped (MONOCLE_SHIPPED_WORDS, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL);
  g_clear_error (&error);
  g_free (write_model (data_dir, "model", "config.json", "{}"));
  words = write_model (data_dir, "model-words", "config.json", "{}");
  found = monocle_model_store_find (MONOCLE_SHIPPED_WORDS, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, words);
  title = monocle_model_store_dup_title (words);
  g_assert_cmpstr (title, ==, "Model for labels and search");

  models = monocle_model_store_list ();
  g_assert_cmpuint (models->len, ==, 2);
  model = models->pdata[0];
  g_assert_cmpstr (model->setting, ==, "");
  model = models->pdata[1];
  g_assert_nonnull (model->shipped);
  g_assert_cmpstr (model->id, ==, "words");
  g_assert_cmpstr (model->setting, ==, "words");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (monocle_model_store_remove (i == 0 ? "" : "words", NULL, &error));
      g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
      g_clear_error (&error);
    }

  own = write_model (store, "words", "config.json", "{}");
  g_free (found);
  found = monocle_model_store_find ("words", NULL);
  g_assert_cmpstr (found, ==, own);
  g_assert_true (monocle_model_store_remove ("words", NULL, NULL));
  g_assert_true (monocle_model_store_is_model (words));
}

static gboolean
is_there (const char *name)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *path = g_build_filename (store, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* What a program that is no more left goes, and nothing else; no system counts so many. */
static void
test_swept (void)
{
  static const char *const left = ".2000000000-0000000a.gone";
  static const char *const others[]
      = { ".2000000000-0a.gone", ".mine-0000000a.gone", ".gone", "2000000000-0000000a.gone",
          ".2000000000-0000000a.gone.not" };
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *mine = monocle_folder_make_aside (store), *path = NULL, *name = NULL;
  int lock;

  set_up ();
  path = write_model (store, left, "config.json", "{}");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_free (write_model (store, others[i], "config.json", "{}"));
  name = g_path_get_basename (mine);
  g_free (write_model (store, name, "config.json", "{}"));

  /* Somebody whom nobody sees is at it. */
  lock = monocle_folder_hold (path);
  g_assert_cmpint (lock, >=, 0);
  monocle_folder_sweep (store);
  g_assert_true (is_there (left));
  close (lock);
  monocle_folder_sweep (store);
  g_assert_false (is_there (left));
  g_assert_true (is_there (name));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_true (is_there (others[i]));
}

/* What cannot be taken away stays what it was; nobody but root can do it here. */
static void
test_read_only (void)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *model = write_model (store, "kept", "config.json", "{}");
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  g_assert_cmpint (g_chmod (model, 0500), ==, 0);
  g_assert_false (monocle_model_store_remove ("kept", NULL, &error));
  g_assert_nonnull (strstr (error->message, g_strerror (EACCES)));
  g_assert_true (monocle_model_store_is_model (model));
  g_assert_cmpint (g_chmod (model, 0700), ==, 0);
  g_assert_true (monocle_model_store_remove ("kept", NULL, NULL));
}

/* Of a model whose `model-info.json` says that. */
static guint
count_tasks (const char *contents, GError **error)
{
  g_autofree char *directory
      = write_model (data_dir, "info", "config.json", "{\"model_type\": \"florence2\"}");
  g_autoptr (GPtrArray) tasks = NULL;

  g_free (write_model (data_dir, "info", "model-info.json", contents));
  tasks = monocle_model_peek_tasks (directory, error);
  return tasks ? tasks->len : G_MAXUINT;
}

static void
test_info (void)
{
  g_autofree char *deep = g_strnfill (8000, '['), *large = g_strnfill (9000, ' ');
  g_autofree char *nowhere = NULL;
  g_autoptr (GPtrArray) all = monocle_model_guess_tasks ();
  g_autoptr (GError) error = NULL;

  set_up ();
  nowhere = g_build_filename (data_dir, "nowhere", NULL);
  g_assert_null (monocle_model_peek_tasks (nowhere, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  g_assert_cmpuint (count_tasks ("{\"tasks\": [\"detect\", \"<OCR>\", \"unknown\"]}", NULL), ==, 2);
  g_assert_cmpuint (count_tasks ("{\"tasks\": []}", NULL), ==, 0);
  g_assert_cmpuint (count_tasks ("{\"tasks\": null}", NULL), ==, all->len);
  g_assert_cmpuint (count_tasks ("{}", NULL), ==, all->len);
  /* Nobody needs that much; it is not read. */
  g_assert_cmpuint (count_tasks (large, NULL), ==, all->len);

  for (guint i = 0; i < 8; i++)
    {
      const char *const bad[] = { "{",
                                  "[]",
                                  deep,
                                  "{\"tasks\": 3}",
                                  "{\"tasks\": [\"detect\", 3]}",
                                  "{\"tasks\": []} {\"tasks\": [\"detect\"]}",
                                  "{\"tasks\": [\"\\ud800\"]}",
                                  "{\"tasks\": [\"\xff\"]}" };

      g_clear_error (&error);
      g_assert_cmpuint (count_tasks (bad[i], &error), ==, G_MAXUINT);
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, "model-info.json"));
    }
}

/* GLib leaks the old paths where a test gets folders of its own, which only the slow way of looking
 * up the stack can tell, and tests/suppressions/ knows. */
const char *__asan_default_options (void);
const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/model-store/list", test_list);
  g_test_add_func ("/model-store/shipped", test_shipped);
  g_test_add_func ("/model-store/swept", test_swept);
  g_test_add_func ("/model-store/info", test_info);
  g_test_add_func ("/model-store/read-only", test_read_only);
  return g_test_run ();
}
