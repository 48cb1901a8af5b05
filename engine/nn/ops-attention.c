/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The four kinds of attention: in windows, between channels, general, and over the key-value cache.
 */
#include "config.h"

#include "engine/nn/ops-private.h"

#include <math.h>

/* Below this many (batch, head, query), a GPU is better filled by sharing keys than by queries. */
#define FEW_QUERIES 4096

/* Floats of query and of sums that one invocation of a block kernel keeps, each. */
#define BLOCK_FLOATS      256
#define BLOCK_MAX_QUERIES 8

/* Bytes of keys and values in shared memory; every device has 16 KiB. */
#define SHARED_BYTES 16384

static guint
get_block_queries (guint head_width)
{
  return CLAMP (BLOCK_FLOATS / head_width, 1, BLOCK_MAX_QUERIES);
}

/* Lanes that share the keys of one query: each keeps its sums, a maximum and a total. */
static guint
get_key_lanes (MonocleVkGpu *gpu, guint head_width)
{
  return monocle_op_get_sharing_lanes (gpu, (head_width + 2) * sizeof (float));
}

/* Keys that a block kernel takes at once. With many queries one key is work enough, and more would
 * only double the time that the driver takes to compile. */
static guint
get_step_keys (guint n_queries)
{
  return n_queries == 1 ? 4 : n_queries < 4 ? 2 : 1;
}

static float
get_scale (guint width)
{
  return (float) (1.0 / sqrt (width));
}

void
monocle_op_window_attention (MonocleCommands *commands,
                             const MonocleTensor *qkv,
                             const MonocleTensor *bias,
                             guint n_heads,
                             guint window,
                             const MonocleTensor *y)
{
  const guint height = qkv->dims[0], width = qkv->dims[1];
  const guint channels = monocle_op_get_columns (y);
  const guint head_width = channels / n_heads;
  const guint windows_x = CEIL_DIV (width, window);
  const guint windows = windows_x * CEIL_DIV (height, window);
  MonocleVkGpu *gpu;
  MonocleVkBinding bindings[3];

  g_assert (qkv->n_dims == 3 && y->n_dims == 3 && window > 0);
  g_assert (qkv->dims[2] == 3 * channels && y->dims[0] == height && y->dims[1] == width);
  g_assert (head_width * n_heads == channels && head_width % 4 == 0);
  g_assert (bias->element == MONOCLE_ELEMENT_F32);
  g_assert (monocle_tensor_get_n_elements (bias) == 3 * channels);
  g_assert (y->element == qkv->element);
  if (commands == NULL)
    return;

  gpu = monocle_commands_get_gpu (commands);
  bindings[0] = monocle_tensor_get_binding (qkv);
  bindings[1] = monocle_tensor_get_binding (bias);
  bindings[2] = monocle_tensor_get_binding (y);
  if (gpu->block_kernels)
    {
      const guint queries = get_block_queries (head_width);
      const guint64 n = (guint64) windows * n_heads * CEIL_DIV (window * window, queries);
      const window_attention_params push = {
        .height = height,
        .width = width,
        .windows_x = windows_x,
        .windows = windows,
        .heads = n_heads,
        .scale = get_scale (head_width),
      };

      monocle_op_dispatch_groups (
          commands,
          &(MonocleVkDispatch){
              .kernel = MONOCLE_KERNEL_window_attention,
              .storage = monocle_op_choose_storage (qkv, NULL),
              .specs = (guint32[]){ monocle_op_get_group_size (gpu), queries, head_width, window },
              .n_specs = 4,
              .bindings = bindings,
              .push = &push,
          },
          CEIL_DIV (n, monocle_op_get_group_size (gpu)));
    }
  else
    {
      const guint tokens = window * window;
      const guint lanes = MIN (CEIL_DIV (tokens, 32) * 32, 128);
      const guint chunk = SHARED_BYTES / (2 * head_width * (guint) sizeof (float));
      const window_attention_group_params push = {
        .height = height,
        .width = width,
        .windows_x = windows_x,
        .heads = n_heads,
        .scale = get_scale (head_width),
      };

      g_assert (chunk >= 4 && windows <= 65535);
      monocle_op_dispatch (
          commands, &(MonocleVkDispatch){
                        .kernel = MONOCLE_KERNEL_window_attention_group,
                        .storage = monocle_op_choose_storage (qkv, NULL),
                        .specs = (guint32[]){ lanes, head_width, window,
                                              MIN (chunk / 4 * 4, CEIL_DIV (tokens, 4) * 4) },
                        .n_specs = 4,
                        .bindings = bindings,
                        .push = &push,
                        .groups = { windows, n_heads, CEIL_DIV (tokens, lanes) },
                    });
    }
}

/* --- channels ----------------------------------------------------------------------------- */

/* Tokens whose products are summed by one invocation: short sums, but not too many of them. */
static guint
get_slice_tokens (guint n_tokens)
{
  return MAX (64, CEIL_DIV (n_tokens, 256));
}

/* The largest multiple of 4, up to @most, that divides @width. */
static guint
get_side (guint width, guint most)
{
  for (guint side = most; side > 4; side -= 4)
    if (width % side == 0)
      return side;
  return 4;
}

guint
monocle_op_channel_attention_scratch (MonocleVkGpu *gpu,
                                      guint n_tokens,
                                      guint n_channels,
                                      guint n_groups)
{
  const guint slices = CEIL_DIV (n_tokens, get_slice_tokens (n_tokens));

  /* The slices' sums, and the result: each aligned as a binding must be. */
  return (slices + 1) * (CEIL_DIV (n_channels * (n_channels / n_groups), 64) * 64);
}

void
monocle_op_channel_attention (MonocleCommands *commands,
                              const MonocleTensor *qkv,
                              guint n_groups,
                              const MonocleTensor *scores,
                              const MonocleTensor *y)
{
  const guint tokens = monocle_op_count_rows (qkv);
  const guint channels = monocle_op_get_columns (y);
  const guint width = channels / n_groups;
  const guint slice_tokens = get_slice_tokens (tokens);
  const guint slices = CEIL_DIV (tokens, slice_tokens);
  const guint n_scores = channels * width;
  const guint scores_side = get_side (width, 16);
  const guint apply_side = get_side (width, 8);
  const guint apply_tokens = 8;
  MonocleVkBinding slice_binding, result_binding;
  MonocleStorage storage;
  guint64 n;
  guint lanes;

  g_assert (monocle_op_get_columns (qkv) == 3 * channels && monocle_op_count_rows (y) == tokens);
  g_assert (width * n_groups == channels && width % 4 == 0 && y->element == qkv->element);
  g_assert (scores->element == MONOCLE_ELEMENT_F32);
  if (commands == NULL)
    return;

  g_assert (monocle_tensor_get_n_elements (scores) >= monocle_op_channel_attention_scratch (
                monocle_commands_get_gpu (commands), tokens, channels, n_groups));
  storage = monocle_op_choose_storage (qkv, NULL);
  lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));

  result_binding = monocle_tensor_get_binding (scores);
  result_binding.size = n_scores * sizeof (float);
  slice_binding = result_binding;
  slice_binding.offset += CEIL_DIV (n_scores, 64) * 64 * sizeof (float);
  slice_binding.size *= slices;

  n = (guint64) slices * n_groups * (width / scores_side) * (width / scores_side);
  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_channel_attention_scores,
          .storage = storage,
          .specs = (guint32[]){ lanes, width, scores_side },
          .n_specs = 3,
          .bindings = (MonocleVkBinding[]){ monocle_tensor_get_binding (qkv), slice_binding },
          .push = &(channel_attention_scores_params){ tokens, n_groups, slice_tokens, slices },
      },
      CEIL_DIV (n, lanes));

  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_channel_attention_softmax,
          .storage = storage,
          .specs = (guint32[]){ lanes, width },
          .n_specs = 2,
          .bindings = (MonocleVkBinding[]){ slice_binding, result_binding },
          .push = &(channel_attention_softmax_params){ n_groups, slices, get_scale (tokens) },
      },
      CEIL_DIV (channels, lanes));

  n = (guint64) CEIL_DIV (tokens, apply_tokens) * n_groups * (width / apply_side);
  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_channel_attention_apply,
          .storage = storage,
          .specs = (guint32[]){ lanes, width, apply_tokens, apply_side },
          .n_specs = 4,
          .bindings = (MonocleVkBinding[]){ monocle_tensor_get_binding (qkv), result_binding,
                                            monocle_tensor_get_binding (y) },
          .push = &(channel_attention_apply_params){ tokens, n_groups },
      },
      CEIL_DIV (n, lanes));
}

/* --- general ------------------------------------------------------------------------------ */

#define ATTENTION_CAUSAL  1
#define ATTENTION_LENGTHS 2

/* Whether rows of @n_rows and batches of these strides lie inside the tensor. */
static gboolean
is_inside (const MonocleTensor *tensor,
           guint first,
           guint row_stride,
           guint batch_stride,
           guint n_rows,
           const MonocleAttention *a)
{
  const guint64 end = first + (guint64) (a->n_batches - 1) * batch_stride
                      + (guint64) (n_rows - 1) * row_stride + a->n_heads * a->head_width;

  return end <= monocle_tensor_get_n_elements (tensor) && first % 4 == 0 && row_stride % 4 == 0
         && batch_stride % 4 == 0;
}

void
monocle_op_attention (MonocleCommands *commands, const MonocleAttention *a)
{
  const guint64 n_queries = (guint64) a->n_batches * a->n_heads * a->n_queries;
  const MonocleVkBinding bindings[] = {
    monocle_tensor_get_binding (&a->q),
    monocle_tensor_get_binding (&a->k),
    monocle_tensor_get_binding (&a->v),
    monocle_tensor_get_binding (a->lengths ? a->lengths : &a->q),
    monocle_tensor_get_binding (&a->y),
  };
  const attention_params push = {
    .batches = a->n_batches,
    .queries = a->n_queries,
    .keys = a->n_keys,
    .heads = a->n_heads,
    .q_first = a->q_first / 4,
    .k_first = a->k_first / 4,
    .v_first = a->v_first / 4,
    .q_row = a->q_row_stride / 4,
    .kv_row = a->kv_row_stride / 4,
    .q_batch = a->q_batch_stride / 4,
    .kv_batch = a->kv_batch_stride / 4,
    .scale = get_scale (a->head_width),
    .flags = (a->causal ? ATTENTION_CAUSAL : 0) | (a->lengths ? ATTENTION_LENGTHS : 0),
  };
  MonocleVkGpu *gpu;
  MonocleStorage storage;

  g_assert (a->n_batches > 0 && a->n_queries > 0 && a->n_keys > 0 && a->n_heads > 0);
  g_assert (a->head_width > 0 && a->head_width % 4 == 0);
  g_assert (is_inside (&a->q, a->q_first, a->q_row_stride, a->q_batch_stride, a->n_queries, a));
  g_assert (is_inside (&a->k, a->k_first, a->kv_row_stride, a->kv_batch_stride, a->n_keys, a));
  g_assert (is_inside (&a->v, a->v_first, a->kv_row_stride, a->kv_batch_stride, a->n_keys, a));
  g_assert (monocle_tensor_get_n_elements (&a->y) >= n_queries * a->head_width);
  g_assert (a->k.element == a->q.element && a->v.element == a->q.element);
  g_assert (a->y.element == a->q.element);
  g_assert (a->lengths == NULL
            || (a->lengths->element == MONOCLE_ELEMENT_U32
                && monocle_tensor_get_n_elements (a->lengths) == a->n_batches));
  if (commands == NULL)
    return;

  G_STATIC_ASSERT (sizeof (attention_params) == sizeof (attention_group_params));
  gpu = monocle_commands_get_gpu (commands);
  storage = monocle_op_choose_storage (&a->q, NULL);
  if (gpu->block_kernels || n_queries >= FEW_QUERIES)
    {
      const guint lanes = monocle_op_get_group_size (gpu);
      const guint queries
          = gpu->block_kernels ? MIN (get_block_queries (a->head_width), a->n_queries) : 1;
      const guint64 n = (guint64) a->n_batches * a->n_heads * CEIL_DIV (a->n_queries, queries);

      monocle_op_dispatch_groups (
          commands,
          &(MonocleVkDispatch){
              .kernel = MONOCLE_KERNEL_attention,
              .storage = storage,
              .specs = (guint32[]){ lanes, queries, a->head_width, get_step_keys (queries) },
              .n_specs = 4,
              .bindings = bindings,
              .push = &push,
          },
          CEIL_DIV (n, lanes));
    }
  else
    {
      const guint lanes = get_key_lanes (gpu, a->head_width);

      monocle_op_dispatch (commands, &(MonocleVkDispatch){
                                         .kernel = MONOCLE_KERNEL_attention_group,
                                         .storage = storage,
                                         .specs = (guint32[]){ lanes, a->head_width, lanes },
                                         .n_specs = 3,
                                         .bindings = bindings,
                                         .push = &push,
                                         .groups = { a->n_queries, a->n_heads, a->n_batches },
                                     });
    }
}

void
monocle_op_cached_attention (MonocleCommands *commands, const MonocleCachedAttention *a)
{
  const guint tokens = monocle_op_count_rows (&a->qkv);
  const guint rows = tokens / a->n_tokens;
  const guint channels = monocle_op_get_columns (&a->y);
  const guint head_width = channels / a->n_heads;
  const guint places = (guint) (monocle_tensor_get_n_elements (&a->keys) / channels / rows);
  const cached_attention_params push
      = { rows, a->n_tokens, places, a->n_heads, get_scale (head_width) };
  const MonocleVkBinding bindings[] = {
    monocle_tensor_get_binding (&a->qkv),    monocle_tensor_get_binding (&a->keys),
    monocle_tensor_get_binding (&a->values), monocle_tensor_get_binding (&a->ancestors),
    monocle_tensor_get_binding (&a->place),  monocle_tensor_get_binding (&a->y),
  };
  MonocleVkGpu *gpu;
  MonocleStorage storage;

  g_assert (rows * a->n_tokens == tokens && monocle_op_get_columns (&a->qkv) == 3 * channels);
  g_assert (monocle_op_count_rows (&a->y) == tokens && places >= a->n_tokens);
  g_assert (head_width * a->n_heads == channels && head_width % 4 == 0);
  g_assert (monocle_tensor_get_n_elements (&a->keys) == (guint64) rows * places * channels);
  g_assert (monocle_tensor_get_n_elements (&a->values) == monocle_tensor_get_n_elements (&a->keys));
  g_assert (a->ancestors.element == MONOCLE_ELEMENT_U32 && a->place.element == MONOCLE_ELEMENT_U32);
  g_assert (monocle_tensor_get_n_elements (&a->ancestors) == (guint64) rows * places);
  g_assert (monocle_tensor_get_n_elements (&a->place) == rows);
  g_assert (a->keys.element == a->qkv.element && a->values.element == a->qkv.element);
  g_assert (a->y.element == a->qkv.element);
  if (commands == NULL)
    return;

  G_STATIC_ASSERT (sizeof (cached_attention_params) == sizeof (cached_attention_group_params));
  gpu = monocle_commands_get_gpu (commands);
  storage = monocle_op_choose_storage (&a->qkv, NULL);
  if (gpu->block_kernels)
    {
      const guint lanes = monocle_op_get_group_size (gpu);

      monocle_op_dispatch_groups (commands,
                                  &(MonocleVkDispatch){
                                      .kernel = MONOCLE_KERNEL_cached_attention,
                                      .storage = storage,
                                      .specs = (guint32[]){ lanes, head_width },
                                      .n_specs = 2,
                                      .bindings = bindings,
                                      .push = &push,
                                  },
                                  CEIL_DIV ((guint64) tokens * a->n_heads, lanes));
    }
  else
    {
      const guint lanes = get_key_lanes (gpu, head_width);

      monocle_op_dispatch (commands, &(MonocleVkDispatch){
                                         .kernel = MONOCLE_KERNEL_cached_attention_group,
                                         .storage = storage,
                                         .specs = (guint32[]){ lanes, head_width, lanes },
                                         .n_specs = 3,
                                         .bindings = bindings,
                                         .push = &push,
                                         .groups = { tokens, a->n_heads, 1 },
                                     });
    }
}
