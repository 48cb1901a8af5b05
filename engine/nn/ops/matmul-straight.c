/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/matmul-straight.h"

#include <string.h>

/* What a subgroup computes. */
#define ROWS    4
#define COLUMNS 4

/* Products of fewer rows have weights to wait for, not sums; smaller ones are soon done whatever
 * the kernel, and not worth a pipeline. */
#define MIN_M     8
#define MIN_PAIRS (64 * 1024)

/* Subgroups of a workgroup, each with columns of its own: the more the better, but all must have
 * some. */
#define MAX_SUBGROUPS 32
#define MIN_SUBGROUPS 4
#define LANES         8

/* Fours of inputs that are written out. More would no longer fit what the processor keeps of
 * decoded instructions; of what is longer, a piece should be worth a dispatch. */
#define MAX_LENGTH 128
#define MIN_LENGTH 16

/* What known() and known_byte() can say. */
#define MAX_GROUPS_X 65535
#define MAX_GROUPS_Y 255

/* For known(). */
static const guint32 digits[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static guint
get_subgroups (const MonocleProduct *product)
{
  guint n = MAX_SUBGROUPS;

  while (n > 1 && product->n % (n * COLUMNS) != 0)
    n--;
  return n;
}

/* Fours of inputs of one dispatch: a divisor of all; even where lanes have two of them. */
static guint
get_length (const MonocleProduct *product)
{
  const guint all = product->k / 4;
  const guint unit = product->w->layout == MONOCLE_LAYOUT_PACKED ? 1 : 2;
  guint n = CEIL_DIV (all, MAX_LENGTH);

  while (all % (n * unit) != 0 && n < all)
    n++;
  return all / n;
}

/* What is to be added is added before the activation. */
static gboolean
adds_first (const MonocleProduct *product)
{
  return !product->residual || product->activation == MONOCLE_ACTIVATION_NONE
         || product->activation == MONOCLE_ACTIVATION_RELU_LAST;
}

gboolean
monocle_matmul_straight_suits (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleProduct *product = call;
  const MonocleTensor *w = product->w;
  const gboolean is_packed = w->layout == MONOCLE_LAYOUT_PACKED;

  return traits->software && adds_first (product) && product->m >= MIN_M
         && (guint64) product->m * product->n * product->k >= MIN_PAIRS
         && product->k % (is_packed ? 4 : 8) == 0
         && (product->k / 4 <= MAX_LENGTH || get_length (product) >= MIN_LENGTH)
         && product->n % COLUMNS == 0 && get_subgroups (product) >= MIN_SUBGROUPS
         && (product->y_first | product->y_stride) % 4 == 0
         && CEIL_DIV (product->m, ROWS) <= MAX_GROUPS_X
         && product->n / (get_subgroups (product) * COLUMNS) <= MAX_GROUPS_Y
         && monocle_tensor_get_size_bytes (w) <= traits->max_binding_bytes;
}

static void
split (guint64 address, guint *low, guint *high)
{
  *low = (guint) address;
  *high = (guint) (address >> 32);
}

/* One of several dispatches of a product.
 * @first: of the fours of inputs
 * @length: how many of them */
static void
record_length (MonocleCommands *commands, const MonocleProduct *product, guint first, guint length)
{
  const guint subgroups = get_subgroups (product);
  const gboolean is_first = first == 0, is_last = first + length == product->k / 4;
  const gboolean is_packed = product->w->layout == MONOCLE_LAYOUT_PACKED;
  const MonocleTensor *start = is_first ? product->residual : product->y;
  const MonocleVkBinding y = monocle_tensor_get_binding (product->y);
  const guint64 weight_bytes = monocle_format_get_bytes (product->w->format, 4 * first);
  guint64 bias = monocle_op_get_address (is_last && product->bias ? product->bias : product->y);
  matmul_straight_params push = {
    .m = product->m,
    .k4 = product->k / 4,
    .start_stride = start ? product->y_stride : 0,
    .y_first = product->y_first,
    .y_stride = product->y_stride,
    .flags = start ? MATMUL_RESIDUAL : 0,
  };

  if (is_last)
    push.flags |= product->flags & MATMUL_BIAS;
  split (monocle_op_get_address (product->x) + 4 * first * sizeof (float), &push.x_low,
         &push.x_high);
  split (monocle_op_get_address (product->w) + weight_bytes * (is_packed ? COLUMNS : 1),
         &push.w_low, &push.w_high);
  split (bias, &push.bias_low, &push.bias_high);
  /* What is not to be added is read all the same. */
  split (monocle_op_get_address (start ? start : product->y) + product->y_first * sizeof (float),
         &push.start_low, &push.start_high);
  memcpy (push.digits, digits, sizeof digits);

  monocle_commands_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_matmul_straight,
                           .formats = product->formats,
                           .flops = monocle_product_count_flops (product) * length * 4 / product->k,
                           .specs = (guint32[]) { subgroups * LANES, ROWS, length, is_packed,
                                                  is_last ? product->activation : ACTIVATION_NONE },
                           .n_specs = 5,
                           .bindings = (MonocleVkBinding[]) {
                               y,
                               monocle_tensor_get_binding (product->x),
                               monocle_tensor_get_binding (product->w),
                               monocle_product_bind_or (product->bias, y),
                               monocle_product_bind_or (start, y),
                           },
                           .push = &push,
                           .groups = { CEIL_DIV (product->m, ROWS), product->n / (subgroups * COLUMNS), 1 },
                       });
}

/* --- few rows ----------------------------------------------------------------------------- */

/* Of the rows of a product, that share one reading of the weights. */
#define VECTOR_MAX_ROWS 8

/* Less is soon read whatever the kernel, and not worth a pipeline. */
#define VECTOR_MIN_WEIGHTS (64 * 1024)

/* Vectors of eight that an invocation reads: the compiler's time grows with their square. */
#define VECTOR_MAX_READS 800

/* A piece of a row should be worth a dispatch. */
#define VECTOR_MIN_LENGTH 32

/* Of a subgroup: more of them where few rows keep as many sums. */
#define VECTOR_FEW_ROWS    4
#define VECTOR_COLUMNS_FEW 4
#define VECTOR_COLUMNS     2

static guint
get_vector_rows (const MonocleProduct *product)
{
  return CEIL_DIV (product->m, CEIL_DIV (product->m, VECTOR_MAX_ROWS));
}

static guint
get_vector_columns (const MonocleProduct *product)
{
  return get_vector_rows (product) <= VECTOR_FEW_ROWS ? VECTOR_COLUMNS_FEW : VECTOR_COLUMNS;
}

/* Eights of inputs that are multiplied in one dispatch: a divisor of all. */
static guint
get_vector_length (const MonocleProduct *product)
{
  const guint unit = MAX (monocle_formats[product->w->format].block / 8, 1);
  const guint most
      = VECTOR_MAX_READS / (get_vector_rows (product) + get_vector_columns (product)) / unit;
  const guint all = product->k / 8 / unit;
  guint n = CEIL_DIV (all, most);

  while (all % n != 0)
    n++;
  return all / n * unit;
}

/* Whether anything is added to what is there, so that nothing may be computed twice. */
static gboolean
is_vector_added (const MonocleProduct *product)
{
  return product->residual || get_vector_length (product) < product->k / 8;
}

static guint
get_vector_subgroups (const MonocleProduct *product)
{
  guint n = MAX_SUBGROUPS;

  while (n > 1 && is_vector_added (product) && product->n % (n * get_vector_columns (product)) != 0)
    n /= 2;
  return n;
}

static guint
count_vector_groups (const MonocleProduct *product)
{
  return CEIL_DIV (product->n, get_vector_columns (product) * get_vector_subgroups (product));
}

gboolean
monocle_matvec_straight_suits (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleProduct *product = call;
  guint length;

  if (product->k % 8 != 0 || (guint64) product->n * product->k < VECTOR_MIN_WEIGHTS)
    return FALSE;
  length = get_vector_length (product);
  return traits->software && adds_first (product) && product->w->layout == MONOCLE_LAYOUT_ROWS
         && (length == product->k / 8 || length >= VECTOR_MIN_LENGTH)
         && (!is_vector_added (product) || product->n % get_vector_columns (product) == 0)
         && count_vector_groups (product) <= MAX_GROUPS_X
         && CEIL_DIV (product->m, VECTOR_MAX_ROWS) <= MAX_GROUPS_Y
         && monocle_tensor_get_size_bytes (product->w) <= traits->max_binding_bytes;
}

static void
record_vector_length (MonocleCommands *commands, const MonocleProduct *product, guint first)
{
  const guint rows = get_vector_rows (product), length = get_vector_length (product);
  const guint subgroups = get_vector_subgroups (product);
  const gboolean is_last = first + length == product->k / 8;
  const MonocleTensor *start = first == 0 ? product->residual : product->y;
  const MonocleVkBinding y = monocle_tensor_get_binding (product->y);
  const MonocleFormat *format = &monocle_formats[product->w->format];
  /* Without what blocks share, which lies behind all numbers. */
  const guint64 w_first = monocle_format_get_shared_offset (product->w->format, 8 * first);
  const guint64 shared_offset
      = monocle_format_get_shared_offset (product->w->format, (guint64) product->n * product->k);
  matvec_straight_params push = {
    .m = product->m,
    .n = product->n,
    .k8 = product->k / 8,
    .start_stride = start ? product->y_stride : 0,
    .scales = (guint) (shared_offset + 8 * first / format->block * format->shared_bytes - w_first),
    .y_first = product->y_first,
    .y_stride = product->y_stride,
    .flags = start ? MATMUL_RESIDUAL : 0,
  };

  if (is_last)
    push.flags |= product->flags & (MATMUL_BIAS | MATMUL_GELU);
  split (monocle_op_get_address (product->x) + 8 * first * sizeof (float), &push.x_low,
         &push.x_high);
  split (monocle_op_get_address (product->w) + w_first, &push.w_low, &push.w_high);
  split (monocle_op_get_address (product->bias ? product->bias : product->y), &push.bias_low,
         &push.bias_high);
  split (monocle_op_get_address (start ? start : product->y) + product->y_first * sizeof (float),
         &push.start_low, &push.start_high);
  memcpy (push.digits, digits, sizeof digits);

  monocle_commands_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_matvec_straight,
                           .formats = product->formats,
                           .flops = monocle_product_count_flops (product) * length * 8 / product->k,
                           .specs = (guint32[]) { subgroups * LANES, rows, get_vector_columns (product), length,
                                                  is_last ? monocle_product_get_other_activation (product) : ACTIVATION_NONE },
                           .n_specs = 5,
                           .bindings = (MonocleVkBinding[]) {
                               y,
                               monocle_tensor_get_binding (product->x),
                               monocle_tensor_get_binding (product->w),
                               monocle_product_bind_or (product->bias, y),
                               monocle_product_bind_or (start, y),
                           },
                           .push = &push,
                           .groups = { count_vector_groups (product), CEIL_DIV (product->m, rows), 1 },
                       });
}

void
monocle_matvec_straight_record (MonocleCommands *commands, gconstpointer call)
{
  const MonocleProduct *product = call;

  for (guint first = 0; first < product->k / 8; first += get_vector_length (product))
    record_vector_length (commands, product, first);
}

void
monocle_matmul_straight_record (MonocleCommands *commands, gconstpointer call)
{
  const MonocleProduct *product = call;
  const guint length = get_length (product);

  for (guint first = 0; first < product->k / 4; first += length)
    record_length (commands, product, first, length);
}
