/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads COCO's instances and captions into a set.
 */
#include "config.h"

#include <string.h>

#include "app/eval/caption.h"
#include "app/eval/set-private.h"
#include "app/eval/text.h"
#include "app/exchange/coco-parse.h"

/* A count of things that anybody would write. */
#define MAX_COUNT 1000

typedef struct
{
  MonocleEvalSet *set;
  const char *path;
  const char *folder;
  JsonObject *root;
  /* gint64 -> MonocleEvalImage: ids are the file's own. */
  GHashTable *images;
  /* Of gint64: those of annotations. */
  GHashTable *annotations;
  /* Of MonocleEvalImage: those that the file lists. */
  GHashTable *listed;
} Reader;

/* --- Lists of the file --- */

typedef gboolean (*ReadElement) (Reader *reader,
                                 JsonObject *object,
                                 const char *where,
                                 GError **error);

static gboolean
read_list (Reader *reader, const char *key, MonocleJsonNeed need, ReadElement read, GError **error)
{
  JsonArray *array = NULL;

  if (!monocle_json_get_array (reader->root, reader->path, key, need, &array, error))
    return FALSE;
  for (guint i = 0; array && i < json_array_get_length (array); i++)
    {
      g_autofree char *where = g_strdup_printf ("%s: %s[%u]", reader->path, key, i);
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return monocle_file_set_error (error, where, "expected an object");
      if (!read (reader, json_node_get_object (node), where, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_category (Reader *reader, JsonObject *object, const char *where, GError **error)
{
  g_autofree char *folded = NULL;
  const char *name = NULL, *known;
  const gint64 *same;
  gint64 id = 0;

  if (!monocle_json_get_int (object, where, "id", MONOCLE_JSON_REQUIRED, G_MININT64, G_MAXINT64,
                             &id, error)
      || !monocle_eval_get_text (object, where, "name", MONOCLE_JSON_REQUIRED, &name, error))
    return FALSE;
  known = g_hash_table_lookup (reader->set->category_names, &id);
  if (known && !g_str_equal (known, name))
    return monocle_file_set_error (error, where, "category %" G_GINT64_FORMAT " is \"%s\" already",
                                   id, known);

  folded = monocle_eval_text_fold (name);
  same = g_hash_table_lookup (reader->set->categories, folded);
  if (same && *same != id)
    return monocle_file_set_error (error, where, "\"%s\" is category %" G_GINT64_FORMAT " already",
                                   name, *same);
  g_hash_table_insert (reader->set->category_names, g_memdup2 (&id, sizeof id), g_strdup (name));
  g_hash_table_insert (reader->set->categories, g_steal_pointer (&folded),
                       g_memdup2 (&id, sizeof id));
  return TRUE;
}

static gboolean
read_side (JsonObject *object,
           const char *where,
           const char *key,
           gboolean needed,
           guint *side,
           GError **error)
{
  gint64 value = *side;

  if (!monocle_json_get_int (object, where, key,
                             needed ? MONOCLE_JSON_REQUIRED : MONOCLE_JSON_OPTIONAL, G_MININT64,
                             G_MAXINT64, &value, error))
    return FALSE;
  if (value < (needed ? 1 : 0) || value > MONOCLE_IMAGE_MAX_SIDE)
    return monocle_file_set_error (error, where, "\"%s\" is %" G_GINT64_FORMAT ", expected 1 to %d",
                                   key, value, MONOCLE_IMAGE_MAX_SIDE);
  if (*side != 0 && *side != value)
    return monocle_file_set_error (
        error, where, "\"%s\" is %" G_GINT64_FORMAT ", and was %u before", key, value, *side);
  *side = (guint) value;
  return TRUE;
}

/* Captions come without them, or with none. */
static gboolean
has_categories (JsonObject *root)
{
  JsonNode *node = json_object_get_member (root, "categories");

  return node && JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node));
}

static gboolean
read_image (Reader *reader, JsonObject *object, const char *where, GError **error)
{
  gboolean has_objects = has_categories (reader->root);
  MonocleEvalImage *image;
  const char *name = NULL;
  gint64 id = 0;

  if (!monocle_json_get_int (object, where, "id", MONOCLE_JSON_REQUIRED, G_MININT64, G_MAXINT64,
                             &id, error)
      || !monocle_eval_get_text (object, where, "file_name", MONOCLE_JSON_REQUIRED, &name, error))
    return FALSE;
  if (g_hash_table_contains (reader->images, &id))
    return monocle_file_set_error (error, where, "image %" G_GINT64_FORMAT " comes twice", id);
  image = monocle_eval_set_get_image (reader->set, reader->folder, where, name, error);
  if (!image || !read_side (object, where, "width", has_objects, &image->width, error)
      || !read_side (object, where, "height", has_objects, &image->height, error))
    return FALSE;
  if ((guint64) image->width * image->height > MONOCLE_MASK_MAX_PIXELS)
    return monocle_file_set_error (error, where, "%u x %u pixels are too many", image->width,
                                   image->height);

  if ((has_objects && image->is_listed && image->id != id)
      || !g_hash_table_add (reader->listed, image))
    return monocle_file_set_error (error, where, "\"%s\" comes twice", name);
  if (has_objects)
    {
      image->id = id;
      image->is_listed = TRUE;
    }
  g_hash_table_insert (reader->images, g_memdup2 (&id, sizeof id), image);
  return TRUE;
}

static gboolean
read_slot (MonocleEvalImage *image, JsonObject *object, const char *where, GError **error)
{
  const char *name = NULL, *plural = NULL, *phrase = NULL;
  gint64 count = 1;

  if (!monocle_eval_get_text (object, where, "name", MONOCLE_JSON_REQUIRED, &name, error)
      || !monocle_eval_get_text (object, where, "plural", MONOCLE_JSON_OPTIONAL, &plural, error)
      || !monocle_eval_get_text (object, where, "phrase", MONOCLE_JSON_OPTIONAL, &phrase, error)
      || !monocle_json_get_int (object, where, "count", MONOCLE_JSON_OPTIONAL, G_MININT64,
                                G_MAXINT64, &count, error))
    return FALSE;
  if (count < 1 || count > MAX_COUNT)
    return monocle_file_set_error (error, where, "\"count\" is out of range");
  g_ptr_array_add (image->slots, monocle_eval_slot_new (name, plural, phrase, (guint) count));
  return TRUE;
}

static gboolean
read_caption (MonocleEvalImage *image, JsonObject *object, const char *where, GError **error)
{
  const char *caption = NULL;
  JsonArray *slots = NULL;

  if (!monocle_eval_get_text (object, where, "caption", MONOCLE_JSON_REQUIRED, &caption, error)
      || !monocle_json_get_array (object, where, "slots", MONOCLE_JSON_OPTIONAL, &slots, error))
    return FALSE;
  if (*caption)
    g_ptr_array_add (image->captions, g_strdup (caption));
  for (guint i = 0; slots && i < json_array_get_length (slots); i++)
    {
      JsonNode *slot = json_array_get_element (slots, i);

      if (!JSON_NODE_HOLDS_OBJECT (slot))
        return monocle_file_set_error (error, where, "\"slots\" holds something that is no object");
      if (!read_slot (image, json_node_get_object (slot), where, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_size (const MonocleEvalImage *image, MonocleShape *outline, const char *where, GError **error)
{
  MonocleMaskRuns *runs = outline ? monocle_shape_get_mask (outline) : NULL;

  if (!runs || (runs->width == image->width && runs->height == image->height))
    return TRUE;
  return monocle_file_set_error (error, where, "\"size\" is %u x %u, the image %u x %u",
                                 runs->width, runs->height, image->width, image->height);
}

static gboolean
read_object (
    Reader *reader, MonocleEvalImage *image, JsonObject *object, const char *where, GError **error)
{
  g_auto (MonocleCocoObject) from = { 0 };
  MonocleEvalShape shape = { 0 };

  if (!monocle_coco_read_object (object, where, &from, error)
      || !check_size (image, from.outline, where, error))
    return FALSE;
  if (!g_hash_table_contains (reader->set->category_names, &from.category))
    return monocle_file_set_error (error, where, "there is no category %" G_GINT64_FORMAT,
                                   from.category);
  shape.category = from.category;
  memcpy (shape.box, from.box, sizeof shape.box);
  if (from.outline)
    shape.mask = monocle_shape_to_mask (from.outline, image->width, image->height);
  shape.area = from.has_area ? from.area
               : shape.mask  ? (double) monocle_mask_runs_get_area (shape.mask)
                             : shape.box[2] * shape.box[3];
  shape.crowd = from.is_crowd ? MONOCLE_EVAL_CROWD : MONOCLE_EVAL_SINGLE;
  g_array_append_val (image->objects, shape);
  return TRUE;
}

static gboolean
check_annotation_id (Reader *reader, JsonObject *object, const char *where, GError **error)
{
  gint64 id = 0;

  if (!json_object_has_member (object, "id"))
    return TRUE;
  if (!monocle_json_get_int (object, where, "id", MONOCLE_JSON_REQUIRED, G_MININT64, G_MAXINT64,
                             &id, error))
    return FALSE;
  return g_hash_table_add (reader->annotations, g_memdup2 (&id, sizeof id))
         || monocle_file_set_error (error, where, "annotation %" G_GINT64_FORMAT " comes twice",
                                    id);
}

static gboolean
read_annotation (Reader *reader, JsonObject *object, const char *where, GError **error)
{
  MonocleEvalImage *image;
  gint64 id = 0;

  if (!check_annotation_id (reader, object, where, error)
      || !monocle_json_get_int (object, where, "image_id", MONOCLE_JSON_REQUIRED, G_MININT64,
                                G_MAXINT64, &id, error))
    return FALSE;
  image = g_hash_table_lookup (reader->images, &id);
  if (!image)
    return monocle_file_set_error (error, where, "there is no image %" G_GINT64_FORMAT, id);
  if (monocle_eval_set_is_repeated (reader->set, image, object,
                                    MONOCLE_EVAL_REPEAT_IN_ANOTHER_FILE))
    return TRUE;
  if (json_object_has_member (object, "caption"))
    return read_caption (image, object, where, error);
  if (!image->is_listed)
    return monocle_file_set_error (error, where,
                                   "neither a caption nor, without \"categories\", an object");
  return read_object (reader, image, object, where, error);
}

gboolean
monocle_eval_set_read_coco (MonocleEvalSet *self,
                            const char *path,
                            const char *folder,
                            GError **error)
{
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  g_autoptr (GHashTable) images = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GHashTable) annotations
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GHashTable) listed = g_hash_table_new (NULL, NULL);
  Reader reader = { self, path, folder, root, images, annotations, listed };

  return root && read_list (&reader, "categories", MONOCLE_JSON_OPTIONAL, read_category, error)
         && read_list (&reader, "images", MONOCLE_JSON_REQUIRED, read_image, error)
         && read_list (&reader, "annotations", MONOCLE_JSON_REQUIRED, read_annotation, error);
}
