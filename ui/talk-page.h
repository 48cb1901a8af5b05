/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conversation about the picture that is shown: what was said, what is being answered, and
 * where the next question is typed. Regions that are selected and were not shown yet are shown with
 * it; so is the picture, once.
 *
 * Return asks, Escape stops and keeps what came. Uses the action win.clear-talk.
 */
#pragma once

#include <adwaita.h>

#include "app/runner/runner.h"
#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TALK_PAGE (monocle_talk_page_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTalkPage, monocle_talk_page, MONOCLE, TALK_PAGE, AdwBin)

void monocle_talk_page_set_presentation (MonocleTalkPage *self, MonoclePresentation *presentation);
void monocle_talk_page_set_runner (MonocleTalkPage *self, MonocleRunner *runner); /* (nullable) */
/* (nullable): keys as in talk-settings.h */
void monocle_talk_page_set_settings (MonocleTalkPage *self, GSettings *settings);

/* Asks what is typed, if anything is. */
void monocle_talk_page_ask (MonocleTalkPage *self);
/* Where the next question is typed has the focus. */
void monocle_talk_page_focus (MonocleTalkPage *self);
/* The same, and it takes the key that @keys is handling now. */
gboolean monocle_talk_page_forward_key (MonocleTalkPage *self, GtkEventControllerKey *keys);

G_END_DECLS
