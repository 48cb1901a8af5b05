/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/result.h"

#include <math.h>

#include "app/json/shape.h"

/* A bin centre is (2 bin + 1) * side / 2000: four decimals say it all, and single precision adds
 * noise. */
#define PIXEL_DECIMALS 1e4

/* As far as single precision goes. */
#define SCORE_DECIMALS 1e6

static void
add_pixels (JsonBuilder *builder, const double *pixels, guint n)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_double_value (builder, round (pixels[i] * PIXEL_DECIMALS) / PIXEL_DECIMALS);
  json_builder_end_array (builder);
}

static void
add_rings (JsonBuilder *builder, const MonocleShape *shape, MonocleRingRole role)
{
  guint n_rings;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);

  json_builder_begin_array (builder);
  for (guint i = 0; i < n_rings; i++)
    if (rings[i].role == role)
      add_pixels (builder, rings[i].points, 2 * rings[i].n_points);
  json_builder_end_array (builder);
}

void
monocle_result_json_add_mask (JsonBuilder *builder, const MonocleMaskRuns *mask)
{
  g_autofree char *counts = monocle_mask_runs_to_string (mask);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "size");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, mask->height);
  json_builder_add_int_value (builder, mask->width);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "counts");
  json_builder_add_string_value (builder, counts);
  json_builder_end_object (builder);
}

static void
add_shape (JsonBuilder *builder, const MonocleShape *shape)
{
  const MonocleBox box = monocle_shape_get_box (shape);
  guint n_points;
  const double *points = monocle_shape_get_points (shape, &n_points);

  switch (monocle_shape_get_kind (shape))
    {
    case MONOCLE_SHAPE_BOX:
      add_pixels (
          builder,
          (const double[]){ (double) box.x1, (double) box.y1, (double) box.x2, (double) box.y2 },
          4);
      break;
    case MONOCLE_SHAPE_RINGS:
      add_rings (builder, shape, MONOCLE_RING_OUTER);
      break;
    case MONOCLE_SHAPE_MASK:
      monocle_result_json_add_mask (builder, monocle_shape_get_mask (shape));
      break;
    case MONOCLE_SHAPE_QUAD:
    case MONOCLE_SHAPE_POINTS:
    case MONOCLE_SHAPE_LINE:
    default:
      add_pixels (builder, points, 2 * n_points);
    }
}

static void
add_chance (JsonBuilder *builder, const char *name, float score)
{
  if (!isfinite (score))
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, round ((double) score * SCORE_DECIMALS) / SCORE_DECIMALS);
}

JsonNode *
monocle_result_json_result (const MonocleResult *result, const MonocleTask *task)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, *task->tag ? task->tag : task->id);
  if (task->write_reference)
    json_builder_add_value (builder, task->write_reference (task, result));
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static gboolean
has_holes (const MonocleShape *shape)
{
  guint n_rings;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);

  for (guint i = 0; i < n_rings; i++)
    if (rings[i].role == MONOCLE_RING_HOLE)
      return TRUE;
  return FALSE;
}

static void
add_attributes (JsonBuilder *builder, GVariant *attributes)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  json_builder_set_member_name (builder, "attributes");
  json_builder_begin_object (builder);
  g_variant_iter_init (&iter, attributes);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      json_builder_set_member_name (builder, name);
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
        json_builder_add_double_value (builder, g_variant_get_double (value));
      else
        json_builder_add_string_value (builder, g_variant_get_string (value, NULL));
    }
  json_builder_end_object (builder);
}

/* @order: of a piece of a page, from 1; 0: of anything else */
static void
add_object (JsonBuilder *builder, const MonocleObject *object, GVariant *attributes, guint order)
{
  json_builder_begin_object (builder);
  if (order > 0)
    {
      json_builder_set_member_name (builder, "order");
      json_builder_add_int_value (builder, order);
    }
  json_builder_set_member_name (builder, "label");
  json_builder_add_string_value (builder, object->label);
  add_chance (builder, "score", object->score);
  json_builder_set_member_name (builder,
                                monocle_shape_json_keys[monocle_shape_get_kind (object->shape)]);
  add_shape (builder, object->shape);
  /* Whoever reads no run lengths has the outlines of the same pixels. */
  if (monocle_shape_get_kind (object->shape) == MONOCLE_SHAPE_MASK)
    {
      json_builder_set_member_name (builder, monocle_shape_json_keys[MONOCLE_SHAPE_RINGS]);
      add_rings (builder, object->shape, MONOCLE_RING_OUTER);
    }
  if (has_holes (object->shape))
    {
      json_builder_set_member_name (builder, MONOCLE_SHAPE_JSON_HOLES);
      add_rings (builder, object->shape, MONOCLE_RING_HOLE);
    }
  if (object->text)
    {
      json_builder_set_member_name (builder, "text");
      json_builder_add_string_value (builder, object->text);
    }
  if (attributes)
    add_attributes (builder, attributes);
  json_builder_end_object (builder);
}

void
monocle_result_json_add_own (JsonBuilder *builder,
                             const MonocleObject *object,
                             GVariant *attributes)
{
  add_object (builder, object, attributes, 0);
}

JsonNode *
monocle_result_json_objects (const MonocleResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);

      add_object (builder, object, NULL, object->text ? i + 1 : 0);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}

JsonNode *
monocle_result_json_ranks (const MonocleResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);

      if (part->kind != MONOCLE_PART_RANK)
        continue;
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, part->rank);
      add_chance (builder, "score", part->score);
      add_chance (builder, "probability", part->probability);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}
