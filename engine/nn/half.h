/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 16-bit floats (IEEE 754 binary16) in plain C: the host's side of F16 tensors.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rounds to the nearest, ties to even; beyond 65504 (rounded) is infinity, NaN stays NaN. */
guint16 monocle_half_from_float (float value);
float monocle_half_to_float (guint16 half);

void monocle_half_from_floats (const float *from, guint16 *to, gsize n);
void monocle_half_to_floats (const guint16 *from, float *to, gsize n);

G_END_DECLS
