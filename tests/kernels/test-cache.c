/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The key-value cache against texts that remember all their tokens themselves: attention over the
 * cache must give what attention over those gives, whatever was reordered, forgotten, forked or
 * moved in between, and wherever the room ran out. And scopes, which need no device.
 */
#include "config.h"

#include <math.h>

#include "arena.h"
#include "engine/nn/cache.h"
#include "engine/nn/ops.h"
#include "engine/nn/scope.h"
#include "engine/vk/gpu.h"

#define ROWS       3
#define LAYERS     2
#define HEADS      2
#define HEAD_WIDTH 8
#define WIDTH      (HEADS * HEAD_WIDTH)
#define MOST       23
/* Far more than its tensors take. */
#define BUFFER_BYTES (1 << 20)

static MonocleVkGpu *gpu;

/* A cache, and what each row must remember: for each token the keys and values of all layers. */
typedef struct
{
  MonocleCache *cache;
  GArray *texts[ROWS]; /* of float [LAYERS][2][WIDTH] */
  GRand *random;
} Bench;

static void
bench_init (Bench *bench, guint first_places)
{
  const MonocleCacheSize size = { .n_layers = LAYERS,
                                  .n_rows = ROWS,
                                  .width = WIDTH,
                                  .format = MONOCLE_FORMAT_F32,
                                  .first_places = first_places,
                                  .most_places = MOST };
  g_autoptr (GError) error = NULL;

  bench->cache = monocle_cache_new (gpu, &size, &error);
  g_assert_no_error (error);
  bench->random = g_rand_new_with_seed (first_places);
  for (guint j = 0; j < ROWS; j++)
    bench->texts[j] = g_array_new (FALSE, FALSE, LAYERS * 2 * WIDTH * sizeof (float));
}

static void
bench_clear (Bench *bench)
{
  monocle_cache_free (bench->cache);
  g_rand_free (bench->random);
  for (guint j = 0; j < ROWS; j++)
    g_array_unref (bench->texts[j]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

/* Key or value @what of a token of a text. */
static const float *
recall (const GArray *text, guint token, guint layer, guint what)
{
  return (const float *) (gpointer) text->data + ((token * LAYERS + layer) * 2 + what) * WIDTH;
}

/* What a query sees of its text up to @n tokens. */
static void
attend (const float *query, const GArray *text, guint n, guint layer, float *y)
{
  g_autofree double *weights = g_new (double, n);

  for (guint h = 0; h < HEADS; h++)
    {
      double total = 0;

      for (guint t = 0; t < n; t++)
        {
          double score = 0;

          for (guint c = 0; c < HEAD_WIDTH; c++)
            score += (double) query[h * HEAD_WIDTH + c]
                     * (double) recall (text, t, layer, 0)[h * HEAD_WIDTH + c];
          total += weights[t] = exp (score / sqrt (HEAD_WIDTH));
        }
      for (guint c = h * HEAD_WIDTH; c < (h + 1) * HEAD_WIDTH; c++)
        {
          double sum = 0;

          for (guint t = 0; t < n; t++)
            sum += weights[t] / total * (double) recall (text, t, layer, 1)[c];
          y[c] = (float) sum;
        }
    }
}

static void
follow_sources (Bench *bench, const guint32 *sources)
{
  GArray *before[ROWS];

  memcpy (before, bench->texts, sizeof before);
  for (guint j = 0; j < ROWS; j++)
    bench->texts[j] = g_array_copy (before[sources ? sources[j] : j]);
  for (guint j = 0; j < ROWS; j++)
    g_array_unref (before[j]);
}

/* qkv [LAYERS][ROWS, n, 3 WIDTH] to y [LAYERS][ROWS, n, WIDTH] over the cache, on the device. */
static void
run_attention (Bench *bench, guint n, const float *const *inputs, float *const *outputs)
{
  MonocleTensor qkv[LAYERS], y[LAYERS];
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleVkBuffer) buffer
      = monocle_vk_buffer_new (gpu, BUFFER_BYTES, MONOCLE_VK_USE_DEVICE, "cache test", &error);
  g_autoptr (MonocleCommands) commands = monocle_commands_new (gpu, "cache test");
  Arena arena;

  g_assert_no_error (error);
  arena_init (&arena, buffer);
  for (guint i = 0; i < LAYERS; i++)
    {
      qkv[i] = arena_alloc_2d (&arena, "qkv", MONOCLE_FORMAT_F32, ROWS * n, 3 * WIDTH);
      y[i] = arena_alloc_2d (&arena, "y", MONOCLE_FORMAT_F32, ROWS * n, WIDTH);
    }

  monocle_cache_record (bench->cache, commands);
  for (guint i = 0; i < LAYERS; i++)
    {
      const MonocleCachedAttention attention = {
        .qkv = qkv[i],
        .keys = *monocle_cache_get_keys (bench->cache, i),
        .values = *monocle_cache_get_values (bench->cache, i),
        .ancestors = *monocle_cache_get_ancestors (bench->cache),
        .place = *monocle_cache_get_place (bench->cache),
        .y = y[i],
        .n_tokens = n,
        .n_heads = HEADS,
      };

      g_assert_true (monocle_tensor_write (&qkv[i], inputs[i], &error));
      monocle_op_cached_attention (commands, &attention);
    }
  monocle_commands_submit (commands, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < LAYERS; i++)
    g_assert_true (monocle_tensor_read (&y[i], outputs[i], &error));
}

static void
remember (Bench *bench, guint row, guint token, guint n, float *const *inputs)
{
  float kept[LAYERS][2][WIDTH];

  for (guint i = 0; i < LAYERS; i++)
    memcpy (kept[i], inputs[i] + ((gsize) row * n + token) * 3 * WIDTH + WIDTH, sizeof kept[i]);
  g_array_append_val (bench->texts[row], kept);
}

/* @n more tokens of every row, which each row checks. Room grows exactly when it is needed. */
static void
step (Bench *bench, guint n, const guint32 *sources)
{
  float *inputs[LAYERS], *outputs[LAYERS];
  g_autoptr (GError) error = NULL;
  guint n_inputs = ROWS * n * 3 * WIDTH, needed = n,
        room = monocle_cache_get_n_places (bench->cache);
  gboolean grown;

  for (guint j = 0; j < ROWS; j++)
    needed = MAX (needed, bench->texts[j]->len + n);
  g_assert_true (monocle_cache_prepare (bench->cache, n, sources, &grown, &error));
  g_assert_no_error (error);
  g_assert_cmpint (grown, ==, needed > room);
  follow_sources (bench, sources);

  for (guint i = 0; i < LAYERS; i++)
    {
      inputs[i] = g_new (float, n_inputs);
      outputs[i] = g_new (float, n_inputs / 3);
      for (guint k = 0; k < n_inputs; k++)
        inputs[i][k] = (float) g_rand_double_range (bench->random, -2, 2);
    }
  run_attention (bench, n, (const float *const *) inputs, outputs);
  monocle_cache_advance (bench->cache, n);

  for (guint j = 0; j < ROWS; j++)
    for (guint t = 0; t < n; t++)
      {
        remember (bench, j, t, n, inputs);
        for (guint i = 0; i < LAYERS; i++)
          {
            gsize at = (gsize) j * n + t;
            float expected[WIDTH];

            attend (inputs[i] + at * 3 * WIDTH, bench->texts[j], bench->texts[j]->len, i, expected);
            for (guint c = 0; c < WIDTH; c++)
              g_assert_cmpfloat_with_epsilon (outputs[i][at * WIDTH + c], expected[c], 1e-4);
          }
      }
  for (guint j = 0; j < ROWS; j++)
    g_assert_cmpuint (monocle_cache_get_length (bench->cache, j), ==, bench->texts[j]->len);
  for (guint i = 0; i < LAYERS; i++)
    {
      g_free (inputs[i]);
      g_free (outputs[i]);
    }
}

static void
step_shuffled (Bench *bench)
{
  guint32 sources[ROWS];

  for (guint j = 0; j < ROWS; j++)
    sources[j] = (guint32) g_rand_int_range (bench->random, 0, ROWS);
  step (bench, 1, sources);
}

/* Token by token to the end, beams exchanged at each: past every place where room runs out. */
static void
test_grows (gconstpointer data)
{
  const guint first = GPOINTER_TO_UINT (data);
  guint places = MIN (first, MOST);
  g_auto (Bench) bench = { NULL };

  bench_init (&bench, first);
  g_assert_cmpuint (monocle_cache_get_n_places (bench.cache), ==, places);
  for (guint n = 1; n <= MOST; n++)
    {
      step_shuffled (&bench);
      /* Exactly when there is no room, and never past what a text can have. */
      if (n > places)
        places = MIN (2 * places, MOST);
      g_assert_cmpuint (monocle_cache_get_n_places (bench.cache), ==, places);
    }
}

/* Prompts that end one before, at and one past what there is room for; then one that does the same
 * behind others; then answers. */
static void
test_prefill (void)
{
  const guint first = 6;

  for (guint n = first - 1; n <= first + 1; n++)
    for (guint more = first - 1; more <= first + 1; more++)
      {
        g_auto (Bench) bench = { NULL };

        bench_init (&bench, first);
        step (&bench, n, NULL);
        step_shuffled (&bench);
        step (&bench, more, (const guint32[]){ 2, 2, 1 });
        step_shuffled (&bench);
        step_shuffled (&bench);
      }
}

/* At once further than twice as far. */
static void
test_grows_far (void)
{
  g_auto (Bench) bench = { NULL };

  bench_init (&bench, 2);
  step_shuffled (&bench);
  step (&bench, 16, NULL);
  g_assert_cmpuint (monocle_cache_get_n_places (bench.cache), ==, MOST);
  step_shuffled (&bench);
}

static void
test_truncates (void)
{
  for (guint length = 0; length <= 9; length++)
    {
      g_auto (Bench) bench = { NULL };

      bench_init (&bench, 4);
      for (guint i = 0; i < 9; i++)
        step_shuffled (&bench);
      monocle_cache_truncate (bench.cache, length);
      for (guint j = 0; j < ROWS; j++)
        g_array_set_size (bench.texts[j], length);
      step (&bench, 2, NULL);
      step_shuffled (&bench);
      /* What is there is not lengthened. */
      monocle_cache_truncate (bench.cache, 20);
      step_shuffled (&bench);
    }
}

static void
fork_row (Bench *bench, guint from, guint to)
{
  monocle_cache_fork (bench->cache, from, to);
  g_array_unref (bench->texts[to]);
  bench->texts[to] = g_array_copy (bench->texts[from]);
}

/* Texts that go on from one, texts of different lengths, and both across a growth. */
static void
test_forks (void)
{
  g_auto (Bench) bench = { NULL };

  bench_init (&bench, 5);
  step (&bench, 4, NULL);
  fork_row (&bench, 0, 2);
  step (&bench, 1, NULL);
  step (&bench, 1, NULL);
  g_assert_cmpuint (monocle_cache_get_n_places (bench.cache), ==, 10);

  /* The shorter of several prompts. */
  monocle_cache_truncate_row (bench.cache, 1, 3);
  g_array_set_size (bench.texts[1], 3);
  step (&bench, 2, NULL);
  g_assert_cmpuint (monocle_cache_get_length (bench.cache, 0), ==, 8);
  g_assert_cmpuint (monocle_cache_get_length (bench.cache, 1), ==, 5);
  step (&bench, 3, NULL);
  g_assert_cmpuint (monocle_cache_get_n_places (bench.cache), ==, 20);
  step (&bench, 1, NULL);

  fork_row (&bench, 1, 0);
  step (&bench, 2, NULL);
  g_assert_cmpuint (monocle_cache_get_length (bench.cache, 0), ==, 11);
}

/* What somebody else holds is not written over. */
static void
test_held (void)
{
  if (g_test_subprocess ())
    {
      g_auto (Bench) bench = { NULL };

      bench_init (&bench, 8);
      step (&bench, 4, NULL);
      fork_row (&bench, 0, 2);
      monocle_cache_truncate_row (bench.cache, 0, 2);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*is_held*");
}

static void
test_scope (void)
{
  MonocleScope layer = monocle_scope_enter_index (
      monocle_scope_enter (monocle_scope_enter (MONOCLE_SCOPE_ROOT, "text"), "model.layers"), 12);

  g_assert_cmpstr (MONOCLE_SCOPE_ROOT.path, ==, "");
  g_assert_cmpstr (layer.path, ==, "text.model.layers.12");
  g_assert_cmpstr (monocle_scope_enter (layer, "fc1.weight").path, ==,
                   "text.model.layers.12.fc1.weight");
  g_assert_cmpstr (layer.path, ==, "text.model.layers.12");
  g_assert_cmpstr (monocle_scope_enter_index (MONOCLE_SCOPE_ROOT, 0).path, ==, "0");
}

int
main (int argc, char **argv)
{
  static const guint firsts[] = { 1, 2, 5, 8, MOST - 1, MOST, MOST + 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) infos = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  infos = monocle_vk_gpu_list (&error);
  g_assert_no_error (error);
  gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, 0), &error);
  g_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (firsts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/cache/grows/%u", firsts[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (firsts[i]), test_grows);
    }
  g_test_add_func ("/engine/cache/prefill", test_prefill);
  g_test_add_func ("/engine/cache/grows-far", test_grows_far);
  g_test_add_func ("/engine/cache/truncates", test_truncates);
  g_test_add_func ("/engine/cache/forks", test_forks);
  g_test_add_func ("/engine/cache/held", test_held);
  g_test_add_func ("/engine/scope", test_scope);
  result = g_test_run ();
  monocle_vk_gpu_close (gpu);
  return result;
}
