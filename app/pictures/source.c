/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/pictures/source.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/pictures/decode.h"
#include "app/pictures/picture.h"

#define READ_BYTES  (256 * 1024)
#define MAX_THREADS 2
/* Of files of this size one is in memory at a time: a picture and its thumbnail, say. */
#define LARGE_BYTES (32 * 1024 * 1024)

/* --- Which decoder --- */

/* For what the engine could not read: @fault, (transfer full). */
static MonocleImage *
decode_otherwise (GBytes *bytes,
                  const char *name,
                  guint page,
                  guint *n_pages,
                  GCancellable *cancellable,
                  GError *fault,
                  GError **error)
{
  const gboolean is_known = monocle_image_is_known (bytes);
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (GError) other = NULL;

  if (!is_known && monocle_image_decode_is_pdf (bytes))
    {
      g_error_free (fault);
      return monocle_image_decode_pdf (bytes, name, page, 0, n_pages, error);
    }
  /* JPEG has rare kinds that other decoders know, and so have bitmaps. */
  if (!is_known || data[0] == 0xff || data[0] == 'B')
    image = monocle_image_decode_pixbuf (bytes, name, 0, cancellable, is_known ? NULL : &other);
  if (image)
    g_error_free (fault);
  else if (other)
    {
      g_error_free (fault);
      g_propagate_error (error, g_steal_pointer (&other));
    }
  else
    g_propagate_error (error, fault);
  return g_steal_pointer (&image);
}

static MonocleImage *
decode (GBytes *bytes,
        const char *name,
        guint page,
        guint *n_pages,
        GCancellable *cancellable,
        GError **error)
{
  MonocleImage *image;
  GError *fault = NULL;
  const gsize size = g_bytes_get_size (bytes);

  *n_pages = 1;
  if (size == 0 || size > MONOCLE_IMAGE_MAX_FILE_BYTES)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                   size == 0 ? _ ("%s: the file is empty.")
                             : _ ("%s: the file is larger than Monocle opens (512 MiB)."),
                   name);
      return NULL;
    }
  image = monocle_image_new_from_bytes (bytes, name, &fault);
  return image ? image : decode_otherwise (bytes, name, page, n_pages, cancellable, fault, error);
}

MonocleImage *
monocle_image_source_load_path (const char *path, GError **error)
{
  return monocle_image_source_load_page (path, 0, NULL, error);
}

MonocleImage *
monocle_image_source_load_page (const char *path, guint page, guint *n_pages, GError **error)
{
  g_autoptr (GError) fault = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;
  MonocleImage *image;
  char *data;
  gsize size;
  guint n = 1;

  g_return_val_if_fail (path, NULL);

  if (n_pages)
    *n_pages = 1;
  image = monocle_image_new_from_file (path, &fault);
  if (image)
    return image;
  /* Its words for files that are none, or not there, are the best. */
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)
      || !g_file_get_contents (path, &data, &size, NULL))
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }
  bytes = g_bytes_new_take (data, size);
  if (size < 4 || size > MONOCLE_IMAGE_MAX_FILE_BYTES)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }
  name = g_filename_display_name (path);
  image = decode_otherwise (bytes, name, page, n_pages ? n_pages : &n, NULL,
                            g_steal_pointer (&fault), error);
  return image;
}

MonocleImage *
monocle_image_source_load_bytes (
    GBytes *bytes, const char *name, guint page, guint *n_pages, GError **error)
{
  g_autofree char *shown = NULL;
  guint n;

  g_return_val_if_fail (bytes && name, NULL);

  shown = g_filename_display_name (name);
  return decode (bytes, shown, page, n_pages ? n_pages : &n, NULL, error);
}

/* --- Reading --- */

static char *
get_display_name (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return name ? g_filename_display_name (name) : g_file_get_uri (file);
}

/* A pipe or a device has no end, and opening one can wait for ever. */
static gboolean
check_kind (GFile *file, const char *name, GCancellable *cancellable, GError **error)
{
  const GFileType type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable);

  if (type == G_FILE_TYPE_SPECIAL)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                 _ ("%s: this is a device or a pipe, not a picture."), name);
  else if (type == G_FILE_TYPE_DIRECTORY)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                 _ ("%s: this is a folder, not a picture."), name);
  else
    return TRUE;
  return FALSE;
}

/* All of a file, whatever size it says it has. */
static GBytes *
read_file (GFile *file, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree guint8 *data = NULL;
  g_autoptr (GFileInfo) info = NULL;
  gsize size = 0, room = 0;
  gssize n;

  if (!check_kind (file, name, cancellable, error))
    return NULL;
  stream = g_file_read (file, cancellable, error);
  if (!stream)
    return NULL;
  /* One piece of memory of the right size, where it can be told. */
  info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);
  if (info)
    room = (gsize) CLAMP (g_file_info_get_size (info), 0, MONOCLE_IMAGE_MAX_FILE_BYTES) + READ_BYTES
           + 1;
  data = room > 0 ? g_try_malloc (room) : NULL;
  if (!data)
    room = 0;
  do
    {
      if (room - size < READ_BYTES)
        {
          guint8 *more;

          room = MAX (2 * room, 4 * READ_BYTES);
          more = g_try_realloc (data, room);
          if (!more)
            {
              g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                           _ ("%s: there is too little memory for this picture."), name);
              return NULL;
            }
          data = more;
        }
      n = g_input_stream_read (G_INPUT_STREAM (stream), data + size, READ_BYTES, cancellable,
                               error);
      if (n < 0)
        return NULL;
      size += (gsize) n;
    }
  while (n > 0 && size <= MONOCLE_IMAGE_MAX_FILE_BYTES);
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

/* --- In threads --- */

typedef struct
{
  GFile *file;
  char *name;
  guint page;
  guint n_pages;
  guint size;   /* of a thumbnail */
  char *digest; /* (nullable): of the file */
  MonocleStamp stamp;
} Load;

static void
load_free (Load *load)
{
  g_object_unref (load->file);
  g_free (load->name);
  g_free (load->digest);
  g_free (load);
}

typedef MonocleImage *(*LoadFunc) (Load *load, GCancellable *cancellable, GError **error);

/* @data: (transfer full): a task; @func: what it does */
static void
run_task (gpointer data, gpointer func)
{
  g_autoptr (GTask) task = data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  MonocleImage *image;

  if (g_task_return_error_if_cancelled (task))
    return;
  image = ((LoadFunc) func) (g_task_get_task_data (task), cancellable, &error);
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_clear_pointer (&image, monocle_image_unref);
      g_task_return_error_if_cancelled (task);
    }
  else if (image)
    g_task_return_pointer (task, image, (GDestroyNotify) monocle_image_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Its own threads, few: decoders cannot be stopped, and a person who goes through a folder fast
 * must not leave ten of them behind. @task: (transfer full): of the file */
static void
push_task (GThreadPool **pool, LoadFunc func, GTask *task, guint page, guint size)
{
  Load *data = g_new0 (Load, 1);

  data->file = g_object_ref (g_task_get_source_object (task));
  data->name = get_display_name (data->file);
  data->page = page;
  data->size = size;
  data->stamp = MONOCLE_STAMP_UNKNOWN;
  g_task_set_task_data (task, data, (GDestroyNotify) load_free);
  if (g_once_init_enter (pool))
    g_once_init_leave (pool, g_thread_pool_new (run_task, func, MAX_THREADS, FALSE, NULL));
  g_thread_pool_push (*pool, task, NULL);
}

/* (nullable): for as long as the bytes of a large file are in memory; waits for another one's. */
static GMutexLocker *
wait_if_large (const MonocleStamp *stamp)
{
  static GMutex mutex;

  return stamp->size >= LARGE_BYTES ? g_mutex_locker_new (&mutex) : NULL;
}

/* Before it is read: what is changed meanwhile is another file afterwards. */
static MonocleStamp
look_at (GFile *file, GCancellable *cancellable)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file, MONOCLE_STAMP_ATTRIBUTES,
                                                  G_FILE_QUERY_INFO_NONE, cancellable, NULL);

  return monocle_stamp_of_info (info);
}

static MonocleImage *
load (Load *self, GCancellable *cancellable, GError **error)
{
  const MonocleStamp stamp = look_at (self->file, cancellable);
  g_autoptr (GMutexLocker) locker = wait_if_large (&stamp);
  g_autoptr (GBytes) bytes = read_file (self->file, self->name, cancellable, error);

  if (!bytes || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  self->stamp = stamp;
  self->digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  return decode (bytes, self->name, self->page, &self->n_pages, cancellable, error);
}

static GThreadPool *load_pool;
static GThreadPool *thumbnail_pool;

void
monocle_image_source_load_async (GFile *file,
                                 guint page,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (file, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_image_source_load_async);
  push_task (&load_pool, load, task, page, 0);
}

MonocleImage *
monocle_image_source_load_finish (GAsyncResult *result,
                                  guint *n_pages,
                                  char **digest,
                                  GError **error)
{
  Load *data;

  g_return_val_if_fail (G_IS_TASK (result), NULL);

  data = g_task_get_task_data (G_TASK (result));
  if (n_pages)
    *n_pages = data->n_pages;
  if (digest)
    *digest = g_steal_pointer (&data->digest);
  return g_task_propagate_pointer (G_TASK (result), error);
}

MonocleStamp
monocle_image_source_load_get_stamp (GAsyncResult *result)
{
  g_return_val_if_fail (G_IS_TASK (result), MONOCLE_STAMP_UNKNOWN);

  return ((Load *) g_task_get_task_data (G_TASK (result)))->stamp;
}

/* --- Small ones --- */

/* What another program has made already. It is upright. */
static MonocleImage *
read_cached (Load *self, GCancellable *cancellable)
{
  g_autoptr (GFileInfo) info = g_file_query_info (
      self->file, G_FILE_ATTRIBUTE_THUMBNAIL_PATH "," G_FILE_ATTRIBUTE_THUMBNAIL_IS_VALID,
      G_FILE_QUERY_INFO_NONE, cancellable, NULL);
  const char *path
      = info ? g_file_info_get_attribute_byte_string (info, G_FILE_ATTRIBUTE_THUMBNAIL_PATH) : NULL;
  g_autoptr (GFile) cached = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!path || !g_file_info_get_attribute_boolean (info, G_FILE_ATTRIBUTE_THUMBNAIL_IS_VALID))
    return NULL;
  cached = g_file_new_for_path (path);
  bytes = read_file (cached, self->name, cancellable, NULL);
  return bytes ? monocle_image_decode_pixbuf (bytes, self->name, self->size, cancellable, NULL)
               : NULL;
}

/* @image: at most @max_side long, smoothed */
static MonocleImage *
shrink (MonocleImage *image, guint max_side, GError **error)
{
  const int width = (int) monocle_image_get_width (image);
  const int height = (int) monocle_image_get_height (image);
  const double scale = (double) max_side / MAX (width, height);
  g_autoptr (GdkPixbuf) whole = NULL;
  g_autoptr (GdkPixbuf) small = NULL;

  if (scale >= 1)
    return monocle_image_ref (image);
  whole = monocle_picture_new_pixbuf (image, 0, 0, (guint) width, (guint) height);
  small = whole ? gdk_pixbuf_scale_simple (whole, MAX ((int) (width * scale), 1),
                                           MAX ((int) (height * scale), 1), GDK_INTERP_BILINEAR)
                : NULL;
  if (!small)
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                           _ ("There is too little memory for this picture."));
      return NULL;
    }
  return monocle_image_decode_copy (small, FALSE, error);
}

/* A large JPEG is quicker by a loader that leaves out what a small picture does not need; of the
 * other formats the engine averages rows as it reads them. */
static MonocleImage *
make_thumbnail (Load *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (MonocleImage) image = self->page == 0 ? read_cached (self, cancellable) : NULL;
  g_autoptr (MonocleImage) whole = NULL;
  const MonocleStamp stamp = image ? MONOCLE_STAMP_UNKNOWN : look_at (self->file, cancellable);
  g_autoptr (GMutexLocker) locker = wait_if_large (&stamp);
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  guint n_pages;
  gsize size;

  if (image)
    return g_steal_pointer (&image);
  bytes = read_file (self->file, self->name, cancellable, error);
  if (!bytes || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (monocle_image_is_known (bytes) && data[0] != 0xff)
    whole = monocle_image_new_small_from_bytes (bytes, self->name, self->size, NULL);
  else if (monocle_image_decode_is_pdf (bytes))
    return monocle_image_decode_pdf (bytes, self->name, self->page, self->size, &n_pages, error);
  if (!whole)
    image = monocle_image_decode_pixbuf (bytes, self->name, self->size, cancellable, NULL);
  if (image)
    return g_steal_pointer (&image);
  /* Nobody wants it: that is why there is none, and no reason to read all pixels. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (!whole)
    whole = decode (bytes, self->name, 0, &n_pages, cancellable, error);
  return whole ? shrink (whole, self->size, error) : NULL;
}

void
monocle_image_source_thumbnail_async (GFile *file,
                                      guint page,
                                      guint size,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (size > 0);

  task = g_task_new (file, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_image_source_thumbnail_async);
  push_task (&thumbnail_pool, make_thumbnail, task, page, size);
}

MonocleImage *
monocle_image_source_thumbnail_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
