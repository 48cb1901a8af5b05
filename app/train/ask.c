/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/ask.h"

#include <string.h>

#include "app/eval/text.h"

/* Boxes that overlap as much are one. */
#define SAME_PLACE 0.5

#define SMALL_PARAMETERS 50000000

/* --- waiting ------------------------------------------------------------------------------ */

typedef struct
{
  GAsyncResult *result;
} Wait;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Wait *) user_data)->result = g_object_ref (result);
}

/* (transfer full) */
static GAsyncResult *
wait_for (Wait *wait)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  while (!wait->result)
    g_main_context_iteration (context, TRUE);
  return g_steal_pointer (&wait->result);
}

MonocleModel *
monocle_train_ask_load (MonocleModel *model,
                        const char *adapter,
                        GCancellable *cancellable,
                        GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_model_load_adapted_async (monocle_model_get_directory (model), adapter,
                                    monocle_model_get_device (model),
                                    monocle_model_get_precision (model), MONOCLE_MODEL_ROOM_ANSWER,
                                    cancellable, NULL, NULL, on_done, &wait);
  result = wait_for (&wait);
  return monocle_model_load_finish (result, error);
}

gboolean
monocle_train_ask_is_small (MonocleModel *model)
{
  return monocle_model_get_n_parameters (model) < SMALL_PARAMETERS;
}

gboolean
monocle_train_ask_look (MonocleSession *const *sessions,
                        guint n,
                        GCancellable *cancellable,
                        GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  if (n == 0 || !monocle_train_ask_is_small (monocle_session_get_model (sessions[0])))
    return TRUE;
  monocle_together_look_async (sessions, n, MONOCLE_DETAIL_AUTO, MONOCLE_TOGETHER_ALWAYS,
                               cancellable, on_done, &wait);
  result = wait_for (&wait);
  return monocle_together_look_finish (result, error);
}

MonocleResult *
monocle_train_ask (MonocleSession *session,
                   const MonocleTrainExample *example,
                   GCancellable *cancellable,
                   GError **error)
{
  MonocleImage *image = monocle_session_get_image (session);
  const MonocleBox whole
      = { 0, 0, (float) monocle_image_get_width (image), (float) monocle_image_get_height (image) };
  const MonocleRequest request = {
    .task = example->task,
    .text = example->text,
    .regions = !(example->task->takes & MONOCLE_TAKES_REGION) ? NULL
               : example->has_region                          ? &example->region
                                                              : &whole,
    .n_regions = example->task->takes & MONOCLE_TAKES_REGION ? 1 : 0,
  };
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MonocleRun) run = NULL;

  monocle_session_run_async (session, &request, cancellable, NULL, NULL, on_done, &wait);
  result = wait_for (&wait);
  run = monocle_session_run_finish (session, result, error);
  if (!run || g_cancellable_set_error_if_cancelled (run->stopped ? cancellable : NULL, error))
    return NULL;
  return monocle_result_ref (run->results->pdata[0]);
}

/* --- how right an answer is --------------------------------------------------------------- */

char *
monocle_train_ask_dup_words (const MonocleResult *result)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);

      if (part->kind == MONOCLE_PART_TEXT)
        g_string_append (words, part->text);
      else if (part->kind == MONOCLE_PART_OBJECT)
        g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "",
                                part->object->label ? part->object->label : "");
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* (transfer full) (element-type MonocleLessonObject) */
static MonocleTrainExample *
collect_objects (const MonocleTrainExample *question, const MonocleResult *result)
{
  MonocleTrainExample *example = monocle_train_example_new (question->task, question->label);

  example->text = g_strdup (question->text);
  example->has_region = question->has_region;
  example->region = question->region;
  monocle_train_example_begin_objects (example);
  for (guint i = 0; i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);
      MonocleRect box;

      if (part->kind != MONOCLE_PART_OBJECT)
        continue;
      box = monocle_shape_get_bounds (part->object->shape);
      monocle_train_example_add_box (example, part->object->label ? part->object->label : "", &box);
    }
  return example;
}

static MonocleRect
get_bounds (const MonocleLessonObject *object)
{
  const double *at = object->corners;
  const double left = MIN (MIN (at[0], at[2]), MIN (at[4], at[6]));
  const double top = MIN (MIN (at[1], at[3]), MIN (at[5], at[7]));

  return (MonocleRect){ left, top, MAX (MAX (at[0], at[2]), MAX (at[4], at[6])) - left,
                        MAX (MAX (at[1], at[3]), MAX (at[5], at[7])) - top };
}

static gboolean
is_same (const MonocleLessonObject *a, const MonocleLessonObject *b)
{
  const char *const words[] = { b->words, NULL };
  const MonocleRect left = get_bounds (a), right = get_bounds (b);
  const double across = MIN (left.x + left.width, right.x + right.width) - MAX (left.x, right.x);
  const double down = MIN (left.y + left.height, right.y + right.height) - MAX (left.y, right.y);
  const double both = MAX (across, 0) * MAX (down, 0);
  const double either = left.width * left.height + right.width * right.height - both;

  return both >= SAME_PLACE * either && monocle_eval_text_is_answer (a->words, words);
}

/* F1: each has at most one partner. */
static double
score_objects (const GArray *truth, const GArray *found)
{
  g_autofree gboolean *taken = g_new0 (gboolean, MAX (found->len, 1));
  guint n = 0;

  if (truth->len + found->len == 0)
    return 1;
  for (guint i = 0; i < truth->len; i++)
    for (guint j = 0; j < found->len; j++)
      if (!taken[j]
          && is_same (&g_array_index (found, MonocleLessonObject, j),
                      &g_array_index (truth, MonocleLessonObject, i)))
        {
          taken[j] = TRUE;
          n++;
          break;
        }
  return 2.0 * n / (truth->len + found->len);
}

double
monocle_train_ask_score (const MonocleTrainExample *example, const MonocleResult *result)
{
  if (!example->objects)
    {
      g_autofree char *words = monocle_train_ask_dup_words (result);
      const char *const right[] = { example->words, NULL };

      return monocle_eval_text_is_answer (words, right) ? 1 : 0;
    }
  {
    g_autoptr (MonocleTrainExample) found = collect_objects (example, result);

    return score_objects (example->objects, found->objects);
  }
}

MonocleTrainExample *
monocle_train_ask_remember (const MonocleTrainExample *question, const MonocleResult *result)
{
  MonocleTrainExample *example;
  g_autofree char *words = NULL;

  if (monocle_task_gives_objects (question->task))
    return collect_objects (question, result);
  words = monocle_train_ask_dup_words (result);
  if (!*words)
    return NULL;
  example = monocle_train_example_copy (question);
  g_free (example->words);
  g_free (example->label);
  example->words = g_strdup (words);
  example->label = g_steal_pointer (&words);
  return example;
}

/* --- the trainer -------------------------------------------------------------------------- */

gboolean
monocle_train_add (MonocleTrainer *trainer,
                   MonocleSession *session,
                   const MonocleTrainingExample *example,
                   GCancellable *cancellable,
                   GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_trainer_add_async (trainer, session, example, cancellable, on_done, &wait);
  result = wait_for (&wait);
  return monocle_trainer_add_finish (trainer, result, error);
}

gboolean
monocle_train_start (MonocleTrainer *trainer,
                     const MonocleTrainingStart *start,
                     GCancellable *cancellable,
                     GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_trainer_start_async (trainer, start, cancellable, on_done, &wait);
  result = wait_for (&wait);
  return monocle_trainer_start_finish (trainer, result, error);
}

/* A step is made whole or not at all: what stops is not to stop in the middle of one. */
gboolean
monocle_train_step (MonocleTrainer *trainer,
                    const guint *examples,
                    guint n,
                    double rate,
                    MonocleTrainerStep *step,
                    GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_trainer_step_async (trainer, examples, n, rate, NULL, on_done, &wait);
  result = wait_for (&wait);
  return monocle_trainer_step_finish (trainer, result, step, error);
}

GArray *
monocle_train_judge (MonocleTrainer *trainer,
                     const guint *examples,
                     guint n,
                     GCancellable *cancellable,
                     GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_trainer_judge_async (trainer, examples, n, cancellable, on_done, &wait);
  result = wait_for (&wait);
  return monocle_trainer_judge_finish (trainer, result, error);
}

gboolean
monocle_train_save (MonocleTrainer *trainer, const char *path, const char *note, GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_trainer_save_async (trainer, path, note, NULL, on_done, &wait);
  result = wait_for (&wait);
  return monocle_trainer_save_finish (trainer, result, error);
}

gboolean
monocle_train_restore (MonocleTrainer *trainer, const char *path, GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_trainer_restore_async (trainer, path, NULL, on_done, &wait);
  result = wait_for (&wait);
  return monocle_trainer_restore_finish (trainer, result, error);
}

gboolean
monocle_train_write (MonocleTrainer *trainer,
                     const char *directory,
                     const char *base,
                     GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_trainer_write_async (trainer, directory, base, NULL, on_done, &wait);
  result = wait_for (&wait);
  return monocle_trainer_write_finish (trainer, result, error);
}
