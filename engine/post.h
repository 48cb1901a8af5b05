/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages from the worker to a caller's main context, of which only the latest matters: at most
 * one is under way, and a newer one takes its place, so a slow receiver cannot pile up work.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonoclePost MonoclePost;

typedef void (*MonoclePostFunc) (gpointer message, gpointer user_data);

/* @func is called with each message and @user_data in @context; @destroy frees a message. */
MonoclePost *monocle_post_new (GMainContext *context,
                               MonoclePostFunc func,
                               gpointer user_data,
                               GDestroyNotify destroy);
void monocle_post_unref (MonoclePost *self);

/* From any thread. @message: (transfer full). */
void monocle_post_send (MonoclePost *self, gpointer message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonoclePost, monocle_post_unref)

G_END_DECLS
