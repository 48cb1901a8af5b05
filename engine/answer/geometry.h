/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Boxes, rectangles and how planes are laid onto each other. Pixels are those of the upright image,
 * measured from its top left edge, unless somebody says otherwise.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleBox:
 *
 * Edges: left, top, right, bottom. Models write boxes whose right lies left of their left; those of
 * persons have x1 <= x2 and y1 <= y2.
 */
typedef struct
{
  float x1, y1, x2, y2;
} MonocleBox;

/**
 * MonocleRect:
 *
 * @width and @height are not negative.
 */
typedef struct
{
  double x, y, width, height;
} MonocleRect;

/**
 * MonocleMatrix:
 *
 * x' = @xx x + @xy y + @x0, y' = @yx x + @yy y + @y0.
 */
typedef struct
{
  double xx, yx, xy, yy, x0, y0;
} MonocleMatrix;

/* What leaves everything where it is. */
#define MONOCLE_MATRIX_IDENTITY ((MonocleMatrix) { .xx = 1, .yy = 1 })

/**
 * monocle_matrix_turn:
 * @quarters: turns by 90 degrees clockwise; any number, of which four change nothing
 * @width: of the picture before the turn
 * @height: of the picture before the turn
 *
 * Returns: where the pixels of a picture go when it is turned; so many turns less than four, with
 *   the sides of the turned picture, lead back
 */
MonocleMatrix monocle_matrix_turn (guint quarters, double width, double height);

/* First @first, then @second. */
MonocleMatrix monocle_matrix_multiply (const MonocleMatrix *first, const MonocleMatrix *second);

/* The way back; the identity where there is none. */
MonocleMatrix monocle_matrix_invert (const MonocleMatrix *self);

void monocle_matrix_map (const MonocleMatrix *self, double *x, double *y);

/**
 * monocle_matrix_map_box:
 * @self: how
 * @box: edges
 *
 * Returns: the box that @box becomes, or for matrices that lay it askew the one around it. A box
 *   that was inside out on one axis stays so, and is what it was after the way back.
 */
MonocleBox monocle_matrix_map_box (const MonocleMatrix *self, const MonocleBox *box);

/* The same of a rectangle. */
MonocleRect monocle_matrix_map_rect (const MonocleMatrix *self, const MonocleRect *rect);

/**
 * monocle_matrix_map_edges:
 * @edges: (inout): left, top, right, bottom, mapped as monocle_matrix_map_box() does
 *
 * Returns: whether upright boxes are upright afterwards; else @edges are untouched
 */
gboolean monocle_matrix_map_edges (const MonocleMatrix *self, double edges[4]);

/* As a box with x1 <= x2 and y1 <= y2. */
MonocleBox monocle_rect_to_box (const MonocleRect *self);

/* What two rectangles share, of what they cover together: 0 to 1. */
double monocle_rect_get_overlap (const MonocleRect *a, const MonocleRect *b);

G_END_DECLS
