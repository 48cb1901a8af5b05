/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model takes of a device is known before it is there: the plan against what the allocator
 * then counts, for tiny, base and large shapes, both precisions, beams and regions. The tiny ones
 * are loaded and asked in earnest. Of the others everything is allocated, and nothing computed,
 * unless there is time (-m slow, for base): their weights are holes in files.
 *
 * And a model for which there is no room is refused before anything is taken, and what many regions
 * took is given back.
 */
#include "config.h"

#include <string.h>

#include "engine/nn/tensor.h"
#include "engine/vk/compile.h"
#include "model-test.h"
#include "hashed-ofa.h"
#include "hashed-unifiedio2.h"
#include "published-shapes.h"

#define TINY "models/native-96"

/* --- what is only counted, and how much memory the machine says that it has ---------------- */

gboolean __real_monocle_commands_submit (
    MonocleCommands *self, GCancellable *c, MonocleCommandsProgress p, gpointer d, GError **error);
gboolean __wrap_monocle_commands_submit (
    MonocleCommands *self, GCancellable *c, MonocleCommandsProgress p, gpointer d, GError **error);
gboolean __real_monocle_vk_compile (MonocleCommands *const *recordings,
                                    guint n,
                                    GCancellable *c,
                                    MonocleVkCompileProgress p,
                                    gpointer d,
                                    GError **error);
gboolean __wrap_monocle_vk_compile (MonocleCommands *const *recordings,
                                    guint n,
                                    GCancellable *c,
                                    MonocleVkCompileProgress p,
                                    gpointer d,
                                    GError **error);
gboolean __real_monocle_tensor_write (const MonocleTensor *t, const float *data, GError **error);
gboolean __wrap_monocle_tensor_write (const MonocleTensor *t, const float *data, GError **error);
MonocleVkBuffer *__real_monocle_vk_buffer_new (
    MonocleVkGpu *gpu, guint64 size, MonocleVkUse use, const char *name, GError **error);
MonocleVkBuffer *__wrap_monocle_vk_buffer_new (
    MonocleVkGpu *gpu, guint64 size, MonocleVkUse use, const char *name, GError **error);
void __real_monocle_vk_buffer_free (MonocleVkBuffer *buffer);
void __wrap_monocle_vk_buffer_free (MonocleVkBuffer *buffer);
void __real_monocle_vk_gpu_close (MonocleVkGpu *gpu);
void __wrap_monocle_vk_gpu_close (MonocleVkGpu *gpu);
gboolean
__real_g_file_get_contents (const char *path, char **contents, gsize *length, GError **error);
gboolean
__wrap_g_file_get_contents (const char *path, char **contents, gsize *length, GError **error);

static gboolean counts_only;
static int n_closed;
static guint64 n_available; /* 0: as it is */

/* What there is no room for; 0: for anything there is. */
static guint64 too_large_bytes;
static guint64 cache_bytes; /* of the last one */

/* Of buffers that are there: blocks hide what is small. Between questions they are the test's. */
static guint64 live_bytes, most_live_bytes;

gboolean
__wrap_monocle_commands_submit (
    MonocleCommands *self, GCancellable *c, MonocleCommandsProgress p, gpointer d, GError **error)
{
  return counts_only ? monocle_commands_finish (self, error)
                     : __real_monocle_commands_submit (self, c, p, d, error);
}

gboolean
__wrap_monocle_vk_compile (MonocleCommands *const *recordings,
                           guint n,
                           GCancellable *c,
                           MonocleVkCompileProgress p,
                           gpointer d,
                           GError **error)
{
  return counts_only || __real_monocle_vk_compile (recordings, n, c, p, d, error);
}

gboolean
__wrap_monocle_tensor_write (const MonocleTensor *t, const float *data, GError **error)
{
  return counts_only || __real_monocle_tensor_write (t, data, error);
}

MonocleVkBuffer *
__wrap_monocle_vk_buffer_new (
    MonocleVkGpu *gpu, guint64 size, MonocleVkUse use, const char *name, GError **error)
{
  MonocleVkBuffer *buffer = NULL;

  if (!gpu->paper && strstr (name, "cache"))
    cache_bytes = size;
  if (too_large_bytes > 0 && size > too_large_bytes && strstr (name, "cache"))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, "full");
      return NULL;
    }
  buffer = __real_monocle_vk_buffer_new (gpu, size, use, name, error);
  /* What nobody computes is at least no token that there is not. */
  if (buffer && use == MONOCLE_VK_USE_READBACK)
    memset (buffer->mapped, 0, size);
  if (buffer && !gpu->paper)
    {
      live_bytes += size;
      most_live_bytes = MAX (most_live_bytes, live_bytes);
    }
  return buffer;
}

void
__wrap_monocle_vk_buffer_free (MonocleVkBuffer *buffer)
{
  if (buffer && !buffer->gpu->paper)
    live_bytes -= buffer->size;
  __real_monocle_vk_buffer_free (buffer);
}

void
__wrap_monocle_vk_gpu_close (MonocleVkGpu *gpu)
{
  gboolean is_open = gpu->device != VK_NULL_HANDLE;

  __real_monocle_vk_gpu_close (gpu);
  if (is_open)
    g_atomic_int_inc (&n_closed);
}

gboolean
__wrap_g_file_get_contents (const char *path, char **contents, gsize *length, GError **error)
{
  if (n_available == 0 || !g_str_equal (path, "/proc/meminfo"))
    return __real_g_file_get_contents (path, contents, length, error);
  *contents = g_strdup_printf ("MemTotal: %" G_GUINT64_FORMAT " kB\n"
                               "MemAvailable: %" G_GUINT64_FORMAT " kB\n",
                               n_available / 512, n_available / 1024);
  return TRUE;
}

/* --- planned and measured ------------------------------------------------------------------ */

/* The less it takes the earlier. */
static const MonocleMemoryQuestion questions[] = {
  { .n_regions = 1, .num_beams = 1, .max_tokens = 20 },
  { .n_regions = 1, .num_beams = 3, .max_tokens = 20 },
  { .n_regions = 2, .num_beams = 5, .max_tokens = 20 },
  { .n_regions = 8, .num_beams = 1, .max_tokens = 20 },
  { .n_regions = 8, .num_beams = 3, .max_tokens = 20 },
  { .n_regions = 8, .num_beams = 5, .max_tokens = 20 },
  { .n_regions = 8, .num_beams = 3, .max_tokens = 300 },
};

/* The last one is longer than tiny models go. */
#define N_TINY (G_N_ELEMENTS (questions) - 1)

/* (transfer full) */
static MonocleRun *
ask (MonocleModel *model, const MonocleMemoryQuestion *question, GError **error)
{
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  MonocleBox regions[8];
  MonocleRequest request
      = { .task = monocle_tasks_find (monocle_model_list_tasks (model), "region-to-description"),
          .regions = regions,
          .n_regions = question->n_regions,
          .num_beams = question->num_beams,
          .max_tokens = question->max_tokens };

  for (guint i = 0; i < question->n_regions; i++)
    regions[i] = (MonocleBox){ 1 + (float) i, 2, 15 + 2 * (float) i, 30 };
  return test_run (session, &request, error);
}

static guint64
get_sum (const MonocleMemoryPlan *plan)
{
  return plan->weights_bytes + plan->workspace_bytes + plan->answer_bytes + plan->staging_bytes;
}

static void
make_plan (const char *directory,
           MonoclePrecision precision,
           const MonocleMemoryQuestion *question,
           MonocleMemoryPlan *plan)
{
  g_autoptr (GError) error = NULL;

  monocle_memory_plan_make (plan, directory, test_get_device (), precision, question, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (get_sum (plan), <=, plan->peak_bytes);
}

static void
assert_near (guint64 measured, guint64 planned)
{
  g_assert_cmpuint (measured, >=, planned / 10 * 9);
  g_assert_cmpuint (measured, <=, planned / 10 * 11);
}

/* The next one begins with a device of which nothing is taken. */
static void
close_model (MonocleModel *model)
{
  int n_before = g_atomic_int_get (&n_closed);

  g_object_unref (model);
  while (g_atomic_int_get (&n_closed) == n_before)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* @n_questions: of them, from the first on */
static void
compare (const char *directory, MonoclePrecision precision, guint n_questions)
{
  MonocleModel *model;

  most_live_bytes = 0;
  model = test_load_or_die (directory, precision);

  for (guint i = 0; i < n_questions; i++)
    {
      const MonocleMemoryQuestion *question = &questions[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleRun) run = NULL;
      MonocleMemoryPlan plan;
      TestMemory memory;

      make_plan (directory, precision, question, &plan);
      run = ask (model, question, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (run->results->len, ==, question->n_regions);
      memory = test_get_memory (model);
      g_test_message ("%s, %u regions, %u beams, %u tokens: planned %.1f MiB (weights %.1f, "
                      "picture %.1f, answer %.1f), measured %.1f MiB (buffers %.1f)",
                      monocle_precision_get_name (precision), question->n_regions,
                      question->num_beams, question->max_tokens,
                      (double) plan.peak_bytes / (1 << 20), (double) plan.weights_bytes / (1 << 20),
                      (double) plan.workspace_bytes / (1 << 20),
                      (double) plan.answer_bytes / (1 << 20),
                      (double) memory.peak_bytes / (1 << 20), (double) most_live_bytes / (1 << 20));
      assert_near (memory.peak_bytes, plan.peak_bytes);
      assert_near (most_live_bytes, get_sum (&plan));
    }
  close_model (model);
}

static void
test_tiny (void)
{
  g_autofree char *directory = test_fixture (TINY);

  compare (directory, MONOCLE_PRECISION_F32, N_TINY);
  if (monocle_device_get_has_f16 (test_get_device ()))
    compare (directory, MONOCLE_PRECISION_F16, N_TINY);
}

static void
test_published (gconstpointer data)
{
  const PublishedShapes *shapes = data;
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) tensors = published_shapes_read (shapes);

  published_shapes_link (shapes, folder);
  checkpoint_file_write (folder, tensors, NULL, NULL);
  counts_only = !g_test_slow () || !strstr (shapes->list, "base");
  compare (folder, MONOCLE_PRECISION_F32, counts_only ? G_N_ELEMENTS (questions) : 1);
  if (monocle_device_get_has_f16 (test_get_device ()))
    compare (folder, MONOCLE_PRECISION_F16, counts_only ? G_N_ELEMENTS (questions) : 1);
  counts_only = FALSE;
}

/* What is asked where nobody says what. */
static const MonocleTask *
find_usual (MonocleModel *model)
{
  const GPtrArray *tasks = monocle_model_list_tasks (model);

  for (guint i = 0; i < tasks->len; i++)
    if (((const MonocleTask *) tasks->pdata[i])->takes == MONOCLE_TAKES_NOTHING)
      return tasks->pdata[i];
  return tasks->pdata[0];
}

/* Some take more for a picture that is wide. */
static void
check_family (const char *name, const char *directory)
{
  MonocleModel *model;
  MonocleMemoryPlan plan;

  make_plan (directory, MONOCLE_PRECISION_F32, NULL, &plan);
  most_live_bytes = 0;
  model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  {
    g_autoptr (MonocleImage) wide
        = monocle_image_new_take_pixels (150, 90, g_malloc0 (150 * 90 * 3), NULL);
    g_autoptr (MonocleSession) session = monocle_session_new (model, wide);
    const MonocleTask *task = find_usual (model);
    const MonocleRequest request
        = { .task = task, .text = task->takes & MONOCLE_TAKES_TEXT ? "a thing" : NULL };
    g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

    g_test_message ("%s, %s: planned %.2f MiB, measured %.2f MiB", name, task->id,
                    (double) get_sum (&plan) / (1 << 20), (double) most_live_bytes / (1 << 20));
  }
  assert_near (test_get_memory (model).peak_bytes, plan.peak_bytes);
  assert_near (most_live_bytes, get_sum (&plan));
  close_model (model);
}

/* Sets of a batch: the first ones go one by one, then the larger tower is there as well. */
static void
test_side_by_side (void)
{
  g_autofree char *directory = test_fixture ("models/original-64");
  const MonocleMemoryQuestion one = { .max_tokens = 20 },
                              all = { .n_pictures = 99, .max_tokens = 20 };
  MonocleMemoryPlan alone, plan;
  MonocleModel *model;
  guint n;

  make_plan (directory, MONOCLE_PRECISION_F32, &one, &alone);
  make_plan (directory, MONOCLE_PRECISION_F32, &all, &plan);
  g_assert_cmpuint (plan.workspace_bytes, >, 2 * alone.workspace_bytes);
  most_live_bytes = 0;
  model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  n = monocle_model_get_n_together (model);
  for (guint set = 0; set < 3; set++)
    {
      g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < n; i++)
        g_ptr_array_add (sessions, test_open_fixture (model, "images/a.png"));
      monocle_together_look_async ((MonocleSession *const *) sessions->pdata, n,
                                   MONOCLE_DETAIL_AUTO, MONOCLE_TOGETHER_AS_QUICKER, NULL,
                                   test_take_result, &result);
      g_assert_true (monocle_together_look_finish (test_wait (&result), &error));
      if (set == 2)
        {
          const MonocleRequest request = { .task = find_usual (model), .max_tokens = 20 };
          g_autoptr (MonocleRun) run = test_run_or_die (sessions->pdata[0], &request);
        }
    }
  g_test_message ("planned %.2f MiB, measured %.2f MiB", (double) get_sum (&plan) / (1 << 20),
                  (double) most_live_bytes / (1 << 20));
  assert_near (most_live_bytes, get_sum (&plan));
  close_model (model);
}

/* Of those that are too large to be kept among the others. */
static void
test_made (void)
{
  g_autoptr (TestFolder) ofa = test_folder_new ();
  g_autoptr (TestFolder) unifiedio2 = test_folder_new ();

  hashed_ofa_write_model (ofa, FALSE);
  check_family ("ofa", ofa);
  hashed_unifiedio2_write_model (unifiedio2);
  check_family ("unified-io-2", unifiedio2);
}

/* One of the published shape is planned whole, and nearly all that it takes is its weights. */
static void
test_unifiedio2 (void)
{
  /* What sees and speaks; what hears, and what makes rows of that. */
  const guint64 n_parameters = 888953623 + 78560256 + 1573888;
  g_autoptr (TestFolder) folder = test_folder_new ();
  MonocleMemoryPlan plan;

  hashed_unifiedio2_write_large (folder);
  make_plan (folder, MONOCLE_PRECISION_F16, NULL, &plan);
  g_assert_cmpuint (plan.weights_bytes, >=, 2 * n_parameters);
  g_assert_cmpuint (plan.weights_bytes, <=, 2 * n_parameters / 20 * 21);
  g_assert_cmpuint (plan.peak_bytes, <, 3 * n_parameters);
}

/* Whatever family it is of. */
static void
test_families (void)
{
  static const char *const names[] = {
    "models/original-64",
    "vit/vit-32",
    "clip/clip-quick",
    "clip/siglip",
    "clip/siglip2-naflex",
    "clipseg/clipseg-refined",
    "detr/detr-new",
    "eomt/eomt-two",
    "owl/owlvit",
    "owl/owlv2",
    "smolvlm/idefics3",
    "smolvlm/smolvlm2",
    "qwen3vl",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *directory = test_fixture (names[i]);

      check_family (names[i], directory);
    }
}

/* It gives way to what is left of the questions before. */
static void
compile_ahead (MonocleModel *model)
{
  gboolean is_done = FALSE;

  while (!is_done)
    {
      GAsyncResult *result = NULL;
      g_autoptr (GAsyncResult) ended = NULL;
      g_autoptr (GError) error = NULL;

      monocle_ahead_compile_async (model, 1, NULL, NULL, NULL, test_take_result, &result);
      ended = test_wait (&result);
      is_done = monocle_ahead_compile_finish (model, ended, &error);
      if (!is_done)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
    }
}

/* What many regions took is not kept for the next question about one; nor is what compiling ahead
 * for them does. */
static void
test_given_back (void)
{
  static const MonocleMemoryQuestion one = { .n_regions = 1, .num_beams = 1, .max_tokens = 3 };
  static const MonocleMemoryQuestion many = { .n_regions = 8, .num_beams = 1, .max_tokens = 3 };
  const MonocleMemoryQuestion *const asked[] = { &one, &many, &one };
  MonocleModel *model = test_load_fixture (TINY, MONOCLE_PRECISION_F32);
  g_autoptr (GError) error = NULL;
  guint64 bytes[G_N_ELEMENTS (asked)];

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autoptr (MonocleRun) run = ask (model, asked[i], &error);

      g_assert_no_error (error);
      bytes[i] = live_bytes;
    }
  g_assert_cmpuint (bytes[1], >, bytes[0] / 10 * 11);
  assert_near (bytes[2], bytes[0]);

  most_live_bytes = 0;
  compile_ahead (model);
  g_assert_cmpuint (most_live_bytes, >, bytes[0] / 10 * 11);
  assert_near (live_bytes, bytes[0]);
  close_model (model);
}

/* --- room ---------------------------------------------------------------------------------- */

/* What is needed and what is free are told; with a little more it is loaded. */
static void
test_room (void)
{
  g_autofree char *directory = test_fixture (TINY);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = NULL;
  guint64 needed, left;
  MonocleMemoryPlan plan;

  make_plan (directory, MONOCLE_PRECISION_F32, NULL, &plan);
  n_available = plan.peak_bytes;
  model = test_load (directory, MONOCLE_PRECISION_F32, &error);
  g_assert_null (model);
  g_assert_true (monocle_engine_error_get_shortage (error, &needed, &left));
  g_assert_cmpuint (needed, ==, plan.peak_bytes);
  g_assert_cmpuint (left, <, needed);
  g_assert_nonnull (strstr (error->message, "are free on"));

  n_available = plan.peak_bytes / 30 * 31 + (1 << 20);
  g_clear_error (&error);
  model = test_load (directory, MONOCLE_PRECISION_F32, &error);
  g_assert_no_error (error);

  /* What a question would need beyond that is not taken from others, and the model stays. */
  n_available = 1 << 20;
  {
    g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
    MonocleRequest request = { .task = monocle_tasks_find (monocle_model_list_tasks (model), "ocr"),
                               .num_beams = MONOCLE_MAX_BEAMS,
                               .max_tokens = 3 };
    g_autoptr (MonocleRun) run = test_run (session, &request, &error), again = NULL;

    g_test_message ("%s", error ? error->message : "there was room in its blocks");
    g_assert_true (
        run || g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY));
    n_available = 0;
    g_clear_error (&error);
    again = test_run (session, &request, &error);
    g_assert_no_error (error);
  }
}

/* --- fewer at once -------------------------------------------------------------------------- */

static char *
describe (MonocleRun *run)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < run->results->len; i++)
    g_string_append_printf (text, "%s|",
                            monocle_result_get_generated_text (run->results->pdata[i]));
  return g_string_free (text, FALSE);
}

/* Where there is no room for eight regions side by side there are fewer at once, with the same
 * answers; that is told. Where there is none for one it is an error, and then all is as before. */
static void
test_fewer (void)
{
  static const MonocleMemoryQuestion question
      = { .n_regions = 8, .num_beams = 2, .max_tokens = 12 };
  static const MonocleMemoryQuestion other = { .n_regions = 3, .num_beams = 1, .max_tokens = 2 };
  g_autoptr (MonocleModel) model = test_load_fixture (TINY, MONOCLE_PRECISION_F32);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) whole = ask (model, &question, &error);
  g_autofree char *expected = NULL;
  const guint64 bytes = cache_bytes;

  g_assert_no_error (error);
  g_assert_cmpuint (whole->n_at_once, ==, 0);
  expected = describe (whole);

  for (guint at_once = 4; at_once > 0; at_once /= 2)
    {
      g_autoptr (MonocleRun) between = ask (model, &other, &error), run = NULL;
      g_autofree char *answers = NULL;

      g_assert_no_error (error);
      too_large_bytes = bytes * at_once / 8;
      run = ask (model, &question, &error);
      too_large_bytes = 0;
      g_assert_no_error (error);
      g_assert_cmpuint (run->n_at_once, ==, at_once);
      answers = describe (run);
      g_assert_cmpstr (answers, ==, expected);
    }

  {
    g_autoptr (MonocleRun) run = NULL, again = NULL;
    g_autofree char *answers = NULL;

    too_large_bytes = bytes / 16;
    run = ask (model, &question, &error);
    too_large_bytes = 0;
    g_assert_null (run);
    g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY);
    g_clear_error (&error);
    again = ask (model, &question, &error);
    g_assert_no_error (error);
    answers = describe (again);
    g_assert_cmpstr (answers, ==, expected);
  }
}

int
main (int argc, char **argv)
{
  static const PublishedShapes base = PUBLISHED_BASE, large = PUBLISHED_LARGE;

  g_test_init (&argc, &argv, NULL);
  if (monocle_device_get_kind (test_get_device ()) != MONOCLE_DEVICE_SOFTWARE)
    {
      g_print ("1..0 # SKIP reads what software devices write\n");
      return test_end (0);
    }

  g_test_add_func ("/memory-plan/side-by-side", test_side_by_side);
  g_test_add_func ("/memory-plan/tiny", test_tiny);
  g_test_add_data_func ("/memory-plan/base", &base, test_published);
  g_test_add_data_func ("/memory-plan/large", &large, test_published);
  g_test_add_func ("/memory-plan/families", test_families);
  g_test_add_func ("/memory-plan/made", test_made);
  g_test_add_func ("/memory-plan/unified-io-2", test_unifiedio2);
  g_test_add_func ("/memory-plan/given-back", test_given_back);
  g_test_add_func ("/memory-plan/room", test_room);
  g_test_add_func ("/memory-plan/fewer", test_fewer);
  return test_end (g_test_run ());
}
