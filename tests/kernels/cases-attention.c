/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cases of attention: see kernel-cases.c.
 */
#include "config.h"

#include <math.h>

#include "kernel-cases.h"

#include "engine/nn/ops.h"

/* Queries and keys as products leave them: scores of a few units, so that the softmax has work. */
#define SCORE_SCALE 2.5f

static void
try_window_attention (
    KernelTest *t, guint height, guint width, guint heads, guint head_width, guint window)
{
  const guint channels = heads * head_width;
  float *qkv_values, *bias_values, *expected;
  MonocleTensor qkv, bias, y;

  kernel_test_begin (t, "%u x %u heads %u x %u window %u", height, width, heads, head_width,
                     window);
  qkv = kernel_test_add_scaled (t, t->store, SCORE_SCALE, 0, &qkv_values, 3, height, width,
                                3 * channels);
  bias = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &bias_values, 1, 3 * channels);
  y = kernel_test_add_output (t, t->store, 3, height, width, channels);
  monocle_op_window_attention (t->commands, &qkv, &bias, heads, window, &y);
  expected = kernel_test_new_floats (t, (gsize) height * width * channels);
  monocle_reference_window_attention (qkv_values, bias_values, height, width, heads, head_width,
                                      window, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_window_attention (KernelTest *t)
{
  const gboolean addresses = t->gpu->traits.addresses;

  t->gpu->traits.addresses = FALSE;
  try_window_attention (t, 12, 12, 1, 32, 12);
  try_window_attention (t, 24, 24, 4, 32, 12);
  try_window_attention (t, 13, 31, 2, 32, 12);
  try_window_attention (t, 1, 1, 1, 4, 3);
  try_window_attention (t, 7, 33, 3, 4, 3);
  t->gpu->traits.addresses = addresses;
}

void
kernel_case_run_window_attention_straight (KernelTest *t)
{
  try_window_attention (t, 12, 12, 1, 32, 12);
  try_window_attention (t, 24, 36, 3, 32, 12);
  try_window_attention (t, 8, 24, 2, 32, 8);
  try_window_attention (t, 12, 4, 5, 32, 4);
}

static void
try_channel_attention (KernelTest *t, guint tokens, guint groups, guint width)
{
  const guint channels = groups * width;
  const guint n_scratch = monocle_op_channel_attention_scratch (t->gpu, tokens, channels, groups);
  float *qkv_values, *expected;
  MonocleTensor qkv, scratch, y;

  kernel_test_begin (t, "%u tokens, groups %u x %u", tokens, groups, width);
  qkv = kernel_test_add_scaled (t, t->store, 1.5f, 0, &qkv_values, 2, tokens, 3 * channels);
  scratch = kernel_test_add_output (t, MONOCLE_FORMAT_F32, 1, n_scratch);
  y = kernel_test_add_output (t, t->store, 2, tokens, channels);
  monocle_op_channel_attention (t->commands, &qkv, groups, &scratch, &y);
  expected = kernel_test_new_floats (t, (gsize) tokens * channels);
  monocle_reference_channel_attention (qkv_values, tokens, groups, width, expected);
  kernel_test_check (t, &y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

void
kernel_case_run_channel_attention (KernelTest *t)
{
  try_channel_attention (t, 1, 1, 32);
  try_channel_attention (t, 3, 3, 32);
  try_channel_attention (t, 33, 1, 12);
  try_channel_attention (t, 127, 2, 32);
  try_channel_attention (t, 128, 3, 12);
  try_channel_attention (t, 576, 4, 32);
}

void
kernel_case_run_channel_attention_unviewed (KernelTest *t)
{
  kernel_case_run_unviewed (t, kernel_case_run_channel_attention);
}

typedef struct
{
  guint batches, queries, keys, heads, width;
  MonocleAttentionMask mask;
  gboolean lengths;
  guint kv_heads; /* 0: as many */
  guint prefix;
  float scale; /* 0: the usual one */
  gboolean bias;
} AttentionShape;

/* Lengths of the batches; keys past them may be anything. */
static const guint32 *
limit_keys (KernelTest *t, MonocleAttention *attention, MonocleTensor *lengths, float *kv_values)
{
  guint32 *values;

  *lengths = kernel_test_add_integers (t, attention->n_keys, &values, 1, attention->n_batches);
  for (guint b = 0; b < attention->n_batches; b++)
    {
      const gsize batch = (gsize) b * attention->kv_batch_stride;

      values[b] += 1;
      for (guint i = values[b] * attention->kv_row_stride; i < attention->kv_batch_stride; i++)
        kv_values[batch + i] = NAN;
    }
  kernel_test_set_integers (t, lengths, values);
  kernel_test_set_floats (t, &attention->k, kv_values);
  attention->lengths = lengths;
  return values;
}

static void
try_attention (KernelTest *t, const AttentionShape *s)
{
  const guint channels = s->heads * s->width;
  const guint kv_channels = (s->kv_heads ? s->kv_heads : s->heads) * s->width;
  /* Queries in a tensor of their own with a gap, keys and values side by side, as products of
   * merged weights leave them. */
  const guint q_row = channels + 4, kv_row = 2 * kv_channels;
  float *q_values, *kv_values, *bias_values = NULL, *expected;
  const guint32 *lengths_values = NULL;
  MonocleTensor lengths, bias, scratch;
  guint64 n_scratch;
  MonocleAttention attention = {
    .q_first = 4,
    .v_first = kv_channels,
    .q_row_stride = q_row,
    .kv_row_stride = kv_row,
    .q_batch_stride = s->queries * q_row,
    .kv_batch_stride = s->keys * kv_row,
    .n_batches = s->batches,
    .n_queries = s->queries,
    .n_keys = s->keys,
    .n_heads = s->heads,
    .n_kv_heads = s->kv_heads,
    .head_width = s->width,
    .scale = s->scale,
    .mask = s->mask,
    .prefix = s->prefix,
  };

  kernel_test_begin (t, "%u x %u queries, %u keys, heads %u over %u x %u, mask %d to %u%s%s",
                     s->batches, s->queries, s->keys, s->heads, s->kv_heads, s->width, s->mask,
                     s->prefix, s->lengths ? ", lengths" : "", s->bias ? ", bias" : "");
  attention.q = kernel_test_add_scaled (t, t->store, SCORE_SCALE, 0, &q_values, 3, s->batches,
                                        s->queries, q_row);
  attention.k = kernel_test_add_input (t, t->store, &kv_values, 3, s->batches, s->keys, kv_row);
  attention.v = attention.k;
  if (s->lengths)
    lengths_values = limit_keys (t, &attention, &lengths, kv_values);
  if (s->bias)
    {
      bias = kernel_test_add_scaled (t, MONOCLE_FORMAT_F32, 2, 0, &bias_values, 3, s->heads,
                                     s->queries, s->keys);
      attention.bias = &bias;
    }
  attention.y = kernel_test_add_output (t, t->store, 3, s->batches, s->queries, channels);
  n_scratch = monocle_op_attention_scratch (t->gpu, &attention, t->store);
  if (n_scratch > 0)
    {
      scratch = kernel_test_add_output (t, MONOCLE_FORMAT_F32, 1, (guint) n_scratch);
      attention.scratch = &scratch;
    }
  monocle_op_attention (t->commands, &attention);
  expected = kernel_test_new_floats (t, (gsize) s->batches * s->queries * channels);
  monocle_reference_attention (q_values, kv_values, kv_values, &attention, lengths_values,
                               bias_values, expected);
  kernel_test_check (t, &attention.y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

#define NONE   MONOCLE_ATTENTION_MASK_NONE
#define CAUSAL MONOCLE_ATTENTION_MASK_CAUSAL
#define PREFIX MONOCLE_ATTENTION_MASK_PREFIX

static const AttentionShape few_queries_shapes[] = {
  { 1, 1, 1, 1, 64, NONE, FALSE },
  { 1, 4, 3, 2, 64, NONE, FALSE },
  { 3, 4, 33, 2, 64, NONE, TRUE },
  { 1, 31, 31, 3, 64, CAUSAL, FALSE },
  { 2, 33, 127, 1, 64, NONE, FALSE },
  { 1, 128, 128, 1, 64, CAUSAL, TRUE },
  { 1, 4, 585, 12, 64, NONE, FALSE },
  { 2, 32, 32, 3, 20, CAUSAL, FALSE },
  /* Grouped heads. */
  { 1, 4, 33, 9, 64, NONE, FALSE, .kv_heads = 3 },
  { 2, 31, 31, 4, 20, CAUSAL, TRUE, .kv_heads = 1 },
  { 1, 3, 5, 2, 64, NONE, FALSE, .kv_heads = 2 },
  /* Prefixes: none, shorter and longer than what there is. */
  { 1, 31, 31, 2, 20, PREFIX, FALSE, .prefix = 0 },
  { 2, 31, 33, 2, 20, PREFIX, TRUE, .prefix = 17 },
  { 1, 4, 31, 2, 64, PREFIX, FALSE, .prefix = 100 },
  /* Biases and scales, as of T5. */
  { 2, 1, 31, 2, 20, NONE, FALSE, .scale = 1, .bias = TRUE },
  { 2, 33, 127, 2, 64, NONE, TRUE, .scale = 0.5f, .bias = TRUE },
  { 1, 32, 32, 4, 64, CAUSAL, FALSE, .kv_heads = 2, .bias = TRUE },
  { 1, 3, 33, 3, 20, PREFIX, FALSE, .prefix = 2, .scale = 0.0625f, .bias = TRUE },
};

/* Around what invocations take at once, and as many keys as towers of pictures have. */
static const AttentionShape many_keys_shapes[] = {
  { 1, 5, 1, 2, 64, NONE, FALSE },       { 1, 63, 63, 1, 64, CAUSAL, FALSE },
  { 1, 64, 64, 1, 64, NONE, FALSE },     { 2, 65, 65, 3, 32, NONE, TRUE, .kv_heads = 1 },
  { 1, 577, 577, 2, 64, CAUSAL, FALSE }, { 1, 6, 3601, 2, 64, NONE, TRUE },
};

/* So many that workgroups go through them span by span, of which the last one is not whole, nor is
 * the last workgroup; past the lengths and the diagonal there is nothing to do but to wait. */
static const AttentionShape span_shapes[] = {
  { 1, 257, 1031, 2, 64, NONE, FALSE },
  { 2, 258, 1029, 1, 64, CAUSAL, TRUE },
  { 1, 256, 1024, 1, 64, PREFIX, FALSE, .prefix = 700, .bias = TRUE },
};

static void
try_attentions (KernelTest *t, const AttentionShape *shapes, guint n)
{
  for (guint i = 0; i < n; i++)
    try_attention (t, &shapes[i]);
}

void
kernel_case_run_attention_block (KernelTest *t)
{
  const gboolean addresses = t->gpu->traits.addresses;

  t->gpu->traits.addresses = FALSE;
  try_attentions (t, few_queries_shapes, G_N_ELEMENTS (few_queries_shapes));
  try_attentions (t, many_keys_shapes, G_N_ELEMENTS (many_keys_shapes));
  try_attentions (t, span_shapes, G_N_ELEMENTS (span_shapes));
  t->gpu->traits.addresses = addresses;
}

/* Queries around what a workgroup has, of which each number would be a pipeline; dispatches by
 * ones, twos and threes, of whole numbers of keys, of few in the last, of one, and of some; queries
 * in two parts. */
static const AttentionShape straight_shapes[] = {
  { 1, 128, 64, 1, 64, NONE, FALSE },  { 1, 127, 80, 2, 64, NONE, FALSE, .scale = 0.0625f },
  { 2, 255, 129, 3, 64, NONE, FALSE }, { 3, 128, 111, 1, 64, NONE, FALSE, .kv_heads = 1 },
  { 2, 128, 160, 5, 72, NONE, FALSE }, { 2, 383, 128, 11, 64, NONE, FALSE },
};

void
kernel_case_run_attention_straight (KernelTest *t)
{
  try_attentions (t, straight_shapes, G_N_ELEMENTS (straight_shapes));
}

/* What a CPU device without room for texel views falls back to. */
static void
try_unviewed_attentions (KernelTest *t)
{
  try_attentions (t, few_queries_shapes, 8);
}

void
kernel_case_run_attention (KernelTest *t)
{
  if (t->gpu->traits.software)
    kernel_case_run_unviewed (t, try_unviewed_attentions);
  else
    {
      /* Too few queries for tiles, or too wide heads. */
      try_attention (t, &(AttentionShape){ 64, 16, 33, 4, 20, NONE, TRUE });
      try_attention (t, &(AttentionShape){ 17, 31, 31, 8, 20, CAUSAL, FALSE, .kv_heads = 2 });
      try_attention (t, &(AttentionShape){ 17, 31, 40, 8, 20, PREFIX, FALSE, .prefix = 17,
                                           .scale = 1, .bias = TRUE });
      try_attention (t, &(AttentionShape){ 1, 577, 65, 8, 132, NONE, FALSE });
    }
}

/* Around the sides of tiles: 32 keys and 32 queries or, where heads are many, 64. Widths are a part
 * of 32 channels, one and a part, two, and all that there is room for; few of them, since software
 * devices compile each for seconds. */
static const AttentionShape tile_shapes[] = {
  { 1, 32, 1, 2, 64, NONE, FALSE },
  { 1, 32, 31, 2, 64, NONE, FALSE },
  { 2, 33, 32, 2, 64, NONE, TRUE },
  { 1, 63, 33, 3, 64, NONE, FALSE },
  { 1, 33, 4096, 2, 64, NONE, FALSE },
  { 2, 65, 4096, 1, 64, CAUSAL, TRUE, .scale = 1 },
  { 1, 577, 577, 2, 64, CAUSAL, FALSE },
  { 1, 65, 65, 2, 64, PREFIX, TRUE, .prefix = 33 },
  { 2, 64, 65, 4, 20, NONE, TRUE, .kv_heads = 2, .bias = TRUE },
  { 1, 65, 96, 3, 20, CAUSAL, FALSE, .kv_heads = 1, .bias = TRUE },
  { 1, 40, 64, 1, 20, PREFIX, FALSE, .prefix = 41, .scale = 0.5f, .bias = TRUE },
  { 2, 65, 33, 64, 20, CAUSAL, TRUE, .kv_heads = 16, .bias = TRUE },
  { 1, 33, 65, 2, 36, CAUSAL, FALSE },
  { 1, 33, 65, 2, 128, NONE, TRUE },
  { 1, 129, 65, 86, 64, PREFIX, FALSE, .prefix = 70 },
  { 4, 64, 31, 64, 64, NONE, TRUE },
};
#define N_TILE_SHAPES_OF_20 12

void
kernel_case_run_attention_tile (KernelTest *t)
{
  const guint shared_bytes = t->gpu->traits.shared_bytes;

  /* Builds differ in what they read and write, which does not depend on the width. */
  try_attentions (t, tile_shapes,
                  t->store == MONOCLE_FORMAT_F32 ? G_N_ELEMENTS (tile_shapes)
                                                 : N_TILE_SHAPES_OF_20);

  /* Where there is no more memory than there must be, tiles are small though heads are many. */
  t->gpu->traits.shared_bytes = 16384;
  try_attention (t, &tile_shapes[N_TILE_SHAPES_OF_20 - 1]);
  t->gpu->traits.shared_bytes = shared_bytes;
}

void
kernel_case_run_attention_group (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (few_queries_shapes); i++)
    if (few_queries_shapes[i].queries < 32)
      try_attention (t, &few_queries_shapes[i]);
  try_attention (t, &many_keys_shapes[0]);
  try_attention (t, &many_keys_shapes[5]);
}

#undef NONE
#undef CAUSAL
#undef PREFIX

typedef struct
{
  guint rows, tokens, places, here, heads, width;
  guint kv_heads; /* 0: as many */
  float scale;    /* 0: the usual one */
  float cap;
  guint together, window;
  gboolean has_bias;
} CachedShape;

/* Rows are at different places: row r is @here - r % 3 places in, as far as there are so many. */
static void
try_cached_attention (KernelTest *t, const CachedShape *s)
{
  const guint rows = s->rows, n = s->tokens, places = s->places, here = s->here;
  const guint kv_channels = (s->kv_heads ? s->kv_heads : s->heads) * s->width;
  const guint channels = s->heads * s->width;
  float *qkv_values, *key_values, *value_values, *bias_values = NULL, *expected;
  guint32 *ancestor_values, *place_values;
  MonocleTensor bias;
  MonocleCachedAttention a = { .n_tokens = n,
                               .n_heads = s->heads,
                               .n_kv_heads = s->kv_heads,
                               .scale = s->scale,
                               .cap = s->cap,
                               .n_together = s->together,
                               .window = s->window };

  kernel_test_begin (t,
                     "%u rows, %u at place %u of %u, heads %u over %u x %u, scale %g, cap %g, "
                     "together %u, window %u%s",
                     rows, n, here, places, s->heads, s->kv_heads, s->width, (double) s->scale,
                     (double) s->cap, s->together, s->window, s->has_bias ? ", bias" : "");
  a.qkv = kernel_test_add_scaled (t, t->store, SCORE_SCALE, 0, &qkv_values, 2, rows * n,
                                  channels + 2 * kv_channels);
  a.keys = kernel_test_add_input (t, t->store, &key_values, 3, rows, places, kv_channels);
  a.values = kernel_test_add_input (t, t->store, &value_values, 3, rows, places, kv_channels);
  a.ancestors = kernel_test_add_integers (t, rows, &ancestor_values, 2, rows, places);
  a.place = kernel_test_add_integers (t, 1, &place_values, 1, rows);
  for (guint r = 0; r < rows; r++)
    place_values[r] = here - MIN (here, r % 3);
  kernel_test_set_integers (t, &a.place, place_values);
  /* Places behind the last one of any row hold nothing yet, and nobody looks at those of another
   * row that this step writes. */
  for (guint r = 0; r < rows; r++)
    for (guint i = 0; i < places; i++)
      {
        if (i + 2 >= here)
          ancestor_values[r * places + i] = i < place_values[r] ? r : G_MAXUINT32;
        for (guint c = 0; i >= here && c < kv_channels; c++)
          key_values[(r * places + i) * kv_channels + c]
              = value_values[(r * places + i) * kv_channels + c] = NAN;
      }
  kernel_test_set_integers (t, &a.ancestors, ancestor_values);
  kernel_test_set_floats (t, &a.keys, key_values);
  kernel_test_set_floats (t, &a.values, value_values);
  kernel_test_allow_writing (t, &a.keys);
  kernel_test_allow_writing (t, &a.values);
  if (s->has_bias)
    {
      bias = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &bias_values, 4, s->heads, rows, n,
                                    places);
      a.bias = &bias;
    }
  a.y = kernel_test_add_output (t, t->store, 2, rows * n, channels);
  monocle_op_cached_attention (t->commands, &a);

  expected = kernel_test_new_floats (t, (gsize) rows * n * channels);
  monocle_reference_cached_attention (&a, qkv_values, key_values, value_values, ancestor_values,
                                      place_values, bias_values, expected);
  kernel_test_check (t, &a.y, expected, kernel_test_get_limit (t));

  /* The new places are written; what is still empty stays NaN, on both sides. */
  kernel_test_check (t, &a.keys, key_values, 0);
  kernel_test_check (t, &a.values, value_values, 0);
  kernel_test_end (t);
}

static const CachedShape cached_shapes[] = {
  { 1, 1, 1, 0, 1, 64 },
  { 3, 1, 8, 3, 2, 64 },
  { 9, 1, 40, 31, 1, 20 },
  { 3, 1, 130, 127, 3, 64 },
  { 3, 1, 330, 300, 2, 20 },

  /* Several tokens at once: all there is room for, behind others, more than lanes. */
  { 1, 5, 5, 0, 2, 64 },
  { 3, 7, 20, 12, 1, 20 },
  { 2, 70, 140, 66, 2, 64 },

  /* Grouped heads and another scale, as of models that are decoders alone; around the number of
   * lanes, and a long text. */
  { 1, 1, 2, 0, 9, 64, .kv_heads = 3 },
  { 3, 1, 64, 63, 4, 20, .kv_heads = 1, .scale = 0.5f },
  { 2, 1, 65, 64, 4, 64, .kv_heads = 2 },
  { 2, 1, 66, 65, 2, 64, .kv_heads = 2 },
  { 3, 7, 20, 12, 6, 20, .kv_heads = 2 },
  { 1, 65, 65, 0, 9, 64, .kv_heads = 3 },
  { 2, 1, 580, 577, 3, 64, .kv_heads = 1 },
  { 1, 1, 3602, 3601, 3, 64, .kv_heads = 1 },

  /* Beginnings that see all of themselves, scores that are kept small, windows; as of Gemma. */
  { 1, 21, 21, 0, 2, 20, .together = 17 },
  { 2, 70, 140, 0, 2, 64, .kv_heads = 1, .together = 70 },
  { 3, 7, 20, 12, 4, 20, .kv_heads = 2, .together = 5, .window = 9 },
  { 1, 25, 25, 0, 4, 20, .kv_heads = 1, .cap = 5, .together = 21, .window = 8 },
  { 3, 1, 130, 127, 2, 64, .cap = 2, .window = 64 },
  { 3, 7, 20, 12, 2, 20, .together = 90, .window = 1 },
  { 3, 1, 8, 3, 2, 20, .window = 1 },

  /* With a bias, as of OFA: of one token and of several, around the number of lanes, capped. */
  { 1, 1, 1, 0, 1, 64, .has_bias = TRUE },
  { 3, 1, 130, 127, 3, 64, .has_bias = TRUE },
  { 3, 7, 20, 12, 6, 20, .kv_heads = 2, .scale = 0.3f, .has_bias = TRUE },
  { 2, 70, 140, 66, 2, 80, .cap = 5, .has_bias = TRUE },
};

/* --- what is added to scores -------------------------------------------------------------- */

static void
try_head_scores (KernelTest *t, guint queries, guint keys, guint heads, guint width)
{
  float *q_values, *k_values, *expected;
  MonocleTensor q, k, y;

  kernel_test_begin (t, "%u queries, %u keys, heads %u x %u", queries, keys, heads, width);
  q = kernel_test_add_input (t, t->store, &q_values, 2, queries, heads * width);
  k = kernel_test_add_input (t, t->store, &k_values, 2, keys, heads * width);
  y = kernel_test_add_output (t, MONOCLE_FORMAT_F32, 3, heads, queries, keys);
  monocle_op_head_scores (t->commands, &q, &k, heads, 0.125f, &y);
  expected = kernel_test_new_floats (t, (gsize) heads * queries * keys);
  monocle_reference_head_scores (q_values, k_values, queries, keys, heads, width, 0.125f, expected);
  kernel_test_check (t, &y, expected, 1e-6);
  kernel_test_end (t);
}

void
kernel_case_run_head_scores (KernelTest *t)
{
  try_head_scores (t, 1, 1, 1, 4);
  try_head_scores (t, 3, 31, 2, 20);
  try_head_scores (t, 5, 128, 12, 64);
  try_head_scores (t, 33, 127, 3, 80);
  try_head_scores (t, 128, 128, 4, 64);
}

typedef struct
{
  guint queries, keys, heads, n, rows, stride;
  gboolean has_places, by_heads;
} BiasShape;

static void
try_relative_bias (KernelTest *t, const BiasShape *s, gboolean in_place)
{
  float *x_values, *table_values, *expected;
  guint32 *index_values, *place_values = NULL;
  MonocleTensor x, table, index, place, y;

  kernel_test_begin (t, "%u queries, %u keys, %u heads, table %u, index %u x %u%s%s%s", s->queries,
                     s->keys, s->heads, s->n, s->rows, s->stride, s->has_places ? ", places" : "",
                     s->by_heads ? ", by heads" : "", in_place ? ", in place" : "");
  x = kernel_test_add_input (t, MONOCLE_FORMAT_F32, &x_values, 3, s->heads, s->queries, s->keys);
  table = kernel_test_add_input (t, t->weight, &table_values, 2, s->by_heads ? s->heads : s->n,
                                 s->by_heads ? s->n : s->heads);
  index = kernel_test_add_integers (t, s->n, &index_values, 2, s->rows, s->stride);
  /* Pairs of which the table says nothing. */
  for (guint i = 0; i < s->rows * s->stride; i += 3)
    index_values[i] = i % 2 == 0 ? G_MAXUINT32 : s->n;
  kernel_test_set_integers (t, &index, index_values);
  if (s->has_places)
    place = kernel_test_add_integers (t, s->rows, &place_values, 1, s->queries);
  if (in_place)
    {
      y = x;
      kernel_test_allow_writing (t, &y);
    }
  else
    y = kernel_test_add_output (t, MONOCLE_FORMAT_F32, 3, s->heads, s->queries, s->keys);
  monocle_op_relative_bias (t->commands, &x, &table, s->by_heads, &index,
                            s->has_places ? &place : NULL, &y);
  expected = kernel_test_new_floats (t, (gsize) s->heads * s->queries * s->keys);
  monocle_reference_relative_bias (x_values, table_values, s->by_heads, index_values, place_values,
                                   s->queries, s->keys, s->heads, s->n, s->stride, expected);
  kernel_test_check (t, &y, expected, 1e-7);
  kernel_test_end (t);
}

void
kernel_case_run_relative_bias (KernelTest *t)
{
  static const BiasShape shapes[] = {
    { 1, 1, 1, 1, 1, 1, FALSE },           { 3, 31, 4, 7, 3, 31, FALSE },
    { 33, 127, 12, 511, 40, 130, FALSE },  { 5, 128, 16, 511, 1024, 1024, TRUE },
    { 128, 128, 3, 6892, 128, 128, TRUE }, { 33, 31, 6, 256, 40, 32, TRUE, .by_heads = TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      try_relative_bias (t, &shapes[i], FALSE);
      try_relative_bias (t, &shapes[i], TRUE);
    }
}

void
kernel_case_run_cached_attention (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (cached_shapes); i++)
    try_cached_attention (t, &cached_shapes[i]);
}
