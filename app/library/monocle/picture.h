/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that can be asked about.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_PICTURE (monocle_picture_get_type ())

/**
 * MonoclePicture:
 *
 * An upright picture in memory. The model that was asked about it last need not look at it again:
 * further questions to the same model are answered sooner, as long as the picture is kept.
 */
G_DECLARE_FINAL_TYPE (MonoclePicture, monocle_picture, MONOCLE, PICTURE, GObject)

/**
 * monocle_picture_open:
 * @path: (type filename): a file
 * @error: return location for an error
 *
 * Reads JPEG, PNG, GIF, BMP, TGA and PNM, what gdk-pixbuf has a loader for, and the first page of
 * PDF files, and turns it upright as its EXIF data say. Of a damaged file what can be read is
 * there.
 *
 * Returns: (transfer full): the picture
 */
MonoclePicture *monocle_picture_open (const char *path, GError **error);

/**
 * monocle_picture_open_async:
 * @file: a file, local or not
 * @cancellable: (nullable): to stop it
 * @callback: (scope async) (closure user_data): called when it is there, or could not be read
 * @user_data: for @callback
 *
 * As monocle_picture_open(), without blocking.
 */
void monocle_picture_open_async (GFile *file,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * monocle_picture_open_finish:
 * @result: what @callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): the picture
 */
MonoclePicture *monocle_picture_open_finish (GAsyncResult *result, GError **error);

/**
 * monocle_picture_new_from_bytes:
 * @bytes: what a picture file holds
 * @error: return location for an error
 *
 * As monocle_picture_open(), of a file that is in memory.
 *
 * Returns: (transfer full): the picture
 */
MonoclePicture *monocle_picture_new_from_bytes (GBytes *bytes, GError **error);

/**
 * monocle_picture_new_from_pixels:
 * @pixels: red, green and blue of each pixel, a byte each, row by row from the top
 * @width: pixels
 * @height: pixels
 * @rowstride: bytes from one row to the next; 0: rows follow each other without gaps
 * @error: return location for an error
 *
 * Returns: (transfer full): the picture
 */
MonoclePicture *monocle_picture_new_from_pixels (
    GBytes *pixels, guint width, guint height, gsize rowstride, GError **error);

/**
 * monocle_picture_get_width:
 * @self: a picture
 *
 * Returns: pixels of the upright picture
 */
guint monocle_picture_get_width (MonoclePicture *self);

/**
 * monocle_picture_get_height:
 * @self: a picture
 *
 * Returns: pixels of the upright picture
 */
guint monocle_picture_get_height (MonoclePicture *self);

/**
 * monocle_picture_dup_pixels:
 * @self: a picture
 *
 * Returns: (transfer full): red, green and blue of each pixel, a byte each, row by row from the
 *   top, without gaps
 */
GBytes *monocle_picture_dup_pixels (MonoclePicture *self);

G_END_DECLS
