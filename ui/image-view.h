/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: a picture with what lies on it. Zooms at the pointer, pans, fits; draws regions and
 * moves them; selects and hovers objects. Split into this, input and draw (image-view-private.h).
 *
 * Properties: presentation (MonoclePresentation), zoom (double, screen pixels for one of the
 * picture, in logical pixels), tool (MonocleTool as int), brush-size (uint, pixels of the picture),
 * can-zoom-in, can-zoom-out (boolean).
 * Signals: `context-menu` (object: MonocleAnnotation nullable, region: the same, double x, double y
 * in widget coordinates); `drawn` (region): a box, an outline or a line is there, as what is to be
 * drawn next is called. Implements GtkScrollable, so that a GtkScrolledWindow gives it overlay
 * scrollbars.
 */
#pragma once

#include "ui/presentation.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_TOOL_SELECT,  /* select objects, move regions; dragging on nothing pans */
  MONOCLE_TOOL_REGION,  /* drag draws a rectangle */
  MONOCLE_TOOL_POLYGON, /* clicks, or a drag, draw an outline */
  MONOCLE_TOOL_HAND,    /* drag pans */
  MONOCLE_TOOL_BRUSH,   /* drag paints pixels of the region that is selected, or of a new one */
  MONOCLE_TOOL_ERASER,  /* drag takes pixels away */
  MONOCLE_TOOL_LINE,    /* clicks, or a drag, draw a line */
  MONOCLE_TOOL_POINTS,  /* a click puts a point down */
} MonocleTool;

#define MONOCLE_TYPE_IMAGE_VIEW (monocle_image_view_get_type ())
G_DECLARE_FINAL_TYPE (MonocleImageView, monocle_image_view, MONOCLE, IMAGE_VIEW, GtkWidget)

GtkWidget *monocle_image_view_new (void);
void monocle_image_view_set_presentation (MonocleImageView *self,
                                          MonoclePresentation *presentation);

double monocle_image_view_get_zoom (MonocleImageView *self);
/* Around the middle of what is seen; leaves fitting. */
void monocle_image_view_set_zoom (MonocleImageView *self, double zoom);
void monocle_image_view_zoom_in (MonocleImageView *self);
void monocle_image_view_zoom_out (MonocleImageView *self);
/* Shows all of the picture, and goes on doing so when the widget's size changes. */
void monocle_image_view_fit (MonocleImageView *self);
gboolean monocle_image_view_get_fits (MonocleImageView *self);
/* So much at the bottom is covered: nothing of a picture that fits lies there. */
void monocle_image_view_set_inset (MonocleImageView *self, double inset);
/* Moves the view by so many widget pixels. */
void monocle_image_view_pan (MonocleImageView *self, double dx, double dy);
/* Brings a rectangle of the upright picture into view if it is not. */
void monocle_image_view_reveal (MonocleImageView *self, MonocleRect rectangle);

MonocleTool monocle_image_view_get_tool (MonocleImageView *self);
void monocle_image_view_set_tool (MonocleImageView *self, MonocleTool tool);

/* Shows the points of the outline that is selected, or the handles around it again. Returns:
 * whether there is one. */
gboolean monocle_image_view_edit_vertices (MonocleImageView *self);

/* Draws some regions in other shapes than they have, with their points: @shapes: (nullable)
 * (element-type MonocleAnnotation MonocleShape): %NULL: as they are again */
void monocle_image_view_show_instead (MonocleImageView *self, GHashTable *shapes);

/* The next outline is to be a hole in what is selected: draws it with its tool. Returns: whether
 * there is something that can have one. */
gboolean monocle_image_view_begin_hole (MonocleImageView *self);

/* The brush becomes so many steps larger, or smaller. */
void monocle_image_view_step_brush (MonocleImageView *self, int by);

/* Widget coordinates of a rectangle of the upright picture: where a small bar or a menu goes. */
void monocle_image_view_to_widget (MonocleImageView *self,
                                   const MonocleRect *image,
                                   MonocleRect *widget);
/* A way as it is seen becomes one of the upright picture, in whose pixels both are. */
void monocle_image_view_turn_back (MonocleImageView *self, double *dx, double *dy);
/* The part of the picture that is seen, in pixels of it as it is shown: exports "as shown". */
MonocleBox monocle_image_view_get_visible (MonocleImageView *self);

G_END_DECLS
