/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The history panel: what was asked about the picture, newest first. Selecting shows a query again,
 * its pin compares it with the one that is shown.
 *
 * Signals: `deleted` (MonocleQuery): it was taken out of the document, which can be undone;
 * `cleared` (uint): so many were.
 */
#pragma once

#include <adwaita.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_HISTORY_PANEL (monocle_history_panel_get_type ())
G_DECLARE_FINAL_TYPE (MonocleHistoryPanel, monocle_history_panel, MONOCLE, HISTORY_PANEL, AdwBin)

GtkWidget *monocle_history_panel_new (void);
/* Of the list, without its heading; 0: what it needs, as far as there is room. */
void monocle_history_panel_set_height (MonocleHistoryPanel *self, int height);
/* As it is shown. */
int monocle_history_panel_get_height (MonocleHistoryPanel *self);
void monocle_history_panel_set_presentation (MonocleHistoryPanel *self,
                                             MonoclePresentation *presentation);

G_END_DECLS
