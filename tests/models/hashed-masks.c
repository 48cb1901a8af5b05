/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The formula is that of tests/fixtures/paligemma/hashed.json; the archive is what NumPy writes, as
 * far as anybody looks at it.
 */
#include "config.h"

#include "hashed-masks.h"

#include <math.h>
#include <string.h>

#include "engine/checkpoint/npy.h"
#include "engine/models/paligemma/masks.h"

typedef struct
{
  char name[64];
  guint64 dims[4];
  guint n_dims;
} Array;

static guint64
count (const Array *array, guint first)
{
  guint64 n = 1;

  for (guint i = first; i < array->n_dims; i++)
    n *= array->dims[i];
  return n;
}

static float *
make_values (const Array *array)
{
  guint64 n = count (array, 0);
  float *values = g_new (float, n);
  guint32 hash = hashed_name (array->name);
  double scale = g_str_has_suffix (array->name, ".bias")        ? 0.1
                 : g_str_has_suffix (array->name, "_embedding") ? 1
                                                                : sqrt (3.0 / count (array, 1));

  for (guint64 i = 0; i < n; i++)
    values[i] = (float) (scale * hashed_element (hash, (guint32) i));
  return values;
}

/* --- the archive -------------------------------------------------------------------------- */

static void
put (GByteArray *file, guint64 value, guint n_bytes)
{
  for (guint i = 0; i < n_bytes; i++)
    {
      guint8 byte = (guint8) (value >> (8 * i));

      g_byte_array_append (file, &byte, 1);
    }
}

/* What both headers of an entry have; nobody checks its sum. */
static void
put_entry (GByteArray *file, guint32 size, guint name_length)
{
  put (file, 20, 2);
  put (file, 0, 2 + 2 + 4);
  put (file, 0, 4);
  put (file, size, 4);
  put (file, size, 4);
  put (file, name_length, 2);
  put (file, 0, 2);
}

static void
add_array (GByteArray *file, GByteArray *directory, const Array *array)
{
  g_autofree char *name = g_strconcat (array->name, ".npy", NULL);
  g_autofree float *values = make_values (array);
  g_autoptr (GBytes) bytes = monocle_npy_encode_f32 (array->dims, array->n_dims, values);
  const guint length = (guint) strlen (name), offset = file->len;
  const guint32 size = (guint32) g_bytes_get_size (bytes);

  put (file, 0x04034b50u, 4);
  put_entry (file, size, length);
  g_byte_array_append (file, (const guint8 *) name, length);
  g_byte_array_append (file, g_bytes_get_data (bytes, NULL), size);
  put (directory, 0x02014b50u, 4);
  put (directory, 20, 2);
  put_entry (directory, size, length);
  put (directory, 0, 2 + 2 + 2);
  put (directory, 0, 4);
  put (directory, offset, 4);
  g_byte_array_append (directory, (const guint8 *) name, length);
}

/* --- its arrays --------------------------------------------------------------------------- */

static void
add_convolution (GArray *arrays, const char *name, guint first, guint second, guint kernel, guint n)
{
  Array weight = { .dims = { first, second, kernel, kernel }, .n_dims = 4 };
  Array bias = { .dims = { n }, .n_dims = 1 };

  g_snprintf (weight.name, sizeof weight.name, "%s.weight", name);
  g_snprintf (bias.name, sizeof bias.name, "%s.bias", name);
  g_array_append_val (arrays, weight);
  g_array_append_val (arrays, bias);
}

static GArray *
list_arrays (void)
{
  static const guint widths[] = { 128, 128, 64, 32, 16 };
  GArray *arrays = g_array_new (FALSE, FALSE, sizeof (Array));
  const Array codes = { .name = "_vq_vae._embedding", .dims = { 128, 512 }, .n_dims = 2 };

  g_array_append_val (arrays, codes);
  add_convolution (arrays, "decoder.0", 128, 512, 1, 128);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("decoder.%u.net.%u", 2 + i / 3, i % 3 * 2);

      add_convolution (arrays, name, 128, 128, i % 3 < 2 ? 3 : 1, 128);
    }
  /* The input first. */
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("decoder.%u", 4 + 2 * i);

      add_convolution (arrays, name, widths[i], widths[i + 1], 4, widths[i + 1]);
    }
  add_convolution (arrays, "decoder.12", 1, 16, 1, 1);
  return arrays;
}

void
hashed_masks_write (const char *folder, const char *broken)
{
  g_autofree char *path = g_build_filename (folder, MONOCLE_PALIGEMMA_MASKS_FILE, NULL);
  g_autoptr (GArray) arrays = list_arrays ();
  g_autoptr (GByteArray) file = g_byte_array_new (), directory = g_byte_array_new ();
  guint start;

  for (guint i = 0; i < arrays->len; i++)
    {
      Array *array = &g_array_index (arrays, Array, i);

      if (g_strcmp0 (array->name, broken) == 0)
        array->dims[array->n_dims - 1]++;
      add_array (file, directory, array);
    }
  start = file->len;
  g_byte_array_append (file, directory->data, directory->len);
  put (file, 0x06054b50u, 4);
  put (file, 0, 2 + 2);
  put (file, arrays->len, 2);
  put (file, arrays->len, 2);
  put (file, directory->len, 4);
  put (file, start, 4);
  put (file, 0, 2);
  g_assert_true (g_file_set_contents (path, (const char *) file->data, (gssize) file->len, NULL));
}
