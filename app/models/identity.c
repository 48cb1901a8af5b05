/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/identity.h"

#include <gio/gio.h>
#include <string.h>

/* What is larger is weights, of which samples do. */
#define MAX_WHOLE (1 << 20)
#define N_SAMPLES 64
#define SAMPLE    4096

static gboolean
counts (const char *directory, const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  static const char *const ends[] = { ".json", ".txt", ".safetensors", ".bin", ".model", ".gguf" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (name, ends[i]))
      return g_file_test (path, G_FILE_TEST_IS_REGULAR);
  return FALSE;
}

static gboolean
add_part (GChecksum *sum, GFileInputStream *stream, gsize at, gsize n, GError **error)
{
  g_autofree guchar *bytes = g_malloc (MAX (n, 1));
  gsize n_read;

  if (!g_seekable_seek (G_SEEKABLE (stream), (goffset) at, G_SEEK_SET, NULL, error)
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, n, &n_read, NULL, error))
    return FALSE;
  g_checksum_update (sum, bytes, (gssize) n_read);
  return TRUE;
}

/* Not mapped: the file could be cut meanwhile. */
static gboolean
add_file (GChecksum *sum, const char *directory, const char *name, GError **error)
{
  g_autoptr (GFile) file = g_file_new_build_filename (directory, name, NULL);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GFileInfo) info = NULL;
  gsize size;

  if (stream)
    info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, error);
  if (!info)
    return FALSE;
  size = (gsize) g_file_info_get_size (info);
  g_checksum_update (sum, (const guchar *) name, (gssize) strlen (name) + 1);
  g_checksum_update (sum, (const guchar *) &size, sizeof size);
  if (size <= MAX_WHOLE)
    return add_part (sum, stream, 0, size, error);
  for (gsize i = 0; i < N_SAMPLES; i++)
    if (!add_part (sum, stream, (size - SAMPLE) / (N_SAMPLES - 1) * i, SAMPLE, error))
      return FALSE;
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Beside the file of a model other ones may lie. */
static gboolean
list_pair (GPtrArray *names, const char *path, GError **error)
{
  g_auto (GStrv) paths = monocle_model_list_gguf (path, error);

  for (guint i = 0; paths && paths[i]; i++)
    g_ptr_array_add (names, g_path_get_basename (paths[i]));
  return paths != NULL;
}

static gboolean
list_folder (GPtrArray *names, const char *directory, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, error);
  const char *found;

  while (dir && (found = g_dir_read_name (dir)))
    if (counts (directory, found))
      g_ptr_array_add (names, g_strdup (found));
  return dir != NULL;
}

GChecksum *
monocle_identity_compute (const char *directory, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = NULL;
  gboolean is_file;

  g_return_val_if_fail (directory, NULL);

  is_file = !g_file_test (directory, G_FILE_TEST_IS_DIR) && monocle_model_is_gguf (directory);
  folder = is_file ? g_path_get_dirname (directory) : g_strdup (directory);
  if (!(is_file ? list_pair : list_folder) (names, directory, error))
    return NULL;
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    if (!add_file (sum, folder, names->pdata[i], error))
      return NULL;
  return g_steal_pointer (&sum);
}

/* @sum: (transfer full): of a model. Returns: (transfer full) (nullable): of both */
static GChecksum *
add_adapter (GChecksum *sum, const char *adapter)
{
  g_autoptr (GChecksum) alone = sum;
  g_autoptr (GChecksum) learnt = monocle_identity_compute (adapter, NULL);
  GChecksum *both;

  if (!learnt)
    return NULL;
  both = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (both, (const guchar *) g_checksum_get_string (alone), -1);
  g_checksum_update (both, (const guchar *) g_checksum_get_string (learnt), -1);
  return both;
}

const char *
monocle_identity_get (MonocleModel *model)
{
  static const char key[] = "monocle-identity";
  const char *adapter = monocle_model_get_adapter (model);
  g_autoptr (GChecksum) sum = NULL;
  const char *known;

  g_return_val_if_fail (MONOCLE_IS_MODEL (model), NULL);

  known = g_object_get_data (G_OBJECT (model), key);
  if (known)
    return known;
  sum = monocle_identity_compute (monocle_model_get_directory (model), NULL);
  if (sum && adapter)
    sum = add_adapter (g_steal_pointer (&sum), adapter);
  if (!sum)
    return NULL;
  g_object_set_data_full (G_OBJECT (model), key, g_strdup (g_checksum_get_string (sum)), g_free);
  return g_object_get_data (G_OBJECT (model), key);
}
