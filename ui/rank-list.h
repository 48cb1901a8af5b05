/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ranked names as bars: the name, how likely it is, and a bar as long as that.
 */
#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_RANK_LIST (monocle_rank_list_get_type ())
G_DECLARE_FINAL_TYPE (MonocleRankList, monocle_rank_list, MONOCLE, RANK_LIST, AdwBin)

/* @result: (nullable): whose ranks are shown */
void monocle_rank_list_set_result (MonocleRankList *self, MonocleResult *result);

G_END_DECLS
