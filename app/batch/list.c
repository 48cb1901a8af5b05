/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/batch/list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/base/error.h"
#include "app/pictures/kinds.h"
#include "app/search/crawl.h"

/* Longer lists are none that anybody wrote. */
#define MAX_LIST_BYTES (256 * 1024 * 1024)
#define CHUNK_BYTES    (64 * 1024)

typedef struct
{
  GPtrArray *pictures;
  GHashTable *names; /* that are taken */
  GHashTable *paths; /* that are there, absolute */
} Listing;

static void
picture_free (gpointer data)
{
  MonocleBatchPicture *picture = data;

  g_free (picture->path);
  g_free (picture->name);
  g_free (picture);
}

/* --- names --- */

/* @relative: (nullable): to what the name shall be; %NULL: to the current folder, or to the root of
 * what is not in it */
static char *
make_name (const char *path, const char *relative)
{
  g_autofree char *current = g_get_current_dir ();
  const char *base = relative ? relative : current;
  gsize n = strlen (base);

  while (n > 0 && base[n - 1] == '/')
    n--;
  if (strncmp (path, base, n) == 0 && path[n] == '/')
    path += n;
  return g_strdup (path + strspn (path, "/"));
}

/* Takes @name. */
static char *
make_unique (Listing *self, char *name)
{
  g_autofree char *first = name;

  for (guint i = 2; g_hash_table_contains (self->names, name); i++)
    {
      if (name != first)
        g_free (name);
      name = g_strdup_printf ("%s-%u", first, i);
    }
  if (name == first)
    g_steal_pointer (&first);
  return name;
}

static void
add (Listing *self, const char *path, const char *relative, const char *prefix)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *inside = make_name (absolute, relative);
  MonocleBatchPicture *picture;

  if (g_hash_table_contains (self->paths, absolute))
    return;
  picture = g_new (MonocleBatchPicture, 1);
  picture->path = g_strdup (path);
  picture->name
      = make_unique (self, prefix ? g_build_filename (prefix, inside, NULL) : g_strdup (inside));
  g_hash_table_add (self->names, picture->name);
  g_hash_table_add (self->paths, g_steal_pointer (&absolute));
  g_ptr_array_add (self->pictures, picture);
}

/* --- sources --- */

static gboolean
add_folder (Listing *self,
            const char *folder,
            gboolean is_alone,
            GStrvBuilder *unread,
            GCancellable *cancellable,
            GError **error)
{
  const char *const folders[] = { folder, NULL };
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *name = g_path_get_basename (absolute);
  g_auto (GStrv) passed_over = NULL;
  g_autoptr (GPtrArray) files = monocle_crawl (folders, &passed_over, cancellable, error);

  if (!files)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      /* As the folder was named, so that what is written can go with it. */
      g_autofree char *inside
          = make_name (((const MonocleCrawlFile *) files->pdata[i])->path, absolute);
      g_autofree char *path = g_build_filename (folder, inside, NULL);

      add (self, path, absolute, is_alone ? NULL : name);
    }
  g_strv_builder_addv (unread, (const char **) passed_over);
  return TRUE;
}

static gboolean
add_list (Listing *self, GBytes *list, const char *title, GError **error)
{
  gsize size;
  const char *bytes = g_bytes_get_data (list, &size), *end = bytes + size;
  char separator = size > 0 && memchr (bytes, '\0', size) ? '\0' : '\n';

  if (size > MAX_LIST_BYTES)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   _ ("%s: the list is too long"), title);
      return FALSE;
    }
  for (const char *line = bytes, *next; size > 0 && line < end; line = next + 1)
    {
      gsize n;
      g_autofree char *path = NULL;

      next = memchr (line, separator, (gsize) (end - line));
      if (!next)
        next = end;
      n = (gsize) (next - line);
      if (separator == '\n' && n > 0 && line[n - 1] == '\r')
        n--;
      path = g_strndup (line, n);
      if (*path)
        add (self, path, NULL, NULL);
    }
  return TRUE;
}

static gboolean
is_picture (const char *path)
{
  g_autofree char *type = g_content_type_guess (path, NULL, 0, NULL);

  return monocle_picture_kinds_is_picture (type, path);
}

GBytes *
monocle_batch_read_list (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  gssize n = 0;

  while (
      stream && all->len <= MAX_LIST_BYTES
      && (n = g_input_stream_read (G_INPUT_STREAM (stream), chunk, CHUNK_BYTES, cancellable, error))
             > 0)
    g_byte_array_append (all, chunk, (guint) n);
  return stream && n >= 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&all)) : NULL;
}

static gboolean
add_list_file (Listing *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = monocle_batch_read_list (file, cancellable, error);

  return bytes && add_list (self, bytes, shown, error);
}

static gboolean
add_source (Listing *self,
            const char *source,
            gboolean is_alone,
            GStrvBuilder *unread,
            GCancellable *cancellable,
            GError **error)
{
  if (g_file_test (source, G_FILE_TEST_IS_DIR))
    return add_folder (self, source, is_alone, unread, cancellable, error);
  if (!is_picture (source))
    return add_list_file (self, source, cancellable, error);
  add (self, source, NULL, NULL);
  return TRUE;
}

GPtrArray *
monocle_batch_list (const char *const *sources,
                    GBytes *list,
                    GStrv *unread,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GPtrArray) pictures = g_ptr_array_new_with_free_func (picture_free);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GStrvBuilder) passed_over = g_strv_builder_new ();
  Listing self = { pictures, names, paths };
  gboolean is_alone = g_strv_length ((char **) sources) + (list != NULL) == 1;

  for (guint i = 0; sources[i]; i++)
    if (!add_source (&self, sources[i], is_alone, passed_over, cancellable, error))
      return NULL;
  if (list && !add_list (&self, list, _ ("standard input"), error))
    return NULL;
  *unread = g_strv_builder_end (passed_over);
  return g_steal_pointer (&pictures);
}

/* --- shares --- */

/* By FNV-1a, the same on every machine, with all bits mixed at the end (the finaliser of
 * MurmurHash3): names of cameras differ in the last characters alone. From 0 */
static guint
find_share (const char *name, guint n_shares)
{
  guint32 hash = 2166136261u;

  for (const guchar *c = (const guchar *) name; *c; c++)
    hash = (hash ^ *c) * 16777619u;
  hash = (hash ^ hash >> 16) * 0x85ebca6bu;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
  hash ^= hash >> 16;
  return (guint) (((guint64) hash * n_shares) >> 32);
}

void
monocle_batch_take_share (GPtrArray *pictures, guint share, guint n_shares)
{
  guint n_kept = 0;

  g_return_if_fail (share >= 1 && share <= n_shares);

  for (guint i = 0; i < pictures->len; i++)
    {
      MonocleBatchPicture *picture = pictures->pdata[i];

      if (find_share (picture->name, n_shares) == share - 1)
        {
          pictures->pdata[i] = pictures->pdata[n_kept];
          pictures->pdata[n_kept++] = picture;
        }
    }
  g_ptr_array_set_size (pictures, (int) n_kept);
}
