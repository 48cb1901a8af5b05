/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-stages.h"
#include "engine/models/parts/stages.h"
#include "engine/models/smolvlm/private.h"

static gboolean
write_pixels (const MonocleSmolvlm *self,
              const MonocleSmolvlmSeen *seen,
              const char *directory,
              const float *planes,
              GError **error)
{
  const guint64 dims[]
      = { monocle_smolvlm_count_views (&seen->grid), 3, self->config.side, self->config.side };

  return monocle_stage_write (directory, "pixel_values.npy", dims, G_N_ELEMENTS (dims), planes,
                              error);
}

static gboolean
write_stages (MonocleSmolvlm *self,
              const MonocleSmolvlmSeen *seen,
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
  g_autoptr (GArray) beginning = monocle_smolvlm_write_beginning (self, &seen->grid);
  g_autoptr (GArray) question = monocle_smolvlm_write_question (self, prompt);
  g_autoptr (GArray) all = g_array_copy (beginning);
  const MonocleCausalSubject subject = { seen->look, seen, beginning };
  guint32 last = g_array_index (question, guint32, question->len - 1);

  g_array_append_vals (all, question->data, question->len);
  return monocle_causal_check_ids (text, all->len, ids, n_ids, error)
         && write_pixels (self, seen, directory, planes, error)
         && monocle_causal_write_rows (&seen->rows, "image_embeds.npy", directory, error)
         && monocle_causal_write_ids (text, all, self->image_id, directory, error)
         && monocle_causal_asker_begin (&self->asker, &subject, &question, &size, cancellable,
                                        error)
         && monocle_causal_write_logits (self->asker.decoder, text, last, ids, n_ids, directory,
                                         cancellable, error);
}

gboolean
monocle_smolvlm_inspect (gpointer model,
                         MonocleImage *image,
                         const char *prompt,
                         const guint32 *decoder_ids,
                         guint n_decoder_ids,
                         const char *directory,
                         GCancellable *cancellable,
                         GError **error)
{
  MonocleSmolvlm *self = model;
  MonocleFamilyTiming timing = { 0 };
  g_autofree float *planes = NULL;
  MonocleSmolvlmSeen *seen
      = monocle_smolvlm_look (self, image, cancellable, NULL, NULL, &timing, &planes, error);
  gboolean done = seen
                  && write_stages (self, seen, planes, prompt, decoder_ids, n_decoder_ids,
                                   directory, cancellable, error);

  monocle_smolvlm_discard (self, seen);
  return done;
}
