/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Examples as lines: each is about a picture and has a question and its answer. README.md says what
 * can be in them.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/exchange/source.h"
#include "app/train/set.h"

/* Of an answer or a text, in bytes. */
#define MAX_TEXT_BYTES 20000

typedef struct
{
  MonocleTrainSet *set;
  const char *path;
  char *folder, *pictures;
} Reader;

gboolean
monocle_train_set_looks_like_lines (const char *path)
{
  g_autofree char *text = NULL;
  char *end;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return FALSE;
  text = monocle_exchange_peek (path);
  end = strchr (text, '\n');
  if (end)
    *end = '\0';
  return *text == '{' && strstr (text, "\"image\"")
         && (strstr (text, "\"output\"") || strstr (text, "\"answer\"")
             || strstr (text, "\"boxes\"") || strstr (text, "\"suffix\""));
}

/* (nullable): the first of the names under which a text may be. */
static gboolean
get_text (JsonObject *object,
          const char *where,
          const char *const *keys,
          const char **text,
          GError **error)
{
  *text = NULL;
  for (guint i = 0; keys[i] && !*text; i++)
    if (!monocle_json_get_string (object, where, keys[i], MONOCLE_JSON_OPTIONAL, text, error))
      return FALSE;
  if (*text && strlen (*text) > MAX_TEXT_BYTES)
    return monocle_file_set_error (error, where, "a text of more than %d bytes", MAX_TEXT_BYTES);
  return TRUE;
}

/* (transfer full) (nullable): in images/ beside the file, or beside it. */
static char *
find_picture (const Reader *self, const char *name, const char *where, GError **error)
{
  g_autofree char *clean = monocle_exchange_dup_name (name, where, error);
  g_autofree char *beside = NULL, *inside = NULL;

  if (!clean)
    return NULL;
  inside = g_build_filename (self->pictures, clean, NULL);
  beside = g_build_filename (self->folder, clean, NULL);
  if (g_file_test (inside, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&inside);
  if (g_file_test (beside, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&beside);
  monocle_file_set_error (error, where, "there is no picture \"%s\"", clean);
  return NULL;
}

static gboolean
check_box (const double *at, const char *where, GError **error)
{
  for (guint i = 0; i < 4; i++)
    if (!isfinite (at[i]) || fabs (at[i]) > MONOCLE_IMAGE_MAX_SIDE)
      return monocle_file_set_error (error, where, "a box with numbers that are no pixels");
  if (at[2] <= at[0] || at[3] <= at[1])
    return monocle_file_set_error (error, where, "a box without an inside");
  return TRUE;
}

static gboolean
read_region (JsonObject *object, const char *where, MonocleTrainExample *example, GError **error)
{
  double at[4];

  if (!monocle_json_has (object, "region"))
    return TRUE;
  if (!monocle_json_get_doubles (object, where, "region", MONOCLE_JSON_REQUIRED, at, 4, error)
      || !check_box (at, where, error))
    return FALSE;
  example->has_region = TRUE;
  example->region = (MonocleBox){ (float) at[0], (float) at[1], (float) at[2], (float) at[3] };
  return TRUE;
}

/* "boxes": [[x1, y1, x2, y2], ...], with "labels": [...] where they are not what was asked for. */
static gboolean
read_boxes (const Reader *self,
            JsonObject *object,
            const char *where,
            MonocleTrainExample *example,
            GError **error)
{
  JsonArray *boxes = NULL;
  g_auto (GStrv) labels = NULL;
  guint n;

  if (!monocle_json_get_array (object, where, "boxes", MONOCLE_JSON_REQUIRED, &boxes, error)
      || !monocle_json_get_strings (object, where, "labels", MONOCLE_JSON_OPTIONAL, &labels, error))
    return FALSE;
  n = json_array_get_length (boxes);
  if (labels && g_strv_length (labels) != n)
    return monocle_file_set_error (error, where, "%u boxes and %u labels", n,
                                   g_strv_length (labels));
  if (!labels && !example->text && n > 0 && example->task->gives != MONOCLE_GIVES_PLACES)
    return monocle_file_set_error (error, where, "\"labels\" is missing");
  monocle_train_example_begin_objects (example);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
      const double *at;
      MonocleRect box;

      if (!monocle_json_read_numbers (json_array_get_element (boxes, i), where, "boxes", 4, values,
                                      error))
        return FALSE;
      at = (const double *) (gpointer) values->data;
      if (!check_box (at, where, error))
        return FALSE;
      box = (MonocleRect){ at[0], at[1], at[2] - at[0], at[3] - at[1] };
      monocle_train_example_add_box (example,
                                     labels ? monocle_train_set_get_name (self->set, labels[i])
                                     : example->text ? example->text
                                                     : "",
                                     &box);
    }
  return TRUE;
}

/* An answer in the model's own words. */
static gboolean
read_written (const Reader *self,
              const char *path,
              const char *answer,
              const char *where,
              MonocleTrainExample *example,
              GError **error)
{
  g_autoptr (MonocleSample) sample = monocle_sample_new ("");
  MonocleLessonKind kind;
  GArray *objects;

  if (!monocle_lesson_find_kind (example->task->tag, &kind) || kind == MONOCLE_LESSON_DESCRIBE)
    return monocle_file_set_error (error, where, "answers to %s are not read", example->task->id);
  sample->path = g_strdup (path);
  if (!monocle_exchange_measure (sample, where, error))
    return FALSE;
  objects = monocle_lesson_read (kind, answer, sample->width, sample->height);
  if (!objects)
    return monocle_file_set_error (error, where, "the answer is none to %s", example->task->id);
  g_clear_pointer (&example->objects, g_array_unref);
  example->objects = objects;
  return TRUE;
}

/* A question is a task by name with its text, or a prompt as the models' own programs write it.
 * @may_be_words: anything else is a question in words, else it is misspelled */
static const MonocleTask *
find_task (const Reader *self, const char *name, gboolean may_be_words, const char **text)
{
  const MonocleTask *task = monocle_tasks_find (self->set->tasks, name);

  for (guint i = 0; !task && i < self->set->tasks->len; i++)
    {
      const MonocleTask *other = self->set->tasks->pdata[i];

      if (*other->tag && g_str_has_prefix (name, other->tag) && (other->takes & MONOCLE_TAKES_TEXT))
        {
          *text = name + strlen (other->tag);
          return other;
        }
    }
  if (!task && !*text && may_be_words)
    {
      task = monocle_tasks_find_kind (self->set->tasks, MONOCLE_TASK_ANSWER, MONOCLE_TAKES_TEXT,
                                      MONOCLE_GIVES_TEXT);
      *text = name;
    }
  return task;
}

/* What a region is called, as opposed to what it says. */
static gboolean
is_name (const MonocleTask *task)
{
  return task->kind == MONOCLE_TASK_ANSWER && task->takes == MONOCLE_TAKES_REGION
         && task->gives == MONOCLE_GIVES_TEXT;
}

static gboolean
read_answer (const Reader *self,
             JsonObject *object,
             const char *where,
             const char *path,
             MonocleTrainExample *example,
             GError **error)
{
  static const char *const keys[] = { "output", "answer", "suffix", NULL };
  const char *answer;

  if (monocle_task_gives_objects (example->task) && monocle_json_has (object, "boxes"))
    return read_boxes (self, object, where, example, error);
  if (!get_text (object, where, keys, &answer, error))
    return FALSE;
  if (!answer)
    return monocle_file_set_error (error, where, "there is no answer");
  if (monocle_task_gives_objects (example->task))
    return read_written (self, path, answer, where, example, error);
  if (!*answer)
    return monocle_file_set_error (error, where, "the answer is empty");
  if (is_name (example->task))
    answer = monocle_train_set_get_name (self->set, answer);
  example->words = g_strdup (answer);
  g_free (example->label);
  example->label = g_strdup (strlen (answer) <= 64 ? answer : example->task->id);
  return TRUE;
}

static gboolean
check_question (const MonocleTrainExample *example, const char *where, GError **error)
{
  if ((example->task->takes & MONOCLE_TAKES_TEXT) && (!example->text || !*example->text))
    return monocle_file_set_error (error, where, "%s needs a text", example->task->id);
  if (!(example->task->takes & MONOCLE_TAKES_REGION) && example->has_region)
    return monocle_file_set_error (error, where, "%s takes no region", example->task->id);
  return TRUE;
}

static gboolean
read_line (const Reader *self, const char *text, gsize size, const char *where, GError **error)
{
  static const char *const questions[] = { "task", "prefix", NULL };
  static const char *const inputs[] = { "input", "text", NULL };
  g_autoptr (JsonObject) object = monocle_json_parse (text, size, where, error);
  g_autoptr (MonocleTrainExample) example = NULL;
  g_autofree char *path = NULL;
  const char *image = NULL, *question = NULL, *input = NULL, *split = NULL;
  const MonocleTask *task;
  MonocleTrainPicture *picture;

  if (!object
      || !monocle_json_get_string (object, where, "image", MONOCLE_JSON_REQUIRED, &image, error)
      || !monocle_json_get_string (object, where, "split", MONOCLE_JSON_OPTIONAL, &split, error)
      || !get_text (object, where, questions, &question, error)
      || !get_text (object, where, inputs, &input, error)
      || !(path = find_picture (self, image, where, error)))
    return FALSE;
  if (!question)
    return monocle_file_set_error (error, where, "there is neither \"task\" nor \"prefix\"");
  task = find_task (self, question, !monocle_json_has (object, questions[0]), &input);
  if (!task)
    return monocle_file_set_error (error, where, "there is no task \"%s\"", question);
  example = monocle_train_example_new (task, NULL);
  if (task->takes & MONOCLE_TAKES_TEXT)
    example->text = g_strdup (input);
  if (!read_region (object, where, example, error)
      || !read_answer (self, object, where, path, example, error)
      || !check_question (example, where, error))
    return FALSE;
  picture = monocle_train_set_get_picture (self->set, path);
  if (split)
    picture->split = monocle_sample_split_find (split);
  monocle_train_set_add (self->set, picture, g_steal_pointer (&example));
  return TRUE;
}

gboolean
monocle_train_set_read_lines (MonocleTrainSet *self, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_map (path, error);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *pictures = g_build_filename (folder, "images", NULL);
  const Reader reader = { self, path, folder, pictures };
  const char *text;
  gsize size;
  guint number = 1;

  if (!bytes)
    return FALSE;
  text = g_bytes_get_data (bytes, &size);
  for (gsize at = 0; at < size; number++)
    {
      const char *end = memchr (text + at, '\n', size - at);
      const gsize n = (end ? (gsize) (end - text) : size) - at;
      g_autofree char *where = g_strdup_printf ("%s: line %u", path, number);
      gsize blank = 0;

      while (blank < n && g_ascii_isspace (text[at + blank]))
        blank++;
      if (blank < n && !read_line (&reader, text + at, n, where, error))
        return FALSE;
      at += n + 1;
    }
  return TRUE;
}
