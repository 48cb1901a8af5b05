/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a graph is made of, for those that walk it: plan and evaluate.
 */
#pragma once

#include "engine/nn/graph.h"

G_BEGIN_DECLS

#define MONOCLE_NODE_NONE G_MAXUINT

/* Memory that values share: a value, its views, and its newer states. */
typedef struct
{
  guint64 bytes;
  const MonocleTensor *outside; /* (nullable): where it lies; else in the graph's memory */
  gboolean is_input;
  gboolean is_kept;
  gboolean is_named;
  guint state; /* how often it was changed */
} MonocleStore;

typedef struct
{
  MonocleTensor shape; /* without a buffer; the offset is inside the store */
  guint store;
  guint state; /* of the store, when this was made */
  guint node;  /* that makes it, or MONOCLE_NODE_NONE */
} MonocleValueInfo;

typedef struct
{
  const MonocleOp *op; /* (nullable): a split */
  gpointer args;
  MonocleValue *inputs;
  guint n_inputs;
  MonocleValue output;
} MonocleNode;

struct _MonocleGraph
{
  char *name;
  MonocleFormatId format; /* of activations */
  MonocleParams *params;  /* (nullable) */
  MonocleParamUse use;
  GArray *values;       /* of MonocleValueInfo; [0] is none */
  GArray *stores;       /* of MonocleStore */
  GArray *nodes;        /* of MonocleNode */
  GHashTable *outsides; /* of const MonocleTensor * to 1 + its store */
  GPtrArray *names;     /* of char * */
  GArray *named;        /* of MonocleValue */
  GError *error;
};

static inline MonocleValueInfo *
monocle_graph_get_value (MonocleGraph *graph, MonocleValue value)
{
  return &g_array_index (graph->values, MonocleValueInfo, value);
}

static inline MonocleStore *
monocle_graph_get_store (MonocleGraph *graph, guint store)
{
  return &g_array_index (graph->stores, MonocleStore, store);
}

static inline MonocleNode *
monocle_graph_get_node (MonocleGraph *graph, guint node)
{
  return &g_array_index (graph->nodes, MonocleNode, node);
}

/* Which nodes anybody needs: those that a kept value depends on, and those that change what lies
 * outside. @with_names: named values too. (transfer full) (array): [n_nodes] */
gboolean *monocle_graph_find_live (MonocleGraph *graph, gboolean with_names);

G_END_DECLS
