/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture to what several layers of the tower say of each place, made narrow.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/clipseg/private.h"
#include "engine/nn/block/linear.h"

#define TOWER "clip.vision_model"

/* Of the cubes that positions are resized with. */
#define SHARPNESS -0.75

/* --- passes ------------------------------------------------------------------------------- */

gboolean
monocle_clipseg_pass_record (MonocleClipsegPass *pass,
                             MonocleVkGpu *gpu,
                             MonocleVkBuffer *buffer,
                             const char *const *inputs,
                             const char *const *outputs,
                             GError **error)
{
  MonocleRecordingTensor tensors[2 * MONOCLE_CLIPSEG_MAX_LEVELS];
  guint n = 0;

  for (guint i = 0; inputs[i]; i++)
    tensors[n++] = (MonocleRecordingTensor){ inputs[i], &pass->inputs[i] };
  for (guint i = 0; outputs[i]; i++)
    tensors[n++] = (MonocleRecordingTensor){ outputs[i], &pass->outputs[i] };
  return monocle_recording_record (&pass->recording, gpu, buffer, outputs[0], tensors, n, error);
}

/* --- formulas ----------------------------------------------------------------------------- */

static const char *const level_names[MONOCLE_CLIPSEG_MAX_LEVELS + 1]
    = { "level0", "level1", "level2", "level3", "level4", "level5", "level6", "level7" };

/* Patches with their positions and the class token behind them, normalised. */
static MonocleValue
embed (MonocleGraph *g, const MonocleClipsegConfig *config)
{
  const MonocleClipVisionConfig *vision = &config->vision;
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, TOWER);
  MonocleScope embeddings = monocle_scope_enter (scope, "embeddings");
  guint n = monocle_clipseg_count_places (config), c = vision->channels;
  MonocleValue pixels = monocle_input (
      g, "pixels", MONOCLE_FORMAT_F32,
      MONOCLE_DIMS (vision->rows * vision->patch, vision->columns * vision->patch, 3));
  MonocleValue positions = monocle_input (g, "positions", MONOCLE_FORMAT_F32, MONOCLE_DIMS (n, c));
  MonocleValue x = monocle_patches (g, monocle_scope_enter (embeddings, "patch_embedding"), pixels,
                                    c, vision->patch, FALSE);
  MonocleValue token
      = monocle_param_vector (g, monocle_scope_enter (embeddings, "class_embedding"), c);

  x = monocle_add_positions (g, monocle_reshape (g, x, MONOCLE_DIMS (n - 1, c)), positions, 0, 1,
                             n);
  token = monocle_add_positions (g, monocle_reshape (g, token, MONOCLE_DIMS (1, c)), positions,
                                 n - 1, 1, 1);
  x = monocle_put_rows (g, x, token, n - 1);
  /* The name is spelt so. */
  return monocle_norm (g, monocle_scope_enter (scope, "pre_layrnorm"), x, vision->layers.epsilon);
}

void
monocle_clipseg_look_write (MonocleClipseg *self, MonocleParams *params)
{
  const MonocleClipsegConfig *config = &self->config;
  MonocleGraph *g = self->look.recording.graph = monocle_graph_new ("levels", MONOCLE_FORMAT_F32);
  MonocleScope layers = monocle_scope_enter (MONOCLE_SCOPE_ROOT, TOWER ".encoder.layers");
  MonocleScope reduces = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "decoder.reduces");
  MonocleLayersConfig some = config->vision.layers;
  MonocleValue x, level;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  x = embed (g, config);
  some.first = 0;
  for (guint i = 0; i < config->n_levels; i++)
    {
      /* The decoder begins with the highest. */
      guint k = config->n_levels - 1 - i;

      some.n_layers = config->levels[i] + 1 - some.first;
      x = monocle_layers (g, layers, &some, 1, x);
      some.first += some.n_layers;
      level = monocle_linear (g, monocle_scope_enter_index (reduces, k), x, config->width);
      monocle_name (g, level, level_names[k]);
      monocle_keep (g, level);
    }
}

gboolean
monocle_clipseg_look_record (MonocleClipseg *self, GError **error)
{
  static const char *const inputs[] = { "pixels", "positions", NULL };
  const char *outputs[MONOCLE_CLIPSEG_MAX_LEVELS + 1] = { NULL };

  for (guint i = 0; i < self->config.n_levels; i++)
    outputs[i] = level_names[i];
  return monocle_clipseg_pass_record (&self->look, self->gpu, self->buffer, inputs, outputs, error);
}

/* --- positions ---------------------------------------------------------------------------- */

static double
weigh (double distance)
{
  double t = fabs (distance);

  if (t <= 1)
    return ((SHARPNESS + 2) * t - (SHARPNESS + 3)) * t * t + 1;
  return t < 2 ? ((SHARPNESS * t - 5 * SHARPNESS) * t + 8 * SHARPNESS) * t - 4 * SHARPNESS : 0;
}

/* One side of @n_in positions at each of @n_out, [n_out, n_in]: cubes over four neighbours, those
 * outside are the last ones again. */
static float *
make_cubes (guint n_in, guint n_out)
{
  float *weights = g_new0 (float, (gsize) n_in *n_out);
  double scale = (double) n_in / n_out;

  for (guint i = 0; i < n_out; i++)
    {
      double centre = (i + 0.5) * scale - 0.5, first = floor (centre);

      for (int k = -1; k <= 2; k++)
        weights[(gsize) i * n_in + (gsize) CLAMP (first + k, 0, n_in - 1)]
            += (float) weigh (centre - first - k);
    }
  return weights;
}

/* @grid: [n, n, c], to @out [rows, columns, c] */
static void
resize (const float *grid, guint n, guint rows, guint columns, gsize c, float *out)
{
  g_autofree float *down = make_cubes (n, rows);
  g_autofree float *across = make_cubes (n, columns);
  g_autofree double *sums = g_new (double, c);

  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++)
      {
        memset (sums, 0, c * sizeof *sums);
        for (guint v = 0; v < n; v++)
          for (guint u = 0; u < n; u++)
            if (down[y * n + v] != 0 && across[x * n + u] != 0)
              for (gsize i = 0; i < c; i++)
                sums[i] += (double) down[y * n + v] * (double) across[x * n + u]
                           * (double) grid[(v * n + u) * c + i];
        for (gsize i = 0; i < c; i++)
          out[(y * columns + x) * c + i] = (float) sums[i];
      }
}

gboolean
monocle_clipseg_read_positions (MonocleClipseg *self, MonocleWeights *weights, GError **error)
{
  const MonocleClipVisionConfig *vision = &self->config.vision;
  guint n = self->config.grid;
  gsize c = vision->channels, n_stored = (gsize) n * n + 1;
  const MonocleCheckpointTensor *stored = monocle_weights_leave (
      weights, TOWER ".embeddings.position_embedding.weight", n_stored, c, error);
  g_autofree float *grid = NULL;
  float *token;

  if (!stored)
    return FALSE;
  /* The class token's is stored first. */
  grid = g_new (float, (n_stored - 1) * c);
  monocle_checkpoint_tensor_read_f32 (stored, c, (n_stored - 1) * c, grid);
  self->positions = g_new (float, monocle_clipseg_count_places (&self->config) * c);
  token = self->positions + (gsize) vision->rows * vision->columns * c;
  resize (grid, n, vision->rows, vision->columns, c, self->positions);
  monocle_checkpoint_tensor_read_f32 (stored, 0, c, token);
  return TRUE;
}

/* --- running it --------------------------------------------------------------------------- */

void
monocle_clipseg_view_free (MonocleClipsegView *view)
{
  if (!view)
    return;

  for (guint i = 0; i < MONOCLE_CLIPSEG_MAX_LEVELS; i++)
    g_free (view->levels[i]);
  g_free (view);
}

MonocleClipsegView *
monocle_clipseg_look (MonocleClipseg *self,
                      MonocleImage *image,
                      GCancellable *cancellable,
                      MonocleFamilyProgress progress,
                      gpointer user_data,
                      MonocleFamilyTiming *timing,
                      float **planes,
                      GError **error)
{
  const MonoclePreprocessSettings *settings = &self->preprocess;
  MonocleClipsegPass *pass = &self->look;
  g_autofree float *values = g_new (float, (gsize) 3 * settings->width * settings->height);
  g_autofree float *pixels = NULL;
  gint64 start = g_get_monotonic_time (), middle;
  MonocleClipsegView *view;

  if (!monocle_preprocess_run (settings, image, values, error))
    return NULL;
  pixels = monocle_preprocess_interleave (settings, values);
  middle = g_get_monotonic_time ();
  if (!monocle_tensor_write (&pass->inputs[0], pixels, error)
      || !monocle_tensor_write (&pass->inputs[1], self->positions, error)
      || !monocle_commands_submit (pass->recording.commands, cancellable, progress, user_data,
                                   error))
    return NULL;
  view = g_new0 (MonocleClipsegView, 1);
  for (guint i = 0; i < self->config.n_levels; i++)
    {
      view->levels[i] = g_new (float, monocle_tensor_get_n_elements (&pass->outputs[i]));
      if (!monocle_tensor_read (&pass->outputs[i], view->levels[i], error))
        {
          monocle_clipseg_view_free (view);
          return NULL;
        }
    }
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (planes)
    *planes = g_steal_pointer (&values);
  return view;
}
