/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention between channels, in three steps: sums of slices of tokens, softmax, values.
 */
#include "config.h"

#include "engine/nn/ops/channel-attention.h"

#include "engine/nn/op-record.h"
#include "engine/nn/ops/attention-score.h"

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
  const guint tokens = monocle_tensor_count_rows (qkv);
  const guint channels = monocle_tensor_get_columns (y);
  const guint width = channels / n_groups;
  const guint slice_tokens = get_slice_tokens (tokens);
  const guint slices = CEIL_DIV (tokens, slice_tokens);
  const guint n_scores = channels * width;
  const guint scores_side = get_side (width, 16);
  const guint apply_side = get_side (width, 8);
  const guint apply_tokens = 8;
  MonocleVkBinding slice_binding, result_binding;
  MonocleVkFormats formats;
  guint64 n;
  guint lanes;

  g_assert (monocle_tensor_get_columns (qkv) == 3 * channels
            && monocle_tensor_count_rows (y) == tokens);
  g_assert (width * n_groups == channels && width % 4 == 0 && y->format == qkv->format);
  g_assert (scores->format == MONOCLE_FORMAT_F32);

  g_assert (monocle_tensor_get_n_elements (scores) >= monocle_op_channel_attention_scratch (
                monocle_commands_get_gpu (commands), tokens, channels, n_groups));
  formats = monocle_op_get_formats (qkv, NULL);
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
          .formats = formats,
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
          .formats = monocle_op_get_formats (scores, NULL),
          .specs = (guint32[]){ lanes, width },
          .n_specs = 2,
          .bindings = (MonocleVkBinding[]){ slice_binding, result_binding },
          .push = &(channel_attention_softmax_params){ n_groups, slices,
                                                       monocle_op_attention_get_scale (tokens) },
      },
      CEIL_DIV (channels, lanes));

  n = (guint64) CEIL_DIV (tokens, apply_tokens) * n_groups * (width / apply_side);
  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_channel_attention_apply,
          .formats = formats,
          .specs = (guint32[]){ lanes, width, apply_tokens, apply_side },
          .n_specs = 4,
          .bindings = (MonocleVkBinding[]){ monocle_tensor_get_binding (qkv), result_binding,
                                            monocle_tensor_get_binding (y) },
          .push = &(channel_attention_apply_params){ tokens, n_groups },
      },
      CEIL_DIV (n, lanes));
}
