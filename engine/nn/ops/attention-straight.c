/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/attention-straight.h"

#include "engine/nn/ops/addresses.h"
#include "engine/nn/ops/attention-score.h"

/* Fewer of them do not pay for what is left between dispatches, and for packing. */
#define MIN_QUERIES 64
#define MIN_KEYS    64

/* Of a head: narrower ones are hardly faster so, wider ones are not compiled in a second. */
#define MIN_WIDTH 64
#define MAX_WIDTH 80

/* Floats of keys of a dispatch: so many that a processor keeps what it has decoded of the code, and
 * its cache these with their values. Fewer of the last dispatch, where few are left. */
#define MANY_FLOATS 4096
#define FEW_KEYS    16

/* Subgroups of a workgroup, each with a query; each with a key that is packed. */
#define MIN_SUBGROUPS  64
#define MAX_SUBGROUPS  128
#define PACK_SUBGROUPS 16

/* What is left of a query and head between dispatches beside its sums. */
#define STATE_FLOATS 2

/* At multiples of which every device can bind a part of a tensor. */
#define PART_FLOATS 64

/* Sums that are left between dispatches: so many that a processor's cache keeps them. */
#define MANY_SUMS (256 * 1024)

/* Where things lie in the scratch, in floats: packed keys; what is left of sums and state after
 * each second dispatch, where the others leave sums in the result; of state after the others. */
typedef struct
{
  guint keys, rows; /* of a dispatch; that are packed */
  guint queries;    /* that go over all keys before the next do */
  guint64 n_packed, n_sums, n_state;
} Cut;

static Cut
cut (const MonocleAttention *a)
{
  const guint keys = MANY_FLOATS / a->head_width / ADDRESSES_LANES * ADDRESSES_LANES;
  const guint left = a->n_keys % keys;
  const guint tail = left == 0 ? 0 : left <= FEW_KEYS ? FEW_KEYS : keys;
  const guint rows = CEIL_DIV (a->n_keys - left + tail, PACK_SUBGROUPS) * PACK_SUBGROUPS;
  const guint64 n_heads = a->n_heads, sums = n_heads * a->head_width;
  const guint parts = (guint) CEIL_DIV (a->n_queries * sums, MANY_SUMS);
  const guint queries = CEIL_DIV (CEIL_DIV (a->n_queries, parts), PART_FLOATS) * PART_FLOATS;
  const guint at_once = MIN (queries, a->n_queries);

  return (Cut){
    .keys = keys,
    .rows = rows,
    .queries = at_once,
    .n_packed = 2 * rows * sums,
    .n_sums = CEIL_DIV (at_once * sums, PART_FLOATS) * PART_FLOATS,
    .n_state = CEIL_DIV (at_once * n_heads * STATE_FLOATS, PART_FLOATS) * PART_FLOATS,
  };
}

static gboolean
suits (const MonocleVkTraits *traits, const MonocleAttention *a, MonocleFormatId format)
{
  return traits->addresses && format == MONOCLE_FORMAT_F32 && a->mask == MONOCLE_ATTENTION_MASK_NONE
         && !a->lengths && !a->bias
         && monocle_attention_count_sharing (a->n_heads, a->n_kv_heads) == 1
         && a->head_width >= MIN_WIDTH && a->head_width <= MAX_WIDTH
         && a->head_width % ADDRESSES_LANES == 0 && a->n_queries >= MIN_QUERIES
         && a->n_keys >= MIN_KEYS && a->n_heads <= ADDRESSES_MAX_BYTE_GROUPS
         && (a->n_batches == 1
             || (guint64) a->n_queries * a->n_heads * a->head_width % PART_FLOATS == 0)
         && a->n_queries / MIN_SUBGROUPS < ADDRESSES_MAX_GROUPS
         && a->n_keys / PACK_SUBGROUPS < ADDRESSES_MAX_GROUPS
         && cut (a).n_packed * sizeof (float) <= traits->max_binding_bytes;
}

guint64
monocle_op_attention_scratch (MonocleVkGpu *gpu, const MonocleAttention *a, MonocleFormatId format)
{
  const Cut c = cut (a);

  return suits (&gpu->traits, a, format) ? c.n_sums + 2 * c.n_state + c.n_packed : 0;
}

gboolean
monocle_attention_straight_suits (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleAttention *a = call;

  return a->scratch && suits (traits, a, a->q.format);
}

/* So many that the last workgroup computes few queries again. */
static guint
choose_subgroups (guint n_queries)
{
  guint best = MAX_SUBGROUPS;

  for (guint n = MAX_SUBGROUPS; n >= MIN_SUBGROUPS; n--)
    if (CEIL_DIV (n_queries, n) * n < CEIL_DIV (n_queries, best) * best)
      best = n;
  return best;
}

/* Floats [@first, @first + @n) of the tensor; and where they begin. */
static MonocleVkBinding
bind_part (const MonocleTensor *tensor, guint64 first, guint64 n)
{
  MonocleVkBinding binding = monocle_tensor_get_binding (tensor);

  binding.offset += first * sizeof (float);
  binding.size = n * sizeof (float);
  return binding;
}

static guint64
get_address (const MonocleTensor *tensor, guint64 first)
{
  return monocle_op_get_address (tensor) + first * sizeof (float);
}

static void
pack (MonocleCommands *commands, const MonocleAttention *a, const Cut *c, guint batch)
{
  const guint64 first = (guint64) batch * a->kv_batch_stride;
  attention_pack_params push = {
    .kv_row = a->kv_row_stride,
    .keys = a->n_keys,
    .rows = c->rows,
  };

  addresses_split (get_address (&a->k, a->k_first + first), &push.k_low, &push.k_high);
  addresses_split (get_address (&a->v, a->v_first + first), &push.v_low, &push.v_high);
  addresses_fill_digits (push.digits);
  monocle_commands_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_attention_pack,
                           .formats = monocle_op_get_formats (&a->q, NULL),
                           .specs = (guint32[]) { PACK_SUBGROUPS * ADDRESSES_LANES, a->head_width },
                           .n_specs = 2,
                           .bindings = (MonocleVkBinding[]) {
                               bind_part (a->scratch, 0, c->n_packed),
                               monocle_tensor_get_binding (&a->k),
                               monocle_tensor_get_binding (&a->v),
                           },
                           .push = &push,
                           .groups = { c->rows / PACK_SUBGROUPS, a->n_heads, 1 },
                       });
}

/* One of the dispatches of some queries of a batch.
 * @query: the first of them
 * @turn: which dispatch
 * @in_result: whether its sums are left in the result */
static void
record_turn (MonocleCommands *commands,
             const MonocleAttention *a,
             const Cut *c,
             guint batch,
             guint query,
             guint turn,
             gboolean in_result)
{
  const guint queries = MIN (c->queries, a->n_queries - query);
  const guint subgroups = choose_subgroups (queries);
  const guint64 width = (guint64) a->n_heads * a->head_width, n_sums = queries * width;
  const guint first = turn * c->keys, left = a->n_keys - first;
  const guint keys = left <= FEW_KEYS ? FEW_KEYS : c->keys;
  const guint64 states[] = { c->n_packed + c->n_sums, c->n_packed + c->n_sums + c->n_state };
  const guint64 packed = 2 * (guint64) first * a->head_width;
  const guint64 result = ((guint64) batch * a->n_queries + query) * width;
  attention_straight_params push = {
    .q_row = a->q_row_stride,
    .rows = c->rows,
    .queries = queries,
    .heads = a->n_heads,
    .scale = a->scale > 0 ? a->scale : monocle_op_attention_get_scale (a->head_width),
    .flags = MIN (left, keys) << 16 | (turn == 0 ? ATTENTION_FIRST : 0)
             | (left <= keys ? ATTENTION_LAST : 0),
  };

  addresses_split (get_address (&a->q, a->q_first + (guint64) batch * a->q_batch_stride
                                           + (guint64) query * a->q_row_stride),
                   &push.q_low, &push.q_high);
  addresses_split (get_address (a->scratch, packed), &push.keys_low, &push.keys_high);
  addresses_split (in_result ? get_address (a->scratch, c->n_packed) : get_address (&a->y, result),
                   &push.start_low, &push.start_high);
  addresses_split (get_address (a->scratch, states[(turn + 1) % 2]), &push.state_low,
                   &push.state_high);
  addresses_fill_digits (push.digits);
  monocle_commands_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_attention_straight,
                           .formats = monocle_op_get_formats (&a->q, NULL),
                           .flops = 4.0 * (double) n_sums * MIN (left, keys),
                           .specs = (guint32[]) { subgroups * ADDRESSES_LANES, a->head_width, keys },
                           .n_specs = 3,
                           .bindings = (MonocleVkBinding[]) {
                               in_result ? bind_part (&a->y, result, n_sums)
                                         : bind_part (a->scratch, c->n_packed, n_sums),
                               bind_part (a->scratch, states[turn % 2], c->n_state),
                               monocle_tensor_get_binding (&a->q),
                               monocle_tensor_get_binding (a->scratch),
                           },
                           .push = &push,
                           .groups = { CEIL_DIV (queries, subgroups), a->n_heads, 1 },
                       });
}

void
monocle_attention_straight_record (MonocleCommands *commands, gconstpointer call)
{
  const MonocleAttention *a = call;
  const Cut c = cut (a);
  const guint turns = CEIL_DIV (a->n_keys, c.keys);

  for (guint batch = 0; batch < a->n_batches; batch++)
    {
      pack (commands, a, &c, batch);
      for (guint query = 0; query < a->n_queries; query += c.queries)
        for (guint turn = 0; turn < turns; turn++)
          record_turn (commands, a, &c, batch, query, turn, (turns - turn) % 2 == 1);
    }
}
