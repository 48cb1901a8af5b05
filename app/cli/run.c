/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli run: asks a model about images. Each image is encoded once for all tasks and regions.
 */
#include "config.h"

#include <math.h>
#include <unistd.h>

#include "app/cli/drawn.h"
#include "app/cli/heat.h"
#include "app/cli/out.h"
#include "app/cli/picture.h"
#include "app/cli/print.h"
#include "app/cli/progress.h"
#include "app/cli/run.h"
#include "app/cli/wait.h"
#include "app/draw/picture-format.h"

/* What is true for one question while it runs. */
typedef struct
{
  const char *path;
  gboolean streams;
  GString *printed;
} Watch;

/* --- One question --- */

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
        monocle_cli_print_more (update->partial->pdata[0], watch->printed);
      if (watch->printed->len == 0)
        monocle_cli_progress_show (-1, _ ("%s: answering, %u tokens"), watch->path,
                                   update->n_tokens);
      break;

    default:
      g_assert_not_reached ();
    }
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
print_answer (const MonocleCliRunJob *job, const MonocleCliAnswer *answer, const Watch *watch)
{
  if (job->json)
    monocle_cli_print_json (answer);
  else if (watch->printed->len > 0)
    monocle_cli_print_rest (answer->run->results->pdata[0], watch->printed->str);
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

static void
say_fewer (guint n)
{
  g_printerr (ngettext ("monocle-cli: note: too little memory: regions were asked about one by "
                        "one\n",
                        "monocle-cli: note: too little memory: regions were asked about %u at a "
                        "time\n",
                        n),
              n);
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

/* What an answer is of, where there are several. Of the pages of one document, a line that is no
 * part of what they say. */
static void
print_heading (const MonocleCliRunJob *job, const char *path, guint page, const MonocleTask *task)
{
  const gboolean is_one = job->n_images == 1 && job->question.tasks->len == 1;
  const gboolean has_pages = monocle_cli_pages_are_several (&job->pages);
  g_autofree char *name = monocle_cli_out_clean_line (path);

  if (is_one && has_pages && task->gives == MONOCLE_GIVES_PAGE)
    monocle_cli_out ("<!-- page %u -->\n\n", page + 1);
  else if (has_pages)
    monocle_cli_out ("%s#page=%u: %s\n", name, page + 1, task->id);
  else if (!is_one)
    monocle_cli_out ("%s: %s\n", name, task->id);
}

/* The files of one question; each may be none. */
typedef struct
{
  const char *output, *map, *drawn;
} Files;

static MonocleCliStatus
write_files (const MonocleCliAnswer *answer, const Files *files)
{
  const MonocleTask *task = answer->request->task;
  MonocleCliStatus status = MONOCLE_CLI_DONE;

  if (files->output)
    status = annotate_answer (answer, files->output);
  if (files->map && task->gives_heat)
    status = monocle_cli_worst (status, monocle_cli_heat_write (answer->run, files->map));
  if (files->drawn && task->gives == MONOCLE_GIVES_PICTURE)
    status = monocle_cli_worst (
        status, monocle_cli_drawn_write (answer->run, monocle_session_get_model (answer->session),
                                         answer->request, files->drawn));
  return status;
}

static gboolean
draws (const MonocleTask *task)
{
  return task->gives == MONOCLE_GIVES_PICTURE;
}

static MonocleCliStatus
ask (const MonocleCliRunJob *job,
     MonocleSession *session,
     const char *path,
     guint page,
     const MonocleTask *task,
     guint sample,
     const Files *files)
{
  MonocleRequest request
      = monocle_cli_question_build (&job->question, task, monocle_session_get_model (session));
  MonocleSampling sampling = { .temperature = 1, .top_p = MONOCLE_SAMPLING_PICTURE_TOP_P };
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

  if (draws (task) && job->n_samples > 1)
    {
      if (request.sampling)
        sampling = *request.sampling;
      sampling.seed = (sampling.seed + sample) & G_MAXUINT32;
      request.sampling = &sampling;
    }
  if (!job->json && sample == 0)
    print_heading (job, path, page, task);

  monocle_session_run_async (session, &request, monocle_cli_wait_get_cancellable (), show_update,
                             &watch, monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  run = monocle_session_run_finish (session, result, &error);
  monocle_cli_progress_clear ();
  if (!run)
    return monocle_cli_report (job->is_blank ? job->question.sound.file : path, error);

  {
    MonocleModel *model = monocle_session_get_model (session);
    MonocleCliAnswer answer
        = { job->is_blank ? NULL : path,
            session,
            &request,
            run,
            isnan (job->question.min_score) ? monocle_model_get_lowest_score (model)
                                            : job->question.min_score,
            job->question.regions.from,
            job->pages.ranges ? page + 1 : 0,
            files->drawn,
            request.sound ? job->question.sound.file : NULL,
            job->question.sound.from };
    guint n_left_out = leave_out (run->results, answer.min_score);

    print_answer (job, &answer, &watch);
    if (run->n_at_once > 0)
      say_fewer (run->n_at_once);
    if (n_left_out > 0 && !job->json)
      say_left_out (path, n_left_out, answer.min_score);
    status = write_files (&answer, files);
  }
  return run->stopped ? MONOCLE_CLI_INTERRUPTED : status;
}

/* --- One image --- */

/* Nobody waits for an answer that cannot be drawn. */
static gboolean
check_drawing (const MonocleCliRunJob *job, const MonocleImage *image, GError **error)
{
  const GStrv all[] = { job->outputs, job->maps };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i]
        && !monocle_picture_format_check_size (monocle_picture_format_find_for_path (all[i][0]),
                                               monocle_image_get_width (image),
                                               monocle_image_get_height (image), error))
      return FALSE;
  return TRUE;
}

/* What is asked about where there is nothing to be asked about. */
static MonocleImage *
make_blank (guint *n_pages, GError **error)
{
  *n_pages = 1;
  return monocle_image_new_take_pixels (1, 1, g_malloc0 (3), error);
}

static MonocleImage *
open_image (const MonocleCliRunJob *job,
            const char *path,
            guint page,
            guint *n_pages,
            MonocleCliStatus *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image
      = job->is_blank ? make_blank (n_pages, &error)
                      : monocle_cli_picture_open_page (path, page, n_pages, &error);

  if (image && check_drawing (job, image, &error)
      && monocle_cli_regions_check (&job->question.regions, image, &error))
    return g_steal_pointer (&image);
  *status = monocle_cli_worst (*status, monocle_cli_report (path, error));
  return NULL;
}

static MonocleCliStatus
ask_all (
    const MonocleCliRunJob *job, guint index, guint page, MonocleModel *model, MonocleImage *image)
{
  g_autoptr (MonocleSession) session = monocle_session_new (model, image);
  MonocleCliStatus worst = MONOCLE_CLI_DONE;

  for (guint i = 0; i < job->question.tasks->len; i++)
    {
      const MonocleTask *task = job->question.tasks->pdata[i];
      const guint at = index * job->question.tasks->len + i, n = draws (task) ? job->n_samples : 1;
      MonocleCliStatus status = MONOCLE_CLI_DONE;

      /* What does not go once does not for other seeds, which need not say so again. */
      for (guint k = 0; k < n && status == MONOCLE_CLI_DONE && worst != MONOCLE_CLI_INTERRUPTED;
           k++)
        {
          const Files files
              = { job->outputs ? job->outputs[at] : NULL, job->maps ? job->maps[at] : NULL,
                  job->drawn ? job->drawn[at * job->n_samples + k] : NULL };

          status = ask (job, session, job->images[index], page, task, k, &files);
          worst = monocle_cli_worst (worst, status);
        }
    }
  return worst;
}

/* @model: (inout): loaded when the first good image needs it. Returns: whether there can be more:
 * what does not load now does not for the next either */
static gboolean
ask_pages (const MonocleCliRunJob *job, guint index, MonocleModel **model, MonocleCliStatus *status)
{
  guint n_pages = 0, page;

  for (guint i = 0;
       *status != MONOCLE_CLI_INTERRUPTED && monocle_cli_pages_get (&job->pages, i, n_pages, &page);
       i++)
    {
      g_autoptr (MonocleImage) image = open_image (job, job->images[index], page, &n_pages, status);

      if (!image)
        continue;
      if (!*model)
        {
          g_autoptr (GError) error = NULL;

          *model = monocle_cli_model_load (&job->question.model,
                                           monocle_cli_wait_get_cancellable (), &error);
          if (!*model)
            {
              *status = monocle_cli_report (NULL, error);
              return FALSE;
            }
        }
      *status = monocle_cli_worst (*status, ask_all (job, index, page, *model, image));
    }
  return *status != MONOCLE_CLI_INTERRUPTED;
}

MonocleCliStatus
monocle_cli_run (int argc, char **argv)
{
  g_auto (MonocleCliRunJob) job = { 0 };
  g_autoptr (MonocleModel) model = NULL;
  MonocleCliStatus worst = monocle_cli_run_read_options (&job, argc, argv);

  if (worst == MONOCLE_CLI_DONE)
    worst = monocle_cli_regions_open (&job.question.regions);
  if (worst == MONOCLE_CLI_DONE)
    worst = monocle_cli_sound_open (&job.question.sound);
  if (worst != MONOCLE_CLI_DONE)
    return worst;

  for (guint i = 0; i < job.n_images; i++)
    if (!ask_pages (&job, i, &model, &worst))
      break;
  return worst;
}
