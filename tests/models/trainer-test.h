/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A trainer of a small model with two examples, and its calls waited for.
 */
#pragma once

#include "engine/run/trainer.h"
#include "model-test.h"

#define TRAINER_CALL(trainer, verb, error, ...)                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GAsyncResult) result_ = NULL;                                                       \
    monocle_trainer_##verb##_async (trainer, __VA_ARGS__, test_take_result, &result_);             \
    test_wait (&result_);                                                                          \
    monocle_trainer_##verb##_finish (trainer, result_, error);                                     \
  }                                                                                                \
  G_STMT_END

/* Questions of other lengths. */
static inline const MonocleTask *
trainer_find_task (MonocleModel *model, guint index)
{
  GPtrArray *tasks = monocle_model_list_tasks (model);

  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      if (task->kind == MONOCLE_TASK_DESCRIBE && task->takes == MONOCLE_TAKES_NOTHING
          && task->gives == MONOCLE_GIVES_TEXT && index-- == 0)
        return task;
    }
  g_assert_not_reached ();
}

#define TRAINER_N_EXAMPLES 2

static const char *const trainer_words[TRAINER_N_EXAMPLES] = { "a red ball", "two hats" };

static inline MonocleTrainer *
trainer_prepare (MonocleModel *model, MonocleTrainingMethod method, const char *const *words)
{
  g_autoptr (GError) error = NULL;
  MonocleTrainer *trainer = monocle_trainer_new (model, method, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < TRAINER_N_EXAMPLES; i++)
    {
      g_autoptr (MonocleSession) session
          = test_open_fixture (model, i ? "images/b.png" : "images/a.png");
      const MonocleTrainingExample example
          = { .task = trainer_find_task (model, i), .words = words[i] };

      TRAINER_CALL (trainer, add, &error, session, &example, NULL);
      g_assert_no_error (error);
    }
  return trainer;
}

static inline MonocleTrainer *
trainer_begin (MonocleModel *model,
               MonocleTrainingMethod method,
               guint rank,
               const char *const *words)
{
  g_autoptr (GError) error = NULL;
  MonocleTrainer *trainer = trainer_prepare (model, method, words);
  const MonocleTrainingStart start = { .rank = rank, .seed = 4, .head = TRUE };

  TRAINER_CALL (trainer, start, &error, &start, NULL);
  g_assert_no_error (error);
  return trainer;
}

/* Returns: the loss before the last */
static inline double
trainer_step (MonocleTrainer *trainer, guint n)
{
  static const guint batch[] = { 0, 1, 1 };
  MonocleTrainerStep made = { 0 };

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      monocle_trainer_step_async (trainer, batch, G_N_ELEMENTS (batch), 5e-3, NULL,
                                  test_take_result, &result);
      test_wait (&result);
      monocle_trainer_step_finish (trainer, result, &made, &error);
      g_assert_no_error (error);
      g_assert_false (made.is_skipped);
    }
  return made.loss;
}
