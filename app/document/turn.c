/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/turn.h"

#include "app/base/error.h"
#include "engine/engine.h"

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
  gssize n_channels;
  gssize width;
  gssize first, end;
  Walk walk;
} Band;

static void
turn_tile (const Band *band, gssize left, gssize top)
{
  const Walk *walk = &band->walk;
  const gssize n = band->n_channels;

  for (gssize y = top; y < MIN (top + TILE, band->end); y++)
    for (gssize x = left; x < MIN (left + TILE, band->width); x++)
      {
        const guint8 *source = band->from + n * (y * band->width + x);
        guint8 *target = band->to + n * (walk->origin + x * walk->step_x + y * walk->step_y);

        for (gssize c = 0; c < n; c++)
          target[c] = source[c];
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

/* NULL without memory. @n_channels: bytes of a pixel */
static guint8 *
turn_plane (const MonocleImage *image, const guint8 *plane, guint n_channels, guint quarters)
{
  const guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  guint8 *turned = g_try_malloc_n ((gsize) width * height, n_channels);

  if (turned)
    turn_pixels (&(Band){ .from = plane,
                          .to = turned,
                          .n_channels = n_channels,
                          .width = width,
                          .end = height,
                          .walk = plan_walk (quarters % 4, width, height) });
  return turned;
}

MonocleImage *
monocle_turn_image (MonocleImage *image, guint quarters, GError **error)
{
  const guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const guint8 *alpha = monocle_image_get_alpha (image);
  const gboolean swaps = quarters % 2 == 1;
  g_autofree guint8 *pixels = NULL;
  g_autofree guint8 *plane = NULL;

  if (quarters % 4 == 0)
    return monocle_image_ref (image);

  pixels = turn_plane (image, monocle_image_get_pixels (image), 3, quarters);
  plane = alpha ? turn_plane (image, alpha, 1, quarters) : NULL;
  if (!pixels || (alpha && !plane))
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_OUT_OF_MEMORY,
                           "There is too little memory to turn the picture");
      return NULL;
    }
  return monocle_image_new_take_planes (swaps ? height : width, swaps ? width : height,
                                        g_steal_pointer (&pixels), g_steal_pointer (&plane),
                                        monocle_image_is_partial (image), error);
}
