/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/bart.h"

#include "engine/models/parts/bart-encoder.h"
#include "engine/nn/block/linear.h"

/* The names under which tables of tokens may be stored: those of one use first, then what they are
 * one with in the published models. The encoder is fed from the shared one, whatever is stored
 * under its own name: text and image are put together before it. */
static const char *const table_names[] = {
  "model.encoder.embed_tokens.weight",
  "model.decoder.embed_tokens.weight",
  "lm_head.weight",
  "model.shared.weight",
};
#define ENCODER 0
#define SHARED  MONOCLE_BART_N_TABLES

G_STATIC_ASSERT (G_N_ELEMENTS (table_names) == SHARED + 1);

/* Elements that are compared at a time. */
#define BLOCK 4096

MonocleBart *
monocle_bart_new (const MonocleBartConfig *config)
{
  MonocleBart *self = g_new0 (MonocleBart, 1);

  self->config = *config;
  self->decoder = g_new0 (MonocleBartDecoderLayer, config->decoder_layers);

  return self;
}

void
monocle_bart_free (MonocleBart *self)
{
  if (!self)
    return;

  g_free (self->decoder);
  g_free (self);
}

/* Whether two tables hold the same numbers. Views of one storage, as tied weights in a .bin, are
 * not read; the others are up to where they differ. */
static gboolean
is_same (const MonocleCheckpointTensor *a, const MonocleCheckpointTensor *b)
{
  guint64 n = monocle_checkpoint_tensor_get_n_elements (a);
  float left[BLOCK], right[BLOCK];

  if (a == b)
    return TRUE;
  if (n != monocle_checkpoint_tensor_get_n_elements (b) || a->dtype == MONOCLE_DTYPE_OTHER
      || b->dtype == MONOCLE_DTYPE_OTHER)
    return FALSE;
  if (a->dtype == b->dtype)
    return a->data == b->data || memcmp (a->data, b->data, a->size_bytes) == 0;

  for (guint64 i = 0; i < n; i += BLOCK)
    {
      guint n_block = MIN (n - i, BLOCK);

      monocle_checkpoint_tensor_read_f32 (a, i, n_block, left);
      monocle_checkpoint_tensor_read_f32 (b, i, n_block, right);
      if (memcmp (left, right, n_block * sizeof *left) != 0)
        return FALSE;
    }
  return TRUE;
}

/* The name under which the table of a use is stored: its own, the shared one, or any. */
static MonocleScope
find_table (MonocleWeights *weights, MonocleScope scope, guint use)
{
  MonocleScope own = monocle_scope_enter (scope, table_names[use]);

  if (use != ENCODER && monocle_weights_find (weights, own.path))
    return own;
  for (guint i = 0; i < G_N_ELEMENTS (table_names); i++)
    {
      MonocleScope name
          = monocle_scope_enter (scope, table_names[(SHARED + i) % G_N_ELEMENTS (table_names)]);

      if (monocle_weights_find (weights, name.path))
        return name;
    }
  return monocle_scope_enter (scope, table_names[SHARED]);
}

/* A fine-tune may hold tables apart that are one in the published models. What is the same is
 * uploaded once. */
static void
declare_tables (MonocleBart *self, MonocleWeights *weights, MonocleScope scope)
{
  const MonocleBartTable **places[]
      = { &self->encoder_embedding, &self->decoder_embedding, &self->head };
  const MonocleCheckpointTensor *stored[MONOCLE_BART_N_TABLES];

  for (guint use = 0; use < MONOCLE_BART_N_TABLES; use++)
    {
      MonocleScope name = find_table (weights, scope, use);
      const MonocleCheckpointTensor *tensor = monocle_weights_find (weights, name.path);
      guint i;

      for (i = 0; i < self->n_tables && tensor && !is_same (tensor, stored[i]); i++)
        ;
      if (i == self->n_tables && (tensor || i == 0))
        {
          MonocleBartTable *table = &self->tables[self->n_tables];

          stored[self->n_tables++] = tensor;
          table->pieces = monocle_weights_add_table (
              weights, self->config.vocab_size, self->config.d_model, name.path, &table->n_pieces);
        }
      *places[use] = &self->tables[tensor ? i : 0];
    }

  /* The same numbers once more are no news; others that nobody asks for are. */
  for (guint i = 0; i < G_N_ELEMENTS (table_names); i++)
    {
      const MonocleCheckpointTensor *tensor
          = monocle_weights_find (weights, monocle_scope_enter (scope, table_names[i]).path);

      for (guint j = 0; tensor && j < self->n_tables; j++)
        if (is_same (tensor, stored[j]))
          monocle_weights_ignore (weights, tensor->name);
    }
}

static void
declare_self_attention (MonocleBartSelfAttention *attention,
                        MonocleWeights *weights,
                        MonocleParamUse use,
                        guint d,
                        MonocleScope layer)
{
  static const char *const names[] = { "q_proj", "k_proj", "v_proj" };
  MonocleScope scope = monocle_scope_enter (layer, "self_attn");

  monocle_linear_declare_stacked (&attention->qkv, weights, use, d, d, scope, names,
                                  G_N_ELEMENTS (names));
  monocle_linear_declare (&attention->out, weights, use, d, d,
                          monocle_scope_enter (scope, "out_proj"));
  monocle_linear_declare_norm (&attention->norm, weights, d,
                               monocle_scope_enter (layer, "self_attn_layer_norm"));
}

static void
declare_perceptron (MonocleLinear *fc1,
                    MonocleLinear *fc2,
                    MonocleLinear *norm,
                    MonocleWeights *weights,
                    MonocleParamUse use,
                    guint d,
                    guint hidden,
                    MonocleScope layer)
{
  monocle_linear_declare (fc1, weights, use, hidden, d, monocle_scope_enter (layer, "fc1"));
  monocle_linear_declare (fc2, weights, use, d, hidden, monocle_scope_enter (layer, "fc2"));
  monocle_linear_declare_norm (norm, weights, d, monocle_scope_enter (layer, "final_layer_norm"));
}

static void
declare_cross_attention (MonocleBartDecoderLayer *layer,
                         MonocleWeights *weights,
                         guint d,
                         MonocleScope layer_scope)
{
  MonocleScope scope = monocle_scope_enter (layer_scope, "encoder_attn");

  monocle_linear_declare (&layer->cross.q, weights, MONOCLE_PARAM_FOR_FEW_ROWS, d, d,
                          monocle_scope_enter (scope, "q_proj"));
  monocle_linear_declare (&layer->cross.out, weights, MONOCLE_PARAM_FOR_FEW_ROWS, d, d,
                          monocle_scope_enter (scope, "out_proj"));
  monocle_linear_declare_norm (&layer->cross.norm, weights, d,
                               monocle_scope_enter (layer_scope, "encoder_attn_layer_norm"));
}

/* What it has beside its layers. */
static void
declare_input (const MonocleBartConfig *config,
               MonocleTensor *positions,
               MonocleLinear *norm,
               MonocleWeights *weights,
               MonocleScope half)
{
  monocle_weights_add_matrix (weights, positions, MONOCLE_PARAM_FOR_FEW_ROWS,
                              config->n_positions + MONOCLE_BART_POSITION_OFFSET, config->d_model,
                              monocle_scope_enter (half, "embed_positions.weight").path);
  monocle_linear_declare_norm (norm, weights, config->d_model,
                               monocle_scope_enter (half, "layernorm_embedding"));
}

MonocleValue
monocle_bart_state_keys (MonocleGraph *graph,
                         const MonocleBart *self,
                         guint layer,
                         MonocleValue states)
{
  static const char *const parts[] = { "k_proj", "v_proj" };
  MonocleScope layers = monocle_scope_enter (self->scope, "model.decoder.layers");

  return monocle_linear_with (
      graph, monocle_scope_enter (monocle_scope_enter_index (layers, layer), "encoder_attn"),
      states,
      &(MonocleLinearArgs){
          .n = self->config.d_model, .parts = parts, .n_parts = G_N_ELEMENTS (parts) });
}

/* The smallest graph there is: one place for an image, one token. */
static gboolean
declare_formulas (MonocleBart *self, MonocleWeights *weights, GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("text encoder", MONOCLE_FORMAT_F32);
  MonocleValue image
      = monocle_input (g, "image", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, self->config.d_model));
  MonocleValue ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1, 1));
  MonocleValue lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1));
  MonocleValue states;

  monocle_graph_set_params (g, monocle_weights_get_params (weights), MONOCLE_PARAM_FOR_MANY_ROWS);
  states = monocle_bart_encode (g, self, image, ids, lengths, 2);
  for (guint i = 0; i < self->config.decoder_layers; i++)
    monocle_bart_state_keys (g, self, i, states);
  return monocle_graph_check (g, error);
}

gboolean
monocle_bart_declare (MonocleBart *self,
                      MonocleWeights *weights,
                      MonocleScope scope,
                      GError **error)
{
  const MonocleBartConfig *config = &self->config;
  MonocleScope bias = monocle_scope_enter (scope, "final_logits_bias");
  MonocleScope decoder = monocle_scope_enter (scope, "model.decoder");
  guint d = config->d_model;

  self->scope = scope;
  declare_tables (self, weights, scope);
  if (monocle_weights_find (weights, bias.path))
    monocle_weights_add_row (weights, &self->logits_bias, config->vocab_size, bias.path);
  if (!declare_formulas (self, weights, error))
    return FALSE;

  declare_input (config, &self->decoder_positions, &self->decoder_norm, weights, decoder);
  for (guint i = 0; i < config->decoder_layers; i++)
    {
      MonocleBartDecoderLayer *layer = &self->decoder[i];
      MonocleScope inside = monocle_scope_enter_index (monocle_scope_enter (decoder, "layers"), i);

      declare_self_attention (&layer->attention, weights, MONOCLE_PARAM_FOR_FEW_ROWS, d, inside);
      declare_cross_attention (layer, weights, d, inside);
      declare_perceptron (&layer->fc1, &layer->fc2, &layer->norm, weights,
                          MONOCLE_PARAM_FOR_FEW_ROWS, d, config->decoder_hidden, inside);
    }
  return TRUE;
}

void
monocle_bart_record_embedding (const MonocleBartTable *table,
                               MonocleCommands *commands,
                               const MonocleTensor *ids,
                               const MonocleTensor *positions,
                               guint first_position,
                               gboolean position_per_row,
                               const MonocleTensor *place,
                               const MonocleTensor *y)
{
  guint first_id = 0;

  for (guint i = 0; i < table->n_pieces; i++)
    {
      monocle_op_embed (commands, ids, &table->pieces[i], first_id, positions, first_position,
                        position_per_row, place, y);
      first_id += table->pieces[i].dims[0];
    }
}

void
monocle_bart_record_residual (MonocleCommands *commands,
                              const MonocleTensor *h,
                              const MonocleLinear *linear,
                              const MonocleLinear *norm,
                              const MonocleTensor *x,
                              const MonocleTensor *t)
{
  monocle_op_matmul (commands, h, &linear->weight, &linear->bias, x, MONOCLE_ACTIVATION_NONE, t);
  monocle_op_layer_norm (commands, t, &norm->weight, &norm->bias, MONOCLE_BART_EPSILON, x);
}
