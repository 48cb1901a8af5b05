/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/pictures/size.h"

#include <string.h>

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "engine/engine.h"

/* From here on sides are exchanged. */
#define FIRST_TURNED_ORIENTATION 5

static guint
big16 (const guint8 *p)
{
  return (guint) p[0] << 8 | p[1];
}

static gboolean
read_png (const guint8 *data, gsize size, guint sides[2])
{
  if (size < 24 || memcmp (data, "\x89PNG\r\n\x1a\n", 8) != 0 || memcmp (data + 12, "IHDR", 4) != 0)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    sides[i] = big16 (data + 16 + 4 * i) << 16 | big16 (data + 18 + 4 * i);
  return TRUE;
}

/* The frame header is the first marker C0 to CF that is no table. */
static gboolean
read_jpeg (const guint8 *data, gsize size, guint sides[2])
{
  gsize at = 2;

  if (size < 4 || data[0] != 0xff || data[1] != 0xd8)
    return FALSE;
  while (at + 9 <= size)
    {
      guint8 marker = data[at + 1];

      if (data[at] != 0xff)
        return FALSE;
      if (marker == 0xff)
        {
          at++;
          continue;
        }
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
        {
          sides[0] = big16 (data + at + 7);
          sides[1] = big16 (data + at + 5);
          return TRUE;
        }
      at += 2;
      if (marker != 0x01 && (marker < 0xd0 || marker > 0xd9))
        at += big16 (data + at);
    }
  return FALSE;
}

/* What is rarer is asked of the library that draws it. */
static gboolean
read_other (const char *path, guint sides[2])
{
  int width = 0, height = 0;

  if (!gdk_pixbuf_get_file_info (path, &width, &height) || width <= 0 || height <= 0)
    return FALSE;
  sides[0] = (guint) width;
  sides[1] = (guint) height;
  return TRUE;
}

gboolean
monocle_picture_read_size (const char *path, guint *width, guint *height, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_map (path, error);
  guint sides[2] = { 0, 0 };
  const guint8 *data;
  gboolean turned;
  gsize size;

  if (!bytes)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  if (!read_png (data, size, sides) && !read_jpeg (data, size, sides) && !read_other (path, sides))
    return monocle_file_set_error (error, path, "is no picture whose size is known");
  for (guint i = 0; i < 2; i++)
    if (sides[i] < 1 || sides[i] > MONOCLE_IMAGE_MAX_SIDE)
      return monocle_file_set_error (error, path, "its sides are out of range");
  turned = monocle_exif_orientation (data, size) >= FIRST_TURNED_ORIENTATION;
  *width = sides[turned ? 1 : 0];
  *height = sides[turned ? 0 : 1];
  return TRUE;
}
