/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of engine/io share: fixtures, files in a fresh folder, growing byte strings, and
 * the shape that every error about a file must have.
 */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/error.h"

/* A path below tests/fixtures. */
static inline char *
fixture (const char *path)
{
  return g_test_build_filename (G_TEST_DIST, "fixtures", path, NULL);
}

static inline char *
new_folder (void)
{
  char *folder = g_dir_make_tmp ("monocle-test-XXXXXX", NULL);
  g_assert_nonnull (folder);
  return folder;
}

/* Removes a folder of plain files and empty folders. */
static inline void
remove_folder (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_remove (path);
    }
  g_dir_close (dir);
  g_rmdir (folder);
}

static inline char *
write_file (const char *folder, const char *name, const void *data, gsize size)
{
  char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
  return path;
}

static inline void
put (GByteArray *to, const void *data, gsize size)
{
  g_byte_array_append (to, data, (guint) size);
}

static inline void
put_text (GByteArray *to, const char *text)
{
  put (to, text, strlen (text));
}

/* A little-endian number of @n bytes. */
static inline void
put_number (GByteArray *to, guint64 value, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint8 byte = i < 8 ? (guint8) (value >> 8 * i) : 0;
      put (to, &byte, 1);
    }
}

/* One line: the file, a colon, and somewhere in it @what. Clears @error. */
static inline void
check_file_error (GError **error, const char *name, const char *what)
{
  g_assert_nonnull (*error);
  if (strstr ((*error)->message, what) == NULL || !g_str_has_prefix ((*error)->message, name))
    g_error ("expected \"%s: ...%s...\", got \"%s\"", name, what, (*error)->message);
  g_assert_error (*error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  g_assert_null (strchr ((*error)->message, '\n'));
  g_assert_true (g_utf8_validate ((*error)->message, -1, NULL));
  g_clear_error (error);
}
