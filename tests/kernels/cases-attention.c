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
  try_window_attention (t, 12, 12, 1, 32, 12);
  try_window_attention (t, 24, 24, 4, 32, 12);
  try_window_attention (t, 13, 31, 2, 32, 12);
  try_window_attention (t, 1, 1, 1, 4, 3);
  try_window_attention (t, 7, 33, 3, 4, 3);
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

typedef struct
{
  guint batches, queries, keys, heads, width;
  gboolean causal, lengths;
} AttentionShape;

static void
try_attention (KernelTest *t, const AttentionShape *s)
{
  const guint channels = s->heads * s->width;
  /* Queries in a tensor of their own with a gap, keys and values side by side, as products of
   * merged weights leave them. */
  const guint q_row = channels + 4, kv_row = 2 * channels;
  float *q_values, *kv_values, *expected;
  guint32 *lengths_values;
  MonocleTensor lengths;
  MonocleAttention attention = {
    .q_first = 4,
    .v_first = channels,
    .q_row_stride = q_row,
    .kv_row_stride = kv_row,
    .q_batch_stride = s->queries * q_row,
    .kv_batch_stride = s->keys * kv_row,
    .n_batches = s->batches,
    .n_queries = s->queries,
    .n_keys = s->keys,
    .n_heads = s->heads,
    .head_width = s->width,
    .causal = s->causal,
  };

  kernel_test_begin (t, "%u x %u queries, %u keys, heads %u x %u%s%s", s->batches, s->queries,
                     s->keys, s->heads, s->width, s->causal ? ", causal" : "",
                     s->lengths ? ", lengths" : "");
  attention.q = kernel_test_add_scaled (t, t->store, SCORE_SCALE, 0, &q_values, 3, s->batches,
                                        s->queries, q_row);
  attention.k = kernel_test_add_input (t, t->store, &kv_values, 3, s->batches, s->keys, kv_row);
  attention.v = attention.k;
  lengths = kernel_test_add_integers (t, s->keys, &lengths_values, 1, s->batches);
  for (guint b = 0; b < s->batches; b++)
    lengths_values[b] += 1;
  kernel_test_set_integers (t, &lengths, lengths_values);
  /* Keys past the length may be anything. */
  if (s->lengths)
    {
      for (guint b = 0; b < s->batches; b++)
        for (guint i = lengths_values[b] * kv_row; i < s->keys * kv_row; i++)
          kv_values[b * s->keys * kv_row + i] = NAN;
      kernel_test_set_floats (t, &attention.k, kv_values);
      attention.lengths = &lengths;
    }
  attention.y = kernel_test_add_output (t, t->store, 3, s->batches, s->queries, channels);
  monocle_op_attention (t->commands, &attention);
  expected = kernel_test_new_floats (t, (gsize) s->batches * s->queries * channels);
  monocle_reference_attention (q_values, kv_values, kv_values, &attention,
                               s->lengths ? lengths_values : NULL, expected);
  kernel_test_check (t, &attention.y, expected, kernel_test_get_limit (t));
  kernel_test_end (t);
}

static const AttentionShape few_queries_shapes[] = {
  { 1, 1, 1, 1, 64, FALSE, FALSE },    { 1, 4, 3, 2, 64, FALSE, FALSE },
  { 3, 4, 33, 2, 64, FALSE, TRUE },    { 1, 31, 31, 3, 64, TRUE, FALSE },
  { 2, 33, 127, 1, 64, FALSE, FALSE }, { 1, 128, 128, 1, 64, TRUE, TRUE },
  { 1, 4, 585, 12, 64, FALSE, FALSE }, { 2, 32, 32, 3, 20, TRUE, FALSE },
};

void
kernel_case_run_attention (KernelTest *t)
{
  if (t->gpu->traits.software)
    for (guint i = 0; i < G_N_ELEMENTS (few_queries_shapes); i++)
      try_attention (t, &few_queries_shapes[i]);
  else
    {
      try_attention (t, &(AttentionShape){ 2, 128, 33, 16, 20, FALSE, TRUE });
      try_attention (t, &(AttentionShape){ 1, 129, 129, 32, 20, TRUE, FALSE });
    }
}

void
kernel_case_run_attention_group (KernelTest *t)
{
  for (guint i = 0; i < G_N_ELEMENTS (few_queries_shapes); i++)
    try_attention (t, &few_queries_shapes[i]);
}

/* Rows are at different places: row r is @here - r % 3 places in, as far as there are so many. */
static void
try_cached_attention (
    KernelTest *t, guint rows, guint n, guint places, guint here, guint heads, guint width)
{
  const guint channels = heads * width;
  float *qkv_values, *key_values, *value_values, *expected;
  guint32 *ancestor_values, *place_values;
  MonocleCachedAttention a = { .n_tokens = n, .n_heads = heads };

  kernel_test_begin (t, "%u rows, %u at place %u of %u, heads %u x %u", rows, n, here, places,
                     heads, width);
  a.qkv = kernel_test_add_scaled (t, t->store, SCORE_SCALE, 0, &qkv_values, 2, rows * n,
                                  3 * channels);
  a.keys = kernel_test_add_input (t, t->store, &key_values, 3, rows, places, channels);
  a.values = kernel_test_add_input (t, t->store, &value_values, 3, rows, places, channels);
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
        for (guint c = 0; i >= here && c < channels; c++)
          key_values[(r * places + i) * channels + c]
              = value_values[(r * places + i) * channels + c] = NAN;
      }
  kernel_test_set_integers (t, &a.ancestors, ancestor_values);
  kernel_test_set_floats (t, &a.keys, key_values);
  kernel_test_set_floats (t, &a.values, value_values);
  kernel_test_allow_writing (t, &a.keys);
  kernel_test_allow_writing (t, &a.values);
  a.y = kernel_test_add_output (t, t->store, 2, rows * n, channels);
  monocle_op_cached_attention (t->commands, &a);

  expected = kernel_test_new_floats (t, (gsize) rows * n * channels);
  monocle_reference_cached_attention (&a, qkv_values, key_values, value_values, ancestor_values,
                                      place_values, expected);
  kernel_test_check (t, &a.y, expected, kernel_test_get_limit (t));

  /* The new places are written; what is still empty stays NaN, on both sides. */
  kernel_test_check (t, &a.keys, key_values, 0);
  kernel_test_check (t, &a.values, value_values, 0);
  kernel_test_end (t);
}

void
kernel_case_run_cached_attention (KernelTest *t)
{
  try_cached_attention (t, 1, 1, 1, 0, 1, 64);
  try_cached_attention (t, 3, 1, 8, 3, 2, 64);
  try_cached_attention (t, 9, 1, 40, 31, 1, 20);
  try_cached_attention (t, 3, 1, 130, 127, 3, 64);
  try_cached_attention (t, 3, 1, 330, 300, 2, 20);

  /* Several tokens at once: all there is room for, behind others, more than lanes. */
  try_cached_attention (t, 1, 5, 5, 0, 2, 64);
  try_cached_attention (t, 3, 7, 20, 12, 1, 20);
  try_cached_attention (t, 2, 70, 140, 66, 2, 64);
}
