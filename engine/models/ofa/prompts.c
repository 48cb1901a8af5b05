/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What OFA's encoder and decoder are to whoever asks it: both know of places, which are filled in
 * beside the words.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

#include "engine/vk/staging.h"

static MonocleCrossModel
get_decoder (gconstpointer family)
{
  const MonocleOfa *self = family;

  return monocle_ofa_get_cross_model (&self->writer);
}

static MonocleValue
encode (MonocleGraph *g, gpointer family, const MonocleCrossInputs *inputs, MonocleValue *places)
{
  MonocleOfa *self = family;
  const guint n_image = self->asker.n_image, n = inputs->n_rows;

  self->prompt = (MonocleOfaPrompt){
    .image = inputs->image,
    .image_places
    = n_image ? monocle_input (g, "image places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_image)) : 0,
    .text_places = monocle_input (g, "text places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n - n_image)),
    .ids = inputs->ids,
    .lengths = inputs->lengths,
    .index = monocle_input (g, "index", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n, n)),
    .n_rows = n,
  };
  return monocle_ofa_encode (g, &self->config, &self->prompt, places);
}

static gboolean
upload (const MonocleTensor *tensor, const guint32 *data, GError **error)
{
  return monocle_vk_upload (tensor->buffer, tensor->offset, data,
                            monocle_tensor_get_size_bytes (tensor), error);
}

static gboolean
upload_value (const MonoclePlan *plan, MonocleValue value, const guint32 *data, GError **error)
{
  const MonocleTensor tensor = monocle_plan_get_tensor (plan, value);

  return upload (&tensor, data, error);
}

/* What is known of the places of answers is computed when the first one begins. */
static gboolean
ensure_placed (MonocleOfa *self, GError **error)
{
  const guint n = monocle_ofa_count_answer (&self->config, self->writer.kind);
  g_autofree guint32 *index = NULL;
  g_autofree guint32 *places = NULL;

  if (self->is_placed)
    return TRUE;
  index = g_new (guint32, (gsize) n * n);
  places = g_new (guint32, n);
  monocle_ofa_index_answer (&self->config, self->writer.kind, index, places);
  self->is_placed = upload (&self->known.index, index, error)
                    && upload (&self->placing_ids, places, error)
                    && monocle_commands_submit (self->placing.commands, NULL, NULL, NULL, error);
  return self->is_placed;
}

static gboolean
upload_places (gpointer family,
               const MonoclePlan *plan,
               const MonocleCrossPrompts *prompts,
               GError **error)
{
  MonocleOfa *self = family;
  const guint n_image = self->asker.n_image, n = prompts->n_rows;
  g_autofree guint32 *image = g_new (guint32, n_image);
  g_autofree guint32 *text = g_new (guint32, n - n_image);
  g_autofree guint32 *index = g_new (guint32, (gsize) n * n);

  for (guint i = 0; i < n_image; i++)
    image[i] = monocle_ofa_place_in_image (&self->config, i / self->columns, i % self->columns);
  for (guint i = 0; i < n - n_image; i++)
    text[i] = i;
  monocle_ofa_index_prompt (&self->config, self->rows, self->columns, n, index);
  return ensure_placed (self, error)
         && (n_image == 0 || upload_value (plan, self->prompt.image_places, image, error))
         && upload_value (plan, self->prompt.text_places, text, error)
         && upload_value (plan, self->prompt.index, index, error);
}

static const MonocleCrossVerbs verbs = {
  .title = "encoder",
  .get_decoder = get_decoder,
  .encode = encode,
  .upload = upload_places,
};

void
monocle_ofa_prompts_prepare (MonocleOfa *self)
{
  self->asker = (MonocleCrossAsker){
    .verbs = &verbs,
    .family = self,
    .gpu = self->gpu,
    .params = self->params,
    .tokenizer = self->tokenizer,
    .format = self->format,
    .n_image = self->rows * self->columns,
    .most_tokens = self->config.n_positions,
    .pad = self->tokens.pad,
  };
}
