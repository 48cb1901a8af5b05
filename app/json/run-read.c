/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs from files that anybody may have written: each member is checked, and becomes what a query
 * is kept as in a journal, whose reader checks it once more.
 */
#include "config.h"

#include <math.h>

#include "app/document/query-objects.h"
#include "app/json/run-private.h"
#include "app/json/shape.h"

/* What is put together while it is read. */
typedef struct
{
  GVariantBuilder *results;
  GVariantBuilder *objects; /* states, of all answers one after the other */
  guint32 n_objects;
} Answers;

static void
add (GVariantBuilder *dict, const char *key, GVariant *value)
{
  g_variant_builder_add (dict, "{sv}", key, value);
}

static gboolean
refuse (const char *where, const char *what, GError **error)
{
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, "%s: %s", where, what);
  return FALSE;
}

/* --- The question --- */

static gboolean
read_field (JsonObject *object,
            const char *where,
            const MonocleRunJsonField *field,
            GVariantBuilder *dict,
            GError **error)
{
  const char *text = NULL;
  gint64 integer = 0;
  double number = 0;
  gboolean flag = FALSE;

  if (!monocle_json_has (object, field->name))
    return TRUE;
  switch (*field->type)
    {
    case 's':
      if (!monocle_json_get_string (object, where, field->name, MONOCLE_JSON_REQUIRED, &text,
                                    error))
        return FALSE;
      add (dict, field->key, g_variant_new_string (text));
      return TRUE;
    case 'u':
      if (!monocle_json_get_int (object, where, field->name, MONOCLE_JSON_REQUIRED, 0, field->max,
                                 &integer, error))
        return FALSE;
      add (dict, field->key, g_variant_new_uint32 ((guint32) integer));
      return TRUE;
    case 'd':
      if (!monocle_json_get_double (object, where, field->name, MONOCLE_JSON_REQUIRED, &number,
                                    error))
        return FALSE;
      add (dict, field->key, g_variant_new_double (number));
      return TRUE;
    default:
      if (!monocle_json_get_bool (object, where, field->name, MONOCLE_JSON_REQUIRED, &flag, error))
        return FALSE;
      add (dict, field->key, g_variant_new_boolean (flag));
      return TRUE;
    }
}

static gboolean
read_asked (JsonObject *object, const char *where, GVariantBuilder *dict, GError **error)
{
  const char *text = NULL;
  g_autoptr (GDateTime) asked = NULL;

  if (!monocle_json_get_string (object, where, "asked", MONOCLE_JSON_OPTIONAL, &text, error))
    return FALSE;
  if (!text)
    return TRUE;
  asked = g_date_time_new_from_iso8601 (text, NULL);
  if (!asked)
    return refuse (where, "\"asked\" is no date and time of ISO 8601 with its time zone", error);
  add (dict, MONOCLE_KEY_CREATED,
       g_variant_new_int64 (g_date_time_to_unix (asked) * G_USEC_PER_SEC
                            + g_date_time_get_microsecond (asked)));
  return TRUE;
}

static gboolean
read_regions (JsonObject *object, const char *where, GVariantBuilder *dict, GError **error)
{
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (double));
  JsonArray *list = NULL;

  if (!monocle_json_get_array (object, where, "regions", MONOCLE_JSON_OPTIONAL, &list, error))
    return FALSE;
  for (guint i = 0; list && i < json_array_get_length (list); i++)
    if (!monocle_json_read_numbers (json_array_get_element (list, i), where, "regions", 4, edges,
                                    error))
      return FALSE;
  if (edges->len > 0)
    add (dict, MONOCLE_KEY_REGIONS,
         g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, edges->data, edges->len,
                                    sizeof (double)));
  return TRUE;
}

static gboolean
read_rotation (JsonObject *object, const char *where, GVariantBuilder *dict, GError **error)
{
  gint64 degrees = 0;

  if (!monocle_json_get_int (object, where, "rotation", MONOCLE_JSON_OPTIONAL, 0, 270, &degrees,
                             error))
    return FALSE;
  if (degrees % 90 != 0)
    return refuse (where, "\"rotation\" is no quarter turn", error);
  add (dict, MONOCLE_KEY_ROTATION, g_variant_new_uint32 ((guint32) degrees / 90));
  return TRUE;
}

/* A number, or as text what JSON may not be able to say. */
static gboolean
read_seed (JsonObject *object, const char *where, guint64 *seed, GError **error)
{
  JsonNode *node = json_object_get_member (object, "seed");
  gint64 number = 0;

  if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return g_ascii_string_to_unsigned (json_node_get_string (node), 10, 0, G_MAXUINT64, seed, NULL)
           || refuse (where, "\"seed\" is no whole number", error);
  if (!monocle_json_get_int (object, where, "seed", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT64, &number,
                             error))
    return FALSE;
  *seed = (guint64) number;
  return TRUE;
}

static gboolean
read_sampling (JsonObject *object, const char *where, GVariantBuilder *dict, GError **error)
{
  MonocleSampling sampling = MONOCLE_SAMPLING_PLAIN;
  JsonObject *member = NULL;
  g_autofree char *inside = g_strdup_printf ("%s: sampling", where);
  gint64 top_k = 0;
  const char *problem;

  if (!monocle_json_get_object (object, where, "sampling", MONOCLE_JSON_OPTIONAL, &member, error))
    return FALSE;
  if (!member)
    return TRUE;
  if (!monocle_json_get_double (member, inside, "temperature", MONOCLE_JSON_OPTIONAL,
                                &sampling.temperature, error)
      || !monocle_json_get_int (member, inside, "top_k", MONOCLE_JSON_OPTIONAL, 0,
                                MONOCLE_SAMPLER_MAX_CANDIDATES, &top_k, error)
      || !monocle_json_get_double (member, inside, "top_p", MONOCLE_JSON_OPTIONAL, &sampling.top_p,
                                   error)
      || !monocle_json_get_double (member, inside, "min_p", MONOCLE_JSON_OPTIONAL, &sampling.min_p,
                                   error)
      || !read_seed (member, inside, &sampling.seed, error))
    return FALSE;
  sampling.top_k = (guint) top_k;
  problem = monocle_sampling_check (&sampling);
  if (problem)
    return refuse (inside, problem, error);
  add (dict, MONOCLE_KEY_SAMPLING,
       g_variant_new (MONOCLE_KEY_SAMPLING_TYPE, sampling.temperature, sampling.top_k,
                      sampling.top_p, sampling.min_p, sampling.seed));
  return TRUE;
}

static gboolean
read_timing (JsonObject *object, const char *where, GVariantBuilder *dict, GError **error)
{
  static const char *const names[] = { "compile", "preprocess", "encode", "decode" };
  double times[G_N_ELEMENTS (names)] = { 0 };
  gint64 n_tokens = 0, n_at_once = 0;
  JsonObject *member = NULL;

  if (!monocle_json_get_object (object, where, "timing_ms", MONOCLE_JSON_OPTIONAL, &member, error))
    return FALSE;
  if (!member)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!monocle_json_get_double (member, where, names[i], MONOCLE_JSON_OPTIONAL, &times[i], error))
      return FALSE;
  if (!monocle_json_get_int (member, where, "tokens", MONOCLE_JSON_OPTIONAL, 0, G_MAXUINT32,
                             &n_tokens, error)
      || !monocle_json_get_int (member, where, "at_once", MONOCLE_JSON_OPTIONAL, 0, G_MAXUINT32,
                                &n_at_once, error))
    return FALSE;
  add (dict, MONOCLE_KEY_TIMES,
       g_variant_new (MONOCLE_KEY_TIMES_TYPE, times[0], times[1], times[2], times[3],
                      (guint32) n_tokens, (guint32) n_at_once));
  return TRUE;
}

/* --- What came back --- */

static gboolean
read_score (JsonObject *object, const char *where, const char *name, double *score, GError **error)
{
  *score = NAN;
  return monocle_json_get_double (object, where, name, MONOCLE_JSON_OPTIONAL, score, error);
}

/* What a person made of an object. */
static gboolean
read_state (JsonObject *object, const char *where, Answers *answers, GError **error)
{
  gboolean is_hidden = FALSE;
  JsonObject *moved = NULL;
  g_autoptr (MonocleShape) shape = NULL;

  if (!monocle_json_get_bool (object, where, "hidden", MONOCLE_JSON_OPTIONAL, &is_hidden, error)
      || !monocle_json_get_object (object, where, "moved", MONOCLE_JSON_OPTIONAL, &moved, error)
      || (moved && !(shape = monocle_shape_json_read (moved, where, error))))
    return FALSE;
  g_variant_builder_add (answers->objects, "(u(b@m" MONOCLE_STORED_SHAPE "))", ++answers->n_objects,
                         is_hidden,
                         g_variant_new_maybe (G_VARIANT_TYPE (MONOCLE_STORED_SHAPE),
                                              shape ? monocle_shape_store (shape) : NULL));
  return TRUE;
}

static gboolean
read_object (
    JsonNode *node, const char *where, GVariantBuilder *parts, Answers *answers, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (MonocleShape) shape = NULL;
  const char *label = "", *text = NULL;
  double score;

  if (!object)
    return refuse (where, "\"objects\" has something that is no object", error);
  if (!monocle_json_get_string (object, where, "label", MONOCLE_JSON_OPTIONAL, &label, error)
      || !monocle_json_get_string (object, where, "text", MONOCLE_JSON_OPTIONAL, &text, error)
      || !read_score (object, where, "score", &score, error)
      || !(shape = monocle_shape_json_read (object, where, error))
      || !read_state (object, where, answers, error))
    return FALSE;
  g_variant_builder_add (parts, "v",
                         text ? g_variant_new ("(s@" MONOCLE_STORED_SHAPE "ds)", label,
                                               monocle_shape_store (shape), score, text)
                              : g_variant_new ("(s@" MONOCLE_STORED_SHAPE "d)", label,
                                               monocle_shape_store (shape), score));
  return TRUE;
}

static gboolean
read_rank (JsonNode *node, const char *where, GVariantBuilder *parts, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *label = "";
  double score, probability;

  if (!object)
    return refuse (where, "\"ranks\" has something that is no object", error);
  if (!monocle_json_get_string (object, where, "label", MONOCLE_JSON_REQUIRED, &label, error)
      || !read_score (object, where, "score", &score, error)
      || !read_score (object, where, "probability", &probability, error))
    return FALSE;
  g_variant_builder_add (parts, "v", g_variant_new ("(sdd)", label, score, probability));
  return TRUE;
}

static gboolean
read_vector (JsonNode *node, const char *where, GVariantBuilder *parts, GError **error)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  if (!monocle_json_read_numbers (node, where, "vectors", 0, values, error))
    return FALSE;
  g_variant_builder_add (parts, "v",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, values->data,
                                                    values->len, sizeof (double)));
  return TRUE;
}

static gboolean
read_heat (JsonNode *node, const char *where, GVariantBuilder *parts, GError **error)
{
  static const char *const sides[] = { "columns", "rows", "width", "height" };
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autofree guchar *bytes = NULL;
  const char *label = "", *levels = "";
  gint64 n[G_N_ELEMENTS (sides)] = { 0 };
  double threshold = 0;
  gsize n_bytes;

  if (!object)
    return refuse (where, "\"heat\" has something that is no object", error);
  if (!monocle_json_get_string (object, where, "label", MONOCLE_JSON_REQUIRED, &label, error)
      || !monocle_json_get_string (object, where, "levels", MONOCLE_JSON_REQUIRED, &levels, error)
      || !monocle_json_get_double (object, where, "threshold", MONOCLE_JSON_REQUIRED, &threshold,
                                   error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    if (!monocle_json_get_int (object, where, sides[i], MONOCLE_JSON_REQUIRED, 1, G_MAXUINT32,
                               &n[i], error))
      return FALSE;
  bytes = g_base64_decode (levels, &n_bytes);
  g_variant_builder_add (
      parts, "v",
      g_variant_new ("(suuuud@ay)", label, (guint32) n[0], (guint32) n[1], (guint32) n[2],
                     (guint32) n[3], threshold,
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n_bytes, 1)));
  return TRUE;
}

static gboolean
read_picture (JsonNode *node, const char *where, GVariantBuilder *parts, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autofree guchar *bytes = NULL;
  const char *pixels = "";
  gint64 width, height;
  gsize n_bytes;

  if (!object)
    return refuse (where, "\"pictures\" has something that is no object", error);
  if (!monocle_json_get_string (object, where, "pixels", MONOCLE_JSON_REQUIRED, &pixels, error)
      || !monocle_json_get_int (object, where, "width", MONOCLE_JSON_REQUIRED, 1,
                                MONOCLE_IMAGE_MAX_SIDE, &width, error)
      || !monocle_json_get_int (object, where, "height", MONOCLE_JSON_REQUIRED, 1,
                                MONOCLE_IMAGE_MAX_SIDE, &height, error))
    return FALSE;
  bytes = g_base64_decode (pixels, &n_bytes);
  g_variant_builder_add (
      parts, "v",
      g_variant_new ("(uu@ay)", (guint32) width, (guint32) height,
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n_bytes, 1)));
  return TRUE;
}

static gboolean
read_parts (
    JsonObject *object, const char *where, GVariantBuilder *parts, Answers *answers, GError **error)
{
  g_auto (GStrv) texts = NULL;
  JsonArray *objects = NULL, *ranks = NULL, *vectors = NULL, *heat = NULL;
  JsonArray *pictures = NULL;

  if (!monocle_json_get_strings (object, where, "texts", MONOCLE_JSON_OPTIONAL, &texts, error)
      || !monocle_json_get_array (object, where, "objects", MONOCLE_JSON_OPTIONAL, &objects, error)
      || !monocle_json_get_array (object, where, "ranks", MONOCLE_JSON_OPTIONAL, &ranks, error)
      || !monocle_json_get_array (object, where, "vectors", MONOCLE_JSON_OPTIONAL, &vectors, error)
      || !monocle_json_get_array (object, where, "heat", MONOCLE_JSON_OPTIONAL, &heat, error)
      || !monocle_json_get_array (object, where, "pictures", MONOCLE_JSON_OPTIONAL, &pictures,
                                  error))
    return FALSE;
  for (guint i = 0; texts && texts[i]; i++)
    g_variant_builder_add (parts, "v", g_variant_new_string (texts[i]));
  for (guint i = 0; objects && i < json_array_get_length (objects); i++)
    if (!read_object (json_array_get_element (objects, i), where, parts, answers, error))
      return FALSE;
  for (guint i = 0; ranks && i < json_array_get_length (ranks); i++)
    if (!read_rank (json_array_get_element (ranks, i), where, parts, error))
      return FALSE;
  for (guint i = 0; vectors && i < json_array_get_length (vectors); i++)
    if (!read_vector (json_array_get_element (vectors, i), where, parts, error))
      return FALSE;
  for (guint i = 0; heat && i < json_array_get_length (heat); i++)
    if (!read_heat (json_array_get_element (heat, i), where, parts, error))
      return FALSE;
  for (guint i = 0; pictures && i < json_array_get_length (pictures); i++)
    if (!read_picture (json_array_get_element (pictures, i), where, parts, error))
      return FALSE;
  return TRUE;
}

/* (transfer floating) (nullable): of type %MONOCLE_STORED_RESULT */
static GVariant *
read_result (JsonObject *object, const char *where, Answers *answers, GError **error)
{
  g_auto (GVariantBuilder) parts = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  g_autoptr (GArray) ids = NULL;
  g_autofree guint32 *narrow = NULL;
  gboolean is_well_formed = TRUE;
  const char *text = NULL;
  double score;

  if (!read_parts (object, where, &parts, answers, error)
      || !monocle_json_get_ints (object, where, "token_ids", MONOCLE_JSON_OPTIONAL, 0, G_MAXUINT32,
                                 &ids, error)
      || !monocle_json_get_string (object, where, "generated_text", MONOCLE_JSON_OPTIONAL, &text,
                                   error)
      || !read_score (object, where, "score", &score, error)
      || !monocle_json_get_bool (object, where, "well_formed", MONOCLE_JSON_OPTIONAL,
                                 &is_well_formed, error))
    return NULL;
  narrow = g_new (guint32, (ids ? ids->len : 0) + 1);
  for (guint i = 0; ids && i < ids->len; i++)
    narrow[i] = (guint32) g_array_index (ids, gint64, i);
  return g_variant_new (
      "(av@aumsdb)", &parts,
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, narrow, ids ? ids->len : 0, sizeof *narrow),
      text, score, is_well_formed);
}

static gboolean
read_answers (JsonArray *list, const char *where, Answers *answers, GError **error)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      g_autofree char *inside = g_strdup_printf ("%s: answer %u", where, i + 1);
      GVariant *result = NULL;

      if (!JSON_NODE_HOLDS_OBJECT (node) && !JSON_NODE_HOLDS_NULL (node))
        return refuse (inside, "it is no object", error);
      if (JSON_NODE_HOLDS_OBJECT (node)
          && !(result = read_result (json_node_get_object (node), inside, answers, error)))
        return FALSE;
      g_variant_builder_add_value (
          answers->results, g_variant_new_maybe (G_VARIANT_TYPE (MONOCLE_STORED_RESULT), result));
    }
  return TRUE;
}

/* What a person wrote instead. */
static gboolean
read_corrections (JsonObject *object, const char *where, GVariantBuilder *dict, GError **error)
{
  g_auto (GVariantBuilder) all
      = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (MONOCLE_STORED_CORRECTIONS));
  JsonArray *list = NULL;

  if (!monocle_json_get_array (object, where, "corrected", MONOCLE_JSON_OPTIONAL, &list, error))
    return FALSE;
  for (guint i = 0; list && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      const char *text = "";
      gint64 place = 0;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return refuse (where, "\"corrected\" has something that is no object", error);
      if (!monocle_json_get_int (json_node_get_object (node), where, "place", MONOCLE_JSON_REQUIRED,
                                 0, G_MAXUINT32, &place, error)
          || !monocle_json_get_string (json_node_get_object (node), where, "text",
                                       MONOCLE_JSON_REQUIRED, &text, error))
        return FALSE;
      g_variant_builder_add (&all, "(us)", (guint32) place, text);
    }
  if (list)
    add (dict, MONOCLE_KEY_CORRECTED, g_variant_builder_end (&all));
  return TRUE;
}

/* --- All of it --- */

static gboolean
read_dict (JsonObject *object, const char *where, GVariantBuilder *dict, GError **error)
{
  g_auto (GVariantBuilder) results
      = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (MONOCLE_KEY_RESULTS_TYPE));
  g_auto (GVariantBuilder) objects
      = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (MONOCLE_STORED_OBJECTS));
  Answers answers = { &results, &objects, 0 };
  JsonArray *list = NULL;

  for (guint i = 0; i < monocle_run_json_n_fields; i++)
    if (!read_field (object, where, &monocle_run_json_fields[i], dict, error))
      return FALSE;
  if (!read_asked (object, where, dict, error) || !read_regions (object, where, dict, error)
      || !read_rotation (object, where, dict, error) || !read_sampling (object, where, dict, error)
      || !read_timing (object, where, dict, error)
      || !monocle_json_get_array (object, where, "answers", MONOCLE_JSON_REQUIRED, &list, error)
      || !read_answers (list, where, &answers, error)
      || !read_corrections (object, where, dict, error))
    return FALSE;
  add (dict, MONOCLE_KEY_RESULTS, g_variant_builder_end (&results));
  add (dict, MONOCLE_KEY_OBJECTS, g_variant_builder_end (&objects));
  return TRUE;
}

MonocleQuery *
monocle_run_json_read (JsonObject *object, const char *where, GError **error)
{
  g_auto (GVariantBuilder) dict = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) stored = NULL;
  MonocleQuery *query;
  guint64 id;

  g_return_val_if_fail (object, NULL);

  if (!monocle_id_json_read (object, where, &id, error) || !read_dict (object, where, &dict, error))
    return NULL;
  stored = g_variant_ref_sink (g_variant_builder_end (&dict));
  query = monocle_query_new_stored (id, stored);
  if (!query)
    refuse (where, "it asks for something that is not known here (\"task\", \"gives\")", error);
  return query;
}
