/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers made by hand, and queries that get them as the runner would hand them over.
 */
#pragma once

#include <math.h>

#include "app/document/query.h"
#include "engine/answer/result-private.h"
#include "tests/unit/shape-fixture.h"

static inline MonocleObject
box_object (const char *label, float x1, float y1, float x2, float y2)
{
  return (MonocleObject) { .label = (char *) label,
                           .shape = box_shape (x1, y1, x2, y2),
                           .score = 0.5f };
}

/* @objects: copied */
static inline MonocleResult *
answer_with (const MonocleObject *objects, guint n_objects)
{
  MonocleResult *result = monocle_result_new ();

  for (guint i = 0; i < n_objects; i++)
    {
      MonocleObject copy = objects[i];

      copy.label = g_strdup (objects[i].label);
      copy.shape = monocle_shape_ref (objects[i].shape);
      monocle_result_take_object (result, &copy);
    }

  return result;
}

/* @text: (nullable) */
static inline MonocleResult *
answer_in_words (const char *text)
{
  MonocleResult *result = monocle_result_new ();

  if (text)
    monocle_result_take_text (result, g_strdup (text));
  return result;
}

static inline void
free_answer (gpointer result)
{
  if (result)
    monocle_result_unref (result);
}

/* @results: (transfer full) (nullable elements) */
static inline GPtrArray *
collect_answers (MonocleResult *const *results, guint n_results)
{
  GPtrArray *array = g_ptr_array_new_with_free_func (free_answer);

  for (guint i = 0; i < n_results; i++)
    g_ptr_array_add (array, results[i]);
  return array;
}

static inline void
stream_answers (MonocleQuery *query, MonocleResult *const *results, guint n_results)
{
  g_autoptr (GPtrArray) partial = collect_answers (results, n_results);

  monocle_query_update (query, &(MonocleUpdate) { .stage = MONOCLE_STAGE_ANSWERING,
                                                  .fraction = -1,
                                                  .n_tokens = 7,
                                                  .partial = partial });
}

static inline void
stream_answer (MonocleQuery *query, MonocleResult *result)
{
  stream_answers (query, &result, 1);
}

static inline void
finish_with (MonocleQuery *query, MonocleResult *const *results, guint n_results, gboolean stopped)
{
  MonocleRun *run = g_new0 (MonocleRun, 1);

  run->results = collect_answers (results, n_results);
  run->stopped = stopped;
  run->n_tokens = 9;
  monocle_query_finish (query, run);
}

static inline void
finish_one (MonocleQuery *query, MonocleResult *result)
{
  finish_with (query, &result, 1, FALSE);
}

static inline guint
count_annotations (MonocleQuery *query)
{
  return g_list_model_get_n_items (monocle_query_get_annotations (query));
}

/* (transfer none): valid as long as it is in the list */
static inline MonocleAnnotation *
peek_annotation (MonocleQuery *query, guint index)
{
  g_autoptr (MonocleAnnotation) annotation
      = g_list_model_get_item (monocle_query_get_annotations (query), index);

  return annotation;
}

/* Ignores what arithmetic in single precision loses. */
#define assert_near(a, b) g_assert_cmpfloat_with_epsilon ((double) (a), (double) (b), 1e-3)

static inline void
assert_bounds (MonocleAnnotation *annotation, double x, double y, double width, double height)
{
  MonocleRect bounds = monocle_annotation_get_bounds (annotation);

  assert_near (bounds.x, x);
  assert_near (bounds.y, y);
  assert_near (bounds.width, width);
  assert_near (bounds.height, height);
}

static inline void
count_up (gpointer object, guint *counter)
{
  (*counter)++;
}
