/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/private.h"

#include "engine/models/florence2/tasks.h"
#include "engine/models/parts/stages.h"

/* What has a name in the graph, (1, rows, C) each. */
static gboolean
write_named (const char *directory, MonocleGraph *graph, const MonoclePlan *plan, GError **error)
{
  guint n;
  const char *const *names = monocle_graph_get_names (graph, &n);

  for (guint i = 0; i < n; i++)
    {
      const MonocleTensor tensor
          = monocle_plan_get_tensor (plan, monocle_graph_find (graph, names[i]));
      g_autofree char *file = g_strconcat (names[i], ".npy", NULL);

      if (!monocle_stage_write_rows (directory, file, &tensor, monocle_tensor_count_rows (&tensor),
                                     error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_pixel_values (MonocleFlorence2 *self,
                    const char *directory,
                    const float *planes,
                    GError **error)
{
  const guint64 dims[] = { 1, 3, self->preprocess.height, self->preprocess.width };

  return monocle_stage_write (directory, "pixel_values.npy", dims, G_N_ELEMENTS (dims), planes,
                              error);
}

gboolean
monocle_florence2_inspect (gpointer model,
                           MonocleImage *image,
                           const char *prompt,
                           const guint32 *decoder_ids,
                           guint n_decoder_ids,
                           const char *directory,
                           GCancellable *cancellable,
                           GError **error)
{
  MonocleFlorence2 *self = model;
  g_autofree char *sentence = monocle_florence2_expand_prompt (prompt, error);
  g_autofree float *planes = NULL;
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  g_auto (MonocleFlorence2Vision) vision = { NULL };
  MonocleFamilyTiming timing = { 0 };
  const MonocleCrossStages stages
      = { &vision.image, &prompts, decoder_ids, n_decoder_ids, self->config.text.vocab_size };

  return sentence
         && monocle_cross_check_ids (decoder_ids, n_decoder_ids, self->config.text.n_positions,
                                     self->config.text.vocab_size, error)
         && monocle_cross_asker_read (&self->asker, (const char *const *) &sentence, 1, &prompts,
                                      error)
         && monocle_florence2_vision_plan (&vision, self, self->vision_graph, 1,
                                           MONOCLE_PLAN_KEEP_NAMED, "inspect", error)
         && monocle_florence2_vision_prepare (&vision, self, error)
         && monocle_florence2_vision_encode (&vision, self, &image, 1, cancellable, NULL, NULL,
                                             &timing, &planes, error)
         && write_pixel_values (self, directory, planes, error)
         && write_named (directory, self->vision_graph, vision.plan, error)
         && monocle_cross_asker_write_stages (&self->asker, &stages, directory, cancellable, error);
}
