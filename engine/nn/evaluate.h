/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A graph in plain C on the host: each op's reference, one after the other, each value in memory of
 * its own. Slow, and right; what a plan computes on a device is compared with it.
 */
#pragma once

#include "engine/nn/graph.h"

G_BEGIN_DECLS

typedef struct _MonocleEvaluation MonocleEvaluation;

MonocleEvaluation *monocle_evaluation_new (MonocleGraph *graph);
void monocle_evaluation_free (MonocleEvaluation *self);

/* An input, or what lies outside: @data has all elements in the value's own type, 32 bits each, the
 * rows of a matrix one behind the other. */
void monocle_evaluation_set (MonocleEvaluation *self, MonocleValue value, gconstpointer data);

/* All nodes, whether anybody needs them or not. */
void monocle_evaluation_run (MonocleEvaluation *self);

/* (transfer none): the value's elements, 32 bits each. Of a store that was changed: its last state.
 */
gconstpointer monocle_evaluation_get (MonocleEvaluation *self, MonocleValue value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEvaluation, monocle_evaluation_free)

G_END_DECLS
