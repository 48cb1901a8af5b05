/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes after a menu, or a popover: the next click counts, however the menu was closed, and a
 * window that goes with it open leaves pointer and keyboard to the others. Needs real input.
 */
#include "config.h"

#include "tests/gui/outline-fixture.h"

/* Chance has a say. */
#define N_ROUNDS 8

static MonocleWindow *
open_with_region (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_add_region (window, 100, 100, 200, 200);
  return window;
}

/* Right away, without any frame in between: as fast as a hand may be. */
static void
test_click (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_with_region ();
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      gui_open_menu (window, 100, 150);
      g_assert_cmpuint (count_selected (window), ==, 1);
      gui_type (GTK_WINDOW (window), "Escape");
      gui_click_at (window, 500, 50, 1);
      g_assert_cmpuint (count_selected (window), ==, 0);

      /* A click beside it closes it and does nothing else. */
      gui_open_menu (window, 100, 150);
      gui_click_at (window, 550, 50, 1);
      g_assert_null (gui_find (window, GTK_TYPE_POPOVER_MENU));
      gui_click_at (window, 500, 50, 1);
      g_assert_cmpuint (count_selected (window), ==, 0);

      /* And a drag. */
      gui_open_menu (window, 100, 150);
      gui_type (GTK_WINDOW (window), "Escape");
      gui_drag_at (window, NULL, 100, 125, 20, 0); /* its line, beside the handles */
      gui_assert_region (gui_get_region (window, 0), 120, 100, 220, 200);
      gui_act (window, "win.undo", NULL);
      gui_act (window, "win.select-none", NULL);
    }
}

/* The menu of an object, and a name that is being given. */
static void
test_window_gone (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  for (guint i = 0; i < 2; i++)
    {
      window = open_with_region ();
      if (i == 0)
        gui_open_menu (window, 100, 150);
      else
        {
          gui_select_regions (window, 0, 1);
          gui_act (window, "win.rename", NULL);
          gui_settle ();
        }
      g_assert_nonnull (gui_find (window, GTK_TYPE_POPOVER));
      /* GTK 4.8 wants to know of tooltips half a second after the pointer came, also of a window
       * that is gone by then, and complains of that. */
      gui_wait_ms (600);
      /* As if it were closed by somebody else. */
      gtk_window_destroy (GTK_WINDOW (window));
      gui_settle ();

      window = open_with_region ();
      gui_click_at (window, 100, 150, 1);
      g_assert_cmpuint (count_selected (window), ==, 1);
      gui_type (GTK_WINDOW (window), "Right Right");
      gui_assert_region (gui_get_region (window, 0), 102, 100, 202, 200);
      g_assert_cmpfloat (monocle_annotation_get_bounds (gui_get_region (window, 0)).x, ==, 102);
      gui_type (GTK_WINDOW (window), "Delete");
      g_assert_cmpuint (gui_count_regions (window), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/menus/click", test_click);
  g_test_add_func ("/gui/menus/window-gone", test_window_gone);

  return gui_run ();
}
