/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/turn.h"

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

static void
turn_tile (const guint8 *from, guint8 *to, gssize width, const Walk *walk, const gssize tile[4])
{
  for (gssize y = tile[1]; y < tile[3]; y++)
    for (gssize x = tile[0]; x < tile[2]; x++)
      {
        const guint8 *source = from + 3 * (y * width + x);
        guint8 *target = to + 3 * (walk->origin + x * walk->step_x + y * walk->step_y);

        target[0] = source[0];
        target[1] = source[1];
        target[2] = source[2];
      }
}

MonocleImage *
monocle_turn_image (MonocleImage *image, guint quarters, GError **error)
{
  const gssize width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const Walk walk = plan_walk (quarters % 4, width, height);
  const gboolean swaps = quarters % 2 == 1;
  g_autofree guint8 *pixels = NULL;

  if (quarters % 4 == 0)
    return monocle_image_ref (image);

  pixels = g_try_malloc_n ((gsize) width * (gsize) height, 3);
  if (!pixels)
    {
      g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                           "There is too little memory to turn the picture");
      return NULL;
    }

  for (gssize y = 0; y < height; y += TILE)
    for (gssize x = 0; x < width; x += TILE)
      turn_tile (monocle_image_get_pixels (image), pixels, width, &walk,
                 (const gssize[]){ x, y, MIN (x + TILE, width), MIN (y + TILE, height) });

  return monocle_image_new_from_pixels ((guint) (swaps ? height : width),
                                        (guint) (swaps ? width : height),
                                        3 * (gsize) (swaps ? height : width), pixels, error);
}
