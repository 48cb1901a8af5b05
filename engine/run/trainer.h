/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trainer of a model: examples are added, then steps are made over some of them, in whatever
 * order the caller draws. The model itself stays as it is, so questions about it are answered
 * between calls as ever; what is learnt is written as an adapter, with which it can be loaded anew.
 *
 *   trainer = monocle_trainer_new (model, method, &error);
 *   monocle_trainer_add_async (trainer, session, &example, ...);   for each
 *   monocle_trainer_start_async (trainer, &start, ...);            or _restore_async
 *   monocle_trainer_step_async (trainer, examples, n, rate, ...);  as often as wished
 *   monocle_trainer_write_async (trainer, directory, base, ...);
 *
 * Calls are carried out one after the other. The same examples, steps and start give the same bits
 * on one device with one driver. Where the device is lost, so is the trainer: another one goes on
 * from what was saved.
 */
#pragma once

#include "engine/models/training.h"
#include "engine/run/session.h"

G_BEGIN_DECLS

/**
 * MonocleTrainerStep:
 * @loss: mean over the tokens of the answers, before the step
 * @norm: of the gradient
 * @n_tokens: of the answers
 * @is_skipped: it was no number, and nothing was learnt
 *
 * What a step gave.
 */
typedef struct
{
  double loss;
  double norm;
  guint n_tokens;
  gboolean is_skipped;
} MonocleTrainerStep;

#define MONOCLE_TYPE_TRAINER (monocle_trainer_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTrainer, monocle_trainer, MONOCLE, TRAINER, GObject)

/* Whether models of that kind can be taught. */
gboolean monocle_model_can_learn (MonocleModel *model);
/* The same of the one in @directory, before it is loaded. */
gboolean monocle_trainer_can_teach (const char *directory);

/**
 * monocle_trainer_new:
 * @model: with weights of 32 bits; with an adapter, which is read again, it learns on top of what
 * it knows from that, and what is written holds both
 * @method: what of it learns
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where it cannot be taught; those of reading an adapter.
 *
 * Returns: (transfer full) (nullable): a trainer that knows nothing yet
 */
MonocleTrainer *
monocle_trainer_new (MonocleModel *model, MonocleTrainingMethod method, GError **error);

/**
 * monocle_trainer_add_async:
 * @session: the picture in front of the trainer's model
 * @example: copied
 *
 * Before it is started. Examples are called by their numbers, from 0 on, in the order in which they
 * were added.
 */
void monocle_trainer_add_async (MonocleTrainer *self,
                                MonocleSession *session,
                                const MonocleTrainingExample *example,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where this one cannot be taught. */
gboolean monocle_trainer_add_finish (MonocleTrainer *self, GAsyncResult *result, GError **error);

/* Once, when all examples are there. */
void monocle_trainer_start_async (MonocleTrainer *self,
                                  const MonocleTrainingStart *start,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean monocle_trainer_start_finish (MonocleTrainer *self, GAsyncResult *result, GError **error);

/* How many steps were made. */
guint monocle_trainer_get_n_steps (MonocleTrainer *self);

/**
 * monocle_trainer_step_async:
 * @examples: (array length=n): numbers, copied; may come several times
 * @n: at least 1
 * @rate: of learning
 *
 * One division by all tokens, so it makes no difference how many the device takes at once.
 */
void monocle_trainer_step_async (MonocleTrainer *self,
                                 const guint *examples,
                                 guint n,
                                 double rate,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean monocle_trainer_step_finish (MonocleTrainer *self,
                                      GAsyncResult *result,
                                      MonocleTrainerStep *step,
                                      GError **error);

/* What the model thinks of answers now, with what it has learnt so far. */
void monocle_trainer_judge_async (MonocleTrainer *self,
                                  const guint *examples,
                                  guint n,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* (transfer full) (nullable) (element-type MonocleTrainingJudged): one for each */
GArray *monocle_trainer_judge_finish (MonocleTrainer *self, GAsyncResult *result, GError **error);

/**
 * monocle_trainer_save_async:
 * @path: of a file
 * @note: what the caller wants to know when it goes on: any text
 *
 * All that steps go on from. The file is whole on the disk or what it was before, whatever happens.
 */
void monocle_trainer_save_async (MonocleTrainer *self,
                                 const char *path,
                                 const char *note,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean monocle_trainer_save_finish (MonocleTrainer *self, GAsyncResult *result, GError **error);
/* (transfer full) (nullable): the note of such a file; %MONOCLE_ENGINE_ERROR_BAD_FILE */
char *monocle_trainer_read_note (const char *path, GError **error);

/* What was saved of a trainer that was started with the same examples and settings. */
void monocle_trainer_restore_async (MonocleTrainer *self,
                                    const char *path,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
monocle_trainer_restore_finish (MonocleTrainer *self, GAsyncResult *result, GError **error);

/**
 * monocle_trainer_write_async:
 * @directory: a folder that is there, without an adapter
 * @base: what to call the model that it belongs to: a repository, or a path
 *
 * What was learnt, in the form of the PEFT library.
 */
void monocle_trainer_write_async (MonocleTrainer *self,
                                  const char *directory,
                                  const char *base,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean monocle_trainer_write_finish (MonocleTrainer *self, GAsyncResult *result, GError **error);

G_END_DECLS
