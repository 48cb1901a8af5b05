/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/turn.h"

#include "app/base/error.h"
#include "app/base/parallel.h"
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

static void
turn_rows (guint first, guint end, gpointer whole)
{
  Band band = *(const Band *) whole;

  band.first = first;
  band.end = end;
  for (gssize y = band.first; y < band.end; y += TILE)
    for (gssize x = 0; x < band.width; x += TILE)
      turn_tile (&band, x, y);
}

/* Less is done sooner than a thread is started. */
#define MIN_BAND_PIXELS (1024 * 1024)

/* The person waits for it, and pictures can have hundreds of millions of pixels. */
static void
turn_pixels (Band *whole)
{
  const gssize n_tiles = MIN_BAND_PIXELS / TILE / whole->width + 1;

  monocle_parallel_run ((guint) whole->end, (guint) (n_tiles * TILE), turn_rows, whole);
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
