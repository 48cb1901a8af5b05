/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/region-bar.h"

struct _MonocleRegionBar
{
  GtkBox parent_instance;
};

G_DEFINE_FINAL_TYPE (MonocleRegionBar, monocle_region_bar, GTK_TYPE_BOX)

static void
monocle_region_bar_class_init (MonocleRegionBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/region-bar.ui");
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
