/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/draw/label-layout.h"

#include <float.h>

/* What a candidate costs, beside its place in the order of preference (0, 1, 2, ...). */
#define COST_OF_COVERING_A_LABEL       60.0
#define COST_OF_COVERING_AN_OBJECT     6.0
#define COST_OF_COVERING_A_SMALLER_ONE 18.0
#define COST_OF_MOVING                 4.0
/* Objects up to this many times the size of a label count as small: it would hide much of them. */
#define SMALL_OBJECT 8.0

#define N_CANDIDATES 11

static double
rect_area (MonocleRect r)
{
  return r.width * r.height;
}

static double
overlap_area (MonocleRect a, MonocleRect b)
{
  double width = MIN (a.x + a.width, b.x + b.width) - MAX (a.x, b.x);
  double height = MIN (a.y + a.height, b.y + b.height) - MAX (a.y, b.y);

  return width > 0 && height > 0 ? width * height : 0;
}

/* How much of a small object a label hides, 0 to 1; large objects do not mind. */
static double
hidden_part (MonocleRect label, MonocleRect object)
{
  double smaller = MAX (MIN (rect_area (object), rect_area (label)), 1);
  double part = overlap_area (label, object) / smaller;

  return rect_area (object) < SMALL_OBJECT * rect_area (label) ? part : part * 0.1;
}

static double
cost_of_hiding (const MonocleLabel *label, MonocleRect place, MonocleRect object)
{
  double cost = COST_OF_COVERING_AN_OBJECT;

  /* One that is smaller than what the label names: nobody would guess what is below. */
  if (rect_area (object) < rect_area (label->object))
    cost = COST_OF_COVERING_A_SMALLER_ONE;
  return cost * hidden_part (place, object);
}

/* In order of preference: on top of the object, inside its top, below, beside, inside its foot. */
static void
list_candidates (const MonocleLabel *label, MonocleRect *candidates)
{
  double left = label->object.x;
  double right = label->object.x + label->object.width - label->width;
  double middle = (left + right) / 2;
  double above = label->object.y - label->height;
  double top = label->object.y;
  double foot = label->object.y + label->object.height - label->height;
  double below = label->object.y + label->object.height;
  double after = label->object.x + label->object.width;
  double before = label->object.x - label->width;
  double centre = (top + foot) / 2;
  const double xs[N_CANDIDATES]
      = { left, left, left, right, right, after, right, left, right, before, middle };
  const double ys[N_CANDIDATES]
      = { above, top, below, above, top, centre, below, foot, foot, centre, centre };

  for (guint i = 0; i < N_CANDIDATES; i++)
    candidates[i] = (MonocleRect){ xs[i], ys[i], label->width, label->height };
}

static double
clamp_into (double at, double length, double room)
{
  return CLAMP (at, 0, MAX (0, room - length));
}

static int
compare_objects (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const MonocleLabel *labels = user_data;
  gboolean a_first = labels[*(const guint *) a].first, b_first = labels[*(const guint *) b].first;
  double difference = rect_area (labels[*(const guint *) a].object)
                      - rect_area (labels[*(const guint *) b].object);

  if (!a_first != !b_first)
    return a_first ? -1 : 1;
  return difference < 0                            ? -1
         : difference > 0                          ? 1
         : *(const guint *) a < *(const guint *) b ? -1
                                                   : 1;
}

static gboolean
may_meet (MonocleRect a, MonocleRect b)
{
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

static MonocleRect
unite (MonocleRect a, MonocleRect b)
{
  double x = MIN (a.x, b.x), y = MIN (a.y, b.y);

  return (MonocleRect){ x, y, MAX (a.x + a.width, b.x + b.width) - x,
                        MAX (a.y + a.height, b.y + b.height) - y };
}

static MonocleRect
rect_of_label (const MonocleLabel *label)
{
  return (MonocleRect){ label->x, label->y, label->width, label->height };
}

/* What a label could cover: the rest need not be looked at for each candidate. */
typedef struct
{
  MonocleRect *labels;
  MonocleRect *objects;
  guint n_labels, n_objects;
} Neighbours;

static void
find_neighbours (Neighbours *near,
                 MonocleRect reach,
                 const MonocleLabel *labels,
                 guint n_labels,
                 const guint *order,
                 guint n_placed)
{
  near->n_labels = near->n_objects = 0;
  for (guint i = 0; i < n_placed; i++)
    {
      MonocleRect other = rect_of_label (&labels[order[i]]);

      if (may_meet (reach, other))
        near->labels[near->n_labels++] = other;
    }
  for (guint i = 0; i < n_labels; i++)
    if (may_meet (reach, labels[i].object))
      near->objects[near->n_objects++] = labels[i].object;
}

void
monocle_label_layout_place (MonocleLabel *labels, guint n_labels, double width, double height)
{
  g_autofree guint *order = g_new (guint, n_labels + 1);
  g_autofree MonocleRect *near_labels = g_new (MonocleRect, n_labels + 1);
  g_autofree MonocleRect *near_objects = g_new (MonocleRect, n_labels + 1);
  Neighbours near = { near_labels, near_objects, 0, 0 };

  for (guint i = 0; i < n_labels; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) n_labels, sizeof *order, compare_objects, labels);

  for (guint i = 0; i < n_labels; i++)
    {
      MonocleLabel *label = &labels[order[i]];
      MonocleRect candidates[N_CANDIDATES], places[N_CANDIDATES], reach;
      double best = DBL_MAX;

      label->x = label->object.x;
      label->y = label->object.y;
      label->covered = 0;
      if (label->width <= 0)
        continue;
      list_candidates (label, candidates);
      for (guint c = 0; c < N_CANDIDATES; c++)
        {
          MonocleRect wanted = candidates[c];

          places[c] = (MonocleRect){ clamp_into (wanted.x, wanted.width, width),
                                     clamp_into (wanted.y, wanted.height, height), wanted.width,
                                     wanted.height };
          reach = c == 0 ? places[c] : unite (reach, places[c]);
        }
      find_neighbours (&near, reach, labels, n_labels, order, i);

      for (guint c = 0; c < N_CANDIDATES; c++)
        {
          MonocleRect wanted = candidates[c], place = places[c];
          double area = MAX (rect_area (place), 1);
          double cost = c, covered = 0;

          cost += COST_OF_MOVING
                  * ((ABS (place.x - wanted.x) + ABS (place.y - wanted.y)) / MAX (place.height, 1));
          for (guint j = 0; j < near.n_labels; j++)
            covered += overlap_area (place, near.labels[j]) / area;
          cost += COST_OF_COVERING_A_LABEL * covered;
          for (guint j = 0; j < near.n_objects; j++)
            cost += cost_of_hiding (label, place, near.objects[j]);

          if (cost < best)
            {
              best = cost;
              label->x = place.x;
              label->y = place.y;
              label->covered = covered;
            }
        }
    }
}
