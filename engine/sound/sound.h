/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sound that a model is asked about: samples of one channel, which nobody changes any more.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Samples a second; how many of them a model hears, from the first one on. */
#define MONOCLE_SOUND_RATE       16000
#define MONOCLE_SOUND_MOST_HEARD 65280
#define MONOCLE_SOUND_SECONDS    ((double) MONOCLE_SOUND_MOST_HEARD / MONOCLE_SOUND_RATE)

typedef struct _MonocleSound MonocleSound;

/**
 * monocle_sound_new_take:
 * @samples: (transfer full) (array length=n_samples): from -1 to 1, of g_malloc(); what is no
 * number is silence
 * @n_samples: at least 1
 *
 * Returns: (transfer full): a sound; more than a model hears is kept, and not heard
 */
MonocleSound *monocle_sound_new_take (float *samples, gsize n_samples);
MonocleSound *monocle_sound_ref (MonocleSound *self);
void monocle_sound_unref (MonocleSound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleSound, monocle_sound_unref)

const float *monocle_sound_get_samples (const MonocleSound *self, gsize *n_samples);
double monocle_sound_get_seconds (const MonocleSound *self);

G_END_DECLS
