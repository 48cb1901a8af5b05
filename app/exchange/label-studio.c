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

#include "app/exchange/label-studio-private.h"
#include "app/exchange/label-studio-region.h"
#include "app/exchange/xml.h"
#include "app/json/text.h"

typedef struct
{
  MonocleExchangeTarget *target;
  char *name;
  FILE *file;
  guint n;
  /* Of the task that is written. */
  const MonocleSample *sample;
  guint n_results;
  MonocleLabels *tags; /* what pictures are as a whole */
} Writer;

/* What the setup calls them. */
#define PICTURE "image"

typedef enum
{
  BOX,
  OUTLINE,
  BRUSH,
  POINT,
  N_CONTROLS
} Control;

static const char *const controls[N_CONTROLS] = { "box", "poly", "brush", "point" };

static Control
find_control (const MonocleSampleObject *object)
{
  if (!object->shape)
    return BOX;
  switch (monocle_shape_get_kind (object->shape))
    {
    case MONOCLE_SHAPE_MASK:
      return BRUSH;
    case MONOCLE_SHAPE_POINTS:
      return POINT;
    case MONOCLE_SHAPE_RINGS:
    case MONOCLE_SHAPE_QUAD:
    case MONOCLE_SHAPE_BOX:
    case MONOCLE_SHAPE_LINE:
    default:
      return OUTLINE;
    }
}

static void
append_comma (Writer *self, GString *text)
{
  g_string_append (text, self->n_results++ > 0 ? ",\n  " : "\n  ");
}

/* @point: of points, which are regions of their own */
static void
append_region (
    Writer *self, GString *text, const char *id, const MonocleSampleObject *object, guint point)
{
  const Control control = find_control (object);
  const MonocleLabelStudioRegion region = {
    id, controls[control], PICTURE, self->sample->width, self->sample->height, object->score
  };
  guint n = 0;
  const double *points = object->shape ? monocle_shape_get_points (object->shape, &n) : NULL;

  append_comma (self, text);
  switch (control)
    {
    case BRUSH:
      monocle_label_studio_append_brush (text, &region, monocle_shape_get_mask (object->shape),
                                         object->label);
      break;
    case POINT:
      monocle_label_studio_append_point (text, &region, points[2 * point], points[2 * point + 1],
                                         object->label);
      break;
    case OUTLINE:
      monocle_label_studio_append_outline (
          text, &region, points, n, monocle_shape_get_kind (object->shape) != MONOCLE_SHAPE_LINE,
          object->label);
      break;
    case BOX:
    case N_CONTROLS:
    default:
      monocle_label_studio_append_box (text, &region, &object->box, object->label);
    }
}

static void
append_words (Writer *self, GString *text, const char *id, const char *control, const char *words)
{
  const MonocleLabelStudioRegion region = { id, control, PICTURE, 0, 0, NAN };

  append_comma (self, text);
  monocle_label_studio_append_words (text, &region, words);
}

static void
append_results (Writer *self, GString *text)
{
  const MonocleSample *sample = self->sample;

  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];
      guint n = 1;

      if (find_control (object) == POINT)
        monocle_shape_get_points (object->shape, &n);
      for (guint k = 0; k < n; k++)
        {
          g_autofree char *id = g_strdup_printf ("r%u", self->n_results + 1);

          append_region (self, text, id, object, k);
          if (object->text)
            append_words (self, text, id, "text", object->text);
        }
    }
  for (guint i = 0; i < sample->captions->len; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%u", self->n_results + 1);

      append_words (self, text, id, "caption", sample->captions->pdata[i]);
    }
  for (guint i = 0; i < sample->tags->len; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%u", self->n_results + 1);
      const MonocleLabelStudioRegion region = { id, "name", PICTURE, 0, 0, NAN };

      monocle_labels_add (self->tags, sample->tags->pdata[i]);
      append_comma (self, text);
      monocle_label_studio_append_choice (text, &region, sample->tags->pdata[i]);
    }
}

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  Writer *self = g_new0 (Writer, 1);

  self->target = target;
  self->tags = monocle_labels_new ();
  self->name = g_strdup (target->file);
  self->file = monocle_exchange_target_open (target, self->name, error);
  if (self->file)
    {
      fputc ('[', self->file);
      return self;
    }
  monocle_labels_free (self->tags);
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

/* @value: the element of what it may say */
static void
append_control (
    GString *xml, const char *element, const char *name, const char *value, const GPtrArray *names)
{
  g_string_append_printf (xml, "  <%s name=\"%s\" toName=\"" PICTURE "\">\n", element, name);
  for (guint i = 0; i < names->len; i++)
    {
      g_string_append_printf (xml, "    <%s value=\"", value);
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
  g_autoptr (GPtrArray) tags = sort_names (self->tags);

  append_control (xml, "RectangleLabels", controls[BOX], "Label", names);
  append_control (xml, "PolygonLabels", controls[OUTLINE], "Label", names);
  append_control (xml, "BrushLabels", controls[BRUSH], "Label", names);
  append_control (xml, "KeyPointLabels", controls[POINT], "Label", names);
  if (tags->len > 0)
    append_control (xml, "Choices", "name", "Choice", tags);
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
  monocle_labels_free (self->tags);
  g_free (self->name);
  g_free (self);
}

const MonocleExchangeFormat monocle_exchange_label_studio = {
  .id = "label-studio",
  .title = N_ ("Label Studio"),
  .file = "tasks",
  .extension = "json",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_OUTLINE | MONOCLE_EXCHANGE_MASK
         | MONOCLE_EXCHANGE_POINTS | MONOCLE_EXCHANGE_LINE | MONOCLE_EXCHANGE_SCORE
         | MONOCLE_EXCHANGE_TEXT | MONOCLE_EXCHANGE_CAPTION | MONOCLE_EXCHANGE_TAG,
  .recognise = monocle_label_studio_recognise,
  .read = monocle_label_studio_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = writer_free,
};
