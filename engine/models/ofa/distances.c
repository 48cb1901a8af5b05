/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/ofa/distances.h"

#include <math.h>

/* From the end of a table of pictures: from the start to a piece, from a piece to the start, the
 * start itself. */
#define FROM_START 3
#define TO_START   2
#define START      1

guint32
monocle_ofa_distance_in_text (const MonocleOfaConfig *config, gint distance)
{
  const gint middle = (gint) config->token_buckets / 2, far = ABS (distance);
  gint bucket = far;

  if (far > middle)
    bucket = (gint) ceil (log (far / (double) middle)
                          / log ((config->n_positions - 1) / (double) middle) * (middle - 1))
             + middle;
  bucket = MIN (bucket, (gint) config->token_buckets - 1);
  return (guint32) ((distance < 0 ? -bucket : bucket) + (gint) config->token_buckets - 1);
}

guint32
monocle_ofa_distance_in_image (const MonocleOfaConfig *config, gint rows, gint columns)
{
  const gint last = (gint) config->image_side - 1;

  return (guint32) ((rows + last) * (2 * last + 1) + columns + last);
}

guint32
monocle_ofa_place_in_image (const MonocleOfaConfig *config, guint row, guint column)
{
  return row * config->image_side + column + 1;
}

void
monocle_ofa_index_prompt (
    const MonocleOfaConfig *config, guint rows, guint columns, guint n, guint32 *index)
{
  const guint n_image = rows * columns;
  const guint32 first = monocle_ofa_config_count_image_distances (config);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++, index++)
      if (i < n_image && j < n_image)
        *index = monocle_ofa_distance_in_image (config, (gint) (i / columns) - (gint) (j / columns),
                                                (gint) (i % columns) - (gint) (j % columns));
      else if (i >= n_image && j >= n_image)
        *index = first + monocle_ofa_distance_in_text (config, (gint) i - (gint) j);
      else
        *index = MONOCLE_OFA_NO_DISTANCE;
}

guint
monocle_ofa_count_answer (const MonocleOfaConfig *config, MonocleOfaKind kind)
{
  return kind == MONOCLE_OFA_TEXT ? config->n_positions : config->code_side * config->code_side + 1;
}

static void
index_text (const MonocleOfaConfig *config, guint n, guint32 *index, guint32 *places)
{
  for (guint i = 0; i < n; i++)
    {
      places[i] = i;
      for (guint j = 0; j < n; j++)
        *index++ = monocle_ofa_distance_in_text (config, (gint) i - (gint) j);
    }
}

/* A picture that begins with the start. */
static void
index_codes (const MonocleOfaConfig *config, guint n, guint32 *index, guint32 *places)
{
  const guint32 end = monocle_ofa_config_count_image_distances (config);
  const guint side = config->code_side;

  for (guint i = 0; i < n; i++)
    {
      places[i] = i == 0 ? 0 : monocle_ofa_place_in_image (config, (i - 1) / side, (i - 1) % side);
      for (guint j = 0; j < n; j++)
        if (i == 0 || j == 0)
          *index++ = end - (i == j ? START : i == 0 ? FROM_START : TO_START);
        else
          *index++ = monocle_ofa_distance_in_image (
              config, (gint) ((i - 1) / side) - (gint) ((j - 1) / side),
              (gint) ((i - 1) % side) - (gint) ((j - 1) % side));
    }
}

void
monocle_ofa_index_answer (const MonocleOfaConfig *config,
                          MonocleOfaKind kind,
                          guint32 *index,
                          guint32 *places)
{
  const guint n = monocle_ofa_count_answer (config, kind);

  if (kind == MONOCLE_OFA_TEXT)
    index_text (config, n, index, places);
  else
    index_codes (config, n, index, places);
}
