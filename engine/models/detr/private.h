/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A loaded detector, and what its files share.
 */
#pragma once

#include "engine/models/detr/configuration.h"
#include "engine/models/family.h"
#include "engine/models/parts/recording.h"

G_BEGIN_DECLS

/**
 * MonocleDetrNames:
 * @backbone: scope of what sees the picture
 * @attention_end, @perceptron, @perceptron_end: of a layer
 *
 * What differs between the files of several versions of the reference.
 */
typedef struct
{
  const char *backbone;
  const char *attention_end, *perceptron, *perceptron_end;
} MonocleDetrNames;

/**
 * MonocleDetrPass:
 * @width, @height: of the pictures that it is for, in pixels
 * @rows, @columns: of the places that are looked at
 * @pixels: [height, width, 3]
 * @positions: [rows * columns, C]
 * @zeros: [queries, C]: what the queries begin with
 * @features: [rows, columns, ..]: what the backbone saw
 * @states: [rows * columns, C]: what the encoder made of it
 * @logits: [queries, names + 1]
 * @boxes: [queries, 4], before the sigmoid
 */
typedef struct
{
  guint width, height, rows, columns;
  MonocleRecording recording;
  float *waves; /* what is written to positions before each run */
  MonocleTensor pixels, positions, zeros;
  MonocleTensor features, states, logits, boxes;
} MonocleDetrPass;

/* What is known of a picture. */
typedef struct
{
  float *logits; /* [queries, names + 1] */
  float *boxes;  /* [queries, 4]: centre and size, of the picture's */
} MonocleDetrSeen;

/* --- pass.c --- */

/* Declares what it needs of @params. */
MonocleDetrPass *monocle_detr_pass_new (const MonocleDetrConfig *config,
                                        const MonocleDetrNames *names,
                                        MonocleParams *params,
                                        guint width,
                                        guint height);
void monocle_detr_pass_free (MonocleDetrPass *self);
/* @buffer: of at least as many bytes as the plan says */
gboolean monocle_detr_pass_record (MonocleDetrPass *self,
                                   MonocleVkGpu *gpu,
                                   MonocleVkBuffer *buffer,
                                   GError **error);
/* @pixels: [height, width, 3] */
gboolean monocle_detr_pass_run (MonocleDetrPass *self,
                                const float *pixels,
                                GCancellable *cancellable,
                                MonocleCommandsProgress progress,
                                gpointer user_data,
                                GError **error);

/* --- answer.c --- */

MonocleResult *monocle_detr_read (const MonocleDetrConfig *config,
                                  const MonocleDetrSeen *seen,
                                  const MonocleFamilyQuestion *question);
void monocle_detr_list_tasks (GPtrArray *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleDetrPass, monocle_detr_pass_free)

G_END_DECLS
