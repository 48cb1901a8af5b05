/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas page: the bars about what is selected or drawn with, and where there is room for
 * them. See canvas-private.h.
 */
#include "config.h"

#include "ui/canvas-private.h"

/* Between a region and its bar. */
#define BAR_GAP 8
/* A label above a region. */
#define PLATE_PX 20

/* --- The bar beside regions --- */

static gboolean
has_brush (MonocleCanvas *self)
{
  const MonocleTool tool = monocle_image_view_get_tool (self->view);

  return tool == MONOCLE_TOOL_BRUSH || tool == MONOCLE_TOOL_ERASER;
}

void
monocle_canvas_update_region_bar (MonocleCanvas *self)
{
  g_clear_pointer (&self->regions, g_ptr_array_unref);
  if (self->presentation)
    self->regions = monocle_presentation_get_selected_regions (self->presentation);
  /* What goes on being drawn is not covered. */
  gtk_widget_set_visible (GTK_WIDGET (self->region_bar),
                          self->regions && self->regions->len > 0 && !has_brush (self)
                              && !monocle_canvas_shows_drawn (self) && self->n_namings == 0
                              && !gtk_widget_get_visible (GTK_WIDGET (self->simplify_bar))
                              && monocle_image_view_get_tool (self->view) != MONOCLE_TOOL_POINTS);
  if (!gtk_widget_get_visible (GTK_WIDGET (self->region_bar)))
    return;
  monocle_region_bar_set_n_regions (self->region_bar, self->regions->len);
  gtk_widget_queue_allocate (GTK_WIDGET (self->overlay));
}

/* Around all of them, on the view. */
static MonocleRect
measure_regions (MonocleCanvas *self)
{
  MonocleRect around = { 0 };

  for (guint i = 0; i < self->regions->len; i++)
    {
      const MonocleRect in_picture = monocle_annotation_get_bounds (self->regions->pdata[i]);
      MonocleRect place;
      double right, bottom;

      monocle_image_view_to_widget (self->view, &in_picture, &place);
      if (i == 0)
        around = place;
      right = MAX (around.x + around.width, place.x + place.width);
      bottom = MAX (around.y + around.height, place.y + place.height);
      around.x = MIN (around.x, place.x);
      around.y = MIN (around.y, place.y);
      around.width = right - around.x;
      around.height = bottom - around.y;
    }
  return around;
}

/* Below the regions' corner where there is room, else above, where an answer's plate may stand as
 * well, else inside at the bottom; never over the tools. */
static void
place_region_bar (MonocleCanvas *self, GtkWidget *widget, GdkRectangle *allocation)
{
  GtkWidget *overlay = GTK_WIDGET (self->overlay);
  GtkRequisition least, size;
  MonocleRect place;
  double x, y, below, above, right;
  int width = gtk_widget_get_width (overlay);
  int height = gtk_widget_get_height (overlay) - gtk_widget_get_height (GTK_WIDGET (self->tools))
               - gtk_widget_get_margin_bottom (GTK_WIDGET (self->tools));

  /* In a narrow window the words give way, not the last button. */
  gtk_widget_get_preferred_size (widget, &least, &size);
  size.width = MAX (least.width, MIN (size.width, width - 2 * BAR_GAP));
  place = measure_regions (self);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), overlay, place.x, place.y, &x, &y);
  below = y + place.height + BAR_GAP;
  above = y - BAR_GAP - PLATE_PX - size.height;
  right = x + place.width - size.width;
  if (below + size.height <= height - BAR_GAP)
    y = below;
  else if (above >= BAR_GAP)
    y = above;
  else
    y = height - BAR_GAP - size.height;
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    right = x;
  *allocation = (GdkRectangle){
    .x = (int) CLAMP (right, BAR_GAP, MAX (BAR_GAP, width - size.width - BAR_GAP)),
    .y = (int) MAX (y, BAR_GAP),
    .width = size.width,
    .height = size.height,
  };
}

/* The low bar and the zoom are in a row with the tools where there is room for it, else above them,
 * and above each other. */
static void
place_bar (MonocleCanvas *self, GtkWidget *widget, GdkRectangle *allocation)
{
  GtkWidget *overlay = GTK_WIDGET (self->overlay), *low = self->low_bars;
  const gboolean is_low = widget == low;
  const int width = gtk_widget_get_width (overlay);
  GtkRequisition tools, zoom, size = { 0 };
  int x, row;

  gtk_widget_get_preferred_size (GTK_WIDGET (self->tools), NULL, &tools);
  gtk_widget_get_preferred_size (self->zoom, NULL, &zoom);
  if (gtk_widget_get_visible (low))
    gtk_widget_get_preferred_size (low, NULL, &size);
  x = is_low ? 0 : width - zoom.width;
  if (tools.width + size.width + zoom.width <= width)
    {
      x = is_low ? tools.width : x;
      row = 0;
    }
  else if (is_low)
    row = 1;
  else if (tools.width + zoom.width <= width)
    row = 0;
  else
    row = size.width + zoom.width <= width ? 1 : 2;

  size = is_low ? size : zoom;
  size.width = MIN (size.width, width);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    x = width - x - size.width;
  *allocation = (GdkRectangle){
    .x = MAX (x, 0),
    .y = gtk_widget_get_height (overlay) - size.height - row * tools.height,
    .width = size.width,
    .height = size.height,
  };
}

gboolean
monocle_canvas_place_child (GtkOverlay *overlay,
                            GtkWidget *widget,
                            GdkRectangle *allocation,
                            MonocleCanvas *self)
{
  if (widget == GTK_WIDGET (self->region_bar) && self->regions && self->regions->len > 0)
    place_region_bar (self, widget, allocation);
  else if (widget == self->low_bars || widget == self->zoom)
    place_bar (self, widget, allocation);
  else
    return FALSE;
  return TRUE;
}

/* --- The low ones --- */

void
monocle_canvas_update_bars (MonocleCanvas *self)
{
  const gboolean simplifies = gtk_widget_get_visible (GTK_WIDGET (self->simplify_bar));
  const gboolean paints = has_brush (self) && !simplifies;
  const gboolean cuts = monocle_heat_bar_is_due (self->heat_bar) && !simplifies && !paints;

  gtk_widget_set_visible (GTK_WIDGET (self->brush_bar), paints);
  gtk_widget_set_visible (GTK_WIDGET (self->heat_bar), cuts);
  gtk_widget_set_visible (self->low_bars,
                          (paints || simplifies || cuts) && !monocle_canvas_shows_drawn (self));
  monocle_canvas_update_region_bar (self);
}

void
monocle_canvas_begin_naming (MonocleCanvas *self)
{
  g_return_if_fail (MONOCLE_IS_CANVAS (self));

  self->n_namings++;
  monocle_canvas_update_region_bar (self);
}

void
monocle_canvas_end_naming (MonocleCanvas *self)
{
  g_return_if_fail (MONOCLE_IS_CANVAS (self));
  g_return_if_fail (self->n_namings > 0);

  self->n_namings--;
  monocle_canvas_update_region_bar (self);
}

void
monocle_canvas_simplify (MonocleCanvas *self)
{
  g_return_if_fail (MONOCLE_IS_CANVAS (self));

  if (self->presentation)
    monocle_simplify_bar_begin (self->simplify_bar, self->presentation);
}

void
monocle_canvas_init_bars (MonocleCanvas *self)
{
  monocle_brush_bar_set_view (self->brush_bar, self->view);
  monocle_simplify_bar_set_view (self->simplify_bar, self->view);
  g_signal_connect_object (self->view, "notify::tool", G_CALLBACK (monocle_canvas_update_bars),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->simplify_bar, "notify::visible",
                           G_CALLBACK (monocle_canvas_update_bars), self, G_CONNECT_SWAPPED);
}
