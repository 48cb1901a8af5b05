/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that has a colour for each thing, on black, to masks: the first is white, others are
 * red, green and blue. Specks are none. Numbers are those of the reference.
 */
#include "config.h"

#include "engine/models/unifiedio/private.h"

#include <math.h>

#include "engine/answer/result-private.h"

#define SIDE MONOCLE_UNIFIEDIO_DRAWN_SIDE

#define DARK     30  /* on average: nothing is there */
#define GREY     100 /* channels that are off their mean by less, together: white */
#define COLOURED 40  /* a channel that is above its mean by more */
#define SPECK    10  /* pixels, that hang together, of what counts for nothing */

/* White, and one of each channel. */
#define N_COLOURS 4

/* A map of what has been drawn: [SIDE, SIDE]. */
typedef guint8 *Map;

/* Which colours a pixel can be of: bits, white first. */
static guint
find_colours (const guint8 *pixel)
{
  const double mean = (pixel[0] + pixel[1] + pixel[2]) / 3.0;
  double off = 0;
  guint best = 0, found = 0;

  for (guint c = 0; c < 3; c++)
    {
      off += fabs (pixel[c] - mean);
      if (pixel[c] > pixel[best])
        best = c;
    }
  if (mean > DARK && off < GREY)
    found |= 1;
  if (pixel[best] - mean > COLOURED)
    found |= 1u << (best + 1);
  return found;
}

/* Pixels of one colour that hang together with the one at @start, side by side. They are taken out
 * of @map, and listed in @found. */
static void
take_together (Map map, guint start, GArray *found)
{
  g_array_set_size (found, 0);
  map[start] = FALSE;
  g_array_append_val (found, start);
  for (guint i = 0; i < found->len; i++)
    {
      const guint at = g_array_index (found, guint, i);
      const guint x = at % SIDE, y = at / SIDE;
      const gboolean is_inside[] = { x > 0, x + 1 < SIDE, y > 0, y + 1 < SIDE };
      const guint next[] = { at - 1, at + 1, at - SIDE, at + SIDE };

      for (guint k = 0; k < G_N_ELEMENTS (next); k++)
        if (is_inside[k] && map[next[k]])
          {
            map[next[k]] = FALSE;
            g_array_append_val (found, next[k]);
          }
    }
}

/* Leaves out specks. Returns: whether anything is left */
static gboolean
clean (Map map)
{
  g_autofree guint8 *left = g_new0 (guint8, SIDE * SIDE);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean any = FALSE;

  for (guint i = 0; i < SIDE * SIDE; i++)
    {
      if (!map[i])
        continue;
      take_together (map, i, found);
      for (guint k = 0; k < found->len && found->len > SPECK; k++)
        left[g_array_index (found, guint, k)] = any = TRUE;
    }
  for (guint i = 0; i < SIDE * SIDE; i++)
    map[i] = left[i];
  return any;
}

void
monocle_unifiedio_add_masks (
    MonocleResult *result, MonocleImage *drawn, const char *label, guint width, guint height)
{
  const guint8 *pixels = monocle_image_get_pixels (drawn);
  const MonocleDrawingCover cover = monocle_unifiedio_find_cover (width, height);
  g_autofree guint8 *map = g_new (guint8, SIDE * SIDE);

  for (guint colour = 0; colour < N_COLOURS; colour++)
    {
      g_autoptr (MonocleMaskRuns) mask = NULL;

      for (guint i = 0; i < SIDE * SIDE; i++)
        map[i] = (find_colours (pixels + 3 * (gsize) i) >> colour) & 1;
      if (!clean (map))
        continue;
      mask = monocle_drawing_spread (map, SIDE, &cover);
      /* What was drawn beside the picture lies on none of it. */
      if (monocle_mask_runs_get_area (mask) > 0)
        {
          const MonocleObject object = { g_strdup (label), monocle_shape_new_mask (mask), NAN };

          monocle_result_take_object (result, &object);
        }
    }
}
