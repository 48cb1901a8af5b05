/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the window's parts share its room: the side panel beside the picture, over it, or in its
 * place; the header in fullscreen; the size that is remembered.
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
/* How close to the top the pointer comes to see the header in fullscreen, and how far below it the
 * pointer goes until it leaves. */
#define HEADER_REACH 6
#define HEADER_SLACK 24

/* --- Width --- */

static void
apply_width (MonocleWindow *self, int width)
{
  gboolean folded = width < FOLD_WIDTH, narrow = width < NARROW_WIDTH;

  monocle_model_button_set_compact (self->model_button, width < COMPACT_WIDTH);
  if (folded == self->folded && narrow == self->narrow)
    return;
  self->folded = folded;
  self->narrow = narrow;
  adw_flap_set_fold_policy (self->flap,
                            folded ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_NEVER);
  adw_flap_set_modal (self->flap, folded);
  gtk_widget_set_hexpand (GTK_WIDGET (self->side_panel), narrow);
  monocle_canvas_set_narrow (self->canvas, narrow);
  gtk_widget_set_visible (self->preferences_button, self->trouble && !narrow);
  monocle_window_update_page (self);
}

/* After the window was allocated: what is shown and hidden changes nothing within an allocation. */
static void
on_surface_layout (GdkSurface *surface, int width, int height, MonocleWindow *self)
{
  apply_width (self, gtk_widget_get_width (GTK_WIDGET (self)));
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

  gtk_window_set_default_size (GTK_WINDOW (self), width,
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  /* The first frame is right already. */
  apply_width (self, width);
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

/* --- The side panel --- */

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

/* --- Fullscreen: the header comes when the pointer is at the top --- */

void
monocle_window_update_fullscreen (MonocleWindow *self)
{
  gboolean is_fullscreen = gtk_window_is_fullscreen (GTK_WINDOW (self));

  adw_flap_set_fold_policy (self->header_flap, is_fullscreen ? ADW_FLAP_FOLD_POLICY_ALWAYS
                                                             : ADW_FLAP_FOLD_POLICY_NEVER);
  adw_flap_set_reveal_flap (self->header_flap, !is_fullscreen);
  monocle_window_update_actions (self);
}

/* A menu of it is open, or the keyboard is in it. */
static gboolean
is_header_in_use (MonocleWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  return focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->header));
}

void
monocle_window_pointer_moved (MonocleWindow *self, double x, double y)
{
  /* A motion event also comes when what lies below the pointer changes. */
  gboolean has_moved = fabs (x - self->pointer_x) + fabs (y - self->pointer_y) >= 1;

  self->pointer_x = x;
  self->pointer_y = y;
  if (!has_moved || !gtk_window_is_fullscreen (GTK_WINDOW (self)))
    return;
  if (y <= HEADER_REACH)
    adw_flap_set_reveal_flap (self->header_flap, TRUE);
  else if (y > gtk_widget_get_height (GTK_WIDGET (self->header)) + HEADER_SLACK
           && !is_header_in_use (self))
    adw_flap_set_reveal_flap (self->header_flap, FALSE);
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
