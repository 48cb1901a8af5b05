/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The side panel: asking over results over history, in a column that scrolls when it is too high;
 * beside that the conversation, where the model can talk.
 * Its edge and the line above the history can be dragged.
 *
 * Signals: `reveal` (MonocleAnnotation): a row was activated, bring it into view on the canvas;
 * `deleted` (MonocleQuery): one was deleted from the history, say so and offer Undo;
 * `cleared` (uint): all of them were.
 */
#pragma once

#include <adwaita.h>

#include "app/runner/runner.h"
#include "ui/ask-panel.h"
#include "ui/presentation.h"
#include "ui/talk-page.h"
#include "ui/versions-view.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_SIDE_PANEL (monocle_side_panel_get_type ())
G_DECLARE_FINAL_TYPE (MonocleSidePanel, monocle_side_panel, MONOCLE, SIDE_PANEL, AdwBin)

GtkWidget *monocle_side_panel_new (void);
void monocle_side_panel_set_presentation (MonocleSidePanel *self,
                                          MonoclePresentation *presentation);
/* (nullable): whether a model is being loaded is shown from it */
void monocle_side_panel_set_runner (MonocleSidePanel *self, MonocleRunner *runner);
/* (nullable): where prompts and sizes are remembered: keys `prompt-history` (as), `panel-width` and
 * `history-height` (i) */
void monocle_side_panel_set_settings (MonocleSidePanel *self, GSettings *settings);
/* It is never wider than that, whatever is remembered. */
void monocle_side_panel_set_width_limit (MonocleSidePanel *self, int limit);
/* Whether there is a page for the conversation. */
void monocle_side_panel_set_can_talk (MonocleSidePanel *self, gboolean can_talk);
/* Where it is, it is shown, and what is typed is for it. */
void monocle_side_panel_show_talk (MonocleSidePanel *self);
gboolean monocle_side_panel_is_talking (MonocleSidePanel *self);
/* (transfer none) */
MonocleTalkPage *monocle_side_panel_get_talk_page (MonocleSidePanel *self);
/* Two versions of the picture's work take the place of all else. @versions: (nullable): they do
 * not;
 * @name: of the other one */
void
monocle_side_panel_show_versions (MonocleSidePanel *self, GListModel *versions, const char *name);
/* (transfer none) */
MonocleVersionsView *monocle_side_panel_get_versions (MonocleSidePanel *self);
/* (transfer none): what win.run asks for a query */
MonocleAskPanel *monocle_side_panel_get_ask_panel (MonocleSidePanel *self);

/* Whether the answer that is shown is words that can be corrected; and where that is done. */
gboolean monocle_side_panel_can_correct (MonocleSidePanel *self);
void monocle_side_panel_correct (MonocleSidePanel *self);

G_END_DECLS
