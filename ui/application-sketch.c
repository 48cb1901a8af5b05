/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures from words: a page of the application, which needs no picture.
 */
#include "config.h"

#include "ui/application-private.h"
#include "ui/sketch-page.h"

static GtkWidget *page; /* weak: there is one at most */

static void
show (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GtkWindow *parent = gtk_application_get_active_window (self);

  if (!page)
    g_set_weak_pointer (&page, monocle_sketch_page_new (parent, self));
  gtk_window_set_transient_for (GTK_WINDOW (page), parent);
  gtk_window_present (GTK_WINDOW (page));
}

void
monocle_application_add_sketch (MonocleApplication *self)
{
  static const GActionEntry actions[] = { { .name = "draw-picture", .activate = show } };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
