/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preferences: model, device, precision, beams; how answers are drawn. Everything applies at
 * once.
 */
#pragma once

#include <adwaita.h>

#include "ui/application.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_PREFERENCES (monocle_preferences_get_type ())
G_DECLARE_FINAL_TYPE (
    MonoclePreferences, monocle_preferences, MONOCLE, PREFERENCES, AdwPreferencesWindow)

/* @parent: (nullable) */
GtkWidget *monocle_preferences_new (GtkWindow *parent, MonocleApplication *application);

G_END_DECLS
