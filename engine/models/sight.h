/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a picture is looked at where a tower makes rows of it: what is the same of every family that
 * brings all pictures to one size. The rows are kept for all that is asked about it.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/models/parts/recording.h"

G_BEGIN_DECLS

/**
 * MonocleSeen:
 * @buffer: (nullable): holds @rows
 * @rows: [n, D]: what was seen of a picture
 *
 * What a family keeps of a picture; monocle_seen_discard() is for its table.
 */
typedef struct
{
  MonocleVkBuffer *buffer;
  MonocleTensor rows;
} MonocleSeen;

/* (transfer full) (nullable): a copy of @rows */
MonocleSeen *monocle_seen_new (const MonocleTensor *rows, MonocleVkGpu *gpu, GError **error);
void monocle_seen_discard (gpointer model, gpointer seen);

/**
 * MonocleSight:
 * @recording: "pixels" to "image_embeds"
 * @pixels: [height, width, 3]
 * @rows: [n, D]: what it makes of them
 */
typedef struct
{
  MonocleRecording recording;
  MonocleTensor pixels, rows;
} MonocleSight;

/* Once it is planned. */
gboolean monocle_sight_record (MonocleSight *self,
                               MonocleVkGpu *gpu,
                               MonocleVkBuffer *buffer,
                               GError **error);
/* Makes @rows of pixels. */
gboolean monocle_sight_run (const MonocleSight *self,
                            const float *pixels,
                            GCancellable *cancellable,
                            MonocleFamilyProgress progress,
                            gpointer user_data,
                            GError **error);

/* (transfer full) (nullable): what it sees of a picture that is brought to @settings. @planes:
 * (out) (optional): the normalised pixels [3, height, width] */
MonocleSeen *monocle_sight_look (const MonocleSight *self,
                                 MonocleVkGpu *gpu,
                                 const MonoclePreprocessSettings *settings,
                                 MonocleImage *image,
                                 GCancellable *cancellable,
                                 MonocleFamilyProgress progress,
                                 gpointer user_data,
                                 MonocleFamilyTiming *timing,
                                 float **planes,
                                 GError **error);

G_END_DECLS
