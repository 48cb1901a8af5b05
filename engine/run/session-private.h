/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What others on the worker need of a session.
 */
#pragma once

#include "engine/run/session.h"
#include "engine/run/worker.h"

G_BEGIN_DECLS

/* (transfer none) (nullable): the family's, of the session's picture: made now where they are not
 * there. On the worker only. */
gpointer monocle_session_ensure_features (MonocleSession *self,
                                          MonocleWorker *worker,
                                          GCancellable *cancellable,
                                          GError **error);

G_END_DECLS
