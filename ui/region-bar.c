/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/region-bar.h"

#include <glib/gi18n.h>

struct _MonocleRegionBar
{
  GtkBox parent_instance;

  GtkLabel *count;
  GtkWidget *delete_button;
};

G_DEFINE_FINAL_TYPE (MonocleRegionBar, monocle_region_bar, GTK_TYPE_BOX)

static void
monocle_region_bar_class_init (MonocleRegionBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/region-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleRegionBar, count);
  gtk_widget_class_bind_template_child (widget_class, MonocleRegionBar, delete_button);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void
monocle_region_bar_init (MonocleRegionBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_region_bar_new (void)
{
  return g_object_new (MONOCLE_TYPE_REGION_BAR, NULL);
}

void
monocle_region_bar_set_n_regions (MonocleRegionBar *self, guint n_regions)
{
  g_autofree char *text = NULL;
  const char *ask = ngettext ("Ask about the region", "Ask about the regions", n_regions);
  const char *delete_word = ngettext ("Delete the region", "Delete the regions", n_regions);

  g_return_if_fail (MONOCLE_IS_REGION_BAR (self));

  text = g_strdup_printf (ngettext ("%u region", "%u regions", n_regions), n_regions);
  gtk_label_set_label (self->count, text);
  gtk_widget_set_visible (GTK_WIDGET (self->count), n_regions > 1);
  gtk_widget_set_tooltip_text (
      self->delete_button,
      ngettext ("Delete the Region (Delete)", "Delete the Regions (Delete)", n_regions));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, ask, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->delete_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, delete_word, -1);
}
