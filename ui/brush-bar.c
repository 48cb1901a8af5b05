/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/brush-bar.h"

#include <math.h>

struct _MonocleBrushBar
{
  GtkBox parent_instance;

  GtkAdjustment *size;
  GtkAdjustment *place;
};

G_DEFINE_FINAL_TYPE (MonocleBrushBar, monocle_brush_bar, GTK_TYPE_BOX)

/* On a slider of sizes as such all that is used would lie at its beginning. */
static gboolean
to_place (GBinding *binding, const GValue *size, GValue *place, gpointer data)
{
  g_value_set_double (place, log (g_value_get_double (size)) / log (MONOCLE_BRUSH_MAX_SIZE));
  return TRUE;
}

static gboolean
to_size (GBinding *binding, const GValue *place, GValue *size, gpointer data)
{
  g_value_set_double (size, round (pow (MONOCLE_BRUSH_MAX_SIZE, g_value_get_double (place))));
  return TRUE;
}

void
monocle_brush_bar_set_view (MonocleBrushBar *self, MonocleImageView *view)
{
  g_return_if_fail (MONOCLE_IS_BRUSH_BAR (self));
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (view));

  g_object_bind_property (view, "brush-size", self->size, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property_full (self->size, "value", self->place, "value",
                               G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL, to_place, to_size,
                               NULL, NULL);
}

static void
monocle_brush_bar_class_init (MonocleBrushBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/brush-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleBrushBar, size);
  gtk_widget_class_bind_template_child (widget_class, MonocleBrushBar, place);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void
monocle_brush_bar_init (MonocleBrushBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
