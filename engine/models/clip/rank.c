/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels by how well they fit a picture, or parts of it.
 */
#include "config.h"

#include <math.h>

#include "engine/answer/labels.h"
#include "engine/answer/result-private.h"
#include "engine/answer/vector.h"
#include "engine/models/clip/private.h"

typedef struct
{
  const char *label;
  guint index;                /* as they were given */
  double cosine, probability; /* NaN where it means nothing */
} Rank;

char *
monocle_clip_write_prompt (const MonocleTask *task,
                           const char *text,
                           const MonocleBox *region,
                           guint width,
                           guint height,
                           GError **error)
{
  g_autofree char *labels
      = monocle_labels_write_prompt (task->id, text, "labels", MONOCLE_MAX_LABELS, error);
  char edges[4][G_ASCII_DTOSTR_BUF_SIZE];

  if (!labels || !region)
    return g_steal_pointer (&labels);
  g_ascii_dtostr (edges[0], sizeof *edges, floor ((double) region->x1));
  g_ascii_dtostr (edges[1], sizeof *edges, floor ((double) region->y1));
  g_ascii_dtostr (edges[2], sizeof *edges, ceil ((double) region->x2));
  g_ascii_dtostr (edges[3], sizeof *edges, ceil ((double) region->y2));
  return g_strjoin (" ", edges[0], edges[1], edges[2], edges[3], labels, NULL);
}

/* (transfer full) (nullable): what lies in the region that @prompt begins with, in whole pixels
 * around it. @labels: (out): what comes behind it */
static MonocleImage *
cut (MonocleImage *image, const char *prompt, const char **labels, GError **error)
{
  const gsize width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  gsize edges[4];
  char *rest = (char *) prompt;

  for (guint i = 0; i < 4; i++)
    {
      const double edge = g_ascii_strtod (rest, &rest);

      edges[i] = (gsize) CLAMP (edge, 0, (double) (i % 2 ? height : width));
    }
  *labels = rest;
  edges[0] = MIN (edges[0], width - 1);
  edges[1] = MIN (edges[1], height - 1);
  edges[2] = MAX (edges[2], edges[0] + 1);
  edges[3] = MAX (edges[3], edges[1] + 1);
  return monocle_image_new_from_pixels (
      (guint) (edges[2] - edges[0]), (guint) (edges[3] - edges[1]), 3 * width,
      monocle_image_get_pixels (image) + 3 * (edges[1] * width + edges[0]), error);
}

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  const Rank *x = a, *y = b;

  if (x->cosine != y->cosine)
    return x->cosine < y->cosine ? 1 : -1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* Each by itself, as the model was taught; or one of them all, where there are several. @ranks:
 * the best first */
static void
find_probabilities (const MonocleClip *self, Rank *ranks, guint n, gboolean each)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    {
      double logit = self->scale * ranks[i].cosine + self->bias;

      ranks[i].probability = each    ? 1 / (1 + exp (-logit))
                             : n > 1 ? exp (self->scale * (ranks[i].cosine - ranks[0].cosine))
                                     : (double) NAN;
      sum += ranks[i].probability;
    }
  for (guint i = 0; i < n && !each; i++)
    ranks[i].probability /= sum;
}

static MonocleResult *
make_result (const Rank *ranks, guint n)
{
  MonocleResult *result = monocle_result_new ();

  for (guint i = 0; i < n; i++)
    monocle_result_add_rank (result, ranks[i].label, (float) ranks[i].cosine,
                             (float) ranks[i].probability);
  monocle_result_set_score (result, (float) ranks[0].probability);
  return result;
}

/* (transfer none) (nullable): what a label was taught to be */
static const float *
find_taught (const MonocleClip *self, const char *label)
{
  return self->taught ? monocle_taught_labels_find (self->taught, label) : NULL;
}

static gboolean
rank (MonocleClip *self,
      const float *picture,
      char *const *labels,
      const MonocleFamilyQuestion *question,
      gboolean each,
      MonocleFamilyAnswer *answer,
      GError **error)
{
  guint n = g_strv_length ((char **) labels), n_dims = self->config.n_dims;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_full (n, g_free);
  g_autofree Rank *ranks = g_new (Rank, n);

  for (guint i = 0; i < n; i++)
    if (!find_taught (self, labels[i]))
      g_ptr_array_add (texts, monocle_labels_put_into (question->wording ? question->wording
                                                                         : self->config.wording,
                                                       labels[i]));
  if (!monocle_clip_words_learn (self->words, (const char *const *) texts->pdata, texts->len,
                                 question->cancellable, error))
    return FALSE;
  for (guint i = 0, n_texts = 0; i < n; i++)
    {
      const float *row = find_taught (self, labels[i]);

      if (!row)
        row = monocle_clip_words_find (self->words, texts->pdata[n_texts++]);
      ranks[i] = (Rank){
        .label = labels[i],
        .index = i,
        .cosine = monocle_vector_dot (picture, row, n_dims),
      };
    }
  qsort (ranks, n, sizeof *ranks, compare_ranks);
  find_probabilities (self, ranks, n, each);
  g_ptr_array_add (answer->results, make_result (ranks, n));
  return TRUE;
}

static gboolean
rank_regions (MonocleClip *self,
              const MonocleClipView *view,
              const MonocleFamilyQuestion *question,
              MonocleFamilyAnswer *answer,
              GError **error)
{
  const guint n = question->n_prompts, n_dims = self->config.n_dims;
  g_autoptr (GPtrArray) parts
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  g_autofree float *rows = g_new (float, (gsize) n *n_dims);
  const char *words = "";
  g_auto (GStrv) labels = NULL;
  MonocleFamilyTiming timing = { 0 };

  for (guint i = 0; i < n; i++)
    {
      MonocleImage *part = cut (view->image, question->prompts[i], &words, error);

      if (!part)
        return FALSE;
      g_ptr_array_add (parts, part);
    }
  labels = monocle_labels_parse (words);
  if (!monocle_clip_embed_images (self, (MonocleImage *const *) parts->pdata, n,
                                  question->cancellable, NULL, NULL, &timing, rows, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      monocle_vector_normalise (rows + (gsize) i * n_dims, n_dims);
      if (!rank (self, rows + (gsize) i * n_dims, labels, question, FALSE, answer, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
monocle_clip_rank (MonocleClip *self,
                   const MonocleClipView *view,
                   const MonocleFamilyQuestion *question,
                   gboolean each,
                   MonocleFamilyAnswer *answer,
                   GError **error)
{
  g_auto (GStrv) labels = NULL;

  if (question->task->takes & MONOCLE_TAKES_REGION)
    return rank_regions (self, view, question, answer, error);
  labels = monocle_labels_parse (question->prompts[0]);
  return rank (self, view->row, labels, question, each, answer, error);
}
