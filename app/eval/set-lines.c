/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads JSON lines into a set: a line is a question with its answer, or a text in a picture.
 */
#include "config.h"

#include <string.h>

#include "app/eval/measure.h"
#include "app/eval/set-private.h"
#include "app/eval/text.h"
#include "app/exchange/coco-parse.h"

/* Kinds of questions; a table of more says nothing. */
#define MAX_KIND_BYTES 40

typedef struct
{
  MonocleEvalSet *set;
  const char *folder;
  const char *where;
  JsonObject *row;
} Line;

static gboolean
read_box (JsonNode *node, const char *where, const char *key, MonocleBox *box, GError **error)
{
  g_autoptr (GArray) sides = g_array_new (FALSE, FALSE, sizeof (double));
  const double *side;

  if (!monocle_json_read_numbers (node, where, key, 4, sides, error))
    return FALSE;
  side = (const double *) (gconstpointer) sides->data;
  if (!(side[0] < side[2]) || !(side[1] < side[3]))
    return monocle_file_set_error (error, where, "\"%s\" has an empty box: expected x1, y1, x2, y2",
                                   key);
  *box = (MonocleBox){ (float) side[0], (float) side[1], (float) side[2], (float) side[3] };
  return TRUE;
}

static gboolean
read_boxes (JsonObject *object, const char *where, GArray *boxes, GError **error)
{
  JsonArray *array = NULL;

  if (!monocle_json_get_array (object, where, "boxes", MONOCLE_JSON_REQUIRED, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      MonocleBox box;

      if (!read_box (json_array_get_element (array, i), where, "boxes", &box, error))
        return FALSE;
      g_array_append_val (boxes, box);
    }
  return TRUE;
}

static gboolean
read_phrases (const Line *line, MonocleEvalQuestion *question, GError **error)
{
  JsonArray *array = NULL;

  if (!json_object_has_member (line->row, "phrases"))
    {
      MonocleEvalPhrase *phrase;

      if (!json_object_has_member (line->row, "boxes"))
        return TRUE;
      phrase = monocle_eval_phrase_new (NULL);
      g_ptr_array_add (question->phrases, phrase);
      return read_boxes (line->row, line->where, phrase->boxes, error);
    }

  if (!monocle_json_get_array (line->row, line->where, "phrases", MONOCLE_JSON_REQUIRED, &array,
                               error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      MonocleEvalPhrase *phrase;
      const char *text = NULL;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return monocle_file_set_error (error, line->where,
                                       "\"phrases\" holds something that is no object");
      if (!monocle_eval_get_text (json_node_get_object (node), line->where, "text",
                                  MONOCLE_JSON_REQUIRED, &text, error))
        return FALSE;
      phrase = monocle_eval_phrase_new (text);
      g_ptr_array_add (question->phrases, phrase);
      if (!read_boxes (json_node_get_object (node), line->where, phrase->boxes, error))
        return FALSE;
    }
  return TRUE;
}

/* One answer, or an array of answers that are all right. */
static gboolean
read_answers (const Line *line, MonocleEvalQuestion *question, GError **error)
{
  JsonNode *node = json_object_get_member (line->row, "answer");
  g_autoptr (GStrvBuilder) answers = g_strv_builder_new ();
  JsonArray *array;

  if (!node || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      const char *answer = NULL;

      if (!monocle_eval_get_text (line->row, line->where, "answer", MONOCLE_JSON_REQUIRED, &answer,
                                  error))
        return FALSE;
      if (!*answer)
        return monocle_file_set_error (error, line->where, "\"answer\" is empty");
      g_strv_builder_add (answers, answer);
      question->answers = g_strv_builder_end (answers);
      return TRUE;
    }
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_STRING)
        return monocle_file_set_error (error, line->where,
                                       "\"answer\" is neither a text nor an array of texts");
      if (strlen (json_node_get_string (element)) > MONOCLE_EVAL_TEXT_MAX_BYTES)
        return monocle_file_set_error (error, line->where, "\"answer\" is too long");
      if (!*json_node_get_string (element))
        return monocle_file_set_error (error, line->where, "\"answer\" holds an empty text");
      g_strv_builder_add (answers, json_node_get_string (element));
    }
  if (json_array_get_length (array) == 0)
    return monocle_file_set_error (error, line->where, "\"answer\" is empty");
  question->answers = g_strv_builder_end (answers);
  return TRUE;
}

static gboolean
read_rest (const Line *line, MonocleEvalQuestion *question, GError **error)
{
  JsonNode *region = json_object_get_member (line->row, "region");
  JsonNode *outline = json_object_get_member (line->row, "segmentation");
  const char *kind = NULL;

  if (region && !JSON_NODE_HOLDS_NULL (region))
    {
      question->has_region = TRUE;
      if (!read_box (region, line->where, "region", &question->region, error))
        return FALSE;
    }
  if (outline && !JSON_NODE_HOLDS_NULL (outline)
      && !monocle_coco_read_outline (outline, line->where, &question->outline, error))
    return FALSE;
  if (question->outline && monocle_shape_get_mask (question->outline))
    question->mask = monocle_mask_runs_ref (monocle_shape_get_mask (question->outline));
  if (!monocle_eval_get_text (line->row, line->where, "kind", MONOCLE_JSON_OPTIONAL, &kind, error))
    return FALSE;
  if (kind && (!*kind || strlen (kind) > MAX_KIND_BYTES))
    return monocle_file_set_error (error, line->where, "\"kind\" is empty or longer than %d bytes",
                                   MAX_KIND_BYTES);
  for (const char *p = kind; p && *p; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return monocle_file_set_error (error, line->where, "\"kind\" holds control characters");
  question->kind = g_strdup (kind);
  return read_phrases (line, question, error) && read_answers (line, question, error);
}

/* Whether the truth is there that the answer will be held against. */
static gboolean
check_question (const Line *line, const MonocleEvalQuestion *question, GError **error)
{
  const MonocleTask *task = question->task;
  gboolean takes_text = (task->takes & MONOCLE_TAKES_TEXT) != 0;
  const char *missing = NULL;

  switch (monocle_eval_measure_find (task))
    {
    case MONOCLE_EVAL_MEASURE_PLACES:
      missing = question->phrases->len == 0 ? "boxes" : NULL;
      break;
    case MONOCLE_EVAL_MEASURE_OUTLINE:
      missing = question->phrases->len == 0 && !question->mask && !question->outline
                    ? "segmentation"
                    : NULL;
      break;
    case MONOCLE_EVAL_MEASURE_ANSWER:
    case MONOCLE_EVAL_MEASURE_READING:
      missing = question->answers ? NULL : "answer";
      break;
    case MONOCLE_EVAL_MEASURE_DETECTION:
    case MONOCLE_EVAL_MEASURE_CAPTION:
    case MONOCLE_EVAL_MEASURE_TEXTS:
      return monocle_file_set_error (error, line->where, "task %s is not asked line by line",
                                     task->id);
    case MONOCLE_EVAL_MEASURE_NONE:
      return monocle_file_set_error (error, line->where, "task %s cannot be measured", task->id);
    default:
      g_assert_not_reached ();
    }
  if (takes_text && (!question->text || !*question->text))
    missing = "text";
  if (missing)
    return monocle_file_set_error (error, line->where, "task %s needs \"%s\"", task->id, missing);
  return TRUE;
}

static gboolean
read_question (const Line *line,
               MonocleEvalImage *image,
               const MonocleTask *task,
               const char *key,
               GError **error)
{
  MonocleEvalQuestion *question = monocle_eval_image_add_question (image, task);
  const char *text = NULL;

  if (!monocle_eval_get_text (line->row, line->where, key, MONOCLE_JSON_OPTIONAL, &text, error))
    return FALSE;
  if (task->takes & MONOCLE_TAKES_TEXT)
    question->text = g_strdup (text);
  return read_rest (line, question, error) && check_question (line, question, error);
}

/* (nullable): with @error, the model has no such task */
static const MonocleTask *
find_task (const Line *line, const char *name, GError **error)
{
  const MonocleTask *task = name ? monocle_tasks_find (line->set->tasks, name)
                                 : monocle_tasks_find_kind (line->set->tasks, MONOCLE_TASK_ANSWER,
                                                            MONOCLE_TAKES_TEXT, MONOCLE_GIVES_TEXT);

  if (!task && name)
    monocle_file_set_error (error, line->where, "there is no task \"%s\"", name);
  else if (!task)
    monocle_file_set_error (error, line->where, "the model cannot be asked questions");
  return task;
}

static gboolean
read_text (const Line *line, MonocleEvalImage *image, GError **error)
{
  g_autoptr (GArray) quad = g_array_new (FALSE, FALSE, sizeof (double));
  JsonNode *node = json_object_get_member (line->row, "quad");
  MonocleEvalText *text;
  const char *string = NULL;

  if (!monocle_eval_get_text (line->row, line->where, "text", MONOCLE_JSON_REQUIRED, &string,
                              error))
    return FALSE;
  if (!*string)
    return monocle_file_set_error (error, line->where, "\"text\" is empty");
  if (node && !JSON_NODE_HOLDS_NULL (node)
      && !monocle_json_read_numbers (node, line->where, "quad", 8, quad, error))
    return FALSE;
  text = g_new0 (MonocleEvalText, 1);
  text->text = g_strdup (string);
  if (quad->len == 8)
    text->quad = monocle_shape_new_quad ((const double *) (gpointer) quad->data);
  g_ptr_array_add (image->texts, text);
  return TRUE;
}

static gboolean
is_placeless_text (JsonObject *row)
{
  return !json_object_has_member (row, "task") && !json_object_has_member (row, "question")
         && !json_object_has_member (row, "quad");
}

static gboolean
read_row (const Line *line, GError **error)
{
  MonocleEvalImage *image;
  const MonocleTask *task = NULL;
  const char *name = NULL, *named = NULL;
  gboolean is_question = json_object_has_member (line->row, "question");

  if (!monocle_eval_get_text (line->row, line->where, "image", MONOCLE_JSON_REQUIRED, &name, error)
      || !monocle_eval_get_text (line->row, line->where, "task", MONOCLE_JSON_OPTIONAL, &named,
                                 error))
    return FALSE;
  image = monocle_eval_set_get_image (line->set, line->folder, line->where, name, error);
  if (!image)
    return FALSE;
  /* The same words can be there twice, where it does not say at which place. */
  if (monocle_eval_set_is_repeated (line->set, image, line->row, MONOCLE_EVAL_REPEAT_ANYWHERE)
      && !is_placeless_text (line->row))
    return TRUE;
  if (named || is_question)
    {
      task = find_task (line, named, error);
      return task && read_question (line, image, task, named ? "text" : "question", error);
    }
  if (json_object_has_member (line->row, "text"))
    return read_text (line, image, error);
  return monocle_file_set_error (error, line->where, "expected \"task\", \"question\" or \"text\"");
}

gboolean
monocle_eval_set_read_lines (MonocleEvalSet *self,
                             const char *path,
                             const char *folder,
                             GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_read (path, MONOCLE_JSON_MAX_BYTES, error);
  gsize size = 0;
  const char *text = bytes ? g_bytes_get_data (bytes, &size) : NULL;
  guint number = 1;

  if (!text)
    return FALSE;
  for (const char *p = text, *end = text + size; p < end; number++)
    {
      const char *stop = memchr (p, '\n', (gsize) (end - p));
      gsize length = stop ? (gsize) (stop - p) : (gsize) (end - p);
      g_autofree char *where = g_strdup_printf ("%s: line %u", path, number);
      g_autoptr (JsonObject) row = NULL;
      Line line = { self, folder, where, NULL };
      const char *start = p;

      p = stop ? stop + 1 : end;
      while (length > 0 && g_ascii_isspace (start[length - 1]))
        length--;
      if (length == 0)
        continue;
      line.row = row = monocle_json_parse (start, length, where, error);
      if (!row || !read_row (&line, error))
        return FALSE;
    }
  return TRUE;
}
