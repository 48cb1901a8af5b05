/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where tokens are, as turns of the pairs of a head, and as rows that towers add. Few and always
 * the same, they are made on the host.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/unifiedio2/formulas.h"

#define BASE 1e4

static void
turn (double angle, float *pair)
{
  pair[0] = (float) cos (angle);
  pair[1] = (float) sin (angle);
}

void
monocle_unifiedio2_turn_line (const MonocleUnifiedio2Config *config, guint n, float *angles)
{
  const guint width = config->head_width;

  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < width; k += 2)
      turn (i * pow (BASE, -(double) k / width), angles + (gsize) i * width + k);
}

/* One half of the channels turns by the row, the other by the column. */
void
monocle_unifiedio2_turn_grid (
    const MonocleUnifiedio2Config *config, guint rows, guint columns, double step, float *angles)
{
  const guint half = config->head_width / 2;

  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++, angles += 2 * half)
      for (guint k = 0; k < half; k += 2)
        {
          const double ratio = step * pow (BASE, -(double) k / half);

          turn (y * ratio, angles + k);
          turn (x * ratio, angles + half + k);
        }
}

/* --- what towers add ---------------------------------------------------------------------- */

/* Cubic convolution with a = -0.5. */
static double
weigh (double x)
{
  x = fabs (x);
  if (x < 1)
    return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/* What each of @m places of a side takes of @n, smoothed where it shrinks. (transfer full): [m, n]
 */
static double *
make_weights (guint n, guint m)
{
  double *weights = g_new0 (double, (gsize) m *n);
  const double ratio = (double) n / m, wide = MAX (ratio, 1);

  for (guint i = 0; i < m; i++)
    {
      const double middle = (i + 0.5) * ratio;
      const guint first = (guint) MAX (middle - 2 * wide + 0.5, 0);
      const guint end = MIN ((guint) (middle + 2 * wide + 0.5), n);
      double sum = 0;

      for (guint k = first; k < end; k++)
        sum += weights[(gsize) i * n + k] = weigh ((k - middle + 0.5) / wide);
      for (guint k = first; k < end; k++)
        weights[(gsize) i * n + k] /= sum;
    }
  return weights;
}

/* A square of @side to @rows times @columns. */
static void
spread (const float *square, guint side, guint rows, guint columns, guint channels, float *places)
{
  g_autofree double *down = make_weights (side, rows);
  g_autofree double *across = make_weights (side, columns);
  g_autofree double *sum = g_new (double, channels);

  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++, places += channels)
      {
        memset (sum, 0, channels * sizeof *sum);
        for (guint i = 0; i < side; i++)
          for (guint j = 0; j < side; j++)
            {
              const double weight = down[(gsize) y * side + i] * across[(gsize) x * side + j];
              const float *place = square + ((gsize) i * side + j) * channels;

              for (guint c = 0; fpclassify (weight) != FP_ZERO && c < channels; c++)
                sum[c] += weight * (double) place[c];
            }
        for (guint c = 0; c < channels; c++)
          places[c] = (float) sum[c];
      }
}

void
monocle_unifiedio2_spread_places (const MonocleUnifiedio2Config *config,
                                  MonocleUnifiedio2Sense sense,
                                  const float *table,
                                  float *places)
{
  const gboolean is_image = sense == MONOCLE_UNIFIEDIO2_IMAGE;
  const MonocleUnifiedio2Tower *tower = is_image ? &config->image : &config->audio;
  const guint n_leading = monocle_unifiedio2_count_leading (sense), c = tower->channels;
  const guint side = (guint) sqrt (tower->n_places - n_leading);

  memcpy (places, table, (gsize) n_leading * c * sizeof *places);
  table += (gsize) n_leading * c;
  places += (gsize) n_leading * c;
  if (is_image && (side != tower->rows || side != tower->columns))
    {
      spread (table, side, tower->rows, tower->columns, c, places);
      return;
    }
  /* The table of sounds goes by columns. */
  for (guint y = 0; y < tower->rows; y++)
    for (guint x = 0; x < tower->columns; x++, places += c)
      memcpy (places, table + (gsize) (is_image ? y * tower->columns + x : x * tower->rows + y) * c,
              c * sizeof *places);
}
