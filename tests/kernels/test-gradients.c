/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back. Each op's plain C against central differences of what it is the gradient of, which
 * is written here once more in double; then a graph with all of them, in plain C against central
 * differences and on the device against plain C, to the same bits each time.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/nn/evaluate.h"
#include "engine/nn/formulas.h"
#include "engine/nn/gradients.h"
#include "engine/nn/plan.h"
#include "engine/vk/staging.h"

/* Of one rounding to a float at the end, and of three on the way through attention. */
#define LIMIT           1e-7
#define LIMIT_ATTENTION 2e-7

static GRand *random_numbers;

static float *
draw (gsize n)
{
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = (float) g_rand_double_range (random_numbers, -1, 1);
  return values;
}

/* What a loss is made of: sizes, what is fixed, and what each of its results counts. */
typedef struct
{
  guint m, n, k;
  MonocleAttention attention;
  const guint32 *integers; /* labels or lengths */
  const float *fixed[3];
  guint varied; /* which input of attention */
  const float *counts;
} Setting;

typedef double (*Loss) (const double *x, const Setting *setting);

/* ||gradient - differences|| / ||differences||, of the fourth order. */
static double
compare (Loss loss, const Setting *setting, const float *x, gsize n, const float *gradient)
{
  const double h = 1e-3;
  g_autofree double *at = g_new (double, n);
  double difference = 0, norm = 0;

  for (gsize i = 0; i < n; i++)
    at[i] = (double) x[i];
  for (gsize i = 0; i < n; i++)
    {
      const double x0 = at[i];
      double f[4];

      for (guint j = 0; j < 4; j++)
        {
          at[i] = x0 + h * (double[]){ -2, -1, 1, 2 }[j];
          f[j] = loss (at, setting);
        }
      at[i] = x0;
      f[0] = (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
      difference += (f[0] - (double) gradient[i]) * (f[0] - (double) gradient[i]);
      norm += f[0] * f[0];
    }
  return norm > 0 ? sqrt (difference / norm) : sqrt (difference);
}

/* --- products ----------------------------------------------------------------------------- */

/* x w^T; fixed[0] is w, or x where w varies. */
static double
multiply (const double *x, const double *w, const Setting *s)
{
  double loss = 0;

  for (guint i = 0; i < s->m; i++)
    for (guint j = 0; j < s->n; j++)
      for (guint l = 0; l < s->k; l++)
        loss += (double) s->counts[i * s->n + j] * x[i * s->k + l] * w[j * s->k + l];
  return loss;
}

static double *
widen (const float *values, gsize n)
{
  double *wide = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    wide[i] = (double) values[i];
  return wide;
}

static double
lose_product (const double *x, const Setting *s)
{
  g_autofree double *w = widen (s->fixed[0], s->n * s->k);

  return multiply (x, w, s);
}

static double
lose_weights (const double *w, const Setting *s)
{
  g_autofree double *x = widen (s->fixed[0], s->m * s->k);

  return multiply (x, w, s);
}

static void
test_products (void)
{
  static const guint sizes[][3] = { { 1, 1, 4 }, { 3, 7, 12 }, { 9, 5, 8 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const guint m = sizes[i][0], n = sizes[i][1], k = sizes[i][2];
      g_autofree float *x = draw (m * k), *w = draw (n * k), *dy = draw (m * n);
      g_autofree float *dx = g_new (float, m *k), *dw = g_new0 (float, n *k);
      Setting s = { .m = m, .n = n, .k = k, .fixed = { w }, .counts = dy };

      monocle_reference_matmul_back (dy, w, NULL, m, n, k, 0, n, dx);
      g_assert_cmpfloat (compare (lose_product, &s, x, m * k, dx), <=, LIMIT);
      s.fixed[0] = x;
      monocle_reference_matmul_outer (dy, x, m, n, k, dw);
      g_assert_cmpfloat (compare (lose_weights, &s, w, n * k, dw), <=, LIMIT);
    }
}

/* --- rows and elements -------------------------------------------------------------------- */

static double
lose_gelu (const double *x, const Setting *s)
{
  double loss = 0;

  for (guint i = 0; i < s->n; i++)
    loss += (double) s->counts[i] * x[i] * 0.5 * erfc (-x[i] / sqrt (2));
  return loss;
}

static double
lose_norm (const double *x, const Setting *s)
{
  double loss = 0;

  for (guint i = 0; i < s->m; i++, x += s->n)
    {
      double mean = 0, square = 0;

      for (guint j = 0; j < s->n; j++)
        mean += x[j] / s->n;
      for (guint j = 0; j < s->n; j++)
        square += (x[j] - mean) * (x[j] - mean) / s->n;
      for (guint j = 0; j < s->n; j++)
        loss += (double) s->counts[i * s->n + j] * (double) s->fixed[0][j] * (x[j] - mean)
                / sqrt (square + (double) 1e-2f);
    }
  return loss;
}

static void
test_rows (void)
{
  static const guint sizes[][2] = { { 1, 4 }, { 3, 36 }, { 7, 12 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const guint m = sizes[i][0], n = sizes[i][1];
      g_autofree float *x = draw (m * n), *weight = draw (n), *dy = draw (m * n);
      g_autofree float *dx = g_new (float, m *n);
      Setting s = { .m = 1, .n = m * n, .counts = dy };

      monocle_reference_gelu_back (x, dy, m * n, dx);
      g_assert_cmpfloat (compare (lose_gelu, &s, x, m * n, dx), <=, LIMIT);
      s = (Setting){ .m = m, .n = n, .fixed = { weight }, .counts = dy };
      monocle_reference_layer_norm_back (x, weight, dy, m, n, 1e-2f, dx);
      g_assert_cmpfloat (compare (lose_norm, &s, x, m * n, dx), <=, LIMIT);
    }
}

/* --- attention ---------------------------------------------------------------------------- */

static double
lose_attention (const double *x, const Setting *s)
{
  const MonocleAttention *a = &s->attention;
  const guint width = a->n_heads * a->head_width;
  g_autofree double *q = widen (s->fixed[0], a->n_batches * a->n_queries * width);
  g_autofree double *k = widen (s->fixed[1], a->n_batches * a->n_keys * width);
  g_autofree double *v = widen (s->fixed[2], a->n_batches * a->n_keys * width);
  const double *inputs[3] = { q, k, v };
  double loss = 0;

  inputs[s->varied] = x;
  for (guint b = 0; b < a->n_batches; b++)
    for (guint t = 0; t < a->n_queries; t++)
      for (guint h = 0; h < a->n_heads; h++)
        {
          const guint query = ((b * a->n_queries + t) * a->n_heads + h) * a->head_width;
          double sum = 0, mixed = 0;

          for (guint j = 0; j < MIN (s->integers[b], a->n_keys); j++)
            {
              const guint key = ((b * a->n_keys + j) * a->n_heads + h) * a->head_width;
              double product = 0, counted = 0;

              if (a->mask == MONOCLE_ATTENTION_MASK_CAUSAL && j > t)
                break;
              for (guint c = 0; c < a->head_width; c++)
                {
                  product += inputs[0][query + c] * inputs[1][key + c];
                  counted += (double) s->counts[query + c] * inputs[2][key + c];
                }
              sum += exp (product / sqrt (a->head_width));
              mixed += exp (product / sqrt (a->head_width)) * counted;
            }
          loss += sum > 0 ? mixed / sum : 0;
        }
  return loss;
}

static void
try_attention (const MonocleAttention *a, const guint32 *lengths)
{
  const guint width = a->n_heads * a->head_width, n_q = a->n_batches * a->n_queries * width;
  const guint n_k = a->n_batches * a->n_keys * width;
  const guint n_w = a->n_batches * a->n_heads * a->n_queries * a->n_keys;
  g_autofree float *q = draw (n_q), *k = draw (n_k), *v = draw (n_k), *dy = draw (n_q);
  g_autofree float *dq = g_new (float, n_q), *dk = g_new (float, n_k), *dv = g_new (float, n_k);
  g_autofree float *weights = g_new (float, n_w), *ds = g_new (float, n_w);
  Setting s = { .attention = *a, .integers = lengths, .fixed = { q, k, v }, .counts = dy };

  monocle_reference_attention_weights (a, q, k, lengths, weights);
  monocle_reference_attention_weights_back (a, weights, v, dy, ds);
  monocle_reference_attention_mix (a, FALSE, ds, k, dq);
  monocle_reference_attention_mix (a, TRUE, ds, q, dk);
  monocle_reference_attention_mix (a, TRUE, weights, dy, dv);
  g_assert_cmpfloat (compare (lose_attention, &s, q, n_q, dq), <=, LIMIT_ATTENTION);
  s.varied = 1;
  g_assert_cmpfloat (compare (lose_attention, &s, k, n_k, dk), <=, LIMIT_ATTENTION);
  s.varied = 2;
  g_assert_cmpfloat (compare (lose_attention, &s, v, n_k, dv), <=, LIMIT_ATTENTION);
}

static void
test_attention (void)
{
  const MonocleAttention cross
      = { .n_batches = 3, .n_queries = 3, .n_keys = 5, .n_heads = 2, .head_width = 4 };
  const MonocleAttention causal = { .n_batches = 2,
                                    .n_queries = 5,
                                    .n_keys = 5,
                                    .n_heads = 1,
                                    .head_width = 8,
                                    .mask = MONOCLE_ATTENTION_MASK_CAUSAL };
  const MonocleAttention one
      = { .n_batches = 1, .n_queries = 1, .n_keys = 2, .n_heads = 1, .head_width = 4 };

  try_attention (&cross, (const guint32[]){ 5, 0, 3 });
  try_attention (&causal, (const guint32[]){ 5, 2 });
  try_attention (&one, (const guint32[]){ 2 });
}

/* --- the loss ----------------------------------------------------------------------------- */

static double
lose_labels (const double *x, const Setting *s)
{
  double loss = 0;

  for (guint i = 0; i < s->m; i++, x += s->n)
    {
      double sum = 0;

      if (s->integers[i] >= s->n)
        continue;
      for (guint j = 0; j < s->n; j++)
        sum += exp (x[j] + (double) s->fixed[0][j]);
      loss += log (sum) - x[s->integers[i]] - (double) s->fixed[0][s->integers[i]];
    }
  return loss;
}

static void
test_loss (void)
{
  static const guint32 labels[] = { 3, MONOCLE_NO_LABEL, 0, 6, 7 };

  for (guint m = 1; m <= 5; m += 2)
    {
      g_autofree float *x = draw (m * 7), *bias = draw (7), *dx = g_new (float, m * 7);
      const Setting s = { .m = m, .n = 7, .integers = labels, .fixed = { bias } };

      monocle_reference_cross_entropy_back (x, bias, labels, m, 7, dx);
      g_assert_cmpfloat (compare (lose_labels, &s, x, m * 7, dx), <=, LIMIT);
    }
}

/* --- all of it in a graph ----------------------------------------------------------------- */

#define BATCHES 2
#define TOKENS  5
#define WIDTH   64
#define RANK    4
#define WORDS   37
#define N_FIXED 5

/* A layer of a decoder: attention with a low-rank addition to its queries, keys and values, a norm,
 * an activation, and words. */
typedef struct
{
  MonocleTensor fixed[N_FIXED], trained[2], sums[2];
  float *values[N_FIXED + 4]; /* of all of these, in this order */
  MonocleVkBuffer *buffer;
  MonocleGraph *graph;
  MonocleValue outsides[N_FIXED + 4], x, labels, losses;
  float *x_values;
  guint32 label_values[BATCHES * TOKENS];
} Layer;

static MonocleTensor *
get_tensor (Layer *layer, guint i)
{
  return i < N_FIXED       ? &layer->fixed[i]
         : i < N_FIXED + 2 ? &layer->trained[i - N_FIXED]
                           : &layer->sums[i - N_FIXED - 2];
}

static void
write_layer (Layer *layer)
{
  static const guint dims[][2] = {
    { WIDTH, WIDTH }, { WORDS - 9, WIDTH }, { 9, WIDTH },    { WIDTH },       { WIDTH },
    { RANK, WIDTH },  { WIDTH, RANK },      { RANK, WIDTH }, { WIDTH, RANK },
  };
  MonocleGraph *g = layer->graph = monocle_graph_new ("layer", MONOCLE_FORMAT_F32);
  g_autoptr (MonocleGradients) gradients = monocle_gradients_new (g);
  MonocleAttention geometry = { .q_row_stride = WIDTH,
                                .kv_row_stride = WIDTH,
                                .q_batch_stride = TOKENS * WIDTH,
                                .kv_batch_stride = TOKENS * WIDTH,
                                .n_batches = BATCHES,
                                .n_queries = TOKENS,
                                .n_keys = TOKENS,
                                .n_heads = 2,
                                .head_width = WIDTH / 2,
                                .mask = MONOCLE_ATTENTION_MASK_CAUSAL };
  MonocleValue *o = layer->outsides, y, z;
  guint64 end = 0;

  for (guint i = 0; i < N_FIXED + 4; i++)
    {
      MonocleTensor *tensor = get_tensor (layer, i);

      *tensor = (MonocleTensor){ .dims = { dims[i][0], dims[i][1] },
                                 .n_dims = dims[i][1] ? 2 : 1,
                                 .format = MONOCLE_FORMAT_F32 };
      end = monocle_tensor_put_at (tensor, end);
      layer->values[i] = draw (monocle_tensor_get_n_elements (tensor));
      for (guint j = 0; j < monocle_tensor_get_n_elements (tensor); j++)
        layer->values[i][j] *= i < N_FIXED + 2 ? 0.3f : 0;
      o[i] = monocle_outside (g, tensor);
    }
  monocle_gradients_train (gradients, o[5], &layer->sums[0]);
  monocle_gradients_train (gradients, o[6], &layer->sums[1]);

  layer->x = monocle_input (g, "x", MONOCLE_FORMAT_F32, MONOCLE_DIMS (BATCHES * TOKENS, WIDTH));
  layer->labels = monocle_input (g, "labels", MONOCLE_FORMAT_U32, MONOCLE_DIMS (BATCHES * TOKENS));
  layer->x_values = draw (BATCHES * TOKENS * WIDTH);
  for (guint i = 0; i < BATCHES * TOKENS; i++)
    layer->label_values[i] = i % 4 == 3 ? MONOCLE_NO_LABEL : i * 3;

  y = monocle_matmul (g, layer->x, o[0], 0, 0, MONOCLE_ACTIVATION_NONE);
  y = monocle_matmul (g, monocle_matmul (g, layer->x, o[5], 0, 0, MONOCLE_ACTIVATION_NONE), o[6], 0,
                      y, MONOCLE_ACTIVATION_NONE);
  z = monocle_attention (g, y, y, y, 0, &geometry);
  z = monocle_matmul (g, z, o[0], o[4], y, MONOCLE_ACTIVATION_NONE);
  z = monocle_layer_norm (g, z, o[3], o[4], 1e-5f);
  z = monocle_matmul (g, monocle_gelu (g, z), o[0], 0, z, MONOCLE_ACTIVATION_NONE);
  layer->losses
      = monocle_cross_entropy (g, monocle_matmul_pieces (g, z, &o[1], 2), 0, layer->labels);
  monocle_keep (g, layer->losses);
  monocle_gradients_walk (gradients, layer->losses);
}

static void
layer_clear (Layer *layer)
{
  for (guint i = 0; i < N_FIXED + 4; i++)
    g_free (layer->values[i]);
  g_free (layer->x_values);
  g_clear_pointer (&layer->graph, monocle_graph_free);
}

/* In plain C; the sum of all losses. */
static double
evaluate (Layer *layer, float *sums[2])
{
  g_autoptr (MonocleEvaluation) evaluation = monocle_evaluation_new (layer->graph);
  const float *losses;
  double loss = 0;

  for (guint i = 0; i < N_FIXED + 4; i++)
    monocle_evaluation_set (evaluation, layer->outsides[i], layer->values[i]);
  monocle_evaluation_set (evaluation, layer->x, layer->x_values);
  monocle_evaluation_set (evaluation, layer->labels, layer->label_values);
  monocle_evaluation_run (evaluation);
  losses = monocle_evaluation_get (evaluation, layer->losses);
  for (guint i = 0; i < BATCHES * TOKENS; i++)
    loss += (double) losses[i];
  for (guint i = 0; i < 2; i++)
    sums[i] = g_memdup2 (monocle_evaluation_get (evaluation, layer->outsides[N_FIXED + 2 + i]),
                         WIDTH * RANK * sizeof (float));
  return loss;
}

static void
test_walk (void)
{
  Layer layer = { .buffer = NULL };
  g_autoptr (GError) error = NULL;

  write_layer (&layer);
  monocle_graph_check (layer.graph, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree float *direction = draw (WIDTH * RANK);
      float *values = layer.values[N_FIXED + i], *sums[2];
      double expected = 0, found = 0;

      for (guint side = 0; side < 3; side++)
        {
          const float step = side == 2 ? 5e-3f : side == 1 ? -1e-2f : 5e-3f;
          double loss;

          for (guint j = 0; j < WIDTH * RANK; j++)
            values[j] += step * direction[j];
          loss = evaluate (&layer, sums);
          found += side == 0 ? loss / 1e-2 : side == 1 ? -loss / 1e-2 : 0;
          for (guint j = 0; side == 2 && j < WIDTH * RANK; j++)
            expected += (double) sums[i][j] * (double) direction[j];
          g_free (sums[0]);
          g_free (sums[1]);
        }
      g_test_message ("%g, by differences %g", expected, found);
      g_assert_cmpfloat (fabs (expected - found), <=, 2e-3 * (0.1 + fabs (found)));
    }
  layer_clear (&layer);
}

static void
upload (Layer *layer, guint first)
{
  g_autoptr (GError) error = NULL;

  for (guint i = first; i < N_FIXED + 4; i++)
    {
      monocle_tensor_write (get_tensor (layer, i), layer->values[i], &error);
      g_assert_no_error (error);
    }
}

static double
find_error (const float *a, const float *b, double times)
{
  double difference = 0, norm = 0;

  for (guint i = 0; i < WIDTH * RANK; i++)
    {
      difference += pow ((double) a[i] - times * (double) b[i], 2);
      norm += pow ((double) b[i], 2);
    }
  return sqrt (difference / norm);
}

/* Twice after each other adds up; from the start again it is the same to the bit. */
static void
run_on (MonocleVkGpu *gpu)
{
  Layer layer = { .buffer = NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonoclePlan) plan = NULL;
  g_autoptr (MonocleCommands) commands = monocle_commands_new (gpu, "layer");
  g_autofree float *got = g_new (float, WIDTH *RANK), *first = g_new (float, WIDTH *RANK);
  MonocleVkBuffer *activations;
  float *sums[2];

  write_layer (&layer);
  evaluate (&layer, sums);
  layer.buffer = monocle_vk_buffer_new (gpu, 1 << 20, MONOCLE_VK_USE_DEVICE, "layer", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_FIXED + 4; i++)
    get_tensor (&layer, i)->buffer = layer.buffer;
  upload (&layer, 0);

  plan = monocle_graph_plan (layer.graph, gpu, MONOCLE_PLAN_DEFAULT, &error);
  g_assert_no_error (error);
  activations = monocle_vk_buffer_new (gpu, monocle_plan_get_bytes (plan), MONOCLE_VK_USE_DEVICE,
                                       "layer", &error);
  g_assert_no_error (error);
  monocle_plan_place (plan, activations);
  monocle_plan_record (plan, commands);
  for (guint i = 0; i < 4; i++)
    {
      const MonocleTensor x = monocle_plan_get_tensor (plan, layer.x);
      const MonocleTensor labels = monocle_plan_get_tensor (plan, layer.labels);

      if (i % 2 == 0)
        upload (&layer, N_FIXED + 2);
      monocle_tensor_write (&x, layer.x_values, &error);
      g_assert_no_error (error);
      monocle_vk_upload (labels.buffer, labels.offset, layer.label_values,
                         sizeof layer.label_values, &error);
      g_assert_no_error (error);
      monocle_commands_submit (commands, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      for (guint j = 0; j < 2; j++)
        {
          monocle_tensor_read (&layer.sums[j], got, &error);
          g_assert_no_error (error);
          g_assert_cmpfloat (find_error (got, sums[j], i % 2 ? 2 : 1), <=, 1e-5);
        }
      if (i == 0)
        memcpy (first, got, WIDTH * RANK * sizeof *got);
      if (i == 2)
        g_assert_cmpmem (got, WIDTH * RANK * sizeof *got, first, WIDTH * RANK * sizeof *got);
    }

  g_free (sums[0]);
  g_free (sums[1]);
  monocle_vk_buffer_free (activations);
  monocle_vk_buffer_free (layer.buffer);
  layer_clear (&layer);
}

static void
test_device (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) infos = monocle_vk_gpu_list (&error);

  g_assert_no_error (error);
  for (guint i = 0; i < infos->len; i++)
    {
      MonocleVkGpu *gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, i), &error);

      g_assert_no_error (error);
      run_on (gpu);
      monocle_vk_gpu_close (gpu);
    }
}

/* An op with no way back is an error, and says which. */
static void
test_refused (void)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("refused", MONOCLE_FORMAT_F32);
  g_autoptr (MonocleGradients) gradients = monocle_gradients_new (g);
  g_autoptr (GError) error = NULL;
  MonocleTensor w = { .dims = { 8, 8 }, .n_dims = 2, .format = MONOCLE_FORMAT_F32 }, sum = w;
  MonocleValue x = monocle_input (g, "x", MONOCLE_FORMAT_F32, MONOCLE_DIMS (2, 8));
  MonocleValue labels = monocle_input (g, "labels", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1));
  MonocleValue trained = monocle_outside (g, &w);

  monocle_gradients_train (gradients, trained, &sum);
  x = monocle_mean_rows (g, monocle_matmul (g, x, trained, 0, 0, MONOCLE_ACTIVATION_NONE));
  monocle_gradients_walk (gradients, monocle_cross_entropy (g, x, 0, labels));
  g_assert_false (monocle_graph_check (g, &error));
  g_assert_nonnull (strstr (error->message, "no way back through mean of rows"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  random_numbers = g_rand_new_with_seed (7);

  g_test_add_func ("/gradients/products", test_products);
  g_test_add_func ("/gradients/rows", test_rows);
  g_test_add_func ("/gradients/attention", test_attention);
  g_test_add_func ("/gradients/loss", test_loss);
  g_test_add_func ("/gradients/walk", test_walk);
  g_test_add_func ("/gradients/refused", test_refused);
  g_test_add_func ("/gradients/device", test_device);

  status = g_test_run ();
  g_rand_free (random_numbers);
  return status;
}
