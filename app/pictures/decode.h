/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What source.c decodes with besides the engine: the system's gdk-pixbuf loaders, poppler for pages
 * of PDF files, and libwebp for WebP files that end early. They turn bytes in memory into an
 * upright picture, in the calling thread.
 */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_image_decode_pixbuf:
 * @bytes: a file
 * @name: what to call it in errors
 * @max_side: 0 for all pixels; else the longest side of a small picture, smoothed
 * @cancellable: (nullable): looked at while bytes go in
 *
 * Alpha is kept beside the colours, of drawings (SVG) too. What a loader gives of a file that ends
 * early is a partial picture.
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_PICTURE, with the package that may help where no loader is there;
 * %MONOCLE_APP_ERROR_DAMAGED; %MONOCLE_APP_ERROR_OUT_OF_MEMORY; %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable)
 */
MonocleImage *monocle_image_decode_pixbuf (
    GBytes *bytes, const char *name, guint max_side, GCancellable *cancellable, GError **error);

gboolean monocle_image_decode_is_webp (GBytes *bytes);
/* Whether @bytes are a WebP file that is longer by its own words. */
gboolean monocle_image_decode_is_cut_webp (GBytes *bytes);

/**
 * monocle_image_decode_webp_part:
 * @bytes: a WebP file that ends early
 * @n_rows: (out): how many rows came
 *
 * Returns: (transfer full) (nullable): all of the picture's size, what did not come all zero; %NULL
 *   where there is not one row
 */
GdkPixbuf *monocle_image_decode_webp_part (GBytes *bytes, int *n_rows);

/**
 * monocle_image_decode_copy:
 * @partial: whether some of it is missing
 *
 * Errors: %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 *
 * Returns: (transfer full) (nullable): the pixels of @pixbuf
 */
MonocleImage *monocle_image_decode_copy (GdkPixbuf *pixbuf, gboolean partial, GError **error);

/* Whether @bytes are a PDF, whatever their name says. */
gboolean monocle_image_decode_is_pdf (GBytes *bytes);
/* Whether this program can read PDF. */
gboolean monocle_image_decode_has_pdf (void);

/**
 * monocle_image_decode_pdf:
 * @page: from 0
 * @max_side: 0 for 200 dots an inch; else the longest side
 * @n_pages: (out): how many there are
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_PICTURE, %MONOCLE_APP_ERROR_DAMAGED.
 *
 * Returns: (transfer full) (nullable): the page on white
 */
MonocleImage *monocle_image_decode_pdf (
    GBytes *bytes, const char *name, guint page, guint max_side, guint *n_pages, GError **error);

G_END_DECLS
