/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies on a picture: boxes, quads, outlines, regions, labels, in one of several styles. The
 * one place that knows how they look: the canvas, exported pictures and vector files are all drawn
 * here with cairo and Pango, at any scale and turn, lines and text of constant size on the surface.
 */
#pragma once

#include <cairo.h>

#include "app/draw/label-layout.h"
#include "app/draw/palette.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleOverlayStyle:
 * @MONOCLE_OVERLAY_STYLE_BOX: outlines of what is there: box, quad, filled polygon
 * @MONOCLE_OVERLAY_STYLE_CORNERS: only the corners of the bounds
 * @MONOCLE_OVERLAY_STYLE_MASK: filled shapes
 * @MONOCLE_OVERLAY_STYLE_SPOTLIGHT: the rest of the picture is dimmed
 * @MONOCLE_OVERLAY_STYLE_BLUR: what is inside the shapes cannot be recognised, for privacy
 */
typedef enum
{
  MONOCLE_OVERLAY_STYLE_BOX,
  MONOCLE_OVERLAY_STYLE_CORNERS,
  MONOCLE_OVERLAY_STYLE_MASK,
  MONOCLE_OVERLAY_STYLE_SPOTLIGHT,
  MONOCLE_OVERLAY_STYLE_BLUR,
} MonocleOverlayStyle;

/* Nicks for settings, in the order of the enumeration: "box", "corners", ... */
const char *monocle_overlay_style_get_id (MonocleOverlayStyle style);
gboolean monocle_overlay_style_find (const char *id, MonocleOverlayStyle *style);

/**
 * MonocleEmphasis:
 * @MONOCLE_EMPHASIS_HOVERED: brighter, and filled a little more
 * @MONOCLE_EMPHASIS_SELECTED: with a white rim, its plate as well; what is hovered can be that too
 * @MONOCLE_EMPHASIS_DIMMED: faint, its plate as a whole
 */
typedef enum
{
  MONOCLE_EMPHASIS_NORMAL = 0,
  MONOCLE_EMPHASIS_HOVERED = 1 << 0,
  MONOCLE_EMPHASIS_SELECTED = 1 << 1,
  MONOCLE_EMPHASIS_DIMMED = 1 << 2,
} MonocleEmphasis;

/* For @colour: what has no colour of its own. */
#define MONOCLE_OVERLAY_PLAIN G_MAXUINT

/* The opacity at which exported pictures are drawn. */
#define MONOCLE_OVERLAY_OPACITY 0.38

/**
 * MonocleOverlayRole:
 * @MONOCLE_OVERLAY_OBJECT: in the style that was chosen
 * @MONOCLE_OVERLAY_REGION: dashed, unfilled, on top of all objects
 */
typedef enum
{
  MONOCLE_OVERLAY_OBJECT,
  MONOCLE_OVERLAY_REGION,
} MonocleOverlayRole;

/**
 * MonocleOverlayItem:
 * @shape: where it is
 * @role: how it looks
 * @colour: index for monocle_palette_get(); its dash pattern follows from it too, where asked for;
 *   MONOCLE_OVERLAY_PLAIN: white
 * @label: (nullable): text on its plate; %NULL for none
 * @score: NaN: not shown
 * @emphasis: hovered, selected, both, or dimmed
 * @alpha: 0..1, for fading in
 */
typedef struct
{
  const MonocleShape *shape;
  MonocleOverlayRole role;
  guint colour;
  const char *label;
  float score;
  MonocleEmphasis emphasis;
  double alpha;
} MonocleOverlayItem;

/**
 * MonocleOverlayPart:
 * @MONOCLE_OVERLAY_WHOLE: all of it
 * @MONOCLE_OVERLAY_GROUND: the dimming of MONOCLE_OVERLAY_STYLE_SPOTLIGHT and nothing else, also
 *   where there are no objects
 * @MONOCLE_OVERLAY_THINGS: all but that
 */
typedef enum
{
  MONOCLE_OVERLAY_WHOLE,
  MONOCLE_OVERLAY_GROUND,
  MONOCLE_OVERLAY_THINGS,
} MonocleOverlayPart;

/**
 * MonocleOverlayOptions:
 * @style: how objects look
 * @part: what of it is drawn
 * @opacity: 0..1, of fills and of the dimming
 * @font_px: size of labels on the surface; all widths are multiples of it
 * @line_px: width of lines on the surface; 0: from @font_px
 * @show_labels: whether there are plates
 * @dashes: tell colours apart by dash patterns as well
 * @thin_out: no plates on what is smaller than a letter nor where they would lie on each other, but
 *   for what is hovered or selected
 * @to_surface: from what shapes count in to units of the surface: scale, turn, shift
 * @quarters: turns by 90 degrees clockwise that the image has had: shapes have not
 * @area: the picture's rectangle on the surface: labels stay inside
 * @visible: the part of the surface that is seen: what lies outside is skipped
 */
typedef struct
{
  MonocleOverlayStyle style;
  MonocleOverlayPart part;
  double opacity;
  double font_px;
  double line_px;
  gboolean show_labels;
  gboolean dashes;
  gboolean thin_out;
  cairo_matrix_t to_surface;
  guint quarters;
  MonocleRect area;
  MonocleRect visible;
} MonocleOverlayOptions;

/**
 * monocle_overlay_draw:
 * @items: (array length=n_items): in the order of the answer; small ones are drawn last
 * @image: (nullable): for MONOCLE_OVERLAY_STYLE_BLUR
 * @cr: where to, in units of the surface, the picture lies there already
 */
void monocle_overlay_draw (const MonocleOverlayItem *items,
                           guint n_items,
                           const MonocleOverlayOptions *options,
                           const MonocleImage *image,
                           cairo_t *cr);

/* Takes away from the dimming that is there what is inside of objects. */
void monocle_overlay_cut (const MonocleOverlayItem *items,
                          guint n_items,
                          const MonocleOverlayOptions *options,
                          cairo_t *cr);

/* (transfer full): the label of what comes in an order: "3 title" */
char *monocle_overlay_write_order (guint number, const char *label);

G_END_DECLS
