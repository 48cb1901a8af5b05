/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/low-popover.h"

/* The arrow, and what lies around what is in a popover. */
#define AROUND_PX 40
/* Lower there is nothing to be seen in it. */
#define LEAST_PX 96

/* Beside what it points to, in its window. */
static int
measure_room (GtkWidget *button)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (button));
  const int height = gtk_widget_get_height (window);
  graphene_rect_t place;
  float above, below;

  if (!gtk_widget_compute_bounds (button, window, &place))
    return height;
  above = place.origin.y;
  below = (float) height - place.origin.y - place.size.height;
  return (int) MAX (above, below);
}

static void
on_map (GtkPopover *popover, GtkScrolledWindow *scrolled)
{
  GtkWidget *child = gtk_popover_get_child (popover);
  const int most = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (scrolled), "monocle-most"));
  const int room = measure_room (gtk_widget_get_parent (GTK_WIDGET (popover))) - AROUND_PX;
  int all, rest, fit;

  /* What is beside it is there anyway. */
  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, -1, &all, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (scrolled), GTK_ORIENTATION_VERTICAL, -1, &rest, NULL, NULL, NULL);
  fit = MAX (room - (all - rest), LEAST_PX);
  gtk_scrolled_window_set_max_content_height (scrolled, most > 0 ? MIN (most, fit) : fit);
}

void
monocle_low_popover_follow (GtkPopover *popover, GtkScrolledWindow *scrolled)
{
  g_return_if_fail (GTK_IS_POPOVER (popover));
  g_return_if_fail (GTK_IS_SCROLLED_WINDOW (scrolled));

  g_object_set_data (G_OBJECT (scrolled), "monocle-most",
                     GINT_TO_POINTER (gtk_scrolled_window_get_max_content_height (scrolled)));
  g_signal_connect_object (popover, "map", G_CALLBACK (on_map), scrolled, 0);
}
