/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Unified-IO's encoder and decoder are to whoever asks it: where words and patches are is
 * filled in beside them. Words and pictures are written by one decoder, which is told other places.
 */
#include "config.h"

#include "engine/models/unifiedio/private.h"

#include "engine/vk/staging.h"

#define N_PATCHES (MONOCLE_UNIFIEDIO_PATCHES * MONOCLE_UNIFIEDIO_PATCHES)
#define N_CODES   (MONOCLE_UNIFIEDIO_CODES * MONOCLE_UNIFIEDIO_CODES)

/* --- places of answers -------------------------------------------------------------------- */

static guint
count_answer (const MonocleUnifiedioWriting *self)
{
  return self->kind == MONOCLE_UNIFIEDIO_TEXT ? self->model->config.n_text_places : 1 + N_CODES;
}

/* (transfer full): a text, or one of no words and then a picture. */
static MonocleUnifiedioToken *
list_answer (const MonocleUnifiedioWriting *self)
{
  const guint n = count_answer (self);
  MonocleUnifiedioToken *tokens = g_new (MonocleUnifiedioToken, n);

  for (guint i = 0; i < n; i++)
    tokens[i] = self->kind == MONOCLE_UNIFIEDIO_TEXT || i == 0
                    ? (MonocleUnifiedioToken){ FALSE, i }
                    : (MonocleUnifiedioToken){ TRUE, i - 1 };
  return tokens;
}

static MonocleTensor
make_tensor (MonocleFormatId format, guint rows, guint columns, const char *name)
{
  return (MonocleTensor){ .n_dims = 2, .dims = { rows, columns }, .format = format, .name = name };
}

void
monocle_unifiedio_writing_init (MonocleUnifiedioWriting *self,
                                MonocleUnifiedio *model,
                                MonocleUnifiedioKind kind,
                                MonocleParams *params)
{
  const MonocleUnifiedioConfig *config = &model->config;
  const guint c = config->n_heads * config->head_width;
  MonocleGraph *g = self->placing.graph = monocle_graph_new ("places", MONOCLE_FORMAT_F32);
  guint n;

  self->model = model;
  self->kind = kind;
  n = count_answer (self);
  self->known = (MonocleUnifiedioPlaces){
    .queries = make_tensor (MONOCLE_FORMAT_F32, n, c, "place queries"),
    .keys = make_tensor (MONOCLE_FORMAT_F32, n, c, "place keys"),
    .added = make_tensor (MONOCLE_FORMAT_F32, n, config->d_model, "places"),
    .text_index = make_tensor (MONOCLE_FORMAT_U32, n, n, "distances in text"),
    .image_index = make_tensor (MONOCLE_FORMAT_U32, n, n, "distances in a picture"),
  };
  self->writer
      = monocle_unifiedio_writer_make (config, &self->known, kind == MONOCLE_UNIFIEDIO_PICTURE);
  self->patch_places = g_new0 (guint32, N_PATCHES);
  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  monocle_unifiedio_place (
      g, config, monocle_input (g, "rows", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n)),
      monocle_input (g, "segments", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n)), &self->known);
}

gboolean
monocle_unifiedio_writing_record (MonocleUnifiedioWriting *self, GError **error)
{
  MonocleUnifiedioPlaces *known = &self->known;
  MonocleTensor *const tensors[]
      = { &known->queries, &known->keys, &known->added, &known->text_index, &known->image_index };
  const MonocleRecordingTensor inputs[]
      = { { "rows", &self->rows }, { "segments", &self->segments } };
  MonocleVkGpu *gpu = self->model->gpu;
  guint64 bytes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    bytes = monocle_tensor_put_at (tensors[i], bytes);
  self->buffer = monocle_vk_buffer_new (gpu, bytes, MONOCLE_VK_USE_DEVICE, "places", error);
  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    tensors[i]->buffer = self->buffer;
  return self->buffer
         && monocle_recording_record (&self->placing, gpu, self->model->buffer, "places", inputs,
                                      G_N_ELEMENTS (inputs), error);
}

void
monocle_unifiedio_writing_clear (MonocleUnifiedioWriting *self)
{
  monocle_cross_asker_clear (&self->asker);
  monocle_recording_clear (&self->placing);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->patch_places, g_free);
}

static gboolean
upload (const MonocleTensor *tensor, const guint32 *data, GError **error)
{
  return monocle_vk_upload (tensor->buffer, tensor->offset, data,
                            monocle_tensor_get_size_bytes (tensor), error);
}

/* What is known of the places of answers is computed when the first one begins. */
static gboolean
ensure_placed (MonocleUnifiedioWriting *self, GError **error)
{
  const guint n = count_answer (self);
  g_autofree MonocleUnifiedioToken *tokens = NULL;
  g_autofree guint32 *rows = NULL, *segments = NULL, *text = NULL, *image = NULL;

  if (self->is_placed)
    return TRUE;
  tokens = list_answer (self);
  rows = g_new (guint32, n);
  segments = g_new (guint32, n);
  text = g_new (guint32, (gsize) n * n);
  image = g_new (guint32, (gsize) n * n);
  monocle_unifiedio_number (&self->model->config, tokens, n, rows, segments);
  monocle_unifiedio_index (tokens, n, MONOCLE_UNIFIEDIO_CODES, TRUE, text, image);
  self->is_placed = upload (&self->known.text_index, text, error)
                    && upload (&self->known.image_index, image, error)
                    && upload (&self->rows, rows, error)
                    && upload (&self->segments, segments, error)
                    && monocle_commands_submit (self->placing.commands, NULL, NULL, NULL, error);
  return self->is_placed;
}

/* --- questions ---------------------------------------------------------------------------- */

static MonocleCrossModel
get_decoder (gconstpointer family)
{
  const MonocleUnifiedioWriting *self = family;

  return monocle_unifiedio_get_cross_model (&self->writer);
}

static MonocleValue
add_input (MonocleGraph *g, const char *name, guint n)
{
  return monocle_input (g, name, MONOCLE_FORMAT_U32, MONOCLE_DIMS (n));
}

static MonocleValue
encode (MonocleGraph *g, gpointer family, const MonocleCrossInputs *inputs, MonocleValue *places)
{
  MonocleUnifiedioWriting *self = family;
  const guint n_image = self->asker.n_image, n = inputs->n_rows;

  self->prompt = (MonocleUnifiedioPrompt){
    .patches = inputs->image,
    .text_places = add_input (g, "text places", n - n_image),
    .text_segments = add_input (g, "text segments", n - n_image),
    .ids = inputs->ids,
    .lengths = inputs->lengths,
    .text_index = monocle_input (g, "text index", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n, n)),
    .image_index = monocle_input (g, "image index", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n, n)),
    .n_rows = n,
  };
  if (inputs->image)
    {
      self->prompt.image_places = add_input (g, "image places", n_image);
      self->prompt.image_segments = add_input (g, "image segments", n_image);
    }
  return monocle_unifiedio_encode (g, &self->model->config, &self->prompt);
}

static gboolean
upload_value (const MonoclePlan *plan, MonocleValue value, const guint32 *data, GError **error)
{
  const MonocleTensor tensor = monocle_plan_get_tensor (plan, value);

  return upload (&tensor, data, error);
}

/* Patches, and words behind them. */
static gboolean
upload_places (gpointer family,
               const MonoclePlan *plan,
               const MonocleCrossPrompts *prompts,
               GError **error)
{
  MonocleUnifiedioWriting *self = family;
  const MonocleUnifiedioPrompt *prompt = &self->prompt;
  const guint n_image = self->asker.n_image, n = prompts->n_rows;
  g_autofree MonocleUnifiedioToken *tokens = g_new (MonocleUnifiedioToken, n);
  g_autofree guint32 *rows = g_new (guint32, n);
  g_autofree guint32 *segments = g_new (guint32, n);
  g_autofree guint32 *text = g_new (guint32, (gsize) n * n);
  g_autofree guint32 *image = g_new (guint32, (gsize) n * n);

  for (guint i = 0; i < n; i++)
    tokens[i] = i < n_image ? (MonocleUnifiedioToken){ TRUE, self->patch_places[i] }
                            : (MonocleUnifiedioToken){ FALSE, i - n_image };
  monocle_unifiedio_number (&self->model->config, tokens, n, rows, segments);
  monocle_unifiedio_index (tokens, n, MONOCLE_UNIFIEDIO_PATCHES, FALSE, text, image);
  return ensure_placed (self, error)
         && upload_value (plan, prompt->text_places, rows + n_image, error)
         && upload_value (plan, prompt->text_segments, segments + n_image, error)
         && upload_value (plan, prompt->text_index, text, error)
         && upload_value (plan, prompt->image_index, image, error)
         && (n_image == 0
             || (upload_value (plan, prompt->image_places, rows, error)
                 && upload_value (plan, prompt->image_segments, segments, error)));
}

static const MonocleCrossVerbs verbs = {
  .title = "encoder",
  .get_decoder = get_decoder,
  .encode = encode,
  .upload = upload_places,
};

void
monocle_unifiedio_writing_prepare (MonocleUnifiedioWriting *self)
{
  const MonocleUnifiedio *model = self->model;

  self->asker = (MonocleCrossAsker){
    .verbs = &verbs,
    .family = self,
    .gpu = model->gpu,
    .params = model->params,
    .tokenizer = model->tokenizer,
    .format = MONOCLE_FORMAT_F32,
    .most_tokens = model->config.n_text_places,
    .pad = model->tokens.pad,
  };
}
