/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * POST /: a detector as CVAT calls one in Nuclio: a picture and a threshold in, shapes with names
 * out.
 */
#include "config.h"

#include <math.h>

#include "app/serve/apis.h"
#include "app/serve/standard.h"

#define REQUEST "request"

static gboolean
read_call (MonocleServeExchange *exchange, GError **error)
{
  g_autoptr (JsonObject) object = monocle_serve_exchange_parse (exchange, error);
  MonocleServeQuestion *asked = monocle_serve_exchange_add (exchange);
  const char *image;
  double threshold = exchange->min_score;

  exchange->is_strict = TRUE;
  if (!object
      || !monocle_json_get_string (object, REQUEST, "image", MONOCLE_JSON_REQUIRED, &image, error)
      || !monocle_json_get_double (object, REQUEST, "threshold", MONOCLE_JSON_OPTIONAL, &threshold,
                                   error)
      || !(asked->picture = monocle_serve_decode_picture (image, error)))
    return FALSE;
  exchange->min_score = isnan (threshold) ? threshold : CLAMP (threshold, 0, 1);
  return monocle_serve_standard_add (
      exchange, asked,
      (const MonocleTaskKind[]){ MONOCLE_TASK_FIND, MONOCLE_TASK_OUTLINE, MONOCLE_TASK_RANK }, 3,
      NULL, error);
}

static void
add_points (JsonBuilder *builder, const char *type, const double *points, guint n)
{
  json_builder_set_member_name (builder, "type");
  json_builder_add_string_value (builder, type);
  json_builder_set_member_name (builder, "points");
  json_builder_begin_array (builder);
  for (guint i = 0; i < 2 * n; i++)
    json_builder_add_double_value (builder, points[i]);
  json_builder_end_array (builder);
}

/* Each begins a shape of its own: CVAT has none of several rings, or with holes. */
static void
begin_shape (JsonBuilder *builder, const MonocleObject *object)
{
  g_autofree char *confidence = g_strdup_printf ("%.6f", (double) object->score);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "confidence");
  if (isnan (object->score))
    json_builder_add_string_value (builder, "1");
  else
    json_builder_add_string_value (builder, confidence);
  json_builder_set_member_name (builder, "label");
  json_builder_add_string_value (builder, object->label);
}

static void
add_object (JsonBuilder *builder, const MonocleObject *object)
{
  const MonocleBox box = monocle_shape_get_box (object->shape);
  const double corners[4] = { (double) box.x1, (double) box.y1, (double) box.x2, (double) box.y2 };
  MonocleShapeKind kind = monocle_shape_get_kind (object->shape);
  guint n_rings = 0, n_points;
  const double *points = monocle_shape_get_points (object->shape, &n_points);
  const MonocleRing *rings = NULL;

  if (kind == MONOCLE_SHAPE_RINGS || kind == MONOCLE_SHAPE_MASK)
    rings = monocle_shape_get_rings (object->shape, &n_rings);
  for (guint i = 0; i < n_rings; i++)
    if (rings[i].role == MONOCLE_RING_OUTER)
      {
        begin_shape (builder, object);
        add_points (builder, "polygon", rings[i].points, rings[i].n_points);
        json_builder_end_object (builder);
      }
  if (rings)
    return;
  begin_shape (builder, object);
  if (kind == MONOCLE_SHAPE_QUAD)
    add_points (builder, "polygon", points, n_points);
  else
    add_points (builder, "rectangle", corners, 2);
  json_builder_end_object (builder);
}

static JsonNode *
write_shapes (MonocleServeExchange *exchange)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const MonocleServeQuestion *asked = exchange->questions->pdata[0];

  json_builder_begin_array (builder);
  for (guint i = 0; i < asked->runs->len; i++)
    {
      g_autoptr (MonocleResult) result
          = monocle_serve_exchange_take_result (exchange, asked->runs->pdata[i], 0);

      for (guint k = 0; k < monocle_result_get_n_objects (result); k++)
        add_object (builder, monocle_result_get_object (result, k));
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}

const MonocleServeApi monocle_serve_nuclio = { "POST", "/", read_call, write_shapes };
