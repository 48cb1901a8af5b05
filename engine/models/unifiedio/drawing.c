/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Codes to a picture, and where that lies on what was seen.
 */
#include "config.h"

#include "engine/models/unifiedio/private.h"

#include <math.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/vk/staging.h"

#define SIDE MONOCLE_UNIFIEDIO_DRAWN_SIDE

void
monocle_unifiedio_drawing_write (MonocleUnifiedio *self, MonocleParams *params)
{
  const guint side = MONOCLE_UNIFIEDIO_CODES;
  MonocleGraph *g = self->drawing.graph = monocle_graph_new ("drawing", MONOCLE_FORMAT_F32);
  MonocleValue x;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  x = monocle_vqgan_decode (
      g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, MONOCLE_UNIFIEDIO_VQGAN), &self->vqgan,
      monocle_input (g, "codes", MONOCLE_FORMAT_U32, MONOCLE_DIMS (side * side)), side, side);
  monocle_name (g, x, "picture");
  monocle_keep (g, x);
}

gboolean
monocle_unifiedio_drawing_record (MonocleUnifiedio *self, GError **error)
{
  const MonocleRecordingTensor tensors[]
      = { { "codes", &self->codes }, { "picture", &self->picture } };

  return monocle_recording_record (&self->drawing, self->gpu, self->buffer, "drawing", tensors,
                                   G_N_ELEMENTS (tensors), error);
}

/* -1 to 1, and what lies outside of it. */
static guint8
to_byte (float value)
{
  return isnan (value) ? 0 : (guint8) lroundf (CLAMP ((value + 1) / 2, 0.0f, 1.0f) * 255);
}

MonocleImage *
monocle_unifiedio_draw (MonocleUnifiedio *self,
                        const guint32 *codes,
                        GCancellable *cancellable,
                        GError **error)
{
  const gsize n = 3 * SIDE * SIDE;
  g_autofree float *values = g_new (float, n);
  guint8 *pixels;

  if (!monocle_vk_upload (self->codes.buffer, self->codes.offset, codes,
                          monocle_tensor_get_size_bytes (&self->codes), error)
      || !monocle_commands_submit (self->drawing.commands, cancellable, NULL, NULL, error)
      || !monocle_tensor_read (&self->picture, values, error))
    return NULL;
  pixels = g_malloc (n);
  for (gsize i = 0; i < n; i++)
    pixels[i] = to_byte (values[i]);
  return monocle_image_new_take_pixels (SIDE, SIDE, pixels, error);
}

/* --- on what was seen --------------------------------------------------------------------- */

void
monocle_unifiedio_find_cover (guint width, guint height, guint *cover_width, guint *cover_height)
{
  const double ratio = (double) SIDE / MAX (width, height);

  *cover_width = height > width ? MAX ((guint) (ratio * width), 1) : SIDE;
  *cover_height = height > width ? SIDE : MAX ((guint) (ratio * height), 1);
}

/* Each pixel is one of those that were drawn. */
static MonocleImage *
spread (MonocleImage *drawn,
        guint cover_width,
        guint cover_height,
        guint width,
        guint height,
        GError **error)
{
  const guint8 *pixels = monocle_image_get_pixels (drawn);
  guint8 *all = g_try_malloc_n ((gsize) width * height, 3), *at = all;

  if (!all)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                   "Not enough memory for a picture of %u×%u pixels", width, height);
      return NULL;
    }
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++, at += 3)
      {
        const gsize row = (gsize) ((guint64) y * cover_height / height);
        const gsize column = (gsize) ((guint64) x * cover_width / width);

        memcpy (at, pixels + 3 * (row * SIDE + column), 3);
      }
  return monocle_image_new_take_pixels (width, height, all, error);
}

MonocleImage *
monocle_unifiedio_uncover (
    MonocleImage *drawn, guint width, guint height, gboolean is_map, GError **error)
{
  g_autoptr (MonocleImage) cut = NULL;
  guint cover_width, cover_height;

  monocle_unifiedio_find_cover (width, height, &cover_width, &cover_height);
  if (is_map)
    return spread (drawn, cover_width, cover_height, width, height, error);
  cut = monocle_image_new_from_pixels (cover_width, cover_height, 3 * SIDE,
                                       monocle_image_get_pixels (drawn), error);
  return cut ? monocle_preprocess_resize (cut, width, height, MONOCLE_RESAMPLE_BICUBIC, error)
             : NULL;
}
