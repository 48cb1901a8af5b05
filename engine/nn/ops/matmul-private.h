/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One matrix product on its way to a kernel: for the files that record some.
 */
#pragma once

#include "engine/nn/op-record.h"
#include "engine/nn/ops/activation.h"
#include "engine/nn/ops/matmul-coop.h"

G_BEGIN_DECLS

typedef struct
{
  const MonocleTensor *x, *w, *bias, *residual, *y;
  guint m, n, k;
  guint y_first, y_stride; /* columns [y_first, y_first + n) of rows of y_stride */
  guint flags;
  MonocleActivation activation;
  MonocleVkFormats formats;
  const MonocleMatmulCoopTile *tile; /* (nullable): whoever asks for one */
} MonocleProduct;

/* Kernels that learn of GELU by a flag, so that one pipeline does products with and without, know
 * the other activations by a constant, which costs nothing where there is none. */
static inline guint32
monocle_product_get_other_activation (const MonocleProduct *product)
{
  G_STATIC_ASSERT ((guint) ACTIVATION_GELU == (guint) MONOCLE_ACTIVATION_GELU);
  G_STATIC_ASSERT ((guint) ACTIVATION_RELU_LAST == (guint) MONOCLE_ACTIVATION_RELU_LAST);

  return product->flags & MATMUL_GELU ? ACTIVATION_NONE : product->activation;
}

static inline double
monocle_product_count_flops (const MonocleProduct *product)
{
  return 2.0 * product->m * product->n * product->k;
}

static inline MonocleVkBinding
monocle_product_bind_or (const MonocleTensor *tensor, MonocleVkBinding other)
{
  return tensor ? monocle_tensor_get_binding (tensor) : other;
}

G_END_DECLS
