/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A conversation's words in front of a causal decoder: which tokens its cache holds is remembered,
 * and of what is to be answered next only what does not lie there yet is read. A question that is
 * changed, an answer that is asked for again, a turn that is forgotten: all of that is only another
 * text, which has a beginning in common with the one before.
 *
 * Tokens that are read together come to numbers that differ in their last digits from those of
 * tokens fed one by one. So the text is cut only where a conversation that never said what is
 * forgotten would have begun to read as well: behind what was read together, and anywhere in an
 * answer. What is left is bit for bit what that one would have.
 */
#pragma once

#include "engine/models/parts/causal-decoder.h"

G_BEGIN_DECLS

typedef struct _MonocleCausalTalk MonocleCausalTalk;

/**
 * MonocleCausalPiece:
 * @ids: (element-type guint32): tokens that are read together
 * @look: 0: words; else which picture ids from the number of words on stand for
 * @seen: (nullable): of that picture: the family's
 */
typedef struct
{
  GArray *ids;
  guint64 look;
  gconstpointer seen;
} MonocleCausalPiece;

void monocle_causal_piece_free (MonocleCausalPiece *piece);

/* Puts the picture where the decoder looks for it. */
typedef gboolean (*MonocleCausalShow) (gpointer self, gconstpointer seen, GError **error);

/* @decoder: (transfer full): of one question and one beam, which holds nothing yet */
MonocleCausalTalk *monocle_causal_talk_new (MonocleCausalDecoder *decoder);
void monocle_causal_talk_free (MonocleCausalTalk *self);

/* (transfer full) (nullable): another one that holds the same, and goes on by itself */
MonocleCausalTalk *monocle_causal_talk_fork (const MonocleCausalTalk *self, GError **error);

/* (transfer none) */
MonocleCausalDecoder *monocle_causal_talk_get_decoder (MonocleCausalTalk *self);

/**
 * monocle_causal_talk_read:
 * @self: what was said so far
 * @pieces: (element-type MonocleCausalPiece): all of what is to be answered, from its beginning
 * @show: called before the tokens of a picture are read
 * @show_self: for @show
 * @n_kept: (out): so many of its tokens lay in the cache
 * @last: (out): its last token, which is not read: the first step feeds it
 * @cancellable: (nullable)
 * @error: return location
 *
 * Forgets what is said otherwise now, and reads what is new. Where it fails what was read lies
 * there.
 */
gboolean monocle_causal_talk_read (MonocleCausalTalk *self,
                                   const GPtrArray *pieces,
                                   MonocleCausalShow show,
                                   gpointer show_self,
                                   guint *n_kept,
                                   guint32 *last,
                                   GCancellable *cancellable,
                                   GError **error);

/* As monocle_causal_decoder_step(), and remembers what was fed. */
gboolean monocle_causal_talk_step (MonocleCausalTalk *self,
                                   const MonocleDecoderStep *step,
                                   MonocleCandidate *candidates,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleCausalTalk, monocle_causal_talk_free)

G_END_DECLS
