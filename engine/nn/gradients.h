/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through a graph: what is trained is said while the formulas are written, then
 * monocle_gradients_walk() appends, op by op from the last, what makes the gradients of it. Values
 * that the way back reads live until then by the planner's own rules: nothing says what is saved.
 *
 * Nothing is computed for what is not trained. Gradients of what is trained are added to tensors
 * that lie outside, so that several runs add up.
 */
#pragma once

#include "engine/nn/graph.h"

G_BEGIN_DECLS

/* @graph must outlive it. */
MonocleGradients *monocle_gradients_new (MonocleGraph *graph);
void monocle_gradients_free (MonocleGradients *self);

/* @value, of which there are no views, is learnt: its gradient is added to @sum, which lies
 * outside, as the value does. */
void monocle_gradients_train (MonocleGradients *self, MonocleValue value, const MonocleTensor *sum);

/* Appends the way back from @losses, each of which counts once. To be called when all formulas are
 * written, and once. What cannot be trained through is an error of the graph. */
void monocle_gradients_walk (MonocleGradients *self, MonocleValue losses);

/* --- for ops ------------------------------------------------------------------------------- */

MonocleGraph *monocle_gradients_get_graph (MonocleGradients *self);

/* Whether anybody asks for the gradient of @value. */
gboolean monocle_gradients_wants (MonocleGradients *self, MonocleValue value);

/* What was found so far of the gradient of @value, or 0; the caller's to add to what is found now
 * and to give back with monocle_gradients_add(). */
MonocleValue monocle_gradients_take (MonocleGradients *self, MonocleValue value);

/* A part of the gradient of @value, of its shape. */
void monocle_gradients_add (MonocleGradients *self, MonocleValue value, MonocleValue gradient);

/* To the gradient of weights @w, if it is wanted, that of a product w of rows @x: @dy^T @x. */
void monocle_gradients_add_outer (MonocleGradients *self,
                                  MonocleValue w,
                                  MonocleValue dy,
                                  MonocleValue x);

/* Why there is no way back through an op. */
void monocle_gradients_refuse (MonocleGradients *self, const char *why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleGradients, monocle_gradients_free)

G_END_DECLS
