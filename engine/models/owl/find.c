/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions about a picture that was looked at: places that fit words or an example. Scores are the
 * probabilities that the model was taught, of examples too: none is made relative to the best.
 */
#include "config.h"

#include <math.h>

#include "engine/answer/labels.h"
#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/models/owl/private.h"

/* Objects that say almost nothing are not handed out, and of the others so many. */
#define LEAST_SCORE 0.01f
#define MAX_OBJECTS 300

/* Of two that share more than this of what both cover the better one is kept: the reference's. */
#define MOST_SHARED 0.3f

/* What the example stands for is sought among the places that fit a region almost as well as the
 * best does. */
#define ALMOST 0.8f

typedef struct
{
  guint place;
  guint label;
  float score;
  float edges[4];
} Hit;

static float
to_probability (float logit)
{
  return 1 / (1 + expf (-logit));
}

static float
get_area (const float edges[4])
{
  return (edges[2] - edges[0]) * (edges[3] - edges[1]);
}

/* How much of what both cover they share. */
static float
share (const float a[4], const float b[4])
{
  float width = MIN (a[2], b[2]) - MAX (a[0], b[0]), height = MIN (a[3], b[3]) - MAX (a[1], b[1]);
  float both = MAX (width, 0) * MAX (height, 0), all = get_area (a) + get_area (b) - both;

  return all > 0 ? both / all : 0;
}

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *x = a, *y = b;

  if (x->score != y->score)
    return x->score < y->score ? 1 : -1;
  return x->place < y->place ? -1 : x->place > y->place;
}

static void
add_hit (GArray *hits, const MonocleOwlView *view, guint place, guint label, float logit)
{
  Hit hit = { .place = place, .label = label, .score = to_probability (logit) };

  /* Written so that NaN fails. */
  if (!(hit.score >= LEAST_SCORE))
    return;
  monocle_owl_view_get_edges (view, place, hit.edges);
  g_array_append_val (hits, hit);
}

/* The best first, without those that mean the same thing. */
static void
thin_out (GArray *hits)
{
  Hit *all = (Hit *) (gpointer) hits->data;
  guint n = 0;

  g_array_sort (hits, compare_hits);
  for (guint i = 0; i < hits->len && n < MAX_OBJECTS; i++)
    {
      guint k = 0;

      while (k < n
             && (all[k].label != all[i].label || share (all[k].edges, all[i].edges) <= MOST_SHARED))
        k++;
      if (k == n)
        all[n++] = all[i];
    }
  g_array_set_size (hits, n);
}

/* (transfer full): what of it lies in the picture; OWLv2 sees black beside it */
static MonocleResult *
make_result (const MonocleOwl *self, const MonocleOwlView *view, GArray *hits, GStrv labels)
{
  MonocleResult *result = monocle_result_new ();
  float across, down;

  monocle_owl_get_scale (self, view->width, view->height, &across, &down);
  thin_out (hits);
  for (guint i = 0; i < hits->len; i++)
    {
      const Hit *hit = &g_array_index (hits, Hit, i);
      const MonocleBox box = {
        .x1 = CLAMP (hit->edges[0] * across, 0, (float) view->width),
        .y1 = CLAMP (hit->edges[1] * down, 0, (float) view->height),
        .x2 = CLAMP (hit->edges[2] * across, 0, (float) view->width),
        .y2 = CLAMP (hit->edges[3] * down, 0, (float) view->height),
      };
      MonocleObject object = { .score = hit->score };

      /* Written so that NaN fails. */
      if (!(box.x1 < box.x2 && box.y1 < box.y2))
        continue;
      object.label = g_strdup (labels ? labels[hit->label] : "");
      object.shape = monocle_shape_new_box (&box);
      monocle_result_take_object (result, &object);
    }
  return result;
}

/* --- the question --- */

static char *
write_region (const MonocleTask *task, const char *text, const MonocleBox *region, GError **error)
{
  char parts[4][G_ASCII_DTOSTR_BUF_SIZE];

  if (text)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%s needs a region", task->id);
      return NULL;
    }
  if (!region)
    return g_strdup ("");
  g_ascii_dtostr (parts[0], sizeof *parts, (double) region->x1);
  g_ascii_dtostr (parts[1], sizeof *parts, (double) region->y1);
  g_ascii_dtostr (parts[2], sizeof *parts, (double) region->x2);
  g_ascii_dtostr (parts[3], sizeof *parts, (double) region->y2);
  return g_strjoin (" ", parts[0], parts[1], parts[2], parts[3], NULL);
}

/* A region in the numbers of @view; without one, all that it saw. */
static void
read_region (const MonocleOwl *self,
             const MonocleOwlView *view,
             const char *prompt,
             float region[4])
{
  float scale[2];
  char *rest = (char *) prompt;

  monocle_owl_get_scale (self, view->width, view->height, &scale[0], &scale[1]);
  for (guint i = 0; i < 4; i++)
    region[i] = *prompt ? (float) g_ascii_strtod (rest, &rest) / scale[i % 2] : i >= 2;
}

char *
monocle_owl_write_prompt (const MonocleTask *task,
                          const char *text,
                          const MonocleBox *region,
                          guint width,
                          guint height,
                          GError **error)
{
  if (task->takes == MONOCLE_TAKES_REGION)
    return write_region (task, text, region, error);
  if (task->takes == MONOCLE_TAKES_NOTHING)
    return g_strdup ("");
  return monocle_labels_write_prompt (task->id, text, "words", MONOCLE_MAX_LABELS, error);
}

/* --- by words --- */

/* Each place belongs to the words that fit it best. */
static gboolean
judge_words (MonocleOwl *self,
             const MonocleOwlView *view,
             char *const *texts,
             guint n,
             GCancellable *cancellable,
             GArray *hits,
             GError **error)
{
  g_autofree float *best = g_new (float, view->n);
  g_autofree guint *labels = g_new0 (guint, view->n);

  for (guint k = 0; k < n; k++)
    {
      const float *query = monocle_clip_words_find (self->words, texts[k]);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (guint i = 0; i < view->n; i++)
        {
          float logit = monocle_owl_view_get_logit (self, view, i, query);

          if (k > 0 && logit <= best[i])
            continue;
          best[i] = logit;
          labels[i] = k;
        }
    }
  for (guint i = 0; i < view->n; i++)
    add_hit (hits, view, i, labels[i], best[i]);
  return TRUE;
}

gboolean
monocle_owl_find_words (MonocleOwl *self,
                        const MonocleOwlView *view,
                        const MonocleFamilyQuestion *question,
                        MonocleFamilyAnswer *answer,
                        GError **error)
{
  for (guint q = 0; q < question->n_prompts; q++)
    {
      g_auto (GStrv) labels = monocle_labels_parse (question->prompts[q]);
      guint n = g_strv_length (labels);
      g_autoptr (GPtrArray) texts = g_ptr_array_new_full (n, g_free);
      g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (Hit));

      for (guint i = 0; i < n; i++)
        g_ptr_array_add (texts, question->wording
                                    ? monocle_labels_put_into (question->wording, labels[i])
                                    : g_strdup (labels[i]));
      if (!monocle_clip_words_learn (self->words, (const char *const *) texts->pdata, n,
                                     question->cancellable, error)
          || !judge_words (self, view, (char *const *) texts->pdata, n, question->cancellable, hits,
                           error))
        return FALSE;
      g_ptr_array_add (answer->results, make_result (self, view, hits, labels));
    }
  return TRUE;
}

/* --- by example --- */

/* Where no box is near a region: the place in its middle. */
static guint
find_middle (const MonocleOwl *self, const float region[4])
{
  guint n_columns = self->config.vision.columns, n_rows = self->config.vision.rows;
  float x = (region[0] + region[2]) / 2 * (float) n_columns;
  float y = (region[1] + region[3]) / 2 * (float) n_rows;

  return MIN ((guint) MAX (y, 0), n_rows - 1) * n_columns + MIN ((guint) MAX (x, 0), n_columns - 1);
}

/* The place whose box fits the region and that has a thing; of a whole picture, where there is most
 * of a thing: whole pictures as examples would find their background. */
static guint
choose_thing (const MonocleOwlView *view, const float *shares, gboolean is_whole)
{
  guint best = 0;
  float most = -INFINITY;

  for (guint i = 0; i < view->n; i++)
    {
      float worth = is_whole ? view->things[i] : shares[i] * to_probability (view->things[i]);

      if (!(worth > most))
        continue;
      most = worth;
      best = i;
    }
  return best;
}

/* Of the places that fit almost as well as the best, the one least like the picture on average,
 * which is mostly background. */
static guint
choose_unlike (const MonocleOwl *self, const MonocleOwlView *view, const float *shares, float most)
{
  guint n_dims = self->config.n_dims, best = 0;
  g_autofree double *mean = g_new0 (double, n_dims);
  double least = (double) INFINITY;

  for (guint i = 0; i < view->n; i++)
    for (guint k = 0; k < n_dims; k++)
      mean[k] += (double) (view->classes[(gsize) i * n_dims + k] * view->lengths[i]);
  for (guint i = 0; i < view->n; i++)
    {
      double likeness = 0;

      if (shares[i] < ALMOST * most)
        continue;
      for (guint k = 0; k < n_dims; k++)
        likeness += mean[k] * (double) (view->classes[(gsize) i * n_dims + k] * view->lengths[i]);
      if (!(likeness < least))
        continue;
      least = likeness;
      best = i;
    }
  return best;
}

/* The place that stands for a region; the whole picture is cut nowhere: places know what is around
 * them. */
static guint
choose_place (const MonocleOwl *self, const MonocleOwlView *view, const char *prompt)
{
  g_autofree float *shares = g_new (float, view->n);
  float region[4], most = 0;

  read_region (self, view, prompt, region);
  for (guint i = 0; i < view->n; i++)
    {
      float edges[4];

      monocle_owl_view_get_edges (view, i, edges);
      shares[i] = share (edges, region);
      most = MAX (most, shares[i]);
    }
  if (!(most > 0) && *prompt)
    return find_middle (self, region);
  return view->things ? choose_thing (view, shares, !*prompt)
                      : choose_unlike (self, view, shares, most);
}

/* What is kept of the other picture, which stays until there is a third. */
static const MonocleOwlView *
look_at_example (MonocleOwl *self, MonocleImage *image, GCancellable *cancellable, GError **error)
{
  MonocleFamilyTiming timing = { 0 };

  if (self->example == image)
    return self->example_view;
  g_clear_pointer (&self->example, monocle_image_unref);
  g_clear_pointer (&self->example_view, monocle_owl_view_free);
  self->example_view = monocle_owl_look (self, image, cancellable, NULL, NULL, &timing, error);
  if (self->example_view)
    self->example = monocle_image_ref (image);
  return self->example_view;
}

gboolean
monocle_owl_find_like (MonocleOwl *self,
                       const MonocleOwlView *view,
                       const MonocleFamilyQuestion *question,
                       MonocleFamilyAnswer *answer,
                       GError **error)
{
  const MonocleOwlView *from
      = question->example ? look_at_example (self, question->example, question->cancellable, error)
                          : view;

  if (!from)
    return FALSE;
  for (guint q = 0; q < question->n_prompts; q++)
    {
      gsize place = choose_place (self, from, question->prompts[q]);
      const float *query = from->classes + place * self->config.n_dims;
      g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (Hit));

      for (guint i = 0; i < view->n; i++)
        add_hit (hits, view, i, 0, monocle_owl_view_get_logit (self, view, i, query));
      g_ptr_array_add (answer->results, make_result (self, view, hits, NULL));
    }
  return TRUE;
}

/* --- whatever there is --- */

void
monocle_owl_find_things (MonocleOwl *self, const MonocleOwlView *view, MonocleFamilyAnswer *answer)
{
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (Hit));

  for (guint i = 0; i < view->n; i++)
    add_hit (hits, view, i, 0, view->things[i]);
  g_ptr_array_add (answer->results, make_result (self, view, hits, NULL));
}
