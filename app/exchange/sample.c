/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/sample.h"

#include <math.h>
#include <string.h>

/* Differences of edges are not those that a person wrote, by less than this part of a pixel. */
#define PIXEL_STEPS 1e9

/* --- A picture --- */

static void
object_free (gpointer data)
{
  MonocleSampleObject *object = data;

  g_free (object->label);
  g_free (object->text);
  g_free (object->keypoints);
  g_clear_pointer (&object->attributes, g_ptr_array_unref);
  g_clear_pointer (&object->shape, monocle_shape_unref);
  g_free (object);
}

MonocleSample *
monocle_sample_new (const char *name)
{
  MonocleSample *self = g_new0 (MonocleSample, 1);

  self->name = g_strdup (name);
  self->objects = g_ptr_array_new_with_free_func (object_free);
  self->tags = g_ptr_array_new_with_free_func (g_free);
  self->captions = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
monocle_sample_free (MonocleSample *self)
{
  if (!self)
    return;
  g_free (self->name);
  g_free (self->path);
  g_ptr_array_unref (self->objects);
  g_ptr_array_unref (self->tags);
  g_ptr_array_unref (self->captions);
  g_free (self);
}

gboolean
monocle_sample_is_blank (const char *name)
{
  while (g_unichar_isspace (g_utf8_get_char (name)))
    name = g_utf8_next_char (name);
  return !*name;
}

MonocleSampleObject *
monocle_sample_add_object (MonocleSample *self,
                           const char *label,
                           const MonocleRect *box,
                           MonocleShape *shape)
{
  MonocleSampleObject *object = g_new0 (MonocleSampleObject, 1);

  object->label = g_strdup (label && !monocle_sample_is_blank (label) ? label : "");
  object->box = *box;
  object->shape = shape;
  object->score = NAN;
  g_ptr_array_add (self->objects, object);
  return object;
}

MonocleSampleObject *
monocle_sample_add_shape (MonocleSample *self, const char *label, MonocleShape *shape)
{
  const MonocleRect bounds = monocle_shape_get_bounds (shape);

  return monocle_sample_add_object (self, label, &bounds, shape);
}

MonocleSampleObject *
monocle_sample_add_edges (
    MonocleSample *self, const char *label, double x1, double y1, double x2, double y2)
{
  const MonocleRect box
      = { MIN (x1, x2), MIN (y1, y2), round (fabs (x2 - x1) * PIXEL_STEPS) / PIXEL_STEPS,
          round (fabs (y2 - y1) * PIXEL_STEPS) / PIXEL_STEPS };

  return monocle_sample_add_object (self, label, &box, NULL);
}

void
monocle_sample_object_copy_rest (MonocleSampleObject *self, const MonocleSampleObject *from)
{
  self->score = from->score;
  self->is_crowd = from->is_crowd;
  self->group = from->group;
  g_free (self->text);
  self->text = g_strdup (from->text);
  g_free (self->keypoints);
  self->keypoints = g_strdup (from->keypoints);
  g_clear_pointer (&self->attributes, g_ptr_array_unref);
  for (guint i = 0; from->attributes && i < from->attributes->len; i += 2)
    monocle_sample_object_add_attribute (self, from->attributes->pdata[i],
                                         from->attributes->pdata[i + 1]);
}

void
monocle_sample_object_add_attribute (MonocleSampleObject *self, const char *name, const char *value)
{
  if (!self->attributes)
    self->attributes = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->attributes, g_strdup (name));
  g_ptr_array_add (self->attributes, g_strdup (value));
}

const char *
monocle_sample_object_get_attribute (const MonocleSampleObject *self, const char *name)
{
  for (guint i = 0; self->attributes && i < self->attributes->len; i += 2)
    if (strcmp (self->attributes->pdata[i], name) == 0)
      return self->attributes->pdata[i + 1];
  return NULL;
}

static const char *const splits[MONOCLE_SAMPLE_N_SPLITS] = { "", "train", "val", "test" };

const char *
monocle_sample_split_get_name (MonocleSampleSplit split)
{
  return splits[split];
}

static MonocleSampleSplit
find_word (const char *word)
{
  static const struct
  {
    const char *word;
    MonocleSampleSplit split;
  } words[] = {
    { "train", MONOCLE_SAMPLE_TRAIN },    { "training", MONOCLE_SAMPLE_TRAIN },
    { "val", MONOCLE_SAMPLE_VAL },        { "valid", MONOCLE_SAMPLE_VAL },
    { "validation", MONOCLE_SAMPLE_VAL }, { "test", MONOCLE_SAMPLE_TEST },
    { "testing", MONOCLE_SAMPLE_TEST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strncasecmp (word, words[i].word, strlen (words[i].word)) == 0
        /* "train2017" */
        && strspn (word + strlen (words[i].word), "0123456789")
               == strlen (word) - strlen (words[i].word))
      return words[i].split;
  return MONOCLE_SAMPLE_WHOLE;
}

MonocleSampleSplit
monocle_sample_split_find (const char *name)
{
  g_auto (GStrv) words = g_strsplit_set (name, "/_-. ", -1);
  MonocleSampleSplit split = MONOCLE_SAMPLE_WHOLE;

  for (guint i = 0; words[i]; i++)
    if (find_word (words[i]) != MONOCLE_SAMPLE_WHOLE)
      split = find_word (words[i]);
  return split;
}

MonocleShape *
monocle_sample_ring (const double *points, guint n_points)
{
  const MonocleRing ring = { points, n_points, MONOCLE_RING_OUTER };

  return monocle_shape_new_rings (&ring, 1);
}

/* --- Labels --- */

struct _MonocleLabels
{
  GPtrArray *list;     /* (element-type MonocleSampleLabel) */
  GHashTable *by_name; /* name -> number */
};

static void
label_free (gpointer data)
{
  MonocleSampleLabel *label = data;

  g_free (label->name);
  g_free (label->keypoints);
  g_free (label);
}

MonocleLabels *
monocle_labels_new (void)
{
  MonocleLabels *self = g_new0 (MonocleLabels, 1);

  self->list = g_ptr_array_new_with_free_func (label_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
monocle_labels_free (MonocleLabels *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->list);
  g_free (self);
}

guint
monocle_labels_add (MonocleLabels *self, const char *name)
{
  gpointer number;
  MonocleSampleLabel *label;

  if (g_hash_table_lookup_extended (self->by_name, name, NULL, &number))
    return GPOINTER_TO_UINT (number);
  label = g_new0 (MonocleSampleLabel, 1);
  label->name = g_strdup (name);
  g_hash_table_insert (self->by_name, label->name, GUINT_TO_POINTER (self->list->len));
  g_ptr_array_add (self->list, label);
  return self->list->len - 1;
}

guint
monocle_labels_get_n (const MonocleLabels *self)
{
  return self->list->len;
}

MonocleSampleLabel *
monocle_labels_get (const MonocleLabels *self, guint index)
{
  return self->list->pdata[index];
}

/* --- Notes --- */

typedef struct
{
  char *text;
  guint64 count;
} Note;

struct _MonocleNotes
{
  GArray *list;
};

static void
note_clear (gpointer data)
{
  g_free (((Note *) data)->text);
}

MonocleNotes *
monocle_notes_new (void)
{
  MonocleNotes *self = g_new0 (MonocleNotes, 1);

  self->list = g_array_new (FALSE, FALSE, sizeof (Note));
  g_array_set_clear_func (self->list, note_clear);
  return self;
}

void
monocle_notes_free (MonocleNotes *self)
{
  if (!self)
    return;
  g_array_unref (self->list);
  g_free (self);
}

void
monocle_notes_add (MonocleNotes *self, const char *text)
{
  Note note = { NULL, 1 };

  if (!self)
    return;
  /* There are a dozen at most. */
  for (guint i = 0; i < self->list->len; i++)
    if (strcmp (g_array_index (self->list, Note, i).text, text) == 0)
      {
        g_array_index (self->list, Note, i).count++;
        return;
      }
  note.text = g_strdup (text);
  g_array_append_val (self->list, note);
}

guint
monocle_notes_get_n (const MonocleNotes *self)
{
  return self->list->len;
}

const char *
monocle_notes_get (const MonocleNotes *self, guint index, guint64 *count)
{
  *count = g_array_index (self->list, Note, index).count;
  return g_array_index (self->list, Note, index).text;
}
