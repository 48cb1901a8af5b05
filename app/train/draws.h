/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a step learns from: some of what is new, and some of what the model knows, by lot. Tasks and
 * names that come often do so less often than they would; nothing comes again before all of its
 * kind have come. The same seed gives the same steps.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonocleTrainDraws MonocleTrainDraws;

/* @keep: share of what is known, 0 to 1 */
MonocleTrainDraws *monocle_train_draws_new (guint64 seed, double keep);
void monocle_train_draws_free (MonocleTrainDraws *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTrainDraws, monocle_train_draws_free)

/* @examples: (array length=n): views of one, of which one is drawn; @task, @label: what it is;
 * @weight: how often it comes while others of its name come once */
void monocle_train_draws_add (MonocleTrainDraws *self,
                              const char *task,
                              const char *label,
                              gboolean is_old,
                              guint weight,
                              const guint *examples,
                              guint n);

/* The next step's examples. @batch: (out caller-allocates) (array length=n) */
void monocle_train_draws_next (MonocleTrainDraws *self, guint *batch, guint n);
/* As if none was drawn yet. */
void monocle_train_draws_restart (MonocleTrainDraws *self);

G_END_DECLS
