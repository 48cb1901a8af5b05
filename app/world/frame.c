/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/frame.h"

#include <math.h>
#include <string.h>

#define SIDE MONOCLE_WORLD_FRAME_SIDE

/* A ball is looked for so far from its place, in units, in steps, and in finer ones around that. */
#define FAR  2.0
#define STEP 0.5
#define FINE 0.125

const double monocle_world_colours[MONOCLE_WORLD_N_COLOURS][3]
    = { { 0.11, 0.44, 0.85 }, { 0.90, 0.38, 0.00 }, { 0.18, 0.60, 0.30 }, { 0.55, 0.25, 0.70 } };

static const double stone[3] = { 0.42, 0.42, 0.46 };

/* --- drawing ------------------------------------------------------------------------------ */

static void
get_ground (double y, double colour[3])
{
  const double level = 0.97 - 0.12 * y / SIDE;

  colour[0] = colour[1] = level;
  colour[2] = MIN (level + 0.02, 1);
}

static void
cover (double colour[3], const double above[3], double share)
{
  for (guint c = 0; c < 3; c++)
    colour[c] += share * (above[c] - colour[c]);
}

static double
within (double share)
{
  return CLAMP (share, 0, 1);
}

/* How far a point is above a ramp that leans on the left wall. */
static double
measure_slope (double x, double y, double reach, double top)
{
  const double height = MONOCLE_WORLD_SIDE - top;

  return (x * height - (y - top) * reach) / hypot (height, reach);
}

/* How much of a pixel an obstacle covers. */
static double
cover_obstacle (const MonocleObstacle *self, double x, double y)
{
  switch (self->kind)
    {
    case MONOCLE_OBSTACLE_BOX:
      return within (x - self->left + 0.5) * within (self->right - x + 0.5)
             * within (y - self->top + 0.5);
    case MONOCLE_OBSTACLE_RAMP_LEFT:
      return within (0.5 - measure_slope (x, y, self->right, self->top));
    case MONOCLE_OBSTACLE_RAMP_RIGHT:
      return within (
          0.5
          - measure_slope (MONOCLE_WORLD_SIDE - x, y, MONOCLE_WORLD_SIDE - self->left, self->top));
    case MONOCLE_OBSTACLE_NONE:
    case MONOCLE_N_OBSTACLE_KINDS:
    default:
      return 0;
    }
}

/* One pixel; its middle is at x, y. */
static void
get_pixel (const MonocleWorldScene *scene,
           const double places[MONOCLE_WORLD_MAX_BALLS][2],
           double x,
           double y,
           double colour[3])
{
  get_ground (y, colour);
  cover (colour, stone, cover_obstacle (&scene->obstacle, x, y));
  for (guint i = 0; i < scene->n_balls; i++)
    {
      const MonocleWorldBall *ball = &scene->balls[i];
      const double far = hypot (x - places[i][0], y - places[i][1]);

      cover (colour, monocle_world_colours[ball->colour], within (ball->radius + 0.5 - far));
    }
}

static MonocleImage *
take_pixels (guint8 *pixels)
{
  return monocle_image_new_take_pixels (SIDE, SIDE, pixels, NULL);
}

MonocleImage *
monocle_world_frame_draw (const MonocleWorldScene *scene,
                          const double places[MONOCLE_WORLD_MAX_BALLS][2])
{
  guint8 *pixels = g_malloc (3 * SIDE * SIDE), *at = pixels;

  for (guint y = 0; y < SIDE; y++)
    for (guint x = 0; x < SIDE; x++)
      {
        double colour[3];

        get_pixel (scene, places, x + 0.5, y + 0.5, colour);
        for (guint c = 0; c < 3; c++)
          *at++ = (guint8) lround (colour[c] * 255);
      }
  return take_pixels (pixels);
}

/* --- pictures of others ------------------------------------------------------------------- */

/* The mean of what lies below a pixel; at least one pixel does. */
static void
get_mean (MonocleImage *image, double left, double top, double scale, double colour[3])
{
  const guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const guint8 *pixels = monocle_image_get_pixels (image);
  const guint first_x = (guint) CLAMP (left, 0, width - 1.0);
  const guint first_y = (guint) CLAMP (top, 0, height - 1.0);
  const guint end_x = (guint) CLAMP (ceil (left + scale), first_x + 1.0, width);
  const guint end_y = (guint) CLAMP (ceil (top + scale), first_y + 1.0, height);
  const double n = (double) (end_x - first_x) * (end_y - first_y) * 255;

  colour[0] = colour[1] = colour[2] = 0;
  for (guint y = first_y; y < end_y; y++)
    for (guint x = first_x; x < end_x; x++)
      for (guint c = 0; c < 3; c++)
        colour[c] += pixels[3 * ((gsize) y * width + x) + c] / n;
}

MonocleImage *
monocle_world_frame_of_image (MonocleImage *image)
{
  const double width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const double scale = MAX (width, height) / SIDE;
  guint8 *pixels = g_malloc (3 * SIDE * SIDE), *at = pixels;

  for (guint v = 0; v < SIDE; v++)
    for (guint u = 0; u < SIDE; u++)
      {
        const double x = u * scale - (SIDE * scale - width) / 2;
        const double y = v * scale - (SIDE * scale - height);
        double colour[3];

        if (x > -scale / 2 && x < width - scale / 2 && y > -scale / 2)
          get_mean (image, x, y, scale, colour);
        else
          get_ground (v + 0.5, colour);
        for (guint c = 0; c < 3; c++)
          *at++ = (guint8) lround (colour[c] * 255);
      }
  return take_pixels (pixels);
}

/* --- comparing ---------------------------------------------------------------------------- */

double
monocle_world_frame_compare (MonocleImage *a, MonocleImage *b)
{
  const guint8 *left = monocle_image_get_pixels (a), *right = monocle_image_get_pixels (b);
  double sum = 0;

  for (guint i = 0; i < 3 * SIDE * SIDE; i++)
    sum += pow ((left[i] - right[i]) / 255.0, 2) / (3 * SIDE * SIDE);
  return -10 * log10 (MAX (sum, 1e-9));
}

/* How unlike a frame is what would be there, around a ball. */
static double
differ (MonocleImage *frame,
        const MonocleWorldScene *scene,
        const double places[MONOCLE_WORLD_MAX_BALLS][2],
        const double around[2],
        double within_far)
{
  const guint8 *pixels = monocle_image_get_pixels (frame);
  double sum = 0;

  for (guint y = 0; y < SIDE; y++)
    for (guint x = 0; x < SIDE; x++)
      {
        double colour[3];

        if (fabs (x + 0.5 - around[0]) > within_far || fabs (y + 0.5 - around[1]) > within_far)
          continue;
        get_pixel (scene, places, x + 0.5, y + 0.5, colour);
        for (guint c = 0; c < 3; c++)
          sum += pow (pixels[3 * (y * SIDE + x) + c] / 255.0 - colour[c], 2);
      }
  return sum;
}

/* The best place among those around one, so far away in such steps. */
static void
search (MonocleImage *frame,
        const MonocleWorldScene *scene,
        const double places[MONOCLE_WORLD_MAX_BALLS][2],
        guint ball,
        double far,
        double step,
        double found[2])
{
  const int n = (int) lround (far / step);
  const double *around = places[ball], middle[2] = { found[0], found[1] };
  double best = HUGE_VAL, moved[MONOCLE_WORLD_MAX_BALLS][2];

  memcpy (moved, places, sizeof moved);
  for (int i = -n; i <= n; i++)
    for (int k = -n; k <= n; k++)
      {
        double unlike;

        moved[ball][0] = middle[0] + i * step;
        moved[ball][1] = middle[1] + k * step;
        unlike = differ (frame, scene, (const double (*)[2]) moved, around,
                         scene->balls[ball].radius + FAR);
        if (unlike < best)
          {
            best = unlike;
            found[0] = moved[ball][0];
            found[1] = moved[ball][1];
          }
      }
}

static double
get_distance (const guint8 *pixel, const double colour[3])
{
  double sum = 0;

  for (guint c = 0; c < 3; c++)
    sum += pow (pixel[c] / 255.0 - colour[c], 2);
  return sum;
}

/* Of what is well inside of a ball, more is like the ground. */
static gboolean
is_lost (MonocleImage *frame, const MonocleWorldBall *ball, const double place[2])
{
  const guint8 *pixels = monocle_image_get_pixels (frame);
  guint n = 0, n_missing = 0;

  for (guint y = 0; y < SIDE; y++)
    for (guint x = 0; x < SIDE; x++)
      {
        const guint8 *pixel = pixels + 3 * (y * SIDE + x);
        double ground[3];

        if (hypot (x + 0.5 - place[0], y + 0.5 - place[1]) > ball->radius - 0.5)
          continue;
        get_ground (y + 0.5, ground);
        n++;
        n_missing += get_distance (pixel, ground)
                     < get_distance (pixel, monocle_world_colours[ball->colour]);
      }
  return 2 * n_missing > n;
}

MonocleWorldFound
monocle_world_frame_find (MonocleImage *frame,
                          const MonocleWorldScene *scene,
                          const double places[MONOCLE_WORLD_MAX_BALLS][2],
                          guint ball)
{
  double found[2] = { places[ball][0], places[ball][1] };

  search (frame, scene, places, ball, FAR, STEP, found);
  search (frame, scene, places, ball, STEP - FINE, FINE, found);
  return (MonocleWorldFound){ .off = hypot (found[0] - places[ball][0], found[1] - places[ball][1]),
                              .is_lost = is_lost (frame, &scene->balls[ball], places[ball]) };
}
