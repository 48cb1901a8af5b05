/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels by how well they fit a picture.
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
  return monocle_labels_write_prompt (task->id, text, "labels", MONOCLE_MAX_LABELS, error);
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

gboolean
monocle_clip_rank (MonocleClip *self,
                   const float *picture,
                   const MonocleFamilyQuestion *question,
                   gboolean each,
                   MonocleFamilyAnswer *answer,
                   GError **error)
{
  g_auto (GStrv) labels = monocle_labels_parse (question->prompts[0]);
  guint n = g_strv_length (labels), n_dims = self->config.n_dims;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_full (n, g_free);
  g_autofree Rank *ranks = g_new (Rank, n);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (texts,
                     monocle_labels_put_into (
                         question->wording ? question->wording : self->config.wording, labels[i]));
  if (!monocle_clip_words_learn (self->words, (const char *const *) texts->pdata, n,
                                 question->cancellable, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    ranks[i] = (Rank){
      .label = labels[i],
      .index = i,
      .cosine = monocle_vector_dot (picture, monocle_clip_words_find (self->words, texts->pdata[i]),
                                    n_dims),
    };
  qsort (ranks, n, sizeof *ranks, compare_ranks);
  find_probabilities (self, ranks, n, each);
  g_ptr_array_add (answer->results, make_result (ranks, n));
  return TRUE;
}
