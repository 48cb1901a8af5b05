/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A turn of the conversation: the question and what it is about, the answer as it comes, how it
 * came, and what can be done about it.
 *
 * Signals: `again`: the same question, to be answered otherwise; `edit`: in other words.
 */
#pragma once

#include <adwaita.h>

#include "app/document/said.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TALK_ROW (monocle_talk_row_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTalkRow, monocle_talk_row, MONOCLE, TALK_ROW, AdwBin)

GtkWidget *monocle_talk_row_new (MonocleSaid *said);
MonocleSaid *monocle_talk_row_get_said (MonocleTalkRow *self);
/* While something is asked nothing else can be. */
void monocle_talk_row_set_can_ask (MonocleTalkRow *self, gboolean can_ask);

/* (transfer full): what @said is doing: "Looking", "Answering", translated; empty where it is done
 */
char *monocle_talk_row_dup_stage (MonocleSaid *said);
/* (transfer full) (nullable): how much room there is, and what of it is taken; %NULL: nobody knows
 */
char *monocle_talk_row_dup_room (MonocleSaid *said);

G_END_DECLS
