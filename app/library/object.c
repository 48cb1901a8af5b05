/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of a result, one by one.
 */
#include "config.h"

#include "app/library/private.h"

struct _MonocleRank
{
  char *label;
  double score;
  double probability;
};

G_DEFINE_BOXED_TYPE (MonocleObject, monocle_object, monocle_object_copy, monocle_object_free)
G_DEFINE_BOXED_TYPE (MonocleRank, monocle_rank, monocle_rank_copy, monocle_rank_free)

/* --- objects --- */

MonocleObject *
monocle_object_copy (const MonocleObject *self)
{
  MonocleObject *copy;

  g_return_val_if_fail (self, NULL);

  copy = g_new (MonocleObject, 1);
  *copy = (MonocleObject){ .label = g_strdup (self->label),
                           .shape = monocle_shape_ref (self->shape),
                           .score = self->score,
                           .text = g_strdup (self->text) };
  return copy;
}

void
monocle_object_free (MonocleObject *self)
{
  if (!self)
    return;
  monocle_shape_unref (self->shape);
  g_free (self->label);
  g_free (self->text);
  g_free (self);
}

const char *
monocle_object_get_label (const MonocleObject *self)
{
  g_return_val_if_fail (self, NULL);

  return self->label;
}

double
monocle_object_get_score (const MonocleObject *self)
{
  g_return_val_if_fail (self, 0);

  return (double) self->score;
}

MonocleGeometry
monocle_object_get_geometry (const MonocleObject *self)
{
  g_return_val_if_fail (self, MONOCLE_GEOMETRY_BOX);

  switch (monocle_shape_get_kind (self->shape))
    {
    case MONOCLE_SHAPE_QUAD:
      return MONOCLE_GEOMETRY_QUAD;
    case MONOCLE_SHAPE_RINGS:
      return MONOCLE_GEOMETRY_OUTLINES;
    case MONOCLE_SHAPE_MASK:
      return MONOCLE_GEOMETRY_MASK;
    case MONOCLE_SHAPE_POINTS:
      return MONOCLE_GEOMETRY_POINTS;
    case MONOCLE_SHAPE_LINE:
      return MONOCLE_GEOMETRY_LINE;
    case MONOCLE_SHAPE_BOX:
    default:
      return MONOCLE_GEOMETRY_BOX;
    }
}

void
monocle_object_get_bounds (
    const MonocleObject *self, double *left, double *top, double *right, double *bottom)
{
  MonocleRect bounds;

  g_return_if_fail (self);

  bounds = monocle_shape_get_bounds (self->shape);
  if (left)
    *left = bounds.x;
  if (top)
    *top = bounds.y;
  if (right)
    *right = bounds.x + bounds.width;
  if (bottom)
    *bottom = bounds.y + bounds.height;
}

double
monocle_object_get_area (const MonocleObject *self)
{
  g_return_val_if_fail (self, 0);

  return monocle_shape_get_area (self->shape);
}

const double *
monocle_object_get_points (const MonocleObject *self, gsize *n_numbers)
{
  const double *points;
  guint n_points;

  g_return_val_if_fail (self && n_numbers, NULL);

  points = monocle_shape_get_points (self->shape, &n_points);
  *n_numbers = 2 * (gsize) n_points;
  return points;
}

guint
monocle_object_get_n_outlines (const MonocleObject *self)
{
  guint n_rings;

  g_return_val_if_fail (self, 0);

  monocle_shape_get_rings (self->shape, &n_rings);
  return n_rings;
}

const double *
monocle_object_get_outline (const MonocleObject *self,
                            guint index,
                            gboolean *is_hole,
                            gsize *n_numbers)
{
  const MonocleRing *rings;
  guint n_rings;

  g_return_val_if_fail (self && n_numbers, NULL);

  *n_numbers = 0;
  rings = monocle_shape_get_rings (self->shape, &n_rings);
  g_return_val_if_fail (index < n_rings, NULL);
  if (is_hole)
    *is_hole = rings[index].role == MONOCLE_RING_HOLE;
  *n_numbers = 2 * (gsize) rings[index].n_points;
  return rings[index].points;
}

GBytes *
monocle_object_dup_mask (const MonocleObject *self, guint width, guint height)
{
  g_autoptr (MonocleMaskRuns) mask = NULL;
  guint8 *pixels;
  gsize size = (gsize) width * height;

  g_return_val_if_fail (self, NULL);

  if (width == 0 || height == 0 || size > MONOCLE_MASK_MAX_PIXELS)
    return NULL;
  pixels = g_try_malloc0 (size);
  if (!pixels)
    return NULL;
  mask = monocle_shape_to_mask (self->shape, width, height);
  monocle_mask_runs_to_pixels (mask, pixels, width);
  return g_bytes_new_take (pixels, size);
}

/* --- ranks --- */

MonocleRank *
monocle_rank_copy (const MonocleRank *self)
{
  MonocleRank *copy;

  g_return_val_if_fail (self, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->label = g_strdup (self->label);
  return copy;
}

void
monocle_rank_free (MonocleRank *self)
{
  if (!self)
    return;
  g_free (self->label);
  g_free (self);
}

const char *
monocle_rank_get_label (const MonocleRank *self)
{
  g_return_val_if_fail (self, NULL);

  return self->label;
}

double
monocle_rank_get_score (const MonocleRank *self)
{
  g_return_val_if_fail (self, 0);

  return self->score;
}

double
monocle_rank_get_probability (const MonocleRank *self)
{
  g_return_val_if_fail (self, 0);

  return self->probability;
}

/* --- of a result --- */

GPtrArray *
monocle_result_list_objects (const MonocleResult *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_object_free);

  for (guint i = 0; i < monocle_result_get_n_objects (self); i++)
    g_ptr_array_add (list, monocle_object_copy (monocle_result_get_object (self, i)));
  return list;
}

GPtrArray *
monocle_result_list_ranks (const MonocleResult *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_rank_free);

  for (guint i = 0; i < monocle_result_get_n_parts (self); i++)
    {
      const MonoclePart *part = monocle_result_get_part (self, i);
      const MonocleRank rank = { .label = (char *) part->rank,
                                 .score = (double) part->score,
                                 .probability = (double) part->probability };

      if (part->kind == MONOCLE_PART_RANK)
        g_ptr_array_add (list, monocle_rank_copy (&rank));
    }
  return list;
}

GPtrArray *
monocle_result_list_pictures (const MonocleResult *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < monocle_result_get_n_parts (self); i++)
    {
      const MonoclePart *part = monocle_result_get_part (self, i);

      if (part->kind == MONOCLE_PART_PICTURE)
        g_ptr_array_add (list,
                         monocle_library_picture_new (monocle_image_ref (part->picture), NULL));
    }
  return list;
}

const float *
monocle_result_get_vector (const MonocleResult *self, gsize *n_dims)
{
  g_return_val_if_fail (self && n_dims, NULL);

  *n_dims = 0;
  for (guint i = 0; i < monocle_result_get_n_parts (self); i++)
    {
      const MonoclePart *part = monocle_result_get_part (self, i);

      if (part->kind == MONOCLE_PART_VECTOR)
        {
          *n_dims = part->vector.n;
          return part->vector.values;
        }
    }
  return NULL;
}
