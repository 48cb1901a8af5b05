/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The key-value cache: what a text's earlier tokens left behind in each layer, for those that come
 * after. Each row is a text of its own (a beam, a question), with a length of its own; it lies
 * where it was written and is never moved. A table of ancestors says for each row in which row the
 * key of each of its places lies, so that beams that are reordered, and a text that goes on in
 * several ways, share what they have in common and copy numbers of one table only.
 *
 *   cache = monocle_cache_new (gpu, &size, &error);
 *   record: monocle_cache_record (), and monocle_op_cached_attention () of each layer over
 *           get_keys (), get_values (), get_ancestors (), get_place ()
 *   for each step of n tokens a row:
 *     monocle_cache_prepare (cache, n, sources, &grown, &error);  where it has grown: record anew
 *     submit
 *     monocle_cache_advance (cache, n);
 *
 * Source: Vaswani et al. 2017 for what is kept; the table is the project's own.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

typedef struct _MonocleCache MonocleCache;

/**
 * MonocleCacheSize:
 * @n_layers: layers, each with keys and values
 * @n_rows: texts side by side
 * @width: of a key, all heads together
 * @format: of keys and values
 * @first_places: tokens for which there is room at first; 0: as many as most answers have
 * @most_places: longest text; room is doubled up to this when it is used up
 */
typedef struct
{
  guint n_layers;
  guint n_rows;
  guint width;
  MonocleFormatId format;
  guint first_places;
  guint most_places;
} MonocleCacheSize;

/* What @first_places 0 means: most answers are short and few are very long. */
#define MONOCLE_CACHE_FIRST_PLACES 128

MonocleCache *monocle_cache_new (MonocleVkGpu *gpu, const MonocleCacheSize *size, GError **error);
void monocle_cache_free (MonocleCache *self);

/* Tokens of each row for which there is room. */
guint monocle_cache_get_n_places (const MonocleCache *self);

/* Tokens that @row holds. */
guint monocle_cache_get_length (const MonocleCache *self, guint row);

/* What ops read and write, until the cache grows: keys and values [n_rows, places, width],
 * ancestors U32 [n_rows, places], place U32 [n_rows]. */
const MonocleTensor *monocle_cache_get_keys (const MonocleCache *self, guint layer);
const MonocleTensor *monocle_cache_get_values (const MonocleCache *self, guint layer);
const MonocleTensor *monocle_cache_get_ancestors (const MonocleCache *self);
const MonocleTensor *monocle_cache_get_place (const MonocleCache *self);

/* Records, in front of a step, that the device gets the table and the places as they are then. */
void monocle_cache_record (MonocleCache *self, MonocleCommands *commands);

/**
 * monocle_cache_prepare:
 * @self: a cache
 * @n_tokens: new ones of each row
 * @sources: (nullable) (array): [n_rows] the row that each row continues; %NULL: itself. Rows that
 *   exchange what they hold are of one length
 * @grown: (out): whether there is more room than before: all tensors are others
 *
 * Makes all ready for a step: room, the table, the places. More tokens than @most_places assert.
 *
 * Returns: whether there was memory; nothing has changed where there was not
 */
gboolean monocle_cache_prepare (
    MonocleCache *self, guint n_tokens, const guint32 *sources, gboolean *grown, GError **error);

/* The step is done: each row is @n_tokens longer. */
void monocle_cache_advance (MonocleCache *self, guint n_tokens);

/* No row is longer than @length from now on: what came after is forgotten. 0 begins new texts. */
void monocle_cache_truncate (MonocleCache *self, guint length);

/* As the above, for one row: the padding behind the shorter of several prompts, say. Nobody else
 * may hold what it forgets. */
void monocle_cache_truncate_row (MonocleCache *self, guint row, guint length);

/**
 * monocle_cache_fork:
 * @self: a cache
 * @from: a row
 * @to: another, whose own text is forgotten; nobody else may hold what is longer of it
 *
 * Both go on from what @from holds, which is there once.
 */
void monocle_cache_fork (MonocleCache *self, guint from, guint to);

/**
 * monocle_cache_copy:
 * @self: a cache
 * @to: another one of the same size, with as much room, whose own texts are forgotten
 * @error: return location
 *
 * Both hold the same from now on, each for itself.
 */
gboolean monocle_cache_copy (const MonocleCache *self, MonocleCache *to, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleCache, monocle_cache_free)

G_END_DECLS
