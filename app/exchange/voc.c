/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pascal VOC, written: an XML file for a picture, in Annotations; masks as pictures of numbers in
 * SegmentationObject and SegmentationClass; lists of what is for what in ImageSets/Main.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/cut.h"
#include "app/exchange/voc-private.h"
#include "app/exchange/xml.h"

typedef struct
{
  MonocleExchangeTarget *target;
  MonocleLabels *labels; /* by the numbers of SegmentationClass */
  GString *lists[MONOCLE_SAMPLE_N_SPLITS];
} Writer;

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  Writer *self = g_new0 (Writer, 1);

  self->target = target;
  self->labels = monocle_labels_new ();
  for (guint i = 0; i < MONOCLE_SAMPLE_N_SPLITS; i++)
    self->lists[i] = g_string_new (NULL);
  return self;
}

static void
append_object (GString *xml, const MonocleSample *sample, const MonocleSampleObject *object)
{
  const MonocleRect *box = &object->box;
  const double width = sample->width, height = sample->height;
  const long left = lround (CLAMP (floor (box->x), 0, width - 1)) + 1;
  const long top = lround (CLAMP (floor (box->y), 0, height - 1)) + 1;
  const long right = lround (CLAMP (ceil (box->x + box->width), (double) left, width));
  const long bottom = lround (CLAMP (ceil (box->y + box->height), (double) top, height));

  g_string_append (xml, "  <object>\n    <name>");
  monocle_xml_append_text (xml, object->label);
  g_string_append_printf (xml,
                          "</name>\n    <pose>Unspecified</pose>\n    <truncated>0</truncated>\n"
                          "    <difficult>0</difficult>\n    <bndbox>\n"
                          "      <xmin>%ld</xmin>\n      <ymin>%ld</ymin>\n"
                          "      <xmax>%ld</xmax>\n      <ymax>%ld</ymax>\n    </bndbox>\n"
                          "  </object>\n",
                          left, top, right, bottom);
}

static gboolean
write_masks (Writer *self, const char *stem, const MonocleSample *sample, GError **error)
{
  gsize n = (gsize) sample->width * sample->height;
  g_autofree guint8 *numbers = g_malloc0 (n);
  g_autofree guint8 *names = g_malloc0 (n);
  guint8 palette[768];

  monocle_png_make_palette (palette);
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];
      guint label = monocle_labels_add (self->labels, object->label);
      g_auto (MonocleCut) cut = { 0 };

      if (!object->shape)
        continue;
      if (i >= MONOCLE_VOC_MAX_NUMBER || label >= MONOCLE_VOC_MAX_NUMBER)
        {
          monocle_notes_add (self->target->notes, _ ("masks beyond 254 are left out"));
          continue;
        }
      if (!monocle_cut_mask (monocle_shape_get_mask (object->shape), &cut))
        continue;
      for (guint y = 0; y < cut.height; y++)
        for (guint x = 0; x < cut.width; x++)
          if (cut.pixels[(gsize) y * cut.width + x])
            {
              gsize at = (gsize) (cut.y + y) * sample->width + cut.x + x;

              numbers[at] = (guint8) (i + 1);
              names[at] = (guint8) (label + 1);
            }
    }
  for (guint k = 0; k < 2; k++)
    {
      g_autofree char *name
          = g_strdup_printf ("Segmentation%s/%s.png", k ? "Class" : "Object", stem);
      g_autoptr (GBytes) png
          = monocle_png_encode (k ? names : numbers, sample->width, sample->height, 8, palette);

      if (!monocle_exchange_target_write (self->target, name, g_bytes_get_data (png, NULL),
                                          g_bytes_get_size (png), error))
        return FALSE;
    }
  return TRUE;
}

/* Names that the set has in an order keep it. */
static void
add_known (Writer *self)
{
  const MonocleLabels *known = self->target->labels;

  for (guint i = monocle_labels_get_n (self->labels) == 0 ? 0 : monocle_labels_get_n (known);
       i < monocle_labels_get_n (known); i++)
    {
      g_autofree char *name = g_strdup (monocle_labels_get (known, i)->name);

      monocle_labels_add (self->labels, g_strdelimit (name, "\r\n", ' '));
    }
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  Writer *self = writer;
  g_autoptr (GString) xml
      = g_string_new ("<annotation>\n  <folder>JPEGImages</folder>\n  <filename>");
  g_autofree char *last = g_path_get_basename (sample->name);
  g_autofree char *stem = monocle_exchange_target_make_stem (self->target, "", sample);
  g_autofree char *file = g_strdup_printf ("Annotations/%s.xml", stem);
  gboolean segmented = FALSE;

  if (!monocle_exchange_measure (sample, sample->name, error))
    return FALSE;
  add_known (self);
  for (guint i = 0; i < sample->objects->len; i++)
    {
      MonocleSampleObject *object = sample->objects->pdata[i];

      /* The list of names has a line for each. */
      g_strdelimit (object->label, "\r\n", ' ');
      monocle_labels_add (self->labels, object->label);
      segmented = segmented || object->shape;
    }
  monocle_xml_append_text (xml, last);
  g_string_append_printf (xml,
                          "</filename>\n  <source><database>Unknown</database></source>\n"
                          "  <size><width>%u</width><height>%u</height><depth>3</depth></size>\n"
                          "  <segmented>%d</segmented>\n",
                          sample->width, sample->height, segmented);
  for (guint i = 0; i < sample->objects->len; i++)
    append_object (xml, sample, sample->objects->pdata[i]);
  g_string_append (xml, "</annotation>\n");
  g_string_append_printf (self->lists[sample->split], "%s\n", stem);
  if (self->target->copies)
    {
      g_autofree char *picture = g_build_filename ("JPEGImages", sample->name, NULL);

      if (!monocle_exchange_target_copy_picture (self->target, picture, sample, error))
        return FALSE;
    }
  return monocle_exchange_target_write (self->target, file, xml->str, xml->len, error)
         && (!segmented || write_masks (self, stem, sample, error));
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Lines in their own order, whatever that of the pictures was. */
static char *
sort_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  qsort (lines, g_strv_length (lines) - 1, sizeof *lines, compare_lines);
  return g_strjoinv ("\n", lines);
}

static gboolean
finish (gpointer writer, GError **error)
{
  Writer *self = writer;
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < monocle_labels_get_n (self->labels); i++)
    g_string_append_printf (names, "%s\n", monocle_labels_get (self->labels, i)->name);
  if (names->len > 0
      && !monocle_exchange_target_write (self->target, MONOCLE_VOC_NAMES, names->str, names->len,
                                         error))
    return FALSE;
  for (guint i = MONOCLE_SAMPLE_TRAIN; i < MONOCLE_SAMPLE_N_SPLITS; i++)
    {
      g_autofree char *name = g_strdup_printf (
          "ImageSets/Main/%s.txt", monocle_sample_split_get_name ((MonocleSampleSplit) i));

      g_autofree char *lines = self->lists[i]->len > 0 ? sort_lines (self->lists[i]->str) : NULL;

      if (lines
          && !monocle_exchange_target_write (self->target, name, lines, strlen (lines), error))
        return FALSE;
    }
  return TRUE;
}

static void
writer_free (gpointer writer)
{
  Writer *self = writer;

  monocle_labels_free (self->labels);
  for (guint i = 0; i < MONOCLE_SAMPLE_N_SPLITS; i++)
    g_string_free (self->lists[i], TRUE);
  g_free (self);
}

const MonocleExchangeFormat monocle_exchange_voc = {
  .id = "voc",
  .title = N_ ("Pascal VOC"),
  .extension = "xml",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_MASK,
  .recognise = monocle_voc_recognise,
  .read = monocle_voc_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = writer_free,
};
