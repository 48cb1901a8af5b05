/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/talk-chips.h"

#include <glib/gi18n.h>

#define NAME_CHARACTERS 16

struct _MonocleTalkChips
{
  AdwBin parent_instance;

  GtkFlowBox *box;
};

enum
{
  REMOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleTalkChips, monocle_talk_chips, ADW_TYPE_BIN)

static void
on_clicked (GtkButton *button, MonocleTalkChips *self)
{
  g_autoptr (MonocleAnnotation) region
      = g_object_ref (g_object_get_data (G_OBJECT (button), "region"));

  g_signal_emit (self, signals[REMOVED], 0, region);
}

static GtkWidget *
create_chip (MonocleTalkChips *self, MonocleAnnotation *region)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  const char *label = monocle_annotation_get_label (region);
  const guint number = monocle_annotation_get_number (region);
  /* Translators: one that the person drew, by its number */
  g_autofree char *name = *label ? g_strdup_printf ("%u %s", number, label)
                                 : g_strdup_printf (_ ("Region %u"), number);
  g_autofree char *tooltip = g_strdup_printf (_ ("Do Not Show %s"), name);
  GtkWidget *words = gtk_label_new (name);

  gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (words), NAME_CHARACTERS);
  gtk_widget_set_margin_start (words, 9);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "region", g_object_ref (region), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_clicked), self, 0);
  gtk_widget_add_css_class (box, "talk-chip");
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

void
monocle_talk_chips_set (MonocleTalkChips *self, GPtrArray *regions)
{
  GtkFlowBoxChild *child;

  g_return_if_fail (MONOCLE_IS_TALK_CHIPS (self));

  while ((child = gtk_flow_box_get_child_at_index (self->box, 0)))
    gtk_flow_box_remove (self->box, GTK_WIDGET (child));
  for (guint i = 0; i < regions->len; i++)
    {
      gtk_flow_box_insert (self->box, create_chip (self, regions->pdata[i]), -1);
      /* Its button has the focus. */
      child = gtk_flow_box_get_child_at_index (self->box, (int) i);
      gtk_widget_set_focusable (GTK_WIDGET (child), FALSE);
      /* Not the box: it would be measured for one row, and be given several. */
      gtk_widget_set_halign (GTK_WIDGET (child), GTK_ALIGN_START);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), regions->len > 0);
}

static void
monocle_talk_chips_class_init (MonocleTalkChipsClass *klass)
{
  signals[REMOVED] = g_signal_new ("removed", MONOCLE_TYPE_TALK_CHIPS, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_ANNOTATION);
}

static void
monocle_talk_chips_init (MonocleTalkChips *self)
{
  self->box = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->box, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (self->box, 4);
  gtk_flow_box_set_column_spacing (self->box, 6);
  gtk_flow_box_set_row_spacing (self->box, 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Regions That Are Shown"), -1);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
}
