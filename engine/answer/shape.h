/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where something is: a box, a quad, outlines with holes, pixels, points, or a line, in pixels of
 * the upright image. Immutable and counted, so it crosses threads freely. All that can be asked of
 * a place is asked here, and this is the one way in which it becomes pixels.
 *
 * A shape with a number that is not finite says nothing: it keeps its numbers, and otherwise is as
 * one without points.
 */
#pragma once

#include <glib-object.h>

#include "engine/answer/geometry.h"
#include "engine/answer/mask-runs.h"

G_BEGIN_DECLS

/**
 * MonocleShapeKind:
 * @MONOCLE_SHAPE_BOX: four edges
 * @MONOCLE_SHAPE_QUAD: four corners, clockwise from the top left of the text in general
 * @MONOCLE_SHAPE_RINGS: outlines
 * @MONOCLE_SHAPE_MASK: pixels
 * @MONOCLE_SHAPE_POINTS: points, which cover nothing
 * @MONOCLE_SHAPE_LINE: one line from point to point, which does not close and covers nothing
 *
 * Numbers are in files and never change.
 */
typedef enum
{
  MONOCLE_SHAPE_BOX,
  MONOCLE_SHAPE_QUAD,
  MONOCLE_SHAPE_RINGS,
  MONOCLE_SHAPE_MASK,
  MONOCLE_SHAPE_POINTS,
  MONOCLE_SHAPE_LINE,
} MonocleShapeKind;

/**
 * MonocleRingRole:
 * @MONOCLE_RING_OUTER: what is inside of it belongs to the shape
 * @MONOCLE_RING_HOLE: what is inside of it does not, whatever the rings before say
 */
typedef enum
{
  MONOCLE_RING_OUTER,
  MONOCLE_RING_HOLE,
} MonocleRingRole;

/**
 * MonocleRing:
 * @points: (array length=n_points): x and y in turn, in pixels; the last is joined to the first
 * @n_points: number of points, each two numbers of @points; fewer than three cover nothing
 * @role: what it does to the rings before it
 *
 * Filled by the even-odd rule.
 */
typedef struct
{
  const double *points;
  guint n_points;
  MonocleRingRole role;
} MonocleRing;

#define MONOCLE_TYPE_SHAPE (monocle_shape_get_type ())

typedef struct _MonocleShape MonocleShape;

GType monocle_shape_get_type (void);

/* As the model wrote it: x2 may be below x1. */
MonocleShape *monocle_shape_new_box (const MonocleBox *box);
MonocleShape *monocle_shape_new_quad (const double corners[8]);

/**
 * monocle_shape_new_rings:
 * @rings: (array length=n_rings) (nullable): copied
 * @n_rings: how many
 *
 * Painted one after the other: outer rings add, holes take away.
 */
MonocleShape *monocle_shape_new_rings (const MonocleRing *rings, guint n_rings);

/* @runs: (transfer none) */
MonocleShape *monocle_shape_new_mask (MonocleMaskRuns *runs);
/* @points: x and y in turn */
MonocleShape *monocle_shape_new_points (const double *points, guint n_points);
/* @points: x and y in turn, from one end to the other */
MonocleShape *monocle_shape_new_line (const double *points, guint n_points);

MonocleShape *monocle_shape_ref (const MonocleShape *self);
void monocle_shape_unref (MonocleShape *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleShape, monocle_shape_unref)

MonocleShapeKind monocle_shape_get_kind (const MonocleShape *self);

/* Whether there is nothing to be seen of it: no points, or numbers that say nothing. */
gboolean monocle_shape_is_empty (const MonocleShape *self);

/**
 * monocle_shape_get_box:
 *
 * Returns: of a box its edges as they were given; of others those of the bounds
 */
MonocleBox monocle_shape_get_box (const MonocleShape *self);

/**
 * monocle_shape_get_rings:
 * @n_rings: (out): how many
 *
 * Returns: (transfer none) (array length=n_rings): its outlines, of whatever kind it is: a box has
 *   one of four corners, a mask those of its pixels; points and lines have none
 */
const MonocleRing *monocle_shape_get_rings (const MonocleShape *self, guint *n_rings);

/**
 * monocle_shape_get_points:
 * @n_points: (out): how many
 *
 * Returns: (transfer none) (array length=n_points): x and y in turn of all its points or corners
 */
const double *monocle_shape_get_points (const MonocleShape *self, guint *n_points);

/* (transfer none) (nullable): of a mask */
MonocleMaskRuns *monocle_shape_get_mask (const MonocleShape *self);

/* The rectangle around it; 0 x 0 at 0, 0 where there is nothing. */
MonocleRect monocle_shape_get_bounds (const MonocleShape *self);

/* In pixels; what rings share counts for each of them. */
double monocle_shape_get_area (const MonocleShape *self);

/**
 * monocle_shape_hit:
 * @x, @y: pixels
 * @slack: how far beside it still counts, in pixels
 *
 * Returns: whether the point lies in the shape, on its edge, or within @slack of that
 */
gboolean monocle_shape_hit (const MonocleShape *self, double x, double y, double slack);

/**
 * monocle_shape_find_edge:
 * @x: pixels
 * @y: pixels
 * @edge: (out) (optional): of monocle_shape_get_points() the one at which the nearest edge begins
 *
 * Returns: how far the point is from the outline, inside of it or outside; from the nearest point
 *   where there is none; infinity where there is nothing
 */
double monocle_shape_find_edge (const MonocleShape *self, double x, double y, guint *edge);

/**
 * monocle_shape_find_point:
 * @x: pixels
 * @y: pixels
 * @index: (out) (optional): the nearest of monocle_shape_get_points()
 *
 * Returns: how far that is from the point; infinity where there is none
 */
double monocle_shape_find_point (const MonocleShape *self, double x, double y, guint *index);

/* Whether both say the same, number by number; no number is as no number. %NULL equals %NULL. */
gboolean monocle_shape_equal (const MonocleShape *a, const MonocleShape *b);

/**
 * monocle_shape_transform:
 * @matrix: where points go
 *
 * Boxes stay boxes, where they stay upright, and are quads else. Masks become the outlines of their
 * pixels, which are the same pixels again when they are turned by quarters.
 *
 * Returns: (transfer full): the shape there
 */
MonocleShape *monocle_shape_transform (const MonocleShape *self, const MonocleMatrix *matrix);

/**
 * monocle_shape_to_mask:
 * @width: of the picture in pixels, at least 1
 * @height: of the picture in pixels, at least 1; at most %MONOCLE_MASK_MAX_PIXELS in all
 *
 * Pixels are those of COCO's own tools: see monocle_raster_fill().
 *
 * Returns: (transfer full): what it covers of the picture
 */
MonocleMaskRuns *monocle_shape_to_mask (const MonocleShape *self, guint width, guint height);

G_END_DECLS
