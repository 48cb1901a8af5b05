/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first part of a training: the model looks at every picture once. What is held out is asked
 * and remembered; of pictures that say nothing the model's own answers are, half to be taught again
 * and half to be asked again; of the rest views are made and kept as examples.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/train/ask.h"
#include "app/train/sessions.h"
#include "app/train/training-private.h"
#include "app/train/views.h"

/* Of held-out questions, of each kind. */
#define MAX_QUESTIONS 200
/* Of pictures about what is known, taught and held out. */
#define MAX_OLD_TAUGHT   200
#define MAX_OLD_HELD_OUT 60
/* Every so many of them is held out while there are few. */
#define OLD_HELD_OUT_EVERY 3
/* How often what is close to what is new is rehearsed while the rest is once: it is lost first. */
#define CLOSE_WEIGHT 2
/* Names that are asked for on pictures about what is known. */
#define MAX_OLD_TEXTS 8

static void
tell (const MonocleTrainRun *run, guint n_done, guint n_all)
{
  const MonocleTrainUpdate update = { .stage = MONOCLE_TRAIN_LOOKING,
                                      .n_done = n_done,
                                      .n_all = n_all,
                                      .held_out_loss = (double) NAN,
                                      .held_out_right = (double) NAN };

  if (run->update)
    run->update (&update, run->user_data);
}

static void
digest_text (MonocleTrainRun *run, const char *text)
{
  g_checksum_update (run->checksum, (const guchar *) (text ? text : ""),
                     (gssize) strlen (text ? text : "") + 1);
}

/* What a state belongs to. */
static void
digest_example (MonocleTrainRun *run, const char *picture, const MonocleTrainExample *example)
{
  digest_text (run, picture);
  digest_text (run, example->task->id);
  digest_text (run, example->text);
  digest_text (run, example->words);
  if (example->has_region)
    g_checksum_update (run->checksum, (const guchar *) &example->region, sizeof example->region);
  for (guint i = 0; example->objects && i < example->objects->len; i++)
    {
      const MonocleLessonObject *object = &g_array_index (example->objects, MonocleLessonObject, i);

      digest_text (run, object->words);
      g_checksum_update (run->checksum, (const guchar *) object->corners, sizeof object->corners);
    }
}

/* @result: (nullable): what the model wrote, to be taught as it is. @is_added: (out): those that
 * the model has no tokens for are counted and left out */
static gboolean
add (MonocleTrainRun *run,
     MonocleSession *session,
     const char *picture,
     const MonocleTrainExample *example,
     const MonocleResult *result,
     gboolean is_old,
     gboolean *is_added,
     GError **error)
{
  MonocleImage *image = monocle_session_get_image (session);
  const MonocleBox whole
      = { 0, 0, (float) monocle_image_get_width (image), (float) monocle_image_get_height (image) };
  MonocleTrainingExample taught = {
    .task = example->task,
    .text = example->text,
    .region = !(example->task->takes & MONOCLE_TAKES_REGION) ? NULL
              : example->has_region                          ? &example->region
                                                             : &whole,
    .words = example->words,
    .is_old = is_old,
  };
  GError *local = NULL;

  if (result)
    {
      taught.ids = monocle_result_get_token_ids (result, &taught.n_ids);
      /* What the decoder is fed with first is no part of the answer. */
      if (taught.n_ids > 0)
        {
          taught.ids++;
          taught.n_ids--;
        }
    }
  else if (example->objects)
    {
      taught.objects = (const MonocleLessonObject *) (gpointer) example->objects->data;
      taught.n_objects = example->objects->len;
    }
  *is_added = monocle_train_add (run->trainer, session, &taught, run->cancellable, &local);
  if (*is_added)
    {
      digest_example (run, picture, example);
      run->n_added++;
      return TRUE;
    }
  if (!g_error_matches (local, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST))
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  monocle_notes_add (run->job->set->notes, local->message);
  g_error_free (local);
  return TRUE;
}

static MonocleTrainQuestion *
add_question (MonocleTrainRun *run,
              const char *picture,
              MonocleTrainExample *example,
              gboolean is_old,
              const MonocleResult *before)
{
  MonocleTrainQuestion *question = g_new0 (MonocleTrainQuestion, 1);

  question->picture = g_strdup (picture);
  question->example = example;
  question->is_old = is_old;
  question->before = monocle_train_ask_dup_words (before);
  question->score_before = monocle_train_ask_score (example, before);
  g_ptr_array_add (run->outcome->questions, question);
  return question;
}

static guint
count_questions (const MonocleTrainRun *run, gboolean is_old)
{
  guint n = 0;

  for (guint i = 0; i < run->outcome->questions->len; i++)
    n += ((const MonocleTrainQuestion *) run->outcome->questions->pdata[i])->is_old == is_old;
  return n;
}

/* --- pictures ----------------------------------------------------------------------------- */

/* @session: (nullable): about it */
static gboolean
look_at_held_out (MonocleTrainRun *run,
                  const MonocleTrainPicture *picture,
                  MonocleSession *session,
                  GError **error)
{
  for (guint i = 0; session && i < picture->examples->len; i++)
    {
      const MonocleTrainExample *example = picture->examples->pdata[i];
      g_autoptr (MonocleResult) result = NULL;
      const guint number = run->n_added;
      const MonocleTrainQuestion *question;
      gboolean is_added;

      if (count_questions (run, FALSE) >= MAX_QUESTIONS)
        break;
      result = monocle_train_ask (session, example, run->cancellable, error);
      if (!result || !add (run, session, picture->path, example, NULL, TRUE, &is_added, error))
        return FALSE;
      question
          = add_question (run, picture->path, monocle_train_example_copy (example), FALSE, result);
      if (!is_added)
        continue;
      monocle_train_glimpses_add (run->glimpses, picture->path, example, question->before,
                                  run->held_out->len);
      g_array_append_val (run->held_out, number);
    }
  return TRUE;
}

/* What it calls, before, the thing that it is to call otherwise. */
static gboolean
note_close (MonocleTrainRun *run,
            MonocleSession *session,
            const MonocleTrainExample *example,
            GError **error)
{
  g_autoptr (MonocleResult) result = NULL;
  char *words;

  if (!example->words || !(run->job->keep > 0))
    return TRUE;
  result = monocle_train_ask (session, example, run->cancellable, error);
  if (!result)
    return FALSE;
  words = monocle_train_ask_dup_words (result);
  digest_text (run, words);
  g_hash_table_add (run->close, words);
  return TRUE;
}

/* What a view shows of a picture's questions: those that it says nothing about are not in it.
 * @numbers: (element-type GArray): of each question the examples */
static gboolean
add_view (MonocleTrainRun *run,
          const MonocleTrainPicture *picture,
          MonocleSession *session,
          const GPtrArray *seen,
          gboolean is_whole,
          GPtrArray *numbers,
          GError **error)
{
  for (guint i = 0; i < seen->len; i++)
    {
      const guint number = run->n_added;
      gboolean is_added;

      if (!seen->pdata[i])
        continue;
      if (is_whole && !note_close (run, session, seen->pdata[i], error))
        return FALSE;
      if (!add (run, session, picture->path, seen->pdata[i], NULL, FALSE, &is_added, error))
        return FALSE;
      if (is_added)
        g_array_append_val ((GArray *) numbers->pdata[i], number);
    }
  run->outcome->n_views++;
  return TRUE;
}

/* Some views, the first of that number, in one go. */
static gboolean
add_views (MonocleTrainRun *run,
           const MonocleTrainPicture *picture,
           MonocleImage *image,
           guint first,
           guint n,
           GPtrArray *numbers,
           GError **error)
{
  const guint64 seed = run->job->seed ^ g_ascii_strtoull (picture->digest + 48, NULL, 16);
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint view = first; view < first + n; view++)
    {
      GPtrArray *of_view = NULL;
      g_autoptr (MonocleImage) shown
          = monocle_train_view_new (image, picture->examples, seed, view, &of_view);

      g_ptr_array_add (seen, of_view);
      g_ptr_array_add (sessions, monocle_session_new (run->model, shown));
    }
  if (!monocle_train_ask_look ((MonocleSession *const *) sessions->pdata, sessions->len,
                               run->cancellable, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!add_view (run, picture, sessions->pdata[i], seen->pdata[i], first + i == 0, numbers,
                   error))
      return FALSE;
  return TRUE;
}

/* The same questions in all views. */
static gboolean
look_at_taught (MonocleTrainRun *run, const MonocleTrainPicture *picture, GError **error)
{
  const guint n_together = monocle_model_get_n_together (run->model);
  g_autoptr (MonocleImage) image = monocle_train_load (picture->path, run->job->set->notes);
  g_autoptr (GPtrArray) numbers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  if (!image)
    return TRUE;
  for (guint i = 0; i < picture->examples->len; i++)
    g_ptr_array_add (numbers, g_array_new (FALSE, FALSE, sizeof (guint)));
  for (guint view = 0; view < run->job->views; view += n_together)
    if (!add_views (run, picture, image, view, MIN (n_together, run->job->views - view), numbers,
                    error))
      return FALSE;
  for (guint i = 0; i < numbers->len; i++)
    {
      const MonocleTrainExample *example = picture->examples->pdata[i];
      const GArray *views = numbers->pdata[i];

      if (views->len == 0)
        continue;
      monocle_train_draws_add (run->draws, example->task->id, example->label, FALSE, 1,
                               (const guint *) (gpointer) views->data, views->len);
      run->outcome->n_examples++;
    }
  return TRUE;
}

/* --- what is known ------------------------------------------------------------------------ */

/* (transfer full) (element-type MonocleTrainExample): what is taught, without answers: a question
 * a task, and of tasks with texts one for each of the texts that come first. */
static GPtrArray *
list_old_questions (const MonocleTrainSet *set)
{
  GPtrArray *questions
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_train_example_free);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_texts = 0;

  for (guint i = 0; i < set->pictures->len; i++)
    {
      const MonocleTrainPicture *picture = set->pictures->pdata[i];

      for (guint j = 0; j < picture->examples->len && !picture->is_held_out; j++)
        {
          const MonocleTrainExample *example = picture->examples->pdata[j];
          const gboolean has_text = example->text && (example->task->takes & MONOCLE_TAKES_TEXT);
          MonocleTrainExample *question;

          if ((has_text && n_texts >= MAX_OLD_TEXTS)
              || !g_hash_table_add (known, g_strdup_printf ("%s %s", example->task->id,
                                                            has_text ? example->text : "")))
            continue;
          n_texts += has_text;
          question = monocle_train_example_new (example->task, NULL);
          question->text = g_strdup (has_text ? example->text : NULL);
          g_ptr_array_add (questions, question);
        }
    }
  return questions;
}

/* @index: of the picture; texts take turns, so that a picture is asked once about each task */
static gboolean
look_at_old (MonocleTrainRun *run,
             const char *path,
             MonocleSession *session,
             const GPtrArray *questions,
             guint index,
             gboolean is_held_out,
             GError **error)
{
  guint n_texts = 0, text = 0;

  for (guint i = 0; i < questions->len; i++)
    n_texts += ((const MonocleTrainExample *) questions->pdata[i])->text != NULL;
  for (guint i = 0; i < questions->len; i++)
    {
      const MonocleTrainExample *question = questions->pdata[i];
      g_autoptr (MonocleResult) result = NULL;
      g_autoptr (MonocleTrainExample) answered = NULL;
      g_autofree char *words = NULL;
      guint number = run->n_added;
      gboolean is_added;

      if (question->text && text++ != index % n_texts)
        continue;
      result = monocle_train_ask (session, question, run->cancellable, error);
      if (!result)
        return FALSE;
      answered = monocle_train_ask_remember (question, result);
      if (!answered)
        continue;
      if (is_held_out)
        {
          add_question (run, path, g_steal_pointer (&answered), TRUE, result);
          continue;
        }
      if (!add (run, session, path, answered, result, TRUE, &is_added, error))
        return FALSE;
      if (!is_added)
        continue;
      /* By task alone: what is said most often is what must not be lost. */
      words = monocle_train_ask_dup_words (result);
      monocle_train_draws_add (run->draws, question->task->id, "", TRUE,
                               g_hash_table_contains (run->close, words) ? CLOSE_WEIGHT : 1,
                               &number, 1);
      run->outcome->n_old++;
    }
  return TRUE;
}

typedef struct
{
  guint number; /* in keep_from */
  gboolean is_held_out;
} Old;

/* (transfer full) (element-type Old): pictures to ask. */
static GArray *
choose_old (const MonocleTrainRun *run)
{
  const GPtrArray *pictures = run->job->keep_from;
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (Old));
  guint n_taught = 0, n_held_out = 0;

  for (guint i = 0; pictures && i < pictures->len; i++)
    {
      const Old old = { i, i % OLD_HELD_OUT_EVERY == 0 && n_held_out < MAX_OLD_HELD_OUT };

      if (!old.is_held_out && (n_taught >= MAX_OLD_TAUGHT || !(run->job->keep > 0)))
        continue;
      g_array_append_val (chosen, old);
      n_taught += !old.is_held_out;
      n_held_out += old.is_held_out;
    }
  return chosen;
}

/* One that cannot be read is none. */
static gboolean
look_at_all_old (MonocleTrainRun *run, guint done, guint all, GError **error)
{
  g_autoptr (GPtrArray) questions = list_old_questions (run->job->set);
  g_autoptr (GArray) chosen = choose_old (run);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (MonocleTrainSessions) sessions = NULL;

  for (guint i = 0; i < chosen->len; i++)
    g_ptr_array_add (paths, run->job->keep_from->pdata[g_array_index (chosen, Old, i).number]);
  sessions = monocle_train_sessions_new (run->model, paths, NULL);
  for (guint i = 0; i < chosen->len; i++)
    {
      const Old *old = &g_array_index (chosen, Old, i);
      MonocleSession *session;

      tell (run, done + old->number, all);
      if (!monocle_train_sessions_get (sessions, i, run->cancellable, &session, error)
          || (session
              && !look_at_old (run, paths->pdata[i], session, questions, old->number,
                               old->is_held_out, error)))
        return FALSE;
    }
  return TRUE;
}

/* (transfer full): of the first so many, those that are held out */
static GPtrArray *
list_held_out (const MonocleTrainSet *set, guint n)
{
  GPtrArray *paths = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    {
      const MonocleTrainPicture *picture = set->pictures->pdata[i];

      if (picture->examples->len > 0 && picture->is_held_out)
        g_ptr_array_add (paths, picture->path);
    }
  return paths;
}

gboolean
monocle_train_look (MonocleTrainRun *run, guint most_pictures, GError **error)
{
  const MonocleTrainSet *set = run->job->set;
  const guint n_old
      = run->job->keep_from ? MIN (run->job->keep_from->len, MAX_OLD_TAUGHT + MAX_OLD_HELD_OUT) : 0;
  const guint n_all = set->pictures->len + n_old, n = MIN (set->pictures->len, most_pictures);
  g_autoptr (GPtrArray) held_out = list_held_out (set, n);
  g_autoptr (MonocleTrainSessions) sessions
      = monocle_train_sessions_new (run->model, held_out, set->notes);
  guint n_held_out = 0;

  for (guint i = 0; i < n; i++)
    {
      const MonocleTrainPicture *picture = set->pictures->pdata[i];
      MonocleSession *session;

      tell (run, i, n_all);
      if (picture->examples->len == 0)
        continue;
      if (picture->is_held_out ? !monocle_train_sessions_get (sessions, n_held_out++,
                                                              run->cancellable, &session, error)
                                     || !look_at_held_out (run, picture, session, error)
                               : !look_at_taught (run, picture, error))
        return FALSE;
    }
  return most_pictures < set->pictures->len
         || look_at_all_old (run, set->pictures->len, n_all, error);
}
