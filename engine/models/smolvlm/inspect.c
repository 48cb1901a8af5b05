/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/smolvlm/private.h"

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
  g_autoptr (GArray) beginning = NULL;
  gboolean done;

  if (!seen)
    return FALSE;
  beginning = monocle_smolvlm_write_beginning (self, &seen->grid);
  done = monocle_causal_asker_write_stages (&self->asker,
                                            &(MonocleCausalSubject){ seen->look, seen, beginning },
                                            &(MonocleCausalStages){
                                                .planes = planes,
                                                .dims = { monocle_smolvlm_count_views (&seen->grid),
                                                          3, self->config.side, self->config.side },
                                                .rows = seen->rows,
                                                .image_id = self->image_id,
                                                .prompt = prompt,
                                                .ids = decoder_ids,
                                                .n_ids = n_decoder_ids,
                                            },
                                            directory, cancellable, error);
  monocle_smolvlm_discard (self, seen);
  return done;
}
