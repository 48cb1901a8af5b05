/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions to an encoder that is recorded for their size, with the decoder behind it.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

#include "engine/base/error.h"
#include "engine/models/parts/batches.h"
#include "engine/vk/staging.h"

/* Prompts are padded to a multiple of this, so that few different sizes occur. */
#define ROWS_MULTIPLE 16

void
monocle_ofa_prompts_clear (MonocleOfaPrompts *prompts)
{
  g_clear_pointer (&prompts->ids, g_free);
  g_clear_pointer (&prompts->lengths, g_free);
}

gboolean
monocle_ofa_prompts_init (
    MonocleOfaPrompts *prompts, MonocleOfa *self, const char *const *texts, guint n, GError **error)
{
  const guint alignment = MONOCLE_TENSOR_ALIGNMENT / sizeof (guint32);
  const guint n_image = self->rows * self->columns, n_positions = self->config.n_positions;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  guint longest = 0;

  for (guint i = 0; i < n; i++)
    {
      GArray *prompt = monocle_tokenizer_encode (self->tokenizer, texts[i], MONOCLE_SPECIALS_WRAP);

      g_ptr_array_add (ids, prompt);
      if (prompt->len > n_positions)
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       "The text is too long: %u tokens, the model takes %u", prompt->len,
                       n_positions);
          return FALSE;
        }
      longest = MAX (longest, prompt->len);
    }

  prompts->n_prompts = n;
  prompts->n_rows
      = n_image + MIN ((longest + ROWS_MULTIPLE - 1) / ROWS_MULTIPLE * ROWS_MULTIPLE, n_positions);
  prompts->stride = (prompts->n_rows - n_image + alignment - 1) / alignment * alignment;
  prompts->ids = g_new (guint32, (gsize) n * prompts->stride);
  prompts->lengths = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    {
      GArray *prompt = g_ptr_array_index (ids, i);

      for (guint j = 0; j < prompts->stride; j++)
        prompts->ids[i * prompts->stride + j]
            = j < prompt->len ? g_array_index (prompt, guint32, j) : self->tokens.pad;
      prompts->lengths[i] = n_image + prompt->len;
    }
  return TRUE;
}

/* --- the encoder -------------------------------------------------------------------------- */

/* The encoder's work for some prompts, with the decoder behind it. */
typedef struct
{
  MonocleGraph *graph;
  MonoclePlan *plan;
  MonocleCommands *commands;
  MonocleOfaPrompt inputs;
  MonocleValue states;
} Encoding;

static void
encoding_clear (Encoding *encoding)
{
  g_clear_pointer (&encoding->commands, monocle_commands_free);
  g_clear_pointer (&encoding->plan, monocle_plan_free);
  g_clear_pointer (&encoding->graph, monocle_graph_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Encoding, encoding_clear)

static gboolean
ensure_decoder (MonocleOfa *self, const MonocleCrossDecoderSize *size, GError **error)
{
  MonocleCrossModel model;

  if (self->decoder && monocle_cross_decoder_has_size (self->decoder, size))
    return TRUE;

  model = monocle_ofa_get_cross_model (&self->writer);
  g_clear_pointer (&self->decoder, monocle_cross_decoder_free);
  self->decoder
      = monocle_cross_decoder_new (&model, self->params, self->gpu, self->format, size, error);
  return self->decoder != NULL;
}

/* The formulas; the decoder is there. */
static void
encoding_write (Encoding *encoding,
                MonocleOfa *self,
                const MonocleTensor *image,
                const MonocleOfaPrompts *prompts)
{
  MonocleGraph *g = encoding->graph = monocle_graph_new ("encoder", self->format);
  const guint n_image = self->rows * self->columns, n_rows = prompts->n_rows;
  MonocleValue places;

  monocle_graph_set_params (g, self->params, MONOCLE_PARAM_FOR_MANY_ROWS);
  encoding->inputs = (MonocleOfaPrompt){
    .image = monocle_outside (g, image),
    .image_places = monocle_input (g, "image places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_image)),
    .text_places
    = monocle_input (g, "text places", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_rows - n_image)),
    .ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32,
                          MONOCLE_DIMS (prompts->n_prompts, prompts->stride)),
    .lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (prompts->n_prompts)),
    .index = monocle_input (g, "index", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_rows, n_rows)),
    .n_rows = n_rows,
  };
  encoding->states = monocle_ofa_encode (g, &self->config, &encoding->inputs, &places);
  monocle_name (g, encoding->states, "encoder_states");
  monocle_cross_decoder_keep_states (self->decoder, g, encoding->states);
  monocle_cross_decoder_keep_places (self->decoder, g, places);
}

static gboolean
encoding_record (Encoding *encoding,
                 MonocleOfa *self,
                 const MonocleTensor *image,
                 const MonocleOfaPrompts *prompts,
                 const MonocleCrossDecoderSize *size,
                 MonoclePlanFlags flags,
                 GError **error)
{
  if (!ensure_decoder (self, size, error))
    {
      /* Whoever asks about fewer next has what this took. */
      g_clear_pointer (&self->text_buffer, monocle_vk_buffer_free);
      return FALSE;
    }

  encoding_write (encoding, self, image, prompts);
  encoding->plan = monocle_graph_plan (encoding->graph, self->gpu, flags, error);
  if (!encoding->plan
      || !monocle_batches_ensure_buffer (&self->text_buffer, self->gpu,
                                         monocle_plan_get_bytes (encoding->plan), error))
    return FALSE;

  encoding->commands = monocle_commands_new (self->gpu, "encoder");
  monocle_plan_place (encoding->plan, self->text_buffer);
  monocle_plan_record (encoding->plan, encoding->commands);
  return TRUE;
}

static gboolean
upload (const MonocleTensor *tensor, const guint32 *data, GError **error)
{
  return monocle_vk_upload (tensor->buffer, tensor->offset, data,
                            monocle_tensor_get_size_bytes (tensor), error);
}

static gboolean
encoding_upload (const Encoding *encoding, MonocleValue value, const guint32 *data, GError **error)
{
  const MonocleTensor tensor = monocle_plan_get_tensor (encoding->plan, value);

  return upload (&tensor, data, error);
}

static gboolean
encoding_upload_places (const Encoding *encoding, const MonocleOfa *self, guint n, GError **error)
{
  const guint n_image = self->rows * self->columns;
  g_autofree guint32 *image = g_new (guint32, n_image);
  g_autofree guint32 *text = g_new (guint32, n - n_image);
  g_autofree guint32 *index = g_new (guint32, (gsize) n * n);

  for (guint i = 0; i < n_image; i++)
    image[i] = monocle_ofa_place_in_image (&self->config, i / self->columns, i % self->columns);
  for (guint i = 0; i < n - n_image; i++)
    text[i] = i;
  monocle_ofa_index_prompt (&self->config, self->rows, self->columns, n, index);
  return encoding_upload (encoding, encoding->inputs.image_places, image, error)
         && encoding_upload (encoding, encoding->inputs.text_places, text, error)
         && encoding_upload (encoding, encoding->inputs.index, index, error);
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

MonocleCrossDecoderSize
monocle_ofa_prompts_get_size (const MonocleOfaPrompts *prompts,
                              guint n_beams,
                              guint n_candidates,
                              const MonocleOfaTrie *trie)
{
  return (MonocleCrossDecoderSize){
    .n_prompts = prompts->n_prompts,
    .n_beams = n_beams,
    .n_states = prompts->n_rows,
    .n_candidates = n_candidates,
    .n_more_bans = trie ? monocle_ofa_trie_count_ranges (trie) : 0,
  };
}

gboolean
monocle_ofa_prompts_compile (MonocleOfa *self,
                             const MonocleOfaPrompts *prompts,
                             const MonocleCrossDecoderSize *size,
                             GCancellable *cancellable,
                             MonocleVkCompileProgress progress,
                             gpointer user_data,
                             GError **error)
{
  g_auto (Encoding) encoding = { NULL };
  MonocleCommands *recordings[5];

  if (!encoding_record (&encoding, self, &self->picture_rows, prompts, size, MONOCLE_PLAN_DEFAULT,
                        error))
    return FALSE;

  recordings[0] = self->picture.commands;
  recordings[1] = self->placing.commands;
  recordings[2] = encoding.commands;
  monocle_cross_decoder_get_recordings (self->decoder, recordings + 3);
  return monocle_vk_compile (recordings, G_N_ELEMENTS (recordings), cancellable, progress,
                             user_data, error);
}

gboolean
monocle_ofa_prompts_encode (MonocleOfa *self,
                            const MonocleTensor *image,
                            const MonocleOfaPrompts *prompts,
                            const MonocleCrossDecoderSize *size,
                            GCancellable *cancellable,
                            MonocleTensor *states,
                            GError **error)
{
  g_auto (Encoding) encoding = { NULL };

  if (!ensure_placed (self, error)
      || !encoding_record (&encoding, self, image, prompts, size,
                           states ? MONOCLE_PLAN_KEEP_NAMED : MONOCLE_PLAN_DEFAULT, error)
      || !encoding_upload (&encoding, encoding.inputs.ids, prompts->ids, error)
      || !encoding_upload (&encoding, encoding.inputs.lengths, prompts->lengths, error)
      || !encoding_upload_places (&encoding, self, prompts->n_rows, error)
      || !monocle_commands_submit (encoding.commands, cancellable, NULL, NULL, error))
    return FALSE;

  monocle_cross_decoder_start (self->decoder, prompts->lengths);
  if (states)
    *states = monocle_plan_get_tensor (encoding.plan, encoding.states);
  return TRUE;
}
