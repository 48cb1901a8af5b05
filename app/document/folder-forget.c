/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/folder-forget.h"

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

/* (transfer full) (element-type utf8 guint): what the work is called, and on how many pictures */
static GHashTable *
list_works (GListModel *pictures)
{
  GHashTable *works = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (pictures); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (pictures, i);
      MonocleWorkEntry entry;
      guint n;

      if (!monocle_folder_view_look_up (item, &entry))
        continue;
      n = GPOINTER_TO_UINT (g_hash_table_lookup (works, entry.work));
      g_hash_table_replace (works, g_strdup (entry.work), GUINT_TO_POINTER (n + 1));
    }
  return works;
}

gboolean
monocle_folder_forget (GListModel *pictures,
                       MonocleForgetFunc before,
                       gpointer data,
                       guint *n_pictures,
                       GError **error)
{
  g_autoptr (GHashTable) works = NULL;
  GHashTableIter iter;
  gpointer work, n;
  gboolean is_good = TRUE;

  g_return_val_if_fail (G_IS_LIST_MODEL (pictures), FALSE);
  g_return_val_if_fail (n_pictures, FALSE);

  *n_pictures = 0;
  works = list_works (pictures);
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
