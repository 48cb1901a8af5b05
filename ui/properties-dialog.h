/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of a picture's file: name, folder, size, form, times. Activates win.show-in-folder.
 */
#pragma once

#include <adwaita.h>

#include "app/document/document.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_PROPERTIES_DIALOG (monocle_properties_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    MonoclePropertiesDialog, monocle_properties_dialog, MONOCLE, PROPERTIES_DIALOG, AdwWindow)

/* @document: (nullable): of @file, where it could be read */
GtkWidget *
monocle_properties_dialog_new (GtkWindow *parent, GFile *file, MonocleDocument *document);

G_END_DECLS
