/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/gradients.h"

#include "engine/nn/formulas.h"
#include "engine/nn/graph-private.h"

struct _MonocleGradients
{
  MonocleGraph *graph;
  GHashTable *sums;  /* of value to const MonocleTensor *: of what is trained */
  GHashTable *found; /* of value to its gradient so far */
  gboolean *wanted;  /* of stores: whether what is trained goes into them */
};

MonocleGradients *
monocle_gradients_new (MonocleGraph *graph)
{
  MonocleGradients *self = g_new0 (MonocleGradients, 1);

  self->graph = graph;
  self->sums = g_hash_table_new (NULL, NULL);
  self->found = g_hash_table_new (NULL, NULL);
  return self;
}

void
monocle_gradients_free (MonocleGradients *self)
{
  if (!self)
    return;

  g_hash_table_unref (self->sums);
  g_hash_table_unref (self->found);
  g_free (self->wanted);
  g_free (self);
}

void
monocle_gradients_train (MonocleGradients *self, MonocleValue value, const MonocleTensor *sum)
{
  g_hash_table_insert (self->sums, GUINT_TO_POINTER (value), (gpointer) sum);
}

MonocleGraph *
monocle_gradients_get_graph (MonocleGradients *self)
{
  return self->graph;
}

void
monocle_gradients_refuse (MonocleGradients *self, const char *why)
{
  monocle_graph_refuse (self->graph, why);
}

gboolean
monocle_gradients_wants (MonocleGradients *self, MonocleValue value)
{
  return value && self->wanted[monocle_graph_get_value (self->graph, value)->store];
}

MonocleValue
monocle_gradients_take (MonocleGradients *self, MonocleValue value)
{
  gpointer found = NULL;

  g_hash_table_steal_extended (self->found, GUINT_TO_POINTER (value), NULL, &found);
  return GPOINTER_TO_UINT (found);
}

static gboolean
is_view (MonocleGradients *self, MonocleValue value)
{
  const MonocleValueInfo *info = monocle_graph_get_value (self->graph, value);

  return info->node != MONOCLE_NODE_NONE
         && monocle_graph_get_node (self->graph, info->node)->output != value;
}

void
monocle_gradients_add (MonocleGradients *self, MonocleValue value, MonocleValue gradient)
{
  MonocleValue before;

  if (!monocle_gradients_wants (self, value))
    return;
  if (is_view (self, value))
    monocle_gradients_refuse (self, "a view is not trained through");
  if (!monocle_graph_check (self->graph, NULL))
    return;
  before = monocle_gradients_take (self, value);
  if (before)
    gradient = monocle_add (self->graph, before, gradient);
  g_hash_table_insert (self->found, GUINT_TO_POINTER (value), GUINT_TO_POINTER (gradient));
}

void
monocle_gradients_add_outer (MonocleGradients *self,
                             MonocleValue w,
                             MonocleValue dy,
                             MonocleValue x)
{
  const MonocleTensor *sum;

  if (!monocle_gradients_wants (self, w))
    return;
  sum = g_hash_table_lookup (self->sums, GUINT_TO_POINTER (w));
  if (sum)
    monocle_matmul_outer (self->graph, monocle_outside (self->graph, sum), dy, x);
  else
    monocle_gradients_refuse (self, "weights that are computed are not trained through");
}

/* Which stores hold anything that depends on what is trained. */
static void
find_wanted (MonocleGradients *self)
{
  MonocleGraph *graph = self->graph;
  GHashTableIter iter;
  gpointer value;

  self->wanted = g_new0 (gboolean, graph->stores->len);
  g_hash_table_iter_init (&iter, self->sums);
  while (g_hash_table_iter_next (&iter, &value, NULL))
    self->wanted[monocle_graph_get_value (graph, GPOINTER_TO_UINT (value))->store] = TRUE;
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const MonocleNode *node = monocle_graph_get_node (graph, i);

      for (guint j = 0; node->op && j < node->n_inputs; j++)
        if (monocle_gradients_wants (self, node->inputs[j]))
          self->wanted[monocle_graph_get_value (graph, node->output)->store] = TRUE;
    }
}

void
monocle_gradients_walk (MonocleGradients *self, MonocleValue losses)
{
  MonocleGraph *graph = self->graph;

  g_assert (!self->wanted);
  if (!monocle_graph_check (graph, NULL))
    return;
  find_wanted (self);
  if (!monocle_gradients_wants (self, losses))
    monocle_gradients_refuse (self, "nothing is trained");
  /* The losses have no gradient of their own: the op that makes them begins by itself. */
  for (guint i = graph->nodes->len; i-- > 0;)
    {
      /* The array grows. */
      const MonocleNode node = *monocle_graph_get_node (graph, i);
      const MonocleBackCall call = {
        .args = node.args,
        .inputs = node.inputs,
        .n_inputs = node.n_inputs,
        .output = node.output,
        .gradient = node.op ? monocle_gradients_take (self, node.output) : 0,
      };

      if (!monocle_graph_check (graph, NULL))
        return;
      if (!node.op || (!call.gradient && node.output != losses))
        continue;
      if (node.op->backward && !node.op->updates && !node.op->writes)
        node.op->backward (self, &call);
      else
        {
          g_autofree char *why = g_strdup_printf ("no way back through %s", node.op->name);

          monocle_gradients_refuse (self, why);
        }
    }
}
