/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a search has found, as a list of MonocleHit: as far as it fits well enough, the best or the
 * newest first; pictures that are alike after each other, in groups. One that stays where it was is
 * the same item when there is a new answer.
 */
#pragma once

#include "ui/hit.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_HIT_LIST (monocle_hit_list_get_type ())
G_DECLARE_FINAL_TYPE (MonocleHitList, monocle_hit_list, MONOCLE, HIT_LIST, GObject)

MonocleHitList *monocle_hit_list_new (void);

/* @findings: (nullable) */
void monocle_hit_list_set_findings (MonocleHitList *self, const MonocleFindings *findings);
/* @cutoff: the lowest fit, as MonocleSearchHit has it: 2 leaves what is sure, 0 everything */
void monocle_hit_list_set_cutoff (MonocleHitList *self, double cutoff);
/* Groups stay as they are. */
void monocle_hit_list_set_by_date (MonocleHitList *self, gboolean by_date);

G_END_DECLS
