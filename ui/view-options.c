/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/view-options.h"

#include "ui/figures.h"
#include "ui/low-popover.h"

struct _MonocleViewOptions
{
  GtkPopover parent_instance;

  GtkScrolledWindow *scrolled;
  GtkAdjustment *opacity;
  GtkAdjustment *threshold;
  GtkScale *opacity_scale;
  GtkScale *threshold_scale;
  GtkSwitch *labels;

  GBindingGroup *bindings;
};

G_DEFINE_FINAL_TYPE (MonocleViewOptions, monocle_view_options, GTK_TYPE_POPOVER)

void
monocle_view_options_set_presentation (MonocleViewOptions *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_VIEW_OPTIONS (self));
  g_binding_group_set_source (self->bindings, presentation);
}

static void
monocle_view_options_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_VIEW_OPTIONS (object)->bindings);

  G_OBJECT_CLASS (monocle_view_options_parent_class)->dispose (object);
}

static void
monocle_view_options_class_init (MonocleViewOptionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_view_options_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/view-options.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleViewOptions, scrolled);
  gtk_widget_class_bind_template_child (widget_class, MonocleViewOptions, opacity);
  gtk_widget_class_bind_template_child (widget_class, MonocleViewOptions, threshold);
  gtk_widget_class_bind_template_child (widget_class, MonocleViewOptions, opacity_scale);
  gtk_widget_class_bind_template_child (widget_class, MonocleViewOptions, threshold_scale);
  gtk_widget_class_bind_template_child (widget_class, MonocleViewOptions, labels);
}

static void
monocle_view_options_init (MonocleViewOptions *self)
{
  const GBindingFlags flags = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;

  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_low_popover_follow (GTK_POPOVER (self), self->scrolled);
  monocle_figures_show_percent (self->opacity_scale);
  monocle_figures_show_percent (self->threshold_scale);

  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "opacity", self->opacity, "value", flags);
  g_binding_group_bind (self->bindings, "threshold", self->threshold, "value", flags);
  g_binding_group_bind (self->bindings, "show-labels", self->labels, "active", flags);
}

GtkWidget *
monocle_view_options_new (void)
{
  return g_object_new (MONOCLE_TYPE_VIEW_OPTIONS, NULL);
}
