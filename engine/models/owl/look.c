/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture to what is at each place of it: a box, what it is, and how much that counts.
 */
#include "config.h"

#include <math.h>

#include "engine/answer/vector.h"
#include "engine/base/error.h"
#include "engine/models/owl/private.h"
#include "engine/nn/block/linear.h"
#include "engine/vk/staging.h"

/* The reference adds it to lengths before it divides by them. */
#define LEAST_LENGTH 1e-6f

void
monocle_owl_view_free (MonocleOwlView *view)
{
  if (!view)
    return;

  g_free (view->boxes);
  g_free (view->classes);
  g_free (view->lengths);
  g_free (view->shifts);
  g_free (view->scales);
  g_free (view->things);
  g_free (view);
}

/* --- on the device --- */

static guint
count_places (const MonocleOwl *self)
{
  return self->config.vision.rows * self->config.vision.columns;
}

/* The heads of boxes and of things. */
static MonocleValue
three_layers (MonocleGraph *g, MonocleScope scope, MonocleValue x, guint n)
{
  guint c = monocle_tensor_get_columns (monocle_graph_get_shape (g, x));
  const MonocleLinearArgs args = { .n = c, .activation = MONOCLE_ACTIVATION_GELU };

  x = monocle_linear_with (g, monocle_scope_enter (scope, "dense0"), x, &args);
  x = monocle_linear_with (g, monocle_scope_enter (scope, "dense1"), x, &args);
  return monocle_linear (g, monocle_scope_enter (scope, "dense2"), x, n);
}

static void
keep (MonocleGraph *g, MonocleValue value, const char *name)
{
  monocle_name (g, value, name);
  monocle_keep (g, value);
}

/* The places [N, C]: each patch times the class token, normalised. */
static MonocleValue
write_places (MonocleGraph *g, const MonocleOwlConfig *config)
{
  const MonocleClipVisionConfig *vision = &config->vision;
  MonocleScope root = monocle_scope_enter (MONOCLE_SCOPE_ROOT, config->root);
  MonocleScope tower = monocle_scope_enter (root, "vision_model");
  guint n = vision->rows * vision->columns;
  MonocleValue rows = monocle_input (g, "class_rows", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n));
  MonocleValue zeros
      = monocle_input (g, "zeros", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, vision->channels));
  MonocleValue x = monocle_clip_vision_tokens (g, tower, vision, 1), token;

  x = monocle_norm (g, monocle_scope_enter (tower, "post_layernorm"), x, vision->layers.epsilon);
  token = monocle_pick_rows (g, x, rows, zeros);
  x = monocle_gate (g, monocle_rows (g, x, 0, n), token, MONOCLE_ACTIVATION_NONE);
  return monocle_norm (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "layer_norm"), x,
                       vision->layers.epsilon);
}

void
monocle_owl_gaze_write (MonocleOwl *self, MonocleParams *params)
{
  static const char *const judges[] = { "logit_shift", "logit_scale" };
  MonocleGraph *g = self->gaze.recording.graph = monocle_graph_new ("places", MONOCLE_FORMAT_F32);
  MonocleScope classes = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "class_head");
  MonocleValue x;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  x = write_places (g, &self->config);
  keep (g, three_layers (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "box_head"), x, 4), "boxes");
  if (self->config.is_second)
    keep (g, three_layers (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "objectness_head"), x, 1),
          "things");
  keep (g, monocle_linear (g, monocle_scope_enter (classes, "dense0"), x, self->config.n_dims),
        "classes");
  keep (g,
        monocle_linear_with (
            g, classes, x,
            &(MonocleLinearArgs){ .n = 1, .parts = judges, .n_parts = G_N_ELEMENTS (judges) }),
        "judges");
}

gboolean
monocle_owl_gaze_record (MonocleOwl *self, GError **error)
{
  MonocleOwlGaze *gaze = &self->gaze;
  const MonocleRecordingTensor tensors[] = {
    { "pixels", &gaze->pixels }, { "class_rows", &gaze->class_rows }, { "zeros", &gaze->zeros },
    { "boxes", &gaze->boxes },   { "classes", &gaze->classes },       { "judges", &gaze->judges },
    { "things", &gaze->things },
  };

  return monocle_recording_record (&gaze->recording, self->gpu, self->buffer, "places", tensors,
                                   G_N_ELEMENTS (tensors), error);
}

/* The memory of inputs serves others during a run: all are written before each. */
static gboolean
write_inputs (MonocleOwl *self, MonocleImage *image, GError **error)
{
  MonocleOwlGaze *gaze = &self->gaze;
  guint n = count_places (self);
  g_autofree float *pixels = g_new (float, 3 * (gsize) self->config.side * self->config.side);
  g_autofree float *zeros = g_new0 (float, self->config.vision.channels);
  g_autofree guint32 *class_rows = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    class_rows[i] = n;
  return monocle_owl_write_pixels (self, image, pixels, error)
         && monocle_tensor_write (&gaze->pixels, pixels, error)
         && monocle_vk_upload (gaze->class_rows.buffer, gaze->class_rows.offset, class_rows,
                               n * sizeof *class_rows, error)
         && monocle_tensor_write (&gaze->zeros, zeros, error);
}

/* --- on the host --- */

static float
to_odds (float part)
{
  return logf (part + 1e-4f) - log1pf (-part + 1e-4f);
}

/* What the head says is how far the box is from one of a patch's size that ends at its place. */
static void
finish_boxes (MonocleOwlView *view, guint n_columns)
{
  float size = to_odds (1.0f / (float) n_columns);

  for (guint i = 0; i < view->n; i++)
    {
      const float bias[4] = {
        to_odds ((float) (i % n_columns + 1) / (float) n_columns),
        to_odds ((float) (i / n_columns + 1) / (float) n_columns),
        size,
        size,
      };

      for (guint k = 0; k < 4; k++)
        view->boxes[i * 4 + k] = 1 / (1 + expf (-(view->boxes[i * 4 + k] + bias[k])));
    }
}

static void
finish_classes (MonocleOwlView *view, guint n_dims, const float *judges)
{
  view->lengths = g_new (float, view->n);
  view->shifts = g_new (float, view->n);
  view->scales = g_new (float, view->n);
  for (guint i = 0; i < view->n; i++)
    {
      float *row = view->classes + (gsize) i * n_dims, scale = judges[2 * i + 1];

      view->lengths[i] = (float) sqrt (monocle_vector_dot (row, row, n_dims)) + LEAST_LENGTH;
      for (guint k = 0; k < n_dims; k++)
        row[k] /= view->lengths[i];
      view->shifts[i] = judges[2 * i];
      view->scales[i] = (scale > 0 ? scale : expm1f (scale)) + 1;
    }
}

static gboolean
read_view (MonocleOwl *self, MonocleOwlView *view, GError **error)
{
  guint n = view->n = count_places (self), n_dims = self->config.n_dims;
  g_autofree float *judges = g_new (float, 2 * n);

  view->boxes = g_new (float, 4 * n);
  view->classes = g_new (float, (gsize) n *n_dims);
  view->things = self->config.is_second ? g_new (float, n) : NULL;
  if (!monocle_tensor_read (&self->gaze.boxes, view->boxes, error)
      || !monocle_tensor_read (&self->gaze.classes, view->classes, error)
      || !monocle_tensor_read (&self->gaze.judges, judges, error)
      || (view->things && !monocle_tensor_read (&self->gaze.things, view->things, error))
      || !monocle_engine_error_check_numbers (view->boxes, 4 * n, error)
      || !monocle_engine_error_check_numbers (view->classes, (gsize) n * n_dims, error)
      || !monocle_engine_error_check_numbers (judges, 2 * (gsize) n, error)
      || (view->things && !monocle_engine_error_check_numbers (view->things, n, error)))
    return FALSE;
  finish_boxes (view, self->config.vision.columns);
  finish_classes (view, n_dims, judges);
  return TRUE;
}

MonocleOwlView *
monocle_owl_look (MonocleOwl *self,
                  MonocleImage *image,
                  GCancellable *cancellable,
                  MonocleFamilyProgress progress,
                  gpointer user_data,
                  MonocleFamilyTiming *timing,
                  GError **error)
{
  g_autoptr (MonocleOwlView) view = g_new0 (MonocleOwlView, 1);
  gint64 start = g_get_monotonic_time (), middle;

  view->width = monocle_image_get_width (image);
  view->height = monocle_image_get_height (image);
  if (!write_inputs (self, image, error))
    return NULL;
  middle = g_get_monotonic_time ();
  if (!monocle_commands_submit (self->gaze.recording.commands, cancellable, progress, user_data,
                                error)
      || !read_view (self, view, error))
    return NULL;
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  return g_steal_pointer (&view);
}

void
monocle_owl_view_get_edges (const MonocleOwlView *view, guint i, float edges[4])
{
  const float *box = view->boxes + 4 * i;

  for (guint k = 0; k < 2; k++)
    {
      edges[k] = box[k] - box[k + 2] / 2;
      edges[k + 2] = box[k] + box[k + 2] / 2;
    }
}

float
monocle_owl_view_get_logit (const MonocleOwl *self,
                            const MonocleOwlView *view,
                            guint i,
                            const float *query)
{
  const float *row = view->classes + (gsize) i * self->config.n_dims;
  float cosine = (float) monocle_vector_dot (row, query, self->config.n_dims);

  return (cosine + view->shifts[i]) * view->scales[i];
}

void
monocle_owl_get_scale (
    const MonocleOwl *self, guint width, guint height, float *across, float *down)
{
  guint longer = MAX (width, height);

  *across = (float) (self->config.is_second ? longer : width);
  *down = (float) (self->config.is_second ? longer : height);
}
