/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads COCO's files picture by picture. They may have gigabytes and their annotations any order,
 * so the file is mapped and looked over once, for where everything is; what belongs to a picture is
 * parsed when its turn comes.
 */
#include "config.h"

#include "app/exchange/coco-private.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/coco-parse.h"
#include "app/exchange/json-walk.h"
#include "app/json/text.h"

/* A piece of the file: an image, or an annotation of the image of that number. */
typedef struct
{
  gint64 id;
  const char *text; /* NULL: known by its id alone */
  gsize size;
  guint image;
  guint index;
} Piece;

typedef struct
{
  MonocleExchangeSource *source;
  const char *path;
  char *folder;
  GBytes *bytes;
  GBytes *truth;
  gboolean is_results;
  MonocleSampleSplit split;
  GArray *images;
  GHashTable *by_id; /* gint64 in images -> number + 1 */
  GArray *rows;
  GHashTable *categories; /* gint64 -> number of label */
} Reader;

static void
reader_clear (Reader *self)
{
  g_free (self->folder);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->truth, g_bytes_unref);
  g_array_unref (self->images);
  g_array_unref (self->rows);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->categories);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

/* --- Looking over --- */

static gboolean
fail_at (const Reader *self, const char *list, gint64 index, const char *what, GError **error)
{
  return monocle_file_set_error (error, self->path, "%s[%" G_GINT64_FORMAT "]: %s", list, index,
                                 what);
}

/* JSON members as they are written, without braces, of those that are there. (nullable) */
static char *
dup_members (JsonObject *object, const char *const *keys)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; keys[i]; i++)
    {
      g_autofree char *value = NULL;

      if (!json_object_has_member (object, keys[i]))
        continue;
      value = monocle_json_text (json_object_get_member (object, keys[i]));
      g_string_append_printf (text, "%s\"%s\": %s", text->len ? ", " : "", keys[i], value);
    }
  return g_string_free (text, text->len == 0);
}

static gboolean
add_category (Reader *self, gint64 index, const char *text, gsize size, GError **error)
{
  static const char *const keypoints[] = { "keypoints", "skeleton", NULL };
  g_autofree char *where
      = g_strdup_printf ("%s: categories[%" G_GINT64_FORMAT "]", self->path, index);
  g_autoptr (JsonObject) object = monocle_json_parse (text, size, where, error);
  const char *name = NULL;
  MonocleSampleLabel *label;
  gint64 id = 0;
  guint number;

  if (!object
      || !monocle_json_get_int (object, where, "id", MONOCLE_JSON_REQUIRED, G_MININT64, G_MAXINT64,
                                &id, error)
      || !monocle_json_get_string (object, where, "name", MONOCLE_JSON_REQUIRED, &name, error))
    return FALSE;
  if (strlen (name) > MONOCLE_EXCHANGE_MAX_LABEL_BYTES)
    return monocle_file_set_error (error, where, "\"name\" is too long");
  if (g_hash_table_contains (self->categories, &id))
    return monocle_file_set_error (error, where, "category %" G_GINT64_FORMAT " comes twice", id);
  number = monocle_labels_add (self->source->labels, name);
  label = monocle_labels_get (self->source->labels, number);
  if (label->id == 0 && id > 0)
    label->id = id;
  if (!label->keypoints)
    label->keypoints = dup_members (object, keypoints);
  g_hash_table_insert (self->categories, g_memdup2 (&id, sizeof id), GUINT_TO_POINTER (number));
  return TRUE;
}

static gboolean
add_image (Reader *self, gint64 id, gint64 index, const char *text, gsize size, GError **error)
{
  const Piece piece = { .id = id, .text = text, .size = size, .index = (guint) index };

  if (g_hash_table_contains (self->by_id, &id))
    return fail_at (self, "images", index, "its \"id\" comes twice", error);
  g_hash_table_insert (self->by_id, g_memdup2 (&id, sizeof id),
                       GUINT_TO_POINTER (self->images->len + 1));
  g_array_append_val (self->images, piece);
  return TRUE;
}

static gboolean
add_piece (
    const char *key, gint64 index, const char *text, gsize size, gpointer user_data, GError **error)
{
  Reader *self = user_data;
  Piece piece = { .text = text, .size = size, .index = (guint) index };
  const char *list = key ? key : "";

  if (index < 0)
    return TRUE;
  if (index >= G_MAXINT)
    return fail_at (self, list, index, "too many", error);
  if (strcmp (list, "categories") == 0)
    return add_category (self, index, text, size, error);
  if (strcmp (list, "images") == 0)
    return monocle_json_find_int (text, size, "id", &piece.id)
               ? add_image (self, piece.id, index, text, size, error)
               : fail_at (self, list, index, "expected an object with an \"id\"", error);
  if (self->is_results ? key != NULL : strcmp (list, "annotations") != 0)
    return TRUE;
  if (!monocle_json_find_int (text, size, "image_id", &piece.id))
    return fail_at (self, list, index, "expected an object with an \"image_id\"", error);
  g_array_append_val (self->rows, piece);
  return TRUE;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const Piece *left = a, *right = b;

  if (left->image != right->image)
    return left->image < right->image ? -1 : 1;
  return left->index < right->index ? -1 : left->index > right->index;
}

/* Says of every annotation to which image it belongs. */
static gboolean
join (Reader *self, GError **error)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      Piece *row = &g_array_index (self->rows, Piece, i);
      guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, &row->id));

      if (number == 0 && self->is_results && !self->truth)
        {
          if (!add_image (self, row->id, 0, NULL, 0, error))
            return FALSE;
          number = self->images->len;
        }
      if (number == 0)
        return monocle_file_set_error (error, self->path,
                                       "%s[%u]: there is no image %" G_GINT64_FORMAT,
                                       self->is_results ? "" : "annotations", row->index, row->id);
      row->image = number - 1;
    }
  g_array_sort (self->rows, compare_rows);
  return TRUE;
}

static gboolean
look_over (Reader *self, GError **error)
{
  gsize size;
  const char *text;

  self->bytes = monocle_file_map (self->path, error);
  if (!self->bytes)
    return FALSE;
  text = g_bytes_get_data (self->bytes, &size);
  return monocle_json_walk (text, size, self->path, add_piece, self, error) && join (self, error);
}

/* --- Reading --- */

static gboolean
read_category (const Reader *self, gint64 id, const char *where, const char **label, GError **error)
{
  gpointer number;

  if (g_hash_table_lookup_extended (self->categories, &id, NULL, &number))
    *label = monocle_labels_get (self->source->labels, GPOINTER_TO_UINT (number))->name;
  else if (self->is_results && !self->truth)
    {
      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, id);
      guint added = monocle_labels_add (self->source->labels, name);

      *label = monocle_labels_get (self->source->labels, added)->name;
      if (id > 0)
        monocle_labels_get (self->source->labels, added)->id = id;
    }
  else
    return monocle_file_set_error (error, where, "there is no category %" G_GINT64_FORMAT, id);
  return TRUE;
}

static gboolean
check_mask (const MonocleSample *sample,
            const MonocleShape *shape,
            const char *where,
            GError **error)
{
  MonocleMaskRuns *runs = shape ? monocle_shape_get_mask (shape) : NULL;

  if (!runs || sample->width == 0
      || (runs->width == sample->width && runs->height == sample->height))
    return TRUE;
  return monocle_file_set_error (error, where, "\"size\" is %u x %u, the image %u x %u",
                                 runs->width, runs->height, sample->width, sample->height);
}

/* Values that are no texts as JSON has them. */
static void
read_attributes (JsonObject *object, MonocleSampleObject *to)
{
  JsonNode *node = json_object_get_member (object, "attributes");
  JsonObjectIter iter;
  const char *name;

  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *value
          = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                ? g_strdup (json_node_get_string (node))
                : monocle_json_text (node);

      monocle_sample_object_add_attribute (to, name, value);
    }
}

static gboolean
read_row (const Reader *self, const Piece *row, MonocleSample *sample, GError **error)
{
  static const char *const keypoints[] = { "keypoints", "num_keypoints", NULL };
  g_autofree char *where = g_strdup_printf ("%s: %s[%u]", self->path,
                                            self->is_results ? "" : "annotations", row->index);
  g_autoptr (JsonObject) object = monocle_json_parse (row->text, row->size, where, error);
  g_auto (MonocleCocoObject) from = { 0 };
  const char *text = NULL;
  MonocleSampleObject *to;

  if (!object)
    return FALSE;
  if (json_object_has_member (object, "caption"))
    {
      if (!monocle_json_get_string (object, where, "caption", MONOCLE_JSON_REQUIRED, &text, error))
        return FALSE;
      g_ptr_array_add (sample->captions, g_strdup (text));
      return TRUE;
    }
  if (!monocle_coco_read_object (object, where, &from, error)
      || !read_category (self, from.category, where, &text, error)
      || !check_mask (sample, from.outline, where, error))
    return FALSE;
  to = monocle_sample_add_object (
      sample, text, &(MonocleRect){ from.box[0], from.box[1], from.box[2], from.box[3] },
      g_steal_pointer (&from.outline));
  to->score = from.score;
  to->is_crowd = from.is_crowd;
  to->keypoints = dup_members (object, keypoints);
  read_attributes (object, to);
  return TRUE;
}

static MonocleSample *
read_image (const Reader *self, const Piece *image, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: images[%u]", self->path, image->index);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (MonocleSample) sample = NULL;
  g_autofree char *name = NULL;
  const char *file = NULL;
  guint width, height;

  if (!image->text)
    {
      name = g_strdup_printf ("%" G_GINT64_FORMAT, image->id);
      return monocle_sample_new (name);
    }
  object = monocle_json_parse (image->text, image->size, where, error);
  if (!object
      || !monocle_json_get_string (object, where, "file_name", MONOCLE_JSON_REQUIRED, &file, error)
      || !monocle_exchange_read_size (object, where, "width", "height", &width, &height, error))
    return NULL;
  name = monocle_exchange_dup_name (file, where, error);
  if (!name)
    return NULL;
  sample = monocle_sample_new (name);
  sample->width = width;
  sample->height = height;
  return g_steal_pointer (&sample);
}

static gboolean
hand_over (Reader *self, MonocleExchangeTake take, gpointer user_data, GError **error)
{
  guint at = 0;

  for (guint i = 0; i < self->images->len; i++)
    {
      const Piece *image = &g_array_index (self->images, Piece, i);
      g_autoptr (MonocleSample) sample = read_image (self, image, error);

      if (!sample)
        return FALSE;
      sample->id = MAX (image->id, 0);
      sample->split = self->split;
      monocle_exchange_source_find_picture (self->source, sample, self->folder);
      for (; at < self->rows->len && g_array_index (self->rows, Piece, at).image == i; at++)
        if (!read_row (self, &g_array_index (self->rows, Piece, at), sample, error))
          return FALSE;
      if (!take (sample, user_data, error))
        return FALSE;
    }
  return TRUE;
}

/* --- Files --- */

static void
reader_init (Reader *self, MonocleExchangeSource *source, const char *path)
{
  g_autofree char *last = g_path_get_basename (path);

  self->source = source;
  self->path = path;
  self->folder = g_path_get_dirname (path);
  /* Above the set, folders are called as people like. */
  self->split = monocle_sample_split_find (g_str_has_prefix (path, source->path)
                                                   && path[strlen (source->path)]
                                               ? path + strlen (source->path)
                                               : last);
  self->images = g_array_new (FALSE, FALSE, sizeof (Piece));
  self->rows = g_array_new (FALSE, FALSE, sizeof (Piece));
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->categories = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static gboolean
looks_like_coco (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);
  const char *start = text;

  while (g_ascii_isspace (*start) || (guchar) *start >= 0x80)
    start++;
  return *start == '{' && !strstr (start, "\"shapes\"")
         && (strstr (start, "\"images\"") || strstr (start, "\"annotations\"")
             || strstr (start, "\"categories\""));
}

/* COCO's own folder has the same pictures in several files: those of one kind are a set. */
static void
keep_kind (GPtrArray *paths, const char *kind)
{
  gboolean any = FALSE;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = paths->len; i > 0; i--)
      {
        g_autofree char *name = g_path_get_basename (paths->pdata[i - 1]);
        gboolean is_kind = g_str_has_prefix (name, kind);

        if (pass == 0)
          any = any || is_kind;
        else if (any && !is_kind)
          g_ptr_array_remove_index (paths, i - 1);
      }
}

/* (transfer full) (nullable): of a folder those of its files that look like it, of that kind if
 * there are such; else itself. */
static GPtrArray *
list_files (const char *path, gboolean (*looks) (const char *), const char *kind, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_ptr_array_add (paths, g_strdup (path));
      return paths;
    }
  names = monocle_exchange_list_files (path, "json", error);
  for (guint i = 0; names && i < names->len; i++)
    {
      g_autofree char *file = g_build_filename (path, names->pdata[i], NULL);

      if (looks (file))
        g_ptr_array_add (paths, g_steal_pointer (&file));
    }
  keep_kind (paths, kind);
  if (names && paths->len == 0)
    monocle_file_set_error (error, path, "holds no file of COCO's");
  if (paths->len == 0)
    g_clear_pointer (&paths, g_ptr_array_unref);
  return paths;
}

gboolean
monocle_coco_recognise (const char *path)
{
  g_autoptr (GPtrArray) files = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return looks_like_coco (path);
  files = list_files (path, looks_like_coco, "instances", NULL);
  return files != NULL;
}

gboolean
monocle_coco_read (const MonocleExchangeFormat *format,
                   MonocleExchangeSource *source,
                   MonocleExchangeTake take,
                   gpointer user_data,
                   GError **error)
{
  g_autoptr (GPtrArray) files = list_files (source->path, looks_like_coco, format->file, error);

  if (!files)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      g_auto (Reader) reader = { 0 };

      reader_init (&reader, source, files->pdata[i]);
      /* Results, which speak of no pictures. */
      if (monocle_exchange_is_empty_list (files->pdata[i]))
        return monocle_file_set_error (error, files->pdata[i],
                                       "expected an object {...} at the root, not a list");
      if (!look_over (&reader, error) || !hand_over (&reader, take, user_data, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
looks_like_results (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);
  const char *start = text;

  while (g_ascii_isspace (*start))
    start++;
  return *start == '[' && strstr (start, "\"image_id\"") && strstr (start, "\"category_id\"");
}

gboolean
monocle_coco_recognise_results (const char *path)
{
  g_autoptr (GPtrArray) files = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return looks_like_results (path);
  files = list_files (path, looks_like_results, "results", NULL);
  return files != NULL;
}

/* Where nothing was found. */
static gboolean
may_be_results (const char *path)
{
  return looks_like_results (path) || monocle_exchange_is_empty_list (path);
}

/* What the results are about. */
static gboolean
read_truth (Reader *self, GError **error)
{
  g_autoptr (GPtrArray) files = list_files (self->folder, looks_like_coco, "instances", NULL);
  const char *path = self->path;
  gboolean done;
  const char *text;
  gsize size;

  if (!files)
    {
      monocle_notes_add (
          self->source->notes,
          _ ("no COCO instances beside the results: pictures and labels are numbers"));
      return TRUE;
    }
  self->path = files->pdata[0];
  self->truth = monocle_file_map (self->path, error);
  if (!self->truth)
    return FALSE;
  text = g_bytes_get_data (self->truth, &size);
  done = monocle_json_walk (text, size, self->path, add_piece, self, error);
  self->path = path;
  return done;
}

gboolean
monocle_coco_read_results (const MonocleExchangeFormat *format,
                           MonocleExchangeSource *source,
                           MonocleExchangeTake take,
                           gpointer user_data,
                           GError **error)
{
  g_autoptr (GPtrArray) files = list_files (source->path, may_be_results, format->file, error);

  if (!files)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      g_auto (Reader) reader = { 0 };

      reader_init (&reader, source, files->pdata[i]);
      reader.is_results = TRUE;
      if (!read_truth (&reader, error) || !look_over (&reader, error)
          || !hand_over (&reader, take, user_data, error))
        return FALSE;
    }
  return TRUE;
}
