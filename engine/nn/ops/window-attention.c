/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention inside windows of an image.
 */
#include "config.h"

#include "engine/nn/ops/window-attention.h"

#include "engine/nn/ops/addresses.h"
#include "engine/nn/ops/attention-score.h"

/* Bytes of keys and values in shared memory; every device has 16 KiB. */
#define SHARED_BYTES 16384

typedef struct
{
  const MonocleTensor *qkv, *bias, *y;
  guint height, width;
  guint n_heads, head_width;
  guint window, windows_x, windows;
} Windows;

static double
count_flops (const Windows *w)
{
  const double tokens = w->window * w->window;

  return 4.0 * w->windows * w->n_heads * tokens * tokens * w->head_width;
}

/* Some queries of a window an invocation. */
static void
record_queries (MonocleCommands *commands, gconstpointer call)
{
  const Windows *w = call;
  const guint lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));
  const guint queries = monocle_op_attention_get_block_queries (w->head_width);
  const guint64 n = (guint64) w->windows * w->n_heads * CEIL_DIV (w->window * w->window, queries);
  const window_attention_params push = {
    .height = w->height,
    .width = w->width,
    .windows_x = w->windows_x,
    .windows = w->windows,
    .heads = w->n_heads,
    .qkv_first = monocle_op_get_texel (w->qkv),
    .scale = monocle_op_attention_get_scale (w->head_width),
  };

  monocle_op_dispatch_groups (commands,
                              &(MonocleVkDispatch) {
                                  .kernel = MONOCLE_KERNEL_window_attention,
                                  .formats = monocle_op_get_formats (w->qkv, NULL),
                                  .flops = count_flops (w),
                                  .specs = (guint32[]) { lanes, queries, w->head_width, w->window },
                                  .n_specs = 4,
                                  .bindings = (MonocleVkBinding[]) {
                                      monocle_tensor_get_binding (w->bias),
                                      monocle_tensor_get_binding (w->y),
                                      monocle_tensor_get_binding (w->qkv),
                                  },
                                  .push = &push,
                              },
                              CEIL_DIV (n, lanes));
}

/* A head of a window a workgroup. */
static void
record_group (MonocleCommands *commands, gconstpointer call)
{
  const Windows *w = call;
  const guint tokens = w->window * w->window;
  const guint lanes = MIN (CEIL_DIV (tokens, 32) * 32, 128);
  const guint chunk = SHARED_BYTES / (2 * w->head_width * (guint) sizeof (float));
  const window_attention_group_params push = {
    .height = w->height,
    .width = w->width,
    .windows_x = w->windows_x,
    .heads = w->n_heads,
    .scale = monocle_op_attention_get_scale (w->head_width),
  };

  g_assert (chunk >= 4 && w->windows <= 65535);
  monocle_commands_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_window_attention_group,
                           .formats = monocle_op_get_formats (w->qkv, NULL),
                           .flops = count_flops (w),
                           .specs = (guint32[]) { lanes, w->head_width, w->window,
                                                  MIN (chunk / 4 * 4, CEIL_DIV (tokens, 4) * 4) },
                           .n_specs = 4,
                           .bindings = (MonocleVkBinding[]) {
                               monocle_tensor_get_binding (w->qkv),
                               monocle_tensor_get_binding (w->bias),
                               monocle_tensor_get_binding (w->y),
                           },
                           .push = &push,
                           .groups = { w->windows, w->n_heads, CEIL_DIV (tokens, lanes) },
                       });
}

/* Windows of these sides are written out: tokens are by eights, and those of the largest are still
 * compiled in a second. */
#define STRAIGHT_WIDTH      32
#define STRAIGHT_SIDES      4
#define STRAIGHT_MAX_WINDOW 12
#define STRAIGHT_SUBGROUPS  72 /* of a workgroup at most */

static gboolean
is_straight (const MonocleVkTraits *traits, gconstpointer call)
{
  const Windows *w = call;
  const guint parts = CEIL_DIV (w->window * w->window, STRAIGHT_SUBGROUPS);

  return traits->software && w->head_width == STRAIGHT_WIDTH && w->window % STRAIGHT_SIDES == 0
         && w->window <= STRAIGHT_MAX_WINDOW && w->height % w->window == 0
         && w->width % w->window == 0 && w->windows_x <= ADDRESSES_MAX_BYTE_GROUPS + 1
         && w->windows / w->windows_x <= ADDRESSES_MAX_BYTE_GROUPS + 1
         && w->n_heads * parts <= ADDRESSES_MAX_BYTE_GROUPS + 1;
}

/* A token of a head a subgroup. */
static void
record_straight (MonocleCommands *commands, gconstpointer call)
{
  const Windows *w = call;
  const guint tokens = w->window * w->window;
  const guint parts = CEIL_DIV (tokens, STRAIGHT_SUBGROUPS);
  window_attention_straight_params push = {
    .width = w->width,
    .heads = w->n_heads,
    .scale = monocle_op_attention_get_scale (w->head_width),
  };

  g_assert (tokens % parts == 0);
  addresses_split (monocle_op_get_address (w->qkv), &push.qkv_low, &push.qkv_high);
  addresses_fill_digits (push.digits);
  monocle_commands_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_window_attention_straight,
                           .formats = monocle_op_get_formats (w->qkv, NULL),
                           .flops = count_flops (w),
                           .specs = (guint32[]) { tokens / parts * ADDRESSES_LANES, w->window },
                           .n_specs = 2,
                           .bindings = (MonocleVkBinding[]) {
                               monocle_tensor_get_binding (w->y),
                               monocle_tensor_get_binding (w->qkv),
                           },
                           .push = &push,
                           .groups = { w->n_heads * parts, w->windows_x, w->windows / w->windows_x },
                       });
}

static gboolean
is_viewable (const MonocleVkTraits *traits, gconstpointer call)
{
  return monocle_op_can_view (traits, ((const Windows *) call)->qkv);
}

static const MonocleVariant variants[] = {
  { MONOCLE_KERNEL_window_attention_straight, is_straight, record_straight },
  { MONOCLE_KERNEL_window_attention, is_viewable, record_queries },
  { MONOCLE_KERNEL_window_attention_group, NULL, record_group },
};

void
monocle_op_window_attention (MonocleCommands *commands,
                             const MonocleTensor *qkv,
                             const MonocleTensor *bias,
                             guint n_heads,
                             guint window,
                             const MonocleTensor *y)
{
  const guint channels = monocle_tensor_get_columns (y);
  Windows w = {
    .qkv = qkv,
    .bias = bias,
    .y = y,
    .height = qkv->dims[0],
    .width = qkv->dims[1],
    .n_heads = n_heads,
    .head_width = channels / n_heads,
    .window = window,
  };

  g_assert (qkv->n_dims == 3 && y->n_dims == 3 && window > 0);
  g_assert (qkv->dims[2] == 3 * channels && y->dims[0] == w.height && y->dims[1] == w.width);
  g_assert (w.head_width * n_heads == channels && w.head_width % 4 == 0);
  g_assert (monocle_op_is_vector (bias, 3 * channels) && y->format == qkv->format);

  w.windows_x = CEIL_DIV (w.width, window);
  w.windows = w.windows_x * CEIL_DIV (w.height, window);
  monocle_variant_record (variants, G_N_ELEMENTS (variants), commands,
                          monocle_op_get_formats (qkv, NULL), &w);
}
