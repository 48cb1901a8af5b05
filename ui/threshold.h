/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lowest score of objects that are shown, the same in all windows: what the person chose, which
 * the settings keep; until then what the model says is worth showing.
 *
 * Property: value (double 0..1, notified). Setting another value is a choice.
 */
#pragma once

#include "app/runner/runner.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_THRESHOLD (monocle_threshold_get_type ())
G_DECLARE_FINAL_TYPE (MonocleThreshold, monocle_threshold, MONOCLE, THRESHOLD, GObject)

MonocleThreshold *monocle_threshold_new (GSettings *settings, MonocleRunner *runner);

/**
 * monocle_threshold_bind:
 * @object: has the property
 * @property: a double, which has the value from now on, and whose changes are choices
 */
void monocle_threshold_bind (MonocleThreshold *self, gpointer object, const char *property);

G_END_DECLS
