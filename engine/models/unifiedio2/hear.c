/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sound to rows that the encoder reads, behind those of a picture where there is one. Of its
 * spectrogram, times by pitches, those patches count in the middle of which there is something to
 * be heard.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/sound/spectrogram.h"

#define N_TIMES MONOCLE_SPECTROGRAM_N_TIMES
#define N_MELS  MONOCLE_SPECTROGRAM_N_MELS

gboolean
monocle_unifiedio2_can_hear (const MonocleUnifiedio2Config *config)
{
  const MonocleUnifiedio2Tower *tower = &config->audio;

  return tower->rows * tower->side == N_TIMES && tower->columns * tower->side == N_MELS;
}

/* @places: (out caller-allocates) (array): as many as there are. Returns: how many */
static guint
list_heard (const MonocleUnifiedio2Tower *tower, const guint8 *is_heard, guint32 *places)
{
  guint n = 0;

  for (guint i = 0; i < tower->rows * tower->columns; i++)
    if (is_heard[i / tower->columns * tower->side + tower->side / 2])
      places[n++] = i;
  return n;
}

/* Times go down, pitches across. @patches: (out caller-allocates): [all, numbers of a patch], those
 * that count first */
static void
cut (const MonocleUnifiedio2Tower *tower,
     const float *picture,
     const guint32 *places,
     guint n,
     float *patches)
{
  for (guint i = 0; i < n; i++)
    {
      const guint time = places[i] / tower->columns * tower->side;
      const guint mel = places[i] % tower->columns * tower->side;

      for (guint k = 0; k < tower->side; k++)
        memcpy (patches + (gsize) i * tower->patch + (gsize) k * tower->side,
                picture + (gsize) (time + k) * N_MELS + mel, tower->side * sizeof *patches);
    }
}

/* @places: (out caller-allocates) (array). @picture: (out caller-allocates) (array). Returns: how
 * many patches there are to be heard */
static guint
listen (const MonocleUnifiedio2Config *config,
        const MonocleSound *sound,
        guint32 *places,
        float *picture)
{
  guint8 is_heard[N_TIMES];
  gsize n;
  const float *samples = monocle_sound_get_samples (sound, &n);

  monocle_spectrogram_make (samples, n, 0, picture, is_heard);
  return list_heard (&config->audio, is_heard, places);
}

guint
monocle_unifiedio2_count_heard (const MonocleUnifiedio2Config *config, const MonocleSound *sound)
{
  const guint n = monocle_unifiedio2_count_patches (config, MONOCLE_UNIFIEDIO2_AUDIO);
  g_autofree guint32 *places = g_new (guint32, n);
  g_autofree float *picture = g_new (float, N_TIMES *N_MELS);

  return sound && config->hears ? listen (config, sound, places, picture) : n;
}

MonocleUnifiedio2Seen *
monocle_unifiedio2_hear (MonocleUnifiedio2 *self,
                         const MonocleSound *sound,
                         const MonocleUnifiedio2Seen *before,
                         GCancellable *cancellable,
                         GError **error)
{
  const MonocleUnifiedio2Config *config = &self->config;
  const guint n_all = monocle_unifiedio2_count_patches (config, MONOCLE_UNIFIEDIO2_AUDIO);
  g_autofree guint32 *places = g_new (guint32, n_all);
  g_autofree float *picture = g_new (float, N_TIMES *N_MELS);
  g_autofree float *patches = g_new0 (float, (gsize) n_all * config->audio.patch);
  MonocleUnifiedio2Sensed sensed = {
    .sense = MONOCLE_UNIFIEDIO2_AUDIO, .places = places, .patches = patches, .before = before
  };

  if (!config->hears)
    {
      g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                           "The model's files have nothing that hears");
      return NULL;
    }
  sensed.n = listen (config, sound, places, picture);
  if (sensed.n == 0)
    {
      g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                           "There is nothing to be heard but silence");
      return NULL;
    }
  cut (&config->audio, picture, places, sensed.n, patches);
  return monocle_unifiedio2_sense (self, &sensed, cancellable, NULL, NULL, error);
}
