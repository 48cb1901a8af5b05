/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CVAT for images 1.1, written: one XML file.
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/exchange/cut.h"
#include "app/exchange/cvat-private.h"
#include "app/exchange/xml.h"

typedef struct
{
  MonocleExchangeTarget *target;
  char *name;
  FILE *images; /* until the labels are known, which come first */
  guint n;
} Writer;

static void
writer_free (gpointer writer)
{
  Writer *self = writer;

  g_clear_pointer (&self->images, fclose);
  g_free (self->name);
  g_free (self);
}

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  Writer *self = g_new0 (Writer, 1);

  self->target = target;
  self->name = g_strdup (target->file);
  self->images = tmpfile ();
  if (self->images)
    return self;
  monocle_app_error_set_write (error, self->name, errno);
  writer_free (self);
  return NULL;
}

static void
append_attribute (GString *xml, const char *name, const char *value)
{
  g_string_append (xml, "\n      <attribute name=\"");
  monocle_xml_append_text (xml, name);
  g_string_append (xml, "\">");
  monocle_xml_append_text (xml, value);
  g_string_append (xml, "</attribute>");
}

/* Two decimals, as CVAT writes them. */
static void
append_decimal (GString *xml, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.2f", number);
  g_string_append (xml, strcmp (buffer, "-0.00") == 0 ? "0.00" : buffer);
}

static void
append_number (GString *xml, const char *name, double number)
{
  g_string_append_printf (xml, " %s=\"", name);
  append_decimal (xml, number);
  g_string_append_c (xml, '"');
}

static void
append_points (GString *xml, const MonocleShape *shape)
{
  guint n;
  const double *points = monocle_shape_get_points (shape, &n);

  g_string_append (xml, " points=\"");
  for (guint i = 0; i < 2 * n; i++)
    {
      append_decimal (xml, points[i]);
      if (i + 1 < 2 * n)
        g_string_append_c (xml, i % 2 ? ';' : ',');
    }
  g_string_append_c (xml, '"');
}

static void
append_runs (GString *xml, const MonocleCut *cut)
{
  gsize n = (gsize) cut->width * cut->height, run = 0;
  gboolean inside = FALSE;

  g_string_append (xml, " rle=\"");
  for (gsize i = 0; i < n; i++)
    {
      if ((cut->pixels[i] != 0) != inside)
        {
          g_string_append_printf (xml, "%" G_GSIZE_FORMAT ", ", run);
          run = 0;
          inside = !inside;
        }
      run++;
    }
  g_string_append_printf (xml,
                          "%" G_GSIZE_FORMAT "\" left=\"%u\" top=\"%u\" width=\"%u\" height=\"%u\"",
                          run, cut->x, cut->y, cut->width, cut->height);
}

/* The name of its element. */
static const char *
get_element (const MonocleSampleObject *object)
{
  if (!object->shape)
    return "box";
  switch (monocle_shape_get_kind (object->shape))
    {
    case MONOCLE_SHAPE_MASK:
      return "mask";
    case MONOCLE_SHAPE_POINTS:
      return "points";
    case MONOCLE_SHAPE_LINE:
      return "polyline";
    case MONOCLE_SHAPE_RINGS:
    case MONOCLE_SHAPE_QUAD:
    case MONOCLE_SHAPE_BOX:
    default:
      return "polygon";
    }
}

static void
append_object (GString *xml, const MonocleSampleObject *object)
{
  const char *element = get_element (object);
  MonocleMaskRuns *runs = object->shape ? monocle_shape_get_mask (object->shape) : NULL;
  g_auto (MonocleCut) cut = { 0 };
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  /* There is nothing to be seen of it. */
  if (runs && !monocle_cut_mask (runs, &cut))
    return;
  g_string_append_printf (xml, "    <%s label=\"", element);
  monocle_xml_append_text (xml, object->label);
  g_string_append_printf (xml, "\" source=\"%s\" occluded=\"0\"",
                          isnan (object->score) ? "manual" : "auto");
  if (runs)
    append_runs (xml, &cut);
  else if (object->shape)
    append_points (xml, object->shape);
  else
    {
      append_number (xml, "xtl", object->box.x);
      append_number (xml, "ytl", object->box.y);
      append_number (xml, "xbr", object->box.x + object->box.width);
      append_number (xml, "ybr", object->box.y + object->box.height);
    }
  if (object->group)
    g_string_append_printf (xml, " group_id=\"%" G_GINT64_FORMAT "\"", object->group);
  g_string_append (xml, " z_order=\"0\">");
  if (!isnan (object->score))
    append_attribute (xml, MONOCLE_CVAT_SCORE,
                      g_ascii_formatd (buffer, sizeof buffer, "%.6g", object->score));
  if (object->text)
    append_attribute (xml, MONOCLE_CVAT_TEXT, object->text);
  for (guint i = 0; object->attributes && i < object->attributes->len; i += 2)
    append_attribute (xml, object->attributes->pdata[i], object->attributes->pdata[i + 1]);
  g_string_append_printf (xml, "</%s>\n", element);
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  Writer *self = writer;
  g_autoptr (GString) xml = g_string_new (NULL);

  if (!monocle_exchange_measure (sample, sample->name, error))
    return FALSE;
  g_string_append_printf (xml, "  <image id=\"%u\" name=\"", self->n++);
  monocle_xml_append_text (xml, sample->name);
  g_string_append_c (xml, '"');
  if (sample->split)
    g_string_append_printf (xml, " subset=\"%s\"", monocle_sample_split_get_name (sample->split));
  g_string_append_printf (xml, " width=\"%u\" height=\"%u\">\n", sample->width, sample->height);
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];

      monocle_labels_add (self->target->labels, object->label);
      append_object (xml, object);
    }
  for (guint i = 0; i < sample->tags->len; i++)
    {
      monocle_labels_add (self->target->labels, sample->tags->pdata[i]);
      g_string_append (xml, "    <tag label=\"");
      monocle_xml_append_text (xml, sample->tags->pdata[i]);
      g_string_append (xml, "\" source=\"manual\"></tag>\n");
    }
  for (guint i = 0; i < sample->captions->len; i++)
    {
      monocle_labels_add (self->target->labels, MONOCLE_CVAT_CAPTION);
      g_string_append (xml, "    <tag label=\"" MONOCLE_CVAT_CAPTION "\" source=\"manual\">");
      append_attribute (xml, MONOCLE_CVAT_TEXT, sample->captions->pdata[i]);
      g_string_append (xml, "</tag>\n");
    }
  g_string_append (xml, "  </image>\n");
  fwrite (xml->str, 1, xml->len, self->images);
  return TRUE;
}

static gboolean
finish (gpointer writer, GError **error)
{
  Writer *self = writer;
  MonocleLabels *labels = self->target->labels;
  FILE *file = monocle_exchange_target_open (self->target, self->name, error);
  g_autofree char *buffer = g_malloc (65536);
  g_autoptr (GString) xml = g_string_new (NULL);
  gsize n;

  if (!file)
    return FALSE;
  g_string_append_printf (xml,
                          "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n"
                          "  <version>1.1</version>\n  <meta><task><name>monocle</name>"
                          "<size>%u</size><mode>annotation</mode>\n    <labels>\n",
                          self->n);
  for (guint i = 0; i < monocle_labels_get_n (labels); i++)
    {
      g_string_append (xml, "      <label><name>");
      monocle_xml_append_text (xml, monocle_labels_get (labels, i)->name);
      g_string_append (xml, "</name><attributes></attributes></label>\n");
    }
  g_string_append (xml, "    </labels></task></meta>\n");
  fwrite (xml->str, 1, xml->len, file);
  rewind (self->images);
  while ((n = fread (buffer, 1, 65536, self->images)) > 0)
    fwrite (buffer, 1, n, file);
  fputs ("</annotations>\n", file);
  if (ferror (self->images))
    {
      fclose (file);
      return monocle_app_error_set_write (error, self->name, EIO);
    }
  return monocle_exchange_target_close (self->target, self->name, file, error);
}

const MonocleExchangeFormat monocle_exchange_cvat = {
  .id = "cvat",
  .title = N_ ("CVAT for Images"),
  .file = "annotations",
  .extension = "xml",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_OUTLINE | MONOCLE_EXCHANGE_MASK
         | MONOCLE_EXCHANGE_POINTS | MONOCLE_EXCHANGE_LINE | MONOCLE_EXCHANGE_SCORE
         | MONOCLE_EXCHANGE_TEXT | MONOCLE_EXCHANGE_GROUP | MONOCLE_EXCHANGE_ATTRIBUTES
         | MONOCLE_EXCHANGE_CAPTION | MONOCLE_EXCHANGE_TAG,
  .recognise = monocle_cvat_recognise,
  .read = monocle_cvat_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = writer_free,
};
