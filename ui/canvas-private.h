/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the canvas page share: canvas (the pictures, what fades, what floats),
 * canvas-bars (the bars about what is selected or drawn with, and where there is room for them).
 */
#pragma once

#include "ui/brush-bar.h"
#include "ui/canvas.h"
#include "ui/heat-bar.h"
#include "ui/region-bar.h"
#include "ui/simplify-bar.h"
#include "ui/view-options.h"

G_BEGIN_DECLS

struct _MonocleCanvas
{
  AdwBin parent_instance;

  GtkOverlay *overlay;
  MonocleImageView *view;
  GtkScrolledWindow *scrolled;
  GtkWidget *second;
  MonocleImageView *second_view;
  GtkScrolledWindow *second_scrolled;
  GtkPicture *drawn[2]; /* over these two, where both answers are pictures */
  GtkLabel *first_title;
  GtkLabel *second_title;
  GtkRevealer *tools;
  GtkWidget *zoom;
  GtkMenuButton *look_button;
  GtkMenuButton *zoom_button;
  GtkWidget *zoom_out_button;
  GtkWidget *zoom_in_button;
  MonocleViewOptions *look;
  GtkWidget *low_bars; /* one of them, or none, beside the tools */
  MonocleBrushBar *brush_bar;
  MonocleSimplifyBar *simplify_bar;
  MonocleHeatBar *heat_bar;
  MonocleRegionBar *region_bar;

  MonoclePresentation *presentation;
  MonoclePresentation *second_presentation;
  MonocleImage *drawn_images[2]; /* (nullable): what these show */
  MonocleDocument *other;        /* (nullable): another version, which the second one shows */
  char *other_name;
  GPtrArray *regions; /* those that the bar is about */
  guint n_namings;    /* what was drawn is being given its name */
  guint rest_source;
  gboolean immersed; /* nothing but the picture, when nobody moves */
  double pointer_x, pointer_y;

  MonocleImageView *leader; /* of the two views the one that moved last */
  guint follow_source;
  gboolean follows; /* the other one is being moved after it */
};

/* Whether that is what is seen, instead of what was asked about. */
gboolean monocle_canvas_shows_drawn (MonocleCanvas *self);

/* --- canvas-bars.c --- */

void monocle_canvas_init_bars (MonocleCanvas *self);
/* What is shown, or selected, is another. */
void monocle_canvas_update_bars (MonocleCanvas *self);
/* What is selected, or where it is, is another. */
void monocle_canvas_update_region_bar (MonocleCanvas *self);
gboolean monocle_canvas_place_child (GtkOverlay *overlay,
                                     GtkWidget *widget,
                                     GdkRectangle *allocation,
                                     MonocleCanvas *self);

G_END_DECLS
