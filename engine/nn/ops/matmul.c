/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix products: which kernel suits the device and the shape, and how large ones are cut.
 */
/* clang-format off
 *
 *   device    weights  rows   kernel
 *   software  packed   any    matmul_block, texel buffers (matmul_tile where they cannot be viewed)
 *   software  rows     any    matvec_block, texel buffers (as a GPU where they cannot be viewed)
 *   GPU       rows     to 16  matvec
 *   GPU       rows     more   matmul_tile
 *
 * clang-format on */
#include "config.h"

#include "engine/nn/ops/matmul.h"

#include "engine/nn/op-record.h"

/* Of the four kernels; see matmul.glsl. */
#define FLAG_BIAS     1
#define FLAG_RESIDUAL 2
#define FLAG_GELU     4
#define FLAG_FLOAT    8

/* Of the block kernels. */
#define BLOCK_LANES    MONOCLE_LAYOUT_LANES
#define BLOCK_MAX_ROWS 16

#define MATVEC_MAX_ROWS      8 /* that share one reading of the weights */
#define MATVEC_BLOCK_COLUMNS 8
#define MATVEC_GPU_MAX_M     16
#define MATVEC_GROUP         128
#define MATVEC_GROUP_COLUMNS 8
#define TILE_GROUP           256
#define TILE_SIDE            64

/* Pieces of rows and columns start on multiples of this, so that their byte offsets suit any device
 * and format. */
#define PIECE 64

typedef struct
{
  const MonocleTensor *x, *w, *bias, *residual, *y;
  guint m, n, k;
  guint y_first, y_stride; /* columns [y_first, y_first + n) of rows of y_stride */
  guint flags;
  MonocleStorage storage;
} Product;

/* Rows of one invocation: few different numbers, since each is a pipeline of its own. */
static guint
get_block_rows (guint m)
{
  if (m <= 2)
    return m;
  return CEIL_DIV (CEIL_DIV (m, CEIL_DIV (m, BLOCK_MAX_ROWS)), 4) * 4;
}

static gboolean
can_view (MonocleVkGpu *gpu, const MonocleTensor *tensor)
{
  const guint64 texel_bytes = monocle_format_get_bytes (tensor->format, 4);

  return tensor->buffer->size / texel_bytes <= gpu->info.limits.maxTexelBufferElements;
}

static guint
get_texel (const MonocleTensor *tensor)
{
  return (guint) (tensor->offset / monocle_format_get_bytes (tensor->format, 4));
}

static MonocleVkBinding
bind_or (const MonocleTensor *tensor, MonocleVkBinding other)
{
  return tensor ? monocle_tensor_get_binding (tensor) : other;
}

static void
record_block (MonocleCommands *commands, const Product *product)
{
  const guint rows = get_block_rows (product->m);
  const guint columns = monocle_layout_get_lane_columns (product->n);
  const MonocleVkBinding y = monocle_tensor_get_binding (product->y);
  const matmul_block_params push = {
    .m = product->m,
    .n = product->n,
    .k4 = product->k / 4,
    .x_first = get_texel (product->x),
    .w_first = get_texel (product->w),
    .w_columns = monocle_layout_get_padded_columns (product->n),
    .flags = product->flags,
  };

  g_assert (product->n % 4 == 0 && product->y_first == 0 && product->y_stride == product->n);
  monocle_op_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_matmul_block,
                           .storage = product->storage,
                           .specs = (guint32[]) { BLOCK_LANES, rows, columns, (product->flags & FLAG_GELU) != 0 },
                           .n_specs = 4,
                           .bindings = (MonocleVkBinding[]) {
                               bind_or (product->bias, y),
                               bind_or (product->residual, y),
                               y,
                               monocle_tensor_get_binding (product->x),
                               monocle_tensor_get_binding (product->w),
                           },
                           .push = &push,
                           /* Rows first: the weights of a column of workgroups stay in the cache. */
                           .groups = { CEIL_DIV (product->m, rows), push.w_columns / (BLOCK_LANES * columns), 1 },
                       });
}

static void
record_matvec_block (MonocleCommands *commands, const Product *product)
{
  const guint passes = CEIL_DIV (product->m, MATVEC_MAX_ROWS);
  const guint rows = CEIL_DIV (product->m, passes);
  const MonocleVkBinding y = monocle_tensor_get_binding (product->y);
  const matvec_block_params push = {
    .m = product->m,
    .n = product->n,
    .k4 = product->k / 4,
    .x_first = get_texel (product->x),
    .w_first = get_texel (product->w),
    .y_first = product->y_first,
    .y_stride = product->y_stride,
    .flags = product->flags,
  };

  monocle_op_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_matvec_block,
                           .storage = product->storage,
                           .specs = (guint32[]) { BLOCK_LANES, rows, MATVEC_BLOCK_COLUMNS },
                           .n_specs = 3,
                           .bindings = (MonocleVkBinding[]) {
                               bind_or (product->bias, y),
                               bind_or (product->residual, y),
                               y,
                               monocle_tensor_get_binding (product->x),
                               monocle_tensor_get_binding (product->w),
                           },
                           .push = &push,
                           .groups = { CEIL_DIV (product->n, BLOCK_LANES * MATVEC_BLOCK_COLUMNS), passes, 1 },
                       });
}

/* The part of a product's weights that the next kernel sees: @first..@first + product->n columns.
 */
static void
record_gpu_piece (MonocleCommands *commands,
                  const Product *product,
                  MonocleVkBinding w,
                  MonocleVkBinding bias)
{
  const MonocleVkBinding x = monocle_tensor_get_binding (product->x);
  const MonocleVkBinding y = monocle_tensor_get_binding (product->y);
  const MonocleVkBinding bindings[] = { x, w, bias, bind_or (product->residual, y), y };

  if (product->w->layout == MONOCLE_LAYOUT_ROWS && product->m <= MATVEC_GPU_MAX_M)
    {
      const guint passes = CEIL_DIV (product->m, MATVEC_MAX_ROWS);
      const guint rows = CEIL_DIV (product->m, passes);
      const matvec_params push = {
        .m = product->m,
        .n = product->n,
        .k4 = product->k / 4,
        .y_first = product->y_first,
        .y_stride = product->y_stride,
        .flags = product->flags,
      };

      monocle_op_dispatch (commands,
                           &(MonocleVkDispatch){
                               .kernel = MONOCLE_KERNEL_matvec,
                               .storage = product->storage,
                               .specs = (guint32[]){ MATVEC_GROUP, rows },
                               .n_specs = 2,
                               .bindings = bindings,
                               .push = &push,
                               .groups = { CEIL_DIV (product->n, MATVEC_GROUP_COLUMNS), passes, 1 },
                           });
    }
  else
    {
      const gboolean packed = product->w->layout == MONOCLE_LAYOUT_PACKED;
      const matmul_tile_params push = {
        .m = product->m,
        .n = product->n,
        .k4 = product->k / 4,
        .w_columns = packed ? monocle_layout_get_padded_columns (product->n) : 0,
        .y_first = product->y_first,
        .y_stride = product->y_stride,
        .flags = product->flags,
      };

      monocle_op_dispatch (commands, &(MonocleVkDispatch){
                                         .kernel = MONOCLE_KERNEL_matmul_tile,
                                         .storage = product->storage,
                                         .specs = (guint32[]){ TILE_GROUP, packed },
                                         .n_specs = 2,
                                         .bindings = bindings,
                                         .push = &push,
                                         .groups = { CEIL_DIV (product->m, TILE_SIDE),
                                                     CEIL_DIV (product->n, TILE_SIDE), 1 },
                                     });
    }
}

/* Weights past the limit of one binding are taken in pieces of columns. */
static void
record_gpu (MonocleCommands *commands, const Product *product)
{
  const guint64 limit = monocle_commands_get_gpu (commands)->info.limits.maxStorageBufferRange;
  const guint64 row_bytes = monocle_format_get_bytes (product->w->format, product->k);
  guint piece = (guint) MIN (product->n, MAX (limit / row_bytes / PIECE, 1) * PIECE);

  if (product->w->layout == MONOCLE_LAYOUT_PACKED)
    piece = product->n;
  for (guint first = 0; first < product->n; first += piece)
    {
      Product part = *product;
      MonocleVkBinding w = monocle_tensor_get_binding (product->w);
      MonocleVkBinding bias = bind_or (product->bias, w);

      part.n = MIN (piece, product->n - first);
      part.y_first += first;
      if (part.n < product->n)
        {
          w.offset += first * row_bytes;
          w.size = part.n * row_bytes;
          if (product->bias)
            {
              bias.offset += first * sizeof (float);
              bias.size = part.n * sizeof (float);
            }
          else
            bias = w;
        }
      record_gpu_piece (commands, &part, w, bias);
    }
}

static void
record_product (MonocleCommands *commands, const Product *product)
{
  MonocleVkGpu *gpu = monocle_commands_get_gpu (commands);

  if (gpu->block_kernels && can_view (gpu, product->x) && can_view (gpu, product->w))
    {
      if (product->w->layout == MONOCLE_LAYOUT_PACKED)
        record_block (commands, product);
      else
        record_matvec_block (commands, product);
    }
  else
    record_gpu (commands, product);
}

static MonocleTensor
take_rows (const MonocleTensor *tensor, guint first, guint n)
{
  const MonocleTensor flat = monocle_tensor_reshape (
      tensor, 2,
      (guint[]){ monocle_tensor_count_rows (tensor), monocle_tensor_get_columns (tensor) });

  return monocle_tensor_get_rows (&flat, first, n);
}

/* Activations past the limit of one binding are taken in pieces of rows. */
static void
record_in_pieces (MonocleCommands *commands, const Product *product)
{
  const guint64 limit = monocle_commands_get_gpu (commands)->info.limits.maxStorageBufferRange;
  const guint64 x_row = monocle_format_get_bytes (product->x->format, product->k);
  const guint64 y_row = monocle_format_get_bytes (product->y->format, product->y_stride);
  const guint64 piece = limit / MAX (x_row, y_row);

  if (product->m <= piece || piece < PIECE)
    {
      record_product (commands, product);
      return;
    }
  for (guint first = 0; first < product->m; first += piece / PIECE * PIECE)
    {
      const guint n = (guint) MIN (piece / PIECE * PIECE, product->m - first);
      const MonocleTensor x = take_rows (product->x, first, n);
      const MonocleTensor y = take_rows (product->y, first, n);
      MonocleTensor residual;
      Product part = *product;

      part.m = n;
      part.x = &x;
      part.y = &y;
      if (product->residual)
        {
          residual = take_rows (product->residual, first, n);
          part.residual = &residual;
        }
      record_product (commands, &part);
    }
}

static void
matmul (MonocleCommands *commands, Product *product)
{
  const MonocleTensor *x = product->x, *w = product->w, *y = product->y;

  product->m = monocle_tensor_count_rows (x);
  product->k = monocle_tensor_get_columns (x);
  product->n = w->dims[0];
  product->y_stride = monocle_tensor_get_columns (y);

  g_assert (x->layout == MONOCLE_LAYOUT_ROWS && y->layout == MONOCLE_LAYOUT_ROWS);
  g_assert (product->k % 4 == 0);
  g_assert (monocle_tensor_get_n_elements (w) == (guint64) product->n * product->k);
  g_assert (monocle_tensor_count_rows (y) == product->m);
  g_assert (product->y_first + product->n <= product->y_stride);
  g_assert (y->format == x->format || y->format == MONOCLE_FORMAT_F32);
  g_assert (product->bias == NULL
            || (product->bias->format == MONOCLE_FORMAT_F32
                && monocle_tensor_get_n_elements (product->bias) == product->n));
  g_assert (product->residual == NULL
            || (product->residual->format == x->format
                && monocle_tensor_get_n_elements (product->residual)
                       == monocle_tensor_get_n_elements (y)));
  if (commands == NULL)
    return;

  product->storage = monocle_op_choose_storage (x, w);
  if (product->bias)
    product->flags |= FLAG_BIAS;
  if (product->residual)
    product->flags |= FLAG_RESIDUAL;
  if (y->format == MONOCLE_FORMAT_F32)
    product->flags |= FLAG_FLOAT;
  record_in_pieces (commands, product);
}

void
monocle_op_matmul (MonocleCommands *commands,
                   const MonocleTensor *x,
                   const MonocleTensor *w,
                   const MonocleTensor *bias,
                   const MonocleTensor *residual,
                   MonocleActivation activation,
                   const MonocleTensor *y)
{
  Product product = {
    .x = x,
    .w = w,
    .bias = bias,
    .residual = residual,
    .y = y,
    .flags = activation == MONOCLE_ACTIVATION_GELU ? FLAG_GELU : 0,
  };

  g_assert (monocle_tensor_get_columns (y) == w->dims[0]);
  matmul (commands, &product);
}

void
monocle_op_matmul_columns (MonocleCommands *commands,
                           const MonocleTensor *x,
                           const MonocleTensor *w,
                           const MonocleTensor *bias,
                           guint first_column,
                           const MonocleTensor *y)
{
  Product product = { .x = x, .w = w, .bias = bias, .y = y, .y_first = first_column };

  g_assert (w->layout == MONOCLE_LAYOUT_ROWS);
  matmul (commands, &product);
}

MonocleLayout
monocle_op_matmul_get_layout (MonocleVkGpu *gpu)
{
  return gpu->block_kernels ? MONOCLE_LAYOUT_PACKED : MONOCLE_LAYOUT_ROWS;
}
