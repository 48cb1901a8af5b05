/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Means over tokens.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* Mean over tokens: x [T, C], y [1, C]. */
void
monocle_op_mean_rows (MonocleCommands *commands, const MonocleTensor *x, const MonocleTensor *y);

/* x [rows, columns], y [columns]. */
void monocle_reference_mean_rows (const float *x, guint rows, guint columns, float *y);

G_END_DECLS
