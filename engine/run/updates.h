/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is under way while a question is answered, from the worker to who asked. The first member of
 * a task's data, which is then what the functions are given that families call.
 */
#pragma once

#include "engine/base/post.h"
#include "engine/run/session.h"

G_BEGIN_DECLS

/**
 * MonocleUpdates:
 * @func, @data: who asked
 * @post: (nullable): on the way there; %NULL: nobody wants to be told
 * @n_tokens: certain by now, which every update says
 */
typedef struct
{
  MonocleUpdateFunc func;
  gpointer data;
  MonoclePost *post;
  guint n_tokens;
} MonocleUpdates;

/**
 * monocle_updates_init:
 * @self: the first member of what @task has as its data
 * @task: that answers
 * @func: (nullable): called in the context that the task was made in, never after it returned
 * @data: passed to it
 */
void
monocle_updates_init (MonocleUpdates *self, GTask *task, MonocleUpdateFunc func, gpointer data);
void monocle_updates_clear (MonocleUpdates *self);

/**
 * monocle_updates_answering:
 * @self: where to
 * @partial: (transfer full) (element-type MonocleResult): what is certain
 */
void monocle_updates_answering (MonocleUpdates *self, GPtrArray *partial);

/* As families call them, with the task's data. */
void monocle_updates_preparing (gpointer updates);
void monocle_updates_compiled (guint n_done, guint n, gpointer updates);
void monocle_updates_encoded (double fraction, gpointer updates);

G_END_DECLS
