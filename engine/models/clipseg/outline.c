/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words to heat maps, and those to outlines.
 */
#include "config.h"

#include <math.h>

#include "engine/answer/labels.h"
#include "engine/answer/result-private.h"
#include "engine/models/clipseg/private.h"

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

static void
add_outline (const MonocleClipseg *self,
             const char *word,
             float *map,
             const MonocleFamilyQuestion *question,
             MonocleResult *result)
{
  guint side = monocle_clipseg_get_side (&self->config);
  const MonocleHeat like = {
    .label = (char *) word,
    .columns = side,
    .rows = side,
    .width = question->width,
    .height = question->height,
    .threshold = (float) (question->has_threshold ? question->threshold : USUAL_THRESHOLD),
  };
  MonocleHeat *heat;
  g_autoptr (MonocleMaskRuns) runs = NULL;
  MonocleObject object;
  double mean;

  for (gsize i = 0; i < (gsize) side * side; i++)
    map[i] = (float) (1 / (1 + exp (-(double) map[i])));
  heat = monocle_heat_new (&like, map);
  runs = monocle_heat_cut (heat, (double) like.threshold, &mean);
  monocle_result_take_heat (result, heat);
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
