/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference. A prompt that wants a picture is
 * answered by ids of one.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include "engine/base/error.h"
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
check_ids (const Inspection *self, GError **error)
{
  const guint most = self->writing->angles.dims[0];

  if (self->n_ids > most)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%u decoder ids, the model takes %u", self->n_ids, most);
      return FALSE;
    }
  for (guint i = 0; i < self->n_ids; i++)
    if (self->ids[i] >= self->n_words)
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "Decoder id %u is outside the vocabulary of %u", self->ids[i], self->n_words);
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

static gboolean
write_tensor (const Inspection *self,
              const char *name,
              guint rows,
              const MonocleTensor *tensor,
              GError **error)
{
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (tensor));

  return monocle_tensor_read (tensor, values, error)
         && write_rows (self, name, rows, monocle_tensor_get_columns (tensor), values, error);
}

/* Teacher forcing: one step for each given id. */
static gboolean
write_logits (const Inspection *self, GError **error)
{
  g_autofree float *logits = g_new (float, (gsize) self->n_ids * self->n_words);

  return monocle_cross_asker_feed (&self->writing->asker, self->ids, self->n_ids, self->n_words,
                                   self->cancellable, logits, error)
         && write_rows (self, "logits.npy", self->n_ids, self->n_words, logits, error);
}

static gboolean
write_states (const Inspection *self, const char *prompt, GError **error)
{
  MonocleCrossAsker *asker = &self->writing->asker;
  const MonocleCrossDecoderSize one = { .n_beams = 1, .n_candidates = 1 };
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  MonocleTensor states;

  monocle_unifiedio2_writing_show (self->writing, self->seen);
  return monocle_cross_asker_read (asker, &prompt, 1, &prompts, error)
         && monocle_cross_asker_encode (asker, self->seen->n > 0 ? &self->seen->rows : NULL,
                                        &prompts, &one, self->cancellable, MONOCLE_CROSS_STATES,
                                        &states, error)
         && monocle_stage_write_ids (self->directory, prompts.ids,
                                     prompts.lengths[0] - asker->n_image, error)
         && write_tensor (self, "encoder_states.npy", prompts.lengths[0], &states, error);
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
  const gboolean done
      = seen && check_ids (&inspection, error)
        && write_rows (&inspection, "pixel_values.npy", seen->n, self->config.image.patch, patches,
                       error)
        && (seen->n == 0
            || write_tensor (&inspection, "image_embeds.npy", seen->n, &seen->rows, error))
        && write_states (&inspection, prompt, error) && write_logits (&inspection, error);

  monocle_unifiedio2_writing_show (inspection.writing, NULL);
  monocle_unifiedio2_discard (self, seen);
  return done;
}
