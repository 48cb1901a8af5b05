/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/work-file.h"

#include "app/base/output.h"
#include "app/document/attributes.h"
#include "app/json/fields.h"
#include "app/json/run.h"
#include "app/json/said.h"
#include "app/json/shape.h"
#include "app/json/text.h"

#define FORMAT  "monocle-work"
#define VERSION 1

#define ATTRIBUTES "attributes"

MonocleWorkFile *
monocle_work_file_new (void)
{
  MonocleWorkFile *self = g_new0 (MonocleWorkFile, 1);

  self->annotations = g_ptr_array_new_with_free_func (g_object_unref);
  self->queries = g_ptr_array_new_with_free_func (g_object_unref);
  self->talk = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

void
monocle_work_file_free (MonocleWorkFile *self)
{
  if (!self)
    return;
  g_free (self->name);
  g_free (self->digest);
  g_ptr_array_unref (self->annotations);
  g_ptr_array_unref (self->queries);
  g_ptr_array_unref (self->talk);
  g_free (self);
}

MonocleWorkFile *
monocle_work_file_new_of (MonocleDocument *document)
{
  MonocleWorkFile *self;
  GListModel *regions, *queries, *talk;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (document), NULL);

  self = monocle_work_file_new ();
  regions = monocle_document_get_regions (document);
  queries = monocle_document_get_queries (document);
  talk = monocle_document_get_talk (document);
  self->name = g_strdup (monocle_document_get_name (document));
  self->digest = g_strdup (monocle_document_get_digest (document));
  self->page = monocle_document_get_page (document);
  self->width = monocle_document_get_width (document);
  self->height = monocle_document_get_height (document);
  self->rotation = monocle_document_get_rotation (document);
  self->is_done = monocle_document_is_done (document);
  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    g_ptr_array_add (self->annotations, g_list_model_get_item (regions, i));
  for (guint i = 0; i < g_list_model_get_n_items (queries); i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      if (monocle_query_is_whole (query))
        g_ptr_array_add (self->queries, g_steal_pointer (&query));
    }
  for (guint i = 0; i < g_list_model_get_n_items (talk); i++)
    g_ptr_array_add (self->talk, g_list_model_get_item (talk, i));
  return self;
}

/* --- Away --- */

static JsonNode *
build_picture (const MonocleWorkFile *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "name", self->name);
  monocle_json_add_text (builder, "sha256", self->digest);
  if (self->page > 0)
    monocle_json_add_integer (builder, "page", self->page);
  monocle_json_add_integer (builder, "width", self->width);
  monocle_json_add_integer (builder, "height", self->height);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* @attributes: (nullable): see attributes.h */
static void
add_attributes (JsonBuilder *builder, GVariant *attributes)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (!attributes)
    return;
  json_builder_set_member_name (builder, ATTRIBUTES);
  json_builder_begin_object (builder);
  g_variant_iter_init (&iter, attributes);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
      monocle_json_add_text (builder, name, g_variant_get_string (value, NULL));
    else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
      monocle_json_add_number (builder, name, g_variant_get_double (value));
  json_builder_end_object (builder);
}

static JsonNode *
build_annotation (MonocleAnnotation *annotation)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *id = monocle_id_json_format (monocle_annotation_get_id (annotation));

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "id", id);
  monocle_json_add_text (builder, "label", monocle_annotation_get_label (annotation));
  monocle_shape_json_add (builder, monocle_annotation_get_shape (annotation));
  add_attributes (builder, monocle_annotation_get_attributes (annotation));
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* @node: (transfer full) */
static void
append_node (GString *text, JsonNode *node)
{
  g_autoptr (JsonNode) owned = node;
  g_autofree char *line = monocle_json_text (owned);

  g_string_append (text, line);
}

typedef JsonNode *(*BuildFunc) (gpointer thing);

static void
append_list (GString *text, const char *name, GPtrArray *things, BuildFunc build)
{
  g_string_append_printf (text, "\"%s\": [", name);
  for (guint i = 0; i < things->len; i++)
    {
      g_string_append (text, i > 0 ? ",\n" : "\n");
      append_node (text, build (things->pdata[i]));
    }
  g_string_append (text, things->len > 0 ? "\n]" : "]");
}

char *
monocle_work_file_format (const MonocleWorkFile *self)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "{\"format\": \"" FORMAT "\", \"version\": %d,\n\"picture\": ", VERSION);
  append_node (text, build_picture (self));
  if (self->rotation > 0)
    g_string_append_printf (text, ",\n\"rotation\": %u", 90 * self->rotation);
  if (self->is_done)
    g_string_append (text, ",\n\"done\": true");
  g_string_append (text, ",\n");
  append_list (text, "annotations", self->annotations, (BuildFunc) build_annotation);
  g_string_append (text, ",\n");
  append_list (text, "runs", self->queries, (BuildFunc) monocle_run_json_build);
  if (self->talk->len > 0)
    {
      g_string_append (text, ",\n");
      append_list (text, "conversation", self->talk, (BuildFunc) monocle_said_json_build);
    }
  g_string_append (text, "}\n");
  return g_string_free (text, FALSE);
}

gboolean
monocle_work_file_write (const MonocleWorkFile *self,
                         const char *path,
                         char **digest,
                         GError **error)
{
  g_autofree char *text = monocle_work_file_format (self);
  g_autofree char *name = g_filename_display_name (path);

  if (!monocle_output_write (path, text, strlen (text), error))
    {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  if (digest)
    *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  return TRUE;
}

/* --- And back --- */

static gboolean
refuse (const char *where, const char *what, GError **error)
{
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, "%s: %s", where, what);
  return FALSE;
}

static gboolean
is_digest (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

static gboolean
read_picture (MonocleWorkFile *self, JsonObject *object, const char *where, GError **error)
{
  JsonObject *picture = NULL;
  g_autofree char *inside = g_strdup_printf ("%s: picture", where);
  const char *name = NULL, *digest = NULL;
  gint64 page = 0, width = 0, height = 0;

  if (!monocle_json_get_object (object, where, "picture", MONOCLE_JSON_REQUIRED, &picture, error)
      || !monocle_json_get_string (picture, inside, "name", MONOCLE_JSON_OPTIONAL, &name, error)
      || !monocle_json_get_string (picture, inside, "sha256", MONOCLE_JSON_OPTIONAL, &digest, error)
      || !monocle_json_get_int (picture, inside, "page", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT32,
                                &page, error)
      || !monocle_json_get_int (picture, inside, "width", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT32,
                                &width, error)
      || !monocle_json_get_int (picture, inside, "height", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT32,
                                &height, error))
    return FALSE;
  if (digest && !is_digest (digest))
    return refuse (inside, "\"sha256\" is not 64 hexadecimal digits", error);
  self->name = g_strdup (name);
  self->digest = g_strdup (digest);
  self->page = (guint) page;
  self->width = (guint) width;
  self->height = (guint) height;
  return TRUE;
}

/* Words and numbers alone. */
static gboolean
read_attributes (JsonObject *object,
                 const char *where,
                 MonocleAnnotation *annotation,
                 GError **error)
{
  g_auto (GVariantBuilder) said = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) attributes = NULL;
  JsonObject *member = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!monocle_json_get_object (object, where, ATTRIBUTES, MONOCLE_JSON_OPTIONAL, &member, error))
    return FALSE;
  if (!member)
    return TRUE;
  json_object_iter_init_ordered (&iter, member);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      const GType type
          = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

      if (type == G_TYPE_STRING)
        g_variant_builder_add (&said, "{sv}", name,
                               g_variant_new_string (json_node_get_string (node)));
      else if (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE)
        g_variant_builder_add (&said, "{sv}", name,
                               g_variant_new_double (json_node_get_double (node)));
      else
        return refuse (where, "\"" ATTRIBUTES "\" has something that is no text and no number",
                       error);
    }
  all = g_variant_ref_sink (g_variant_builder_end (&said));
  attributes = monocle_attributes_clean (all);
  monocle_annotation_set_attributes (annotation, attributes);
  return TRUE;
}

/* (transfer full) (nullable) */
static gpointer
read_annotation (JsonObject *object, const char *where, GError **error)
{
  g_autoptr (MonocleShape) shape = NULL;
  g_autoptr (MonocleAnnotation) annotation = NULL;
  const char *label = "";
  guint64 id;

  if (!monocle_id_json_read (object, where, &id, error)
      || !monocle_json_get_string (object, where, "label", MONOCLE_JSON_OPTIONAL, &label, error)
      || !(shape = monocle_shape_json_read (object, where, error)))
    return NULL;
  annotation = monocle_annotation_new_own (id, shape, label);
  return read_attributes (object, where, annotation, error) ? g_steal_pointer (&annotation) : NULL;
}

typedef gpointer (*ReadFunc) (JsonObject *object, const char *where, GError **error);
typedef guint64 (*GetIdFunc) (gpointer thing);

/* @known: ids of what was read */
static gboolean
read_list (JsonObject *object,
           const char *where,
           const char *name,
           ReadFunc read,
           GetIdFunc get_id,
           GHashTable *known,
           GPtrArray *things,
           GError **error)
{
  JsonArray *list = NULL;

  if (!monocle_json_get_array (object, where, name, MONOCLE_JSON_OPTIONAL, &list, error))
    return FALSE;
  for (guint i = 0; list && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      g_autofree char *inside = g_strdup_printf ("%s: %s %u", where, name, i + 1);
      gpointer thing;
      guint64 id;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return refuse (inside, "it is no object", error);
      thing = read (json_node_get_object (node), inside, error);
      if (!thing)
        return FALSE;
      g_ptr_array_add (things, thing);
      id = get_id (thing);
      if (!g_hash_table_add (known, g_memdup2 (&id, sizeof id)))
        return refuse (inside, "something else has the same \"id\"", error);
    }
  return TRUE;
}

/* (transfer full) (nullable) */
static MonocleWorkFile *
read_root (JsonObject *root, const char *where, GError **error)
{
  g_autoptr (MonocleWorkFile) self = monocle_work_file_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  const char *format = "";
  gint64 version = 0, degrees = 0;

  if (!monocle_json_get_string (root, where, "format", MONOCLE_JSON_OPTIONAL, &format, error))
    return NULL;
  if (!g_str_equal (format, FORMAT))
    {
      refuse (where, "it is not the work of a picture: \"format\" is not \"" FORMAT "\"", error);
      return NULL;
    }
  if (!monocle_json_get_int (root, where, "version", MONOCLE_JSON_REQUIRED, 1, G_MAXINT32, &version,
                             error))
    return NULL;
  if (version > VERSION)
    {
      refuse (where, "it was written by a newer version of Monocle", error);
      return NULL;
    }
  if (!read_picture (self, root, where, error)
      || !monocle_json_get_int (root, where, "rotation", MONOCLE_JSON_OPTIONAL, 0, 270, &degrees,
                                error)
      || !monocle_json_get_bool (root, where, "done", MONOCLE_JSON_OPTIONAL, &self->is_done, error)
      || !read_list (root, where, "annotations", read_annotation,
                     (GetIdFunc) monocle_annotation_get_id, known, self->annotations, error)
      || !read_list (root, where, "runs", (ReadFunc) monocle_run_json_read,
                     (GetIdFunc) monocle_query_get_id, known, self->queries, error)
      || !read_list (root, where, "conversation", (ReadFunc) monocle_said_json_read,
                     (GetIdFunc) monocle_said_get_id, known, self->talk, error))
    return NULL;
  if (degrees % 90 != 0)
    {
      refuse (where, "\"rotation\" is no quarter turn", error);
      return NULL;
    }
  self->rotation = (guint) degrees / 90;
  return g_steal_pointer (&self);
}

MonocleWorkFile *
monocle_work_file_parse (const char *text, gsize size, const char *where, GError **error)
{
  g_autoptr (JsonObject) root = NULL;

  g_return_val_if_fail (text && where, NULL);

  root = monocle_json_parse (text, size, where, error);
  return root ? read_root (root, where, error) : NULL;
}

MonocleWorkFile *
monocle_work_file_read (const char *path, GError **error)
{
  g_autoptr (JsonObject) root = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (path, NULL);

  name = g_filename_display_name (path);
  root = monocle_json_load (path, error);
  return root ? read_root (root, name, error) : NULL;
}

/* --- What others ask --- */

gboolean
monocle_work_file_is_named (const char *name)
{
  g_return_val_if_fail (name, FALSE);

  return g_str_has_suffix (name, MONOCLE_WORK_FILE_ENDING);
}

char *
monocle_work_file_dup_name (const char *picture)
{
  g_autofree char *stem = g_strdup (picture);
  char *dot;

  g_return_val_if_fail (picture, NULL);

  dot = strrchr (stem, '.');
  if (dot && dot != stem)
    *dot = '\0';
  return g_strconcat (stem, MONOCLE_WORK_FILE_ENDING, NULL);
}

GArray *
monocle_work_file_list_takes (const MonocleWorkFile *self, MonocleDocument *document)
{
  GListModel *regions = monocle_document_get_regions (document);
  GArray *takes = monocle_takes_new ();
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < self->annotations->len; i++)
    {
      const guint64 id = monocle_annotation_get_id (self->annotations->pdata[i]);

      monocle_takes_add (takes, NULL, self->annotations->pdata[i]);
      g_hash_table_add (ids, g_memdup2 (&id, sizeof id));
    }
  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);
      const guint64 id = monocle_annotation_get_id (region);

      if (!g_hash_table_contains (ids, &id))
        monocle_takes_add (takes, region, NULL);
    }
  return takes;
}

gboolean
monocle_work_file_is_of (const MonocleWorkFile *self, MonocleDocument *document)
{
  const char *digest;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (document), FALSE);

  digest = monocle_document_get_digest (document);
  if (self->digest && digest)
    return g_str_equal (self->digest, digest) && self->page == monocle_document_get_page (document);
  return self->width == monocle_document_get_width (document)
         && self->height == monocle_document_get_height (document);
}

gboolean
monocle_work_file_equal (const MonocleWorkFile *a, const MonocleWorkFile *b)
{
  const MonocleWorkFile of_none_a = { .rotation = a->rotation,
                                      .is_done = a->is_done,
                                      .annotations = a->annotations,
                                      .queries = a->queries,
                                      .talk = a->talk };
  const MonocleWorkFile of_none_b = { .rotation = b->rotation,
                                      .is_done = b->is_done,
                                      .annotations = b->annotations,
                                      .queries = b->queries,
                                      .talk = b->talk };
  g_autofree char *left = monocle_work_file_format (&of_none_a);
  g_autofree char *right = monocle_work_file_format (&of_none_b);

  return g_str_equal (left, right);
}
