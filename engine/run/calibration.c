/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/calibration.h"

#include <math.h>

#include "engine/answer/result-private.h"
#include "engine/base/file.h"

/* Odds stay finite; the recipe that fits the lines has the same number. */
#define LEAST_SCORE 1e-6

typedef struct
{
  const MonocleTask *task;
  double temperature, shift;
} Line;

struct _MonocleCalibration
{
  double lowest_score;
  GArray *lines; /* Line */
};

void
monocle_calibration_free (MonocleCalibration *self)
{
  g_array_unref (self->lines);
  g_free (self);
}

static gboolean
read_number (JsonObject *object,
             const char *where,
             const char *key,
             MonocleJsonNeed need,
             double least,
             double most,
             double *value,
             GError **error)
{
  double number = *value;

  if (!monocle_json_get_double (object, where, key, need, &number, error))
    return FALSE;
  if (number < least || number > most)
    {
      monocle_file_set_error (error, where, "key \"%s\" is %g, expected %g to %g", key, number,
                              least, most);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

static gboolean
read_line (MonocleCalibration *self,
           const GPtrArray *tasks,
           JsonObject *lines,
           const char *name,
           const char *where,
           GError **error)
{
  Line line = { .task = monocle_tasks_find (tasks, name) };
  g_autofree char *place = g_strdup_printf ("%s: %s", where, name);
  JsonObject *object = NULL;

  if (!line.task)
    return TRUE;
  if (!monocle_json_get_object (lines, where, name, MONOCLE_JSON_REQUIRED, &object, error)
      || !read_number (object, place, "temperature", MONOCLE_JSON_REQUIRED,
                       MONOCLE_CALIBRATION_LEAST_TEMPERATURE, MONOCLE_CALIBRATION_MOST_TEMPERATURE,
                       &line.temperature, error)
      || !read_number (object, place, "shift", MONOCLE_JSON_OPTIONAL,
                       -MONOCLE_CALIBRATION_MOST_SHIFT, MONOCLE_CALIBRATION_MOST_SHIFT, &line.shift,
                       error))
    return FALSE;
  g_array_append_val (self->lines, line);
  return TRUE;
}

static gboolean
read_lines (MonocleCalibration *self,
            const GPtrArray *tasks,
            JsonObject *root,
            const char *path,
            GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: calibration", path);
  g_autoptr (GList) names = NULL;
  JsonObject *lines = NULL;

  if (!monocle_json_get_object (root, path, "calibration", MONOCLE_JSON_OPTIONAL, &lines, error))
    return FALSE;
  names = lines ? json_object_get_members (lines) : NULL;
  for (GList *l = names; l; l = l->next)
    if (!read_line (self, tasks, lines, l->data, where, error))
      return FALSE;
  return TRUE;
}

MonocleCalibration *
monocle_calibration_read (JsonObject *root,
                          const char *path,
                          const GPtrArray *tasks,
                          GError **error)
{
  g_autoptr (MonocleCalibration) self = g_new0 (MonocleCalibration, 1);

  self->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  if (!read_number (root, path, "lowest_score", MONOCLE_JSON_OPTIONAL, 0, 1, &self->lowest_score,
                    error)
      || !read_lines (self, tasks, root, path, error))
    return NULL;
  return g_steal_pointer (&self);
}

double
monocle_calibration_get_lowest_score (const MonocleCalibration *self)
{
  return self->lowest_score;
}

static float
calibrate (const Line *line, float score)
{
  double p = CLAMP ((double) score, LEAST_SCORE, 1 - LEAST_SCORE);
  double odds = log (p / (1 - p)) / line->temperature + line->shift;

  return isnan (score) ? score : (float) (1 / (1 + exp (-odds)));
}

static const Line *
find_line (const MonocleCalibration *self, const MonocleTask *task)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      const Line *line = &g_array_index (self->lines, Line, i);

      if (line->task == task)
        return line;
    }
  return NULL;
}

void
monocle_calibration_apply (const MonocleCalibration *self,
                           const MonocleTask *task,
                           MonocleResult *result)
{
  const Line *line = find_line (self, task);

  if (!line)
    return;
  if (task->gives == MONOCLE_GIVES_TEXT)
    monocle_result_set_score (result, calibrate (line, monocle_result_get_score (result)));
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    monocle_result_set_object_score (
        result, i, calibrate (line, monocle_result_get_object (result, i)->score));
}
