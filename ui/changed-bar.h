/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Says that a picture is another one than when the person worked on it, and offers to go on with
 * that work. Hidden otherwise.
 */
#pragma once

#include <adwaita.h>

#include "app/document/document.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_CHANGED_BAR (monocle_changed_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleChangedBar, monocle_changed_bar, MONOCLE, CHANGED_BAR, AdwBin)

/* @document: (nullable): the one that is shown */
void monocle_changed_bar_set_document (MonocleChangedBar *self, MonocleDocument *document);

G_END_DECLS
