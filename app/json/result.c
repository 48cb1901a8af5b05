/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/result.h"

#include <math.h>

/* A bin centre is (2 bin + 1) * side / 2000: four decimals say it all, and single precision adds
 * noise. */
#define PIXEL_DECIMALS 1e4

/* As far as single precision goes. */
#define SCORE_DECIMALS 1e6

static void
add_pixels (JsonBuilder *builder, const float *pixels, guint n)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_double_value (builder,
                                   round ((double) pixels[i] * PIXEL_DECIMALS) / PIXEL_DECIMALS);
  json_builder_end_array (builder);
}

static void
add_box (JsonBuilder *builder, const MonocleBox *box)
{
  add_pixels (builder, (const float[]){ box->x1, box->y1, box->x2, box->y2 }, 4);
}

static void
add_polygons (JsonBuilder *builder, const MonocleObject *object)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < object->n_polygons; i++)
    add_pixels (builder, object->polygons[i].points, 2 * object->polygons[i].n_points);
  json_builder_end_array (builder);
}

static void
add_shape (JsonBuilder *builder, const MonocleObject *object)
{
  switch (object->shape)
    {
    case MONOCLE_SHAPE_BOX:
      add_box (builder, &object->box);
      break;
    case MONOCLE_SHAPE_QUAD:
      add_pixels (builder, object->quad, G_N_ELEMENTS (object->quad));
      break;
    case MONOCLE_SHAPE_POLYGONS:
      add_polygons (builder, object);
      break;
    default:
      g_assert_not_reached ();
    }
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

JsonNode *
monocle_result_json_objects (const MonocleResult *result)
{
  static const char *const keys[] = {
    [MONOCLE_SHAPE_BOX] = "box",
    [MONOCLE_SHAPE_QUAD] = "quad",
    [MONOCLE_SHAPE_POLYGONS] = "polygons",
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
      json_builder_set_member_name (builder, keys[object->shape]);
      add_shape (builder, object);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}
