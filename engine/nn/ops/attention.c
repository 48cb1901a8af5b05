/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * General attention, and that of new tokens over the key-value cache.
 */
/* clang-format off
 *
 *   device    width   queries                kernel
 *   software  64..80  64 and more of a head  attention_straight, at addresses (where they can be read,
 *                                            there is scratch, and each sees all keys)
 *   software  any     any                    attention_block, texel buffers (attention where they
 *                                            cannot be viewed)
 *   GPU       to 128  32 and more of a head  attention_tile
 *   GPU       any     4096 and more of all   attention
 *   GPU       any     fewer                  attention_group
 *
 * clang-format on */
#include "config.h"

#include "engine/nn/ops/attention.h"

#include "engine/nn/op-record.h"
#include "engine/nn/ops/attention-score.h"
#include "engine/nn/ops/attention-straight.h"

/* Below this many (batch, head, query), a GPU is better filled by sharing keys than by queries. */
#define FEW_QUERIES 4096

/* Queries of a tile: the most, and the fewest, which suit every device's shared memory, and of
 * which there must be that many for tiles not to be empty mostly. Small tiles where large ones
 * would be fewer than keep a large GPU busy. */
#define TILE_MOST_ROWS   64
#define TILE_FEWEST_ROWS 32
#define TILE_GROUPS      256

/* Wider heads find no room in an invocation's registers. */
#define TILE_MAX_WIDTH 128

/* Lanes that share the keys of one query: each keeps its sums, a maximum and a total. */
static guint
get_key_lanes (MonocleVkGpu *gpu, guint head_width)
{
  return monocle_op_get_sharing_lanes (gpu, (head_width + 2) * sizeof (float));
}

/* From as many queries and keys on, a block kernel may take longer to compile in order to be fast.
 */
#define MANY_QUERIES 32
#define MANY_KEYS    128

/* Keys of a head, with their values, that stay in a processor's cache between two readings: rows
 * lie so far apart that they share a few of its sets. From as many floats of keys on, a workgroup
 * of some subgroups goes through them together. */
#define SPAN       256
#define SPAN_FROM  (1024 * SPAN_WIDTH)
#define SPAN_WIDTH 64 /* of a head: wider ones count no more, since waiting costs the same */
#define SPAN_LANES 64

/* Keys that a block kernel takes at once: sums are scaled down and stored once for all of them. */
static guint
get_step_keys (const MonocleAttention *a, guint queries)
{
  if (queries < 4)
    return queries == 1 ? 4 : 2;
  if (a->n_queries < MANY_QUERIES || a->n_keys < MANY_KEYS)
    return 1;
  return queries == 4 ? 4 : 2;
}

static gboolean
is_spanned (const MonocleAttention *a, guint queries)
{
  return (guint64) a->n_keys * MIN (a->head_width, SPAN_WIDTH) >= SPAN_FROM
         && a->n_queries >= SPAN_LANES * queries;
}

/* @scale: 0: the usual one */
static float
choose_scale (float scale, guint head_width)
{
  return scale > 0 ? scale : monocle_op_attention_get_scale (head_width);
}

/* Whether rows of @n_rows and batches of these strides lie inside the tensor. */
static gboolean
is_inside (const MonocleTensor *tensor,
           guint first,
           guint row_stride,
           guint batch_stride,
           guint n_rows,
           guint n_heads,
           const MonocleAttention *a)
{
  const guint64 end = first + (guint64) (a->n_batches - 1) * batch_stride
                      + (guint64) (n_rows - 1) * row_stride + (guint64) n_heads * a->head_width;

  return end <= monocle_tensor_get_n_elements (tensor) && first % 4 == 0 && row_stride % 4 == 0
         && batch_stride % 4 == 0;
}

MonocleAttention
monocle_attention_over_itself (guint n_batches, guint n_tokens, guint channels, guint n_heads)
{
  return (MonocleAttention){
    .k_first = channels,
    .v_first = 2 * channels,
    .q_row_stride = 3 * channels,
    .kv_row_stride = 3 * channels,
    .q_batch_stride = n_tokens * 3 * channels,
    .kv_batch_stride = n_tokens * 3 * channels,
    .n_batches = n_batches,
    .n_queries = n_tokens,
    .n_keys = n_tokens,
    .n_heads = n_heads,
    .head_width = channels / n_heads,
  };
}

guint
monocle_attention_count_sharing (guint n_heads, guint n_kv_heads)
{
  if (n_kv_heads == 0)
    return 1;
  return n_heads % n_kv_heads == 0 ? n_heads / n_kv_heads : 0;
}

gboolean
monocle_attention_fits (const MonocleAttention *a,
                        const MonocleTensor *q,
                        const MonocleTensor *k,
                        const MonocleTensor *v)
{
  const guint n_kv_heads = a->n_kv_heads > 0 ? a->n_kv_heads : a->n_heads;

  return is_inside (q, a->q_first, a->q_row_stride, a->q_batch_stride, a->n_queries, a->n_heads, a)
         && is_inside (k, a->k_first, a->kv_row_stride, a->kv_batch_stride, a->n_keys, n_kv_heads,
                       a)
         && is_inside (v, a->v_first, a->kv_row_stride, a->kv_batch_stride, a->n_keys, n_kv_heads,
                       a);
}

/* --- general ------------------------------------------------------------------------------ */

static attention_params
get_push (const MonocleAttention *a)
{
  G_STATIC_ASSERT (sizeof (attention_params) == sizeof (attention_group_params));

  return (attention_params){
    .batches = a->n_batches,
    .queries = a->n_queries,
    .keys = a->n_keys,
    .heads = a->n_heads,
    .group = monocle_attention_count_sharing (a->n_heads, a->n_kv_heads),
    .q_first = a->q_first / 4,
    .k_first = a->k_first / 4,
    .v_first = a->v_first / 4,
    .q_row = a->q_row_stride / 4,
    .kv_row = a->kv_row_stride / 4,
    .q_batch = a->q_batch_stride / 4,
    .kv_batch = a->kv_batch_stride / 4,
    .scale = choose_scale (a->scale, a->head_width),
    .prefix = a->mask == MONOCLE_ATTENTION_MASK_PREFIX ? a->prefix : 0,
    .flags = (a->mask != MONOCLE_ATTENTION_MASK_NONE ? ATTENTION_CAUSAL : 0)
             | (a->lengths ? ATTENTION_LENGTHS : 0),
  };
}

static void
get_bindings (const MonocleAttention *a, MonocleVkBinding bindings[6])
{
  bindings[0] = monocle_tensor_get_binding (a->lengths ? a->lengths : &a->q);
  bindings[1] = monocle_tensor_get_binding (a->bias ? a->bias : &a->q);
  bindings[2] = monocle_tensor_get_binding (&a->y);
  bindings[3] = monocle_tensor_get_binding (&a->q);
  bindings[4] = monocle_tensor_get_binding (&a->k);
  bindings[5] = monocle_tensor_get_binding (&a->v);
}

static gboolean
has_many_queries (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleAttention *a = call;

  return traits->software || (guint64) a->n_batches * a->n_heads * a->n_queries >= FEW_QUERIES;
}

static gboolean
is_viewable (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleAttention *a = call;

  return monocle_op_can_view (traits, &a->q) && monocle_op_can_view (traits, &a->k)
         && monocle_op_can_view (traits, &a->v);
}

/* Of scores and values; half of it is not needed where keys are hidden behind their queries. */
static double
count_flops (const MonocleAttention *a)
{
  return 4.0 * a->n_batches * a->n_heads * a->n_queries * a->n_keys * a->head_width;
}

/* Some queries an invocation. */
static void
record_queries_with (MonocleCommands *commands,
                     const MonocleAttention *a,
                     MonocleKernelId kernel,
                     const attention_params *push)
{
  MonocleVkGpu *gpu = monocle_commands_get_gpu (commands);
  const guint most = monocle_op_attention_get_block_queries (a->head_width);
  const guint queries = gpu->traits.software ? MIN (most, a->n_queries) : 1;
  const gboolean spanned = gpu->traits.software && is_spanned (a, queries);
  const guint lanes = spanned ? SPAN_LANES : monocle_op_get_group_size (gpu);
  const guint64 n = (guint64) a->n_batches * a->n_heads * CEIL_DIV (a->n_queries, queries);
  MonocleVkBinding bindings[6];

  get_bindings (a, bindings);
  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch){
          .kernel = kernel,
          .formats = monocle_op_get_formats (&a->q, NULL),
          .flops = count_flops (a),
          .specs = (guint32[]){ lanes, queries, a->head_width, get_step_keys (a, queries),
                                a->bias != NULL, spanned ? SPAN : 0 },
          .n_specs = 6,
          .bindings = bindings,
          .push = push,
      },
      CEIL_DIV (n, lanes));
}

static void
record_block (MonocleCommands *commands, gconstpointer call)
{
  const MonocleAttention *a = call;
  attention_params push = get_push (a);

  G_STATIC_ASSERT (sizeof (attention_params) == sizeof (attention_block_params));
  push.q_first += monocle_op_get_texel (&a->q);
  push.k_first += monocle_op_get_texel (&a->k);
  push.v_first += monocle_op_get_texel (&a->v);
  record_queries_with (commands, a, MONOCLE_KERNEL_attention_block, &push);
}

static void
record_queries (MonocleCommands *commands, gconstpointer call)
{
  const MonocleAttention *a = call;
  const attention_params push = get_push (a);

  record_queries_with (commands, a, MONOCLE_KERNEL_attention, &push);
}

/* A query of a head a workgroup, which shares its keys. */
static void
record_group (MonocleCommands *commands, gconstpointer call)
{
  const MonocleAttention *a = call;
  const guint lanes = get_key_lanes (monocle_commands_get_gpu (commands), a->head_width);
  const attention_params push = get_push (a);
  MonocleVkBinding bindings[6];

  get_bindings (a, bindings);
  monocle_commands_dispatch (
      commands, &(MonocleVkDispatch){
                    .kernel = MONOCLE_KERNEL_attention_group,
                    .formats = monocle_op_get_formats (&a->q, NULL),
                    .flops = count_flops (a),
                    .specs = (guint32[]){ lanes, a->head_width, lanes, a->bias != NULL },
                    .n_specs = 4,
                    .bindings = bindings,
                    .push = &push,
                    .groups = { a->n_queries, a->n_heads, a->n_batches },
                });
}

/* Shared memory of attention_tile. */
static guint
get_tile_bytes (guint rows)
{
  const guint columns = ATTENTION_TILE_COLUMNS, pitch = columns + 1;

  return (2 * rows + 4 * columns) * pitch * 4 * sizeof (float) + rows * columns * sizeof (float);
}

static gboolean
fills_tiles (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleAttention *a = call;

  return !traits->software && a->n_queries >= TILE_FEWEST_ROWS && a->head_width <= TILE_MAX_WIDTH
         && get_tile_bytes (TILE_FEWEST_ROWS) <= traits->shared_bytes;
}

/* A tile of queries of a head a workgroup, which passes over tiles of keys. */
static void
record_tiles (MonocleCommands *commands, gconstpointer call)
{
  const MonocleAttention *a = call;
  const MonocleVkTraits *traits = &monocle_commands_get_gpu (commands)->traits;
  const guint64 n_heads = (guint64) a->n_batches * a->n_heads;
  const gboolean large = get_tile_bytes (TILE_MOST_ROWS) <= traits->shared_bytes
                         && n_heads * CEIL_DIV (a->n_queries, TILE_MOST_ROWS) >= TILE_GROUPS;
  const guint rows = large ? TILE_MOST_ROWS : TILE_FEWEST_ROWS;
  const guint lanes = rows / 4 * ATTENTION_TILE_COLUMNS;
  const attention_params push = get_push (a);
  MonocleVkBinding bindings[6];

  G_STATIC_ASSERT (sizeof (attention_params) == sizeof (attention_tile_params));
  get_bindings (a, bindings);
  monocle_op_dispatch_groups (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_attention_tile,
          .formats = monocle_op_get_formats (&a->q, NULL),
          .flops = count_flops (a),
          .specs = (guint32[]){ lanes, rows, a->head_width, a->bias != NULL },
          .n_specs = 4,
          .bindings = bindings,
          .push = &push,
      },
      n_heads * CEIL_DIV (a->n_queries, rows));
}

static const MonocleVariant variants[] = {
  { MONOCLE_KERNEL_attention_straight, monocle_attention_straight_suits,
    monocle_attention_straight_record },
  { MONOCLE_KERNEL_attention_block, is_viewable, record_block },
  { MONOCLE_KERNEL_attention_tile, fills_tiles, record_tiles },
  { MONOCLE_KERNEL_attention, has_many_queries, record_queries },
  { MONOCLE_KERNEL_attention_group, NULL, record_group },
};

void
monocle_op_attention (MonocleCommands *commands, const MonocleAttention *a)
{
  const guint64 n_queries = (guint64) a->n_batches * a->n_heads * a->n_queries;
  const guint sharing = monocle_attention_count_sharing (a->n_heads, a->n_kv_heads);

  g_assert (a->n_batches > 0 && a->n_queries > 0 && a->n_keys > 0 && a->n_heads > 0);
  g_assert (a->head_width > 0 && a->head_width % 4 == 0 && sharing > 0);
  g_assert (monocle_attention_fits (a, &a->q, &a->k, &a->v));
  g_assert (monocle_tensor_get_n_elements (&a->y) >= n_queries * a->head_width);
  g_assert (a->k.format == a->q.format && a->v.format == a->q.format);
  g_assert (a->y.format == a->q.format);
  g_assert (!a->scratch
            || monocle_tensor_get_n_elements (a->scratch) >= monocle_op_attention_scratch (
                   monocle_commands_get_gpu (commands), a, a->q.format));
  g_assert (!a->lengths
            || (a->lengths->format == MONOCLE_FORMAT_U32
                && monocle_tensor_get_n_elements (a->lengths) == a->n_batches));
  g_assert (!a->bias
            || (a->bias->format == MONOCLE_FORMAT_F32
                && monocle_tensor_get_n_elements (a->bias)
                       == (guint64) a->n_heads * a->n_queries * a->n_keys));

  monocle_variant_record (variants, G_N_ELEMENTS (variants), commands,
                          monocle_op_get_formats (&a->q, NULL), a);
}

/* --- over the cache ----------------------------------------------------------------------- */

static gboolean
is_cache_viewable (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleCachedAttention *a = call;

  return monocle_op_can_view (traits, &a->qkv) && monocle_op_can_view (traits, &a->keys)
         && monocle_op_can_view (traits, &a->values);
}

/* A head of a token an invocation. */
static void
record_cached_heads (MonocleCommands *commands, gconstpointer call)
{
  const MonocleCachedAttention *a = call;
  const guint head_width = monocle_tensor_get_columns (&a->y) / a->n_heads;
  const guint lanes = monocle_op_get_group_size (monocle_commands_get_gpu (commands));
  const guint n = monocle_tensor_count_rows (&a->qkv) * a->n_heads;
  const cached_attention_params push = {
    .rows = (guint) monocle_tensor_get_n_elements (&a->place),
    .tokens = a->n_tokens,
    .places = a->keys.dims[a->keys.n_dims - 2],
    .heads = a->n_heads,
    .group = monocle_attention_count_sharing (a->n_heads, a->n_kv_heads),
    .qkv_first = monocle_op_get_texel (&a->qkv),
    .keys_first = monocle_op_get_texel (&a->keys),
    .values_first = monocle_op_get_texel (&a->values),
    .scale = choose_scale (a->scale, head_width),
    .cap = a->cap,
    .together = a->n_together,
    .window = a->window,
  };
  const MonocleVkBinding qkv = monocle_tensor_get_binding (&a->qkv);
  const MonocleVkBinding keys = monocle_tensor_get_binding (&a->keys);
  const MonocleVkBinding values = monocle_tensor_get_binding (&a->values);

  monocle_commands_dispatch (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_cached_attention,
          .formats = monocle_op_get_formats (&a->qkv, NULL),
          .is_partly_read = TRUE,
          .specs = (guint32[]){ lanes, head_width, a->cap > 0, a->bias != NULL },
          .n_specs = 4,
          .bindings
          = (MonocleVkBinding[]){ keys, values, monocle_tensor_get_binding (&a->ancestors),
                                  monocle_tensor_get_binding (&a->place),
                                  monocle_tensor_get_binding (&a->y),
                                  monocle_tensor_get_binding (a->bias ? a->bias : &a->qkv), qkv,
                                  keys, values },
          .push = &push,
          .groups = { CEIL_DIV (n, lanes), 1, 1 },
      });
}

/* A head of a token a workgroup, which shares its keys. */
static void
record_cached_group (MonocleCommands *commands, gconstpointer call)
{
  const MonocleCachedAttention *a = call;
  const guint head_width = monocle_tensor_get_columns (&a->y) / a->n_heads;
  const guint lanes = get_key_lanes (monocle_commands_get_gpu (commands), head_width);
  const cached_attention_group_params push = {
    .rows = (guint) monocle_tensor_get_n_elements (&a->place),
    .tokens = a->n_tokens,
    .places = a->keys.dims[a->keys.n_dims - 2],
    .heads = a->n_heads,
    .group = monocle_attention_count_sharing (a->n_heads, a->n_kv_heads),
    .scale = choose_scale (a->scale, head_width),
    .cap = a->cap,
    .together = a->n_together,
    .window = a->window,
  };

  monocle_commands_dispatch (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_cached_attention_group,
          .formats = monocle_op_get_formats (&a->qkv, NULL),
          .is_partly_read = TRUE,
          .specs = (guint32[]){ lanes, head_width, lanes, a->cap > 0, a->bias != NULL },
          .n_specs = 5,
          .bindings
          = (MonocleVkBinding[]){ monocle_tensor_get_binding (&a->qkv),
                                  monocle_tensor_get_binding (&a->keys),
                                  monocle_tensor_get_binding (&a->values),
                                  monocle_tensor_get_binding (&a->ancestors),
                                  monocle_tensor_get_binding (&a->place),
                                  monocle_tensor_get_binding (&a->y),
                                  monocle_tensor_get_binding (a->bias ? a->bias : &a->qkv) },
          .push = &push,
          .groups = { monocle_tensor_count_rows (&a->qkv), a->n_heads, 1 },
      });
}

static const MonocleVariant cached_variants[] = {
  { MONOCLE_KERNEL_cached_attention, is_cache_viewable, record_cached_heads },
  { MONOCLE_KERNEL_cached_attention_group, NULL, record_cached_group },
};

void
monocle_op_cached_attention (MonocleCommands *commands, const MonocleCachedAttention *a)
{
  const guint tokens = monocle_tensor_count_rows (&a->qkv);
  const guint rows = tokens / a->n_tokens;
  const guint channels = monocle_tensor_get_columns (&a->y);
  const guint head_width = channels / a->n_heads;
  const guint sharing = monocle_attention_count_sharing (a->n_heads, a->n_kv_heads);
  const guint places = a->keys.dims[a->keys.n_dims - 2];
  const guint kv_channels = monocle_tensor_get_columns (&a->keys);

  g_assert (rows * a->n_tokens == tokens && sharing > 0 && kv_channels * sharing == channels);
  g_assert (monocle_tensor_get_columns (&a->qkv) == channels + 2 * kv_channels);
  g_assert (monocle_tensor_count_rows (&a->y) == tokens && places >= a->n_tokens);
  g_assert (head_width * a->n_heads == channels && head_width % 4 == 0);
  g_assert (monocle_tensor_get_n_elements (&a->keys) == (guint64) rows * places * kv_channels);
  g_assert (monocle_tensor_get_n_elements (&a->values) == monocle_tensor_get_n_elements (&a->keys));
  g_assert (a->ancestors.format == MONOCLE_FORMAT_U32 && a->place.format == MONOCLE_FORMAT_U32);
  g_assert (monocle_tensor_get_n_elements (&a->ancestors) == (guint64) rows * places);
  g_assert (monocle_tensor_get_n_elements (&a->place) == rows);
  g_assert (a->keys.format == a->qkv.format && a->values.format == a->qkv.format);
  g_assert (a->y.format == a->qkv.format);
  g_assert (
      !a->bias
      || (a->bias->format == MONOCLE_FORMAT_F32
          && monocle_tensor_get_n_elements (a->bias) == (guint64) a->n_heads * tokens * places));

  monocle_variant_record (cached_variants, G_N_ELEMENTS (cached_variants), commands,
                          monocle_op_get_formats (&a->qkv, NULL), a);
}
