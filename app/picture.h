/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels as cairo wants them, for drawings that hold the picture itself: files, printing.
 */
#pragma once

#include <cairo.h>
#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* Sides of cairo's image surfaces have 15 bits. */
#define MONOCLE_PICTURE_MAX_SIDE 32767

/**
 * monocle_picture_fill:
 * @rgb: the first of the pixels, RGB8
 * @rowstride: bytes from one row of @rgb to the next
 * @surface: RGB24 or ARGB32; its top left is filled with @width x @height pixels
 */
void monocle_picture_fill (
    const guint8 *rgb, gsize rowstride, guint width, guint height, cairo_surface_t *surface);

/**
 * monocle_picture_new_surface:
 *
 * Returns: (transfer full): a surface with the pixels of @image; in an error state when it is too
 *   large
 */
cairo_surface_t *monocle_picture_new_surface (const MonocleImage *image);

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
