/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/vqgan.h"

#include "engine/nn/block/linear.h"

#define USUAL_GROUPS 32
#define EPSILON      1e-6f

typedef struct
{
  MonocleGraph *g;
  const MonocleVqganConfig *config;
  MonocleScope scope; /* of one of the two networks */
} Writer;

guint
monocle_vqgan_get_patch (const MonocleVqganConfig *config)
{
  return 1u << (config->n_levels - 1);
}

static guint
get_channels (const MonocleVqganConfig *config, guint level)
{
  return config->channels * config->multiples[level];
}

/* --- names -------------------------------------------------------------------------------- */

/* "down", level and part, in either way. */
static MonocleScope
enter_level (const Writer *w, const char *way, guint level, const char *part)
{
  const gboolean is_joined = w->config->names == MONOCLE_VQGAN_NAMES_JOINED;
  const gboolean is_back = is_joined && g_str_equal (way, "up");
  g_autofree char *name = g_strdup_printf (is_joined ? "%s_%u_%s" : "%s.%u.%s", way,
                                           is_back ? w->config->n_levels - 1 - level : level, part);

  return monocle_scope_enter (w->scope, name);
}

static MonocleScope
enter_block (const Writer *w, const char *way, guint level, const char *kind, guint index)
{
  g_autofree char *part = g_strdup_printf (
      w->config->names == MONOCLE_VQGAN_NAMES_JOINED ? "%s_%u" : "%s.%u", kind, index);

  return enter_level (w, way, level, part);
}

static MonocleScope
enter_middle (const Writer *w, const char *part)
{
  g_autofree char *name = g_strdup_printf (
      w->config->names == MONOCLE_VQGAN_NAMES_JOINED ? "mid_%s" : "mid.%s", part);

  return monocle_scope_enter (w->scope, name);
}

/* --- layers ------------------------------------------------------------------------------- */

static guint
count_channels (MonocleGraph *g, MonocleValue x)
{
  return monocle_tensor_get_columns (monocle_graph_get_shape (g, x));
}

/* x convolved + residual, which may be 0. */
static MonocleValue
convolve (const Writer *w,
          MonocleScope scope,
          MonocleValue x,
          guint n,
          MonocleValue residual,
          const MonocleConvolution *convolution)
{
  MonocleGraph *g = w->g;
  const gboolean is_flax = w->config->is_flax;
  const guint channels = count_channels (g, x);
  MonocleValue weight = monocle_param_convolution (
      g, monocle_scope_enter (scope, is_flax ? "kernel" : "weight"),
      is_flax ? MONOCLE_PARAM_KERNEL : MONOCLE_PARAM_CONVOLUTION, n, channels, convolution->kernel);
  MonocleValue bias = monocle_param_vector (g, monocle_scope_enter (scope, "bias"), n);

  /* Each pixel by itself: the image is its own patches. */
  if (convolution->kernel == 1 && channels % 4 == 0)
    return monocle_matmul (g, x, weight, bias, residual, MONOCLE_ACTIVATION_NONE);
  return monocle_convolve (g, x, weight, bias, residual, convolution);
}

static MonocleValue
convolve_pixels (
    const Writer *w, MonocleScope scope, MonocleValue x, guint n, MonocleValue residual)
{
  return convolve (w, scope, x, n, residual, &(MonocleConvolution){ 1, 1, 0 });
}

static MonocleValue
normalise (const Writer *w, MonocleScope scope, MonocleValue x, MonocleActivation activation)
{
  MonocleGraph *g = w->g;
  const guint n = count_channels (g, x);

  return monocle_group_norm (
      g, x,
      monocle_param_vector (g, monocle_scope_enter (scope, w->config->is_flax ? "scale" : "weight"),
                            n),
      monocle_param_vector (g, monocle_scope_enter (scope, "bias"), n),
      &(MonocleGroupNorm){ w->config->n_groups ? w->config->n_groups : USUAL_GROUPS, EPSILON,
                           activation });
}

static MonocleValue
write_block (const Writer *w, MonocleScope scope, MonocleValue x, guint n)
{
  const MonocleConvolution same = { 3, 1, 1 };
  MonocleValue y = normalise (w, monocle_scope_enter (scope, "norm1"), x, MONOCLE_ACTIVATION_SILU);

  y = convolve (w, monocle_scope_enter (scope, "conv1"), y, n, 0, &same);
  y = normalise (w, monocle_scope_enter (scope, "norm2"), y, MONOCLE_ACTIVATION_SILU);
  if (count_channels (w->g, x) != n)
    x = convolve_pixels (w, monocle_scope_enter (scope, "nin_shortcut"), x, n, 0);
  y = convolve (w, monocle_scope_enter (scope, "conv2"), y, n, x, &same);
  monocle_split (w->g);
  return y;
}

/* One head as wide as all channels, wider than fast attention takes. */
static MonocleValue
attend (const Writer *w, MonocleScope scope, MonocleValue x)
{
  MonocleGraph *g = w->g;
  const MonocleTensor image = *monocle_graph_get_shape (g, x);
  const guint n = monocle_tensor_count_rows (&image), c = monocle_tensor_get_columns (&image);
  const MonocleAttention geometry
      = { .n_batches = 1, .n_queries = n, .n_keys = n, .n_heads = 1, .head_width = c };
  MonocleValue y = normalise (w, monocle_scope_enter (scope, "norm"), x, MONOCLE_ACTIVATION_NONE);
  MonocleValue q = convolve_pixels (w, monocle_scope_enter (scope, "q"), y, c, 0);
  MonocleValue k = convolve_pixels (w, monocle_scope_enter (scope, "k"), y, c, 0);
  MonocleValue v = convolve_pixels (w, monocle_scope_enter (scope, "v"), y, c, 0);
  MonocleValue weights = monocle_attention_weights (g, q, k, 0, &geometry);

  y = monocle_reshape (g, monocle_attention_mix (g, weights, v, FALSE, &geometry),
                       MONOCLE_DIMS (image.dims[0], image.dims[1], c));
  y = convolve_pixels (w, monocle_scope_enter (scope, "proj_out"), y, c, x);
  monocle_split (g);
  return y;
}

static MonocleValue
write_middle (const Writer *w, MonocleValue x)
{
  const guint n = count_channels (w->g, x);

  x = write_block (w, enter_middle (w, "block_1"), x, n);
  x = attend (w, enter_middle (w, "attn_1"), x);
  return write_block (w, enter_middle (w, "block_2"), x, n);
}

static MonocleValue
write_level (const Writer *w, const char *way, guint level, guint n_blocks, MonocleValue x)
{
  const guint n = get_channels (w->config, level);

  for (guint i = 0; i < n_blocks; i++)
    {
      x = write_block (w, enter_block (w, way, level, "block", i), x, n);
      if (w->config->attends[level])
        x = attend (w, enter_block (w, way, level, "attn", i), x);
    }
  return x;
}

static MonocleValue
write_end (const Writer *w, MonocleValue x, guint n)
{
  x = normalise (w, monocle_scope_enter (w->scope, "norm_out"), x, MONOCLE_ACTIVATION_SILU);
  return convolve (w, monocle_scope_enter (w->scope, "conv_out"), x, n, 0,
                   &(MonocleConvolution){ 3, 1, 1 });
}

/* --- both ways ---------------------------------------------------------------------------- */

static MonocleValue
get_codes (MonocleGraph *g, MonocleScope scope, const MonocleVqganConfig *config)
{
  return monocle_param_rows (g, monocle_scope_enter (scope, config->codes), config->n_codes,
                             config->code_width);
}

MonocleValue
monocle_vqgan_decode (MonocleGraph *graph,
                      MonocleScope scope,
                      const MonocleVqganConfig *config,
                      MonocleValue codes,
                      guint rows,
                      guint columns)
{
  const Writer w = { graph, config, monocle_scope_enter (scope, "decoder") };
  const MonocleConvolution twice = { 3, 1, 1, .enlarge = 2 };
  MonocleValue table = get_codes (graph, scope, config), x;

  x = monocle_embed (graph, codes, &table, 1, 0, 0, FALSE, 0);
  x = monocle_reshape (graph, x, MONOCLE_DIMS (rows, columns, config->code_width));
  x = convolve_pixels (&w, monocle_scope_enter (scope, "post_quant_conv"), x, config->z_channels,
                       0);
  x = convolve (&w, monocle_scope_enter (w.scope, "conv_in"), x,
                get_channels (config, config->n_levels - 1), 0, &(MonocleConvolution){ 3, 1, 1 });
  x = write_middle (&w, x);
  for (guint i = config->n_levels; i > 0; i--)
    {
      x = write_level (&w, "up", i - 1, config->n_blocks + 1, x);
      if (i > 1)
        x = convolve (&w, enter_level (&w, "up", i - 1, "upsample.conv"), x,
                      get_channels (config, i - 1), 0, &twice);
    }
  return write_end (&w, x, 3);
}

MonocleValue
monocle_vqgan_encode (MonocleGraph *graph,
                      MonocleScope scope,
                      const MonocleVqganConfig *config,
                      MonocleValue pixels,
                      MonocleValue sizes,
                      MonocleValue zeros)
{
  const Writer w = { graph, config, monocle_scope_enter (scope, "encoder") };
  /* Nothing is added above and on the left. */
  const MonocleConvolution half = { 3, 2, 0, .after = 1 };
  MonocleValue table = get_codes (graph, scope, config), n_banned, x;
  guint n;

  x = convolve (&w, monocle_scope_enter (w.scope, "conv_in"), pixels, config->channels, 0,
                &(MonocleConvolution){ 3, 1, 1 });
  for (guint i = 0; i < config->n_levels; i++)
    {
      x = write_level (&w, "down", i, config->n_blocks, x);
      if (i + 1 < config->n_levels)
        x = convolve (&w, enter_level (&w, "down", i, "downsample.conv"), x,
                      get_channels (config, i), 0, &half);
    }
  x = write_end (&w, write_middle (&w, x), config->z_channels);
  x = convolve_pixels (&w, monocle_scope_enter (scope, "quant_conv"), x, config->code_width, 0);
  n = monocle_tensor_count_rows (monocle_graph_get_shape (graph, x));
  x = monocle_reshape (graph, x, MONOCLE_DIMS (n, config->code_width));
  monocle_name (graph, x, "squares");
  /* |x - e|^2 is least where x e - |e|^2 / 2 is largest. */
  n_banned = monocle_rows (graph, monocle_reshape (graph, zeros, MONOCLE_DIMS (2 * n)), 0, n);
  return monocle_top_k (graph, monocle_matmul_pieces (graph, x, &table, 1), sizes, zeros, n_banned,
                        1);
}

void
monocle_vqgan_measure (const MonocleVqganConfig *config,
                       const MonocleCheckpointTensor *table,
                       float *sizes)
{
  g_autofree float *code = g_new (float, config->code_width);

  for (guint i = 0; i < config->n_codes; i++)
    {
      double sum = 0;

      monocle_checkpoint_tensor_read_f32 (table, (guint64) i * config->code_width,
                                          config->code_width, code);
      for (guint k = 0; k < config->code_width; k++)
        sum += (double) code[k] * (double) code[k];
      sizes[i] = (float) (-sum / 2);
    }
}
