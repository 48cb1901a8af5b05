/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines and fills of objects and regions. See overlay-private.h.
 */
#include "config.h"

#include <math.h>

#include "app/draw/overlay-private.h"

/* Of fills, at MONOCLE_OVERLAY_OPACITY. */
#define BOX_FILL     0.10
#define QUAD_FILL    0.16
#define HOVERED_FILL 0.10

#define POLYGON_LINE    0.8
#define MASK_LINE       0.6
#define EMPHASISED_LINE 1.5
/* Around the line of what is selected, in widths of a line. */
#define RIM           0.8
#define CASING_ALPHA  0.55
#define BOX_RADIUS    0.2
#define CORNER_LENGTH 1.3
/* The usual opacity dims to 30 %. */
#define DIMMING 2.0
/* Radius of a point. */
#define DOT 0.25

/* Cairo counts in 1/256 with 32 bits; this leaves room for a scale below. */
#define FARTHEST 2000000.0
/* Longer dashed outlines are drawn without dashes: nobody sees where they begin, and each dash
 * takes its time. */
#define LONGEST_DASHED 20000.0

/* In widths of the line. */
static const double dashes[][4] = {
  { 0 }, { 5, 2.5 }, { 2, 2 }, { 8, 2.5, 2, 2.5 }, { 9, 4 },
};

/* --- Geometry --- */

static void
to_surface (const cairo_matrix_t *m, const double *point, double *x, double *y)
{
  *x = point[0];
  *y = point[1];
  cairo_matrix_transform_point (m, x, y);
  *x = CLAMP (*x, -FARTHEST, FARTHEST);
  *y = CLAMP (*y, -FARTHEST, FARTHEST);
}

gboolean
monocle_overlay_measure (const MonocleShape *shape, const cairo_matrix_t *m, MonocleRect *bounds)
{
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
  guint n_points;
  const double *points = monocle_shape_get_points (shape, &n_points);

  *bounds = (MonocleRect){ 0 };
  if (monocle_shape_is_empty (shape))
    return FALSE;
  for (guint i = 0; i < n_points; i++)
    {
      double x, y;

      to_surface (m, points + 2 * i, &x, &y);
      left = MIN (left, x);
      top = MIN (top, y);
      right = MAX (right, x);
      bottom = MAX (bottom, y);
    }
  *bounds = (MonocleRect){ left, top, right - left, bottom - top };
  return TRUE;
}

/* --- Paths --- */

void
monocle_overlay_trace_rounded (cairo_t *cr, MonocleRect r, double radius)
{
  radius = MIN (radius, MIN (r.width, r.height) / 2);
  cairo_new_sub_path (cr);
  cairo_arc (cr, r.x + r.width - radius, r.y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, r.x + r.width - radius, r.y + r.height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, r.x + radius, r.y + r.height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, r.x + radius, r.y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

/* Whether the ring goes clockwise. */
static gboolean
is_clockwise (const MonocleRing *ring)
{
  double twice = 0;

  for (guint i = 0; i < ring->n_points; i++)
    {
      const double *a = ring->points + 2 * i;
      const double *b = ring->points + 2 * ((i + 1) % ring->n_points);

      twice += a[0] * b[1] - b[0] * a[1];
    }
  return twice > 0;
}

/* Holes against the others, so that the winding rule leaves them open. */
static void
trace_ring (const MonocleOverlayCanvas *canvas, const MonocleRing *ring)
{
  const gboolean backward = is_clockwise (ring) == (ring->role == MONOCLE_RING_HOLE);

  cairo_new_sub_path (canvas->cr);
  for (guint i = 0; i < ring->n_points; i++)
    {
      const guint k = backward ? ring->n_points - 1 - i : i;
      double x, y;

      to_surface (&canvas->options->to_surface, ring->points + 2 * k, &x, &y);
      cairo_line_to (canvas->cr, x, y);
    }
  if (ring->n_points > 0)
    cairo_close_path (canvas->cr);
}

void
monocle_overlay_trace (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing)
{
  const MonocleShape *shape = thing->item->shape;
  guint n_rings, n_points;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  const double *points = monocle_shape_get_points (shape, &n_points);

  for (guint i = 0; i < n_rings; i++)
    trace_ring (canvas, &rings[i]);
  for (guint i = 0; i < n_points && n_rings == 0; i++)
    {
      double x, y;

      to_surface (&canvas->options->to_surface, points + 2 * i, &x, &y);
      if (monocle_overlay_is_line (thing->item))
        {
          cairo_line_to (canvas->cr, x, y);
          continue;
        }
      cairo_new_sub_path (canvas->cr);
      cairo_arc (canvas->cr, x, y, DOT * canvas->options->font_px, 0, 2 * G_PI);
    }
}

/* The whole line of a box shows at the edges of the picture; what is far out of view is cut off. */
static MonocleRect
inset_bounds (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing, double line)
{
  const MonocleRect *area = &canvas->options->area, *view = &canvas->options->visible;
  const MonocleRect *r = &thing->bounds;
  double inset = line / 2, beyond = 4 * (line + canvas->options->font_px);
  double left = MAX (area->x + inset, view->x - beyond);
  double top = MAX (area->y + inset, view->y - beyond);
  double right = MIN (area->x + area->width - inset, view->x + view->width + beyond);
  double bottom = MIN (area->y + area->height - inset, view->y + view->height + beyond);
  double x1, y1, x2, y2;

  right = MAX (right, left);
  bottom = MAX (bottom, top);
  x1 = CLAMP (r->x, left, right);
  y1 = CLAMP (r->y, top, bottom);
  x2 = CLAMP (r->x + r->width, left, right);
  y2 = CLAMP (r->y + r->height, top, bottom);
  return (MonocleRect){ x1, y1, x2 - x1, y2 - y1 };
}

static gboolean
is_box (const MonocleOverlayThing *thing)
{
  return monocle_shape_get_kind (thing->item->shape) == MONOCLE_SHAPE_BOX;
}

static gboolean
are_points (const MonocleOverlayThing *thing)
{
  return monocle_shape_get_kind (thing->item->shape) == MONOCLE_SHAPE_POINTS;
}

/* Of as many corners as it likes. */
static gboolean
is_outline (const MonocleOverlayThing *thing)
{
  MonocleShapeKind kind = monocle_shape_get_kind (thing->item->shape);

  return kind == MONOCLE_SHAPE_RINGS || kind == MONOCLE_SHAPE_MASK;
}

/* As it is drawn: boxes have round corners and stay inside the picture. */
static void
trace_outline (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing, double line)
{
  if (is_box (thing) && canvas->straight)
    monocle_overlay_trace_rounded (canvas->cr, inset_bounds (canvas, thing, line),
                                   canvas->options->font_px * BOX_RADIUS);
  else
    monocle_overlay_trace (canvas, thing);
}

static void
trace_corners (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing, double line)
{
  MonocleRect r = inset_bounds (canvas, thing, line);
  double length = canvas->options->font_px * CORNER_LENGTH;
  double dx = MIN (length, r.width / 3), dy = MIN (length, r.height / 3);
  cairo_t *cr = canvas->cr;

  for (guint i = 0; i < 4; i++)
    {
      double x = i % 2 ? r.x + r.width : r.x, y = i / 2 ? r.y + r.height : r.y;

      cairo_move_to (cr, x, i / 2 ? y - dy : y + dy);
      cairo_line_to (cr, x, y);
      cairo_line_to (cr, i % 2 ? x - dx : x + dx, y);
    }
}

/* --- Paint --- */

void
monocle_overlay_set_colour (cairo_t *cr, MonocleColour colour, double alpha)
{
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, alpha);
}

static void
set_dashes (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing, double line)
{
  double font_px = canvas->options->font_px, pattern[4];
  const double *chosen;
  int n = 0;

  if (are_points (thing)
      || (thing->bounds.width + thing->bounds.height > LONGEST_DASHED
          && !(is_box (thing) && canvas->straight)))
    return;
  if (monocle_overlay_is_region (thing->item))
    {
      cairo_set_dash (canvas->cr, (const double[]){ font_px * 0.55, font_px * 0.4 }, 2, 0);
      return;
    }
  if (!canvas->options->dashes || canvas->options->style == MONOCLE_OVERLAY_STYLE_CORNERS)
    return;
  chosen = dashes[thing->item->colour % G_N_ELEMENTS (dashes)];
  while (n < 4 && chosen[n] > 0)
    {
      pattern[n] = chosen[n] * line;
      n++;
    }
  cairo_set_dash (canvas->cr, pattern, n, 0);
}

/* A dark casing below the line keeps it visible on light pictures. Regions that are selected have
 * handles, objects a rim. */
static void
stroke_path (const MonocleOverlayCanvas *canvas,
             const MonocleOverlayThing *thing,
             double line,
             double casing)
{
  const gboolean has_rim = thing->item->emphasis & MONOCLE_EMPHASIS_SELECTED
                           && !monocle_overlay_is_region (thing->item);
  const double rim = has_rim ? RIM * canvas->line : 0;
  cairo_t *cr = canvas->cr;

  monocle_overlay_set_colour (cr, monocle_overlay_casing_colour, CASING_ALPHA * thing->alpha);
  cairo_set_line_width (cr, line + 2 * (rim + casing));
  cairo_stroke_preserve (cr);
  if (has_rim)
    {
      monocle_overlay_set_colour (cr, monocle_overlay_white, thing->alpha);
      cairo_set_line_width (cr, line + 2 * rim);
      cairo_stroke_preserve (cr);
    }
  set_dashes (canvas, thing, line);
  monocle_overlay_set_colour (cr, thing->colour, thing->alpha);
  cairo_set_line_width (cr, line);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static double
get_fill (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing)
{
  double opacity = CLAMP (canvas->options->opacity, 0, 1), fill = opacity;

  if (monocle_overlay_is_line (thing->item))
    return 0;
  if (are_points (thing))
    return 1;
  if (monocle_overlay_is_region (thing->item)) /* pixels are seen as such */
    return monocle_shape_get_mask (thing->item->shape) ? fill : 0;
  switch (canvas->options->style)
    {
    case MONOCLE_OVERLAY_STYLE_BOX:
      if (is_box (thing))
        fill = opacity * (BOX_FILL / MONOCLE_OVERLAY_OPACITY);
      else if (!is_outline (thing))
        fill = opacity * (QUAD_FILL / MONOCLE_OVERLAY_OPACITY);
      break;

    case MONOCLE_OVERLAY_STYLE_MASK:
      break;

    case MONOCLE_OVERLAY_STYLE_CORNERS:
    case MONOCLE_OVERLAY_STYLE_SPOTLIGHT:
    case MONOCLE_OVERLAY_STYLE_BLUR:
    default:
      return 0;
    }
  if (thing->item->emphasis & MONOCLE_EMPHASIS_HOVERED)
    fill += HOVERED_FILL;
  return MIN (fill, 1);
}

void
monocle_overlay_draw_shape (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing)
{
  const gboolean emphasised = monocle_overlay_thing_is_emphasised (thing);
  const MonocleOverlayStyle style = canvas->options->style;
  cairo_t *cr = canvas->cr;
  double fill = get_fill (canvas, thing);
  double line = canvas->line, casing = canvas->casing;

  /* These speak for themselves. */
  if ((style == MONOCLE_OVERLAY_STYLE_SPOTLIGHT || style == MONOCLE_OVERLAY_STYLE_BLUR)
      && !monocle_overlay_is_region (thing->item) && !emphasised
      && !monocle_overlay_is_line (thing->item))
    return;

  if (style == MONOCLE_OVERLAY_STYLE_MASK && !monocle_overlay_is_region (thing->item))
    {
      line *= MASK_LINE;
      casing *= MASK_LINE;
    }
  else if (is_outline (thing))
    {
      double least = canvas->options->line_px > 0 ? 0 : 1;

      line = MAX (1.5 * least, line * POLYGON_LINE);
      casing = MAX (0.7 * least, casing * POLYGON_LINE);
    }
  if (emphasised)
    line *= EMPHASISED_LINE;

  cairo_new_path (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_WINDING);
  if (style == MONOCLE_OVERLAY_STYLE_CORNERS && !monocle_overlay_is_region (thing->item)
      && !monocle_overlay_is_line (thing->item))
    {
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
      trace_corners (canvas, thing, line);
    }
  else
    trace_outline (canvas, thing, line);
  if (fill > 0)
    {
      monocle_overlay_set_colour (cr, thing->colour, fill * thing->alpha);
      cairo_fill_preserve (cr);
    }
  stroke_path (canvas, thing, line, casing);
}

/* --- Spotlight --- */

static gboolean
is_vector (cairo_t *cr)
{
  cairo_surface_type_t type = cairo_surface_get_type (cairo_get_target (cr));

  return type == CAIRO_SURFACE_TYPE_SVG || type == CAIRO_SURFACE_TYPE_PDF
         || type == CAIRO_SURFACE_TYPE_PS;
}

/* Vector files have no operator that takes away: there each object is cut out of the clip. */
static void
dim_vector (const MonocleOverlayCanvas *canvas, GArray *things, double dimming)
{
  const MonocleRect *area = &canvas->options->area;
  cairo_t *cr = canvas->cr;

  cairo_save (cr);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  for (guint i = 0; i < things->len; i++)
    {
      const MonocleOverlayThing *thing = &g_array_index (things, MonocleOverlayThing, i);

      if (monocle_overlay_is_region (thing->item) || monocle_overlay_is_line (thing->item))
        continue;
      cairo_new_path (cr);
      cairo_rectangle (cr, area->x, area->y, area->width, area->height);
      monocle_overlay_trace (canvas, thing);
      cairo_clip (cr);
    }
  cairo_set_source_rgba (cr, 0, 0, 0, dimming);
  cairo_paint (cr);
  cairo_restore (cr);
}

void
monocle_overlay_cut_out (const MonocleOverlayCanvas *canvas, GArray *things)
{
  cairo_t *cr = canvas->cr;

  cairo_set_operator (cr, CAIRO_OPERATOR_DEST_OUT);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_WINDING);
  for (guint i = 0; i < things->len; i++)
    {
      const MonocleOverlayThing *thing = &g_array_index (things, MonocleOverlayThing, i);

      if (monocle_overlay_is_region (thing->item) || monocle_overlay_is_line (thing->item))
        continue;
      cairo_new_path (cr);
      monocle_overlay_trace (canvas, thing);
      cairo_set_source_rgba (cr, 0, 0, 0, CLAMP (thing->item->alpha, 0, 1));
      cairo_fill (cr);
    }
}

void
monocle_overlay_draw_spotlight (const MonocleOverlayCanvas *canvas, GArray *things)
{
  const MonocleRect *area = &canvas->options->area, *view = &canvas->options->visible;
  double dimming = CLAMP (DIMMING * canvas->options->opacity, 0, 1);
  double x = MAX (area->x, view->x), y = MAX (area->y, view->y);
  double right = MIN (area->x + area->width, view->x + view->width);
  double bottom = MIN (area->y + area->height, view->y + view->height);
  gboolean any = canvas->options->part == MONOCLE_OVERLAY_GROUND;
  cairo_t *cr = canvas->cr;

  for (guint i = 0; i < things->len; i++)
    any |= g_array_index (things, MonocleOverlayThing, i).item->role == MONOCLE_OVERLAY_OBJECT;
  if (!any || dimming <= 0 || right <= x || bottom <= y)
    return;
  if (is_vector (cr))
    {
      dim_vector (canvas, things, dimming);
      return;
    }

  cairo_save (cr);
  cairo_rectangle (cr, x, y, right - x, bottom - y);
  cairo_clip (cr);
  cairo_push_group_with_content (cr, CAIRO_CONTENT_ALPHA);
  cairo_set_source_rgba (cr, 0, 0, 0, dimming);
  cairo_paint (cr);
  monocle_overlay_cut_out (canvas, things);
  {
    cairo_pattern_t *mask = cairo_pop_group (cr);

    cairo_set_source_rgb (cr, 0, 0, 0);
    cairo_mask (cr, mask);
    cairo_pattern_destroy (mask);
  }
  cairo_restore (cr);
}
