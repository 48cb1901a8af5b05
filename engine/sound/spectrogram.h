/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sound as a picture: how loud each of 128 pitches is at each of 256 times, of about four seconds.
 * A pure function of samples; who has a file reads them first.
 */
#pragma once

#include "engine/sound/sound.h"

G_BEGIN_DECLS

/* Samples a second; of one part; times and pitches of its picture. */
#define MONOCLE_SPECTROGRAM_RATE    MONOCLE_SOUND_RATE
#define MONOCLE_SPECTROGRAM_SAMPLES MONOCLE_SOUND_MOST_HEARD
#define MONOCLE_SPECTROGRAM_N_TIMES 256
#define MONOCLE_SPECTROGRAM_N_MELS  128

/**
 * monocle_spectrogram_count_parts:
 * @n_samples: mono, at %MONOCLE_SPECTROGRAM_RATE
 *
 * The last part counts if more than half of it, and a tenth of a second, is there; the first one
 * does if there is anything.
 *
 * Returns: parts of %MONOCLE_SPECTROGRAM_SAMPLES
 */
guint monocle_spectrogram_count_parts (gsize n_samples);

/**
 * monocle_spectrogram_make:
 * @samples: (array length=n_samples): from -1 to 1; what is no number is silence
 * @n_samples: all that there are
 * @part: which one; what it lacks at its end is silence
 * @picture: (out caller-allocates): normalised as the model wants it
 * @is_heard: (out caller-allocates) (array) (nullable): [times]: 0 where there is nothing but
 *   silence, which the model is not shown; of a patch its middle counts
 *
 * Power in 128 bands of the Slaney scale, each of area 1, up to half the rate; of windows of 1024
 * samples, 256 apart, the ends mirrored. Its logarithm between 1e-5 and 1e5; 0 stays 0. Then
 * (v + 4.26) / 9.14.
 *
 * Shapes: @picture [256 times, 128 mels].
 * Source: allenai/unified-io-2.pytorch, audio_utils.py and preprocessing.py; the bands: Slaney,
 * Auditory Toolbox 2 (1998), as librosa has them.
 */
void monocle_spectrogram_make (
    const float *samples, gsize n_samples, guint part, float *picture, guint8 *is_heard);

G_END_DECLS
