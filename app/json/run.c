/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/run.h"

#include <math.h>
#include <string.h>

#include "app/document/id.h"
#include "app/document/query-objects.h"
#include "app/json/fields.h"
#include "app/json/run-private.h"
#include "app/json/shape.h"

#define ID_DIGITS 16

const MonocleRunJsonField monocle_run_json_fields[] = {
  { "task", MONOCLE_KEY_TASK, "s", 0 },
  { "gives", MONOCLE_KEY_GIVES, "u", G_MAXUINT32 },
  { "text", MONOCLE_KEY_TEXT, "s", 0 },
  { "language", MONOCLE_KEY_LANGUAGE, "s", 0 },
  { "model", MONOCLE_KEY_MODEL, "s", 0 },
  { "model_digest", MONOCLE_KEY_DIGEST, "s", 0 },
  { "device", MONOCLE_KEY_DEVICE, "s", 0 },
  { "driver", MONOCLE_KEY_DRIVER, "s", 0 },
  { "precision", MONOCLE_KEY_PRECISION, "s", 0 },
  { "num_beams", MONOCLE_KEY_BEAMS, "u", MONOCLE_MAX_BEAMS },
  { "max_tokens", MONOCLE_KEY_MOST, "u", G_MAXINT32 },
  { "elapsed_ms", MONOCLE_KEY_ELAPSED, "d", 0 },
  { "stopped", MONOCLE_KEY_STOPPED, "b", 0 },
};
const guint monocle_run_json_n_fields = G_N_ELEMENTS (monocle_run_json_fields);

/* --- What things are called --- */

char *
monocle_id_json_format (guint64 id)
{
  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x", id);
}

gboolean
monocle_id_json_read (JsonObject *object, const char *where, guint64 *id, GError **error)
{
  const char *text = NULL;

  if (!monocle_json_get_string (object, where, "id", MONOCLE_JSON_OPTIONAL, &text, error))
    return FALSE;
  *id = text ? g_ascii_strtoull (text, NULL, 16) : monocle_id_new ();
  if (*id != 0 && (!text || strspn (text, "0123456789abcdef") == ID_DIGITS)
      && (!text || strlen (text) == ID_DIGITS))
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
               "%s: \"id\" is not 16 hexadecimal digits above 0", where);
  return FALSE;
}

/* --- A run --- */

static void
add_fields (JsonBuilder *builder, GVariant *stored)
{
  for (guint i = 0; i < monocle_run_json_n_fields; i++)
    {
      const MonocleRunJsonField *field = &monocle_run_json_fields[i];
      g_autoptr (GVariant) value
          = g_variant_lookup_value (stored, field->key, G_VARIANT_TYPE (field->type));

      if (!value)
        continue;
      if (*field->type == 's')
        monocle_json_add_text (builder, field->name, g_variant_get_string (value, NULL));
      else if (*field->type == 'u')
        monocle_json_add_integer (builder, field->name, g_variant_get_uint32 (value));
      else if (*field->type == 'd')
        monocle_json_add_number (builder, field->name, g_variant_get_double (value));
      else
        monocle_json_add_flag (builder, field->name, g_variant_get_boolean (value));
    }
}

static void
add_regions (JsonBuilder *builder, MonocleQuery *query)
{
  guint n;
  const MonocleBox *regions = monocle_query_get_regions (query, &n);

  json_builder_set_member_name (builder, "regions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      json_builder_begin_array (builder);
      json_builder_add_double_value (builder, (double) regions[i].x1);
      json_builder_add_double_value (builder, (double) regions[i].y1);
      json_builder_add_double_value (builder, (double) regions[i].x2);
      json_builder_add_double_value (builder, (double) regions[i].y2);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static void
add_asked (JsonBuilder *builder, MonocleQuery *query)
{
  g_autoptr (GDateTime) utc = g_date_time_to_utc (monocle_query_get_created (query));
  g_autofree char *second = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *asked = g_strdup_printf ("%s.%06dZ", second, g_date_time_get_microsecond (utc));

  monocle_json_add_text (builder, "asked", asked);
}

static void
add_settings (JsonBuilder *builder, MonocleQuery *query)
{
  const MonocleQuerySettings *settings = monocle_query_get_settings (query);
  const MonocleSampling *sampling = &settings->sampling;
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, sampling->seed);

  if (!settings->is_drawn)
    return;
  json_builder_set_member_name (builder, "sampling");
  json_builder_begin_object (builder);
  monocle_json_add_number (builder, "temperature", sampling->temperature);
  monocle_json_add_integer (builder, "top_k", sampling->top_k);
  monocle_json_add_number (builder, "top_p", sampling->top_p);
  monocle_json_add_number (builder, "min_p", sampling->min_p);
  /* JSON has no more than 53 bits of a number everywhere. */
  if (sampling->seed <= G_GUINT64_CONSTANT (1) << 53)
    monocle_json_add_integer (builder, "seed", (gint64) sampling->seed);
  else
    monocle_json_add_text (builder, "seed", seed);
  json_builder_end_object (builder);
}

static void
add_timing (JsonBuilder *builder, const MonocleRun *run)
{
  if (!run)
    return;
  json_builder_set_member_name (builder, "timing_ms");
  json_builder_begin_object (builder);
  monocle_json_add_number (builder, "compile", run->compile_ms);
  monocle_json_add_number (builder, "preprocess", run->preprocess_ms);
  monocle_json_add_number (builder, "encode", run->encode_ms);
  monocle_json_add_number (builder, "decode", run->decode_ms);
  monocle_json_add_integer (builder, "tokens", run->n_tokens);
  monocle_json_add_integer (builder, "at_once", run->n_at_once);
  json_builder_end_object (builder);
}

/* --- What came back --- */

static void
add_score (JsonBuilder *builder, const char *name, double score)
{
  if (isfinite (score))
    monocle_json_add_number (builder, name, score);
}

/* What a person made of the next object, which @states is at. */
static void
add_state (JsonBuilder *builder, GVariantIter *states)
{
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) moved = NULL;
  g_autoptr (MonocleShape) shape = NULL;
  gboolean is_hidden;
  guint32 id;

  if (!g_variant_iter_next (states, "(u@" MONOCLE_STORED_OBJECT ")", &id, &state))
    return;
  g_variant_get (state, "(bm@" MONOCLE_STORED_SHAPE ")", &is_hidden, &moved);
  if (is_hidden)
    monocle_json_add_flag (builder, "hidden", TRUE);
  shape = moved ? monocle_shape_restore (moved) : NULL;
  if (!shape)
    return;
  json_builder_set_member_name (builder, "moved");
  json_builder_begin_object (builder);
  monocle_shape_json_add (builder, shape);
  json_builder_end_object (builder);
}

static void
add_objects (JsonBuilder *builder, const MonocleResult *result, GVariantIter *states)
{
  json_builder_set_member_name (builder, "objects");
  json_builder_begin_array (builder);
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);

      json_builder_begin_object (builder);
      monocle_json_add_text (builder, "label", object->label);
      add_score (builder, "score", (double) object->score);
      monocle_shape_json_add (builder, object->shape);
      if (object->text)
        monocle_json_add_text (builder, "text", object->text);
      add_state (builder, states);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_heat (JsonBuilder *builder, const MonocleHeat *heat)
{
  g_autoptr (GBytes) packed = monocle_heat_pack (heat);
  gsize n;
  const guint8 *bytes = g_bytes_get_data (packed, &n);
  g_autofree char *text = g_base64_encode (bytes, n);

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "label", heat->label);
  monocle_json_add_integer (builder, "columns", heat->columns);
  monocle_json_add_integer (builder, "rows", heat->rows);
  monocle_json_add_integer (builder, "width", heat->width);
  monocle_json_add_integer (builder, "height", heat->height);
  add_score (builder, "threshold", (double) heat->threshold);
  monocle_json_add_text (builder, "levels", text);
  json_builder_end_object (builder);
}

static void
add_picture (JsonBuilder *builder, MonocleImage *picture)
{
  const guint width = monocle_image_get_width (picture),
              height = monocle_image_get_height (picture);
  g_autoptr (GBytes) packed
      = monocle_pack (monocle_image_get_pixels (picture), 3 * (gsize) width * height);
  gsize n;
  const guint8 *bytes = g_bytes_get_data (packed, &n);
  g_autofree char *text = g_base64_encode (bytes, n);

  json_builder_begin_object (builder);
  monocle_json_add_integer (builder, "width", width);
  monocle_json_add_integer (builder, "height", height);
  monocle_json_add_text (builder, "pixels", text);
  json_builder_end_object (builder);
}

static void
add_part (JsonBuilder *builder, const MonoclePart *part)
{
  if (part->kind == MONOCLE_PART_TEXT)
    {
      g_autofree char *text = g_utf8_make_valid (part->text, -1);

      json_builder_add_string_value (builder, text);
    }
  else if (part->kind == MONOCLE_PART_RANK)
    {
      json_builder_begin_object (builder);
      monocle_json_add_text (builder, "label", part->rank);
      add_score (builder, "score", (double) part->score);
      add_score (builder, "probability", (double) part->probability);
      json_builder_end_object (builder);
    }
  else if (part->kind == MONOCLE_PART_VECTOR)
    {
      json_builder_begin_array (builder);
      for (guint i = 0; i < part->vector.n; i++)
        {
          const double value = (double) part->vector.values[i];

          json_builder_add_double_value (builder, isfinite (value) ? value : 0);
        }
      json_builder_end_array (builder);
    }
  else if (part->kind == MONOCLE_PART_HEAT)
    add_heat (builder, part->heat);
  else if (part->kind == MONOCLE_PART_PICTURE)
    add_picture (builder, part->picture);
}

/* All parts of a kind, if there are any. */
static void
add_parts (JsonBuilder *builder,
           const char *name,
           const MonocleResult *result,
           MonoclePartKind kind)
{
  gboolean is_open = FALSE;

  for (guint i = 0; i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);

      if (part->kind != kind)
        continue;
      if (!is_open)
        {
          json_builder_set_member_name (builder, name);
          json_builder_begin_array (builder);
        }
      is_open = TRUE;
      add_part (builder, part);
    }
  if (is_open)
    json_builder_end_array (builder);
}

static void
add_tokens (JsonBuilder *builder, const MonocleResult *result)
{
  guint n;
  const guint32 *ids = monocle_result_get_token_ids (result, &n);

  monocle_json_add_text (builder, "generated_text", monocle_result_get_generated_text (result));
  json_builder_set_member_name (builder, "token_ids");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_int_value (builder, ids[i]);
  json_builder_end_array (builder);
}

static void
add_answer (JsonBuilder *builder, const MonocleResult *result, GVariantIter *states)
{
  /* What is said of an object is said of each heat map, be there anything of it or not. */
  g_autoptr (MonocleResult) cut = result && monocle_result_has_heat (result)
                                      ? monocle_result_cut (result, (double) NAN)
                                      : NULL;

  if (!result)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  add_tokens (builder, result);
  add_score (builder, "score", (double) monocle_result_get_score (result));
  if (!monocle_result_is_well_formed (result))
    monocle_json_add_flag (builder, "well_formed", FALSE);
  add_parts (builder, "texts", result, MONOCLE_PART_TEXT);
  add_objects (builder, cut ? cut : result, states);
  add_parts (builder, "ranks", result, MONOCLE_PART_RANK);
  add_parts (builder, "vectors", result, MONOCLE_PART_VECTOR);
  add_parts (builder, "heat", result, MONOCLE_PART_HEAT);
  add_parts (builder, "pictures", result, MONOCLE_PART_PICTURE);
  json_builder_end_object (builder);
}

static void
add_answers (JsonBuilder *builder, MonocleQuery *query, GVariant *stored)
{
  GPtrArray *results = monocle_query_get_results (query);
  g_autoptr (GVariant) objects = g_variant_lookup_value (stored, MONOCLE_KEY_OBJECTS,
                                                         G_VARIANT_TYPE (MONOCLE_STORED_OBJECTS));
  GVariantIter states;

  g_variant_iter_init (&states, objects);
  json_builder_set_member_name (builder, "answers");
  json_builder_begin_array (builder);
  for (guint i = 0; results && i < results->len; i++)
    add_answer (builder, results->pdata[i], &states);
  json_builder_end_array (builder);
}

/* What a person wrote instead, by its place. */
static void
add_corrections (JsonBuilder *builder, MonocleQuery *query)
{
  g_autoptr (GArray) places = monocle_query_list_corrected (query);

  if (places->len == 0)
    return;
  json_builder_set_member_name (builder, "corrected");
  json_builder_begin_array (builder);
  for (guint i = 0; i < places->len; i++)
    {
      const guint place = g_array_index (places, guint, i);

      json_builder_begin_object (builder);
      monocle_json_add_integer (builder, "place", place);
      monocle_json_add_text (builder, "text", monocle_query_get_correction (query, place));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

JsonNode *
monocle_run_json_build (MonocleQuery *query)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GVariant) stored = NULL;
  g_autofree char *id = NULL;

  g_return_val_if_fail (MONOCLE_IS_QUERY (query), NULL);

  stored = g_variant_ref_sink (monocle_query_store (query));
  id = monocle_id_json_format (monocle_query_get_id (query));
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "id", id);
  add_asked (builder, query);
  add_fields (builder, stored);
  add_regions (builder, query);
  if (monocle_query_get_rotation (query) > 0)
    monocle_json_add_integer (builder, "rotation",
                              90 * (gint64) monocle_query_get_rotation (query));
  add_settings (builder, query);
  add_timing (builder, monocle_query_get_run (query));
  add_answers (builder, query, stored);
  add_corrections (builder, query);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}
