/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage computes, for comparing with the reference.
 */
#include "config.h"

#include "engine/answer/labels.h"
#include "engine/models/owl/private.h"
#include "engine/models/parts/stages.h"

static gboolean
write_pixels (MonocleOwl *self, MonocleImage *image, const char *directory, GError **error)
{
  guint64 side = self->config.side;
  gsize n = side * side;
  g_autofree float *pixels = g_new (float, 3 * n);
  g_autofree float *planes = g_new (float, 3 * n);

  if (!monocle_owl_write_pixels (self, image, pixels, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    for (guint c = 0; c < 3; c++)
      planes[c * n + i] = pixels[i * 3 + c];
  return monocle_stage_write (directory, "pixel_values.npy", (const guint64[]){ 1, 3, side, side },
                              4, planes, error);
}

static gboolean
write_view (const MonocleOwlView *view, const char *directory, GError **error)
{
  return monocle_stage_write (directory, "pred_boxes.npy", (const guint64[]){ 1, view->n, 4 }, 3,
                              view->boxes, error)
         && (!view->things
             || monocle_stage_write (directory, "objectness.npy", (const guint64[]){ 1, view->n },
                                     2, view->things, error));
}

/* Ids of the first text, vectors and logits of all. */
static gboolean
write_texts (MonocleOwl *self,
             const MonocleOwlView *view,
             GStrv texts,
             const char *directory,
             GCancellable *cancellable,
             GError **error)
{
  guint n = g_strv_length (texts), n_dims = self->config.n_dims, pick;
  g_autofree float *logits = g_new (float, (gsize) view->n *n);
  g_autofree float *rows = g_new (float, (gsize) n *n_dims);
  g_autoptr (GArray) ids = monocle_owl_tokenize (self, texts[0], &pick);

  if (!monocle_clip_words_learn (self->words, (const char *const *) texts, n, cancellable, error))
    return FALSE;
  for (guint k = 0; k < n; k++)
    {
      const float *query = monocle_clip_words_find (self->words, texts[k]);

      for (guint i = 0; i < n_dims; i++)
        rows[k * n_dims + i] = query[i];
      for (guint i = 0; i < view->n; i++)
        logits[i * n + k] = monocle_owl_view_get_logit (self, view, i, query);
    }
  return monocle_stage_write_ids (directory, (const guint32 *) (gconstpointer) ids->data, ids->len,
                                  error)
         && monocle_stage_write (directory, "text_embeds.npy", (const guint64[]){ n, n_dims }, 2,
                                 rows, error)
         && monocle_stage_write (directory, "logits.npy", (const guint64[]){ 1, view->n, n }, 3,
                                 logits, error);
}

gboolean
monocle_owl_inspect (gpointer model,
                     MonocleImage *image,
                     const char *prompt,
                     const guint32 *decoder_ids,
                     guint n_decoder_ids,
                     const char *directory,
                     GCancellable *cancellable,
                     GError **error)
{
  MonocleOwl *self = model;
  g_auto (GStrv) texts = monocle_labels_parse (prompt);
  MonocleFamilyTiming timing = { 0 };
  g_autoptr (MonocleOwlView) view
      = monocle_owl_look (self, image, cancellable, NULL, NULL, &timing, error);

  return view && write_pixels (self, image, directory, error) && write_view (view, directory, error)
         && (!*texts || write_texts (self, view, texts, directory, cancellable, error));
}
