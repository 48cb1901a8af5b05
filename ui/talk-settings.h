/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How answers in a conversation are made, as a popover: the likeliest words or such that are drawn,
 * how, from which seed, and how long they may be.
 *
 * Keys: `talk-drawn` (b), `talk-temperature` (d), `talk-top-k` (i), `talk-top-p` (d), `talk-fixed`
 * (b), `talk-seed` (i), `talk-max-tokens` (i; 0: as the model says).
 */
#pragma once

#include <adwaita.h>

#include "app/document/said.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TALK_SETTINGS (monocle_talk_settings_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleTalkSettings, monocle_talk_settings, MONOCLE, TALK_SETTINGS, GtkPopover)

void monocle_talk_settings_bind (MonocleTalkSettings *self, GSettings *settings);

/* What they come to for a question: with another seed each time, unless one is chosen. @settings:
 * (nullable): as the model says */
void monocle_talk_settings_read (GSettings *settings, MonocleSaidQuestion *question);

G_END_DECLS
