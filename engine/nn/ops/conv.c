/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions: patches as rows for a matrix product, that product, and the depthwise one.
 */
#include "config.h"

#include "engine/nn/ops/conv.h"

#include "engine/nn/op-record.h"
#include "engine/nn/ops/matmul.h"

guint
monocle_convolve_side (guint side, guint kernel, guint stride, guint padding)
{
  return side + 2 * padding < kernel ? 0 : (side + 2 * padding - kernel) / stride + 1;
}

guint
monocle_convolve_columns (guint kernel, guint channels)
{
  return CEIL_DIV (kernel * kernel * channels, 4) * 4;
}

void
monocle_op_im2col (MonocleCommands *commands,
                   const MonocleTensor *x,
                   guint kernel,
                   guint stride,
                   guint padding,
                   guint first,
                   const MonocleTensor *y)
{
  im2col_params push;

  g_assert (x->n_dims == 3 && monocle_op_is_same_store (x, y) && stride > 0);
  g_assert (x->dims[0] + 2 * padding >= kernel && x->dims[1] + 2 * padding >= kernel);
  push = (im2col_params){
    .height = x->dims[0],
    .width = x->dims[1],
    .channels = x->dims[2],
    .kernel = kernel,
    .stride = stride,
    .padding = padding,
    .out_width = monocle_convolve_side (x->dims[1], kernel, stride, padding),
    .first = first,
    .rows = monocle_tensor_count_rows (y),
    .columns4 = monocle_convolve_columns (kernel, x->dims[2]) / 4,
  };
  g_assert (monocle_tensor_get_columns (y) == 4 * push.columns4);
  g_assert (first + push.rows
            <= monocle_convolve_side (x->dims[0], kernel, stride, padding) * push.out_width);

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_im2col,
                                    .formats = monocle_op_get_formats (x, NULL),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                (guint64) push.rows * push.columns4);
}

/* Of patches at once; and what their rows are a multiple of, so that pieces start on the alignment
 * of tensors. */
#define CONVOLVE_BYTES ((guint64) 16 << 20)
#define CONVOLVE_PIECE 64

static guint
count_patches (const MonocleTensor *x, const MonocleConvolution *c)
{
  return monocle_convolve_side (x->dims[0], c->kernel, c->stride, c->padding)
         * monocle_convolve_side (x->dims[1], c->kernel, c->stride, c->padding);
}

guint64
monocle_op_convolve_scratch (const MonocleTensor *x, const MonocleConvolution *c)
{
  const guint64 columns = monocle_convolve_columns (c->kernel, x->dims[2]);
  const guint64 piece = CONVOLVE_PIECE * columns;
  const guint64 pieces
      = MAX (CONVOLVE_BYTES / monocle_format_get_bytes (x->format, piece), 1);

  return MIN (pieces * piece, count_patches (x, c) * columns);
}

void
monocle_op_convolve (MonocleCommands *commands,
                     const MonocleTensor *x,
                     const MonocleTensor *w,
                     const MonocleTensor *bias,
                     const MonocleTensor *residual,
                     const MonocleConvolution *c,
                     const MonocleTensor *scratch,
                     const MonocleTensor *y)
{
  const guint n_patches = count_patches (x, c), columns = monocle_tensor_get_columns (w);
  const guint all[] = { n_patches, monocle_tensor_get_columns (y) };
  const MonocleTensor flat = monocle_tensor_reshape (y, 2, all);
  guint most = (guint) (monocle_tensor_get_n_elements (scratch) / columns);

  g_assert (columns == monocle_convolve_columns (c->kernel, x->dims[2]));
  g_assert (monocle_tensor_count_rows (y) == n_patches && scratch->format == x->format);
  if (most < n_patches)
    most -= most % CONVOLVE_PIECE;
  g_assert (most > 0);

  for (guint first = 0; first < n_patches; first += most)
    {
      const guint n = MIN (most, n_patches - first);
      const MonocleTensor out = monocle_tensor_get_rows (&flat, first, n);
      MonocleTensor patches = *scratch, added;

      patches.n_dims = 2;
      patches.dims[0] = n;
      patches.dims[1] = columns;
      if (residual)
        {
          added = monocle_tensor_reshape (residual, 2, all);
          added = monocle_tensor_get_rows (&added, first, n);
        }
      monocle_op_im2col (commands, x, c->kernel, c->stride, c->padding, first, &patches);
      monocle_op_matmul (commands, &patches, w, bias, residual ? &added : NULL, c->activation,
                         &out);
    }
}

void
monocle_op_depthwise_conv (MonocleCommands *commands,
                           const MonocleTensor *x,
                           const MonocleTensor *w,
                           const MonocleTensor *bias,
                           const MonocleTensor *y)
{
  const guint channels = x->dims[2];
  depthwise_conv_params push;
  MonocleVkGpu *gpu;
  guint32 specs[2];
  guint64 n;

  g_assert (x->n_dims == 3 && monocle_op_is_same_store (x, y) && channels % 4 == 0);
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_tensor_get_n_elements (w) == 9 * channels
            && monocle_op_is_vector (bias, channels));

  gpu = monocle_commands_get_gpu (commands);
  push = (depthwise_conv_params){ x->dims[0], x->dims[1], channels / 4 };
  specs[0] = monocle_op_get_group_size (gpu);
  specs[1] = gpu->traits.software ? 4 : 2;
  n = (guint64) CEIL_DIV (push.height, specs[1]) * push.width * push.channels4;
  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_depthwise_conv,
                                  .formats = monocle_op_get_formats (x, w),
                                  .specs = specs,
                                  .n_specs = G_N_ELEMENTS (specs),
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (x),
                                      monocle_tensor_get_binding (w),
                                      monocle_tensor_get_binding (bias),
                                      monocle_tensor_get_binding (y),
                                  },
                                  .push = &push,
                              },
                              CEIL_DIV (n, specs[0]));
}
