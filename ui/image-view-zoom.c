/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the picture lies in the canvas: zoom, scrolling, and the ways from one frame to another.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define ZOOM_STEP 1.25
/* Room around a picture that fits: handles at its edges can be taken hold of. */
#define MARGIN 12.0
/* How much a small picture is enlarged to fit: an icon, not its single pixels. */
#define MAX_FIT   8.0
#define REVEAL_PX 48.0

/* --- Geometry --- */

static double
side_of_picture (MonocleImageView *self, guint axis)
{
  if (!self->document)
    return 0;
  return axis == 0 ? monocle_document_get_shown_width (self->document)
                   : monocle_document_get_shown_height (self->document);
}

static double
side_of_widget (MonocleImageView *self, guint axis)
{
  return axis == 0 ? gtk_widget_get_width (GTK_WIDGET (self))
                   : gtk_widget_get_height (GTK_WIDGET (self));
}

/* Small widgets have no room to spare. */
static double
get_margin (MonocleImageView *self)
{
  double shorter = MIN (side_of_widget (self, 0), side_of_widget (self, 1));

  return shorter < 240 ? 0 : MARGIN;
}

/* What floats over the bottom of the view leaves that much less. */
static double
get_inset (MonocleImageView *self, guint axis)
{
  return axis == 0 ? 0 : MIN (self->inset, side_of_widget (self, axis) / 2);
}

/* The zoom at which all of it is seen. Pixels that are seen as such are all of one size. */
static double
get_fit_zoom (MonocleImageView *self)
{
  double margin = get_margin (self), zoom = MAX_FIT;

  for (guint axis = 0; axis < 2; axis++)
    {
      double side = side_of_picture (self, axis);
      double room = side_of_widget (self, axis) - 2 * margin - get_inset (self, axis);

      if (side > 0 && room > 0)
        zoom = MIN (zoom, room / side);
    }
  return zoom > 2 ? floor (zoom) : zoom;
}

/* 100 % can be had also where that is less. */
static double
get_least_zoom (MonocleImageView *self)
{
  return MIN (get_fit_zoom (self), 1);
}

MonocleRect
monocle_image_view_get_picture_rect (MonocleImageView *self)
{
  double origin[2], scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  for (guint axis = 0; axis < 2; axis++)
    {
      double content = side_of_picture (self, axis) * self->zoom;
      double room = side_of_widget (self, axis), inset = get_inset (self, axis);

      /* In the middle, unless that is below what floats there. */
      if (content + 2 * get_margin (self) + inset <= room + 0.5 || !self->adjustments[axis])
        origin[axis]
            = MIN ((room - content) / 2, MAX (0, room - inset - get_margin (self) - content));
      else
        origin[axis] = get_margin (self) - gtk_adjustment_get_value (self->adjustments[axis]);
      /* On the pixels of the screen: at 100 % one of the picture is one of the screen. */
      origin[axis] = round (origin[axis] * scale) / scale;
    }
  return (MonocleRect){ origin[0], origin[1], side_of_picture (self, 0) * self->zoom,
                        side_of_picture (self, 1) * self->zoom };
}

void
monocle_image_view_to_picture (MonocleImageView *self, double x, double y, double *px, double *py)
{
  MonocleRect picture = monocle_image_view_get_picture_rect (self);

  *px = (x - picture.x) / self->zoom;
  *py = (y - picture.y) / self->zoom;
}

void
monocle_image_view_to_upright (MonocleImageView *self, double x, double y, double *px, double *py)
{
  const MonocleMatrix matrix = monocle_image_view_get_matrix (self);
  const MonocleMatrix back = monocle_matrix_invert (&matrix);

  *px = x;
  *py = y;
  monocle_matrix_map (&back, px, py);
}

void
monocle_image_view_to_widget (MonocleImageView *self, const MonocleRect *image, MonocleRect *widget)
{
  MonocleMatrix matrix;

  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));

  matrix = monocle_image_view_get_matrix (self);
  *widget = monocle_matrix_map_rect (&matrix, image);
}

MonocleMatrix
monocle_image_view_get_turn (MonocleImageView *self)
{
  return self->document ? monocle_document_get_turn (self->document) : MONOCLE_MATRIX_IDENTITY;
}

void
monocle_image_view_turn_back (MonocleImageView *self, double *dx, double *dy)
{
  const MonocleMatrix turn = monocle_image_view_get_turn (self);
  MonocleMatrix back = monocle_matrix_invert (&turn);

  /* A way has no place. */
  back.x0 = back.y0 = 0;
  monocle_matrix_map (&back, dx, dy);
}

MonocleMatrix
monocle_image_view_get_matrix (MonocleImageView *self)
{
  const MonocleRect picture = monocle_image_view_get_picture_rect (self);
  const MonocleMatrix turn = monocle_image_view_get_turn (self);

  return monocle_matrix_multiply (
      &turn,
      &(MonocleMatrix){ .xx = self->zoom, .yy = self->zoom, .x0 = picture.x, .y0 = picture.y });
}

MonocleBox
monocle_image_view_get_visible (MonocleImageView *self)
{
  double x1, y1, x2, y2;

  g_return_val_if_fail (MONOCLE_IS_IMAGE_VIEW (self), (MonocleBox){ 0 });

  monocle_image_view_to_picture (self, 0, 0, &x1, &y1);
  monocle_image_view_to_picture (self, side_of_widget (self, 0), side_of_widget (self, 1), &x2,
                                 &y2);
  return (MonocleBox){ (float) CLAMP (x1, 0, side_of_picture (self, 0)),
                       (float) CLAMP (y1, 0, side_of_picture (self, 1)),
                       (float) CLAMP (x2, 0, side_of_picture (self, 0)),
                       (float) CLAMP (y2, 0, side_of_picture (self, 1)) };
}

MonocleBox
monocle_image_view_clamp_box (MonocleImageView *self, double x1, double y1, double x2, double y2)
{
  double ends[2][2] = { { MIN (x1, x2), MAX (x1, x2) }, { MIN (y1, y2), MAX (y1, y2) } };

  for (guint axis = 0; axis < 2; axis++)
    {
      double side = MAX (1, side_of_picture (self, axis));

      ends[axis][0] = CLAMP (round (ends[axis][0]), 0, side - 1);
      ends[axis][1] = CLAMP (round (ends[axis][1]), ends[axis][0] + 1, side);
    }
  return (MonocleBox){ (float) ends[0][0], (float) ends[1][0], (float) ends[0][1],
                       (float) ends[1][1] };
}

MonocleBox
monocle_image_view_get_box (MonocleImageView *self, const MonocleShape *shape)
{
  const MonocleMatrix turn = monocle_image_view_get_turn (self);
  const MonocleRect bounds = monocle_shape_get_bounds (shape);
  const MonocleRect shown = monocle_matrix_map_rect (&turn, &bounds);

  return monocle_rect_to_box (&shown);
}

MonocleShape *
monocle_image_view_new_shape (MonocleImageView *self, const MonocleBox *box)
{
  const MonocleMatrix turn = monocle_image_view_get_turn (self);
  const MonocleMatrix back = monocle_matrix_invert (&turn);
  const MonocleBox upright = monocle_matrix_map_box (&back, box);

  return monocle_shape_new_box (&upright);
}

MonocleShape *
monocle_image_view_transform (MonocleImageView *self,
                              const MonocleShape *shape,
                              const MonocleMatrix *matrix)
{
  const MonocleMatrix turn = monocle_image_view_get_turn (self);
  const MonocleMatrix back = monocle_matrix_invert (&turn);
  const MonocleMatrix shown = monocle_matrix_multiply (&turn, matrix);
  const MonocleMatrix upright = monocle_matrix_multiply (&shown, &back);

  return monocle_shape_transform (shape, &upright);
}

void
monocle_image_view_clamp_move (MonocleImageView *self,
                               const MonocleBox *box,
                               double *dx,
                               double *dy)
{
  double width = side_of_picture (self, 0), height = side_of_picture (self, 1);

  *dx = CLAMP (round (*dx), MIN (0, -(double) box->x1), MAX (0, width - (double) box->x2));
  *dy = CLAMP (round (*dy), MIN (0, -(double) box->y1), MAX (0, height - (double) box->y2));
}

/* --- Scrolling --- */

static void
configure_adjustments (MonocleImageView *self)
{
  for (guint axis = 0; axis < 2; axis++)
    {
      double page = side_of_widget (self, axis);
      double content = side_of_picture (self, axis) * self->zoom + 2 * get_margin (self)
                       + get_inset (self, axis);
      /* Not for a part of a pixel: a scrollbar would come for it. */
      double upper = content <= page + 0.5 ? page : content;

      if (self->adjustments[axis])
        gtk_adjustment_configure (
            self->adjustments[axis],
            CLAMP (gtk_adjustment_get_value (self->adjustments[axis]), 0, upper - page), 0, upper,
            page * 0.1, page * 0.9, page);
    }
}

/* To where the top left of the view is in the scrolled area. */
void
monocle_image_view_set_position (MonocleImageView *self, double x, double y)
{
  const double position[2] = { x, y };

  for (guint axis = 0; axis < 2; axis++)
    if (self->adjustments[axis])
      gtk_adjustment_set_value (self->adjustments[axis], position[axis]);
}

void
monocle_image_view_pan (MonocleImageView *self, double dx, double dy)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));

  if (self->adjustments[0] && self->adjustments[1])
    monocle_image_view_set_position (self, gtk_adjustment_get_value (self->adjustments[0]) + dx,
                                     gtk_adjustment_get_value (self->adjustments[1]) + dy);
}

void
monocle_image_view_reveal (MonocleImageView *self, MonocleRect rectangle)
{
  MonocleRect r;
  double move[2];

  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));

  monocle_image_view_to_widget (self, &rectangle, &r);
  for (guint axis = 0; axis < 2; axis++)
    {
      double room = side_of_widget (self, axis), pad = MIN (REVEAL_PX, room / 8);
      double start = axis == 0 ? r.x : r.y, length = axis == 0 ? r.width : r.height;

      if (length > room - 2 * pad)
        /* Does not fit: fine as long as much of it is seen. */
        move[axis]
            = start > room / 2 || start + length < room / 2 ? start + length / 2 - room / 2 : 0;
      else if (start < pad)
        move[axis] = start - pad;
      else if (start + length > room - pad)
        move[axis] = start + length - (room - pad);
      else
        move[axis] = 0;
    }
  monocle_image_view_pan (self, move[0], move[1]);
}

static void
on_scrolled (MonocleImageView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
monocle_image_view_set_adjustment (MonocleImageView *self, guint axis, GtkAdjustment *adjustment)
{
  if (self->adjustments[axis] == adjustment)
    return;
  if (self->adjustments[axis])
    g_signal_handlers_disconnect_by_func (self->adjustments[axis], on_scrolled, self);
  g_clear_object (&self->adjustments[axis]);
  if (adjustment)
    {
      self->adjustments[axis] = g_object_ref_sink (adjustment);
      g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self,
                               G_CONNECT_SWAPPED);
      configure_adjustments (self);
    }
  g_object_notify (G_OBJECT (self), axis == 0 ? "hadjustment" : "vadjustment");
}

/* --- Zoom --- */

static void
notify_zoom (MonocleImageView *self)
{
  gboolean can_in = self->document && self->zoom < MONOCLE_MAX_ZOOM * 0.999;
  gboolean can_out = self->document && self->zoom > get_least_zoom (self) * 1.001;

  g_object_notify (G_OBJECT (self), "zoom");
  if (self->can_zoom_in != can_in)
    {
      self->can_zoom_in = can_in;
      g_object_notify (G_OBJECT (self), "can-zoom-in");
    }
  if (self->can_zoom_out != can_out)
    {
      self->can_zoom_out = can_out;
      g_object_notify (G_OBJECT (self), "can-zoom-out");
    }
}

/* @x, @y: of the widget: what is there stays there. */
void
monocle_image_view_zoom_at (MonocleImageView *self, double zoom, double x, double y)
{
  double least = get_least_zoom (self), margin = get_margin (self), px, py;

  if (!self->document || isnan (zoom))
    return;
  monocle_image_view_to_picture (self, x, y, &px, &py);
  self->fits = least < 1 && zoom <= least;
  self->zoom = CLAMP (zoom, least, MONOCLE_MAX_ZOOM);
  configure_adjustments (self);
  monocle_image_view_set_position (self, margin + px * self->zoom - x,
                                   margin + py * self->zoom - y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  notify_zoom (self);
}

static void
zoom_at_middle (MonocleImageView *self, double zoom)
{
  monocle_image_view_zoom_at (self, zoom, side_of_widget (self, 0) / 2,
                              side_of_widget (self, 1) / 2);
}

double
monocle_image_view_get_zoom (MonocleImageView *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_VIEW (self), 1);
  return self->zoom;
}

void
monocle_image_view_set_zoom (MonocleImageView *self, double zoom)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));
  zoom_at_middle (self, zoom);
}

void
monocle_image_view_zoom_in (MonocleImageView *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));
  zoom_at_middle (self, self->zoom * ZOOM_STEP);
}

void
monocle_image_view_zoom_out (MonocleImageView *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));
  zoom_at_middle (self, self->zoom / ZOOM_STEP);
}

void
monocle_image_view_fit (MonocleImageView *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));

  self->fits = TRUE;
  self->zoom = get_fit_zoom (self);
  configure_adjustments (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  notify_zoom (self);
}

void
monocle_image_view_set_inset (MonocleImageView *self, double inset)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));

  if (fabs (self->inset - inset) < 0.5)
    return;
  self->inset = inset;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

gboolean
monocle_image_view_get_fits (MonocleImageView *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_VIEW (self), TRUE);
  return self->fits;
}

static gboolean
notify_later (gpointer user_data)
{
  MonocleImageView *self = user_data;

  self->notify_id = 0;
  notify_zoom (self);
  return G_SOURCE_REMOVE;
}

/* What shows the zoom must not change its size while sizes are given out. Soon all the same: where
 * frames take long, something that moves leaves no time that is idle. */
static void
queue_notify (MonocleImageView *self)
{
  if (self->notify_id == 0)
    self->notify_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, notify_later, self, NULL);
}

void
monocle_image_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MonocleImageView *self = MONOCLE_IMAGE_VIEW (widget);
  double fit = get_fit_zoom (self), middle[2] = { 0 };
  gboolean changes;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      gtk_popover_present (GTK_POPOVER (child));
  if (self->fits || self->zoom < MIN (fit, 1))
    {
      changes = self->zoom < fit || self->zoom > fit;
      self->fits = TRUE;
      self->zoom = fit;
      configure_adjustments (self);
      if (changes)
        queue_notify (self);
      return;
    }

  /* The middle of what is seen stays in the middle. */
  for (guint axis = 0; axis < 2; axis++)
    if (self->adjustments[axis])
      middle[axis] = gtk_adjustment_get_value (self->adjustments[axis])
                     + gtk_adjustment_get_page_size (self->adjustments[axis]) / 2;
  configure_adjustments (self);
  monocle_image_view_set_position (self, middle[0] - width / 2.0, middle[1] - height / 2.0);
  queue_notify (self);
}
