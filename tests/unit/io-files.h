/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of the readers share: fixtures, files in a fresh folder, growing byte strings, and
 * the shape that every error about a file must have.
 */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "tests/fixture.h"

/* A path below tests/fixtures. */
static inline char *
fixture (const char *path)
{
  return fixture_dup_path (path);
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

/* The JSON object in tests/fixtures/@path, as the engine reads it. */
static inline JsonObject *
load_fixture (const char *path)
{
  g_autoptr (GBytes) bytes = fixture_read (path);
  g_autoptr (GError) error = NULL;
  JsonObject *root
      = monocle_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), path, &error);

  g_assert_no_error (error);
  return root;
}

/* Reads a file, which may be bad; returns whether it was taken. */
typedef gboolean (*ReadFile) (const char *path, GError **error);

/* Gives every file of bad.json that is of @kind to @read_bad, and holds it to what is expected. */
static inline void
check_bad_files (const char *kind, ReadFile read_bad)
{
  g_autoptr (JsonObject) root = load_fixture ("bad.json");
  JsonArray *cases = json_object_get_array_member (root, "cases");
  guint n_seen = 0;

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *c = json_array_get_object_element (cases, i);
      const char *expect = json_object_get_string_member (c, "expect");
      g_autofree char *path = fixture (json_object_get_string_member (c, "file"));
      g_autoptr (GError) error = NULL;
      gboolean taken;

      if (!g_str_equal (json_object_get_string_member (c, "kind"), kind))
        continue;
      g_test_message ("%s: %s", path, json_object_get_string_member (c, "why"));
      taken = read_bad (path, &error);
      g_assert_true (taken == (error == NULL));
      if (!g_str_equal (expect, "any"))
        g_assert_true (taken == g_str_equal (expect, "ok"));
      if (!taken)
        {
          g_assert_true (error->domain == MONOCLE_ENGINE_ERROR);
          g_assert_null (strchr (error->message, '\n'));
        }
      n_seen++;
    }
  g_assert_cmpuint (n_seen, >, 5);
}
