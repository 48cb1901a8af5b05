/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/recent-files.h"

#include "app/base/data-dir.h"
#include "app/pictures/kinds.h"
#include "app/pictures/source.h"

/* Of those that were opened here. File choosers put what is saved or printed into the same list. */
#define OPENED_GROUP "Monocle: opened"

static int
compare (gconstpointer a, gconstpointer b)
{
  return -g_date_time_compare (gtk_recent_info_get_modified ((GtkRecentInfo *) a),
                               gtk_recent_info_get_modified ((GtkRecentInfo *) b));
}

void
monocle_recent_files_add (GFile *file)
{
  g_autoptr (GFile) data = g_file_new_for_path (monocle_data_dir_get ());
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *exec = g_strconcat (g_get_prgname (), " %u", NULL);
  g_autoptr (GFileInfo) info = NULL;
  char *groups[] = { (char *) OPENED_GROUP, NULL };
  GtkRecentData recent = { .app_exec = exec, .groups = groups };

  /* Samples would only say again what the first page says. */
  if (!g_file_is_native (file) || g_file_has_prefix (file, data))
    return;
  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE, G_FILE_QUERY_INFO_NONE,
                            NULL, NULL);
  if (!info)
    return;
  recent.app_name = (char *) g_get_application_name ();
  recent.mime_type = g_content_type_get_mime_type (g_file_info_get_content_type (info));
  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &recent);
  g_free (recent.mime_type);
}

GPtrArray *
monocle_recent_files_list (guint max)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);
  GList *infos = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());

  infos = g_list_sort (infos, compare);
  for (GList *l = infos; l && files->len < max; l = l->next)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (gtk_recent_info_get_uri (l->data));
      g_autofree char *name = g_file_get_basename (file);

      /* One that is far away may take long to answer whether it is there. */
      if (gtk_recent_info_has_group (l->data, OPENED_GROUP) && g_file_is_native (file)
          && monocle_picture_kinds_is_picture (gtk_recent_info_get_mime_type (l->data), name)
          && gtk_recent_info_exists (l->data))
        g_ptr_array_add (files, g_steal_pointer (&file));
    }
  g_list_free_full (infos, (GDestroyNotify) gtk_recent_info_unref);
  return files;
}

char *
monocle_recent_files_dup_target (GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  /* A name need not be UTF-8, which a string of an action has to be. */
  return path && g_utf8_validate (path, -1, NULL) ? g_steal_pointer (&path) : g_file_get_uri (file);
}

/* An underscore in a name is no mnemonic. */
static char *
escape_mnemonic (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);

  return g_strjoinv ("__", parts);
}

void
monocle_recent_files_fill_menu (GMenu *menu, guint max)
{
  g_autoptr (GPtrArray) files = monocle_recent_files_list (max);

  g_menu_remove_all (menu);
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *base = g_file_get_basename (files->pdata[i]);
      g_autofree char *name = g_filename_display_name (base);
      g_autofree char *label = escape_mnemonic (name);
      g_autofree char *target = monocle_recent_files_dup_target (files->pdata[i]);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "win.open-path", "s", target);
      g_menu_append_item (menu, item);
    }
}
