/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/private.h"

#include "engine/base/error.h"
#include "engine/models/florence2/tasks.h"
#include "engine/models/parts/stages.h"

/* The first @rows rows of a tensor, as (1, rows, C). */
static gboolean
write_tensor (const char *directory,
              const char *name,
              const MonocleTensor *tensor,
              guint rows,
              GError **error)
{
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (tensor));
  const guint64 dims[] = { 1, rows, tensor->dims[tensor->n_dims - 1] };

  return monocle_tensor_read (tensor, values, error)
         && monocle_stage_write (directory, name, dims, 3, values, error);
}

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

      if (!write_tensor (directory, file, &tensor, monocle_tensor_count_rows (&tensor), error))
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

/* Teacher forcing: one step for each given id. */
static gboolean
write_logits (MonocleFlorence2 *self,
              const char *directory,
              const guint32 *ids,
              guint n,
              GCancellable *cancellable,
              GError **error)
{
  guint n_vocabulary = self->config.text.vocab_size;
  g_autofree float *logits = g_new (float, (gsize) n *n_vocabulary);
  const guint64 dims[] = { 1, n, n_vocabulary };

  return monocle_cross_asker_feed (&self->asker, ids, n, n_vocabulary, cancellable, logits, error)
         && monocle_stage_write (directory, "logits.npy", dims, 3, logits, error);
}

static gboolean
check_decoder_ids (MonocleFlorence2 *self, const guint32 *ids, guint n, GError **error)
{
  if (n > self->config.text.n_positions)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%u decoder ids, the model takes %u", n, self->config.text.n_positions);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    if (ids[i] >= self->config.text.vocab_size)
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "Decoder id %u is outside the vocabulary of %u", ids[i],
                     self->config.text.vocab_size);
        return FALSE;
      }

  return TRUE;
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
  const MonocleCrossDecoderSize one = { .n_beams = 1, .n_candidates = 1 };
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  g_auto (MonocleFlorence2Vision) vision = { NULL };
  MonocleFamilyTiming timing = { 0 };
  MonocleTensor states;
  guint n_image = self->n_image;

  return sentence && check_decoder_ids (self, decoder_ids, n_decoder_ids, error)
         && monocle_cross_asker_read (&self->asker, (const char *const *) &sentence, 1, &prompts,
                                      error)
         && monocle_florence2_vision_plan (&vision, self, self->vision_graph, 1,
                                           MONOCLE_PLAN_KEEP_NAMED, "inspect", error)
         && monocle_florence2_vision_prepare (&vision, self, error)
         && monocle_florence2_vision_encode (&vision, self, &image, 1, cancellable, NULL, NULL,
                                             &timing, &planes, error)
         && write_pixel_values (self, directory, planes, error)
         && write_named (directory, self->vision_graph, vision.plan, error)
         && monocle_cross_asker_encode (&self->asker, &vision.image, &prompts, &one, cancellable,
                                        MONOCLE_CROSS_STATES, &states, error)
         && monocle_stage_write_ids (directory, prompts.ids, prompts.lengths[0] - n_image, error)
         && write_tensor (directory, "encoder_states.npy", &states, prompts.lengths[0], error)
         && write_logits (self, directory, decoder_ids, n_decoder_ids, cancellable, error);
}
