/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/import.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/models/catalogue.h"
#include "app/models/folder.h"
#include "app/models/manifest.h"
#include "app/models/partial.h"
#include "app/models/parts.h"
#include "app/models/store.h"
#include "app/models/work.h"

/* What its file is called that sees, where that has the name of the other, or none. */
#define MMPROJ "mmproj.gguf"

typedef struct
{
  char *directory;
  char *id;
  gboolean is_part; /* of what is in @directory */
  GPtrArray *files, *sources;
  guint64 size_bytes;
  MonocleImportHow how;
} Order;

void
monocle_import_free (MonocleImport *self)
{
  if (!self)
    return;
  g_free (self->path);
  g_free (self->directory);
  g_free (self->id);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->unknown, g_ptr_array_unref);
  g_free (self->missing);
  g_free (self->problem);
  g_free (self);
}

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->directory);
  g_free (order->id);
  g_ptr_array_unref (order->files);
  g_ptr_array_unref (order->sources);
  g_free (order);
}

/* --- Looking --- */

/* One can be in a folder that was removed; GLib then takes the topmost one for it. */
static gboolean
is_nowhere (const char *path)
{
  g_autofree char *here = g_path_is_absolute (path) ? NULL : getcwd (NULL, 0);

  return !*path || (!g_path_is_absolute (path) && !here);
}

/* (transfer full) (nullable): the folder that @path is or lies in. */
static char *
find_folder (const char *path, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *inside = g_strconcat (store, G_DIR_SEPARATOR_S, NULL);
  g_autofree char *folder = NULL;

  if (is_nowhere (path) || !g_file_test (full, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                   "%s: there is no such file or folder", *path ? path : "“”");
      return NULL;
    }
  folder = g_file_test (full, G_FILE_TEST_IS_DIR) ? g_strdup (full) : g_path_get_dirname (full);
  if (g_str_equal (folder, store) || g_str_has_prefix (folder, inside))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   _ ("%s is among your models already."), path);
      return NULL;
    }
  return g_steal_pointer (&folder);
}

static gboolean
is_name (const char *id)
{
  return monocle_manifest_is_plain_name (id) && !g_str_has_suffix (id, MONOCLE_PARTIAL_SUFFIX);
}

/* @path: where it would be. The catalogue's are kept for what is got from there. */
static gboolean
is_taken (const char *id, const char *path)
{
  g_autoptr (MonocleCatalogue) catalogue = NULL;
  GStatBuf status;

  if (g_lstat (path, &status) == 0)
    return TRUE;
  catalogue = monocle_catalogue_load (NULL);
  return catalogue && monocle_catalogue_find (catalogue, id);
}

/* What is taken already gets a number. */
static char *
choose_id (const char *folder)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *name = g_path_get_basename (folder);
  const char *first = is_name (name) ? name : "model";

  for (guint i = 1;; i++)
    {
      g_autofree char *id = i == 1 ? g_strdup (first) : g_strdup_printf ("%s-%u", first, i);
      g_autofree char *path = g_build_filename (store, id, NULL);

      if (!is_taken (id, path))
        return g_steal_pointer (&id);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
add_part (MonocleImport *self, const char *path, const char *name)
{
  GStatBuf status;

  g_ptr_array_add (self->files, g_strdup (name));
  g_ptr_array_add (self->sources, g_strdup (path));
  if (g_stat (path, &status) == 0)
    self->size_bytes += (guint64) status.st_size;
}

/* Whatever else is there belongs to others. */
static void
list_pair (MonocleImport *self, const char *path)
{
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) paths = monocle_model_list_gguf (path, &problem);

  for (guint i = 0; paths && paths[i]; i++)
    {
      g_autofree char *name = g_path_get_basename (paths[i]);

      add_part (self, paths[i], name);
    }
  self->lacks_other = self->is_part && problem;
  if (problem)
    self->problem = g_strdup (problem->message);
}

/* The two, as they will lie beside one another. */
static void
list_two (MonocleImport *self, const char *text, const char *vision)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *name = g_path_get_basename (text), *other = g_path_get_basename (vision);
  const gboolean is_taken = g_str_equal (name, other) || !g_str_has_suffix (other, ".gguf")
                            || !monocle_manifest_is_plain_name (other);

  if (!monocle_model_check_gguf (text, vision, &problem))
    self->problem = g_strdup (problem->message);
  self->lacks_other = problem != NULL;
  add_part (self, text, name);
  add_part (self, vision, is_taken ? MMPROJ : other);
}

static void
list_files (MonocleImport *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->directory, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) picked = NULL;
  const char *name, *missing;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);

      if (monocle_manifest_is_plain_name (name) && !g_str_equal (name, MONOCLE_MANIFEST_FILE)
          && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_names);
  picked = monocle_parts_pick (names, &missing);
  self->missing = g_strdup (missing);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (self->directory, names->pdata[i], NULL);

      if (g_ptr_array_find_with_equal_func (picked, names->pdata[i], g_str_equal, NULL))
        add_part (self, path, names->pdata[i]);
      else
        g_ptr_array_add (self->unknown, g_strdup (names->pdata[i]));
    }
}

static gboolean
link_to (const GPtrArray *sources, const GPtrArray *files, const char *place, GError **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *to = g_build_filename (place, files->pdata[i], NULL);

      if (symlink (sources->pdata[i], to) != 0)
        return monocle_app_error_set_write (error, to, errno);
    }
  return TRUE;
}

/* Files of two folders are looked at where both are links. */
static gboolean
check_two (const MonocleImport *self, GError **error)
{
  g_autofree char *aside = g_dir_make_tmp ("monocle-XXXXXX", error);
  g_autofree char *text = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GString) words = NULL;
  gboolean is_good;

  if (!aside)
    return FALSE;
  text = g_build_filename (aside, self->files->pdata[0], NULL);
  is_good = link_to (self->sources, self->files, aside, &problem)
            && monocle_model_check (text, &problem);
  monocle_folder_remove (aside, NULL, NULL);
  if (is_good)
    return TRUE;
  words = g_string_new (problem->message);
  for (guint i = 0; i < self->files->len; i++)
    {
      g_autofree char *there = g_build_filename (aside, self->files->pdata[i], NULL);

      g_string_replace (words, there, self->sources->pdata[i], 0);
    }
  g_set_error_literal (error, problem->domain, problem->code, words->str);
  return FALSE;
}

/* As far as the files say. */
static void
check (MonocleImport *self, const char *path, gboolean is_two)
{
  g_autoptr (GError) problem = NULL;

  if (self->missing || self->problem)
    return;
  if (!(is_two ? check_two (self, &problem) : monocle_model_check (path, &problem)))
    self->problem = g_strdup (problem->message);
}

static gboolean
check_mmproj (const char *path, const char *mmproj, GError **error)
{
  if (mmproj && (is_nowhere (mmproj) || !g_file_test (mmproj, G_FILE_TEST_IS_REGULAR)))
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL, "%s: there is no such file",
                 *mmproj ? mmproj : "“”");
  else if (mmproj && (g_file_test (path, G_FILE_TEST_IS_DIR) || !g_str_has_suffix (path, ".gguf")))
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                 _ ("%s: only the GGUF file of a language model has another file that sees for it"),
                 path);
  else
    return TRUE;
  return FALSE;
}

MonocleImport *
monocle_import_look (const char *path, const char *mmproj, GError **error)
{
  g_autofree char *folder = find_folder (path, error);
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *other = mmproj ? g_canonicalize_filename (mmproj, NULL) : NULL;
  g_autofree char *named = NULL; /* after what it is called */
  MonocleImport *self;
  gboolean is_gguf, is_part, sees = FALSE;

  if (!folder || !check_mmproj (full, mmproj, error))
    return NULL;
  is_gguf = monocle_model_is_gguf (full);
  is_part = is_gguf && !g_file_test (full, G_FILE_TEST_IS_DIR);
  if (is_part && !monocle_model_peek_gguf (full, &sees, error))
    return NULL;
  self = g_new0 (MonocleImport, 1);
  self->is_part = is_part;
  self->sees = sees;
  named = self->is_part ? g_strndup (full, strlen (full) - strlen (".gguf")) : g_strdup (folder);
  self->id = choose_id (named);
  self->path = g_strdup (full);
  self->directory = g_steal_pointer (&folder);
  self->files = g_ptr_array_new_with_free_func (g_free);
  self->sources = g_ptr_array_new_with_free_func (g_free);
  self->unknown = g_ptr_array_new_with_free_func (g_free);
  if (other)
    list_two (self, full, other);
  else if (is_gguf)
    list_pair (self, full);
  else
    list_files (self);
  check (self, is_gguf ? full : self->directory, other != NULL);
  return self;
}

/* @data: one path, or two */
static gpointer
look (MonocleWork *work, gpointer data, GError **error)
{
  const char *const *paths = data;
  gboolean is_swapped = FALSE;

  if (paths[1])
    monocle_model_peek_gguf (paths[0], &is_swapped, NULL);
  return is_swapped ? monocle_import_look (paths[1], paths[0], error)
                    : monocle_import_look (paths[0], paths[1], error);
}

void
monocle_import_look_async (const char *path,
                           const char *other,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  const char *const paths[] = { path, other, NULL };

  monocle_work_async (look, g_strdupv ((char **) paths), (GDestroyNotify) g_strfreev,
                      (GDestroyNotify) monocle_import_free, cancellable, NULL, NULL, callback,
                      user_data);
}

MonocleImport *
monocle_import_look_finish (GAsyncResult *result, GError **error)
{
  return monocle_work_finish (result, error);
}

/* --- Importing --- */

static gboolean
check_is_free (const Order *order, const char *path, GError **error)
{
  if (!is_taken (order->id, path))
    return TRUE;
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
               _ ("There is a model called “%s” already."), order->id);
  return FALSE;
}

/* (transfer full) (nullable): where it will be. */
static char *
find_place (const Order *order, GError **error)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *path = g_build_filename (store, order->id, NULL);

  if (!is_name (order->id))
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                 _ ("“%s” cannot be the name of a model."), order->id);
  else if (!check_is_free (order, path, error))
    return NULL;
  else if (g_mkdir_with_parents (store, 0700) != 0)
    monocle_app_error_set_write (error, store, errno);
  else
    {
      monocle_folder_sweep (store);
      return g_steal_pointer (&path);
    }
  return NULL;
}

static gboolean
copy_files (MonocleWork *work, const Order *order, const char *to, GError **error)
{
  g_autoptr (MonocleManifest) manifest = monocle_manifest_new ();

  manifest->id = g_strdup (order->id);
  for (guint i = 0; i < order->files->len; i++)
    {
      const char *name = order->files->pdata[i];
      const char *source = order->sources->pdata[i];
      g_autofree char *target = g_build_filename (to, name, NULL);
      guint64 size;
      g_autofree char *sha256 = monocle_work_digest (work, source, target, &size, error);

      if (!sha256 || !monocle_manifest_add (manifest, name, size, sha256, source, error))
        return FALSE;
    }
  return monocle_model_check (to, error) && monocle_manifest_save (manifest, to, error);
}

static gboolean
copy (MonocleWork *work, const Order *order, const char *place, GError **error)
{
  g_autofree char *store = g_path_get_dirname (place);
  g_autofree char *aside = monocle_folder_make_aside (store);
  g_autoptr (GString) words = NULL;
  GError *problem = NULL;
  gboolean is_there;
  int lock;

  if (!monocle_folder_check_room (store, order->size_bytes, error))
    return FALSE;
  if (g_mkdir (aside, 0755) != 0)
    return monocle_app_error_set_write (error, store, errno);
  lock = monocle_folder_hold (aside);
  /* Another program may have been quicker. */
  is_there = copy_files (work, order, aside, &problem) && check_is_free (order, place, &problem)
             && monocle_folder_put (aside, place, FALSE, &problem);
  if (lock >= 0)
    close (lock);
  if (is_there)
    return TRUE;
  monocle_folder_remove (aside, NULL, NULL);
  /* Nobody knows it by the name that it has until it is whole. */
  words = g_string_new (problem->message);
  g_string_replace (words, aside, place, 0);
  g_set_error_literal (error, problem->domain, problem->code, words->str);
  g_error_free (problem);
  return FALSE;
}

/* A folder is known by a name; of one with other models as well, the files are. */
static gboolean
link_files (const Order *order, const char *place, GError **error)
{
  if (!order->is_part)
    return symlink (order->directory, place) == 0
           || monocle_app_error_set_write (error, place, errno);
  if (g_mkdir (place, 0755) != 0)
    return monocle_app_error_set_write (error, place, errno);
  if (link_to (order->sources, order->files, place, error))
    return TRUE;
  monocle_folder_remove (place, NULL, NULL);
  return FALSE;
}

static gpointer
import (MonocleWork *work, gpointer data, GError **error)
{
  const Order *order = data;
  g_autofree char *place = find_place (order, error);

  if (!place)
    return NULL;
  work->total = (gint64) order->size_bytes;
  if (order->how == MONOCLE_IMPORT_COPY)
    return copy (work, order, place, error) ? g_steal_pointer (&place) : NULL;
  return link_files (order, place, error) ? g_steal_pointer (&place) : NULL;
}

static gpointer
copy_name (gconstpointer name, gpointer data)
{
  return g_strdup (name);
}

void
monocle_import_run_async (const MonocleImport *self,
                          const char *id,
                          MonocleImportHow how,
                          GCancellable *cancellable,
                          MonocleProgress progress,
                          gpointer progress_data,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  Order *order = g_new0 (Order, 1);

  g_return_if_fail (!self->missing && !self->problem);

  order->directory = g_strdup (self->directory);
  order->is_part = self->is_part;
  order->id = g_strdup (id ? id : self->id);
  order->files = g_ptr_array_copy (self->files, copy_name, NULL);
  g_ptr_array_set_free_func (order->files, g_free);
  order->sources = g_ptr_array_copy (self->sources, copy_name, NULL);
  g_ptr_array_set_free_func (order->sources, g_free);
  order->size_bytes = self->size_bytes;
  order->how = how;
  monocle_work_async (import, order, order_free, g_free, cancellable, progress, progress_data,
                      callback, user_data);
}

char *
monocle_import_run_finish (GAsyncResult *result, GError **error)
{
  return monocle_work_finish (result, error);
}
