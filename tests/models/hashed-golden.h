/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How goldens of models whose weights are hashes are read, and held against what was computed.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/cross-decoder.h"

G_BEGIN_DECLS

/* (transfer full) (array length=n) */
guint32 *hashed_golden_read_ids (JsonObject *golden, const char *key, guint *n);

/* [rows, columns] in the order of the reference: sums and sums of sizes to within @bound of the
 * latter; the first numbers, the last, and those of a row in the middle to within @part times
 * @bound of the mean size. */
void hashed_golden_check_numbers (const char *what,
                                  const float *values,
                                  gsize rows,
                                  gsize columns,
                                  JsonObject *golden,
                                  double bound,
                                  double part);

/* (transfer full): [n, n_words]: logits after each of @ids */
float *
hashed_golden_answer (MonocleCrossDecoder *decoder, const guint32 *ids, guint n, guint n_words);

G_END_DECLS
