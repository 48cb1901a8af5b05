/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli eval: how good a model is on an annotated set. Reading, scoring and printing are
 * those of eval-*; here is what asks.
 */
#include "config.h"

#include "app/cli/format.h"
#include "app/cli/model.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/picture.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/cli/cli.h"
#include "app/eval/measure.h"
#include "app/eval/out.h"
#include "app/eval/report.h"
#include "app/eval/score.h"
#include "engine/engine.h"

/* So many regions are answered in one batch, whose cache has to fit. */
#define MAX_BATCH 16

/* What the options say, checked. */
typedef struct
{
  MonocleCliModel model;
  GStrv sets;
  char *images;
  /* (element-type MonocleTask): empty for those that the set asks by itself. */
  GPtrArray *tasks;
  GPtrArray *all_tasks; /* (element-type MonocleTask): of the model */
  guint limit;
  guint num_beams;
  guint max_tokens;
  gboolean json;
  char *out;
} Job;

/* What has been measured so far. */
typedef struct
{
  const Job *job;
  const MonocleEvalSet *set;
  MonocleModel *model;
  MonocleEvalScore *score;
  MonocleEvalOut *out;
  guint n_images;
  guint n_failed;
  GArray *image_ms;
} Work;

/* One image in front of the model. */
typedef struct
{
  Work *work;
  const MonocleEvalImage *image;
  MonocleSession *session;
  guint width, height;
} Asking;

static void
job_clear (Job *job)
{
  monocle_cli_model_clear (&job->model);
  g_clear_pointer (&job->sets, g_strfreev);
  g_clear_pointer (&job->images, g_free);
  g_clear_pointer (&job->tasks, g_ptr_array_unref);
  g_clear_pointer (&job->all_tasks, g_ptr_array_unref);
  g_clear_pointer (&job->out, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* --- Options --- */

static char *
describe_tasks (void)
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
find_tasks (Job *job, char **names)
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
        return monocle_cli_refuse ("eval", _ ("there is no task '%s'"), names[i]);
      if (monocle_eval_measure_find (task) == MONOCLE_EVAL_MEASURE_NONE)
        return monocle_cli_refuse ("eval", _ ("task %s cannot be measured"), task->id);
      g_ptr_array_add (job->tasks, (gpointer) task);
    }
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
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
  if (!job->sets || g_strv_contains ((const char *const *) job->sets, ""))
    return monocle_cli_refuse ("eval", _ ("--set is missing"));
  if (job->images && !g_file_test (job->images, G_FILE_TEST_IS_DIR))
    return monocle_cli_refuse ("eval", _ ("--images: there is no folder '%s'"), job->images);
  if (!monocle_cli_parse_count ("eval", "--limit", limit, G_MAXINT, &job->limit)
      || !monocle_cli_parse_count ("eval", "--beams", beams, MONOCLE_MAX_BEAMS, &job->num_beams)
      || !monocle_cli_parse_count ("eval", "--max-tokens", max_tokens, G_MAXINT, &job->max_tokens))
    return MONOCLE_CLI_USAGE;
  if (!monocle_cli_format_find (format, &job->json))
    return monocle_cli_refuse ("eval", _ ("--format is text or json"));
  if (monocle_cli_model_check (&job->model))
    return monocle_cli_refuse ("eval", "%s", monocle_cli_model_check (&job->model));
  if (job->out && !*job->out)
    return monocle_cli_refuse ("eval", _ ("--out needs a file name"));
  /* Of what it says alone, before anything is read. */
  if (job->out && !monocle_cli_output_check ("--out", job->out, nothing, &problem))
    return monocle_cli_refuse ("eval", "%s", problem);
  return find_tasks (job, tasks);
}

/* --- Questions --- */

static gboolean
is_task_named (const Job *job, const MonocleTask *task)
{
  return g_ptr_array_find (job->tasks, task, NULL);
}

static gboolean
is_asked (const Job *job, const MonocleEvalQuestion *question)
{
  return job->tasks->len > 0 ? is_task_named (job, question->task)
                             : question->when == MONOCLE_EVAL_ASKED;
}

/* (element-type MonocleEvalQuestion): those of @task, or all where that is NULL. */
static GPtrArray *
list_questions (const Job *job, const MonocleEvalImage *image, const MonocleTask *task)
{
  GPtrArray *questions = g_ptr_array_new ();

  for (guint i = 0; i < image->questions->len; i++)
    {
      MonocleEvalQuestion *question = image->questions->pdata[i];

      if (is_asked (job, question) && (!task || question->task == task))
        g_ptr_array_add (questions, question);
    }
  return questions;
}

/* (element-type MonocleEvalImage): those that are asked about. */
static GPtrArray *
list_images (const Job *job, const MonocleEvalSet *set)
{
  GPtrArray *images = g_ptr_array_new ();

  for (guint i = 0; i < set->images->len && (job->limit == 0 || images->len < job->limit); i++)
    {
      g_autoptr (GPtrArray) questions = list_questions (job, set->images->pdata[i], NULL);

      if (questions->len > 0)
        g_ptr_array_add (images, set->images->pdata[i]);
    }
  return images;
}

/* --- Asking --- */

/* NULL where it was stopped before its end, too. */
static MonocleRun *
ask (Asking *asking,
     const MonocleTask *task,
     const char *text,
     const GArray *regions,
     GError **error)
{
  Work *work = asking->work;
  const Job *job = work->job;
  guint most = monocle_model_get_max_tokens (work->model);
  const MonocleRequest request = {
    .task = task,
    .text = text,
    .regions = regions ? (const MonocleBox *) (gconstpointer) regions->data : NULL,
    .n_regions = regions ? regions->len : 0,
    .num_beams = job->num_beams,
    .max_tokens = job->max_tokens > 0 && most > 0 ? MIN (job->max_tokens, most) : job->max_tokens,
  };
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MonocleRun) run = NULL;

  monocle_session_run_async (asking->session, &request, monocle_cli_wait_get_cancellable (), NULL,
                             NULL, monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  run = monocle_session_run_finish (asking->session, result, error);
  if (run && run->stopped)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
      return NULL;
    }
  if (run)
    {
      double image_ms = run->preprocess_ms + run->encode_ms;

      monocle_eval_score_add_run (work->score, task, run);
      /* Further questions find the image encoded. */
      if (image_ms > 0)
        g_array_append_val (work->image_ms, image_ms);
    }
  return g_steal_pointer (&run);
}

static gboolean
clip_region (const Asking *asking, MonocleBox *box)
{
  box->x1 = CLAMP (box->x1, 0, (float) asking->width);
  box->x2 = CLAMP (box->x2, 0, (float) asking->width);
  box->y1 = CLAMP (box->y1, 0, (float) asking->height);
  box->y2 = CLAMP (box->y2, 0, (float) asking->height);
  return box->x1 < box->x2 && box->y1 < box->y2;
}

static gboolean
ask_one_by_one (Asking *asking, const MonocleTask *task, const GPtrArray *questions, GError **error)
{
  for (guint i = 0; i < questions->len; i++)
    {
      const MonocleEvalQuestion *question = questions->pdata[i];
      g_autoptr (MonocleRun) run = ask (asking, task, question->text, NULL, error);

      if (!run)
        return FALSE;
      monocle_eval_score_add_answer (asking->work->score, asking->image, question,
                                     run->results->pdata[0], asking->width, asking->height);
    }
  return TRUE;
}

static gboolean
ask_about_regions (Asking *asking,
                   const MonocleTask *task,
                   const GPtrArray *questions,
                   GError **error)
{
  for (guint first = 0; first < questions->len; first += MAX_BATCH)
    {
      guint n = MIN (questions->len - first, MAX_BATCH);
      g_autoptr (GArray) regions = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
      g_autoptr (MonocleRun) run = NULL;

      for (guint i = 0; i < n; i++)
        {
          const MonocleEvalQuestion *question = questions->pdata[first + i];
          MonocleBox whole = { 0, 0, (float) asking->width, (float) asking->height };
          MonocleBox region = question->has_region ? question->region : whole;

          if (!clip_region (asking, &region))
            {
              g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                           _ ("a region of the set lies outside the picture (%u x %u)"),
                           asking->width, asking->height);
              return FALSE;
            }
          g_array_append_val (regions, region);
        }
      run = ask (asking, task, NULL, regions, error);
      if (!run)
        return FALSE;
      for (guint i = 0; i < n; i++)
        monocle_eval_score_add_answer (asking->work->score, asking->image,
                                       questions->pdata[first + i], run->results->pdata[i],
                                       asking->width, asking->height);
    }
  return TRUE;
}

/* --- Detections --- */

/* Asks for the outline of everything that was found. */
static gboolean
outline_found (Asking *asking, GArray *found, GError **error)
{
  const MonocleTask *task = monocle_eval_measure_find_outlining (asking->work->job->all_tasks);
  g_autoptr (GArray) regions = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  g_autoptr (GArray) owners = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < found->len; i++)
    {
      MonocleEvalShape *shape = &g_array_index (found, MonocleEvalShape, i);
      const double *box = shape->box;
      MonocleBox region = { (float) box[0], (float) box[1], (float) (box[0] + box[2]),
                            (float) (box[1] + box[3]) };
      gboolean last = i + 1 == found->len;

      if (clip_region (asking, &region))
        {
          g_array_append_val (regions, region);
          g_array_append_val (owners, i);
        }
      else
        {
          g_autoptr (MonocleShape) nothing = monocle_shape_new_rings (NULL, 0);

          shape->mask = monocle_shape_to_mask (nothing, asking->width, asking->height);
        }

      if (regions->len == MAX_BATCH || (last && regions->len > 0))
        {
          g_autoptr (MonocleRun) run = ask (asking, task, NULL, regions, error);

          if (!run)
            return FALSE;
          for (guint k = 0; k < owners->len; k++)
            {
              MonocleEvalShape *owner
                  = &g_array_index (found, MonocleEvalShape, g_array_index (owners, guint, k));

              monocle_eval_score_count (asking->work->score, task, run->results->pdata[k]);
              owner->mask = monocle_eval_score_read_mask (run->results->pdata[k], asking->width,
                                                          asking->height);
            }
          g_array_set_size (regions, 0);
          g_array_set_size (owners, 0);
        }
    }
  return TRUE;
}

static void
add_found (Asking *asking, MonocleEvalKind kind, const GArray *found)
{
  monocle_eval_score_add_detections (asking->work->score, kind, asking->image, found);
  monocle_eval_out_add (asking->work->out, kind, asking->image, found);
}

static gboolean
detect (Asking *asking, const MonocleEvalQuestion *question, GError **error)
{
  Work *work = asking->work;
  const MonocleTask *outline = monocle_eval_measure_find_outlining (work->job->all_tasks);
  gboolean masks = outline && work->set->has_masks
                   && (work->job->tasks->len == 0 || is_task_named (work->job, outline));
  g_autoptr (MonocleRun) run = ask (asking, question->task, NULL, NULL, error);
  g_autoptr (GArray) found = NULL;

  if (!run)
    return FALSE;
  found = monocle_eval_score_read_detections (work->score, work->set, run->results->pdata[0]);
  /* An image counts for boxes and masks, or for neither. */
  if (masks && !outline_found (asking, found, error))
    return FALSE;
  monocle_eval_score_add_answer (work->score, asking->image, question, run->results->pdata[0],
                                 asking->width, asking->height);
  add_found (asking, MONOCLE_EVAL_BOXES, found);
  if (masks)
    add_found (asking, MONOCLE_EVAL_MASKS, found);
  return TRUE;
}

/* --- One image --- */

static gboolean
check_picture (const MonocleEvalImage *image, guint width, guint height, GError **error)
{
  if ((image->width == 0 || image->width == width)
      && (image->height == 0 || image->height == height))
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
               _ ("the picture is %u x %u pixels, and the set says %u x %u"), width, height,
               image->width, image->height);
  return FALSE;
}

/* Outlines of questions become masks of the picture's size. */
static gboolean
make_masks (const MonocleEvalImage *image, guint width, guint height, GError **error)
{
  for (guint i = 0; i < image->questions->len; i++)
    {
      MonocleEvalQuestion *question = image->questions->pdata[i];

      if (!question->mask && question->outline)
        question->mask = monocle_shape_to_mask (question->outline, width, height);
      if (question->mask && (question->mask->width != width || question->mask->height != height))
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
                       _ ("the picture is %u x %u pixels, and a mask of the set %u x %u"), width,
                       height, question->mask->width, question->mask->height);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
ask_all (Work *work, const MonocleEvalImage *image, GError **error)
{
  g_autoptr (MonocleImage) picture = monocle_cli_picture_open (image->path, error);
  g_autoptr (MonocleSession) session = picture ? monocle_session_new (work->model, picture) : NULL;
  Asking asking = { work, image, session, 0, 0 };
  const GPtrArray *tasks = work->job->all_tasks;

  if (!picture)
    return FALSE;
  asking.width = monocle_image_get_width (picture);
  asking.height = monocle_image_get_height (picture);
  if (!check_picture (image, asking.width, asking.height, error)
      || !make_masks (image, asking.width, asking.height, error))
    return FALSE;

  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];
      g_autoptr (GPtrArray) questions = list_questions (work->job, image, task);
      gboolean ok;

      if (questions->len == 0)
        continue;
      if (monocle_eval_measure_find (task) == MONOCLE_EVAL_MEASURE_DETECTION)
        ok = detect (&asking, questions->pdata[0], error);
      else if (task->takes == MONOCLE_TAKES_REGION)
        ok = ask_about_regions (&asking, task, questions, error);
      else
        ok = ask_one_by_one (&asking, task, questions, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* --- The set --- */

static gboolean
is_end (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
         || g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST);
}

static void
print_report (const Work *work, MonocleEvalEnd end, double total_ms)
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
measure (Work *work, const GPtrArray *images)
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
      if (ask_all (work, image, &error))
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
check_outputs (const Job *job, MonocleEvalSet *set)
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
  g_auto (Job) job = { 0 };
  g_autoptr (MonocleEvalSet) set = NULL;
  g_autoptr (GPtrArray) images = NULL;
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleEvalScore) score = NULL;
  g_autoptr (MonocleEvalOut) out = monocle_eval_out_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) image_ms = g_array_new (FALSE, FALSE, sizeof (double));
  Work work = { .job = &job, .out = out, .image_ms = image_ms };
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
