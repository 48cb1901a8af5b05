/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a causal language model wrote down of itself, for comparing with the reference.
 */
#pragma once

#include "engine/models/parts/causal-decoder.h"

G_BEGIN_DECLS

/* Whether a prompt of so many tokens and the given ones have room, and are words.
 * Errors: BAD_REQUEST. */
gboolean monocle_causal_check_ids (
    const MonocleCausalConfig *config, guint n_prompt, const guint32 *ids, guint n, GError **error);

/* input_ids.npy, as the reference spells it: each row of a picture by the same token. */
gboolean monocle_causal_write_ids (const MonocleCausalConfig *config,
                                   const GArray *ids,
                                   guint32 image_id,
                                   const char *directory,
                                   GError **error);

/**
 * monocle_causal_write_logits:
 * @decoder: of one row, that read a prompt up to its last token
 * @config: of the model
 * @last: that token
 * @ids: (array length=n): what is fed then
 * @n: how many
 * @directory: where logits.npy comes to lie
 * @cancellable: (nullable)
 * @error: return location
 *
 * What comes after the prompt, and after each of the given ids.
 */
gboolean monocle_causal_write_logits (MonocleCausalDecoder *decoder,
                                      const MonocleCausalConfig *config,
                                      guint32 last,
                                      const guint32 *ids,
                                      guint n,
                                      const char *directory,
                                      GCancellable *cancellable,
                                      GError **error);

G_END_DECLS
