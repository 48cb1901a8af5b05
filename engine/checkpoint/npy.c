/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NumPy files, version 1.0. See npy.h.
 */
#include "config.h"

#include "engine/checkpoint/npy.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"

#define MAGIC        "\x93NUMPY\x01"
#define MAGIC_BYTES  7
#define PREFIX_BYTES 10 /* the magic, the minor version, the header's length */
#define ALIGNMENT    64
#define MAX_BYTES    (G_GUINT64_CONSTANT (8) << 30)

/* Elements are written and read as they are in memory. */
G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

static const struct
{
  const char *descr;
  gsize element_bytes;
} types[] = {
  [MONOCLE_NPY_F32] = { "<f4", 4 },
  [MONOCLE_NPY_I64] = { "<i8", 8 },
  [MONOCLE_NPY_I32] = { "<i4", 4 },
};

/* (transfer full) (nullable): %NULL where there is no memory for it */
static GBytes *
encode (const char *descr, gsize element_bytes, const guint64 *dims, guint n_dims, const void *data)
{
  g_autoptr (GString) header = g_string_new (NULL);
  gsize header_bytes, data_bytes = element_bytes, file_bytes;
  gboolean fits = TRUE;
  char *file;

  g_return_val_if_fail (n_dims <= MONOCLE_NPY_MAX_DIMS, NULL);

  g_string_printf (header, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
  for (guint i = 0; i < n_dims; i++)
    {
      g_string_append_printf (header, "%s%" G_GUINT64_FORMAT "%s", i > 0 ? " " : "", dims[i],
                              i + 1 < n_dims || n_dims == 1 ? "," : "");
      fits = fits && g_size_checked_mul (&data_bytes, data_bytes, dims[i]);
    }
  g_string_append (header, "), }");
  while ((PREFIX_BYTES + header->len + 1) % ALIGNMENT != 0)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');
  header_bytes = header->len;

  fits = fits && g_size_checked_add (&file_bytes, data_bytes, PREFIX_BYTES + header_bytes)
         && file_bytes <= G_MAXSSIZE;
  file = fits ? g_try_malloc (file_bytes) : NULL;
  if (file == NULL)
    return NULL;
  memcpy (file, MAGIC, MAGIC_BYTES);
  file[7] = 0;
  file[8] = (char) (header_bytes & 0xff);
  file[9] = (char) (header_bytes >> 8);
  memcpy (file + PREFIX_BYTES, header->str, header_bytes);
  if (data_bytes > 0)
    memcpy (file + PREFIX_BYTES + header_bytes, data, data_bytes);
  return g_bytes_new_take (file, file_bytes);
}

static GBytes *
encode_array (MonocleNpyType type, const guint64 *dims, guint n_dims, const void *data)
{
  return encode (types[type].descr, types[type].element_bytes, dims, n_dims, data);
}

static gboolean
write_array (const char *path,
             MonocleNpyType type,
             const guint64 *dims,
             guint n_dims,
             const void *data,
             GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GBytes) file = encode_array (type, dims, n_dims, data);
  g_autoptr (GError) cause = NULL;
  const char *reason;

  g_return_val_if_fail (path != NULL, FALSE);

  if (file == NULL)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                   "%s: no memory to write it", shown);
      return FALSE;
    }
  if (g_file_set_contents_full (path, g_bytes_get_data (file, NULL),
                                (gssize) g_bytes_get_size (file), G_FILE_SET_CONTENTS_CONSISTENT,
                                0666, &cause))
    return TRUE;
  /* GLib names its temporary file, which says nothing to anybody; the reason is at the end. */
  reason = strrchr (cause->message, ':');
  g_set_error (error, cause->domain, cause->code, "%s: cannot be written%s", shown,
               reason != NULL ? reason : "");
  return FALSE;
}

GBytes *
monocle_npy_encode_f32 (const guint64 *dims, guint n_dims, const float *data)
{
  return encode_array (MONOCLE_NPY_F32, dims, n_dims, data);
}

GBytes *
monocle_npy_encode_text (const char *const *texts, guint n)
{
  const guint64 dims[] = { n };
  g_autofree gunichar *all = NULL;
  g_autofree char *descr = NULL;
  glong longest = 1; /* as of an empty array */
  gsize n_characters;

  for (guint i = 0; i < n; i++)
    longest = MAX (longest, g_utf8_strlen (texts[i], -1));
  if (!g_size_checked_mul (&n_characters, (gsize) longest, MAX (n, 1)))
    return NULL;
  all = g_try_new0 (gunichar, n_characters);
  if (!all)
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      const char *p = texts[i];

      for (gsize k = 0; *p; k++, p = g_utf8_next_char (p))
        all[(gsize) i * (gsize) longest + k] = g_utf8_get_char (p);
    }
  descr = g_strdup_printf ("<U%ld", longest);
  return encode (descr, (gsize) longest * sizeof *all, dims, G_N_ELEMENTS (dims), all);
}

gboolean
monocle_npy_write_f32 (
    const char *path, const guint64 *dims, guint n_dims, const float *data, GError **error)
{
  return write_array (path, MONOCLE_NPY_F32, dims, n_dims, data, error);
}

gboolean
monocle_npy_write_i64 (
    const char *path, const guint64 *dims, guint n_dims, const gint64 *data, GError **error)
{
  return write_array (path, MONOCLE_NPY_I64, dims, n_dims, data, error);
}

/* Reads the literal (a, b, ...) at @p. */
static gboolean
read_shape (const char *p, MonocleNpy *array)
{
  if (*p++ != '(')
    return FALSE;
  for (;;)
    {
      char *end;
      while (*p == ' ' || *p == ',')
        p++;
      if (*p == ')')
        return TRUE;
      if (!g_ascii_isdigit (*p) || array->n_dims == MONOCLE_NPY_MAX_DIMS)
        return FALSE;
      array->dims[array->n_dims++] = g_ascii_strtoull (p, &end, 10);
      p = end;
    }
}

/* What follows @key in the dictionary, blanks left out; NULL when it is not there. */
static const char *
find_value (const char *header, const char *key)
{
  const char *p = strstr (header, key);
  if (p == NULL)
    return NULL;
  p += strlen (key);
  while (*p == ' ' || *p == ':')
    p++;
  return p;
}

static gboolean
read_header (const char *header, MonocleNpy *array)
{
  const char *descr = find_value (header, "'descr'");
  const char *order = find_value (header, "'fortran_order'");
  const char *shape = find_value (header, "'shape'");
  guint type;

  if (descr == NULL || order == NULL || shape == NULL || !g_str_has_prefix (order, "False")
      || *descr != '\'')
    return FALSE;
  for (type = 0; type < G_N_ELEMENTS (types); type++)
    if (g_str_has_prefix (descr + 1, types[type].descr) && descr[4] == '\'')
      break;
  if (type == G_N_ELEMENTS (types))
    return FALSE;
  array->type = (MonocleNpyType) type;
  return read_shape (shape, array);
}

MonocleNpy *
monocle_npy_read (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_read (path, MAX_BYTES, error);
  const guint8 *data;
  gsize size;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  return monocle_npy_parse (data, size, path, error);
}

MonocleNpy *
monocle_npy_parse (const guint8 *data, gsize size, const char *path, GError **error)
{
  g_autoptr (MonocleNpy) array = NULL;
  g_autofree char *header = NULL;
  gsize header_bytes, data_bytes;

  if (size < PREFIX_BYTES || memcmp (data, MAGIC, MAGIC_BYTES) != 0)
    {
      monocle_file_set_error (error, path, "is no NumPy file of version 1");
      return NULL;
    }
  header_bytes = data[8] | (gsize) data[9] << 8;
  if (header_bytes > size - PREFIX_BYTES)
    {
      monocle_file_set_error (error, path, "truncated");
      return NULL;
    }
  header = g_strndup ((const char *) data + PREFIX_BYTES, header_bytes);
  data += PREFIX_BYTES + header_bytes;
  size -= PREFIX_BYTES + header_bytes;

  array = g_new0 (MonocleNpy, 1);
  if (!read_header (header, array))
    {
      monocle_file_set_error (error, path, "expected <f4, <i8 or <i4 in C order, found %s", header);
      return NULL;
    }
  data_bytes = types[array->type].element_bytes;
  for (guint i = 0; i < array->n_dims; i++)
    if (!g_size_checked_mul (&data_bytes, data_bytes, array->dims[i]))
      data_bytes = G_MAXSIZE;
  if (data_bytes != size)
    {
      monocle_file_set_error (
          error, path, "has %" G_GSIZE_FORMAT " bytes of data, its shape needs %" G_GSIZE_FORMAT,
          size, data_bytes);
      return NULL;
    }
  array->n_elements = size / types[array->type].element_bytes;
  if (array->type == MONOCLE_NPY_F32)
    array->f32 = g_memdup2 (data, size);
  else if (array->type == MONOCLE_NPY_I64)
    array->i64 = g_memdup2 (data, size);
  else
    array->i32 = g_memdup2 (data, size);
  return g_steal_pointer (&array);
}

void
monocle_npy_free (MonocleNpy *self)
{
  if (self == NULL)
    return;
  g_free (self->f32);
  g_free (self->i64);
  g_free (self->i32);
  g_free (self);
}
