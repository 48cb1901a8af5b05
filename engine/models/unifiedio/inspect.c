/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference. Ids that begin a picture have the
 * places of one.
 */
#include "config.h"

#include "engine/models/unifiedio/private.h"

#include "engine/models/parts/stages.h"

/* Asked as it stands, about an image. */
typedef struct
{
  MonocleUnifiedio *model;
  MonocleUnifiedioWriting *writing;
  const MonocleUnifiedioSeen *seen;
  const guint32 *ids;
  guint n_ids;
  const char *directory;
  GCancellable *cancellable;
} Inspection;

static MonocleUnifiedioWriting *
choose_writing (MonocleUnifiedio *self, const guint32 *ids, guint n)
{
  return &self->writings[n > 1 && ids[1] == self->tokens.picture ? MONOCLE_UNIFIEDIO_PICTURE
                                                                 : MONOCLE_UNIFIEDIO_TEXT];
}

static gboolean
write_stages (const Inspection *self, const char *prompt, GError **error)
{
  MonocleUnifiedio *model = self->model;
  MonocleCrossAsker *asker = &self->writing->asker;
  const MonocleUnifiedioSeen *seen = self->seen;
  const guint64 pixels[] = { 1, seen->n, MONOCLE_UNIFIEDIO_PATCH };
  const guint n_all = model->config.n_words + model->config.n_codes;
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  const MonocleCrossStages stages = { &model->patches, &prompts, self->ids, self->n_ids, n_all };

  return monocle_cross_check_ids (self->ids, self->n_ids, self->writing->known.keys.dims[0], n_all,
                                  error)
         && monocle_stage_write (self->directory, "pixel_values.npy", pixels, G_N_ELEMENTS (pixels),
                                 seen->patches, error)
         && monocle_unifiedio_show (model, self->writing, seen, NULL, error)
         && monocle_cross_asker_read (asker, &prompt, 1, &prompts, error)
         && monocle_cross_asker_write_stages (asker, &stages, self->directory, self->cancellable,
                                              error);
}

gboolean
monocle_unifiedio_inspect (gpointer model,
                           MonocleImage *image,
                           const char *prompt,
                           const guint32 *decoder_ids,
                           guint n_decoder_ids,
                           const char *directory,
                           GCancellable *cancellable,
                           GError **error)
{
  MonocleUnifiedio *self = model;
  MonocleFamilyTiming timing = { 0 };
  MonocleUnifiedioSeen *seen
      = monocle_unifiedio_prepare (self, image, cancellable, NULL, NULL, &timing, error);
  const Inspection inspection = {
    .model = self,
    .writing = choose_writing (self, decoder_ids, n_decoder_ids),
    .seen = seen,
    .ids = decoder_ids,
    .n_ids = n_decoder_ids,
    .directory = directory,
    .cancellable = cancellable,
  };
  const gboolean done = seen && write_stages (&inspection, prompt, error);

  monocle_unifiedio_discard (self, seen);
  return done;
}
