/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The questions of a set, asked about one picture, and their answers counted.
 */
#include "config.h"

#include "app/cli/cli.h"
#include "app/cli/eval.h"
#include "app/cli/picture.h"
#include "app/cli/wait.h"
#include "app/eval/measure.h"

/* So many regions are answered in one batch, whose cache has to fit. */
#define MAX_BATCH 16

/* One image in front of the model. */
typedef struct
{
  MonocleCliEvalWork *work;
  const MonocleEvalImage *image;
  MonocleSession *session;
  guint width, height;
} Asking;

/* --- Questions --- */

static gboolean
is_task_named (const MonocleCliEvalJob *job, const MonocleTask *task)
{
  return g_ptr_array_find (job->tasks, task, NULL);
}

static gboolean
is_asked (const MonocleCliEvalJob *job, const MonocleEvalQuestion *question)
{
  return job->tasks->len > 0 ? is_task_named (job, question->task)
                             : question->when == MONOCLE_EVAL_ASKED;
}

GPtrArray *
monocle_cli_eval_list_questions (const MonocleCliEvalJob *job,
                                 const MonocleEvalImage *image,
                                 const MonocleTask *task)
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

/* --- Asking --- */

/* NULL where it was stopped before its end, too. */
static MonocleRun *
ask (Asking *asking,
     const MonocleTask *task,
     const char *text,
     const GArray *regions,
     GError **error)
{
  MonocleCliEvalWork *work = asking->work;
  const MonocleCliEvalJob *job = work->job;
  guint most = monocle_model_get_max_tokens (work->model);
  const MonocleRequest request = {
    .task = task,
    .text = text,
    .regions = regions ? (const MonocleBox *) (gconstpointer) regions->data : NULL,
    .n_regions = regions ? regions->len : 0,
    .num_beams = job->num_beams,
    .max_tokens = job->max_tokens > 0 && most > 0 ? MIN (job->max_tokens, most) : job->max_tokens,
  };
  MonocleRun *run = monocle_cli_wait_for_run (asking->session, &request, error);

  if (run)
    {
      double image_ms = run->preprocess_ms + run->encode_ms;

      monocle_eval_score_add_run (work->score, task, run);
      /* Further questions find the image encoded. */
      if (image_ms > 0)
        g_array_append_val (work->image_ms, image_ms);
    }
  return run;
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
  MonocleCliEvalWork *work = asking->work;
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

gboolean
monocle_cli_eval_ask_all (MonocleCliEvalWork *work, const MonocleEvalImage *image, GError **error)
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
      g_autoptr (GPtrArray) questions = monocle_cli_eval_list_questions (work->job, image, task);
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
