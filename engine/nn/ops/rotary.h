/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rotary positions: queries and keys are turned by angles that grow with their place, so that their
 * products know how far they are apart. Source: Su et al. 2021.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/**
 * MonocleRotary:
 * @n_heads: heads that are turned: the first ones of each row, as queries and keys are in the
 *   product of merged weights
 * @head_width: channels of one, a multiple of 4
 * @neighbours: pairs are channels 2i and 2i + 1; %FALSE: i and half the turned width + i
 */
typedef struct
{
  guint n_heads;
  guint head_width;
  gboolean neighbours;
} MonocleRotary;

/**
 * MonocleRotaryAxes:
 * @n_second, @n_third: pairs that turn by the second number of a place, and by the third; all
 *   others by the first
 *
 * @in_blocks: whether those that turn by the first come first, then the others; else pairs take
 *   turns, three by three, as long as there are any of each
 *
 * Places of pictures are three numbers: time, row, column.
 */
typedef struct
{
  guint n_second, n_third;
  gboolean in_blocks;
} MonocleRotaryAxes;

#define MONOCLE_ROTARY_AXES 3

/* The cosine and sine of positions[t] * base^(-2i / width) for each pair i: positions U32 [T],
 * angles F32 [T, width]; width is even, base above 1. One table serves queries and keys of all
 * layers. With @axes, which is (nullable), positions are U32 [T, 3]. */
void monocle_op_rotary_angles (MonocleCommands *commands,
                               const MonocleTensor *positions,
                               float base,
                               const MonocleRotaryAxes *axes,
                               const MonocleTensor *angles);

/* Turns the channels below the width of angles of each head: x, y [T, C] (may be the same), angles
 * [T, width], width at most head_width. Other channels and columns past the heads stay as they are.
 */
void monocle_op_rotary (MonocleCommands *commands,
                        const MonocleTensor *x,
                        const MonocleTensor *angles,
                        const MonocleRotary *rotary,
                        const MonocleTensor *y);

/* positions [rows], with @axes [rows, 3]; angles [rows, width]. */
void monocle_reference_rotary_angles (const guint32 *positions,
                                      guint rows,
                                      guint width,
                                      float base,
                                      const MonocleRotaryAxes *axes,
                                      float *angles);

/* x, y [rows, columns] (may be the same), angles [rows, width]. */
void monocle_reference_rotary (const float *x,
                               const float *angles,
                               guint rows,
                               guint columns,
                               guint width,
                               const MonocleRotary *rotary,
                               float *y);

G_END_DECLS
