/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that can be asked about.
 */
#include "config.h"

#include "app/library/private.h"

#include "app/pictures/source.h"

struct _MonoclePicture
{
  GObject parent_instance;

  MonocleImage *image;
  GFile *original;         /* (nullable) */
  MonocleSession *session; /* (nullable): with the model that was asked last */
};

G_DEFINE_FINAL_TYPE (MonoclePicture, monocle_picture, G_TYPE_OBJECT)

static void
monocle_picture_finalize (GObject *object)
{
  MonoclePicture *self = MONOCLE_PICTURE (object);

  g_clear_pointer (&self->image, monocle_image_unref);
  g_clear_object (&self->original);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (monocle_picture_parent_class)->finalize (object);
}

static void
monocle_picture_class_init (MonoclePictureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_picture_finalize;
}

static void
monocle_picture_init (MonoclePicture *self)
{
}

/* --- where they come from --- */

MonoclePicture *
monocle_library_picture_new (MonocleImage *image, GFile *original)
{
  MonoclePicture *self = g_object_new (MONOCLE_TYPE_PICTURE, NULL);

  self->image = image;
  self->original = original ? g_object_ref (original) : NULL;
  return self;
}

MonoclePicture *
monocle_picture_open (const char *path, GError **error)
{
  g_autoptr (GFile) file = NULL;
  MonocleImage *image;

  g_return_val_if_fail (path, NULL);

  image = monocle_image_source_load_path (path, error);
  if (!image)
    {
      monocle_library_error_adapt (error);
      return NULL;
    }
  file = g_file_new_for_path (path);
  return monocle_library_picture_new (image, file);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  MonocleImage *image = monocle_image_source_load_finish (result, NULL, NULL, &error);

  monocle_library_error_adapt (&error);
  if (image)
    g_task_return_pointer (task, monocle_library_picture_new (image, g_task_get_task_data (task)),
                           g_object_unref);
  else
    g_task_return_error (task, error);
}

void
monocle_picture_open_async (GFile *file,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_picture_open_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  monocle_image_source_load_async (file, 0, cancellable, on_loaded, task);
}

MonoclePicture *
monocle_picture_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

MonoclePicture *
monocle_picture_new_from_bytes (GBytes *bytes, GError **error)
{
  MonocleImage *image;
  guint n_pages;

  g_return_val_if_fail (bytes, NULL);

  image = monocle_image_source_load_bytes (bytes, "picture", 0, &n_pages, error);
  monocle_library_error_adapt (error);
  return image ? monocle_library_picture_new (image, NULL) : NULL;
}

MonoclePicture *
monocle_picture_new_from_pixels (
    GBytes *pixels, guint width, guint height, gsize rowstride, GError **error)
{
  gsize row = 3 * (gsize) width, size;
  MonocleImage *image;
  const guint8 *data;

  g_return_val_if_fail (pixels, NULL);

  data = g_bytes_get_data (pixels, &size);
  if (rowstride == 0)
    rowstride = row;
  /* The last row need not be as long as from one to the next. */
  if (width == 0 || height == 0 || rowstride < row || size < row
      || (size - row) / rowstride < height - 1)
    {
      g_set_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST,
                   "%" G_GSIZE_FORMAT " bytes are no %u rows of %u pixels", size, height, width);
      return NULL;
    }
  image = monocle_image_new_from_pixels (width, height, rowstride, data, error);
  monocle_library_error_adapt (error);
  return image ? monocle_library_picture_new (image, NULL) : NULL;
}

/* --- what they are --- */

guint
monocle_picture_get_width (MonoclePicture *self)
{
  g_return_val_if_fail (MONOCLE_IS_PICTURE (self), 0);

  return monocle_image_get_width (self->image);
}

guint
monocle_picture_get_height (MonoclePicture *self)
{
  g_return_val_if_fail (MONOCLE_IS_PICTURE (self), 0);

  return monocle_image_get_height (self->image);
}

GBytes *
monocle_picture_dup_pixels (MonoclePicture *self)
{
  gsize size;

  g_return_val_if_fail (MONOCLE_IS_PICTURE (self), NULL);

  size = 3 * (gsize) monocle_image_get_width (self->image) * monocle_image_get_height (self->image);
  return g_bytes_new_with_free_func (monocle_image_get_pixels (self->image), size,
                                     (GDestroyNotify) monocle_image_unref,
                                     monocle_image_ref (self->image));
}

MonocleImage *
monocle_library_picture_get_image (MonoclePicture *self)
{
  return self->image;
}

GFile *
monocle_library_picture_get_original (MonoclePicture *self)
{
  return self->original;
}

MonocleSession *
monocle_library_picture_open_session (MonoclePicture *self, MonocleModel *model)
{
  if (!self->session || monocle_session_get_model (self->session) != model)
    {
      g_clear_object (&self->session);
      self->session = monocle_session_new (model, self->image);
    }
  return self->session;
}
