/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What COCO's files are made of, for all that reads or writes them: the exchange of annotations,
 * and eval.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleCocoObject:
 * @category: its category's id
 * @box: x, y, width, height
 * @outline: (nullable): what it covers
 * @has_area: whether the file says @area
 * @area: in pixels
 * @score: NaN where there is none
 * @is_crowd: several at once
 */
typedef struct
{
  gint64 category;
  double box[4];
  MonocleShape *outline;
  gboolean has_area;
  double area;
  double score;
  gboolean is_crowd;
} MonocleCocoObject;

void monocle_coco_object_clear (MonocleCocoObject *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCocoObject, monocle_coco_object_clear)

/**
 * monocle_coco_read_object:
 * @object: an annotation, or a line of results
 * @where: file and place
 * @self: (out): zeroed
 * @error: return location
 *
 * Whether there is such a category, nobody knows here.
 */
gboolean monocle_coco_read_object (JsonObject *object,
                                   const char *where,
                                   MonocleCocoObject *self,
                                   GError **error);

/**
 * monocle_coco_read_outline:
 * @node: "segmentation": polygons, or run lengths, compressed or not
 * @where: file and place
 * @outline: (out) (transfer full) (nullable): the shape; %NULL where there is nothing in it
 */
gboolean monocle_coco_read_outline (JsonNode *node,
                                    const char *where,
                                    MonocleShape **outline,
                                    GError **error);

/* "segmentation" as a value: polygons of outlines without holes, run lengths of a mask. */
void monocle_coco_append_outline (GString *text, const MonocleShape *shape);

/**
 * monocle_coco_append_result:
 * @box: (nullable): x, y, width, height
 * @shape: (nullable): as for monocle_coco_append_outline()
 *
 * A line of results, numbers to the last digit.
 */
void monocle_coco_append_result (GString *text,
                                 gint64 image,
                                 gint64 category,
                                 const double *box,
                                 const MonocleShape *shape,
                                 double score);

G_END_DECLS
