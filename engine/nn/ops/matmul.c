/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix products: which kernel suits the device and the shape, and how large ones are cut.
 */
/* clang-format off
 *
 *   device    weights  rows   kernel
 *   software  packed   any    matmul_straight, at addresses (where they can be read, and the shape is even)
 *   software  rows     to 7   matvec_straight, likewise, also of weights in 8 bits, which have no other
 *   software  rows     more   matmul_straight, likewise
 *   software  packed   any    matmul_block, texel buffers (matmul_tile where they cannot be viewed)
 *   software  groups   any    matvec_groups_block, texel buffers (likewise): weights in 8 or 4 bits
 *   software  rows     any    matvec_block, texel buffers (as a GPU where they cannot be viewed, or lanes not summed)
 *   GPU       rows     to 16  matvec
 *   GPU       rows     more   matmul_coop, all in 16 bits (where subgroups multiply matrices)
 *   GPU       rows     more   matmul_tile
 *
 * clang-format on */
#include "config.h"

#include "engine/nn/ops/matmul.h"

#include "engine/nn/op-record.h"
#include "engine/nn/ops/matmul-coop.h"
#include "engine/nn/ops/matmul-private.h"
#include "engine/nn/ops/matmul-straight.h"

/* Of the block kernels. */
#define BLOCK_LANES    MONOCLE_LAYOUT_LANES
#define BLOCK_MAX_ROWS 16
#define BLOCK_STEPS    2 /* of fours, where they are even: sums go through memory half as often */

#define MATVEC_MAX_ROWS      8 /* that share one reading of the weights */
#define MATVEC_BLOCK_COLUMNS 8
#define HALVES               8 /* in a texel of bits */
#define MATVEC_GPU_MAX_M     16

/* Pieces of rows and columns start on multiples of this, so that their byte offsets suit any device
 * and format. */
#define PIECE 64

/* Rows of one invocation: few different numbers, since each is a pipeline of its own. */
static guint
get_block_rows (guint m)
{
  if (m <= 2)
    return m;
  return CEIL_DIV (CEIL_DIV (m, CEIL_DIV (m, BLOCK_MAX_ROWS)), 4) * 4;
}

static gboolean
is_viewable (const MonocleVkTraits *traits, const MonocleProduct *product)
{
  return monocle_op_can_view (traits, product->x) && monocle_op_can_view (traits, product->w);
}

static gboolean
suits_block (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleProduct *product = call;

  return product->w->layout == MONOCLE_LAYOUT_PACKED && is_viewable (traits, product);
}

static void
record_block (MonocleCommands *commands, gconstpointer call)
{
  const MonocleProduct *product = call;
  const guint rows = get_block_rows (product->m);
  const guint columns = monocle_layout_get_lane_columns (product->n);
  const guint steps = product->k / 4 % BLOCK_STEPS == 0 ? BLOCK_STEPS : 1;
  const MonocleVkBinding y = monocle_tensor_get_binding (product->y);
  const matmul_block_params push = {
    .m = product->m,
    .n = product->n,
    .k4 = product->k / 4,
    .x_first = monocle_op_get_texel (product->x),
    .w_first = monocle_op_get_texel (product->w),
    .flags = product->flags,
  };

  g_assert (product->y_first == 0 && product->y_stride == product->n);
  monocle_commands_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_matmul_block,
                           .formats = product->formats,
                           .flops = monocle_product_count_flops (product),
                           .specs = (guint32[]) { BLOCK_LANES, rows, columns, product->activation, product->n % 4 != 0, steps },
                           .n_specs = 6,
                           .bindings = (MonocleVkBinding[]) {
                               monocle_product_bind_or (product->bias, y),
                               monocle_product_bind_or (product->residual, y),
                               y,
                               monocle_tensor_get_binding (product->x),
                               monocle_tensor_get_binding (product->w),
                           },
                           .push = &push,
                           /* Rows first: the weights of a column of workgroups stay in the cache. */
                           .groups = { CEIL_DIV (product->m, rows), monocle_layout_get_padded_columns (product->n) / (BLOCK_LANES * columns), 1 },
                       });
}

static gboolean
suits_matvec_block (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleProduct *product = call;

  if (product->w->format == MONOCLE_FORMAT_F16
      && (product->k | product->w->offset / 2) % HALVES != 0)
    return FALSE;
  return product->w->layout == MONOCLE_LAYOUT_ROWS && is_viewable (traits, product);
}

/* Weights in rows: a few columns of them are read once for a few rows of the product.
 * @group: invocations of a workgroup
 * @columns: of an invocation
 * @group_columns: of a workgroup
 * @scales: of weights that have some; else whatever */
static void
dispatch_matvec_block (MonocleCommands *commands,
                       const MonocleProduct *product,
                       MonocleKernelId kernel,
                       guint group,
                       guint columns,
                       guint group_columns,
                       const MonocleVkBinding *w,
                       const MonocleVkBinding *scales,
                       gconstpointer push)
{
  const guint passes = CEIL_DIV (product->m, MATVEC_MAX_ROWS);
  const guint rows = CEIL_DIV (product->m, passes);
  const MonocleVkBinding y = monocle_tensor_get_binding (product->y);

  monocle_commands_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = kernel,
                           .formats = product->formats,
                           .flops = monocle_product_count_flops (product),
                           .specs = (guint32[]) { group, rows, columns, monocle_product_get_other_activation (product) },
                           .n_specs = 4,
                           .bindings = (MonocleVkBinding[]) {
                               monocle_product_bind_or (product->bias, y),
                               monocle_product_bind_or (product->residual, y),
                               y,
                               monocle_tensor_get_binding (product->x),
                               *w,
                               *scales,
                           },
                           .push = push,
                           .groups = { CEIL_DIV (product->n, group_columns), passes, 1 },
                       });
}

static void
record_matvec_block (MonocleCommands *commands, gconstpointer call)
{
  const MonocleProduct *product = call;
  const guint lanes = monocle_commands_get_gpu (commands)->traits.subgroup_size;
  const guint columns = MIN (lanes, MATVEC_BLOCK_COLUMNS);
  MonocleVkBinding w = monocle_tensor_get_binding (product->w);
  matvec_block_params push = {
    .m = product->m,
    .n = product->n,
    .k4 = product->k / 4,
    .x_first = monocle_op_get_texel (product->x),
    .w_first = monocle_op_get_texel (product->w),
    .y_first = product->y_first,
    .y_stride = product->y_stride,
    .flags = product->flags,
  };

  /* Eight halves at once, which is as dear as four. */
  if (product->w->format == MONOCLE_FORMAT_F16)
    {
      w.format = MONOCLE_FORMAT_U32;
      push.w_first /= 2;
    }
  dispatch_matvec_block (commands, product, MONOCLE_KERNEL_matvec_block, lanes, columns, columns,
                         &w, &w, &push);
}

static gboolean
suits_matvec_groups_block (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleProduct *product = call;
  MonocleTensor scales = *product->w;

  /* The smallest texels that it is read in. */
  scales.format = MONOCLE_FORMAT_F16;
  return monocle_op_can_view (traits, product->x) && monocle_op_can_view (traits, &scales);
}

static void
record_matvec_groups_block (MonocleCommands *commands, gconstpointer call)
{
  const MonocleProduct *product = call;
  const guint64 shared_offset
      = monocle_format_get_shared_offset (product->w->format, (guint64) product->n * product->k);
  MonocleVkBinding w = monocle_tensor_get_binding (product->w), scales = w;
  const matvec_groups_block_params push = {
    .m = product->m,
    .n = product->n,
    .groups = product->k / monocle_formats[product->w->format].block,
    .x_first = monocle_op_get_texel (product->x),
    .w_first = (guint) (w.offset / monocle_format_get_texel_bytes (MONOCLE_FORMAT_U32)),
    .scales_first
    = (guint) ((w.offset + shared_offset) / monocle_format_get_texel_bytes (MONOCLE_FORMAT_F16)),
    .y_first = product->y_first,
    .y_stride = product->y_stride,
    .flags = product->flags,
  };

  /* Sixteen integers of 8 bits are a texel of four, or a group of 4 bits; scales are texels of
   * their own format. */
  w.format = MONOCLE_FORMAT_U32;
  scales.format = MONOCLE_FORMAT_F16;
  dispatch_matvec_block (commands, product, MONOCLE_KERNEL_matvec_groups_block, BLOCK_LANES,
                         MATVEC_BLOCK_COLUMNS, BLOCK_LANES * MATVEC_BLOCK_COLUMNS, &w, &scales,
                         &push);
}

/* What the kernels for GPUs bind of a product, or of a piece of its columns. */
typedef struct
{
  const MonocleProduct *product;
  MonocleVkBinding bindings[5];
} Piece;

static void
dispatch_matvec (MonocleCommands *commands, const Piece *piece)
{
  const MonocleProduct *product = piece->product;
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

  monocle_commands_dispatch (
      commands, &(MonocleVkDispatch){
                    .kernel = MONOCLE_KERNEL_matvec,
                    .formats = product->formats,
                    .flops = monocle_product_count_flops (product),
                    .specs = (guint32[]){ MATVEC_GROUP, rows,
                                          monocle_product_get_other_activation (product) },
                    .n_specs = 3,
                    .bindings = piece->bindings,
                    .push = &push,
                    .groups = { CEIL_DIV (product->n, MATVEC_GROUP / MATVEC_LANES), passes, 1 },
                });
}

static void
dispatch_tile (MonocleCommands *commands, const Piece *piece)
{
  const MonocleProduct *product = piece->product;
  const gboolean packed = product->w->layout == MONOCLE_LAYOUT_PACKED;
  const matmul_tile_params push = {
    .m = product->m,
    .n = product->n,
    .k4 = product->k / 4,
    .y_first = product->y_first,
    .y_stride = product->y_stride,
    .flags = product->flags,
  };

  monocle_commands_dispatch (
      commands, &(MonocleVkDispatch){
                    .kernel = MONOCLE_KERNEL_matmul_tile,
                    .formats = product->formats,
                    .flops = monocle_product_count_flops (product),
                    .specs = (guint32[]){ MATMUL_TILE_GROUP, packed,
                                          monocle_product_get_other_activation (product) },
                    .n_specs = 3,
                    .bindings = piece->bindings,
                    .push = &push,
                    .groups = { CEIL_DIV (product->m, MATMUL_TILE_SIDE),
                                CEIL_DIV (product->n, MATMUL_TILE_SIDE), 1 },
                });
}

static const MonocleMatmulCoopTile *
get_coop_tile (const MonocleVkTraits *traits, const MonocleProduct *product)
{
  return product->tile ? product->tile
                       : monocle_matmul_coop_choose (traits, product->m, product->n);
}

static void
dispatch_coop (MonocleCommands *commands, const Piece *piece)
{
  const MonocleVkTraits *traits = &monocle_commands_get_gpu (commands)->traits;
  const MonocleProduct *product = piece->product;
  const MonocleMatmulCoopTile *tile = get_coop_tile (traits, product);
  const matmul_coop_params push = {
    .m = product->m,
    .n = product->n,
    .k4 = product->k / 4,
    .y_first = product->y_first,
    .y_stride = product->y_stride,
    .flags = product->flags,
  };
  const guint32 specs[] = {
    monocle_matmul_coop_get_group (traits, tile),
    monocle_product_get_other_activation (product),
    product->k % 8 == 0,
    (product->n | product->y_first | product->y_stride) % 4 == 0,
    tile->rows,
    tile->columns,
    tile->sub_rows,
    tile->sub_columns,
    tile->depth,
    tile->slices,
    traits->matrix.rows,
    traits->matrix.columns,
    traits->matrix.depth,
  };

  monocle_commands_dispatch (commands, &(MonocleVkDispatch){
                                           .kernel = MONOCLE_KERNEL_matmul_coop,
                                           .formats = product->formats,
                                           .flops = monocle_product_count_flops (product),
                                           .specs = specs,
                                           .n_specs = G_N_ELEMENTS (specs),
                                           .bindings = piece->bindings,
                                           .push = &push,
                                           .groups = { CEIL_DIV (product->m, tile->rows),
                                                       CEIL_DIV (product->n, tile->columns), 1 },
                                       });
}

/* Weights past the limit of one binding are taken in pieces of columns. */
static void
record_columns (MonocleCommands *commands,
                const MonocleProduct *product,
                void (*dispatch) (MonocleCommands *commands, const Piece *piece))
{
  const guint64 limit = monocle_commands_get_gpu (commands)->traits.max_binding_bytes;
  const guint64 row_bytes = monocle_format_get_bytes (product->w->format, product->k);
  const MonocleVkBinding y = monocle_tensor_get_binding (product->y);
  guint columns = (guint) MIN (product->n, MAX (limit / row_bytes / PIECE, 1) * PIECE);

  /* Of those in groups no piece has its scales beside it: none is larger. */
  if (product->w->layout == MONOCLE_LAYOUT_PACKED
      || monocle_formats[product->w->format].shared_bytes > 0)
    columns = product->n;
  for (guint first = 0; first < product->n; first += columns)
    {
      MonocleProduct part = *product;
      MonocleVkBinding w = monocle_tensor_get_binding (product->w);
      MonocleVkBinding bias = monocle_product_bind_or (product->bias, w);

      part.n = MIN (columns, product->n - first);
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
      dispatch (commands,
                &(Piece){ .product = &part,
                          .bindings = { monocle_tensor_get_binding (product->x), w, bias,
                                        monocle_product_bind_or (product->residual, y), y } });
    }
}

static gboolean
suits_matvec (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleProduct *product = call;

  return product->w->layout == MONOCLE_LAYOUT_ROWS && product->m <= MATVEC_GPU_MAX_M;
}

static void
record_matvec (MonocleCommands *commands, gconstpointer call)
{
  record_columns (commands, call, dispatch_matvec);
}

static gboolean
suits_coop (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleProduct *product = call;

  return product->w->layout == MONOCLE_LAYOUT_ROWS && get_coop_tile (traits, product);
}

static void
record_coop (MonocleCommands *commands, gconstpointer call)
{
  record_columns (commands, call, dispatch_coop);
}

static void
record_tile (MonocleCommands *commands, gconstpointer call)
{
  record_columns (commands, call, dispatch_tile);
}

static const MonocleVariant variants[] = {
  { MONOCLE_KERNEL_matmul_straight, monocle_matmul_straight_suits, monocle_matmul_straight_record },
  { MONOCLE_KERNEL_matmul_block, suits_block, record_block },
  { MONOCLE_KERNEL_matvec_straight, monocle_matvec_straight_suits, monocle_matvec_straight_record },
  { MONOCLE_KERNEL_matvec_block, suits_matvec_block, record_matvec_block },
  { MONOCLE_KERNEL_matvec_groups_block, suits_matvec_groups_block, record_matvec_groups_block },
  { MONOCLE_KERNEL_matvec, suits_matvec, record_matvec },
  { MONOCLE_KERNEL_matmul_coop, suits_coop, record_coop },
  { MONOCLE_KERNEL_matmul_tile, NULL, record_tile },
};

static void
record_product (MonocleCommands *commands, const MonocleProduct *product)
{
  monocle_variant_record (variants, G_N_ELEMENTS (variants), commands, product->formats, product);
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
record_in_pieces (MonocleCommands *commands, const MonocleProduct *product)
{
  const guint64 limit = monocle_commands_get_gpu (commands)->traits.max_binding_bytes;
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
      MonocleProduct part = *product;

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
matmul (MonocleCommands *commands, MonocleProduct *product)
{
  const MonocleTensor *x = product->x, *w = product->w, *y = product->y;

  product->m = monocle_tensor_count_rows (x);
  product->k = monocle_tensor_get_columns (x);
  product->n = w->dims[0];
  product->y_stride = monocle_tensor_get_columns (y);

  g_assert (x->layout == MONOCLE_LAYOUT_ROWS && y->layout == MONOCLE_LAYOUT_ROWS);
  g_assert (product->k % MAX (4, monocle_formats[w->format].block) == 0);
  g_assert (monocle_tensor_get_n_elements (w) == (guint64) product->n * product->k);
  g_assert (monocle_tensor_count_rows (y) == product->m);
  g_assert (product->y_first + product->n <= product->y_stride);
  g_assert (y->format == x->format || y->format == MONOCLE_FORMAT_F32);
  g_assert (!product->bias || monocle_op_is_vector (product->bias, product->n));
  g_assert (!product->residual
            || (product->residual->format == x->format
                && monocle_tensor_get_n_elements (product->residual)
                       == monocle_tensor_get_n_elements (y)));

  product->formats = monocle_op_get_formats (x, w);
  if (product->bias)
    product->flags |= MATMUL_BIAS;
  if (product->residual)
    product->flags |= MATMUL_RESIDUAL;
  if (y->format == MONOCLE_FORMAT_F32)
    product->flags |= MATMUL_FLOAT;
  record_in_pieces (commands, product);
}

void
monocle_op_matmul_in_tiles (MonocleCommands *commands,
                            const MonocleMatmulCoopTile *tile,
                            const MonocleTensor *x,
                            const MonocleTensor *w,
                            const MonocleTensor *bias,
                            const MonocleTensor *residual,
                            MonocleActivation activation,
                            const MonocleTensor *y)
{
  MonocleProduct product = {
    .tile = tile,
    .x = x,
    .w = w,
    .bias = bias,
    .residual = residual,
    .y = y,
    .flags = activation == MONOCLE_ACTIVATION_GELU ? MATMUL_GELU : 0,
    .activation = activation,
  };

  g_assert (monocle_tensor_get_columns (y) == w->dims[0]);
  matmul (commands, &product);
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
  monocle_op_matmul_in_tiles (commands, NULL, x, w, bias, residual, activation, y);
}

void
monocle_op_matmul_columns (MonocleCommands *commands,
                           const MonocleTensor *x,
                           const MonocleTensor *w,
                           const MonocleTensor *bias,
                           guint first_column,
                           const MonocleTensor *y)
{
  MonocleProduct product = { .x = x, .w = w, .bias = bias, .y = y, .y_first = first_column };

  g_assert (w->layout == MONOCLE_LAYOUT_ROWS);
  matmul (commands, &product);
}

MonocleLayout
monocle_op_matmul_get_layout (MonocleVkGpu *gpu)
{
  return gpu->traits.software ? MONOCLE_LAYOUT_PACKED : MONOCLE_LAYOUT_ROWS;
}
