/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The norm of networks that make pictures.
 */
#include "config.h"

#include "engine/nn/ops/group-norm.h"

#include "engine/nn/op-record.h"

/* Pixels of a slice at least; and as many slices at most, since each looks at the sums of all. */
#define SLICE_PIXELS 64
#define MAX_SLICES   128

static guint
get_slice_pixels (guint pixels)
{
  return MAX (CEIL_DIV (pixels, MAX_SLICES), SLICE_PIXELS);
}

static guint
count_slices (const MonocleTensor *x)
{
  const guint pixels = monocle_tensor_count_rows (x);

  return CEIL_DIV (pixels, get_slice_pixels (pixels));
}

guint
monocle_op_group_norm_scratch (const MonocleTensor *x, const MonocleGroupNorm *norm)
{
  return 2 * count_slices (x) * norm->n_groups;
}

void
monocle_op_group_norm (MonocleCommands *commands,
                       const MonocleTensor *x,
                       const MonocleTensor *weight,
                       const MonocleTensor *bias,
                       const MonocleGroupNorm *norm,
                       const MonocleTensor *scratch,
                       const MonocleTensor *y)
{
  const guint channels = monocle_tensor_get_columns (x), pixels = monocle_tensor_count_rows (x);
  const guint slices = count_slices (x);
  const group_norm_sums_params sums
      = { pixels, channels, norm->n_groups, slices, get_slice_pixels (pixels) };
  const group_norm_params push
      = { pixels, channels, norm->n_groups, slices, get_slice_pixels (pixels), norm->eps };
  const MonocleVkFormats formats = monocle_op_get_formats (x, NULL);
  const guint64 n = (guint64) slices * norm->n_groups;

  g_assert (norm->n_groups > 0 && channels % norm->n_groups == 0);
  g_assert (monocle_op_is_same_store (x, y));
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_op_is_vector (weight, channels) && monocle_op_is_vector (bias, channels));
  g_assert (scratch->format == MONOCLE_FORMAT_F32
            && monocle_tensor_get_n_elements (scratch) >= 2 * n);

  monocle_op_dispatch_elements (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_group_norm_sums,
          .formats = formats,
          .bindings = (MonocleVkBinding[]){ monocle_tensor_get_binding (x),
                                            monocle_tensor_get_binding (scratch) },
          .push = &sums,
      },
      n);
  monocle_op_dispatch_elements (
      commands,
      &(MonocleVkDispatch){
          .kernel = MONOCLE_KERNEL_group_norm,
          .formats = formats,
          .specs = (guint32[]){ norm->activation },
          .n_specs = 1,
          .bindings = (MonocleVkBinding[]){ monocle_tensor_get_binding (x),
                                            monocle_tensor_get_binding (scratch),
                                            monocle_tensor_get_binding (weight),
                                            monocle_tensor_get_binding (bias),
                                            monocle_tensor_get_binding (y) },
          .push = &push,
      },
      n);
}
