/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where pictures come from, in the window and on the command line: files and streams in every
 * format that the engine reads, else one that a gdk-pixbuf loader of the system reads (TIFF, WebP,
 * AVIF, HEIC ...), and pages of PDF files. For the window, reading and decoding happen in a thread;
 * EXIF orientation is applied once.
 */
#pragma once

#include <gio/gio.h>

#include "app/base/stamp.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_image_source_load_async:
 * @file: any GFile, local or not
 * @page: of a PDF, from 0; ignored otherwise
 * @cancellable: (nullable)
 *
 * Two are read at a time.
 */
void monocle_image_source_load_async (GFile *file,
                                      guint page,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/**
 * monocle_image_source_load_finish:
 * @n_pages: (out) (optional): of a PDF; 1 otherwise
 * @digest: (out) (optional): the SHA-256 of the file, in hexadecimal
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_PICTURE with what is wrong, %MONOCLE_APP_ERROR_DAMAGED,
 * %MONOCLE_ENGINE_ERROR_BAD_FILE of what the engine reads itself, %G_IO_ERROR of reading.
 *
 * Returns: (transfer full) (nullable): upright
 */
MonocleImage *monocle_image_source_load_finish (GAsyncResult *result,
                                                guint *n_pages,
                                                char **digest,
                                                GError **error);

/* Of the same: which file that was, as it was looked at before it was read. */
MonocleStamp monocle_image_source_load_get_stamp (GAsyncResult *result);

/* The same for bytes, in the calling thread. @name is what to call them in errors. */
MonocleImage *monocle_image_source_load_bytes (
    GBytes *bytes, const char *name, guint page, guint *n_pages, GError **error);

/**
 * monocle_image_source_load_path:
 * @path: a file name
 *
 * The same for a file, in the calling thread; of a PDF its first page.
 *
 * Errors: as monocle_image_new_from_file(), and %MONOCLE_ENGINE_ERROR_BAD_FILE with the package
 * that may help where this system has no loader.
 *
 * Returns: (transfer full) (nullable): upright; see monocle_image_is_partial()
 */
MonocleImage *monocle_image_source_load_path (const char *path, GError **error);
/* The same for any page of a PDF. @page: from 0, ignored otherwise; @n_pages: (out) (optional): as
 * above */
MonocleImage *
monocle_image_source_load_page (const char *path, guint page, guint *n_pages, GError **error);

/**
 * monocle_image_source_thumbnail_async:
 * @page: of a PDF, from 0
 * @size: longest side in pixels
 *
 * A small upright picture of @file: the shared thumbnail cache's where there is one, made from the
 * file otherwise. Nothing is written. Two are made at a time; the latest that were asked for come
 * last, and those that are cancelled while they wait cost nothing.
 */
void monocle_image_source_thumbnail_async (GFile *file,
                                           guint page,
                                           guint size,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
MonocleImage *monocle_image_source_thumbnail_finish (GAsyncResult *result, GError **error);

G_END_DECLS
