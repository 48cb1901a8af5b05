/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/error.h"
#include "app/train/tutor-private.h"

G_DEFINE_FINAL_TYPE (MonocleTutor, monocle_tutor, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
monocle_tutor_set_state (MonocleTutor *self, MonocleTutorState state)
{
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- what is known ------------------------------------------------------------------------ */

void
monocle_tutor_forget_progress (MonocleTutor *self)
{
  self->has_update = FALSE;
  self->stage_us = self->paused_us = 0;
  self->stage_done = 0;
  self->spent = 0;
  g_array_set_size (self->rounds, 0);
  g_array_set_size (self->steps, 0);
  g_clear_pointer (&self->glimpses, g_ptr_array_unref);
  g_clear_pointer (&self->outcome, monocle_train_outcome_free);
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_error (&self->error);
}

void
monocle_tutor_forget_facts (MonocleTutor *self)
{
  g_clear_pointer (&self->facts, monocle_tutor_facts_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->device, g_free);
  self->is_software = self->is_anew = FALSE;
  self->has_estimate = FALSE;
}

static void
let_go (MonocleTutor *self)
{
  g_clear_pointer (&self->lesson, monocle_tutor_lesson_free);
}

void
monocle_tutor_take_plan (MonocleTutor *self, MonocleTutorPlan *plan)
{
  g_clear_pointer (&self->plan, monocle_tutor_plan_free);
  self->plan = plan;
}

/* What takes how long is known of the stage that it is in, and of steps where they were measured.
 */
static void
note_stage (MonocleTutor *self)
{
  const gint64 now = g_get_monotonic_time ();

  if (self->stage_us > 0 && self->stage == self->update.stage)
    return;
  if (self->stage_us > 0)
    self->spent += (double) (now - self->stage_us) / G_USEC_PER_SEC;
  self->stage = self->update.stage;
  self->stage_us = now;
  self->stage_done = self->update.n_done;
}

static void
take_points (GArray *to, GArray *from)
{
  g_array_append_vals (to, from->data, from->len);
  g_array_set_size (from, 0);
}

/* With the lesson's mutex. */
static void
take_news (MonocleTutor *self)
{
  MonocleTutorLesson *lesson = self->lesson;

  if (lesson->title && !self->title)
    self->title = g_strdup (lesson->title);
  if (lesson->device && !self->device)
    self->device = g_strdup (lesson->device);
  self->is_software = lesson->is_software;
  self->is_anew = lesson->is_anew;
  if (lesson->facts)
    {
      g_clear_pointer (&self->facts, monocle_tutor_facts_free);
      self->facts = g_steal_pointer (&lesson->facts);
    }
  if (!lesson->is_learning)
    return;
  self->update = lesson->update;
  self->has_update = TRUE;
  take_points (self->rounds, lesson->rounds);
  take_points (self->steps, lesson->steps);
  if (lesson->glimpses)
    {
      g_clear_pointer (&self->glimpses, g_ptr_array_unref);
      self->glimpses = g_steal_pointer (&lesson->glimpses);
    }
  note_stage (self);
}

/* --- lessons ------------------------------------------------------------------------------ */

static void on_news (MonocleTutorLesson *lesson, gboolean has_ended, gpointer data);

static void
begin_look (MonocleTutor *self, MonocleTutorPlan *plan)
{
  g_autofree char *out = monocle_tutor_dup_result (self);

  monocle_tutor_take_plan (self, plan);
  monocle_tutor_forget_facts (self);
  monocle_tutor_forget_progress (self);
  self->lesson = monocle_tutor_lesson_new (plan, out);
  monocle_tutor_lesson_look (self->lesson, on_news, self);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_READING);
}

static void
end_look (MonocleTutor *self)
{
  g_clear_error (&self->error);
  self->error = g_steal_pointer (&self->lesson->error);
  self->has_estimate = self->lesson->has_estimate;
  self->estimate = self->lesson->estimate;
  if (self->error && !self->facts)
    let_go (self);
  monocle_tutor_set_state (self, self->facts ? MONOCLE_TUTOR_READY : MONOCLE_TUTOR_FAILED);
}

static void
end_learning (MonocleTutor *self)
{
  g_clear_error (&self->error);
  self->error = g_steal_pointer (&self->lesson->error);
  self->outcome = g_steal_pointer (&self->lesson->outcome);
  /* Tasks of questions are the model's. */
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  self->tasks = self->lesson->tasks ? g_ptr_array_ref (self->lesson->tasks) : NULL;
  let_go (self);
  if (self->outcome)
    monocle_tutor_name_result (self);
  monocle_tutor_set_state (self, self->outcome ? MONOCLE_TUTOR_DONE : MONOCLE_TUTOR_FAILED);
}

/* What was learnt before it went on is given up by a person alone. */
static void
remove_dropped (const MonocleTutorLesson *lesson)
{
  if (!lesson->learns || lesson->resumes)
    return;
  monocle_tutor_remove_called ("learnt");
  monocle_tutor_remove_state ();
}

/* Nobody wants it: what is wanted next is looked at, or nothing. */
static void
drop (MonocleTutor *self)
{
  const gboolean went_on = self->lesson->learns && self->lesson->resumes;

  self->is_dropped = FALSE;
  remove_dropped (self->lesson);
  let_go (self);
  /* Something was brought back meanwhile. */
  if (self->state == MONOCLE_TUTOR_DONE)
    return;
  if (went_on)
    {
      monocle_tutor_forget_facts (self);
      monocle_tutor_forget_progress (self);
      monocle_tutor_set_state (self, MONOCLE_TUTOR_INTERRUPTED);
      return;
    }
  if (self->wanted)
    {
      begin_look (self, g_steal_pointer (&self->wanted));
      return;
    }
  monocle_tutor_forget_facts (self);
  monocle_tutor_forget_progress (self);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_NONE);
}

static void
on_news (MonocleTutorLesson *lesson, gboolean has_ended, gpointer data)
{
  MonocleTutor *self = data;

  g_object_ref (self);
  g_mutex_lock (&lesson->mutex);
  take_news (self);
  g_mutex_unlock (&lesson->mutex);
  if (has_ended && self->is_dropped)
    drop (self);
  else if (has_ended && lesson->learns)
    end_learning (self);
  else if (has_ended)
    end_look (self);
  else
    monocle_tutor_set_state (self, self->state == MONOCLE_TUTOR_READING && self->facts
                                       ? MONOCLE_TUTOR_MEASURING
                                       : self->state);
  g_object_unref (self);
}

/* --- before ------------------------------------------------------------------------------- */

static gboolean
is_looking (MonocleTutor *self)
{
  return self->state == MONOCLE_TUTOR_READING || self->state == MONOCLE_TUTOR_MEASURING;
}

void
monocle_tutor_look (MonocleTutor *self, const MonocleTutorPlan *plan)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));

  /* What can be gone on with is given up by a person alone. */
  if (monocle_tutor_is_active (self) || self->state == MONOCLE_TUTOR_DONE
      || self->state == MONOCLE_TUTOR_INTERRUPTED || monocle_tutor_can_go_on (self)
      || monocle_tutor_is_outdated (self))
    return;
  if (is_looking (self) || (self->lesson && self->is_dropped))
    {
      g_clear_pointer (&self->wanted, monocle_tutor_plan_free);
      self->wanted = monocle_tutor_plan_copy (plan);
      self->is_dropped = TRUE;
      monocle_tutor_lesson_cancel (self->lesson);
      return;
    }
  let_go (self);
  begin_look (self, monocle_tutor_plan_copy (plan));
}

void
monocle_tutor_forget (MonocleTutor *self)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));

  if (is_looking (self))
    {
      g_clear_pointer (&self->wanted, monocle_tutor_plan_free);
      self->is_dropped = TRUE;
      monocle_tutor_lesson_cancel (self->lesson);
    }
  else if (self->state == MONOCLE_TUTOR_READY)
    {
      let_go (self);
      monocle_tutor_forget_facts (self);
      monocle_tutor_set_state (self, MONOCLE_TUTOR_NONE);
    }
}

gboolean
monocle_tutor_can_choose (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);

  return self->state == MONOCLE_TUTOR_READY && self->lesson && self->lesson->model;
}

void
monocle_tutor_choose (MonocleTutor *self, MonocleTrainingMethod method)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));

  if (!monocle_tutor_can_choose (self) || self->plan->method == method)
    return;
  self->plan->method = self->lesson->plan->method = method;
  self->has_estimate = self->lesson->has_estimate = FALSE;
  g_clear_error (&self->error);
  monocle_tutor_lesson_look (self->lesson, on_news, self);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_MEASURING);
}

void
monocle_tutor_adjust (MonocleTutor *self, double minutes, double keep)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));
  g_return_if_fail (minutes >= 0 && keep >= 0 && keep < 1);

  if (self->state != MONOCLE_TUTOR_READY || !self->lesson)
    return;
  self->plan->minutes = self->lesson->plan->minutes = minutes;
  self->plan->keep = self->lesson->plan->keep = keep;
  if (self->has_estimate)
    monocle_train_estimate_adjust (&self->estimate, minutes, keep);
  monocle_tutor_set_state (self, self->state);
}

static void
learn (MonocleTutor *self, gboolean resumes)
{
  monocle_tutor_forget_progress (self);
  monocle_tutor_lesson_learn (self->lesson, resumes, on_news, self);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_RUNNING);
}

gboolean
monocle_tutor_can_start (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);

  return self->state == MONOCLE_TUTOR_READY && self->lesson && self->has_estimate && !self->error;
}

gboolean
monocle_tutor_start (MonocleTutor *self, GError **error)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);
  g_return_val_if_fail (monocle_tutor_can_start (self), FALSE);

  monocle_tutor_remove_called ("learnt");
  monocle_tutor_remove_state ();
  if (!monocle_tutor_plan_save (self->plan, error))
    return FALSE;
  monocle_tutor_remove_called ("discarded");
  learn (self, FALSE);
  return TRUE;
}

gboolean
monocle_tutor_is_outdated (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);

  return self->state == MONOCLE_TUTOR_FAILED
         && g_error_matches (self->error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_CHANGED);
}

gboolean
monocle_tutor_can_go_on (MonocleTutor *self)
{
  g_autofree char *last = monocle_tutor_dup_path ("learnt.training/last.safetensors");

  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);

  if (monocle_tutor_is_outdated (self))
    return FALSE;
  return (self->state == MONOCLE_TUTOR_FAILED || self->state == MONOCLE_TUTOR_INTERRUPTED)
         && self->plan && monocle_tutor_has ("plan") && g_file_test (last, G_FILE_TEST_EXISTS);
}

void
monocle_tutor_go_on (MonocleTutor *self)
{
  g_autofree char *out = monocle_tutor_dup_result (self);

  g_return_if_fail (MONOCLE_IS_TUTOR (self));
  g_return_if_fail (monocle_tutor_can_go_on (self));

  let_go (self);
  monocle_tutor_forget_facts (self);
  /* A result that cannot be read stands in the way of a whole one. */
  monocle_tutor_remove_called ("learnt");
  self->lesson = monocle_tutor_lesson_new (self->plan, out);
  learn (self, TRUE);
}

void
monocle_tutor_give_up (MonocleTutor *self)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));

  if (self->state != MONOCLE_TUTOR_FAILED && self->state != MONOCLE_TUTOR_INTERRUPTED)
    return;
  monocle_tutor_remove_state ();
  let_go (self);
  monocle_tutor_forget_progress (self);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_NONE);
}

/* --- while it runs ------------------------------------------------------------------------ */

gboolean
monocle_tutor_is_active (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);

  return self->state == MONOCLE_TUTOR_RUNNING || self->state == MONOCLE_TUTOR_PAUSED;
}

void
monocle_tutor_pause (MonocleTutor *self)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));

  if (self->state != MONOCLE_TUTOR_RUNNING)
    return;
  self->paused_us = g_get_monotonic_time ();
  monocle_tutor_lesson_pause (self->lesson, TRUE);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_PAUSED);
}

/* The time of a pause is no step's. */
void
monocle_tutor_resume (MonocleTutor *self)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));

  if (self->state != MONOCLE_TUTOR_PAUSED)
    return;
  if (self->stage_us > 0)
    self->stage_us += g_get_monotonic_time () - self->paused_us;
  monocle_tutor_lesson_pause (self->lesson, FALSE);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_RUNNING);
}

void
monocle_tutor_stop (MonocleTutor *self)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));

  if (!monocle_tutor_is_active (self))
    return;
  monocle_tutor_resume (self);
  if (self->has_update && self->update.stage != MONOCLE_TRAIN_LOOKING)
    {
      monocle_tutor_lesson_end (self->lesson);
      return;
    }
  self->is_dropped = TRUE;
  g_clear_pointer (&self->wanted, monocle_tutor_plan_free);
  if (!self->lesson->resumes)
    self->wanted = monocle_tutor_plan_copy (self->plan);
  monocle_tutor_lesson_cancel (self->lesson);
}

void
monocle_tutor_shut (MonocleTutor *self)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));

  if (!self->lesson)
    return;
  monocle_tutor_lesson_cancel (self->lesson);
  monocle_tutor_lesson_join (self->lesson);
  if (self->is_dropped)
    remove_dropped (self->lesson);
  self->is_dropped = FALSE;
  let_go (self);
  self->state = MONOCLE_TUTOR_NONE;
}

/* --- the class ---------------------------------------------------------------------------- */

static void
monocle_tutor_dispose (GObject *object)
{
  MonocleTutor *self = MONOCLE_TUTOR (object);

  monocle_tutor_shut (self);
  monocle_tutor_forget_facts (self);
  monocle_tutor_forget_progress (self);
  g_clear_pointer (&self->plan, monocle_tutor_plan_free);
  g_clear_pointer (&self->wanted, monocle_tutor_plan_free);

  G_OBJECT_CLASS (monocle_tutor_parent_class)->dispose (object);
}

static void
monocle_tutor_finalize (GObject *object)
{
  MonocleTutor *self = MONOCLE_TUTOR (object);

  g_array_unref (self->rounds);
  g_array_unref (self->steps);
  g_clear_pointer (&self->glimpses, g_ptr_array_unref);

  G_OBJECT_CLASS (monocle_tutor_parent_class)->finalize (object);
}

static void
monocle_tutor_class_init (MonocleTutorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = monocle_tutor_dispose;
  object_class->finalize = monocle_tutor_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_tutor_init (MonocleTutor *self)
{
  self->rounds = g_array_new (FALSE, FALSE, sizeof (MonocleTrainPoint));
  self->steps = g_array_new (FALSE, FALSE, sizeof (MonocleTrainPoint));
}

MonocleTutor *
monocle_tutor_new (void)
{
  return g_object_new (MONOCLE_TYPE_TUTOR, NULL);
}
