/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/folder-forget.h"

#include <string.h>

#include "app/document/folder-view.h"
#include "app/document/work-index.h"
#include "app/document/work.h"

MonocleFolderKept
monocle_folder_forget_count (GListModel *pictures)
{
  MonocleFolderKept kept = { 0 };

  g_return_val_if_fail (G_IS_LIST_MODEL (pictures), kept);

  for (guint i = 0; i < g_list_model_get_n_items (pictures); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (pictures, i);
      MonocleWorkEntry entry;

      if (!monocle_folder_view_look_up (item, &entry))
        continue;
      kept.n_pictures++;
      kept.n_own += entry.summary->n_own;
      kept.n_answers += entry.summary->n_answers;
    }
  return kept;
}

/* (element-type utf8 guint): what work is called, and on how many pictures it is */
static GHashTable *
works_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* One more picture, if @is_shown, has that work. Returns: whether it is the first of all */
static gboolean
add_work (GHashTable *works, const char *work, gboolean is_shown)
{
  const guint n = GPOINTER_TO_UINT (g_hash_table_lookup (works, work));

  return g_hash_table_replace (works, g_strdup (work), GUINT_TO_POINTER (n + is_shown));
}

static gboolean
forget_works (
    GHashTable *works, MonocleForgetFunc before, gpointer data, guint *n_pictures, GError **error)
{
  GHashTableIter iter;
  gpointer work, n;
  gboolean is_good = TRUE;

  *n_pictures = 0;
  g_hash_table_iter_init (&iter, works);
  while (g_hash_table_iter_next (&iter, &work, &n))
    {
      MonocleDocument *document = monocle_work_find_open (work);

      if (document && before)
        before (document, data);
      if (monocle_work_forget_named (work, is_good ? error : NULL))
        *n_pictures += GPOINTER_TO_UINT (n);
      else
        is_good = FALSE;
    }
  return is_good;
}

gboolean
monocle_folder_forget (GListModel *pictures,
                       MonocleForgetFunc before,
                       gpointer data,
                       guint *n_pictures,
                       GError **error)
{
  g_autoptr (GHashTable) works = NULL;

  g_return_val_if_fail (G_IS_LIST_MODEL (pictures), FALSE);
  g_return_val_if_fail (n_pictures, FALSE);

  works = works_new ();
  for (guint i = 0; i < g_list_model_get_n_items (pictures); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (pictures, i);
      MonocleWorkEntry entry;

      if (monocle_folder_view_look_up (item, &entry))
        add_work (works, entry.work, TRUE);
    }
  return forget_works (works, before, data, n_pictures, error);
}

/* --- Folders that need not be open --- */

void
monocle_kept_folder_free (MonocleKeptFolder *self)
{
  g_object_unref (self->folder);
  g_hash_table_unref (self->works);
  g_free (self);
}

/* (transfer none): the one that @picture is in */
static MonocleKeptFolder *
find_folder (GHashTable *folders, const char *picture)
{
  const char *page = strrchr (picture, '#'); /* nowhere else in a URI */
  g_autofree char *uri = g_strndup (picture, page ? (gsize) (page - picture) : strlen (picture));
  g_autoptr (GFile) file = g_file_new_for_uri (uri);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  MonocleKeptFolder *self;

  if (!folder)
    folder = g_object_ref (file);
  self = g_hash_table_lookup (folders, folder);
  if (self)
    return self;
  self = g_new0 (MonocleKeptFolder, 1);
  self->folder = g_object_ref (folder);
  self->works = works_new ();
  g_hash_table_insert (folders, self->folder, self);
  return self;
}

/* What was taken back to the last is no picture's work, and kept all the same. */
static void
add_picture (const char *picture, const MonocleWorkEntry *entry, gpointer folders)
{
  MonocleKeptFolder *self = find_folder (folders, picture);
  const gboolean has_work = monocle_summary_has_work (entry->summary);

  if (add_work (self->works, entry->work, has_work))
    self->n_bytes += entry->n_bytes;
  if (!has_work)
    return;
  self->kept.n_pictures++;
  self->kept.n_own += entry->summary->n_own;
  self->kept.n_answers += entry->summary->n_answers;
}

static int
compare_folders (gconstpointer a, gconstpointer b)
{
  g_autofree char *one = g_file_get_uri ((*(MonocleKeptFolder *const *) a)->folder);
  g_autofree char *two = g_file_get_uri ((*(MonocleKeptFolder *const *) b)->folder);

  return strcmp (one, two);
}

GPtrArray *
monocle_kept_folder_list (void)
{
  MonocleWorkIndex *index = monocle_work_index_get_default ();
  g_autoptr (GHashTable) folders = g_hash_table_new (g_file_hash, (GEqualFunc) g_file_equal);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_kept_folder_free);
  GHashTableIter iter;
  gpointer folder;

  while (monocle_work_index_get_fraction (index) < 1)
    g_main_context_iteration (NULL, TRUE);
  monocle_work_index_foreach (index, add_picture, folders);
  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, NULL, &folder))
    g_ptr_array_add (list, folder);
  g_ptr_array_sort (list, compare_folders);
  return list;
}

gboolean
monocle_kept_folder_forget (MonocleKeptFolder *self, guint *n_pictures, GError **error)
{
  g_return_val_if_fail (self && n_pictures, FALSE);

  return forget_works (self->works, NULL, NULL, n_pictures, error);
}
