/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/models/world/painter-private.h"
#include "engine/vk/staging.h"

/* Frames that are drawn side by side. */
#define MAX_ROWS 64

MonocleWorldPainter *
monocle_world_painter_new (const MonocleWorldConfig *config, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autofree char *where = g_strconcat (path, ": frames", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  g_autoptr (MonocleWorldPainter) self = g_new0 (MonocleWorldPainter, 1);
  JsonObject *section = NULL;

  self->config = config;
  if (!root
      || !monocle_json_get_object (root, path, "frames", MONOCLE_JSON_OPTIONAL, &section, error)
      || !section || !monocle_world_painter_read (self, section, where, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
monocle_world_painter_free (MonocleWorldPainter *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->decoder, monocle_causal_decoder_free);
  monocle_recording_clear (&self->seeing);
  monocle_drawing_clear (&self->drawing);
  monocle_vk_buffer_free (self->buffer);
  g_free (self->measured);
  g_free (self);
}

const MonocleWorldPaints *
monocle_world_painter_get_paints (const MonocleWorldPainter *self)
{
  return &self->paints;
}

/* --- weights ------------------------------------------------------------------------------ */

static MonocleScope
get_scope (void)
{
  return monocle_scope_enter (MONOCLE_SCOPE_ROOT, "frames");
}

static void
write_seeing (MonocleWorldPainter *self, MonocleParams *params)
{
  const guint side = self->paints.side;
  MonocleGraph *g = self->seeing.graph = monocle_graph_new ("seeing", MONOCLE_FORMAT_F32);
  MonocleValue x;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  x = monocle_vqgan_encode (
      g, monocle_scope_enter (get_scope (), "vqgan"), &self->paints.vqgan,
      monocle_input (g, "pixels", MONOCLE_FORMAT_F32, MONOCLE_DIMS (side, side, 3)),
      monocle_input (g, "sizes", MONOCLE_FORMAT_F32, MONOCLE_DIMS (self->paints.vqgan.n_codes)),
      monocle_input (g, "zeros", MONOCLE_FORMAT_U32, MONOCLE_DIMS (self->n_squares, 2)));
  monocle_name (g, x, "nearest");
  monocle_keep (g, x);
}

gboolean
monocle_world_painter_declare (MonocleWorldPainter *self, MonocleWeights *weights, GError **error)
{
  MonocleParams *params = monocle_weights_get_params (weights);

  write_seeing (self, params);
  monocle_drawing_write (&self->drawing, params, monocle_scope_enter (get_scope (), "vqgan"),
                         &self->paints.vqgan,
                         self->paints.side / monocle_vqgan_get_patch (&self->paints.vqgan));
  return monocle_causal_declare (&self->causal, &self->paints.text, weights,
                                 monocle_scope_enter (get_scope (), "model"),
                                 monocle_scope_enter (get_scope (), "lm_head"), error);
}

gboolean
monocle_world_painter_prepare (MonocleWorldPainter *self,
                               MonocleCheckpoint *checkpoint,
                               MonocleParams *params,
                               MonocleVkGpu *gpu,
                               GError **error)
{
  const MonocleRecordingTensor tensors[] = { { "pixels", &self->pixels },
                                             { "sizes", &self->sizes },
                                             { "zeros", &self->zeros },
                                             { "nearest", &self->nearest } };
  guint64 bytes = 0, largest = 0;

  self->params = params;
  self->gpu = gpu;
  if (!monocle_recording_plan (&self->seeing, gpu, &bytes, &largest, error)
      || !monocle_recording_plan (&self->drawing.recording, gpu, &bytes, &largest, error))
    return FALSE;
  self->buffer = monocle_vk_buffer_new (gpu, bytes, MONOCLE_VK_USE_DEVICE, "frames", error);
  self->measured = g_new (float, self->paints.vqgan.n_codes);
  monocle_vqgan_measure (&self->paints.vqgan,
                         monocle_checkpoint_find (checkpoint, "frames.vqgan.quantize.embed.weight"),
                         self->measured);
  return self->buffer
         && monocle_recording_record (&self->seeing, gpu, self->buffer, "seeing", tensors,
                                      G_N_ELEMENTS (tensors), error)
         && monocle_drawing_record (&self->drawing, gpu, self->buffer, error);
}

/* --- seeing ------------------------------------------------------------------------------- */

static gboolean
upload (const MonocleTensor *tensor, gconstpointer values, GError **error)
{
  return monocle_vk_upload (tensor->buffer, tensor->offset, values,
                            monocle_tensor_get_size_bytes (tensor), error);
}

/* The codes of a picture. */
static gboolean
see (MonocleWorldPainter *self,
     MonocleImage *image,
     GCancellable *cancellable,
     guint32 *codes,
     GError **error)
{
  const gsize n = (gsize) 3 * self->paints.side * self->paints.side;
  const guint8 *bytes = monocle_image_get_pixels (image);
  g_autofree float *values = g_new (float, n);
  g_autofree guint32 *zeros = g_new0 (guint32, 2 * self->n_squares);
  g_autofree guint32 *nearest = g_new (guint32, 2 * self->n_squares);

  for (gsize i = 0; i < n; i++)
    values[i] = bytes[i] / 127.5f - 1;
  if (!upload (&self->pixels, values, error) || !upload (&self->zeros, zeros, error)
      || !upload (&self->sizes, self->measured, error)
      || !monocle_commands_submit (self->seeing.commands, cancellable, NULL, NULL, error)
      || !monocle_vk_download (self->nearest.buffer, self->nearest.offset, nearest,
                               monocle_tensor_get_size_bytes (&self->nearest), error))
    return FALSE;
  for (guint i = 0; i < self->n_squares; i++)
    codes[i] = MIN (nearest[2 * i], self->paints.vqgan.n_codes - 1);
  return TRUE;
}

/* How alike two pictures of the same size are; of equal ones, as much as rounding leaves. */
static double
compare (MonocleImage *a, MonocleImage *b)
{
  const gsize n = (gsize) 3 * monocle_image_get_width (a) * monocle_image_get_height (a);
  const guint8 *left = monocle_image_get_pixels (a), *right = monocle_image_get_pixels (b);
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += pow ((left[i] - right[i]) / 255.0, 2);
  return -10 * log10 (MAX (sum / (double) n, 1e-9));
}

/* --- drawing ------------------------------------------------------------------------------ */

static gboolean
ensure_decoder (MonocleWorldPainter *self, guint n_rows, GError **error)
{
  const MonocleCausalDecoderSize size
      = { .n_questions = n_rows,
          .n_beams = 1,
          .n_candidates = 1,
          .first_places = monocle_world_painter_count_all_tokens (self) };

  if (!self->decoder || !monocle_causal_decoder_has_size (self->decoder, &size))
    {
      g_clear_pointer (&self->decoder, monocle_causal_decoder_free);
      self->decoder = monocle_causal_decoder_new (&self->causal, self->params, self->gpu,
                                                  MONOCLE_FORMAT_F32, &size, NULL, error);
    }
  return self->decoder && monocle_causal_decoder_begin (self->decoder, NULL, 0, NULL, error);
}

static guint32
choose_code (const MonocleWorldPainter *self, const float *logits)
{
  const guint32 first = monocle_world_painter_get_code (self);
  guint32 best = 0;

  for (guint32 i = 1; i < self->paints.vqgan.n_codes; i++)
    if (logits[first + i] > logits[first + best])
      best = i;
  return best;
}

/* What rows are fed: [rows, tokens] of both frames, but for the codes of the second one. */
typedef struct
{
  guint n, n_tokens;
  guint32 *words, *beside;
} Rows;

static void
rows_clear (Rows *rows)
{
  g_free (rows->words);
  g_free (rows->beside);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rows, rows_clear)

static void
write_rows (const MonocleWorldPainter *self,
            const MonocleFamilyFrames *asked,
            const guint *colours,
            const guint32 *codes,
            guint first,
            Rows *rows)
{
  const guint n_each = monocle_world_painter_count_tokens (self);
  const guint n_coordinates = 2 * asked->tracks->n_things;
  const float *seen = asked->tracks->places + (gsize) (asked->tracks->n_frames - 1) * n_coordinates;

  for (guint k = 0; k < rows->n; k++)
    {
      guint32 *words = rows->words + (gsize) k * rows->n_tokens;
      guint32 *beside = rows->beside + (gsize) k * rows->n_tokens;

      monocle_world_painter_write_obstacle (self, &asked->tracks->obstacle, words, beside);
      words += MONOCLE_WORLD_OBSTACLE_TOKENS;
      beside += MONOCLE_WORLD_OBSTACLE_TOKENS;
      monocle_world_painter_write (self, asked->tracks, seen, colours, words, beside);
      for (guint i = 0; i < self->n_squares; i++)
        words[n_each - self->n_squares + i] = monocle_world_painter_get_code (self) + codes[i];
      monocle_world_painter_write (self, asked->tracks,
                                   asked->places + (gsize) (first + k) * n_coordinates, colours,
                                   words + n_each, beside + n_each);
    }
}

/* To the last code of all rows; what they are is written into them. */
static gboolean
walk_rows (MonocleWorldPainter *self, Rows *rows, GCancellable *cancellable, GError **error)
{
  const gsize n_words = self->paints.text.n_words;
  const guint first = rows->n_tokens - self->n_squares;
  g_autofree guint32 *words = g_new (guint32, rows->n), *beside = g_new (guint32, rows->n);
  g_autofree guint32 *sources = g_new (guint32, rows->n);
  g_autofree float *logits = g_new (float, rows->n *n_words);
  const MonocleDecoderStep step = { .tokens = words, .beside = beside, .sources = sources };

  for (guint k = 0; k < rows->n; k++)
    sources[k] = k;
  /* What follows from the last code nobody wants to know. */
  for (guint at = 0; at + 1 < rows->n_tokens; at++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (guint k = 0; k < rows->n; k++)
        {
          words[k] = rows->words[(gsize) k * rows->n_tokens + at];
          beside[k] = rows->beside[(gsize) k * rows->n_tokens + at];
        }
      if (!monocle_causal_decoder_step (self->decoder, &step, NULL, error))
        return FALSE;
      if (at + 1 < first)
        continue;
      if (!monocle_causal_decoder_read_logits (self->decoder, logits, error)
          || !monocle_engine_error_check_numbers (logits, rows->n * n_words, error))
        return FALSE;
      for (guint k = 0; k < rows->n; k++)
        rows->words[(gsize) k * rows->n_tokens + at + 1]
            = monocle_world_painter_get_code (self) + choose_code (self, logits + k * n_words);
    }
  return TRUE;
}

static gboolean
draw_some (MonocleWorldPainter *self,
           const MonocleFamilyFrames *asked,
           const guint *colours,
           const guint32 *codes,
           guint first,
           guint n,
           MonocleDrawnFrames *drawn,
           GError **error)
{
  const guint n_tokens = monocle_world_painter_count_all_tokens (self);
  g_auto (Rows) rows = { .n = n,
                         .n_tokens = n_tokens,
                         .words = g_new (guint32, (gsize) n * n_tokens),
                         .beside = g_new (guint32, (gsize) n * n_tokens) };

  write_rows (self, asked, colours, codes, first, &rows);
  if (!ensure_decoder (self, n, error) || !walk_rows (self, &rows, asked->cancellable, error))
    return FALSE;
  for (guint k = 0; k < n; k++)
    {
      guint32 *last = rows.words + (gsize) (k + 1) * n_tokens - self->n_squares;
      MonocleImage *image;

      for (guint i = 0; i < self->n_squares; i++)
        last[i] -= monocle_world_painter_get_code (self);
      image = monocle_drawing_draw (&self->drawing, last, asked->cancellable, error);
      if (!image)
        return FALSE;
      g_ptr_array_add (drawn->frames, image);
    }
  return TRUE;
}

gboolean
monocle_world_painter_draw (MonocleWorldPainter *self,
                            const MonocleFamilyFrames *asked,
                            MonocleDrawnFrames *drawn,
                            GError **error)
{
  const MonocleTracks *tracks = asked->tracks;
  g_autofree guint32 *codes = g_new (guint32, self->n_squares);
  guint colours[MONOCLE_WORLD_MAX_THINGS];

  if (!see (self, asked->seen, asked->cancellable, codes, error))
    return FALSE;
  drawn->seen = monocle_drawing_draw (&self->drawing, codes, asked->cancellable, error);
  if (!drawn->seen)
    return FALSE;
  drawn->decibels = compare (asked->seen, drawn->seen);
  if (drawn->decibels < self->paints.least_decibels)
    return TRUE;
  monocle_world_painter_find_colours (
      self, asked->seen, tracks,
      tracks->places + (gsize) (tracks->n_frames - 1) * 2 * tracks->n_things, colours);
  for (guint first = 0; first < asked->n; first += MAX_ROWS)
    if (!draw_some (self, asked, colours, codes, first, MIN (MAX_ROWS, asked->n - first), drawn,
                    error))
      return FALSE;
  return TRUE;
}
