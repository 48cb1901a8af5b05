/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/texture-image.h"

#include <glib/gi18n.h>

#include "app/error.h"

typedef struct
{
  guint width, height;
  guint32 *pixels;
} Pixels;

static void
pixels_free (Pixels *self)
{
  g_free (self->pixels);
  g_free (self);
}

/* Colours are multiplied by alpha: what is missing is white. */
static void
convert_pixels (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Pixels *self = data;
  const gsize n = (gsize) self->width * self->height;
  g_autofree guint8 *rgb = g_try_malloc_n (n, 3);
  g_autoptr (GError) error = NULL;
  MonocleImage *image;

  if (!rgb)
    {
      g_task_return_new_error (task, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                               _ ("There is too little memory for this picture."));
      return;
    }
  for (gsize i = 0; i < n; i++)
    {
      const guint32 pixel = self->pixels[i];
      const guint white = 255 - (pixel >> 24);

      rgb[3 * i] = (guint8) MIN ((pixel >> 16 & 0xff) + white, 255);
      rgb[3 * i + 1] = (guint8) MIN ((pixel >> 8 & 0xff) + white, 255);
      rgb[3 * i + 2] = (guint8) MIN ((pixel & 0xff) + white, 255);
    }
  image = monocle_image_new_from_pixels (self->width, self->height, 3 * (gsize) self->width, rgb,
                                         &error);
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
monocle_texture_image_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
