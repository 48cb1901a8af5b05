/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Speed of the matrix products on the shapes of Florence-2 base, and of the other heavy ops:
 *
 *   bench-kernels [--device N] [--filter TEXT] [--seconds S] [--f16] [--weights f16|q8|q4]
 *                 [--repeat N] [--tiles] [--no-addresses]
 *
 * --weights says how those of products are stored: f16 is what software devices do in precision
 * f16.
 * --repeat has each product done N times in a submission, whose own time then counts less. --tiles
 * compares, for each product, the ways in which a device with matrices can cut it, and doing
 * without matrices. --no-addresses is how a software device does that cannot read at addresses.
 *
 * Prints floating-point operations per second by the clock, and by processor time: on a software
 * device that others share the second is what free cores would give.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "arena.h"
#include "engine/nn/ops.h"
#include "engine/nn/ops/matmul-coop.h"

#define BENCH_BYTES ((guint64) 512 << 20)

static int device_index = -1;
static char *filter;
static double seconds = 1;
static gboolean f16;
static char *weights; /* NULL: as the activations */
static int repeat = 1;
static gboolean compare_tiles, no_addresses;

static const GOptionEntry entries[] = {
  { "device", 'd', 0, G_OPTION_ARG_INT, &device_index, "Which device (default: the last)", "N" },
  { "filter", 'f', 0, G_OPTION_ARG_STRING, &filter, "Only lines that contain TEXT", "TEXT" },
  { "seconds", 's', 0, G_OPTION_ARG_DOUBLE, &seconds, "Time for each line", "S" },
  { "f16", 0, 0, G_OPTION_ARG_NONE, &f16, "16-bit storage", NULL },
  { "weights", 'w', 0, G_OPTION_ARG_STRING, &weights, "Weights of products", "f16|q8|q4" },
  { "repeat", 'r', 0, G_OPTION_ARG_INT, &repeat, "Products in a submission", "N" },
  { "tiles", 't', 0, G_OPTION_ARG_NONE, &compare_tiles, "Compare tiles of products", NULL },
  { "no-addresses", 'n', 0, G_OPTION_ARG_NONE, &no_addresses, "Read at no addresses", NULL },
  G_OPTION_ENTRY_NULL,
};

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleVkBuffer *buffer;
  Arena arena;
  MonocleFormatId format;
  MonocleCommands *commands;
} Bench;

static MonocleTensor
alloc (Bench *bench, MonocleFormatId format, guint a, guint b)
{
  return arena_alloc_2d (&bench->arena, "bench", format, a, b);
}

static double
get_processor_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_utime.tv_sec + (double) usage.ru_stime.tv_sec
         + 1e-6 * (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static gboolean
is_wanted (const char *line)
{
  return !filter || strstr (line, filter) != NULL;
}

/* Runs what is recorded, @times the same, until the time is over; milliseconds of one. */
static double
measure_times (Bench *bench, const char *line, double flop, guint times)
{
  g_autoptr (GError) error = NULL;
  double start, processor_start, wall, processor;
  guint n = 0;

  /* The first time also compiles. */
  start = (double) g_get_monotonic_time () * 1e-6;
  if (!monocle_commands_submit (bench->commands, NULL, NULL, NULL, &error))
    g_error ("%s: %s", line, error->message);
  wall = (double) g_get_monotonic_time () * 1e-6 - start;
  g_print ("%-44s first %7.1f ms", line, wall * 1e3);

  start = (double) g_get_monotonic_time () * 1e-6;
  processor_start = get_processor_seconds ();
  do
    {
      if (!monocle_commands_submit (bench->commands, NULL, NULL, NULL, &error))
        g_error ("%s: %s", line, error->message);
      n++;
      wall = (double) g_get_monotonic_time () * 1e-6 - start;
    }
  while (wall < seconds);
  n *= times;
  processor = get_processor_seconds () - processor_start;
  g_print (" then %9.3f ms %8.1f GFLOP/s, by processor time on 2 cores %8.1f (%.3f ms)\n",
           wall / n * 1e3, flop * n / wall * 1e-9, 2 * flop * n / processor * 1e-9,
           processor / n / 2 * 1e3);

  monocle_commands_reset (bench->commands);
  return wall / n * 1e3;
}

static void
measure (Bench *bench, const char *line, double flop)
{
  measure_times (bench, line, flop, 1);
}

typedef struct
{
  MonocleTensor x, w, bias, residual, y;
  gboolean gelu, has_residual;
} Product;

static double
measure_product (Bench *bench,
                 const Product *product,
                 const MonocleMatmulCoopTile *tile,
                 const char *line)
{
  const guint m = product->x.dims[0], k = product->x.dims[1], n = product->w.dims[0];

  for (int i = 0; i < repeat; i++)
    monocle_op_matmul_in_tiles (bench->commands, tile, &product->x, &product->w, &product->bias,
                                product->has_residual ? &product->residual : NULL,
                                product->gelu ? MONOCLE_ACTIVATION_GELU : MONOCLE_ACTIVATION_NONE,
                                &product->y);
  return measure_times (bench, line, 2.0 * m * n * k, (guint) repeat);
}

/* rows, columns; of a subgroup; depth, slices */
static const MonocleMatmulCoopTile tiles[] = {
  { 256, 128, 64, 64, 32, 1 }, { 128, 256, 64, 64, 32, 1 }, { 128, 128, 64, 64, 32, 1 },
  { 128, 128, 64, 64, 32, 2 }, { 128, 128, 64, 32, 32, 1 }, { 128, 128, 64, 32, 32, 2 },
  { 128, 128, 32, 64, 32, 2 }, { 128, 128, 64, 32, 64, 1 }, { 128, 64, 64, 32, 32, 1 },
  { 128, 64, 64, 32, 32, 2 },  { 128, 64, 32, 32, 32, 2 },  { 128, 64, 64, 32, 64, 1 },
  { 64, 128, 32, 64, 32, 2 },  { 64, 128, 32, 64, 64, 1 },  { 64, 64, 32, 32, 32, 1 },
  { 64, 64, 32, 32, 32, 2 },   { 64, 64, 32, 32, 64, 1 },   { 64, 64, 32, 32, 64, 2 },
  { 64, 64, 16, 32, 64, 1 },   { 64, 32, 32, 16, 64, 1 },   { 32, 64, 16, 32, 64, 1 },
  { 32, 64, 16, 32, 64, 2 },   { 32, 64, 32, 32, 64, 2 },   { 32, 32, 16, 16, 64, 2 },
  { 128, 32, 32, 32, 32, 2 },  { 64, 96, 32, 48, 32, 2 },
};

static void
compare_product (Bench *bench, const Product *product, const char *line)
{
  const MonocleVkMatrix matrix = bench->gpu->traits.matrix;
  g_autofree char *best_name = NULL;
  double best = INFINITY;

  for (guint i = 0; i < G_N_ELEMENTS (tiles); i++)
    if (monocle_matmul_coop_fits (&bench->gpu->traits, &tiles[i]))
      {
        g_autofree char *name = g_strdup_printf (
            "%s: %u x %u, %u x %u, %u x %u", line, tiles[i].rows, tiles[i].columns,
            tiles[i].sub_rows, tiles[i].sub_columns, tiles[i].depth, tiles[i].slices);

        const double ms = measure_product (bench, product, &tiles[i], name);

        if (ms < best)
          {
            best = ms;
            g_free (best_name);
            best_name = g_strdup (name);
          }
      }
  if (matrix.rows > 0)
    {
      g_autofree char *name = g_strdup_printf ("%s: without", line);

      bench->gpu->traits.matrix.rows = 0;
      measure_product (bench, product, NULL, name);
      bench->gpu->traits.matrix = matrix;
    }
  if (best_name)
    g_print ("best: %s: %.3f ms\n", best_name, best);
}

static MonocleFormatId
find_weights (const Bench *bench)
{
  MonocleFormatId format = 0;

  if (!weights)
    return bench->format;
  while (format < MONOCLE_N_FORMATS && !g_str_equal (monocle_formats[format].id, weights))
    format++;
  if (format == MONOCLE_N_FORMATS)
    g_error ("No format %s", weights);
  return format;
}

static void
bench_matmul (Bench *bench, guint m, guint n, guint k, gboolean gelu, gboolean residual)
{
  g_autofree char *line = g_strdup_printf ("matmul %u x %u x %u%s%s", m, n, k, gelu ? " gelu" : "",
                                           residual ? " residual" : "");
  const MonocleFormatId weight_format = find_weights (bench);
  const gboolean in_groups = monocle_formats[weight_format].shared_bytes > 0;
  Product product = { .gelu = gelu, .has_residual = residual };

  if (!is_wanted (line) || k % monocle_formats[weight_format].block != 0)
    return;
  product.x = alloc (bench, bench->format, m, k);
  product.w
      = (MonocleTensor){ .buffer = bench->buffer,
                         .n_dims = 2,
                         .dims = { n, k },
                         .format = weight_format,
                         .offset = bench->arena.used_bytes,
                         .layout = m > 16 && !in_groups ? monocle_op_matmul_get_layout (bench->gpu)
                                                        : MONOCLE_LAYOUT_ROWS };
  alloc (bench, weight_format, monocle_layout_get_padded_columns (n), k);
  product.bias = alloc (bench, MONOCLE_FORMAT_F32, 1, n);
  product.y = alloc (bench, n % 4 == 0 ? bench->format : MONOCLE_FORMAT_F32, m, n);
  product.residual = product.y;
  measure_product (bench, &product, NULL, line);
  if (compare_tiles && f16 && m > 16)
    compare_product (bench, &product, line);
  arena_init (&bench->arena, bench->buffer);
}

static void
bench_window_attention (Bench *bench, guint side, guint channels)
{
  g_autofree char *line = g_strdup_printf ("window attention %u x %u x %u", side, side, channels);
  MonocleTensor qkv
      = arena_alloc_3d (&bench->arena, "qkv", bench->format, side, side, 3 * channels);
  MonocleTensor bias = alloc (bench, MONOCLE_FORMAT_F32, 1, 3 * channels);
  MonocleTensor y = arena_alloc_3d (&bench->arena, "y", bench->format, side, side, channels);

  if (is_wanted (line))
    {
      monocle_op_window_attention (bench->commands, &qkv, &bias, channels / 32, 12, &y);
      measure (bench, line, 4.0 * 144 * side * side * channels);
    }
  arena_init (&bench->arena, bench->buffer);
}

static void
bench_channel_attention (Bench *bench, guint tokens, guint channels)
{
  g_autofree char *line = g_strdup_printf ("channel attention %u x %u", tokens, channels);
  MonocleTensor qkv = alloc (bench, bench->format, tokens, 3 * channels);
  MonocleTensor y = alloc (bench, bench->format, tokens, channels);
  MonocleTensor scores
      = alloc (bench, MONOCLE_FORMAT_F32, 1,
               monocle_op_channel_attention_scratch (bench->gpu, tokens, channels, channels / 32));

  if (is_wanted (line))
    {
      monocle_op_channel_attention (bench->commands, &qkv, channels / 32, &scores, &y);
      measure (bench, line, 128.0 * tokens * channels);
    }
  arena_init (&bench->arena, bench->buffer);
}

static void
bench_attention (Bench *bench, guint n_queries, guint n_keys, guint n_heads, guint width)
{
  g_autofree char *line = g_strdup_printf ("attention %u x %u, %u heads%s", n_queries, n_keys,
                                           n_heads, width == 64 ? "" : " of 32");
  const guint channels = width * n_heads;
  MonocleTensor q = alloc (bench, bench->format, n_queries, channels);
  MonocleTensor kv = alloc (bench, bench->format, n_keys, 2 * channels);
  MonocleTensor y = alloc (bench, bench->format, n_queries, channels);

  MonocleTensor scratch;
  MonocleAttention attention = {
    .q = q,
    .k = kv,
    .v = kv,
    .y = y,
    .v_first = channels,
    .q_row_stride = channels,
    .kv_row_stride = 2 * channels,
    .n_batches = 1,
    .n_queries = n_queries,
    .n_keys = n_keys,
    .n_heads = n_heads,
    .head_width = width,
  };
  const guint64 n_scratch = monocle_op_attention_scratch (bench->gpu, &attention, bench->format);

  if (n_scratch > 0)
    {
      scratch = alloc (bench, MONOCLE_FORMAT_F32, 1, (guint) n_scratch);
      attention.scratch = &scratch;
    }
  if (is_wanted (line))
    {
      monocle_op_attention (bench->commands, &attention);
      measure (bench, line, 4.0 * n_queries * n_keys * channels);
    }
  arena_init (&bench->arena, bench->buffer);
}

static void
bench_rows (Bench *bench, guint side, guint channels)
{
  g_autofree char *norm_line = g_strdup_printf ("layer norm %u x %u", side * side, channels);
  g_autofree char *conv_line
      = g_strdup_printf ("depthwise conv %u x %u x %u", side, side, channels);
  MonocleTensor x = arena_alloc_3d (&bench->arena, "x", bench->format, side, side, channels);
  MonocleTensor y = arena_alloc_3d (&bench->arena, "y", bench->format, side, side, channels);
  MonocleTensor w = alloc (bench, bench->format, 9, channels);
  MonocleTensor bias = alloc (bench, MONOCLE_FORMAT_F32, 1, channels);

  if (is_wanted (norm_line))
    {
      monocle_op_layer_norm (bench->commands, &x, &bias, &bias, 1e-5f, &y);
      measure (bench, norm_line, 8.0 * side * side * channels);
    }
  if (is_wanted (conv_line))
    {
      monocle_op_depthwise_conv (bench->commands, &x, &w, &bias, &y);
      measure (bench, conv_line, 19.0 * side * side * channels);
    }
  arena_init (&bench->arena, bench->buffer);
}

static void
bench_norm (Bench *bench, guint rows, guint channels)
{
  g_autofree char *line = g_strdup_printf ("layer norm %u x %u", rows, channels);
  MonocleTensor x = alloc (bench, bench->format, rows, channels);
  MonocleTensor y = alloc (bench, bench->format, rows, channels);
  MonocleTensor bias = alloc (bench, MONOCLE_FORMAT_F32, 1, channels);

  if (is_wanted (line))
    {
      monocle_op_layer_norm (bench->commands, &x, &bias, &bias, 1e-5f, &y);
      measure (bench, line, 8.0 * rows * channels);
    }
  arena_init (&bench->arena, bench->buffer);
}

static void
bench_top_k (Bench *bench, guint rows, guint n, guint k)
{
  g_autofree char *line = g_strdup_printf ("top %u of %u x %u", k, rows, n);
  MonocleTensor logits = alloc (bench, MONOCLE_FORMAT_F32, rows, n);
  MonocleTensor banned = alloc (bench, MONOCLE_FORMAT_U32, rows, 32);
  MonocleTensor n_banned = alloc (bench, MONOCLE_FORMAT_U32, 1, rows);
  MonocleTensor scratch
      = alloc (bench, MONOCLE_FORMAT_F32, 1, monocle_op_top_k_scratch (bench->gpu, rows, n, k));
  MonocleTensor y = alloc (bench, MONOCLE_FORMAT_U32, rows, 2 * k);

  if (is_wanted (line))
    {
      monocle_op_top_k (bench->commands, &logits, NULL, &banned, &n_banned, k, &scratch, &y);
      measure (bench, line, 2.0 * rows * n);
    }
  arena_init (&bench->arena, bench->buffer);
}

static void
open_bench (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) infos = NULL;
  g_autofree char *traits = NULL;

  infos = monocle_vk_gpu_list (&error);
  if (!infos || infos->len == 0)
    g_error ("No device: %s", error ? error->message : "none listed");
  if (device_index < 0 || device_index >= (int) infos->len)
    device_index = (int) infos->len - 1;
  bench->gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, device_index), &error);
  if (!bench->gpu)
    g_error ("%s", error->message);
  bench->gpu->traits.addresses &= !no_addresses;
  bench->buffer
      = monocle_vk_buffer_new (bench->gpu, BENCH_BYTES, MONOCLE_VK_USE_DEVICE, "bench", &error);
  if (!bench->buffer)
    g_error ("%s", error->message);
  bench->format = f16 ? MONOCLE_FORMAT_F16 : MONOCLE_FORMAT_F32;
  bench->commands = monocle_commands_new (bench->gpu, "bench");
  arena_init (&bench->arena, bench->buffer);
  traits = monocle_vk_traits_describe (&bench->gpu->traits);
  g_print ("%s, %s: %s\n", bench->gpu->info.name, f16 ? "f16" : "f32", traits);
}

/* Small numbers everywhere, whatever the element: zeros would be kind to caches and denormals slow.
 */
static void
fill (Bench *bench)
{
  MonocleTensor all = { .n_dims = 1, .dims = { 1 << 20 }, .format = bench->format };
  g_autofree float *noise = g_new (float, all.dims[0]);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < all.dims[0]; i++)
    noise[i] = (float) ((i * 2654435761u) >> 20) / 4096 - 0.5f;
  all.buffer = bench->buffer;
  for (; all.offset < BENCH_BYTES; all.offset += monocle_tensor_get_size_bytes (&all))
    if (!monocle_tensor_write (&all, noise, &error))
      g_error ("%s", error->message);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- time kernels");
  g_autoptr (GError) error = NULL;
  Bench bench = { 0 };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);

  open_bench (&bench);
  fill (&bench);

  bench_matmul (&bench, 2304, 2048, 512, FALSE, FALSE);
  bench_matmul (&bench, 2304, 2048, 512, TRUE, FALSE);
  bench_matmul (&bench, 2304, 512, 2048, FALSE, TRUE);
  bench_matmul (&bench, 2304, 1536, 512, FALSE, FALSE);
  bench_matmul (&bench, 2304, 512, 512, FALSE, TRUE);
  bench_matmul (&bench, 36864, 128, 148, FALSE, FALSE);
  bench_matmul (&bench, 36864, 384, 128, FALSE, FALSE);
  bench_matmul (&bench, 36864, 512, 128, TRUE, FALSE);
  bench_matmul (&bench, 36864, 128, 512, FALSE, TRUE);
  bench_matmul (&bench, 9216, 1024, 256, TRUE, FALSE);
  bench_matmul (&bench, 576, 4096, 1024, TRUE, FALSE);
  bench_matmul (&bench, 576, 1024, 4096, FALSE, TRUE);
  bench_matmul (&bench, 590, 3072, 768, TRUE, FALSE);
  bench_matmul (&bench, 590, 768, 768, FALSE, FALSE);
  bench_matmul (&bench, 36864, 32, 128, FALSE, FALSE);
  bench_matmul (&bench, 36864, 96, 32, FALSE, FALSE);
  bench_matmul (&bench, 9216, 64, 256, FALSE, FALSE);
  for (guint m = 1; m <= 8; m += 2)
    {
      bench_matmul (&bench, m, 3072, 768, TRUE, FALSE);
      bench_matmul (&bench, m, 768, 3072, FALSE, TRUE);
      bench_matmul (&bench, m, 768, 768, FALSE, FALSE);
      bench_matmul (&bench, m, 51289, 768, FALSE, FALSE);
    }
  bench_window_attention (&bench, 192, 128);
  bench_window_attention (&bench, 48, 512);
  bench_channel_attention (&bench, 36864, 128);
  bench_channel_attention (&bench, 2304, 512);
  for (guint n = 512; n <= 4096; n *= 2)
    bench_attention (&bench, n, n, 12, 64);
  bench_attention (&bench, 590, 590, 12, 64);
  bench_attention (&bench, 1024, 1024, 24, 32);
  bench_attention (&bench, 2048, 2048, 24, 32);
  bench_attention (&bench, 3601, 3601, 12, 64);
  bench_attention (&bench, 1, 590, 12, 64);
  bench_attention (&bench, 3, 590, 12, 64);
  bench_attention (&bench, 96, 590, 12, 64);
  bench_rows (&bench, 192, 128);
  bench_rows (&bench, 48, 512);
  bench_norm (&bench, 3, 768);
  bench_norm (&bench, 1, 768);
  bench_norm (&bench, 577, 768);
  bench_top_k (&bench, 3, 51289, 6);

  monocle_commands_free (bench.commands);
  monocle_vk_buffer_free (bench.buffer);
  monocle_vk_gpu_close (bench.gpu);
  g_free (filter);
  g_free (weights);
  return EXIT_SUCCESS;
}
