/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/answer.h"

#include <math.h>

#include "app/json/fields.h"
#include "app/json/result.h"

void
monocle_answer_json_add_box (JsonBuilder *builder, const MonocleBox *box)
{
  json_builder_begin_array (builder);
  json_builder_add_double_value (builder, (double) box->x1);
  json_builder_add_double_value (builder, (double) box->y1);
  json_builder_add_double_value (builder, (double) box->x2);
  json_builder_add_double_value (builder, (double) box->y2);
  json_builder_end_array (builder);
}

void
monocle_answer_json_add_sampling (JsonBuilder *builder,
                                  const MonocleSampling *sampling,
                                  const MonocleTask *task)
{
  /* Pieces of pictures are drawn from all there are. */
  const guint n_candidates = task && task->gives == MONOCLE_GIVES_PICTURE
                                 ? sampling->top_k
                                 : monocle_sampling_get_n_candidates (sampling);

  json_builder_set_member_name (builder, "sampling");
  json_builder_begin_object (builder);
  monocle_json_add_number (builder, "temperature", sampling->temperature);
  monocle_json_add_integer (builder, "top_k", n_candidates);
  monocle_json_add_number (builder, "top_p", sampling->top_p);
  monocle_json_add_number (builder, "min_p", sampling->min_p);
  monocle_json_add_integer (builder, "seed", (gint64) sampling->seed);
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

/* Only where something was drawn. */
static void
add_pictures (JsonBuilder *builder, const MonocleAnswerFacts *facts)
{
  if (facts->task->gives != MONOCLE_GIVES_PICTURE)
    return;
  json_builder_set_member_name (builder, "pictures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < monocle_result_get_n_parts (facts->result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (facts->result, i);

      if (part->kind != MONOCLE_PART_PICTURE)
        continue;
      json_builder_begin_object (builder);
      monocle_json_add_text (builder, "path", facts->drawn);
      monocle_json_add_integer (builder, "width", monocle_image_get_width (part->picture));
      monocle_json_add_integer (builder, "height", monocle_image_get_height (part->picture));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_timing (JsonBuilder *builder, const MonocleAnswerFacts *facts)
{
  const MonocleRun *run = facts->run;

  json_builder_set_member_name (builder, "timing_ms");
  json_builder_begin_object (builder);
  monocle_json_add_number (builder, "load", facts->load_ms);
  monocle_json_add_number (builder, "preprocess", run ? run->preprocess_ms : NAN);
  monocle_json_add_number (builder, "encode", run ? run->encode_ms : NAN);
  monocle_json_add_number (builder, "decode", run ? run->decode_ms : NAN);
  monocle_json_add_integer (builder, "tokens", run ? run->n_tokens : 0);
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
  monocle_json_add_text (builder, "image_uri", uri);
}

static void
add_sound (JsonBuilder *builder, const MonocleAnswerFacts *facts)
{
  if (!facts->sound)
    return;
  json_builder_set_member_name (builder, "sound");
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "path", facts->sound);
  monocle_json_add_number (builder, "from", facts->sound_from);
  monocle_json_add_number (builder, "seconds", facts->sound_seconds);
  json_builder_end_object (builder);
}

JsonNode *
monocle_answer_json_build (const MonocleAnswerFacts *facts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "image", facts->image);
  add_uri (builder, facts);
  if (facts->page > 0)
    monocle_json_add_integer (builder, "page", facts->page);
  monocle_json_add_integer (builder, "width", facts->width);
  monocle_json_add_integer (builder, "height", facts->height);
  if (facts->rotation != 0)
    monocle_json_add_integer (builder, "rotation", 90 * (gint64) facts->rotation);
  monocle_json_add_text (builder, "model", facts->model);
  monocle_json_add_text (builder, "device", facts->device);
  monocle_json_add_text (builder, "precision", facts->precision);
  monocle_json_add_text (builder, "task", facts->task->id);
  monocle_json_add_text (builder, "text", facts->text);
  if (facts->language)
    monocle_json_add_text (builder, "language", facts->language);
  json_builder_set_member_name (builder, "regions");
  json_builder_begin_array (builder);
  if (facts->region)
    monocle_answer_json_add_box (builder, facts->region);
  json_builder_end_array (builder);
  if (facts->from)
    monocle_json_add_text (builder, "from", facts->from);
  add_sound (builder, facts);
  if (facts->sampling)
    monocle_answer_json_add_sampling (builder, facts->sampling, facts->task);
  monocle_json_add_text (builder, "generated_text",
                         monocle_result_get_generated_text (facts->result));
  add_token_ids (builder, facts->result);
  monocle_json_add_number (builder, "score", (double) monocle_result_get_score (facts->result));
  monocle_json_add_number (builder, "min_score", facts->min_score);
  if (facts->task->gives == MONOCLE_GIVES_PAGE)
    monocle_json_add_text (builder, "markdown", monocle_result_get_text (facts->result));
  json_builder_set_member_name (builder, "result");
  json_builder_add_value (builder, monocle_result_json_result (facts->result, facts->task));
  json_builder_set_member_name (builder, "objects");
  json_builder_add_value (builder, monocle_result_json_objects (facts->result));
  json_builder_set_member_name (builder, "ranks");
  json_builder_add_value (builder, monocle_result_json_ranks (facts->result));
  add_pictures (builder, facts);
  add_timing (builder, facts);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

JsonNode *
monocle_answer_json_build_run (const MonocleAnswerFacts *facts,
                               MonocleModel *model,
                               MonocleImage *image,
                               const MonocleRequest *request,
                               const MonocleRun *run,
                               guint index,
                               const MonocleResult *result)
{
  MonocleAnswerFacts all = *facts;

  all.width = monocle_image_get_width (image);
  all.height = monocle_image_get_height (image);
  all.model = monocle_model_get_name (model);
  all.device = monocle_device_get_name (monocle_model_get_device (model));
  all.precision = monocle_model_get_precision_name (model);
  all.task = request->task;
  all.text = request->text;
  all.language = request->language
                     ? monocle_languages_find (request->task->languages, request->language)
                     : NULL;
  all.region = index < request->n_regions ? &request->regions[index] : NULL;
  all.sampling = request->sampling;
  all.sound_seconds = request->sound
                          ? MIN (monocle_sound_get_seconds (request->sound), MONOCLE_SOUND_SECONDS)
                          : 0;
  all.result = result ? result : run->results->pdata[index];
  all.load_ms = monocle_model_get_load_ms (model);
  all.run = run;
  return monocle_answer_json_build (&all);
}
