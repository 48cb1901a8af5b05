/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens next in a film of the person's own: another second of it is chosen, and how many
 * frames; nothing moves; it is closed meanwhile.
 */
#include "config.h"

#include "tests/ball-frames.h"
#include "tests/gui/world-test.h"

static gboolean
has_frames (gpointer n)
{
  return has_own (NULL)
         && monocle_world_stage_get_tracks (get_stage ())->n_frames == GPOINTER_TO_UINT (n);
}

static gboolean
is_refused (gpointer words)
{
  return find_window_with (words) != NULL;
}

static void
test_choose (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *path = g_build_filename (folder, "ball.avi", NULL);
  MonocleWorldPage *page = open_page ();
  GPtrArray *spins = gui_find_all (page, GTK_TYPE_SPIN_BUTTON);

  test_write_ball_film (path, 0, 8);
  expect_state ("futures", MONOCLE_SEER_DONE);
  g_assert_false (gtk_widget_get_mapped (spins->pdata[FROM]));
  drop (page, path);
  gui_wait_for ("its frames", has_frames, GUINT_TO_POINTER (8));
  gui_settle ();
  g_assert_true (gtk_widget_get_mapped (spins->pdata[FROM]));
  gui_keep_picture (page, "world-film");
  set_scheme (ADW_COLOR_SCHEME_FORCE_DARK);
  gui_keep_picture (page, "world-film-dark");
  set_scheme (ADW_COLOR_SCHEME_DEFAULT);
  /* Made smaller and smaller: with the controls beside the scene it needs more. */
  for (int size = 640; size >= NARROWEST; size -= 640 - NARROWEST)
    {
      gtk_window_set_default_size (GTK_WINDOW (page), size, 640);
      gui_settle ();
    }
  gui_keep_picture (page, "world-film-narrow");

  gtk_spin_button_set_value (spins->pdata[FROM], 0.1);
  gui_wait_for ("those from there on", has_frames, GUINT_TO_POINTER (5));
  gtk_spin_button_set_value (spins->pdata[FRAME_RATE], 15);
  gui_wait_for ("every second one", has_frames, GUINT_TO_POINTER (3));
  act (page, "world.new");
  g_assert_false (gtk_widget_get_mapped (spins->pdata[FROM]));
  g_ptr_array_unref (spins);
  close_page (page);
}

/* It may move elsewhere: another second can be chosen all the same. */
static void
test_still (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *path = g_build_filename (folder, "ball.avi", NULL);
  MonocleWorldPage *page = open_page ();
  GPtrArray *spins = gui_find_all (page, GTK_TYPE_SPIN_BUTTON);

  test_write_ball_film (path, 3, 3);
  expect_state ("futures", MONOCLE_SEER_DONE);
  drop (page, path);
  gui_wait_for ("that nothing moves", is_refused, (gpointer) "Nothing was found");
  gui_close_dialog (find_window_with ("Nothing was found"));
  g_assert_true (gtk_widget_get_mapped (spins->pdata[FROM]));
  g_assert_true (monocle_world_stage_has_scene (get_stage ()));

  /* And one that is none. */
  g_assert_true (g_file_set_contents (path, "no film", -1, NULL));
  drop (page, path);
  gui_wait_for ("that it is none", is_refused, (gpointer) "neither a film nor sound");
  gui_close_dialog (find_window_with ("neither a film nor sound"));
  g_ptr_array_unref (spins);
  close_page (page);
}

/* While it is read; while another part of it was chosen just now. */
static void
test_close (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *path = g_build_filename (folder, "ball.avi", NULL);

  test_write_ball_film (path, 0, 4);
  for (guint i = 0; i < 2; i++)
    {
      MonocleWorldPage *page = open_page ();
      GPtrArray *spins = gui_find_all (page, GTK_TYPE_SPIN_BUTTON);

      drop (page, path);
      if (i == 1)
        {
          gui_wait_for ("its frames", has_frames, GUINT_TO_POINTER (4));
          gtk_spin_button_set_value (spins->pdata[FRAME_RATE], 31);
        }
      g_ptr_array_unref (spins);
      close_page (page);
    }
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/film/choose", test_choose);
  g_test_add_func ("/gui/film/still", test_still);
  g_test_add_func ("/gui/film/close", test_close);
  return gui_run ();
}
