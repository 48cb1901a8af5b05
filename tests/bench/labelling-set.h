/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures with the things on them that somebody who labels them knows: those of a COCO file.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "tests/gui/harness-canvas.h"

/* Overlap from which a suggestion means a thing. */
#define MEANT 0.5

typedef struct
{
  char *label;
  MonocleBox box;
  gboolean is_there;
} Thing;

typedef struct
{
  char *path;
  GArray *things;
} Picture;

static inline void
clear_thing (gpointer thing)
{
  g_free (((Thing *) thing)->label);
}

static inline void
free_picture (gpointer data)
{
  Picture *picture = data;

  g_free (picture->path);
  g_array_unref (picture->things);
  g_free (picture);
}

static inline Picture *
new_picture (const char *folder, const char *name, const char *to)
{
  Picture *picture = g_new0 (Picture, 1);
  g_autofree char *path = g_build_filename (folder, "images", name, NULL);
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) copy = NULL;
  g_autoptr (GError) error = NULL;

  picture->path = g_build_filename (to, name, NULL);
  picture->things = g_array_new (FALSE, TRUE, sizeof (Thing));
  g_array_set_clear_func (picture->things, clear_thing);
  copy = g_file_new_for_path (picture->path);
  g_file_copy (from, copy, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return picture;
}

static inline float
get_number (JsonArray *array, guint index)
{
  return (float) json_array_get_double_element (array, index);
}

/* Of the first @n pictures, which are copied into @to. */
static inline GPtrArray *
read_pictures (const char *folder, guint n, const char *to)
{
  GPtrArray *pictures = g_ptr_array_new_with_free_func (free_picture);
  g_autofree char *path = g_build_filename (folder, "instances.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GHashTable) names = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) by_id = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  JsonArray *images, *categories, *annotations;
  JsonObject *root;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  images = json_object_get_array_member (root, "images");
  categories = json_object_get_array_member (root, "categories");
  annotations = json_object_get_array_member (root, "annotations");
  for (guint i = 0; i < json_array_get_length (categories); i++)
    {
      JsonObject *category = json_array_get_object_element (categories, i);

      g_hash_table_insert (names, GINT_TO_POINTER (json_object_get_int_member (category, "id")),
                           (gpointer) json_object_get_string_member (category, "name"));
    }
  for (guint i = 0; i < json_array_get_length (images) && i < n; i++)
    {
      JsonObject *image = json_array_get_object_element (images, i);
      Picture *picture
          = new_picture (folder, json_object_get_string_member (image, "file_name"), to);

      g_ptr_array_add (pictures, picture);
      g_hash_table_insert (by_id, GINT_TO_POINTER (json_object_get_int_member (image, "id")),
                           picture);
    }
  for (guint i = 0; i < json_array_get_length (annotations); i++)
    {
      JsonObject *object = json_array_get_object_element (annotations, i);
      JsonArray *at = json_object_get_array_member (object, "bbox");
      Picture *picture = g_hash_table_lookup (
          by_id, GINT_TO_POINTER (json_object_get_int_member (object, "image_id")));
      const char *label = g_hash_table_lookup (
          names, GINT_TO_POINTER (json_object_get_int_member (object, "category_id")));
      const Thing thing
          = { g_strdup (label),
              { get_number (at, 0), get_number (at, 1), get_number (at, 0) + get_number (at, 2),
                get_number (at, 1) + get_number (at, 3) },
              FALSE };

      if (picture)
        g_array_append_val (picture->things, thing);
      else
        g_free (thing.label);
    }
  return pictures;
}

static inline double
get_area (const MonocleBox *box)
{
  return MAX (0, (double) box->x2 - (double) box->x1)
         * MAX (0, (double) box->y2 - (double) box->y1);
}

static inline double
get_overlap (const MonocleBox *a, const MonocleBox *b)
{
  const MonocleBox both
      = { MAX (a->x1, b->x1), MAX (a->y1, b->y1), MIN (a->x2, b->x2), MIN (a->y2, b->y2) };
  const double area = get_area (&both);

  return area / (get_area (a) + get_area (b) - area);
}

/* (nullable): what is not there yet and is meant by a box there */
static inline Thing *
find_thing (Picture *picture, MonocleAnnotation *annotation)
{
  const MonocleBox box = monocle_shape_get_box (monocle_annotation_get_shape (annotation));
  Thing *best = NULL;
  double most = MEANT;

  for (guint i = 0; i < picture->things->len; i++)
    {
      Thing *thing = &g_array_index (picture->things, Thing, i);

      if (!thing->is_there && get_overlap (&thing->box, &box) >= most)
        {
          most = get_overlap (&thing->box, &box);
          best = thing;
        }
    }
  return best;
}
