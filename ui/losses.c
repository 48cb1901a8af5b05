/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/losses.h"

#include <glib/gi18n.h>

void
monocle_losses_show (GtkLabel *label, const MonocleNotes *notes, gboolean has_counts)
{
  const guint n = notes ? monocle_notes_get_n (notes) : 0;
  g_autoptr (GString) text = g_string_new (_ ("In this format:"));

  gtk_widget_set_visible (GTK_WIDGET (label), n > 0);
  for (guint i = 0; i < n; i++)
    {
      guint64 count;
      const char *note = monocle_notes_get (notes, i, &count);

      if (has_counts)
        /* Translators: what is lost, and how often: “scores are left out (12)” */
        g_string_append_printf (text, _ ("\n• %s (%u)"), note, (guint) MIN (count, G_MAXUINT));
      else
        g_string_append_printf (text, "\n• %s", note);
    }
  gtk_label_set_label (label, n > 0 ? text->str : "");
}
