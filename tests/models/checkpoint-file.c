/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "checkpoint-file.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

static void
shape_free (gpointer data)
{
  TensorShape *shape = data;

  g_free (shape->name);
  g_free (shape);
}

GPtrArray *
tensor_shapes_new (void)
{
  return g_ptr_array_new_with_free_func (shape_free);
}

void
tensor_shapes_add (GPtrArray *shapes, const char *name, guint n_dims, const guint *dims)
{
  TensorShape *shape = g_new0 (TensorShape, 1);

  g_assert_cmpuint (n_dims, <=, CHECKPOINT_MAX_DIMS);
  shape->name = g_strdup (name);
  shape->n_dims = n_dims;
  for (guint i = 0; i < n_dims; i++)
    shape->dims[i] = dims[i];
  g_ptr_array_add (shapes, shape);
}

void
tensor_shapes_add_text (GPtrArray *shapes, const char *name, const char *dims)
{
  g_auto (GStrv) parts = g_strsplit (dims, "x", -1);
  guint numbers[CHECKPOINT_MAX_DIMS] = { 0 }, n = g_strv_length (parts);

  g_assert_cmpuint (n, <=, CHECKPOINT_MAX_DIMS);
  for (guint i = 0; i < n; i++)
    numbers[i] = g_ascii_strtoull (parts[i], NULL, 10);
  tensor_shapes_add (shapes, name, n, numbers);
}

guint64
tensor_shape_get_n_elements (const TensorShape *shape)
{
  guint64 n = 1;

  for (guint i = 0; i < shape->n_dims; i++)
    n *= shape->dims[i];

  return n;
}

static GString *
build_header (GPtrArray *shapes, guint64 *size)
{
  GString *header = g_string_new ("{");

  *size = 0;
  for (guint i = 0; i < shapes->len; i++)
    {
      const TensorShape *shape = shapes->pdata[i];
      guint64 bytes = tensor_shape_get_n_elements (shape) * sizeof (float);

      g_string_append_printf (header, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[", i > 0 ? "," : "",
                              shape->name);
      for (guint j = 0; j < shape->n_dims; j++)
        g_string_append_printf (header, "%s%u", j > 0 ? "," : "", shape->dims[j]);
      g_string_append_printf (header,
                              "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}",
                              *size, *size + bytes);
      *size += bytes;
    }
  g_string_append_c (header, '}');
  while (header->len % 8 != 0)
    g_string_append_c (header, ' ');

  return header;
}

void
checkpoint_file_write (const char *folder, GPtrArray *shapes, TensorFill fill, gpointer user_data)
{
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  guint64 size, length;
  g_autoptr (GString) header = build_header (shapes, &size);
  FILE *file;

  /* A link is replaced, not what it leads to. */
  g_remove (path);
  file = g_fopen (path, "wb");
  g_assert_nonnull (file);
  length = GUINT64_TO_LE (header->len);
  g_assert_cmpuint (fwrite (&length, sizeof length, 1, file), ==, 1);
  g_assert_cmpuint (fwrite (header->str, header->len, 1, file), ==, 1);
  for (guint i = 0; i < shapes->len && fill; i++)
    {
      gsize n = tensor_shape_get_n_elements (shapes->pdata[i]);
      g_autofree float *values = g_new (float, n);

      fill (shapes->pdata[i], values, user_data);
      g_assert_cmpuint (fwrite (values, sizeof *values, n, file), ==, n);
    }
  g_assert_cmpint (fflush (file), ==, 0);
  g_assert_cmpint (ftruncate (fileno (file), sizeof length + header->len + size), ==, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}
