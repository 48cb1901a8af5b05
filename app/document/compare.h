/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two answers beside each other: which objects are in both, which in one of them only.
 */
#pragma once

#include "app/document/query.h"

G_BEGIN_DECLS

/**
 * MonocleMatch:
 * @left, @right: the same, as both answers have it
 * @iou: what their bounds share, of what they cover together
 */
typedef struct
{
  MonocleAnnotation *left, *right;
  double iou;
} MonocleMatch;

/**
 * MonocleComparison:
 * @matched: (element-type MonocleMatch): in both, the best first
 * @only_left: (element-type MonocleAnnotation): in the order of the answer
 * @only_right: (element-type MonocleAnnotation)
 */
typedef struct
{
  GArray *matched;
  GPtrArray *only_left;
  GPtrArray *only_right;
} MonocleComparison;

/**
 * monocle_compare:
 * @min_iou: from which overlap of the bounds on two are the same place, 0.5 as a rule
 *
 * Pairs of the same label (in any case) and place, the best overlap first; one object is in one
 * pair. Where one has no label, the place alone counts.
 */
MonocleComparison *monocle_compare (MonocleQuery *left, MonocleQuery *right, double min_iou);
void monocle_comparison_free (MonocleComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleComparison, monocle_comparison_free)

G_END_DECLS
