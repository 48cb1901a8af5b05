/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/private.h"

#include "engine/base/error.h"
#include "engine/models/parts/batches.h"
#include "engine/models/parts/bart-encoder.h"
#include "engine/models/parts/bart-step.h"
#include "engine/vk/staging.h"

/* Prompts are padded to a multiple of this, so that few different sizes occur. */
#define ROWS_MULTIPLE 16

void
monocle_florence2_prompts_clear (MonocleFlorence2Prompts *prompts)
{
  g_clear_pointer (&prompts->ids, g_free);
  g_clear_pointer (&prompts->lengths, g_free);
}

gboolean
monocle_florence2_prompts_init (MonocleFlorence2Prompts *prompts,
                                MonocleFlorence2 *self,
                                const char *const *texts,
                                guint n,
                                GError **error)
{
  const guint alignment = MONOCLE_TENSOR_ALIGNMENT / sizeof (guint32);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  guint n_image = self->n_image, longest = 0, n_positions = self->config.text.n_positions;

  for (guint i = 0; i < n; i++)
    {
      GArray *prompt = monocle_tokenizer_encode (self->tokenizer, texts[i], MONOCLE_SPECIALS_WRAP);

      g_ptr_array_add (ids, prompt);
      if (prompt->len > n_positions - n_image)
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       "The text is too long: %u tokens, the model takes %u", prompt->len,
                       n_positions - n_image);
          return FALSE;
        }
      longest = MAX (longest, prompt->len);
    }

  prompts->n_prompts = n;
  prompts->n_rows
      = MIN ((n_image + longest + ROWS_MULTIPLE - 1) / ROWS_MULTIPLE * ROWS_MULTIPLE, n_positions);
  prompts->stride = (prompts->n_rows - n_image + alignment - 1) / alignment * alignment;
  prompts->ids = g_new (guint32, (gsize) n * prompts->stride);
  prompts->lengths = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    {
      GArray *prompt = g_ptr_array_index (ids, i);

      for (guint j = 0; j < prompts->stride; j++)
        prompts->ids[i * prompts->stride + j]
            = j < prompt->len ? g_array_index (prompt, guint32, j) : self->config.generation.pad;
      prompts->lengths[i] = n_image + prompt->len;
    }

  return TRUE;
}

/* The encoder's work for some prompts, with the decoder behind it. */
typedef struct
{
  MonocleGraph *graph;
  MonoclePlan *plan;
  MonocleCommands *commands;
  MonocleValue ids, lengths, states;
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
ensure_decoder (MonocleFlorence2 *self, const MonocleCrossDecoderSize *size, GError **error)
{
  MonocleCrossModel model;

  if (self->decoder && monocle_cross_decoder_has_size (self->decoder, size))
    return TRUE;

  model = monocle_bart_get_cross_model (&self->bart);
  g_clear_pointer (&self->decoder, monocle_cross_decoder_free);
  self->decoder
      = monocle_cross_decoder_new (&model, self->params, self->gpu, self->format, size, error);
  return self->decoder != NULL;
}

/* The formulas; the decoder is there. */
static void
encoding_write (Encoding *encoding,
                MonocleFlorence2 *self,
                const MonocleTensor *image,
                const MonocleFlorence2Prompts *prompts)
{
  MonocleGraph *g = encoding->graph = monocle_graph_new ("text encoder", self->format);

  monocle_graph_set_params (g, self->params, MONOCLE_PARAM_FOR_MANY_ROWS);
  encoding->ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32,
                                 MONOCLE_DIMS (prompts->n_prompts, prompts->stride));
  encoding->lengths
      = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (prompts->n_prompts));
  encoding->states = monocle_bart_encode (g, &self->bart, monocle_outside (g, image), encoding->ids,
                                          encoding->lengths, prompts->n_rows);
  monocle_name (g, encoding->states, "encoder_states");
  monocle_cross_decoder_keep_states (self->decoder, g, encoding->states);
}

static gboolean
encoding_record (Encoding *encoding,
                 MonocleFlorence2 *self,
                 const MonocleTensor *image,
                 const MonocleFlorence2Prompts *prompts,
                 guint n_beams,
                 guint n_candidates,
                 MonoclePlanFlags flags,
                 GError **error)
{
  const MonocleCrossDecoderSize size = { .n_prompts = prompts->n_prompts,
                                         .n_beams = n_beams,
                                         .n_states = prompts->n_rows,
                                         .n_candidates = n_candidates };

  if (!ensure_decoder (self, &size, error))
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

  encoding->commands = monocle_commands_new (self->gpu, "text encoder");
  monocle_plan_place (encoding->plan, self->text_buffer);
  monocle_plan_record (encoding->plan, encoding->commands);
  return TRUE;
}

static gboolean
encoding_upload (const Encoding *encoding, MonocleValue value, const guint32 *data, GError **error)
{
  const MonocleTensor tensor = monocle_plan_get_tensor (encoding->plan, value);

  return monocle_vk_upload (tensor.buffer, tensor.offset, data,
                            monocle_tensor_get_size_bytes (&tensor), error);
}

gboolean
monocle_florence2_prompts_compile (MonocleFlorence2 *self,
                                   const MonocleFlorence2Prompts *prompts,
                                   guint n_beams,
                                   guint n_candidates,
                                   GCancellable *cancellable,
                                   MonocleVkCompileProgress progress,
                                   gpointer user_data,
                                   GError **error)
{
  g_auto (Encoding) encoding = { NULL };
  MonocleCommands *recordings[4];

  if (!encoding_record (&encoding, self, &self->vision.image, prompts, n_beams, n_candidates,
                        MONOCLE_PLAN_DEFAULT, error))
    return FALSE;

  recordings[0] = self->vision.commands;
  recordings[1] = encoding.commands;
  monocle_cross_decoder_get_recordings (self->decoder, recordings + 2);
  return monocle_vk_compile (recordings, G_N_ELEMENTS (recordings), cancellable, progress,
                             user_data, error);
}

gboolean
monocle_florence2_prompts_encode (MonocleFlorence2 *self,
                                  const MonocleTensor *image,
                                  const MonocleFlorence2Prompts *prompts,
                                  guint n_beams,
                                  guint n_candidates,
                                  GCancellable *cancellable,
                                  MonocleTensor *states,
                                  GError **error)
{
  g_auto (Encoding) encoding = { NULL };

  if (!encoding_record (&encoding, self, image, prompts, n_beams, n_candidates,
                        states ? MONOCLE_PLAN_KEEP_NAMED : MONOCLE_PLAN_DEFAULT, error)
      || !encoding_upload (&encoding, encoding.ids, prompts->ids, error)
      || !encoding_upload (&encoding, encoding.lengths, prompts->lengths, error)
      || !monocle_commands_submit (encoding.commands, cancellable, NULL, NULL, error))
    return FALSE;

  monocle_cross_decoder_start (self->decoder, prompts->lengths);
  if (states)
    *states = monocle_plan_get_tensor (encoding.plan, encoding.states);
  return TRUE;
}
