/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MonocleImage: bytes or a file to an upright picture. See image.h.
 */
#include "config.h"

#include "engine/picture/image-private.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/picture/bmp.h"
#include "engine/picture/exif.h"
#include "engine/base/file.h"
#include "engine/picture/gif.h"
#include "engine/picture/jpeg.h"
#include "engine/picture/png.h"
#include "engine/picture/pnm.h"
#include "engine/picture/tga.h"

struct _MonocleImage
{
  gatomicrefcount ref_count;
  guint width;
  guint height;
  guint8 *pixels;
  guint8 *alpha;         /* (nullable) */
  MonocleImage *colours; /* (nullable): whose pixels these are */
  gboolean partial;
  gpointer made; /* (nullable): see monocle_image_take_made() */
  GDestroyNotify made_free;
};

G_DEFINE_BOXED_TYPE (MonocleImage, monocle_image, monocle_image_ref, monocle_image_unref)

/* @pixels, @alpha: (transfer full) */
static MonocleImage *
new_image (guint width, guint height, guint8 *pixels, guint8 *alpha, gboolean partial)
{
  MonocleImage *self = g_new0 (MonocleImage, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->width = width;
  self->height = height;
  self->pixels = pixels;
  self->alpha = alpha;
  self->partial = partial;
  return self;
}

static guint8 *
allocate_pixels (guint width, guint height, guint n_channels, GError **error)
{
  guint8 *pixels = g_try_malloc_n ((gsize) width * height, n_channels);

  if (pixels == NULL)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                 "no memory for an image of %u x %u pixels", width, height);
  return pixels;
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

/* --- Formats --- */

static const struct
{
  const char *magic;
  const char *(*read) (const guint8 *data, gsize size, MonocleRaster *raster);
} formats[] = {
  { "\x89PNG\r\n\x1a\n", monocle_png_read },
  { "\xff\xd8\xff", monocle_jpeg_read },
  { "GIF8", monocle_gif_read },
  { "BM", monocle_bmp_read },
  { "P1", monocle_pnm_read },
  { "P2", monocle_pnm_read },
  { "P3", monocle_pnm_read },
  { "P4", monocle_pnm_read },
  { "P5", monocle_pnm_read },
  { "P6", monocle_pnm_read },
  /* Nothing says that it is one: last. */
  { "", monocle_tga_read },
};

static guint
find_format (const guint8 *data, gsize size)
{
  guint i = 0;

  while (size < strlen (formats[i].magic)
         || memcmp (data, formats[i].magic, strlen (formats[i].magic)) != 0)
    i++;
  return i;
}

gboolean
monocle_image_is_known (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return *formats[find_format (data, size)].magic != '\0';
}

static MonocleImage *
read_format (const guint8 *data, gsize size, const char *name, guint max_side, GError **error)
{
  MonocleRaster raster = { .name = name, .file_bytes = size, .max_side = max_side };
  const char *fault = formats[find_format (data, size)].read (data, size, &raster);
  MonocleImage *image = NULL;

  if (raster.error != NULL)
    g_propagate_error (error, g_steal_pointer (&raster.error));
  else if (raster.n_rows == 0)
    set_fault (error, name, fault);
  else
    {
      monocle_raster_end (&raster);
      image = new_image (raster.out_width, raster.out_height, g_steal_pointer (&raster.rgb),
                         g_steal_pointer (&raster.alpha), fault != NULL);
    }
  monocle_raster_clear (&raster);
  return image;
}

/* --- Upright --- */

/* The picture as it was seen, @orientation being EXIF's: where in the source a row of the result
 * begins, and how a step along it and to the next one goes. */
static guint8 *
turn_plane (const MonocleImage *image,
            const guint8 *plane,
            guint n_channels,
            guint orientation,
            GError **error)
{
  const gssize w = image->width, h = image->height, n = n_channels;
  const gssize right = n, down = n * w;
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
  guint8 *turned = allocate_pixels (width, height, n_channels, error), *to = turned;

  for (guint y = 0; turned != NULL && y < height; y++)
    {
      const guint8 *from
          = plane + paths[orientation - 1].start + (gssize) y * paths[orientation - 1].next;

      for (guint x = 0; x < width; x++, to += n, from += paths[orientation - 1].step)
        for (guint c = 0; c < n_channels; c++)
          to[c] = from[c];
    }
  return turned;
}

static MonocleImage *
turn_upright (MonocleImage *image, guint orientation, GError **error)
{
  const gboolean swaps = orientation >= 5;
  g_autofree guint8 *pixels = turn_plane (image, image->pixels, 3, orientation, error);
  guint8 *alpha = NULL;

  if (pixels == NULL)
    return NULL;
  if (image->alpha != NULL)
    {
      alpha = turn_plane (image, image->alpha, 1, orientation, error);
      if (alpha == NULL)
        return NULL;
    }
  return new_image (swaps ? image->height : image->width, swaps ? image->width : image->height,
                    g_steal_pointer (&pixels), alpha, image->partial);
}

MonocleImage *
monocle_image_new_small_from_bytes (GBytes *bytes, const char *name, guint max_side, GError **error)
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
  image = read_format (data, size, name, max_side, error);
  if (image == NULL)
    return NULL;
  orientation = monocle_exif_orientation (data, size);
  return orientation == 1 ? g_steal_pointer (&image) : turn_upright (image, orientation, error);
}

MonocleImage *
monocle_image_new_from_bytes (GBytes *bytes, const char *name, GError **error)
{
  return monocle_image_new_small_from_bytes (bytes, name, 0, error);
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
  const char *excess = monocle_raster_find_excess (width, height);

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

  pixels = allocate_pixels (width, height, 3, error);
  if (pixels == NULL)
    return NULL;
  for (guint y = 0; y < height; y++)
    memcpy (pixels + (gsize) y * 3 * width, rgb + y * rowstride, 3 * (gsize) width);
  return new_image (width, height, pixels, NULL, FALSE);
}

static gboolean
is_opaque (const guint8 *alpha, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (alpha[i] != 255)
      return FALSE;
  return TRUE;
}

MonocleImage *
monocle_image_new_take_planes (
    guint width, guint height, guint8 *rgb, guint8 *alpha, gboolean partial, GError **error)
{
  g_autofree guint8 *pixels = rgb;
  g_autofree guint8 *plane = alpha;

  g_return_val_if_fail (rgb != NULL, NULL);

  if (!check_pixels (width, height, error))
    return NULL;
  if (plane != NULL && is_opaque (plane, (gsize) width * height))
    g_clear_pointer (&plane, g_free);
  return new_image (width, height, g_steal_pointer (&pixels), g_steal_pointer (&plane), partial);
}

MonocleImage *
monocle_image_new_take_pixels (guint width, guint height, guint8 *rgb, GError **error)
{
  return monocle_image_new_take_planes (width, height, rgb, NULL, FALSE, error);
}

/* --- Without alpha --- */

MonocleImage *
monocle_image_drop_alpha (MonocleImage *self)
{
  MonocleImage *opaque;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->alpha == NULL)
    return monocle_image_ref (self);
  opaque = new_image (self->width, self->height, self->pixels, NULL, self->partial);
  opaque->colours = monocle_image_ref (self);
  return opaque;
}

MonocleImage *
monocle_image_on_white (MonocleImage *self, GError **error)
{
  guint8 *pixels;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->alpha == NULL)
    return monocle_image_ref (self);
  pixels = allocate_pixels (self->width, self->height, 3, error);
  if (pixels == NULL)
    return NULL;
  for (gsize i = 0; i < (gsize) self->width * self->height; i++)
    for (guint c = 0; c < 3; c++)
      {
        const guint alpha = self->alpha[i];

        pixels[3 * i + c]
            = (guint8) ((self->pixels[3 * i + c] * alpha + 255 * (255 - alpha) + 127) / 255);
      }
  return new_image (self->width, self->height, pixels, NULL, self->partial);
}

/* --- What it is --- */

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
  if (self->colours == NULL)
    g_free (self->pixels);
  g_free (self->alpha);
  monocle_image_unref (self->colours);
  if (self->made)
    self->made_free (self->made);
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
monocle_image_get_alpha (const MonocleImage *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->alpha;
}

gboolean
monocle_image_is_partial (const MonocleImage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->partial;
}

const guint8 *
monocle_image_get_pixels (const MonocleImage *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->pixels;
}

/* --- What was made of it --- */

void
monocle_image_take_made (MonocleImage *self, gpointer made, GDestroyNotify made_free)
{
  g_return_if_fail (self != NULL && made != NULL);

  /* One function sets it, so that it is the same for all of them. */
  self->made_free = made_free;
  if (!g_atomic_pointer_compare_and_exchange (&self->made, NULL, made))
    made_free (made);
}

gconstpointer
monocle_image_get_made (MonocleImage *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return g_atomic_pointer_get (&self->made);
}
