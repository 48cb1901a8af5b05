/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture to rows that the encoder reads. It lies in the middle of a square, of which those
 * patches count that hold something of it. The tower is recorded once, for all of a square: patches
 * that count come first, and no others are seen.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include <string.h>

#include "engine/vk/staging.h"

#define N_LEADING (monocle_unifiedio2_count_leading (MONOCLE_UNIFIEDIO2_IMAGE))

/* CLIP's. */
static const double mean[] = { 0.48145466, 0.4578275, 0.40821073 };
static const double deviation[] = { 0.26862954, 0.26130258, 0.27577711 };

static guint
count_all (const MonocleUnifiedio2Config *config)
{
  return config->image.rows * config->image.columns;
}

guint
monocle_unifiedio2_get_side (const MonocleUnifiedio2Config *config)
{
  return config->image.rows * config->image.side;
}

/* --- the tower ---------------------------------------------------------------------------- */

static gboolean
read_places (MonocleUnifiedio2 *self, MonocleWeights *weights, GError **error)
{
  const MonocleUnifiedio2Tower *tower = &self->config.image;
  const MonocleCheckpointTensor *tensor = monocle_weights_leave (
      weights, monocle_unifiedio2_get_places (MONOCLE_UNIFIEDIO2_IMAGE).path, tower->n_places,
      tower->channels, error);
  g_autofree float *table = NULL;

  if (!tensor)
    return FALSE;
  table = g_new (float, (gsize) tower->n_places * tower->channels);
  monocle_checkpoint_tensor_read_f32 (tensor, 0, (guint64) tower->n_places * tower->channels,
                                      table);
  self->eye.known
      = g_new (float, (gsize) (N_LEADING + count_all (&self->config)) * tower->channels);
  monocle_unifiedio2_spread_places (&self->config, MONOCLE_UNIFIEDIO2_IMAGE, table,
                                    self->eye.known);
  return TRUE;
}

gboolean
monocle_unifiedio2_eye_write (MonocleUnifiedio2 *self, MonocleWeights *weights, GError **error)
{
  const MonocleUnifiedio2Tower *tower = &self->config.image;
  const guint n = count_all (&self->config);
  MonocleGraph *g = self->eye.recording.graph = monocle_graph_new ("vision", MONOCLE_FORMAT_F32);
  MonocleUnifiedio2Look look;
  MonocleValue x;

  monocle_graph_set_params (g, monocle_weights_get_params (weights), MONOCLE_PARAM_FOR_MANY_ROWS);
  look = (MonocleUnifiedio2Look){
    .patches = monocle_input (g, "patches", MONOCLE_FORMAT_F32, MONOCLE_DIMS (n, tower->patch)),
    .places = monocle_input (g, "places", MONOCLE_FORMAT_F32,
                             MONOCLE_DIMS (N_LEADING + n, tower->channels)),
    .picks = monocle_input (g, "picks", MONOCLE_FORMAT_U32, MONOCLE_DIMS (2 * n)),
    .lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
  };
  x = monocle_unifiedio2_look (g, &self->config, MONOCLE_UNIFIEDIO2_IMAGE, &look);
  monocle_name (g, x, "image_embeds");
  monocle_keep (g, x);
  return read_places (self, weights, error);
}

gboolean
monocle_unifiedio2_eye_record (MonocleUnifiedio2 *self, GError **error)
{
  MonocleUnifiedio2Eye *eye = &self->eye;
  const MonocleRecordingTensor tensors[] = {
    { "patches", &eye->patches }, { "places", &eye->places },     { "picks", &eye->picks },
    { "lengths", &eye->lengths }, { "image_embeds", &eye->rows },
  };

  return monocle_recording_record (&eye->recording, self->gpu, self->buffer, "vision", tensors,
                                   G_N_ELEMENTS (tensors), error);
}

void
monocle_unifiedio2_eye_clear (MonocleUnifiedio2Eye *self)
{
  monocle_recording_clear (&self->recording);
  g_clear_pointer (&self->known, g_free);
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
     const MonocleUnifiedio2Seen *seen,
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
  for (guint i = 0; i < seen->n; i++)
    cut_patch (small, &fit, seen->places[i] % config->image.columns * side,
               seen->places[i] / config->image.columns * side, side,
               patches + (gsize) i * config->image.patch);
  return patches;
}

/* --- seeing ------------------------------------------------------------------------------- */

static gboolean
upload (const MonocleTensor *tensor, const guint32 *values, GError **error)
{
  return monocle_vk_upload (tensor->buffer, tensor->offset, values,
                            monocle_tensor_get_size_bytes (tensor), error);
}

/* All that the tower is told, before each run: its memory serves others meanwhile. */
static gboolean
tell (MonocleUnifiedio2 *self,
      const MonocleUnifiedio2Seen *seen,
      const float *patches,
      GError **error)
{
  const MonocleUnifiedio2Eye *eye = &self->eye;
  const guint n = count_all (&self->config), c = self->config.image.channels;
  const guint32 length = N_LEADING + seen->n;
  g_autofree guint32 *picks = g_new (guint32, 2 * n);
  g_autofree float *places = g_new0 (float, (gsize) (N_LEADING + n) * c);

  monocle_unifiedio2_fill_picks (MONOCLE_UNIFIEDIO2_IMAGE, n, picks);
  memcpy (places, eye->known, (gsize) N_LEADING * c * sizeof *places);
  for (guint i = 0; i < seen->n; i++)
    memcpy (places + (gsize) (N_LEADING + i) * c,
            eye->known + (gsize) (N_LEADING + seen->places[i]) * c, c * sizeof *places);
  return monocle_tensor_write (&eye->patches, patches, error)
         && monocle_tensor_write (&eye->places, places, error) && upload (&eye->picks, picks, error)
         && upload (&eye->lengths, &length, error);
}

/* The rows that count, in memory of their own. */
static gboolean
keep (MonocleUnifiedio2 *self, MonocleUnifiedio2Seen *seen, GError **error)
{
  g_autoptr (MonocleCommands) commands = NULL;

  seen->rows = self->eye.rows;
  seen->rows.dims[0] = seen->n;
  seen->rows.offset = 0;
  seen->buffer = monocle_vk_buffer_new (self->gpu, monocle_tensor_get_size_bytes (&seen->rows),
                                        MONOCLE_VK_USE_DEVICE, "image features", error);
  seen->rows.buffer = seen->buffer;
  if (!seen->buffer)
    return FALSE;
  commands = monocle_commands_new (self->gpu, "image features");
  monocle_commands_copy (commands, self->eye.rows.buffer, self->eye.rows.offset, seen->buffer, 0,
                         monocle_tensor_get_size_bytes (&seen->rows));
  return monocle_commands_submit (commands, NULL, NULL, NULL, error);
}

void
monocle_unifiedio2_discard (gpointer model, gpointer features)
{
  MonocleUnifiedio2Seen *seen = features;

  if (!seen)
    return;
  monocle_vk_buffer_free (seen->buffer);
  g_free (seen->places);
  g_free (seen);
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
  MonocleUnifiedio2Seen *seen = g_new0 (MonocleUnifiedio2Seen, 1);
  g_autofree float *values = NULL;
  gint64 middle;
  gboolean done;

  seen->places = g_new (guint32, count_all (&self->config));
  seen->n = monocle_unifiedio2_list_patches (&self->config, monocle_image_get_width (image),
                                             monocle_image_get_height (image), seen->places);
  values = cut (&self->config, image, seen, error);
  middle = g_get_monotonic_time ();
  /* Of a thread there may be nothing to see. */
  done = values
         && (seen->n == 0
             || (tell (self, seen, values, error)
                 && monocle_commands_submit (self->eye.recording.commands, cancellable, progress,
                                             user_data, error)
                 && keep (self, seen, error)));
  if (!done)
    {
      monocle_unifiedio2_discard (self, seen);
      return NULL;
    }
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (patches)
    *patches = g_steal_pointer (&values);
  return seen;
}
