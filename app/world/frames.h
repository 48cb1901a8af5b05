/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames of a person's own: those of a film, the pictures of an animation (GIF), of a folder, or
 * those that were chosen, in natural order.
 */
#pragma once

#include <gio/gio.h>

#include "app/media/video.h"

G_BEGIN_DECLS

/* As many are read, the first ones: more than the model follows are of no use. */
#define MONOCLE_WORLD_MOST_FRAMES 24

/* Of a film, a second: what falls through a picture that is as high as a person falls so, frame by
 * frame, as what the model learnt. */
#define MONOCLE_WORLD_RATE 30

/**
 * MonocleWorldPick:
 * @from: where it begins, in seconds
 * @rate: frames a second, at most
 *
 * What is looked at of a film; of other frames the first ones are.
 */
typedef struct
{
  double from, rate;
} MonocleWorldPick;

/**
 * monocle_world_frames_read:
 * @files: (element-type GFile): one film, one animation, one folder, or pictures
 * @pick: what is wanted if it is a film
 * @film: (out caller-allocates): what film it is
 * @is_film: (out): whether it is one
 * @cancellable: (nullable)
 * @error: return location
 *
 * In the calling thread, which is not the main one. Large pictures are made smaller.
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_REQUEST in words for the person; those of pictures and films.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleImage): at least 3, of one size
 */
GPtrArray *monocle_world_frames_read (GPtrArray *files,
                                      const MonocleWorldPick *pick,
                                      MonocleVideoInfo *film,
                                      gboolean *is_film,
                                      GCancellable *cancellable,
                                      GError **error);

G_END_DECLS
