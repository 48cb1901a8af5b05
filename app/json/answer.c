/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/answer.h"

#include <math.h>

#include "app/json/result.h"

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    {
      g_autofree char *valid = g_utf8_make_valid (value, -1);

      json_builder_add_string_value (builder, valid);
    }
  else
    json_builder_add_null_value (builder);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_integer (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_box (JsonBuilder *builder, const MonocleBox *box)
{
  json_builder_begin_array (builder);
  json_builder_add_double_value (builder, (double) box->x1);
  json_builder_add_double_value (builder, (double) box->y1);
  json_builder_add_double_value (builder, (double) box->x2);
  json_builder_add_double_value (builder, (double) box->y2);
  json_builder_end_array (builder);
}

static void
add_sampling (JsonBuilder *builder, const MonocleSampling *sampling)
{
  json_builder_set_member_name (builder, "sampling");
  json_builder_begin_object (builder);
  add_number (builder, "temperature", sampling->temperature);
  add_integer (builder, "top_k", monocle_sampling_get_n_candidates (sampling));
  add_number (builder, "top_p", sampling->top_p);
  add_number (builder, "min_p", sampling->min_p);
  add_integer (builder, "seed", (gint64) sampling->seed);
  json_builder_end_object (builder);
}

static void
add_token_ids (JsonBuilder *builder, const MonocleResult *result)
{
  guint n_ids;
  const guint32 *ids = monocle_result_get_token_ids (result, &n_ids);

  json_builder_set_member_name (builder, "token_ids");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_ids; i++)
    json_builder_add_int_value (builder, ids[i]);
  json_builder_end_array (builder);
}

static void
add_timing (JsonBuilder *builder, const MonocleAnswerFacts *facts)
{
  const MonocleRun *run = facts->run;

  json_builder_set_member_name (builder, "timing_ms");
  json_builder_begin_object (builder);
  add_number (builder, "load", facts->load_ms);
  add_number (builder, "preprocess", run ? run->preprocess_ms : NAN);
  add_number (builder, "encode", run ? run->encode_ms : NAN);
  add_number (builder, "decode", run ? run->decode_ms : NAN);
  add_integer (builder, "tokens", run ? run->n_tokens : 0);
  json_builder_end_object (builder);
}

/* Where the name cannot be said in JSON, something by which the file is found again. */
static void
add_uri (JsonBuilder *builder, const MonocleAnswerFacts *facts)
{
  g_autofree char *name = facts->file ? g_file_get_basename (facts->file) : NULL;
  g_autofree char *uri = NULL;

  if (!name || (g_utf8_validate (facts->image, -1, NULL) && g_utf8_validate (name, -1, NULL)))
    return;
  uri = g_file_get_uri (facts->file);
  add_string (builder, "image_uri", uri);
}

JsonNode *
monocle_answer_json_build (const MonocleAnswerFacts *facts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "image", facts->image);
  add_uri (builder, facts);
  add_integer (builder, "width", facts->width);
  add_integer (builder, "height", facts->height);
  if (facts->rotation != 0)
    add_integer (builder, "rotation", 90 * (gint64) facts->rotation);
  add_string (builder, "model", facts->model);
  add_string (builder, "device", facts->device);
  add_string (builder, "precision", facts->precision);
  add_string (builder, "task", facts->task->id);
  add_string (builder, "text", facts->text);
  json_builder_set_member_name (builder, "regions");
  json_builder_begin_array (builder);
  if (facts->region)
    add_box (builder, facts->region);
  json_builder_end_array (builder);
  if (facts->from)
    add_string (builder, "from", facts->from);
  if (facts->sampling)
    add_sampling (builder, facts->sampling);
  add_string (builder, "generated_text", monocle_result_get_generated_text (facts->result));
  add_token_ids (builder, facts->result);
  add_number (builder, "score", (double) monocle_result_get_score (facts->result));
  add_number (builder, "min_score", facts->min_score);
  json_builder_set_member_name (builder, "result");
  json_builder_add_value (builder, monocle_result_json_result (facts->result, facts->task));
  json_builder_set_member_name (builder, "objects");
  json_builder_add_value (builder, monocle_result_json_objects (facts->result));
  json_builder_set_member_name (builder, "ranks");
  json_builder_add_value (builder, monocle_result_json_ranks (facts->result));
  add_timing (builder, facts);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
