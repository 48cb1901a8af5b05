/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads CVAT for images 1.1.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/cut.h"
#include "app/exchange/cvat-private.h"
#include "app/exchange/xml.h"

/* Of an ellipse that becomes an outline. */
#define ELLIPSE_POINTS 64

typedef struct
{
  MonocleExchangeSource *source;
  MonocleXml *xml;
  MonocleSample *sample;       /* of the image that is open */
  MonocleSampleObject *object; /* of the shape that is open */
  char *tag;                   /* of the tag that is open */
  char *attribute;             /* that is open */
} Reader;

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->xml, monocle_xml_free);
  g_clear_pointer (&self->sample, monocle_sample_free);
  g_free (self->tag);
  g_free (self->attribute);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static gboolean
read_numbers (
    const Reader *self, const char *const *names, guint n, double *numbers, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (!monocle_xml_read_number (self->xml, names[i], &numbers[i], error))
      return FALSE;
  return TRUE;
}

/* Turned about its middle, as CVAT does it. */
static MonocleShape *
turn_box (const double *edges, double degrees)
{
  const double x = (edges[0] + edges[2]) / 2, y = (edges[1] + edges[3]) / 2;
  const double w = (edges[2] - edges[0]) / 2, h = (edges[3] - edges[1]) / 2;
  const double c = cos (degrees * G_PI / 180), s = sin (degrees * G_PI / 180);
  const double signs[] = { -1, -1, 1, -1, 1, 1, -1, 1 };
  double corners[8];

  for (guint i = 0; i < 8; i += 2)
    {
      corners[i] = x + signs[i] * w * c - signs[i + 1] * h * s;
      corners[i + 1] = y + signs[i] * w * s + signs[i + 1] * h * c;
    }
  return monocle_shape_new_quad (corners);
}

static gboolean
read_box (Reader *self, const char *label, GError **error)
{
  static const char *const names[] = { "xtl", "ytl", "xbr", "ybr" };
  g_autofree char *turned = monocle_xml_dup_attribute (self->xml, "rotation");
  double edges[4], degrees = 0;

  if (!read_numbers (self, names, 4, edges, error)
      || (turned && !monocle_xml_read_number (self->xml, "rotation", &degrees, error)))
    return FALSE;
  if (edges[2] < edges[0] || edges[3] < edges[1])
    return monocle_xml_fail (self->xml, "a box has a negative width or height", error);
  self->object
      = degrees == 0
            ? monocle_sample_add_edges (self->sample, label, edges[0], edges[1], edges[2], edges[3])
            : monocle_sample_add_shape (self->sample, label, turn_box (edges, degrees));
  return TRUE;
}

static gboolean
read_points (Reader *self, const char *label, MonocleShapeKind kind, GError **error)
{
  const guint fewest = kind == MONOCLE_SHAPE_RINGS ? 3 : kind == MONOCLE_SHAPE_LINE ? 2 : 1;
  g_autofree char *text = monocle_xml_dup_attribute (self->xml, "points");
  g_autoptr (GArray) points = text ? monocle_exchange_read_numbers (text, ",; ") : NULL;
  guint n = points ? points->len / 2 : 0;
  const double *p = points ? (const double *) (gpointer) points->data : NULL;

  if (!points || points->len % 2 || n < fewest)
    return monocle_xml_fail (self->xml, "\"points\" are no points", error);
  self->object
      = monocle_sample_add_shape (self->sample, label,
                                  kind == MONOCLE_SHAPE_RINGS  ? monocle_sample_ring (p, n)
                                  : kind == MONOCLE_SHAPE_LINE ? monocle_shape_new_line (p, n)
                                                               : monocle_shape_new_points (p, n));
  return TRUE;
}

static gboolean
read_ellipse (Reader *self, const char *label, GError **error)
{
  static const char *const names[] = { "cx", "cy", "rx", "ry" };
  double n[4], points[2 * ELLIPSE_POINTS];

  if (!read_numbers (self, names, 4, n, error))
    return FALSE;
  for (guint i = 0; i < ELLIPSE_POINTS; i++)
    {
      points[2 * i] = n[0] + n[2] * cos (2 * G_PI * i / ELLIPSE_POINTS);
      points[2 * i + 1] = n[1] + n[3] * sin (2 * G_PI * i / ELLIPSE_POINTS);
    }
  monocle_notes_add (self->source->notes, _ ("ellipses become outlines"));
  self->object = monocle_sample_add_shape (self->sample, label,
                                           monocle_sample_ring (points, ELLIPSE_POINTS));
  return TRUE;
}

/* Along the rows of its box. */
static gboolean
read_mask (Reader *self, const char *label, GError **error)
{
  static const char *const names[] = { "left", "top", "width", "height" };
  g_autofree char *text = monocle_xml_dup_attribute (self->xml, "rle");
  g_autoptr (GArray) runs = text ? monocle_exchange_read_numbers (text, ", ") : NULL;
  const MonocleSample *sample = self->sample;
  g_auto (MonocleCut) cut = { 0 };
  g_autoptr (MonocleMaskRuns) mask = NULL;
  double n[4], sum = 0;
  gsize at = 0;

  if (!read_numbers (self, names, 4, n, error))
    return FALSE;
  if (n[0] < 0 || n[1] < 0 || n[2] < 1 || n[3] < 1 || n[0] + n[2] > sample->width
      || n[1] + n[3] > sample->height)
    return monocle_xml_fail (self->xml, "a mask lies outside the picture", error);
  cut = (MonocleCut){ (guint) n[0], (guint) n[1], (guint) n[2], (guint) n[3], NULL };
  for (guint i = 0; runs && i < runs->len; i++)
    {
      double run = g_array_index (runs, double, i);

      if (run < 0 || run != floor (run))
        return monocle_xml_fail (self->xml, "\"rle\" is no run lengths", error);
      sum += run;
    }
  if (!runs || sum != (double) cut.width * cut.height)
    return monocle_xml_fail (self->xml, "\"rle\" does not add up to the size of the mask", error);
  cut.pixels = g_malloc0 ((gsize) cut.width * cut.height);
  for (guint i = 0; i < runs->len; i++)
    {
      gsize run = (gsize) g_array_index (runs, double, i);

      memset (cut.pixels + at, i % 2 ? 255 : 0, run);
      at += run;
    }
  mask = monocle_cut_paste (&cut, sample->width, sample->height);
  self->object = monocle_sample_add_object (self->sample, label,
                                            &(MonocleRect){ cut.x, cut.y, cut.width, cut.height },
                                            monocle_shape_new_mask (mask));
  return TRUE;
}

static gboolean
read_shape (Reader *self, const char *name, GError **error)
{
  g_autofree char *label = monocle_xml_dup_attribute (self->xml, "label");
  g_autofree char *group = NULL;
  gboolean done;
  double number = 0;

  if (!label || strlen (label) > MONOCLE_EXCHANGE_MAX_LABEL_BYTES)
    return monocle_xml_fail (self->xml, "a shape has no label, or too long a one", error);
  if (strcmp (name, "box") == 0)
    done = read_box (self, label, error);
  else if (strcmp (name, "polygon") == 0)
    done = read_points (self, label, MONOCLE_SHAPE_RINGS, error);
  else if (strcmp (name, "polyline") == 0)
    done = read_points (self, label, MONOCLE_SHAPE_LINE, error);
  else if (strcmp (name, "points") == 0)
    done = read_points (self, label, MONOCLE_SHAPE_POINTS, error);
  else if (strcmp (name, "mask") == 0)
    done = read_mask (self, label, error);
  else if (strcmp (name, "ellipse") == 0)
    done = read_ellipse (self, label, error);
  else
    {
      monocle_notes_add (self->source->notes, _ ("cuboids and skeletons are left out"));
      return TRUE;
    }
  group = monocle_xml_dup_attribute (self->xml, "group_id");
  if (done && group)
    {
      done = monocle_xml_read_number (self->xml, "group_id", &number, error);
      self->object->group = (gint64) number;
    }
  return done;
}

static gboolean
start_image (Reader *self, GError **error)
{
  g_autofree char *where = monocle_xml_dup_where (self->xml);
  g_autofree char *name = monocle_xml_dup_attribute (self->xml, "name");
  g_autofree char *subset = monocle_xml_dup_attribute (self->xml, "subset");
  g_autofree char *safe = NULL;
  double size[2];

  if (!name)
    return monocle_xml_fail (self->xml, "an image has no name", error);
  safe = monocle_exchange_dup_name (name, where, error);
  if (!safe || !monocle_xml_read_number (self->xml, "width", &size[0], error)
      || !monocle_xml_read_number (self->xml, "height", &size[1], error)
      || !monocle_exchange_check_size ((gint64) size[0], (gint64) size[1], where, error))
    return FALSE;
  g_clear_pointer (&self->sample, monocle_sample_free);
  self->sample = monocle_sample_new (safe);
  self->sample->width = (guint) size[0];
  self->sample->height = (guint) size[1];
  self->sample->split = subset ? monocle_sample_split_find (subset) : MONOCLE_SAMPLE_WHOLE;
  monocle_exchange_source_find_picture (self->source, self->sample, NULL);
  return TRUE;
}

static gboolean
start_element (Reader *self, GError **error)
{
  const char *name = monocle_xml_get_name (self->xml);
  const char *parent = monocle_xml_get_parent (self->xml);
  guint depth = monocle_xml_get_depth (self->xml);

  if (depth == 0 && strcmp (name, "annotations") != 0)
    return monocle_xml_fail (self->xml, "expected \"annotations\"", error);
  if (depth == 1 && strcmp (name, "track") == 0)
    return monocle_xml_fail (self->xml, "is CVAT for video: expected CVAT for images", error);
  if (depth == 1 && strcmp (name, "image") == 0)
    return start_image (self, error);
  if (depth == 2 && self->sample && strcmp (parent, "image") == 0)
    {
      self->object = NULL;
      g_clear_pointer (&self->tag, g_free);
      if (strcmp (name, "tag") != 0)
        return read_shape (self, name, error);
      self->tag = monocle_xml_dup_attribute (self->xml, "label");
      return self->tag || monocle_xml_fail (self->xml, "a tag has no label", error);
    }
  if (depth == 3 && self->sample && strcmp (name, "attribute") == 0)
    {
      g_free (self->attribute);
      self->attribute = monocle_xml_dup_attribute (self->xml, "name");
    }
  return TRUE;
}

static gboolean
end_attribute (Reader *self, GError **error)
{
  const char *text = monocle_xml_get_text (self->xml);

  if (!self->attribute)
    return TRUE;
  if (self->tag && strcmp (self->tag, MONOCLE_CVAT_CAPTION) == 0)
    g_ptr_array_add (self->sample->captions, g_strdup (text));
  else if (!self->object)
    return TRUE;
  else if (strcmp (self->attribute, MONOCLE_CVAT_SCORE) == 0)
    return monocle_exchange_read_number (text, &self->object->score)
           || monocle_xml_fail (self->xml, "\"score\" is no number", error);
  else if (strcmp (self->attribute, MONOCLE_CVAT_TEXT) == 0)
    {
      g_free (self->object->text);
      self->object->text = g_strdup (text);
    }
  else
    monocle_sample_object_add_attribute (self->object, self->attribute, text);
  return TRUE;
}

static gboolean
end_element (Reader *self, MonocleExchangeTake take, gpointer user_data, GError **error)
{
  const char *name = monocle_xml_get_name (self->xml);
  const char *parent = monocle_xml_get_parent (self->xml);
  guint depth = monocle_xml_get_depth (self->xml);

  if (depth >= 4 && parent && strcmp (parent, "label") == 0 && strcmp (name, "name") == 0)
    monocle_labels_add (self->source->labels, monocle_xml_get_text (self->xml));
  else if (depth == 3 && self->sample && strcmp (name, "attribute") == 0)
    return end_attribute (self, error);
  else if (depth == 2 && self->sample && strcmp (name, "tag") == 0
           && strcmp (self->tag, MONOCLE_CVAT_CAPTION) != 0)
    g_ptr_array_add (self->sample->tags, g_strdup (self->tag));
  else if (depth == 1 && self->sample && strcmp (name, "image") == 0)
    {
      g_autoptr (MonocleSample) sample = g_steal_pointer (&self->sample);

      self->object = NULL;
      return take (sample, user_data, error);
    }
  return TRUE;
}

static gboolean
looks_like_cvat (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);

  return strstr (text, "<annotations>") != NULL;
}

gboolean
monocle_cvat_recognise (const char *path)
{
  g_autoptr (GPtrArray) files = monocle_exchange_list_alike (path, "xml", looks_like_cvat);

  return files->len > 0 && looks_like_cvat (files->pdata[0]);
}

gboolean
monocle_cvat_read (const MonocleExchangeFormat *format,
                   MonocleExchangeSource *source,
                   MonocleExchangeTake take,
                   gpointer user_data,
                   GError **error)
{
  g_autoptr (GPtrArray) files = monocle_exchange_list_alike (source->path, "xml", looks_like_cvat);

  for (guint i = 0; i < files->len; i++)
    {
      g_auto (Reader) self = { .source = source };
      MonocleXmlEvent event;

      self.xml = monocle_xml_open (files->pdata[i], error);
      if (!self.xml)
        return FALSE;
      while ((event = monocle_xml_next (self.xml, error)) != MONOCLE_XML_DONE)
        if (event == MONOCLE_XML_FAILED
            || !(event == MONOCLE_XML_START ? start_element (&self, error)
                                            : end_element (&self, take, user_data, error)))
          return FALSE;
    }
  return files->len > 0 || monocle_file_set_error (error, source->path, "holds no file of CVAT's");
}
