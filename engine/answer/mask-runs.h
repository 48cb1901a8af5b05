/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Masks as COCO has them: run lengths down the columns, background first.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MONOCLE_MASK_MAX_PIXELS:
 *
 * The largest mask, in pixels; that of pictures.
 */
#define MONOCLE_MASK_MAX_PIXELS 500000000

/**
 * MonocleMaskRuns:
 * @width: pixels
 * @height: pixels
 * @counts: (array length=n_counts): lengths of runs of background and mask in turn; they add up to
 *   @width * @height, and none but the first is 0
 * @n_counts: how many
 *
 * Immutable and counted.
 */
typedef struct
{
  guint width;
  guint height;
  guint32 *counts;
  guint n_counts;
} MonocleMaskRuns;

MonocleMaskRuns *monocle_mask_runs_ref (MonocleMaskRuns *self);
void monocle_mask_runs_unref (MonocleMaskRuns *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleMaskRuns, monocle_mask_runs_unref)

/**
 * monocle_mask_runs_new_from_counts:
 * @counts: (array length=n_counts): run lengths
 * @n_counts: how many
 * @width: pixels, at least 1
 * @height: pixels, at least 1
 *
 * Returns: (transfer full) (nullable): the mask, or %NULL where the runs do not add up
 */
MonocleMaskRuns *
monocle_mask_runs_new_from_counts (const gint64 *counts, guint n_counts, guint width, guint height);

/**
 * monocle_mask_runs_new_from_string:
 * @text: COCO's compressed run lengths
 * @width: pixels, at least 1
 * @height: pixels, at least 1
 *
 * Returns: (transfer full) (nullable): the mask, or %NULL where @text is none of that size
 */
MonocleMaskRuns *monocle_mask_runs_new_from_string (const char *text, guint width, guint height);

/* (transfer full): COCO's compressed run lengths. */
char *monocle_mask_runs_to_string (const MonocleMaskRuns *self);

/* Number of pixels. */
guint64 monocle_mask_runs_get_area (const MonocleMaskRuns *self);

/* Number of pixels that both have, which are of one size. */
guint64 monocle_mask_runs_get_common (const MonocleMaskRuns *self, const MonocleMaskRuns *other);

gboolean monocle_mask_runs_equal (const MonocleMaskRuns *self, const MonocleMaskRuns *other);

/* Whether the pixel in that column and row is of it; none outside are. */
gboolean monocle_mask_runs_has (const MonocleMaskRuns *self, guint x, guint y);

/**
 * monocle_mask_runs_to_pixels:
 * @pixels: @height rows, a byte a pixel
 * @stride: from row to row
 *
 * Writes 255 where the mask is, and nothing elsewhere.
 */
void monocle_mask_runs_to_pixels (const MonocleMaskRuns *self, guint8 *pixels, gsize stride);

G_END_DECLS
