/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/store.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/base/data-dir.h"
#include "app/base/error.h"

char *
monocle_model_store_get_directory (void)
{
  return g_build_filename (g_get_user_data_dir (), "monocle", "models", NULL);
}

gboolean
monocle_model_store_is_model (const char *directory)
{
  g_autofree char *config = g_build_filename (directory, "config.json", NULL);

  return g_file_test (config, G_FILE_TEST_IS_REGULAR);
}

gboolean
monocle_model_store_reads (const char *name)
{
  static const char *const names[] = { "config.json",
                                       "generation_config.json",
                                       "preprocessor_config.json",
                                       "vocab.json",
                                       "processor_config.json",
                                       "special_tokens_map.json",
                                       "merges.txt",
                                       "tokenizer_config.json",
                                       "added_tokens.json",
                                       "model-info.json",
                                       "tokenizer.json",
                                       "chat_template.json",
                                       NULL };

  return g_strv_contains (names, name) || g_str_has_suffix (name, ".safetensors")
         || g_str_has_suffix (name, ".bin") || g_str_has_suffix (name, ".index.json");
}

gboolean
monocle_model_store_is_part (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);

  return monocle_model_store_reads (name) && monocle_model_store_is_model (directory);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* "base, large", or what says that there are none. */
static char *
list_models (const char *store)
{
  g_autoptr (GDir) dir = g_dir_open (store, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (store, name, NULL);

      if (monocle_model_store_is_model (path))
        g_ptr_array_add (names, g_strdup (name));
    }
  if (names->len == 0)
    return g_strdup ("no models");

  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

static char *
get_default_directory (void)
{
  return g_build_filename (monocle_data_dir_get (), "model", NULL);
}

static char *
find_default (GError **error)
{
  g_autofree char *directory = get_default_directory ();

  if (monocle_model_store_is_model (directory))
    return g_steal_pointer (&directory);

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
               "%s: the default model is not there; name another one", directory);
  return NULL;
}

char *
monocle_model_store_find (const char *name, GError **error)
{
  g_autofree char *store = NULL, *stored = NULL, *there = NULL;

  if (!name)
    return find_default (error);
  if (!*name)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                   "the name of a model is empty");
      return NULL;
    }
  if (g_file_test (name, G_FILE_TEST_IS_DIR))
    return g_strdup (name);

  store = monocle_model_store_get_directory ();
  stored = g_build_filename (store, name, NULL);
  if (!g_path_is_absolute (name) && !strstr (name, "..")
      && g_file_test (stored, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&stored);

  there = list_models (store);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
               "%s: there is no such model directory, and in %s there is %s", name, store, there);
  return NULL;
}

char *
monocle_model_store_dup_title (const char *directory)
{
  g_autofree char *ours = get_default_directory ();
  g_autofree char *our_path = g_canonicalize_filename (ours, NULL);
  g_autofree char *path = g_canonicalize_filename (directory, NULL);

  return g_str_equal (path, our_path) ? g_strdup (_ ("Default model")) : g_path_get_basename (path);
}

static guint64
measure_directory (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;
  guint64 size = 0;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      GStatBuf status;

      if (g_stat (path, &status) == 0 && S_ISREG (status.st_mode))
        size += (guint64) status.st_size;
    }

  return size;
}

static void
stored_model_free (gpointer data)
{
  MonocleStoredModel *model = data;

  g_free (model->title);
  g_free (model->directory);
  g_free (model);
}

static void
add_if_model (GPtrArray *models, const char *directory, gboolean is_default)
{
  MonocleStoredModel *model;

  if (!monocle_model_store_is_model (directory))
    return;

  model = g_new0 (MonocleStoredModel, 1);
  model->title = monocle_model_store_dup_title (directory);
  model->directory = g_strdup (directory);
  model->size_bytes = measure_directory (directory);
  model->is_default = is_default;
  g_ptr_array_add (models, model);
}

static int
compare_models (gconstpointer a, gconstpointer b)
{
  const MonocleStoredModel *left = *(MonocleStoredModel *const *) a;
  const MonocleStoredModel *right = *(MonocleStoredModel *const *) b;

  if (left->is_default != right->is_default)
    return left->is_default ? -1 : 1;
  return g_utf8_collate (left->title, right->title);
}

GPtrArray *
monocle_model_store_list (void)
{
  GPtrArray *models = g_ptr_array_new_with_free_func (stored_model_free);
  g_autofree char *ours = get_default_directory ();
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autoptr (GDir) dir = g_dir_open (store, 0, NULL);
  const char *name;

  add_if_model (models, ours, TRUE);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (store, name, NULL);

      add_if_model (models, path, FALSE);
    }
  g_ptr_array_sort (models, compare_models);

  return models;
}
