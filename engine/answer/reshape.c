/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/reshape.h"

#include <math.h>
#include <string.h>

#include "engine/answer/shape-private.h"

/* --- As a whole --- */

MonocleShape *
monocle_reshape_transform (const MonocleShape *shape,
                           const MonocleMatrix *matrix,
                           guint width,
                           guint height)
{
  g_autoptr (MonocleShape) there = monocle_shape_transform (shape, matrix);

  if (!monocle_shape_get_mask (shape))
    return g_steal_pointer (&there);
  return monocle_reshape_to_mask (there, width, height);
}

/* Adds the area of a ring, and twice that for each way: below 0 counter-clockwise. */
static void
add_moments (const MonocleRing *ring, const double *from, double sums[3])
{
  double area = 0, x = 0, y = 0;

  for (guint i = 0; i < ring->n_points; i++)
    {
      const double *a = ring->points + 2 * (gsize) i;
      const double *b = ring->points + 2 * (gsize) ((i + 1) % ring->n_points);
      const double ax = a[0] - from[0], ay = a[1] - from[1];
      const double bx = b[0] - from[0], by = b[1] - from[1], cross = ax * by - bx * ay;

      area += cross / 2;
      x += (ax + bx) * cross / 6;
      y += (ay + by) * cross / 6;
    }
  if ((area < 0) != (ring->role == MONOCLE_RING_HOLE))
    {
      area = -area;
      x = -x;
      y = -y;
    }
  sums[0] += area;
  sums[1] += x;
  sums[2] += y;
}

static void
find_middle (const MonocleShape *shape, double middle[2])
{
  guint n_rings, n_points;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  const double *points = monocle_shape_get_points (shape, &n_points);
  double sums[3] = { 0 };

  middle[0] = middle[1] = 0;
  if (monocle_shape_is_empty (shape))
    return;
  for (guint i = 0; i < n_rings; i++)
    add_moments (&rings[i], points, sums);
  if (sums[0] > 1e-6)
    {
      middle[0] = points[0] + sums[1] / sums[0];
      middle[1] = points[1] + sums[2] / sums[0];
      return;
    }
  for (guint i = 0; i < n_points; i++)
    {
      middle[0] += points[2 * (gsize) i] / n_points;
      middle[1] += points[2 * (gsize) i + 1] / n_points;
    }
}

MonocleMatrix
monocle_reshape_get_rotation (const MonocleShape *shape, double degrees)
{
  /* Quarters are exact: boxes stay boxes. */
  const double turns = degrees / 90, radians = degrees * G_PI / 180;
  const int quarters = (int) fmod (round (turns), 4);
  const gboolean is_quarter = fabs (turns - round (turns)) < 1e-9;
  static const double sines[] = { 0, 1, 0, -1 };
  const double sine = is_quarter ? sines[(quarters + 4) % 4] : sin (radians);
  const double cosine = is_quarter ? sines[(quarters + 5) % 4] : cos (radians);
  double middle[2];

  find_middle (shape, middle);
  return (MonocleMatrix){ .xx = cosine,
                          .xy = -sine,
                          .yx = sine,
                          .yy = cosine,
                          .x0 = middle[0] - cosine * middle[0] + sine * middle[1],
                          .y0 = middle[1] - sine * middle[0] - cosine * middle[1] };
}

MonocleShape *
monocle_reshape_to_mask (const MonocleShape *shape, guint width, guint height)
{
  g_autoptr (MonocleMaskRuns) pixels = NULL;

  if (width == 0 || height == 0 || (guint64) width * height > MONOCLE_MASK_MAX_PIXELS)
    return monocle_shape_ref (shape);
  pixels = monocle_shape_to_mask (shape, width, height);
  return monocle_shape_new_mask (pixels);
}

MonocleShape *
monocle_reshape_to_rings (const MonocleShape *shape)
{
  guint n_rings, n_points;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  const double *points = monocle_shape_get_points (shape, &n_points);
  const MonocleRing closed = { points, n_points, MONOCLE_RING_OUTER };

  if (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_LINE)
    return monocle_shape_new_rings (&closed, 1);
  return monocle_shape_new_rings (rings, n_rings);
}

/* --- Point by point --- */

gboolean
monocle_reshape_can_edit (const MonocleShape *shape)
{
  const MonocleShapeKind kind = monocle_shape_get_kind (shape);

  return kind != MONOCLE_SHAPE_BOX && kind != MONOCLE_SHAPE_MASK;
}

/* Points and lines, which have no outlines. */
static gboolean
is_loose (const MonocleShape *shape)
{
  const MonocleShapeKind kind = monocle_shape_get_kind (shape);

  return kind == MONOCLE_SHAPE_POINTS || kind == MONOCLE_SHAPE_LINE;
}

static MonocleShape *
new_loose (const MonocleShape *like, const double *points, guint n_points)
{
  return monocle_shape_get_kind (like) == MONOCLE_SHAPE_LINE
             ? monocle_shape_new_line (points, n_points)
             : monocle_shape_new_points (points, n_points);
}

/* The ring that has point @index, and which of its points that is. */
static guint
find_ring (const MonocleRing *rings, guint n_rings, guint index, guint *place)
{
  guint ring = 0;

  while (ring + 1 < n_rings && index >= rings[ring].n_points)
    index -= rings[ring++].n_points;
  *place = index;
  return ring;
}

MonocleShape *
monocle_reshape_move_point (const MonocleShape *shape, guint index, double x, double y)
{
  guint n_rings, n_points;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  const double *points = monocle_shape_get_points (shape, &n_points);
  g_autofree double *moved = NULL;
  g_autofree MonocleRing *of_moved = NULL;

  g_return_val_if_fail (monocle_reshape_can_edit (shape), NULL);
  g_return_val_if_fail (index < n_points, NULL);

  moved = g_memdup2 (points, 2 * (gsize) n_points * sizeof *points);
  moved[2 * (gsize) index] = x;
  moved[2 * (gsize) index + 1] = y;
  if (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_QUAD)
    return monocle_shape_new_quad (moved);
  if (is_loose (shape))
    return new_loose (shape, moved, n_points);

  of_moved = g_memdup2 (rings, n_rings * sizeof *rings);
  for (guint i = 0; i < n_rings; i++)
    of_moved[i].points = moved + (rings[i].points - points);
  return monocle_shape_new_rings (of_moved, n_rings);
}

/* Outlines whose ring @at is @points, or is left out where there are none. */
static MonocleShape *
replace_ring (const MonocleRing *rings, guint n_rings, guint at, const GArray *points)
{
  g_autoptr (GArray) replaced = g_array_new (FALSE, FALSE, sizeof *rings);

  g_array_append_vals (replaced, rings, n_rings);
  if (points->len > 0)
    {
      MonocleRing *ring = &g_array_index (replaced, MonocleRing, at);

      ring->points = (const double *) (gconstpointer) points->data;
      ring->n_points = points->len / 2;
    }
  else
    g_array_remove_index (replaced, at);
  return monocle_shape_new_rings ((const MonocleRing *) (gconstpointer) replaced->data,
                                  replaced->len);
}

/* (transfer full): of one ring, to be changed */
static GArray *
copy_points (const MonocleRing *ring)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (double));

  return g_array_append_vals (points, ring->points, 2 * ring->n_points);
}

MonocleShape *
monocle_reshape_add_point (const MonocleShape *shape, guint edge, double x, double y, guint *index)
{
  guint n_rings, n_points, place, at;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  const double point[] = { x, y };
  const double *all = monocle_shape_get_points (shape, &n_points);
  g_autoptr (GArray) points = NULL;

  g_return_val_if_fail (monocle_reshape_can_edit (shape), NULL);
  g_return_val_if_fail (edge < n_points, NULL);

  if (index)
    *index = edge + 1;
  if (is_loose (shape))
    {
      points = copy_points (&(MonocleRing){ all, n_points, MONOCLE_RING_OUTER });
      g_array_insert_vals (points, 2 * (edge + 1), point, 2);
      return new_loose (shape, (const double *) (gconstpointer) points->data, n_points + 1);
    }
  at = find_ring (rings, n_rings, edge, &place);
  points = copy_points (&rings[at]);
  g_array_insert_vals (points, 2 * (place + 1), point, 2);
  return replace_ring (rings, n_rings, at, points);
}

MonocleShape *
monocle_reshape_remove_point (const MonocleShape *shape, guint index)
{
  guint n_rings, n_points, place, at, n_outer = 0;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  const double *all = monocle_shape_get_points (shape, &n_points);
  g_autoptr (GArray) points = NULL;

  g_return_val_if_fail (monocle_reshape_can_edit (shape), NULL);
  g_return_val_if_fail (index < n_points, NULL);

  if (is_loose (shape))
    {
      if (n_points <= (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_LINE ? 2 : 1))
        return NULL;
      points = copy_points (&(MonocleRing){ all, n_points, MONOCLE_RING_OUTER });
      g_array_remove_range (points, 2 * index, 2);
      return new_loose (shape, (const double *) (gconstpointer) points->data, n_points - 1);
    }
  for (guint i = 0; i < n_rings; i++)
    n_outer += rings[i].role == MONOCLE_RING_OUTER;
  at = find_ring (rings, n_rings, index, &place);
  points = copy_points (&rings[at]);
  if (rings[at].n_points > 3)
    g_array_remove_range (points, 2 * place, 2);
  else if (rings[at].role == MONOCLE_RING_HOLE || n_outer > 1)
    g_array_set_size (points, 0);
  else
    return NULL;
  return replace_ring (rings, n_rings, at, points);
}

guint
monocle_reshape_step (const MonocleShape *shape, guint index, int step)
{
  guint n_rings, n_points, place, at, n;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);

  monocle_shape_get_points (shape, &n_points);
  g_return_val_if_fail (index < n_points, 0);

  if (is_loose (shape))
    return (index + (step > 0 ? 1 : n_points - 1)) % n_points;

  at = find_ring (rings, n_rings, index, &place);
  n = rings[at].n_points;
  g_return_val_if_fail (place < n, 0);
  return index - place + (step > 0 ? place + 1 : place + n - 1) % n;
}

/* --- Fewer points --- */

/* Point number @i of a ring, which goes round. */
static const double *
get_point (const MonocleRing *ring, guint i)
{
  return ring->points + 2 * (gsize) (i % ring->n_points);
}

/* The point that is farthest from @from. */
static guint
find_farthest (const MonocleRing *ring, const double *from)
{
  double farthest = -1;
  guint found = 0;

  for (guint i = 0; i < ring->n_points; i++)
    {
      const double *p = get_point (ring, i);
      const double distance = hypot (p[0] - from[0], p[1] - from[1]);

      if (distance > farthest)
        {
          farthest = distance;
          found = i;
        }
    }
  return found;
}

/* The point between @first and @last that is farthest from the line between these two. */
static guint
find_bend (const MonocleRing *ring, guint first, guint last, double *distance)
{
  const double *a = get_point (ring, first), *b = get_point (ring, last);
  guint found = first;

  *distance = -1;
  for (guint i = first + 1; i < last; i++)
    {
      const double *p = get_point (ring, i);
      const double here = monocle_shape_measure_distance (a, b, p[0], p[1]);

      if (here > *distance)
        {
          *distance = here;
          found = i;
        }
    }
  return found;
}

/* A stretch of a ring, of which the ends are kept. */
typedef struct
{
  guint first, last;
} Stretch;

/* Marks what is kept between @first and @last. The stretches that are left to look at are a list
 * of their own: outlines can have more points than the stack has room for calls. */
static void
keep_between (const MonocleRing *ring, guint first, guint last, double tolerance, gboolean *kept)
{
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (Stretch));
  Stretch stretch = { first, last };

  g_array_append_val (left, stretch);
  while (left->len > 0)
    {
      double distance;
      guint bend;

      stretch = g_array_index (left, Stretch, left->len - 1);
      g_array_set_size (left, left->len - 1);
      bend = find_bend (ring, stretch.first, stretch.last, &distance);
      if (!(distance > tolerance))
        continue;
      kept[bend % ring->n_points] = TRUE;
      g_array_append_val (left, ((Stretch){ stretch.first, bend }));
      g_array_append_val (left, ((Stretch){ bend, stretch.last }));
    }
}

static guint
count (const gboolean *kept, guint n)
{
  guint n_kept = 0;

  for (guint i = 0; i < n; i++)
    n_kept += kept[i];
  return n_kept;
}

/* Adds what is left of @ring to @points. Returns: how many */
static guint
simplify_ring (const MonocleRing *ring, double tolerance, GArray *points)
{
  const guint n = ring->n_points;
  g_autofree gboolean *kept = g_new0 (gboolean, n + 1);
  guint first, second;

  if (n <= 3)
    {
      if (n > 0)
        g_array_append_vals (points, ring->points, 2 * n);
      return n;
    }
  first = find_farthest (ring, ring->points);
  second = find_farthest (ring, get_point (ring, first));
  kept[first] = kept[second] = TRUE;
  if (second < first)
    second += n;
  keep_between (ring, first, second, tolerance, kept);
  keep_between (ring, second, first + n, tolerance, kept);

  if (count (kept, n) < 3) /* a line: with what is farthest from it */
    {
      double one_way, other_way;
      const guint bend = find_bend (ring, first, second, &one_way);
      const guint other = find_bend (ring, second, first + n, &other_way);

      kept[(one_way >= other_way ? bend : other) % n] = TRUE;
    }
  /* All of them are in one place: any will do. */
  for (guint i = 0; count (kept, n) < 3; i++)
    kept[i] = TRUE;

  for (guint i = 0; i < n; i++)
    if (kept[i])
      g_array_append_vals (points, get_point (ring, i), 2);
  return count (kept, n);
}

/* (transfer full) */
static MonocleShape *
simplify_line (const MonocleShape *shape, double tolerance)
{
  guint n;
  const double *all = monocle_shape_get_points (shape, &n);
  const MonocleRing line = { all, n, MONOCLE_RING_OUTER };
  g_autofree gboolean *kept = g_new0 (gboolean, n);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));

  kept[0] = kept[n - 1] = TRUE;
  keep_between (&line, 0, n - 1, tolerance, kept);
  for (guint i = 0; i < n; i++)
    if (kept[i])
      g_array_append_vals (points, get_point (&line, i), 2);
  return monocle_shape_new_line ((const double *) (gconstpointer) points->data, points->len / 2);
}

MonocleShape *
monocle_reshape_simplify (const MonocleShape *shape, double tolerance)
{
  guint n_rings, n_points = 0;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree MonocleRing *simple = NULL;

  if (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_LINE && !monocle_shape_is_empty (shape))
    return simplify_line (shape, tolerance);
  if (monocle_shape_is_empty (shape) || n_rings == 0
      || monocle_shape_get_kind (shape) == MONOCLE_SHAPE_BOX)
    return monocle_shape_ref (shape);

  simple = g_memdup2 (rings, n_rings * sizeof *rings);
  for (guint i = 0; i < n_rings; i++)
    simple[i].n_points = simplify_ring (&rings[i], tolerance, points);
  for (guint i = 0; i < n_rings; i++) /* they stay where they are from here on */
    {
      simple[i].points = (const double *) (gconstpointer) points->data + 2 * (gsize) n_points;
      n_points += simple[i].n_points;
    }
  return monocle_shape_new_rings (simple, n_rings);
}
