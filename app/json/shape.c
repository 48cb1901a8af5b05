/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/shape.h"

#include <math.h>

#include "app/json/result.h"

#define RINGS  "rings"
#define HOLE   "hole"
#define POINTS "points"

const char *const monocle_shape_json_keys[] = {
  [MONOCLE_SHAPE_BOX] = "box",        [MONOCLE_SHAPE_QUAD] = "quad",
  [MONOCLE_SHAPE_RINGS] = "polygons", [MONOCLE_SHAPE_MASK] = "mask",
  [MONOCLE_SHAPE_POINTS] = POINTS,    [MONOCLE_SHAPE_LINE] = "line",
};

/* --- Away --- */

static void
add_numbers (JsonBuilder *builder, const double *numbers, guint n)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_double_value (builder, numbers[i]);
  json_builder_end_array (builder);
}

static void
add_of_role (JsonBuilder *builder, const MonocleRing *rings, guint n, MonocleRingRole role)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (rings[i].role == role)
      add_numbers (builder, rings[i].points, 2 * rings[i].n_points);
  json_builder_end_array (builder);
}

static void
add_in_order (JsonBuilder *builder, const MonocleRing *rings, guint n)
{
  json_builder_set_member_name (builder, RINGS);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, HOLE);
      json_builder_add_boolean_value (builder, rings[i].role == MONOCLE_RING_HOLE);
      json_builder_set_member_name (builder, POINTS);
      add_numbers (builder, rings[i].points, 2 * rings[i].n_points);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_rings (JsonBuilder *builder, const MonocleShape *shape)
{
  guint n, n_holes = 0;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n);

  for (guint i = 0; i < n; i++)
    if (rings[i].role == MONOCLE_RING_HOLE)
      n_holes++;
    else if (n_holes > 0)
      {
        add_in_order (builder, rings, n);
        return;
      }
  json_builder_set_member_name (builder, monocle_shape_json_keys[MONOCLE_SHAPE_RINGS]);
  add_of_role (builder, rings, n, MONOCLE_RING_OUTER);
  if (n_holes == 0)
    return;
  json_builder_set_member_name (builder, MONOCLE_SHAPE_JSON_HOLES);
  add_of_role (builder, rings, n, MONOCLE_RING_HOLE);
}

static gboolean
is_finite (const double *numbers, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!isfinite (numbers[i]))
      return FALSE;
  return TRUE;
}

void
monocle_shape_json_add (JsonBuilder *builder, const MonocleShape *shape)
{
  const MonocleShapeKind kind = monocle_shape_get_kind (shape);
  guint n;
  const double *points = monocle_shape_get_points (shape, &n);

  if (kind != MONOCLE_SHAPE_MASK && !is_finite (points, 2 * n))
    {
      json_builder_set_member_name (builder, POINTS);
      add_numbers (builder, NULL, 0);
      return;
    }
  if (kind == MONOCLE_SHAPE_RINGS)
    {
      add_rings (builder, shape);
      return;
    }
  json_builder_set_member_name (builder, monocle_shape_json_keys[kind]);
  if (kind == MONOCLE_SHAPE_MASK)
    monocle_result_json_add_mask (builder, monocle_shape_get_mask (shape));
  else if (kind == MONOCLE_SHAPE_BOX)
    add_numbers (builder, (const double[]){ points[0], points[1], points[4], points[5] }, 4);
  else
    add_numbers (builder, points, 2 * n);
}

/* --- And back --- */

static gboolean
refuse (const char *where, const char *key, const char *what, GError **error)
{
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, "%s: \"%s\" %s", where,
               key, what);
  return FALSE;
}

/* Pairs of numbers, behind those that are there. */
static gboolean
read_points (JsonNode *node, const char *where, const char *key, GArray *points, GError **error)
{
  const guint before = points->len;

  if (!monocle_json_read_numbers (node, where, key, 0, points, error))
    return FALSE;
  if ((points->len - before) % 2 != 0)
    return refuse (where, key, "has an x without a y", error);
  if (points->len / 2 > MONOCLE_SHAPE_JSON_MAX_POINTS)
    return refuse (where, key, "has more than a million points", error);
  return TRUE;
}

static void
append_length (GArray *lengths, guint before, const GArray *points, gboolean is_hole)
{
  const MonocleRing ring
      = { NULL, (points->len - before) / 2, is_hole ? MONOCLE_RING_HOLE : MONOCLE_RING_OUTER };

  g_array_append_val (lengths, ring);
}

/* Rings of one role, behind those that are there. */
static gboolean
read_of_role (JsonObject *object,
              const char *where,
              const char *key,
              GArray *points,
              GArray *rings,
              GError **error)
{
  const gboolean is_hole = g_str_equal (key, MONOCLE_SHAPE_JSON_HOLES);
  JsonArray *list = NULL;

  if (!monocle_json_get_array (object, where, key,
                               is_hole ? MONOCLE_JSON_OPTIONAL : MONOCLE_JSON_REQUIRED, &list,
                               error))
    return FALSE;
  for (guint i = 0; list && i < json_array_get_length (list); i++)
    {
      const guint before = points->len;

      if (!read_points (json_array_get_element (list, i), where, key, points, error))
        return FALSE;
      append_length (rings, before, points, is_hole);
    }
  return TRUE;
}

static gboolean
read_in_order (JsonObject *object, const char *where, GArray *points, GArray *rings, GError **error)
{
  JsonArray *list = NULL;

  if (!monocle_json_get_array (object, where, RINGS, MONOCLE_JSON_REQUIRED, &list, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      JsonObject *ring = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const guint before = points->len;
      gboolean is_hole = FALSE;

      if (!ring || !json_object_has_member (ring, POINTS))
        return refuse (where, RINGS, "has something that is no ring", error);
      if (!monocle_json_get_bool (ring, where, HOLE, MONOCLE_JSON_OPTIONAL, &is_hole, error)
          || !read_points (json_object_get_member (ring, POINTS), where, RINGS, points, error))
        return FALSE;
      append_length (rings, before, points, is_hole);
    }
  return TRUE;
}

static MonocleShape *
read_rings (JsonObject *object, const char *where, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) rings = g_array_new (FALSE, FALSE, sizeof (MonocleRing));
  const double *at;

  if (json_object_has_member (object, RINGS)
          ? !read_in_order (object, where, points, rings, error)
          : !read_of_role (object, where, monocle_shape_json_keys[MONOCLE_SHAPE_RINGS], points,
                           rings, error)
                || !read_of_role (object, where, MONOCLE_SHAPE_JSON_HOLES, points, rings, error))
    return NULL;
  at = (const double *) (gpointer) points->data;
  for (guint i = 0; i < rings->len; i++)
    {
      MonocleRing *ring = &g_array_index (rings, MonocleRing, i);

      ring->points = at;
      at += 2 * ring->n_points;
    }
  return monocle_shape_new_rings ((const MonocleRing *) (gpointer) rings->data, rings->len);
}

static MonocleShape *
read_mask (JsonObject *object, const char *where, GError **error)
{
  const char *const key = monocle_shape_json_keys[MONOCLE_SHAPE_MASK];
  JsonObject *mask = NULL;
  g_autofree char *inside = g_strdup_printf ("%s: %s", where, key);
  g_autoptr (GArray) size = NULL;
  g_autoptr (MonocleMaskRuns) runs = NULL;
  const char *counts = NULL;
  gint64 height, width;

  if (!monocle_json_get_object (object, where, key, MONOCLE_JSON_REQUIRED, &mask, error)
      || !monocle_json_get_ints (mask, inside, "size", MONOCLE_JSON_REQUIRED, 1,
                                 MONOCLE_MASK_MAX_PIXELS, &size, error)
      || !monocle_json_get_string (mask, inside, "counts", MONOCLE_JSON_REQUIRED, &counts, error))
    return NULL;
  if (size->len != 2)
    {
      refuse (inside, "size", "is not height and width", error);
      return NULL;
    }
  height = g_array_index (size, gint64, 0);
  width = g_array_index (size, gint64, 1);
  if (height * width <= MONOCLE_MASK_MAX_PIXELS)
    runs = monocle_mask_runs_new_from_string (counts, (guint) width, (guint) height);
  if (!runs)
    {
      refuse (inside, "counts", "are no run lengths of that many pixels", error);
      return NULL;
    }
  return monocle_shape_new_mask (runs);
}

static MonocleShape *
read_corners (JsonObject *object, const char *where, MonocleShapeKind kind, GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  const char *const key = monocle_shape_json_keys[kind];
  const guint n = kind == MONOCLE_SHAPE_BOX ? 4 : kind == MONOCLE_SHAPE_QUAD ? 8 : 0;
  const double *values;

  if (n > 0 ? !monocle_json_read_numbers (json_object_get_member (object, key), where, key, n,
                                          numbers, error)
            : !read_points (json_object_get_member (object, key), where, key, numbers, error))
    return NULL;
  values = (const double *) (gpointer) numbers->data;
  if (kind == MONOCLE_SHAPE_BOX)
    return monocle_shape_new_edges (values);
  if (kind == MONOCLE_SHAPE_QUAD)
    return monocle_shape_new_quad (values);
  return kind == MONOCLE_SHAPE_LINE ? monocle_shape_new_line (values, numbers->len / 2)
                                    : monocle_shape_new_points (values, numbers->len / 2);
}

MonocleShape *
monocle_shape_json_read (JsonObject *object, const char *where, GError **error)
{
  static const MonocleShapeKind corners[]
      = { MONOCLE_SHAPE_BOX, MONOCLE_SHAPE_QUAD, MONOCLE_SHAPE_POINTS, MONOCLE_SHAPE_LINE };

  if (monocle_json_has (object, monocle_shape_json_keys[MONOCLE_SHAPE_MASK]))
    return read_mask (object, where, error);
  if (monocle_json_has (object, RINGS)
      || monocle_json_has (object, monocle_shape_json_keys[MONOCLE_SHAPE_RINGS]))
    return read_rings (object, where, error);
  for (guint i = 0; i < G_N_ELEMENTS (corners); i++)
    if (monocle_json_has (object, monocle_shape_json_keys[corners[i]]))
      return read_corners (object, where, corners[i], error);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
               "%s: it has no shape: neither box, quad, polygons, mask, line nor points", where);
  return NULL;
}
