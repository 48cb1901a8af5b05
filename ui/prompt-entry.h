/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where words are typed: an entry that remembers what was asked before (Up and Down, or its list)
 * and says below it what is wrong with what it holds.
 *
 * Signals: `changed`: another text; `activate`: Return was pressed.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Longer prompts are cut; more of them are forgotten. */
#define MONOCLE_PROMPT_MAX_CHARACTERS 1000
#define MONOCLE_PROMPT_HISTORY        50

#define MONOCLE_TYPE_PROMPT_ENTRY (monocle_prompt_entry_get_type ())
G_DECLARE_FINAL_TYPE (MonoclePromptEntry, monocle_prompt_entry, MONOCLE, PROMPT_ENTRY, AdwBin)

GtkWidget *monocle_prompt_entry_new (void);
/* (nullable): with the key `prompt-history` (as), newest first */
void monocle_prompt_entry_set_settings (MonoclePromptEntry *self, GSettings *settings);

/* (transfer full): without blanks around it; can be empty */
char *monocle_prompt_entry_dup_text (MonoclePromptEntry *self);
void monocle_prompt_entry_set_text (MonoclePromptEntry *self, const char *text);
void monocle_prompt_entry_set_placeholder (MonoclePromptEntry *self, const char *placeholder);
/* (nullable): shown until the text changes */
void monocle_prompt_entry_set_error (MonoclePromptEntry *self, const char *error);
/* To the head of what is remembered. */
void monocle_prompt_entry_remember (MonoclePromptEntry *self, const char *text);
/* Focuses it with the cursor at the end, nothing selected. */
void monocle_prompt_entry_focus (MonoclePromptEntry *self);
/* Focuses it and lets it have the key that @keys is handling now, input methods and all; what comes
 * of it takes the place of what is there. */
gboolean monocle_prompt_entry_forward_key (MonoclePromptEntry *self, GtkEventControllerKey *keys);

G_END_DECLS
