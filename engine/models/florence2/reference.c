/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers with the keys and numbers of the reference's processor, so that scripts written for it go
 * on working.
 */
#include "config.h"

#include "engine/models/florence2/tasks.h"

static void
add_pixels (JsonBuilder *builder, const double *pixels, guint n)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_int_value (builder, monocle_coords_truncate ((float) pixels[i]));
  json_builder_end_array (builder);
}

static void
add_shape (JsonBuilder *builder, const MonocleShape *shape)
{
  const MonocleBox box = monocle_shape_get_box (shape);
  guint n_rings;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);

  if (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_BOX)
    {
      add_pixels (
          builder,
          (const double[]){ (double) box.x1, (double) box.y1, (double) box.x2, (double) box.y2 },
          4);
      return;
    }
  if (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_QUAD)
    {
      add_pixels (builder, rings[0].points, 8);
      return;
    }
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_rings; i++)
    add_pixels (builder, rings[i].points, 2 * rings[i].n_points);
  json_builder_end_array (builder);
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
      add_shape (builder, monocle_result_get_object (result, i)->shape);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, labels_key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (has_kind (result, i, kind))
      json_builder_add_string_value (builder, monocle_result_get_object (result, i)->label);
  json_builder_end_array (builder);
}

/* A builder has no root that is a string. */
static JsonNode *
new_text (const char *text)
{
  JsonNode *node = json_node_alloc ();

  return text ? json_node_init_string (node, text) : json_node_init_null (node);
}

static void
add_answer (JsonBuilder *builder, MonocleGrammarKind answer, const MonocleResult *result)
{
  json_builder_begin_object (builder);
  switch (answer)
    {
    case MONOCLE_GRAMMAR_BOXES:
    case MONOCLE_GRAMMAR_PROPOSALS:
    case MONOCLE_GRAMMAR_PHRASES:
      add_lists (builder, result, MONOCLE_SHAPE_BOX, "bboxes", "labels");
      break;
    case MONOCLE_GRAMMAR_POLYGONS:
      add_lists (builder, result, MONOCLE_SHAPE_RINGS, "polygons", "labels");
      break;
    case MONOCLE_GRAMMAR_BOXES_OR_POLYGONS:
      add_lists (builder, result, MONOCLE_SHAPE_BOX, "bboxes", "bboxes_labels");
      add_lists (builder, result, MONOCLE_SHAPE_RINGS, "polygons", "polygons_labels");
      break;
    case MONOCLE_GRAMMAR_QUADS:
      add_lists (builder, result, MONOCLE_SHAPE_QUAD, "quad_boxes", "labels");
      break;
    case MONOCLE_GRAMMAR_TEXT:
    default:
      g_assert_not_reached ();
    }
  json_builder_end_object (builder);
}

JsonNode *
monocle_florence2_write_reference (const MonocleTask *task, const MonocleResult *result)
{
  const MonocleGrammarKind answer = monocle_florence2_task_get_grammar (task);
  g_autoptr (JsonBuilder) builder = NULL;

  if (answer == MONOCLE_GRAMMAR_TEXT)
    return new_text (monocle_result_get_text (result));
  builder = json_builder_new ();
  add_answer (builder, answer, result);
  return json_builder_get_root (builder);
}
