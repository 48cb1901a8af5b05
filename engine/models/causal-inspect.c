/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/causal-asking.h"
#include "engine/models/parts/causal-stages.h"
#include "engine/models/parts/stages.h"

gboolean
monocle_causal_asker_write_stages (MonocleCausalAsker *self,
                                   const MonocleCausalSubject *subject,
                                   const MonocleCausalStages *stages,
                                   const char *directory,
                                   GCancellable *cancellable,
                                   GError **error)
{
  const MonocleCausalConfig *text = &self->causal->config;
  const MonocleCausalDecoderSize size = { .n_questions = 1, .n_beams = 1, .n_candidates = 1 };
  g_autoptr (GArray) question = self->verbs->write_question (self->model, stages->prompt);
  g_autoptr (GArray) all = g_array_copy ((GArray *) subject->beginning);
  const guint32 last = g_array_index (question, guint32, question->len - 1);

  g_array_append_vals (all, question->data, question->len);
  return monocle_causal_check_ids (text, all->len, stages->ids, stages->n_ids, error)
         && monocle_stage_write (directory, "pixel_values.npy", stages->dims,
                                 G_N_ELEMENTS (stages->dims), stages->planes, error)
         && monocle_stage_write_rows (directory, "image_embeds.npy", &stages->rows,
                                      stages->rows.dims[0], error)
         && monocle_causal_write_ids (text, all, stages->image_id, directory, error)
         && monocle_causal_asker_begin (self, subject, &question, &size, cancellable, error)
         && monocle_causal_write_logits (self->decoder, text, last, stages->ids, stages->n_ids,
                                         directory, cancellable, error);
}
