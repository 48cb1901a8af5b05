/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture to patches: brought to a square whose rest stays black, and of that the patches that
 * hold something of it.
 */
#include "config.h"

#include "engine/models/unifiedio/private.h"

#include <math.h>
#include <string.h>

#define SIDE      MONOCLE_UNIFIEDIO_SEEN_SIDE
#define N_PATCHES (MONOCLE_UNIFIEDIO_PATCHES * MONOCLE_UNIFIEDIO_PATCHES)

/* Pixels of a side of a patch. */
#define PATCH (SIDE / MONOCLE_UNIFIEDIO_PATCHES)

G_STATIC_ASSERT (3 * PATCH * PATCH == MONOCLE_UNIFIEDIO_PATCH);

/* Places are counted so in questions. */
#define LAST_BIN (MONOCLE_UNIFIEDIO_N_BINS - 1)

static const double mean[] = { 0.485, 0.456, 0.406 }, deviation[] = { 0.229, 0.224, 0.225 };

static guint
scale_side (guint length, guint longest)
{
  return MAX ((guint) (length * ((double) SIDE / longest)), 1);
}

void
monocle_unifiedio_fit (guint width, guint height, guint *fit_width, guint *fit_height)
{
  *fit_width = scale_side (width, MAX (width, height));
  *fit_height = scale_side (height, MAX (width, height));
}

/* Whether there is something is looked at the corner of each. */
static guint
count_along (guint length)
{
  return (length + PATCH - 1) / PATCH;
}

guint
monocle_unifiedio_count_patches (guint width, guint height)
{
  guint fit_width, fit_height;

  monocle_unifiedio_fit (width, height, &fit_width, &fit_height);
  return count_along (fit_width) * count_along (fit_height);
}

static float
normalise (guint8 value, guint channel)
{
  return (float) ((value / 255.0 - mean[channel]) / deviation[channel]);
}

/* The patch at @left, @top; what lies outside is black. */
static void
cut_patch (const guint8 *pixels, guint width, guint height, guint left, guint top, float *patch)
{
  for (guint y = 0; y < PATCH; y++)
    for (guint x = 0; x < PATCH; x++)
      for (guint c = 0; c < 3; c++)
        {
          const gboolean is_there = left + x < width && top + y < height;

          *patch++ = normalise (
              is_there ? pixels[3 * ((gsize) (top + y) * width + left + x) + c] : 0, c);
        }
}

static void
cut_patches (MonocleUnifiedioSeen *seen, const guint8 *pixels)
{
  const guint columns = count_along (seen->fit_width), rows = count_along (seen->fit_height);

  seen->n = rows * columns;
  seen->places = g_new (guint32, seen->n);
  seen->patches = g_new (float, (gsize) seen->n *MONOCLE_UNIFIEDIO_PATCH);
  for (guint i = 0; i < seen->n; i++)
    {
      const guint row = i / columns, column = i % columns;

      seen->places[i] = row * MONOCLE_UNIFIEDIO_PATCHES + column;
      cut_patch (pixels, seen->fit_width, seen->fit_height, column * PATCH, row * PATCH,
                 seen->patches + (gsize) i * MONOCLE_UNIFIEDIO_PATCH);
    }
}

gpointer
monocle_unifiedio_prepare (gpointer model,
                           MonocleImage *image,
                           GCancellable *cancellable,
                           MonocleFamilyProgress progress,
                           gpointer user_data,
                           MonocleFamilyTiming *timing,
                           GError **error)
{
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (MonocleImage) opaque = monocle_image_on_white (image, error);
  g_autoptr (MonocleImage) fit = NULL;
  MonocleUnifiedioSeen *seen;
  guint width, height;

  monocle_unifiedio_fit (monocle_image_get_width (image), monocle_image_get_height (image), &width,
                         &height);
  if (opaque)
    fit = monocle_preprocess_resize (opaque, width, height, MONOCLE_RESAMPLE_BILINEAR, error);
  if (!fit)
    return NULL;
  seen = g_new0 (MonocleUnifiedioSeen, 1);
  seen->width = monocle_image_get_width (image);
  seen->height = monocle_image_get_height (image);
  seen->fit_width = width;
  seen->fit_height = height;
  cut_patches (seen, monocle_image_get_pixels (fit));
  timing->preprocess_ms = (double) (g_get_monotonic_time () - start) / 1000;
  return seen;
}

void
monocle_unifiedio_discard (gpointer model, gpointer features)
{
  MonocleUnifiedioSeen *seen = features;

  if (!seen)
    return;
  g_free (seen->places);
  g_free (seen->patches);
  g_free (seen);
}

/* --- what of it is read ------------------------------------------------------------------- */

/* A place of a question as a pixel of what was seen: what it was before it was counted in bins is
 * taken to be in the middle of one. */
static guint
find_pixel (guint bin)
{
  return (guint) lround ((bin + 0.5) / LAST_BIN * SIDE);
}

static gboolean
is_hidden (guint place, const guint *hidden)
{
  const guint x = place % MONOCLE_UNIFIEDIO_PATCHES * PATCH;
  const guint y = place / MONOCLE_UNIFIEDIO_PATCHES * PATCH;

  return hidden && x >= find_pixel (hidden[0]) && x < find_pixel (hidden[2])
         && y >= find_pixel (hidden[1]) && y < find_pixel (hidden[3]);
}

gboolean
monocle_unifiedio_show (MonocleUnifiedio *self,
                        MonocleUnifiedioWriting *writing,
                        const MonocleUnifiedioSeen *seen,
                        const guint *hidden,
                        GError **error)
{
  g_autofree float *patches = g_new (float, (gsize) N_PATCHES *MONOCLE_UNIFIEDIO_PATCH);
  guint n = 0;

  for (guint i = 0; seen && i < seen->n; i++)
    if (!is_hidden (seen->places[i], hidden))
      {
        writing->patch_places[n] = seen->places[i];
        memcpy (patches + (gsize) n * MONOCLE_UNIFIEDIO_PATCH,
                seen->patches + (gsize) i * MONOCLE_UNIFIEDIO_PATCH,
                MONOCLE_UNIFIEDIO_PATCH * sizeof *patches);
        n++;
      }
  writing->asker.n_image = n;
  self->patches.dims[0] = MAX (n, 1);
  return n == 0 || monocle_tensor_write (&self->patches, patches, error);
}
