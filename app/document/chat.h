/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A conversation as a model hears it. What was said is a list of turns, of a document or of the
 * command line, to which anything may be done; this makes the engine's conversation say the same
 * before the next question is asked: what both have in common stays in the model's cache, and
 * only what is new is read.
 */
#pragma once

#include "app/document/said.h"

G_BEGIN_DECLS

typedef struct _MonocleChat MonocleChat;

/* (transfer full) (nullable): the picture that @shown is of, or a part of, as the model is to see
 * it. The same one each time, as long as it is there: by that it is known again. */
typedef MonocleImage *(*MonocleChatLookFunc) (const MonocleSaidShown *shown,
                                              gpointer data,
                                              GError **error);

/* @data: must outlive it */
MonocleChat *monocle_chat_new (MonocleChatLookFunc look, gpointer data);
void monocle_chat_free (MonocleChat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleChat, monocle_chat_free)

/**
 * monocle_chat_begin:
 * @self: a conversation that nobody is asking
 * @model: who is asked
 * @turns: (element-type MonocleSaid): what was said before, oldest first
 * @n_turns: how many of them count
 * @said: what is asked
 * @question: (out): what to ask the engine; valid until the next call
 * @error: return location
 *
 * Errors: those of pictures that cannot be read, and of monocle_conversation_add().
 *
 * Returns: (transfer none) (nullable): the conversation to ask
 */
MonocleConversation *monocle_chat_begin (MonocleChat *self,
                                         MonocleModel *model,
                                         GListModel *turns,
                                         guint n_turns,
                                         MonocleSaid *said,
                                         MonocleTurnQuestion *question,
                                         GError **error);

/* The same without a question: whether what was said can be said to @model at all. */
gboolean monocle_chat_catch_up (
    MonocleChat *self, MonocleModel *model, GListModel *turns, guint n_turns, GError **error);

/* The engine answered what was begun last: @said is whole, and the conversation has it. */
void monocle_chat_end (MonocleChat *self, MonocleSaid *said, const MonocleReply *reply);

G_END_DECLS
