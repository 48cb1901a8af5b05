/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

#include "engine/base/error.h"
#include "engine/models/parts/stages.h"

/* The first @rows rows of a tensor, as (1, rows, C). */
static gboolean
write_tensor (const char *directory,
              const char *name,
              const MonocleTensor *tensor,
              guint rows,
              GError **error)
{
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (tensor));
  const guint64 dims[] = { 1, rows, monocle_tensor_get_columns (tensor) };

  return monocle_tensor_read (tensor, values, error)
         && monocle_stage_write (directory, name, dims, G_N_ELEMENTS (dims), values, error);
}

static gboolean
check_decoder_ids (const MonocleOfa *self, const guint32 *ids, guint n, GError **error)
{
  if (n > self->config.n_positions)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%u decoder ids, the model takes %u", n, self->config.n_positions);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    if (ids[i] >= self->config.n_words)
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "Decoder id %u is outside the vocabulary of %u", ids[i], self->config.n_words);
        return FALSE;
      }
  return TRUE;
}

/* Teacher forcing: one step for each given id. */
static gboolean
write_logits (MonocleOfa *self,
              const char *directory,
              const guint32 *ids,
              guint n,
              GCancellable *cancellable,
              GError **error)
{
  const guint n_words = self->config.n_words;
  g_autofree float *logits = g_new (float, (gsize) n *n_words);
  const guint64 dims[] = { 1, n, n_words };

  return monocle_cross_asker_feed (&self->asker, ids, n, n_words, cancellable, logits, error)
         && monocle_stage_write (directory, "logits.npy", dims, G_N_ELEMENTS (dims), logits, error);
}

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
  const guint n_image = self->rows * self->columns;
  const MonocleCrossDecoderSize one = { .n_beams = 1, .n_candidates = 1 };
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  MonocleTensor states;

  return check_decoder_ids (self, ids, n_ids, error)
         && monocle_cross_asker_read (&self->asker, &prompt, 1, &prompts, error)
         && monocle_stage_write (directory, "pixel_values.npy", pixels, G_N_ELEMENTS (pixels),
                                 planes, error)
         && write_tensor (directory, "image_embeds.npy", &seen->rows, n_image, error)
         && monocle_cross_asker_encode (&self->asker, &seen->rows, &prompts, &one, cancellable,
                                        MONOCLE_CROSS_STATES, &states, error)
         && monocle_stage_write_ids (directory, prompts.ids, prompts.lengths[0] - n_image, error)
         && write_tensor (directory, "encoder_states.npy", &states, prompts.lengths[0], error)
         && write_logits (self, directory, ids, n_ids, cancellable, error);
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
