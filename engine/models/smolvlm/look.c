/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Views to rows that the language model reads: the tower, and so many of its patches joined to one.
 */
#include "config.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/models/parts/room.h"
#include "engine/models/parts/rows.h"
#include "engine/models/smolvlm/private.h"
#include "engine/nn/block/linear.h"

/* The side of what patches see of a view. */
static guint
get_side (const MonocleSmolvlm *self)
{
  return self->config.vision.rows * self->config.vision.patch;
}

double
monocle_smolvlm_count_view_work (const MonocleSmolvlmConfig *config)
{
  const MonocleClipVisionConfig *vision = &config->vision;
  const double n = (double) vision->rows * vision->columns, c = vision->channels;

  return 2.0 * vision->layers.n_layers
         * (n * (4 * c * c + 2 * c * vision->layers.hidden) + 2 * n * n * c);
}

/* A patch's neighbours become its channels: what the columns of a convolution are. */
static MonocleValue
join_patches (const MonocleSmolvlm *self, MonocleGraph *g, MonocleValue x)
{
  const MonocleClipVisionConfig *vision = &self->config.vision;
  guint n = self->config.factor;

  x = monocle_reshape (g, x, MONOCLE_DIMS (vision->rows, vision->columns, vision->channels));
  return monocle_im2col (g, x, n, n, 0);
}

void
monocle_smolvlm_write_view (MonocleSmolvlm *self, MonocleWeights *weights)
{
  MonocleGraph *g = self->sight.recording.graph = monocle_graph_new ("vision", MONOCLE_FORMAT_F32);
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "model");
  MonocleValue x;

  monocle_graph_set_params (g, monocle_weights_get_params (weights), MONOCLE_PARAM_FOR_MANY_ROWS);
  x = monocle_clip_vision_patches (g, monocle_scope_enter (scope, "vision_model"),
                                   &self->config.vision, 1);
  x = monocle_linear_with (
      g, monocle_scope_enter (scope, "connector.modality_projection.proj"),
      join_patches (self, g, x),
      &(MonocleLinearArgs){ .n = self->config.text.channels, .no_bias = TRUE });
  monocle_name (g, x, "image_embeds");
  monocle_keep (g, x);
}

gboolean
monocle_smolvlm_plan_view (MonocleSmolvlm *self,
                           const char *directory,
                           guint64 *bytes,
                           GError **error)
{
  guint64 largest = 0;

  if (!monocle_recording_plan (&self->sight.recording, self->gpu, bytes, &largest, error))
    {
      g_prefix_error (error, "%s: ", directory);
      return FALSE;
    }
  return monocle_room_check_piece (self->gpu, directory, self->config.side, self->config.side,
                                   largest, error);
}

gboolean
monocle_smolvlm_record_view (MonocleSmolvlm *self, guint64 bytes, GError **error)
{
  self->view_buffer = monocle_vk_buffer_new (self->gpu, bytes, MONOCLE_VK_USE_DEVICE,
                                             "vision activations", error);
  if (!self->view_buffer
      || !monocle_sight_record (&self->sight, self->gpu, self->view_buffer, error))
    return FALSE;
  /* Room for as many rows as a picture can have. */
  self->seen = self->sight.rows;
  self->seen.dims[0] = monocle_smolvlm_count_most_views (&self->pixels) * self->config.n_seen;
  return monocle_rows_alloc (&self->seen, self->gpu, "image rows", &self->seen_buffer, error);
}

void
monocle_smolvlm_discard (gpointer model, gpointer features)
{
  MonocleSmolvlmSeen *seen = features;

  if (!seen)
    return;
  monocle_vk_buffer_free (seen->buffer);
  g_free (seen);
}

static MonocleSmolvlmSeen *
new_seen (MonocleSmolvlm *self, const MonocleSmolvlmGrid *grid, GError **error)
{
  MonocleSmolvlmSeen *seen = g_new0 (MonocleSmolvlmSeen, 1);

  seen->look = ++self->n_looks;
  seen->grid = *grid;
  seen->rows = self->seen;
  seen->rows.dims[0] = monocle_smolvlm_count_views (grid) * self->config.n_seen;
  if (monocle_rows_alloc (&seen->rows, self->gpu, "image features", &seen->buffer, error))
    return seen;
  monocle_smolvlm_discard (self, seen);
  return NULL;
}

/* [side seen, side seen, 3] of [3, side, side]. */
static float *
interleave (const MonocleSmolvlm *self, const float *planes)
{
  const gsize side = self->config.side, n = get_side (self);
  float *pixels = g_new (float, n * n * 3);

  for (gsize y = 0; y < n; y++)
    for (gsize x = 0; x < n; x++)
      for (gsize c = 0; c < 3; c++)
        pixels[(y * n + x) * 3 + c] = planes[(c * side + y) * side + x];
  return pixels;
}

/* All of the picture's views are looked at one after the other. */
typedef struct
{
  MonocleFamilyProgress progress;
  gpointer user_data;
  guint index, n;
} Looking;

static void
on_progress (double fraction, gpointer user_data)
{
  const Looking *looking = user_data;

  looking->progress ((looking->index + fraction) / looking->n, looking->user_data);
}

static gboolean
look_at_view (MonocleSmolvlm *self,
              MonocleSmolvlmSeen *seen,
              const float *planes,
              Looking *looking,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree float *pixels = interleave (self, planes);
  guint64 size = monocle_tensor_get_size_bytes (&self->sight.rows);

  return monocle_sight_run (&self->sight, pixels, cancellable,
                            looking->progress ? on_progress : NULL, looking, error)
         && monocle_rows_copy (&self->sight.rows, self->gpu, "image features", seen->buffer,
                               looking->index * size, error);
}

MonocleSmolvlmSeen *
monocle_smolvlm_look (MonocleSmolvlm *self,
                      MonocleImage *image,
                      GCancellable *cancellable,
                      MonocleFamilyProgress progress,
                      gpointer user_data,
                      MonocleFamilyTiming *timing,
                      float **planes,
                      GError **error)
{
  const MonocleSmolvlmGrid grid = monocle_smolvlm_plan_views (
      &self->pixels, monocle_image_get_width (image), monocle_image_get_height (image));
  gint64 start = g_get_monotonic_time (), middle;
  gsize n_view = (gsize) 3 * self->config.side * self->config.side;
  g_autoptr (GPtrArray) views = monocle_smolvlm_cut_views (&self->pixels, &grid, image, error);
  g_autofree float *values = NULL;
  MonocleSmolvlmSeen *seen;
  Looking looking = { progress, user_data, 0, 0 };

  if (!views)
    return NULL;
  values = g_new (float, n_view * views->len);
  for (guint i = 0; i < views->len; i++)
    if (!monocle_preprocess_run (&self->pixels.settings, views->pdata[i], values + i * n_view,
                                 error))
      return NULL;
  middle = g_get_monotonic_time ();
  seen = new_seen (self, &grid, error);
  looking.n = views->len;
  for (; seen && looking.index < looking.n; looking.index++)
    if (!look_at_view (self, seen, values + looking.index * n_view, &looking, cancellable, error))
      {
        monocle_smolvlm_discard (self, g_steal_pointer (&seen));
        return NULL;
      }
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (planes)
    *planes = g_steal_pointer (&values);
  return seen;
}
