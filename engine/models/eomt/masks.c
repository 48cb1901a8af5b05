/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Coarse masks to the pixels of a picture.
 */
#include "config.h"

#include <math.h>

#include "engine/models/eomt/private.h"
#include "engine/answer/between.h"

/* A segment of which others take more than the rest is none: the reference's number. */
#define LEAST_PART 0.8

float *
monocle_eomt_unfold_mask (const MonocleEomtFrame *frame, const float *mask)
{
  g_autofree MonocleBetween *places = monocle_between_new (frame->mask_side, frame->side);
  g_autofree float *line = g_new (float, frame->mask_side);
  float *map = g_new (float, (gsize) frame->fit_width * frame->fit_height);

  for (guint y = 0; y < frame->fit_height; y++)
    {
      for (guint i = 0; i < frame->mask_side; i++)
        line[i] = monocle_between (&places[y], mask + i, frame->mask_side);
      for (guint x = 0; x < frame->fit_width; x++)
        map[(gsize) y * frame->fit_width + x] = monocle_between (&places[x], line, 1);
    }
  return map;
}

/* --- columns of the picture --------------------------------------------------------------- */

typedef struct
{
  const MonocleEomtFrame *frame;
  MonocleBetween *across, *down;
} Columns;

static void
columns_clear (Columns *self)
{
  g_free (self->across);
  g_free (self->down);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Columns, columns_clear)

static Columns
columns_make (const MonocleEomtFrame *frame)
{
  return (Columns){
    .frame = frame,
    .across = monocle_between_new (frame->fit_width, frame->width),
    .down = monocle_between_new (frame->fit_height, frame->height),
  };
}

/* What @map says along column @x of the picture, at its own rows. */
static void
columns_read (const Columns *self, const float *map, guint x, float *column)
{
  for (guint y = 0; y < self->frame->fit_height; y++)
    column[y] = monocle_between (&self->across[x], map + (gsize) y * self->frame->fit_width, 1);
}

/* --- runs --------------------------------------------------------------------------------- */

/* A mask while it grows down the columns. */
typedef struct
{
  GArray *counts; /* of gint64 */
  guint64 at, n;  /* where it changed last; pixels of it */
} Growing;

static gboolean
growing_is_inside (const Growing *self)
{
  return self->counts->len % 2 == 1;
}

static void
growing_change (Growing *self, guint64 at)
{
  const gint64 run = (gint64) (at - self->at);

  if (growing_is_inside (self))
    self->n += (guint64) run;
  g_array_append_val (self->counts, run);
  self->at = at;
}

static void
growing_put (Growing *self, gboolean is_inside, guint64 at)
{
  if (is_inside != growing_is_inside (self))
    growing_change (self, at);
}

/* (nullable): NULL where it has no pixels */
static MonocleMaskRuns *
growing_end (Growing *self, const MonocleEomtFrame *frame)
{
  const guint64 end = (guint64) frame->width * frame->height;

  if (self->at < end)
    growing_change (self, end);
  return self->n == 0 ? NULL
                      : monocle_mask_runs_new_from_counts (
                            (const gint64 *) (gconstpointer) self->counts->data, self->counts->len,
                            frame->width, frame->height);
}

/* --- one for each pixel ------------------------------------------------------------------- */

typedef struct
{
  Growing mask;
  guint64 n_likely; /* pixels that its map says yes to */
  guint64 n_own;    /* pixels where it is the likeliest */
  float *column;
} Claim;

static void
claim_clear (gpointer data)
{
  Claim *self = data;

  g_array_unref (self->mask.counts);
  g_free (self->column);
}

/* Score times likelihood; the first of equal ones. @most: (inout): of those before it */
static gboolean
is_more (float score, float value, float *most)
{
  /* Half of the score is the most that a no can be; what cannot win need not be computed. */
  if ((value < 0 ? score / 2 : score) <= *most)
    return FALSE;
  value = score * (1 / (1 + expf (-value)));
  if (value <= *most)
    return FALSE;
  *most = value;
  return TRUE;
}

static void
share_column (const Columns *columns, const MonocleEomtSegment *segments, GArray *claims, guint x)
{
  const MonocleEomtFrame *frame = columns->frame;
  Claim *all = (Claim *) (gpointer) claims->data;

  for (guint y = 0; y < frame->height; y++)
    {
      guint64 at = (guint64) x * frame->height + y;
      gboolean is_likely = FALSE;
      float most = -1;
      guint best = 0;

      for (guint i = 0; i < claims->len; i++)
        {
          float value = monocle_between (&columns->down[y], all[i].column, 1);

          if (value >= 0)
            all[i].n_likely++;
          if (is_more (segments[i].score, value, &most))
            {
              best = i;
              is_likely = value >= 0;
            }
        }
      all[best].n_own++;
      for (guint i = 0; i < claims->len; i++)
        growing_put (&all[i].mask, i == best && is_likely, at);
    }
}

void
monocle_eomt_share_pixels (const MonocleEomtFrame *frame,
                           MonocleEomtSegment *segments,
                           float *const *maps,
                           guint n)
{
  g_auto (Columns) columns = columns_make (frame);
  g_autoptr (GArray) claims = g_array_new (FALSE, TRUE, sizeof (Claim));

  if (n == 0)
    return;
  g_array_set_clear_func (claims, claim_clear);
  g_array_set_size (claims, n);
  for (guint i = 0; i < n; i++)
    {
      Claim *claim = &g_array_index (claims, Claim, i);

      claim->mask.counts = g_array_new (FALSE, FALSE, sizeof (gint64));
      claim->column = g_new (float, frame->fit_height);
    }
  for (guint x = 0; x < frame->width; x++)
    {
      for (guint i = 0; i < n; i++)
        columns_read (&columns, maps[i], x, g_array_index (claims, Claim, i).column);
      share_column (&columns, segments, claims, x);
    }
  for (guint i = 0; i < n; i++)
    {
      Claim *claim = &g_array_index (claims, Claim, i);

      if (claim->n_likely > 0 && (double) claim->n_own > LEAST_PART * (double) claim->n_likely)
        segments[i].runs = growing_end (&claim->mask, frame);
    }
}

/* --- each by itself ----------------------------------------------------------------------- */

void
monocle_eomt_cut_out (const MonocleEomtFrame *frame, MonocleEomtSegment *segment, const float *map)
{
  g_auto (Columns) columns = columns_make (frame);
  g_autofree float *column = g_new (float, frame->fit_height);
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  Growing mask = { .counts = counts };
  double sum = 0;

  for (guint x = 0; x < frame->width; x++)
    {
      columns_read (&columns, map, x, column);
      for (guint y = 0; y < frame->height; y++)
        {
          float value = monocle_between (&columns.down[y], column, 1);

          if (value > 0)
            sum += 1 / (1 + exp (-(double) value));
          growing_put (&mask, value > 0, (guint64) x * frame->height + y);
        }
    }
  segment->runs = growing_end (&mask, frame);
  segment->score *= mask.n > 0 ? (float) (sum / (double) mask.n) : 0;
}
