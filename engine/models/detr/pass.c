/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Formulas from pixels to classes and boxes, and running them.
 */
#include "config.h"

#include <math.h>

#include "engine/models/detr/private.h"
#include "engine/nn/block/linear.h"
#include "engine/nn/formulas.h"

#define EPSILON 1e-5f

/* Of positions: of the longest wave. */
#define BASE 10000

/* --- formulas ----------------------------------------------------------------------------- */

typedef struct
{
  MonocleGraph *g;
  const MonocleDetrNames *names;
  guint channels;
} Writer;

/* x + where it is: queries and keys know of places, values do not. */
static MonocleValue
place (const Writer *w, MonocleValue x, MonocleValue positions)
{
  guint n = monocle_tensor_count_rows (monocle_graph_get_shape (w->g, x));

  return monocle_add_positions (w->g, x, positions, 0, 1, n);
}

/* x + attention, normalised. */
static MonocleValue
attend (const Writer *w,
        MonocleScope layer,
        const char *name,
        guint n_heads,
        MonocleValue queries,
        MonocleValue keys,
        MonocleValue values,
        MonocleValue x)
{
  MonocleGraph *g = w->g;
  guint c = w->channels;
  g_autofree char *norm = g_strconcat (name, "_layer_norm", NULL);
  MonocleScope scope = monocle_scope_enter (layer, name);
  const MonocleAttention geometry = {
    .q_row_stride = c,
    .kv_row_stride = c,
    .n_batches = 1,
    .n_queries = monocle_tensor_count_rows (monocle_graph_get_shape (g, queries)),
    .n_keys = monocle_tensor_count_rows (monocle_graph_get_shape (g, keys)),
    .n_heads = n_heads,
    .head_width = c / n_heads,
  };
  MonocleValue y = monocle_attention (
      g, monocle_linear (g, monocle_scope_enter (scope, "q_proj"), queries, c),
      monocle_linear (g, monocle_scope_enter (scope, "k_proj"), keys, c),
      monocle_linear (g, monocle_scope_enter (scope, "v_proj"), values, c), 0, &geometry);

  y = monocle_linear_with (g, monocle_scope_enter (scope, w->names->attention_end), y,
                           &(MonocleLinearArgs){ .n = c, .residual = x });
  return monocle_norm (g, monocle_scope_enter (layer, norm), y, EPSILON);
}

/* x + perceptron, normalised: the end of a layer. */
static MonocleValue
think (const Writer *w, MonocleScope layer, guint hidden, MonocleValue x)
{
  MonocleGraph *g = w->g;
  MonocleValue y = monocle_linear_with (
      g, monocle_scope_enter (layer, w->names->perceptron), x,
      &(MonocleLinearArgs){ .n = hidden, .activation = MONOCLE_ACTIVATION_RELU });

  y = monocle_linear_with (g, monocle_scope_enter (layer, w->names->perceptron_end), y,
                           &(MonocleLinearArgs){ .n = w->channels, .residual = x });
  y = monocle_norm (g, monocle_scope_enter (layer, "final_layer_norm"), y, EPSILON);
  monocle_split (g);
  return y;
}

static MonocleValue
encode (const Writer *w, const MonocleDetrConfig *config, MonocleValue x, MonocleValue positions)
{
  MonocleScope layers = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "model.encoder.layers");

  for (guint i = 0; i < config->n_encoder_layers; i++)
    {
      MonocleScope layer = monocle_scope_enter_index (layers, i);
      MonocleValue placed = place (w, x, positions);

      x = attend (w, layer, "self_attn", config->n_encoder_heads, placed, placed, x, x);
      x = think (w, layer, config->encoder_hidden, x);
    }
  return x;
}

/* @x: what the queries begin with */
static MonocleValue
decode (const Writer *w,
        const MonocleDetrConfig *config,
        MonocleValue x,
        MonocleValue seen,
        MonocleValue positions)
{
  MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "model");
  MonocleScope layers = monocle_scope_enter (scope, "decoder.layers");
  MonocleValue queries
      = monocle_param_rows (w->g, monocle_scope_enter (scope, "query_position_embeddings.weight"),
                            config->n_queries, w->channels);
  MonocleValue placed_seen = place (w, seen, positions), placed;

  for (guint i = 0; i < config->n_decoder_layers; i++)
    {
      MonocleScope layer = monocle_scope_enter_index (layers, i);

      placed = place (w, x, queries);
      x = attend (w, layer, "self_attn", config->n_decoder_heads, placed, placed, x, x);
      x = attend (w, layer, "encoder_attn", config->n_decoder_heads, place (w, x, queries),
                  placed_seen, seen, x);
      x = think (w, layer, config->decoder_hidden, x);
    }
  return monocle_norm (w->g, monocle_scope_enter (scope, "decoder.layernorm"), x, EPSILON);
}

static MonocleValue
find_boxes (const Writer *w, MonocleValue x)
{
  MonocleScope layers = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "bbox_predictor.layers");

  for (guint i = 0; i < 2; i++)
    x = monocle_linear_with (
        w->g, monocle_scope_enter_index (layers, i), x,
        &(MonocleLinearArgs){ .n = w->channels, .activation = MONOCLE_ACTIVATION_RELU });
  return monocle_linear (w->g, monocle_scope_enter_index (layers, 2), x, 4);
}

static void
keep (MonocleGraph *g, MonocleValue value, const char *name)
{
  monocle_name (g, value, name);
  monocle_keep (g, value);
}

static void
write_graph (MonocleDetrPass *self, const MonocleDetrConfig *config, const MonocleDetrNames *names)
{
  MonocleGraph *g = self->recording.graph;
  guint c = config->channels, n = self->rows * self->columns;
  const Writer w = { .g = g, .names = names, .channels = c };
  MonocleValue pixels = monocle_input (g, "pixels", MONOCLE_FORMAT_F32,
                                       MONOCLE_DIMS (self->height, self->width, 3));
  MonocleValue positions = monocle_input (g, "positions", MONOCLE_FORMAT_F32, MONOCLE_DIMS (n, c));
  MonocleValue zeros
      = monocle_input (g, "zeros", MONOCLE_FORMAT_F32, MONOCLE_DIMS (config->n_queries, c));
  MonocleValue x = monocle_resnet (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, names->backbone),
                                   &config->backbone, pixels);

  keep (g, x, "vision_features");
  x = monocle_convolution (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "model.input_projection"), x,
                           c, 1, 1, 0);
  x = encode (&w, config, monocle_reshape (g, x, MONOCLE_DIMS (n, c)), positions);
  keep (g, x, "encoder_states");
  x = decode (&w, config, zeros, x, positions);
  keep (g,
        monocle_linear (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "class_labels_classifier"), x,
                        config->n_names + 1),
        "logits");
  keep (g, find_boxes (&w, x), "boxes");
}

MonocleDetrPass *
monocle_detr_pass_new (const MonocleDetrConfig *config,
                       const MonocleDetrNames *names,
                       MonocleParams *params,
                       guint width,
                       guint height)
{
  MonocleDetrPass *self = g_new0 (MonocleDetrPass, 1);

  self->width = width;
  self->height = height;
  self->rows = monocle_resnet_get_side (&config->backbone, height);
  self->columns = monocle_resnet_get_side (&config->backbone, width);
  self->recording.graph = monocle_graph_new ("detector", MONOCLE_FORMAT_F32);
  monocle_graph_set_params (self->recording.graph, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  write_graph (self, config, names);
  return self;
}

void
monocle_detr_pass_free (MonocleDetrPass *self)
{
  if (!self)
    return;

  monocle_recording_clear (&self->recording);
  g_free (self->waves);
  g_free (self);
}

/* --- running them ------------------------------------------------------------------------- */

/* Waves of half the channels, a sine and a cosine of each length. */
static void
fill_waves (float *values, guint n, double position, guint count)
{
  /* One turn is the whole side; the reference adds a little, against sides of nothing. */
  const double angle = position / (count + 1e-6) * 2 * G_PI;

  for (guint i = 0; i < n; i++)
    {
      const double turned = angle / pow (BASE, (double) (i / 2 * 2) / n);

      values[i] = (float) (i % 2 == 0 ? sin (turned) : cos (turned));
    }
}

/* Those of the row before those of the column. */
static float *
make_waves (const MonocleDetrPass *self, guint c)
{
  float *values = g_new (float, (gsize) self->rows * self->columns * c);

  for (guint y = 0; y < self->rows; y++)
    for (guint x = 0; x < self->columns; x++)
      {
        float *row = values + ((gsize) y * self->columns + x) * c;

        fill_waves (row, c / 2, y + 1, self->rows);
        fill_waves (row + c / 2, c / 2, x + 1, self->columns);
      }
  return values;
}

gboolean
monocle_detr_pass_record (MonocleDetrPass *self,
                          MonocleVkGpu *gpu,
                          MonocleVkBuffer *buffer,
                          GError **error)
{
  const MonocleRecordingTensor tensors[] = {
    { "pixels", &self->pixels },         { "positions", &self->positions },
    { "zeros", &self->zeros },           { "vision_features", &self->features },
    { "encoder_states", &self->states }, { "logits", &self->logits },
    { "boxes", &self->boxes },
  };

  if (!monocle_recording_record (&self->recording, gpu, buffer, "detector", tensors,
                                 G_N_ELEMENTS (tensors), error))
    return FALSE;
  self->waves = make_waves (self, monocle_tensor_get_columns (&self->positions));
  return TRUE;
}

/* The memory of inputs serves others during a run: all are written before each. */
gboolean
monocle_detr_pass_run (MonocleDetrPass *self,
                       const float *pixels,
                       GCancellable *cancellable,
                       MonocleCommandsProgress progress,
                       gpointer user_data,
                       GError **error)
{
  g_autofree float *zeros = g_new0 (float, monocle_tensor_get_n_elements (&self->zeros));

  return monocle_tensor_write (&self->pixels, pixels, error)
         && monocle_tensor_write (&self->positions, self->waves, error)
         && monocle_tensor_write (&self->zeros, zeros, error)
         && monocle_commands_submit (self->recording.commands, cancellable, progress, user_data,
                                     error);
}
