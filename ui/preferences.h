/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preferences: model, device, precision, beams; how answers are drawn. Everything applies at
 * once.
 */
#pragma once

#include <adwaita.h>

#include "ui/application.h"
#include "ui/dialogs.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_PREFERENCES (monocle_preferences_get_type ())
#if MONOCLE_HAS_ADW_DIALOG
#define MONOCLE_TYPE_PREFERENCES_PARENT ADW_TYPE_PREFERENCES_DIALOG
typedef AdwPreferencesDialog MonoclePreferencesParent;
G_DECLARE_FINAL_TYPE (
    MonoclePreferences, monocle_preferences, MONOCLE, PREFERENCES, AdwPreferencesDialog)
#else
#define MONOCLE_TYPE_PREFERENCES_PARENT ADW_TYPE_PREFERENCES_WINDOW
typedef AdwPreferencesWindow MonoclePreferencesParent;
G_DECLARE_FINAL_TYPE (
    MonoclePreferences, monocle_preferences, MONOCLE, PREFERENCES, AdwPreferencesWindow)
#endif

/* To be shown with monocle_dialogs_present(). */
GtkWidget *monocle_preferences_new (MonocleApplication *application);

G_END_DECLS
