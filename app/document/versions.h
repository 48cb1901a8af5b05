/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two versions of what lies on one picture, by two people or at two times: what both have, where
 * they differ, what one of them has alone; how far they agree; and what becomes of each.
 */
#pragma once

#include "app/document/document.h"

G_BEGIN_DECLS

/**
 * MonocleVersionKind:
 * @MONOCLE_VERSION_DIFFERS: both have it, and not the same
 * @MONOCLE_VERSION_HERE: it is only here
 * @MONOCLE_VERSION_THERE: it is only there
 * @MONOCLE_VERSION_SAME: both have the same
 *
 * In the order of the list.
 */
typedef enum
{
  MONOCLE_VERSION_DIFFERS,
  MONOCLE_VERSION_HERE,
  MONOCLE_VERSION_THERE,
  MONOCLE_VERSION_SAME,
} MonocleVersionKind;

#define MONOCLE_N_VERSION_KINDS (MONOCLE_VERSION_SAME + 1)

/**
 * MonocleVersionChoice:
 * @MONOCLE_CHOICE_HERE: as it is here
 * @MONOCLE_CHOICE_THERE: as it is there: what is only here goes
 * @MONOCLE_CHOICE_BOTH: both, side by side
 */
typedef enum
{
  MONOCLE_CHOICE_HERE,
  MONOCLE_CHOICE_THERE,
  MONOCLE_CHOICE_BOTH,
} MonocleVersionChoice;

/* One thing. Property, notified: choice (MonocleVersionChoice as int), at first as it is here. */
#define MONOCLE_TYPE_VERSION_PAIR (monocle_version_pair_get_type ())
G_DECLARE_FINAL_TYPE (MonocleVersionPair, monocle_version_pair, MONOCLE, VERSION_PAIR, GObject)

MonocleVersionKind monocle_version_pair_get_kind (MonocleVersionPair *self);
MonocleAnnotation *monocle_version_pair_get_here (MonocleVersionPair *self);  /* (nullable) */
MonocleAnnotation *monocle_version_pair_get_there (MonocleVersionPair *self); /* (nullable) */
/* What both cover, of what they cover together; 0 where one is alone. */
double monocle_version_pair_get_overlap (MonocleVersionPair *self);
gboolean monocle_version_pair_has_other_label (MonocleVersionPair *self);
MonocleVersionChoice monocle_version_pair_get_choice (MonocleVersionPair *self);
void monocle_version_pair_set_choice (MonocleVersionPair *self, MonocleVersionChoice choice);

/**
 * monocle_versions_new:
 * @here, @there: (element-type MonocleAnnotation)
 *
 * Things are the same that are called so in files; else those that have the same shape, and then
 * those whose bounds share half of what they cover together, the best first, whatever their labels.
 *
 * Returns: (transfer full) (element-type MonocleVersionPair)
 */
GListModel *monocle_versions_new (GListModel *here, GListModel *there);

/**
 * MonocleAgreement:
 * @n_here, @n_there: things that each has
 * @n_matched: pairs that share half of what they cover together, at least
 * @mean_overlap: of those; 0 where there are none
 * @n_labels: pairs of those that are called the same, in any case
 */
typedef struct
{
  guint n_here, n_there;
  guint n_matched;
  double mean_overlap;
  guint n_labels;
} MonocleAgreement;

MonocleAgreement monocle_versions_measure (GListModel *versions);

/* (transfer full) (element-type MonocleTake): what was chosen, for monocle_document_take(); empty:
 * all stays */
GArray *monocle_versions_list_takes (GListModel *versions);

G_END_DECLS
