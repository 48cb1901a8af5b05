/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/set.h"

#include <math.h>
#include <string.h>

#include "app/eval/caption.h"
#include "app/eval/measure.h"
#include "app/eval/set-private.h"
#include "app/eval/text.h"
#include "app/json/text.h"

/* A box that a row of JSON lines gives is that of an object where they overlap this much. */
#define SAME_BOX 0.99

/* --- Images and questions --- */

static void
text_free (gpointer data)
{
  MonocleEvalText *text = data;

  monocle_shape_unref (text->quad);
  g_free (text->text);
  g_free (text);
}

static void
phrase_free (gpointer data)
{
  MonocleEvalPhrase *phrase = data;

  g_free (phrase->text);
  g_array_unref (phrase->boxes);
  g_free (phrase);
}

MonocleEvalPhrase *
monocle_eval_phrase_new (const char *text)
{
  MonocleEvalPhrase *phrase = g_new0 (MonocleEvalPhrase, 1);

  phrase->text = g_strdup (text);
  phrase->boxes = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  return phrase;
}

void
monocle_eval_question_free (MonocleEvalQuestion *self)
{
  if (!self)
    return;
  g_free (self->text);
  g_strfreev (self->answers);
  g_clear_pointer (&self->phrases, g_ptr_array_unref);
  monocle_shape_unref (self->outline);
  monocle_mask_runs_unref (self->mask);
  g_free (self->kind);
  g_free (self);
}

MonocleEvalQuestion *
monocle_eval_image_add_question (MonocleEvalImage *image, const MonocleTask *task)
{
  MonocleEvalQuestion *question = g_new0 (MonocleEvalQuestion, 1);

  question->task = task;
  question->phrases = g_ptr_array_new_with_free_func (phrase_free);
  g_ptr_array_add (image->questions, question);
  return question;
}

static void
clear_object (gpointer data)
{
  g_clear_pointer (&((MonocleEvalShape *) data)->mask, monocle_mask_runs_unref);
}

static MonocleEvalImage *
image_new (const char *path, const char *name)
{
  MonocleEvalImage *image = g_new0 (MonocleEvalImage, 1);

  image->name = g_strdup (name);
  image->path = g_strdup (path);
  image->objects = g_array_new (FALSE, FALSE, sizeof (MonocleEvalShape));
  g_array_set_clear_func (image->objects, clear_object);
  image->captions = g_ptr_array_new_with_free_func (g_free);
  image->slots = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_eval_slot_free);
  image->texts = g_ptr_array_new_with_free_func (text_free);
  image->questions = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_eval_question_free);
  return image;
}

static void
image_free (gpointer data)
{
  MonocleEvalImage *image = data;

  g_free (image->name);
  g_free (image->path);
  g_array_unref (image->objects);
  g_ptr_array_unref (image->captions);
  g_ptr_array_unref (image->slots);
  g_ptr_array_unref (image->texts);
  g_ptr_array_unref (image->questions);
  g_free (image);
}

/* A set speaks of its own pictures only, and nobody's terminal is to obey a name. */
static gboolean
leaves_folder (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  for (const char *p = name; *p; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;
  return !*name || g_path_is_absolute (name) || g_strv_contains ((const char *const *) parts, "..");
}

gboolean
monocle_eval_get_text (JsonObject *object,
                       const char *where,
                       const char *key,
                       MonocleJsonNeed need,
                       const char **value,
                       GError **error)
{
  const char *text = NULL;

  if (!monocle_json_get_string (object, where, key, need, &text, error))
    return FALSE;
  if (text && strlen (text) > MONOCLE_EVAL_TEXT_MAX_BYTES)
    return monocle_file_set_error (error, where, "\"%s\" is longer than %d bytes", key,
                                   MONOCLE_EVAL_TEXT_MAX_BYTES);
  if (text)
    *value = text;
  return TRUE;
}

MonocleEvalImage *
monocle_eval_set_get_image (
    MonocleEvalSet *self, const char *folder, const char *where, const char *name, GError **error)
{
  MonocleEvalImage *image;
  g_autofree char *path = NULL, *key = NULL;

  if (leaves_folder (name))
    {
      monocle_file_set_error (error, where,
                              "image \"%s\": expected a name inside the folder of pictures", name);
      return NULL;
    }
  /* "./a.png" is a.png; that of another set is another one. */
  path = g_build_filename (folder, name, NULL);
  key = g_canonicalize_filename (path, NULL);
  image = g_hash_table_lookup (self->by_path, key);
  if (image)
    return image;
  image = image_new (path, name);
  g_ptr_array_add (self->images, image);
  g_hash_table_insert (self->by_path, g_steal_pointer (&key), image);
  return image;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

gboolean
monocle_eval_set_is_repeated (MonocleEvalSet *self,
                              const MonocleEvalImage *image,
                              JsonObject *object,
                              MonocleEvalRepeat repeat)
{
  g_autoptr (GList) keys = g_list_sort (json_object_get_members (object), compare_keys);
  g_autoptr (GString) text = g_string_new (image->path);
  guint before;
  char *digest;

  for (GList *l = keys; l; l = l->next)
    {
      g_autofree char *value = NULL;

      /* Ids are the file's own, and the image is known already. */
      if (strcmp (l->data, "id") == 0 || strcmp (l->data, "image_id") == 0
          || strcmp (l->data, "image") == 0)
        continue;
      value = monocle_json_text (json_object_get_member (object, l->data));
      g_string_append_printf (text, "\n%s\n%s", (char *) l->data, value);
    }
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
  before = GPOINTER_TO_UINT (g_hash_table_lookup (self->seen, digest));
  if (before == 0)
    g_hash_table_insert (self->seen, digest, GUINT_TO_POINTER (self->n_files));
  else
    g_free (digest);
  return before != 0 && (repeat == MONOCLE_EVAL_REPEAT_ANYWHERE || before != self->n_files);
}

/* --- What can be asked without being said --- */

static gboolean
has_question (const MonocleEvalSet *self, const MonocleTask *wanted)
{
  for (guint i = 0; i < self->images->len; i++)
    {
      const MonocleEvalImage *image = self->images->pdata[i];

      for (guint k = 0; k < image->questions->len; k++)
        if (((MonocleEvalQuestion *) image->questions->pdata[k])->task == wanted)
          return TRUE;
    }
  return FALSE;
}

static MonocleEvalQuestion *
add_region_question (MonocleEvalImage *image, const MonocleTask *task, MonocleBox region)
{
  MonocleEvalQuestion *question = monocle_eval_image_add_question (image, task);

  question->has_region = TRUE;
  question->region = region;
  return question;
}

static GStrv
one_string (const char *text)
{
  return g_strdupv ((char *[]){ (char *) text, NULL });
}

static void
ask_about_objects (const MonocleEvalSet *self,
                   MonocleEvalImage *image,
                   const MonocleTask *names,
                   const MonocleTask *outlines)
{
  for (guint i = 0; i < image->objects->len; i++)
    {
      const MonocleEvalShape *object = &g_array_index (image->objects, MonocleEvalShape, i);
      const double *box = object->box;
      MonocleBox region = { (float) box[0], (float) box[1], (float) (box[0] + box[2]),
                            (float) (box[1] + box[3]) };
      const char *name = g_hash_table_lookup (self->category_names, &object->category);

      if (object->crowd == MONOCLE_EVAL_CROWD || !(box[2] > 0) || !(box[3] > 0))
        continue;
      if (names)
        add_region_question (image, names, region)->answers = one_string (name);
      if (outlines && object->mask)
        add_region_question (image, outlines, region)->mask = monocle_mask_runs_ref (object->mask);
    }
}

static void
ask_for_captions (const MonocleEvalSet *self, MonocleEvalImage *image)
{
  MonocleEvalDefault when = MONOCLE_EVAL_ASKED;

  for (guint i = 0; i < self->tasks->len; i++)
    if (monocle_eval_measure_find (self->tasks->pdata[i]) == MONOCLE_EVAL_MEASURE_CAPTION)
      {
        monocle_eval_image_add_question (image, self->tasks->pdata[i])->when = when;
        when = MONOCLE_EVAL_ON_REQUEST;
      }
}

/* Mean length of the sides that lead from the top to the bottom. */
static double
get_height (const MonocleEvalText *text)
{
  guint n;
  const double *quad = monocle_shape_get_points (text->quad, &n);

  return (hypot (quad[6] - quad[0], quad[7] - quad[1])
          + hypot (quad[4] - quad[2], quad[5] - quad[3]))
         / 2;
}

static void
ask_for_texts (const MonocleEvalSet *self, MonocleEvalImage *image)
{
  const MonocleTask *regions = monocle_tasks_find_kind (self->tasks, MONOCLE_TASK_READ,
                                                        MONOCLE_TAKES_REGION, MONOCLE_GIVES_TEXT);
  const MonocleTask *whole = monocle_tasks_find_kind (self->tasks, MONOCLE_TASK_READ,
                                                      MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXT);
  const MonocleTask *places = monocle_tasks_find_kind (self->tasks, MONOCLE_TASK_READ,
                                                       MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXTS);
  g_autoptr (GString) all = g_string_new (NULL);
  gboolean has_quads = TRUE, is_tall = TRUE;
  MonocleEvalQuestion *question;

  for (guint i = 0; i < image->texts->len; i++)
    {
      const MonocleEvalText *text = image->texts->pdata[i];
      gboolean tall = text->quad && get_height (text) >= MONOCLE_EVAL_TALL_PX;
      MonocleBox region;

      has_quads = has_quads && text->quad != NULL;
      is_tall = is_tall && tall;
      g_string_append_printf (all, "%s%s", i ? " " : "", text->text);
      if (!regions || !text->quad)
        continue;
      region = monocle_shape_get_box (text->quad);
      if (!(region.x1 < region.x2) || !(region.y1 < region.y2))
        continue;
      question = add_region_question (image, regions, region);
      question->answers = one_string (text->text);
      question->is_tall = tall;
    }
  /* Longer texts are not compared. */
  if (whole && all->len <= MONOCLE_EVAL_TEXT_MAX_BYTES)
    {
      question = monocle_eval_image_add_question (image, whole);
      question->answers = one_string (all->str);
      question->is_tall = is_tall;
    }
  if (places && has_quads)
    monocle_eval_image_add_question (image, places);
}

/* The outline of the object that a question's one box is the box of. */
static void
find_outline (const MonocleEvalImage *image, MonocleEvalQuestion *question)
{
  const MonocleEvalPhrase *phrase
      = question->phrases->len == 1 ? question->phrases->pdata[0] : NULL;
  double best = SAME_BOX;

  if (question->mask || question->outline || !phrase || phrase->boxes->len != 1
      || monocle_eval_measure_find (question->task) != MONOCLE_EVAL_MEASURE_OUTLINE)
    return;
  for (guint i = 0; i < image->objects->len; i++)
    {
      const MonocleEvalShape *object = &g_array_index (image->objects, MonocleEvalShape, i);
      const MonocleBox *box = &g_array_index (phrase->boxes, MonocleBox, 0);
      const double sides[4] = { (double) box->x1, (double) box->y1, (double) (box->x2 - box->x1),
                                (double) (box->y2 - box->y1) };
      double iou = monocle_eval_box_get_iou (sides, object->box, MONOCLE_EVAL_SINGLE);

      if (!object->mask || iou < best)
        continue;
      best = iou;
      monocle_mask_runs_unref (question->mask);
      question->mask = monocle_mask_runs_ref (object->mask);
    }
}

static void
complete (MonocleEvalSet *self)
{
  const MonocleTask *names = monocle_tasks_find_kind (self->tasks, MONOCLE_TASK_ANSWER,
                                                      MONOCLE_TAKES_REGION, MONOCLE_GIVES_TEXT);
  const MonocleTask *outlines = monocle_eval_measure_find_outlining (self->tasks);
  const MonocleTask *all = monocle_eval_measure_find_detection (self->tasks);
  guint n_objects = 0;

  for (guint i = 0; i < self->images->len; i++)
    n_objects += ((MonocleEvalImage *) self->images->pdata[i])->objects->len;
  self->has_masks = n_objects > 0;
  /* Those that the set asks itself are enough. */
  if (has_question (self, names))
    names = NULL;
  if (has_question (self, outlines))
    outlines = NULL;
  for (guint i = 0; i < self->images->len; i++)
    {
      MonocleEvalImage *image = self->images->pdata[i];

      for (guint k = 0; k < image->questions->len; k++)
        find_outline (image, image->questions->pdata[k]);
      for (guint k = 0; k < image->objects->len; k++)
        self->has_masks
            = self->has_masks && g_array_index (image->objects, MonocleEvalShape, k).mask;
      if (all && image->is_listed)
        monocle_eval_image_add_question (image, all);
      ask_about_objects (self, image, names, outlines);
      if (image->captions->len > 0 || image->slots->len > 0)
        ask_for_captions (self, image);
      if (image->texts->len > 0)
        ask_for_texts (self, image);
    }
}

/* --- Files --- */

static gboolean
read_file (MonocleEvalSet *self, const char *path, const char *images, GError **error)
{
  g_autofree char *beside = g_path_get_dirname (path);
  g_autofree char *below = g_build_filename (beside, "images", NULL);
  const char *folder = images ? images : g_file_test (below, G_FILE_TEST_IS_DIR) ? below : beside;

  /* Named twice, by itself and with its folder, through a link: it counts once. */
  if (!monocle_file_set_add (self->files, path))
    return TRUE;
  self->n_files++;
  if (g_str_has_suffix (path, ".jsonl"))
    return monocle_eval_set_read_lines (self, path, folder, error);
  return monocle_eval_set_read_coco (self, path, folder, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Of a folder those files whose names say what they are; others may lie beside them. */
static gboolean
read_folder (MonocleEvalSet *self, const char *path, const char *images, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &local);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (!dir)
    return monocle_file_set_error (error, path, "%s", local->message);
  while ((name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".jsonl")
        || (g_str_has_suffix (name, ".json")
            && (g_str_has_prefix (name, "instances") || g_str_has_prefix (name, "captions"))))
      g_ptr_array_add (names, g_build_filename (path, name, NULL));
  if (names->len == 0)
    return monocle_file_set_error (error, path,
                                   "holds no instances*.json, captions*.json or *.jsonl");

  /* Captions before instances, whose ids count. */
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    if (!read_file (self, names->pdata[i], images, error))
      return FALSE;
  return TRUE;
}

static int
compare_images (gconstpointer a, gconstpointer b)
{
  const MonocleEvalImage *left = *(MonocleEvalImage *const *) a,
                         *right = *(MonocleEvalImage *const *) b;

  if (left->is_listed != right->is_listed)
    return left->is_listed ? -1 : 1;
  return left->id < right->id ? -1 : left->id > right->id;
}

MonocleEvalSet *
monocle_eval_set_load (const GPtrArray *tasks,
                       const char *const *paths,
                       const char *images,
                       GError **error)
{
  g_autoptr (MonocleEvalSet) self = g_new0 (MonocleEvalSet, 1);
  gboolean any = FALSE;

  self->tasks = g_ptr_array_ref ((GPtrArray *) tasks);
  self->images = g_ptr_array_new_with_free_func (image_free);
  self->files = monocle_file_set_new ();
  self->by_path = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->category_names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->categories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; paths[i]; i++)
    {
      gboolean ok = g_file_test (paths[i], G_FILE_TEST_IS_DIR)
                        ? read_folder (self, paths[i], images, error)
                        : read_file (self, paths[i], images, error);

      if (!ok)
        return NULL;
    }

  g_ptr_array_sort (self->images, compare_images);
  complete (self);
  for (guint i = 0; i < self->images->len; i++)
    any = any || ((MonocleEvalImage *) self->images->pdata[i])->questions->len > 0;
  if (!any)
    {
      monocle_file_set_error (error, paths[0], "there is nothing to ask");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
monocle_eval_set_free (MonocleEvalSet *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_pointer (&self->by_path, g_hash_table_unref);
  g_clear_pointer (&self->seen, g_hash_table_unref);
  monocle_file_set_free (self->files);
  g_clear_pointer (&self->images, g_ptr_array_unref);
  g_clear_pointer (&self->category_names, g_hash_table_unref);
  g_clear_pointer (&self->categories, g_hash_table_unref);
  g_free (self);
}

gboolean
monocle_eval_set_find_category (const MonocleEvalSet *self, const char *label, gint64 *category)
{
  g_autofree char *folded = monocle_eval_text_fold (label);
  const gint64 *id = g_hash_table_lookup (self->categories, folded);

  if (id)
    *category = *id;
  return id != NULL;
}
