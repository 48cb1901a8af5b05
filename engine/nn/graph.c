/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/graph-private.h"

#include <string.h>

#include "engine/base/error.h"

/* --- for the ops' infer() ----------------------------------------------------------------- */

gboolean
monocle_op_misfit (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error,
                     g_error_new_valist (MONOCLE_ENGINE_ERROR,
                                         MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, format, args));
  va_end (args);
  return FALSE;
}

void
monocle_op_shape_like (MonocleTensor *output, const MonocleTensor *like, guint columns)
{
  output->n_dims = like->n_dims;
  memcpy (output->dims, like->dims, sizeof output->dims);
  output->dims[like->n_dims - 1] = columns;
  output->format = like->format;
}

/* --- the graph ---------------------------------------------------------------------------- */

static void
node_clear (gpointer data)
{
  MonocleNode *node = data;

  g_free (node->args);
  g_free (node->inputs);
}

MonocleGraph *
monocle_graph_new (const char *name, MonocleFormatId format)
{
  MonocleGraph *graph = g_new0 (MonocleGraph, 1);
  const MonocleValueInfo none
      = { .shape = { .n_dims = 4, .dims = { 1, 1, 1, 1 } }, .node = MONOCLE_NODE_NONE };

  graph->name = g_strdup (name);
  graph->format = format;
  graph->values = g_array_new (FALSE, TRUE, sizeof (MonocleValueInfo));
  graph->stores = g_array_new (FALSE, TRUE, sizeof (MonocleStore));
  graph->nodes = g_array_new (FALSE, TRUE, sizeof (MonocleNode));
  g_array_set_clear_func (graph->nodes, node_clear);
  graph->outsides = g_hash_table_new (NULL, NULL);
  graph->names = g_ptr_array_new_with_free_func (g_free);
  graph->named = g_array_new (FALSE, FALSE, sizeof (MonocleValue));
  g_array_append_val (graph->values, none);

  return graph;
}

void
monocle_graph_free (MonocleGraph *graph)
{
  if (!graph)
    return;

  g_array_unref (graph->values);
  g_array_unref (graph->stores);
  g_array_unref (graph->nodes);
  g_hash_table_unref (graph->outsides);
  g_ptr_array_unref (graph->names);
  g_array_unref (graph->named);
  g_clear_error (&graph->error);
  g_free (graph->name);
  g_free (graph);
}

void
monocle_graph_set_params (MonocleGraph *graph, MonocleParams *params, MonocleParamUse use)
{
  graph->params = params;
  graph->use = use;
}

MonocleParams *
monocle_graph_get_params (MonocleGraph *graph)
{
  return graph->params;
}

MonocleParamUse
monocle_graph_get_use (MonocleGraph *graph)
{
  return graph->use;
}

MonocleFormatId
monocle_graph_get_format (MonocleGraph *graph)
{
  return graph->format;
}

/* Keeps the first. @error: (transfer full) */
static void
take_error (MonocleGraph *graph, GError *error)
{
  if (graph->error)
    g_error_free (error);
  else
    graph->error = error;
}

gboolean
monocle_graph_check (MonocleGraph *graph, GError **error)
{
  if (!graph->error)
    return TRUE;

  g_propagate_error (error, g_error_copy (graph->error));
  return FALSE;
}

static void G_GNUC_PRINTF (2, 3) fail (MonocleGraph *graph, const char *format, ...)
{
  GError *error;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, format,
                              args);
  va_end (args);
  g_prefix_error (&error, "%s: ", graph->name);
  take_error (graph, error);
}

void
monocle_graph_refuse (MonocleGraph *graph, const char *why)
{
  fail (graph, "%s", why);
}

const MonocleTensor *
monocle_graph_get_shape (MonocleGraph *graph, MonocleValue value)
{
  return &monocle_graph_get_value (graph, value)->shape;
}

static MonocleValue
add_value (MonocleGraph *graph, const MonocleTensor *shape, guint store, guint node)
{
  const MonocleValueInfo info = { .shape = *shape,
                                  .store = store,
                                  .state = monocle_graph_get_store (graph, store)->state,
                                  .node = node };

  g_array_append_val (graph->values, info);
  return graph->values->len - 1;
}

static guint
add_store (MonocleGraph *graph, const MonocleTensor *shape)
{
  const MonocleStore store = { .bytes = monocle_tensor_get_size_bytes (shape) };

  g_array_append_val (graph->stores, store);
  return graph->stores->len - 1;
}

static gboolean
set_dims (MonocleGraph *graph, MonocleTensor *shape, MonocleDims dims)
{
  memset (shape->dims, 0, sizeof shape->dims);
  shape->n_dims = dims.n;
  for (guint i = 0; i < dims.n; i++)
    {
      if (dims.sizes[i] == 0)
        {
          fail (graph, "a tensor without elements");
          return FALSE;
        }
      shape->dims[i] = dims.sizes[i];
    }
  return TRUE;
}

MonocleValue
monocle_input (MonocleGraph *graph, const char *name, MonocleFormatId format, MonocleDims dims)
{
  MonocleTensor shape = { .format = format, .name = name };
  guint store;

  if (graph->error || !set_dims (graph, &shape, dims))
    return 0;

  store = add_store (graph, &shape);
  monocle_graph_get_store (graph, store)->is_input = TRUE;
  return add_value (graph, &shape, store, MONOCLE_NODE_NONE);
}

MonocleValue
monocle_outside (MonocleGraph *graph, const MonocleTensor *tensor)
{
  MonocleTensor shape = *tensor;
  guint store = GPOINTER_TO_UINT (g_hash_table_lookup (graph->outsides, tensor));

  if (graph->error)
    return 0;

  shape.buffer = NULL;
  shape.offset = 0;
  if (store == 0)
    {
      store = add_store (graph, &shape) + 1;
      monocle_graph_get_store (graph, store - 1)->outside = tensor;
      g_hash_table_insert (graph->outsides, (gpointer) tensor, GUINT_TO_POINTER (store));
    }
  return add_value (graph, &shape, store - 1, MONOCLE_NODE_NONE);
}

static MonocleValue
add_view (MonocleGraph *graph, MonocleValue value, const MonocleTensor *shape)
{
  const MonocleValueInfo *base = monocle_graph_get_value (graph, value);
  guint state = base->state;
  MonocleValue view = add_value (graph, shape, base->store, base->node);

  monocle_graph_get_value (graph, view)->state = state;
  return view;
}

MonocleValue
monocle_reshape (MonocleGraph *graph, MonocleValue value, MonocleDims dims)
{
  MonocleTensor shape = *monocle_graph_get_shape (graph, value);
  guint64 n = monocle_tensor_get_n_elements (&shape);

  if (graph->error || !set_dims (graph, &shape, dims))
    return 0;
  if (shape.layout != MONOCLE_LAYOUT_ROWS || monocle_tensor_get_n_elements (&shape) != n)
    {
      fail (graph, "%" G_GUINT64_FORMAT " elements reshaped to %" G_GUINT64_FORMAT, n,
            monocle_tensor_get_n_elements (&shape));
      return 0;
    }
  return add_view (graph, value, &shape);
}

MonocleValue
monocle_rows (MonocleGraph *graph, MonocleValue value, guint first, guint n)
{
  MonocleTensor shape = *monocle_graph_get_shape (graph, value);
  guint64 row_bytes = monocle_tensor_get_size_bytes (&shape) / shape.dims[0];

  if (graph->error)
    return 0;
  if (shape.layout != MONOCLE_LAYOUT_ROWS || n == 0 || first > shape.dims[0]
      || n > shape.dims[0] - first || first * row_bytes % MONOCLE_TENSOR_ALIGNMENT != 0)
    {
      fail (graph, "rows %u to %u of %u", first, first + n, shape.dims[0]);
      return 0;
    }
  shape = monocle_tensor_get_rows (&shape, first, n);
  return add_view (graph, value, &shape);
}

void
monocle_keep (MonocleGraph *graph, MonocleValue value)
{
  if (graph->error)
    return;

  g_assert (value != 0);
  monocle_graph_get_store (graph, monocle_graph_get_value (graph, value)->store)->is_kept = TRUE;
}

void
monocle_keep_in (MonocleGraph *graph, MonocleValue value, const MonocleTensor *tensor)
{
  const MonocleValueInfo *info = monocle_graph_get_value (graph, value);
  MonocleStore *store;

  if (graph->error)
    return;

  store = monocle_graph_get_store (graph, info->store);
  g_assert (info->node != MONOCLE_NODE_NONE && !store->outside);
  if (store->bytes != monocle_tensor_get_size_bytes (tensor) || info->shape.offset != 0
      || info->shape.format != tensor->format || tensor->layout != MONOCLE_LAYOUT_ROWS)
    {
      fail (graph, "%" G_GUINT64_FORMAT " bytes are to be kept in %" G_GUINT64_FORMAT, store->bytes,
            monocle_tensor_get_size_bytes (tensor));
      return;
    }
  store->outside = tensor;
  store->is_kept = TRUE;
}

void
monocle_name (MonocleGraph *graph, MonocleValue value, const char *name)
{
  if (graph->error)
    return;

  g_assert (value != 0);
  monocle_graph_get_store (graph, monocle_graph_get_value (graph, value)->store)->is_named = TRUE;
  g_ptr_array_add (graph->names, g_strdup (name));
  g_array_append_val (graph->named, value);
}

MonocleValue
monocle_graph_find (MonocleGraph *graph, const char *name)
{
  for (guint i = 0; i < graph->names->len; i++)
    if (g_str_equal (graph->names->pdata[i], name))
      return g_array_index (graph->named, MonocleValue, i);
  for (guint i = 1; i < graph->values->len; i++)
    {
      const MonocleValueInfo *info = monocle_graph_get_value (graph, i);

      if (monocle_graph_get_store (graph, info->store)->is_input
          && g_str_equal (info->shape.name, name))
        return i;
    }
  return 0;
}

const char *const *
monocle_graph_get_names (MonocleGraph *graph, guint *n)
{
  *n = graph->names->len;
  return (const char *const *) graph->names->pdata;
}

void
monocle_split (MonocleGraph *graph)
{
  const MonocleNode node = { NULL };

  if (!graph->error)
    g_array_append_val (graph->nodes, node);
}

/* --- ops ---------------------------------------------------------------------------------- */

/* What was changed since is not what the formula means. */
static gboolean
check_states (MonocleGraph *graph, const MonocleOp *op, const MonocleValue *inputs, guint n_inputs)
{
  for (guint i = 0; i < n_inputs; i++)
    {
      const MonocleValueInfo *info = monocle_graph_get_value (graph, inputs[i]);
      const MonocleStore *store = monocle_graph_get_store (graph, info->store);

      if (inputs[i] == 0)
        continue;
      if (info->state != store->state)
        {
          fail (graph, "%s reads a value after it was changed", op->name);
          return FALSE;
        }
      if ((op->writes & MONOCLE_OP_INPUT (i)) && !store->outside)
        {
          fail (graph, "%s changes what nobody else sees", op->name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
infer (MonocleGraph *graph,
       const MonocleOp *op,
       gconstpointer args,
       const MonocleValue *inputs,
       guint n_inputs,
       MonocleTensor *shape)
{
  g_autofree const MonocleTensor **tensors = g_new0 (const MonocleTensor *, n_inputs);
  const MonocleCall call = { .args = args, .inputs = tensors, .n_inputs = n_inputs };
  GError *error = NULL;

  for (guint i = 0; i < n_inputs; i++)
    tensors[i] = inputs[i] ? monocle_graph_get_shape (graph, inputs[i]) : NULL;

  shape->name = op->name;
  if (!op->infer (&call, shape, &error))
    {
      g_prefix_error (&error, "%s: %s: ", graph->name, op->name);
      take_error (graph, error);
      return FALSE;
    }
  for (guint i = 0; i < shape->n_dims; i++)
    if (shape->dims[i] == 0)
      {
        fail (graph, "%s makes nothing", op->name);
        return FALSE;
      }
  return TRUE;
}

MonocleValue
monocle_graph_append (MonocleGraph *graph,
                      const MonocleOp *op,
                      gconstpointer args,
                      const MonocleValue *inputs,
                      guint n_inputs)
{
  MonocleTensor shape = { NULL };
  MonocleNode node = { .op = op, .n_inputs = n_inputs };
  guint store;

  if (graph->error || !check_states (graph, op, inputs, n_inputs)
      || !infer (graph, op, args, inputs, n_inputs, &shape))
    return 0;

  for (guint i = 0; i < n_inputs; i++)
    if (inputs[i] && (op->writes & MONOCLE_OP_INPUT (i)))
      monocle_graph_get_store (graph, monocle_graph_get_value (graph, inputs[i])->store)->state++;

  if (op->updates)
    {
      const MonocleValueInfo *updated = monocle_graph_get_value (graph, inputs[op->updates - 1]);

      store = updated->store;
      shape.offset = updated->shape.offset;
      monocle_graph_get_store (graph, store)->state++;
    }
  else
    store = add_store (graph, &shape);

  node.args = g_memdup2 (args, op->args_size);
  node.inputs = g_memdup2 (inputs, n_inputs * sizeof *inputs);
  node.output = add_value (graph, &shape, store, graph->nodes->len);
  g_array_append_val (graph->nodes, node);
  return node.output;
}

static gboolean
changes_outside (MonocleGraph *graph, const MonocleNode *node)
{
  guint store = monocle_graph_get_value (graph, node->output)->store;

  return node->op->writes || monocle_graph_get_store (graph, store)->outside;
}

gboolean *
monocle_graph_find_live (MonocleGraph *graph, gboolean with_names)
{
  gboolean *live = g_new0 (gboolean, graph->nodes->len);
  g_autofree gboolean *wanted = g_new0 (gboolean, graph->values->len);

  for (guint i = graph->nodes->len; i-- > 0;)
    {
      const MonocleNode *node = monocle_graph_get_node (graph, i);
      const MonocleStore *store;

      if (!node->op)
        {
          live[i] = TRUE;
          continue;
        }
      store = monocle_graph_get_store (graph, monocle_graph_get_value (graph, node->output)->store);
      live[i] = store->is_kept || (with_names && store->is_named) || changes_outside (graph, node)
                || wanted[node->output];
      for (guint j = 0; live[i] && j < node->n_inputs; j++)
        {
          const MonocleValueInfo *input = monocle_graph_get_value (graph, node->inputs[j]);

          /* Views want what the value was made by. */
          if (node->inputs[j] && input->node != MONOCLE_NODE_NONE)
            wanted[monocle_graph_get_node (graph, input->node)->output] = TRUE;
        }
    }
  return live;
}
