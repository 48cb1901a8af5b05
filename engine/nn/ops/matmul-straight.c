/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/matmul-straight.h"

#include "engine/nn/ops/addresses.h"

/* What a subgroup computes. */
#define ROWS    4
#define COLUMNS 4

/* Of weights in rows fewer rows have weights to wait for, not sums. */
#define MIN_M 8

/* Subgroups of a workgroup, each with columns of its own: the more the better, but all must have
 * some. */
#define MAX_SUBGROUPS 32
#define MIN_SUBGROUPS 4

/* Inputs that are written out. Of more, what the processor has decoded would no longer fit its
 * cache, and compiling take long; of what is longer, a piece should be worth a dispatch. */
#define MAX_LENGTH_PACKED 512
#define MAX_LENGTH_ROWS   768
#define MIN_LENGTH        128

/* Less of weights in rows is soon read whatever the kernel, and not worth a pipeline. */
#define VECTOR_MIN_WEIGHTS (64 * 1024)

static guint
get_subgroups (const MonocleProduct *product)
{
  guint n = MAX_SUBGROUPS;

  while (n > 1 && product->n % (n * COLUMNS) != 0)
    n--;
  return n;
}

/* Inputs of one dispatch: a divisor of all, of whole texels, vectors or blocks. It is the same
 * whatever the number of rows, as is the order in which each sum is added up: many pictures at once
 * give what each gives alone. */
static guint
get_length (const MonocleProduct *product)
{
  const gboolean is_packed = product->w->layout == MONOCLE_LAYOUT_PACKED;
  const guint unit = is_packed ? 4 : MAX (8, monocle_formats[product->w->format].block);
  const guint most = is_packed ? MAX_LENGTH_PACKED : MAX_LENGTH_ROWS;
  const guint all = product->k / unit;
  guint n = CEIL_DIV (all, most / unit);

  while (all % n != 0)
    n++;
  return all / n * unit;
}

static gboolean
has_length (const MonocleProduct *product)
{
  const gboolean is_packed = product->w->layout == MONOCLE_LAYOUT_PACKED;

  if (product->k % (is_packed ? 4 : 8) != 0)
    return FALSE;
  return get_length (product) == product->k || get_length (product) >= MIN_LENGTH;
}

/* What is to be added is added before the activation. */
static gboolean
adds_first (const MonocleProduct *product)
{
  return !product->residual || product->activation == MONOCLE_ACTIVATION_NONE
         || product->activation == MONOCLE_ACTIVATION_RELU_LAST;
}

/* For rows and columns of w alone, whatever is multiplied: see get_length(). */
static gboolean
suits_weights (const MonocleVkTraits *traits, const MonocleProduct *product)
{
  const guint64 n_weights = (guint64) product->n * product->k;
  const gboolean is_packed = product->w->layout == MONOCLE_LAYOUT_PACKED;

  return traits->software && adds_first (product) && has_length (product)
         && (is_packed || n_weights >= VECTOR_MIN_WEIGHTS)
         && monocle_tensor_get_size_bytes (product->w) <= traits->max_binding_bytes;
}

gboolean
monocle_matmul_straight_suits (const MonocleVkTraits *traits, gconstpointer call)
{
  const MonocleProduct *product = call;
  const gboolean is_packed = product->w->layout == MONOCLE_LAYOUT_PACKED;

  return suits_weights (traits, product)
         && (is_packed || monocle_matvec_straight_suits (traits, call))
         && product->m >= (is_packed ? 1 : MIN_M) && product->n % COLUMNS == 0
         && get_subgroups (product) >= MIN_SUBGROUPS
         && (product->y_first | product->y_stride) % 4 == 0
         && CEIL_DIV (product->m, ROWS) <= ADDRESSES_MAX_GROUPS
         && product->n / (get_subgroups (product) * COLUMNS) <= ADDRESSES_MAX_BYTE_GROUPS;
}

/* What one of several dispatches of a product multiplies, and what it adds. */
typedef struct
{
  guint length; /* inputs */
  gboolean is_last;
  const MonocleTensor *start; /* (nullable): what is there before */
  guint flags;
  guint64 x, bias, start_at; /* where they begin; what is not to be added is read all the same */
} Piece;

/* @first: of the inputs */
static Piece
get_piece (const MonocleProduct *product, guint first)
{
  const guint length = get_length (product);
  const gboolean is_last = first + length == product->k;
  const MonocleTensor *start = first == 0 ? product->residual : product->y;

  return (Piece){
    .length = length,
    .is_last = is_last,
    .start = start,
    .flags
    = (start ? MATMUL_RESIDUAL : 0) | (is_last ? product->flags & (MATMUL_BIAS | MATMUL_GELU) : 0),
    .x = monocle_op_get_address (product->x) + first * sizeof (float),
    .bias = monocle_op_get_address (product->bias ? product->bias : product->y),
    .start_at
    = monocle_op_get_address (start ? start : product->y) + product->y_first * sizeof (float),
  };
}

/* @specs: (array length=5): of either kernel */
static void
dispatch_piece (MonocleCommands *commands,
                const MonocleProduct *product,
                const Piece *piece,
                MonocleKernelId kernel,
                const guint32 *specs,
                gconstpointer push,
                guint groups_x,
                guint groups_y)
{
  const MonocleVkBinding y = monocle_tensor_get_binding (product->y);

  monocle_commands_dispatch (
      commands, &(MonocleVkDispatch){
                    .kernel = kernel,
                    .formats = product->formats,
                    .flops = monocle_product_count_flops (product) * piece->length / product->k,
                    .specs = specs,
                    .n_specs = 5,
                    .bindings = (MonocleVkBinding[]){ y, monocle_tensor_get_binding (product->x),
                                                      monocle_tensor_get_binding (product->w),
                                                      monocle_product_bind_or (product->bias, y),
                                                      monocle_product_bind_or (piece->start, y) },
                    .push = push,
                    .groups = { groups_x, groups_y, 1 },
                });
}

static void
record_piece (MonocleCommands *commands, const MonocleProduct *product, guint first)
{
  const Piece piece = get_piece (product, first);
  const guint subgroups = get_subgroups (product);
  const gboolean is_packed = product->w->layout == MONOCLE_LAYOUT_PACKED;
  const guint64 w_first = monocle_format_get_bytes (product->w->format, first);
  const guint32 specs[] = { subgroups * ADDRESSES_LANES, ROWS, piece.length / 4, is_packed,
                            piece.is_last ? product->activation : ACTIVATION_NONE };
  matmul_straight_params push = {
    .m = product->m,
    .k4 = product->k / 4,
    .start_stride = piece.start ? product->y_stride : 0,
    .y_first = product->y_first,
    .y_stride = product->y_stride,
    .flags = piece.flags,
  };

  addresses_split (piece.x, &push.x_low, &push.x_high);
  addresses_split (monocle_op_get_address (product->w) + w_first * (is_packed ? COLUMNS : 1),
                   &push.w_low, &push.w_high);
  addresses_split (piece.bias, &push.bias_low, &push.bias_high);
  addresses_split (piece.start_at, &push.start_low, &push.start_high);
  addresses_fill_digits (push.digits);
  dispatch_piece (commands, product, &piece, MONOCLE_KERNEL_matmul_straight, specs, &push,
                  CEIL_DIV (product->m, ROWS), product->n / (subgroups * COLUMNS));
}

void
monocle_matmul_straight_record (MonocleCommands *commands, gconstpointer call)
{
  const MonocleProduct *product = call;

  for (guint first = 0; first < product->k; first += get_length (product))
    record_piece (commands, product, first);
}

/* --- few rows ----------------------------------------------------------------------------- */

/* Of the rows of a product, that share one reading of the weights. */
#define VECTOR_MAX_ROWS 8

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

/* Whether anything is added to what is there, so that nothing may be computed twice. */
static gboolean
is_vector_added (const MonocleProduct *product)
{
  return product->residual || get_length (product) < product->k;
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

  return product->w->layout == MONOCLE_LAYOUT_ROWS && suits_weights (traits, product)
         && (!is_vector_added (product) || product->n % VECTOR_COLUMNS_FEW == 0)
         && product->n / VECTOR_COLUMNS <= ADDRESSES_MAX_GROUPS
         && CEIL_DIV (product->m, VECTOR_MAX_ROWS) <= ADDRESSES_MAX_BYTE_GROUPS;
}

static void
record_vector_piece (MonocleCommands *commands, const MonocleProduct *product, guint first)
{
  const Piece piece = get_piece (product, first);
  const guint rows = get_vector_rows (product);
  const MonocleFormatId id = product->w->format;
  const MonocleFormat *format = &monocle_formats[id];
  /* Without what blocks share, which lies behind all numbers. */
  const guint64 w_first = monocle_format_get_shared_offset (id, first);
  const guint64 shared_offset
      = monocle_format_get_shared_offset (id, (guint64) product->n * product->k);
  const guint32 specs[]
      = { get_vector_subgroups (product) * ADDRESSES_LANES, rows, get_vector_columns (product),
          piece.length / 8,
          piece.is_last ? monocle_product_get_other_activation (product) : ACTIVATION_NONE };
  matvec_straight_params push = {
    .m = product->m,
    .n = product->n,
    .k8 = product->k / 8,
    .start_stride = piece.start ? product->y_stride : 0,
    .scales = (guint) (shared_offset + first / format->block * format->shared_bytes - w_first),
    .y_first = product->y_first,
    .y_stride = product->y_stride,
    .flags = piece.flags,
  };

  addresses_split (piece.x, &push.x_low, &push.x_high);
  addresses_split (monocle_op_get_address (product->w) + w_first, &push.w_low, &push.w_high);
  addresses_split (piece.bias, &push.bias_low, &push.bias_high);
  addresses_split (piece.start_at, &push.start_low, &push.start_high);
  addresses_fill_digits (push.digits);
  dispatch_piece (commands, product, &piece, MONOCLE_KERNEL_matvec_straight, specs, &push,
                  count_vector_groups (product), CEIL_DIV (product->m, rows));
}

void
monocle_matvec_straight_record (MonocleCommands *commands, gconstpointer call)
{
  const MonocleProduct *product = call;

  for (guint first = 0; first < product->k; first += get_length (product))
    record_vector_piece (commands, product, first);
}
