/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/set.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/eval/text.h"
#include "app/exchange/format.h"

/* --- examples ----------------------------------------------------------------------------- */

static void
object_clear (gpointer data)
{
  g_free (((MonocleLessonObject *) data)->words);
}

MonocleTrainExample *
monocle_train_example_new (const MonocleTask *task, const char *label)
{
  MonocleTrainExample *self = g_new0 (MonocleTrainExample, 1);

  self->task = task;
  self->label = g_strdup (label ? label : task->id);
  return self;
}

void
monocle_train_example_begin_objects (MonocleTrainExample *self)
{
  if (self->objects)
    return;
  self->objects = g_array_new (FALSE, FALSE, sizeof (MonocleLessonObject));
  g_array_set_clear_func (self->objects, object_clear);
}

void
monocle_train_example_add_box (MonocleTrainExample *self, const char *words, const MonocleRect *box)
{
  const double right = box->x + box->width, bottom = box->y + box->height;
  MonocleLessonObject object
      = { g_strdup (words), { box->x, box->y, right, box->y, right, bottom, box->x, bottom } };

  monocle_train_example_begin_objects (self);
  g_array_append_val (self->objects, object);
}

MonocleTrainExample *
monocle_train_example_copy (const MonocleTrainExample *self)
{
  MonocleTrainExample *copy = g_memdup2 (self, sizeof *self);

  copy->text = g_strdup (self->text);
  copy->words = g_strdup (self->words);
  copy->label = g_strdup (self->label);
  copy->objects = NULL;
  if (self->objects)
    monocle_train_example_begin_objects (copy);
  for (guint i = 0; self->objects && i < self->objects->len; i++)
    {
      MonocleLessonObject object = g_array_index (self->objects, MonocleLessonObject, i);

      object.words = g_strdup (object.words);
      g_array_append_val (copy->objects, object);
    }
  return copy;
}

void
monocle_train_example_free (MonocleTrainExample *self)
{
  if (!self)
    return;

  g_clear_pointer (&self->objects, g_array_unref);
  g_free (self->text);
  g_free (self->words);
  g_free (self->label);
  g_free (self);
}

/* --- pictures ----------------------------------------------------------------------------- */

static void
picture_free (gpointer data)
{
  MonocleTrainPicture *picture = data;

  g_ptr_array_unref (picture->examples);
  g_free (picture->path);
  g_free (picture->digest);
  g_free (picture);
}

MonocleTrainSet *
monocle_train_set_new (GPtrArray *tasks)
{
  MonocleTrainSet *self = g_new0 (MonocleTrainSet, 1);

  self->tasks = g_ptr_array_ref (tasks);
  self->pictures = g_ptr_array_new_with_free_func (picture_free);
  self->others = g_ptr_array_new_with_free_func (g_free);
  self->notes = monocle_notes_new ();
  self->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->noted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
monocle_train_set_free (MonocleTrainSet *self)
{
  if (!self)
    return;

  g_hash_table_unref (self->by_path);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->noted);
  g_ptr_array_unref (self->pictures);
  g_ptr_array_unref (self->others);
  g_ptr_array_unref (self->tasks);
  g_clear_pointer (&self->wanted, g_ptr_array_unref);
  monocle_notes_free (self->notes);
  g_free (self);
}

guint
monocle_train_set_count (const MonocleTrainSet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->pictures->len; i++)
    n += ((const MonocleTrainPicture *) self->pictures->pdata[i])->examples->len;
  return n;
}

MonocleTrainPicture *
monocle_train_set_get_picture (MonocleTrainSet *self, const char *path)
{
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);
  MonocleTrainPicture *picture = g_hash_table_lookup (self->by_path, canonical);

  if (picture)
    return picture;
  picture = g_new0 (MonocleTrainPicture, 1);
  picture->path = g_steal_pointer (&canonical);
  picture->examples = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_train_example_free);
  g_ptr_array_add (self->pictures, picture);
  g_hash_table_insert (self->by_path, picture->path, picture);
  return picture;
}

static gboolean
is_same_question (const MonocleTrainExample *a, const MonocleTrainExample *b)
{
  return a->task == b->task && g_strcmp0 (a->text, b->text) == 0 && a->has_region == b->has_region
         && (!a->has_region || memcmp (&a->region, &b->region, sizeof a->region) == 0);
}

void
monocle_train_set_add (MonocleTrainSet *self,
                       MonocleTrainPicture *picture,
                       MonocleTrainExample *example)
{
  if (self->wanted && !g_ptr_array_find (self->wanted, example->task, NULL))
    {
      monocle_train_example_free (example);
      return;
    }
  for (guint i = 0; i < picture->examples->len; i++)
    if (is_same_question (picture->examples->pdata[i], example))
      {
        monocle_train_example_free (picture->examples->pdata[i]);
        picture->examples->pdata[i] = example;
        return;
      }
  g_ptr_array_add (picture->examples, example);
}

/* --- names -------------------------------------------------------------------------------- */

const char *
monocle_train_set_get_name (MonocleTrainSet *self, const char *label)
{
  g_autofree char *folded = monocle_eval_text_fold (label);
  const char *name = g_hash_table_lookup (self->names, folded);

  /* Of punctuation alone. */
  if (!*folded)
    return label;
  if (!name)
    {
      g_hash_table_insert (self->names, g_steal_pointer (&folded), g_strdup (label));
      return label;
    }
  if (!g_str_equal (name, label) && g_hash_table_add (self->noted, g_strdup (label)))
    {
      g_autofree char *note = g_strdup_printf (_ ("“%s” is taught as “%s”"), label, name);

      monocle_notes_add (self->notes, note);
    }
  return name;
}

void
monocle_train_set_merge_names (MonocleTrainSet *self, const char *name, const char *other)
{
  g_hash_table_insert (self->names, monocle_eval_text_fold (name), g_strdup (name));
  g_hash_table_insert (self->names, monocle_eval_text_fold (other), g_strdup (name));
}

/* --- what is known of a picture ----------------------------------------------------------- */

static const MonocleTask *
find_task (const MonocleTrainSet *self,
           MonocleTaskKind kind,
           MonocleTaskTakes takes,
           MonocleTaskGives gives)
{
  return monocle_tasks_find_kind (self->tasks, kind, takes, gives);
}

/* A name is a few words; more than that says something of the thing. */
static gboolean
is_sentence (const char *label)
{
  g_auto (GStrv) words = g_strsplit_set (label, " ", -1);

  return g_strv_length (words) > 4 || g_str_has_suffix (label, ".");
}

/* Names have one spelling; sentences are what they are. */
static const char *
get_label (MonocleTrainSet *self, const MonocleSampleObject *object)
{
  return !*object->label || is_sentence (object->label)
             ? object->label
             : monocle_train_set_get_name (self, object->label);
}

/* Leaves out what is smaller than a place that can be said. */
static gboolean
is_large_enough (const MonocleSample *sample, const MonocleRect *box)
{
  return box->width * 1000 >= sample->width && box->height * 1000 >= sample->height
         && box->width >= 1 && box->height >= 1;
}

static void
add_region (MonocleTrainSet *self,
            MonocleTrainPicture *picture,
            const MonocleTask *task,
            const MonocleSampleObject *object,
            const char *words)
{
  MonocleTrainExample *example;

  if (!task)
    return;
  example = monocle_train_example_new (task, words);
  example->has_region = TRUE;
  example->region = monocle_rect_to_box (&object->box);
  example->words = g_strdup (words);
  monocle_train_set_add (self, picture, example);
}

/* Where all things of a name are. */
static void
add_by_name (MonocleTrainSet *self,
             MonocleTrainPicture *picture,
             const MonocleSample *sample,
             const MonocleTask *task)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; task && i < sample->objects->len; i++)
    {
      const char *name = get_label (self, sample->objects->pdata[i]);
      MonocleTrainExample *example;

      if (!*name || !g_hash_table_add (known, (gpointer) name))
        continue;
      example = monocle_train_example_new (task, name);
      example->text = g_strdup (name);
      for (guint j = i; j < sample->objects->len; j++)
        {
          const MonocleSampleObject *object = sample->objects->pdata[j];

          if (g_str_equal (get_label (self, object), name)
              && is_large_enough (sample, &object->box))
            monocle_train_example_add_box (example, name, &object->box);
        }
      if (example->objects)
        monocle_train_set_add (self, picture, example);
      else
        monocle_train_example_free (example);
    }
}

static void
add_all (MonocleTrainSet *self,
         MonocleTrainPicture *picture,
         const MonocleSample *sample,
         const MonocleTask *task)
{
  MonocleTrainExample *example;

  if (!task)
    return;
  example = monocle_train_example_new (task, NULL);
  monocle_train_example_begin_objects (example);
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];

      if (*object->label && is_large_enough (sample, &object->box))
        monocle_train_example_add_box (example, get_label (self, object), &object->box);
    }
  monocle_train_set_add (self, picture, example);
}

/* What the picture as a whole is, or says. */
static void
add_words (MonocleTrainSet *self,
           MonocleTrainPicture *picture,
           const MonocleTask *task,
           const char *label,
           const char *words)
{
  MonocleTrainExample *example;

  if (!task || !*words)
    return;
  example = monocle_train_example_new (task, label);
  example->words = g_strdup (words);
  monocle_train_set_add (self, picture, example);
}

void
monocle_train_set_add_sample (MonocleTrainSet *self,
                              const MonocleSample *sample,
                              gboolean is_complete)
{
  const MonocleTask *name
      = find_task (self, MONOCLE_TASK_ANSWER, MONOCLE_TAKES_REGION, MONOCLE_GIVES_TEXT);
  const MonocleTask *describe
      = find_task (self, MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_REGION, MONOCLE_GIVES_TEXT);
  const MonocleTask *read
      = find_task (self, MONOCLE_TASK_READ, MONOCLE_TAKES_REGION, MONOCLE_GIVES_TEXT);
  MonocleTrainPicture *picture;
  guint n_named = 0;

  if (!sample->path)
    {
      monocle_notes_add (self->notes, _ ("pictures that are not there are left out"));
      return;
    }
  picture = monocle_train_set_get_picture (self, sample->path);
  picture->split = sample->split;
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];

      if (object->is_crowd || !is_large_enough (sample, &object->box))
        {
          monocle_notes_add (self->notes, _ ("crowds and what is too small are left out"));
          continue;
        }
      if (*object->label)
        add_region (self, picture, is_sentence (object->label) ? describe : name, object,
                    get_label (self, object));
      if (object->text && *object->text)
        add_region (self, picture, read, object, object->text);
      n_named += *object->label != '\0';
    }
  add_by_name (self, picture, sample,
               find_task (self, MONOCLE_TASK_FIND, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_OBJECTS));
  /* What nobody drew yet would be taught as background. */
  if (is_complete && n_named > 0)
    add_all (self, picture, sample,
             find_task (self, MONOCLE_TASK_FIND, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_BOXES));
  for (guint i = 0; i < sample->captions->len; i++)
    add_words (self, picture,
               find_task (self, MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXT),
               NULL, sample->captions->pdata[i]);
  if (sample->tags->len > 0)
    {
      const char *tag = monocle_train_set_get_name (self, sample->tags->pdata[0]);

      add_words (self, picture, name, tag, tag);
    }
}

/* --- reading ------------------------------------------------------------------------------ */

static gboolean
take_sample (MonocleSample *sample, gpointer user_data, GError **error)
{
  MonocleTrainSet *self = user_data;

  if (sample->path && sample->width == 0 && !monocle_exchange_measure (sample, sample->path, error))
    return FALSE;
  monocle_train_set_add_sample (self, sample, !self->is_partial);
  return TRUE;
}

static gboolean
read_exchange (MonocleTrainSet *self,
               const MonocleExchangeFormat *format,
               const char *path,
               GError **error)
{
  g_autoptr (MonocleLabels) labels = monocle_labels_new ();
  MonocleExchangeSource source = { .path = path, .labels = labels, .notes = self->notes };

  return format->read (format, &source, take_sample, self, error);
}

static gboolean
has_lines (const char *folder)
{
  g_autoptr (GPtrArray) files
      = monocle_exchange_list_alike (folder, "jsonl", monocle_train_set_looks_like_lines);

  return files->len > 0;
}

static gboolean
read_all_lines (MonocleTrainSet *self, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) files
      = monocle_exchange_list_alike (folder, "jsonl", monocle_train_set_looks_like_lines);

  for (guint i = 0; i < files->len; i++)
    if (!monocle_train_set_read_lines (self, files->pdata[i], error))
      return FALSE;
  return TRUE;
}

gboolean
monocle_train_set_read (MonocleTrainSet *self, const char *path, GError **error)
{
  const gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  const MonocleExchangeFormat *format;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return monocle_file_set_error (error, path, "is not there");
  if (is_folder ? has_lines (path) : monocle_train_set_looks_like_lines (path))
    return is_folder ? read_all_lines (self, path, error)
                     : monocle_train_set_read_lines (self, path, error);
  format = monocle_exchange_recognise (path);
  if (format && format->read)
    return read_exchange (self, format, path, error);
  if (is_folder)
    return monocle_train_set_read_work (self, path, error);
  return monocle_file_set_error (error, path, "is nothing that can be learnt from");
}
