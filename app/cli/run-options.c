/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli run: what its options say, and whether they fit together.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/picture.h"
#include "app/cli/run-help.h"
#include "app/cli/run.h"

void
monocle_cli_run_job_clear (MonocleCliRunJob *job)
{
  monocle_cli_model_clear (&job->model);
  monocle_cli_sampling_clear (&job->sampling);
  monocle_cli_labels_clear (&job->labels);
  g_clear_pointer (&job->tasks, g_ptr_array_unref);
  g_clear_pointer (&job->text, g_free);
  monocle_cli_regions_clear (&job->regions);
  g_clear_pointer (&job->images, g_strfreev);
  g_clear_pointer (&job->outputs, g_strfreev);
}

static gboolean
any_task_takes (const MonocleCliRunJob *job, MonocleTaskTakes what)
{
  for (guint i = 0; i < job->tasks->len; i++)
    if (((const MonocleTask *) job->tasks->pdata[i])->takes & what)
      return TRUE;
  return FALSE;
}

/* Every task has what it needs, and everything that was given has a task. */
static MonocleCliStatus
check_inputs (const MonocleCliRunJob *job)
{
  gboolean takes_text = any_task_takes (job, MONOCLE_TAKES_TEXT);
  gboolean takes_region = any_task_takes (job, MONOCLE_TAKES_REGION);
  guint n_regions = job->regions.boxes->len;
  MonocleCliStatus status;

  for (guint i = 0; i < job->tasks->len; i++)
    {
      const MonocleTask *task = job->tasks->pdata[i];

      if ((task->takes & MONOCLE_TAKES_TEXT) && (!job->text || !*job->text))
        return monocle_cli_refuse ("run", _ ("task %s needs a --text"), task->id);
      status = monocle_cli_regions_fit_task (&job->regions, "run", task, job->text != NULL);
      if (status != MONOCLE_CLI_DONE)
        return status;
    }
  if (job->text && !takes_text && !takes_region)
    return monocle_cli_refuse ("run", _ ("no task here takes a --text"));
  if (job->text && !takes_text && n_regions > 0)
    return monocle_cli_refuse ("run",
                               _ ("either --text or --region, for tasks that take a region"));
  if (n_regions > 0 && !takes_region)
    return monocle_cli_refuse ("run", _ ("no task here takes a --region"));
  if (job->regions.from && !takes_region)
    return monocle_cli_refuse ("run", _ ("no task here takes a --from"));

  return MONOCLE_CLI_DONE;
}

/* Where none is named: the first of those that come along that has all that is asked. Returns:
 * (nullable) */
static const char *
choose_standard (const MonocleCliRunJob *job, char **names, MonocleTaskTakes takes)
{
  guint n;
  const MonocleShippedModel *shipped = monocle_shipped_list (&n);

  for (guint i = 0; i < n; i++)
    {
      const MonocleCliModel model = { .standard = shipped[i].id };
      g_autoptr (GPtrArray) tasks = monocle_cli_model_list_tasks (&model, NULL);
      gboolean has_all = tasks != NULL;

      for (guint k = 0; has_all && names[k]; k++)
        has_all = monocle_cli_labels_find_task (&job->labels, tasks, names[k], takes) != NULL;
      if (has_all)
        return shipped[i].id;
    }
  return NULL;
}

/* The tasks are those of the model that will be loaded. */
static MonocleCliStatus
find_tasks (MonocleCliRunJob *job, char **names)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tasks = NULL;
  MonocleTaskTakes takes
      = (job->text ? MONOCLE_TAKES_TEXT : 0)
        | (job->regions.boxes->len > 0 || job->regions.from ? MONOCLE_TAKES_REGION : 0);

  if (!job->model.model)
    job->model.standard = choose_standard (job, names, takes);
  tasks = monocle_cli_model_list_tasks (&job->model, &error);
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
plan_outputs (MonocleCliRunJob *job, const char *annotate)
{
  g_autoptr (MonocleFileSet) inputs = monocle_file_set_new ();
  g_autofree char *problem = NULL;

  for (guint i = 0; i < job->n_images; i++)
    monocle_cli_output_add_picture (inputs, job->images[i]);
  monocle_cli_output_add_model (inputs, &job->model);
  if (job->labels.file)
    monocle_file_set_add (inputs, job->labels.file);
  if (job->regions.from)
    monocle_cli_output_add_picture (inputs, job->regions.from);
  job->outputs = monocle_cli_output_plan (annotate, job->images, job->n_images,
                                          (const MonocleTask *const *) job->tasks->pdata,
                                          job->tasks->len, inputs, &problem);
  return job->outputs ? MONOCLE_CLI_DONE : monocle_cli_refuse ("run", "%s", problem);
}

/* Several are labels, a line each: those may have commas in them. */
static MonocleCliStatus
read_text (MonocleCliRunJob *job, char *const *texts)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; texts && texts[i]; i++)
    {
      g_autofree char *text = monocle_cli_dup_text (texts[i]);

      if (!text)
        return monocle_cli_refuse ("run", _ ("--text is not valid UTF-8"));
      g_string_append_printf (lines, "%s%s", i > 0 ? "\n" : "", text);
    }
  job->text = texts ? g_string_free (g_steal_pointer (&lines), FALSE) : NULL;
  return monocle_cli_labels_read (&job->labels, "run", &job->text);
}

MonocleCliStatus
monocle_cli_run_read_options (MonocleCliRunJob *job, int argc, char **argv)
{
  g_auto (GStrv) tasks = NULL;
  g_autofree char *format = NULL, *annotate = NULL;
  g_auto (GStrv) texts = NULL;
  g_autofree char *beams = NULL, *max_tokens = NULL;
  g_autofree char *min_score = NULL, *threshold = NULL;
  MonocleCliStatus status;
  const GOptionEntry entries[] = {
    { "task", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &tasks, N_ ("What to ask; may be repeated"),
      N_ ("TASK") },
    { "text", 'T', 0, G_OPTION_ARG_FILENAME_ARRAY, &texts,
      N_ ("Text for tasks that take one; labels may be repeated"), N_ ("TEXT") },
    MONOCLE_CLI_LABELS_ENTRIES (&job->labels),
    MONOCLE_CLI_REGIONS_ENTRIES (&job->regions),
    { "beams", 'b', 0, G_OPTION_ARG_FILENAME, &beams,
      N_ ("Beams of the search (default: as the model says)"), N_ ("N") },
    { "max-tokens", 'n', 0, G_OPTION_ARG_FILENAME, &max_tokens,
      N_ ("Longest answer in tokens (default: 1024)"), N_ ("N") },
    { "min-score", 's', 0, G_OPTION_ARG_FILENAME, &min_score,
      N_ ("Leave out objects with a lower score (default: as the model says; 0: none)"), "0..1" },
    { "threshold", 0, 0, G_OPTION_ARG_FILENAME, &threshold, N_ ("The same as --min-score"),
      "0..1" },
    MONOCLE_CLI_SAMPLING_ENTRIES (&job->sampling),
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { "annotate", 'a', 0, G_OPTION_ARG_FILENAME, &annotate,
      N_ ("Draw what is found into OUT, as its extension says"), N_ ("OUT") },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &job->images, NULL, NULL },
    { NULL },
  };

  if (!monocle_cli_parse ("run", _ ("--task TASK IMAGE..."), _ ("Asks a model about images."),
                          monocle_cli_run_dup_help, entries, &job->model, &argc, &argv))
    return MONOCLE_CLI_USAGE;

  job->tasks = g_ptr_array_new ();
  job->n_images = job->images ? g_strv_length (job->images) : 0;

  status = monocle_cli_regions_read (&job->regions, "run");
  if (status != MONOCLE_CLI_DONE)
    return status;
  if (!tasks)
    return monocle_cli_refuse ("run", _ ("--task is missing"));
  if (job->n_images == 0 || g_strv_contains ((const char *const *) job->images, ""))
    return monocle_cli_refuse ("run", _ ("no image is named"));
  if (count_stdin (job->images) + (g_strcmp0 (job->regions.from, MONOCLE_CLI_STDIN) == 0) > 1)
    return monocle_cli_refuse ("run", _ ("standard input (-) can be read only once"));
  status = read_text (job, texts);
  if (status != MONOCLE_CLI_DONE)
    return status;
  if (!monocle_cli_format_read ("run", format, &job->json))
    return MONOCLE_CLI_USAGE;
  if (!monocle_cli_parse_count ("run", "--beams", beams, MONOCLE_MAX_BEAMS, &job->num_beams)
      || !monocle_cli_parse_count ("run", "--max-tokens", max_tokens, G_MAXINT, &job->max_tokens)
      || !monocle_cli_sampling_read (&job->sampling, "run", job->num_beams))
    return MONOCLE_CLI_USAGE;
  job->min_score = NAN;
  if (!monocle_cli_read_number (min_score, 0, TRUE, 1, &job->min_score))
    return monocle_cli_refuse ("run", _ ("%s must be a number from 0 to 1, not '%s'"),
                               "--min-score", min_score);
  if (!monocle_cli_read_number (threshold, 0, TRUE, 1, &job->min_score))
    return monocle_cli_refuse ("run", _ ("%s must be a number from 0 to 1, not '%s'"),
                               "--threshold", threshold);
  if (monocle_cli_model_check (&job->model))
    return monocle_cli_refuse ("run", "%s", monocle_cli_model_check (&job->model));
  status = find_tasks (job, tasks);
  if (status == MONOCLE_CLI_DONE)
    status = check_inputs (job);
  if (status != MONOCLE_CLI_DONE)
    return status;

  return annotate ? plan_outputs (job, annotate) : MONOCLE_CLI_DONE;
}
