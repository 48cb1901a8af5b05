/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Open Images, written: tables of boxes, masks and names of whole pictures for each part of the
 * set, the classes, and all pictures, with those on which there is nothing.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/csv-row.h"
#include "app/exchange/cut.h"
#include "app/exchange/open-images-private.h"

#define DECIMALS 6

typedef enum
{
  BOXES,
  TAGS,
  MASKS,
  N_TABLES
} Table;

static const char *const names[N_TABLES] = {
  [BOXES] = "annotations-bbox.csv",
  [TAGS] = "annotations-human-imagelabels.csv",
  [MASKS] = "annotations-object-segmentation.csv",
};

static const char *const heads[N_TABLES] = {
  [BOXES] = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,"
            "IsGroupOf,IsDepiction,IsInside\n",
  [TAGS] = "ImageID,Source,LabelName,Confidence\n",
  [MASKS] = "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,"
            "Clicks\n",
};

/* As the set calls its parts. */
static const char *const splits[MONOCLE_SAMPLE_N_SPLITS] = { "all", "train", "validation", "test" };

typedef struct
{
  MonocleExchangeTarget *target;
  FILE *files[MONOCLE_SAMPLE_N_SPLITS][N_TABLES];
  FILE *pictures;
} Writer;

#define CLASSES  "annotations/oidv6-class-descriptions.csv"
#define PICTURES "annotations/image_ids_and_rotation.csv"

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  Writer *self = g_new0 (Writer, 1);

  self->target = target;
  self->pictures = monocle_exchange_target_open (target, PICTURES, error);
  if (!self->pictures)
    {
      g_free (self);
      return NULL;
    }
  fputs ("ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,"
         "OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation\n",
         self->pictures);
  return self;
}

/* (transfer full) */
static char *
make_name (MonocleSampleSplit split, Table table)
{
  return g_strdup_printf ("annotations/%s-%s", splits[split], names[table]);
}

static gboolean
append (Writer *self, MonocleSampleSplit split, Table table, const GString *rows, GError **error)
{
  FILE **file = &self->files[split][table];
  g_autofree char *name = make_name (split, table);

  if (rows->len == 0)
    return TRUE;
  if (!*file)
    {
      *file = monocle_exchange_target_open (self->target, name, error);
      if (!*file)
        return FALSE;
      fputs (heads[table], *file);
    }
  fwrite (rows->str, 1, rows->len, *file);
  return TRUE;
}

/* Codes are the set's own affair; classes that it has not are numbered. */
static guint
find_code (Writer *self, const char *label)
{
  return monocle_labels_add (self->target->labels, label) + 1;
}

static void
append_sides (GString *rows, const MonocleSample *sample, const MonocleRect *box)
{
  const double sides[] = { box->x / sample->width, (box->x + box->width) / sample->width,
                           box->y / sample->height, (box->y + box->height) / sample->height };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_string_append_c (rows, ',');
      monocle_exchange_append_number (rows, CLAMP (sides[i], 0, 1), DECIMALS);
    }
}

static void
append_box (Writer *self,
            GString *rows,
            const char *id,
            const MonocleSample *sample,
            const MonocleSampleObject *object)
{
  monocle_csv_append_field (rows, id);
  g_string_append_printf (rows, ",%s,/m/%u,",
                          isnan (object->score) ? "xclick" : MONOCLE_OPEN_IMAGES_MACHINE,
                          find_code (self, object->label));
  monocle_exchange_append_number (rows, isnan (object->score) ? 1 : object->score, DECIMALS);
  append_sides (rows, sample, &object->box);
  /* -1: nobody said. */
  g_string_append_printf (rows, ",-1,-1,%d,-1,-1\n", object->is_crowd ? 1 : 0);
}

static gboolean
write_mask (Writer *self,
            GString *rows,
            const char *id,
            const MonocleSample *sample,
            guint number,
            GError **error)
{
  const MonocleSampleObject *object = sample->objects->pdata[number];
  MonocleMaskRuns *runs = object->shape ? monocle_shape_get_mask (object->shape) : NULL;
  const char *split = monocle_sample_split_get_name (sample->split);
  g_autoptr (GBytes) png = NULL;
  g_autofree char *name = NULL, *path = NULL;

  if (!runs || monocle_mask_runs_get_area (runs) == 0)
    return TRUE;
  name = g_strdup_printf ("%s_m%u_%08x.png", id, find_code (self, object->label), number + 1);
  path = g_build_filename ("masks", split, name, NULL);
  monocle_csv_append_field (rows, name);
  g_string_append_c (rows, ',');
  monocle_csv_append_field (rows, id);
  g_string_append_printf (rows, ",/m/%u,%08x", find_code (self, object->label), number + 1);
  append_sides (rows, sample, &object->box);
  g_string_append (rows, ",,\n");
  png = monocle_cut_encode_mask (runs);
  return monocle_exchange_target_write (self->target, path, g_bytes_get_data (png, NULL),
                                        g_bytes_get_size (png), error);
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  Writer *self = writer;
  g_autofree char *id = monocle_exchange_target_take_stem (
      self->target, monocle_sample_split_get_name (sample->split), sample, error);
  g_autoptr (GString) boxes = g_string_new (NULL);
  g_autoptr (GString) tags = g_string_new (NULL);
  g_autoptr (GString) masks = g_string_new (NULL);
  g_autoptr (GString) row = g_string_new (NULL);

  if (!id || (sample->objects->len > 0 && !monocle_exchange_measure (sample, sample->name, error)))
    return FALSE;
  for (guint i = 0; i < sample->objects->len; i++)
    {
      append_box (self, boxes, id, sample, sample->objects->pdata[i]);
      if (!write_mask (self, masks, id, sample, i, error))
        return FALSE;
    }
  for (guint i = 0; i < sample->tags->len; i++)
    {
      monocle_csv_append_field (tags, id);
      g_string_append_printf (tags, ",verification,/m/%u,1\n",
                              find_code (self, sample->tags->pdata[i]));
    }
  monocle_csv_append_field (row, id);
  fprintf (self->pictures, "%s,%s,,,,,,,,,,\n", row->str, splits[sample->split]);
  if (self->target->copies)
    {
      g_autofree char *picture = g_build_filename (
          "images", monocle_sample_split_get_name (sample->split), sample->name, NULL);

      if (!monocle_exchange_target_copy_picture (self->target, picture, sample, error))
        return FALSE;
    }
  return append (self, sample->split, BOXES, boxes, error)
         && append (self, sample->split, TAGS, tags, error)
         && append (self, sample->split, MASKS, masks, error);
}

static gboolean
finish (gpointer writer, GError **error)
{
  Writer *self = writer;
  const MonocleLabels *labels = self->target->labels;
  g_autoptr (GString) rows = g_string_new ("LabelName,DisplayName\n");

  for (guint i = 0; i < monocle_labels_get_n (labels); i++)
    {
      g_string_append_printf (rows, "/m/%u,", i + 1);
      monocle_csv_append_field (rows, monocle_labels_get (labels, i)->name);
      g_string_append_c (rows, '\n');
    }
  for (guint i = 0; i < MONOCLE_SAMPLE_N_SPLITS; i++)
    for (guint k = 0; k < N_TABLES; k++)
      {
        g_autofree char *name = make_name ((MonocleSampleSplit) i, (Table) k);

        if (self->files[i][k]
            && !monocle_exchange_target_close (self->target, name,
                                               g_steal_pointer (&self->files[i][k]), error))
          return FALSE;
      }
  return monocle_exchange_target_close (self->target, PICTURES, g_steal_pointer (&self->pictures),
                                        error)
         && monocle_exchange_target_write (self->target, CLASSES, rows->str, rows->len, error);
}

static void
writer_free (gpointer writer)
{
  Writer *self = writer;

  for (guint i = 0; i < MONOCLE_SAMPLE_N_SPLITS; i++)
    for (guint k = 0; k < N_TABLES; k++)
      g_clear_pointer (&self->files[i][k], fclose);
  g_clear_pointer (&self->pictures, fclose);
  g_free (self);
}

const MonocleExchangeFormat monocle_exchange_open_images = {
  .id = "open-images",
  .title = N_ ("Open Images"),
  .extension = "csv",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_MASK | MONOCLE_EXCHANGE_SCORE
         | MONOCLE_EXCHANGE_CROWD | MONOCLE_EXCHANGE_TAG | MONOCLE_EXCHANGE_NAMELESS,
  .recognise = monocle_open_images_recognise,
  .read = monocle_open_images_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = writer_free,
};
