/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/fingerprint.h"

#include <gio/gio.h>
#include <string.h>

/* What is larger is weights, of which samples do. */
#define MAX_WHOLE (1 << 20)
#define N_SAMPLES 64
#define SAMPLE    4096

static gboolean
counts (const char *name)
{
  static const char *const ends[] = { ".json", ".txt", ".safetensors", ".bin", ".model" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (name, ends[i]))
      return TRUE;
  return FALSE;
}

static gboolean
add_file (GChecksum *sum, const char *directory, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  const guchar *bytes;
  gsize size;

  if (!file)
    return FALSE;
  bytes = (const guchar *) g_mapped_file_get_contents (file);
  size = g_mapped_file_get_length (file);
  g_checksum_update (sum, (const guchar *) name, (gssize) strlen (name) + 1);
  g_checksum_update (sum, (const guchar *) &size, sizeof size);
  if (size <= MAX_WHOLE)
    g_checksum_update (sum, bytes, (gssize) size);
  for (gsize i = 0; i < N_SAMPLES && size > MAX_WHOLE; i++)
    g_checksum_update (sum, bytes + (size - SAMPLE) / (N_SAMPLES - 1) * i, SAMPLE);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
monocle_search_find_index (const char *directory, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, error);
  g_autofree char *canonical = g_canonicalize_filename (directory, NULL);
  g_autofree char *title = g_path_get_basename (canonical);
  g_autofree char *name = NULL;
  const char *found;

  if (!dir)
    return NULL;
  while ((found = g_dir_read_name (dir)))
    if (counts (found))
      g_ptr_array_add (names, g_strdup (found));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    if (!add_file (sum, directory, names->pdata[i], error))
      return NULL;
  name = g_strdup_printf ("%s-%.16s.index", title, g_checksum_get_string (sum));
  return g_build_filename (g_get_user_data_dir (), "monocle", "index", name, NULL);
}
