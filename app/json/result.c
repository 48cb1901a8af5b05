/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/result.h"

#include <math.h>

/* A bin centre is (2 bin + 1) * side / 2000: four decimals say it all, and single precision adds
 * noise. */
#define PIXEL_DECIMALS 1e4

/* As far as single precision goes. */
#define SCORE_DECIMALS 1e6

typedef enum
{
  NUMBERS_WHOLE,
  NUMBERS_EXACT,
} Numbers;

static void
add_pixels (JsonBuilder *builder, const double *pixels, guint n, Numbers numbers)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (numbers == NUMBERS_WHOLE)
      json_builder_add_int_value (builder, monocle_coords_truncate ((float) pixels[i]));
    else
      json_builder_add_double_value (builder, round (pixels[i] * PIXEL_DECIMALS) / PIXEL_DECIMALS);
  json_builder_end_array (builder);
}

static void
add_rings (JsonBuilder *builder, const MonocleShape *shape, MonocleRingRole role, Numbers numbers)
{
  guint n_rings;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);

  json_builder_begin_array (builder);
  for (guint i = 0; i < n_rings; i++)
    if (rings[i].role == role)
      add_pixels (builder, rings[i].points, 2 * rings[i].n_points, numbers);
  json_builder_end_array (builder);
}

/* As COCO has it. */
static void
add_mask (JsonBuilder *builder, const MonocleMaskRuns *mask)
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
add_shape (JsonBuilder *builder, const MonocleShape *shape, Numbers numbers)
{
  const MonocleBox box = monocle_shape_get_box (shape);
  guint n_points;
  const double *points = monocle_shape_get_points (shape, &n_points);

  switch (monocle_shape_get_kind (shape))
    {
    case MONOCLE_SHAPE_BOX:
      add_pixels (
          builder,
          (const double[]){ (double) box.x1, (double) box.y1, (double) box.x2, (double) box.y2 }, 4,
          numbers);
      break;
    case MONOCLE_SHAPE_RINGS:
      add_rings (builder, shape, MONOCLE_RING_OUTER, numbers);
      break;
    case MONOCLE_SHAPE_MASK:
      add_mask (builder, monocle_shape_get_mask (shape));
      break;
    case MONOCLE_SHAPE_QUAD:
    case MONOCLE_SHAPE_POINTS:
    default:
      add_pixels (builder, points, 2 * n_points, numbers);
    }
}

static gboolean
has_kind (const MonocleResult *result, guint index, MonocleShapeKind kind)
{
  return monocle_shape_get_kind (monocle_result_get_object (result, index)->shape) == kind;
}

/* Two lists side by side, of the objects of one shape. */
static void
add_lists (JsonBuilder *builder,
           const MonocleResult *result,
           MonocleShapeKind kind,
           const char *shapes_key,
           const char *labels_key)
{
  guint n = monocle_result_get_n_objects (result);

  json_builder_set_member_name (builder, shapes_key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (has_kind (result, i, kind))
      add_shape (builder, monocle_result_get_object (result, i)->shape, NUMBERS_WHOLE);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, labels_key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (has_kind (result, i, kind))
      json_builder_add_string_value (builder, monocle_result_get_object (result, i)->label);
  json_builder_end_array (builder);
}

static void
add_answer (JsonBuilder *builder, const MonocleResult *result)
{
  MonocleAnswer answer = monocle_result_get_answer (result);

  if (answer == MONOCLE_ANSWER_TEXT)
    {
      json_builder_add_string_value (builder, monocle_result_get_text (result));
      return;
    }

  json_builder_begin_object (builder);
  switch (answer)
    {
    case MONOCLE_ANSWER_BOXES:
    case MONOCLE_ANSWER_PROPOSALS:
    case MONOCLE_ANSWER_PHRASES:
      add_lists (builder, result, MONOCLE_SHAPE_BOX, "bboxes", "labels");
      break;
    case MONOCLE_ANSWER_POLYGONS:
      add_lists (builder, result, MONOCLE_SHAPE_RINGS, "polygons", "labels");
      break;
    case MONOCLE_ANSWER_BOXES_OR_POLYGONS:
      add_lists (builder, result, MONOCLE_SHAPE_BOX, "bboxes", "bboxes_labels");
      add_lists (builder, result, MONOCLE_SHAPE_RINGS, "polygons", "polygons_labels");
      break;
    case MONOCLE_ANSWER_QUADS:
      add_lists (builder, result, MONOCLE_SHAPE_QUAD, "quad_boxes", "labels");
      break;
    case MONOCLE_ANSWER_TEXT:
    default:
      g_assert_not_reached ();
    }
  json_builder_end_object (builder);
}

JsonNode *
monocle_result_json_result (const MonocleResult *result, const MonocleTask *task)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, task->tag[0] != '\0' ? task->tag : task->id);
  add_answer (builder, result);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static gboolean
has_holes (const MonocleShape *shape)
{
  guint n_rings;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);

  for (guint i = 0; i < n_rings && monocle_shape_get_kind (shape) == MONOCLE_SHAPE_RINGS; i++)
    if (rings[i].role == MONOCLE_RING_HOLE)
      return TRUE;
  return FALSE;
}

JsonNode *
monocle_result_json_objects (const MonocleResult *result)
{
  static const char *const keys[] = {
    [MONOCLE_SHAPE_BOX] = "box",
    [MONOCLE_SHAPE_QUAD] = "quad",
    [MONOCLE_SHAPE_RINGS] = "polygons",
    [MONOCLE_SHAPE_MASK] = "mask",
    [MONOCLE_SHAPE_POINTS] = "points",
  };
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, object->label);
      if (isfinite (object->score))
        {
          json_builder_set_member_name (builder, "score");
          json_builder_add_double_value (builder, round ((double) object->score * SCORE_DECIMALS)
                                                      / SCORE_DECIMALS);
        }
      json_builder_set_member_name (builder, keys[monocle_shape_get_kind (object->shape)]);
      add_shape (builder, object->shape, NUMBERS_EXACT);
      if (has_holes (object->shape))
        {
          json_builder_set_member_name (builder, "holes");
          add_rings (builder, object->shape, MONOCLE_RING_HOLE, NUMBERS_EXACT);
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}
