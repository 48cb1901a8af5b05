/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What train prints.
 */
#pragma once

#include "app/train/training.h"

G_BEGIN_DECLS

/* What there is to learn, by task and name; what is left out; on standard output. */
void monocle_cli_train_print_set (const MonocleTrainSet *set, gboolean json);
void monocle_cli_train_print_estimate (const MonocleTrainEstimate *estimate, gboolean json);
/* A line a round, or an object a step. @json: (type gboolean) */
void monocle_cli_train_print_update (const MonocleTrainUpdate *update, gpointer json);
void monocle_cli_train_print_outcome (const MonocleTrainOutcome *outcome,
                                      const char *out,
                                      gboolean json);
/* What could not be taught, on stderr. */
void monocle_cli_train_print_notes (const MonocleTrainSet *set);

G_END_DECLS
