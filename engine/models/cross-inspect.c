/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/error.h"
#include "engine/models/cross-asking.h"
#include "engine/models/parts/stages.h"

gboolean
monocle_cross_check_ids (const guint32 *ids, guint n, guint most, guint n_words, GError **error)
{
  if (n <= most)
    return monocle_stage_check_ids (ids, n, n_words, error);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "%u decoder ids, the model takes %u", n, most);
  return FALSE;
}

/* Teacher forcing: one step for each given id. */
static gboolean
write_logits (MonocleCrossAsker *self,
              const MonocleCrossStages *stages,
              const char *directory,
              GCancellable *cancellable,
              GError **error)
{
  const guint64 dims[] = { 1, stages->n_ids, stages->n_words };
  g_autofree float *logits = g_new (float, (gsize) stages->n_ids * stages->n_words);

  return monocle_cross_asker_feed (self, stages->ids, stages->n_ids, stages->n_words, cancellable,
                                   logits, error)
         && monocle_stage_write (directory, "logits.npy", dims, G_N_ELEMENTS (dims), logits, error);
}

gboolean
monocle_cross_asker_write_stages (MonocleCrossAsker *self,
                                  const MonocleCrossStages *stages,
                                  const char *directory,
                                  GCancellable *cancellable,
                                  GError **error)
{
  const MonocleCrossDecoderSize one = { .n_beams = 1, .n_candidates = 1 };
  const guint length = stages->prompts->lengths[0];
  MonocleTensor states;

  return monocle_cross_asker_encode (self, stages->image, stages->prompts, &one, cancellable,
                                     MONOCLE_CROSS_STATES, &states, error)
         && monocle_stage_write_ids (directory, stages->prompts->ids, length - self->n_image, error)
         && monocle_stage_write_rows (directory, MONOCLE_CROSS_STATES ".npy", &states, length,
                                      error)
         && write_logits (self, stages, directory, cancellable, error);
}
