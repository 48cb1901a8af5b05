/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two answers beside each other: objects that are in another place, have another score, are the
 * same in both, are in the pinned one only, in the one shown only; of texts the words that differ;
 * and what else differs where the same was asked. Empty while nothing is pinned.
 *
 * Signal: `reveal` (MonocleAnnotation).
 */
#pragma once

#include <adwaita.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_COMPARE_VIEW (monocle_compare_view_get_type ())
G_DECLARE_FINAL_TYPE (MonocleCompareView, monocle_compare_view, MONOCLE, COMPARE_VIEW, AdwBin)

GtkWidget *monocle_compare_view_new (void);
void monocle_compare_view_set_presentation (MonocleCompareView *self,
                                            MonoclePresentation *presentation);

G_END_DECLS
