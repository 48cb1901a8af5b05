/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A decoder that is taught, against PEFT and torch (tests/reference/make_train.py): the gradients
 * of a lesson, whole and text by text, and fifty steps of AdamW; the model itself stays as it is.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/checkpoint/npy.h"
#include "engine/models/florence2/private.h"
#include "engine/models/parts/bart-train.h"
#include "engine/nn/formulas.h"
#include "engine/vk/staging.h"
#include "model-test.h"

#define RANK      4
#define N_TEXTS   3
#define N_TOKENS  9
#define N_STATES  7
#define N_STEPS   50
#define N_LESSONS 3
#define N_LABELS  16

static const guint n_tokens[N_TEXTS] = { 5, 9, 2 };
static const guint32 n_states[N_TEXTS] = { 7, 3, 1 };

/* A pass over some texts: formulas, and their recording. */
typedef struct
{
  guint first, n;
  MonocleGraph *graph;
  MonoclePlan *plan;
  MonocleBartLesson lesson;
  MonocleValue losses;
  MonocleVkBuffer *activations;
  MonocleCommands *commands;
} Pass;

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleFlorence2 *model;
  MonocleBartTrain *train;
  MonocleLora *lora;
  Pass whole, texts[N_TEXTS];
  MonocleGraph *learning;
  MonoclePlan *learning_plan;
  MonocleValue settings;
  MonocleVkBuffer *learning_buffer;
  MonocleCommands *learn;
} Bench;

static float
get_number (guint seed, guint i)
{
  guint32 h = (i + 1 + seed * 7919) * 2654435761u;

  h = (h ^ h >> 16) * 2246822519u;
  return (float) ((double) (h >> 8) / (1 << 23) - 1);
}

/* --- what is taught ----------------------------------------------------------------------- */

static guint32
get_answer (const Bench *bench, guint lesson, guint text, guint i)
{
  const double range = bench->model->config.text.vocab_size - 10;

  if (i == 0)
    return 0;
  if (i == n_tokens[text] - 1)
    return 2;
  return 5 + (guint32) (((double) get_number (1000 + 10 * lesson + text, i - 1) + 1) / 2 * range);
}

static void
write_input (const Pass *pass, MonocleValue value, gconstpointer data)
{
  const MonocleTensor tensor = monocle_plan_get_tensor (pass->plan, value);
  g_autoptr (GError) error = NULL;

  monocle_vk_upload (tensor.buffer, tensor.offset, data, monocle_tensor_get_size_bytes (&tensor),
                     &error);
  g_assert_no_error (error);
}

static void
write_lesson (const Bench *bench, const Pass *pass, guint lesson)
{
  const guint width = bench->model->config.text.d_model;
  guint32 ids[N_TEXTS * N_TOKENS], places[N_TEXTS * N_TOKENS], labels[N_TEXTS * N_TOKENS];
  g_autofree float *states = g_new (float, N_TEXTS * N_STATES * width);

  for (guint i = 0; i < pass->n * N_TOKENS; i++)
    {
      const guint text = pass->first + i / N_TOKENS, place = i % N_TOKENS;

      ids[i] = place == 0               ? 2
               : place < n_tokens[text] ? get_answer (bench, lesson, text, place - 1)
                                        : 1;
      labels[i]
          = place < n_tokens[text] ? get_answer (bench, lesson, text, place) : MONOCLE_NO_LABEL;
      places[i] = place;
    }
  for (guint i = 0; i < pass->n * N_STATES * width; i++)
    states[i] = get_number (2000 + lesson, pass->first * N_STATES * width + i);
  write_input (pass, pass->lesson.ids, ids);
  write_input (pass, pass->lesson.places, places);
  write_input (pass, pass->lesson.labels, labels);
  write_input (pass, pass->lesson.states, states);
  write_input (pass, pass->lesson.lengths, n_states + pass->first);
}

/* --- passes ------------------------------------------------------------------------------- */

static void
write_pass (Bench *bench, Pass *pass, guint first, guint n)
{
  const MonocleDims rows = MONOCLE_DIMS (n * N_TOKENS);
  MonocleGraph *g = pass->graph = monocle_graph_new ("lesson", MONOCLE_FORMAT_F32);
  g_autoptr (MonocleGradients) gradients = monocle_gradients_new (g);

  pass->first = first;
  pass->n = n;
  pass->lesson = (MonocleBartLesson){
    .n_texts = n,
    .ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, rows),
    .places = monocle_input (g, "places", MONOCLE_FORMAT_U32, rows),
    .labels = monocle_input (g, "labels", MONOCLE_FORMAT_U32, rows),
    .states = monocle_input (g, "states", MONOCLE_FORMAT_F32,
                             MONOCLE_DIMS (n * N_STATES, bench->model->config.text.d_model)),
    .lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n)),
  };
  monocle_graph_set_params (g, bench->model->params, MONOCLE_PARAM_FOR_FEW_ROWS);
  pass->losses = monocle_bart_train (bench->train, bench->lora, gradients, &pass->lesson, NULL);
  monocle_keep (g, pass->losses);
  monocle_gradients_walk (gradients, pass->losses);
}

static MonocleCommands *
record (Bench *bench, MonocleGraph *graph, MonoclePlan **plan, MonocleVkBuffer **buffer)
{
  g_autoptr (GError) error = NULL;
  MonocleCommands *commands = monocle_commands_new (bench->gpu, "lesson");

  *plan = monocle_graph_plan (graph, bench->gpu, MONOCLE_PLAN_DEFAULT, &error);
  g_assert_no_error (error);
  *buffer = monocle_vk_buffer_new (bench->gpu, monocle_plan_get_bytes (*plan),
                                   MONOCLE_VK_USE_DEVICE, "lesson", &error);
  g_assert_no_error (error);
  monocle_plan_place (*plan, *buffer);
  monocle_plan_record (*plan, commands);
  return commands;
}

static void
submit (MonocleCommands *commands)
{
  g_autoptr (GError) error = NULL;

  monocle_commands_submit (commands, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* The sum of the losses. */
static double
run_pass (const Bench *bench, const Pass *pass, guint lesson)
{
  const MonocleTensor losses = monocle_plan_get_tensor (pass->plan, pass->losses);
  float values[N_TEXTS * N_TOKENS];
  g_autoptr (GError) error = NULL;
  double sum = 0;

  write_lesson (bench, pass, lesson);
  submit (pass->commands);
  monocle_tensor_read (&losses, values, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < pass->n * N_TOKENS; i++)
    sum += (double) values[i];
  return sum;
}

static void
learn (Bench *bench, guint step, float rate)
{
  const MonocleTensor tensor = monocle_plan_get_tensor (bench->learning_plan, bench->settings);
  const MonocleAdamw settings = { .rate = rate,
                                  .decay = 0.01f,
                                  .beta1 = 0.9f,
                                  .beta2 = 0.98f,
                                  .correction1 = (float) (1 - pow (0.9, step + 1)),
                                  .correction2 = (float) (1 - pow (0.98, step + 1)),
                                  .scale = 1.0f / N_LABELS,
                                  .largest_norm = 1 };
  g_autoptr (GError) error = NULL;

  monocle_tensor_write (&tensor, (const float *) &settings, &error);
  g_assert_no_error (error);
  submit (bench->learn);
}

/* --- what is learnt ----------------------------------------------------------------------- */

/* All of it as the goldens have it: gradients, or what is learnt. */
static float *
read_all (const Bench *bench, gboolean gradients, gsize *n)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (float));

  for (guint i = 0; i < monocle_lora_get_n_layers (bench->lora); i++)
    {
      const MonocleLoraLayer *layer = monocle_lora_get_layer (bench->lora, i);
      const MonocleTensor *halves[] = { gradients ? &layer->a_gradient : &layer->a,
                                        gradients ? &layer->b_gradient : &layer->b };

      for (guint j = 0; j < 2; j++)
        {
          const guint count = (guint) monocle_tensor_get_n_elements (halves[j]);
          g_autofree float *values = g_new (float, count);
          g_autoptr (GError) error = NULL;

          monocle_tensor_read (halves[j], values, &error);
          g_assert_no_error (error);
          g_array_append_vals (all, values, count);
        }
    }
  *n = all->len;
  return (float *) g_array_free (all, FALSE);
}

static void
begin_learning (const Bench *bench)
{
  for (guint i = 0; i < monocle_lora_get_n_layers (bench->lora); i++)
    {
      const MonocleLoraLayer *layer = monocle_lora_get_layer (bench->lora, i);
      const MonocleTensor *halves[] = { &layer->a, &layer->b };

      for (guint j = 0; j < 2; j++)
        {
          const guint count = (guint) monocle_tensor_get_n_elements (halves[j]);
          g_autofree float *values = g_new (float, count);
          g_autoptr (GError) error = NULL;

          for (guint k = 0; k < count; k++)
            values[k] = get_number (2 * i + j, k) * (j == 0 ? 0.125f : 0.1f);
          monocle_tensor_write (halves[j], values, &error);
          g_assert_no_error (error);
        }
    }
}

static MonocleNpy *
read_golden (const char *name, gsize n)
{
  g_autofree char *file = g_strconcat ("training/", name, ".npy", NULL);
  g_autofree char *path = test_fixture (file);
  g_autoptr (GError) error = NULL;
  MonocleNpy *golden = monocle_npy_read (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (golden->dims[0], ==, n);
  return golden;
}

/* --- tests -------------------------------------------------------------------------------- */

/* The sum of the gradients of a lesson is that of its mean times the number of its labels. */
static void
check_gradients (Bench *bench)
{
  g_autoptr (MonocleNpy) golden = NULL, losses = read_golden ("losses", N_STEPS);
  g_autofree float *whole = NULL, *parts = NULL;
  double loss, error;
  gsize n;

  loss = run_pass (bench, &bench->whole, 0);
  whole = read_all (bench, TRUE, &n);
  golden = read_golden ("gradients", n);
  for (gsize i = 0; i < n; i++)
    whole[i] /= N_LABELS;
  error = test_relative_error (whole, golden->f32, n);
  g_test_message ("%u layers, loss %g, gradients off by %g",
                  monocle_lora_get_n_layers (bench->lora), loss / N_LABELS, error);
  g_assert_cmpfloat (fabs (loss / N_LABELS - (double) losses->f32[0]), <=, 1e-5);
  g_assert_cmpfloat (error, <=, 1e-4);

  /* A step with a rate of 0 changes nothing but that gradients are gone. */
  learn (bench, 0, 0);
  for (guint i = 0; i < N_TEXTS; i++)
    run_pass (bench, &bench->texts[i], 0);
  parts = read_all (bench, TRUE, &n);
  for (gsize i = 0; i < n; i++)
    parts[i] /= N_LABELS;
  error = test_relative_error (parts, whole, n);
  g_test_message ("text by text off by %g", error);
  g_assert_cmpfloat (error, <=, 1e-6);
}

/* The parameters of the decoder, read from the device. */
static GBytes *
read_params (const Bench *bench)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < monocle_params_get_n (bench->model->params); i++)
    {
      const MonocleParam *param = monocle_params_get_nth (bench->model->params, i);
      guint64 dims[MONOCLE_PARAM_MAX_DIMS], n = 1;
      guint n_dims;

      for (guint j = 0; strstr (param->names[0], "decoder") && j < param->n_parts; j++, n = 1)
        {
          g_autofree float *values = monocle_param_read (param, j, NULL);

          monocle_param_get_stored_dims (param, j, &n_dims, dims);
          for (guint k = 0; k < n_dims; k++)
            n *= dims[k];
          g_byte_array_append (all, (const guint8 *) values, (guint) (n * sizeof (float)));
        }
    }
  g_assert_cmpuint (all->len, >, 0);
  return g_byte_array_free_to_bytes (all);
}

static void
run_curve (Bench *bench, float *losses)
{
  begin_learning (bench);
  for (guint i = 0; i < N_STEPS; i++)
    {
      losses[i] = (float) (run_pass (bench, &bench->whole, i % N_LESSONS) / N_LABELS);
      learn (bench, i, 2e-3f);
    }
}

static Bench *bench_new (void);
static void bench_free (Bench *bench);

static void
test_curve (void)
{
  Bench *bench = bench_new (), *other = bench_new ();
  float losses[N_STEPS], others[N_STEPS];
  g_autoptr (MonocleNpy) golden = read_golden ("losses", N_STEPS), learnt_golden = NULL;
  g_autoptr (GBytes) before = read_params (bench), after = NULL;
  g_autofree float *begun = NULL, *learnt = NULL, *again = NULL;
  double worst = 0, way = 0, difference = 0;
  gsize n;

  begin_learning (bench);
  begun = read_all (bench, FALSE, &n);
  run_curve (bench, losses);
  learnt = read_all (bench, FALSE, &n);
  learnt_golden = read_golden ("learnt", n);
  for (guint i = 0; i < N_STEPS; i++)
    worst = MAX (worst, fabs ((double) losses[i] - (double) golden->f32[i]));
  for (gsize i = 0; i < n; i++)
    {
      const double wanted = (double) learnt_golden->f32[i];

      way += pow (wanted - (double) begun[i], 2);
      difference += pow (wanted - (double) learnt[i], 2);
    }
  g_test_message ("loss %g to %g, off by %g; learnt off by %g of the way", (double) losses[0],
                  (double) losses[N_STEPS - 1], worst, sqrt (difference / way));
  g_assert_cmpfloat (worst, <=, 1e-4);
  g_assert_cmpfloat (sqrt (difference / way), <=, 1e-3);

  after = read_params (bench);
  g_assert_true (g_bytes_equal (before, after));

  run_curve (other, others);
  again = read_all (other, FALSE, &n);
  g_assert_cmpmem (again, n * sizeof *again, learnt, n * sizeof *learnt);
  bench_free (bench);
  bench_free (other);
}

/* --- beginning and end -------------------------------------------------------------------- */

static Bench *
bench_new (void)
{
  Bench *bench = g_new0 (Bench, 1);
  g_autofree char *directory = test_fixture ("models/original-64");
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) infos = monocle_vk_gpu_list (&error);
  MonocleFamilyLoad load = { .directory = directory };

  bench->gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, 0), &error);
  g_assert_no_error (error);
  load.gpu = bench->gpu;
  bench->model = monocle_family_florence2.load (&load, &error);
  g_assert_no_error (error);
  bench->train = monocle_bart_train_new (&bench->model->bart, bench->model->params, bench->gpu,
                                         MONOCLE_BART_DECODER_LEARNS, N_TEXTS * N_TOKENS, &error);
  g_assert_no_error (error);
  bench->lora = monocle_lora_new (RANK);
  write_pass (bench, &bench->whole, 0, N_TEXTS);
  for (guint i = 0; i < N_TEXTS; i++)
    write_pass (bench, &bench->texts[i], i, 1);
  monocle_lora_alloc (bench->lora, bench->gpu, &error);
  g_assert_no_error (error);
  begin_learning (bench);

  for (guint i = 0; i <= N_TEXTS; i++)
    {
      Pass *pass = i < N_TEXTS ? &bench->texts[i] : &bench->whole;

      pass->commands = record (bench, pass->graph, &pass->plan, &pass->activations);
    }
  bench->learning = monocle_graph_new ("learning", MONOCLE_FORMAT_F32);
  bench->settings = monocle_input (bench->learning, "settings", MONOCLE_FORMAT_F32,
                                   MONOCLE_DIMS (MONOCLE_ADAMW_N));
  monocle_lora_learn (bench->lora, bench->learning, bench->settings);
  bench->learn = record (bench, bench->learning, &bench->learning_plan, &bench->learning_buffer);
  return bench;
}

static void
pass_clear (Pass *pass)
{
  monocle_commands_free (pass->commands);
  monocle_vk_buffer_free (pass->activations);
  monocle_plan_free (pass->plan);
  monocle_graph_free (pass->graph);
}

static void
bench_free (Bench *bench)
{
  pass_clear (&bench->whole);
  for (guint i = 0; i < N_TEXTS; i++)
    pass_clear (&bench->texts[i]);
  monocle_commands_free (bench->learn);
  monocle_vk_buffer_free (bench->learning_buffer);
  monocle_plan_free (bench->learning_plan);
  monocle_graph_free (bench->learning);
  monocle_lora_free (bench->lora);
  monocle_bart_train_free (bench->train);
  monocle_family_florence2.unload (bench->model);
  monocle_vk_gpu_close (bench->gpu);
  g_free (bench);
}

static void
test_lesson (void)
{
  Bench *bench = bench_new ();

  check_gradients (bench);
  bench_free (bench);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/train/gradients", test_lesson);
  g_test_add_func ("/train/curve", test_curve);

  return g_test_run ();
}
