/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference.
 */
#include "config.h"

#include "engine/models/paligemma/private.h"
#include "engine/models/parts/causal-stages.h"
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
write_stages (MonoclePaligemma *self,
              const MonocleSeen *seen,
              const float *planes,
              const char *prompt,
              const guint32 *ids,
              guint n_ids,
              const char *directory,
              GCancellable *cancellable,
              GError **error)
{
  const MonocleCausalConfig *text = &self->config.text;
  const MonocleCausalDecoderSize size = { .n_questions = 1, .n_beams = 1, .n_candidates = 1 };
  g_autoptr (GArray) question = monocle_paligemma_write_question (self, prompt);
  guint32 last = g_array_index (question, guint32, question->len - 1);

  return monocle_causal_check_ids (text, question->len, ids, n_ids, error)
         && write_pixels (self, directory, planes, error)
         && monocle_stage_write_rows (directory, "vision_features.npy", &self->picture_tokens,
                                      self->picture_tokens.dims[0], error)
         && monocle_stage_write_rows (directory, "image_embeds.npy", &seen->rows,
                                      seen->rows.dims[0], error)
         && monocle_causal_write_ids (text, question, self->config.image_id, directory, error)
         && monocle_paligemma_begin (self, seen, question, &size, cancellable, error)
         && monocle_causal_write_logits (self->decoder, text, last, ids, n_ids, directory,
                                         cancellable, error);
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
  MonocleSeen *seen = monocle_sight_look (&self->sight, self->gpu, &self->pixels, image,
                                          cancellable, NULL, NULL, &timing, &planes, error);
  gboolean done = seen
                  && write_stages (self, seen, planes, prompt, decoder_ids, n_decoder_ids,
                                   directory, cancellable, error);

  monocle_seen_discard (self, seen);
  return done;
}
