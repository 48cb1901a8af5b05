/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Results as JSON: once with the keys and numbers of the reference's processor, so that scripts
 * written for it go on working, and once in a common form for all tasks.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_result_json_result:
 * @result: a result
 * @task: the task that was asked
 *
 * What the reference of the model's family returns: an object whose one member is named by the
 * task's tag, or by its id where it has none. Its value is as the family writes it; null where it
 * has no reference.
 *
 * Returns: (transfer full): an object
 */
JsonNode *monocle_result_json_result (const MonocleResult *result, const MonocleTask *task);

/**
 * monocle_result_json_objects:
 * @result: a result
 *
 * One form for all tasks: `[{"label", "score", "box": [x1, y1, x2, y2], "polygons": [[x, y, ...]],
 * "holes": [[x, y, ...]], "quad": [8 numbers], "mask": {"size": [height, width], "counts"},
 * "points": [x, y, ...]}]`; what an object does not have is left out. Pieces of a page have an
 * `"order"`, from 1, and a `"text"` as Markdown.
 *
 * Units: pixels of the upright image, to a ten-thousandth, which all bin centres are multiples of.
 *
 * Returns: (transfer full): an array, empty for a task that answers in text
 */
JsonNode *monocle_result_json_objects (const MonocleResult *result);

/* The same as the person has it: with `"attributes": {NAME: words or a number}` where there are
 * any. (nullable) */
void monocle_result_json_add_own (JsonBuilder *builder,
                                  const MonocleObject *object,
                                  GVariant *attributes);

/* Adds the value `{"size": [height, width], "counts"}`, as COCO has it. */
void monocle_result_json_add_mask (JsonBuilder *builder, const MonocleMaskRuns *mask);

/**
 * monocle_result_json_ranks:
 * @result: a result
 *
 * The score is in the model's own terms; a probability is there only where it means one.
 *
 * Returns: (transfer full): an array `[{"label", "score", "probability"}]`, the likeliest first;
 *   empty where nothing was ranked
 */
JsonNode *monocle_result_json_ranks (const MonocleResult *result);

G_END_DECLS
