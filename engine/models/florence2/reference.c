/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers with the keys and numbers of the reference's processor, so that scripts written for it go
 * on working.
 */
#include "config.h"

#include "engine/models/florence2/tasks.h"

static void
add_pixels (JsonBuilder *builder, const float *pixels, guint n)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_int_value (builder, monocle_coords_truncate (pixels[i]));
  json_builder_end_array (builder);
}

static void
add_shape (JsonBuilder *builder, const MonocleObject *object)
{
  const MonocleBox *box = &object->box;

  switch (object->shape)
    {
    case MONOCLE_SHAPE_BOX:
      add_pixels (builder, (const float[]){ box->x1, box->y1, box->x2, box->y2 }, 4);
      break;
    case MONOCLE_SHAPE_QUAD:
      add_pixels (builder, object->quad, G_N_ELEMENTS (object->quad));
      break;
    case MONOCLE_SHAPE_POLYGONS:
      json_builder_begin_array (builder);
      for (guint i = 0; i < object->n_polygons; i++)
        add_pixels (builder, object->polygons[i].points, 2 * object->polygons[i].n_points);
      json_builder_end_array (builder);
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
      add_shape (builder, monocle_result_get_object (result, i));
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, labels_key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (monocle_result_get_object (result, i)->shape == shape)
      json_builder_add_string_value (builder, monocle_result_get_object (result, i)->label);
  json_builder_end_array (builder);
}

static void
add_answer (JsonBuilder *builder, const MonocleTask *task, const MonocleResult *result)
{
  MonocleAnswer answer = monocle_florence2_task_get_answer (task);

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
monocle_florence2_write_reference (const MonocleTask *task, const MonocleResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  add_answer (builder, task, result);
  return json_builder_get_root (builder);
}
