/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers in words about several regions: a row a region, linked to it.
 *
 * Signal: `reveal` (MonocleAnnotation: the region with its answer as label).
 */
#pragma once

#include <adwaita.h>

#include "app/document/query.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_REGION_ANSWERS (monocle_region_answers_get_type ())
G_DECLARE_FINAL_TYPE (MonocleRegionAnswers, monocle_region_answers, MONOCLE, REGION_ANSWERS, AdwBin)

GtkWidget *monocle_region_answers_new (void);
/* (nullable): also called when its text changed */
void monocle_region_answers_set_query (MonocleRegionAnswers *self, MonocleQuery *query);

G_END_DECLS
