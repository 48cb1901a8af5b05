/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/said.h"

#include <string.h>

#include "app/json/answer.h"
#include "app/json/fields.h"
#include "app/json/run.h"

/* More tokens are in no conversation. */
#define MAX_IDS (1u << 20)
/* What is longer is no time. */
#define MAX_MS 1e12

/* --- Away --- */

static void
add_shown (JsonBuilder *builder, const MonocleSaidShown *shown)
{
  json_builder_begin_object (builder);
  if (shown->path)
    monocle_json_add_path (builder, shown->path);
  monocle_json_add_integer (builder, "width", shown->width);
  monocle_json_add_integer (builder, "height", shown->height);
  if (shown->rotation > 0)
    monocle_json_add_integer (builder, "rotation", 90 * shown->rotation);
  if (shown->is_region)
    {
      json_builder_set_member_name (builder, "region");
      monocle_answer_json_add_box (builder, &shown->region);
    }
  json_builder_end_object (builder);
}

static void
add_figures (JsonBuilder *builder, MonocleSaid *said)
{
  const MonocleSaidFacts *facts = monocle_said_get_facts (said);

  json_builder_set_member_name (builder, "tokens");
  json_builder_begin_object (builder);
  monocle_json_add_integer (builder, "kept", facts->n_kept);
  monocle_json_add_integer (builder, "read", facts->n_read);
  monocle_json_add_integer (builder, "written", facts->n_written);
  monocle_json_add_integer (builder, "used", monocle_said_get_n_used (said));
  monocle_json_add_integer (builder, "context", facts->n_places);
  json_builder_end_object (builder);
  monocle_json_add_integer (builder, "forgotten_turns", facts->n_forgotten);
  json_builder_set_member_name (builder, "timing_ms");
  json_builder_begin_object (builder);
  monocle_json_add_number (builder, "preprocess", facts->preprocess_ms);
  monocle_json_add_number (builder, "encode", facts->encode_ms);
  monocle_json_add_number (builder, "first_token", facts->first_ms);
  monocle_json_add_number (builder, "decode", facts->decode_ms);
  json_builder_end_object (builder);
}

void
monocle_said_json_add (JsonBuilder *builder, MonocleSaid *said)
{
  const MonocleSaidQuestion *question = monocle_said_get_question (said);
  const MonocleSaidFacts *facts = monocle_said_get_facts (said);

  monocle_json_add_text (builder, "model", facts->model);
  monocle_json_add_text (builder, "device", facts->device);
  monocle_json_add_text (builder, "precision", facts->precision);
  json_builder_set_member_name (builder, "shown");
  json_builder_begin_array (builder);
  for (guint i = 0; i < question->n_shown; i++)
    add_shown (builder, &question->shown[i]);
  json_builder_end_array (builder);
  if (question->detail != MONOCLE_DETAIL_AUTO)
    monocle_json_add_text (builder, "detail", monocle_detail_get_name (question->detail));
  monocle_json_add_text (builder, "text", question->text);
  monocle_json_add_text (builder, "answer", monocle_said_get_answer (said));
  json_builder_set_member_name (builder, "token_ids");
  json_builder_begin_array (builder);
  for (guint i = 0; i < facts->n_ids; i++)
    json_builder_add_int_value (builder, facts->ids[i]);
  json_builder_end_array (builder);
  monocle_json_add_text (builder, "end", monocle_reply_end_get_name (facts->end));
  if (question->is_drawn)
    monocle_answer_json_add_sampling (builder, &question->sampling, NULL);
  add_figures (builder, said);
}

JsonNode *
monocle_said_json_build (MonocleSaid *said)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *id = monocle_id_json_format (monocle_said_get_id (said));
  const guint max_tokens = monocle_said_get_question (said)->max_tokens;

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "id", id);
  monocle_said_json_add (builder, said);
  if (monocle_said_get_facts (said)->digest)
    monocle_json_add_text (builder, "model_digest", monocle_said_get_facts (said)->digest);
  if (max_tokens > 0)
    monocle_json_add_integer (builder, "max_tokens", max_tokens);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* --- And back --- */

static gboolean
refuse (const char *where, const char *what, GError **error)
{
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, "%s: %s", where, what);
  return FALSE;
}

static gboolean
read_region (JsonObject *object, const char *where, MonocleBox *region, GError **error)
{
  double edges[4];

  if (!monocle_json_get_doubles (object, where, "region", MONOCLE_JSON_REQUIRED, edges, 4, error))
    return FALSE;
  *region = (MonocleBox){ (float) edges[0], (float) edges[1], (float) edges[2], (float) edges[3] };
  return (region->x1 < region->x2 && region->y1 < region->y2)
         || refuse (where, "\"region\" is empty", error);
}

/* @shown: (element-type MonocleSaidShown): paths are those of @object */
static gboolean
read_shown (JsonObject *object, const char *where, GArray *all, GError **error)
{
  JsonArray *list = NULL;

  if (!monocle_json_get_array (object, where, "shown", MONOCLE_JSON_REQUIRED, &list, error))
    return FALSE;
  if (json_array_get_length (list) > MONOCLE_CONVERSATION_MAX_SHOWN)
    return refuse (where, "too much is shown at once", error);
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      JsonObject *one = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      MonocleSaidShown shown = { NULL };
      gint64 width = 0, height = 0, degrees = 0;

      if (!one)
        return refuse (where, "what is shown is an object", error);
      shown.is_region = monocle_json_has (one, "region");
      if (!monocle_json_get_string (one, where, "path", MONOCLE_JSON_OPTIONAL, &shown.path, error)
          || !monocle_json_get_int (one, where, "width", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT32,
                                    &width, error)
          || !monocle_json_get_int (one, where, "height", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT32,
                                    &height, error)
          || !monocle_json_get_int (one, where, "rotation", MONOCLE_JSON_OPTIONAL, 0, 270, &degrees,
                                    error)
          || (shown.is_region && !read_region (one, where, &shown.region, error)))
        return FALSE;
      shown.width = (guint) width;
      shown.height = (guint) height;
      shown.rotation = (guint) degrees / 90;
      g_array_append_val (all, shown);
    }
  return TRUE;
}

static gboolean
read_ids (JsonObject *object, const char *where, GArray *ids, GError **error)
{
  JsonArray *list = NULL;

  if (!monocle_json_get_array (object, where, "token_ids", MONOCLE_JSON_OPTIONAL, &list, error))
    return FALSE;
  if (list && json_array_get_length (list) > MAX_IDS)
    return refuse (where, "there are too many \"token_ids\"", error);
  for (guint i = 0; list && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      const gint64 id
          = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
                ? json_node_get_int (node)
                : -1;
      const guint32 small = (guint32) id;

      if (id < 0 || id > G_MAXUINT32)
        return refuse (where, "\"token_ids\" are whole numbers", error);
      g_array_append_val (ids, small);
    }
  return TRUE;
}

static gboolean
read_drawn (JsonObject *object, const char *where, MonocleSaidQuestion *question, GError **error)
{
  JsonObject *sampling = NULL;
  MonocleSampling *drawn = &question->sampling;
  gint64 top_k = 0, seed = 0;
  const char *problem;

  if (!monocle_json_get_object (object, where, "sampling", MONOCLE_JSON_OPTIONAL, &sampling, error))
    return FALSE;
  if (!sampling)
    return TRUE;
  *drawn = MONOCLE_SAMPLING_PLAIN;
  if (!monocle_json_get_double (sampling, where, "temperature", MONOCLE_JSON_OPTIONAL,
                                &drawn->temperature, error)
      || !monocle_json_get_int (sampling, where, "top_k", MONOCLE_JSON_OPTIONAL, 0,
                                MONOCLE_SAMPLER_MAX_CANDIDATES, &top_k, error)
      || !monocle_json_get_double (sampling, where, "top_p", MONOCLE_JSON_OPTIONAL, &drawn->top_p,
                                   error)
      || !monocle_json_get_double (sampling, where, "min_p", MONOCLE_JSON_OPTIONAL, &drawn->min_p,
                                   error)
      || !monocle_json_get_int (sampling, where, "seed", MONOCLE_JSON_OPTIONAL, 0, G_MAXUINT32,
                                &seed, error))
    return FALSE;
  drawn->top_k = (guint) top_k;
  drawn->seed = (guint64) seed;
  question->is_drawn = TRUE;
  problem = monocle_sampling_check (drawn);
  return !problem || refuse (where, problem, error);
}

/* Whole numbers, each under its name. */
static gboolean
read_counts (JsonObject *object, const char *where, MonocleSaidFacts *facts, GError **error)
{
  const struct
  {
    const char *name;
    guint *value;
  } counts[] = { { "kept", &facts->n_kept },
                 { "read", &facts->n_read },
                 { "written", &facts->n_written },
                 { "context", &facts->n_places } };
  JsonObject *tokens = NULL;
  gint64 n_forgotten = 0;

  if (!monocle_json_get_object (object, where, "tokens", MONOCLE_JSON_OPTIONAL, &tokens, error)
      || !monocle_json_get_int (object, where, "forgotten_turns", MONOCLE_JSON_OPTIONAL, 0,
                                G_MAXINT32, &n_forgotten, error))
    return FALSE;
  facts->n_forgotten = (guint) n_forgotten;
  for (guint i = 0; tokens && i < G_N_ELEMENTS (counts); i++)
    {
      gint64 n = 0;

      if (!monocle_json_get_int (tokens, where, counts[i].name, MONOCLE_JSON_OPTIONAL, 0, MAX_IDS,
                                 &n, error))
        return FALSE;
      *counts[i].value = (guint) n;
    }
  return TRUE;
}

static gboolean
read_times (JsonObject *object, const char *where, MonocleSaidFacts *facts, GError **error)
{
  const struct
  {
    const char *name;
    double *value;
  } times[] = { { "preprocess", &facts->preprocess_ms },
                { "encode", &facts->encode_ms },
                { "first_token", &facts->first_ms },
                { "decode", &facts->decode_ms } };
  JsonObject *timing = NULL;

  if (!monocle_json_get_object (object, where, "timing_ms", MONOCLE_JSON_OPTIONAL, &timing, error))
    return FALSE;
  for (guint i = 0; timing && i < G_N_ELEMENTS (times); i++)
    {
      if (!monocle_json_get_double (timing, where, times[i].name, MONOCLE_JSON_OPTIONAL,
                                    times[i].value, error))
        return FALSE;
      *times[i].value = CLAMP (*times[i].value, 0, MAX_MS);
    }
  return TRUE;
}

static MonocleReplyEnd
find_end (const char *name)
{
  for (guint end = MONOCLE_REPLY_WHOLE; end <= MONOCLE_REPLY_LOOPED; end++)
    if (g_strcmp0 (name, monocle_reply_end_get_name ((MonocleReplyEnd) end)) == 0)
      return (MonocleReplyEnd) end;
  return MONOCLE_REPLY_WHOLE;
}

MonocleSaid *
monocle_said_json_read (JsonObject *object, const char *where, GError **error)
{
  g_autoptr (GArray) shown = g_array_new (FALSE, FALSE, sizeof (MonocleSaidShown));
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  MonocleSaidQuestion question = { .text = NULL };
  MonocleSaidFacts facts = { .model = NULL };
  const char *answer = NULL, *end = NULL, *detail = NULL;
  gint64 max_tokens = 0;
  guint64 id;

  if (!monocle_id_json_read (object, where, &id, error) || !read_shown (object, where, shown, error)
      || !monocle_json_get_string (object, where, "text", MONOCLE_JSON_REQUIRED, &question.text,
                                   error)
      || !monocle_json_get_string (object, where, "answer", MONOCLE_JSON_REQUIRED, &answer, error)
      || !monocle_json_get_string (object, where, "model", MONOCLE_JSON_OPTIONAL, &facts.model,
                                   error)
      || !monocle_json_get_string (object, where, "model_digest", MONOCLE_JSON_OPTIONAL,
                                   &facts.digest, error)
      || !monocle_json_get_string (object, where, "device", MONOCLE_JSON_OPTIONAL, &facts.device,
                                   error)
      || !monocle_json_get_string (object, where, "precision", MONOCLE_JSON_OPTIONAL,
                                   &facts.precision, error)
      || !monocle_json_get_string (object, where, "end", MONOCLE_JSON_OPTIONAL, &end, error)
      || !monocle_json_get_string (object, where, "detail", MONOCLE_JSON_OPTIONAL, &detail, error)
      || !monocle_json_get_int (object, where, "max_tokens", MONOCLE_JSON_OPTIONAL, 0, MAX_IDS,
                                &max_tokens, error)
      || !read_ids (object, where, ids, error) || !read_drawn (object, where, &question, error)
      || !read_counts (object, where, &facts, error) || !read_times (object, where, &facts, error))
    return NULL;
  question.shown = (const MonocleSaidShown *) (gpointer) shown->data;
  question.n_shown = shown->len;
  monocle_detail_find (detail, &question.detail);
  question.max_tokens = (guint) max_tokens;
  facts.ids = (const guint32 *) (gpointer) ids->data;
  facts.n_ids = ids->len;
  facts.end = find_end (end);
  return monocle_said_new_answered (id, &question, answer, &facts);
}
