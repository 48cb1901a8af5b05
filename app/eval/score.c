/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/score.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/eval/caption.h"
#include "app/eval/measure.h"
#include "app/eval/text.h"

/* A box this much over the true one is right. */
#define RIGHT_IOU 0.5

/* More kinds of questions than these are not told apart. */
#define MAX_FIGURES 64

struct _MonocleEvalScore
{
  /* (element-type MonocleEvalTally) */
  GPtrArray *tallies;
  MonocleEvalMatch *boxes;
  MonocleEvalMatch *masks;
  GPtrArray *tasks; /* (element-type MonocleTask): of the model */
  guint n_objects;
};

static const struct
{
  const char *key;
  const char *title;
} ap_figures[MONOCLE_EVAL_N_AP] = {
  [MONOCLE_EVAL_AP] = { "ap", N_ ("AP") },
  [MONOCLE_EVAL_AP50] = { "ap_50", N_ ("AP at IoU 0.5") },
  [MONOCLE_EVAL_AP75] = { "ap_75", N_ ("AP at IoU 0.75") },
  [MONOCLE_EVAL_AP_SMALL] = { "ap_small", N_ ("AP, small") },
  [MONOCLE_EVAL_AP_MEDIUM] = { "ap_medium", N_ ("AP, medium") },
  [MONOCLE_EVAL_AP_LARGE] = { "ap_large", N_ ("AP, large") },
  [MONOCLE_EVAL_AR1] = { "ar_1", N_ ("AR, 1 detection") },
  [MONOCLE_EVAL_AR10] = { "ar_10", N_ ("AR, 10 detections") },
  [MONOCLE_EVAL_AR100] = { "ar_100", N_ ("AR, 100 detections") },
  [MONOCLE_EVAL_AR_SMALL] = { "ar_small", N_ ("AR, small") },
  [MONOCLE_EVAL_AR_MEDIUM] = { "ar_medium", N_ ("AR, medium") },
  [MONOCLE_EVAL_AR_LARGE] = { "ar_large", N_ ("AR, large") },
};

static void
clear_figure (gpointer data)
{
  g_free (((MonocleEvalFigure *) data)->kind);
}

static void
tally_free (gpointer data)
{
  MonocleEvalTally *tally = data;

  g_array_unref (tally->figures);
  g_array_unref (tally->times_ms);
  g_free (tally);
}

MonocleEvalScore *
monocle_eval_score_new (const GPtrArray *tasks)
{
  MonocleEvalScore *self = g_new0 (MonocleEvalScore, 1);

  self->tallies = g_ptr_array_new_with_free_func (tally_free);
  self->tasks = g_ptr_array_ref ((GPtrArray *) tasks);
  return self;
}

void
monocle_eval_score_free (MonocleEvalScore *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->tallies);
  g_ptr_array_unref (self->tasks);
  monocle_eval_match_free (self->boxes);
  monocle_eval_match_free (self->masks);
  g_free (self);
}

static MonocleEvalTally *
get_tally (MonocleEvalScore *self, const MonocleTask *task)
{
  MonocleEvalTally *tally;

  for (guint i = 0; i < self->tallies->len; i++)
    if (((MonocleEvalTally *) self->tallies->pdata[i])->task == task)
      return self->tallies->pdata[i];

  tally = g_new0 (MonocleEvalTally, 1);
  tally->task = task;
  tally->times_ms = g_array_new (FALSE, FALSE, sizeof (double));
  tally->figures = g_array_new (FALSE, FALSE, sizeof (MonocleEvalFigure));
  g_array_set_clear_func (tally->figures, clear_figure);
  g_ptr_array_add (self->tallies, tally);
  return tally;
}

/* @key and @title are constants. */
static void
add_figure (MonocleEvalTally *tally,
            const char *key,
            const char *title,
            const char *kind,
            double sum,
            double of)
{
  MonocleEvalFigure figure = { key, title, NULL, sum, of, of };

  for (guint i = 0; i < tally->figures->len; i++)
    {
      MonocleEvalFigure *known = &g_array_index (tally->figures, MonocleEvalFigure, i);

      if (strcmp (known->key, key) == 0 && g_strcmp0 (known->kind, kind) == 0)
        {
          known->sum += sum;
          known->of += of;
          known->n += of;
          return;
        }
    }
  if (kind && tally->figures->len >= MAX_FIGURES)
    return;
  figure.kind = g_strdup (kind);
  g_array_append_val (tally->figures, figure);
}

/* --- Places --- */

/* Left, top, width, height; a box that is inside out is empty. */
static void
to_sides (const MonocleBox *box, double sides[4])
{
  sides[0] = (double) box->x1;
  sides[1] = (double) box->y1;
  sides[2] = MAX ((double) box->x2 - (double) box->x1, 0);
  sides[3] = MAX ((double) box->y2 - (double) box->y1, 0);
}

static double
get_box_iou (const MonocleBox *a, const MonocleBox *b)
{
  double left[4], right[4];

  to_sides (a, left);
  to_sides (b, right);
  return monocle_eval_box_get_iou (left, right, MONOCLE_EVAL_SINGLE);
}

static gboolean
is_at (const MonocleObject *object, const GArray *boxes)
{
  MonocleBox box = monocle_shape_get_box (object->shape);

  for (guint i = 0; i < boxes->len; i++)
    if (get_box_iou (&box, &g_array_index (boxes, MonocleBox, i)) >= RIGHT_IOU)
      return TRUE;
  return FALSE;
}

/* The first object of that name, or the first at all. */
static const MonocleObject *
find_object (const MonocleResult *result, const char *label)
{
  g_auto (GStrv) wanted = label ? g_strdupv ((char *[]){ (char *) label, NULL }) : NULL;

  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);

      if (!wanted || monocle_eval_text_is_answer (object->label, (const char *const *) wanted))
        return object;
    }
  return NULL;
}

static void
add_places (MonocleEvalTally *tally,
            const MonocleEvalQuestion *question,
            const MonocleResult *result)
{
  for (guint i = 0; i < question->phrases->len; i++)
    {
      const MonocleEvalPhrase *phrase = question->phrases->pdata[i];
      const MonocleObject *object = find_object (result, phrase->text);

      if (phrase->boxes->len > 0)
        add_figure (tally, "accuracy_50", N_ ("right at IoU 0.5"), NULL,
                    object && is_at (object, phrase->boxes), 1);
      else
        add_figure (tally, "absent", N_ ("absent things, nothing found"), NULL, object == NULL, 1);
    }
}

static void
add_outline (MonocleEvalTally *tally,
             const MonocleEvalQuestion *question,
             const MonocleResult *result,
             guint width,
             guint height)
{
  if (question->mask)
    {
      g_autoptr (MonocleMaskRuns) mask = monocle_eval_score_read_mask (result, width, height);

      add_figure (tally, "mask_iou", N_ ("IoU of masks"), NULL,
                  monocle_eval_mask_get_iou (mask, question->mask, MONOCLE_EVAL_SINGLE), 1);
    }
  add_places (tally, question, result);
}

/* --- Words --- */

static void
add_answer (MonocleEvalTally *tally,
            const MonocleEvalQuestion *question,
            const MonocleResult *result)
{
  const char *text = monocle_result_get_text (result);
  gboolean right
      = text && monocle_eval_text_is_answer (text, (const char *const *) question->answers);

  add_figure (tally, "accuracy", N_ ("answers right"), NULL, right, 1);
  if (question->kind)
    add_figure (tally, "accuracy", N_ ("answers right"), question->kind, right, 1);
}

static void
add_reading (MonocleEvalTally *tally,
             const MonocleEvalQuestion *question,
             const MonocleResult *result)
{
  g_autofree char *text = monocle_eval_text_squeeze (
      monocle_result_get_text (result) ? monocle_result_get_text (result) : "");
  double best_distance = 0, best_length = 0;

  for (guint i = 0; question->answers[i]; i++)
    {
      g_autofree char *truth = monocle_eval_text_squeeze (question->answers[i]);
      double distance = monocle_eval_text_get_distance (text, truth);

      if (i > 0 && distance >= best_distance)
        continue;
      best_distance = distance;
      best_length = (double) g_utf8_strlen (truth, -1);
    }
  add_figure (tally, "cer", N_ ("characters wrong"), NULL, best_distance, best_length);
  if (question->is_tall)
    add_figure (tally, "cer_tall", N_ ("characters wrong, 24 px and taller"), NULL, best_distance,
                best_length);
}

/* The object whose place is most that of @text, taken away from @open. */
static const MonocleObject *
take_nearest (GPtrArray *open, const MonocleEvalText *text)
{
  MonocleBox place = monocle_shape_get_box (text->quad);
  const MonocleObject *best = NULL;
  double best_iou = RIGHT_IOU;

  for (guint i = 0; i < open->len; i++)
    {
      MonocleBox box = monocle_shape_get_box (((const MonocleObject *) open->pdata[i])->shape);
      double iou = get_box_iou (&box, &place);

      if (iou < best_iou)
        continue;
      best = open->pdata[i];
      best_iou = iou;
    }
  if (best)
    g_ptr_array_remove (open, (gpointer) best);
  return best;
}

static void
add_texts (MonocleEvalTally *tally, const MonocleEvalImage *image, const MonocleResult *result)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  double distance = 0, length = 0;
  guint n_found = 0;

  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    g_ptr_array_add (open, (gpointer) monocle_result_get_object (result, i));
  for (guint i = 0; i < image->texts->len; i++)
    {
      const MonocleEvalText *text = image->texts->pdata[i];
      const MonocleObject *object = take_nearest (open, text);
      g_autofree char *truth = monocle_eval_text_squeeze (text->text);
      g_autofree char *found = monocle_eval_text_squeeze (object ? object->label : "");

      n_found += object != NULL;
      distance += monocle_eval_text_get_distance (found, truth);
      length += (double) g_utf8_strlen (truth, -1);
    }
  /* What is read where nothing stands is wrong, character by character. */
  for (guint i = 0; i < open->len; i++)
    {
      g_autofree char *found
          = monocle_eval_text_squeeze (((const MonocleObject *) open->pdata[i])->label);

      distance += (double) g_utf8_strlen (found, -1);
    }
  add_figure (tally, "found", N_ ("texts found at IoU 0.5"), NULL, n_found, image->texts->len);
  add_figure (tally, "cer", N_ ("characters wrong"), NULL, distance, length);
}

static void
add_caption (MonocleEvalTally *tally, const MonocleEvalImage *image, const MonocleResult *result)
{
  const char *text = monocle_result_get_text (result) ? monocle_result_get_text (result) : "";
  double best = 0;
  guint n_slots, n_said = monocle_eval_caption_count (text, image->slots, &n_slots);

  for (guint i = 0; i < image->captions->len; i++)
    best = MAX (best, monocle_eval_text_get_f1 (text, image->captions->pdata[i]));
  if (n_slots > 0)
    add_figure (tally, "slots", N_ ("slots right"), NULL, n_said, n_slots);
  if (image->captions->len > 0)
    add_figure (tally, "words_f1", N_ ("words in common, F1"), NULL, best, 1);
}

/* --- Adding up --- */

void
monocle_eval_score_count (MonocleEvalScore *self,
                          const MonocleTask *task,
                          const MonocleResult *result)
{
  MonocleEvalTally *tally = get_tally (self, task);

  tally->n_questions++;
  tally->n_unparsed += !monocle_result_is_well_formed (result);
}

void
monocle_eval_score_add_run (MonocleEvalScore *self, const MonocleTask *task, const MonocleRun *run)
{
  MonocleEvalTally *tally = get_tally (self, task);
  double share_ms = run->decode_ms / run->results->len;

  tally->decode_ms += run->decode_ms;
  tally->n_tokens += run->n_tokens;
  for (guint i = 0; i < run->results->len; i++)
    g_array_append_val (tally->times_ms, share_ms);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0;
}

double
monocle_eval_score_get_median (GArray *values)
{
  if (values->len == 0)
    return 0;
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, values->len / 2);
}

void
monocle_eval_score_add_answer (MonocleEvalScore *self,
                               const MonocleEvalImage *image,
                               const MonocleEvalQuestion *question,
                               const MonocleResult *result,
                               guint width,
                               guint height)
{
  MonocleEvalTally *tally = get_tally (self, question->task);

  monocle_eval_score_count (self, question->task, result);
  switch (monocle_eval_measure_find (question->task))
    {
    case MONOCLE_EVAL_MEASURE_PLACES:
      add_places (tally, question, result);
      break;
    case MONOCLE_EVAL_MEASURE_OUTLINE:
      add_outline (tally, question, result, width, height);
      break;
    case MONOCLE_EVAL_MEASURE_ANSWER:
      add_answer (tally, question, result);
      break;
    case MONOCLE_EVAL_MEASURE_READING:
      add_reading (tally, question, result);
      break;
    case MONOCLE_EVAL_MEASURE_TEXTS:
      add_texts (tally, image, result);
      break;
    case MONOCLE_EVAL_MEASURE_CAPTION:
      add_caption (tally, image, result);
      break;
    case MONOCLE_EVAL_MEASURE_DETECTION:
    case MONOCLE_EVAL_MEASURE_NONE:
      break;
    default:
      g_assert_not_reached ();
    }
}

/* --- Detections --- */

static void
clear_shape (gpointer data)
{
  g_clear_pointer (&((MonocleEvalShape *) data)->mask, monocle_mask_runs_unref);
}

GArray *
monocle_eval_score_read_detections (MonocleEvalScore *self,
                                    const MonocleEvalSet *set,
                                    const MonocleResult *result)
{
  MonocleEvalTally *tally = get_tally (self, monocle_eval_measure_find_detection (self->tasks));
  GArray *found = g_array_new (FALSE, FALSE, sizeof (MonocleEvalShape));

  g_array_set_clear_func (found, clear_shape);
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      MonocleEvalShape shape = { .score = isfinite (object->score) ? (double) object->score : 0 };
      MonocleBox box = monocle_shape_get_box (object->shape);

      if (!monocle_eval_set_find_category (set, object->label, &shape.category))
        {
          tally->n_unknown++;
          continue;
        }
      to_sides (&box, shape.box);
      g_array_append_val (found, shape);
    }
  return found;
}

MonocleMaskRuns *
monocle_eval_score_read_mask (const MonocleResult *result, guint width, guint height)
{
  g_autoptr (GArray) rings = g_array_new (FALSE, FALSE, sizeof (MonocleRing));
  g_autoptr (MonocleShape) all = NULL;

  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleShape *shape = monocle_result_get_object (result, i)->shape;
      guint n_rings;
      const MonocleRing *some = monocle_shape_get_rings (shape, &n_rings);

      if (n_rings > 0 && monocle_shape_get_kind (shape) == MONOCLE_SHAPE_RINGS)
        g_array_append_vals (rings, some, n_rings);
    }
  all = monocle_shape_new_rings ((const MonocleRing *) (gpointer) rings->data, rings->len);
  return monocle_shape_to_mask (all, width, height);
}

void
monocle_eval_score_add_detections (MonocleEvalScore *self,
                                   MonocleEvalKind kind,
                                   const MonocleEvalImage *image,
                                   const GArray *found)
{
  MonocleEvalMatch **match = kind == MONOCLE_EVAL_MASKS ? &self->masks : &self->boxes;

  if (!*match)
    *match = monocle_eval_match_new (kind);
  for (guint i = 0; i < image->objects->len && kind == MONOCLE_EVAL_BOXES; i++)
    self->n_objects
        += g_array_index (image->objects, MonocleEvalShape, i).crowd == MONOCLE_EVAL_SINGLE;
  monocle_eval_match_add_image (
      *match, (const MonocleEvalShape *) (gconstpointer) image->objects->data, image->objects->len,
      (const MonocleEvalShape *) (gconstpointer) found->data, found->len);
}

static void
add_ap (MonocleEvalTally *tally, MonocleEvalMatch *match, guint n_objects)
{
  double values[MONOCLE_EVAL_N_AP];

  monocle_eval_match_compute (match, values);
  for (guint i = 0; i < MONOCLE_EVAL_N_AP; i++)
    if (values[i] >= 0)
      {
        MonocleEvalFigure figure
            = { ap_figures[i].key, ap_figures[i].title, NULL, values[i], 1, n_objects };

        g_array_append_val (tally->figures, figure);
      }
}

static int
compare_tallies (gconstpointer a, gconstpointer b, gpointer user_data)
{
  guint left = 0, right = 0;

  g_ptr_array_find (user_data, (*(MonocleEvalTally *const *) a)->task, &left);
  g_ptr_array_find (user_data, (*(MonocleEvalTally *const *) b)->task, &right);
  return (int) left - (int) right;
}

const GPtrArray *
monocle_eval_score_finish (MonocleEvalScore *self)
{
  if (self->boxes)
    add_ap (get_tally (self, monocle_eval_measure_find_detection (self->tasks)), self->boxes,
            self->n_objects);
  if (self->masks)
    add_ap (get_tally (self, monocle_eval_measure_find_outlining (self->tasks)), self->masks,
            self->n_objects);
  g_ptr_array_sort_with_data (self->tallies, compare_tallies, self->tasks);
  return self->tallies;
}
