/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of a conversation share: conversation is the person's side, turn what was said,
 * talk what is done about it on the worker.
 */
#pragma once

#include "engine/run/conversation.h"
#include "engine/run/loaded.h"

G_BEGIN_DECLS

/* --- turn.c --- */

/* (transfer full): without a reply. @text is copied, pictures are referenced. */
MonocleTurn *monocle_turn_new (const char *text, const MonocleShown *shown, guint n_shown);
/* Once. @reply: (transfer full) */
void monocle_turn_take_reply (MonocleTurn *self, MonocleReply *reply);
void monocle_reply_free (MonocleReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleReply, monocle_reply_free)

/* --- talk.c --- */

/* What a conversation has on a device. It is the worker's alone; counted, since what runs there is
 * not waited for. */
typedef struct _MonocleTalk MonocleTalk;

/* @origin: (nullable): what it begins as */
MonocleTalk *monocle_talk_new (MonocleTalk *origin);
MonocleTalk *monocle_talk_ref (MonocleTalk *self);
void monocle_talk_unref (MonocleTalk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTalk, monocle_talk_unref)

/**
 * MonocleTalkJob:
 * @model: who answers
 * @turns: (element-type MonocleTurn): all; the last one has no reply yet
 * @n_forgotten: how many of the first are forgotten by now
 * @max_tokens: longest answer
 * @sampling: (nullable): draws
 * @cancellable: (nullable)
 * @compiled, @encoded, @partial: (nullable): told as it goes on
 * @preparing: (nullable): told before something is looked at
 * @user_data: for them
 */
typedef struct
{
  MonocleModel *model;
  GPtrArray *turns;
  guint n_forgotten;
  guint max_tokens;
  const MonocleSampling *sampling;
  GCancellable *cancellable;
  void (*preparing) (gpointer user_data);
  MonocleVkCompileProgress compiled;
  MonocleFamilyProgress encoded;
  MonocleFamilyPartial partial;
  gpointer user_data;
} MonocleTalkJob;

/* (transfer full) (nullable): to the last turn; on the worker */
MonocleReply *monocle_talk_answer (MonocleTalk *self,
                                   MonocleWorker *worker,
                                   const MonocleTalkJob *job,
                                   GError **error);

G_END_DECLS
