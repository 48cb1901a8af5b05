/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Average precision of detections as COCO computes it. Truth and detections come in image by image;
 * the figures are those of pycocotools for the same boxes or masks, ties included.
 */
#pragma once

#include <glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

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
 * MonocleEvalShape:
 * @category: any number; only equal ones are compared
 * @box: left, top, width, height in pixels
 * @mask: (nullable): in its place, where masks are compared
 * @area: of a true object as its annotation says, which decides whether it is small; not read of a
 *   detection
 * @score: of a detection; not read of a true object
 * @crowd: of a true object; not read of a detection
 */
typedef struct
{
  gint64 category;
  double box[4];
  MonocleMaskRuns *mask;
  double area;
  double score;
  MonocleEvalCrowd crowd;
} MonocleEvalShape;

/**
 * MonocleEvalKind:
 * @MONOCLE_EVAL_BOXES: compares @box
 * @MONOCLE_EVAL_MASKS: compares @mask, which all have
 */
typedef enum
{
  MONOCLE_EVAL_BOXES,
  MONOCLE_EVAL_MASKS,
} MonocleEvalKind;

/* COCO's twelve figures, in its order. */
typedef enum
{
  MONOCLE_EVAL_AP,
  MONOCLE_EVAL_AP50,
  MONOCLE_EVAL_AP75,
  MONOCLE_EVAL_AP_SMALL,
  MONOCLE_EVAL_AP_MEDIUM,
  MONOCLE_EVAL_AP_LARGE,
  MONOCLE_EVAL_AR1,
  MONOCLE_EVAL_AR10,
  MONOCLE_EVAL_AR100,
  MONOCLE_EVAL_AR_SMALL,
  MONOCLE_EVAL_AR_MEDIUM,
  MONOCLE_EVAL_AR_LARGE,
  MONOCLE_EVAL_N_AP,
} MonocleEvalAp;

typedef struct _MonocleEvalMatch MonocleEvalMatch;

MonocleEvalMatch *monocle_eval_match_new (MonocleEvalKind kind);
void monocle_eval_match_free (MonocleEvalMatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEvalMatch, monocle_eval_match_free)

/**
 * monocle_eval_match_add_image:
 * @self: what is being measured
 * @truth: (array length=n_truth): true objects in the order of the file
 * @n_truth: how many
 * @found: (array length=n_found): detections in the order they were made
 * @n_found: how many
 *
 * Matches the detections of one image. Nothing of what is passed is kept. Images come in the order
 * of their ids, on which ties between equal scores depend.
 */
void monocle_eval_match_add_image (MonocleEvalMatch *self,
                                   const MonocleEvalShape *truth,
                                   guint n_truth,
                                   const MonocleEvalShape *found,
                                   guint n_found);

/**
 * monocle_eval_match_compute:
 * @self: what was measured
 * @figures: (out caller-allocates) (array fixed-size=12): 0 to 1, or -1 where no true object is of
 *   that size
 *
 * Precision is averaged over 10 thresholds from 0.5 to 0.95 and 101 recalls, then over categories;
 * small is below 32 x 32 pixels, large above 96 x 96; at most 100 detections of a category in an
 * image count.
 *
 * Source: Lin et al. 2014, Microsoft COCO, and its evaluation page.
 */
void monocle_eval_match_compute (MonocleEvalMatch *self, double figures[MONOCLE_EVAL_N_AP]);

/**
 * monocle_eval_mask_get_iou:
 * @mask: what was found
 * @truth: what is there, of the same size
 * @crowd: of @truth
 *
 * Returns: intersection over union; for a crowd intersection over the area of @mask; 0 where both
 *   are empty
 */
double monocle_eval_mask_get_iou (const MonocleMaskRuns *mask,
                                  const MonocleMaskRuns *truth,
                                  MonocleEvalCrowd crowd);

/**
 * monocle_eval_box_get_iou:
 * @box: left, top, width, height
 * @truth: the same
 * @crowd: of @truth
 *
 * Returns: as monocle_eval_mask_get_iou()
 */
double
monocle_eval_box_get_iou (const double box[4], const double truth[4], MonocleEvalCrowd crowd);

G_END_DECLS
