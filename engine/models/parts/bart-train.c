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
  MonocleVkBuffer *buffer;
  GHashTable *copies; /* of names to MonocleTensor, F32 by rows */

  MonocleVkBuffer *rows_buffer; /* (nullable): of the head */
  MonocleTensor spread;         /* [V, n]: see monocle_lora_rows() */
};

static MonocleScope
enter_layer (const MonocleBart *bart, guint layer)
{
  return monocle_scope_enter_index (monocle_scope_enter (bart->scope, "model.decoder.layers"),
                                    layer);
}

/* Appends the names of all that is copied. */
static void
list_names (const MonocleBart *bart, GPtrArray *names)
{
  for (guint i = 0; i < bart->config.decoder_layers; i++)
    for (guint j = 0; j < G_N_ELEMENTS (apart); j++)
      for (guint k = 1; k < G_N_ELEMENTS (apart[j]) && apart[j][k]; k++)
        {
          MonocleScope linear = monocle_scope_enter (
              monocle_scope_enter (enter_layer (bart, i), apart[j][0]), apart[j][k]);

          g_ptr_array_add (names, g_strdup (monocle_scope_enter (linear, "weight").path));
          g_ptr_array_add (names, g_strdup (monocle_scope_enter (linear, "bias").path));
        }
}

void
monocle_bart_train_free (MonocleBartTrain *self)
{
  if (!self)
    return;

  g_hash_table_unref (self->copies);
  monocle_vk_buffer_free (self->buffer);
  monocle_vk_buffer_free (self->rows_buffer);
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

MonocleBartTrain *
monocle_bart_train_new (const MonocleBart *bart,
                        MonocleParams *params,
                        MonocleVkGpu *gpu,
                        GError **error)
{
  g_autoptr (MonocleBartTrain) self = g_new0 (MonocleBartTrain, 1);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  guint64 end = 0;

  self->bart = bart;
  self->copies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  list_names (bart, names);
  for (guint i = 0; i < names->len; i++)
    {
      MonocleTensor *tensor = g_new0 (MonocleTensor, 1);

      tensor->n_dims = g_str_has_suffix (names->pdata[i], ".bias") ? 1 : 2;
      tensor->dims[0] = bart->config.d_model;
      tensor->dims[1] = tensor->n_dims == 2 ? bart->config.d_model : 0;
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

/* A product with what is learnt beside it, (+ residual). */
static MonocleValue
learn_linear (const Pass *pass, MonocleScope scope, MonocleValue x, guint n, MonocleValue residual)
{
  const MonocleTensor *w
      = g_hash_table_lookup (pass->self->copies, monocle_scope_enter (scope, "weight").path);
  const MonocleTensor *b
      = g_hash_table_lookup (pass->self->copies, monocle_scope_enter (scope, "bias").path);
  const MonocleLinearArgs args = { .n = n, .residual = residual };
  MonocleValue y
      = w ? monocle_matmul (pass->graph, x, monocle_outside (pass->graph, w),
                            monocle_outside (pass->graph, b), residual, MONOCLE_ACTIVATION_NONE)
          : monocle_linear_with (pass->graph, scope, x, &args);

  return monocle_lora_linear (pass->lora, pass->gradients, scope, x, y);
}

/* A sublayer of attention: over itself, or over the states. */
static MonocleValue
attend (const Pass *pass, MonocleScope layer, const char *name, MonocleValue x, MonocleValue states)
{
  const MonocleBartConfig *config = &pass->self->bart->config;
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
    .n_heads = config->decoder_heads,
    .head_width = d / config->decoder_heads,
    .mask = states ? MONOCLE_ATTENTION_MASK_NONE : MONOCLE_ATTENTION_MASK_CAUSAL,
  };
  MonocleValue q, k, v, h;

  geometry.q_batch_stride = geometry.n_queries * d;
  geometry.kv_batch_stride = geometry.n_keys * d;
  q = learn_linear (pass, monocle_scope_enter (scope, "q_proj"), x, d, 0);
  k = learn_linear (pass, monocle_scope_enter (scope, "k_proj"), over, d, 0);
  v = learn_linear (pass, monocle_scope_enter (scope, "v_proj"), over, d, 0);
  h = monocle_attention (pass->graph, q, k, v, states ? pass->lesson->lengths : 0, &geometry);
  h = learn_linear (pass, monocle_scope_enter (scope, "out_proj"), h, d, x);
  return monocle_norm (pass->graph, monocle_scope_enter (layer, norm), h, MONOCLE_BART_EPSILON);
}

static MonocleValue
think (const Pass *pass, MonocleScope layer, MonocleValue x)
{
  const MonocleBartConfig *config = &pass->self->bart->config;
  MonocleValue h
      = learn_linear (pass, monocle_scope_enter (layer, "fc1"), x, config->decoder_hidden, 0);

  h = learn_linear (pass, monocle_scope_enter (layer, "fc2"), monocle_gelu (pass->graph, h),
                    config->d_model, x);
  return monocle_norm (pass->graph, monocle_scope_enter (layer, "final_layer_norm"), h,
                       MONOCLE_BART_EPSILON);
}

MonocleValue
monocle_bart_train (MonocleBartTrain *self,
                    MonocleLora *lora,
                    MonocleGradients *gradients,
                    const MonocleBartLesson *lesson,
                    MonocleValue *logits)
{
  MonocleGraph *graph = monocle_gradients_get_graph (gradients);
  const Pass pass = { self, lora, gradients, graph, lesson };
  MonocleScope scope = monocle_scope_enter (self->bart->scope, "model.decoder");
  MonocleValue y, x = monocle_bart_embed (graph, self->bart, MONOCLE_BART_FEEDS_DECODER, scope,
                                          lesson->ids, 0, FALSE, lesson->places);

  x = monocle_norm (graph, monocle_scope_enter (scope, "layernorm_embedding"), x,
                    MONOCLE_BART_EPSILON);
  for (guint i = 0; i < self->bart->config.decoder_layers; i++)
    {
      MonocleScope layer = enter_layer (self->bart, i);

      x = attend (&pass, layer, "self_attn", x, 0);
      x = attend (&pass, layer, "encoder_attn", x, lesson->states);
      x = think (&pass, layer, x);
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
