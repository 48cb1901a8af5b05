/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/store.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/models/catalogue.h"
#include "app/models/folder.h"
#include "app/models/partial.h"
#include "app/models/shipped.h"
#include "app/models/work.h"

char *
monocle_model_store_get_directory (void)
{
  return g_build_filename (g_get_user_data_dir (), "monocle", "models", NULL);
}

static void
sweep (GTask *task, gpointer source, gpointer directory, GCancellable *cancellable)
{
  monocle_folder_sweep (directory);
}

void
monocle_model_store_sweep (void)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, monocle_model_store_get_directory (), g_free);
  g_task_run_in_thread (task, sweep);
}

gboolean
monocle_model_store_is_model (const char *directory)
{
  g_autofree char *config = g_build_filename (directory, "config.json", NULL);

  return g_file_test (config, G_FILE_TEST_IS_REGULAR) || monocle_model_is_gguf (directory);
}

/* What a model learnt since is one with it. One of links is none where they lead nowhere. */
static gboolean
is_one (const char *directory)
{
  gboolean is_broken;

  if (monocle_folder_is_of_links (directory, &is_broken) && is_broken)
    return FALSE;
  return monocle_model_store_is_model (directory) || monocle_adapter_is_one (directory);
}

/* Its folder or all its files. */
static gboolean
lies_elsewhere (const char *path)
{
  gboolean is_broken;

  return g_file_test (path, G_FILE_TEST_IS_SYMLINK)
         || monocle_folder_is_of_links (path, &is_broken);
}

gboolean
monocle_model_store_is_weights (const char *name)
{
  return g_str_has_suffix (name, ".safetensors") || g_str_has_suffix (name, ".bin")
         || g_str_has_suffix (name, ".pt") || g_str_has_suffix (name, ".gguf")
         || g_str_has_suffix (name, ".index.json");
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
                                       "tokenizer.model",
                                       "chat_template.json",
                                       "chat_template.jinja",
                                       "vae-oid.npz",
                                       "answers.txt",
                                       NULL };

  return g_strv_contains (names, name) || monocle_model_store_is_weights (name);
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

static gboolean
is_partial (const char *name)
{
  return g_str_has_suffix (name, MONOCLE_PARTIAL_SUFFIX);
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

      if (*name != '.' && !is_partial (name) && is_one (path))
        g_ptr_array_add (names, g_strdup (name));
    }
  if (names->len == 0)
    return g_strdup ("none");

  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

/* (transfer full) (nullable): where it is, if it is there */
static char *
find_shipped (const MonocleShippedModel *shipped)
{
  g_autofree char *directory = shipped ? monocle_shipped_dup_directory (shipped) : NULL;

  return directory && monocle_model_store_is_model (directory) ? g_steal_pointer (&directory)
                                                               : NULL;
}

char *
monocle_model_store_find_shipped (const char *id, GError **error)
{
  const MonocleShippedModel *shipped = monocle_shipped_find (id);
  char *directory = find_shipped (shipped);
  g_autofree char *wanted = directory ? NULL : monocle_shipped_dup_directory (shipped);

  if (!directory)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                 *id ? "%s: the model that comes along is not there; name another one"
                     : "%s: the default model is not there; name another one",
                 wanted);
  return directory;
}

char *
monocle_model_store_dup_partial (const char *id)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *name = g_strconcat (id, MONOCLE_PARTIAL_SUFFIX, NULL);

  return g_build_filename (store, name, NULL);
}

/* (transfer full) (nullable): what a model of that name is called in the store: the catalogue's, a
 * repository's, a folder's. */
static char *
find_id (const char *name, gboolean *is_known)
{
  g_autoptr (MonocleCatalogue) catalogue = monocle_catalogue_load (NULL);
  const MonocleCatalogueModel *row = catalogue ? monocle_catalogue_find (catalogue, name) : NULL;

  *is_known = row != NULL;
  if (row)
    return g_strdup (row->manifest->id);
  if (monocle_manifest_is_plain_name (name))
    return g_strdup (name);
  return monocle_manifest_is_repository (name) ? monocle_manifest_make_id (name) : NULL;
}

/* Why there is no such model: it may only have to be got. */
static void
say_missing (const char *name, const char *id, gboolean is_known, GError **error)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *partial = monocle_model_store_dup_partial (id ? id : name);
  g_autofree char *there = NULL;

  if (id && g_file_test (partial, G_FILE_TEST_IS_DIR))
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                 "%s: not all of it is downloaded yet: monocle-cli models get %s", name, id);
  else if (is_known)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                 "%s: not downloaded yet: monocle-cli models get %s", name, id);
  else
    {
      there = list_models (store);
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                   "%s: there is no such model directory, and in %s there is %s", name, store,
                   there);
    }
}

/* (transfer full) (nullable) */
static char *
find_stored (const char *id)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *stored = id && !is_partial (id) ? g_build_filename (store, id, NULL) : NULL;

  return stored && g_file_test (stored, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&stored) : NULL;
}

char *
monocle_model_store_dup_id (const char *name)
{
  gboolean is_known;

  return *name ? find_id (name, &is_known) : NULL;
}

char *
monocle_model_store_find_stored (const char *name)
{
  g_autofree char *id = monocle_model_store_dup_id (name);

  return find_stored (id);
}

char *
monocle_model_store_find (const char *name, GError **error)
{
  g_autofree char *stored = NULL, *id = NULL;
  gboolean is_known;

  if (!name)
    return monocle_model_store_find_shipped (MONOCLE_SHIPPED_DEFAULT, error);
  if (!*name)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                   "the name of a model is empty");
      return NULL;
    }
  if (g_file_test (name, G_FILE_TEST_IS_DIR) || monocle_model_is_gguf (name))
    return g_strdup (name);

  id = find_id (name, &is_known);
  stored = find_stored (id);
  if (!stored)
    stored = find_shipped (monocle_shipped_find (name));
  if (stored)
    return g_steal_pointer (&stored);

  say_missing (name, id, is_known, error);
  return NULL;
}

/* @manifest: (nullable): the directory's */
static char *
make_title (const char *directory, const MonocleManifest *manifest)
{
  const MonocleShippedModel *shipped = monocle_shipped_recognise (directory);
  g_autofree char *path = g_canonicalize_filename (directory, NULL);

  if (shipped)
    return g_strdup (_ (shipped->title));
  return manifest && manifest->title && *manifest->title ? g_strdup (manifest->title)
                                                         : g_path_get_basename (path);
}

char *
monocle_model_store_dup_title (const char *directory)
{
  g_autoptr (MonocleManifest) manifest = monocle_manifest_load (directory, NULL);

  return make_title (directory, manifest);
}

/* --- Lists --- */

static void
stored_model_free (gpointer data)
{
  MonocleStoredModel *model = data;

  g_free (model->title);
  g_free (model->id);
  g_free (model->setting);
  g_free (model->directory);
  monocle_manifest_unref (model->manifest);
  g_free (model);
}

/* @shipped: (nullable) */
static void
add_if_model (GPtrArray *models,
              const char *directory,
              const char *id,
              const MonocleShippedModel *shipped)
{
  MonocleStoredModel *model;

  if (!is_one (directory))
    return;

  model = g_new0 (MonocleStoredModel, 1);
  model->manifest = monocle_manifest_load (directory, NULL);
  model->title = make_title (directory, model->manifest);
  model->id = g_strdup (id);
  model->directory = g_strdup (directory);
  model->size_bytes = monocle_folder_measure (directory);
  model->setting = g_strdup (shipped ? id : directory);
  model->shipped = shipped;
  model->is_reference = !shipped && lies_elsewhere (directory);
  g_ptr_array_add (models, model);
}

static int
compare_models (gconstpointer a, gconstpointer b)
{
  const MonocleStoredModel *left = *(MonocleStoredModel *const *) a;
  const MonocleStoredModel *right = *(MonocleStoredModel *const *) b;

  if (left->shipped && right->shipped)
    return left->shipped < right->shipped ? -1 : 1;
  if (left->shipped || right->shipped)
    return left->shipped ? -1 : 1;
  return g_utf8_collate (left->title, right->title);
}

GPtrArray *
monocle_model_store_list (void)
{
  GPtrArray *models = g_ptr_array_new_with_free_func (stored_model_free);
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autoptr (GDir) dir = g_dir_open (store, 0, NULL);
  guint n_shipped;
  const MonocleShippedModel *shipped = monocle_shipped_list (&n_shipped);
  const char *name;

  for (guint i = 0; i < n_shipped; i++)
    {
      g_autofree char *path = monocle_shipped_dup_directory (&shipped[i]);

      add_if_model (models, path, shipped[i].id, &shipped[i]);
    }
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (store, name, NULL);

      if (*name != '.' && !is_partial (name))
        add_if_model (models, path, name, NULL);
    }
  g_ptr_array_sort (models, compare_models);

  return models;
}

static void
stored_part_free (gpointer data)
{
  MonocleStoredPart *part = data;

  g_free (part->id);
  g_free (part->title);
  monocle_manifest_unref (part->manifest);
  g_free (part);
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const MonocleStoredPart *left = *(MonocleStoredPart *const *) a;
  const MonocleStoredPart *right = *(MonocleStoredPart *const *) b;

  return g_utf8_collate (left->title, right->title);
}

GPtrArray *
monocle_model_store_list_parts (void)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (stored_part_free);
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autoptr (GDir) dir = g_dir_open (store, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (store, name, NULL);
      g_autoptr (MonocleManifest) manifest
          = is_partial (name) ? monocle_partial_peek (path, NULL, NULL) : NULL;
      MonocleStoredPart *part;

      if (!manifest)
        continue;
      part = g_new0 (MonocleStoredPart, 1);
      part->id = g_strndup (name, strlen (name) - strlen (MONOCLE_PARTIAL_SUFFIX));
      part->title = g_strdup (manifest->title ? manifest->title : part->id);
      part->received_bytes = monocle_partial_measure (path, manifest);
      part->total_bytes = monocle_manifest_get_size (manifest);
      part->is_busy = monocle_partial_is_busy (path);
      part->manifest = g_steal_pointer (&manifest);
      g_ptr_array_add (parts, part);
    }
  g_ptr_array_sort (parts, compare_parts);

  return parts;
}

/* (transfer full) (nullable): what to remove it by, if @name is that of one. */
static char *
dup_damaged (const char *store, const char *name)
{
  g_autofree char *path = g_build_filename (store, name, NULL);
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autoptr (MonocleManifest) manifest = NULL;

  if (*name == '.' || (!is_folder && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)))
    return NULL;
  if (!is_partial (name))
    return is_one (path) ? NULL : g_strdup (name);
  manifest = monocle_partial_peek (path, NULL, NULL);
  return manifest || !is_folder || monocle_partial_is_busy (path)
             ? NULL
             : g_strndup (name, strlen (name) - strlen (MONOCLE_PARTIAL_SUFFIX));
}

GPtrArray *
monocle_model_store_list_damaged (void)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autoptr (GDir) dir = g_dir_open (store, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      char *id = dup_damaged (store, name);

      if (id)
        g_ptr_array_add (ids, id);
    }
  g_ptr_array_sort (ids, compare_names);

  return ids;
}

/* --- Removing --- */

static gboolean
remove_stored (const char *path, guint64 *freed_bytes, GError **error)
{
  *freed_bytes = 0;
  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return monocle_folder_remove (path, freed_bytes, error);
  return g_unlink (path) == 0 || monocle_app_error_set_write (error, path, errno);
}

gboolean
monocle_model_store_is_reference (const char *name)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *id = monocle_model_store_dup_id (name);
  g_autofree char *path = id ? g_build_filename (store, id, NULL) : NULL;

  return path && lies_elsewhere (path);
}

gboolean
monocle_model_store_remove (const char *id, guint64 *freed_bytes, GError **error)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *name = monocle_model_store_dup_id (id);
  g_autofree char *path = name ? g_build_filename (store, name, NULL) : NULL;
  g_autofree char *partial = name ? monocle_model_store_dup_partial (name) : NULL;
  const MonocleShippedModel *shipped = monocle_shipped_find (id);
  g_autofree char *stored = find_stored (name);
  GStatBuf status;
  guint64 freed = 0;
  gboolean done;

  if (shipped && !stored)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   /* Translators: %s is the name of a model */
                   _ ("“%s” comes with Monocle and stays."), _ (shipped->title));
      return FALSE;
    }
  if (path && !is_partial (name) && g_lstat (path, &status) == 0)
    done = remove_stored (path, &freed, error);
  else if (partial && g_file_test (partial, G_FILE_TEST_IS_DIR))
    done = monocle_partial_remove (partial, &freed, error);
  else
    {
      g_autofree char *there = list_models (store);

      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                   "%s: there is no such model in %s; there is %s", id, store, there);
      return FALSE;
    }
  if (freed_bytes)
    *freed_bytes = freed;
  return done;
}

static gpointer
remove_in_thread (MonocleWork *work, gpointer id, GError **error)
{
  guint64 *freed_bytes = g_new0 (guint64, 1);

  if (monocle_model_store_remove (id, freed_bytes, error))
    return freed_bytes;
  g_free (freed_bytes);
  return NULL;
}

void
monocle_model_store_remove_async (const char *id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  monocle_work_async (remove_in_thread, g_strdup (id), g_free, g_free, cancellable, NULL, NULL,
                      callback, user_data);
}

gboolean
monocle_model_store_remove_finish (GAsyncResult *result, guint64 *freed_bytes, GError **error)
{
  g_autofree guint64 *freed = monocle_work_finish (result, error);

  if (freed && freed_bytes)
    *freed_bytes = *freed;
  return freed != NULL;
}
