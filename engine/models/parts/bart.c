/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/bart.h"

#include "engine/models/parts/bart-encoder.h"
#include "engine/models/parts/bart-step.h"
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
#define SHARED MONOCLE_BART_N_TABLES

G_STATIC_ASSERT (G_N_ELEMENTS (table_names) == SHARED + 1);

/* Elements that are compared at a time. */
#define BLOCK 4096

/* Whether two tables, either of which may not be there, hold the same numbers. Views of one
 * storage, as tied weights in a .bin, are not read; the others are up to where they differ. */
static gboolean
is_same (const MonocleCheckpointTensor *a, const MonocleCheckpointTensor *b)
{
  float left[BLOCK], right[BLOCK];
  guint64 n;

  if (a == b)
    return TRUE;
  if (!a || !b)
    return FALSE;
  n = monocle_checkpoint_tensor_get_n_elements (a);
  if (n != monocle_checkpoint_tensor_get_n_elements (b) || a->dtype == MONOCLE_DTYPE_OTHER
      || b->dtype == MONOCLE_DTYPE_OTHER)
    return FALSE;
  if (a->delta || b->delta)
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
find_table (MonocleWeights *weights, MonocleScope scope, MonocleBartTable use)
{
  MonocleScope own = monocle_scope_enter (scope, table_names[use]);

  if (use != MONOCLE_BART_FEEDS_ENCODER && monocle_weights_find (weights, own.path))
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
find_tables (MonocleBart *self, MonocleWeights *weights)
{
  const MonocleCheckpointTensor *stored[MONOCLE_BART_N_TABLES];

  self->n_tables = 0;
  for (guint use = 0; use < MONOCLE_BART_N_TABLES; use++)
    {
      guint i = 0;

      self->tables[use] = find_table (weights, self->scope, use);
      stored[use] = monocle_weights_find (weights, self->tables[use].path);
      while (i < use && !is_same (stored[use], stored[i]))
        i++;
      self->tables[use] = self->tables[i];
      if (i == use)
        self->n_tables++;
    }

  /* The same numbers once more are no news; others that nobody asks for are. */
  for (guint i = 0; i < G_N_ELEMENTS (table_names); i++)
    {
      const MonocleCheckpointTensor *tensor
          = monocle_weights_find (weights, monocle_scope_enter (self->scope, table_names[i]).path);
      guint use = 0;

      while (tensor && use < MONOCLE_BART_N_TABLES && !is_same (tensor, stored[use]))
        use++;
      if (tensor && use < MONOCLE_BART_N_TABLES)
        monocle_weights_ignore (weights, tensor->name);
    }
}

/* --- formulas ----------------------------------------------------------------------------- */

MonocleValue *
monocle_bart_get_table (MonocleGraph *graph,
                        const MonocleBart *self,
                        MonocleBartTable table,
                        guint *n_pieces)
{
  return monocle_param_table (graph, self->tables[table], self->config.vocab_size,
                              self->config.d_model, n_pieces);
}

MonocleValue
monocle_bart_positions (MonocleGraph *graph, const MonocleBart *self, MonocleScope half)
{
  return monocle_param_rows (graph, monocle_scope_enter (half, "embed_positions.weight"),
                             self->config.n_positions + MONOCLE_BART_POSITION_OFFSET,
                             self->config.d_model);
}

MonocleValue
monocle_bart_embed (MonocleGraph *graph,
                    const MonocleBart *self,
                    MonocleBartTable table,
                    MonocleScope half,
                    MonocleValue ids,
                    guint first_position,
                    gboolean position_per_row,
                    MonocleValue place)
{
  guint n_pieces;
  g_autofree MonocleValue *pieces = monocle_bart_get_table (graph, self, table, &n_pieces);

  return monocle_embed (graph, ids, pieces, n_pieces, monocle_bart_positions (graph, self, half),
                        MONOCLE_BART_POSITION_OFFSET + first_position, position_per_row, place);
}

MonocleValue
monocle_bart_attend (MonocleGraph *graph, MonocleScope attention, MonocleValue x)
{
  static const char *const parts[] = { "q_proj", "k_proj", "v_proj" };
  const MonocleLinearArgs args = { .n = monocle_graph_get_shape (graph, x)->dims[1],
                                   .parts = parts,
                                   .n_parts = G_N_ELEMENTS (parts) };

  return monocle_linear_with (graph, attention, x, &args);
}

MonocleValue
monocle_bart_end_sublayer (
    MonocleGraph *graph, MonocleScope linear, MonocleScope norm, MonocleValue h, MonocleValue x)
{
  const MonocleLinearArgs args
      = { .n = monocle_graph_get_shape (graph, x)->dims[1], .residual = x };

  return monocle_norm (graph, norm, monocle_linear_with (graph, linear, h, &args),
                       MONOCLE_BART_EPSILON);
}

MonocleValue
monocle_bart_perceptron (MonocleGraph *graph, MonocleScope layer, MonocleValue x, guint hidden)
{
  const MonocleLinearArgs args = { .n = hidden, .activation = MONOCLE_ACTIVATION_GELU };
  MonocleValue h = monocle_linear_with (graph, monocle_scope_enter (layer, "fc1"), x, &args);

  return monocle_bart_end_sublayer (graph, monocle_scope_enter (layer, "fc2"),
                                    monocle_scope_enter (layer, "final_layer_norm"), h, x);
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

/* --- declaring ---------------------------------------------------------------------------- */

/* One place for an image, one token. */
static gboolean
declare_encoder (MonocleBart *self, MonocleParams *params, GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("text encoder", MONOCLE_FORMAT_F32);
  MonocleValue image
      = monocle_input (g, "image", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, self->config.d_model));
  MonocleValue ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1, 1));
  MonocleValue lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1));
  MonocleValue states;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  states = monocle_bart_encode (g, self, image, ids, lengths, 2);
  for (guint i = 0; i < self->config.decoder_layers; i++)
    monocle_bart_state_keys (g, self, i, states);
  return monocle_graph_check (g, error);
}

static gboolean
declare_decoder (MonocleBart *self, MonocleParams *params, GError **error)
{
  g_autoptr (MonocleGraph) g = monocle_graph_new ("decoder", MONOCLE_FORMAT_F32);
  const MonocleCrossModel model = monocle_bart_get_cross_model (self);

  monocle_cross_model_declare (&model, g, params, 0);
  return monocle_graph_check (g, error);
}

gboolean
monocle_bart_declare (MonocleBart *self,
                      const MonocleBartConfig *config,
                      MonocleWeights *weights,
                      MonocleScope scope,
                      GError **error)
{
  MonocleParams *params = monocle_weights_get_params (weights);

  self->config = *config;
  self->scope = scope;
  self->has_logits_bias
      = monocle_weights_find (weights, monocle_scope_enter (scope, "final_logits_bias").path)
        != NULL;
  find_tables (self, weights);

  return declare_encoder (self, params, error) && declare_decoder (self, params, error);
}
