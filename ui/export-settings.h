/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What exports remember: the folder, form and quality of the last one.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/export/export.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): the application's; %NULL where its schema is not installed */
GSettings *monocle_export_settings_get (void);

/* Shows the folder of the last export in @chooser. */
void monocle_export_settings_apply_folder (GtkFileChooser *chooser);
/* Remembers the folder of @file, or @file itself. */
void monocle_export_settings_remember_folder (GFile *file, gboolean is_folder);

/**
 * monocle_export_settings_complete:
 * @chosen: what a person chose to write to
 * @format: (inout): the form that was asked for; a name that ends like another form of the same
 *   content asks for that one
 *
 * Returns: (transfer full): @chosen; where its name does not say the form, one that does. Nobody
 *   was asked about a file of that name, so it is none that is there.
 */
GFile *monocle_export_settings_complete (GFile *chosen, const MonocleExportFormat **format);

/* (transfer full): "@stem@ending" in @folder, with a number between them where that is there */
GFile *monocle_export_settings_find_free (GFile *folder, const char *stem, const char *ending);

G_END_DECLS
