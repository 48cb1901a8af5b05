/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/file-set.h"

#include <glib/gstdio.h>

struct _MonocleFileSet
{
  /* Identity -> the name that was added. */
  GHashTable *names;
};

MonocleFileSet *
monocle_file_set_new (void)
{
  MonocleFileSet *self = g_new0 (MonocleFileSet, 1);

  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
monocle_file_set_free (MonocleFileSet *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->names);
  g_free (self);
}

static char *
identify (const char *path)
{
  GStatBuf status;

  if (g_stat (path, &status) != 0)
    return NULL;
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) status.st_dev,
                          (guint64) status.st_ino);
}

/* What is not there yet may come to be on a file system that knows no case. */
static char *
identify_missing (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *folded = g_utf8_casefold (valid, -1);
  g_autofree char *place = identify (folder);

  if (!place)
    place = g_canonicalize_filename (folder, NULL);
  return g_strconcat (place, "/", folded, NULL);
}

static char *
make_key (const char *path)
{
  char *key = identify (path);

  return key ? key : identify_missing (path);
}

gboolean
monocle_file_set_add (MonocleFileSet *self, const char *path)
{
  g_autofree char *key = make_key (path);

  if (g_hash_table_contains (self->names, key))
    return FALSE;
  return g_hash_table_insert (self->names, g_steal_pointer (&key), g_strdup (path));
}

const char *
monocle_file_set_find (const MonocleFileSet *self, const char *path)
{
  g_autofree char *key = make_key (path);

  return g_hash_table_lookup (self->names, key);
}
