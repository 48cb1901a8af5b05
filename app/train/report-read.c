/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/report.h"

#include <math.h>

/* Of anything that is counted. */
#define MAX_COUNT 1000000000

static gboolean
read_count (JsonObject *object, const char *where, const char *key, guint *value, GError **error)
{
  gint64 number = 0;

  if (!monocle_json_get_int (object, where, key, MONOCLE_JSON_REQUIRED, 0, MAX_COUNT, &number,
                             error))
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

/* What is no number was null. */
static gboolean
read_number (JsonObject *object, const char *where, const char *key, double *value, GError **error)
{
  *value = (double) NAN;
  return monocle_json_get_double (object, where, key, MONOCLE_JSON_OPTIONAL, value, error);
}

static gboolean
read_text (JsonObject *object, const char *where, const char *key, char **value, GError **error)
{
  const char *text = NULL;

  if (!monocle_json_get_string (object, where, key, MONOCLE_JSON_OPTIONAL, &text, error))
    return FALSE;
  *value = g_strdup (text);
  return TRUE;
}

static gboolean
read_figures (JsonObject *object,
              const char *where,
              const char *key,
              MonocleTrainFigures *figures,
              GError **error)
{
  JsonObject *of = NULL;

  return monocle_json_get_object (object, where, key, MONOCLE_JSON_REQUIRED, &of, error)
         && read_count (of, where, "questions", &figures->n, error)
         && read_number (of, where, "before", &figures->before, error)
         && read_number (of, where, "after", &figures->after, error)
         && read_count (of, where, "better", &figures->n_better, error)
         && read_count (of, where, "worse", &figures->n_worse, error)
         && read_number (of, where, "p", &figures->p, error)
         && read_number (of, where, "low", &figures->low, error)
         && read_number (of, where, "high", &figures->high, error)
         /* Those of before have none. */
         && monocle_json_get_double (of, where, "guess", MONOCLE_JSON_OPTIONAL, &figures->guess,
                                     error);
}

static gboolean
read_point (JsonObject *object,
            const char *where,
            MonocleTrainOutcome *outcome,
            const GPtrArray *tasks,
            GError **error)
{
  MonocleTrainPoint point;

  if (!read_count (object, where, "step", &point.step, error)
      || !read_number (object, where, "loss", &point.loss, error)
      || !read_number (object, where, "held_out_loss", &point.held_out_loss, error)
      || !read_number (object, where, "held_out_right", &point.held_out_right, error))
    return FALSE;
  g_array_append_val (outcome->curve, point);
  return TRUE;
}

/* One about a task that the model has no more is left out. */
static gboolean
read_question (JsonObject *object,
               const char *where,
               MonocleTrainOutcome *outcome,
               const GPtrArray *tasks,
               GError **error)
{
  const char *id = NULL, *of = NULL;
  const MonocleTask *task;
  MonocleTrainQuestion *question;

  if (!monocle_json_get_string (object, where, "task", MONOCLE_JSON_REQUIRED, &id, error)
      || !monocle_json_get_string (object, where, "of", MONOCLE_JSON_REQUIRED, &of, error))
    return FALSE;
  task = monocle_tasks_find (tasks, id);
  if (!task)
    return TRUE;
  question = g_new0 (MonocleTrainQuestion, 1);
  question->example = monocle_train_example_new (task, NULL);
  question->is_old = g_str_equal (of, "old");
  g_ptr_array_add (outcome->questions, question);
  return read_text (object, where, "image", &question->picture, error)
         && (question->picture
             || monocle_file_set_error (error, where, "a question is about no picture"))
         && read_text (object, where, "text", &question->example->text, error)
         && read_text (object, where, "right", &question->example->words, error)
         && read_text (object, where, "before", &question->before, error)
         && read_text (object, where, "after", &question->after, error)
         && read_number (object, where, "score_before", &question->score_before, error)
         && read_number (object, where, "score_after", &question->score_after, error);
}

static gboolean
read_each (JsonObject *object,
           const char *where,
           const char *key,
           gboolean (*read) (
               JsonObject *, const char *, MonocleTrainOutcome *, const GPtrArray *, GError **),
           MonocleTrainOutcome *outcome,
           const GPtrArray *tasks,
           GError **error)
{
  JsonArray *all = NULL;

  if (!monocle_json_get_array (object, where, key, MONOCLE_JSON_REQUIRED, &all, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (all); i++)
    {
      JsonNode *node = json_array_get_element (all, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return monocle_file_set_error (error, where, "what should be an object is none");
      if (!read (json_node_get_object (node), where, outcome, tasks, error))
        return FALSE;
    }
  return TRUE;
}

MonocleTrainOutcome *
monocle_train_report_read (const char *folder, const GPtrArray *tasks, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "report.json", NULL);
  g_autoptr (JsonObject) object = monocle_json_load (path, error);
  g_autoptr (MonocleTrainOutcome) outcome = monocle_train_outcome_new ();
  guint n_pictures = MONOCLE_VERDICT_MIN_PICTURES;
  MonocleTrainFigures fresh, old;

  if (!object || !read_figures (object, path, "new", &fresh, error)
      || !read_figures (object, path, "old", &old, error)
      /* Earlier ones did not say it. */
      || (monocle_json_has (object, "pictures")
          && !read_count (object, path, "pictures", &n_pictures, error))
      || !read_text (object, path, "model", &outcome->model, error)
      || !read_text (object, path, "device", &outcome->device, error)
      || !read_count (object, path, "steps", &outcome->steps, error)
      || !read_count (object, path, "skipped", &outcome->n_skipped, error)
      || !read_count (object, path, "best_step", &outcome->best_step, error)
      || !read_count (object, path, "examples", &outcome->n_examples, error)
      || !read_count (object, path, "views", &outcome->n_views, error)
      || !read_count (object, path, "kept", &outcome->n_old, error)
      || !read_number (object, path, "learn_seconds", &outcome->learn_seconds, error)
      || !read_each (object, path, "curve", read_point, outcome, tasks, error)
      || !read_each (object, path, "questions", read_question, outcome, tasks, error))
    return NULL;
  /* It follows from the figures. */
  outcome->verdict = monocle_train_verdict (&fresh, &old, n_pictures);
  return g_steal_pointer (&outcome);
}
