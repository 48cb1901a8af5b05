/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture to rows that the encoder reads. It lies in the middle of a square, of which those
 * patches count that hold something of it.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

/* CLIP's. */
static const double mean[] = { 0.48145466, 0.4578275, 0.40821073 };
static const double deviation[] = { 0.26862954, 0.26130258, 0.27577711 };

static guint
count_all (const MonocleUnifiedio2Config *config)
{
  return monocle_unifiedio2_count_patches (config, MONOCLE_UNIFIEDIO2_IMAGE);
}

guint
monocle_unifiedio2_get_side (const MonocleUnifiedio2Config *config)
{
  return config->image.rows * config->image.side;
}

/* --- patches ------------------------------------------------------------------------------ */

guint
monocle_unifiedio2_list_patches (const MonocleUnifiedio2Config *config,
                                 guint width,
                                 guint height,
                                 guint32 *places)
{
  const guint side = config->image.side;
  const MonocleUnifiedio2Fit fit
      = monocle_unifiedio2_fit (width, height, monocle_unifiedio2_get_side (config));
  guint n = 0;

  for (guint i = 0; i < count_all (config); i++)
    {
      /* Its middle says it. */
      const guint x = i % config->image.columns * side + side / 2;
      const guint y = i / config->image.columns * side + side / 2;

      if (x < fit.left || x >= fit.left + fit.width || y < fit.top || y >= fit.top + fit.height)
        continue;
      if (places)
        places[n] = i;
      n++;
    }
  return n;
}

/* The patch at @left, @top of the square; what lies outside of the picture is black. */
static void
cut_patch (MonocleImage *image,
           const MonocleUnifiedio2Fit *fit,
           guint left,
           guint top,
           guint side,
           float *patch)
{
  const guint8 *pixels = monocle_image_get_pixels (image);

  for (guint y = top; y < top + side; y++)
    for (guint x = left; x < left + side; x++)
      for (guint c = 0; c < 3; c++)
        {
          const gboolean is_there = x >= fit->left && x < fit->left + fit->width && y >= fit->top
                                    && y < fit->top + fit->height;
          const guint8 value
              = is_there ? pixels[3 * ((gsize) (y - fit->top) * fit->width + x - fit->left) + c]
                         : 0;

          *patch++ = (float) ((value / 255.0 - mean[c]) / deviation[c]);
        }
}

/* (transfer full) (nullable): [all, numbers of a patch], those that count first */
static float *
cut (const MonocleUnifiedio2Config *config,
     MonocleImage *image,
     const guint32 *places,
     guint n,
     GError **error)
{
  const guint all = monocle_unifiedio2_get_side (config), side = config->image.side;
  const MonocleUnifiedio2Fit fit = monocle_unifiedio2_fit (monocle_image_get_width (image),
                                                           monocle_image_get_height (image), all);
  g_autoptr (MonocleImage) opaque = monocle_image_on_white (image, error);
  g_autoptr (MonocleImage) small
      = opaque ? monocle_preprocess_resize (opaque, fit.width, fit.height,
                                            MONOCLE_RESAMPLE_BILINEAR, error)
               : NULL;
  float *patches;

  if (!small)
    return NULL;
  patches = g_new0 (float, (gsize) count_all (config) * config->image.patch);
  for (guint i = 0; i < n; i++)
    cut_patch (small, &fit, places[i] % config->image.columns * side,
               places[i] / config->image.columns * side, side,
               patches + (gsize) i * config->image.patch);
  return patches;
}

MonocleUnifiedio2Seen *
monocle_unifiedio2_see (MonocleUnifiedio2 *self,
                        MonocleImage *image,
                        GCancellable *cancellable,
                        MonocleFamilyProgress progress,
                        gpointer user_data,
                        MonocleFamilyTiming *timing,
                        float **patches,
                        GError **error)
{
  const gint64 start = g_get_monotonic_time ();
  g_autofree guint32 *places = g_new (guint32, count_all (&self->config));
  const guint n = monocle_unifiedio2_list_patches (&self->config, monocle_image_get_width (image),
                                                   monocle_image_get_height (image), places);
  g_autofree float *values = cut (&self->config, image, places, n, error);
  const MonocleUnifiedio2Sensed sensed
      = { .sense = MONOCLE_UNIFIEDIO2_IMAGE, .n = n, .places = places, .patches = values };
  const gint64 middle = g_get_monotonic_time ();
  MonocleUnifiedio2Seen *seen
      = values ? monocle_unifiedio2_sense (self, &sensed, cancellable, progress, user_data, error)
               : NULL;

  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (seen && patches)
    *patches = g_steal_pointer (&values);
  return seen;
}
