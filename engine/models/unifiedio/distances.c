/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far tokens are apart, as rows of the tables. Those of texts are T5's: Raffel et al. 2019.
 */
#include "config.h"

#include <math.h>

#include "engine/models/unifiedio/formulas.h"

/* Beyond these all is far. */
#define FAR_IN_TEXT  128
#define FAR_IN_IMAGE 20

/* Distances of a side of a quadrant. */
#define SIDE 8

/* Of @n buckets half are of one distance each, the others of ever more, up to @far. */
static guint
find_bucket (guint distance, guint n, guint far)
{
  const guint exact = n / 2;
  double beyond;

  if (distance < exact)
    return distance;
  beyond = log (distance / (double) exact) / log (far / (double) exact) * (n - exact);
  return MIN (exact + (guint) beyond, n - 1);
}

/* @distance: the key's place less the query's */
static guint32
find_in_text (gint distance, gboolean is_causal)
{
  const guint n = MONOCLE_UNIFIEDIO_TEXT_DISTANCES;

  if (is_causal)
    return find_bucket ((guint) MAX (-distance, 0), n, FAR_IN_TEXT);
  return (distance > 0 ? n / 2 : 0) + find_bucket ((guint) ABS (distance), n / 2, FAR_IN_TEXT);
}

/* The query's column and row less the key's. */
static guint32
find_in_image (gint x, gint y)
{
  guint quadrant = 0;

  if (x <= 0 && y < 0)
    quadrant = 3;
  else if (x < 0 && y >= 0)
    quadrant = 2;
  else if (x > 0 && y <= 0)
    quadrant = 1;
  return quadrant * SIDE * SIDE + find_bucket ((guint) ABS (x), SIDE, FAR_IN_IMAGE)
         + SIDE * find_bucket ((guint) ABS (y), SIDE, FAR_IN_IMAGE);
}

void
monocle_unifiedio_index (const MonocleUnifiedioToken *tokens,
                         guint n,
                         guint columns,
                         gboolean is_causal,
                         guint32 *text_index,
                         guint32 *image_index)
{
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++, text_index++, image_index++)
      {
        const gint from = (gint) tokens[i].place, to = (gint) tokens[j].place;
        const gint side = (gint) columns;

        *text_index = *image_index = G_MAXUINT32;
        if (!tokens[i].is_image && !tokens[j].is_image)
          *text_index = find_in_text (to - from, is_causal);
        else if (tokens[i].is_image && tokens[j].is_image)
          *image_index = find_in_image (from % side - to % side, from / side - to / side);
      }
}

void
monocle_unifiedio_number (const MonocleUnifiedioConfig *config,
                          const MonocleUnifiedioToken *tokens,
                          guint n,
                          guint32 *places,
                          guint32 *segments)
{
  for (guint i = 0; i < n; i++)
    {
      places[i] = tokens[i].place + (tokens[i].is_image ? config->n_text_places : 0);
      segments[i] = tokens[i].is_image ? 1 : 0;
    }
}
