/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli eval: how good a model is on an annotated set. Reading, scoring and printing are
 * those of app/eval; eval-ask.c asks.
 */
#include "config.h"

#include "app/cli/cli.h"
#include "app/cli/eval.h"
#include "app/cli/format.h"
#include "app/cli/model-help.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/eval/measure.h"
#include "app/eval/report.h"

static void
job_clear (MonocleCliEvalJob *job)
{
  monocle_cli_model_clear (&job->model);
  g_clear_pointer (&job->sets, g_strfreev);
  g_clear_pointer (&job->images, g_free);
  g_clear_pointer (&job->tasks, g_ptr_array_unref);
  g_clear_pointer (&job->all_tasks, g_ptr_array_unref);
  g_clear_pointer (&job->out, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliEvalJob, job_clear)

/* --- Options --- */

static char *
describe_tasks (const MonocleCliModel *model)
{
  GString *text = g_string_new (
      _ ("What of the default model's tasks can be measured, where the set has what "
         "is needed:\n"));
  g_autoptr (GPtrArray) tasks = monocle_cli_model_list_tasks (NULL, NULL);

  for (guint i = 0; tasks && i < tasks->len; i++)
    if (monocle_eval_measure_find (tasks->pdata[i]) != MONOCLE_EVAL_MEASURE_NONE)
      g_string_append_printf (text, "  %s\n", ((const MonocleTask *) tasks->pdata[i])->id);
  g_string_append (
      text,
      _ ("\nA folder is read as instances*.json and captions*.json (COCO) and *.jsonl; README.md "
         "says what is in\n"
         "them. Pictures are in images/ beside a file, or beside it, unless --images says where.\n"
         "\n"
         "Objects that are found are outlined too, for AP of masks, where both finding all objects "
         "and "
         "outlining\n"
         "a region are asked.\n"
         "\n"
         "Exit status: 0 done, 1 an image or a run failed (the others count), 2 wrong usage,\n"
         "130 interrupted (the figures of what was done by then are printed).\n"));
  return g_string_free (text, FALSE);
}

static MonocleCliStatus
find_tasks (MonocleCliEvalJob *job, char **names)
{
  g_autoptr (GError) error = NULL;

  job->tasks = g_ptr_array_new ();
  job->all_tasks = monocle_cli_model_list_tasks (&job->model, &error);
  if (!job->all_tasks)
    return monocle_cli_report (NULL, error);
  for (guint i = 0; names && names[i]; i++)
    {
      const MonocleTask *task = monocle_tasks_find (job->all_tasks, names[i]);

      if (!task)
        return monocle_cli_model_refuse_task ("eval", names[i], MONOCLE_TAKES_NOTHING);
      if (monocle_eval_measure_find (task) == MONOCLE_EVAL_MEASURE_NONE)
        return monocle_cli_refuse ("eval", _ ("task %s cannot be measured"), task->id);
      g_ptr_array_add (job->tasks, (gpointer) task);
    }
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (MonocleCliEvalJob *job, int argc, char **argv)
{
  g_auto (GStrv) tasks = NULL;
  g_autofree char *format = NULL;
  g_autofree char *limit = NULL, *beams = NULL, *max_tokens = NULL;
  g_autofree char *problem = NULL;
  g_autoptr (MonocleFileSet) nothing = monocle_file_set_new ();
  const GOptionEntry entries[] = {
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &job->sets, N_ ("Annotations; may be repeated"),
      N_ ("FILE|DIR") },
    { "images", 'i', 0, G_OPTION_ARG_FILENAME, &job->images, N_ ("Where the pictures are"),
      N_ ("DIR") },
    { "task", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &tasks,
      N_ ("What to ask; may be repeated (default: all there is)"), N_ ("TASK") },
    { "limit", 'l', 0, G_OPTION_ARG_FILENAME, &limit, N_ ("Ask about the first N images only"),
      N_ ("N") },
    { "beams", 'b', 0, G_OPTION_ARG_FILENAME, &beams,
      N_ ("Beams of the search (default: as the model says)"), N_ ("N") },
    { "max-tokens", 'n', 0, G_OPTION_ARG_FILENAME, &max_tokens,
      N_ ("Longest answer in tokens (default: 1024)"), N_ ("N") },
    { "format", 'f', 0, G_OPTION_ARG_FILENAME, &format, N_ ("How to print: text, or a JSON object"),
      "text|json" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &job->out,
      N_ ("Write detections as COCO results, masks to OUT-masks.json"), N_ ("OUT.json") },
    { NULL },
  };

  if (!monocle_cli_parse ("eval", "--set FILE|DIR",
                          _ ("Measures how good a model is on an annotated set."), describe_tasks,
                          entries, &job->model, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse ("eval", _ ("there is nothing to do with '%s'"), argv[1]);
  if (!job->sets)
    return monocle_cli_refuse ("eval", _ ("--set is missing"));
  if (job->images && !g_file_test (job->images, G_FILE_TEST_IS_DIR))
    return monocle_cli_refuse ("eval", _ ("--images: there is no folder '%s'"), job->images);
  if (!monocle_cli_parse_count ("eval", "--limit", limit, G_MAXINT, &job->limit)
      || !monocle_cli_parse_count ("eval", "--beams", beams, MONOCLE_MAX_BEAMS, &job->num_beams)
      || !monocle_cli_parse_count ("eval", "--max-tokens", max_tokens, G_MAXINT, &job->max_tokens))
    return MONOCLE_CLI_USAGE;
  if (!monocle_cli_format_read ("eval", format, &job->json))
    return MONOCLE_CLI_USAGE;
  if (monocle_cli_model_check (&job->model))
    return monocle_cli_refuse ("eval", "%s", monocle_cli_model_check (&job->model));
  /* Of what it says alone, before anything is read. */
  if (job->out && !monocle_cli_output_check ("--out", job->out, nothing, &problem))
    return monocle_cli_refuse ("eval", "%s", problem);
  return find_tasks (job, tasks);
}

/* (element-type MonocleEvalImage): those that are asked about. */
static GPtrArray *
list_images (const MonocleCliEvalJob *job, const MonocleEvalSet *set)
{
  GPtrArray *images = g_ptr_array_new ();

  for (guint i = 0; i < set->images->len && (job->limit == 0 || images->len < job->limit); i++)
    {
      g_autoptr (GPtrArray) questions
          = monocle_cli_eval_list_questions (job, set->images->pdata[i], NULL);

      if (questions->len > 0)
        g_ptr_array_add (images, set->images->pdata[i]);
    }
  return images;
}

/* --- The set --- */

static gboolean
is_end (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
         || g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST);
}

static void
print_report (const MonocleCliEvalWork *work, MonocleEvalEnd end, double total_ms)
{
  g_autofree char *set = g_strjoinv (", ", work->job->sets);
  g_autofree char *clean = monocle_cli_out_clean_line (set);
  const MonocleEvalReport report = {
    .model = work->model,
    .set = work->job->json ? set : clean,
    .num_beams
    = work->job->num_beams ? work->job->num_beams : monocle_model_get_num_beams (work->model),
    .end = end,
    .n_images = work->n_images,
    .n_failed = work->n_failed,
    .image_ms = monocle_eval_score_get_median (work->image_ms),
    .total_ms = total_ms,
    .tallies = monocle_eval_score_finish (work->score),
  };

  if (work->job->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      monocle_eval_report_add_json (&report, builder);
      monocle_cli_format_print (builder);
    }
  else
    {
      g_autofree char *text = monocle_eval_report_make_text (&report);

      monocle_cli_out ("%s", text);
    }
}

static MonocleCliStatus
measure (MonocleCliEvalWork *work, const GPtrArray *images)
{
  gint64 began_us = g_get_monotonic_time ();
  MonocleCliStatus worst = MONOCLE_CLI_DONE;
  MonocleEvalEnd end = MONOCLE_EVAL_COMPLETE;

  for (guint i = 0; i < images->len && end == MONOCLE_EVAL_COMPLETE; i++)
    {
      const MonocleEvalImage *image = images->pdata[i];
      g_autoptr (GError) error = NULL;

      monocle_cli_progress_show ((double) i / images->len, _ ("%s (%u of %u)"), image->name, i + 1,
                                 images->len);
      if (monocle_cli_eval_ask_all (work, image, &error))
        {
          work->n_images++;
          continue;
        }
      monocle_cli_progress_clear ();
      worst = monocle_cli_worst (worst, monocle_cli_report (image->path, error));
      if (is_end (error))
        end = MONOCLE_EVAL_STOPPED;
      else
        work->n_failed++;
    }
  monocle_cli_progress_clear ();
  print_report (work, end, (double) (g_get_monotonic_time () - began_us) / 1000);
  return worst;
}

/* Results name pictures by their ids alone. */
static gboolean
is_same_id (const MonocleEvalImage *a, const MonocleEvalImage *b)
{
  return a->is_listed && b->is_listed && a->id == b->id;
}

/* Neither file may be one of the set, of its pictures or of the model, and both can be written:
 * better known now than after hours. */
static MonocleCliStatus
check_outputs (const MonocleCliEvalJob *job, MonocleEvalSet *set)
{
  g_autofree char *masks = monocle_eval_out_dup_masks_path (job->out);
  g_autofree char *problem = NULL;

  for (guint i = 0; i < set->images->len; i++)
    monocle_file_set_add (set->files, ((MonocleEvalImage *) set->images->pdata[i])->path);
  for (guint i = 1; i < set->images->len; i++)
    if (is_same_id (set->images->pdata[i - 1], set->images->pdata[i]))
      return monocle_cli_refuse ("eval", _ ("--out: two pictures of the sets have the same id"));
  monocle_cli_output_add_model (set->files, &job->model);
  if (monocle_cli_output_check ("--out", job->out, set->files, &problem))
    {
      /* The one must not be a link to the other either. */
      monocle_file_set_add (set->files, job->out);
      if (monocle_cli_output_check ("--out", masks, set->files, &problem))
        return MONOCLE_CLI_DONE;
    }
  return monocle_cli_refuse ("eval", "%s", problem);
}

MonocleCliStatus
monocle_cli_eval (int argc, char **argv)
{
  g_auto (MonocleCliEvalJob) job = { 0 };
  g_autoptr (MonocleEvalSet) set = NULL;
  g_autoptr (GPtrArray) images = NULL;
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleEvalScore) score = NULL;
  g_autoptr (MonocleEvalOut) out = monocle_eval_out_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) image_ms = g_array_new (FALSE, FALSE, sizeof (double));
  MonocleCliEvalWork work = { .job = &job, .out = out, .image_ms = image_ms };
  MonocleCliStatus status = parse_options (&job, argc, argv);

  if (status != MONOCLE_CLI_DONE)
    return status;
  set = monocle_eval_set_load (job.all_tasks, (const char *const *) job.sets, job.images, &error);
  if (!set)
    return monocle_cli_report (NULL, error);
  status = job.out ? check_outputs (&job, set) : MONOCLE_CLI_DONE;
  if (status != MONOCLE_CLI_DONE)
    return status;
  images = list_images (&job, set);
  if (images->len == 0)
    return monocle_cli_refuse ("eval", _ ("the set has nothing for the tasks that are named"));
  model = monocle_cli_model_load (&job.model, monocle_cli_wait_get_cancellable (), &error);
  if (!model)
    return monocle_cli_report (NULL, error);

  work.set = set;
  work.score = score = monocle_eval_score_new (job.all_tasks);
  work.model = model;
  status = measure (&work, images);
  if (job.out && !monocle_eval_out_write (out, job.out, &error))
    status = monocle_cli_worst (status, monocle_cli_report (job.out, error));
  return status;
}
