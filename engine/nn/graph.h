/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model code as formulas. Functions that take a graph append what is to be computed and return a
 * value; nothing is allocated and no device is needed. Each value is written once: where it lies,
 * what may be overwritten and how much memory all of it takes is the planner's knowledge (plan.h).
 * Nodes are computed in the order in which they were appended.
 *
 *   x = monocle_input (g, "pixels", MONOCLE_FORMAT_F32, MONOCLE_DIMS (height, width, 3));
 *   y = monocle_linear (g, scope, x, n);
 *   monocle_keep (g, y);
 *
 * Appending never fails: the first thing that does not fit is kept, later calls return 0, and
 * monocle_graph_check() and monocle_graph_plan() report it.
 */
#pragma once

#include "engine/nn/op.h"
#include "engine/nn/params.h"

G_BEGIN_DECLS

typedef struct
{
  guint n;
  guint sizes[4]; /* slowest first */
} MonocleDims;

#define MONOCLE_DIMS(...)                                                                          \
  ((MonocleDims) { sizeof ((guint[]) { __VA_ARGS__ }) / sizeof (guint), { __VA_ARGS__ } })

/* @name: what is computed, for messages; @format: that of activations */
MonocleGraph *monocle_graph_new (const char *name, MonocleFormatId format);
void monocle_graph_free (MonocleGraph *graph);

/* Where the layers of this graph find their parameters, and what for. @params must outlive it. */
void monocle_graph_set_params (MonocleGraph *graph, MonocleParams *params, MonocleParamUse use);
MonocleParams *monocle_graph_get_params (MonocleGraph *graph);
MonocleParamUse monocle_graph_get_use (MonocleGraph *graph);

/* --- what comes from elsewhere --- */

/* Written by the host before each run; its memory serves others once it was read for the last time.
 * @name (static) */
MonocleValue
monocle_input (MonocleGraph *graph, const char *name, MonocleFormatId format, MonocleDims dims);

/* What lies outside of the graph's memory and stays: weights, a cache, another graph's result. The
 * tensor must stay where it is; its shape is needed now, its buffer when a plan is recorded. The
 * same tensor again is its newest state. */
MonocleValue monocle_outside (MonocleGraph *graph, const MonocleTensor *tensor);

/* --- views: the same memory --- */

MonocleValue monocle_reshape (MonocleGraph *graph, MonocleValue value, MonocleDims dims);
/* Rows [first, first + n) along the first dimension; they start on the alignment of tensors. */
MonocleValue monocle_rows (MonocleGraph *graph, MonocleValue value, guint first, guint n);

/* --- what is wanted --- */

/* @value can be read after a run, until the next one. */
void monocle_keep (MonocleGraph *graph, MonocleValue value);
/* @value is computed right there, outside of the graph's memory. Not for inputs and views. */
void monocle_keep_in (MonocleGraph *graph, MonocleValue value, const MonocleTensor *tensor);
/* Makes @value findable; a plan that keeps names keeps it. @name is copied. */
void monocle_name (MonocleGraph *graph, MonocleValue value, const char *name);
/* The value of that name, or the input; 0: none. */
MonocleValue monocle_graph_find (MonocleGraph *graph, const char *name);
/* (transfer none) (array length=n): names in the order in which they were given, without inputs */
const char *const *monocle_graph_get_names (MonocleGraph *graph, guint *n);

/* A place where a run may be cancelled and progress is reported. */
void monocle_split (MonocleGraph *graph);

/* --- for ops and planners --- */

/* Appends @op. @args are copied; unused @inputs are 0. */
MonocleValue monocle_graph_append (MonocleGraph *graph,
                                   const MonocleOp *op,
                                   gconstpointer args,
                                   const MonocleValue *inputs,
                                   guint n_inputs);

/* Shape and element of a value; never %NULL, all ones for 0. Until the next value is appended. */
const MonocleTensor *monocle_graph_get_shape (MonocleGraph *graph, MonocleValue value);

MonocleFormatId monocle_graph_get_format (MonocleGraph *graph);

/* What does not fit, in one line. */
void monocle_graph_refuse (MonocleGraph *graph, const char *why);

/* Whether all of it fits together. Errors: UNSUPPORTED_MODEL. */
gboolean monocle_graph_check (MonocleGraph *graph, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleGraph, monocle_graph_free)

G_END_DECLS
