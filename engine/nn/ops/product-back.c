/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through matrix products.
 */
#include "config.h"

#include "engine/nn/ops/product-back.h"

#include "engine/nn/op-record.h"

/* Of the block kernel. */
#define BLOCK_ROWS 8

typedef struct
{
  const MonocleTensor *dy, *w, *residual, *dx;
  guint m, n, k, first, stride;
  guint flags;
  MonocleVkFormats formats;
} Product;

static double
count_flops (const Product *product)
{
  return 2.0 * product->m * product->n * product->k;
}

static MonocleVkBinding
bind_or (const MonocleTensor *tensor, const MonocleTensor *other)
{
  return monocle_tensor_get_binding (tensor ? tensor : other);
}

static gboolean
suits_block (const MonocleVkTraits *traits, gconstpointer call)
{
  const Product *product = call;

  return monocle_variant_for_software (traits, call) && product->n % 4 == 0
         && product->first % 4 == 0 && product->stride % 4 == 0
         && monocle_op_can_view (traits, product->dy) && monocle_op_can_view (traits, product->w);
}

static void
record_block (MonocleCommands *commands, gconstpointer call)
{
  const Product *product = call;
  const matmul_back_block_params push = {
    .m = product->m,
    .n4 = product->n / 4,
    .k4 = product->k / 4,
    .dy_first = monocle_op_get_texel (product->dy) + product->first / 4,
    .dy_stride4 = product->stride / 4,
    .w_first = monocle_op_get_texel (product->w),
    .flags = product->flags,
  };

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_matmul_back_block,
                                    .formats = product->formats,
                                    .flops = count_flops (product),
                                    .bindings = (MonocleVkBinding[]) {
                                        bind_or (product->residual, product->dx),
                                        monocle_tensor_get_binding (product->dx),
                                        monocle_tensor_get_binding (product->dy),
                                        monocle_tensor_get_binding (product->w),
                                    },
                                    .push = &push,
                                },
                                (guint64) CEIL_DIV (push.m, BLOCK_ROWS) * push.k4);
}

static void
record_plain (MonocleCommands *commands, gconstpointer call)
{
  const Product *product = call;
  const matmul_back_params push = {
    .m = product->m,
    .n = product->n,
    .k4 = product->k / 4,
    .dy_first = product->first,
    .dy_stride = product->stride,
    .flags = product->flags,
  };

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_matmul_back,
                                    .formats = product->formats,
                                    .flops = count_flops (product),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (product->dy),
                                        monocle_tensor_get_binding (product->w),
                                        bind_or (product->residual, product->dx),
                                        monocle_tensor_get_binding (product->dx),
                                    },
                                    .push = &push,
                                },
                                (guint64) CEIL_DIV (push.m, 4) * push.k4);
}

static const MonocleVariant variants[] = {
  { MONOCLE_KERNEL_matmul_back_block, suits_block, record_block },
  { MONOCLE_KERNEL_matmul_back, NULL, record_plain },
};

void
monocle_op_matmul_back (MonocleCommands *commands,
                        const MonocleTensor *dy,
                        const MonocleTensor *w,
                        guint first_column,
                        const MonocleTensor *residual,
                        const MonocleTensor *dx)
{
  const Product product = {
    .dy = dy,
    .w = w,
    .residual = residual,
    .dx = dx,
    .m = monocle_tensor_count_rows (dy),
    .n = w->dims[0],
    .k = monocle_tensor_get_columns (w),
    .first = first_column,
    .stride = monocle_tensor_get_columns (dy),
    .flags = residual ? MATMUL_RESIDUAL : 0,
    .formats = monocle_op_get_formats (dx, w),
  };

  g_assert (product.k % 4 == 0 && w->layout == MONOCLE_LAYOUT_ROWS);
  g_assert (first_column + product.n <= product.stride && dy->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_op_is_vector (dx, product.m * product.k));
  g_assert (!residual || monocle_op_is_vector (residual, product.m * product.k));

  monocle_variant_record (variants, G_N_ELEMENTS (variants), commands, product.formats, &product);
}

void
monocle_op_matmul_outer (MonocleCommands *commands,
                         const MonocleTensor *dy,
                         const MonocleTensor *x,
                         const MonocleTensor *dw)
{
  const matmul_outer_params push = {
    .m = monocle_tensor_count_rows (dy),
    .n = monocle_tensor_get_columns (dy),
    .k4 = monocle_tensor_get_columns (x) / 4,
  };

  g_assert (monocle_tensor_get_columns (x) % 4 == 0 && monocle_tensor_count_rows (x) == push.m);
  g_assert (dy->format == MONOCLE_FORMAT_F32 && x->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_op_is_vector (dw, push.n * 4 * push.k4));

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_matmul_outer,
                                    .formats = monocle_op_get_formats (dw, NULL),
                                    .flops = 8.0 * push.m * push.n * push.k4,
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (dy),
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (dw),
                                    },
                                    .push = &push,
                                },
                                (guint64) CEIL_DIV (push.n, 4) * push.k4);
}
