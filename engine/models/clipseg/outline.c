/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words to outlines.
 */
#include "config.h"

#include <math.h>

#include "engine/answer/labels.h"
#include "engine/answer/result-private.h"
#include "engine/models/clipseg/private.h"
#include "engine/models/parts/between.h"

/* How likely a pixel must be, unless somebody says. */
#define USUAL_THRESHOLD 0.4

/* More words than anybody types; each is a run of the decoder. */
#define MAX_WORDS 64

char *
monocle_clipseg_write_prompt (const MonocleTask *task,
                              const char *text,
                              const MonocleBox *region,
                              guint width,
                              guint height,
                              GError **error)
{
  return monocle_labels_write_prompt (task->id, text, "words", MAX_WORDS, error);
}

/* (transfer full): the pixels of a picture that are at least as likely, by what the map [side,
 * side] says between its own. @mean: (out): how likely they are; NaN where there are none */
static MonocleMaskRuns *
cut (const float *map, guint side, guint width, guint height, float threshold, double *mean)
{
  g_autofree MonocleBetween *across = monocle_between_new (side, width);
  g_autofree MonocleBetween *down = monocle_between_new (side, height);
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean inside = FALSE;
  guint64 n_inside = 0;
  gint64 run = 0;
  double sum = 0;

  for (guint x = 0; x < width; x++)
    for (guint y = 0; y < height; y++)
      {
        const float *above = map + (gsize) down[y].before * side;
        const float *below = map + (gsize) down[y].after * side;
        float upper = monocle_between (&across[x], above, 1);
        float lower = monocle_between (&across[x], below, 1);
        float likely = upper + (lower - upper) * down[y].part;

        if ((likely >= threshold) != inside)
          {
            g_array_append_val (counts, run);
            run = 0;
            inside = !inside;
          }
        run++;
        if (inside)
          {
            sum += (double) likely;
            n_inside++;
          }
      }
  g_array_append_val (counts, run);
  *mean = n_inside > 0 ? sum / (double) n_inside : (double) NAN;
  return monocle_mask_runs_new_from_counts ((const gint64 *) (gconstpointer) counts->data,
                                            counts->len, width, height);
}

static void
add_outline (const MonocleClipseg *self,
             const char *word,
             float *map,
             const MonocleFamilyQuestion *question,
             MonocleResult *result)
{
  guint side = monocle_clipseg_get_side (&self->config);
  double threshold = question->threshold > 0 ? question->threshold : USUAL_THRESHOLD, mean;
  g_autoptr (MonocleMaskRuns) runs = NULL;
  MonocleObject object;

  for (gsize i = 0; i < (gsize) side * side; i++)
    map[i] = (float) (1 / (1 + exp (-(double) map[i])));
  runs = cut (map, side, question->width, question->height, (float) threshold, &mean);
  /* What is not there has no outline. */
  if (isnan (mean))
    return;
  object = (MonocleObject){
    .label = g_strdup (word),
    .shape = monocle_shape_new_mask (runs),
    .score = (float) mean,
  };
  monocle_result_take_object (result, &object);
}

gboolean
monocle_clipseg_outline (MonocleClipseg *self,
                         const MonocleClipsegView *view,
                         const MonocleFamilyQuestion *question,
                         MonocleFamilyAnswer *answer,
                         GError **error)
{
  g_auto (GStrv) words = monocle_labels_parse (question->prompts[0]);
  guint n = g_strv_length (words), n_dims = self->config.n_dims;
  g_autofree float *rows = g_new (float, (gsize) n *n_dims);
  g_autoptr (MonocleResult) result = monocle_result_new ();

  if (!monocle_clip_words_embed (self->words, (const char *const *) words, n, question->cancellable,
                                 rows, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autofree float *map = monocle_clipseg_mark (self, view, rows + (gsize) i * n_dims,
                                                    question->cancellable, error);

      if (!map)
        return FALSE;
      add_outline (self, words[i], map, question, result);
    }
  g_ptr_array_add (answer->results, g_steal_pointer (&result));
  return TRUE;
}
