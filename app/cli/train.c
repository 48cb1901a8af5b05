/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli train: a model learns from corrections. What that takes and how it goes is in
 * app/train.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/base/file-set.h"
#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/train.h"
#include "app/cli/wait.h"
#include "app/models/adapter-base.h"
#include "app/train/gather.h"
#include "app/train/split.h"
#include "app/train/training.h"

#define MAX_RANK     256
#define MAX_BATCH    256
#define MAX_VIEWS    64
#define MAX_STEPS    100000
#define DEFAULT_KEEP 0.5
#define MAX_KEEP     0.9

typedef struct
{
  MonocleCliModel model;
  char **from, **tasks, **same;
  char *out, *merge, *validation, *keep_from;
  gboolean is_partial, resumes, plans, json, no_head;
  guint passes;
  double share;
  MonocleTrainJob train;
} Job;

static void
job_clear (Job *job)
{
  monocle_cli_model_clear (&job->model);
  g_strfreev (job->from);
  g_strfreev (job->tasks);
  g_strfreev (job->same);
  g_free (job->out);
  g_free (job->merge);
  g_free (job->validation);
  g_free (job->keep_from);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static char *
describe (const MonocleCliModel *model)
{
  return g_strconcat (
      _ ("With --adapter a model learns on top of what it has learnt since; what is written holds\n"
         "both, and belongs to the model alone.\n"
         "\n"),
      _ ("--from is a folder of pictures that were worked on in the window, a file or folder of\n"
         "annotations in a format that convert reads, or lines of examples (*.jsonl), each with\n"
         "\"image\", \"task\", \"input\" and \"output\". One picture in five is held out, for "
         "ever, "
         "to "
         "judge by.\n"
         "Half of each step is about what the model knows, so that it does not forget that: "
         "pictures\n"
         "of --keep-from, else those in --from that say nothing, else the samples, are asked "
         "first.\n"
         "\n"
         "What was learnt is an adapter: run --adapter DIR uses it, adapter merge makes a model of "
         "it.\n"
         "It is judged by the same questions before and after, whatever comes of that; report.html "
         "has\n"
         "all of it. An interrupted training goes on with the same options and --resume.\n"
         "\n"
         "Exit status: 0 trained and judged, 1 it could not be done, 2 wrong usage,\n"
         "130 interrupted (what was learnt so far is kept beside --out).\n"),
      NULL);
}

/* --- options ------------------------------------------------------------------------------ */

typedef struct
{
  char *method, *rank, *rate, *batch, *views, *steps, *passes, *minutes, *keep, *seed, *format;
} Words;

static void
words_clear (Words *words)
{
  g_free (words->method);
  g_free (words->rank);
  g_free (words->rate);
  g_free (words->batch);
  g_free (words->views);
  g_free (words->steps);
  g_free (words->passes);
  g_free (words->minutes);
  g_free (words->keep);
  g_free (words->seed);
  g_free (words->format);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

static MonocleCliStatus
read_words (Job *job, const Words *words)
{
  MonocleTrainJob *train = &job->train;
  double seed = 1;

  if (words->method && !monocle_training_method_find (words->method, &train->method))
    return monocle_cli_refuse ("train", _ ("--method is decoder, lora or full-language"));
  if (!monocle_cli_parse_count ("train", "--rank", words->rank, MAX_RANK, &train->rank)
      || !monocle_cli_parse_count ("train", "--batch", words->batch, MAX_BATCH, &train->batch)
      || !monocle_cli_parse_count ("train", "--views", words->views, MAX_VIEWS, &train->views)
      || !monocle_cli_parse_count ("train", "--steps", words->steps, MAX_STEPS, &train->steps)
      || !monocle_cli_parse_count ("train", "--passes", words->passes, MAX_STEPS, &job->passes))
    return MONOCLE_CLI_USAGE;
  if (train->rank % 4 != 0)
    return monocle_cli_refuse ("train", _ ("--rank is a multiple of 4"));
  if (!monocle_cli_read_number (words->rate, 0, FALSE, 1, &train->rate))
    return monocle_cli_refuse ("train", _ ("--rate is a number above 0, at most 1"));
  if (!monocle_cli_read_number (words->minutes, 0, FALSE, 1e5, &train->minutes))
    return monocle_cli_refuse ("train", _ ("--minutes is a number above 0"));
  if (!monocle_cli_read_number (words->keep, 0, TRUE, MAX_KEEP, &train->keep))
    return monocle_cli_refuse ("train", _ ("--keep is a number from 0 to %g"), MAX_KEEP);
  if (!monocle_cli_read_number (words->seed, 0, TRUE, G_MAXUINT32, &seed))
    return monocle_cli_refuse ("train", _ ("--seed is a whole number"));
  train->seed = (guint64) seed;
  if ((train->steps > 0) + (job->passes > 0) + (train->minutes > 0) > 1)
    return monocle_cli_refuse ("train", _ ("--steps, --passes and --minutes say the same"));
  return monocle_cli_format_read ("train", words->format, &job->json) ? MONOCLE_CLI_DONE
                                                                      : MONOCLE_CLI_USAGE;
}

static gboolean
check_same (const Job *job)
{
  for (guint i = 0; job->same && job->same[i]; i++)
    {
      const char *other = strchr (job->same[i], '=');

      if (!other || other == job->same[i] || !other[1])
        return FALSE;
    }
  return TRUE;
}

static MonocleCliStatus
check_paths (Job *job)
{
  g_autoptr (MonocleFileSet) nothing = monocle_file_set_new ();
  g_autofree char *state = NULL;

  if (!job->from || g_strv_contains ((const char *const *) job->from, ""))
    return monocle_cli_refuse ("train", _ ("--from is missing"));
  if (!job->plans && (!job->out || !*job->out))
    return monocle_cli_refuse ("train", _ ("--out is missing"));
  if (job->out && g_file_test (job->out, G_FILE_TEST_EXISTS))
    return monocle_cli_refuse ("train", _ ("--out: '%s' is there already"), job->out);
  if (job->merge && (!*job->merge || g_file_test (job->merge, G_FILE_TEST_EXISTS)))
    return monocle_cli_refuse ("train", _ ("--merge needs a folder that is not there"));
  if (job->keep_from && !g_file_test (job->keep_from, G_FILE_TEST_IS_DIR))
    return monocle_cli_refuse ("train", _ ("--keep-from: there is no folder '%s'"), job->keep_from);
  if (!check_same (job))
    return monocle_cli_refuse ("train", _ ("--same is NAME=OTHER"));
  if (job->validation && !monocle_cli_read_number (job->validation, 0, TRUE, MAX_KEEP, &job->share)
      && !g_file_test (job->validation, G_FILE_TEST_EXISTS))
    return monocle_cli_refuse ("train", _ ("--validation is a share below 1, or what is there"));
  state = job->out ? monocle_training_dup_state_folder (job->out) : NULL;
  if (state && !job->resumes && g_file_test (state, G_FILE_TEST_EXISTS))
    return monocle_cli_refuse (
        "train", _ ("'%s' is of a training that was interrupted: --resume, or remove it"), state);
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  g_auto (Words) words = { NULL };
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &job->from,
      N_ ("What to learn from; may be repeated"), N_ ("FILE|DIR") },
    { "partial", 0, 0, G_OPTION_ARG_NONE, &job->is_partial,
      N_ ("Not everything that is on the pictures is in the annotations"), NULL },
    { "validation", 0, 0, G_OPTION_ARG_FILENAME, &job->validation,
      N_ ("Share of pictures that is held out (default: 0.2), or another set that is"),
      N_ ("SHARE|FILE|DIR") },
    { "task", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &job->tasks,
      N_ ("What to teach; may be repeated (default: all there is)"), N_ ("TASK") },
    { "same", 0, 0, G_OPTION_ARG_STRING_ARRAY, &job->same,
      N_ ("Teach NAME where OTHER is said; may be repeated"), N_ ("NAME=OTHER") },
    { "method", 0, 0, G_OPTION_ARG_FILENAME, &words.method,
      N_ ("What learns: what writes answers (default), what understands questions too, or all "
          "weights of both"),
      "decoder|lora|full-language" },
    { "rank", 0, 0, G_OPTION_ARG_FILENAME, &words.rank,
      N_ ("Rank of what is learnt beside each product (default: 16)"), N_ ("N") },
    { "rate", 0, 0, G_OPTION_ARG_FILENAME, &words.rate,
      N_ ("Rate of learning (default: as suits the model)"), N_ ("R") },
    { "batch", 0, 0, G_OPTION_ARG_FILENAME, &words.batch, N_ ("Examples of a step"), N_ ("N") },
    { "views", 0, 0, G_OPTION_ARG_FILENAME, &words.views, N_ ("Views of each picture"), N_ ("N") },
    { "steps", 0, 0, G_OPTION_ARG_FILENAME, &words.steps, N_ ("Steps to make"), N_ ("N") },
    { "passes", 0, 0, G_OPTION_ARG_FILENAME, &words.passes,
      N_ ("How often each example comes (default: 20)"), N_ ("N") },
    { "minutes", 0, 0, G_OPTION_ARG_FILENAME, &words.minutes,
      N_ ("How many minutes to learn, in place of either"), N_ ("M") },
    { "keep", 0, 0, G_OPTION_ARG_FILENAME, &words.keep,
      N_ ("Share that is about what the model knows (default: 0.5)"), N_ ("SHARE") },
    { "keep-from", 0, 0, G_OPTION_ARG_FILENAME, &job->keep_from, N_ ("Pictures to ask about that"),
      N_ ("DIR") },
    { "no-head", 0, 0, G_OPTION_ARG_NONE, &job->no_head,
      N_ ("Leave the output's words as they are"), NULL },
    { "seed", 0, 0, G_OPTION_ARG_FILENAME, &words.seed, N_ ("Seed of all that is drawn by lot"),
      N_ ("N") },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &job->out, N_ ("A new folder for what is learnt"),
      N_ ("DIR") },
    { "merge", 0, 0, G_OPTION_ARG_FILENAME, &job->merge,
      N_ ("And a new folder for a model that has learnt it"), N_ ("DIR") },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &job->resumes,
      N_ ("Go on with a training that was interrupted"), NULL },
    { "plan", 0, 0, G_OPTION_ARG_NONE, &job->plans,
      N_ ("Say what there is to learn, and what it would take"), NULL },
    MONOCLE_CLI_FORMAT_ENTRY (&words.format),
    { NULL },
  };
  MonocleCliStatus status;

  job->share = MONOCLE_TRAIN_SHARE;
  job->train.keep = DEFAULT_KEEP;
  if (!monocle_cli_parse ("train", "--from FILE|DIR --out DIR",
                          _ ("Teaches a model what was corrected, and says whether that helped."),
                          describe, entries, &job->model, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse ("train", _ ("there is nothing to do with '%s'"), argv[1]);
  if (monocle_cli_model_check (&job->model))
    return monocle_cli_refuse ("train", "%s", monocle_cli_model_check (&job->model));
  if (job->model.precision && strcmp (job->model.precision, "f32") != 0)
    return monocle_cli_refuse ("train", _ ("a model is taught with weights of 32 bits"));
  if (!job->model.precision)
    job->model.precision = g_strdup ("f32");
  job->train.head = !job->no_head;
  status = read_words (job, &words);
  return status == MONOCLE_CLI_DONE ? check_paths (job) : status;
}

/* --- what there is to learn --------------------------------------------------------------- */

static MonocleCliStatus
find_tasks (const Job *job, MonocleTrainSet *set)
{
  for (guint i = 0; job->tasks && job->tasks[i]; i++)
    {
      const MonocleTask *task = monocle_tasks_find (set->tasks, job->tasks[i]);

      if (!task)
        return monocle_cli_refuse ("train", _ ("there is no task '%s'"), job->tasks[i]);
      if (!set->wanted)
        set->wanted = g_ptr_array_new ();
      g_ptr_array_add (set->wanted, (gpointer) task);
    }
  return MONOCLE_CLI_DONE;
}

/* What is held out because it is called so. */
static gboolean
read_validation (const Job *job, MonocleTrainSet *set, GError **error)
{
  const guint n = set->pictures->len;
  double share;

  if (!job->validation || monocle_cli_read_number (job->validation, 0, TRUE, MAX_KEEP, &share))
    return TRUE;
  if (!monocle_train_set_read (set, job->validation, error))
    return FALSE;
  for (guint i = 0; i < set->pictures->len; i++)
    ((MonocleTrainPicture *) set->pictures->pdata[i])->split
        = i < n ? MONOCLE_SAMPLE_TRAIN : MONOCLE_SAMPLE_VAL;
  return TRUE;
}

/* Checked before. */
static void
merge_names (const Job *job, MonocleTrainSet *set)
{
  for (guint i = 0; job->same && job->same[i]; i++)
    {
      g_auto (GStrv) names = g_strsplit (job->same[i], "=", 2);

      monocle_train_set_merge_names (set, g_strstrip (names[0]), g_strstrip (names[1]));
    }
}

static gboolean
read_set (const Job *job, MonocleTrainSet *set, GError **error)
{
  g_autofree char *memory = monocle_train_dup_memory ();
  const MonocleTrainSplit split
      = { .share = job->share, .seed = job->train.seed, .memory = memory, .is_trial = job->plans };

  set->is_partial = job->is_partial;
  merge_names (job, set);
  for (guint i = 0; job->from[i]; i++)
    if (!monocle_train_set_read (set, job->from[i], error))
      return FALSE;
  if (!read_validation (job, set, error)
      || !monocle_train_split_measure (set, monocle_cli_wait_get_cancellable (), error)
      || !monocle_train_split_run (&split, set, error))
    return FALSE;
  if (monocle_train_set_count (set) > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("there is nothing to learn from"));
  return FALSE;
}

/* --- doing it ----------------------------------------------------------------------------- */

static guint
count_taught (const MonocleTrainSet *set)
{
  guint n = 0;

  for (guint i = 0; i < set->pictures->len; i++)
    {
      const MonocleTrainPicture *picture = set->pictures->pdata[i];

      n += picture->is_held_out ? 0 : picture->examples->len;
    }
  return n;
}

static MonocleCliStatus
plan (const Job *job)
{
  g_autoptr (GError) error = NULL;
  MonocleTrainEstimate estimate;

  monocle_cli_train_print_set (job->train.set, job->json);
  monocle_cli_progress_show (-1, _ ("Measuring"));
  if (!monocle_training_plan (&job->train, &estimate, monocle_cli_wait_get_cancellable (), &error))
    {
      monocle_cli_progress_clear ();
      return monocle_cli_report (NULL, error);
    }
  monocle_cli_progress_clear ();
  monocle_cli_train_print_estimate (&estimate, job->json);
  monocle_cli_train_print_notes (job->train.set);
  return MONOCLE_CLI_DONE;
}

/* On stderr: what became of what was learnt before, or so far. */
static void
say_how_to_go_on (const Job *job, const GError *error)
{
  g_autofree char *state = monocle_training_dup_state_folder (job->out);
  const gboolean is_there = g_file_test (state, G_FILE_TEST_IS_DIR);

  if (!error && job->resumes && !is_there)
    fprintf (stderr, _ ("monocle-cli: note: there is nothing to go on from: beginning anew\n"));
  else if (g_error_matches (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_CHANGED))
    fprintf (stderr, _ ("monocle-cli: note: to begin anew, remove '%s'\n"), state);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && is_there)
    fprintf (stderr, _ ("monocle-cli: note: the same with --resume goes on from here\n"));
}

static MonocleCliStatus
train (const Job *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTrainOutcome) outcome = NULL;

  say_how_to_go_on (job, NULL);
  outcome = monocle_training_run (&job->train, monocle_cli_train_print_update,
                                  GINT_TO_POINTER (job->json), monocle_cli_wait_get_cancellable (),
                                  &error);
  monocle_cli_progress_clear ();
  monocle_cli_train_print_notes (job->train.set);
  if (!outcome)
    {
      say_how_to_go_on (job, error);
      return monocle_cli_report (NULL, error);
    }
  monocle_cli_train_print_outcome (outcome, job->out, job->json);
  if (job->merge
      && !monocle_model_merge (monocle_model_get_directory (job->train.model), job->out, job->merge,
                               monocle_cli_wait_get_cancellable (), &error))
    return monocle_cli_report (NULL, error);
  return MONOCLE_CLI_DONE;
}

/* (transfer full): what the model is called; an adapter's folder, which stands for both, is not its
 * name. */
static char *
dup_base (const Job *job, MonocleModel *model)
{
  if (job->model.model && (job->model.adapter || !monocle_model_get_adapter (model)))
    return g_strdup (job->model.model);
  return monocle_adapter_base_dup_name (monocle_model_get_directory (model));
}

MonocleCliStatus
monocle_cli_train (int argc, char **argv)
{
  g_auto (Job) job = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tasks = NULL, pictures = NULL;
  g_autoptr (MonocleTrainSet) set = NULL;
  g_autoptr (MonocleModel) model = NULL;
  g_autofree char *base = NULL;
  MonocleCliStatus status = parse_options (&job, argc, argv);

  if (status != MONOCLE_CLI_DONE)
    return status;
  tasks = monocle_cli_model_list_tasks (&job.model, &error);
  if (!tasks)
    return monocle_cli_report (NULL, error);
  set = monocle_train_set_new (tasks);
  status = find_tasks (&job, set);
  if (status != MONOCLE_CLI_DONE)
    return status;
  if (!read_set (&job, set, &error)
      || !(pictures = monocle_train_list_others (set, job.keep_from, job.train.seed, &error)))
    {
      monocle_cli_train_print_notes (set);
      return monocle_cli_report (NULL, error);
    }
  model = monocle_cli_model_load (&job.model, monocle_cli_wait_get_cancellable (), &error);
  if (!model)
    return monocle_cli_report (NULL, error);
  job.train.set = set;
  job.train.model = model;
  job.train.base = base = dup_base (&job, model);
  job.train.keep_from = pictures;
  job.train.out = job.out;
  job.train.resumes = job.resumes;
  if (job.passes > 0)
    job.train.steps
        = (guint) CLAMP ((double) count_taught (set) * job.passes
                             / ((job.train.batch ? job.train.batch : 8) * (1 - job.train.keep)),
                         1, MAX_STEPS);
  return job.plans ? plan (&job) : train (&job);
}
