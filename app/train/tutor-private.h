/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the tutor share. And a lesson: what it does on a thread, from reading to
 * judging; it hears of it in the main context.
 */
#pragma once

#include "app/train/tutor.h"

G_BEGIN_DECLS

typedef struct _MonocleTutorLesson MonocleTutorLesson;

/* @has_ended: its thread is over, and nothing more is heard of it */
typedef void (*MonocleTutorNews) (MonocleTutorLesson *lesson, gboolean has_ended, gpointer data);

/**
 * MonocleTutorLesson:
 * @plan, @out: what is wanted, and where what was learnt goes
 * @cancellable: all of it
 * @enough: of steps
 * @facts, @title, @device, @is_software, @is_anew, @update, @rounds, @steps, @glimpses: under
 *   @mutex while it runs
 * @model, @set, @others, @base, @estimate, @has_estimate, @outcome, @error: its thread's while it
 *   runs
 */
struct _MonocleTutorLesson
{
  MonocleTutorPlan *plan;
  char *out;
  GCancellable *cancellable;
  GCancellable *enough;

  GMutex mutex;
  GCond cond;
  gboolean is_paused;
  gboolean is_told; /* news are on their way */
  MonocleTutorFacts *facts;
  char *title, *device;
  gboolean is_software, is_anew;
  gboolean is_learning;
  MonocleTrainUpdate update;
  GArray *rounds, *steps;
  GPtrArray *glimpses; /* (nullable): of the last round */

  GPtrArray *tasks;
  MonocleModel *model;
  MonocleTrainSet *set;
  GPtrArray *others;
  char *base;
  gboolean has_estimate;
  MonocleTrainEstimate estimate;
  MonocleTrainOutcome *outcome;
  GError *error;

  /*< private >*/
  GThread *thread;
  gboolean resumes, learns;
  MonocleTutorNews news;
  gpointer data;
};

MonocleTutorLesson *monocle_tutor_lesson_new (const MonocleTutorPlan *plan, const char *out);
/* Not while it runs; what is still on its way of it is not heard. */
void monocle_tutor_lesson_free (MonocleTutorLesson *self);

/* On a thread: reads and measures; or learns, after the same where that was not done yet. */
void
monocle_tutor_lesson_look (MonocleTutorLesson *self, MonocleTutorNews news, gpointer user_data);
void monocle_tutor_lesson_learn (MonocleTutorLesson *self,
                                 gboolean resumes,
                                 MonocleTutorNews news,
                                 gpointer user_data);
void monocle_tutor_lesson_pause (MonocleTutorLesson *self, gboolean is_paused);
void monocle_tutor_lesson_cancel (MonocleTutorLesson *self);
void monocle_tutor_lesson_end (MonocleTutorLesson *self);
/* Waits for the thread. */
void monocle_tutor_lesson_join (MonocleTutorLesson *self);

/* --- the tutor, in parts -------------------------------------------------------------------- */

struct _MonocleTutor
{
  GObject parent_instance;

  MonocleTutorState state;
  MonocleTutorPlan *plan;     /* (nullable) */
  MonocleTutorLesson *lesson; /* (nullable) */
  MonocleTutorPlan *wanted;   /* (nullable): looked at when the lesson has ended */
  gboolean is_dropped;        /* nothing of the lesson is to stay */
  gboolean is_keeping;        /* what came of it is on its way */

  char *title, *device;
  gboolean is_software, is_anew;
  MonocleTutorFacts *facts;
  gboolean has_estimate;
  MonocleTrainEstimate estimate;
  gboolean has_update;
  MonocleTrainUpdate update;
  GArray *rounds, *steps;
  GPtrArray *glimpses; /* (nullable): of the last round; never changed */
  MonocleTrainOutcome *outcome;
  GPtrArray *tasks; /* of what was read of an earlier run */
  GError *error;

  gint64 stage_us; /* when its first update came, without pauses */
  guint stage_done;
  MonocleTrainStage stage;
  gint64 paused_us; /* when */
  double spent;     /* seconds, of stages before this one */
};

/* tutor.c */
void monocle_tutor_set_state (MonocleTutor *self, MonocleTutorState state);
void monocle_tutor_forget_progress (MonocleTutor *self);
void monocle_tutor_forget_facts (MonocleTutor *self);
void monocle_tutor_take_plan (MonocleTutor *self, MonocleTutorPlan *plan);

/* tutor-result.c: what lies in its folder */
char *monocle_tutor_dup_path (const char *name);
gboolean monocle_tutor_has (const char *name);
void monocle_tutor_remove_called (const char *name);
/* Of a training that did not end: also what it was about. */
void monocle_tutor_remove_state (void);
/* What was learnt just now, by the model that it is of. */
void monocle_tutor_name_result (MonocleTutor *self);

/* tutor-facts.c */
MonocleTutorFacts *monocle_tutor_facts_new (const MonocleTrainSet *set);
void monocle_tutor_facts_free (MonocleTutorFacts *self);

G_END_DECLS
