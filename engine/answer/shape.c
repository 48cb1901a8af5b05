/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/shape.h"

#include <math.h>
#include <string.h>

#include "engine/answer/mask-runs-private.h"
#include "engine/answer/shape-private.h"

struct _MonocleShape
{
  gatomicrefcount references;
  MonocleShapeKind kind;
  gboolean is_empty;
  double edges[4]; /* around it: left, top, right, bottom */
  double *points;  /* of all rings */
  guint n_points;
  MonocleRing *rings;
  guint n_rings;
  MonocleMaskRuns *mask; /* (nullable) */
};

G_DEFINE_BOXED_TYPE (MonocleShape, monocle_shape, monocle_shape_ref, monocle_shape_unref)

/* --- Made and gone --- */

static gboolean
all_finite (const double *numbers, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!isfinite (numbers[i]))
      return FALSE;
  return TRUE;
}

static void
measure (const double *points, guint n_points, double edges[4])
{
  for (guint i = 0; i < 4; i++)
    edges[i] = points[i % 2];
  for (guint i = 1; i < n_points; i++)
    {
      edges[0] = MIN (edges[0], points[2 * i]);
      edges[1] = MIN (edges[1], points[2 * i + 1]);
      edges[2] = MAX (edges[2], points[2 * i]);
      edges[3] = MAX (edges[3], points[2 * i + 1]);
    }
}

/* @points: (transfer full): of all rings; @rings: (transfer full) (nullable): whose points are set
 * here */
static MonocleShape *
take (MonocleShapeKind kind, double *points, guint n_points, MonocleRing *rings, guint n_rings)
{
  MonocleShape *self = g_new0 (MonocleShape, 1);
  guint at = 0;

  g_atomic_ref_count_init (&self->references);
  self->kind = kind;
  self->points = points;
  self->n_points = n_points;
  self->rings = rings;
  self->n_rings = n_rings;
  for (guint i = 0; i < n_rings; i++)
    {
      rings[i].points = points + 2 * (gsize) at;
      at += rings[i].n_points;
    }
  self->is_empty = n_points == 0 || !all_finite (points, 2 * n_points);
  if (!self->is_empty)
    measure (points, n_points, self->edges);
  return self;
}

static MonocleShape *
new_corners (MonocleShapeKind kind, const double corners[8])
{
  MonocleRing *ring = g_new0 (MonocleRing, 1);

  ring->n_points = 4;
  return take (kind, g_memdup2 (corners, 8 * sizeof *corners), 4, ring, 1);
}

MonocleShape *
monocle_shape_new_edges (const double edges[4])
{
  const double x1 = edges[0], y1 = edges[1], x2 = edges[2], y2 = edges[3];

  return new_corners (MONOCLE_SHAPE_BOX, (const double[]){ x1, y1, x2, y1, x2, y2, x1, y2 });
}

MonocleShape *
monocle_shape_new_box (const MonocleBox *box)
{
  return monocle_shape_new_edges (
      (const double[]){ (double) box->x1, (double) box->y1, (double) box->x2, (double) box->y2 });
}

MonocleShape *
monocle_shape_new_quad (const double corners[8])
{
  return new_corners (MONOCLE_SHAPE_QUAD, corners);
}

MonocleShape *
monocle_shape_new_rings (const MonocleRing *rings, guint n_rings)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  guint n_points = 0;

  for (guint i = 0; i < n_rings; i++)
    {
      if (rings[i].n_points > 0)
        g_array_append_vals (points, rings[i].points, 2 * rings[i].n_points);
      n_points += rings[i].n_points;
    }
  return take (MONOCLE_SHAPE_RINGS, g_array_steal (points, NULL), n_points,
               g_memdup2 (rings, n_rings * sizeof *rings), n_rings);
}

MonocleShape *
monocle_shape_new_mask (MonocleMaskRuns *runs)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) rings = g_array_new (FALSE, FALSE, sizeof (MonocleRing));
  guint n_points, n_rings;
  MonocleShape *self;

  monocle_mask_runs_trace (runs, points, rings);
  n_points = points->len / 2;
  n_rings = rings->len;
  self = take (MONOCLE_SHAPE_MASK, g_array_steal (points, NULL), n_points,
               g_array_steal (rings, NULL), n_rings);
  self->mask = monocle_mask_runs_ref (runs);
  return self;
}

MonocleShape *
monocle_shape_new_points (const double *points, guint n_points)
{
  return take (MONOCLE_SHAPE_POINTS, g_memdup2 (points, 2 * (gsize) n_points * sizeof *points),
               n_points, NULL, 0);
}

MonocleShape *
monocle_shape_new_line (const double *points, guint n_points)
{
  return take (MONOCLE_SHAPE_LINE, g_memdup2 (points, 2 * (gsize) n_points * sizeof *points),
               n_points, NULL, 0);
}

MonocleShape *
monocle_shape_ref (const MonocleShape *self)
{
  /* The count is no part of what it says. */
  MonocleShape *counted = (MonocleShape *) self;

  g_atomic_ref_count_inc (&counted->references);
  return counted;
}

void
monocle_shape_unref (MonocleShape *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->points);
  g_free (self->rings);
  monocle_mask_runs_unref (self->mask);
  g_free (self);
}

/* --- What it is --- */

MonocleShapeKind
monocle_shape_get_kind (const MonocleShape *self)
{
  return self->kind;
}

gboolean
monocle_shape_is_empty (const MonocleShape *self)
{
  return self->is_empty;
}

MonocleBox
monocle_shape_get_box (const MonocleShape *self)
{
  const double *start = self->edges, *end = self->edges + 2;

  if (self->kind == MONOCLE_SHAPE_BOX)
    {
      start = self->points;
      end = self->points + 4;
    }
  return (MonocleBox){ (float) start[0], (float) start[1], (float) end[0], (float) end[1] };
}

const MonocleRing *
monocle_shape_get_rings (const MonocleShape *self, guint *n_rings)
{
  *n_rings = self->n_rings;
  return self->rings;
}

const double *
monocle_shape_get_points (const MonocleShape *self, guint *n_points)
{
  *n_points = self->n_points;
  return self->points;
}

MonocleMaskRuns *
monocle_shape_get_mask (const MonocleShape *self)
{
  return self->mask;
}

MonocleRect
monocle_shape_get_bounds (const MonocleShape *self)
{
  const double *edges = self->edges;

  return (MonocleRect){ edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1] };
}

double
monocle_shape_get_area (const MonocleShape *self)
{
  double area = 0;

  if (self->is_empty)
    return 0;
  for (guint i = 0; i < self->n_rings; i++)
    {
      const MonocleRing *ring = &self->rings[i];
      double twice = 0;

      for (guint k = 0; k < ring->n_points; k++)
        {
          const double *a = ring->points + 2 * k;
          const double *b = ring->points + 2 * ((k + 1) % ring->n_points);

          twice += a[0] * b[1] - b[0] * a[1];
        }
      area += (ring->role == MONOCLE_RING_HOLE ? -1 : 1) * fabs (twice) / 2;
    }
  return MAX (area, 0);
}

gboolean
monocle_shape_equal (const MonocleShape *a, const MonocleShape *b)
{
  if (a == b || !a || !b)
    return a == b;
  if (a->kind != b->kind || a->n_points != b->n_points || a->n_rings != b->n_rings)
    return FALSE;
  if (a->mask && !monocle_mask_runs_equal (a->mask, b->mask))
    return FALSE;
  for (guint i = 0; i < a->n_rings; i++)
    if (a->rings[i].n_points != b->rings[i].n_points || a->rings[i].role != b->rings[i].role)
      return FALSE;
  for (guint i = 0; i < 2 * a->n_points; i++)
    if (a->points[i] < b->points[i] || a->points[i] > b->points[i]
        || isnan (a->points[i]) != isnan (b->points[i]))
      return FALSE;
  return TRUE;
}

/* --- What is where --- */

double
monocle_shape_measure_distance (const double *a, const double *b, double x, double y)
{
  const double dx = b[0] - a[0], dy = b[1] - a[1];
  const double length = dx * dx + dy * dy;
  double t = length > 0 ? ((x - a[0]) * dx + (y - a[1]) * dy) / length : 0;

  t = CLAMP (t, 0, 1);
  return hypot (x - a[0] - t * dx, y - a[1] - t * dy);
}

/* Whether a ray from (x, y) to the right crosses the edge. */
static gboolean
crosses (const double *a, const double *b, double x, double y)
{
  if ((a[1] <= y) == (b[1] <= y))
    return FALSE;
  return x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
}

gboolean
monocle_shape_hit (const MonocleShape *self, double x, double y, double slack)
{
  const double *edges = self->edges;
  gboolean inside = FALSE;

  if (self->is_empty || !(x >= edges[0] - slack && x <= edges[2] + slack)
      || !(y >= edges[1] - slack && y <= edges[3] + slack))
    return FALSE;
  if (self->n_rings == 0)
    return monocle_shape_find_edge (self, x, y, NULL) <= slack;

  for (guint i = 0; i < self->n_rings; i++)
    {
      const MonocleRing *ring = &self->rings[i];
      gboolean in_ring = FALSE;

      for (guint k = 0; k < ring->n_points; k++)
        {
          const double *a = ring->points + 2 * k;
          const double *b = ring->points + 2 * ((k + 1) % ring->n_points);

          if (monocle_shape_measure_distance (a, b, x, y) <= slack)
            return TRUE;
          if (crosses (a, b, x, y))
            in_ring = !in_ring;
        }
      if (in_ring)
        inside = ring->role == MONOCLE_RING_OUTER;
    }
  return inside;
}

double
monocle_shape_find_edge (const MonocleShape *self, double x, double y, guint *edge)
{
  double nearest = INFINITY;
  guint found = 0, at = 0;

  for (guint i = 0; i < self->n_rings && !self->is_empty; i++)
    for (guint k = 0; k < self->rings[i].n_points; k++, at++)
      {
        const MonocleRing *ring = &self->rings[i];
        const double distance = monocle_shape_measure_distance (
            ring->points + 2 * k, ring->points + 2 * ((k + 1) % ring->n_points), x, y);

        if (distance < nearest)
          {
            nearest = distance;
            found = at;
          }
      }
  for (guint i = 0; self->kind == MONOCLE_SHAPE_LINE && i + 1 < self->n_points; i++)
    {
      const double *from = self->points + 2 * (gsize) i;
      const double distance = monocle_shape_measure_distance (from, from + 2, x, y);

      if (!self->is_empty && distance < nearest)
        {
          nearest = distance;
          found = i;
        }
    }
  if (self->n_rings == 0 && !isfinite (nearest))
    nearest = monocle_shape_find_point (self, x, y, &found);
  if (edge)
    *edge = found;
  return nearest;
}

double
monocle_shape_find_point (const MonocleShape *self, double x, double y, guint *index)
{
  double nearest = INFINITY;

  if (index)
    *index = 0;
  for (guint i = 0; i < self->n_points && !self->is_empty; i++)
    {
      const double distance
          = hypot (x - self->points[2 * (gsize) i], y - self->points[2 * (gsize) i + 1]);

      if (distance < nearest)
        {
          nearest = distance;
          if (index)
            *index = i;
        }
    }
  return nearest;
}

/* --- What becomes of it --- */

MonocleShape *
monocle_shape_transform (const MonocleShape *self, const MonocleMatrix *matrix)
{
  const MonocleShapeKind kind = self->kind == MONOCLE_SHAPE_BOX    ? MONOCLE_SHAPE_QUAD
                                : self->kind == MONOCLE_SHAPE_MASK ? MONOCLE_SHAPE_RINGS
                                                                   : self->kind;
  double *points;

  if (self->kind == MONOCLE_SHAPE_BOX)
    {
      double edges[] = { self->points[0], self->points[1], self->points[4], self->points[5] };

      if (monocle_matrix_map_edges (matrix, edges))
        return monocle_shape_new_edges (edges);
    }

  points = g_memdup2 (self->points, 2 * (gsize) self->n_points * sizeof *points);
  for (guint i = 0; i < self->n_points; i++)
    monocle_matrix_map (matrix, &points[2 * i], &points[2 * i + 1]);
  return take (kind, points, self->n_points,
               g_memdup2 (self->rings, self->n_rings * sizeof *self->rings), self->n_rings);
}

MonocleMaskRuns *
monocle_shape_to_mask (const MonocleShape *self, guint width, guint height)
{
  MonocleMaskRuns *mask;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail ((guint64) width * height <= MONOCLE_MASK_MAX_PIXELS, NULL);

  if (self->mask && self->mask->width == width && self->mask->height == height)
    return monocle_mask_runs_ref (self->mask);

  mask = monocle_raster_fill (NULL, 0, width, height);
  for (guint i = 0; i < self->n_rings && !self->is_empty; i++)
    {
      const MonocleRing *ring = &self->rings[i];
      g_autoptr (MonocleMaskRuns) before = mask;
      g_autoptr (MonocleMaskRuns) part
          = monocle_raster_fill (ring->points, ring->n_points, width, height);

      mask = monocle_mask_runs_paint (before, part, ring->role);
    }
  return mask;
}
