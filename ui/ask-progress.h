/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far the question is that is being answered: stage, bar, time so far, Stop. Watches all
 * questions about the document that is shown.
 *
 * Property: active (boolean, read-only): something is being answered or waits.
 * Uses the action win.stop.
 */
#pragma once

#include <adwaita.h>

#include "app/runner/runner.h"
#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_ASK_PROGRESS (monocle_ask_progress_get_type ())
G_DECLARE_FINAL_TYPE (MonocleAskProgress, monocle_ask_progress, MONOCLE, ASK_PROGRESS, AdwBin)

GtkWidget *monocle_ask_progress_new (void);
void monocle_ask_progress_set_presentation (MonocleAskProgress *self,
                                            MonoclePresentation *presentation);
void monocle_ask_progress_set_runner (MonocleAskProgress *self, MonocleRunner *runner);
gboolean monocle_ask_progress_get_active (MonocleAskProgress *self);

G_END_DECLS
