/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/turn.h"

#include "app/error.h"
#include "engine/engine.h"

void
monocle_turn_points (float *points, guint n_points, guint quarters, guint width, guint height)
{
  const float w = (float) width, h = (float) height;

  for (guint i = 0; i < n_points; i++)
    {
      const float x = points[2 * i], y = points[2 * i + 1];

      switch (quarters % 4)
        {
        case 1:
          points[2 * i] = h - y;
          points[2 * i + 1] = x;
          break;
        case 2:
          points[2 * i] = w - x;
          points[2 * i + 1] = h - y;
          break;
        case 3:
          points[2 * i] = y;
          points[2 * i + 1] = w - x;
          break;
        default:
          return;
        }
    }
}

MonocleBox
monocle_turn_box (const MonocleBox *box, guint quarters, guint width, guint height)
{
  float points[4] = { box->x1, box->y1, box->x2, box->y2 };

  if (quarters % 4 == 0)
    return *box;

  monocle_turn_points (points, 2, quarters, width, height);
  return (MonocleBox){ .x1 = MIN (points[0], points[2]),
                       .y1 = MIN (points[1], points[3]),
                       .x2 = MAX (points[0], points[2]),
                       .y2 = MAX (points[1], points[3]) };
}

void
monocle_turn_object (MonocleObject *object, guint quarters, guint width, guint height)
{
  object->box = monocle_turn_box (&object->box, quarters, width, height);
  monocle_turn_points (object->quad, 4, quarters, width, height);
  for (guint i = 0; i < object->n_polygons; i++)
    monocle_turn_points (object->polygons[i].points, object->polygons[i].n_points, quarters, width,
                         height);
}

/* Side of the squares that are turned one after the other: their rows and columns both stay in the
 * processor's cache, without which a large picture takes several times as long. */
#define TILE 64

/* Where the pixel (0, 0) comes to lie, and how far apart neighbours in x and in y are then. */
typedef struct
{
  gssize origin, step_x, step_y;
} Walk;

static Walk
plan_walk (guint quarters, gssize width, gssize height)
{
  switch (quarters)
    {
    case 1:
      return (Walk){ .origin = height - 1, .step_x = height, .step_y = -1 };
    case 2:
      return (Walk){ .origin = width * height - 1, .step_x = -1, .step_y = -width };
    case 3:
    default:
      return (Walk){ .origin = (width - 1) * height, .step_x = -height, .step_y = 1 };
    }
}

/* Rows of a picture that one thread turns. */
typedef struct
{
  const guint8 *from;
  guint8 *to;
  gssize width;
  gssize first, end;
  Walk walk;
} Band;

static void
turn_tile (const Band *band, gssize left, gssize top)
{
  const Walk *walk = &band->walk;

  for (gssize y = top; y < MIN (top + TILE, band->end); y++)
    for (gssize x = left; x < MIN (left + TILE, band->width); x++)
      {
        const guint8 *source = band->from + 3 * (y * band->width + x);
        guint8 *target = band->to + 3 * (walk->origin + x * walk->step_x + y * walk->step_y);

        target[0] = source[0];
        target[1] = source[1];
        target[2] = source[2];
      }
}

static gpointer
turn_band (gpointer data)
{
  const Band *band = data;

  for (gssize y = band->first; y < band->end; y += TILE)
    for (gssize x = 0; x < band->width; x += TILE)
      turn_tile (band, x, y);

  return NULL;
}

#define MAX_THREADS 16
/* Less is done sooner than a thread is started. */
#define MIN_BAND_PIXELS (1024 * 1024)

static guint
count_bands (gssize n_pixels)
{
  return (guint) CLAMP (n_pixels / MIN_BAND_PIXELS, 1,
                        (gssize) MIN (g_get_num_processors (), MAX_THREADS));
}

/* The person waits for it, and pictures can have hundreds of millions of pixels. */
static void
turn_pixels (const Band *whole)
{
  const gssize height = whole->end;
  const guint n_bands = count_bands (whole->width * height);
  Band bands[MAX_THREADS];
  GThread *threads[MAX_THREADS];

  for (guint i = 0; i < n_bands; i++)
    {
      bands[i] = *whole;
      bands[i].first = height * i / n_bands;
      bands[i].end = height * (i + 1) / n_bands;
      threads[i] = i > 0 ? g_thread_try_new ("monocle-turn", turn_band, &bands[i], NULL) : NULL;
    }
  for (guint i = 0; i < n_bands; i++)
    if (threads[i])
      g_thread_join (threads[i]);
    else
      turn_band (&bands[i]);
}

MonocleImage *
monocle_turn_image (MonocleImage *image, guint quarters, GError **error)
{
  const guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const gboolean swaps = quarters % 2 == 1;
  guint8 *pixels;

  if (quarters % 4 == 0)
    return monocle_image_ref (image);

  pixels = g_try_malloc_n ((gsize) width * height, 3);
  if (!pixels)
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                           "There is too little memory to turn the picture");
      return NULL;
    }

  turn_pixels (&(Band){ .from = monocle_image_get_pixels (image),
                        .to = pixels,
                        .width = width,
                        .end = height,
                        .walk = plan_walk (quarters % 4, width, height) });
  return monocle_image_new_take_pixels (swaps ? height : width, swaps ? width : height, pixels,
                                        error);
}
