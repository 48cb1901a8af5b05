/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Activations: what matrix products and gates put their sums through.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleActivation:
 * @MONOCLE_ACTIVATION_GELU: x times the normal distribution at x, by the error function
 * @MONOCLE_ACTIVATION_GELU_TANH: the same by a hyperbolic tangent
 * @MONOCLE_ACTIVATION_QUICK_GELU: x sigmoid (1.702 x)
 * @MONOCLE_ACTIVATION_SILU: x sigmoid (x)
 * @MONOCLE_ACTIVATION_RELU_SQUARED: x^2 where x is positive, otherwise 0
 * @MONOCLE_ACTIVATION_RELU: x where it is positive, otherwise 0
 * @MONOCLE_ACTIVATION_RELU_LAST: of products alone: the same, of the sum with the residual
 */
typedef enum
{
  MONOCLE_ACTIVATION_NONE,
  MONOCLE_ACTIVATION_GELU,
  MONOCLE_ACTIVATION_GELU_TANH,
  MONOCLE_ACTIVATION_QUICK_GELU,
  MONOCLE_ACTIVATION_SILU,
  MONOCLE_ACTIVATION_RELU_SQUARED,
  MONOCLE_ACTIVATION_RELU,
  MONOCLE_ACTIVATION_RELU_LAST,
} MonocleActivation;

double monocle_reference_activate (MonocleActivation activation, double x);

G_END_DECLS
