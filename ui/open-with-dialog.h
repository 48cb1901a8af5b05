/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which other application opens a picture's file.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_OPEN_WITH_DIALOG (monocle_open_with_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleOpenWithDialog, monocle_open_with_dialog, MONOCLE, OPEN_WITH_DIALOG, AdwWindow)

/**
 * monocle_open_with_dialog_list:
 * @content_type: of a file
 *
 * Returns: (transfer full) (element-type GAppInfo): what opens such files, Monocle itself left out;
 *   first what was made for them. Empty in a sandbox, where the desktop asks.
 */
GPtrArray *monocle_open_with_dialog_list (const char *content_type);

/* @applications: (element-type GAppInfo): as monocle_open_with_dialog_list() gives them */
GtkWidget *monocle_open_with_dialog_new (GtkWindow *parent, GFile *file, GPtrArray *applications);

G_END_DECLS
