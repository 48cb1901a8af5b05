/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Norms, convolutions, embeddings, means and top-k: everything but matrix products (ops-matmul.c)
 * and attention (ops-attention.c); and what the three files share.
 */
#include "config.h"

#include "engine/nn/ops-private.h"

#include "engine/base/error.h"

/* Vulkan guarantees no more in one dimension. */
#define MAX_GROUPS 65535

/* Software devices pay for each workgroup what 64 simple invocations cost, and run few at a time:
 * invocations loop there. */
#define BLOCK_GROUPS 256
#define GPU_GROUPS   16384

#define LAYER_NORM_LANES 64
#define MERGE_LANES      64

/* --- shared ------------------------------------------------------------------------------- */

MonocleStorage
monocle_op_choose_storage (const MonocleTensor *store, const MonocleTensor *weight)
{
  g_assert (store->element != MONOCLE_ELEMENT_U32);
  if (store->element == MONOCLE_ELEMENT_F16)
    {
      g_assert (weight == NULL || weight->element == MONOCLE_ELEMENT_F16);
      return MONOCLE_STORAGE_F16;
    }
  if (weight != NULL && weight->element == MONOCLE_ELEMENT_F16)
    return MONOCLE_STORAGE_MIXED;
  return MONOCLE_STORAGE_F32;
}

guint
monocle_op_get_columns (const MonocleTensor *tensor)
{
  return tensor->dims[tensor->n_dims - 1];
}

guint
monocle_op_count_rows (const MonocleTensor *tensor)
{
  return (guint) (monocle_tensor_get_n_elements (tensor) / monocle_op_get_columns (tensor));
}

guint
monocle_op_get_group_size (MonocleVkGpu *gpu)
{
  return gpu->block_kernels ? 8 : 64;
}

guint
monocle_op_get_sharing_lanes (MonocleVkGpu *gpu, gsize bytes_per_lane)
{
  guint lanes = 64;

  while (lanes > 8 && lanes * bytes_per_lane > gpu->info.limits.maxComputeSharedMemorySize)
    lanes /= 2;
  return lanes;
}

void
monocle_op_dispatch (MonocleCommands *commands, const MonocleVkDispatch *dispatch)
{
  const guint64 limit = monocle_commands_get_gpu (commands)->info.limits.maxStorageBufferRange;
  const MonocleKernel *kernel = &monocle_kernels[dispatch->kernel];

  for (guint i = 0; i < kernel->n_storage; i++)
    if (dispatch->bindings[i].size > limit)
      {
        monocle_commands_take_error (
            commands, g_error_new (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                                   "%s needs %" G_GUINT64_FORMAT
                                   " MiB at once, but this device lets a kernel "
                                   "see only %" G_GUINT64_FORMAT " MiB",
                                   kernel->name, dispatch->bindings[i].size >> 20, limit >> 20));
        return;
      }
  monocle_commands_dispatch (commands, dispatch);
}

void
monocle_op_dispatch_groups (MonocleCommands *commands,
                            const MonocleVkDispatch *dispatch,
                            guint64 n_groups)
{
  MonocleVkDispatch folded = *dispatch;
  const guint64 rows = CEIL_DIV (n_groups, MAX_GROUPS);

  folded.groups[0] = (guint) CEIL_DIV (n_groups, rows);
  folded.groups[1] = (guint) rows;
  folded.groups[2] = 1;
  monocle_op_dispatch (commands, &folded);
}

void
monocle_op_dispatch_elements (MonocleCommands *commands,
                              const MonocleVkDispatch *dispatch,
                              guint64 n_elements)
{
  const gboolean block = monocle_commands_get_gpu (commands)->block_kernels;
  const guint32 specs[] = { block ? 64 : 128 };
  MonocleVkDispatch shared = *dispatch;

  g_assert (dispatch->n_specs == 0 && n_elements <= G_MAXUINT32);
  shared.specs = specs;
  shared.n_specs = 1;
  monocle_op_dispatch_groups (
      commands, &shared, MIN (CEIL_DIV (n_elements, specs[0]), block ? BLOCK_GROUPS : GPU_GROUPS));
}

static gboolean
is_vector (const MonocleTensor *tensor, guint n)
{
  return tensor->element == MONOCLE_ELEMENT_F32 && monocle_tensor_get_n_elements (tensor) == n;
}

static gboolean
is_same_store (const MonocleTensor *a, const MonocleTensor *b)
{
  return a->element == b->element && a->element != MONOCLE_ELEMENT_U32;
}

/* --- convolutions ------------------------------------------------------------------------- */

void
monocle_op_im2col (MonocleCommands *commands,
                   const MonocleTensor *x,
                   guint kernel,
                   guint stride,
                   guint padding,
                   const MonocleTensor *y)
{
  im2col_params push;

  g_assert (x->n_dims == 3 && is_same_store (x, y) && stride > 0);
  g_assert (x->dims[0] + 2 * padding >= kernel && x->dims[1] + 2 * padding >= kernel);
  push = (im2col_params){
    .height = x->dims[0],
    .width = x->dims[1],
    .channels = x->dims[2],
    .kernel = kernel,
    .stride = stride,
    .padding = padding,
    .out_height = (x->dims[0] + 2 * padding - kernel) / stride + 1,
    .out_width = (x->dims[1] + 2 * padding - kernel) / stride + 1,
    .columns4 = CEIL_DIV (kernel * kernel * x->dims[2], 4),
  };
  g_assert (monocle_op_get_columns (y) == 4 * push.columns4);
  g_assert (monocle_op_count_rows (y) == push.out_height * push.out_width);
  if (commands == NULL)
    return;

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_im2col,
                                    .storage = monocle_op_choose_storage (x, NULL),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                (guint64) push.out_height * push.out_width * push.columns4);
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

  g_assert (x->n_dims == 3 && is_same_store (x, y) && channels % 4 == 0);
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_tensor_get_n_elements (w) == 9 * channels && is_vector (bias, channels));
  if (commands == NULL)
    return;

  gpu = monocle_commands_get_gpu (commands);
  push = (depthwise_conv_params){ x->dims[0], x->dims[1], channels / 4 };
  specs[0] = monocle_op_get_group_size (gpu);
  specs[1] = gpu->block_kernels ? 4 : 2;
  n = (guint64) CEIL_DIV (push.height, specs[1]) * push.width * push.channels4;
  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_depthwise_conv,
                                  .storage = monocle_op_choose_storage (x, w),
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

/* --- norms and means ---------------------------------------------------------------------- */

void
monocle_op_layer_norm (MonocleCommands *commands,
                       const MonocleTensor *x,
                       const MonocleTensor *weight,
                       const MonocleTensor *bias,
                       float eps,
                       const MonocleTensor *y)
{
  const guint columns = monocle_op_get_columns (x);
  const guint rows = monocle_op_count_rows (x);
  const layer_norm_params push = { rows, columns / 4, eps };
  gboolean block;
  guint32 lanes;

  g_assert (columns % 4 == 0 && is_same_store (x, y));
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (is_vector (weight, columns) && is_vector (bias, columns));
  if (commands == NULL)
    return;

  G_STATIC_ASSERT (sizeof (layer_norm_params) == sizeof (layer_norm_group_params));
  block = monocle_commands_get_gpu (commands)->block_kernels;
  lanes = block ? 8 : LAYER_NORM_LANES;
  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch) {
          .kernel = block ? MONOCLE_KERNEL_layer_norm : MONOCLE_KERNEL_layer_norm_group,
          .storage = monocle_op_choose_storage (x, NULL),
          .specs = &lanes,
          .n_specs = 1,
          .bindings = (MonocleVkBinding[]) {
              monocle_tensor_get_binding (x),
              monocle_tensor_get_binding (weight),
              monocle_tensor_get_binding (bias),
              monocle_tensor_get_binding (y),
          },
          .push = &push,
      },
      block ? CEIL_DIV (rows, lanes) : rows);
}

void
monocle_op_mean_rows (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y)
{
  const guint columns = monocle_op_get_columns (x);
  const mean_rows_params push = { monocle_op_count_rows (x), columns / 4 };
  guint32 lanes;

  g_assert (columns % 4 == 0 && is_same_store (x, y));
  g_assert (monocle_tensor_get_n_elements (y) == columns);
  if (commands == NULL)
    return;

  lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));
  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_mean_rows,
                                  .storage = monocle_op_choose_storage (x, NULL),
                                  .specs = &lanes,
                                  .n_specs = 1,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (x),
                                      monocle_tensor_get_binding (y),
                                  },
                                  .push = &push,
                              },
                              CEIL_DIV (push.columns4, lanes));
}

/* --- embeddings --------------------------------------------------------------------------- */

#define EMBED_PLACE            1
#define EMBED_POSITION_PER_ROW 2

void
monocle_op_embed (MonocleCommands *commands,
                  const MonocleTensor *ids,
                  const MonocleTensor *table,
                  guint first_id,
                  const MonocleTensor *positions,
                  guint first_position,
                  gboolean position_per_row,
                  const MonocleTensor *place,
                  const MonocleTensor *y)
{
  const guint columns = monocle_op_get_columns (y);
  const guint tokens = monocle_op_count_rows (y);
  const guint n_ids = monocle_op_count_rows (table);
  const gsize row_bytes = columns * monocle_element_get_size (table->element);
  guint piece;

  g_assert (columns % 4 == 0 && monocle_op_get_columns (table) == columns);
  g_assert (monocle_op_get_columns (positions) == columns && positions->element == table->element);
  g_assert (first_position + (position_per_row ? tokens : 1) <= monocle_op_count_rows (positions));
  g_assert (ids->element == MONOCLE_ELEMENT_U32 && monocle_tensor_get_n_elements (ids) >= tokens);
  g_assert (place == NULL
            || (place->element == MONOCLE_ELEMENT_U32
                && monocle_tensor_get_n_elements (place) == tokens));
  if (commands == NULL)
    return;

  /* A table past the limit of one binding is looked up piece by piece; 64 rows keep the alignment.
   */
  piece = (guint) (monocle_commands_get_gpu (commands)->info.limits.maxStorageBufferRange
                   / row_bytes);
  piece = MIN (n_ids, MAX (piece / 64, 1) * 64);
  for (guint first = 0; first < n_ids; first += piece)
    {
      MonocleVkBinding rows = monocle_tensor_get_binding (table);
      const embed_params push = {
        .tokens = tokens,
        .columns4 = columns / 4,
        .first_id = first_id + first,
        .n_ids = MIN (piece, n_ids - first),
        .first_position = first_position,
        .flags = (place ? EMBED_PLACE : 0) | (position_per_row ? EMBED_POSITION_PER_ROW : 0),
      };

      rows.offset += first * row_bytes;
      rows.size = push.n_ids * row_bytes;
      monocle_op_dispatch_elements (commands,
                                    &(MonocleVkDispatch) {
                                        .kernel = MONOCLE_KERNEL_embed,
                                        .storage = monocle_op_choose_storage (y, table),
                                        .bindings = (MonocleVkBinding[]) {
                                            monocle_tensor_get_binding (ids),
                                            rows,
                                            monocle_tensor_get_binding (positions),
                                            monocle_tensor_get_binding (place ? place : ids),
                                            monocle_tensor_get_binding (y),
                                        },
                                        .push = &push,
                                    },
                                    (guint64) tokens * push.columns4);
    }
}

void
monocle_op_add_positions (MonocleCommands *commands,
                          const MonocleTensor *x,
                          const MonocleTensor *positions,
                          guint first_position,
                          guint n_batches,
                          guint y_first,
                          guint y_batch_rows,
                          const MonocleTensor *y)
{
  const guint columns = monocle_op_get_columns (x);
  const gboolean shared = x->n_dims == 2;
  const guint tokens = x->dims[x->n_dims - 2];
  const add_positions_params push = {
    .batches = n_batches,
    .tokens = tokens,
    .columns4 = columns / 4,
    .first_position = first_position,
    .x_batch = shared ? 0 : tokens,
    .y_first = y_first,
    .y_batch_rows = y_batch_rows,
  };

  g_assert (columns % 4 == 0 && is_same_store (x, y) && x->n_dims >= 2);
  g_assert (shared || monocle_op_count_rows (x) == n_batches * tokens);
  g_assert (monocle_op_get_columns (positions) == columns);
  g_assert (first_position + tokens <= monocle_op_count_rows (positions));
  g_assert (y_first + tokens <= y_batch_rows && monocle_op_get_columns (y) == columns);
  g_assert (n_batches * y_batch_rows <= monocle_op_count_rows (y));
  if (commands == NULL)
    return;

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_add_positions,
                                    .storage = monocle_op_choose_storage (x, positions),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (positions),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                (guint64) n_batches * tokens * push.columns4);
}

void
monocle_op_image_positions (MonocleCommands *commands,
                            const MonocleTensor *x,
                            const MonocleTensor *columns,
                            const MonocleTensor *rows,
                            const MonocleTensor *temporal,
                            const MonocleTensor *y)
{
  const guint channels = monocle_op_get_columns (x);
  image_positions_params push;

  g_assert (x->n_dims == 3 && channels % 4 == 0 && is_same_store (x, y));
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_op_get_columns (columns) + monocle_op_get_columns (rows) == channels);
  g_assert (columns->element == rows->element && is_vector (temporal, channels));
  g_assert (x->dims[1] <= monocle_op_count_rows (columns));
  g_assert (x->dims[0] <= monocle_op_count_rows (rows));
  if (commands == NULL)
    return;

  push = (image_positions_params){
    .height = x->dims[0],
    .width = x->dims[1],
    .channels4 = channels / 4,
    .column_channels = monocle_op_get_columns (columns),
  };
  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_image_positions,
                                    .storage = monocle_op_choose_storage (x, columns),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (columns),
                                        monocle_tensor_get_binding (rows),
                                        monocle_tensor_get_binding (temporal),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                (guint64) push.height * push.width * push.channels4);
}

void
monocle_op_convert (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y)
{
  const guint64 n = monocle_tensor_get_n_elements (x);
  const convert_params push = { (guint) n };

  g_assert (x->element == MONOCLE_ELEMENT_F32 && monocle_tensor_get_n_elements (y) == n);
  if (commands == NULL)
    return;

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_convert,
                                    .storage = monocle_op_choose_storage (y, NULL),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                n);
}

/* --- top-k -------------------------------------------------------------------------------- */

#define TOP_K_BIAS 1

/* Entries of a row that one invocation looks at. */
static guint
get_top_k_chunk (MonocleVkGpu *gpu)
{
  return gpu->block_kernels ? 512 : 128;
}

guint
monocle_op_top_k_scratch (MonocleVkGpu *gpu, guint n_rows, guint n_vocabulary, guint k)
{
  return n_rows * CEIL_DIV (n_vocabulary, get_top_k_chunk (gpu)) * (2 + 2 * k);
}

void
monocle_op_top_k (MonocleCommands *commands,
                  const MonocleTensor *logits,
                  const MonocleTensor *bias,
                  const MonocleTensor *banned,
                  const MonocleTensor *n_banned,
                  guint k,
                  const MonocleTensor *scratch,
                  const MonocleTensor *y)
{
  const guint rows = monocle_op_count_rows (logits);
  const guint n = monocle_op_get_columns (logits);
  top_k_params push = { .rows = rows, .n = n, .flags = bias ? TOP_K_BIAS : 0 };
  top_k_merge_params merge;
  MonocleVkGpu *gpu;
  guint32 lanes;

  g_assert (logits->element == MONOCLE_ELEMENT_F32 && k > 0 && k <= MONOCLE_OP_TOP_K_MAX);
  g_assert (bias == NULL || is_vector (bias, n));
  g_assert (banned->element == MONOCLE_ELEMENT_U32 && monocle_op_count_rows (banned) == rows);
  g_assert (monocle_op_get_columns (banned) % 2 == 0);
  g_assert (n_banned->element == MONOCLE_ELEMENT_U32);
  g_assert (monocle_tensor_get_n_elements (n_banned) == rows);
  g_assert (y->element == MONOCLE_ELEMENT_U32);
  g_assert (monocle_tensor_get_n_elements (y) == (guint64) rows * 2 * k);
  if (commands == NULL)
    return;

  gpu = monocle_commands_get_gpu (commands);
  push.chunk = get_top_k_chunk (gpu);
  push.chunks = CEIL_DIV (n, push.chunk);
  push.max_banned = monocle_op_get_columns (banned) / 2;
  g_assert (monocle_tensor_get_n_elements (scratch) >= monocle_op_top_k_scratch (gpu, rows, n, k));

  lanes = monocle_op_get_group_size (gpu);
  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_top_k,
                                  .specs = (guint32[]) { lanes, k },
                                  .n_specs = 2,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (logits),
                                      monocle_tensor_get_binding (bias ? bias : logits),
                                      monocle_tensor_get_binding (banned),
                                      monocle_tensor_get_binding (n_banned),
                                      monocle_tensor_get_binding (scratch),
                                  },
                                  .push = &push,
                              },
                              CEIL_DIV ((guint64) rows * push.chunks, lanes));

  merge = (top_k_merge_params){ rows, push.chunks };
  lanes
      = gpu->block_kernels ? 1 : monocle_op_get_sharing_lanes (gpu, (2 + 2 * k) * sizeof (guint32));
  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_top_k_merge,
                                  .specs = (guint32[]) { lanes, k, lanes },
                                  .n_specs = 3,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (scratch),
                                      monocle_tensor_get_binding (y),
                                  },
                                  .push = &merge,
                              },
                              rows);
}
