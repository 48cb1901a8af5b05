/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/lessons.h"

#include <math.h>
#include <string.h>

#include "engine/answer/places.h"
#include "engine/base/error.h"
#include "engine/models/florence2/tasks.h"

/* Rows of an answer, from the top down. */
#define N_ROWS 10

static const char *const questions[MONOCLE_N_LESSON_KINDS] = {
  [MONOCLE_LESSON_FIND] = "<OD>",
  [MONOCLE_LESSON_PLACE] = "<REGION_PROPOSAL>",
  [MONOCLE_LESSON_READ] = "<OCR_WITH_REGION>",
  [MONOCLE_LESSON_DESCRIBE] = "<CAPTION>",
};

const char *
monocle_lesson_get_question (MonocleLessonKind kind)
{
  return questions[kind];
}

/* Also of tasks whose answers say the same as those that are written. */
static gboolean
find_kind_of_task (const MonocleFlorence2Task *task, MonocleLessonKind *kind)
{
  if (task->task.takes != MONOCLE_TAKES_NOTHING)
    return FALSE;
  switch (task->answer)
    {
    case MONOCLE_GRAMMAR_BOXES:
      *kind = MONOCLE_LESSON_FIND;
      return TRUE;
    case MONOCLE_GRAMMAR_PROPOSALS:
      *kind = MONOCLE_LESSON_PLACE;
      return TRUE;
    case MONOCLE_GRAMMAR_QUADS:
      *kind = MONOCLE_LESSON_READ;
      return TRUE;
    case MONOCLE_GRAMMAR_TEXT:
      *kind = MONOCLE_LESSON_DESCRIBE;
      return task->task.kind == MONOCLE_TASK_DESCRIBE;
    case MONOCLE_GRAMMAR_PHRASES:
    case MONOCLE_GRAMMAR_POLYGONS:
    case MONOCLE_GRAMMAR_BOXES_OR_POLYGONS:
    default:
      return FALSE;
    }
}

gboolean
monocle_lesson_find_kind (const char *question, MonocleLessonKind *kind)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();
  g_autofree char *clean = g_strstrip (g_strdup (question));

  monocle_florence2_list_tasks (tasks);
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleFlorence2Task *task = tasks->pdata[i];

      if (*clean && (strcmp (task->task.tag, clean) == 0 || g_strcmp0 (task->prompt, clean) == 0))
        return find_kind_of_task (task, kind);
    }
  return FALSE;
}

/* --- Writing --- */

static gboolean
is_box (MonocleLessonKind kind)
{
  return kind != MONOCLE_LESSON_READ;
}

typedef struct
{
  const MonocleLessonObject *object;
  guint row, left, index;
} Place;

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *left = a, *right = b;

  if (left->row != right->row)
    return left->row < right->row ? -1 : 1;
  if (left->left != right->left)
    return left->left < right->left ? -1 : 1;
  return left->index < right->index ? -1 : left->index > right->index;
}

static guint
find_bin (double pixels, guint side)
{
  return monocle_places_to_bin (&monocle_places_loc, (float) pixels, side);
}

/* Markers and places begin with "<". */
static void
append_words (GString *answer, const char *words)
{
  g_autofree char *clean = g_strstrip (g_strdelimit (g_strdup (words), "<\r\n\t", ' '));

  g_string_append (answer, clean);
}

static void
append_place (GString *answer, MonocleLessonKind kind, const double *corners, const guint sides[2])
{
  const guint last = is_box (kind) ? 6 : 8;

  for (guint i = 0; i < last; i++)
    {
      g_autofree char *token = NULL;

      /* Of boxes the first corner and the third. */
      if (is_box (kind) && (i == 2 || i == 3))
        continue;
      token = monocle_places_write_token (&monocle_places_loc, find_bin (corners[i], sides[i % 2]));
      g_string_append (answer, token);
    }
}

char *
monocle_lesson_write (MonocleLessonKind kind,
                      const MonocleLessonObject *objects,
                      guint n_objects,
                      guint width,
                      guint height)
{
  const guint sides[2] = { width, height };
  g_autofree Place *places = g_new (Place, MAX (n_objects, 1));
  GString *answer = g_string_new (NULL);

  for (guint i = 0; i < n_objects; i++)
    {
      const guint top = find_bin (objects[i].corners[1], height);

      places[i] = (Place){ &objects[i], top * N_ROWS / monocle_places_loc.n_bins,
                           find_bin (objects[i].corners[0], width), i };
    }
  if (n_objects > 1)
    qsort (places, n_objects, sizeof *places, compare_places);
  for (guint i = 0; i < n_objects; i++)
    {
      if (kind != MONOCLE_LESSON_PLACE)
        append_words (answer, places[i].object->words);
      append_place (answer, kind, places[i].object->corners, sides);
    }
  return g_string_free (answer, FALSE);
}

char *
monocle_lesson_write_answer (const MonocleTask *task,
                             const char *words,
                             const MonocleLessonObject *objects,
                             guint n_objects,
                             guint width,
                             guint height,
                             GError **error)
{
  GString *answer;

  switch (monocle_florence2_task_get_grammar (task))
    {
    case MONOCLE_GRAMMAR_TEXT:
      answer = g_string_new (NULL);
      append_words (answer, words ? words : "");
      if (answer->len > 0)
        return g_string_free (answer, FALSE);
      g_string_free (answer, TRUE);
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%s: there are no words in the answer", task->id);
      return NULL;
    case MONOCLE_GRAMMAR_BOXES:
    case MONOCLE_GRAMMAR_PHRASES:
    case MONOCLE_GRAMMAR_BOXES_OR_POLYGONS:
      return monocle_lesson_write (MONOCLE_LESSON_FIND, objects, n_objects, width, height);
    case MONOCLE_GRAMMAR_PROPOSALS:
      return monocle_lesson_write (MONOCLE_LESSON_PLACE, objects, n_objects, width, height);
    case MONOCLE_GRAMMAR_QUADS:
      return monocle_lesson_write (MONOCLE_LESSON_READ, objects, n_objects, width, height);
    case MONOCLE_GRAMMAR_POLYGONS:
    default:
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%s: outlines are not taught", task->id);
      return NULL;
    }
}

/* --- Reading --- */

static void
object_clear (gpointer data)
{
  g_free (((MonocleLessonObject *) data)->words);
}

/* Places in a row, to pixels. Returns: behind them */
static const char *
read_places (const char *text, const guint sides[2], GArray *pixels)
{
  guint64 bin;
  gsize n;

  g_array_set_size (pixels, 0);
  while ((n = monocle_places_measure (&monocle_places_loc, text, &bin)) > 0)
    {
      double place = (double) monocle_places_from_bin (
          &monocle_places_loc, MIN (bin, monocle_places_loc.n_bins - 1), sides[pixels->len % 2]);

      g_array_append_val (pixels, place);
      text += n;
    }
  return text;
}

static void
take_object (
    GArray *objects, MonocleLessonKind kind, const char *words, gsize size, const double *at)
{
  MonocleLessonObject object = { g_strstrip (g_strndup (words, size)), { 0 } };

  if (is_box (kind))
    {
      const double corners[] = { at[0], at[1], at[2], at[1], at[2], at[3], at[0], at[3] };

      memcpy (object.corners, corners, sizeof corners);
    }
  else
    memcpy (object.corners, at, sizeof object.corners);
  g_array_append_val (objects, object);
}

GArray *
monocle_lesson_read (MonocleLessonKind kind, const char *answer, guint width, guint height)
{
  const guint sides[2] = { width, height }, n = is_box (kind) ? 4 : 8;
  g_autoptr (GArray) objects = g_array_new (FALSE, FALSE, sizeof (MonocleLessonObject));
  g_autoptr (GArray) pixels = g_array_new (FALSE, FALSE, sizeof (double));

  g_return_val_if_fail (width > 0 && height > 0 && kind != MONOCLE_LESSON_DESCRIBE, NULL);

  g_array_set_clear_func (objects, object_clear);
  while (*answer)
    {
      const char *words = answer;
      gsize size;

      for (; *answer && monocle_places_measure (&monocle_places_loc, answer, NULL) == 0;)
        answer = g_utf8_next_char (answer);
      size = (gsize) (answer - words);
      answer = read_places (answer, sides, pixels);
      /* Blanks at the end are nothing. */
      if (pixels->len == 0 && !*answer && strspn (words, " \r\n\t") == size)
        break;
      if (pixels->len == 0 || pixels->len % n != 0 || (!is_box (kind) && pixels->len != n))
        return NULL;
      for (guint i = 0; i < pixels->len; i += n)
        take_object (objects, kind, words, size, (const double *) (gpointer) pixels->data + i);
    }
  return g_steal_pointer (&objects);
}
