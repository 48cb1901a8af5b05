/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the window's parts share its room: the side panel beside the picture, over it, or in its
 * place; header, panel and filmstrip in fullscreen; the size that is remembered.
 */
#include "config.h"

/* AdwFlap is deprecated since libadwaita 1.4, where nothing else also folds vertically. It is used
 * here only. */
#define ADW_DISABLE_DEPRECATION_WARNINGS

#include <math.h>

#include "ui/window-private.h"

/* Under this width the side panel lies over the picture. */
#define FOLD_WIDTH 860
/* Under this one the model's button has no words. */
#define COMPACT_WIDTH 720
/* Under this one the panel takes the picture's place, and a bar below does what the header has no
 * room for. Each has to be wider than what the header needs just above it. */
#define NARROW_WIDTH 560
/* Under this height there is no filmstrip. */
#define LOW_HEIGHT 420
/* What the picture keeps when the side panel is made wider. */
#define PICTURE_WIDTH 420
/* How close to an edge the pointer comes to see in fullscreen what is there, and how far from it it
 * goes until that leaves. */
#define EDGE_REACH 6
#define EDGE_SLACK 24

/* --- Size --- */

static void
apply_size (MonocleWindow *self, int width, int height)
{
  gboolean immersed = gtk_window_is_fullscreen (GTK_WINDOW (self));
  gboolean folded = width < FOLD_WIDTH || immersed, narrow = width < NARROW_WIDTH;
  gboolean low = height < LOW_HEIGHT;

  monocle_model_button_set_compact (self->model_button, width < COMPACT_WIDTH);
  monocle_side_panel_set_width_limit (self->side_panel, narrow ? 0 : width - PICTURE_WIDTH);
  if (folded == self->folded && narrow == self->narrow && low == self->low)
    return;
  self->folded = folded;
  self->narrow = narrow;
  self->low = low;
  adw_flap_set_fold_policy (self->flap,
                            folded ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_NEVER);
  adw_flap_set_modal (self->flap, folded && !immersed);
  gtk_widget_set_hexpand (GTK_WIDGET (self->side_panel), narrow);
  if (narrow)
    gtk_widget_add_css_class (GTK_WIDGET (self->header), "narrow");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->header), "narrow");
  monocle_canvas_set_narrow (self->canvas, narrow);
  monocle_broken_page_set_compact (self->broken, narrow || low);
  monocle_window_update_info_buttons (self);
  monocle_window_update_page (self);
}

/* After the window was allocated: what is shown and hidden changes nothing within an allocation. */
static void
on_surface_layout (GdkSurface *surface, int width, int height, MonocleWindow *self)
{
  apply_size (self, gtk_widget_get_width (GTK_WIDGET (self)),
              gtk_widget_get_height (GTK_WIDGET (self)));
}

void
monocle_window_watch_surface (MonocleWindow *self)
{
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (self)), "layout",
                           G_CALLBACK (on_surface_layout), self, 0);
}

void
monocle_window_restore_size (MonocleWindow *self)
{
  int width = g_settings_get_int (self->settings, "window-width");
  int height = g_settings_get_int (self->settings, "window-height");

  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  /* The first frame is right already. */
  apply_size (self, width, height);
}

void
monocle_window_save_size (MonocleWindow *self)
{
  GtkWindow *window = GTK_WINDOW (self);
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  if (!gtk_window_is_maximized (window) && !gtk_window_is_fullscreen (window))
    {
      g_settings_set_int (self->settings, "window-width", MAX (width, 1));
      g_settings_set_int (self->settings, "window-height", MAX (height, 1));
    }
}

/* --- What is beside the picture --- */

/* At once: the spring of AdwFlap 1.2 that begins while the window draws its first frames can come
 * to be no number, and the strip to a height that is none. */
static void
show_strip (MonocleWindow *self, gboolean shown)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (self));
  gboolean is_animated;

  if (adw_flap_get_reveal_flap (self->strip_flap) == shown)
    return;
  g_object_get (settings, "gtk-enable-animations", &is_animated, NULL);
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  adw_flap_set_reveal_flap (self->strip_flap, shown);
  g_object_set (settings, "gtk-enable-animations", is_animated, NULL);
}

/* Pictures, whether they are gone through or not. */
static gboolean
has_several (MonocleWindow *self)
{
  return g_list_model_get_n_items (monocle_image_loader_get_folder (self->loader)) > 1;
}

void
monocle_window_update_panels (MonocleWindow *self)
{
  gboolean immersed = gtk_window_is_fullscreen (GTK_WINDOW (self));
  gboolean has_picture = gtk_widget_get_visible (GTK_WIDGET (self->side_panel));
  gboolean is_first = self->is_searching
                      || g_str_equal (gtk_stack_get_visible_child_name (self->stack), "welcome");

  monocle_window_show_panel (self, has_picture && !self->folded
                                       && g_settings_get_boolean (self->settings, "show-panel"));
  show_strip (self, has_several (self) && !is_first && !immersed && !self->low
                        && g_settings_get_boolean (self->settings, "show-filmstrip"));
}

void
monocle_window_show_panel (MonocleWindow *self, gboolean shown)
{
  adw_flap_set_reveal_flap (self->flap, shown);
}

gboolean
monocle_window_is_panel_shown (MonocleWindow *self)
{
  return adw_flap_get_reveal_flap (self->flap);
}

/* --- Fullscreen: what is at an edge comes when the pointer is there --- */

void
monocle_window_update_fullscreen (MonocleWindow *self)
{
  gboolean immersed = gtk_window_is_fullscreen (GTK_WINDOW (self));
  AdwFlapFoldPolicy policy = immersed ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_NEVER;

  adw_flap_set_fold_policy (self->header_flap, policy);
  adw_flap_set_fold_policy (self->strip_flap, policy);
  adw_flap_set_reveal_flap (self->header_flap, !immersed);
  monocle_canvas_set_immersed (self->canvas, immersed);
  apply_size (self, gtk_widget_get_width (GTK_WIDGET (self)),
              gtk_widget_get_height (GTK_WIDGET (self)));
  monocle_window_update_page (self);
}

/* A menu of it is open, or the keyboard is in it. */
static gboolean
is_in_use (MonocleWindow *self, GtkWidget *part)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  return focus && gtk_widget_is_ancestor (focus, part);
}

/* @distance: of the pointer from the edge */
static void
reach (MonocleWindow *self, AdwFlap *flap, GtkWidget *part, double distance, int size)
{
  if (distance <= EDGE_REACH)
    adw_flap_set_reveal_flap (flap, TRUE);
  else if (distance > size + EDGE_SLACK && !is_in_use (self, part))
    adw_flap_set_reveal_flap (flap, FALSE);
}

void
monocle_window_pointer_moved (MonocleWindow *self, double x, double y)
{
  /* A motion event also comes when what lies below the pointer changes. */
  gboolean has_moved = fabs (x - self->pointer_x) + fabs (y - self->pointer_y) >= 1;
  GtkWidget *header = GTK_WIDGET (self->header), *strip = GTK_WIDGET (self->filmstrip);
  GtkWidget *panel = GTK_WIDGET (self->side_panel);
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  self->pointer_x = x;
  self->pointer_y = y;
  if (!has_moved || !gtk_window_is_fullscreen (GTK_WINDOW (self)))
    return;
  reach (self, self->header_flap, header, y, gtk_widget_get_height (header));
  if (has_several (self))
    reach (self, self->strip_flap, strip, gtk_widget_get_height (GTK_WIDGET (self)) - 1 - y,
           gtk_widget_get_height (strip));
  if (gtk_widget_get_visible (panel))
    reach (self, self->flap, panel, rtl ? x : gtk_widget_get_width (GTK_WIDGET (self)) - 1 - x,
           gtk_widget_get_width (panel));
}

/* A menu can only open from a button that has its place: a frame after the header has come. */
static gboolean
on_frame_before_menu (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  MonocleWindow *self = MONOCLE_WINDOW (widget);
  gint64 *came_at = data;

  if (adw_flap_get_reveal_progress (self->header_flap) < 1)
    return G_SOURCE_CONTINUE;
  if (*came_at == 0)
    {
      *came_at = gdk_frame_clock_get_frame_counter (clock);
      return G_SOURCE_CONTINUE;
    }
  if (gdk_frame_clock_get_frame_counter (clock) <= *came_at + 1)
    return G_SOURCE_CONTINUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (self->primary_button)))
    gtk_menu_button_popup (self->primary_button);
  return G_SOURCE_REMOVE;
}

gboolean
monocle_window_open_menu (MonocleWindow *self)
{
  if (!gtk_window_is_fullscreen (GTK_WINDOW (self)))
    return FALSE;
  adw_flap_set_reveal_flap (self->header_flap, TRUE);
  gtk_widget_add_tick_callback (GTK_WIDGET (self), on_frame_before_menu, g_new0 (gint64, 1),
                                g_free);
  return TRUE;
}
