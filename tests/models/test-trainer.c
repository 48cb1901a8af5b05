/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that is taught by its trainer: gradients of all that learns, rows of the head among it,
 * against differences of the loss; the same from any number of answers at once; steps between which
 * it can be asked; state that is saved, and read again to the same bits; files that are none.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "engine/models/florence2/private.h"
#include "engine/models/parts/bart-course.h"
#include "trainer-test.h"

#define N_ANSWERS 3
#define N_STATES  7
#define WIDTH     64

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleFlorence2 *model;
  MonocleBartCourse *course;
  float states[N_ANSWERS][N_STATES * WIDTH];
  guint32 ids[N_ANSWERS][9];
  MonocleBartAnswer answers[N_ANSWERS];
} Bench;

static float
get_number (guint seed, guint i)
{
  guint32 h = (i + 1 + seed * 7919) * 2654435761u;

  h = (h ^ h >> 16) * 2246822519u;
  return (float) ((double) (h >> 8) / (1 << 23) - 1);
}

/* --- gradients ---------------------------------------------------------------------------- */

static void
write_learnt (const Bench *bench, const float *values)
{
  MonocleLora *lora = monocle_bart_course_get_lora (bench->course);
  g_autoptr (GError) error = NULL;

  monocle_tensor_write (monocle_lora_get_state (lora, MONOCLE_LORA_LEARNT), values, &error);
  g_assert_no_error (error);
}

static void
bench_init (Bench *bench, MonocleBartLearns learns)
{
  static const guint32 rows[] = { 5, 9, 40 };
  static const guint n_ids[N_ANSWERS] = { 5, 9, 3 };
  g_autofree char *directory = test_fixture ("models/original-64");
  g_autoptr (GArray) infos = monocle_vk_gpu_list (NULL);
  g_autoptr (GError) error = NULL;
  MonocleFamilyLoad load = { .directory = directory };
  MonocleBartCourseSettings settings = { .learns = learns,
                                         .rank = 4,
                                         .seed = 3,
                                         .first_id = 2,
                                         .n_states = N_STATES,
                                         .rows = rows,
                                         .n_rows = G_N_ELEMENTS (rows) };

  load.gpu = bench->gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, 0), &error);
  g_assert_no_error (error);
  bench->model = monocle_family_florence2.load (&load, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bench->model->config.text.d_model, ==, WIDTH);
  for (guint i = 0; i < N_ANSWERS; i++)
    {
      for (guint j = 0; j < N_STATES * WIDTH; j++)
        bench->states[i][j] = get_number (10 + i, j);
      for (guint j = 0; j < n_ids[i]; j++)
        bench->ids[i][j] = j == 0 ? 0 : j + 1 == n_ids[i] ? 2 : rows[(i + j) % 3];
      bench->answers[i] = (MonocleBartAnswer){ .states = bench->states[i],
                                               .n_states = N_STATES - 2 * i,
                                               .ids = bench->ids[i],
                                               .n_ids = n_ids[i],
                                               .n_given = i % 2 };
    }
  bench->course = monocle_bart_course_new (&bench->model->bart, bench->model->params, bench->gpu,
                                           &settings, &error);
  g_assert_no_error (error);
}

static void
bench_clear (Bench *bench)
{
  monocle_bart_course_free (bench->course);
  monocle_family_florence2.unload (bench->model);
  monocle_vk_gpu_close (bench->gpu);
}

static double
get_loss (Bench *bench)
{
  double losses[N_ANSWERS], sum = 0;
  gboolean right[N_ANSWERS];
  g_autoptr (GError) error = NULL;

  monocle_bart_course_judge (bench->course, bench->answers, N_ANSWERS, NULL, losses, right, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_ANSWERS; i++)
    sum += losses[i];
  return sum;
}

/* Where the loss grows along a gradient, it does so by the gradient's square. @learnt: where it was
 * taken; the layer's numbers begin at @first */
static void
check_direction (
    Bench *bench, const float *learnt, guint first, const float *gradient, guint n, guint n_all)
{
  g_autofree float *moved = g_memdup2 (learnt, n_all * sizeof *learnt);
  double square = 0, difference, step;

  for (guint i = 0; i < n; i++)
    square += pow ((double) gradient[i], 2);
  g_assert_cmpfloat (square, >, 1e-8);
  step = 0.02 / sqrt (square);
  for (guint i = 0; i < n; i++)
    moved[first + i] = learnt[first + i] + (float) step * gradient[i];
  write_learnt (bench, moved);
  difference = get_loss (bench);
  for (guint i = 0; i < n; i++)
    moved[first + i] = learnt[first + i] - (float) step * gradient[i];
  write_learnt (bench, moved);
  difference = (difference - get_loss (bench)) / (2 * step);
  g_test_message ("%g, by differences %g", square, difference);
  g_assert_cmpfloat (fabs (difference - square), <=, 0.01 * square);
}

static float *
read_tensor (const MonocleTensor *tensor)
{
  float *values = g_new (float, monocle_tensor_get_n_elements (tensor));
  g_autoptr (GError) error = NULL;

  monocle_tensor_read (tensor, values, &error);
  g_assert_no_error (error);
  return values;
}

static float *
draw_learnt (const Bench *bench)
{
  const guint n = monocle_lora_get_n (monocle_bart_course_get_lora (bench->course));
  float *learnt = g_new (float, n);

  for (guint i = 0; i < n; i++)
    learnt[i] = 0.15f * get_number (1, i);
  return learnt;
}

static void
test_gradients (gconstpointer learns)
{
  Bench bench = { NULL };
  MonocleLora *lora;
  g_autofree float *learnt = NULL;
  double losses[N_ANSWERS];
  g_autoptr (GError) error = NULL;
  guint n, n_layers;
  g_autoptr (GPtrArray) gradients = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) biases = g_ptr_array_new_with_free_func (g_free);

  bench_init (&bench, (MonocleBartLearns) GPOINTER_TO_INT (learns));
  lora = monocle_bart_course_get_lora (bench.course);
  n = monocle_lora_get_n (lora);
  n_layers = monocle_lora_get_n_layers (lora);
  learnt = draw_learnt (&bench);
  write_learnt (&bench, learnt);
  monocle_bart_course_learn (bench.course, bench.answers, N_ANSWERS, NULL, losses, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_layers; i++)
    {
      const MonocleLoraLayer *layer = monocle_lora_get_layer (lora, i);

      g_ptr_array_add (gradients, read_tensor (&layer->a_gradient));
      g_ptr_array_add (biases,
                       layer->kind == MONOCLE_LORA_WHOLE ? read_tensor (&layer->b_gradient) : NULL);
    }
  for (guint i = 0; i < n_layers; i += i + 4 < n_layers ? 3 : 1)
    {
      const MonocleLoraLayer *layer = monocle_lora_get_layer (lora, i);

      check_direction (&bench, learnt, monocle_lora_get_first (lora, &layer->a),
                       gradients->pdata[i], (guint) monocle_tensor_get_n_elements (&layer->a), n);
      /* What is added to all keys changes no weight of attention. */
      if (layer->kind == MONOCLE_LORA_WHOLE && !strstr (layer->name, "k_proj"))
        check_direction (&bench, learnt, monocle_lora_get_first (lora, &layer->b), biases->pdata[i],
                         (guint) monocle_tensor_get_n_elements (&layer->b), n);
    }
  /* The last layer is that of the head's rows. */
  g_assert_cmpint (monocle_lora_get_layer (lora, n_layers - 1)->kind, ==, MONOCLE_LORA_ROWS);
  bench_clear (&bench);
}

static void
test_one_by_one (void)
{
  Bench bench = { NULL };
  MonocleLora *lora;
  g_autofree float *learnt = NULL, *whole = NULL, *parts = NULL;
  double losses[N_ANSWERS], one[N_ANSWERS];
  g_autoptr (GError) error = NULL;
  const MonocleLoraLayer *layer;
  guint n;

  bench_init (&bench, MONOCLE_BART_DECODER_LEARNS);
  lora = monocle_bart_course_get_lora (bench.course);
  learnt = draw_learnt (&bench);
  write_learnt (&bench, learnt);
  layer = monocle_lora_get_layer (lora, 0);
  n = (guint) monocle_tensor_get_n_elements (&layer->a);
  monocle_bart_course_learn (bench.course, bench.answers, N_ANSWERS, NULL, losses, &error);
  whole = read_tensor (&layer->a_gradient);
  g_assert_true (monocle_lora_forget_gradients (lora, &error));
  for (guint i = 0; i < N_ANSWERS; i++)
    monocle_bart_course_learn (bench.course, &bench.answers[i], 1, NULL, &one[i], &error);
  g_assert_no_error (error);
  parts = read_tensor (&layer->a_gradient);
  g_assert_cmpfloat (test_relative_error (parts, whole, n), <=, 1e-6);
  for (guint i = 0; i < N_ANSWERS; i++)
    g_assert_cmpfloat (fabs (one[i] - losses[i]), <=, 1e-4);
  bench_clear (&bench);
}

/* --- how much memory there is ------------------------------------------------------------- */

static guint64 most_free_bytes = G_MAXUINT64;

guint64 __real_monocle_vk_budget_get_free_bytes (const MonocleVkGpuInfo *info,
                                                 MonocleVkMemory *memory);
guint64 __wrap_monocle_vk_budget_get_free_bytes (const MonocleVkGpuInfo *info,
                                                 MonocleVkMemory *memory);

guint64
__wrap_monocle_vk_budget_get_free_bytes (const MonocleVkGpuInfo *info, MonocleVkMemory *memory)
{
  return MIN (__real_monocle_vk_budget_get_free_bytes (info, memory), most_free_bytes);
}

/* --- the trainer -------------------------------------------------------------------------- */

static MonocleTrainer *
begin (MonocleModel *model, guint rank)
{
  return trainer_begin (model, MONOCLE_TRAINING_DECODER, rank, trainer_words);
}

/* Before anything is learnt all methods are the model as it is: the encoder that is taught does
 * what that of inference does. */
static void
test_forward (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture ("models/native-96", MONOCLE_PRECISION_F32);
  static const guint examples[] = { 0, 1 };
  double losses[MONOCLE_N_TRAINING_METHODS][2];

  for (guint i = 0; i < MONOCLE_N_TRAINING_METHODS; i++)
    {
      g_autoptr (MonocleTrainer) trainer
          = trainer_begin (model, (MonocleTrainingMethod) i, 4, trainer_words);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GArray) judged = NULL;
      g_autoptr (GError) error = NULL;

      monocle_trainer_judge_async (trainer, examples, 2, NULL, test_take_result, &result);
      test_wait (&result);
      judged = monocle_trainer_judge_finish (trainer, result, &error);
      g_assert_no_error (error);
      for (guint j = 0; j < 2; j++)
        losses[i][j] = g_array_index (judged, MonocleTrainingJudged, j).loss;
    }
  for (guint i = 1; i < MONOCLE_N_TRAINING_METHODS; i++)
    for (guint j = 0; j < 2; j++)
      g_assert_cmpfloat (fabs (losses[0][j] - losses[i][j]), <=, 1e-5 * losses[0][j]);
}

/* What the model writes is what it is judged to write, the begin that its settings force and all.
 */
static void
test_own_words (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture ("models/native-96", MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  const MonocleRequest request
      = { .task = trainer_find_task (model, 1), .num_beams = 1, .max_tokens = 6 };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);
  guint n;
  const guint32 *ids = monocle_result_get_token_ids (run->results->pdata[0], &n);
  /* Without what it is fed with first, and the end that comes because it is long enough. */
  const MonocleTrainingExample own
      = { .task = request.task, .ids = ids + 1, .n_ids = n - 2, .is_old = TRUE };
  const MonocleTrainingStart start = { .rank = 4 };
  static const guint examples[] = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTrainer) trainer
      = monocle_trainer_new (model, MONOCLE_TRAINING_DECODER, &error);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) judged = NULL;

  g_assert_cmpuint (n, >, 4);
  TRAINER_CALL (trainer, add, &error, session, &own, NULL);
  TRAINER_CALL (trainer, start, &error, &start, NULL);
  g_assert_no_error (error);
  monocle_trainer_judge_async (trainer, examples, 1, NULL, test_take_result, &result);
  test_wait (&result);
  judged = monocle_trainer_judge_finish (trainer, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_array_index (judged, MonocleTrainingJudged, 0).n_tokens, ==, n - 3);
  g_assert_true (g_array_index (judged, MonocleTrainingJudged, 0).is_right);
}

static GBytes *
read_file (const char *path)
{
  char *bytes;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  return g_bytes_new_take (bytes, size);
}

static char *
ask (MonocleModel *model)
{
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  const MonocleRequest request
      = { .task = monocle_model_list_tasks (model)->pdata[0], .max_tokens = 8 };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

  return g_strdup (monocle_result_get_generated_text (run->results->pdata[0]));
}

/* Three steps, saved, and two more: the same as saved after three and gone on with elsewhere. The
 * model answers in between as if nothing was. */
static void
test_state (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture ("models/native-96", MONOCLE_PRECISION_F32);
  g_autoptr (MonocleTrainer) trainer = begin (model, 4), other = begin (model, 4);
  g_autoptr (MonocleTrainer) wider = begin (model, 8);
  g_autofree char *folder = g_dir_make_tmp ("monocle-trainer-XXXXXX", NULL);
  g_autofree char *half = g_build_filename (folder, "half", NULL);
  g_autofree char *one = g_build_filename (folder, "one", NULL);
  g_autofree char *two = g_build_filename (folder, "two", NULL);
  g_autofree char *before = ask (model), *after = NULL, *note = NULL;
  g_autoptr (GBytes) first = NULL, second = NULL, state = NULL;
  g_autoptr (GError) error = NULL;
  double loss = trainer_step (trainer, 1);

  trainer_step (trainer, 2);
  after = ask (model);
  g_assert_cmpstr (after, ==, before);
  TRAINER_CALL (trainer, save, &error, half, "so far", NULL);
  g_assert_no_error (error);
  g_assert_cmpfloat (trainer_step (trainer, 2), <, loss);
  TRAINER_CALL (trainer, save, &error, one, "", NULL);
  TRAINER_CALL (other, restore, &error, half, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_trainer_get_n_steps (other), ==, 3);
  note = monocle_trainer_read_note (half, &error);
  g_assert_cmpstr (note, ==, "so far");
  trainer_step (other, 2);
  TRAINER_CALL (other, save, &error, two, "", NULL);
  first = read_file (one);
  second = read_file (two);
  g_assert_true (g_bytes_equal (first, second));

  /* Of another training, and what is none. */
  TRAINER_CALL (wider, restore, &error, half, NULL);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  g_clear_error (&error);
  state = read_file (half);
  for (gsize n = 0; n < g_bytes_get_size (state); n = n < 700 ? n + 37 : n * 3)
    {
      g_assert_true (g_file_set_contents (two, g_bytes_get_data (state, NULL), (gssize) n, NULL));
      TRAINER_CALL (other, restore, &error, two, NULL);
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      g_clear_error (&error);
      g_assert_null (monocle_trainer_read_note (two, NULL));
    }
  g_remove (half);
  g_remove (one);
  g_remove (two);
  g_rmdir (folder);
}

/* Where there is too little memory for what would be learnt that is known before any of it is
 * taken, and another method may do. */
static void
test_room (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture ("models/native-96", MONOCLE_PRECISION_F32);
  g_autoptr (MonocleTrainer) whole
      = trainer_prepare (model, MONOCLE_TRAINING_FULL_LANGUAGE, trainer_words);
  g_autoptr (MonocleTrainer) beside
      = trainer_prepare (model, MONOCLE_TRAINING_DECODER, trainer_words);
  const MonocleTrainingStart start = { .rank = 4 };
  guint64 needed_bytes, free_bytes;
  g_autoptr (GError) error = NULL;

  most_free_bytes = 100000;
  TRAINER_CALL (whole, start, &error, &start, NULL);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY);
  g_assert_true (monocle_engine_error_get_shortage (error, &needed_bytes, &free_bytes));
  g_assert_cmpuint (needed_bytes, >, free_bytes);
  g_assert_cmpuint (free_bytes, ==, most_free_bytes);
  g_clear_error (&error);
  TRAINER_CALL (beside, start, &error, &start, NULL);
  g_assert_no_error (error);
  most_free_bytes = G_MAXUINT64;
}

/* What cannot be taught is said, and nothing is changed by it. */
static void
test_refused (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture ("models/native-96", MONOCLE_PRECISION_F32);
  g_autoptr (MonocleModel) narrow = test_load_fixture ("models/native-96", MONOCLE_PRECISION_F16);
  g_autoptr (MonocleTrainer) trainer = NULL;
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  g_autoptr (GError) error = NULL;
  const MonocleTask *task = monocle_model_list_tasks (model)->pdata[0];
  const MonocleTrainingExample empty = { .task = task, .words = " " };
  const guint32 ids[] = { 0, 1u << 31, 2 };
  const MonocleTrainingExample strange = { .task = task, .ids = ids, .n_ids = 3 };

  g_assert_null (monocle_trainer_new (narrow, MONOCLE_TRAINING_DECODER, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  trainer = monocle_trainer_new (model, MONOCLE_TRAINING_DECODER, &error);
  TRAINER_CALL (trainer, add, &error, session, &empty, NULL);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  TRAINER_CALL (trainer, add, &error, session, &strange, NULL);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/trainer/gradients/decoder", GINT_TO_POINTER (MONOCLE_BART_DECODER_LEARNS),
                        test_gradients);
  g_test_add_data_func ("/trainer/gradients/both", GINT_TO_POINTER (MONOCLE_BART_BOTH_LEARN),
                        test_gradients);
  g_test_add_data_func ("/trainer/gradients/all", GINT_TO_POINTER (MONOCLE_BART_ALL_LEARNS),
                        test_gradients);
  g_test_add_func ("/trainer/one-by-one", test_one_by_one);
  g_test_add_func ("/trainer/forward", test_forward);
  g_test_add_func ("/trainer/own-words", test_own_words);
  g_test_add_func ("/trainer/state", test_state);
  g_test_add_func ("/trainer/room", test_room);
  g_test_add_func ("/trainer/refused", test_refused);

  status = g_test_run ();
  monocle_engine_shutdown (10000);
  return status;
}
