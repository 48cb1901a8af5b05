// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention of many queries, for GPUs: a workgroup takes ROWS queries of one head and passes
// over the keys, KEYS at a time, without storing scores: a running maximum, and sums that are scaled
// down whenever it grows (Milakov and Gimelshein 2018). Sums are in 32 bits.
//
// Each pass is two matrix products. An invocation computes 4 rows x 4 keys of the scores, and later 4
// rows x 4 channels of each CHUNK of results, which stay in its registers, as do the queries. Both go
// through shared memory a chunk of 32 channels at a time: what it takes is the same for every WIDTH.
// No subgroup operation: eight invocations that share rows find their maximum in shared memory.
// Loops over a chunk stay loops: a step is work enough, and WIDTH / 32 copies of all would be more than
// the caches of instructions hold, and take drivers minutes to compile.
//
// q, k, v STORE: element (batch, row, head, c) at first + batch * batch stride + row * row stride +
// head * WIDTH + c, all counted in groups of four, where p.group heads of q share one of k and v; y
// [batches, queries, heads, WIDTH] STORE;
// lengths [batches] uint: keys seen in each batch, with ATTENTION_LENGTHS.
// With ATTENTION_CAUSAL row t sees keys 0..t and all below p.prefix. With BIAS, bias [heads, queries,
// keys] float is added to scores. Grid: tiles of queries, heads, batches, folded.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (constant_id = 1) const uint ROWS = 64;    // half the invocations of a workgroup
layout (constant_id = 2) const uint WIDTH = 64;
layout (constant_id = 3) const uint BIAS = 0;

layout (binding = 0) readonly buffer Lengths { uint lengths[]; };
layout (binding = 1) readonly buffer Bias { float bias[]; };
layout (binding = 2) writeonly buffer Y { STORE4 y[]; };
layout (binding = 3) readonly buffer Q { STORE4 q[]; };
layout (binding = 4) readonly buffer K { STORE4 k[]; };
layout (binding = 5) readonly buffer V { STORE4 v[]; };

// Parts are of four channels. Columns: the invocations that share four rows.
const uint COLUMNS = ATTENTION_TILE_COLUMNS;
const uint KEYS = 4 * COLUMNS;
const uint PARTS = WIDTH / 4;
const uint CHUNKS = (PARTS + COLUMNS - 1) / COLUMNS;
// One more than there is, so that the rows that columns read at once lie in different banks.
const uint PITCH = COLUMNS + 1;

shared vec4 query_tile[ROWS * PITCH];      // [row][part of the chunk]
shared vec4 key_tile[KEYS * PITCH];        // [key][part of the chunk], then values
shared vec4 weight_tile[ROWS * PITCH];     // [row][column]: of keys column + 0, 1, 2, 3 * COLUMNS
shared vec4 column_tile[COLUMNS * (ROWS / 4)];   // [column][block]: of four rows, to be brought together

// What every step of an invocation knows. Rows are first_row + 4 * block + i for i of 0 to 3.
uint lane, column, block;
uint first_row, head, batch;
uint n_seen[4];                  // keys that the row sees
vec4 queries[CHUNKS][4];         // what this invocation brings to query_tile
vec4 scores[4];                  // [i][j]: of row i and key first + column + j * COLUMNS
vec4 largest = vec4 (-1e30);     // score of each row so far
vec4 total = vec4 (0.0);         // weights of each row so far, of this column's keys alone
vec4 weighted[CHUNKS][4];        // values of each row so far

// Keys, or values, first .. first + KEYS - 1 of those at at; behind the last one there is, that again.
#define STAGE(from, at, first, last, chunk)                                                        \
  [[unroll]] for (uint i = 0; i < KEYS * COLUMNS; i += 2 * ROWS)                                   \
    {                                                                                              \
      uint row = (i + lane) / COLUMNS;                                                             \
      uint part = chunk * COLUMNS + column;                                                        \
      key_tile[row * PITCH + column]                                                               \
          = part < PARTS ? vec4 (from[at + min (first + row, last) * p.kv_row + part]) : vec4 (0.0); \
    }

void
read_queries ()
{
  [[unroll]] for (uint chunk = 0; chunk < CHUNKS; chunk++)
    [[unroll]] for (uint i = 0; i < 4; i++)
      {
        uint row = min (first_row + block + i * (ROWS / 4), p.queries - 1);
        uint part = chunk * COLUMNS + column;
        uint at = p.q_first + batch * p.q_batch + row * p.q_row + head * PARTS + part;
        queries[chunk][i] = part < PARTS ? vec4 (q[at]) * p.scale : vec4 (0.0);
        weighted[chunk][i] = vec4 (0.0);
      }
}

void
begin_scores (uint first)
{
  [[unroll]] for (uint i = 0; i < 4; i++)
    {
      uint row = min (first_row + 4 * block + i, p.queries - 1);
      uint at = (head * p.queries + row) * p.keys;
      [[unroll]] for (uint j = 0; j < 4; j++)
        scores[i][j] = BIAS != 0 ? bias[at + min (first + column + j * COLUMNS, p.keys - 1)] : 0.0;
    }
}

// The first product: what a chunk of channels adds to the scores.
void
add_scores (uint chunk, uint at, uint first, uint last)
{
  barrier ();
  [[unroll]] for (uint i = 0; i < 4; i++)
    query_tile[(block + i * (ROWS / 4)) * PITCH + column] = queries[chunk][i];
  STAGE (k, at, first, last, chunk)
  barrier ();

  [[dont_unroll]] for (uint c = 0; c < min (COLUMNS, PARTS - chunk * COLUMNS); c++)
    {
      vec4 a[4], b[4];
      [[unroll]] for (uint i = 0; i < 4; i++)
        {
          a[i] = query_tile[(4 * block + i) * PITCH + c];
          b[i] = key_tile[(column + i * COLUMNS) * PITCH + c];
        }
      [[unroll]] for (uint i = 0; i < 4; i++)
        [[unroll]] for (uint j = 0; j < 4; j++)
          [[unroll]] for (uint d = 0; d < 4; d++)
            scores[i][j] += a[i][d] * b[j][d];
    }
}

// Scores become weights. A key that is not seen must not raise the maximum, and counts 0.
void
weigh (uint first)
{
  vec4 top = largest;
  [[unroll]] for (uint i = 0; i < 4; i++)
    [[unroll]] for (uint j = 0; j < 4; j++)
      if (first + column + j * COLUMNS < n_seen[i])
        top[i] = max (top[i], scores[i][j]);
  column_tile[column * (ROWS / 4) + block] = top;
  barrier ();
  for (uint c = 0; c < COLUMNS; c++)
    top = max (top, column_tile[c * (ROWS / 4) + block]);

  [[unroll]] for (uint i = 0; i < 4; i++)
    {
      float shrink = exp_exact (largest[i] - top[i]);
      vec4 weights;
      [[unroll]] for (uint j = 0; j < 4; j++)
        weights[j]
            = first + column + j * COLUMNS < n_seen[i] ? exp_exact (scores[i][j] - top[i]) : 0.0;
      weight_tile[(4 * block + i) * PITCH + column] = weights;
      total[i] = total[i] * shrink + (weights.x + weights.y + weights.z + weights.w);
      [[unroll]] for (uint chunk = 0; chunk < CHUNKS; chunk++)
        weighted[chunk][i] *= shrink;
    }
  largest = top;
}

// The second product. The barrier in weigh() stands between the last key read and the first value
// written.
void
add_values (uint chunk, uint at, uint first, uint last)
{
  if (chunk > 0)
    barrier ();
  STAGE (v, at, first, last, chunk)
  barrier ();

  // Sums of a step first: the long ones then round less often.
  vec4 sums[4];
  [[unroll]] for (uint i = 0; i < 4; i++)
    sums[i] = vec4 (0.0);
  [[dont_unroll]] for (uint c = 0; c < COLUMNS; c++)
    {
      vec4 value[4];
      [[unroll]] for (uint j = 0; j < 4; j++)
        value[j] = key_tile[(c + j * COLUMNS) * PITCH + column];
      [[unroll]] for (uint i = 0; i < 4; i++)
        {
          vec4 weights = weight_tile[(4 * block + i) * PITCH + c];
          [[unroll]] for (uint j = 0; j < 4; j++)
            sums[i] += weights[j] * value[j];
        }
    }
  [[unroll]] for (uint i = 0; i < 4; i++)
    weighted[chunk][i] += sums[i];
}

void
write_rows ()
{
  column_tile[column * (ROWS / 4) + block] = total;
  barrier ();
  vec4 sum = vec4 (0.0);
  for (uint c = 0; c < COLUMNS; c++)
    sum += column_tile[c * (ROWS / 4) + block];
  [[unroll]] for (uint i = 0; i < 4; i++)
    [[unroll]] for (uint chunk = 0; chunk < CHUNKS; chunk++)
      {
        uint row = first_row + 4 * block + i;
        uint part = chunk * COLUMNS + column;
        if (row < p.queries && part < PARTS)
          y[((batch * p.queries + row) * p.heads + head) * PARTS + part]
              = STORE4 (sum[i] > 0.0 ? weighted[chunk][i] / sum[i] : vec4 (0.0));
      }
}

void
main ()
{
  uint tiles = (p.queries + ROWS - 1) / ROWS;

  lane = gl_LocalInvocationID.x;
  column = lane % COLUMNS;
  block = lane / COLUMNS;
  first_row = workgroup_index () % tiles * ROWS;
  head = workgroup_index () / tiles % p.heads;
  batch = workgroup_index () / tiles / p.heads;
  if (batch >= p.batches)
    return;

  uint n_keys = (p.flags & ATTENTION_LENGTHS) != 0 ? min (lengths[batch], p.keys) : p.keys;
  bool causal = (p.flags & ATTENTION_CAUSAL) != 0;
  uint n_read = causal ? min (max (min (first_row + ROWS, p.queries), p.prefix), n_keys) : n_keys;
  uint k_at = p.k_first + batch * p.kv_batch + head / p.group * PARTS;
  uint v_at = p.v_first + batch * p.kv_batch + head / p.group * PARTS;

  [[unroll]] for (uint i = 0; i < 4; i++)
    {
      uint row = min (first_row + 4 * block + i, p.queries - 1);
      n_seen[i] = causal ? min (max (row + 1, p.prefix), n_keys) : n_keys;
    }
  read_queries ();

  [[dont_unroll]] for (uint first = 0; first < n_read; first += KEYS)
    {
      begin_scores (first);
      [[unroll]] for (uint chunk = 0; chunk < CHUNKS; chunk++)
        add_scores (chunk, k_at, first, n_read - 1);
      weigh (first);
      [[unroll]] for (uint chunk = 0; chunk < CHUNKS; chunk++)
        add_values (chunk, v_at, first, n_read - 1);
    }

  write_rows ();
}
