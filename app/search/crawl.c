/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/crawl.h"

#include <string.h>

#include "app/pictures/kinds.h"

/* Links cannot make a circle, since they are not followed; mounts could. */
#define MAX_DEPTH 64

#define ATTRIBUTES                                                                                 \
  G_FILE_ATTRIBUTE_STANDARD_NAME                                                                   \
  "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_IS_HIDDEN                       \
  "," G_FILE_ATTRIBUTE_STANDARD_IS_SYMLINK "," G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE         \
  "," G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_TIME_MODIFIED                            \
  "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC

static void
file_free (gpointer data)
{
  g_free (((MonocleCrawlFile *) data)->path);
  g_free (data);
}

static void
add_file (GPtrArray *files, GHashTable *seen, GFile *file, GFileInfo *info)
{
  const char *type
      = g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE);
  MonocleCrawlFile *found;
  char *path;

  if (!monocle_picture_kinds_is_picture (type, g_file_info_get_name (info))
      || !(path = g_file_get_path (file)))
    return;
  if (!g_hash_table_add (seen, g_strdup (path)))
    {
      g_free (path);
      return;
    }
  found = g_new0 (MonocleCrawlFile, 1);
  found->path = path;
  found->size = (guint64) g_file_info_get_size (info);
  found->mtime = (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED)
                     * G_USEC_PER_SEC
                 + g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC);
  g_ptr_array_add (files, found);
}

static gboolean
is_entered (GFileInfo *info, guint depth)
{
  return g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY
         && !g_file_info_get_is_symlink (info) && depth < MAX_DEPTH;
}

/* Folders that cannot be read are passed over, but those that were named. */
static gboolean
crawl_folder (GPtrArray *files,
              GHashTable *seen,
              GStrvBuilder *unread,
              GFile *folder,
              guint depth,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GFileEnumerator) children
      = g_file_enumerate_children (folder, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, cancellable, error);
  gboolean is_whole;
  GFileInfo *info;
  GFile *child;

  if (!children)
    return FALSE;
  while ((is_whole = g_file_enumerator_iterate (children, &info, &child, cancellable, error))
         && info)
    {
      if (g_file_info_get_is_hidden (info))
        continue;
      if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
        add_file (files, seen, child, info);
      else if (is_entered (info, depth)
               && !crawl_folder (files, seen, unread, child, depth + 1, cancellable, NULL))
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          g_strv_builder_add (unread, g_file_peek_path (child));
        }
    }
  return is_whole;
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const MonocleCrawlFile *const *) a)->path,
                 (*(const MonocleCrawlFile *const *) b)->path);
}

GPtrArray *
monocle_crawl (const char *const *directories,
               GStrv *unread,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (file_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GStrvBuilder) passed_over = g_strv_builder_new ();

  for (guint i = 0; directories[i]; i++)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (directories[i]);

      if (!crawl_folder (files, seen, passed_over, folder, 0, cancellable, error))
        return NULL;
    }
  g_ptr_array_sort (files, compare_files);
  *unread = g_strv_builder_end (passed_over);
  return g_steal_pointer (&files);
}

static void
list_folders (GPtrArray *folders, GFile *folder, guint depth, guint most, GCancellable *cancellable)
{
  g_autoptr (GFileEnumerator) children
      = g_file_enumerate_children (folder, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, cancellable, NULL);
  GFileInfo *info;
  GFile *child;

  while (children && folders->len < most
         && g_file_enumerator_iterate (children, &info, &child, cancellable, NULL) && info)
    if (!g_file_info_get_is_hidden (info) && is_entered (info, depth))
      {
        g_ptr_array_add (folders, g_file_get_path (child));
        list_folders (folders, child, depth + 1, most, cancellable);
      }
}

GPtrArray *
monocle_crawl_folders (const char *const *directories, guint most, GCancellable *cancellable)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; directories[i]; i++)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (directories[i]);

      list_folders (folders, folder, 0, most, cancellable);
    }
  return folders;
}

gboolean
monocle_crawl_contains (const char *const *directories, const char *path)
{
  for (guint i = 0; directories[i]; i++)
    {
      gsize n = strlen (directories[i]);

      if (strncmp (path, directories[i], n) == 0
          && (path[n] == '/' || (n > 0 && directories[i][n - 1] == '/')))
        return TRUE;
    }
  return FALSE;
}
