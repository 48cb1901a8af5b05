/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies on a picture, drawn once and kept for as long as nothing of it changes: what is dragged
 * is drawn over it, and only there anything is drawn anew.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/draw/overlay.h"

G_BEGIN_DECLS

typedef struct _MonocleImageLayer MonocleImageLayer;

MonocleImageLayer *monocle_image_layer_new (void);
void monocle_image_layer_free (MonocleImageLayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleImageLayer, monocle_image_layer_free)

/**
 * MonocleImageGround:
 * @moving: (array length=n_moving): what somebody else draws over it, and is to be cut out of the
 *   dimming of MONOCLE_OVERLAY_STYLE_SPOTLIGHT
 * @draw: what lies below: the picture
 */
typedef struct
{
  const MonocleOverlayItem *moving;
  guint n_moving;
  void (*draw) (gpointer data, GtkSnapshot *snapshot);
  gpointer data;
} MonocleImageGround;

/**
 * monocle_image_layer_snapshot:
 * @items: (array length=n_items): what is there now
 * @ground: (nullable): what there is besides, while anything moves
 * @image: (nullable): for MONOCLE_OVERLAY_STYLE_BLUR
 * @bounds: the part of the surface that is drawn
 * @scale: pixels for one of the surface
 *
 * Nothing outside of the picture's rectangle, @options.area, is drawn.
 *
 * Returns: whether it had to be drawn
 */
gboolean monocle_image_layer_snapshot (MonocleImageLayer *self,
                                       const MonocleOverlayItem *items,
                                       guint n_items,
                                       const MonocleImageGround *ground,
                                       const MonocleOverlayOptions *options,
                                       MonocleImage *image,
                                       const MonocleRect *bounds,
                                       int scale,
                                       GtkSnapshot *snapshot);

G_END_DECLS
