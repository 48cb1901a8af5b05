/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-stages.h"

#include "engine/base/error.h"
#include "engine/models/parts/stages.h"

gboolean
monocle_causal_check_ids (
    const MonocleCausalConfig *config, guint n_prompt, const guint32 *ids, guint n, GError **error)
{
  if (n_prompt + n > config->n_positions)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%u tokens with the picture's, the model takes %u", n_prompt + n,
                   config->n_positions);
      return FALSE;
    }
  return monocle_stage_check_ids (ids, n, config->n_words, error);
}

gboolean
monocle_causal_write_ids (const MonocleCausalConfig *config,
                          const GArray *ids,
                          guint32 image_id,
                          const char *directory,
                          GError **error)
{
  g_autoptr (GArray) spelt = g_array_copy ((GArray *) ids);

  for (guint i = 0; i < spelt->len; i++)
    if (g_array_index (spelt, guint32, i) >= config->n_words)
      g_array_index (spelt, guint32, i) = image_id;
  return monocle_stage_write_ids (directory, (const guint32 *) spelt->data, spelt->len, error);
}

gboolean
monocle_causal_write_logits (MonocleCausalDecoder *decoder,
                             const MonocleCausalConfig *config,
                             guint32 last,
                             const guint32 *ids,
                             guint n,
                             const char *directory,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autofree float *logits = g_new (float, (gsize) (n + 1) * config->n_words);
  const guint64 dims[] = { 1, n + 1, config->n_words };
  const guint32 source = 0;
  MonocleCandidate candidate;

  for (guint i = 0; i < n + 1; i++)
    {
      const MonocleDecoderStep step = { .tokens = i > 0 ? &ids[i - 1] : &last, .sources = &source };

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !monocle_causal_decoder_step (decoder, &step, &candidate, error)
          || !monocle_causal_decoder_read_logits (decoder, logits + (gsize) i * config->n_words,
                                                  error))
        return FALSE;
    }
  return monocle_stage_write (directory, "logits.npy", dims, G_N_ELEMENTS (dims), logits, error);
}
