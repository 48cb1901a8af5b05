/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What exports remember: the folder, form and quality of the last one.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/export.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): the application's; %NULL where its schema is not installed */
GSettings *monocle_export_settings_get (void);

/* Shows the folder of the last export in @chooser. */
void monocle_export_settings_apply_folder (GtkFileChooser *chooser);
/* Remembers the folder of @file, or @file itself. */
void monocle_export_settings_remember_folder (GFile *file, gboolean is_folder);

/* (transfer none): form of a picture that the name of @file says; PNG when it says none */
const MonocleExportFormat *monocle_export_settings_guess_picture (GFile *file);

G_END_DECLS
