/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention inside windows of an image.
 */
#include "config.h"

#include "engine/nn/ops/window-attention.h"

#include "engine/nn/op-record.h"
#include "engine/nn/ops/attention-score.h"

/* Bytes of keys and values in shared memory; every device has 16 KiB. */
#define SHARED_BYTES 16384

void
monocle_op_window_attention (MonocleCommands *commands,
                             const MonocleTensor *qkv,
                             const MonocleTensor *bias,
                             guint n_heads,
                             guint window,
                             const MonocleTensor *y)
{
  const guint height = qkv->dims[0], width = qkv->dims[1];
  const guint channels = monocle_tensor_get_columns (y);
  const guint head_width = channels / n_heads;
  const guint windows_x = CEIL_DIV (width, window);
  const guint windows = windows_x * CEIL_DIV (height, window);
  MonocleVkGpu *gpu;
  MonocleVkBinding bindings[3];

  g_assert (qkv->n_dims == 3 && y->n_dims == 3 && window > 0);
  g_assert (qkv->dims[2] == 3 * channels && y->dims[0] == height && y->dims[1] == width);
  g_assert (head_width * n_heads == channels && head_width % 4 == 0);
  g_assert (bias->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_tensor_get_n_elements (bias) == 3 * channels);
  g_assert (y->format == qkv->format);
  if (commands == NULL)
    return;

  gpu = monocle_commands_get_gpu (commands);
  bindings[0] = monocle_tensor_get_binding (qkv);
  bindings[1] = monocle_tensor_get_binding (bias);
  bindings[2] = monocle_tensor_get_binding (y);
  if (gpu->block_kernels)
    {
      const guint queries = monocle_op_attention_get_block_queries (head_width);
      const guint64 n = (guint64) windows * n_heads * CEIL_DIV (window * window, queries);
      const window_attention_params push = {
        .height = height,
        .width = width,
        .windows_x = windows_x,
        .windows = windows,
        .heads = n_heads,
        .scale = monocle_op_attention_get_scale (head_width),
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
        .scale = monocle_op_attention_get_scale (head_width),
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
