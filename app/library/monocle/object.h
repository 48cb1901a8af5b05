/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of a result: what lies on the picture, and names with how well they fit.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MonocleGeometry:
 * @MONOCLE_GEOMETRY_BOX: four edges
 * @MONOCLE_GEOMETRY_QUAD: four corners, clockwise from the top left of the text in general
 * @MONOCLE_GEOMETRY_OUTLINES: outlines, of which some may be holes
 * @MONOCLE_GEOMETRY_MASK: pixels
 * @MONOCLE_GEOMETRY_POINTS: points, which cover nothing
 * @MONOCLE_GEOMETRY_LINE: a line from point to point, which covers nothing
 *
 * How an object says where it is.
 */
typedef enum
{
  MONOCLE_GEOMETRY_BOX,
  MONOCLE_GEOMETRY_QUAD,
  MONOCLE_GEOMETRY_OUTLINES,
  MONOCLE_GEOMETRY_MASK,
  MONOCLE_GEOMETRY_POINTS,
  MONOCLE_GEOMETRY_LINE,
} MonocleGeometry;

#define MONOCLE_TYPE_OBJECT (monocle_object_get_type ())

/**
 * MonocleObject:
 *
 * Something that lies on a picture: a label, and where it is, in pixels of the upright picture from
 * its top left edge. It never changes.
 */
typedef struct _MonocleObject MonocleObject;

GType monocle_object_get_type (void) G_GNUC_CONST;

/**
 * monocle_object_copy:
 * @self: an object
 *
 * Returns: (transfer full): the same
 */
MonocleObject *monocle_object_copy (const MonocleObject *self);

/**
 * monocle_object_free:
 * @self: (transfer full): an object
 *
 * Lets it go.
 */
void monocle_object_free (MonocleObject *self);

/**
 * monocle_object_get_label:
 * @self: an object
 *
 * Returns: what it is; may be empty
 */
const char *monocle_object_get_label (const MonocleObject *self);

/**
 * monocle_object_get_score:
 * @self: an object
 *
 * Returns: how sure the model is, from 0 to 1; of a model that says what its scores are worth, how
 *   likely it is right. Not a number where the model does not say.
 */
double monocle_object_get_score (const MonocleObject *self);

/**
 * monocle_object_get_geometry:
 * @self: an object
 *
 * Returns: how it says where it is
 */
MonocleGeometry monocle_object_get_geometry (const MonocleObject *self);

/**
 * monocle_object_get_bounds:
 * @self: an object
 * @left: (out) (optional): pixels
 * @top: (out) (optional): pixels
 * @right: (out) (optional): pixels
 * @bottom: (out) (optional): pixels
 *
 * The rectangle around it, whatever its geometry.
 */
void monocle_object_get_bounds (
    const MonocleObject *self, double *left, double *top, double *right, double *bottom);

/**
 * monocle_object_get_area:
 * @self: an object
 *
 * Returns: how many pixels it covers
 */
double monocle_object_get_area (const MonocleObject *self);

/**
 * monocle_object_get_points:
 * @self: an object
 * @n_numbers: (out): how many numbers
 *
 * Returns: (transfer none) (array length=n_numbers): x and y in turn of its corners, of all its
 *   outlines, or of its points
 */
const double *monocle_object_get_points (const MonocleObject *self, gsize *n_numbers);

/**
 * monocle_object_get_n_outlines:
 * @self: an object
 *
 * Returns: how many outlines it has, of whatever geometry it is; points and lines have none
 */
guint monocle_object_get_n_outlines (const MonocleObject *self);

/**
 * monocle_object_get_outline:
 * @self: an object
 * @index: less than monocle_object_get_n_outlines()
 * @is_hole: (out) (optional): whether what is inside of it does not belong to the object
 * @n_numbers: (out): how many numbers
 *
 * Outlines lie on each other in their order: a hole takes away of those before it.
 *
 * Returns: (transfer none) (array length=n_numbers): x and y in turn; the last point is joined to
 *   the first
 */
const double *monocle_object_get_outline (const MonocleObject *self,
                                          guint index,
                                          gboolean *is_hole,
                                          gsize *n_numbers);

/**
 * monocle_object_dup_mask:
 * @self: an object
 * @width: of the picture in pixels
 * @height: of the picture in pixels
 *
 * Returns: (transfer full) (nullable): a byte a pixel, row by row from the top: 255 where it is, 0
 *   elsewhere; %NULL where a picture cannot be of that size
 */
GBytes *monocle_object_dup_mask (const MonocleObject *self, guint width, guint height);

#define MONOCLE_TYPE_RANK (monocle_rank_get_type ())

/**
 * MonocleRank:
 *
 * A name, and how well it fits.
 */
typedef struct _MonocleRank MonocleRank;

GType monocle_rank_get_type (void) G_GNUC_CONST;

/**
 * monocle_rank_copy:
 * @self: a rank
 *
 * Returns: (transfer full): the same
 */
MonocleRank *monocle_rank_copy (const MonocleRank *self);

/**
 * monocle_rank_free:
 * @self: (transfer full): a rank
 *
 * Lets it go.
 */
void monocle_rank_free (MonocleRank *self);

/**
 * monocle_rank_get_label:
 * @self: a rank
 *
 * Returns: the name
 */
const char *monocle_rank_get_label (const MonocleRank *self);

/**
 * monocle_rank_get_score:
 * @self: a rank
 *
 * Returns: how well it fits, in the model's own terms, which need not be from 0 to 1
 */
double monocle_rank_get_score (const MonocleRank *self);

/**
 * monocle_rank_get_probability:
 * @self: a rank
 *
 * Returns: how likely it is right, from 0 to 1; not a number where that means nothing
 */
double monocle_rank_get_probability (const MonocleRank *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleObject, monocle_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleRank, monocle_rank_free)

G_END_DECLS
