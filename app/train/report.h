/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of a training, on one page with pictures; the same for programs, and what whoever gets
 * the adapter should know.
 */
#pragma once

#include "app/train/training.h"

G_BEGIN_DECLS

/* report.html, report.json and README.md into @folder. */
gboolean monocle_train_report_write (const MonocleTrainOutcome *outcome,
                                     const MonocleTrainJob *job,
                                     const char *folder,
                                     GError **error);

/**
 * monocle_train_report_read:
 * @folder: that it was written to
 * @tasks: (element-type MonocleTask): of the model; those of the questions are found there
 *
 * What the report for programs says: figures, curve and questions, as far as people are shown them.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 *
 * Returns: (transfer full) (nullable)
 */
MonocleTrainOutcome *
monocle_train_report_read (const char *folder, const GPtrArray *tasks, GError **error);

/* Members of an object: verdict, figures, curve, settings. */
void monocle_train_report_add_json (const MonocleTrainOutcome *outcome, JsonBuilder *builder);

G_END_DECLS
