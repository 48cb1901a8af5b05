/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vision towers of models that put pictures and words into one space: CLIP (Radford et al.
 * 2021, arXiv 2103.00020), whose class token becomes the picture's vector, and SigLIP (Zhai et al.
 * 2023, arXiv 2303.15343; SigLIP 2: arXiv 2502.14786), where a learned query pools all tokens.
 */
#pragma once

#include "engine/models/parts/layers.h"

G_BEGIN_DECLS

/**
 * MonocleClipVisionConfig:
 * @rows, @columns: patches of a picture
 * @patch: side of a patch in pixels
 * @channels: of tokens
 * @first_norm: (nullable): what the norm before the layers is called; %NULL: as in CLIP
 * @layers: what it is made of
 * @pools: whether a query pools all tokens; else there is a class token, and a norm before the
 *   layers
 * @is_flexible: with @pools: whether pictures keep their shape: positions come from outside then
 */
typedef struct
{
  guint rows, columns, patch, channels;
  const char *first_norm;
  MonocleLayersConfig layers;
  gboolean pools, is_flexible;
} MonocleClipVisionConfig;

/**
 * monocle_clip_vision:
 * @graph: a graph
 * @scope: of the tower
 * @config: its shape
 * @n: how many pictures
 *
 * Inputs: "pixels" F32 [n * rows * patch, columns * patch, 3], one picture below the other; without
 * @pools also "picks" U32 [n], see monocle_clip_vision_fill_picks(), and "zeros"; with @is_flexible
 * "positions" F32 [rows * columns, C].
 *
 * Returns: [n, C]: a row for each picture, normalised in CLIP
 */
MonocleValue monocle_clip_vision (MonocleGraph *graph,
                                  MonocleScope scope,
                                  const MonocleClipVisionConfig *config,
                                  guint n);

/**
 * monocle_clip_vision_tokens:
 *
 * The same without @pools, of all tokens, for heads that look at each place of a picture. Input:
 * "pixels" alone.
 *
 * Returns: [n * (rows * columns + 1), C]: the patches of each picture and its class token behind
 * them, as they come out of the layers; "post_layernorm" is left to who reads them
 */
MonocleValue monocle_clip_vision_tokens (MonocleGraph *graph,
                                         MonocleScope scope,
                                         const MonocleClipVisionConfig *config,
                                         guint n);

/* The same with @pools, before anything is pooled: what language models read of a picture. Inputs:
 * "pixels", and "positions" as above. Returns: [n * rows * columns, C], normalised */
MonocleValue monocle_clip_vision_patches (MonocleGraph *graph,
                                          MonocleScope scope,
                                          const MonocleClipVisionConfig *config,
                                          guint n);

/* @picks: (array length=n): which rows are the class tokens */
void
monocle_clip_vision_fill_picks (const MonocleClipVisionConfig *config, guint n, guint32 *picks);

G_END_DECLS
