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
monocle_convolution_get_side (const MonocleConvolution *self, guint side)
{
  const guint all = side * MAX (self->enlarge, 1) + self->after;

  return monocle_convolve_side (all, self->kernel, self->stride, self->padding);
}

guint
monocle_convolve_columns (guint kernel, guint channels)
{
  return CEIL_DIV (kernel * kernel * channels, 4) * 4;
}

static guint
count_patches (const MonocleTensor *x, const MonocleConvolution *c)
{
  return monocle_convolution_get_side (c, x->dims[0])
         * monocle_convolution_get_side (c, x->dims[1]);
}

typedef struct
{
  const MonocleTensor *x, *y;
  const MonocleConvolution *convolution;
  guint first;
} Im2col;

static gboolean
suits_im2col_block (const MonocleVkTraits *traits, gconstpointer call)
{
  const Im2col *c = call;

  return c->x->dims[2] % 4 == 0 && monocle_op_can_view (traits, c->x);
}

static void
record_im2col_with (MonocleCommands *commands,
                    const Im2col *i,
                    MonocleKernelId kernel,
                    guint x_first)
{
  const MonocleConvolution *c = i->convolution;
  const im2col_params push = {
    .height = i->x->dims[0],
    .width = i->x->dims[1],
    .channels = i->x->dims[2],
    .kernel = c->kernel,
    .stride = c->stride,
    .padding = c->padding,
    .out_width = monocle_convolution_get_side (c, i->x->dims[1]),
    .first = i->first,
    .rows = monocle_tensor_count_rows (i->y),
    .columns4 = monocle_tensor_get_columns (i->y) / 4,
    .enlarge = MAX (c->enlarge, 1),
    .x_first = x_first,
  };

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = kernel,
                                    .formats = monocle_op_get_formats (i->x, NULL),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (i->y),
                                        monocle_tensor_get_binding (i->x),
                                    },
                                    .push = &push,
                                },
                                (guint64) push.rows * push.columns4);
}

static void
record_im2col_block (MonocleCommands *commands, gconstpointer call)
{
  const Im2col *i = call;

  G_STATIC_ASSERT (sizeof (im2col_params) == sizeof (im2col_block_params));

  record_im2col_with (commands, i, MONOCLE_KERNEL_im2col_block, monocle_op_get_texel (i->x));
}

static void
record_im2col (MonocleCommands *commands, gconstpointer call)
{
  record_im2col_with (commands, call, MONOCLE_KERNEL_im2col, 0);
}

static const MonocleVariant im2col_variants[] = {
  { MONOCLE_KERNEL_im2col_block, suits_im2col_block, record_im2col_block },
  { MONOCLE_KERNEL_im2col, NULL, record_im2col },
};

void
monocle_op_im2col (MonocleCommands *commands,
                   const MonocleTensor *x,
                   const MonocleConvolution *c,
                   guint first,
                   const MonocleTensor *y)
{
  g_assert (x->n_dims == 3 && monocle_op_is_same_store (x, y) && c->stride > 0);
  g_assert (count_patches (x, c) > 0);
  g_assert (monocle_tensor_get_columns (y) == monocle_convolve_columns (c->kernel, x->dims[2]));
  g_assert (first + monocle_tensor_count_rows (y) <= count_patches (x, c));

  monocle_variant_record (im2col_variants, G_N_ELEMENTS (im2col_variants), commands,
                          monocle_op_get_formats (x, NULL), &(Im2col){ x, y, c, first });
}

/* Of patches at once; and what their rows are a multiple of, so that pieces start on the alignment
 * of tensors. */
#define CONVOLVE_BYTES ((guint64) 16 << 20)
#define CONVOLVE_PIECE 64

guint64
monocle_op_convolve_scratch (const MonocleTensor *x, const MonocleConvolution *c)
{
  const guint64 columns = monocle_convolve_columns (c->kernel, x->dims[2]);
  const guint64 piece = CONVOLVE_PIECE * columns;
  const guint64 pieces = MAX (CONVOLVE_BYTES / monocle_format_get_bytes (x->format, piece), 1);

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
      monocle_op_im2col (commands, x, c, first, &patches);
      monocle_op_matmul (commands, &patches, w, bias, residual ? &added : NULL, c->activation,
                         &out);
    }
}

/* --- depthwise ---------------------------------------------------------------------------- */

typedef struct
{
  const MonocleTensor *x, *w, *bias, *y;
} Depthwise;

static gboolean
is_viewable (const MonocleVkTraits *traits, gconstpointer call)
{
  const Depthwise *c = call;

  return monocle_op_can_view (traits, c->x) && monocle_op_can_view (traits, c->w);
}

/* Some pixels above each other an invocation. */
static void
record_depthwise_with (MonocleCommands *commands,
                       const Depthwise *c,
                       MonocleKernelId kernel,
                       gconstpointer push)
{
  MonocleVkGpu *gpu = monocle_commands_get_gpu (commands);
  const guint lanes = monocle_op_get_group_size (gpu), rows = gpu->traits.software ? 4 : 2;
  const guint64 n = (guint64) CEIL_DIV (c->x->dims[0], rows) * c->x->dims[1] * c->x->dims[2] / 4;

  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = kernel,
                                  .formats = monocle_op_get_formats (c->x, c->w),
                                  .flops = 18.0 * (double) monocle_tensor_get_n_elements (c->x),
                                  .specs = (guint32[]){ lanes, rows },
                                  .n_specs = 2,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (c->bias),
                                      monocle_tensor_get_binding (c->y),
                                      monocle_tensor_get_binding (c->x),
                                      monocle_tensor_get_binding (c->w),
                                  },
                                  .push = push,
                              },
                              CEIL_DIV (n, lanes));
}

static void
record_depthwise_block (MonocleCommands *commands, gconstpointer call)
{
  const Depthwise *c = call;
  const guint *dims = c->x->dims;

  record_depthwise_with (commands, c, MONOCLE_KERNEL_depthwise_conv_block,
                         &(depthwise_conv_block_params){ dims[0], dims[1], dims[2] / 4,
                                                         monocle_op_get_texel (c->x),
                                                         monocle_op_get_texel (c->w) });
}

static void
record_depthwise (MonocleCommands *commands, gconstpointer call)
{
  const Depthwise *c = call;
  const guint *dims = c->x->dims;

  record_depthwise_with (commands, c, MONOCLE_KERNEL_depthwise_conv,
                         &(depthwise_conv_params){ dims[0], dims[1], dims[2] / 4 });
}

static const MonocleVariant depthwise_variants[] = {
  { MONOCLE_KERNEL_depthwise_conv_block, is_viewable, record_depthwise_block },
  { MONOCLE_KERNEL_depthwise_conv, NULL, record_depthwise },
};

void
monocle_op_depthwise_conv (MonocleCommands *commands,
                           const MonocleTensor *x,
                           const MonocleTensor *w,
                           const MonocleTensor *bias,
                           const MonocleTensor *y)
{
  const guint channels = x->dims[2];

  g_assert (x->n_dims == 3 && monocle_op_is_same_store (x, y) && channels % 4 == 0);
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_tensor_get_n_elements (w) == 9 * channels
            && monocle_op_is_vector (bias, channels));

  monocle_variant_record (depthwise_variants, G_N_ELEMENTS (depthwise_variants), commands,
                          monocle_op_get_formats (x, w), &(Depthwise){ x, w, bias, y });
}
