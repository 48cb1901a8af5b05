/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a question of a conversation is typed: several lines, of which Return says that they are
 * done.
 *
 * Signals: `changed`, `activate`.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_TALK_ENTRY (monocle_talk_entry_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTalkEntry, monocle_talk_entry, MONOCLE, TALK_ENTRY, AdwBin)

/* (transfer full): without blanks around it */
char *monocle_talk_entry_dup_text (MonocleTalkEntry *self);
void monocle_talk_entry_set_text (MonocleTalkEntry *self, const char *text);
/* Whether a character is being put together, whose keys are its own. */
gboolean monocle_talk_entry_is_composing (MonocleTalkEntry *self);
/* Gets the focus, and the key that @keys is handling now. */
gboolean monocle_talk_entry_forward_key (MonocleTalkEntry *self, GtkEventControllerKey *keys);

G_END_DECLS
