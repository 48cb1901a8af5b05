/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hashed-vqgan.h"

typedef struct
{
  const char *scope;
  const MonocleVqganConfig *config;
  GPtrArray *shapes;
} Lister;

static void
add (const Lister *l, const char *name, guint n_dims, const guint *dims)
{
  g_autofree char *full = g_strconcat (l->scope, ".", name, NULL);

  tensor_shapes_add (l->shapes, full, n_dims, dims);
}

static void
add_convolution (const Lister *l, const char *name, guint n, guint channels, guint kernel)
{
  const gboolean is_flax = l->config->is_flax;
  g_autofree char *weight = g_strconcat (name, is_flax ? ".kernel" : ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  if (is_flax)
    add (l, weight, 4, (guint[]){ kernel, kernel, channels, n });
  else
    add (l, weight, 4, (guint[]){ n, channels, kernel, kernel });
  add (l, bias, 1, &n);
}

static void
add_norm (const Lister *l, const char *name, guint n)
{
  g_autofree char *weight = g_strconcat (name, l->config->is_flax ? ".scale" : ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  add (l, weight, 1, &n);
  add (l, bias, 1, &n);
}

static void
add_block (const Lister *l, const char *name, guint n, guint channels)
{
  g_autofree char *norm1 = g_strconcat (name, ".norm1", NULL);
  g_autofree char *conv1 = g_strconcat (name, ".conv1", NULL);
  g_autofree char *norm2 = g_strconcat (name, ".norm2", NULL);
  g_autofree char *conv2 = g_strconcat (name, ".conv2", NULL);
  g_autofree char *shortcut = g_strconcat (name, ".nin_shortcut", NULL);

  add_norm (l, norm1, channels);
  add_convolution (l, conv1, n, channels, 3);
  add_norm (l, norm2, n);
  add_convolution (l, conv2, n, n, 3);
  if (n != channels)
    add_convolution (l, shortcut, n, channels, 1);
}

static void
add_attention (const Lister *l, const char *name, guint n)
{
  static const char *const parts[] = { ".q", ".k", ".v", ".proj_out" };
  g_autofree char *norm = g_strconcat (name, ".norm", NULL);

  add_norm (l, norm, n);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *part = g_strconcat (name, parts[i], NULL);

      add_convolution (l, part, n, n, 1);
    }
}

/* The layers of one way, from @first to @last level: "encoder.down", "decoder.up". */
static void
add_way (const Lister *l, const char *network, gboolean is_back)
{
  const MonocleVqganConfig *config = l->config;
  const guint n_levels = config->n_levels;
  const guint n_blocks = config->n_blocks + (is_back ? 1 : 0);
  guint channels = config->channels * (is_back ? config->multiples[n_levels - 1] : 1);

  for (guint i = 0; i < n_levels; i++)
    {
      const guint level = is_back ? n_levels - 1 - i : i,
                  n = config->channels * config->multiples[level];
      const char *way = is_back ? "up" : "down", *step = is_back ? "upsample" : "downsample";
      g_autofree char *change = g_strdup_printf ("%s.%s_%u_%s.conv", network, way, i, step);

      for (guint k = 0; k < n_blocks; k++, channels = n)
        {
          g_autofree char *block = g_strdup_printf ("%s.%s_%u_block_%u", network, way, i, k);
          g_autofree char *attention = g_strdup_printf ("%s.%s_%u_attn_%u", network, way, i, k);

          add_block (l, block, n, channels);
          if (config->attends[level])
            add_attention (l, attention, n);
        }
      if (i + 1 < n_levels)
        add_convolution (l, change, n, n, 3);
    }
}

static void
add_network (const Lister *l, const char *network, gboolean is_back)
{
  const MonocleVqganConfig *config = l->config;
  const guint widest = config->channels * config->multiples[config->n_levels - 1];
  const guint last = is_back ? config->channels * config->multiples[0] : widest;
  g_autofree char *in = g_strconcat (network, ".conv_in", NULL);
  g_autofree char *first = g_strconcat (network, ".mid_block_1", NULL);
  g_autofree char *attention = g_strconcat (network, ".mid_attn_1", NULL);
  g_autofree char *second = g_strconcat (network, ".mid_block_2", NULL);
  g_autofree char *norm = g_strconcat (network, ".norm_out", NULL);
  g_autofree char *out = g_strconcat (network, ".conv_out", NULL);

  add_convolution (l, in, is_back ? widest : config->channels, is_back ? config->z_channels : 3, 3);
  add_way (l, network, is_back);
  add_block (l, first, widest, widest);
  add_attention (l, attention, widest);
  add_block (l, second, widest, widest);
  add_norm (l, norm, last);
  add_convolution (l, out, is_back ? 3 : config->z_channels, last, 3);
}

void
hashed_vqgan_list (GPtrArray *shapes, const char *scope, const MonocleVqganConfig *config)
{
  const Lister lister = { scope, config, shapes }, *l = &lister;

  add_network (l, "encoder", FALSE);
  add_network (l, "decoder", TRUE);
  add_convolution (l, "quant_conv", config->code_width, config->z_channels, 1);
  add_convolution (l, "post_quant_conv", config->z_channels, config->code_width, 1);
  add (l, config->codes, 2, (guint[]){ config->n_codes, config->code_width });
}
