/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine, asked and waited for: training runs in a thread of its own that has nothing else to
 * do. And how right an answer is.
 */
#pragma once

#include "app/train/set.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): @model with an adapter */
MonocleModel *monocle_train_ask_load (MonocleModel *model,
                                      const char *adapter,
                                      GCancellable *cancellable,
                                      GError **error);

/* Looks at the pictures of @sessions, as many as monocle_model_get_n_together() says or fewer,
 * before anything is asked about them: of small models side by side, which is quicker on
 * processors; what large ones would need for that is left to learning. Which goes how never depends
 * on the clock, so that what is learnt has the same bits each time. */
gboolean monocle_train_ask_look (MonocleSession *const *sessions,
                                 guint n,
                                 GCancellable *cancellable,
                                 GError **error);

/* Whether @model is one that a processor teaches in minutes. */
gboolean monocle_train_ask_is_small (MonocleModel *model);

/* (transfer full) (nullable): what the model answers to @example's question */
MonocleResult *monocle_train_ask (MonocleSession *session,
                                  const MonocleTrainExample *example,
                                  GCancellable *cancellable,
                                  GError **error);

/* How right @result is, from 0 to 1: of words whether they are those of @example, case, blanks and
 * punctuation aside; of objects how many of both have one of the other's name and place. */
double monocle_train_ask_score (const MonocleTrainExample *example, const MonocleResult *result);

/* (transfer full): an example of that question whose answer is @result; %NULL where there is none
 */
MonocleTrainExample *monocle_train_ask_remember (const MonocleTrainExample *question,
                                                 const MonocleResult *result);

/* (transfer full): the answer in words, for people */
char *monocle_train_ask_dup_words (const MonocleResult *result);

/* --- the trainer --------------------------------------------------------------------------- */

gboolean monocle_train_add (MonocleTrainer *trainer,
                            MonocleSession *session,
                            const MonocleTrainingExample *example,
                            GCancellable *cancellable,
                            GError **error);
gboolean monocle_train_start (MonocleTrainer *trainer,
                              const MonocleTrainingStart *start,
                              GCancellable *cancellable,
                              GError **error);
gboolean monocle_train_step (MonocleTrainer *trainer,
                             const guint *examples,
                             guint n,
                             double rate,
                             MonocleTrainerStep *step,
                             GError **error);
GArray *monocle_train_judge (MonocleTrainer *trainer,
                             const guint *examples,
                             guint n,
                             GCancellable *cancellable,
                             GError **error);
gboolean
monocle_train_save (MonocleTrainer *trainer, const char *path, const char *note, GError **error);
gboolean monocle_train_restore (MonocleTrainer *trainer, const char *path, GError **error);
gboolean monocle_train_write (MonocleTrainer *trainer,
                              const char *directory,
                              const char *base,
                              GError **error);

G_END_DECLS
