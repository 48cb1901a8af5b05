/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages from the worker to the main context of who waits for a task, of which only the latest
 * matters: at most one is under way, and a newer one takes its place, so a slow receiver cannot
 * pile up work.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MonoclePost MonoclePost;

typedef void (*MonoclePostFunc) (gpointer message, gpointer task_data);

/* @func is called with each message and the data of @task in its context, unless the task is
 * completed; @destroy frees a message. @task holds the post and is held only by what is under way.
 */
MonoclePost *monocle_post_new (GTask *task, MonoclePostFunc func, GDestroyNotify destroy);
void monocle_post_unref (MonoclePost *self);

/* From any thread that holds the task. @message: (transfer full). */
void monocle_post_send (MonoclePost *self, gpointer message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonoclePost, monocle_post_unref)

G_END_DECLS
