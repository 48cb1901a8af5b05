/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that are asked about one after the other: the next few are read and looked at in one go.
 */
#pragma once

#include "app/train/set.h"

G_BEGIN_DECLS

typedef struct _MonocleTrainSessions MonocleTrainSessions;

/* @paths: (transfer none) (element-type filename). @notes: (transfer none) (nullable): told of
 * those that cannot be read */
MonocleTrainSessions *
monocle_train_sessions_new (MonocleModel *model, GPtrArray *paths, MonocleNotes *notes);
void monocle_train_sessions_free (MonocleTrainSessions *self);

/* @session: (out) (transfer none) (nullable): about the picture of that number, until one of
 * another is got; %NULL: it is gone since, or cannot be read */
gboolean monocle_train_sessions_get (MonocleTrainSessions *self,
                                     guint number,
                                     GCancellable *cancellable,
                                     MonocleSession **session,
                                     GError **error);

/* (transfer full) (nullable): one that cannot be read is noted. */
MonocleImage *monocle_train_load (const char *path, MonocleNotes *notes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTrainSessions, monocle_train_sessions_free)

G_END_DECLS
