/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Regions that the next question of a conversation shows, by their numbers, each with a button to
 * do without it.
 *
 * Signal: `removed` (MonocleAnnotation).
 */
#pragma once

#include <adwaita.h>

#include "app/document/annotation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TALK_CHIPS (monocle_talk_chips_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTalkChips, monocle_talk_chips, MONOCLE, TALK_CHIPS, AdwBin)

/* @regions: (element-type MonocleAnnotation): in place of those that are there */
void monocle_talk_chips_set (MonocleTalkChips *self, GPtrArray *regions);

G_END_DECLS
