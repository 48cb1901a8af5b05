/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A loaded segmenter, and what its files share.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/models/eomt/configuration.h"
#include "engine/models/family.h"
#include "engine/models/parts/fit.h"
#include "engine/models/parts/recording.h"

G_BEGIN_DECLS

/**
 * MonocleEomtPass:
 * @orders: for each time the grid becomes finer, which pixel lies where
 * @pixels: [side, side, 3]
 * @zeros: nothing but zeros, as many rows as anything wants
 * @picks: where the queries are among the tokens
 * @places: see @orders
 * @tokens: [N + 1 + registers + queries, C]: patches, the class token, registers, queries
 * @classes: [queries, names + 1]
 * @masks: [queries, mask side * mask side], before the sigmoid
 *
 * Formulas from pixels to classes and masks, recorded once.
 */
typedef struct
{
  MonocleRecording recording;
  guint32 *orders[MONOCLE_EOMT_MAX_FINER];
  guint n_orders;
  MonocleTensor pixels, zeros, picks, places[MONOCLE_EOMT_MAX_FINER];
  MonocleTensor tokens, classes, masks;
} MonocleEomtPass;

/**
 * MonocleEomtSeen:
 * @classes: [queries, names + 1]
 * @masks: [queries, mask side, mask side], before the sigmoid
 *
 * What is known of a picture.
 */
typedef struct
{
  float *classes, *masks;
} MonocleEomtSeen;

/* A loaded segmenter. */
typedef struct
{
  MonocleEomtConfig config;
  MonocleFit fit;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */
  MonocleParams *params;
  MonocleVkBuffer *buffer; /* activations */
  MonocleEomtPass pass;
} MonocleEomt;

/* --- pass.c --- */

/* Declares what it needs of @params. */
void monocle_eomt_pass_write (MonocleEomtPass *self,
                              const MonocleEomtConfig *config,
                              MonocleParams *params);
void monocle_eomt_pass_clear (MonocleEomtPass *self);
/* What stands beside products becomes part of them; once all is declared and checked. */
gboolean
monocle_eomt_fold (const MonocleEomtConfig *config, MonocleWeights *weights, GError **error);
gboolean monocle_eomt_pass_record (MonocleEomtPass *self,
                                   MonocleVkGpu *gpu,
                                   MonocleVkBuffer *buffer,
                                   GError **error);
/* @pixels: [side, side, 3] */
gboolean monocle_eomt_pass_run (MonocleEomtPass *self,
                                const MonocleEomtConfig *config,
                                const float *pixels,
                                GCancellable *cancellable,
                                MonocleCommandsProgress progress,
                                gpointer user_data,
                                GError **error);

/* --- masks.c --- */

/**
 * MonocleEomtSegment:
 * @query: who found it
 * @name: its class
 * @score: how sure it is
 * @runs: (nullable): where it is; %NULL: nowhere
 */
typedef struct
{
  guint query, name;
  float score;
  MonocleMaskRuns *runs;
} MonocleEomtSegment;

/**
 * MonocleEomtFrame:
 * @mask_side: of the masks
 * @side: of the square that the model sees
 * @fit_width, @fit_height: what of that is picture
 * @width, @height: of the picture
 *
 * How masks lie on a picture.
 */
typedef struct
{
  guint mask_side, side, fit_width, fit_height, width, height;
} MonocleEomtFrame;

/* (transfer full): what a mask [mask side, mask side] says of the fitted picture, [fit_height,
 * fit_width]. */
float *monocle_eomt_unfold_mask (const MonocleEomtFrame *frame, const float *mask);

/* Every pixel belongs to the segment that is likeliest there; a segment that others leave too
 * little of is none. @maps: (array length=n): unfolded masks */
void monocle_eomt_share_pixels (const MonocleEomtFrame *frame,
                                MonocleEomtSegment *segments,
                                float *const *maps,
                                guint n);

/* Where its map says more yes than no. How sure that is there comes into the score. */
void
monocle_eomt_cut_out (const MonocleEomtFrame *frame, MonocleEomtSegment *segment, const float *map);

/* --- answer.c --- */

gboolean monocle_eomt_segment (const MonocleEomt *self,
                               const MonocleEomtSeen *seen,
                               const MonocleFamilyQuestion *question,
                               MonocleFamilyAnswer *answer,
                               GError **error);
void monocle_eomt_list_tasks (GPtrArray *list);

G_END_DECLS
