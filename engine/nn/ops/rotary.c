/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rotary positions.
 */
#include "config.h"

#include "engine/nn/ops/rotary.h"

#include <math.h>

#include "engine/nn/op-record.h"

void
monocle_op_rotary_angles (MonocleCommands *commands,
                          const MonocleTensor *positions,
                          float base,
                          const MonocleRotaryAxes *axes,
                          const MonocleTensor *angles)
{
  const guint width = monocle_tensor_get_columns (angles);
  const guint64 ratio = (guint64) ldexp (pow ((double) base, -2.0 / width), 64);
  const rotary_angles_params push = {
    .rows = monocle_tensor_count_rows (angles),
    .pairs = width / 2,
    .ratio_high = (guint32) (ratio >> 32),
    .ratio_low = (guint32) ratio,
    .axes = axes ? MONOCLE_ROTARY_AXES : 1,
    .second = axes ? axes->n_second : 0,
    .third = axes ? axes->n_third : 0,
    .blocks = axes && axes->in_blocks,
  };

  g_assert (!push.blocks || push.second + push.third <= push.pairs);
  g_assert (width % 2 == 0 && base > 1 && angles->format == MONOCLE_FORMAT_F32);
  g_assert (positions->format == MONOCLE_FORMAT_U32);
  g_assert (monocle_tensor_get_n_elements (positions) == (guint64) push.rows * push.axes);

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_rotary_angles,
                                    .formats = monocle_op_get_formats (angles, NULL),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (positions),
                                        monocle_tensor_get_binding (angles),
                                    },
                                    .push = &push,
                                },
                                (guint64) push.rows * push.pairs);
}

void
monocle_op_rotary (MonocleCommands *commands,
                   const MonocleTensor *x,
                   const MonocleTensor *angles,
                   const MonocleRotary *rotary,
                   const MonocleTensor *y)
{
  const guint width = monocle_tensor_get_columns (angles);
  const rotary_params push = {
    .rows = monocle_tensor_count_rows (x),
    .columns = monocle_tensor_get_columns (x),
    .heads = rotary->n_heads,
    .head_width = rotary->head_width,
    .pairs = width / 2,
    .flags = rotary->neighbours ? ROTARY_NEIGHBOURS : 0,
  };

  g_assert (rotary->head_width % 4 == 0 && width % 2 == 0 && width <= rotary->head_width);
  g_assert (push.columns % 4 == 0 && push.columns / rotary->head_width >= rotary->n_heads);
  g_assert (monocle_op_is_same_store (x, y) && angles->format == MONOCLE_FORMAT_F32);
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_tensor_count_rows (angles) == push.rows);

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_rotary,
                                    .formats = monocle_op_get_formats (x, NULL),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (angles),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                (guint64) push.rows * push.columns / 2);
}
