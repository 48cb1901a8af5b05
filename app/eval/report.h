/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The figures of a set as a table for people and as JSON for programs.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "app/eval/score.h"

G_BEGIN_DECLS

/**
 * MonocleEvalEnd:
 * @MONOCLE_EVAL_COMPLETE: all was asked
 * @MONOCLE_EVAL_STOPPED: the figures are those of a part
 */
typedef enum
{
  MONOCLE_EVAL_COMPLETE,
  MONOCLE_EVAL_STOPPED,
} MonocleEvalEnd;

/**
 * MonocleEvalReport:
 * @model: what ran
 * @set: name of the set
 * @num_beams: of the search
 * @end: whether all was asked
 * @n_images: that were asked about to their end
 * @n_failed: that could not be read or asked about
 * @image_ms: median time to prepare and encode an image
 * @total_ms: of everything, loading the model aside
 * @tallies: (element-type MonocleEvalTally): the figures
 */
typedef struct
{
  MonocleModel *model;
  const char *set;
  guint num_beams;
  MonocleEvalEnd end;
  guint n_images;
  guint n_failed;
  double image_ms;
  double total_ms;
  const GPtrArray *tallies;
} MonocleEvalReport;

/* (transfer full): lines, with a line break at the end. */
char *monocle_eval_report_make_text (const MonocleEvalReport *self);

/* Adds one object; its keys are listed in app/README.md. */
void monocle_eval_report_add_json (const MonocleEvalReport *self, JsonBuilder *builder);

G_END_DECLS
