/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/private.h"

#include "engine/base/error.h"
#include "engine/models/parts/bart-encoder.h"
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

typedef struct
{
  MonocleTensor ids, lengths, states;
} EncoderTensors;

/* The encoder's work for some prompts, with the decoder behind it. */
typedef struct
{
  MonocleCommands *commands;
  EncoderTensors tensors;
} Encoding;

static void
encoding_clear (Encoding *encoding)
{
  g_clear_pointer (&encoding->commands, monocle_commands_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Encoding, encoding_clear)

static EncoderTensors
record_encoder (MonocleFlorence2 *self,
                MonocleCommands *commands,
                MonocleArena *arena,
                const MonocleTensor *image,
                const MonocleFlorence2Prompts *prompts)
{
  EncoderTensors tensors;

  tensors.ids = monocle_arena_alloc_2d (arena, "ids", MONOCLE_FORMAT_U32, prompts->n_prompts,
                                        prompts->stride);
  tensors.lengths
      = monocle_arena_alloc_1d (arena, "lengths", MONOCLE_FORMAT_U32, prompts->n_prompts);
  tensors.states = monocle_bart_encoder_record (self->bart, commands, arena, image, &tensors.ids,
                                                &tensors.lengths, prompts->n_rows);

  return tensors;
}

static gboolean
ensure_text_buffer (MonocleFlorence2 *self, guint64 size, GError **error)
{
  if (self->text_buffer && self->text_buffer->size >= size)
    return TRUE;

  g_clear_pointer (&self->text_buffer, monocle_vk_buffer_free);
  self->text_buffer
      = monocle_vk_buffer_new (self->gpu, size, MONOCLE_VK_USE_DEVICE, "text activations", error);
  return self->text_buffer != NULL;
}

static gboolean
ensure_decoder (MonocleFlorence2 *self, const MonocleBartDecoderSize *size, GError **error)
{
  if (self->decoder && monocle_bart_decoder_has_size (self->decoder, size))
    return TRUE;

  g_clear_pointer (&self->decoder, monocle_bart_decoder_free);
  self->decoder = monocle_bart_decoder_new (self->bart, self->gpu, self->format, size, error);
  return self->decoder != NULL;
}

static gboolean
encoding_record (Encoding *encoding,
                 MonocleFlorence2 *self,
                 const MonocleTensor *image,
                 const MonocleFlorence2Prompts *prompts,
                 guint n_beams,
                 guint n_candidates,
                 GError **error)
{
  const MonocleBartDecoderSize size = { .n_prompts = prompts->n_prompts,
                                        .n_beams = n_beams,
                                        .n_states = prompts->n_rows,
                                        .n_candidates = n_candidates };
  MonocleArena arena = MONOCLE_ARENA_MEASURE;

  record_encoder (self, NULL, &arena, image, prompts);
  if (!ensure_text_buffer (self, monocle_arena_get_peak_bytes (&arena), error)
      || !ensure_decoder (self, &size, error))
    return FALSE;

  encoding->commands = monocle_commands_new (self->gpu, "text encoder");
  monocle_arena_init (&arena, self->text_buffer);
  encoding->tensors = record_encoder (self, encoding->commands, &arena, image, prompts);
  monocle_bart_decoder_record_states (self->decoder, encoding->commands, &encoding->tensors.states);
  return TRUE;
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

  if (!encoding_record (&encoding, self, &self->vision.image, prompts, n_beams, n_candidates, error))
    return FALSE;

  recordings[0] = self->vision.commands;
  recordings[1] = encoding.commands;
  monocle_bart_decoder_get_recordings (self->decoder, recordings + 2);
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
  const EncoderTensors *tensors = &encoding.tensors;

  if (!encoding_record (&encoding, self, image, prompts, n_beams, n_candidates, error)
      || !monocle_vk_upload (self->text_buffer, tensors->ids.offset, prompts->ids,
                             monocle_tensor_get_size_bytes (&tensors->ids), error)
      || !monocle_vk_upload (self->text_buffer, tensors->lengths.offset, prompts->lengths,
                             monocle_tensor_get_size_bytes (&tensors->lengths), error)
      || !monocle_commands_submit (encoding.commands, cancellable, NULL, NULL, error))
    return FALSE;

  monocle_florence2_log_timing (monocle_commands_describe_timing (encoding.commands));
  monocle_bart_decoder_start (self->decoder, prompts->lengths);
  if (states)
    *states = tensors->states;
  return TRUE;
}
