/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/bart-train.h"

#include "engine/models/parts/bart-step.h"
#include "engine/nn/block/linear.h"
#include "engine/nn/formulas.h"

/* Products that inference does side by side, as each has what is learnt beside it alone. */
static const char *const apart[][3] = {
  { "self_attn", "q_proj", "k_proj" },
  { "self_attn", "v_proj", NULL },
  { "encoder_attn", "k_proj", "v_proj" },
};

struct _MonocleBartTrain
{
  const MonocleBart *bart;
  MonocleBartLearns learns;
  MonocleVkBuffer *buffer; /* (nullable): of copies */
  GHashTable *copies;      /* of names to MonocleTensor, F32 by rows */

  MonocleVkBuffer *rows_buffer; /* (nullable): of the head */
  MonocleTensor spread;         /* [V, n]: see monocle_lora_rows() */

  MonocleVkBuffer *ones_buffer; /* (nullable): see monocle_lora_whole() */
  guint most_rows;
  GPtrArray *ones; /* of MonocleTensor, each of so many rows of it */
};

/* Of the encoder all, as it is used for many rows. */
static const char *const of_encoder[] = {
  "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj", "fc1", "fc2"
};

static MonocleScope
enter_layer (const MonocleBart *bart, const char *half, guint layer)
{
  MonocleScope scope = monocle_scope_enter (monocle_scope_enter (bart->scope, half), "layers");

  return monocle_scope_enter_index (scope, layer);
}

static void
list_linear (GPtrArray *names, MonocleScope linear)
{
  g_ptr_array_add (names, g_strdup (monocle_scope_enter (linear, "weight").path));
  g_ptr_array_add (names, g_strdup (monocle_scope_enter (linear, "bias").path));
}

/* Appends the names of all that is copied. */
static void
list_names (const MonocleBart *bart, MonocleBartLearns learns, GPtrArray *names)
{
  for (guint i = 0; learns == MONOCLE_BART_BOTH_LEARN && i < bart->config.encoder_layers; i++)
    for (guint j = 0; j < G_N_ELEMENTS (of_encoder); j++)
      list_linear (names,
                   monocle_scope_enter (enter_layer (bart, "model.encoder", i), of_encoder[j]));
  for (guint i = 0; i < bart->config.decoder_layers; i++)
    for (guint j = 0; j < G_N_ELEMENTS (apart); j++)
      for (guint k = 1; k < G_N_ELEMENTS (apart[j]) && apart[j][k]; k++)
        list_linear (names,
                     monocle_scope_enter (
                         monocle_scope_enter (enter_layer (bart, "model.decoder", i), apart[j][0]),
                         apart[j][k]));
}

void
monocle_bart_train_free (MonocleBartTrain *self)
{
  if (!self)
    return;

  g_hash_table_unref (self->copies);
  monocle_vk_buffer_free (self->buffer);
  monocle_vk_buffer_free (self->rows_buffer);
  g_ptr_array_unref (self->ones);
  monocle_vk_buffer_free (self->ones_buffer);
  g_free (self);
}

static gboolean
copy_params (MonocleBartTrain *self, MonocleParams *params, GError **error)
{
  GHashTableIter iter;
  gpointer name, tensor;

  g_hash_table_iter_init (&iter, self->copies);
  while (g_hash_table_iter_next (&iter, &name, &tensor))
    {
      guint part;
      const MonocleParam *param = monocle_params_find (params, name, &part);
      g_autofree float *values = monocle_param_read (param, part, error);

      ((MonocleTensor *) tensor)->buffer = self->buffer;
      if (!values || !monocle_tensor_write (tensor, values, error))
        return FALSE;
    }
  return TRUE;
}

static MonocleTensor
describe_ones (const MonocleBartTrain *self, guint n_rows)
{
  return (MonocleTensor){ .buffer = self->ones_buffer,
                          .dims = { n_rows, MONOCLE_LORA_BIAS_COLUMNS },
                          .n_dims = 2,
                          .format = MONOCLE_FORMAT_F32,
                          .name = "ones" };
}

static gboolean
make_ones (MonocleBartTrain *self, MonocleVkGpu *gpu, GError **error)
{
  MonocleTensor all = describe_ones (self, self->most_rows);
  g_autofree float *values = g_new0 (float, monocle_tensor_get_n_elements (&all));

  for (guint i = 0; i < self->most_rows; i++)
    values[(gsize) i * MONOCLE_LORA_BIAS_COLUMNS] = 1;
  self->ones_buffer = monocle_vk_buffer_new (gpu, monocle_tensor_get_size_bytes (&all),
                                             MONOCLE_VK_USE_DEVICE, "ones", error);
  all.buffer = self->ones_buffer;
  return self->ones_buffer && monocle_tensor_write (&all, values, error);
}

/* (transfer none): of as many rows as @x has; graphs point at it. */
static const MonocleTensor *
get_ones (MonocleBartTrain *self, const MonocleTensor *x)
{
  const guint n_rows = monocle_tensor_count_rows (x);
  MonocleTensor *ones;

  for (guint i = 0; i < self->ones->len; i++)
    if (((const MonocleTensor *) self->ones->pdata[i])->dims[0] == n_rows)
      return self->ones->pdata[i];
  g_assert (n_rows <= self->most_rows);
  ones = g_new (MonocleTensor, 1);
  *ones = describe_ones (self, n_rows);
  g_ptr_array_add (self->ones, ones);
  return ones;
}

MonocleBartTrain *
monocle_bart_train_new (const MonocleBart *bart,
                        MonocleParams *params,
                        MonocleVkGpu *gpu,
                        MonocleBartLearns learns,
                        guint most_rows,
                        GError **error)
{
  g_autoptr (MonocleBartTrain) self = g_new0 (MonocleBartTrain, 1);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  guint64 end = 0;

  self->bart = bart;
  self->copies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->learns = learns;
  self->most_rows = most_rows;
  self->ones = g_ptr_array_new_with_free_func (g_free);
  if (learns == MONOCLE_BART_ALL_LEARNS)
    return make_ones (self, gpu, error) ? g_steal_pointer (&self) : NULL;
  list_names (bart, learns, names);
  for (guint i = 0; i < names->len; i++)
    {
      MonocleTensor *tensor = g_new0 (MonocleTensor, 1);
      guint part;
      const MonocleParam *param = monocle_params_find (params, names->pdata[i], &part);
      guint64 dims[MONOCLE_PARAM_MAX_DIMS];

      monocle_param_get_stored_dims (param, part, &tensor->n_dims, dims);
      for (guint j = 0; j < tensor->n_dims; j++)
        tensor->dims[j] = (guint) dims[j];
      tensor->format = MONOCLE_FORMAT_F32;
      end = monocle_tensor_put_at (tensor, end);
      g_hash_table_insert (self->copies, names->pdata[i], tensor);
    }
  self->buffer = monocle_vk_buffer_new (gpu, end, MONOCLE_VK_USE_DEVICE, "decoder apart", error);
  if (!self->buffer || !copy_params (self, params, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Columns come by fours. */
gboolean
monocle_bart_train_open_rows (
    MonocleBartTrain *self, MonocleVkGpu *gpu, const guint32 *ids, guint n, GError **error)
{
  const guint n_columns = (n + 3) / 4 * 4;
  g_autofree float *spread = g_new0 (float, (gsize) self->bart->config.vocab_size *n_columns);

  g_assert (!self->rows_buffer && n > 0);
  for (guint i = 0; i < n; i++)
    spread[(gsize) ids[i] * n_columns + i] = 1;
  self->spread = (MonocleTensor){ .dims = { self->bart->config.vocab_size, n_columns },
                                  .n_dims = 2,
                                  .format = MONOCLE_FORMAT_F32,
                                  .name = "rows of the head" };
  self->rows_buffer = monocle_vk_buffer_new (gpu, monocle_tensor_get_size_bytes (&self->spread),
                                             MONOCLE_VK_USE_DEVICE, "rows of the head", error);
  self->spread.buffer = self->rows_buffer;
  return self->rows_buffer && monocle_tensor_write (&self->spread, spread, error);
}

MonocleScope
monocle_bart_train_get_head (MonocleBartTrain *self)
{
  return monocle_scope_enter (self->bart->scope, "lm_head");
}

/* --- formulas ----------------------------------------------------------------------------- */

typedef struct
{
  MonocleBartTrain *self;
  MonocleLora *lora;
  MonocleGradients *gradients;
  MonocleGraph *graph;
  const MonocleBartLesson *lesson;
} Pass;

/* A product with what is learnt of it or beside it, (+ residual). */
static MonocleValue
learn_linear (const Pass *pass, MonocleScope scope, MonocleValue x, guint n, MonocleValue residual)
{
  const MonocleTensor *w
      = g_hash_table_lookup (pass->self->copies, monocle_scope_enter (scope, "weight").path);
  const MonocleTensor *b
      = g_hash_table_lookup (pass->self->copies, monocle_scope_enter (scope, "bias").path);
  const MonocleLinearArgs args = { .n = n, .residual = residual };
  MonocleValue y;

  if (pass->self->learns == MONOCLE_BART_ALL_LEARNS)
    return monocle_lora_whole (pass->lora, pass->gradients, scope, x, n,
                               get_ones (pass->self, monocle_graph_get_shape (pass->graph, x)),
                               residual);
  y = w ? monocle_matmul (pass->graph, x, monocle_outside (pass->graph, w),
                          monocle_outside (pass->graph, b), residual, MONOCLE_ACTIVATION_NONE)
        : monocle_linear_with (pass->graph, scope, x, &args);

  return monocle_lora_linear (pass->lora, pass->gradients, scope, x, y);
}

/* A sublayer of attention: over itself, or over the states; of states as many as each text has. */
static MonocleValue
attend (const Pass *pass,
        MonocleScope layer,
        const char *name,
        guint n_heads,
        MonocleAttentionMask mask,
        MonocleValue x,
        MonocleValue states)
{
  const MonocleBartConfig *config = &pass->self->bart->config;
  const gboolean is_causal = mask == MONOCLE_ATTENTION_MASK_CAUSAL;
  const guint d = config->d_model, n_texts = pass->lesson->n_texts;
  const MonocleValue over = states ? states : x;
  MonocleScope scope = monocle_scope_enter (layer, name);
  g_autofree char *norm = g_strconcat (name, "_layer_norm", NULL);
  MonocleAttention geometry = {
    .q_row_stride = d,
    .kv_row_stride = d,
    .n_batches = n_texts,
    .n_queries = monocle_tensor_count_rows (monocle_graph_get_shape (pass->graph, x)) / n_texts,
    .n_keys = monocle_tensor_count_rows (monocle_graph_get_shape (pass->graph, over)) / n_texts,
    .n_heads = n_heads,
    .head_width = d / n_heads,
    .mask = mask,
  };
  MonocleValue q, k, v, h;

  geometry.q_batch_stride = geometry.n_queries * d;
  geometry.kv_batch_stride = geometry.n_keys * d;
  q = learn_linear (pass, monocle_scope_enter (scope, "q_proj"), x, d, 0);
  k = learn_linear (pass, monocle_scope_enter (scope, "k_proj"), over, d, 0);
  v = learn_linear (pass, monocle_scope_enter (scope, "v_proj"), over, d, 0);
  h = monocle_attention (pass->graph, q, k, v, is_causal ? 0 : pass->lesson->lengths, &geometry);
  h = learn_linear (pass, monocle_scope_enter (scope, "out_proj"), h, d, x);
  return monocle_norm (pass->graph, monocle_scope_enter (layer, norm), h, MONOCLE_BART_EPSILON);
}

static MonocleValue
think (const Pass *pass, MonocleScope layer, guint hidden, MonocleValue x)
{
  const MonocleBartConfig *config = &pass->self->bart->config;
  MonocleValue h = learn_linear (pass, monocle_scope_enter (layer, "fc1"), x, hidden, 0);

  h = learn_linear (pass, monocle_scope_enter (layer, "fc2"), monocle_gelu (pass->graph, h),
                    config->d_model, x);
  return monocle_norm (pass->graph, monocle_scope_enter (layer, "final_layer_norm"), h,
                       MONOCLE_BART_EPSILON);
}

static MonocleValue
encode (const Pass *pass, MonocleValue x)
{
  const MonocleBart *bart = pass->self->bart;

  for (guint i = 0; i < bart->config.encoder_layers; i++)
    {
      MonocleScope layer = enter_layer (bart, "model.encoder", i);

      x = attend (pass, layer, "self_attn", bart->config.encoder_heads, MONOCLE_ATTENTION_MASK_NONE,
                  x, 0);
      x = think (pass, layer, bart->config.encoder_hidden, x);
    }
  return x;
}

MonocleValue
monocle_bart_train (MonocleBartTrain *self,
                    MonocleLora *lora,
                    MonocleGradients *gradients,
                    const MonocleBartLesson *lesson,
                    MonocleValue *logits)
{
  MonocleGraph *graph = monocle_gradients_get_graph (gradients);
  const MonocleBartConfig *config = &self->bart->config;
  const Pass pass = { self, lora, gradients, graph, lesson };
  const MonocleValue states = self->learns != MONOCLE_BART_DECODER_LEARNS
                                  ? encode (&pass, lesson->states)
                                  : lesson->states;
  MonocleScope scope = monocle_scope_enter (self->bart->scope, "model.decoder");
  MonocleValue y, x = monocle_bart_embed (graph, self->bart, MONOCLE_BART_FEEDS_DECODER, scope,
                                          lesson->ids, 0, FALSE, lesson->places);

  x = monocle_norm (graph, monocle_scope_enter (scope, "layernorm_embedding"), x,
                    MONOCLE_BART_EPSILON);
  for (guint i = 0; i < config->decoder_layers; i++)
    {
      MonocleScope layer = enter_layer (self->bart, "model.decoder", i);

      x = attend (&pass, layer, "self_attn", config->decoder_heads, MONOCLE_ATTENTION_MASK_CAUSAL,
                  x, 0);
      x = attend (&pass, layer, "encoder_attn", config->decoder_heads, MONOCLE_ATTENTION_MASK_NONE,
                  x, states);
      x = think (&pass, layer, config->decoder_hidden, x);
    }
  y = monocle_bart_logits (graph, self->bart, x);
  if (self->rows_buffer)
    y = monocle_lora_rows (lora, gradients, monocle_bart_train_get_head (self), x, y,
                           &self->spread);
  if (logits)
    *logits = y;
  return monocle_cross_entropy (graph, y, monocle_bart_logits_bias (graph, self->bart),
                                lesson->labels);
}
