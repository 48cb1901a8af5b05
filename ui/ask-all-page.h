/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far a question about many pictures is: progress, pause and stop, answers as they come and
 * what could not be asked about, each a row that leads to its picture. A window that lets others
 * work meanwhile.
 */
#pragma once

#include <adwaita.h>

#include "app/batch/ask-all.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_ASK_ALL_PAGE (monocle_ask_all_page_get_type ())
G_DECLARE_FINAL_TYPE (MonocleAskAllPage, monocle_ask_all_page, MONOCLE, ASK_ALL_PAGE, AdwWindow)

/* @parent: (nullable) */
GtkWidget *monocle_ask_all_page_new (GtkWindow *parent, MonocleAskAll *all);

G_END_DECLS
