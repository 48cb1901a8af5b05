/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference.
 */
#include "config.h"

#include "engine/base/error.h"
#include "engine/models/paligemma/private.h"
#include "engine/models/parts/stages.h"

static gboolean
write_pixels (const MonoclePaligemma *self,
              const char *directory,
              const float *planes,
              GError **error)
{
  const guint64 dims[] = { 1, 3, self->config.side, self->config.side };

  return monocle_stage_write (directory, "pixel_values.npy", dims, G_N_ELEMENTS (dims), planes,
                              error);
}

static gboolean
write_rows (const MonocleTensor *rows, const char *name, const char *directory, GError **error)
{
  const guint64 dims[] = { 1, rows->dims[0], rows->dims[1] };
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (rows));

  return monocle_tensor_read (rows, values, error)
         && monocle_stage_write (directory, name, dims, G_N_ELEMENTS (dims), values, error);
}

/* As the reference spells it: each row of the picture by the same token. */
static gboolean
write_ids (const MonoclePaligemma *self,
           const GArray *question,
           const char *directory,
           GError **error)
{
  g_autoptr (GArray) ids = g_array_copy ((GArray *) question);

  for (guint i = 0; i < self->config.n_seen; i++)
    g_array_index (ids, guint32, i) = self->config.image_id;
  return monocle_stage_write_ids (directory, (const guint32 *) ids->data, ids->len, error);
}

/* What comes after the question, and after each of the given ids. */
static gboolean
write_logits (MonoclePaligemma *self,
              guint32 last,
              const guint32 *ids,
              guint n,
              const char *directory,
              GCancellable *cancellable,
              GError **error)
{
  guint n_words = self->config.text.n_words;
  g_autofree float *logits = g_new (float, (gsize) (n + 1) * n_words);
  const guint64 dims[] = { 1, n + 1, n_words };
  const guint32 source = 0;
  MonocleCandidate candidate;

  for (guint i = 0; i < n + 1; i++)
    {
      const MonocleDecoderStep step = { .tokens = i > 0 ? &ids[i - 1] : &last, .sources = &source };

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !monocle_causal_decoder_step (self->decoder, &step, &candidate, error)
          || !monocle_causal_decoder_read_logits (self->decoder, logits + (gsize) i * n_words,
                                                  error))
        return FALSE;
    }
  return monocle_stage_write (directory, "logits.npy", dims, G_N_ELEMENTS (dims), logits, error);
}

static gboolean
check_ids (
    const MonoclePaligemma *self, guint n_prompt, const guint32 *ids, guint n, GError **error)
{
  const MonocleCausalConfig *text = &self->config.text;

  if (n_prompt + n > text->n_positions)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%u tokens with the picture's, the model takes %u", n_prompt + n,
                   text->n_positions);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    if (ids[i] >= text->n_words)
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "Decoder id %u is outside the vocabulary of %u", ids[i], text->n_words);
        return FALSE;
      }
  return TRUE;
}

static gboolean
write_stages (MonoclePaligemma *self,
              const MonoclePaligemmaSeen *seen,
              const float *planes,
              const char *prompt,
              const guint32 *ids,
              guint n_ids,
              const char *directory,
              GCancellable *cancellable,
              GError **error)
{
  const MonocleCausalDecoderSize size = { .n_questions = 1, .n_beams = 1, .n_candidates = 1 };
  g_autoptr (GArray) question = monocle_paligemma_write_question (self, prompt);
  guint32 last = g_array_index (question, guint32, question->len - 1);

  return check_ids (self, question->len, ids, n_ids, error)
         && write_pixels (self, directory, planes, error)
         && write_rows (&self->picture_tokens, "vision_features.npy", directory, error)
         && write_rows (&seen->rows, "image_embeds.npy", directory, error)
         && write_ids (self, question, directory, error)
         && monocle_paligemma_begin (self, seen, question, &size, cancellable, error)
         && write_logits (self, last, ids, n_ids, directory, cancellable, error);
}

gboolean
monocle_paligemma_inspect (gpointer model,
                           MonocleImage *image,
                           const char *prompt,
                           const guint32 *decoder_ids,
                           guint n_decoder_ids,
                           const char *directory,
                           GCancellable *cancellable,
                           GError **error)
{
  MonoclePaligemma *self = model;
  MonocleFamilyTiming timing = { 0 };
  g_autofree float *planes = NULL;
  MonoclePaligemmaSeen *seen
      = monocle_paligemma_look (self, image, cancellable, NULL, NULL, &timing, &planes, error);
  gboolean done = seen
                  && write_stages (self, seen, planes, prompt, decoder_ids, n_decoder_ids,
                                   directory, cancellable, error);

  monocle_paligemma_discard (self, seen);
  return done;
}
