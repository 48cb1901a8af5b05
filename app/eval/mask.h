/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Masks as COCO has them: run lengths down the columns, background first. Polygons become the same
 * pixels as in COCO's own tools, so that figures can be compared; nothing is drawn here.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MONOCLE_EVAL_MAX_PIXELS:
 *
 * The largest mask, in pixels; that of pictures.
 */
#define MONOCLE_EVAL_MAX_PIXELS 500000000

/**
 * MonocleEvalMask:
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
} MonocleEvalMask;

MonocleEvalMask *monocle_eval_mask_ref (MonocleEvalMask *self);
void monocle_eval_mask_unref (MonocleEvalMask *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEvalMask, monocle_eval_mask_unref)

/**
 * monocle_eval_mask_new_from_polygons:
 * @polygons: (array length=n_polygons): arrays of double, x and y in turn, in pixels
 * @n_polygons: how many; those of fewer than three points cover nothing
 * @width: of the image in pixels
 * @height: of the image in pixels
 *
 * The union of polygons, each filled by the even-odd rule.
 *
 * Source: the outline is walked on a grid five times finer; a column begins where the walk passes
 * the middle of its pixels, as COCO's tools do it (Lin et al. 2014, and their mask API).
 *
 * Returns: (transfer full): the mask
 */
MonocleEvalMask *monocle_eval_mask_new_from_polygons (GArray *const *polygons,
                                                      guint n_polygons,
                                                      guint width,
                                                      guint height);

/**
 * monocle_eval_mask_new_from_counts:
 * @counts: (array length=n_counts): run lengths
 * @n_counts: how many
 * @width: pixels, at least 1
 * @height: pixels, at least 1
 *
 * Returns: (transfer full) (nullable): the mask, or %NULL where the runs do not add up
 */
MonocleEvalMask *
monocle_eval_mask_new_from_counts (const gint64 *counts, guint n_counts, guint width, guint height);

/**
 * monocle_eval_mask_new_from_string:
 * @text: COCO's compressed run lengths
 * @width: pixels, at least 1
 * @height: pixels, at least 1
 *
 * Returns: (transfer full) (nullable): the mask, or %NULL where @text is none of that size
 */
MonocleEvalMask *monocle_eval_mask_new_from_string (const char *text, guint width, guint height);

/* (transfer full): COCO's compressed run lengths. */
char *monocle_eval_mask_to_string (const MonocleEvalMask *self);

/* Number of pixels. */
guint64 monocle_eval_mask_get_area (const MonocleEvalMask *self);

/**
 * MonocleEvalCrowd:
 * @MONOCLE_EVAL_SINGLE: the truth is one object
 * @MONOCLE_EVAL_CROWD: the truth is a crowd: what lies inside it is right, however small
 */
typedef enum
{
  MONOCLE_EVAL_SINGLE,
  MONOCLE_EVAL_CROWD,
} MonocleEvalCrowd;

/**
 * monocle_eval_mask_get_iou:
 * @self: what was found
 * @truth: what is there, of the same size
 * @crowd: of @truth
 *
 * Returns: intersection over union; for a crowd intersection over the area of @self; 0 where both
 *   are empty
 */
double monocle_eval_mask_get_iou (const MonocleEvalMask *self,
                                  const MonocleEvalMask *truth,
                                  MonocleEvalCrowd crowd);

G_END_DECLS
