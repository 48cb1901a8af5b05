/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/block/lora.h"

#include "engine/base/error.h"
#include "engine/nn/formulas.h"
#include "engine/vk/budget.h"

/* What lies one behind the other: what is learnt, gradients, their means and those of squares. */
typedef enum
{
  PART_LEARNT,
  PART_GRADIENT,
  PART_MEAN,
  PART_SQUARE,
  N_PARTS,
} Part;

struct _MonocleLora
{
  guint rank;
  GPtrArray
      *layers;   /* of MonocleLoraLayer, whose offsets are those inside a part until allocated */
  guint64 bytes; /* of a part */
  MonocleVkBuffer *buffer;
  MonocleTensor parts[N_PARTS];
};

static void
layer_free (gpointer data)
{
  MonocleLoraLayer *layer = data;

  g_free (layer->name);
  g_free (layer);
}

MonocleLora *
monocle_lora_new (guint rank)
{
  MonocleLora *self = g_new0 (MonocleLora, 1);

  g_assert (rank > 0 && rank % 4 == 0);
  self->rank = rank;
  self->layers = g_ptr_array_new_with_free_func (layer_free);
  return self;
}

void
monocle_lora_free (MonocleLora *self)
{
  if (!self)
    return;

  g_ptr_array_unref (self->layers);
  monocle_vk_buffer_free (self->buffer);
  g_free (self);
}

static MonocleTensor
put (MonocleLora *self, guint rows, guint columns, const char *name)
{
  MonocleTensor tensor
      = { .dims = { rows, columns }, .n_dims = 2, .format = MONOCLE_FORMAT_F32, .name = name };

  self->bytes = monocle_tensor_put_at (&tensor, self->bytes);
  return tensor;
}

/* @wanted: the dimensions of a and b */
static MonocleLoraLayer *
get_layer (MonocleLora *self, const char *name, MonocleLoraKind kind, const guint wanted[2][2])
{
  MonocleLoraLayer *layer;

  for (guint i = 0; i < self->layers->len; i++)
    {
      layer = self->layers->pdata[i];
      if (g_str_equal (layer->name, name))
        return layer;
    }
  g_assert (!self->buffer);
  layer = g_new0 (MonocleLoraLayer, 1);
  layer->name = g_strdup (name);
  layer->kind = kind;
  layer->a = layer->a_gradient = put (self, wanted[0][0], wanted[0][1], layer->name);
  if (wanted[1][0] > 0)
    layer->b = layer->b_gradient = put (self, wanted[1][0], wanted[1][1], layer->name);
  g_ptr_array_add (self->layers, layer);
  return layer;
}

static guint
count_columns (MonocleGraph *graph, MonocleValue value)
{
  return monocle_tensor_get_columns (monocle_graph_get_shape (graph, value));
}

MonocleValue
monocle_lora_linear (MonocleLora *self,
                     MonocleGradients *gradients,
                     MonocleScope scope,
                     MonocleValue x,
                     MonocleValue y)
{
  MonocleGraph *graph = monocle_gradients_get_graph (gradients);
  const MonocleLoraLayer *layer;
  MonocleValue a, b;

  if (!monocle_graph_check (graph, NULL))
    return 0;
  layer = get_layer (self, scope.path, MONOCLE_LORA_PRODUCT,
                     (const guint[2][2]){ { self->rank, count_columns (graph, x) },
                                          { count_columns (graph, y), self->rank } });
  a = monocle_outside (graph, &layer->a);
  b = monocle_outside (graph, &layer->b);
  monocle_gradients_train (gradients, a, &layer->a_gradient);
  monocle_gradients_train (gradients, b, &layer->b_gradient);
  return monocle_matmul (graph, monocle_matmul (graph, x, a, 0, 0, MONOCLE_ACTIVATION_NONE), b, 0,
                         y, MONOCLE_ACTIVATION_NONE);
}

MonocleValue
monocle_lora_rows (MonocleLora *self,
                   MonocleGradients *gradients,
                   MonocleScope scope,
                   MonocleValue x,
                   MonocleValue y,
                   const MonocleTensor *spread)
{
  MonocleGraph *graph = monocle_gradients_get_graph (gradients);
  const MonocleLoraLayer *layer;
  MonocleValue a;

  if (!monocle_graph_check (graph, NULL))
    return 0;
  layer = get_layer (
      self, scope.path, MONOCLE_LORA_ROWS,
      (const guint[2][2]){ { monocle_tensor_get_columns (spread), count_columns (graph, x) } });
  a = monocle_outside (graph, &layer->a);
  monocle_gradients_train (gradients, a, &layer->a_gradient);
  return monocle_matmul (graph, monocle_matmul (graph, x, a, 0, 0, MONOCLE_ACTIVATION_NONE),
                         monocle_outside (graph, spread), 0, y, MONOCLE_ACTIVATION_NONE);
}

MonocleValue
monocle_lora_whole (MonocleLora *self,
                    MonocleGradients *gradients,
                    MonocleScope scope,
                    MonocleValue x,
                    guint n,
                    const MonocleTensor *ones,
                    MonocleValue residual)
{
  MonocleGraph *graph = monocle_gradients_get_graph (gradients);
  const MonocleLoraLayer *layer;
  MonocleValue a, b;

  if (!monocle_graph_check (graph, NULL))
    return 0;
  layer = get_layer (
      self, scope.path, MONOCLE_LORA_WHOLE,
      (const guint[2][2]){ { n, count_columns (graph, x) }, { n, MONOCLE_LORA_BIAS_COLUMNS } });
  a = monocle_outside (graph, &layer->a);
  b = monocle_outside (graph, &layer->b);
  monocle_gradients_train (gradients, a, &layer->a_gradient);
  monocle_gradients_train (gradients, b, &layer->b_gradient);
  residual = monocle_matmul (graph, monocle_outside (graph, ones), b, 0, residual,
                             MONOCLE_ACTIVATION_NONE);
  return monocle_matmul (graph, x, a, 0, residual, MONOCLE_ACTIVATION_NONE);
}

/* Before anything is taken. All of a part goes through one operation. */
static gboolean
check_room (const MonocleLora *self, MonocleVkGpu *gpu, GError **error)
{
  const guint64 needed = N_PARTS * self->bytes;
  const guint64 left = monocle_vk_budget_get_free_bytes (&gpu->info, gpu->memory);

  if (needed > left)
    {
      monocle_engine_error_set_shortage (
          error, needed, left, "%s has too little memory for what is to be learnt", gpu->info.name);
      return FALSE;
    }
  if (self->bytes <= gpu->traits.max_binding_bytes)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
               "%s takes at most %.0f MiB in one piece, what is to be learnt has %.0f MiB",
               gpu->info.name, (double) gpu->traits.max_binding_bytes / (1 << 20),
               (double) self->bytes / (1 << 20));
  return FALSE;
}

gboolean
monocle_lora_alloc (MonocleLora *self, MonocleVkGpu *gpu, GError **error)
{
  const guint n = (guint) (self->bytes / sizeof (float));
  g_autofree float *zeros = NULL;

  g_assert (!self->buffer && n > 0);
  if (!check_room (self, gpu, error))
    return FALSE;
  zeros = g_new0 (float, n);
  self->buffer
      = monocle_vk_buffer_new (gpu, N_PARTS * self->bytes, MONOCLE_VK_USE_DEVICE, "LoRA", error);
  if (!self->buffer)
    return FALSE;
  for (guint i = 0; i < N_PARTS; i++)
    {
      self->parts[i] = (MonocleTensor){ .buffer = self->buffer,
                                        .offset = i * self->bytes,
                                        .dims = { n },
                                        .n_dims = 1,
                                        .format = MONOCLE_FORMAT_F32,
                                        .name = "LoRA" };
      if (!monocle_tensor_write (&self->parts[i], zeros, error))
        return FALSE;
    }
  for (guint i = 0; i < self->layers->len; i++)
    {
      MonocleLoraLayer *layer = self->layers->pdata[i];

      layer->a.buffer = layer->b.buffer = self->buffer;
      layer->a_gradient.buffer = layer->b_gradient.buffer = self->buffer;
      layer->a_gradient.offset += PART_GRADIENT * self->bytes;
      layer->b_gradient.offset += PART_GRADIENT * self->bytes;
    }
  return TRUE;
}

guint
monocle_lora_get_n_layers (MonocleLora *self)
{
  return self->layers->len;
}

const MonocleLoraLayer *
monocle_lora_get_layer (MonocleLora *self, guint i)
{
  return self->layers->pdata[i];
}

guint
monocle_lora_get_n (MonocleLora *self)
{
  return (guint) (self->bytes / sizeof (float));
}

const MonocleTensor *
monocle_lora_get_state (MonocleLora *self, MonocleLoraState state)
{
  static const Part parts[MONOCLE_LORA_N_STATES] = { PART_LEARNT, PART_MEAN, PART_SQUARE };

  g_assert (self->buffer);
  return &self->parts[parts[state]];
}

guint
monocle_lora_get_first (MonocleLora *self, const MonocleTensor *tensor)
{
  return (guint) (tensor->offset / sizeof (float));
}

gboolean
monocle_lora_forget_gradients (MonocleLora *self, GError **error)
{
  g_autofree float *zeros = g_new0 (float, monocle_lora_get_n (self));

  return monocle_tensor_write (&self->parts[PART_GRADIENT], zeros, error);
}

MonocleValue
monocle_lora_sum_squares (MonocleLora *self, MonocleGraph *graph)
{
  g_assert (self->buffer);
  return monocle_sum_squares (graph, monocle_outside (graph, &self->parts[PART_GRADIENT]));
}

void
monocle_lora_learn (MonocleLora *self, MonocleGraph *graph, MonocleValue settings)
{
  g_assert (self->buffer);
  monocle_adamw (graph, monocle_outside (graph, &self->parts[PART_LEARNT]),
                 monocle_outside (graph, &self->parts[PART_GRADIENT]),
                 monocle_outside (graph, &self->parts[PART_MEAN]),
                 monocle_outside (graph, &self->parts[PART_SQUARE]), settings);
}
