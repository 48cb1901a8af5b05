/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through what is done row by row or element by element, in F32. Counts of elements
 * are multiples of 4.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* y = gelu (x), apart from a product, so that x is there for the way back; y may be x. */
void monocle_op_gelu (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y);
void monocle_reference_gelu (const float *x, gsize n, float *y);

/* dx = dy gelu' (x); dx may be either. */
void monocle_op_gelu_back (MonocleCommands *commands,
                           const MonocleTensor *x,
                           const MonocleTensor *dy,
                           const MonocleTensor *dx);
void monocle_reference_gelu_back (const float *x, const float *dy, gsize n, float *dx);

/* y = a + b, of any format; y may be either. */
void monocle_op_add (MonocleCommands *commands,
                     const MonocleTensor *a,
                     const MonocleTensor *b,
                     const MonocleTensor *y);
void monocle_reference_add (const float *a, const float *b, gsize n, float *y);

/* dx of monocle_op_layer_norm(): x, dy, dx [N, C] (dx may be either), weight [C]. */
void monocle_op_layer_norm_back (MonocleCommands *commands,
                                 const MonocleTensor *x,
                                 const MonocleTensor *weight,
                                 const MonocleTensor *dy,
                                 float eps,
                                 const MonocleTensor *dx);
void monocle_reference_layer_norm_back (const float *x,
                                        const float *weight,
                                        const float *dy,
                                        guint rows,
                                        guint columns,
                                        float eps,
                                        float *dx);

G_END_DECLS
