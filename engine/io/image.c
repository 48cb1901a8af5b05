/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MonocleImage: bytes or a file to an upright RGB8 picture. See image.h. The size is known and
 * checked before anything of that size is allocated.
 */
#include "config.h"

#include "engine/io/image.h"

#include <string.h>

#include "engine/error.h"
#include "engine/io/exif.h"
#include "engine/io/file.h"
#include "engine/io/png.h"
#include "engine/io/pnm.h"
#include "engine/io/stb.h"

/* No format that we read packs more pixels into a byte: deflate 1032 bytes, one bit a pixel. */
#define MAX_PIXELS_A_BYTE 16384

/* What a decoder may take for a pixel: 16-bit RGBA, its packed form growing by doubling, and the
 * conversions; JPEG pads each side by up to a block of 32 pixels. */
#define BUDGET_A_PIXEL 48
#define BUDGET_PADDING 64
#define BUDGET_FIXED   (16 * 1024 * 1024)

struct _MonocleImage
{
  gatomicrefcount ref_count;
  guint width;
  guint height;
  guint8 *pixels;
  void (*free_pixels) (void *);
};

G_DEFINE_BOXED_TYPE (MonocleImage, monocle_image, monocle_image_ref, monocle_image_unref)

static MonocleImage *
new_image (guint width, guint height, guint8 *pixels, void (*free_pixels) (void *))
{
  MonocleImage *self = g_new0 (MonocleImage, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->width = width;
  self->height = height;
  self->pixels = pixels;
  self->free_pixels = free_pixels;
  return self;
}

static guint8 *
allocate_pixels (guint width, guint height, GError **error)
{
  guint8 *pixels = g_try_malloc_n ((gsize) width * height, 3);
  if (pixels == NULL)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                 "no memory for an image of %u x %u pixels", width, height);
  return pixels;
}

/* NULL when @width and @height are within the limits. */
static const char *
find_excess (guint width, guint height)
{
  if (width == 0 || height == 0)
    return "expected at least 1 x 1";
  if (width > MONOCLE_IMAGE_MAX_SIDE || height > MONOCLE_IMAGE_MAX_SIDE
      || (guint64) width * height > MONOCLE_IMAGE_MAX_PIXELS)
    return "more than the limit of " G_STRINGIFY (
        MONOCLE_IMAGE_MAX_SIDE) " a side and " G_STRINGIFY (MONOCLE_IMAGE_MAX_PIXELS) " in all";
  return NULL;
}

static gboolean
check_size (guint width, guint height, gsize file_bytes, const char *name, GError **error)
{
  const char *excess = find_excess (width, height);
  if (excess == NULL && (guint64) width * height / MAX_PIXELS_A_BYTE > file_bytes)
    excess = "which so short a file cannot hold";
  if (excess != NULL)
    monocle_file_set_error (error, name, "%u x %u pixels, %s", width, height, excess);
  return excess == NULL;
}

static void
set_fault (GError **error, const char *name, const char *fault)
{
  if (g_str_equal (fault, "unknown image type"))
    monocle_file_set_error (error, name,
                            "is no image that Monocle reads (JPEG, PNG, BMP, GIF, TGA or PNM)");
  else if (g_str_equal (fault, "too large"))
    monocle_file_set_error (error, name, "image of more than %d pixels a side or %d in all",
                            MONOCLE_IMAGE_MAX_SIDE, MONOCLE_IMAGE_MAX_PIXELS);
  else if (g_str_equal (fault, "truncated"))
    monocle_file_set_error (error, name, "the image is truncated");
  else if (g_str_equal (fault, "outofmem"))
    monocle_file_set_error (error, name, "the image needs more memory than its size explains");
  else
    monocle_file_set_error (error, name, "the image is corrupt or of an unusual kind (%s)", fault);
}

/* GIF marks one colour of its palette as see-through. Without the mark it is a colour again, which
 * is what dropping alpha means; with it stb_image would leave black. Edits the copy @data. */
static void
drop_gif_transparency (guint8 *data, gsize size)
{
  gsize at = 13;
  if (size < at)
    return;
  if ((data[10] & 0x80) != 0)
    at += (gsize) 3 << ((data[10] & 7) + 1);
  while (at < size && size - at >= 8 && data[at] == 0x21) /* An extension. */
    {
      if (data[at + 1] == 0xf9 && data[at + 2] == 4)
        data[at + 3] &= 0xfe;
      at += 2;
      while (at < size && data[at] != 0)
        at += 1 + data[at];
      at++;
    }
}

static MonocleImage *
decode_pnm (const guint8 *data, gsize size, const char *name, GError **error)
{
  g_autofree guint8 *pixels = NULL;
  guint width, height;
  const char *fault = monocle_pnm_info (data, size, &width, &height);

  if (fault != NULL)
    {
      set_fault (error, name, fault);
      return NULL;
    }
  if (!check_size (width, height, size, name, error))
    return NULL;
  pixels = allocate_pixels (width, height, error);
  if (pixels == NULL)
    return NULL;
  fault = monocle_pnm_load (data, size, pixels);
  if (fault != NULL)
    {
      set_fault (error, name, fault);
      return NULL;
    }
  return new_image (width, height, g_steal_pointer (&pixels), g_free);
}

static MonocleImage *
decode_large_png (
    const guint8 *data, gsize size, guint width, guint height, const char *name, GError **error)
{
  g_autofree guint8 *pixels = allocate_pixels (width, height, error);
  const char *fault;

  if (pixels == NULL)
    return NULL;
  fault = monocle_png_load (data, size, pixels);
  if (fault != NULL)
    {
      set_fault (error, name, fault);
      return NULL;
    }
  return new_image (width, height, g_steal_pointer (&pixels), g_free);
}

static MonocleImage *
decode_stb (const guint8 *data, gsize size, const char *name, GError **error)
{
  g_autofree guint8 *copy = NULL;
  guint8 *pixels = NULL;
  gsize budget_bytes;
  int width = 0, height = 0;
  const char *fault = monocle_stb_info (data, size, &width, &height);

  if (fault != NULL)
    {
      set_fault (error, name, fault);
      return NULL;
    }
  if (!check_size ((guint) width, (guint) height, size, name, error))
    return NULL;
  if (monocle_png_is_large (data, size))
    return decode_large_png (data, size, (guint) width, (guint) height, name, error);
  if (memcmp (data, "GIF", 3) == 0)
    {
      copy = g_memdup2 (data, size);
      drop_gif_transparency (copy, size);
      data = copy;
    }
  budget_bytes
      = ((gsize) width + BUDGET_PADDING) * ((gsize) height + BUDGET_PADDING) * BUDGET_A_PIXEL
        + 3 * size + BUDGET_FIXED;
  fault = monocle_stb_load (data, size, budget_bytes, &width, &height, &pixels);
  if (fault != NULL)
    {
      set_fault (error, name, fault);
      return NULL;
    }
  /* A file that says one size to the reader of the header and another to the decoder. */
  if (find_excess ((guint) width, (guint) height) != NULL)
    {
      monocle_stb_free (pixels);
      set_fault (error, name, "corrupt");
      return NULL;
    }
  return new_image ((guint) width, (guint) height, pixels, monocle_stb_free);
}

/* The picture as it was seen, @orientation being EXIF's: where in the source a row of the result
 * begins, and how a step along it and to the next one goes. */
static MonocleImage *
turn_upright (MonocleImage *image, guint orientation, GError **error)
{
  const gssize w = image->width, h = image->height;
  const gssize right = 3, down = 3 * w;
  const gssize last_x = right * (w - 1), last_y = down * (h - 1);
  const struct
  {
    gssize start, step, next;
  } paths[] = {
    { 0, right, down },                 /* 1 upright */
    { last_x, -right, down },           /* 2 mirrored */
    { last_x + last_y, -right, -down }, /* 3 upside down */
    { last_y, right, -down },           /* 4 upside down and mirrored */
    { 0, down, right },                 /* 5 transposed */
    { last_y, -down, right },           /* 6 to be turned clockwise */
    { last_x + last_y, -down, -right }, /* 7 transposed along the other diagonal */
    { last_x, down, -right },           /* 8 to be turned counterclockwise */
  };
  const gboolean swaps = orientation >= 5;
  const guint width = swaps ? image->height : image->width;
  const guint height = swaps ? image->width : image->height;
  const guint8 *from;
  guint8 *pixels, *to;

  pixels = to = allocate_pixels (width, height, error);
  if (pixels == NULL)
    return NULL;
  for (guint y = 0; y < height; y++)
    {
      from
          = image->pixels + paths[orientation - 1].start + (gssize) y * paths[orientation - 1].next;
      for (guint x = 0; x < width; x++, to += 3)
        memcpy (to, from + (gssize) x * paths[orientation - 1].step, 3);
    }
  return new_image (width, height, pixels, g_free);
}

MonocleImage *
monocle_image_new_from_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (MonocleImage) image = NULL;
  gsize size;
  const guint8 *data;
  guint orientation;

  g_return_val_if_fail (bytes != NULL && name != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  if (size < 4 || size > MONOCLE_IMAGE_MAX_FILE_BYTES)
    {
      monocle_file_set_error (error, name, "%s",
                              size == 0  ? "is empty"
                              : size < 4 ? "is too short for an image"
                                         : "is more than the limit of 512 MiB for an image");
      return NULL;
    }
  if (data[0] == 'P' && data[1] >= '1' && data[1] <= '6')
    image = decode_pnm (data, size, name, error);
  else
    image = decode_stb (data, size, name, error);
  if (image == NULL)
    return NULL;
  orientation = monocle_exif_orientation (data, size);
  return orientation == 1 ? g_steal_pointer (&image) : turn_upright (image, orientation, error);
}

MonocleImage *
monocle_image_new_from_file (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  bytes = monocle_file_read (path, MONOCLE_IMAGE_MAX_FILE_BYTES, error);
  return bytes != NULL ? monocle_image_new_from_bytes (bytes, path, error) : NULL;
}

static gboolean
check_pixels (guint width, guint height, GError **error)
{
  const char *excess = find_excess (width, height);

  if (excess != NULL)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                 "an image of %u x %u pixels: %s", width, height, excess);
  return excess == NULL;
}

MonocleImage *
monocle_image_new_from_pixels (
    guint width, guint height, gsize rowstride, const guint8 *rgb, GError **error)
{
  guint8 *pixels;

  if (!check_pixels (width, height, error))
    return NULL;
  g_return_val_if_fail (rgb != NULL && rowstride >= 3 * (gsize) width, NULL);

  pixels = allocate_pixels (width, height, error);
  if (pixels == NULL)
    return NULL;
  for (guint y = 0; y < height; y++)
    memcpy (pixels + (gsize) y * 3 * width, rgb + y * rowstride, 3 * (gsize) width);
  return new_image (width, height, pixels, g_free);
}

MonocleImage *
monocle_image_new_take_pixels (guint width, guint height, guint8 *rgb, GError **error)
{
  g_autofree guint8 *pixels = rgb;

  g_return_val_if_fail (rgb != NULL, NULL);

  if (!check_pixels (width, height, error))
    return NULL;
  return new_image (width, height, g_steal_pointer (&pixels), g_free);
}

MonocleImage *
monocle_image_ref (MonocleImage *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
monocle_image_unref (MonocleImage *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  self->free_pixels (self->pixels);
  g_free (self);
}

guint
monocle_image_get_width (const MonocleImage *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->width;
}

guint
monocle_image_get_height (const MonocleImage *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->height;
}

const guint8 *
monocle_image_get_pixels (const MonocleImage *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->pixels;
}
