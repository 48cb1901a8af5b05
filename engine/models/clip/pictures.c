/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures to vectors.
 */
#include "config.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/models/clip/private.h"

/* Shapes of pictures that stay recorded. */
#define MAX_SHAPES 8

static gboolean
embed_batch (MonocleClip *self,
             MonocleClipPass *pass,
             MonocleImage *const *images,
             guint n,
             GCancellable *cancellable,
             MonocleFamilyProgress progress,
             gpointer user_data,
             MonocleFamilyTiming *timing,
             float *rows,
             GError **error)
{
  const MonocleClipVisionConfig *vision = &pass->vision;
  gsize n_pixels = (gsize) 3 * vision->rows * vision->columns * vision->patch * vision->patch;
  gsize n_dims = self->config.n_dims;
  g_autofree float *input = g_new0 (float, pass->n *n_pixels);
  g_autofree float *vectors = g_new (float, pass->n *n_dims);
  g_autofree float *positions = NULL;
  gint64 start = g_get_monotonic_time (), middle;

  for (guint i = 0; i < n; i++)
    if (!monocle_clip_write_pixels (self, vision, images[i], input + i * n_pixels, NULL, error))
      return FALSE;
  if (vision->is_flexible)
    positions = monocle_clip_resize_grid (self, vision->rows, vision->columns);
  middle = g_get_monotonic_time ();
  if (!monocle_clip_pass_run (pass, input, NULL, positions, cancellable, progress, user_data,
                              vectors, error)
      || !monocle_engine_error_check_numbers (vectors, n * n_dims, error))
    return FALSE;
  memcpy (rows, vectors, n * n_dims * sizeof *rows);
  timing->preprocess_ms += (double) (middle - start) / 1000;
  timing->encode_ms += (double) (g_get_monotonic_time () - middle) / 1000;
  return TRUE;
}

/* (transfer none): for pictures of that shape; what was not seen for long goes */
static MonocleClipPass *
find_shape (MonocleClip *self, const MonocleClipVisionConfig *vision, GError **error)
{
  g_autoptr (MonocleClipPass) pass = NULL;

  for (guint i = 0; i < self->shapes->len; i++)
    {
      MonocleClipPass *known = self->shapes->pdata[i];

      if (known->vision.rows == vision->rows && known->vision.columns == vision->columns)
        return known;
    }
  pass = monocle_clip_pass_new_vision (self->params, MONOCLE_SCOPE_ROOT, vision,
                                       &(MonocleClipEnd){ .n_dims = self->config.n_dims }, 1);
  if (!monocle_recording_plan (&pass->recording, self->gpu, NULL, NULL, error)
      || !monocle_clip_pass_record (pass, self->gpu, NULL, error))
    return NULL;
  if (self->shapes->len == MAX_SHAPES)
    g_ptr_array_remove_index (self->shapes, 0);
  g_ptr_array_add (self->shapes, pass);
  return g_steal_pointer (&pass);
}

gboolean
monocle_clip_embed_images (MonocleClip *self,
                           MonocleImage *const *images,
                           guint n,
                           GCancellable *cancellable,
                           MonocleFamilyProgress progress,
                           gpointer user_data,
                           MonocleFamilyTiming *timing,
                           float *rows,
                           GError **error)
{
  for (guint first = 0, done; first < n; first += done)
    {
      MonocleClipPass *pass;

      if (self->config.vision.is_flexible)
        {
          MonocleClipVisionConfig vision = monocle_clip_choose_shape (self, images[first]);

          pass = find_shape (self, &vision, error);
        }
      else
        /* Half a batch takes longer than the same pictures one by one. */
        pass = self->pictures
                   ->pdata[n - first > MONOCLE_CLIP_BATCH / 2 ? self->pictures->len - 1 : 0];
      done = pass ? MIN (pass->n, n - first) : 0;
      if (!pass
          || !embed_batch (self, pass, images + first, done, cancellable, progress, user_data,
                           timing, rows + (gsize) first * self->config.n_dims, error))
        return FALSE;
    }
  return TRUE;
}
