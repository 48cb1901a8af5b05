/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads Pascal VOC: an XML file for a picture, and masks as pictures of numbers.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/exchange/cut.h"
#include "app/exchange/voc-private.h"
#include "app/exchange/xml.h"

/* The number again; colours that are none of the palette are 255. */
static guint8
find_number (const guint8 *colour)
{
  guint number = 0;

  for (guint shift = 0; shift < 8; shift++)
    for (guint i = 0; i < 3; i++)
      number |= (guint) ((colour[i] >> (7 - shift)) & 1) << (3 * shift + i);
  return (guint8) MIN (number, 255);
}

typedef struct
{
  MonocleExchangeSource *source;
  MonocleXml *xml;
  MonocleSample *sample;
  const char *path;
  char *label;
  char *filename;
  double edges[4];
  guint n_edges;
  GArray *polygon;
  double size[2];
  gboolean segmented;
} Reader;

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->xml, monocle_xml_free);
  g_clear_pointer (&self->sample, monocle_sample_free);
  g_free (self->label);
  g_free (self->filename);
  g_array_unref (self->polygon);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static gboolean
read_number (const Reader *self, double *number, GError **error)
{
  g_autofree char *where = NULL;

  if (monocle_exchange_read_number (monocle_xml_get_text (self->xml), number))
    return TRUE;
  where = monocle_xml_dup_where (self->xml);
  return monocle_file_set_error (error, where, "\"%s\" is no number",
                                 monocle_xml_get_name (self->xml));
}

static gboolean
read_edge (Reader *self, const char *name, GError **error)
{
  static const char *const names[] = { "xmin", "ymin", "xmax", "ymax" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      {
        self->n_edges++;
        return read_number (self, &self->edges[i], error);
      }
  return TRUE;
}

static gboolean
end_object (Reader *self, GError **error)
{
  const double first = self->source->counts_from_0 ? 0 : 1;
  MonocleSampleObject *object;

  if (!self->label)
    return monocle_xml_fail (self->xml, "an object has no name", error);
  if (self->n_edges != 4)
    return monocle_xml_fail (self->xml, "an object has no whole \"bndbox\"", error);
  if (self->edges[2] < self->edges[0] - first || self->edges[3] < self->edges[1] - first)
    return monocle_xml_fail (self->xml, "a box has a negative width or height", error);
  /* The first pixel is 1, and the last one is of the box. */
  object = monocle_sample_add_edges (self->sample, self->label, self->edges[0] - first,
                                     self->edges[1] - first, self->edges[2], self->edges[3]);
  if (self->polygon->len >= 6 && self->polygon->len % 2 == 0)
    object->shape = monocle_sample_ring ((const double *) (gpointer) self->polygon->data,
                                         self->polygon->len / 2);
  else if (self->polygon->len > 0)
    return monocle_xml_fail (self->xml, "a polygon has fewer than three points", error);
  return TRUE;
}

static gboolean
end_element (Reader *self, GError **error)
{
  const char *name = monocle_xml_get_name (self->xml);
  const char *parent = monocle_xml_get_parent (self->xml);
  guint depth = monocle_xml_get_depth (self->xml);
  const char *text = monocle_xml_get_text (self->xml);
  double number;

  if (depth == 1 && strcmp (name, "object") == 0)
    return end_object (self, error);
  if (depth == 1 && strcmp (name, "filename") == 0)
    {
      g_free (self->filename);
      self->filename = g_strdup (text);
    }
  else if (depth == 1 && strcmp (name, "segmented") == 0)
    self->segmented = atoi (text) > 0;
  else if (depth == 2 && strcmp (parent, "size") == 0 && strcmp (name, "width") == 0)
    return read_number (self, &self->size[0], error);
  else if (depth == 2 && strcmp (parent, "size") == 0 && strcmp (name, "height") == 0)
    return read_number (self, &self->size[1], error);
  else if (depth == 2 && strcmp (parent, "object") == 0 && strcmp (name, "name") == 0)
    {
      if (strlen (text) > MONOCLE_EXCHANGE_MAX_LABEL_BYTES)
        return monocle_xml_fail (self->xml, "a name is too long", error);
      g_free (self->label);
      self->label = g_strdup (text);
    }
  else if (depth == 3 && strcmp (parent, "bndbox") == 0)
    return read_edge (self, name, error);
  else if (depth == 3 && strcmp (parent, "polygon") == 0)
    {
      if (!read_number (self, &number, error))
        return FALSE;
      g_array_append_val (self->polygon, number);
    }
  return TRUE;
}

static void
start_element (Reader *self)
{
  if (monocle_xml_get_depth (self->xml) != 1
      || strcmp (monocle_xml_get_name (self->xml), "object") != 0)
    return;
  g_clear_pointer (&self->label, g_free);
  self->n_edges = 0;
  g_array_set_size (self->polygon, 0);
}

static gboolean
read_elements (Reader *self, GError **error)
{
  MonocleXmlEvent event;

  while ((event = monocle_xml_next (self->xml, error)) != MONOCLE_XML_DONE)
    {
      if (event == MONOCLE_XML_FAILED)
        return FALSE;
      if (monocle_xml_get_depth (self->xml) == 0
          && strcmp (monocle_xml_get_name (self->xml), "annotation") != 0)
        return monocle_xml_fail (self->xml, "expected \"annotation\"", error);
      if (event == MONOCLE_XML_START)
        start_element (self);
      else if (!end_element (self, error))
        return FALSE;
    }
  return TRUE;
}

/* Object after object, as they are in the XML; what is hidden by others has no mask. */
static gboolean
read_masks (const char *path, MonocleSample *sample, GError **error)
{
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, error);
  gsize n = (gsize) sample->width * sample->height;
  g_autofree guint8 *numbers = NULL;
  g_autofree guint8 *pixels = NULL;
  const guint8 *rgb;

  if (!image)
    return FALSE;
  if (monocle_image_get_width (image) != sample->width
      || monocle_image_get_height (image) != sample->height)
    return monocle_file_set_error (error, path, "has another size than its picture");
  rgb = monocle_image_get_pixels (image);
  numbers = g_malloc (n);
  pixels = g_malloc (n);
  for (gsize i = 0; i < n; i++)
    numbers[i] = find_number (rgb + 3 * i);
  for (guint k = 0; k < MIN (sample->objects->len, MONOCLE_VOC_MAX_NUMBER); k++)
    {
      MonocleSampleObject *object = sample->objects->pdata[k];
      const MonocleCut all = { 0, 0, sample->width, sample->height, pixels };
      g_autoptr (MonocleMaskRuns) runs = NULL;
      gboolean any = FALSE;

      for (gsize i = 0; i < n; i++)
        {
          pixels[i] = numbers[i] == k + 1;
          any = any || pixels[i];
        }
      if (!any)
        continue;
      runs = monocle_cut_paste (&all, sample->width, sample->height);
      g_clear_pointer (&object->shape, monocle_shape_unref);
      object->shape = monocle_shape_new_mask (runs);
    }
  return TRUE;
}

/* "Annotations/a/b.xml": of a picture in the folder a. */
static char *
make_name (const Reader *self, const char *below, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (below);
  g_autofree char *stem = monocle_exchange_strip_extension (below);
  g_autofree char *guess = g_strconcat (stem, ".jpg", NULL);
  g_autofree char *last = monocle_exchange_dup_last_name (
      self->filename && *self->filename ? self->filename : guess, self->path, error);

  if (!last)
    return NULL;
  return strcmp (folder, ".") == 0 ? g_steal_pointer (&last)
                                   : g_build_filename (folder, last, NULL);
}

static gboolean
read_file (MonocleExchangeSource *source,
           const char *root,
           const char *below,
           GHashTable *splits,
           MonocleExchangeTake take,
           gpointer user_data,
           GError **error)
{
  g_autofree char *path = g_build_filename (root, below, NULL);
  g_autofree char *top = g_path_get_dirname (root);
  g_autofree char *pictures = g_build_filename (top, "JPEGImages", NULL);
  g_autofree char *stem = monocle_exchange_strip_extension (below);
  g_autofree char *masks = g_strdup_printf ("%s/SegmentationObject/%s.png", top, stem);
  g_auto (Reader) self = { .source = source, .path = path };

  self.polygon = g_array_new (FALSE, FALSE, sizeof (double));
  self.sample = monocle_sample_new ("");
  self.xml = monocle_xml_open (path, error);
  if (!self.xml || !read_elements (&self, error))
    return FALSE;
  g_free (self.sample->name);
  self.sample->name = make_name (&self, below, error);
  if (!self.sample->name)
    return FALSE;
  self.sample->split = (MonocleSampleSplit) GPOINTER_TO_INT (g_hash_table_lookup (splits, stem));
  monocle_exchange_source_find_picture (source, self.sample, pictures);
  if (self.size[0] != 0 || self.size[1] != 0)
    {
      if (!monocle_exchange_check_size ((gint64) self.size[0], (gint64) self.size[1], path, error))
        return FALSE;
      self.sample->width = (guint) self.size[0];
      self.sample->height = (guint) self.size[1];
    }
  if (self.segmented && g_file_test (masks, G_FILE_TEST_IS_REGULAR)
      && (!monocle_exchange_measure (self.sample, path, error)
          || !read_masks (masks, self.sample, error)))
    return FALSE;
  return take (self.sample, user_data, error);
}

/* stem -> split, of the lists that are there. */
static GHashTable *
read_lists (const char *top)
{
  GHashTable *splits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = MONOCLE_SAMPLE_TRAIN; i < MONOCLE_SAMPLE_N_SPLITS; i++)
    {
      g_autofree char *path = g_strdup_printf (
          "%s/ImageSets/Main/%s.txt", top, monocle_sample_split_get_name ((MonocleSampleSplit) i));
      g_autofree char *text = NULL;
      g_auto (GStrv) lines = NULL;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        continue;
      lines = g_strsplit (text, "\n", -1);
      for (guint k = 0; lines[k]; k++)
        if (*g_strchomp (lines[k]))
          g_hash_table_insert (splits, g_strdup (lines[k]), GINT_TO_POINTER (i));
    }
  return splits;
}

static void
read_names (const char *top, MonocleLabels *labels)
{
  g_autofree char *path = g_build_filename (top, MONOCLE_VOC_NAMES, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !g_utf8_validate (text, -1, NULL))
    return;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] && lines[i + 1]; i++)
    monocle_labels_add (labels, lines[i]);
}

/* (transfer full): the folder of XML files. */
static char *
find_root (const char *path)
{
  g_autofree char *inner = g_build_filename (path, "Annotations", NULL);

  return g_file_test (inner, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&inner) : g_strdup (path);
}

static gboolean
looks_like_voc (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);

  return strstr (text, "<annotation>") || strstr (text, "<annotation ");
}

gboolean
monocle_voc_recognise (const char *path)
{
  g_autofree char *root = find_root (path);

  return monocle_exchange_first_looks (path, root, "xml", looks_like_voc);
}

gboolean
monocle_voc_read (const MonocleExchangeFormat *format,
                  MonocleExchangeSource *source,
                  MonocleExchangeTake take,
                  gpointer user_data,
                  GError **error)
{
  gboolean is_folder = g_file_test (source->path, G_FILE_TEST_IS_DIR);
  g_autofree char *root = is_folder ? find_root (source->path) : g_path_get_dirname (source->path);
  g_autofree char *top = g_path_get_dirname (root);
  g_autofree char *single = g_path_get_basename (source->path);
  g_autoptr (GHashTable) splits = read_lists (top);
  g_autoptr (GPtrArray) names = NULL;

  read_names (top, source->labels);
  if (!is_folder)
    return read_file (source, root, single, splits, take, user_data, error);
  names = monocle_exchange_list_files (root, "xml", error);
  for (guint i = 0; names && i < names->len; i++)
    if (!read_file (source, root, names->pdata[i], splits, take, user_data, error))
      return FALSE;
  return names != NULL;
}
