/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/spoken-names.h"

static gboolean
has_mnemonic (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget))
    return gtk_button_get_use_underline (GTK_BUTTON (widget));
  return GTK_IS_CHECK_BUTTON (widget)
         && gtk_check_button_get_use_underline (GTK_CHECK_BUTTON (widget));
}

void
monocle_spoken_names_clean (GtkWidget *root)
{
  if (has_mnemonic (root))
    gtk_accessible_reset_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child))
    monocle_spoken_names_clean (child);
}
