/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli batch: asks the same about thousands of pictures; goes on where it was stopped.
 */
#include "config.h"

#include <string.h>

#include "app/batch/batch.h"
#include "app/cli/batch-format.h"
#include "app/cli/index-read.h"
#include "app/cli/out.h"
#include "app/cli/picture.h"
#include "app/cli/progress.h"
#include "app/cli/question.h"
#include "app/cli/wait.h"

typedef struct
{
  MonocleCliQuestion question;
  char *output, *shard;
  GStrv sources; /* but standard input */
  guint share, n_shares;
  gboolean reads_stdin, resumes;
  MonocleCliBatchFormat format;
} Job;

static void
job_clear (Job *job)
{
  monocle_cli_question_clear (&job->question);
  g_clear_pointer (&job->output, g_free);
  g_clear_pointer (&job->shard, g_free);
  g_clear_pointer (&job->sources, g_strfreev);
  monocle_cli_batch_format_clear (&job->format);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* --- options --- */

static gboolean
read_shard (Job *job)
{
  g_auto (GStrv) parts = job->shard ? g_strsplit (job->shard, "/", 3) : NULL;
  guint64 share, n_shares;

  job->share = job->n_shares = 1;
  if (!parts)
    return TRUE;
  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_unsigned (parts[1], 10, 1, G_MAXINT, &n_shares, NULL)
      || !g_ascii_string_to_unsigned (parts[0], 10, 1, n_shares, &share, NULL))
    return FALSE;
  job->share = (guint) share;
  job->n_shares = (guint) n_shares;
  return TRUE;
}

/* `-` is taken out of the sources. */
static void
take_stdin (Job *job)
{
  guint n = 0;

  for (guint i = 0; job->sources[i]; i++)
    if (strcmp (job->sources[i], MONOCLE_CLI_STDIN) == 0)
      {
        g_free (job->sources[i]);
        job->reads_stdin = TRUE;
      }
    else
      job->sources[n++] = job->sources[i];
  job->sources[n] = NULL;
}

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (_ (
      "Pictures are those of folders, and of lists: files with a name a line, or - for standard\n"
      "input. Each answered picture gets a file of its own in DIR, with what monocle-cli run\n"
      "--format json prints; it is whole or not there. Ctrl+C stops within a picture, and\n"
      "--resume goes on with what has no answer yet. --shard 2/5 asks about the second fifth,\n"
      "which is the same on every machine.\n"
      "--format coco writes all answers once more, as monocle-cli convert --to coco would; what\n"
      "that format cannot say is said before.\n"));
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    MONOCLE_CLI_QUESTION_ENTRIES (&job->question),
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &job->output, N_ ("Where the answers go"),
      N_ ("DIR") },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &job->resumes,
      N_ ("Go on with what DIR has no answers to yet"), NULL },
    { "format", 0, 0, G_OPTION_ARG_STRING, &job->format.id,
      N_ ("At the end write DIR/FORMAT too, in a format of convert"), N_ ("FORMAT") },
    { "shard", 0, 0, G_OPTION_ARG_FILENAME, &job->shard, N_ ("Only the Ith of N shares"), "I/N" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &job->sources, NULL, NULL },
    { NULL },
  };
  MonocleCliStatus status;

  if (!monocle_cli_parse ("batch", _ ("--task TASK --output DIR FOLDER|LIST|-..."),
                          _ ("Asks the same about thousands of pictures."), describe, entries,
                          &job->question.model, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (!job->output || !*job->output)
    return monocle_cli_refuse ("batch", _ ("--output is missing"));
  if (!job->sources)
    return monocle_cli_refuse ("batch", _ ("no folder or list is named"));
  if (!read_shard (job))
    return monocle_cli_refuse ("batch", _ ("--shard takes two numbers, such as 2/5, not '%s'"),
                               job->shard);
  take_stdin (job);
  if (job->reads_stdin && g_strcmp0 (job->question.regions.from, MONOCLE_CLI_STDIN) == 0)
    return monocle_cli_refuse ("batch", _ ("standard input (-) can be read only once"));
  status = monocle_cli_question_read (&job->question, "batch");
  /* Otherwise no two runs would ask the same. */
  if (status == MONOCLE_CLI_DONE && job->question.sampling.is_on && !job->question.sampling.seed)
    return monocle_cli_refuse ("batch", _ ("answers that are drawn need a --seed"));
  for (guint i = 0; status == MONOCLE_CLI_DONE && i < job->question.tasks->len; i++)
    if (((const MonocleTask *) job->question.tasks->pdata[i])->gives == MONOCLE_GIVES_PICTURE)
      return monocle_cli_refuse (
          "batch", _ ("pictures are drawn by monocle-cli run, one after the other, not here"));
  return status;
}

/* --- what is said meanwhile --- */

static void
on_failed (MonocleBatch *batch, const char *path, const GError *error)
{
  monocle_cli_progress_clear ();
  monocle_cli_report (path, error);
}

static void
on_partial (MonocleBatch *batch, const char *path)
{
  monocle_cli_index_note (TRUE, path);
}

static void
on_progress (MonocleBatch *batch)
{
  MonocleBatchCounts n = monocle_batch_get_counts (batch);
  guint n_done = n.n_known + n.n_answered + n.n_failed;
  guint rest = n.rate > 0 ? (guint) MIN ((n.n_all - n_done) / n.rate, G_MAXINT) : 0;

  if (n.rate > 0)
    monocle_cli_progress_show ((double) n_done / n.n_all,
                               _ ("%u of %u, %.2f a second, %u:%02u:%02u left"), n_done, n.n_all,
                               n.rate, rest / 3600, rest / 60 % 60, rest % 60);
  else
    monocle_cli_progress_show ((double) n_done / n.n_all, _ ("%u of %u"), n_done, n.n_all);
}

/* --- the verb --- */

static GBytes *
read_stdin (GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/dev/stdin");

  return monocle_batch_read_list (file, monocle_cli_wait_get_cancellable (), error);
}

/* (transfer full) (nullable) */
static GPtrArray *
list_pictures (const Job *job, GError **error)
{
  g_autoptr (GBytes) list = job->reads_stdin ? read_stdin (error) : NULL;
  g_autoptr (GPtrArray) pictures = NULL;
  g_auto (GStrv) unread = NULL;

  if (job->reads_stdin && !list)
    return NULL;
  pictures = monocle_batch_list ((const char *const *) job->sources, list, &unread,
                                 monocle_cli_wait_get_cancellable (), error);
  if (!pictures)
    return NULL;
  for (guint i = 0; unread[i]; i++)
    monocle_cli_index_note (FALSE, unread[i]);
  return g_steal_pointer (&pictures);
}

/* (transfer full) (nullable) (element-type MonocleRequest) */
static GPtrArray *
build_requests (const Job *job, MonocleModel *model)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_request_free);

  for (guint i = 0; i < job->question.tasks->len; i++)
    {
      MonocleRequest request
          = monocle_cli_question_build (&job->question, job->question.tasks->pdata[i], model);

      g_ptr_array_add (requests, monocle_request_copy (&request));
    }
  return requests;
}

/* (transfer full) (nullable) */
static MonocleBatch *
open_batch (Job *job, GPtrArray *pictures, MonocleModel *model, GError **error)
{
  g_autoptr (GPtrArray) requests = build_requests (job, model);
  g_autoptr (JsonNode) question
      = monocle_batch_describe (model, requests, job->question.min_score, error);
  MonocleBatchStore *store
      = question ? monocle_batch_store_open (job->output, question, error) : NULL;

  /* Another one for the end: the batch has its own. */
  if (store && job->format.id)
    job->format.store = monocle_batch_store_open (job->output, question, NULL);
  return store ? monocle_batch_new (model, requests, job->question.min_score, pictures, store)
               : NULL;
}

static void
print_report (MonocleBatchCounts n)
{
  monocle_cli_out (_ ("%u answered, %u before, %u failed, of %u\n"), n.n_answered, n.n_known,
                   n.n_failed, n.n_all);
}

/* @is_whole: (out): whether it came to its end */
static MonocleCliStatus
run (MonocleBatch *batch, gboolean *is_whole)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = MONOCLE_CLI_DONE;
  MonocleBatchCounts n;

  g_signal_connect (batch, "failed", G_CALLBACK (on_failed), NULL);
  g_signal_connect (batch, "partial", G_CALLBACK (on_partial), NULL);
  g_signal_connect (batch, "progress", G_CALLBACK (on_progress), NULL);
  monocle_batch_run_async (batch, monocle_cli_wait_get_cancellable (), monocle_cli_wait_callback,
                           &wait);
  result = monocle_cli_wait (&wait);
  monocle_cli_progress_clear ();
  *is_whole = monocle_batch_run_finish (batch, result, &error);
  if (!*is_whole)
    status = monocle_cli_report (NULL, error);
  n = monocle_batch_get_counts (batch);
  print_report (n);
  return monocle_cli_worst (status, n.n_failed > 0 ? MONOCLE_CLI_FAILED : MONOCLE_CLI_DONE);
}

MonocleCliStatus
monocle_cli_batch (int argc, char **argv)
{
  g_auto (Job) job = { 0 };
  g_autoptr (GPtrArray) pictures = NULL;
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleBatch) batch = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = parse_options (&job, argc, argv);
  gboolean is_whole = FALSE;

  if (status == MONOCLE_CLI_DONE)
    status = monocle_cli_regions_open (&job.question.regions);
  if (status != MONOCLE_CLI_DONE)
    return status;
  pictures = list_pictures (&job, &error);
  if (!pictures)
    return monocle_cli_report (NULL, error);
  if (pictures->len == 0)
    return monocle_cli_refuse ("batch", _ ("there are no pictures"));
  monocle_batch_take_share (pictures, job.share, job.n_shares);
  /* Of few pictures a share may have none. */
  if (pictures->len == 0)
    {
      print_report ((MonocleBatchCounts){ 0 });
      return MONOCLE_CLI_DONE;
    }
  status = monocle_cli_batch_format_begin (&job.format, job.output, job.share, job.n_shares,
                                           pictures, job.question.tasks);
  if (status != MONOCLE_CLI_DONE)
    return status;
  model = monocle_cli_model_load (&job.question.model, monocle_cli_wait_get_cancellable (), &error);
  if (!model)
    return monocle_cli_report (NULL, error);
  batch = open_batch (&job, pictures, model, &error);
  if (!batch)
    return monocle_cli_report (NULL, error);
  if (!job.resumes && monocle_batch_get_counts (batch).n_known > 0)
    return monocle_cli_refuse ("batch", _ ("%s holds answers already: --resume goes on with them"),
                               job.output);
  status = run (batch, &is_whole);
  /* Pictures that failed are only left out. */
  if (is_whole)
    status = monocle_cli_worst (
        status, monocle_cli_batch_format_write (&job.format, pictures, job.question.tasks));
  return status;
}
