/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What others on the worker need of a session.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/run/detail.h"
#include "engine/run/session.h"
#include "engine/run/worker.h"

G_BEGIN_DECLS

/* (transfer none) (nullable): the family's, of the session's picture: made now where they are not
 * there. On the worker only. */
gpointer monocle_session_ensure_features (MonocleSession *self,
                                          MonocleWorker *worker,
                                          GCancellable *cancellable,
                                          GError **error);

/* Whether they are there, and were made so closely. On the worker only, as is the next. */
gboolean monocle_session_has_features (MonocleSession *self, MonocleDetail detail);
/* @features: (transfer full): made with what is loaded now; there are none. @timing: what they took
 */
void monocle_session_take_features (MonocleSession *self,
                                    gpointer features,
                                    MonocleDetail detail,
                                    const MonocleFamilyTiming *timing);

G_END_DECLS
