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

/* Slices: of sums, [n_slices, channels, width]; mixture: what comes of them, [channels, width]. */
typedef struct
{
  const MonocleTensor *qkv, *y;
  MonocleTensor slices, mixture;
  guint n_tokens, n_groups, width, slice_tokens, n_slices;
} Call;

static gboolean
is_viewable (const MonocleVkTraits *traits, gconstpointer call)
{
  const Call *c = call;

  return monocle_op_can_view (traits, c->qkv) && monocle_op_can_view (traits, &c->mixture);
}

/* Of the scores, and of the values as well. */
static double
count_flops (const Call *c)
{
  return 2.0 * c->n_tokens * c->n_groups * c->width * c->width;
}

/* --- sums of slices ----------------------------------------------------------------------- */

static void
record_scores_with (MonocleCommands *commands,
                    const Call *c,
                    MonocleKernelId kernel,
                    gconstpointer push)
{
  const guint lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));
  const guint side = get_side (c->width, 16), blocks = c->width / side;

  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch){
          .kernel = kernel,
          .formats = monocle_op_get_formats (c->qkv, NULL),
          .flops = count_flops (c),
          .specs = (guint32[]){ lanes, c->width, side },
          .n_specs = 3,
          .bindings = (MonocleVkBinding[]){ monocle_tensor_get_binding (&c->slices),
                                            monocle_tensor_get_binding (c->qkv) },
          .push = push,
      },
      CEIL_DIV ((guint64) c->n_slices * c->n_groups * blocks * blocks, lanes));
}

static void
record_scores_block (MonocleCommands *commands, gconstpointer call)
{
  const Call *c = call;

  record_scores_with (commands, c, MONOCLE_KERNEL_channel_attention_scores_block,
                      &(channel_attention_scores_block_params){ c->n_tokens, c->n_groups,
                                                                c->slice_tokens, c->n_slices,
                                                                monocle_op_get_texel (c->qkv) });
}

static void
record_scores (MonocleCommands *commands, gconstpointer call)
{
  const Call *c = call;

  record_scores_with (
      commands, c, MONOCLE_KERNEL_channel_attention_scores,
      &(channel_attention_scores_params){ c->n_tokens, c->n_groups, c->slice_tokens, c->n_slices });
}

static const MonocleVariant scores_variants[] = {
  { MONOCLE_KERNEL_channel_attention_scores_block, is_viewable, record_scores_block },
  { MONOCLE_KERNEL_channel_attention_scores, NULL, record_scores },
};

/* --- softmax ------------------------------------------------------------------------------ */

static void
record_softmax (MonocleCommands *commands, const Call *c)
{
  const guint lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));

  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_channel_attention_softmax,
          .formats = monocle_op_get_formats (&c->slices, NULL),
          .specs = (guint32[]){ lanes, c->width },
          .n_specs = 2,
          .bindings = (MonocleVkBinding[]){ monocle_tensor_get_binding (&c->slices),
                                            monocle_tensor_get_binding (&c->mixture) },
          .push
          = &(channel_attention_softmax_params){ c->n_groups, c->n_slices,
                                                 monocle_op_attention_get_scale (c->n_tokens) },
      },
      CEIL_DIV (c->n_groups * c->width, lanes));
}

/* --- values ------------------------------------------------------------------------------- */

static void
record_apply_with (MonocleCommands *commands,
                   const Call *c,
                   MonocleKernelId kernel,
                   gconstpointer push)
{
  const guint lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));
  const guint side = get_side (c->width, 8), tokens = 8;
  const guint64 n = (guint64) CEIL_DIV (c->n_tokens, tokens) * c->n_groups * (c->width / side);

  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch){
          .kernel = kernel,
          .formats = monocle_op_get_formats (c->qkv, NULL),
          .flops = count_flops (c),
          .specs = (guint32[]){ lanes, c->width, tokens, side },
          .n_specs = 4,
          .bindings = (MonocleVkBinding[]){ monocle_tensor_get_binding (c->y),
                                            monocle_tensor_get_binding (c->qkv),
                                            monocle_tensor_get_binding (&c->mixture) },
          .push = push,
      },
      CEIL_DIV (n, lanes));
}

static void
record_apply_block (MonocleCommands *commands, gconstpointer call)
{
  const Call *c = call;

  record_apply_with (commands, c, MONOCLE_KERNEL_channel_attention_apply_block,
                     &(channel_attention_apply_block_params){ c->n_tokens, c->n_groups,
                                                              monocle_op_get_texel (c->qkv),
                                                              monocle_op_get_texel (&c->mixture) });
}

static void
record_apply (MonocleCommands *commands, gconstpointer call)
{
  const Call *c = call;

  record_apply_with (commands, c, MONOCLE_KERNEL_channel_attention_apply,
                     &(channel_attention_apply_params){ c->n_tokens, c->n_groups });
}

static const MonocleVariant apply_variants[] = {
  { MONOCLE_KERNEL_channel_attention_apply_block, is_viewable, record_apply_block },
  { MONOCLE_KERNEL_channel_attention_apply, NULL, record_apply },
};

/* --- all of it ---------------------------------------------------------------------------- */

void
monocle_op_channel_attention (MonocleCommands *commands,
                              const MonocleTensor *qkv,
                              guint n_groups,
                              const MonocleTensor *scores,
                              const MonocleTensor *y)
{
  const guint tokens = monocle_tensor_count_rows (qkv);
  const guint channels = monocle_tensor_get_columns (y), width = channels / n_groups;
  const guint slice_tokens = get_slice_tokens (tokens);
  const MonocleVkFormats formats = monocle_op_get_formats (qkv, NULL);
  Call call = {
    .qkv = qkv,
    .y = y,
    .slices = *scores,
    .mixture = *scores,
    .n_tokens = tokens,
    .n_groups = n_groups,
    .width = width,
    .slice_tokens = slice_tokens,
    .n_slices = CEIL_DIV (tokens, slice_tokens),
  };

  g_assert (monocle_tensor_get_columns (qkv) == 3 * channels
            && monocle_tensor_count_rows (y) == tokens);
  g_assert (width * n_groups == channels && width % 4 == 0 && y->format == qkv->format);
  g_assert (scores->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_tensor_get_n_elements (scores) >= monocle_op_channel_attention_scratch (
                monocle_commands_get_gpu (commands), tokens, channels, n_groups));

  call.mixture.n_dims = call.slices.n_dims = 1;
  call.mixture.dims[0] = channels * width;
  call.slices.dims[0] = call.n_slices * channels * width;
  call.slices.offset += CEIL_DIV (channels * width, 64) * 64 * sizeof (float);

  monocle_variant_record (scores_variants, G_N_ELEMENTS (scores_variants), commands, formats,
                          &call);
  record_softmax (commands, &call);
  monocle_variant_record (apply_variants, G_N_ELEMENTS (apply_variants), commands, formats, &call);
}
