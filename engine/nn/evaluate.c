/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/evaluate.h"

#include <string.h>

#include "engine/nn/graph-private.h"

struct _MonocleEvaluation
{
  MonocleGraph *graph;
  GPtrArray *stores; /* of guint32 *: everything takes 32 bits here */
};

/* Elements of the whole store: of the first value that was made there. */
static guint64
count_elements (MonocleGraph *graph, guint store)
{
  for (guint i = 1; i < graph->values->len; i++)
    {
      const MonocleValueInfo *info = monocle_graph_get_value (graph, i);

      if (info->store == store)
        return monocle_tensor_get_n_elements (&info->shape);
    }
  g_assert_not_reached ();
}

MonocleEvaluation *
monocle_evaluation_new (MonocleGraph *graph)
{
  MonocleEvaluation *self = g_new0 (MonocleEvaluation, 1);

  self->graph = graph;
  self->stores = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < graph->stores->len; i++)
    g_ptr_array_add (self->stores, g_new0 (guint32, count_elements (graph, i)));

  return self;
}

void
monocle_evaluation_free (MonocleEvaluation *self)
{
  if (!self)
    return;

  g_ptr_array_unref (self->stores);
  g_free (self);
}

static gpointer
find_data (MonocleEvaluation *self, MonocleValue value)
{
  const MonocleValueInfo *info = monocle_graph_get_value (self->graph, value);

  return (guint32 *) self->stores->pdata[info->store]
         + info->shape.offset / monocle_format_get_bytes (info->shape.format, 1);
}

void
monocle_evaluation_set (MonocleEvaluation *self, MonocleValue value, gconstpointer data)
{
  const MonocleTensor *shape = monocle_graph_get_shape (self->graph, value);

  memcpy (find_data (self, value), data, monocle_tensor_get_n_elements (shape) * sizeof (guint32));
}

gconstpointer
monocle_evaluation_get (MonocleEvaluation *self, MonocleValue value)
{
  return find_data (self, value);
}

void
monocle_evaluation_run (MonocleEvaluation *self)
{
  for (guint i = 0; i < self->graph->nodes->len; i++)
    {
      const MonocleNode *node = monocle_graph_get_node (self->graph, i);
      g_autofree const MonocleTensor **shapes = g_new0 (const MonocleTensor *, node->n_inputs);
      g_autofree gconstpointer *inputs = g_new0 (gconstpointer, node->n_inputs);
      MonocleCall call = { .args = node->args, .inputs = shapes, .n_inputs = node->n_inputs };

      if (!node->op)
        continue;
      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j])
          {
            shapes[j] = monocle_graph_get_shape (self->graph, node->inputs[j]);
            inputs[j] = find_data (self, node->inputs[j]);
          }
      call.output = monocle_graph_get_shape (self->graph, node->output);
      node->op->reference (&call, inputs, find_data (self, node->output));
    }
}
