/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/follow.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/base/error.h"

/* How far something comes from one frame to the next at most, as a share of the side; how often it
 * is not seen in between; how far it moves in all, else it does not; how often it is seen at least.
 */
#define MOST_STEP    0.25
#define MOST_MISSING 2
#define LEAST_WAY    0.03
#define LEAST_FRAMES 3

/* And where it is not from the first frame on. */
#define LEAST_LATER 8

/* Of a thing in its box: the middle that has its colour, what is around it, how much these differ,
 * and how much of the box is its own. */
#define MIDDLE       0.2
#define AROUND       0.25
#define LEAST_COLOUR 24.0
#define LEAST_OWN    0.3
#define MOST_OWN     1.2

/* --- where a thing is --------------------------------------------------------------------- */

typedef struct
{
  double sum[3];
  double n;
} Colour;

static void
add_colour (Colour *colour, const guint8 *pixel)
{
  for (guint i = 0; i < 3; i++)
    colour->sum[i] += pixel[i];
  colour->n++;
}

/* Squared. */
static double
get_distance (const Colour *colour, const guint8 *pixel)
{
  double distance = 0;

  for (guint i = 0; i < 3; i++)
    distance += pow (colour->sum[i] / colour->n - pixel[i], 2);
  return distance;
}

static double
get_difference (const Colour *a, const Colour *b)
{
  double distance = 0;

  for (guint i = 0; i < 3; i++)
    distance += pow (a->sum[i] / a->n - b->sum[i] / b->n, 2);
  return sqrt (distance);
}

/* What is looked at around a box, within the picture. */
typedef struct
{
  const guint8 *pixels;
  guint width;
  double x, y, half_width, half_height; /* of the box */
  guint x1, y1, x2, y2;                 /* the ends are outside */
} Part;

static const guint8 *
get_pixel (const Part *part, guint x, guint y)
{
  return part->pixels + ((gsize) y * part->width + x) * 3;
}

static void
take_colours (const Part *part, Colour *own, Colour *around)
{
  for (guint y = part->y1; y < part->y2; y++)
    for (guint x = part->x1; x < part->x2; x++)
      {
        const double dx = fabs (x + 0.5 - part->x) / part->half_width;
        const double dy = fabs (y + 0.5 - part->y) / part->half_height;

        if (MAX (dx, dy) > 1)
          add_colour (around, get_pixel (part, x, y));
        else if (MAX (dx, dy) < 2 * MIDDLE)
          add_colour (own, get_pixel (part, x, y));
      }
}

/* Its middle and how many pixels it has; 0: nobody can tell. */
static double
measure (const Part *part, double *x, double *y)
{
  Colour own = { .n = 0 }, around = { .n = 0 };
  double n = 0;

  *x = part->x;
  *y = part->y;
  take_colours (part, &own, &around);
  if (own.n < 1 || around.n < 1 || get_difference (&own, &around) < LEAST_COLOUR)
    return 0;
  *x = *y = 0;
  for (guint row = part->y1; row < part->y2; row++)
    for (guint column = part->x1; column < part->x2; column++)
      {
        const guint8 *pixel = get_pixel (part, column, row);

        if (get_distance (&own, pixel) >= get_distance (&around, pixel))
          continue;
        *x += column + 0.5;
        *y += row + 0.5;
        n++;
      }
  *x /= MAX (n, 1);
  *y /= MAX (n, 1);
  return n;
}

static guint
clip (double at, guint most)
{
  return (guint) CLAMP (at, 0, (double) most);
}

MonocleWorldSight
monocle_world_sight_make (const MonocleImage *image, const MonocleBox *box)
{
  const guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const double side = MAX (width, height);
  const double left = (double) MIN (box->x1, box->x2), top = (double) MIN (box->y1, box->y2);
  const double box_width = fabs ((double) box->x2 - (double) box->x1);
  const double box_height = fabs ((double) box->y2 - (double) box->y1);
  Part part = { .pixels = monocle_image_get_pixels (image),
                .width = width,
                .x = left + box_width / 2,
                .y = top + box_height / 2,
                .half_width = MAX (box_width / 2, 1),
                .half_height = MAX (box_height / 2, 1),
                .x1 = clip (left - AROUND * box_width, width),
                .y1 = clip (top - AROUND * box_height, height),
                .x2 = clip (left + (1 + AROUND) * box_width, width),
                .y2 = clip (top + (1 + AROUND) * box_height, height) };
  double x, y, radius = (box_width + box_height) / 4;
  const double n = measure (&part, &x, &y);

  if (n >= LEAST_OWN * box_width * box_height && n <= MOST_OWN * box_width * box_height)
    {
      part.x = x;
      part.y = y;
      radius = sqrt (n / G_PI);
    }
  return (MonocleWorldSight){ .x = (part.x + (side - width) / 2) / side,
                              .y = (part.y + side - height) / side,
                              .radius = radius / side };
}

/* --- the same thing ----------------------------------------------------------------------- */

/* A thing through frames. */
typedef struct
{
  MonocleWorldSight *sights; /* (array): [frames] */
  gboolean *is_seen;
  guint n_frames; /* to the last one in which it is seen */
  double way;
} Thing;

static void
thing_clear (gpointer data)
{
  Thing *thing = data;

  g_free (thing->sights);
  g_free (thing->is_seen);
}

static const MonocleWorldSight *
get_sight (GPtrArray *frames, guint frame, guint index)
{
  return &g_array_index ((GArray *) frames->pdata[frame], MonocleWorldSight, index);
}

/* Where it would be, going on as before. */
static MonocleWorldSight
expect (const Thing *thing, guint frame)
{
  const guint last = thing->n_frames - 1;
  MonocleWorldSight sight = thing->sights[last];
  guint before = last;

  while (before > 0 && !thing->is_seen[--before])
    ;
  if (before < last)
    {
      const double share = (double) (frame - last) / (last - before);

      sight.x += (sight.x - thing->sights[before].x) * share;
      sight.y += (sight.y - thing->sights[before].y) * share;
    }
  return sight;
}

static gboolean
is_alike (const MonocleWorldSight *a, const MonocleWorldSight *b, double *distance)
{
  *distance = hypot (a->x - b->x, a->y - b->y);
  return *distance < MOST_STEP && a->radius < 2 * b->radius && b->radius < 2 * a->radius;
}

/* The two that are nearest first, each only once. */
static void
follow_into (GArray *things, GPtrArray *frames, guint frame)
{
  const guint n = ((GArray *) frames->pdata[frame])->len;
  g_autofree gboolean *is_taken = g_new0 (gboolean, MAX (n, 1));

  while (TRUE)
    {
      double best = HUGE_VAL, distance;
      Thing *found = NULL;
      guint which = 0;

      for (guint i = 0; i < things->len; i++)
        {
          Thing *thing = &g_array_index (things, Thing, i);
          const MonocleWorldSight expected = expect (thing, frame);

          if (thing->is_seen[frame] || frame - thing->n_frames > MOST_MISSING)
            continue;
          for (guint j = 0; j < n; j++)
            if (!is_taken[j] && is_alike (&expected, get_sight (frames, frame, j), &distance)
                && distance < best)
              {
                best = distance;
                found = thing;
                which = j;
              }
        }
      if (!found)
        return;
      is_taken[which] = TRUE;
      found->sights[frame] = *get_sight (frames, frame, which);
      found->is_seen[frame] = TRUE;
    }
}

/* What is seen now counts from now on: nobody is asked about twice in a frame. */
static void
end_frame (GArray *things, guint frame)
{
  for (guint i = 0; i < things->len; i++)
    {
      Thing *thing = &g_array_index (things, Thing, i);

      if (thing->is_seen[frame])
        thing->n_frames = frame + 1;
    }
}

static void
fill_gaps (Thing *thing)
{
  guint last = 0;

  for (guint t = 1; t < thing->n_frames; t++)
    {
      if (!thing->is_seen[t])
        continue;
      for (guint gap = last + 1; gap < t; gap++)
        {
          const MonocleWorldSight *a = &thing->sights[last], *b = &thing->sights[t];
          const double share = (double) (gap - last) / (t - last);

          thing->sights[gap] = (MonocleWorldSight){ .x = a->x + (b->x - a->x) * share,
                                                    .y = a->y + (b->y - a->y) * share,
                                                    .radius = a->radius };
        }
      last = t;
    }
}

static double
take_middle (double a, double b, double c)
{
  return MAX (MIN (a, b), MIN (MAX (a, b), c));
}

/* Where it is at some time, but for a jump to elsewhere and back, which no thing makes. */
static void
smooth (const Thing *thing, guint frame, double *x, double *y)
{
  const MonocleWorldSight *sights = thing->sights + frame - 1;

  *x = take_middle (sights[0].x, sights[1].x, sights[2].x);
  *y = take_middle (sights[0].y, sights[1].y, sights[2].y);
}

/* How far it comes: of many frames all but the ends. */
static double
measure_way (const Thing *thing)
{
  const gboolean is_long = thing->n_frames > 4;
  double way = 0, first_x = thing->sights[0].x, first_y = thing->sights[0].y;

  if (is_long)
    smooth (thing, 1, &first_x, &first_y);
  for (guint t = is_long ? 1 : 0; t < thing->n_frames - (is_long ? 1 : 0); t++)
    {
      double x = thing->sights[t].x, y = thing->sights[t].y;

      if (is_long)
        smooth (thing, t, &x, &y);
      way = MAX (way, hypot (x - first_x, y - first_y));
    }
  return way;
}

/* (transfer full) (element-type Thing) */
static GArray *
follow_all (GPtrArray *frames)
{
  GArray *things = g_array_new (FALSE, FALSE, sizeof (Thing));
  const guint n = ((GArray *) frames->pdata[0])->len;

  g_array_set_clear_func (things, thing_clear);
  for (guint i = 0; i < n; i++)
    {
      Thing thing = { .sights = g_new0 (MonocleWorldSight, frames->len),
                      .is_seen = g_new0 (gboolean, frames->len),
                      .n_frames = 1 };

      thing.sights[0] = *get_sight (frames, 0, i);
      thing.is_seen[0] = TRUE;
      g_array_append_val (things, thing);
    }
  for (guint t = 1; t < frames->len; t++)
    {
      follow_into (things, frames, t);
      end_frame (things, t);
    }
  for (guint i = 0; i < things->len; i++)
    {
      Thing *thing = &g_array_index (things, Thing, i);

      fill_gaps (thing);
      thing->way = measure_way (thing);
    }
  return things;
}

/* Those that move most first. */
static int
compare_ways (gconstpointer a, gconstpointer b)
{
  const Thing *left = a, *right = b;

  return left->way < right->way ? 1 : left->way > right->way ? -1 : 0;
}

static gboolean
is_followed (const Thing *thing)
{
  return thing->n_frames >= LEAST_FRAMES && thing->way >= LEAST_WAY;
}

static MonocleTracks *
make_tracks (const GArray *things, guint n_things, guint n_frames)
{
  MonocleTracks *tracks = monocle_tracks_new (n_things, n_frames);

  for (guint i = 0; i < n_things; i++)
    for (guint t = 0; t < n_frames; t++)
      {
        const MonocleWorldSight *sight = &g_array_index (things, Thing, i).sights[t];

        tracks->places[((gsize) t * n_things + i) * 2] = (float) sight->x;
        tracks->places[((gsize) t * n_things + i) * 2 + 1] = (float) sight->y;
        tracks->radii[i] += (float) (sight->radius / n_frames);
      }
  return tracks;
}

MonocleTracks *
monocle_world_follow (GPtrArray *frames, guint most_things, GError **error)
{
  g_autoptr (GArray) things = NULL;
  guint n_things = 0, n_frames = frames->len;

  g_return_val_if_fail (frames->len > 0, NULL);

  things = follow_all (frames);
  for (guint i = 0; i < things->len; i++)
    if (!is_followed (&g_array_index (things, Thing, i)))
      g_array_remove_index (things, i--);
  g_array_sort (things, compare_ways);
  for (; n_things < MIN (things->len, most_things); n_things++)
    n_frames = MIN (n_frames, g_array_index (things, Thing, n_things).n_frames);
  if (n_things > 0)
    return make_tracks (things, n_things, n_frames);
  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                       _ ("Nothing was found that can be followed through these frames and "
                          "moves. It is the model that is asked about pictures that looks for "
                          "it: a larger one may see what this one does not."));
  return NULL;
}

MonocleTracks *
monocle_world_follow_later (GPtrArray *frames, guint most_things, guint *first, GError **error)
{
  MonocleTracks *tracks = monocle_world_follow (frames, most_things, error);

  *first = 0;
  for (guint from = 1; !tracks && from + LEAST_LATER <= frames->len; from++)
    {
      g_autoptr (GPtrArray) later = g_ptr_array_new ();

      for (guint t = from; t < frames->len; t++)
        g_ptr_array_add (later, frames->pdata[t]);
      tracks = monocle_world_follow (later, most_things, NULL);
      if (tracks && tracks->n_frames < LEAST_LATER)
        g_clear_pointer (&tracks, monocle_tracks_free);
      *first = from;
    }
  if (tracks)
    g_clear_error (error);
  return tracks;
}
