/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model's data on a device: weights, recordings, caches. What hangs on it (the features of a
 * picture) holds a reference, so that everything is gone before the device is closed. A model that
 * was lost with its device gets another one of these; the old one goes where it came from.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/run/worker.h"

G_BEGIN_DECLS

typedef struct _MonocleLoaded MonocleLoaded;

/* How long a picture takes here, one by one and side by side, as far as that was measured: see
 * together.h. */
typedef struct
{
  guint n_sets;
  double alone_us, together_us; /* 0: not known */
} MonoclePace;

/* @worker: (transfer full). There is no data yet. */
MonocleLoaded *monocle_loaded_new (MonocleWorker *worker);
MonocleLoaded *monocle_loaded_ref (MonocleLoaded *self);
/* @self: (nullable). On any thread: the worker frees what is on its device. */
void monocle_loaded_unref (MonocleLoaded *self);

/* (transfer none) */
MonocleWorker *monocle_loaded_get_worker (MonocleLoaded *self);

/* The two on the worker only. @data: (transfer full): of @family */
void monocle_loaded_take (MonocleLoaded *self, const MonocleFamily *family, gpointer data);
/* (nullable): the family's */
gpointer monocle_loaded_get_data (MonocleLoaded *self);

/* (transfer none): on the worker only */
MonoclePace *monocle_loaded_get_pace (MonocleLoaded *self);

/* @features: (transfer full): of a picture, made with this. On any thread. */
void monocle_loaded_discard (MonocleLoaded *self, gpointer features);
/* @training: (transfer full): how it was taught. On any thread. */
void monocle_loaded_close_training (MonocleLoaded *self, gpointer training);
/* @talk: (transfer full): a conversation that is over. On any thread. */
void monocle_loaded_close_talk (MonocleLoaded *self, gpointer talk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleLoaded, monocle_loaded_unref)

G_END_DECLS
