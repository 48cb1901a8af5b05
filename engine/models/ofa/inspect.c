/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

#include "engine/models/parts/stages.h"

static gboolean
write_stages (MonocleOfa *self,
              const MonocleSeen *seen,
              const float *planes,
              const char *prompt,
              const guint32 *ids,
              guint n_ids,
              const char *directory,
              GCancellable *cancellable,
              GError **error)
{
  const guint64 pixels[] = { 1, 3, self->pixels.height, self->pixels.width };
  const guint n_words = self->config.n_words;
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  const MonocleCrossStages stages = { &seen->rows, &prompts, ids, n_ids, n_words };

  return monocle_cross_check_ids (ids, n_ids, self->config.n_positions, n_words, error)
         && monocle_cross_asker_read (&self->asker, &prompt, 1, &prompts, error)
         && monocle_stage_write (directory, "pixel_values.npy", pixels, G_N_ELEMENTS (pixels),
                                 planes, error)
         && monocle_stage_write_rows (directory, "image_embeds.npy", &seen->rows,
                                      self->asker.n_image, error)
         && monocle_cross_asker_write_stages (&self->asker, &stages, directory, cancellable, error);
}

gboolean
monocle_ofa_inspect (gpointer model,
                     MonocleImage *image,
                     const char *prompt,
                     const guint32 *decoder_ids,
                     guint n_decoder_ids,
                     const char *directory,
                     GCancellable *cancellable,
                     GError **error)
{
  MonocleOfa *self = model;
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
