/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: an outline that is being drawn, point by point or along the pointer. See
 * image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

/* In logical pixels. */
#define CLOSE_PX  8.0 /* so near to its first point it closes */
#define TRAIL_PX  2.0 /* between the points that are left along the pointer */
#define LINE_PX   2.0
#define CASING_PX 4.0
#define DASH_PX   5.0

static guint
count_points (MonocleImageView *self)
{
  return self->outline ? self->outline->len / 2 : 0;
}

static const double *
get_point (MonocleImageView *self, guint index)
{
  return &g_array_index (self->outline, double, 2 * index);
}

/* Whether it is a line, which does not close. */
static gboolean
is_open (MonocleImageView *self)
{
  return self->tool == MONOCLE_TOOL_LINE;
}

/* (transfer full) */
static MonocleShape *
make_shape (MonocleImageView *self)
{
  if (is_open (self))
    return monocle_shape_new_line (get_point (self, 0), count_points (self));
  return monocle_shape_new_rings (
      &(MonocleRing){ get_point (self, 0), count_points (self), MONOCLE_RING_OUTER }, 1);
}

gboolean
monocle_image_view_is_outlining (MonocleImageView *self)
{
  return count_points (self) > 0;
}

/* Whether who points there means the first point: not while all of it is as near. */
static gboolean
is_at_start (MonocleImageView *self, double x, double y)
{
  const double reach = CLOSE_PX / self->zoom;
  g_autoptr (MonocleShape) shape = NULL;
  MonocleRect bounds;
  double px, py;

  if (is_open (self) || count_points (self) < 3)
    return FALSE;
  shape = make_shape (self);
  bounds = monocle_shape_get_bounds (shape);
  monocle_image_view_to_upright (self, x, y, &px, &py);
  return MAX (bounds.width, bounds.height) > 2 * reach
         && hypot (px - get_point (self, 0)[0], py - get_point (self, 0)[1]) <= reach;
}

/* (nullable): what is selected, if there is an inside to it */
static MonocleAnnotation *
find_holed (MonocleImageView *self)
{
  g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_regions (self->presentation);
  guint n_rings = 0;

  if (selected->len == 1)
    monocle_shape_get_rings (monocle_annotation_get_shape (selected->pdata[0]), &n_rings);
  return n_rings > 0 ? selected->pdata[0] : NULL; /* the list holds it */
}

gboolean
monocle_image_view_is_hole (MonocleImageView *self, double x, double y)
{
  MonocleAnnotation *holed = find_holed (self);
  double px, py;

  if (self->tool != MONOCLE_TOOL_POLYGON || !holed)
    return FALSE;
  if (self->holed == holed) /* was asked for */
    return TRUE;
  monocle_image_view_to_upright (self, x, y, &px, &py);
  return self->shift_held && monocle_shape_hit (monocle_annotation_get_shape (holed), px, py, 0);
}

gboolean
monocle_image_view_begin_hole (MonocleImageView *self)
{
  MonocleAnnotation *holed = find_holed (self);

  g_return_val_if_fail (MONOCLE_IS_IMAGE_VIEW (self), FALSE);

  if (!holed)
    return FALSE;
  monocle_image_view_set_edited (self, NULL);
  monocle_image_view_drop_outline (self);
  monocle_image_view_set_tool (self, MONOCLE_TOOL_POLYGON);
  g_set_object (&self->holed, holed);
  return TRUE;
}

/* The outline that was drawn is taken away from @region: one step. */
static gboolean
cut_hole (MonocleImageView *self, MonocleAnnotation *region, MonocleShape *hole)
{
  g_autoptr (MonocleShape) before = monocle_shape_ref (monocle_annotation_get_shape (region));
  g_autoptr (MonocleShape) after = monocle_parts_cut (before, hole);

  if (!after)
    return FALSE;
  monocle_annotation_set_shape (region, after);
  monocle_document_note_shape (self->document, MONOCLE_VERB_CUT_HOLE, region, before, FALSE);
  return TRUE;
}

static void
append (MonocleImageView *self, double x, double y, double apart)
{
  double point[2];
  const guint n = count_points (self);

  monocle_image_view_snap (self, NULL, x, y, &point[0], &point[1]);
  if (n > 0
      && hypot (point[0] - get_point (self, n - 1)[0], point[1] - get_point (self, n - 1)[1])
             < apart / self->zoom)
    return;
  if (n == 0)
    {
      MonocleAnnotation *holed = monocle_image_view_is_hole (self, x, y) ? find_holed (self) : NULL;

      g_set_object (&self->holed, holed);
      /* What is selected has handles, which would be in the way. */
      monocle_image_view_clear_selection (self);
    }
  if (!self->outline)
    self->outline = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_append_vals (self->outline, point, 2);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
monocle_image_view_add_to_outline (MonocleImageView *self, double x, double y)
{
  if (is_at_start (self, x, y))
    monocle_image_view_close_outline (self);
  else
    {
      self->is_stroke = FALSE;
      append (self, x, y, 1);
    }
}

void
monocle_image_view_trail_outline (MonocleImageView *self, double x, double y)
{
  self->is_stroke = self->is_stroke || count_points (self) == 0;
  append (self, x, y, TRAIL_PX);
}

void
monocle_image_view_end_trail (MonocleImageView *self, double x, double y)
{
  if (is_at_start (self, x, y) || (is_open (self) && self->is_stroke))
    monocle_image_view_close_outline (self);
}

gboolean
monocle_image_view_close_outline (MonocleImageView *self)
{
  g_autoptr (MonocleShape) shape = NULL;
  g_autoptr (MonocleAnnotation) region = NULL;

  if (count_points (self) < (is_open (self) ? 2 : 3))
    return FALSE;
  shape = make_shape (self);
  if (!is_open (self) && !(monocle_shape_get_area (shape) > 0)) /* all on a line */
    return FALSE;
  /* Deleted meanwhile, in another window: it is something by itself. */
  if (self->holed
      && !g_list_store_find (G_LIST_STORE (monocle_document_get_regions (self->document)),
                             self->holed, NULL))
    g_clear_object (&self->holed);
  if (self->holed)
    {
      region = g_object_ref (self->holed);
      if (!cut_hole (self, region, shape))
        return FALSE;
      monocle_image_view_drop_outline (self);
      monocle_image_view_select_region (self, region, FALSE);
    }
  else
    {
      region = monocle_annotation_new_shape (shape);
      monocle_image_view_drop_outline (self);
      monocle_image_view_add_drawn (self, region, TRUE);
    }
  return TRUE;
}

void
monocle_image_view_shorten_outline (MonocleImageView *self)
{
  if (count_points (self) > 0)
    g_array_set_size (self->outline, self->outline->len - 2);
  monocle_image_view_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
monocle_image_view_drop_outline (MonocleImageView *self)
{
  g_clear_pointer (&self->outline, g_array_unref);
  g_clear_object (&self->holed);
  self->is_stroke = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- Points --- */

/* Of the points that are selected one more, or something new. */
void
monocle_image_view_put_point (MonocleImageView *self, double x, double y)
{
  MonocleAnnotation *region = monocle_image_view_get_editable (self);
  g_autoptr (MonocleShape) before
      = region ? monocle_shape_ref (monocle_annotation_get_shape (region)) : NULL;
  g_autoptr (MonocleShape) after = NULL;
  double point[2];

  monocle_image_view_snap (self, NULL, x, y, &point[0], &point[1]);
  if (before && monocle_shape_get_kind (before) == MONOCLE_SHAPE_POINTS
      && !monocle_shape_is_empty (before))
    {
      guint n;

      monocle_shape_get_points (before, &n);
      after = monocle_reshape_add_point (before, n - 1, point[0], point[1], NULL);
      monocle_annotation_set_shape (region, after);
      monocle_document_note_shape (self->document, MONOCLE_VERB_ADD_POINT, region, before, FALSE);
    }
  else
    {
      g_autoptr (MonocleAnnotation) drawn = NULL;

      after = monocle_shape_new_points (point, 1);
      drawn = monocle_annotation_new_shape (after);
      monocle_image_view_add_drawn (self, drawn, FALSE);
    }
}

/* --- Drawn --- */

static void
stroke (cairo_t *cr)
{
  cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.6);
  cairo_set_line_width (cr, CASING_PX);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, LINE_PX);
  cairo_stroke (cr);
}

/* The line, and how it would go on and close with the pointer where it is. */
void
monocle_image_view_draw_outline (MonocleImageView *self, cairo_t *cr)
{
  const MonocleMatrix matrix = monocle_image_view_get_matrix (self);
  const guint n = count_points (self);
  double x = 0, y = 0;

  if (n == 0)
    return;
  cairo_new_path (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < n; i++)
    {
      x = get_point (self, i)[0];
      y = get_point (self, i)[1];
      monocle_matrix_map (&matrix, &x, &y);
      cairo_line_to (cr, x, y);
    }
  if (self->pointer_inside)
    {
      if (is_at_start (self, self->pointer_x, self->pointer_y))
        {
          x = get_point (self, 0)[0];
          y = get_point (self, 0)[1];
        }
      else
        monocle_image_view_snap (self, NULL, self->pointer_x, self->pointer_y, &x, &y);
      monocle_matrix_map (&matrix, &x, &y);
      cairo_line_to (cr, x, y);
    }
  stroke (cr);
  if (n >= 2 && !is_open (self))
    {
      double first_x = get_point (self, 0)[0], first_y = get_point (self, 0)[1];

      monocle_matrix_map (&matrix, &first_x, &first_y);
      cairo_move_to (cr, x, y);
      cairo_line_to (cr, first_x, first_y);
      cairo_set_dash (cr, (const double[]){ DASH_PX, DASH_PX }, 2, 0);
      stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
    }
  for (guint i = 0; i < n; i++)
    {
      x = get_point (self, i)[0];
      y = get_point (self, i)[1];
      monocle_matrix_map (&matrix, &x, &y);
      monocle_image_view_draw_vertex (
          self, cr, x, y, i == 0 && is_at_start (self, self->pointer_x, self->pointer_y));
    }
}
