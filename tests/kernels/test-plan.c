/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans on a device: random graphs are computed in planned memory, poisoned before, and compared
 * with the same graphs in plain C where every value has memory of its own. Whatever a plan puts
 * over something that is still needed comes out as another number.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/nn/evaluate.h"
#include "engine/nn/formulas.h"
#include "engine/nn/graph-private.h"
#include "engine/nn/plan.h"

#define SIDE      8
#define ROWS      (SIDE * SIDE)
#define N_GRAPHS  60
#define N_STEPS   24
#define N_WEIGHTS 4
#define LIMIT     1e-4

static const guint widths[] = { 32, 64, 96 };

typedef struct
{
  MonocleVkGpu *gpu;
  GRand *random;
  MonocleVkBuffer *weights;
  guint64 used;
  GPtrArray *tensors; /* of MonocleTensor, in the buffer */
  GPtrArray *values;  /* of float: what is in them */
} Bench;

static float *
new_values (GRand *random, guint64 n)
{
  float *values = g_new (float, n);

  for (guint64 i = 0; i < n; i++)
    values[i] = (float) g_rand_double_range (random, -1, 1);
  return values;
}

static const MonocleTensor *
add_weight (Bench *bench, guint n_dims, guint rows, guint columns)
{
  g_autoptr (GError) error = NULL;
  MonocleTensor *tensor = g_new0 (MonocleTensor, 1);
  float *values;

  tensor->buffer = bench->weights;
  tensor->offset = bench->used;
  tensor->n_dims = n_dims;
  tensor->dims[0] = rows;
  tensor->dims[1] = n_dims == 2 ? columns : 0;
  values = new_values (bench->random, (guint64) rows * columns);
  for (guint i = 0; n_dims == 2 && i < rows * columns; i++)
    values[i] /= sqrtf ((float) columns);
  bench->used += (monocle_tensor_get_size_bytes (tensor) + 255) / 256 * 256;
  g_assert_cmpuint (bench->used, <=, bench->weights->size);
  g_assert_true (monocle_tensor_write (tensor, values, &error));
  g_assert_no_error (error);
  g_ptr_array_add (bench->tensors, tensor);
  g_ptr_array_add (bench->values, values);
  return tensor;
}

static void
bench_init (Bench *bench, guint32 seed)
{
  g_autoptr (GError) error = NULL;
  GArray *infos = monocle_vk_gpu_list (&error);

  g_assert_no_error (error);
  bench->gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, 0), &error);
  g_assert_no_error (error);
  g_array_unref (infos);
  bench->random = g_rand_new_with_seed (seed);
  bench->weights
      = monocle_vk_buffer_new (bench->gpu, 1 << 20, MONOCLE_VK_USE_DEVICE, "weights", &error);
  g_assert_no_error (error);
  bench->used = 0;
  bench->tensors = g_ptr_array_new_with_free_func (g_free);
  bench->values = g_ptr_array_new_with_free_func (g_free);
}

static void
bench_clear (Bench *bench)
{
  monocle_vk_buffer_free (bench->weights);
  monocle_vk_gpu_close (bench->gpu);
  g_rand_free (bench->random);
  g_ptr_array_unref (bench->tensors);
  g_ptr_array_unref (bench->values);
}

/* One of the weights of this shape, made when there are few of them. */
static MonocleValue
choose_weight (Bench *bench, MonocleGraph *g, guint n_dims, guint rows, guint columns)
{
  guint n = 0, chosen = g_rand_int_range (bench->random, 0, N_WEIGHTS);

  for (guint i = 0; i < bench->tensors->len; i++)
    {
      const MonocleTensor *tensor = bench->tensors->pdata[i];

      if (tensor->n_dims == n_dims && tensor->dims[0] == rows
          && (n_dims == 1 || tensor->dims[1] == columns) && n++ == chosen)
        return monocle_outside (g, tensor);
    }
  return monocle_outside (g, add_weight (bench, n_dims, rows, columns));
}

static MonocleValue
choose_width (Bench *bench, MonocleGraph *g, GArray *pool, guint width)
{
  guint n = 0;
  MonocleValue chosen = 0;

  for (guint i = 0; i < pool->len; i++)
    {
      MonocleValue value = g_array_index (pool, MonocleValue, i);

      if (monocle_graph_get_shape (g, value)->dims[1] == width
          && g_rand_int_range (bench->random, 0, ++n) == 0)
        chosen = value;
    }
  return chosen;
}

/* A view of a value that has its size, or itself. */
static MonocleValue
look_at (Bench *bench, MonocleGraph *g, MonocleValue x)
{
  guint width = monocle_graph_get_shape (g, x)->dims[1];

  if (g_rand_int_range (bench->random, 0, 3) > 0)
    return x;
  return monocle_reshape (g, monocle_reshape (g, x, MONOCLE_DIMS (SIDE, SIDE, width)),
                          MONOCLE_DIMS (ROWS, width));
}

/* One more value [ROWS, one of the widths] out of those that may still be read. */
static MonocleValue
grow (Bench *bench, MonocleGraph *g, GArray *pool)
{
  guint last = g_rand_int_range (bench->random, 0, MIN (4, pool->len));
  MonocleValue x = look_at (bench, g, g_array_index (pool, MonocleValue, pool->len - 1 - last));
  guint width = monocle_graph_get_shape (g, x)->dims[1];
  guint to = widths[g_rand_int_range (bench->random, 0, G_N_ELEMENTS (widths))];
  MonocleValue y;

  switch (g_rand_int_range (bench->random, 0, 10))
    {
    case 0:
      return monocle_layer_norm (g, x, choose_weight (bench, g, 1, width, 1),
                                 choose_weight (bench, g, 1, width, 1), 1e-5f);
    case 1:
      return monocle_rms_norm (g, x, choose_weight (bench, g, 1, width, 1), 1, 1e-5f);
    case 2:
      return monocle_matmul (g, x, choose_weight (bench, g, 2, to, width), 0, 0,
                             MONOCLE_ACTIVATION_GELU);
    case 3:
    case 4:
      return monocle_matmul (g, x, choose_weight (bench, g, 2, to, width),
                             choose_weight (bench, g, 1, to, 1), choose_width (bench, g, pool, to),
                             MONOCLE_ACTIVATION_NONE);
    case 5:
      y = monocle_depthwise_conv (g, monocle_reshape (g, x, MONOCLE_DIMS (SIDE, SIDE, width)),
                                  choose_weight (bench, g, 2, 9, width),
                                  choose_weight (bench, g, 1, width, 1));
      return monocle_reshape (g, y, MONOCLE_DIMS (ROWS, width));
    case 6:
      if (width == 96)
        return monocle_channel_attention (g, x, 2);
      y = choose_width (bench, g, pool, width);
      return monocle_join_rows (g,
                                (MonocleValue[]){ monocle_rows (g, y, ROWS / 2, ROWS / 2),
                                                  monocle_rows (g, x, 0, 2),
                                                  monocle_rows (g, x, 2, ROWS / 2 - 2) },
                                3);
    case 7:
      return monocle_gate (g, x, choose_width (bench, g, pool, width), MONOCLE_ACTIVATION_SILU);
    case 8:
      /* By a table of anything. */
      y = choose_width (bench, g, pool, 32);
      if (y)
        return monocle_rotary (g, x, y, &(MonocleRotary){ width / 32, 32, width == 64 });
      return x;
    default:
      /* What is changed is a value that nobody else has seen. */
      y = monocle_matmul (g, x, choose_weight (bench, g, 2, to, width), 0, 0,
                          MONOCLE_ACTIVATION_NONE);
      x = choose_width (bench, g, pool, to);
      return x ? monocle_put_rows (g, y, monocle_rows (g, x, 8, 16), 24) : y;
    }
}

/* Bytes that hold what is alive at the worst moment, by looking at each moment anew: no value lies
 * over another here. */
static guint64
find_bound (MonocleGraph *g)
{
  g_autofree gboolean *live = monocle_graph_find_live (g, FALSE);
  guint64 bound = 0;

  for (guint now = 0; now < g->nodes->len; now++)
    {
      guint64 bytes = 0;

      for (guint s = 0; s < g->stores->len; s++)
        {
          const MonocleStore *store = monocle_graph_get_store (g, s);
          gboolean is_written = store->is_input, is_wanted = store->is_kept;

          for (guint i = 0; i < g->nodes->len; i++)
            {
              const MonocleNode *node = monocle_graph_get_node (g, i);

              if (!live[i])
                continue;
              if (monocle_graph_get_value (g, node->output)->store == s)
                {
                  is_written |= i <= now;
                  is_wanted |= i >= now;
                }
              for (guint j = 0; j < node->n_inputs; j++)
                if (node->inputs[j] && monocle_graph_get_value (g, node->inputs[j])->store == s)
                  is_wanted |= i >= now;
            }
          if (is_written && is_wanted && !store->outside)
            bytes += store->bytes;
        }
      bound = MAX (bound, bytes);
    }
  return bound;
}

/* Runs the graph in planned memory that was full of NaN. */
static void
run (Bench *bench, MonoclePlan *plan, MonocleValue x, const float *pixels, MonocleVkBuffer **buffer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCommands) commands = monocle_commands_new (bench->gpu, "plan");
  guint64 bytes = monocle_plan_get_bytes (plan);
  g_autofree float *poison = g_new (float, bytes / sizeof (float));
  MonocleTensor all = { .n_dims = 1, .dims = { (guint) (bytes / sizeof (float)) } };
  MonocleTensor input;

  for (guint64 i = 0; i < bytes / sizeof (float); i++)
    poison[i] = NAN;
  *buffer = monocle_vk_buffer_new (bench->gpu, bytes, MONOCLE_VK_USE_DEVICE, "plan", &error);
  g_assert_no_error (error);
  all.buffer = *buffer;
  monocle_plan_place (plan, *buffer);
  monocle_plan_record (plan, commands);
  input = monocle_plan_get_tensor (plan, x);

  /* Twice: a recording is replayed. */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (monocle_tensor_write (&all, poison, &error));
      g_assert_true (monocle_tensor_write (&input, pixels, &error));
      g_assert_true (monocle_commands_submit (commands, NULL, NULL, NULL, &error));
      g_assert_no_error (error);
    }
}

static double
compare (const float *got, const float *expected, guint64 n)
{
  double difference = 0, size = 0;

  for (guint64 i = 0; i < n; i++)
    {
      if (!isfinite (got[i]))
        return INFINITY;
      difference
          += ((double) got[i] - (double) expected[i]) * ((double) got[i] - (double) expected[i]);
      size += (double) expected[i] * (double) expected[i];
    }
  return sqrt (difference / MAX (size, 1e-30));
}

static void
check (Bench *bench, MonocleGraph *g, MonocleValue x, MonoclePlanFlags flags, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonoclePlan) plan = monocle_graph_plan (g, bench->gpu, flags, &error);
  g_autoptr (MonocleEvaluation) evaluation = NULL;
  g_autoptr (MonocleVkBuffer) buffer = NULL;
  g_autofree float *pixels
      = new_values (bench->random, monocle_tensor_get_n_elements (monocle_graph_get_shape (g, x)));
  guint n_compared = 0;

  g_assert_no_error (error);
  run (bench, plan, x, pixels, &buffer);

  evaluation = monocle_evaluation_new (g);
  monocle_evaluation_set (evaluation, x, pixels);
  for (guint i = 0; i < bench->tensors->len; i++)
    if (g_hash_table_contains (g->outsides, bench->tensors->pdata[i]))
      monocle_evaluation_set (evaluation, monocle_outside (g, bench->tensors->pdata[i]),
                              bench->values->pdata[i]);
  monocle_evaluation_run (evaluation);

  for (guint i = 1; i < g->values->len; i++)
    {
      const MonocleValueInfo *info = monocle_graph_get_value (g, i);
      const MonocleStore *store = monocle_graph_get_store (g, info->store);
      gboolean is_kept = store->is_kept || (flags && store->is_named);
      guint64 n = monocle_tensor_get_n_elements (&info->shape);
      g_autofree float *got = NULL;
      MonocleTensor tensor;
      double error_size;

      if (!is_kept || store->outside)
        continue;
      got = g_new (float, n);
      tensor = monocle_plan_get_tensor (plan, i);
      g_assert_true (monocle_tensor_read (&tensor, got, &error));
      error_size = compare (got, monocle_evaluation_get (evaluation, i), n);
      if (error_size > LIMIT)
        g_error ("graph %u: value %u (%s) is off by %g", number, i, info->shape.name, error_size);
      n_compared++;
    }
  g_assert_cmpuint (n_compared, >, 0);
}

static void
test_random (void)
{
  Bench bench;
  guint64 planned = 0, bound = 0;

  bench_init (&bench, 7);
  for (guint i = 0; i < N_GRAPHS; i++)
    {
      g_autoptr (MonocleGraph) g = monocle_graph_new ("random", MONOCLE_FORMAT_F32);
      g_autoptr (GArray) pool = g_array_new (FALSE, FALSE, sizeof (MonocleValue));
      g_autoptr (MonoclePlan) plan = NULL;
      g_autoptr (GError) error = NULL;
      MonocleValue x
          = monocle_input (g, "x", MONOCLE_FORMAT_F32, MONOCLE_DIMS (ROWS, widths[i % 3]));
      MonocleValue value = x;

      g_array_append_val (pool, x);
      for (guint j = 0; j < N_STEPS; j++)
        {
          value = grow (&bench, g, pool);
          g_assert_true (monocle_graph_check (g, &error));
          g_array_append_val (pool, value);
          if (g_rand_int_range (bench.random, 0, 8) == 0)
            monocle_keep (g, value);
          if (g_rand_int_range (bench.random, 0, 8) == 0)
            monocle_name (g, value, "some");
          if (g_rand_int_range (bench.random, 0, 8) == 0)
            monocle_split (g);
        }
      monocle_keep (g, value);

      plan = monocle_graph_plan (g, bench.gpu, MONOCLE_PLAN_DEFAULT, &error);
      planned += monocle_plan_get_bytes (plan);
      bound += find_bound (g);
      check (&bench, g, x, i % 4 == 3 ? MONOCLE_PLAN_KEEP_NAMED : MONOCLE_PLAN_DEFAULT, i);
    }
  bench_clear (&bench);

  /* Scratch comes on top of the bound, results that lie over inputs go off it. */
  g_test_message ("planned %" G_GUINT64_FORMAT ", alive %" G_GUINT64_FORMAT, planned, bound);
  g_assert_cmpuint (planned, <, bound * 105 / 100);
}

/* A perceptron whose middle takes more than one slice, and an odd rest. */
static void
test_slices (void)
{
  const guint rows = 5000, hidden = 2048, width = 32;
  g_autoptr (MonocleGraph) g = monocle_graph_new ("slices", MONOCLE_FORMAT_F32);
  MonocleValue x = monocle_input (g, "x", MONOCLE_FORMAT_F32, MONOCLE_DIMS (rows, width));
  g_autoptr (MonoclePlan) plan = NULL;
  MonocleValue y, n;
  Bench bench;

  bench_init (&bench, 3);
  n = monocle_layer_norm (g, x, choose_weight (&bench, g, 1, width, 1),
                          choose_weight (&bench, g, 1, width, 1), 1e-5f);
  y = monocle_matmul (g, n, choose_weight (&bench, g, 2, hidden, width), 0, 0,
                      MONOCLE_ACTIVATION_GELU);
  y = monocle_matmul (g, y, choose_weight (&bench, g, 2, width, hidden), 0, x,
                      MONOCLE_ACTIVATION_NONE);
  monocle_keep (g, y);

  plan = monocle_graph_plan (g, bench.gpu, MONOCLE_PLAN_DEFAULT, NULL);
  g_assert_cmpuint (monocle_plan_get_bytes (plan), <=, (32 << 20) + 2 * (rows + 2) * width * 4);
  check (&bench, g, x, MONOCLE_PLAN_DEFAULT, 0);
  bench_clear (&bench);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/plan/random", test_random);
  g_test_add_func ("/plan/sliced", test_slices);

  return g_test_run ();
}
