/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models page: those that are here, those that can be had, and what is coming; adding others by
 * repository, folder or file; who is asked for them. What is under way goes on when it is closed.
 */
#pragma once

#include <adwaita.h>

#include "ui/application.h"
#include "ui/dialogs.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_MODELS_PAGE (monocle_models_page_get_type ())
#if MONOCLE_HAS_ADW_DIALOG
G_DECLARE_FINAL_TYPE (
    MonocleModelsPage, monocle_models_page, MONOCLE, MODELS_PAGE, AdwPreferencesDialog)
#else
G_DECLARE_FINAL_TYPE (
    MonocleModelsPage, monocle_models_page, MONOCLE, MODELS_PAGE, AdwPreferencesWindow)
#endif

/* To be shown with monocle_dialogs_present(). */
GtkWidget *monocle_models_page_new (MonocleApplication *application);

G_END_DECLS
