/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: a brush, and an eraser, for the pixels of what is the person's own. See
 * image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define STEP 1.2 /* so much larger with each */

/* --- The brush --- */

gboolean
monocle_image_view_has_brush (MonocleImageView *self)
{
  return self->tool == MONOCLE_TOOL_BRUSH || self->tool == MONOCLE_TOOL_ERASER;
}

void
monocle_image_view_step_brush (MonocleImageView *self, int by)
{
  double size;

  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));

  if (!monocle_image_view_has_brush (self))
    return;
  size = self->brush_size * pow (STEP, by);
  size = by > 0 ? MAX (floor (size), self->brush_size + 1.0)
                : MIN (floor (size), self->brush_size - 1.0);
  g_object_set (self, "brush-size", (guint) CLAMP (size, 1, MONOCLE_BRUSH_MAX_SIZE), NULL);
}

/* Shift makes one the other. */
static MonocleRingRole
get_role (MonocleImageView *self)
{
  const gboolean erases = (self->tool == MONOCLE_TOOL_ERASER) != self->shift_held;

  return erases ? MONOCLE_RING_HOLE : MONOCLE_RING_OUTER;
}

static void
find_center (MonocleImageView *self, double x, double y, double center[2])
{
  monocle_image_view_to_upright (self, x, y, &center[0], &center[1]);
  monocle_brush_center (self->brush_size, &center[0], &center[1]);
}

/* --- A stroke --- */

/* (nullable): what is painted on; %NULL: what the stroke makes */
static MonocleAnnotation *
find_target (MonocleImageView *self, double x, double y)
{
  g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_regions (self->presentation);

  if (selected->len == 1)
    return selected->pdata[0]; /* the list holds it */
  if (get_role (self) == MONOCLE_RING_HOLE)
    return monocle_image_view_find_region (self, x, y, TRUE);
  return NULL;
}

static void
cover (MonocleImageView *self, const double to[2])
{
  MonocleMaskRuns *mask = monocle_shape_get_mask (monocle_annotation_get_shape (self->dragged));
  g_autoptr (MonocleMaskRuns) painted
      = monocle_brush_paint (mask, self->brush_at, to, self->brush_size, self->stroke_role);

  self->brush_at[0] = to[0];
  self->brush_at[1] = to[1];
  if (!monocle_mask_runs_equal (mask, painted))
    {
      g_autoptr (MonocleShape) shape = monocle_shape_new_mask (painted);

      monocle_annotation_set_shape (self->dragged, shape);
    }
}

gboolean
monocle_image_view_begin_stroke (MonocleImageView *self, double x, double y)
{
  const guint width = monocle_document_get_width (self->document);
  const guint height = monocle_document_get_height (self->document);
  g_autoptr (MonocleShape) nothing = monocle_shape_new_rings (NULL, 0);
  MonocleAnnotation *target;

  g_return_val_if_fail (!self->dragged && !self->before, FALSE);

  self->stroke_role = get_role (self);
  target = find_target (self, x, y);
  if (target || self->stroke_role == MONOCLE_RING_OUTER)
    {
      MonocleShape *before = target ? monocle_annotation_get_shape (target) : nothing;
      g_autoptr (MonocleShape) pixels = monocle_reshape_to_mask (before, width, height);

      if (monocle_shape_get_mask (pixels))
        {
          if (target)
            {
              monocle_image_view_select_region (self, target, FALSE);
              self->before = monocle_shape_ref (before);
              self->dragged = g_object_ref (target);
              monocle_annotation_set_shape (target, pixels);
            }
          else
            {
              monocle_image_view_clear_selection (self);
              self->dragged = monocle_annotation_new_shape (pixels);
            }
          find_center (self, x, y, self->brush_at);
          cover (self, (const double[]){ self->brush_at[0], self->brush_at[1] });
          return TRUE;
        }
    }
  gtk_widget_error_bell (GTK_WIDGET (self));
  return FALSE;
}

void
monocle_image_view_stroke_to (MonocleImageView *self, double x, double y)
{
  double to[2];

  find_center (self, x, y, to);
  cover (self, to);
}

void
monocle_image_view_end_stroke (MonocleImageView *self,
                               MonocleAnnotation *region,
                               MonocleShape *before)
{
  const gboolean erases = self->stroke_role == MONOCLE_RING_HOLE;

  if (before)
    monocle_document_note_shape (self->document, erases ? MONOCLE_VERB_ERASE : MONOCLE_VERB_PAINT,
                                 region, before, FALSE);
  else if (!monocle_shape_is_empty (monocle_annotation_get_shape (region)))
    monocle_image_view_add_drawn (self, region, FALSE);
}

/* --- Drawn --- */

/* What the next dab covers; of the eraser the line is broken. */
void
monocle_image_view_draw_brush (MonocleImageView *self, cairo_t *cr)
{
  const MonocleMatrix matrix = monocle_image_view_get_matrix (self);
  const double radius = MAX (self->brush_size * self->zoom / 2, 1);
  double center[2];

  if (!monocle_image_view_has_brush (self) || !self->pointer_inside || self->space_held)
    return;
  find_center (self, self->pointer_x, self->pointer_y, center);
  monocle_matrix_map (&matrix, &center[0], &center[1]);
  cairo_new_path (cr);
  cairo_arc (cr, center[0], center[1], radius, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.7);
  cairo_set_line_width (cr, 3);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 1.5);
  if (get_role (self) == MONOCLE_RING_HOLE)
    cairo_set_dash (cr, (const double[]){ 4, 4 }, 2, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}
