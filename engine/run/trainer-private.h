/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files of a trainer.
 */
#pragma once

#include "engine/models/training.h"

G_BEGIN_DECLS

/* @state: [3 n] */
gboolean monocle_trainer_state_write (
    const char *path, const float *state, guint n, guint n_steps, const char *note, GError **error);
/* Into @state [3 n]. @n_steps: (out) */
gboolean monocle_trainer_state_read (
    const char *path, float *state, guint n, guint *n_steps, GError **error);

/* Both files of an adapter, into a folder that is there. */
gboolean monocle_trainer_learnt_write (const MonocleTrainingLearnt *learnt,
                                       const char *directory,
                                       const char *base,
                                       GError **error);

G_END_DECLS
