/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/matmul-straight.h"

/* What a subgroup computes. Weights in 16 bits take longer to read, and are read for more rows. */
#define ROWS_F32 4
#define ROWS_F16 4
#define COLUMNS  4

/* Products of fewer rows have weights to wait for, not sums. */
#define MIN_M 8

/* Subgroups of a workgroup, each with columns of its own: the more the better, but all must have
 * some. */
#define MAX_SUBGROUPS 32
#define MIN_SUBGROUPS 16
#define LANES         8

/* Fours of inputs that are written out, most first: few lengths, since each is a pipeline of its
 * own. More would no longer fit what the processor keeps of decoded instructions. */
static const guint lengths[] = { 128, 64, 32, 16 };
#define MIN_LENGTH 16

/* What known() and known_byte() can say. */
#define MAX_GROUPS_X 65535
#define MAX_GROUPS_Y 255

static guint
get_rows (const MonocleProduct *product)
{
  return product->w->format == MONOCLE_FORMAT_F16 ? ROWS_F16 : ROWS_F32;
}

static guint
get_subgroups (const MonocleProduct *product)
{
  return product->n % (MAX_SUBGROUPS * COLUMNS) == 0 ? MAX_SUBGROUPS : MIN_SUBGROUPS;
}

gboolean
monocle_matmul_straight_suits (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleProduct *product = call;
  const MonocleTensor *w = product->w;

  /* What is to be added is added before the activation. */
  if (product->residual && product->activation != MONOCLE_ACTIVATION_NONE
      && product->activation != MONOCLE_ACTIVATION_RELU_LAST)
    return FALSE;
  return traits->software && product->m >= MIN_M && product->k % (4 * MIN_LENGTH) == 0
         && product->n % (MIN_SUBGROUPS * COLUMNS) == 0
         && (product->y_first | product->y_stride) % 2 == 0
         && CEIL_DIV (product->m, get_rows (product)) <= MAX_GROUPS_X
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
  const guint rows = get_rows (product), subgroups = get_subgroups (product);
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
  for (guint i = 0; i < G_N_ELEMENTS (push.digits); i++)
    push.digits[i] = i;

  monocle_commands_dispatch (commands,
                       &(MonocleVkDispatch) {
                           .kernel = MONOCLE_KERNEL_matmul_straight,
                           .formats = product->formats,
                           .flops = monocle_product_count_flops (product) * length * 4 / product->k,
                           .specs = (guint32[]) { subgroups * LANES, rows, length, is_packed,
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
                           .groups = { CEIL_DIV (product->m, rows), product->n / (subgroups * COLUMNS), 1 },
                       });
}

void
monocle_matmul_straight_record (MonocleCommands *commands, gconstpointer call)
{
  const MonocleProduct *product = call;
  guint first = 0;

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (; product->k / 4 - first >= lengths[i]; first += lengths[i])
      record_length (commands, product, first, lengths[i]);
  g_assert (first == product->k / 4);
}
