/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of overlay share: overlay (what there is, in which order), overlay-shape (lines
 * and fills), overlay-blur (what must not be recognised), overlay-label (plates).
 */
#pragma once

#include <pango/pangocairo.h>

#include "app/draw/overlay.h"

G_BEGIN_DECLS

/* Lengths are multiples of the size of the labels' font, so that a picture looks the same at every
 * size. */
#define MONOCLE_OVERLAY_LINE_WIDTH   0.17
#define MONOCLE_OVERLAY_CASING_WIDTH 0.07

/* One item that can be drawn. */
typedef struct
{
  const MonocleOverlayItem *item;
  MonocleRect bounds; /* on the surface */
  MonocleColour colour;
  double alpha;
} MonocleOverlayThing;

typedef struct
{
  const MonocleOverlayOptions *options;
  const MonocleImage *image;
  cairo_t *cr;
  double line, casing; /* widths on the surface */
  gboolean straight;   /* upright boxes are upright on the surface */
} MonocleOverlayCanvas;

extern const MonocleColour monocle_overlay_casing_colour;
/* Around what is selected, and of what has no colour of its own. */
extern const MonocleColour monocle_overlay_white;

static inline gboolean
monocle_overlay_thing_is_emphasised (const MonocleOverlayThing *thing)
{
  return (thing->item->emphasis & (MONOCLE_EMPHASIS_HOVERED | MONOCLE_EMPHASIS_SELECTED)) != 0;
}

static inline gboolean
monocle_overlay_is_region (const MonocleOverlayItem *item)
{
  return item->role == MONOCLE_OVERLAY_REGION;
}

/* What has no inside. */
static inline gboolean
monocle_overlay_is_line (const MonocleOverlayItem *item)
{
  return monocle_shape_get_kind (item->shape) == MONOCLE_SHAPE_LINE;
}

/* --- overlay-shape.c --- */

/* The rectangle around a shape on the surface; %FALSE when there is nothing to draw. */
gboolean monocle_overlay_measure (const MonocleShape *shape,
                                  const cairo_matrix_t *to_surface,
                                  MonocleRect *bounds);
/* The outline as it is, on the surface. */
void monocle_overlay_trace (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing);
void monocle_overlay_trace_rounded (cairo_t *cr, MonocleRect r, double radius);
void monocle_overlay_set_colour (cairo_t *cr, MonocleColour colour, double alpha);
void monocle_overlay_draw_shape (const MonocleOverlayCanvas *canvas,
                                 const MonocleOverlayThing *thing);
/* Takes what is inside of objects away from what is drawn there. */
void monocle_overlay_cut_out (const MonocleOverlayCanvas *canvas, GArray *things);
/* Dims all but the objects. */
void monocle_overlay_draw_spotlight (const MonocleOverlayCanvas *canvas, GArray *things);

/* --- overlay-blur.c --- */

void monocle_overlay_draw_blur (const MonocleOverlayCanvas *canvas,
                                const MonocleOverlayThing *thing);

/* --- overlay-label.c --- */

/* @things: all of them, also those out of view: the size of labels depends on how many there are */
void monocle_overlay_draw_labels (const MonocleOverlayCanvas *canvas, GArray *things);

G_END_DECLS
