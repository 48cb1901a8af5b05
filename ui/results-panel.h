/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The results panel: the answer of the query that is shown, in words or as the list of objects that
 * lie on the canvas; who gave it, how long it took; what went wrong.
 *
 * Signal: `reveal` (MonocleAnnotation).
 * Uses the actions win.copy-text, win.delete.
 */
#pragma once

#include <adwaita.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_RESULTS_PANEL (monocle_results_panel_get_type ())
G_DECLARE_FINAL_TYPE (MonocleResultsPanel, monocle_results_panel, MONOCLE, RESULTS_PANEL, AdwBin)

GtkWidget *monocle_results_panel_new (void);
void monocle_results_panel_set_presentation (MonocleResultsPanel *self,
                                             MonoclePresentation *presentation);

/* Whether the answer that is shown is words about one thing, which can be corrected. */
gboolean monocle_results_panel_can_correct (MonocleResultsPanel *self);
/* Where the person corrects the answer about the region @place. */
void monocle_results_panel_correct (MonocleResultsPanel *self, guint place);

G_END_DECLS
