/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weights while they are declared (weights.c) and when they go to the device (weights-upload.c).
 */
#pragma once

#include "engine/checkpoint/weights.h"

G_BEGIN_DECLS

/* Block kernels read a little past the last row of a matrix and drop what they find. */
#define MONOCLE_WEIGHTS_SLACK_BYTES ((guint64) 64 << 10)

/* One piece of a parameter and the stored tensors that it is made of. */
typedef struct
{
  const MonocleParam *param;
  MonocleTensor *out;
  const MonocleCheckpointTensor *parts[MONOCLE_PARAM_MAX_PARTS];
  guint first_row; /* of a piece */
  guint chunk;
  guint64 size;
} MonocleWeightsEntry;

typedef struct
{
  float *scale, *shift; /* (nullable) */
  guint n;
} MonocleWeightsFold;

struct _MonocleWeights
{
  MonocleCheckpoint *checkpoint;
  MonocleVkGpu *gpu;
  gboolean f16;
  guint word_bits;    /* 8 or 4; 0: as all else */
  gboolean has_q4;    /* whether the checkpoint has matrices that are stored so */
  gboolean are_words; /* what is declared */
  MonocleWeightsRename rename;
  MonocleParams *params;
  GArray *entries;  /* of MonocleWeightsEntry */
  GArray *chunks;   /* of guint64: their sizes */
  GHashTable *used; /* stored names; borrowed from the checkpoint or owned by @names */
  GPtrArray *names;
  GHashTable *folds; /* of char *, a part's name, to MonocleWeightsFold */
  guint64 n_parameters;
  char *missing; /* the first tensor that is not there */
  GError *error;
};

G_END_DECLS
