/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is learnt from, gathered from where a person points: read, measured, divided for ever; and
 * pictures to ask about what must not be lost.
 */
#pragma once

#include "app/train/set.h"

G_BEGIN_DECLS

/* Of the pictures, which are held out. */
#define MONOCLE_TRAIN_SHARE 0.2

/* (transfer full): the file that says what was held out before */
char *monocle_train_dup_memory (void);

/**
 * monocle_train_gather:
 * @tasks: (element-type MonocleTask): of the model
 * @paths: (array zero-terminated=1): see monocle_train_set_read()
 * @seed: of what is held out
 *
 * Errors: those of reading; %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): all that is there, divided; may be nothing
 */
MonocleTrainSet *monocle_train_gather (GPtrArray *tasks,
                                       const char *const *paths,
                                       guint64 seed,
                                       GCancellable *cancellable,
                                       GError **error);

/**
 * monocle_train_list_others:
 * @folder: (nullable): of pictures; %NULL: those of the set that say nothing, else the samples
 *
 * Errors: of reading @folder.
 *
 * Returns: (transfer full) (nullable) (element-type filename): in an order drawn by lot
 */
GPtrArray *monocle_train_list_others (const MonocleTrainSet *set,
                                      const char *folder,
                                      guint64 seed,
                                      GError **error);

G_END_DECLS
