/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The button in the header that always says which model answers, and on which device; a click
 * changes either. A software device wears a tag that says so; loading shows as a progress bar.
 */
#pragma once

#include <adwaita.h>

#include "app/runner/runner.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_MODEL_BUTTON (monocle_model_button_get_type ())
G_DECLARE_FINAL_TYPE (MonocleModelButton, monocle_model_button, MONOCLE, MODEL_BUTTON, AdwBin)

/* What is chosen goes into the keys `model`, `device` and `precision` of @settings. Once. */
void monocle_model_button_set_runner (MonocleModelButton *self,
                                      MonocleRunner *runner,
                                      GSettings *settings);
/* An icon or the tag only: for narrow windows. */
void monocle_model_button_set_compact (MonocleModelButton *self, gboolean compact);

G_END_DECLS
