/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One graph with all operations, each with inputs and results of its own, in memory that is full of
 * NaN before: what a kernel forgets to write is seen as well.
 */
#include "config.h"

#include "engine/nn/check.h"

#include <math.h>
#include <string.h>

#include "engine/nn/check-compare.h"
#include "engine/nn/evaluate.h"
#include "engine/nn/formulas.h"
#include "engine/nn/ops/matmul-coop.h"
#include "engine/nn/plan.h"
#include "engine/vk/staging.h"

/* Of what is compared: sums in another order, functions as drivers have them; 16 bits round. */
#define LIMIT_F32 2e-4
#define LIMIT_F16 1e-2

/* Numbers are multiples of 1/64 below 2: exact in every format but those of few bits. */
#define STEPS 64

typedef struct
{
  const char *what;
  MonocleValue value;
  gboolean is_pairs; /* of an id and a number: see monocle_top_k() */
} Probe;

/* What is written before: an input, or what lies outside of the graph. */
typedef struct
{
  MonocleValue value;
  MonocleTensor *tensor; /* (nullable): that lies outside */
  guint32 *data;         /* floats, or integers */
} Given;

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleFormatId store, weight;
  MonocleGraph *graph;
  guint32 random;
  GArray *probes; /* Probe */
  GArray *givens; /* Given */
  guint64 outside_bytes;
  MonocleVkBuffer *outside;
} Check;

/* --- numbers ------------------------------------------------------------------------------ */

/* Numerical Recipes' generator: the same numbers everywhere. */
static guint32
draw (Check *self, guint32 below)
{
  self->random = self->random * 1664525u + 1013904223u;
  return (guint32) ((guint64) self->random * below >> 32);
}

static guint32 *
new_data (Check *self, const MonocleTensor *shape, guint32 below)
{
  const guint64 n = monocle_tensor_get_n_elements (shape);
  guint32 *data = g_new (guint32, n);

  for (guint64 i = 0; i < n; i++)
    if (shape->format == MONOCLE_FORMAT_U32)
      data[i] = draw (self, below);
    else
      ((float *) data)[i] = (float) ((int) draw (self, 4 * STEPS) - 2 * STEPS) / STEPS;
  if (shape->format != MONOCLE_FORMAT_U32)
    monocle_format_settle (shape->format, (float *) data, n);
  return data;
}

static guint32 *
get_data (Check *self, MonocleValue value)
{
  for (guint i = 0; i < self->givens->len; i++)
    if (g_array_index (self->givens, Given, i).value == value)
      return g_array_index (self->givens, Given, i).data;
  g_assert_not_reached ();
}

/* @below: of integers */
static MonocleValue
give (Check *self, MonocleFormatId format, MonocleDims dims, guint32 below)
{
  Given given = { .value = monocle_input (self->graph, "probe", format, dims) };

  given.data = new_data (self, monocle_graph_get_shape (self->graph, given.value), below);
  g_array_append_val (self->givens, given);
  return given.value;
}

static MonocleValue
give_numbers (Check *self, MonocleDims dims)
{
  return give (self, self->store, dims, 0);
}

static MonocleValue
give_outside (
    Check *self, MonocleFormatId format, MonocleLayout layout, MonocleDims dims, guint32 below)
{
  Given given = { .tensor = g_new0 (MonocleTensor, 1) };

  given.tensor->n_dims = dims.n;
  memcpy (given.tensor->dims, dims.sizes, sizeof dims.sizes);
  given.tensor->format = format;
  given.tensor->layout = layout;
  self->outside_bytes = monocle_tensor_put_at (given.tensor, self->outside_bytes);
  given.value = monocle_outside (self->graph, given.tensor);
  given.data = new_data (self, given.tensor, below);
  g_array_append_val (self->givens, given);
  return given.value;
}

static MonocleValue
give_weights (Check *self, MonocleDims dims)
{
  return give_outside (self, self->weight, MONOCLE_LAYOUT_ROWS, dims, 0);
}

static MonocleValue
give_vector (Check *self, guint n)
{
  return give_outside (self, MONOCLE_FORMAT_F32, MONOCLE_LAYOUT_ROWS, MONOCLE_DIMS (n), 0);
}

static void
expect (Check *self, const char *what, MonocleValue value)
{
  const Probe probe = { .what = what, .value = value };

  monocle_keep (self->graph, value);
  g_array_append_val (self->probes, probe);
}

/* --- what is tried ------------------------------------------------------------------------ */

static MonocleValue
multiply (Check *self, MonocleFormatId format, MonocleLayout layout, guint m, guint n, guint k)
{
  const MonocleValue w = give_outside (self, format, layout, MONOCLE_DIMS (n, k), 0);

  return monocle_matmul (self->graph, give_numbers (self, MONOCLE_DIMS (m, k)), w,
                         give_vector (self, n), give_numbers (self, MONOCLE_DIMS (m, n)),
                         MONOCLE_ACTIVATION_NONE);
}

static MonocleValue
multiply_rows (Check *self, MonocleFormatId format, guint m)
{
  return multiply (self, format, MONOCLE_LAYOUT_ROWS, m, 68, 160);
}

static void
try_products (Check *self)
{
  MonocleGraph *g = self->graph;
  const MonocleLayout layout = monocle_op_matmul_get_layout (self->gpu);
  MonocleValue x = give_numbers (self, MONOCLE_DIMS (33, 36));
  MonocleValue w = give_outside (self, self->weight, layout, MONOCLE_DIMS (68, 36), 0);
  MonocleValue one = give_numbers (self, MONOCLE_DIMS (1, 260));
  const MonocleValue pieces[]
      = { give_weights (self, MONOCLE_DIMS (52, 260)), give_weights (self, MONOCLE_DIMS (9, 260)) };

  expect (self, "matmul",
          monocle_matmul (g, x, w, give_vector (self, 68),
                          give_numbers (self, MONOCLE_DIMS (33, 68)), MONOCLE_ACTIVATION_NONE));
  expect (self, "matmul with GELU",
          monocle_matmul (g, x, w, give_vector (self, 68), 0, MONOCLE_ACTIVATION_GELU));
  /* Short ones, since long ones take long to prepare; the first is of two lengths. */
  expect (self, "matmul at addresses", multiply (self, self->weight, layout, 345, 64, 192));
  expect (self, "matmul of few rows at addresses",
          multiply (self, self->weight, MONOCLE_LAYOUT_ROWS, 3, 932, 72));
  expect (self, "matmul of rows at addresses",
          multiply (self, self->weight, MONOCLE_LAYOUT_ROWS, 9, 1024, 64));
  expect (self, "matmul with a table", monocle_matmul_pieces (g, one, pieces, 2));
  expect (self, "matmul of few rows",
          multiply (self, self->weight, MONOCLE_LAYOUT_ROWS, 3, 52, 36));
}

static void
try_in_8_bits (Check *self)
{
  MonocleGraph *g = self->graph;
  const MonocleValue pieces[]
      = { give_weights (self, MONOCLE_DIMS (52, 96)), give_weights (self, MONOCLE_DIMS (9, 96)) };
  const MonocleValue ids = give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (7), 61);
  guint32 *chosen = get_data (self, ids);

  /* Of both pieces. */
  for (guint i = 0; i < 7; i++)
    chosen[i] = chosen[i] % 9 + i % 2 * 52;
  expect (self, "matmul of one row in 8 bits",
          monocle_matmul_pieces (g, give_numbers (self, MONOCLE_DIMS (1, 96)), pieces, 2));
  expect (self, "matmul of few rows in 8 bits", multiply_rows (self, MONOCLE_FORMAT_Q8, 3));
  expect (self, "matmul in 8 bits at addresses",
          multiply (self, MONOCLE_FORMAT_Q8, MONOCLE_LAYOUT_ROWS, 3, 132, 512));
  expect (self, "matmul of many rows in 8 bits", multiply_rows (self, MONOCLE_FORMAT_Q8, 33));
  expect (self, "embedding in 8 bits", monocle_embed_scaled (g, ids, pieces, 2, 2, 1.5f));
}

/* Beside which tables are in 8. */
static void
try_in_4_bits (Check *self)
{
  try_in_8_bits (self);
  expect (self, "matmul of one row in 4 bits", multiply_rows (self, MONOCLE_FORMAT_Q4, 1));
  expect (self, "matmul of few rows in 4 bits", multiply_rows (self, MONOCLE_FORMAT_Q4, 3));
  expect (self, "matmul of many rows in 4 bits", multiply_rows (self, MONOCLE_FORMAT_Q4, 33));
}

/* Of a device with matrices, each of the tiles that the products before are too small for. */
static void
try_large_products (Check *self)
{
  static const guint sizes[][2] = { { 520, 964 }, { 1665, 1156 } };
  const MonocleVkTraits *traits = &self->gpu->traits;

  if (self->store != MONOCLE_FORMAT_F16 || !monocle_matmul_coop_choose (traits, 64, 64))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    expect (self, "large matmul",
            monocle_matmul (self->graph, give_numbers (self, MONOCLE_DIMS (sizes[i][0], 40)),
                            give_weights (self, MONOCLE_DIMS (sizes[i][1], 40)),
                            give_vector (self, sizes[i][1]), 0, MONOCLE_ACTIVATION_NONE));
}

static void
try_images (Check *self)
{
  MonocleGraph *g = self->graph;
  MonocleValue picture = give_numbers (self, MONOCLE_DIMS (13, 11, 3));
  MonocleValue x = give_numbers (self, MONOCLE_DIMS (7, 9, 12));

  expect (self, "im2col", monocle_im2col (g, picture, 7, 4, 3));
  expect (
      self, "convolution",
      monocle_convolve (g, x,
                        give_outside (self, self->weight, monocle_op_matmul_get_layout (self->gpu),
                                      MONOCLE_DIMS (20, 9 * 12), 0),
                        give_vector (self, 20), give_numbers (self, MONOCLE_DIMS (4, 5, 20)),
                        &(MonocleConvolution){ 3, 2, 1, MONOCLE_ACTIVATION_RELU_LAST }));
  expect (self, "group_norm",
          monocle_group_norm (g, give_numbers (self, MONOCLE_DIMS (13, 11, 12)),
                              give_vector (self, 12), give_vector (self, 12),
                              &(MonocleGroupNorm){ 3, 1e-6f, MONOCLE_ACTIVATION_SILU }));
  expect (self, "max_pool", monocle_max_pool (g, x, 3, 2, 1));
  expect (self, "depthwise_conv",
          monocle_depthwise_conv (g, x, give_weights (self, MONOCLE_DIMS (9, 12)),
                                  give_vector (self, 12)));
  expect (self, "image_positions",
          monocle_image_positions (g, x, give_weights (self, MONOCLE_DIMS (11, 5)),
                                   give_weights (self, MONOCLE_DIMS (8, 7)),
                                   give_vector (self, 12)));
}

static void
try_rows (Check *self)
{
  MonocleGraph *g = self->graph;
  MonocleValue x = give_numbers (self, MONOCLE_DIMS (33, 36));
  MonocleValue halves = give_numbers (self, MONOCLE_DIMS (5, 72));
  MonocleValue places = give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (33, 3), 1000);
  const MonocleHeads heads = { 12, 1, 1 };
  MonocleValue angles
      = monocle_rotary_angles_of_axes (g, places, 10, 10000, &(MonocleRotaryAxes){ 2, 1, FALSE });

  expect (self, "layer_norm",
          monocle_layer_norm (g, x, give_vector (self, 36), give_vector (self, 36), 1e-5f));
  expect (self, "rms_norm", monocle_rms_norm (g, x, give_vector (self, 36), 1, 1e-5f));
  expect (self, "rms_norm of heads",
          monocle_rms_norm_heads (g, x, give_vector (self, 24), &heads, 0, 1e-5f));
  expect (self, "gate", monocle_gate (g, halves, 0, MONOCLE_ACTIVATION_SILU));
  expect (self, "soft_cap",
          monocle_soft_cap (g, give (self, MONOCLE_FORMAT_F32, MONOCLE_DIMS (3, 9), 0), 2));
  expect (self, "add", monocle_add (g, x, give_numbers (self, MONOCLE_DIMS (33, 36))));
  expect (self, "mean_rows", monocle_mean_rows (g, x));
  expect (self, "rotary_angles", angles);
  expect (self, "rotary", monocle_rotary (g, x, angles, &(MonocleRotary){ 2, 12, FALSE }));
}

static void
try_tokens (Check *self)
{
  MonocleGraph *g = self->graph;
  MonocleValue ids = give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (7), 133);
  MonocleValue positions = give_weights (self, MONOCLE_DIMS (16, 36));
  const MonocleValue pieces[]
      = { give_weights (self, MONOCLE_DIMS (70, 36)), give_weights (self, MONOCLE_DIMS (63, 36)) };
  MonocleValue logits = give (self, MONOCLE_FORMAT_F32, MONOCLE_DIMS (3, 1025), 0);
  MonocleValue banned = give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (3, 10), 1025);
  MonocleValue n_banned = give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (3), 6);
  MonocleValue rows;
  float *values = (float *) get_data (self, logits);
  guint32 *chosen = get_data (self, ids);

  /* Of both pieces, whatever is drawn: a piece that is left out is seen. */
  for (guint i = 0; i < 7; i++)
    chosen[i] = chosen[i] % 63 + i % 2 * 70;
  expect (self, "embed",
          monocle_embed (g, ids, pieces, 2, positions, 2, TRUE,
                         give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (7), 5)));
  rows = monocle_add_positions (g, give_numbers (self, MONOCLE_DIMS (5, 36)), positions, 2, 2, 8);
  rows = monocle_put_rows (g, rows, give_numbers (self, MONOCLE_DIMS (3, 36)), 5);
  expect (self, "add_positions",
          monocle_put_rows (g, rows, give_numbers (self, MONOCLE_DIMS (3, 36)), 13));

  /* No two of a row are alike, or their order would be anybody's. */
  for (guint i = 0; i < 3 * 1025; i++)
    values[i] += (float) (i % 1025) / (1 << 18);
  expect (self, "top_k", monocle_top_k (g, logits, 0, banned, n_banned, 6));
  g_array_index (self->probes, Probe, self->probes->len - 1).is_pairs = TRUE;
}

static void
try_image_attention (Check *self)
{
  MonocleGraph *g = self->graph;
  const MonocleAttention attention = monocle_attention_over_itself (1, 81, 64, 1);
  MonocleValue tokens = give_numbers (self, MONOCLE_DIMS (81, 3 * 64));
  MonocleValue bias = give_vector (self, 3 * 64);

  expect (self, "window_attention",
          monocle_window_attention (g, give_numbers (self, MONOCLE_DIMS (7, 13, 192)), bias, 2, 6));
  expect (self, "window_attention of whole windows",
          monocle_window_attention (g, give_numbers (self, MONOCLE_DIMS (8, 4, 192)), bias, 2, 4));
  expect (self, "channel_attention", monocle_channel_attention (g, tokens, 2));
  expect (self, "long attention", monocle_attention (g, tokens, tokens, tokens, 0, &attention));
}

/* Some batches of texts of some lengths; @n tokens and @n_heads decide which kernel a GPU takes,
 * and with which tiles. */
static void
try_attention (Check *self, const char *what, guint n, guint n_heads, MonocleAttentionMask mask)
{
  const guint channels = n_heads * 32;
  MonocleAttention attention = monocle_attention_over_itself (2, n, channels, n_heads);
  MonocleValue qkv = give_numbers (self, MONOCLE_DIMS (2, n, 3 * channels));
  MonocleValue lengths = give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (2), n + 1);

  attention.mask = mask;
  expect (self, what, monocle_attention (self->graph, qkv, qkv, qkv, lengths, &attention));
}

/* What is added to scores: places, and distances of which a table knows some. */
static MonocleValue
give_bias (Check *self, guint n_heads, guint n_queries, guint n_keys)
{
  MonocleGraph *g = self->graph;
  MonocleValue x = monocle_head_scores (
      g, give_numbers (self, MONOCLE_DIMS (n_queries, n_heads * 12)),
      give_numbers (self, MONOCLE_DIMS (n_keys, n_heads * 12)), n_heads, 0.5f);

  return monocle_relative_bias (g, x, give_weights (self, MONOCLE_DIMS (9, n_heads)), FALSE,
                                give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (50, n_keys), 11),
                                give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_queries), 50));
}

static void
try_cached_attention (Check *self, const char *what, guint n_tokens, gboolean has_bias)
{
  const guint rows = 3, n_places = 40, channels = 64;
  const MonocleDims cache = MONOCLE_DIMS (rows, n_places, channels);
  MonocleValue keys = give_outside (self, self->store, MONOCLE_LAYOUT_ROWS, cache, 0);
  MonocleValue values = give_outside (self, self->store, MONOCLE_LAYOUT_ROWS, cache, 0);
  MonocleValue ancestors = give_outside (self, MONOCLE_FORMAT_U32, MONOCLE_LAYOUT_ROWS,
                                         MONOCLE_DIMS (rows, n_places), rows);
  MonocleValue place = give (self, MONOCLE_FORMAT_U32, MONOCLE_DIMS (rows), 1);
  guint32 *table = get_data (self, ancestors), *places = get_data (self, place);

  /* What this step writes for one row no other row looks at. */
  for (guint r = 0; r < rows; r++)
    {
      places[r] = n_places - n_tokens - 2 * r;
      for (guint i = n_places - n_tokens - 2 * rows; i < n_places; i++)
        table[r * n_places + i] = r;
    }
  expect (self, what,
          monocle_cached_attention_with_bias (
              self->graph, give_numbers (self, MONOCLE_DIMS (rows * n_tokens, 3 * channels)), keys,
              values, ancestors, place,
              has_bias ? give_bias (self, 2, rows * n_tokens, n_places) : 0,
              &(MonocleCachedAttention){ .n_tokens = n_tokens, .n_heads = 2 }));
}

static void
write_graph (Check *self)
{
  try_products (self);
  try_large_products (self);
  try_images (self);
  try_rows (self);
  try_tokens (self);
  try_image_attention (self);
  try_attention (self, "attention", 33, 2, MONOCLE_ATTENTION_MASK_NONE);
  try_attention (self, "causal attention", 33, 2, MONOCLE_ATTENTION_MASK_CAUSAL);
  if (!self->gpu->traits.software)
    {
      try_attention (self, "attention of few queries", 5, 2, MONOCLE_ATTENTION_MASK_CAUSAL);
      try_attention (self, "attention of many heads", 17, 128, MONOCLE_ATTENTION_MASK_NONE);
      try_attention (self, "attention of many queries", 65, 64, MONOCLE_ATTENTION_MASK_CAUSAL);
    }
  expect (self, "bias of scores", give_bias (self, 3, 5, 17));
  try_cached_attention (self, "cached_attention", 1, FALSE);
  try_cached_attention (self, "cached_attention of several tokens", 5, FALSE);
  try_cached_attention (self, "cached_attention with a bias", 1, TRUE);
}

/* --- trying it ---------------------------------------------------------------------------- */

static gboolean
poison (MonocleVkBuffer *buffer, guint64 bytes, GError **error)
{
  const MonocleTensor all = { .buffer = buffer,
                              .n_dims = 1,
                              .dims = { (guint) (bytes / sizeof (float)) },
                              .format = MONOCLE_FORMAT_F32 };
  g_autofree float *nothing = g_new (float, all.dims[0]);

  for (guint i = 0; i < all.dims[0]; i++)
    nothing[i] = NAN;
  return monocle_tensor_write (&all, nothing, error);
}

/* Formats are of numbers; integers go as they are. */
static gboolean
write_data (const MonocleTensor *tensor, gconstpointer data, GError **error)
{
  if (tensor->format == MONOCLE_FORMAT_U32)
    return monocle_vk_upload (tensor->buffer, tensor->offset, data,
                              monocle_tensor_get_size_bytes (tensor), error);
  return monocle_tensor_write (tensor, data, error);
}

static gboolean
read_data (const MonocleTensor *tensor, gpointer data, GError **error)
{
  if (tensor->format == MONOCLE_FORMAT_U32)
    return monocle_vk_download (tensor->buffer, tensor->offset, data,
                                monocle_tensor_get_size_bytes (tensor), error);
  return monocle_tensor_read (tensor, data, error);
}

static gboolean
write_givens (Check *self, const MonoclePlan *plan, GError **error)
{
  for (guint i = 0; i < self->givens->len; i++)
    {
      const Given *given = &g_array_index (self->givens, Given, i);
      const MonocleTensor tensor
          = given->tensor ? *given->tensor : monocle_plan_get_tensor (plan, given->value);

      if (!write_data (&tensor, given->data, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run (Check *self,
     MonoclePlan *plan,
     MonocleVkBuffer *buffer,
     GCancellable *cancellable,
     MonocleVkCompileProgress progress,
     gpointer user_data,
     GError **error)
{
  g_autoptr (MonocleCommands) commands = monocle_commands_new (self->gpu, "self-check");

  for (guint i = 0; i < self->givens->len; i++)
    if (g_array_index (self->givens, Given, i).tensor)
      g_array_index (self->givens, Given, i).tensor->buffer = self->outside;
  monocle_plan_place (plan, buffer);
  monocle_plan_record (plan, commands);
  return monocle_vk_compile (&commands, 1, cancellable, progress, user_data, error)
         && poison (buffer, monocle_plan_get_bytes (plan), error)
         && write_givens (self, plan, error)
         && monocle_commands_submit (commands, cancellable, NULL, NULL, error);
}

/* --- comparing ---------------------------------------------------------------------------- */

static gboolean
find_fault (Check *self, const MonoclePlan *plan, char **fault, GError **error)
{
  const double limit = self->store == MONOCLE_FORMAT_F16 ? LIMIT_F16 : LIMIT_F32;
  g_autoptr (MonocleEvaluation) evaluation = monocle_evaluation_new (self->graph);

  for (guint i = 0; i < self->givens->len; i++)
    {
      const Given *given = &g_array_index (self->givens, Given, i);

      monocle_evaluation_set (evaluation, given->value, given->data);
    }
  monocle_evaluation_run (evaluation);
  for (guint i = 0; i < self->probes->len; i++)
    {
      const Probe *probe = &g_array_index (self->probes, Probe, i);
      const MonocleTensor tensor = monocle_plan_get_tensor (plan, probe->value);
      const guint64 n = monocle_tensor_get_n_elements (&tensor);
      g_autofree float *got = g_new (float, n);
      double difference;

      if (!read_data (&tensor, got, error))
        return FALSE;
      difference = monocle_check_compare (got, monocle_evaluation_get (evaluation, probe->value), n,
                                          probe->is_pairs);
      g_debug ("self-check: %s is off by %g", probe->what, difference);
      if (difference > limit && !*fault)
        *fault = isfinite (difference)
                     ? g_strdup_printf ("%s is off by %.2g", probe->what, difference)
                     : g_strdup_printf ("%s gives nonsense", probe->what);
    }
  return TRUE;
}

static void
check_clear (Check *self)
{
  for (guint i = 0; i < self->givens->len; i++)
    {
      g_free (g_array_index (self->givens, Given, i).tensor);
      g_free (g_array_index (self->givens, Given, i).data);
    }
  g_array_unref (self->givens);
  g_array_unref (self->probes);
  monocle_graph_free (self->graph);
  g_clear_pointer (&self->outside, monocle_vk_buffer_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Check, check_clear)

static gboolean
check_graph (MonocleVkGpu *gpu,
             MonocleFormatId store,
             MonocleFormatId weight,
             void (*write) (Check *self),
             GCancellable *cancellable,
             MonocleVkCompileProgress progress,
             gpointer user_data,
             char **fault,
             GError **error)
{
  g_auto (Check) check = { .gpu = gpu,
                           .store = store,
                           .weight = weight,
                           .random = 1,
                           .probes = g_array_new (FALSE, FALSE, sizeof (Probe)),
                           .givens = g_array_new (FALSE, FALSE, sizeof (Given)) };
  g_autoptr (MonoclePlan) plan = NULL;
  g_autoptr (MonocleVkBuffer) buffer = NULL;

  check.graph = monocle_graph_new ("self-check", store);
  write (&check);
  plan = monocle_graph_plan (check.graph, gpu, MONOCLE_PLAN_DEFAULT, error);
  if (!plan)
    return FALSE;

  buffer = monocle_vk_buffer_new (gpu, monocle_plan_get_bytes (plan), MONOCLE_VK_USE_DEVICE,
                                  "self-check", error);
  check.outside = buffer ? monocle_vk_buffer_new (gpu, check.outside_bytes, MONOCLE_VK_USE_DEVICE,
                                                  "self-check", error)
                         : NULL;
  return check.outside && run (&check, plan, buffer, cancellable, progress, user_data, error)
         && find_fault (&check, plan, fault, error);
}

gboolean
monocle_check_run (MonocleVkGpu *gpu,
                   gboolean f16,
                   guint word_bits,
                   GCancellable *cancellable,
                   MonocleVkCompileProgress progress,
                   gpointer user_data,
                   char **fault,
                   GError **error)
{
  const gboolean narrow = f16 && monocle_vk_traits_has_narrow_activations (&gpu->traits);
  const MonocleFormatId f32 = MONOCLE_FORMAT_F32, weight = f16 ? MONOCLE_FORMAT_F16 : f32;

  *fault = NULL;
  return check_graph (gpu, narrow ? MONOCLE_FORMAT_F16 : f32, weight, write_graph, cancellable,
                      progress, user_data, fault, error)
         && (word_bits == 0
             || *fault
             /* Activations are in 32 bits around weights in few. */
             || check_graph (gpu, f32, MONOCLE_FORMAT_Q8,
                             word_bits == 4 ? try_in_4_bits : try_in_8_bits, cancellable, progress,
                             user_data, fault, error));
}
