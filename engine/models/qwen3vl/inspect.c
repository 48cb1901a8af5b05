/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/qwen3vl/private.h"

/* The rows, and those of each layer: [1 + n_deep, tokens, channels]. */
static MonocleTensor
get_rows (const MonocleQwen3vl *self, const MonocleQwen3vlSeen *seen)
{
  const guint n = (1 + self->config.n_deep) * seen->n_rows * seen->n_columns;

  return (MonocleTensor){ .n_dims = 2,
                          .dims = { n, self->config.text.channels },
                          .format = MONOCLE_FORMAT_F32,
                          .buffer = seen->buffer };
}

gboolean
monocle_qwen3vl_inspect (gpointer model,
                         MonocleImage *image,
                         const char *prompt,
                         const guint32 *decoder_ids,
                         guint n_decoder_ids,
                         const char *directory,
                         GCancellable *cancellable,
                         GError **error)
{
  MonocleQwen3vl *self = model;
  MonocleFamilyTiming timing = { 0 };
  g_autofree float *planes = NULL;
  MonocleQwen3vlSeen *seen
      = monocle_qwen3vl_look (self, image, cancellable, NULL, NULL, &timing, &planes, error);
  g_autoptr (GArray) beginning = NULL;
  gboolean done;

  if (!seen)
    return FALSE;
  beginning = monocle_qwen3vl_write_beginning (self, seen->n_rows * seen->n_columns);
  done = monocle_causal_asker_write_stages (
      &self->asker, &(MonocleCausalSubject){ seen->look, seen, beginning },
      &(MonocleCausalStages){
          .planes = planes,
          .dims = { 1, 3, seen->n_rows * self->pixels.side, seen->n_columns * self->pixels.side },
          .rows = get_rows (self, seen),
          .image_id = self->image_id,
          .prompt = prompt,
          .ids = decoder_ids,
          .n_ids = n_decoder_ids,
      },
      directory, cancellable, error);
  monocle_qwen3vl_discard (self, seen);
  return done;
}
