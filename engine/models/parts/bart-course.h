/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A course for BART's decoder: answers that are taught, several at once and then a step (bart-train
 * has the formulas). Passes over so many answers of such a length are recorded once; how many go at
 * once depends on what a device can bind, and gradients add up to the same.
 */
#pragma once

#include "engine/models/parts/bart-train.h"
#include "engine/nn/ops/adamw.h"

G_BEGIN_DECLS

typedef struct _MonocleBartCourse MonocleBartCourse;

/**
 * MonocleBartAnswer:
 * @states: [n_states, D]: of the encoder, about the picture and the question
 * @n_states: how many
 * @ids: (array length=n_ids): what is to be written, begin and end included
 * @n_ids: how many
 * @n_given: of them the first ones that are written whatever the model thinks, and not taught
 */
typedef struct
{
  const float *states;
  guint n_states;
  const guint32 *ids;
  guint n_ids, n_given;
} MonocleBartAnswer;

/**
 * MonocleBartCourseSettings:
 * @learns: what learns; where the encoder does, an answer's states are what its first layer is
 * given
 * @rank: a multiple of 4
 * @seed: of what is learnt when nothing is: PEFT's A, and a B of zeros
 * @first_id: what the decoder is fed with before an answer
 * @n_states: most that an answer has
 * @rows: (array length=n_rows) (nullable): of the head, ascending, that are learnt
 * @n_rows: how many
 */
typedef struct
{
  MonocleBartLearns learns;
  guint rank;
  guint64 seed;
  guint32 first_id;
  guint n_states;
  const guint32 *rows;
  guint n_rows;
} MonocleBartCourseSettings;

/* @bart, @params and @gpu must outlive it. */
MonocleBartCourse *monocle_bart_course_new (const MonocleBart *bart,
                                            MonocleParams *params,
                                            MonocleVkGpu *gpu,
                                            const MonocleBartCourseSettings *settings,
                                            GError **error);
void monocle_bart_course_free (MonocleBartCourse *self);

/* Gradients of all, added to those that there are; none are left where that could not be done.
 * @losses: (out) (array length=n): the sum of each
 */
gboolean monocle_bart_course_learn (MonocleBartCourse *self,
                                    const MonocleBartAnswer *answers,
                                    guint n,
                                    GCancellable *cancellable,
                                    double *losses,
                                    GError **error);
/* A step. @settings: of AdamW. @norm: (out): of the gradients that there were, times the scale */
gboolean monocle_bart_course_step (MonocleBartCourse *self,
                                   const MonocleAdamw *settings,
                                   double *norm,
                                   GError **error);
/* @right: (out) (array length=n): whether each of its tokens is the likeliest */
gboolean monocle_bart_course_judge (MonocleBartCourse *self,
                                    const MonocleBartAnswer *answers,
                                    guint n,
                                    GCancellable *cancellable,
                                    double *losses,
                                    gboolean *right,
                                    GError **error);

/* (transfer none) */
MonocleLora *monocle_bart_course_get_lora (MonocleBartCourse *self);
/* What the layer of the head's rows is called. */
MonocleScope monocle_bart_course_get_head (MonocleBartCourse *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleBartCourse, monocle_bart_course_free)

G_END_DECLS
