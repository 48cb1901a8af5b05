/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference.
 */
#include "config.h"

#include <string.h>

#include "engine/answer/labels.h"
#include "engine/models/clipseg/private.h"
#include "engine/models/parts/stages.h"

static gboolean
write_levels (MonocleClipseg *self,
              const MonocleClipsegView *view,
              const char *directory,
              GError **error)
{
  guint64 n = self->config.n_levels, places = monocle_clipseg_count_places (&self->config);
  gsize size = (gsize) places * self->config.width;
  g_autofree float *all = g_new (float, n *size);

  for (guint i = 0; i < n; i++)
    memcpy (all + i * size, view->levels[i], size * sizeof *all);
  return monocle_stage_write (directory, "vision_features.npy",
                              (const guint64[]){ n, places, self->config.width }, 3, all, error);
}

static gboolean
write_maps (MonocleClipseg *self,
            const MonocleClipsegView *view,
            const float *rows,
            guint n,
            const char *directory,
            GCancellable *cancellable,
            GError **error)
{
  guint64 side = monocle_clipseg_get_side (&self->config);
  g_autofree float *all = g_new (float, n * side * side);

  for (guint i = 0; i < n; i++)
    {
      g_autofree float *map = monocle_clipseg_mark (
          self, view, rows + (gsize) i * self->config.n_dims, cancellable, error);

      if (!map)
        return FALSE;
      memcpy (all + i * side * side, map, side * side * sizeof *all);
    }
  return monocle_stage_write (directory, "mask_logits.npy", (const guint64[]){ n, side, side }, 3,
                              all, error);
}

gboolean
monocle_clipseg_inspect (gpointer model,
                         MonocleImage *image,
                         const char *prompt,
                         const guint32 *decoder_ids,
                         guint n_decoder_ids,
                         const char *directory,
                         GCancellable *cancellable,
                         GError **error)
{
  MonocleClipseg *self = model;
  g_auto (GStrv) words = monocle_labels_parse (prompt);
  guint n = g_strv_length (words);
  guint64 side = monocle_clipseg_get_side (&self->config);
  g_autofree float *rows = g_new (float, (gsize) MAX (n, 1) * self->config.n_dims);
  g_autofree float *planes = NULL;
  MonocleFamilyTiming timing;
  MonocleClipsegView *view
      = monocle_clipseg_look (self, image, cancellable, NULL, NULL, &timing, &planes, error);
  gboolean done
      = view
        && monocle_stage_write (directory, "pixel_values.npy",
                                (const guint64[]){ 1, 3, side, side }, 4, planes, error)
        && write_levels (self, view, directory, error)
        && (n == 0
            || (monocle_clip_words_embed (self->words, (const char *const *) words, n, cancellable,
                                          rows, error)
                && monocle_stage_write (directory, "text_embeds.npy",
                                        (const guint64[]){ n, self->config.n_dims }, 2, rows, error)
                && write_maps (self, view, rows, n, directory, cancellable, error)));

  monocle_clipseg_view_free (view);
  return done;
}
