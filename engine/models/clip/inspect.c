/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference.
 */
#include "config.h"

#include "engine/answer/labels.h"
#include "engine/answer/vector.h"
#include "engine/models/clip/private.h"
#include "engine/models/parts/stages.h"

/* Of the first text, which may be read as numbers elsewhere. */
static gboolean
write_ids (MonocleClip *self, const char *text, const char *directory, GError **error)
{
  guint pick;
  g_autoptr (GArray) ids = monocle_clip_tokenize (self, text, &pick);

  return monocle_stage_write_ids (directory, (const guint32 *) (gconstpointer) ids->data, ids->len,
                                  error);
}

static gboolean
write_pixels (MonocleClip *self, MonocleImage *image, const char *directory, GError **error)
{
  MonocleClipVisionConfig vision = self->config.vision;
  const MonoclePreprocessSettings *s = &self->preprocess;
  guint64 height = s->height, width = s->width;
  g_autofree float *pixels = NULL;
  g_autofree float *planes = NULL;

  if (vision.is_flexible)
    {
      vision = monocle_clip_choose_shape (self, image);
      height = vision.rows * vision.patch;
      width = vision.columns * vision.patch;
    }
  pixels = g_new (float, 3 * height * width);
  return monocle_clip_write_pixels (self, &vision, image, pixels, &planes, error)
         && monocle_stage_write (directory, "pixel_values.npy",
                                 (const guint64[]){ 1, 3, height, width }, 4, planes, error);
}

gboolean
monocle_clip_inspect (gpointer model,
                      MonocleImage *image,
                      const char *prompt,
                      const guint32 *decoder_ids,
                      guint n_decoder_ids,
                      const char *directory,
                      GCancellable *cancellable,
                      GError **error)
{
  MonocleClip *self = model;
  g_auto (GStrv) texts = monocle_labels_parse (prompt);
  guint n = g_strv_length (texts), n_dims = self->config.n_dims;
  g_autofree float *picture = g_new (float, n_dims);
  g_autofree float *rows = g_new (float, (gsize) MAX (n, 1) * n_dims);
  g_autofree float *logits = g_new (float, MAX (n, 1));
  MonocleFamilyTiming timing = { 0 };

  if (!write_pixels (self, image, directory, error)
      || !monocle_clip_embed_images (self, &image, 1, cancellable, NULL, NULL, &timing, picture,
                                     error)
      || !monocle_clip_words_embed (self->words, (const char *const *) texts, n, cancellable, rows,
                                    error))
    return FALSE;
  monocle_vector_normalise (picture, n_dims);
  for (guint i = 0; i < n; i++)
    {
      float *row = rows + (gsize) i * n_dims;

      monocle_vector_normalise (row, n_dims);
      logits[i] = (float) (self->scale * monocle_vector_dot (picture, row, n_dims) + self->bias);
    }
  return monocle_stage_write (directory, "image_embeds.npy", (const guint64[]){ 1, n_dims }, 2,
                              picture, error)
         && (n == 0
             || (write_ids (self, texts[0], directory, error)
                 && monocle_stage_write (directory, "text_embeds.npy",
                                         (const guint64[]){ n, n_dims }, 2, rows, error)
                 && monocle_stage_write (directory, "logits_per_image.npy",
                                         (const guint64[]){ 1, n }, 2, logits, error)));
}
