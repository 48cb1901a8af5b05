/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model-store.h"

#include <string.h>

#include "app/data-dir.h"
#include "app/error.h"

char *
monocle_model_store_get_directory (void)
{
  return g_build_filename (g_get_user_data_dir (), "monocle", "models", NULL);
}

static gboolean
is_model (const char *directory)
{
  g_autofree char *config = g_build_filename (directory, "config.json", NULL);

  return g_file_test (config, G_FILE_TEST_IS_REGULAR);
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

      if (is_model (path))
        g_ptr_array_add (names, g_strdup (name));
    }
  if (names->len == 0)
    return g_strdup ("no models");

  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

static char *
find_default (GError **error)
{
  g_autofree char *directory = g_build_filename (monocle_data_dir_get (), "model", NULL);

  if (is_model (directory))
    return g_steal_pointer (&directory);

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
               "%s: the default model is not there; name another one with --model DIRECTORY",
               directory);
  return NULL;
}

char *
monocle_model_store_find (const char *name, GError **error)
{
  g_autofree char *store = NULL, *stored = NULL, *there = NULL;

  if (!name)
    return find_default (error);
  if (g_file_test (name, G_FILE_TEST_IS_DIR))
    return g_strdup (name);

  store = monocle_model_store_get_directory ();
  stored = g_build_filename (store, name, NULL);
  if (*name && !g_path_is_absolute (name) && !strstr (name, "..")
      && g_file_test (stored, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&stored);

  there = list_models (store);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
               "%s: there is no such model directory, and in %s there is %s", name, store, there);
  return NULL;
}
