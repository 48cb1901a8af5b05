/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pixels of a picture as textures: levels of half the size each, cut into tiles that every
 * graphics card takes, made when they come into view. Levels of large pictures are worked out in a
 * thread; a coarse one is there at once.
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_IMAGE_TILES (monocle_image_tiles_get_type ())
G_DECLARE_FINAL_TYPE (MonocleImageTiles, monocle_image_tiles, MONOCLE, IMAGE_TILES, GObject)

/* Signal `changed`: more levels are there. */
MonocleImageTiles *monocle_image_tiles_new (MonocleImage *image);
/* The picture is not shown any more: its thread ends, textures go. Before the last unref. */
void monocle_image_tiles_stop (MonocleImageTiles *self);

/**
 * monocle_image_tiles_snapshot:
 * @picture: where all of the picture lies, in logical pixels of the widget
 * @visible: the part of the widget that is seen
 * @scale_factor: device pixels for a logical one
 * @renderer: (nullable): who will draw what is recorded
 *
 * Draws what is visible: smooth below and around its own size, as squares when much enlarged.
 */
void monocle_image_tiles_snapshot (MonocleImageTiles *self,
                                   GtkSnapshot *snapshot,
                                   const MonocleRect *picture,
                                   const MonocleRect *visible,
                                   int scale_factor,
                                   GskRenderer *renderer);

/* How many textures are held: for tests. */
guint monocle_image_tiles_get_n_textures (MonocleImageTiles *self);
/* Whether all levels are there. */
gboolean monocle_image_tiles_is_complete (MonocleImageTiles *self);

G_END_DECLS
