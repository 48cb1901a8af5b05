/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/texture-image.h"

#include <glib/gi18n.h>

#include "app/base/error.h"
#include "app/pictures/picture.h"

typedef struct
{
  guint width, height;
  guint32 *pixels;
  char *digest; /* (nullable) */
} Pixels;

static void
pixels_free (Pixels *self)
{
  g_free (self->pixels);
  g_free (self->digest);
  g_free (self);
}

static guint8
divide (guint value, guint alpha)
{
  return alpha > 0 ? (guint8) MIN ((value * 255 + alpha / 2) / alpha, 255) : 0;
}

static char *
make_digest (const Pixels *self)
{
  const guint32 size[] = { GUINT32_TO_LE (self->width), GUINT32_TO_LE (self->height) };
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *) size, sizeof size);
  g_checksum_update (checksum, (const guchar *) self->pixels,
                     (gssize) self->width * self->height * (gssize) sizeof *self->pixels);
  return g_strdup (g_checksum_get_string (checksum));
}

/* Colours are multiplied by alpha in a texture, and not in a picture. */
static void
convert_pixels (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Pixels *self = data;
  const gsize n = (gsize) self->width * self->height;
  g_autofree guint8 *rgb = g_try_malloc_n (n, 3);
  g_autofree guint8 *alpha = g_try_malloc (n);
  g_autoptr (GError) error = NULL;
  MonocleImage *image;

  if (!rgb || !alpha)
    {
      g_task_return_new_error (task, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                               _ ("There is too little memory for this picture."));
      return;
    }
  for (gsize i = 0; i < n; i++)
    {
      const guint32 pixel = self->pixels[i];

      alpha[i] = (guint8) (pixel >> 24);
      for (guint c = 0; c < 3; c++)
        rgb[3 * i + c] = divide (pixel >> (16 - 8 * c) & 0xff, alpha[i]);
    }
  self->digest = make_digest (self);
  image = monocle_image_new_take_planes (self->width, self->height, g_steal_pointer (&rgb),
                                         g_steal_pointer (&alpha), FALSE, &error);
  if (image)
    g_task_return_pointer (task, image, (GDestroyNotify) monocle_image_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
monocle_texture_image_async (GdkTexture *texture,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Pixels *pixels;

  g_return_if_fail (GDK_IS_TEXTURE (texture));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_texture_image_async);
  pixels = g_new0 (Pixels, 1);
  g_task_set_task_data (task, pixels, (GDestroyNotify) pixels_free);
  pixels->width = (guint) gdk_texture_get_width (texture);
  pixels->height = (guint) gdk_texture_get_height (texture);
  if ((guint64) pixels->width * pixels->height <= MONOCLE_IMAGE_MAX_PIXELS)
    pixels->pixels = g_try_malloc_n ((gsize) pixels->width * pixels->height, 4);
  if (!pixels->pixels)
    {
      g_task_return_new_error (task, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                               _ ("There is too little memory for this picture."));
      return;
    }
  /* Here, as a texture may belong to this thread. */
  gdk_texture_download (texture, (guchar *) pixels->pixels, 4 * (gsize) pixels->width);
  g_task_run_in_thread (task, convert_pixels);
}

MonocleImage *
monocle_texture_image_finish (GAsyncResult *result, char **digest, GError **error)
{
  Pixels *pixels;

  g_return_val_if_fail (G_IS_TASK (result), NULL);

  pixels = g_task_get_task_data (G_TASK (result));
  if (digest)
    *digest = g_steal_pointer (&pixels->digest);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GdkTexture *
monocle_texture_of_pixbuf (GdkPixbuf *pixbuf)
{
  g_autoptr (GBytes) bytes = gdk_pixbuf_read_pixel_bytes (pixbuf);

  return gdk_memory_texture_new (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf),
                                 gdk_pixbuf_get_has_alpha (pixbuf) ? GDK_MEMORY_R8G8B8A8
                                                                   : GDK_MEMORY_R8G8B8,
                                 bytes, (gsize) gdk_pixbuf_get_rowstride (pixbuf));
}

static void
unref_image (guchar *pixels, gpointer image)
{
  monocle_image_unref (image);
}

GdkTexture *
monocle_texture_of_image (MonocleImage *image)
{
  const guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  g_autoptr (GdkPixbuf) pixbuf
      = monocle_image_get_alpha (image)
            ? monocle_picture_new_pixbuf (image, 0, 0, width, height)
            : gdk_pixbuf_new_from_data (monocle_image_get_pixels (image), GDK_COLORSPACE_RGB, FALSE,
                                        8, (int) width, (int) height, 3 * (int) width, unref_image,
                                        monocle_image_ref (image));

  return pixbuf ? monocle_texture_of_pixbuf (pixbuf) : NULL;
}
