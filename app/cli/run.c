/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli run: asks a model about images. Each image is encoded once for all tasks and regions.
 */
#include "config.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/cli/format.h"
#include "app/cli/labels.h"
#include "app/cli/model.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/picture.h"
#include "app/cli/print.h"
#include "app/cli/progress.h"
#include "app/cli/region.h"
#include "app/cli/sampling.h"
#include "app/cli/wait.h"
#include "app/cli/cli.h"
#include "app/draw/picture-format.h"

/* What the options say, checked. */
typedef struct
{
  MonocleCliModel model;
  GPtrArray *tasks;
  char *text;
  MonocleCliLabels labels;
  GArray *regions;
  GStrv region_names;
  guint num_beams;
  guint max_tokens;
  double min_score; /* NaN: as the model says */
  MonocleCliSampling sampling;
  gboolean json;
  GStrv images;
  guint n_images;
  GStrv outputs;
} Job;

/* What is true for one question while it runs. */
typedef struct
{
  const char *path;
  gboolean streams;
  GString *printed;
} Watch;

static void
job_clear (Job *job)
{
  monocle_cli_model_clear (&job->model);
  monocle_cli_sampling_clear (&job->sampling);
  monocle_cli_labels_clear (&job->labels);
  g_clear_pointer (&job->tasks, g_ptr_array_unref);
  g_clear_pointer (&job->text, g_free);
  g_clear_pointer (&job->regions, g_array_unref);
  g_clear_pointer (&job->region_names, g_strfreev);
  g_clear_pointer (&job->images, g_strfreev);
  g_clear_pointer (&job->outputs, g_strfreev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* --- Options --- */

static const char *
describe_takes (MonocleTaskTakes takes)
{
  switch (takes)
    {
    case MONOCLE_TAKES_TEXT:
      return " (--text)";
    case MONOCLE_TAKES_REGION:
      return " (--region)";
    case MONOCLE_TAKES_TEXT_AND_REGION:
      return " (--text, --region)";
    case MONOCLE_TAKES_NOTHING:
    default:
      return "";
    }
}

/* What kinds there are, and what the model can be asked that comes along, if it is there. */
static char *
describe_tasks (void)
{
  GString *text = g_string_new (_ ("A model says what it can be asked. Kinds of tasks:\n "));
  g_autofree char *extensions = monocle_picture_format_dup_extensions ();
  g_autoptr (GPtrArray) tasks = monocle_cli_model_list_tasks (NULL, NULL);
  int column = 0;

  for (MonocleTaskKind kind = 0; kind < MONOCLE_N_TASK_KINDS; kind++)
    g_string_append_printf (text, " %s", monocle_task_kind_get_id (kind));
  g_string_append_c (text, '\n');
  if (tasks)
    g_string_append (text, _ ("\nTasks of the default model, by name or tag:\n"));
  for (guint i = 0; tasks && i < tasks->len; i++)
    column = MAX (column, (int) strlen (((const MonocleTask *) tasks->pdata[i])->id));
  for (guint i = 0; tasks && i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      g_string_append_printf (text, "  %-*s  %s%s\n", column, task->id, _ (task->description),
                              describe_takes (task->takes));
      if (*task->tag)
        g_string_append_printf (text, "  %-*s  %s\n", column, "", task->tag);
    }

  /* Translators: a list of extensions: .png, .jpg */
  g_string_append_printf (text, _ ("\n--annotate draws pictures as %s\n"), extensions);
  g_string_append (
      text,
      _ ("\n--task also takes a kind: the first of it that takes what is given.\n"
         "Several --task are answered one after the other for each image, several --region at\n"
         "once. --text goes to the tasks that take a text, --region to those that take a region.\n"
         "\n"
         "--annotate OUT.png with several images writes OUT-IMAGE.png, with several tasks\n"
         "OUT-TASK.png, with both OUT-IMAGE-TASK.png. An input is never written over.\n"
         "\n"
         "IMAGE can be - for standard input, or a pipe.\n"
         "\n"
         "Exit status: 0 done, 1 an image or a run failed (the others are done), 2 wrong usage,\n"
         "130 interrupted (what was certain by then is printed).\n"));

  return g_string_free (text, FALSE);
}

static gboolean
any_task_takes (const Job *job, MonocleTaskTakes what)
{
  for (guint i = 0; i < job->tasks->len; i++)
    if (((const MonocleTask *) job->tasks->pdata[i])->takes & what)
      return TRUE;
  return FALSE;
}

/* Every task has what it needs, and everything that was given has a task. */
static MonocleCliStatus
check_inputs (const Job *job)
{
  gboolean takes_text = any_task_takes (job, MONOCLE_TAKES_TEXT);
  gboolean takes_region = any_task_takes (job, MONOCLE_TAKES_REGION);

  for (guint i = 0; i < job->tasks->len; i++)
    {
      const MonocleTask *task = job->tasks->pdata[i];

      if ((task->takes & MONOCLE_TAKES_TEXT) && (!job->text || !*job->text))
        return monocle_cli_refuse ("run", _ ("task %s needs a --text"), task->id);
      /* Whoever writes location tokens by hand may do so. */
      if ((task->takes & MONOCLE_TAKES_REGION) && job->regions->len == 0 && !job->text)
        return monocle_cli_refuse ("run", _ ("task %s needs a --region"), task->id);
    }
  if (job->text && !takes_text && !takes_region)
    return monocle_cli_refuse ("run", _ ("no task here takes a --text"));
  if (job->text && !takes_text && job->regions->len > 0)
    return monocle_cli_refuse ("run",
                               _ ("either --text or --region, for tasks that take a region"));
  if (job->regions->len > 0 && !takes_region)
    return monocle_cli_refuse ("run", _ ("no task here takes a --region"));

  return MONOCLE_CLI_DONE;
}

/* The tasks are those of the model that will be loaded. */
static MonocleCliStatus
find_tasks (Job *job, char **names)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tasks = monocle_cli_model_list_tasks (&job->model, &error);
  MonocleTaskTakes takes
      = (job->text ? MONOCLE_TAKES_TEXT : 0) | (job->regions->len > 0 ? MONOCLE_TAKES_REGION : 0);

  if (!tasks)
    return monocle_cli_report (NULL, error);
  for (guint i = 0; names[i]; i++)
    {
      const MonocleTask *task = monocle_cli_labels_find_task (&job->labels, tasks, names[i], takes);

      if (!task && job->labels.each)
        return monocle_cli_refuse ("run", _ ("--each: no task '%s' of this model can do that"),
                                   names[i]);
      if (!task)
        return monocle_cli_refuse ("run", _ ("there is no task '%s'"), names[i]);
      g_ptr_array_add (job->tasks, (gpointer) task);
    }
  return MONOCLE_CLI_DONE;
}

static guint
count_stdin (char **images)
{
  guint n = 0;

  for (guint i = 0; images[i]; i++)
    n += strcmp (images[i], MONOCLE_CLI_STDIN) == 0;
  return n;
}

static MonocleCliStatus
plan_outputs (Job *job, const char *annotate)
{
  g_autoptr (MonocleFileSet) inputs = monocle_file_set_new ();
  g_autofree char *problem = NULL;

  for (guint i = 0; i < job->n_images; i++)
    monocle_cli_output_add_picture (inputs, job->images[i]);
  monocle_cli_output_add_model (inputs, job->model.model);
  if (job->labels.file)
    monocle_file_set_add (inputs, job->labels.file);
  job->outputs = monocle_cli_output_plan (annotate, job->images, job->n_images,
                                          (const MonocleTask *const *) job->tasks->pdata,
                                          job->tasks->len, inputs, &problem);
  return job->outputs ? MONOCLE_CLI_DONE : monocle_cli_refuse ("run", "%s", problem);
}

static MonocleCliStatus
read_regions (Job *job)
{
  for (guint i = 0; job->region_names && job->region_names[i]; i++)
    {
      MonocleBox region;

      if (!monocle_cli_region_read (job->region_names[i], &region))
        return monocle_cli_refuse ("run", _ ("region %u: '%s' is not X1,Y1,X2,Y2"), i + 1,
                                   job->region_names[i]);
      if (region.x1 >= region.x2 || region.y1 >= region.y2)
        return monocle_cli_refuse ("run",
                                   _ ("region %u: %s is empty: X1 must be below X2, Y1 below Y2"),
                                   i + 1, job->region_names[i]);
      g_array_append_val (job->regions, region);
    }
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  g_auto (GStrv) tasks = NULL;
  g_autofree char *format = NULL, *annotate = NULL;
  g_autofree char *text = NULL, *beams = NULL, *max_tokens = NULL, *min_score = NULL;
  MonocleCliStatus status;
  const GOptionEntry entries[] = {
    { "task", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &tasks, N_ ("What to ask; may be repeated"),
      N_ ("TASK") },
    { "text", 'T', 0, G_OPTION_ARG_FILENAME, &text, N_ ("Text for tasks that take one"),
      N_ ("TEXT") },
    MONOCLE_CLI_LABELS_ENTRIES (&job->labels),
    { "region", 'r', 0, G_OPTION_ARG_FILENAME_ARRAY, &job->region_names,
      N_ ("Region in pixels of the upright image; may be repeated"), "X1,Y1,X2,Y2" },
    { "beams", 'b', 0, G_OPTION_ARG_FILENAME, &beams,
      N_ ("Beams of the search (default: as the model says)"), N_ ("N") },
    { "max-tokens", 'n', 0, G_OPTION_ARG_FILENAME, &max_tokens,
      N_ ("Longest answer in tokens (default: 1024)"), N_ ("N") },
    { "min-score", 's', 0, G_OPTION_ARG_FILENAME, &min_score,
      N_ ("Leave out objects with a lower score (default: as the model says; 0: none)"), "0..1" },
    MONOCLE_CLI_SAMPLING_ENTRIES (&job->sampling),
    { "format", 'f', 0, G_OPTION_ARG_FILENAME, &format,
      N_ ("How to print: text, or one JSON object a line"), "text|json" },
    { "annotate", 'a', 0, G_OPTION_ARG_FILENAME, &annotate,
      N_ ("Draw what is found into OUT, as its extension says"), N_ ("OUT") },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &job->images, NULL, NULL },
    { NULL },
  };

  if (!monocle_cli_parse ("run", _ ("--task TASK IMAGE..."), _ ("Asks a model about images."),
                          describe_tasks, entries, &job->model, &argc, &argv))
    return MONOCLE_CLI_USAGE;

  job->tasks = g_ptr_array_new ();
  job->regions = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  job->n_images = job->images ? g_strv_length (job->images) : 0;

  status = read_regions (job);
  if (status != MONOCLE_CLI_DONE)
    return status;
  if (!tasks)
    return monocle_cli_refuse ("run", _ ("--task is missing"));
  if (job->n_images == 0 || g_strv_contains ((const char *const *) job->images, ""))
    return monocle_cli_refuse ("run", _ ("no image is named"));
  if (count_stdin (job->images) > 1)
    return monocle_cli_refuse ("run", _ ("standard input (-) can be read only once"));
  job->text = text ? monocle_cli_dup_text (text) : NULL;
  if (text && !job->text)
    return monocle_cli_refuse ("run", _ ("--text is not valid UTF-8"));
  status = monocle_cli_labels_read (&job->labels, "run", &job->text);
  if (status != MONOCLE_CLI_DONE)
    return status;
  if (!monocle_cli_format_find (format, &job->json))
    return monocle_cli_refuse ("run", _ ("--format is text or json"));
  if (!monocle_cli_parse_count ("run", "--beams", beams, MONOCLE_MAX_BEAMS, &job->num_beams)
      || !monocle_cli_parse_count ("run", "--max-tokens", max_tokens, G_MAXINT, &job->max_tokens)
      || !monocle_cli_sampling_read (&job->sampling, "run", job->num_beams))
    return MONOCLE_CLI_USAGE;
  job->min_score = NAN;
  if (!monocle_cli_read_number (min_score, 0, TRUE, 1, &job->min_score))
    return monocle_cli_refuse ("run", _ ("%s must be a number from 0 to 1, not '%s'"),
                               "--min-score", min_score);
  if (monocle_cli_model_check (&job->model))
    return monocle_cli_refuse ("run", "%s", monocle_cli_model_check (&job->model));
  status = find_tasks (job, tasks);
  if (status == MONOCLE_CLI_DONE)
    status = check_inputs (job);
  if (status != MONOCLE_CLI_DONE)
    return status;

  return annotate ? plan_outputs (job, annotate) : MONOCLE_CLI_DONE;
}

/* --- One question --- */

static void
stream_text (Watch *watch, const MonocleResult *partial)
{
  const char *text = partial ? monocle_result_get_text (partial) : NULL;
  g_autofree char *clean = monocle_cli_out_clean (text ? text : "");

  if (strlen (clean) <= watch->printed->len || !g_str_has_prefix (clean, watch->printed->str))
    return;
  monocle_cli_progress_clear ();
  monocle_cli_out ("%s", clean + watch->printed->len);
  monocle_cli_out_flush ();
  g_string_assign (watch->printed, clean);
}

static void
show_update (const MonocleUpdate *update, gpointer user_data)
{
  Watch *watch = user_data;

  switch (update->stage)
    {
    case MONOCLE_STAGE_PREPARING:
      monocle_cli_progress_show (update->fraction, _ ("%s: preparing"), watch->path);
      break;

    case MONOCLE_STAGE_COMPILING:
      monocle_cli_progress_show (-1, _ ("Preparing the device, once: %u of %u"), update->n_done,
                                 update->n_steps);
      break;

    case MONOCLE_STAGE_LOOKING:
      monocle_cli_progress_show (update->fraction, _ ("%s: looking"), watch->path);
      break;

    case MONOCLE_STAGE_ANSWERING:
      if (watch->streams && update->partial && update->partial->len == 1)
        stream_text (watch, update->partial->pdata[0]);
      if (watch->printed->len == 0)
        monocle_cli_progress_show (-1, _ ("%s: answering, %u tokens"), watch->path,
                                   update->n_tokens);
      break;

    default:
      g_assert_not_reached ();
    }
}

static MonocleRequest
build_request (const Job *job, const MonocleTask *task, const MonocleModel *model)
{
  MonocleRequest request = { .task = task, .num_beams = job->num_beams };
  guint most = monocle_model_get_max_tokens ((MonocleModel *) model);

  request.sampling = job->sampling.is_on ? &job->sampling.settings : NULL;
  request.max_tokens
      = job->max_tokens > 0 && most > 0 ? MIN (job->max_tokens, most) : job->max_tokens;
  request.wording = task->kind == MONOCLE_TASK_RANK ? job->labels.wording : NULL;
  request.threshold = isnan (job->min_score) ? 0 : job->min_score;
  if (task->takes & MONOCLE_TAKES_TEXT)
    request.text = job->text;
  if ((task->takes & MONOCLE_TAKES_REGION) && job->regions->len > 0)
    {
      request.regions = (const MonocleBox *) (gpointer) job->regions->data;
      request.n_regions = job->regions->len;
    }
  else if (task->takes & MONOCLE_TAKES_REGION)
    request.text = job->text;

  return request;
}

/* Takes objects that are not worth showing out of @results. Returns: how many */
static guint
leave_out (GPtrArray *results, double min_score)
{
  guint n = 0;

  for (guint i = 0; i < results->len && min_score > 0; i++)
    {
      MonocleResult *all = results->pdata[i], *kept = monocle_result_filter (all, min_score);

      n += monocle_result_get_n_objects (all) - monocle_result_get_n_objects (kept);
      results->pdata[i] = kept;
      monocle_result_unref (all);
    }
  return n;
}

static void
print_answer (const Job *job, const MonocleCliAnswer *answer, const Watch *watch)
{
  if (job->json)
    monocle_cli_print_json (answer);
  else if (watch->printed->len > 0)
    monocle_cli_print_text_from (answer, watch->printed->str);
  else
    monocle_cli_print_text (answer);
  monocle_cli_out_flush ();
}

static void
say_left_out (const char *path, guint n, double min_score)
{
  g_autofree char *name = monocle_cli_out_clean_line (path);

  g_printerr (ngettext ("monocle-cli: note: %s: %u object with a score below %.0f%% is left out "
                        "(--min-score 0 shows all)\n",
                        "monocle-cli: note: %s: %u objects with a score below %.0f%% are left out "
                        "(--min-score 0 shows all)\n",
                        n),
              name, n, 100 * min_score);
}

static MonocleCliStatus
annotate_answer (const MonocleCliAnswer *answer, const char *output)
{
  /* A stream cannot be read again. */
  g_autoptr (GFile) original
      = monocle_cli_picture_is_stream (answer->path) ? NULL : g_file_new_for_path (answer->path);
  g_autoptr (MonocleScene) scene = monocle_scene_new_from_results (
      monocle_session_get_image (answer->session), answer->request, answer->run->results, original);
  g_autoptr (GError) error = NULL;

  if (!monocle_picture_format_write (monocle_picture_format_find_for_path (output), scene, output,
                                     &error))
    return monocle_cli_report (output, error);
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
ask (const Job *job,
     MonocleSession *session,
     const char *path,
     const MonocleTask *task,
     const char *output)
{
  MonocleRequest request = build_request (job, task, monocle_session_get_model (session));
  g_autoptr (GString) printed = g_string_new (NULL);
  Watch watch = {
    .path = path,
    .streams = !job->json && isatty (STDOUT_FILENO) && task->gives == MONOCLE_GIVES_TEXT
               && request.n_regions <= 1,
    .printed = printed,
  };
  MonocleCliWait wait = { 0 };
  MonocleCliStatus status = MONOCLE_CLI_DONE;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MonocleRun) run = NULL;
  g_autoptr (GError) error = NULL;

  if (!job->json && (job->n_images > 1 || job->tasks->len > 1))
    {
      g_autofree char *name = monocle_cli_out_clean_line (path);

      monocle_cli_out ("%s: %s\n", name, task->id);
    }

  monocle_session_run_async (session, &request, monocle_cli_wait_get_cancellable (), show_update,
                             &watch, monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  run = monocle_session_run_finish (session, result, &error);
  monocle_cli_progress_clear ();
  if (!run)
    return monocle_cli_report (path, error);

  {
    MonocleModel *model = monocle_session_get_model (session);
    MonocleCliAnswer answer
        = { path, session, &request, run,
            isnan (job->min_score) ? monocle_model_get_lowest_score (model) : job->min_score };
    guint n_left_out = leave_out (run->results, answer.min_score);

    print_answer (job, &answer, &watch);
    if (n_left_out > 0 && !job->json)
      say_left_out (path, n_left_out, answer.min_score);
    if (output)
      status = annotate_answer (&answer, output);
  }
  return run->stopped ? MONOCLE_CLI_INTERRUPTED : status;
}

/* --- One image --- */

static gboolean
check_regions (const Job *job, const MonocleImage *image, GError **error)
{
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);

  for (guint i = 0; i < job->regions->len; i++)
    {
      const MonocleBox *region = &g_array_index (job->regions, MonocleBox, i);

      if (region->x1 < 0 || region->y1 < 0 || region->x2 > (float) width
          || region->y2 > (float) height)
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       _ ("region %u: %s lies outside the image (%u x %u)"), i + 1,
                       job->region_names[i], width, height);
          return FALSE;
        }
    }
  return TRUE;
}

/* Nobody waits for an answer that cannot be drawn. */
static gboolean
check_drawing (const Job *job, const MonocleImage *image, GError **error)
{
  return !job->outputs
         || monocle_picture_format_check_size (
             monocle_picture_format_find_for_path (job->outputs[0]),
             monocle_image_get_width (image), monocle_image_get_height (image), error);
}

static MonocleImage *
open_image (const Job *job, const char *path, MonocleCliStatus *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_cli_picture_open (path, &error);

  if (image && check_drawing (job, image, &error) && check_regions (job, image, &error))
    return g_steal_pointer (&image);
  *status = monocle_cli_worst (*status, monocle_cli_report (path, error));
  return NULL;
}

static MonocleCliStatus
ask_all (const Job *job, guint index, MonocleModel *model, MonocleImage *image)
{
  g_autoptr (MonocleSession) session = monocle_session_new (model, image);
  MonocleCliStatus worst = MONOCLE_CLI_DONE;

  for (guint i = 0; i < job->tasks->len && worst != MONOCLE_CLI_INTERRUPTED; i++)
    {
      const char *output = job->outputs ? job->outputs[index * job->tasks->len + i] : NULL;

      worst = monocle_cli_worst (
          worst, ask (job, session, job->images[index], job->tasks->pdata[i], output));
    }
  return worst;
}

MonocleCliStatus
monocle_cli_run (int argc, char **argv)
{
  g_auto (Job) job = { 0 };
  g_autoptr (MonocleModel) model = NULL;
  MonocleCliStatus worst = parse_options (&job, argc, argv);

  if (worst != MONOCLE_CLI_DONE)
    return worst;

  for (guint i = 0; i < job.n_images && worst != MONOCLE_CLI_INTERRUPTED; i++)
    {
      g_autoptr (MonocleImage) image = open_image (&job, job.images[i], &worst);

      if (!image)
        continue;
      /* Loaded when the first good image needs it; what does not load now does not for the next
       * either. */
      if (!model)
        {
          g_autoptr (GError) error = NULL;

          model = monocle_cli_model_load (&job.model, monocle_cli_wait_get_cancellable (), &error);
          if (!model)
            return monocle_cli_report (NULL, error);
        }
      worst = monocle_cli_worst (worst, ask_all (&job, i, model, image));
    }
  return worst;
}
