/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sound of a file, of a film too, as a model hears it.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Samples a second. */
#define MONOCLE_SOUND_RATE 16000

/**
 * monocle_sound_read:
 * @file: on this computer
 * @most_samples: the first ones, so many at most
 * @n_samples: (out): how many came
 * @cancellable: (nullable)
 * @error: return location
 *
 * All channels as one. In the calling thread, which is not the main one. A file that is damaged
 * behind its beginning gives what came by then.
 *
 * Errors: as monocle_video_read().
 *
 * Returns: (transfer full) (nullable) (array length=n_samples): from -1 to 1, as a rule; at least
 * one
 */
float *monocle_sound_read (
    GFile *file, gsize most_samples, gsize *n_samples, GCancellable *cancellable, GError **error);

G_END_DECLS
