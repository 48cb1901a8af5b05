/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * COCO's instances, results and captions, written.
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/exchange/coco-parse.h"
#include "app/exchange/coco-private.h"
#include "app/json/text.h"

#define COPY_BYTES 65536

typedef enum
{
  KIND_INSTANCES,
  KIND_RESULTS,
  KIND_CAPTIONS,
} Kind;

typedef struct
{
  Kind kind;
  MonocleExchangeTarget *target;
  char *name;
  FILE *file;
  /* What follows the images, until they are known. */
  FILE *annotations;
  guint64 n_images, n_annotations;
  GHashTable *image_ids, *category_ids; /* those in use */
  gint64 next_image, next_category;
  GArray *categories; /* gint64: of labels by their numbers */
} Writer;

/* @wanted where it is free, else the next that is. */
static gint64
take_id (GHashTable *used, gint64 wanted, gint64 *next)
{
  gint64 id = wanted;

  if (id <= 0 || g_hash_table_contains (used, &id))
    {
      while (g_hash_table_contains (used, next))
        ++*next;
      id = *next;
    }
  g_hash_table_add (used, g_memdup2 (&id, sizeof id));
  return id;
}

static gint64
find_category (Writer *self, const char *label)
{
  MonocleLabels *labels = self->target->labels;
  guint number = monocle_labels_add (labels, label);

  for (guint i = self->categories->len; i < monocle_labels_get_n (labels); i++)
    {
      gint64 id
          = take_id (self->category_ids, monocle_labels_get (labels, i)->id, &self->next_category);

      g_array_append_val (self->categories, id);
    }
  return g_array_index (self->categories, gint64, number);
}

/* --- Rows --- */

static double
get_area (const MonocleSampleObject *object)
{
  MonocleMaskRuns *runs = object->shape ? monocle_shape_get_mask (object->shape) : NULL;

  if (runs)
    return (double) monocle_mask_runs_get_area (runs);
  return object->shape ? monocle_shape_get_area (object->shape)
                       : object->box.width * object->box.height;
}

static void
append_attributes (GString *text, const MonocleSampleObject *object)
{
  g_string_append (text, ", \"attributes\": {");
  for (guint i = 0; i < object->attributes->len; i += 2)
    {
      if (i > 0)
        g_string_append (text, ", ");
      monocle_json_append_string (text, object->attributes->pdata[i]);
      g_string_append (text, ": ");
      monocle_json_append_string (text, object->attributes->pdata[i + 1]);
    }
  g_string_append_c (text, '}');
}

static void
append_object (Writer *self, GString *text, gint64 image, const MonocleSampleObject *object)
{
  const double box[4] = { object->box.x, object->box.y, object->box.width, object->box.height };

  g_string_append_printf (text,
                          "{\"id\": %" G_GUINT64_FORMAT ", \"image_id\": %" G_GINT64_FORMAT
                          ", \"category_id\": %" G_GINT64_FORMAT ", \"bbox\": [",
                          self->n_annotations + 1, image, find_category (self, object->label));
  for (guint i = 0; i < 4; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      monocle_json_append_number (text, box[i]);
    }
  g_string_append (text, "], \"area\": ");
  monocle_json_append_number (text, get_area (object));
  g_string_append_printf (text, ", \"iscrowd\": %d, \"segmentation\": ", object->is_crowd);
  if (object->shape)
    monocle_coco_append_outline (text, object->shape);
  else
    g_string_append (text, "[]");
  if (object->keypoints)
    g_string_append_printf (text, ", %s", object->keypoints);
  if (object->attributes)
    append_attributes (text, object);
  g_string_append_c (text, '}');
}

static void
append_result (Writer *self, GString *text, gint64 image, const MonocleSampleObject *object)
{
  const double box[4] = { object->box.x, object->box.y, object->box.width, object->box.height };
  double score = object->score;

  if (isnan (score))
    {
      monocle_notes_add (self->target->notes, _ ("objects without a score get 1"));
      score = 1;
    }
  monocle_coco_append_result (text, image, find_category (self, object->label), box, object->shape,
                              score);
}

static void
append_caption (Writer *self, GString *text, gint64 image, const char *caption)
{
  g_string_append_printf (
      text, "{\"id\": %" G_GUINT64_FORMAT ", \"image_id\": %" G_GINT64_FORMAT ", \"caption\": ",
      self->n_annotations + 1, image);
  monocle_json_append_string (text, caption);
  g_string_append_c (text, '}');
}

/* --- The file --- */

static void
writer_free (gpointer writer)
{
  Writer *self = writer;

  g_clear_pointer (&self->file, fclose);
  g_clear_pointer (&self->annotations, fclose);
  g_hash_table_unref (self->image_ids);
  g_hash_table_unref (self->category_ids);
  g_array_unref (self->categories);
  g_free (self->name);
  g_free (self);
}

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  Writer *self = g_new0 (Writer, 1);

  self->kind = format == &monocle_exchange_coco_results    ? KIND_RESULTS
               : format == &monocle_exchange_coco_captions ? KIND_CAPTIONS
                                                           : KIND_INSTANCES;
  self->target = target;
  self->name = g_strdup (target->file);
  self->image_ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->category_ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->next_image = self->next_category = 1;
  self->categories = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->file = monocle_exchange_target_open (target, self->name, error);
  if (self->file && self->kind == KIND_RESULTS)
    fputc ('[', self->file);
  else if (self->file)
    {
      fputs ("{\"info\": {}, \"licenses\": [], \"images\": [", self->file);
      self->annotations = tmpfile ();
      if (!self->annotations)
        monocle_app_error_set_write (error, self->name, errno);
    }
  if (!self->file || (self->kind != KIND_RESULTS && !self->annotations))
    g_clear_pointer (&self, writer_free);
  return self;
}

static gint64
write_image (Writer *self, const MonocleSample *sample)
{
  gint64 id = take_id (self->image_ids, sample->id, &self->next_image);
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->kind == KIND_RESULTS)
    return id;
  g_string_append_printf (text, "%s\n{\"id\": %" G_GINT64_FORMAT ", \"file_name\": ",
                          self->n_images++ > 0 ? "," : "", id);
  monocle_json_append_string (text, sample->name);
  g_string_append_printf (text, ", \"width\": %u, \"height\": %u}", sample->width, sample->height);
  fwrite (text->str, 1, text->len, self->file);
  return id;
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  Writer *self = writer;
  FILE *file = self->annotations ? self->annotations : self->file;
  g_autoptr (GString) text = g_string_new (NULL);
  GPtrArray *rows = self->kind == KIND_CAPTIONS ? sample->captions : sample->objects;
  gint64 image;

  if (self->kind == KIND_INSTANCES && !monocle_exchange_measure (sample, sample->name, error))
    return FALSE;
  image = write_image (self, sample);
  if (self->kind == KIND_RESULTS && rows->len == 0)
    monocle_notes_add (self->target->notes, _ ("pictures with nothing on them are left out"));
  for (guint i = 0; i < rows->len; i++)
    {
      g_string_append (text, self->n_annotations > 0 ? ",\n" : "\n");
      if (self->kind == KIND_CAPTIONS)
        append_caption (self, text, image, rows->pdata[i]);
      else if (self->kind == KIND_RESULTS)
        append_result (self, text, image, rows->pdata[i]);
      else
        append_object (self, text, image, rows->pdata[i]);
      self->n_annotations++;
    }
  fwrite (text->str, 1, text->len, file);
  return TRUE;
}

static void
write_categories (Writer *self)
{
  MonocleLabels *labels = self->target->labels;
  g_autoptr (GString) text = g_string_new ("\n], \"categories\": [");

  if (monocle_labels_get_n (labels) > 0)
    find_category (self, monocle_labels_get (labels, 0)->name);
  for (guint i = 0; i < self->categories->len; i++)
    {
      const MonocleSampleLabel *label = monocle_labels_get (labels, i);

      g_string_append_printf (text,
                              "%s\n{\"id\": %" G_GINT64_FORMAT ", \"name\": ", i > 0 ? "," : "",
                              g_array_index (self->categories, gint64, i));
      monocle_json_append_string (text, label->name);
      g_string_append (text, ", \"supercategory\": \"\"");
      if (label->keypoints)
        g_string_append_printf (text, ", %s", label->keypoints);
      g_string_append_c (text, '}');
    }
  fwrite (text->str, 1, text->len, self->file);
}

static gboolean
append_annotations (Writer *self, GError **error)
{
  g_autofree char *buffer = g_malloc (COPY_BYTES);
  gsize n;

  rewind (self->annotations);
  while ((n = fread (buffer, 1, COPY_BYTES, self->annotations)) > 0)
    fwrite (buffer, 1, n, self->file);
  return !ferror (self->annotations) || monocle_app_error_set_write (error, self->name, EIO);
}

static gboolean
finish (gpointer writer, GError **error)
{
  Writer *self = writer;

  if (self->kind == KIND_INSTANCES)
    write_categories (self);
  if (self->annotations)
    {
      fputs ("\n], \"annotations\": [", self->file);
      if (fflush (self->annotations) != 0)
        return monocle_app_error_set_write (error, self->name, errno);
      if (!append_annotations (self, error))
        return FALSE;
    }
  fputs (self->kind == KIND_RESULTS ? "\n]\n" : "\n]}\n", self->file);
  return monocle_exchange_target_close (self->target, self->name, g_steal_pointer (&self->file),
                                        error);
}

const MonocleExchangeFormat monocle_exchange_coco = {
  .id = "coco",
  .title = N_ ("COCO Instances"),
  .file = "instances",
  .extension = "json",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_OUTLINE | MONOCLE_EXCHANGE_PIECES
         | MONOCLE_EXCHANGE_MASK | MONOCLE_EXCHANGE_CROWD | MONOCLE_EXCHANGE_KEYPOINTS
         | MONOCLE_EXCHANGE_ATTRIBUTES | MONOCLE_EXCHANGE_NAMELESS,
  .recognise = monocle_coco_recognise,
  .read = monocle_coco_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = writer_free,
};

const MonocleExchangeFormat monocle_exchange_coco_results = {
  .id = "coco-results",
  .title = N_ ("COCO Results"),
  .file = "results",
  .extension = "json",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_OUTLINE | MONOCLE_EXCHANGE_PIECES
         | MONOCLE_EXCHANGE_MASK | MONOCLE_EXCHANGE_SCORE | MONOCLE_EXCHANGE_NAMELESS,
  .recognise = monocle_coco_recognise_results,
  .read = monocle_coco_read_results,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = writer_free,
};

const MonocleExchangeFormat monocle_exchange_coco_captions = {
  .id = "coco-captions",
  .title = N_ ("COCO Captions"),
  .file = "captions",
  .extension = "json",
  .can = MONOCLE_EXCHANGE_CAPTION,
  .read = monocle_coco_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = writer_free,
};
