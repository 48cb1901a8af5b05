/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A decoder that is asked twice over: what was wanted, and what is nobody's wish. What comes is
 * further from the second than the first is: Ho and Salimans 2022, arXiv 2207.12598, as used for
 * pieces of pictures.
 */
#pragma once

#include "engine/text/decoder.h"

G_BEGIN_DECLS

/**
 * MonocleGuided:
 * @decoder, @self: writes; its questions are twice as many: the first and its other, the second ...
 * @guidance: how much further; 0: what was wanted alone
 * @n_words: of its vocabulary
 *
 * What %monocle_guided_decoder is given as itself, zero otherwise. Of one beam each, and for those
 * who read all logits: which candidates the device finds says nothing.
 */
typedef struct
{
  const MonocleDecoder *decoder;
  gpointer self;
  double guidance;
  guint n_words;

  guint n_rows, n_candidates; /* as asked for */
  guint32 *tokens, *sources;  /* [2 n_rows] */
  GArray **banned;            /* [2 n_rows], borrowed */
  MonocleCandidate *candidates;
  float *logits;
} MonocleGuided;

extern const MonocleDecoder monocle_guided_decoder;

void monocle_guided_clear (MonocleGuided *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleGuided, monocle_guided_clear)

G_END_DECLS
