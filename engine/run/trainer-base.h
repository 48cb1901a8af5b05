/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a trainer teaches on top of: a model that has an adapter learns with the weights that both
 * have together, and what is written holds what it knew before as well, so it belongs to the model
 * alone.
 */
#pragma once

#include "engine/models/family.h"

G_BEGIN_DECLS

typedef struct _MonocleTrainerBase MonocleTrainerBase;

/**
 * monocle_trainer_base_open:
 * @directory: of a model
 * @adapter: the folder of one that belongs to it; it may go away afterwards
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where it changes something that cannot be written
 * beside what is learnt; those of reading both.
 */
MonocleTrainerBase *monocle_trainer_base_open (const MonocleFamily *family,
                                               const char *directory,
                                               const char *adapter,
                                               GError **error);
void monocle_trainer_base_free (MonocleTrainerBase *self);

/* Whether products of @rank have room beside its own. */
gboolean monocle_trainer_base_check (const MonocleTrainerBase *self, guint rank, GError **error);
/* Adds what was known before to what was learnt on top of it. All products have one rank then. */
void monocle_trainer_base_join (const MonocleTrainerBase *self, MonocleTrainingLearnt *learnt);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTrainerBase, monocle_trainer_base_free)

G_END_DECLS
