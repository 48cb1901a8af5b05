/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two files of the causal decoder share: causal-decoder says what comes after what,
 * causal-recordings what the device is told to do.
 */
#pragma once

#include "engine/models/parts/causal-decoder.h"
#include "engine/models/parts/causal-places.h"
#include "engine/nn/cache.h"

G_BEGIN_DECLS

/* Tokens of so many texts that are read at once. */
typedef struct
{
  guint n_rows, n_tokens, n_together;
  MonocleTensor *keys, *values; /* [layers] of the first rows of the cache */
  MonocleTensor ancestors, place;
  MonocleVkBuffer *buffer; /* activations */
  MonocleTensor ids, positions;
  MonocleTensor deep_ids; /* where layers have rows of pictures of their own */
  MonocleCommands *commands;
} MonocleCausalReading;

/* A recorded step and what the host tells the device before it, beside the cache's own: tensors one
 * behind the other in one buffer, written in a mapped one of the same layout and copied. Made anew
 * when the cache grows. */
typedef struct
{
  MonocleVkBuffer *buffer, *host_buffer;
  MonocleTensor ids;       /* [rows] */
  MonocleTensor positions; /* [rows], or with axes [rows, 3] */
  MonocleTensor beside;    /* [rows]: second words of tokens, where they have any */
  MonocleTensor n_banned;  /* [rows] */
  MonocleTensor banned;    /* [rows, 2 max_banned] */
  guint n_together;        /* 1: its token sees ahead, so that no window binds it */
  guint max_banned;        /* ranges of ids, of a row */
  MonocleVkBuffer *activations;
  MonocleTensor logits;
  MonocleCommands *commands;
} MonocleCausalReplay;

enum
{
  MONOCLE_CAUSAL_BEGINNING, /* by the first row alone */
  MONOCLE_CAUSAL_PROMPTS,   /* by all rows */
  MONOCLE_CAUSAL_N_READINGS,
};

struct _MonocleCausalDecoder
{
  const MonocleCausal *causal;
  MonocleParams *params;
  MonocleVkGpu *gpu;
  MonocleFormatId format;
  MonocleCausalDecoderSize size;
  MonocleTensor seen; /* without a buffer where there is none */
  guint n_rows;
  guint n_beginning; /* tokens that all rows begin with */
  guint n_ahead;     /* of what saw ahead when it was read */
  guint64 n_fed;
  MonocleCausalPlaces places;
  MonocleVkBuffer *readback; /* of the best tokens: [rows, 2 n_candidates] */
  MonocleCache *cache;
  MonocleCausalReading readings[MONOCLE_CAUSAL_N_READINGS];
  MonocleCausalReplay replay;
};

/* Frees what was recorded; there may be nothing. */
void monocle_causal_reading_clear (MonocleCausalReading *reading);
void monocle_causal_replay_clear (MonocleCausalReplay *replay);

/* (transfer none) (nullable): for so many tokens, of which some see each other, and the places that
 * the cache has now */
MonocleCausalReading *monocle_causal_ensure_reading (
    MonocleCausalDecoder *self, guint which, guint n_tokens, guint n_together, GError **error);

/* For the places that the cache has now; where it fails nothing is left, and the next step tries
 * again. */
gboolean monocle_causal_ensure_replay (MonocleCausalDecoder *self, GError **error);

G_END_DECLS
