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
add_pixels (JsonBuilder *builder, const float *pixels, guint n, Numbers numbers)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (numbers == NUMBERS_WHOLE)
      json_builder_add_int_value (builder, monocle_coords_truncate (pixels[i]));
    else
      json_builder_add_double_value (builder,
                                     round ((double) pixels[i] * PIXEL_DECIMALS) / PIXEL_DECIMALS);
  json_builder_end_array (builder);
}

static void
add_box (JsonBuilder *builder, const MonocleBox *box, Numbers numbers)
{
  add_pixels (builder, (const float[]){ box->x1, box->y1, box->x2, box->y2 }, 4, numbers);
}

static void
add_polygons (JsonBuilder *builder, const MonocleObject *object, Numbers numbers)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < object->n_polygons; i++)
    add_pixels (builder, object->polygons[i].points, 2 * object->polygons[i].n_points, numbers);
  json_builder_end_array (builder);
}

static void
add_shape (JsonBuilder *builder, const MonocleObject *object, Numbers numbers)
{
  switch (object->shape)
    {
    case MONOCLE_SHAPE_BOX:
      add_box (builder, &object->box, numbers);
      break;
    case MONOCLE_SHAPE_QUAD:
      add_pixels (builder, object->quad, G_N_ELEMENTS (object->quad), numbers);
      break;
    case MONOCLE_SHAPE_POLYGONS:
      add_polygons (builder, object, numbers);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Two lists side by side, of the objects of one shape. */
static void
add_lists (JsonBuilder *builder,
           const MonocleResult *result,
           MonocleShape shape,
           const char *shapes_key,
           const char *labels_key)
{
  guint n = monocle_result_get_n_objects (result);

  json_builder_set_member_name (builder, shapes_key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (monocle_result_get_object (result, i)->shape == shape)
      add_shape (builder, monocle_result_get_object (result, i), NUMBERS_WHOLE);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, labels_key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (monocle_result_get_object (result, i)->shape == shape)
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
      add_lists (builder, result, MONOCLE_SHAPE_POLYGONS, "polygons", "labels");
      break;
    case MONOCLE_ANSWER_BOXES_OR_POLYGONS:
      add_lists (builder, result, MONOCLE_SHAPE_BOX, "bboxes", "bboxes_labels");
      add_lists (builder, result, MONOCLE_SHAPE_POLYGONS, "polygons", "polygons_labels");
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
      add_shape (builder, object, NUMBERS_EXACT);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}
