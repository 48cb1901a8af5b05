/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels as cairo wants them, for drawings that hold the picture itself: files, printing.
 */
#pragma once

#include <cairo.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* Sides of cairo's image surfaces have 15 bits. */
#define MONOCLE_PICTURE_MAX_SIDE 32767

/**
 * monocle_picture_fill:
 * @x: in @image
 * @y: in @image
 * @surface: RGB24 for an opaque picture, else ARGB32; filled with what of @image begins there
 */
void monocle_picture_fill (const MonocleImage *image, guint x, guint y, cairo_surface_t *surface);

/* The same with pixels that were scaled. */
void monocle_picture_fill_pixbuf (GdkPixbuf *pixbuf, guint x, guint y, cairo_surface_t *surface);

/* Of @width x @height pixels for @image or something with its alpha: RGB24 or ARGB32. */
cairo_surface_t *monocle_picture_new_empty (const MonocleImage *image, guint width, guint height);

/**
 * monocle_picture_new_surface:
 *
 * Returns: (transfer full): a surface with the pixels of @image; in an error state when it is too
 *   large
 */
cairo_surface_t *monocle_picture_new_surface (const MonocleImage *image);

/**
 * monocle_picture_new_pixbuf:
 *
 * A part of @image, with alpha if that has it. Borrows the pixels of an opaque one, which must
 * outlive it.
 *
 * Returns: (transfer full) (nullable): %NULL without memory
 */
GdkPixbuf *
monocle_picture_new_pixbuf (const MonocleImage *image, guint x, guint y, guint width, guint height);

/**
 * monocle_picture_take_surface:
 * @surface: (transfer full): an image surface, RGB24 or ARGB32
 *
 * Turns its pixels where they are to those of a pixbuf, with alpha if they have it.
 *
 * Returns: (transfer full)
 */
GdkPixbuf *monocle_picture_take_surface (cairo_surface_t *surface);

/* Whether both sides are at most @limit. Errors: %MONOCLE_APP_ERROR_BAD_REQUEST. */
gboolean monocle_picture_check_size (double width, double height, guint limit, GError **error);

/* Whether cairo could draw. Errors: %MONOCLE_APP_ERROR_WRITE. */
gboolean monocle_picture_check_status (cairo_status_t status, GError **error);

/**
 * monocle_picture_attach_original:
 * @surface: has the pixels of @image
 * @image: the picture
 * @source: (nullable): the file that it was read from
 *
 * Has an SVG or PDF hold the original JPEG, much smaller than what cairo would make of the pixels.
 * Only if it still gives the same picture without its metadata, which says where it was taken: one
 * that has to be turned does not.
 */
void monocle_picture_attach_original (cairo_surface_t *surface,
                                      const MonocleImage *image,
                                      GFile *source);

G_END_DECLS
