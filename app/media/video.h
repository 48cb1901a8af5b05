/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames of a film.
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* No film is read faster: what falls is well seen so. */
#define MONOCLE_VIDEO_MOST_RATE 120

/**
 * MonocleVideoPart:
 * @from: where it begins, in seconds
 * @rate: frames a second, at most; of a film with more of them every second, third .. one
 * @most_frames: how many there are at most
 * @most_side: how wide and high they are at most, in pixels
 *
 * What is wanted of a film.
 */
typedef struct
{
  double from, rate;
  guint most_frames, most_side;
} MonocleVideoPart;

/**
 * MonocleVideoInfo:
 * @duration: in seconds; 0: nobody knows
 * @rate: frames a second that were taken; 0: they come as they like
 */
typedef struct
{
  double duration, rate;
} MonocleVideoInfo;

/**
 * monocle_video_is_likely:
 * @file: any
 * @cancellable: (nullable)
 *
 * Returns: whether its name and first bytes look like those of a film; of a folder or a pipe they
 * never do
 */
gboolean monocle_video_is_likely (GFile *file, GCancellable *cancellable);

/**
 * monocle_video_read:
 * @file: on this computer
 * @part: what is wanted of it
 * @info: (out caller-allocates): what it is
 * @cancellable: (nullable)
 * @error: return location
 *
 * In the calling thread, which is not the main one. A film that is damaged behind its first frames
 * gives those.
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_PICTURE, %MONOCLE_APP_ERROR_BAD_REQUEST in words for the person;
 * %G_IO_ERROR_CANCELLED; those of files.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleImage): at least one
 */
GPtrArray *monocle_video_read (GFile *file,
                               const MonocleVideoPart *part,
                               MonocleVideoInfo *info,
                               GCancellable *cancellable,
                               GError **error);

G_END_DECLS
