/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/drawing.h"

#include <math.h>
#include <string.h>

#include "engine/answer/mask-runs-private.h"
#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/vk/staging.h"

/* What of a picture is not there yet. */
#define GREY 128

/* Showing a picture while it is written takes no more than one part in so many of the time. */
#define SHOWING_SHARE 5

/* What drawing takes where nobody knows it yet: as long as that nobody waits for long. */
#define UNKNOWN_COST_US 2500000

void
monocle_drawing_write (MonocleDrawing *self,
                       MonocleParams *params,
                       MonocleScope scope,
                       const MonocleVqganConfig *vqgan,
                       guint n)
{
  MonocleGraph *g = self->recording.graph = monocle_graph_new ("drawing", MONOCLE_FORMAT_F32);
  MonocleValue x;

  self->n = n;
  self->side = n * monocle_vqgan_get_patch (vqgan);
  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  x = monocle_vqgan_decode (
      g, scope, vqgan, monocle_input (g, "codes", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n * n)), n, n);
  monocle_name (g, x, "picture");
  monocle_keep (g, x);
}

gboolean
monocle_drawing_record (MonocleDrawing *self,
                        MonocleVkGpu *gpu,
                        MonocleVkBuffer *buffer,
                        GError **error)
{
  const MonocleRecordingTensor tensors[]
      = { { "codes", &self->codes }, { "picture", &self->picture } };

  return monocle_recording_record (&self->recording, gpu, buffer, "drawing", tensors,
                                   G_N_ELEMENTS (tensors), error);
}

void
monocle_drawing_clear (MonocleDrawing *self)
{
  monocle_recording_clear (&self->recording);
}

/* -1 to 1, and what lies outside of it. */
static guint8
to_byte (float value)
{
  return isnan (value) ? 0 : (guint8) lroundf (CLAMP ((value + 1) / 2, 0.0f, 1.0f) * 255);
}

float *
monocle_drawing_compute (MonocleDrawing *self,
                         const guint32 *codes,
                         GCancellable *cancellable,
                         GError **error)
{
  const gint64 start = g_get_monotonic_time ();
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (&self->picture));

  if (!monocle_vk_upload (self->codes.buffer, self->codes.offset, codes,
                          monocle_tensor_get_size_bytes (&self->codes), error)
      || !monocle_commands_submit (self->recording.commands, cancellable, NULL, NULL, error)
      || !monocle_tensor_read (&self->picture, values, error))
    return NULL;
  self->cost_us = MAX (g_get_monotonic_time () - start, 1);
  return g_steal_pointer (&values);
}

MonocleImage *
monocle_drawing_draw (MonocleDrawing *self,
                      const guint32 *codes,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autofree float *values = monocle_drawing_compute (self, codes, cancellable, error);
  const gsize n = 3 * (gsize) self->side * self->side;
  guint8 *pixels;

  if (!values)
    return NULL;
  pixels = g_malloc (n);
  for (gsize i = 0; i < n; i++)
    pixels[i] = to_byte (values[i]);
  return monocle_image_new_take_pixels (self->side, self->side, pixels, error);
}

/* What is not there is drawn as what is there last, and covered. */
MonocleImage *
monocle_drawing_draw_part (MonocleDrawing *self,
                           const guint32 *ids,
                           guint32 first,
                           guint n,
                           GCancellable *cancellable,
                           GError **error)
{
  const guint n_all = self->n * self->n, side = self->side;
  g_autofree guint32 *all = g_new (guint32, n_all);
  g_autoptr (MonocleImage) drawn = NULL;
  guint8 *pixels;
  guint end;

  for (guint i = 0; i < n_all; i++)
    all[i] = ids[MIN (i, n - 1)] - first;
  drawn = monocle_drawing_draw (self, all, cancellable, error);
  if (!drawn || n >= n_all)
    return g_steal_pointer (&drawn);
  end = side / self->n * (n / self->n);
  pixels = g_memdup2 (monocle_image_get_pixels (drawn), 3 * (gsize) side * side);
  memset (pixels + 3 * (gsize) side * end, GREY, 3 * (gsize) side * (side - end));
  return monocle_image_new_take_pixels (side, side, pixels, error);
}

void
monocle_drawing_plan (MonocleGeneration *generation,
                      const MonocleSampling *usual,
                      MonocleGuided *guided,
                      double guidance)
{
  generation->n_questions = 1;
  generation->n_at_once = NULL;
  generation->draws_from_all = TRUE;
  if (!generation->sampling)
    generation->sampling = usual;
  if (!guided)
    return;
  guided->decoder = generation->decoder;
  guided->self = generation->decoder_self;
  guided->guidance = guidance;
  guided->n_words = generation->search->vocab_size;
  generation->decoder = &monocle_guided_decoder;
  generation->decoder_self = guided;
}

gboolean
monocle_drawing_is_worth_showing (const MonocleDrawing *self, guint n, gint64 since_us)
{
  const gint64 cost = self->cost_us > 0 ? self->cost_us : UNKNOWN_COST_US;

  return n > 0 && n < self->n * self->n && n % self->n == 0
         && (since_us == 0 || g_get_monotonic_time () - since_us >= (SHOWING_SHARE - 1) * cost);
}

void
monocle_drawing_shown_begin (MonocleDrawingShown *self)
{
  monocle_drawing_shown_clear (self);
  self->at_us = g_get_monotonic_time ();
}

void
monocle_drawing_shown_clear (MonocleDrawingShown *self)
{
  g_clear_pointer (&self->picture, monocle_image_unref);
}

void
monocle_drawing_shown_take (MonocleDrawingShown *self, MonocleImage *picture)
{
  self->at_us = g_get_monotonic_time ();
  if (!picture)
    return;
  monocle_drawing_shown_clear (self);
  self->picture = picture;
}

MonocleResult *
monocle_drawing_shown_read (const MonocleDrawingShown *self)
{
  MonocleResult *result = monocle_result_new ();

  if (self->picture)
    monocle_result_take_picture (result, monocle_image_ref (self->picture));
  return result;
}

/* --- on what was seen --------------------------------------------------------------------- */

/* The drawn pixel that lies on one of what was seen. */
static gsize
find_pixel (guint at, guint first, guint n_drawn, guint n_all, gboolean from_middle)
{
  return (gsize) ((2 * ((guint64) at + first) + (from_middle ? 1 : 0)) * n_drawn / (2 * n_all));
}

static gsize
find_row (const MonocleDrawingCover *cover, guint y)
{
  return find_pixel (y, cover->top, cover->drawn_height, cover->all_height, cover->from_middle);
}

static gsize
find_column (const MonocleDrawingCover *cover, guint x)
{
  return find_pixel (x, cover->left, cover->drawn_width, cover->all_width, cover->from_middle);
}

/* Each pixel is one of those that were drawn. */
static MonocleImage *
repeat (MonocleImage *drawn, const MonocleDrawingCover *cover, GError **error)
{
  const guint8 *pixels = monocle_image_get_pixels (drawn);
  const gsize side = monocle_image_get_width (drawn);
  guint8 *all = g_try_malloc_n ((gsize) cover->width * cover->height, 3), *at = all;

  if (!all)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                   "Not enough memory for a picture of %u×%u pixels", cover->width, cover->height);
      return NULL;
    }
  for (guint y = 0; y < cover->height; y++)
    for (guint x = 0; x < cover->width; x++, at += 3)
      memcpy (at, pixels + 3 * (find_row (cover, y) * side + find_column (cover, x)), 3);
  return monocle_image_new_take_pixels (cover->width, cover->height, all, error);
}

MonocleImage *
monocle_drawing_uncover (MonocleImage *drawn,
                         const MonocleDrawingCover *cover,
                         gboolean is_map,
                         GError **error)
{
  const MonocleResizePart part = { cover->all_width, cover->all_height, cover->left,
                                   cover->top,       cover->width,      cover->height };
  g_autoptr (MonocleImage) cut = NULL;

  if (is_map)
    return repeat (drawn, cover, error);
  cut = monocle_image_new_from_pixels (cover->drawn_width, cover->drawn_height,
                                       3 * monocle_image_get_width (drawn),
                                       monocle_image_get_pixels (drawn), error);
  return cut ? monocle_preprocess_resize_part (cut, &part, MONOCLE_RESAMPLE_BICUBIC, error) : NULL;
}

MonocleMaskRuns *
monocle_drawing_spread (const guint8 *map, guint side, const MonocleDrawingCover *cover)
{
  GArray *counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 run = 0;
  guint8 inside = FALSE;

  for (guint x = 0; x < cover->width; x++)
    for (guint y = 0; y < cover->height; y++)
      {
        if (map[find_row (cover, y) * side + find_column (cover, x)] != inside)
          {
            g_array_append_val (counts, run);
            inside = !inside;
            run = 0;
          }
        run++;
      }
  g_array_append_val (counts, run);
  return monocle_mask_runs_new_take (counts, cover->width, cover->height);
}
