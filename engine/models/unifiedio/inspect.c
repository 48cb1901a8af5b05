/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference. Ids that begin a picture have the
 * places of one.
 */
#include "config.h"

#include "engine/models/unifiedio/private.h"

#include "engine/base/error.h"
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
check_ids (const Inspection *self, GError **error)
{
  const guint most = self->writing->known.keys.dims[0];
  const guint n_all = self->model->config.n_words + self->model->config.n_codes;

  if (self->n_ids > most)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%u decoder ids, the model takes %u", self->n_ids, most);
      return FALSE;
    }
  for (guint i = 0; i < self->n_ids; i++)
    if (self->ids[i] >= n_all)
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "Decoder id %u is outside the vocabulary of %u", self->ids[i], n_all);
        return FALSE;
      }
  return TRUE;
}

/* As (1, rows, columns). */
static gboolean
write_rows (const Inspection *self,
            const char *name,
            guint rows,
            guint columns,
            const float *values,
            GError **error)
{
  const guint64 dims[] = { 1, rows, columns };

  return monocle_stage_write (self->directory, name, dims, G_N_ELEMENTS (dims), values, error);
}

/* Teacher forcing: one step for each given id. */
static gboolean
write_logits (const Inspection *self, GError **error)
{
  const guint n_all = self->model->config.n_words + self->model->config.n_codes;
  g_autofree float *logits = g_new (float, (gsize) self->n_ids *n_all);

  return monocle_cross_asker_feed (&self->writing->asker, self->ids, self->n_ids, n_all,
                                   self->cancellable, logits, error)
         && write_rows (self, "logits.npy", self->n_ids, n_all, logits, error);
}

static gboolean
write_states (const Inspection *self, const char *prompt, GError **error)
{
  MonocleCrossAsker *asker = &self->writing->asker;
  const MonocleCrossDecoderSize one = { .n_beams = 1, .n_candidates = 1 };
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  g_autofree float *values = NULL;
  MonocleTensor states;

  if (!monocle_unifiedio_show (self->model, self->writing, self->seen, NULL, error)
      || !monocle_cross_asker_read (asker, &prompt, 1, &prompts, error)
      || !monocle_cross_asker_encode (asker, &self->model->patches, &prompts, &one,
                                      self->cancellable, MONOCLE_CROSS_STATES, &states, error))
    return FALSE;
  values = g_new (float, monocle_tensor_get_n_elements (&states));
  return monocle_tensor_read (&states, values, error)
         && monocle_stage_write_ids (self->directory, prompts.ids,
                                     prompts.lengths[0] - asker->n_image, error)
         && write_rows (self, "encoder_states.npy", prompts.lengths[0],
                        monocle_tensor_get_columns (&states), values, error);
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
  const gboolean done = seen && check_ids (&inspection, error)
                        && write_rows (&inspection, "pixel_values.npy", seen->n,
                                       MONOCLE_UNIFIEDIO_PATCH, seen->patches, error)
                        && write_states (&inspection, prompt, error)
                        && write_logits (&inspection, error);

  monocle_unifiedio_discard (self, seen);
  return done;
}
