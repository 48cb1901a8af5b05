/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli bench: how long a model takes on a device, stage by stage.
 */
#include "config.h"

#include <string.h>

#include "app/cli/bench-profile.h"
#include "app/cli/format.h"
#include "app/cli/model.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/picture.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/cli/cli.h"
#include "app/json/fields.h"
#include "engine/engine.h"

#define DEFAULT_RUNS 5
#define MAX_RUNS     1000
/* Long enough that the prompt does not hide the tokens. */
#define MAX_TOKENS   64
#define BLANK_WIDTH  640
#define BLANK_HEIGHT 480

typedef enum
{
  STAGE_PREPROCESS,
  STAGE_ENCODE,
  STAGE_DECODE,
  STAGE_TOKEN,
  N_STAGES,
} Stage;

static const char *const stage_keys[N_STAGES]
    = { "preprocess", "encode", "decode", "decode_per_token" };
static const char *const stage_titles[N_STAGES] = {
  N_ ("preprocess"),
  N_ ("encode"),
  N_ ("decode"),
  N_ ("decode, per token"),
};

typedef struct
{
  const char *image; /* (nullable): a drawn one */
  const MonocleTask *task;
  guint n_runs;
  gboolean json, profile;
  const char *trace; /* (nullable) */
} Wanted;

static MonocleImage *
draw_gradient (void)
{
  g_autofree guint8 *rgb = g_malloc (3 * BLANK_WIDTH * BLANK_HEIGHT);

  for (guint y = 0; y < BLANK_HEIGHT; y++)
    for (guint x = 0; x < BLANK_WIDTH; x++)
      {
        guint8 *pixel = rgb + 3 * (y * BLANK_WIDTH + x);

        pixel[0] = (guint8) (x * 255 / BLANK_WIDTH);
        pixel[1] = (guint8) (y * 255 / BLANK_HEIGHT);
        pixel[2] = ((x / 40) ^ (y / 40)) & 1 ? 200 : 60;
      }
  return monocle_image_new_from_pixels (BLANK_WIDTH, BLANK_HEIGHT, 3 * BLANK_WIDTH, rgb, NULL);
}

static MonocleRun *
measure_once (MonocleModel *model, MonocleImage *image, const MonocleTask *task, GError **error)
{
  /* A new session each time, so that the image is encoded each time. */
  g_autoptr (MonocleSession) session = monocle_session_new (model, image);
  const MonocleRequest request
      = { .task = task, .max_tokens = MIN (MAX_TOKENS, monocle_model_get_max_tokens (model)) };

  return monocle_cli_wait_for_run (session, &request, error);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

static double
get_quantile (GArray *sorted, double quantile)
{
  return g_array_index (sorted, double, (guint) (quantile * (sorted->len - 1) + 0.5));
}

static void
print_text (MonocleModel *model,
            double first_ms,
            GArray *const *times,
            guint n_tokens,
            const MonocleCliProfile *profile)
{
  g_autofree char *used
      = g_format_size_full (monocle_model_get_used_bytes (model), G_FORMAT_SIZE_IEC_UNITS);

  monocle_cli_out (_ ("%s (%.1f million parameters, %s) on %s, %s in use\n\n"),
                   monocle_model_get_name (model),
                   (double) monocle_model_get_n_parameters (model) / 1e6,
                   monocle_model_get_precision_name (model),
                   monocle_device_get_name (monocle_model_get_device (model)), used);
  monocle_cli_out ("%-20s %10s %10s %10s\n", _ ("ms"), _ ("median"), _ ("fastest"), _ ("slowest"));
  monocle_cli_out ("%-20s %10.1f\n", _ ("load"), monocle_model_get_load_ms (model));
  monocle_cli_out ("%-20s %10.1f\n", _ ("first run"), first_ms);
  for (guint i = 0; i < N_STAGES; i++)
    monocle_cli_out ("%-20s %10.2f %10.2f %10.2f\n", _ (stage_titles[i]),
                     get_quantile (times[i], 0.5), get_quantile (times[i], 0),
                     get_quantile (times[i], 1));
  monocle_cli_out (_ ("\n%u runs, %u tokens each\n"), times[0]->len, n_tokens);
  if (profile->steps)
    monocle_cli_profile_print (profile, times[0]->len);
}

static void
print_json (MonocleModel *model,
            double first_ms,
            GArray *const *times,
            guint n_tokens,
            const MonocleCliProfile *profile)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "model", monocle_model_get_name (model));
  monocle_json_add_integer (builder, "parameters", monocle_model_get_n_parameters (model));
  monocle_json_add_text (builder, "device",
                         monocle_device_get_name (monocle_model_get_device (model)));
  monocle_json_add_text (builder, "precision", monocle_model_get_precision_name (model));
  monocle_json_add_integer (builder, "used_bytes", monocle_model_get_used_bytes (model));
  monocle_json_add_integer (builder, "runs", times[0]->len);
  monocle_json_add_integer (builder, "tokens", n_tokens);
  monocle_json_add_number (builder, "load_ms", monocle_model_get_load_ms (model));
  monocle_json_add_number (builder, "first_run_ms", first_ms);
  for (guint i = 0; i < N_STAGES; i++)
    {
      g_autofree char *key = g_strconcat (stage_keys[i], "_ms", NULL);

      json_builder_set_member_name (builder, key);
      json_builder_begin_object (builder);
      monocle_json_add_number (builder, "median", get_quantile (times[i], 0.5));
      monocle_json_add_number (builder, "fastest", get_quantile (times[i], 0));
      monocle_json_add_number (builder, "slowest", get_quantile (times[i], 1));
      json_builder_end_object (builder);
    }
  if (profile->steps)
    monocle_cli_profile_add_json (profile, builder, times[0]->len);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

/* The first run makes pipelines and is not counted. @times: (array length=N_STAGES): what the
 * others took. */
static gboolean
run_often (MonocleModel *model,
           MonocleImage *image,
           const Wanted *wanted,
           MonocleCliProfile *profile,
           double *first_ms,
           GArray *const *times,
           guint *n_tokens,
           GError **error)
{
  for (guint i = 0; i <= wanted->n_runs; i++)
    {
      g_autoptr (MonocleRun) run = NULL;

      monocle_cli_progress_show ((double) i / (wanted->n_runs + 1), _ ("Measuring"));
      run = measure_once (model, image, wanted->task, error);
      if (!run)
        return FALSE;
      if (i == 0)
        {
          *first_ms = run->compile_ms + run->preprocess_ms + run->encode_ms + run->decode_ms;
          if (profile->profile && !monocle_cli_profile_skip (profile, error))
            return FALSE;
          continue;
        }

      const double took[N_STAGES] = { run->preprocess_ms, run->encode_ms, run->decode_ms,
                                      run->decode_ms / MAX (run->n_tokens, 1) };

      for (guint j = 0; j < N_STAGES; j++)
        g_array_append_val (times[j], took[j]);
      *n_tokens = run->n_tokens;
    }
  return !profile->profile || monocle_cli_profile_end (profile, error);
}

static MonocleCliStatus
measure (const MonocleCliModel *options, const Wanted *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image
      = wanted->image ? monocle_cli_picture_open (wanted->image, &error) : draw_gradient ();
  g_autoptr (MonocleModel) model = NULL;
  g_auto (MonocleCliProfile) profile = { 0 };
  g_autoptr (GPtrArray) stages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  GArray *const *times;
  double first_ms = 0;
  guint n_tokens = 0;
  gboolean done;

  if (!image)
    return monocle_cli_report (wanted->image, error);
  model = monocle_cli_model_load (options, monocle_cli_wait_get_cancellable (), &error);
  if (!model)
    return monocle_cli_report (NULL, error);

  for (guint i = 0; i < N_STAGES; i++)
    g_ptr_array_add (stages, g_array_new (FALSE, FALSE, sizeof (double)));
  times = (GArray *const *) stages->pdata;
  if (wanted->profile)
    profile.profile = monocle_profile_new (model);
  done = run_often (model, image, wanted, &profile, &first_ms, times, &n_tokens, &error);
  monocle_cli_progress_clear ();
  if (!done)
    return monocle_cli_report (wanted->image, error);

  for (guint i = 0; i < N_STAGES; i++)
    g_array_sort (times[i], compare_doubles);
  if (wanted->json)
    print_json (model, first_ms, times, n_tokens, &profile);
  else
    print_text (model, first_ms, times, n_tokens, &profile);
  if (wanted->trace && !monocle_cli_profile_write_trace (&profile, wanted->trace, &error))
    return monocle_cli_report (wanted->trace, error);

  return MONOCLE_CLI_DONE;
}

static gboolean
check_trace (const MonocleCliModel *options, const Wanted *wanted)
{
  g_autoptr (MonocleFileSet) inputs = monocle_file_set_new ();
  g_autofree char *problem = NULL;

  if (wanted->image)
    monocle_cli_output_add_picture (inputs, wanted->image);
  monocle_cli_output_add_model (inputs, options);
  if (monocle_cli_output_check ("--trace", wanted->trace, inputs, &problem))
    return TRUE;
  monocle_cli_refuse ("bench", "%s", problem);
  return FALSE;
}

/* (nullable): it takes nothing but a picture */
static const MonocleTask *
find_task (const GPtrArray *tasks, const char *name)
{
  const MonocleTask *task
      = monocle_tasks_find_named (tasks, name ? name : "find", MONOCLE_TAKES_NOTHING);

  if (!task && !name && tasks->len > 0)
    task = tasks->pdata[0];
  return task && task->takes == MONOCLE_TAKES_NOTHING ? task : NULL;
}

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (
      _ ("The first run, which prepares the device, is told apart. A token is\n"
         "one step of the search with all its beams; the prompt counts as part\n"
         "of decoding. Answers end after 64 tokens. With --profile or --trace kernels\n"
         "are timed too, which takes a little time of its own.\n"));
}

MonocleCliStatus
monocle_cli_bench (int argc, char **argv)
{
  g_auto (MonocleCliModel) options = { 0 };
  g_autofree char *image = NULL, *format = NULL, *name = NULL, *runs = NULL, *trace = NULL;
  Wanted wanted = { .n_runs = DEFAULT_RUNS };
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "image", 'i', 0, G_OPTION_ARG_FILENAME, &image,
      N_ ("Image to look at (default: a drawn one)"), N_ ("FILE") },
    { "task", 't', 0, G_OPTION_ARG_FILENAME, &name,
      N_ ("What to ask (default: to find objects, or else the model's first task)"), N_ ("TASK") },
    { "runs", 'r', 0, G_OPTION_ARG_FILENAME, &runs, N_ ("How many times to measure (default: 5)"),
      N_ ("N") },
    { "format", 'f', 0, G_OPTION_ARG_FILENAME, &format, N_ ("How to print: text, or a JSON object"),
      "text|json" },
    { "profile", 0, 0, G_OPTION_ARG_NONE, &wanted.profile,
      N_ ("Say which kernels the time goes to, beside what the device could do"), NULL },
    { "trace", 0, 0, G_OPTION_ARG_FILENAME, &trace,
      N_ ("Write every kernel's time to a file, in the format of Chrome's tracing"), N_ ("FILE") },
    { NULL },
  };

  if (!monocle_cli_parse ("bench", NULL, _ ("Measures how long a model takes on a device."),
                          describe, entries, &options, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse ("bench", _ ("there is nothing to do with '%s'"), argv[1]);
  if (image && !*image)
    return monocle_cli_refuse ("bench", _ ("--image needs a file"));
  if (!monocle_cli_parse_count ("bench", "--runs", runs, MAX_RUNS, &wanted.n_runs))
    return MONOCLE_CLI_USAGE;
  if (!monocle_cli_format_read ("bench", format, &wanted.json))
    return MONOCLE_CLI_USAGE;
  if (monocle_cli_model_check (&options))
    return monocle_cli_refuse ("bench", "%s", monocle_cli_model_check (&options));
  wanted.image = image;
  wanted.trace = trace;
  wanted.profile = wanted.profile || trace;
  if (trace && !check_trace (&options, &wanted))
    return MONOCLE_CLI_USAGE;
  tasks = monocle_cli_model_list_tasks (&options, &error);
  if (!tasks)
    return monocle_cli_report (NULL, error);
  wanted.task = find_task (tasks, name);
  if (!wanted.task)
    return monocle_cli_refuse ("bench", _ ("--task is a task that needs no text and no region"));

  return measure (&options, &wanted);
}
