/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Label Studio's tasks, written: what models found as predictions, which people then look over;
 * what people drew as annotations. With the labelling setup that they need, where they go to a
 * folder.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/brush.h"
#include "app/exchange/label-studio-private.h"
#include "app/exchange/xml.h"
#include "app/json/text.h"

#define DECIMALS 6

typedef struct
{
  MonocleExchangeTarget *target;
  char *name;
  FILE *file;
  guint n;
  /* Of the task that is written. */
  const MonocleSample *sample;
  guint n_results;
} Writer;

static void
append_percent (GString *text, double pixels, guint side)
{
  monocle_exchange_append_number (text, 100 * pixels / side, DECIMALS);
}

/* @id: of the region; @control: of the setup */
static void
begin_result (Writer *self, GString *text, const char *id, const char *control, const char *type)
{
  g_string_append (text, self->n_results++ > 0 ? ",\n  " : "\n  ");
  g_string_append_printf (text,
                          "{\"id\": \"%s\", \"from_name\": \"%s\", \"to_name\": \"image\", "
                          "\"type\": \"%s\", ",
                          id, control, type);
}

static void
append_size (Writer *self, GString *text)
{
  g_string_append_printf (text,
                          "\"original_width\": %u, \"original_height\": %u, "
                          "\"image_rotation\": 0, ",
                          self->sample->width, self->sample->height);
}

static void
append_label (GString *text, const char *type, const char *label)
{
  g_string_append_printf (text, ", \"%s\": [", type);
  monocle_json_append_string (text, label);
  g_string_append (text, "]}}");
}

static void
append_box (GString *text, const MonocleSample *sample, const MonocleRect *box)
{
  g_string_append (text, "\"x\": ");
  append_percent (text, box->x, sample->width);
  g_string_append (text, ", \"y\": ");
  append_percent (text, box->y, sample->height);
  g_string_append (text, ", \"width\": ");
  append_percent (text, box->width, sample->width);
  g_string_append (text, ", \"height\": ");
  append_percent (text, box->height, sample->height);
  g_string_append (text, ", \"rotation\": 0");
}

static void
append_points (GString *text, const MonocleSample *sample, const double *points, guint n)
{
  g_string_append (text, "\"points\": [");
  for (guint i = 0; i < n; i++)
    {
      g_string_append (text, i > 0 ? ", [" : "[");
      append_percent (text, points[2 * i], sample->width);
      g_string_append (text, ", ");
      append_percent (text, points[2 * i + 1], sample->height);
      g_string_append_c (text, ']');
    }
  g_string_append (text, "], \"closed\": true");
}

static void
append_brush (GString *text, const MonocleMaskRuns *runs)
{
  g_autoptr (GByteArray) bytes = monocle_brush_encode (runs);

  g_string_append (text, "\"format\": \"rle\", \"rle\": [");
  for (guint i = 0; i < bytes->len; i++)
    g_string_append_printf (text, i > 0 ? ", %u" : "%u", bytes->data[i]);
  g_string_append_c (text, ']');
}

static const char *const controls[] = { "box", "poly", "brush", "point" };
static const char *const types[]
    = { "rectanglelabels", "polygonlabels", "brushlabels", "keypointlabels" };

static guint
find_kind (const MonocleSampleObject *object)
{
  if (!object->shape)
    return 0;
  switch (monocle_shape_get_kind (object->shape))
    {
    case MONOCLE_SHAPE_MASK:
      return 2;
    case MONOCLE_SHAPE_POINTS:
      return 3;
    case MONOCLE_SHAPE_RINGS:
    case MONOCLE_SHAPE_QUAD:
    case MONOCLE_SHAPE_BOX:
    case MONOCLE_SHAPE_LINE:
    default:
      return 1;
    }
}

/* @point: of points, which are regions of their own */
static void
append_region (
    Writer *self, GString *text, const char *id, const MonocleSampleObject *object, guint point)
{
  guint kind = find_kind (object), n = 0;
  const double *points = object->shape ? monocle_shape_get_points (object->shape, &n) : NULL;

  begin_result (self, text, id, controls[kind], types[kind]);
  append_size (self, text);
  if (!isnan (object->score))
    {
      g_string_append (text, "\"score\": ");
      monocle_json_append_number (text, object->score);
      g_string_append (text, ", ");
    }
  g_string_append (text, "\"value\": {");
  if (kind == 0)
    append_box (text, self->sample, &object->box);
  else if (kind == 1)
    append_points (text, self->sample, points, n);
  else if (kind == 2)
    append_brush (text, monocle_shape_get_mask (object->shape));
  else
    {
      g_string_append (text, "\"x\": ");
      append_percent (text, points[2 * point], self->sample->width);
      g_string_append (text, ", \"y\": ");
      append_percent (text, points[2 * point + 1], self->sample->height);
      g_string_append (text, ", \"width\": 0.5");
    }
  append_label (text, types[kind], object->label);
}

static void
append_words (Writer *self,
              GString *text,
              const char *id,
              const char *control,
              const char *type,
              const char *key,
              const char *words)
{
  begin_result (self, text, id, control, type);
  g_string_append_printf (text, "\"value\": {\"%s\": [", key);
  monocle_json_append_string (text, words);
  g_string_append (text, "]}}");
}

static void
append_results (Writer *self, GString *text)
{
  const MonocleSample *sample = self->sample;

  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];
      guint n = 1;

      if (find_kind (object) == 3)
        monocle_shape_get_points (object->shape, &n);
      for (guint k = 0; k < n; k++)
        {
          g_autofree char *id = g_strdup_printf ("r%u", self->n_results + 1);

          append_region (self, text, id, object, k);
          if (object->text)
            append_words (self, text, id, "text", "textarea", "text", object->text);
        }
    }
  for (guint i = 0; i < sample->captions->len; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%u", self->n_results + 1);

      append_words (self, text, id, "caption", "textarea", "text", sample->captions->pdata[i]);
    }
  for (guint i = 0; i < sample->tags->len; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%u", self->n_results + 1);

      append_words (self, text, id, "name", "choices", "choices", sample->tags->pdata[i]);
    }
}

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  Writer *self = g_new0 (Writer, 1);

  self->target = target;
  self->name = g_strdup (target->file);
  self->file = monocle_exchange_target_open (target, self->name, error);
  if (self->file)
    {
      fputc ('[', self->file);
      return self;
    }
  g_free (self->name);
  g_free (self);
  return NULL;
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  Writer *self = writer;
  g_autoptr (GString) text = g_string_new (self->n++ > 0 ? ",\n" : "\n");
  g_autofree char *escaped = g_uri_escape_string (sample->name, "/", FALSE);
  g_autofree char *address = g_strconcat ("/data/local-files/?d=", escaped, NULL);
  gboolean found_by_model = FALSE;

  if (sample->objects->len > 0 && !monocle_exchange_measure (sample, sample->name, error))
    return FALSE;
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];

      found_by_model = found_by_model || !isnan (object->score);
      monocle_labels_add (self->target->labels, object->label);
    }
  self->sample = sample;
  self->n_results = 0;
  g_string_append (text, "{\"data\": {\"image\": ");
  monocle_json_append_string (text, address);
  g_string_append_printf (text, "}, \"%s\": [{%s\"result\": [",
                          found_by_model ? "predictions" : "annotations",
                          found_by_model ? "\"model_version\": \"monocle\", " : "");
  append_results (self, text);
  g_string_append (text, "]}]}");
  fwrite (text->str, 1, text->len, self->file);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* In an order of their own: nothing else in these files has one. */
static GPtrArray *
sort_names (const MonocleLabels *labels)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < monocle_labels_get_n (labels); i++)
    g_ptr_array_add (names, monocle_labels_get (labels, i)->name);
  g_ptr_array_sort (names, compare_names);
  return names;
}

static void
append_control (GString *xml, const char *element, const char *name, const GPtrArray *names)
{
  g_string_append_printf (xml, "  <%s name=\"%s\" toName=\"image\">\n", element, name);
  for (guint i = 0; i < names->len; i++)
    {
      g_string_append (xml, "    <Label value=\"");
      monocle_xml_append_text (xml, names->pdata[i]);
      g_string_append (xml, "\"/>\n");
    }
  g_string_append_printf (xml, "  </%s>\n", element);
}

/* "tasks.json" -> "tasks.xml" */
static gboolean
write_setup (Writer *self, GError **error)
{
  g_autofree char *stem = monocle_exchange_strip_extension (self->name);
  g_autofree char *name = g_strconcat (stem, ".xml", NULL);
  g_autoptr (GString) xml = g_string_new ("<View>\n  <Image name=\"image\" value=\"$image\"/>\n");
  g_autoptr (GPtrArray) names = sort_names (self->target->labels);

  append_control (xml, "RectangleLabels", controls[0], names);
  append_control (xml, "PolygonLabels", controls[1], names);
  append_control (xml, "BrushLabels", controls[2], names);
  append_control (xml, "KeyPointLabels", controls[3], names);
  g_string_append (xml, "  <TextArea name=\"text\" toName=\"image\" perRegion=\"true\"/>\n"
                        "  <TextArea name=\"caption\" toName=\"image\"/>\n</View>\n");
  return monocle_exchange_target_write (self->target, name, xml->str, xml->len, error);
}

static gboolean
finish (gpointer writer, GError **error)
{
  Writer *self = writer;

  fputs ("\n]\n", self->file);
  return monocle_exchange_target_close (self->target, self->name, g_steal_pointer (&self->file),
                                        error)
         && write_setup (self, error);
}

static void
writer_free (gpointer writer)
{
  Writer *self = writer;

  g_clear_pointer (&self->file, fclose);
  g_free (self->name);
  g_free (self);
}

const MonocleExchangeFormat monocle_exchange_label_studio = {
  .id = "label-studio",
  .title = N_ ("Label Studio"),
  .file = "tasks",
  .extension = "json",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_OUTLINE | MONOCLE_EXCHANGE_MASK
         | MONOCLE_EXCHANGE_POINTS | MONOCLE_EXCHANGE_SCORE | MONOCLE_EXCHANGE_TEXT
         | MONOCLE_EXCHANGE_CAPTION | MONOCLE_EXCHANGE_TAG,
  .recognise = monocle_label_studio_recognise,
  .read = monocle_label_studio_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = writer_free,
};
