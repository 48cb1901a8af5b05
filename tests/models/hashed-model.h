/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model of fixtures/florence-2/goldens_tiny.json, whose tensors are hashes of their names. It
 * is written here, and cut off where a test wants to see the output of a block: behind that block,
 * or the block after it is made to do nothing.
 *
 * Its vocabulary of 100 is too small for a tokenizer: we append words that a bias of -1e9 keeps
 * from being written. Its pixels are no picture: preprocessing is replaced when the program is
 * linked.
 */
#pragma once

#include "model-test.h"

G_BEGIN_DECLS

#define HASHED_VOCABULARY        100
#define HASHED_PADDED_VOCABULARY 1408
#define HASHED_N_STAGES          4

/* The text whose tokens, in the tokenizer that we borrow, are the ids 17 42 9 63 4. */
#define HASHED_PROMPT ".G&\\!"

/* Which part of the model is there. */
typedef struct
{
  guint n_stages;
  guint last_depth;      /* blocks of the last stage */
  gboolean spatial_only; /* of the last block */
  guint n_encoder_layers;
  float eos_bias;
  const char *early_stopping;
} HashedCut;

extern const HashedCut hashed_whole;
extern const guint hashed_stage_depths[HASHED_N_STAGES];

MonocleModel *hashed_model_load (const HashedCut *cut);

G_END_DECLS
