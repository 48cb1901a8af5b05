/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference. A prompt that wants a picture is
 * answered by ids of one.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include "engine/models/parts/stages.h"

/* Asked as it stands, about an image. */
typedef struct
{
  MonocleUnifiedio2 *model;
  MonocleUnifiedio2Writing *writing;
  const MonocleUnifiedio2Seen *seen;
  const guint32 *ids;
  guint n_ids, n_words;
  const char *directory;
  GCancellable *cancellable;
} Inspection;

static gboolean
write_stages (const Inspection *self, const float *patches, const char *prompt, GError **error)
{
  MonocleCrossAsker *asker = &self->writing->asker;
  const MonocleUnifiedio2Seen *seen = self->seen;
  const guint64 pixels[] = { 1, seen->n, self->model->config.image.patch };
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  const MonocleCrossStages stages
      = { seen->n > 0 ? &seen->rows : NULL, &prompts, self->ids, self->n_ids, self->n_words };

  monocle_unifiedio2_writing_show (self->writing, seen);
  return monocle_cross_check_ids (self->ids, self->n_ids, self->writing->angles.dims[0],
                                  self->n_words, error)
         && monocle_stage_write (self->directory, "pixel_values.npy", pixels, G_N_ELEMENTS (pixels),
                                 patches, error)
         && (seen->n == 0
             || monocle_stage_write_rows (self->directory, "image_embeds.npy", &seen->rows, seen->n,
                                          error))
         && monocle_cross_asker_read (asker, &prompt, 1, &prompts, error)
         && monocle_cross_asker_write_stages (asker, &stages, self->directory, self->cancellable,
                                              error);
}

gboolean
monocle_unifiedio2_inspect (gpointer model,
                            MonocleImage *image,
                            const char *prompt,
                            const guint32 *decoder_ids,
                            guint n_decoder_ids,
                            const char *directory,
                            GCancellable *cancellable,
                            GError **error)
{
  MonocleUnifiedio2 *self = model;
  const MonocleUnifiedio2Kind kind = g_str_has_prefix (prompt, monocle_unifiedio2_for_picture)
                                         ? MONOCLE_UNIFIEDIO2_PICTURE
                                         : MONOCLE_UNIFIEDIO2_TEXT;
  MonocleFamilyTiming timing = { 0 };
  g_autofree float *patches = NULL;
  MonocleUnifiedio2Seen *seen
      = monocle_unifiedio2_see (self, image, cancellable, NULL, NULL, &timing, &patches, error);
  const Inspection inspection = {
    .model = self,
    .writing = &self->writings[kind],
    .seen = seen,
    .ids = decoder_ids,
    .n_ids = n_decoder_ids,
    .n_words = kind == MONOCLE_UNIFIEDIO2_PICTURE ? self->config.n_pieces : self->config.n_words,
    .directory = directory,
    .cancellable = cancellable,
  };
  const gboolean done = seen && write_stages (&inspection, patches, prompt, error);

  monocle_unifiedio2_writing_show (inspection.writing, NULL);
  monocle_unifiedio2_discard (self, seen);
  return done;
}
