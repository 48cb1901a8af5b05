/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A conversation with one model about pictures: questions and answers that refer to each other.
 * What was said lies in the model's key-value cache, so that of the next turn only what is new is
 * read, and a picture is looked at once, in whatever turn it was shown. Conversations of one model
 * know nothing of each other.
 *
 *   conversation = monocle_conversation_new (model);
 *   monocle_conversation_ask_async (conversation, &question, ...);   and so on
 *   monocle_conversation_truncate (conversation, 2);   asks the third again, in other words
 */
#pragma once

#include "engine/answer/reply.h"
#include "engine/run/detail.h"
#include "engine/run/session.h"

G_BEGIN_DECLS

/* Whether a model can be talked with. */
gboolean monocle_model_can_talk (MonocleModel *self);
/* Whether a model of that directory could, by its settings alone: as monocle_model_peek_tasks(). */
gboolean monocle_model_peek_talks (const char *directory);

/**
 * MonocleShown:
 * @image: a picture
 * @is_region: whether only @region of it is shown
 * @region: in pixels of the upright image
 * @detail: how closely it is looked at; AUTO: as the model's files say
 */
typedef struct
{
  MonocleImage *image;
  gboolean is_region;
  MonocleBox region;
  MonocleDetail detail;
} MonocleShown;

/* More than this in one turn is refused. */
#define MONOCLE_CONVERSATION_MAX_SHOWN 16

/**
 * MonocleTurnQuestion:
 * @text: what the person says
 * @shown: (array length=n_shown) (nullable): what is shown with it; what was shown before need not
 *   be shown again
 * @n_shown: how much
 * @max_tokens: longest answer; 0: as the model's task for questions says
 * @sampling: (nullable): tokens are drawn by chance. Without, the likeliest are taken
 */
typedef struct
{
  const char *text;
  const MonocleShown *shown;
  guint n_shown;
  guint max_tokens;
  const MonocleSampling *sampling;
} MonocleTurnQuestion;

/**
 * MonocleReply:
 * @result: the answer; its score, and what there was of it where it was stopped
 * @ids: (array length=n_ids): its tokens
 * @n_ids: how many
 * @end: how it came to its end
 * @n_forgotten: turns from the first on that were left out of what the model read, since there was
 *   no room for them; what they showed stayed
 * @n_kept: tokens of the conversation that lay in the cache
 * @n_read: that were read: the question, and what else had to be
 * @n_written: of the answer
 * @compile_ms: what the device's driver took for what it had not compiled yet
 * @preprocess_ms, @encode_ms: of what is shown for the first time
 * @first_ms: from then until there was something to read
 * @decode_ms: until all of the answer was there
 */
typedef struct
{
  MonocleResult *result;
  guint32 *ids;
  guint n_ids;
  MonocleReplyEnd end;
  guint n_forgotten;
  guint n_kept, n_read, n_written;
  double compile_ms, preprocess_ms, encode_ms, first_ms, decode_ms;
} MonocleReply;

/* What a person said, and what was answered. Never changes. */
typedef struct _MonocleTurn MonocleTurn;

MonocleTurn *monocle_turn_ref (MonocleTurn *self);
void monocle_turn_unref (MonocleTurn *self);
const char *monocle_turn_get_text (const MonocleTurn *self);
/* (transfer none) (array length=n) */
const MonocleShown *monocle_turn_get_shown (const MonocleTurn *self, guint *n);
/* (transfer none) */
const MonocleReply *monocle_turn_get_reply (const MonocleTurn *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTurn, monocle_turn_unref)

#define MONOCLE_TYPE_CONVERSATION (monocle_conversation_get_type ())
G_DECLARE_FINAL_TYPE (MonocleConversation, monocle_conversation, MONOCLE, CONVERSATION, GObject)

/* @model: one that can talk */
MonocleConversation *monocle_conversation_new (MonocleModel *model);
MonocleModel *monocle_conversation_get_model (MonocleConversation *self);

guint monocle_conversation_get_n_turns (MonocleConversation *self);
/* (transfer none) */
MonocleTurn *monocle_conversation_get_turn (MonocleConversation *self, guint index);

/* Tokens that there is room for, and those of what was said so far, by the last answer. */
guint monocle_conversation_get_n_places (MonocleConversation *self);
guint monocle_conversation_get_n_tokens (MonocleConversation *self);

/**
 * monocle_conversation_add:
 * @self: a conversation that nobody is asking
 * @question: what was said; its settings do not count
 * @answer: what was answered
 * @ids: (array length=n_ids) (nullable): its tokens, by this model
 * @n_ids: how many
 * @error: return location
 *
 * A turn of before, which nobody has to think about again. It is read when the next one is asked.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_REQUEST.
 */
gboolean monocle_conversation_add (MonocleConversation *self,
                                   const MonocleTurnQuestion *question,
                                   const char *answer,
                                   const guint32 *ids,
                                   guint n_ids,
                                   GError **error);

/* Turns from @n_turns on were never said. Not while one is asked. What was computed of those before
 * stays, and what comes next is answered, bit for bit, as if that were so. */
void monocle_conversation_truncate (MonocleConversation *self, guint n_turns);

/* (transfer full): one with the same turns, which goes on by itself and reads nothing of them
 * again. */
MonocleConversation *monocle_conversation_fork (MonocleConversation *self);

/**
 * monocle_conversation_ask_async:
 * @self: a conversation
 * @question: copied
 * @cancellable: (nullable): stops; what is there of the answer by then is the answer
 * @update: (nullable): called as it goes on; with one partial result while answering
 * @update_data: for @update
 * @callback: called at the end, in the main context of the caller
 * @user_data: for @callback
 *
 * One question at a time: %G_IO_ERROR_PENDING else.
 */
void monocle_conversation_ask_async (MonocleConversation *self,
                                     const MonocleTurnQuestion *question,
                                     GCancellable *cancellable,
                                     MonocleUpdateFunc update,
                                     gpointer update_data,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);

/**
 * monocle_conversation_ask_finish:
 *
 * To be called in any case. Where it succeeds the conversation has one turn more.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST, also where there is no room for the question however
 * much is forgotten; _OUT_OF_MEMORY, _DEVICE_LOST; %G_IO_ERROR_CANCELLED when it was cancelled
 * before a word was written.
 *
 * Returns: (transfer none) (nullable): the reply of that turn
 */
const MonocleReply *
monocle_conversation_ask_finish (MonocleConversation *self, GAsyncResult *result, GError **error);

G_END_DECLS
