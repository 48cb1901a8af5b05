/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/parts.h"

#include <math.h>

#include "engine/answer/mask-runs-private.h"

/* --- What touches what --- */

/* On which side of the line from @a to @b the point @c is: above, below or at 0. */
static double
find_side (const double *a, const double *b, const double *c)
{
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

static gboolean
overlaps (double a, double b, double c, double d)
{
  return MAX (a, b) >= MIN (c, d) && MAX (c, d) >= MIN (a, b);
}

/* Whether the lines from @a to @b and from @c to @d have a point in common. */
static gboolean
lines_touch (const double *a, const double *b, const double *c, const double *d)
{
  double c_side, d_side, a_side, b_side;

  if (!overlaps (a[0], b[0], c[0], d[0]) || !overlaps (a[1], b[1], c[1], d[1]))
    return FALSE;
  c_side = find_side (a, b, c);
  d_side = find_side (a, b, d);
  a_side = find_side (c, d, a);
  b_side = find_side (c, d, b);
  return !(c_side > 0 && d_side > 0) && !(c_side < 0 && d_side < 0) && !(a_side > 0 && b_side > 0)
         && !(a_side < 0 && b_side < 0);
}

static const double *
get_point (const MonocleRing *ring, guint index)
{
  return ring->points + 2 * (gsize) (index % ring->n_points);
}

static gboolean
rings_touch (const MonocleRing *a, const MonocleRing *b)
{
  for (guint i = 0; i < a->n_points; i++)
    for (guint k = 0; k < b->n_points; k++)
      if (lines_touch (get_point (a, i), get_point (a, i + 1), get_point (b, k),
                       get_point (b, k + 1)))
        return TRUE;
  return FALSE;
}

/* Whether an outer ring of @a begins inside of @b. */
static gboolean
begins_in (const MonocleShape *a, const MonocleShape *b)
{
  guint n_rings;
  const MonocleRing *rings = monocle_shape_get_rings (a, &n_rings);

  for (guint i = 0; i < n_rings; i++)
    if (rings[i].n_points > 0 && rings[i].role == MONOCLE_RING_OUTER
        && monocle_shape_hit (b, rings[i].points[0], rings[i].points[1], 0))
      return TRUE;
  return FALSE;
}

gboolean
monocle_parts_touch (const MonocleShape *a, const MonocleShape *b)
{
  const MonocleRect p = monocle_shape_get_bounds (a), q = monocle_shape_get_bounds (b);
  guint n_a, n_b;
  const MonocleRing *of_a = monocle_shape_get_rings (a, &n_a);
  const MonocleRing *of_b = monocle_shape_get_rings (b, &n_b);

  if (monocle_shape_is_empty (a) || monocle_shape_is_empty (b)
      || !overlaps (p.x, p.x + p.width, q.x, q.x + q.width)
      || !overlaps (p.y, p.y + p.height, q.y, q.y + q.height))
    return FALSE;
  for (guint i = 0; i < n_a; i++)
    for (guint k = 0; k < n_b; k++)
      if (rings_touch (&of_a[i], &of_b[k]))
        return TRUE;
  return begins_in (a, b) || begins_in (b, a);
}

/* --- One of several --- */

static gboolean
are_points (GPtrArray *shapes)
{
  for (guint i = 0; i < shapes->len; i++)
    if (monocle_shape_get_kind (shapes->pdata[i]) != MONOCLE_SHAPE_POINTS)
      return FALSE;
  return TRUE;
}

static MonocleShape *
merge_points (GPtrArray *shapes)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < shapes->len; i++)
    {
      guint n;
      const double *of_shape = monocle_shape_get_points (shapes->pdata[i], &n);

      g_array_append_vals (points, of_shape, 2 * n);
    }
  return monocle_shape_new_points ((const double *) (gconstpointer) points->data, points->len / 2);
}

static gboolean
are_apart (GPtrArray *shapes)
{
  for (guint i = 0; i < shapes->len; i++)
    {
      if (monocle_shape_get_mask (shapes->pdata[i]))
        return FALSE;
      for (guint k = i + 1; k < shapes->len; k++)
        if (monocle_parts_touch (shapes->pdata[i], shapes->pdata[k]))
          return FALSE;
    }
  return TRUE;
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const MonocleRect p = monocle_shape_get_bounds (*(MonocleShape *const *) a);
  const MonocleRect q = monocle_shape_get_bounds (*(MonocleShape *const *) b);
  const double p_size = p.width * p.height, q_size = q.width * q.height;

  return p_size > q_size ? -1 : p_size < q_size;
}

/* What lies in a hole of another comes behind that hole, which would take it away. */
static MonocleShape *
merge_rings (GPtrArray *shapes)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr (GArray) rings = g_array_new (FALSE, FALSE, sizeof (MonocleRing));

  for (guint i = 0; i < shapes->len; i++)
    g_ptr_array_add (sorted, shapes->pdata[i]);
  g_ptr_array_sort (sorted, compare_sizes);
  for (guint i = 0; i < sorted->len; i++)
    {
      guint n;
      const MonocleRing *of_shape = monocle_shape_get_rings (sorted->pdata[i], &n);

      g_array_append_vals (rings, of_shape, n);
    }
  return monocle_shape_new_rings ((const MonocleRing *) (gconstpointer) rings->data, rings->len);
}

static MonocleShape *
merge_pixels (GPtrArray *shapes, guint width, guint height)
{
  g_autoptr (MonocleMaskRuns) all = NULL;

  if (width == 0 || height == 0 || (guint64) width * height > MONOCLE_MASK_MAX_PIXELS)
    return NULL;
  all = monocle_raster_fill (NULL, 0, width, height);
  for (guint i = 0; i < shapes->len; i++)
    {
      g_autoptr (MonocleMaskRuns) before = all;
      g_autoptr (MonocleMaskRuns) one = monocle_shape_to_mask (shapes->pdata[i], width, height);

      all = monocle_mask_runs_paint (before, one, MONOCLE_RING_OUTER);
    }
  return monocle_shape_new_mask (all);
}

MonocleShape *
monocle_parts_merge (GPtrArray *shapes, guint width, guint height)
{
  guint n_rings;

  g_return_val_if_fail (shapes && shapes->len > 0, NULL);

  if (are_points (shapes))
    return merge_points (shapes);
  for (guint i = 0; i < shapes->len; i++)
    {
      monocle_shape_get_rings (shapes->pdata[i], &n_rings);
      if (n_rings == 0 && !monocle_shape_get_mask (shapes->pdata[i]))
        return NULL;
    }
  if (are_apart (shapes))
    return merge_rings (shapes);
  return merge_pixels (shapes, width, height);
}

/* --- Without another --- */

static MonocleShape *
cut_pixels (MonocleMaskRuns *mask, const MonocleShape *hole)
{
  g_autoptr (MonocleMaskRuns) covered = monocle_shape_to_mask (hole, mask->width, mask->height);
  g_autoptr (MonocleMaskRuns) left = monocle_mask_runs_paint (mask, covered, MONOCLE_RING_HOLE);

  if (monocle_mask_runs_get_area (left) == 0 || monocle_mask_runs_equal (left, mask))
    return NULL;
  return monocle_shape_new_mask (left);
}

/* Whether all corners of @shape are inside of @hole, and no edge leads out and in again. */
static gboolean
is_covered (const MonocleShape *shape, const MonocleShape *hole)
{
  guint n_rings, n_holes, n_points;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  const MonocleRing *holes = monocle_shape_get_rings (hole, &n_holes);
  const double *points = monocle_shape_get_points (shape, &n_points);

  for (guint i = 0; i < n_points; i++)
    if (!monocle_shape_hit (hole, points[2 * (gsize) i], points[2 * (gsize) i + 1], 0))
      return FALSE;
  for (guint i = 0; i < n_rings; i++)
    for (guint k = 0; k < n_holes; k++)
      if (rings_touch (&rings[i], &holes[k]))
        return FALSE;
  return TRUE;
}

MonocleShape *
monocle_parts_cut (const MonocleShape *shape, const MonocleShape *hole)
{
  guint n_rings, n_holes;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  const MonocleRing *holes = monocle_shape_get_rings (hole, &n_holes);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof *rings);

  if (monocle_shape_get_mask (shape))
    return cut_pixels (monocle_shape_get_mask (shape), hole);
  if (!monocle_parts_touch (shape, hole) || is_covered (shape, hole))
    return NULL;
  g_array_append_vals (all, rings, n_rings);
  for (guint i = 0; i < n_holes; i++)
    {
      const MonocleRing ring = { holes[i].points, holes[i].n_points, MONOCLE_RING_HOLE };

      g_array_append_val (all, ring);
    }
  return monocle_shape_new_rings ((const MonocleRing *) (gconstpointer) all->data, all->len);
}

/* --- Several of one --- */

/* Sets of numbers that are joined: each has a member that stands for it. */
static guint
find_root (guint *parents, guint at)
{
  while (parents[at] != at)
    at = parents[at] = parents[parents[at]];
  return at;
}

static void
join (guint *parents, guint a, guint b)
{
  a = find_root (parents, a);
  b = find_root (parents, b);
  parents[MAX (a, b)] = MIN (a, b);
}

/* Pixels of one column, from @top to before @bottom. */
typedef struct
{
  guint x, top, bottom;
} Stretch;

static GArray *
find_stretches (const MonocleMaskRuns *mask)
{
  GArray *stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  guint64 at = 0;

  for (guint i = 0; i < mask->n_counts; i++)
    {
      const guint64 end = at + mask->counts[i];

      for (guint64 start = at; i % 2 == 1 && start < end;)
        {
          const guint64 x = start / mask->height, stop = MIN (end, (x + 1) * mask->height);
          const Stretch stretch = { (guint) x, (guint) (start - x * mask->height),
                                    (guint) (stop - x * mask->height) };

          g_array_append_val (stretches, stretch);
          start = stop;
        }
      at = end;
    }
  return stretches;
}

/* Both lists go down their column; those that touch are one. */
static void
join_stretches (const Stretch *stretches, guint n, guint *parents)
{
  guint left = 0;

  for (guint i = 0; i < n; i++)
    {
      const Stretch *here = &stretches[i];

      while (left < i
             && (stretches[left].x + 1 < here->x
                 || (stretches[left].x + 1 == here->x && stretches[left].bottom < here->top)))
        left++;
      for (guint k = left; stretches[k].x + 1 == here->x && stretches[k].top <= here->bottom; k++)
        join (parents, i, k);
    }
}

/* Run lengths while they are collected: how far they are, and whether that is inside. */
typedef struct
{
  GArray *counts;
  guint32 end;
} Runs;

static void
add_stretch (Runs *runs, const Stretch *stretch, guint height)
{
  const guint32 start = stretch->x * height + stretch->top, length = stretch->bottom - stretch->top;

  if (runs->counts->len > 0 && start == runs->end)
    g_array_index (runs->counts, guint32, runs->counts->len - 1) += length;
  else
    g_array_append_vals (runs->counts, (const guint32[]){ start - runs->end, length }, 2);
  runs->end = start + length;
}

static void
split_mask (const MonocleMaskRuns *mask, GPtrArray *parts)
{
  g_autoptr (GArray) list = find_stretches (mask);
  const Stretch *stretches = (const Stretch *) (gconstpointer) list->data;
  g_autofree guint *parents = g_new (guint, list->len + 1);
  g_autofree Runs *runs = g_new0 (Runs, list->len + 1);

  for (guint i = 0; i < list->len; i++)
    parents[i] = i;
  join_stretches (stretches, list->len, parents);
  for (guint i = 0; i < list->len; i++)
    {
      Runs *of_part = &runs[find_root (parents, i)];

      if (!of_part->counts)
        of_part->counts = g_array_new (FALSE, FALSE, sizeof (guint32));
      add_stretch (of_part, &stretches[i], mask->height);
    }
  for (guint i = 0; i < list->len; i++)
    if (runs[i].counts)
      {
        const guint32 left = mask->width * mask->height - runs[i].end;
        g_autoptr (MonocleMaskRuns) part = NULL;

        if (left > 0)
          g_array_append_val (runs[i].counts, left);
        part = monocle_mask_runs_new_take (runs[i].counts, mask->width, mask->height);
        g_ptr_array_add (parts, monocle_shape_new_mask (part));
      }
}

static MonocleShape *
new_ring (const MonocleRing *ring)
{
  const MonocleRing outer = { ring->points, ring->n_points, MONOCLE_RING_OUTER };

  return monocle_shape_new_rings (&outer, 1);
}

/* All of @inner, which crosses no ring of it, is in @outer. */
static gboolean
contains (const MonocleShape *outer, const MonocleRing *inner, const MonocleRing *ring)
{
  return inner->n_points > 0 && !rings_touch (inner, ring)
         && monocle_shape_hit (outer, inner->points[0], inner->points[1], 0);
}

/* Outlines that are taken apart. */
typedef struct
{
  const MonocleRing *rings;
  guint n;
  GPtrArray *alone;  /* each outer ring by itself, %NULL for holes */
  GPtrArray *whole;  /* the same with the holes in it */
  GPtrArray *owners; /* of each hole the outer rings that it is in, as a GArray of guint */
  guint *parents;
} Outlines;

/* The innermost of the outer rings before hole @at that it is in, or all that it crosses. */
static GArray *
find_owners (Outlines *self, guint at)
{
  GArray *owners = g_array_new (FALSE, FALSE, sizeof (guint));
  double smallest = INFINITY;
  guint found = at;

  for (guint i = 0; i < at; i++)
    {
      const MonocleShape *outer = self->alone->pdata[i];

      if (outer && contains (outer, &self->rings[at], &self->rings[i])
          && monocle_shape_get_area (outer) <= smallest)
        {
          smallest = monocle_shape_get_area (outer);
          found = i;
        }
    }
  for (guint i = 0; i < at; i++)
    if (self->alone->pdata[i]
        && (i == found || (found == at && rings_touch (&self->rings[at], &self->rings[i]))))
      g_array_append_val (owners, i);
  return owners;
}

/* (transfer full): the outer rings that are joined with @root, and their holes */
static MonocleShape *
gather (Outlines *self, guint root)
{
  g_autoptr (GArray) rings = g_array_new (FALSE, FALSE, sizeof *self->rings);

  for (guint i = root; i < self->n; i++)
    {
      const GArray *owners = self->owners->pdata[i];
      gboolean belongs = !owners && find_root (self->parents, i) == root;

      for (guint k = 0; owners && k < owners->len && !belongs; k++)
        belongs = find_root (self->parents, g_array_index (owners, guint, k)) == root;
      if (belongs)
        g_array_append_val (rings, self->rings[i]);
    }
  return monocle_shape_new_rings ((const MonocleRing *) (gconstpointer) rings->data, rings->len);
}

static void
unref_shape (gpointer shape)
{
  monocle_shape_unref (shape);
}

static void
unref_array (gpointer array)
{
  g_clear_pointer ((GArray **) &array, g_array_unref);
}

static void
split_rings (const MonocleShape *shape, GPtrArray *parts)
{
  g_autoptr (GPtrArray) alone = g_ptr_array_new_with_free_func (unref_shape);
  g_autoptr (GPtrArray) whole = g_ptr_array_new_with_free_func (unref_shape);
  g_autoptr (GPtrArray) owners = g_ptr_array_new_with_free_func (unref_array);
  g_autofree guint *parents = NULL;
  Outlines self = { .alone = alone, .whole = whole, .owners = owners };

  self.rings = monocle_shape_get_rings (shape, &self.n);
  self.parents = parents = g_new (guint, self.n + 1);
  for (guint i = 0; i < self.n; i++)
    {
      const gboolean is_hole = self.rings[i].role == MONOCLE_RING_HOLE;

      parents[i] = i;
      g_ptr_array_add (alone, is_hole ? NULL : new_ring (&self.rings[i]));
      g_ptr_array_add (owners, is_hole ? find_owners (&self, i) : NULL);
    }
  for (guint i = 0; i < self.n; i++)
    g_ptr_array_add (whole, alone->pdata[i] ? gather (&self, i) : NULL);
  for (guint i = 0; i < self.n; i++)
    for (guint k = i + 1; k < self.n; k++)
      if (whole->pdata[i] && whole->pdata[k]
          && monocle_parts_touch (whole->pdata[i], whole->pdata[k]))
        join (parents, i, k);
  for (guint i = 0; i < self.n; i++)
    if (whole->pdata[i] && find_root (parents, i) == i)
      g_ptr_array_add (parts, gather (&self, i));
}

GPtrArray *
monocle_parts_split (const MonocleShape *shape)
{
  g_autoptr (GPtrArray) parts
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);
  guint n_points;
  const double *points = monocle_shape_get_points (shape, &n_points);

  if (monocle_shape_get_mask (shape))
    split_mask (monocle_shape_get_mask (shape), parts);
  else if (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_RINGS && !monocle_shape_is_empty (shape))
    split_rings (shape, parts);
  else if (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_POINTS)
    for (guint i = 0; i < n_points; i++)
      g_ptr_array_add (parts, monocle_shape_new_points (points + 2 * (gsize) i, 1));
  if (parts->len == 0)
    g_ptr_array_add (parts, monocle_shape_ref (shape));
  return g_steal_pointer (&parts);
}
