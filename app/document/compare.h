/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two answers beside each other: which objects are in both, which in one of them only.
 */
#pragma once

#include "app/document/query.h"

G_BEGIN_DECLS

/**
 * MonocleMatchChange:
 * @MONOCLE_MATCH_SAME: both say the same
 * @MONOCLE_MATCH_SCORED: with another score, by a percent at least
 * @MONOCLE_MATCH_MOVED: its shape is another one, by a pixel at least, whatever the score
 */
typedef enum
{
  MONOCLE_MATCH_SAME,
  MONOCLE_MATCH_SCORED,
  MONOCLE_MATCH_MOVED,
} MonocleMatchChange;

/**
 * MonocleMatch:
 * @left, @right: the same, as both answers have it
 * @iou: what their bounds share, of what they cover together
 * @change: what differs
 */
typedef struct
{
  MonocleAnnotation *left, *right;
  double iou;
  MonocleMatchChange change;
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

/**
 * monocle_compare_lists:
 * @left, @right: (element-type MonocleAnnotation)
 * @any_label: what it is called does not count
 *
 * The same of any things that lie on a picture.
 */
MonocleComparison *
monocle_compare_lists (GListModel *left, GListModel *right, double min_iou, gboolean any_label);
void monocle_comparison_free (MonocleComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleComparison, monocle_comparison_free)

/* Whether its shape is another one, by a pixel at least. */
gboolean monocle_compare_has_moved (MonocleAnnotation *left, MonocleAnnotation *right);

/**
 * monocle_compare_circumstances:
 *
 * Why @right may say something else than @left though the same was asked: another model, precision,
 * device, driver, other settings, turned otherwise; what is not known of one of them is passed
 * over.
 *
 * Returns: (transfer full): sentences without a full stop, translated; empty: nothing differs
 */
GStrv monocle_compare_circumstances (MonocleQuery *left, MonocleQuery *right);

G_END_DECLS
