/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a window keeps in the settings, and follows when it is changed in another one.
 */
#include "config.h"

#include <math.h>

#include "ui/window-private.h"

static gboolean
style_from_setting (GValue *value, GVariant *variant, gpointer data)
{
  MonocleOverlayStyle style;

  if (!monocle_overlay_style_find (g_variant_get_string (variant, NULL), &style))
    return FALSE;
  g_value_set_int (value, (int) style);
  return TRUE;
}

static GVariant *
style_to_setting (const GValue *value, const GVariantType *type, gpointer data)
{
  return g_variant_new_string (
      monocle_overlay_style_get_id ((MonocleOverlayStyle) g_value_get_int (value)));
}

/* Where the wheel goes from picture to picture; with a key it still zooms. */
static gboolean
on_wheel (GtkEventControllerScroll *controller, double dx, double dy, MonocleWindow *self)
{
  GdkModifierType state
      = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (!g_settings_get_boolean (self->settings, "wheel-browses")
      || gtk_event_controller_scroll_get_unit (controller) != GDK_SCROLL_UNIT_WHEEL
      || (state & gtk_accelerator_get_default_mod_mask ()) || fabs (dx) > fabs (dy))
    return GDK_EVENT_PROPAGATE;
  /* Finer wheels turn in parts of a step. */
  self->wheel = (self->wheel > 0) == (dy > 0) ? self->wheel + dy : dy;
  if (fabs (self->wheel) >= 1)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), self->wheel > 0 ? "win.next" : "win.previous",
                                  NULL);
      self->wheel = 0;
    }
  return GDK_EVENT_STOP;
}

static void
add_wheel (MonocleWindow *self)
{
  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  /* Before the picture, which zooms. */
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_wheel), self);
  gtk_widget_add_controller (GTK_WIDGET (monocle_canvas_get_view (self->canvas)), scroll);
}

void
monocle_window_bind_settings (MonocleWindow *self)
{
  MonocleAskPanel *ask = monocle_side_panel_get_ask_panel (self->side_panel);

  g_settings_bind_with_mapping (self->settings, "style", self->presentation, "style",
                                G_SETTINGS_BIND_DEFAULT, style_from_setting, style_to_setting, NULL,
                                NULL);
  g_settings_bind (self->settings, "opacity", self->presentation, "opacity",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "show-labels", self->presentation, "show-labels",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "show-heat", self->presentation, "show-heat",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "dashes", self->presentation, "dashes", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "task", ask, "task", G_SETTINGS_BIND_DEFAULT);
  add_wheel (self);
  g_signal_connect_object (self->settings, "changed::show-filmstrip",
                           G_CALLBACK (monocle_window_update_page), self, G_CONNECT_SWAPPED);
}

/* Only where it is to be opened again: what is looked at is nobody's business. */
void
monocle_window_remember_picture (MonocleWindow *self, MonocleDocument *document)
{
  GFile *file = document ? monocle_document_get_file (document) : NULL;
  g_autofree char *uri = file ? g_file_get_uri (file) : NULL;

  if (uri && g_settings_get_boolean (self->settings, "reopen"))
    g_settings_set_string (self->settings, "last-picture", uri);
}
