/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-stages.h"
#include "engine/models/parts/stages.h"
#include "engine/models/qwen3vl/private.h"

/* The rows, and those of each layer: [1 + n_deep, tokens, channels]. */
static gboolean
write_rows (const MonocleQwen3vl *self,
            const MonocleQwen3vlSeen *seen,
            const char *directory,
            GError **error)
{
  const guint n = (1 + self->config.n_deep) * seen->n_rows * seen->n_columns;
  const MonocleTensor rows = { .n_dims = 2,
                               .dims = { n, self->config.text.channels },
                               .format = MONOCLE_FORMAT_F32,
                               .buffer = seen->buffer };

  return monocle_causal_write_rows (&rows, "image_embeds.npy", directory, error);
}

static gboolean
write_stages (MonocleQwen3vl *self,
              const MonocleQwen3vlSeen *seen,
              const char *prompt,
              const guint32 *ids,
              guint n_ids,
              const char *directory,
              GCancellable *cancellable,
              GError **error)
{
  const MonocleCausalConfig *text = &self->config.text;
  const MonocleCausalDecoderSize size = { .n_questions = 1, .n_beams = 1, .n_candidates = 1 };
  g_autoptr (GArray) beginning
      = monocle_qwen3vl_write_beginning (self, seen->n_rows * seen->n_columns);
  g_autoptr (GArray) question = monocle_qwen3vl_asking.write_question (self, prompt);
  g_autoptr (GArray) all = g_array_copy (beginning);
  const MonocleCausalSubject subject = { seen->look, seen, beginning };
  guint32 last = g_array_index (question, guint32, question->len - 1);

  g_array_append_vals (all, question->data, question->len);
  return monocle_causal_check_ids (text, all->len, ids, n_ids, error)
         && write_rows (self, seen, directory, error)
         && monocle_causal_write_ids (text, all, self->image_id, directory, error)
         && monocle_causal_asker_begin (&self->asker, &subject, &question, &size, cancellable,
                                        error)
         && monocle_causal_write_logits (self->asker.decoder, text, last, ids, n_ids, directory,
                                         cancellable, error);
}

gboolean
monocle_qwen3vl_inspect (gpointer model,
                         MonocleImage *image,
                         const char *prompt,
                         const guint32 *decoder_ids,
                         guint n_decoder_ids,
                         const char *directory,
                         GCancellable *cancellable,
                         GError **error)
{
  MonocleQwen3vl *self = model;
  MonocleFamilyTiming timing = { 0 };
  g_autofree float *planes = NULL;
  MonocleQwen3vlSeen *seen
      = monocle_qwen3vl_look (self, image, cancellable, NULL, NULL, &timing, &planes, error);
  const guint side = self->pixels.side;
  gboolean done = seen
                  && monocle_stage_write (
                      directory, "pixel_values.npy",
                      (const guint64[]){ 1, 3, seen->n_rows * side, seen->n_columns * side }, 4,
                      planes, error)
                  && write_stages (self, seen, prompt, decoder_ids, n_decoder_ids, directory,
                                   cancellable, error);

  monocle_qwen3vl_discard (self, seen);
  return done;
}
