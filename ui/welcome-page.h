/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a window shows while nothing is open: what this is, how to begin, samples to try and the
 * pictures that were opened last. Activates win.open and win.open-path (string).
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_WELCOME_PAGE (monocle_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (MonocleWelcomePage, monocle_welcome_page, MONOCLE, WELCOME_PAGE, GtkWidget)

GtkWidget *monocle_welcome_page_new (void);

G_END_DECLS
