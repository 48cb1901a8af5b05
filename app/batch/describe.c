/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a batch asks, as JSON: equal where the answers would be.
 */
#include "config.h"

#include "app/batch/batch.h"
#include "app/json/answer.h"
#include "app/json/fields.h"
#include "app/models/identity.h"

/* By what is seen in it. */
static void
add_example (JsonBuilder *builder, const MonocleImage *image)
{
  gsize width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  g_autofree char *digest = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, monocle_image_get_pixels (image), 3 * width * height);

  monocle_json_add_text (builder, "example", digest);
}

static void
add_request (JsonBuilder *builder, const MonocleRequest *request)
{
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "task", request->task->id);
  monocle_json_add_text (builder, "text", request->text);
  if (request->language)
    monocle_json_add_text (builder, "language",
                           monocle_languages_find (request->task->languages, request->language));
  monocle_json_add_text (builder, "template", request->wording);
  monocle_json_add_number (builder, "threshold", request->threshold);
  if (request->detail != MONOCLE_DETAIL_AUTO)
    monocle_json_add_text (builder, "detail", monocle_detail_get_name (request->detail));
  json_builder_set_member_name (builder, "regions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < request->n_regions; i++)
    monocle_answer_json_add_box (builder, &request->regions[i]);
  json_builder_end_array (builder);
  monocle_json_add_integer (builder, "beams", request->num_beams);
  monocle_json_add_integer (builder, "max_tokens", request->max_tokens);
  if (request->example)
    add_example (builder, request->example);
  if (request->sampling)
    monocle_answer_json_add_sampling (builder, request->sampling, request->task);
  json_builder_end_object (builder);
}

JsonNode *
monocle_batch_describe (MonocleModel *model,
                        const GPtrArray *requests,
                        double min_score,
                        GError **error)
{
  const char *adapter = monocle_model_get_adapter (model);
  /* With what it has learnt. */
  const char *digest = monocle_identity_get (model);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!digest)
    {
      g_autoptr (GChecksum) sum
          = monocle_identity_compute (monocle_model_get_directory (model), error);
      g_autoptr (GChecksum) learnt
          = sum && adapter ? monocle_identity_compute (adapter, error) : NULL;

      return NULL;
    }
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "model", monocle_model_get_name (model));
  monocle_json_add_text (builder, "model_digest", digest);
  monocle_json_add_number (builder, "min_score", min_score);
  json_builder_set_member_name (builder, "requests");
  json_builder_begin_array (builder);
  for (guint i = 0; i < requests->len; i++)
    add_request (builder, requests->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}
