/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/plan.h"

#include "engine/nn/graph-private.h"

/* The middle of a chain of ops is computed in slices of about this size, so that it fits one
 * binding and memory stays small. Slices start on the alignment of tensors: any multiple of this
 * many rows does. */
#define SLICE_BYTES ((guint64) 32 << 20)
#define SLICE_ROWS  64
#define MAX_CHAIN   4

/* Memory of a store or of an op's scratch. Times are those of nodes; a chain is one time. */
typedef struct
{
  guint64 bytes, offset;
  guint first, last;
  gboolean is_planned; /* else it lies outside, or nobody needs it */
  gboolean is_kept;    /* to the end */
  guint root;          /* itself, or the one whose place it takes over */
} Place;

typedef struct
{
  gboolean is_live;
  guint chain_end; /* of the first node of a chain: its last one; else itself */
  guint time;
  guint slice_rows; /* of the first node of a chain */
  guint scratch;    /* its place, or G_MAXUINT */
} Step;

struct _MonoclePlan
{
  MonocleGraph *graph;
  MonocleVkGpu *gpu;
  MonocleVkBuffer *buffer;
  Step *steps;    /* [nodes] */
  GArray *places; /* of Place: those of the stores, then those of scratch */
  guint64 bytes, largest_bytes;
};

void
monocle_plan_free (MonoclePlan *plan)
{
  if (!plan)
    return;

  g_free (plan->steps);
  g_array_unref (plan->places);
  g_free (plan);
}

guint64
monocle_plan_get_bytes (const MonoclePlan *plan)
{
  return plan->bytes;
}

guint64
monocle_plan_get_largest_bytes (const MonoclePlan *plan)
{
  return plan->largest_bytes;
}

static Place *
get_place (const MonoclePlan *plan, guint place)
{
  return &g_array_index (plan->places, Place, place);
}

static Place *
get_root (const MonoclePlan *plan, MonocleValue value)
{
  guint place = monocle_graph_get_value (plan->graph, value)->store;

  while (get_place (plan, place)->root != place)
    place = get_place (plan, place)->root;
  return get_place (plan, place);
}

/* --- chains ------------------------------------------------------------------------------- */

static guint
find_next (const MonoclePlan *plan, guint node)
{
  for (guint i = node + 1; i < plan->graph->nodes->len; i++)
    if (plan->steps[i].is_live)
      return i;
  return MONOCLE_NODE_NONE;
}

/* Whether all that reads the output of @node are nodes up to @end, by rows. */
static gboolean
is_read_within (const MonoclePlan *plan, guint node, guint end)
{
  MonocleGraph *graph = plan->graph;
  guint store
      = monocle_graph_get_value (graph, monocle_graph_get_node (graph, node)->output)->store;

  for (guint i = node + 1; i < graph->nodes->len; i++)
    {
      const MonocleNode *reader = monocle_graph_get_node (graph, i);

      for (guint j = 0; plan->steps[i].is_live && j < reader->n_inputs; j++)
        if (reader->inputs[j] && monocle_graph_get_value (graph, reader->inputs[j])->store == store
            && (i > end || !(reader->op->by_rows & MONOCLE_OP_INPUT (j))
                || reader->inputs[j] != monocle_graph_get_node (graph, node)->output))
          return FALSE;
    }
  return TRUE;
}

static gboolean
is_sliceable (const MonoclePlan *plan, guint node, guint rows)
{
  MonocleGraph *graph = plan->graph;
  const MonocleNode *self = monocle_graph_get_node (graph, node);

  if (!self->op || !self->op->by_rows || self->op->scratch_bytes || self->op->updates
      || monocle_graph_get_shape (graph, self->output)->dims[0] != rows)
    return FALSE;
  for (guint i = 0; i < self->n_inputs; i++)
    if (self->inputs[i] && (self->op->by_rows & MONOCLE_OP_INPUT (i))
        && monocle_graph_get_shape (graph, self->inputs[i])->dims[0] != rows)
      return FALSE;
  return TRUE;
}

static guint64
get_output_bytes (const MonoclePlan *plan, guint node)
{
  MonocleValue output = monocle_graph_get_node (plan->graph, node)->output;

  return monocle_tensor_get_size_bytes (monocle_graph_get_shape (plan->graph, output));
}

/* Whether nodes @first to @end are a chain: nobody else reads what is between them, and the first
 * makes the largest of it, so that one that ended there would leave that whole, and one that began
 * earlier would keep its sum from lying over what goes in. */
static gboolean
is_chain (const MonoclePlan *plan, guint first, guint end)
{
  guint64 largest = get_output_bytes (plan, first);

  for (guint i = first; i < end; i++)
    if (plan->steps[i].is_live)
      {
        const Place *place = get_root (plan, monocle_graph_get_node (plan->graph, i)->output);

        if (place->is_kept || !place->is_planned || !is_read_within (plan, i, end)
            || get_output_bytes (plan, i) > largest)
          return FALSE;
      }
  return end != first && get_output_bytes (plan, end) <= largest;
}

/* The last node of the shortest chain that begins with @first, or itself where there is none. */
static guint
find_chain_end (const MonoclePlan *plan, guint first)
{
  MonocleGraph *graph = plan->graph;
  const MonocleNode *self = monocle_graph_get_node (graph, first);
  guint end = first, rows;

  if (!self->op)
    return first;
  rows = monocle_graph_get_shape (graph, self->output)->dims[0];
  for (guint n = 0; n < MAX_CHAIN && end != MONOCLE_NODE_NONE && is_sliceable (plan, end, rows);
       n++, end = find_next (plan, end))
    if (is_chain (plan, first, end))
      return end;
  return first;
}

/* Chains whose middle is larger than a slice. */
static void
find_chains (MonoclePlan *plan)
{
  MonocleGraph *graph = plan->graph;

  for (guint i = 0; i < graph->nodes->len; i++)
    {
      Step *step = &plan->steps[i];
      guint end, rows;

      step->chain_end = step->time = i;
      if (!step->is_live || get_output_bytes (plan, i) <= SLICE_BYTES)
        continue;
      end = find_chain_end (plan, i);
      if (end == i)
        continue;

      rows = monocle_graph_get_shape (graph, monocle_graph_get_node (graph, i)->output)->dims[0];
      step->chain_end = end;
      step->slice_rows
          = (guint) MAX (SLICE_BYTES / (get_output_bytes (plan, i) / rows) / SLICE_ROWS, 1)
            * SLICE_ROWS;
      for (guint j = i; j < end; j++)
        if (plan->steps[j].is_live)
          {
            Place *place = get_root (plan, monocle_graph_get_node (graph, j)->output);

            place->bytes = place->bytes / rows * MIN (step->slice_rows, rows);
            plan->steps[j].time = i;
          }
      plan->steps[end].chain_end = end;
      plan->steps[end].time = i;
      i = end;
    }
}

/* --- lifetimes ---------------------------------------------------------------------------- */

static void
use (const MonoclePlan *plan, MonocleValue value, guint time)
{
  Place *place = get_place (plan, monocle_graph_get_value (plan->graph, value)->store);

  place->first = MIN (place->first, time);
  if (!place->is_kept)
    place->last = MAX (place->last, time);
}

static gpointer
fill_call (const MonoclePlan *plan, guint node, MonocleTensor *tensors, MonocleCall *call)
{
  const MonocleNode *self = monocle_graph_get_node (plan->graph, node);
  const MonocleTensor **inputs = g_new0 (const MonocleTensor *, self->n_inputs);

  for (guint i = 0; i < self->n_inputs; i++)
    if (self->inputs[i])
      {
        tensors[i] = monocle_plan_get_tensor (plan, self->inputs[i]);
        inputs[i] = &tensors[i];
      }
  tensors[self->n_inputs] = monocle_plan_get_tensor (plan, self->output);
  *call = (MonocleCall){ .args = self->args,
                         .inputs = inputs,
                         .n_inputs = self->n_inputs,
                         .output = &tensors[self->n_inputs] };
  return inputs;
}

static void
find_lifetimes (MonoclePlan *plan)
{
  MonocleGraph *graph = plan->graph;

  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const MonocleNode *node = monocle_graph_get_node (graph, i);
      Step *step = &plan->steps[i];

      step->scratch = G_MAXUINT;
      if (!step->is_live || !node->op)
        continue;
      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j])
          use (plan, node->inputs[j], step->time);
      use (plan, node->output, step->time);

      if (node->op->scratch_bytes)
        {
          g_autofree MonocleTensor *tensors = g_new0 (MonocleTensor, node->n_inputs + 1);
          MonocleCall call;
          g_autofree gpointer inputs = fill_call (plan, i, tensors, &call);
          const Place scratch = { .bytes = node->op->scratch_bytes (&call, plan->gpu),
                                  .first = step->time,
                                  .last = step->time,
                                  .is_planned = TRUE,
                                  .root = plan->places->len };

          if (scratch.bytes == 0)
            continue;
          step->scratch = plan->places->len;
          g_array_append_val (plan->places, scratch);
        }
    }
}

/* Whether any other input of the nodes that run together lies there too. */
static gboolean
is_read_besides (const MonoclePlan *plan, guint node, guint input, const Place *place)
{
  MonocleGraph *graph = plan->graph;

  for (guint i = plan->steps[node].time; i <= node; i++)
    {
      const MonocleNode *other = monocle_graph_get_node (graph, i);

      for (guint j = 0; plan->steps[i].is_live && j < other->n_inputs; j++)
        if (other->inputs[j] && (i != node || j != input)
            && get_root (plan, other->inputs[j]) == place)
          return TRUE;
    }
  return FALSE;
}

/* Results take the place of an input where the op allows it, nobody reads that again, and it is as
 * large. */
static void
find_in_place (MonoclePlan *plan, guint node)
{
  MonocleGraph *graph = plan->graph;
  const MonocleNode *self = monocle_graph_get_node (graph, node);
  const Step *step = &plan->steps[node];
  Place *output;

  if (!step->is_live || !self->op || self->op->updates)
    return;
  output = get_place (plan, monocle_graph_get_value (graph, self->output)->store);
  if (!output->is_planned)
    return;

  for (guint i = 0; i < self->n_inputs; i++)
    {
      Place *place;

      if (!self->inputs[i] || !(self->op->in_place & MONOCLE_OP_INPUT (i)))
        continue;
      place = get_root (plan, self->inputs[i]);
      if (!place->is_planned || place->last != step->time || place->bytes != output->bytes
          || monocle_tensor_get_size_bytes (monocle_graph_get_shape (graph, self->inputs[i]))
                 != output->bytes
          || is_read_besides (plan, node, i, place))
        continue;

      output->root = place->root;
      place->last = output->last;
      place->is_kept = output->is_kept;
      return;
    }
}

/* --- packing ------------------------------------------------------------------------------ */

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *left = *(Place *const *) a, *right = *(Place *const *) b;

  if (left->bytes != right->bytes)
    return left->bytes < right->bytes ? 1 : -1;
  return left->first < right->first ? -1 : left->first > right->first;
}

static gint
compare_offsets (gconstpointer a, gconstpointer b)
{
  const Place *left = *(Place *const *) a, *right = *(Place *const *) b;

  return left->offset < right->offset ? -1 : left->offset > right->offset;
}

/* The largest first, each at the lowest place that nothing takes while it is needed. */
static void
pack (MonoclePlan *plan)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new (), placed = g_ptr_array_new ();

  for (guint i = 0; i < plan->places->len; i++)
    {
      Place *place = get_place (plan, i);

      if (place->is_planned && place->root == i && place->first != G_MAXUINT)
        g_ptr_array_add (order, place);
    }
  g_ptr_array_sort (order, compare_places);

  for (guint i = 0; i < order->len; i++)
    {
      Place *place = order->pdata[i];
      guint64 offset = 0;

      for (guint j = 0; j < placed->len; j++)
        {
          const Place *other = placed->pdata[j];

          if (other->first > place->last || other->last < place->first)
            continue;
          if (offset + place->bytes <= other->offset)
            break;
          offset = MAX (offset, monocle_tensor_align (other->offset + other->bytes));
        }
      place->offset = offset;
      plan->bytes = MAX (plan->bytes, monocle_tensor_align (offset + place->bytes));
      plan->largest_bytes = MAX (plan->largest_bytes, place->bytes);
      g_ptr_array_add (placed, place);
      g_ptr_array_sort (placed, compare_offsets);
    }
}

MonoclePlan *
monocle_graph_plan (MonocleGraph *graph, MonocleVkGpu *gpu, MonoclePlanFlags flags, GError **error)
{
  gboolean with_names = (flags & MONOCLE_PLAN_KEEP_NAMED) != 0;
  g_autofree gboolean *live = NULL;
  MonoclePlan *plan;

  if (!monocle_graph_check (graph, error))
    return NULL;

  plan = g_new0 (MonoclePlan, 1);
  plan->graph = graph;
  plan->gpu = gpu;
  plan->steps = g_new0 (Step, graph->nodes->len);
  plan->places = g_array_new (FALSE, TRUE, sizeof (Place));

  live = monocle_graph_find_live (graph, with_names);
  for (guint i = 0; i < graph->nodes->len; i++)
    plan->steps[i].is_live = live[i];
  for (guint i = 0; i < graph->stores->len; i++)
    {
      const MonocleStore *store = monocle_graph_get_store (graph, i);
      gboolean is_kept = store->is_kept || (with_names && store->is_named);
      const Place place = { .bytes = store->bytes,
                            .first = store->is_input ? 0 : G_MAXUINT,
                            .last = is_kept ? G_MAXUINT : 0,
                            .is_planned = !store->outside,
                            .is_kept = is_kept,
                            .root = i };

      g_array_append_val (plan->places, place);
    }

  find_chains (plan);
  find_lifetimes (plan);
  for (guint i = 0; i < graph->nodes->len; i++)
    find_in_place (plan, i);
  pack (plan);
  return plan;
}

/* --- running ------------------------------------------------------------------------------ */

void
monocle_plan_place (MonoclePlan *plan, MonocleVkBuffer *buffer)
{
  g_assert (buffer->size >= plan->bytes);
  plan->buffer = buffer;
}

MonocleTensor
monocle_plan_get_tensor (const MonoclePlan *plan, MonocleValue value)
{
  const MonocleValueInfo *info = monocle_graph_get_value (plan->graph, value);
  const MonocleTensor *outside = monocle_graph_get_store (plan->graph, info->store)->outside;
  MonocleTensor tensor = info->shape;

  tensor.buffer = outside ? outside->buffer : plan->buffer;
  tensor.offset += outside ? outside->offset : get_root (plan, value)->offset;
  return tensor;
}

static void
record_node (const MonoclePlan *plan, guint node, MonocleCall *call, MonocleCommands *commands)
{
  MonocleTensor scratch = { .buffer = plan->buffer, .n_dims = 1, .name = "scratch" };

  if (plan->steps[node].scratch != G_MAXUINT)
    {
      const Place *place = get_place (plan, plan->steps[node].scratch);

      scratch.offset = place->offset;
      scratch.dims[0] = (guint) (place->bytes / sizeof (float));
      call->scratch = &scratch;
    }
  monocle_graph_get_node (plan->graph, node)->op->record (call, commands);
}

/* Rows [first, first + n) of all that goes by rows; what is between the nodes has room for no more
 * than these. */
static void
record_slice (const MonoclePlan *plan, guint chain, guint first, guint n, MonocleCommands *commands)
{
  guint end = plan->steps[chain].chain_end;

  for (guint i = chain; i <= end; i++)
    {
      const MonocleNode *node = monocle_graph_get_node (plan->graph, i);
      g_autofree MonocleTensor *tensors = g_new0 (MonocleTensor, node->n_inputs + 1);
      MonocleCall call;
      g_autofree gpointer inputs = NULL;

      if (!plan->steps[i].is_live)
        continue;
      inputs = fill_call (plan, i, tensors, &call);
      for (guint j = 0; j < node->n_inputs; j++)
        if (call.inputs[j] && (node->op->by_rows & MONOCLE_OP_INPUT (j)))
          {
            guint from = monocle_graph_get_value (plan->graph, node->inputs[j])->node;
            gboolean is_middle = from != MONOCLE_NODE_NONE && from >= chain && from < end;

            tensors[j] = monocle_tensor_get_rows (&tensors[j], is_middle ? 0 : first, n);
          }
      tensors[node->n_inputs]
          = monocle_tensor_get_rows (&tensors[node->n_inputs], i == end ? first : 0, n);
      record_node (plan, i, &call, commands);
    }
}

void
monocle_plan_record (const MonoclePlan *plan, MonocleCommands *commands)
{
  MonocleGraph *graph = plan->graph;

  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const MonocleNode *node = monocle_graph_get_node (graph, i);
      const Step *step = &plan->steps[i];

      if (!node->op)
        monocle_commands_split (commands);
      else if (step->is_live && step->chain_end != i)
        {
          guint rows = monocle_graph_get_shape (graph, node->output)->dims[0];

          for (guint first = 0; first < rows; first += step->slice_rows)
            record_slice (plan, i, first, MIN (step->slice_rows, rows - first), commands);
          i = step->chain_end;
        }
      else if (step->is_live)
        {
          g_autofree MonocleTensor *tensors = g_new0 (MonocleTensor, node->n_inputs + 1);
          MonocleCall call;
          g_autofree gpointer inputs = fill_call (plan, i, tensors, &call);

          record_node (plan, i, &call, commands);
        }
    }
}
