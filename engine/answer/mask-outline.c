/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The outlines of a mask. Where neighbours in a row differ there is an upright edge; its two ends
 * are corners, and along each line between rows every other stretch between corners is an edge too.
 * Walked so that the mask is on the right hand, outer rings go clockwise and holes do not.
 */
#include "config.h"

#include <math.h>

#include "engine/answer/mask-runs-private.h"

/* Of an upright edge: the upper end and the lower one follow each other. */
typedef struct
{
  guint x, y;
  guint mate; /* at the other end of the level edge that begins here */
  gboolean is_tail;
  gboolean is_done;
} Corner;

/* Runs that are read in order, some pixels of background before them. */
typedef struct
{
  const MonocleMaskRuns *mask;
  guint next;
  guint64 end; /* of the run that is read */
  gboolean inside;
} Reader;

static void
go_to (Reader *reader, guint64 at)
{
  while (reader->end <= at && reader->next < reader->mask->n_counts)
    {
      reader->inside = reader->next % 2 == 1;
      reader->end += reader->mask->counts[reader->next++];
    }
  if (reader->end <= at)
    {
      reader->inside = FALSE;
      reader->end = G_MAXUINT64;
    }
}

static void
add_edge (GArray *corners, guint x, guint from, guint to, gboolean mask_is_right)
{
  /* Up with the mask on the right hand, or down. */
  const Corner ends[] = { { .x = x, .y = from, .is_tail = !mask_is_right },
                          { .x = x, .y = to, .is_tail = mask_is_right } };

  g_array_append_vals (corners, ends, 2);
}

/* Upright edges between each column and the one before it. */
static GArray *
find_corners (const MonocleMaskRuns *self)
{
  const guint64 height = self->height, end = ((guint64) self->width + 1) * height;
  GArray *corners = g_array_new (FALSE, FALSE, sizeof (Corner));
  Reader left = { .mask = self, .end = height }, right = { .mask = self };

  for (guint64 at = 0; at < end;)
    {
      guint64 next;

      go_to (&left, at);
      go_to (&right, at);
      next = MIN (MIN (left.end, right.end), (at / height + 1) * height);
      if (left.inside != right.inside)
        add_edge (corners, (guint) (at / height), (guint) (at % height),
                  (guint) (at % height + next - at), right.inside);
      at = next;
    }
  return corners;
}

static int
compare_corners (gconstpointer a, gconstpointer b, gpointer data)
{
  const Corner *corners = data, *p = &corners[*(const guint *) a],
               *q = &corners[*(const guint *) b];

  if (p->y != q->y)
    return p->y < q->y ? -1 : 1;
  return p->x < q->x ? -1 : p->x > q->x;
}

static void
find_mates (Corner *corners, guint n)
{
  g_autofree guint *order = g_new (guint, n + 1);

  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (gint) n, sizeof *order, compare_corners, corners);
  for (guint i = 0; i + 1 < n; i += 2)
    {
      corners[order[i]].mate = order[i + 1];
      corners[order[i + 1]].mate = order[i];
    }
}

/* A ring while they are sorted: where its points begin, in the order in which they were found. */
typedef struct
{
  guint first, n_points;
  double area; /* below 0: of a hole */
} Found;

static Found
walk_ring (Corner *corners, guint start, GArray *points)
{
  Found found = { .first = points->len / 2 };
  guint at = start;

  do
    {
      const guint head = at ^ 1;
      const double ends[] = { corners[at].x, corners[at].y, corners[head].x, corners[head].y };

      corners[at].is_done = TRUE;
      g_array_append_vals (points, ends, G_N_ELEMENTS (ends));
      found.n_points += 2;
      /* Upright edges alone say how much there is to the left of them. */
      found.area += ends[0] * (ends[3] - ends[1]);
      at = corners[head].mate;
    }
  while (at != start);
  return found;
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const double p = fabs (((const Found *) a)->area), q = fabs (((const Found *) b)->area);

  return p > q ? -1 : p < q;
}

void
monocle_mask_runs_trace (const MonocleMaskRuns *self, GArray *points, GArray *rings)
{
  g_autoptr (GArray) corners = find_corners (self);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  Corner *data = (Corner *) (gpointer) corners->data;

  find_mates (data, corners->len);
  for (guint i = 0; i < corners->len; i++)
    if (data[i].is_tail && !data[i].is_done)
      {
        Found ring = walk_ring (data, i, all);

        g_array_append_val (found, ring);
      }

  /* What is inside of another is smaller. */
  g_array_sort (found, compare_found);
  for (guint i = 0; i < found->len; i++)
    {
      const Found *ring = &g_array_index (found, Found, i);
      MonocleRing named = { .n_points = ring->n_points,
                            .role = ring->area < 0 ? MONOCLE_RING_HOLE : MONOCLE_RING_OUTER };

      g_array_append_vals (points, &g_array_index (all, double, 2 * ring->first),
                           2 * ring->n_points);
      g_array_append_val (rings, named);
    }
}
