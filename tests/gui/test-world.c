/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens next: frames are played, the model that comes along foresees the others, balls are
 * thrown by pointer and by keys, what happens is compared, what the model does not know it says.
 * Run with --no-device, no Vulkan driver is found.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/ball-frames.h"
#include "tests/gui/world-test.h"

/* --- tests -------------------------------------------------------------------------------- */

/* Everything of a scene: what may follow, how sure, what happens, frame by frame. */
static void
test_foresee (void)
{
  MonocleWorldPage *page = open_page ();
  MonocleWorldStage *stage = get_stage ();
  GtkSwitch *truth;
  int width;

  expect_state ("futures", MONOCLE_SEER_DONE);
  g_assert_true (gui_has_text (page, "Frame 8 of 8"));
  g_assert_true (gui_has_text (page, "16 frames ahead: "));
  g_assert_false (gui_has_text (page, "from what happens"));
  gui_keep_picture (page, "world");
  truth = gui_find (page, GTK_TYPE_SWITCH);
  gtk_switch_set_active (truth, TRUE);
  g_assert_true (gui_has_text (page, "from what happens"));
  gui_keep_picture (page, "world-truth");
  set_scheme (ADW_COLOR_SCHEME_FORCE_DARK);
  gui_keep_picture (page, "world-dark");

  gtk_range_set_value (GTK_RANGE (gui_find (page, GTK_TYPE_SCALE)), 4);
  g_assert_true (gui_has_text (page, "4 frames ahead: "));
  g_assert_cmpuint (monocle_world_stage_count_frames (stage), ==, 8 + 4);
  act (page, "world.back");
  g_assert_true (gui_has_text (page, "Frame 7 of 8"));
  act (page, "world.forward");
  act (page, "world.forward");
  g_assert_true (gui_has_text (page, "1 frame ahead"));
  gui_keep_picture (page, "world-ahead");
  act (page, "world.play");
  gui_wait_for ("the end", has_come_to, GUINT_TO_POINTER (8 + 4 - 1));
  /* From the beginning, and paused in between, wherever that is: it is looked at from the first. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "world.play", NULL));
  gui_wait_for ("the beginning", has_come_to, GUINT_TO_POINTER (1));
  act (page, "world.play");
  set_scheme (ADW_COLOR_SCHEME_DEFAULT);

  /* Made smaller and smaller: with the controls beside the scene it needs more. */
  for (int size = 640; size >= NARROWEST; size -= 640 - NARROWEST)
    {
      gtk_window_set_default_size (GTK_WINDOW (page), size, 640);
      gui_settle ();
    }
  gui_keep_picture (page, "world-narrow");
  gtk_widget_measure (GTK_WIDGET (page), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  g_assert_cmpint (width, <=, NARROWEST);
  close_page (page);
}

static gboolean
is_drawn (gpointer data)
{
  const MonocleDrawnFrames *drawn = monocle_seer_get_drawn (get_seer ());

  return drawn && drawn->frames->len == GPOINTER_TO_UINT (data);
}

/* The model's own frames, of scenes with something in the way and without; not of what it does not
 * know. */
static void
test_drawn (void)
{
  MonocleWorldPage *page = open_page ();
  MonocleWorldStage *stage = get_stage ();
  AdwComboRow *kind = gui_find (page, ADW_TYPE_COMBO_ROW);
  GPtrArray *switches = gui_find_all (page, GTK_TYPE_SWITCH);

  expect_state ("futures", MONOCLE_SEER_DONE);
  g_assert_null (monocle_world_stage_get_painting (stage).drawn);
  gtk_switch_set_active (switches->pdata[1], TRUE);
  gui_wait_for ("frames", is_drawn, GUINT_TO_POINTER (MONOCLE_WORLD_STAGE_MOST_AHEAD));
  gui_settle ();
  g_assert_true (gui_has_text (page, "from 22 dB on it draws"));
  g_assert_nonnull (monocle_world_stage_get_painting (stage).drawn);
  gui_keep_picture (page, "world-drawn-seen");
  monocle_world_stage_set_frame (stage, MONOCLE_WORLD_STAGE_N_SEEN + 5);
  g_assert_true (monocle_world_stage_get_painting (stage).drawn
                 == monocle_seer_get_drawn (get_seer ())->frames->pdata[5]);
  gui_keep_picture (page, "world-drawn");

  adw_combo_row_set_selected (kind, MONOCLE_WORLD_BLOCKED);
  gui_wait_for ("frames with an obstacle", is_drawn,
                GUINT_TO_POINTER (MONOCLE_WORLD_STAGE_MOST_AHEAD));
  gui_settle ();
  monocle_world_stage_set_frame (stage, MONOCLE_WORLD_STAGE_N_SEEN + 5);
  gui_keep_picture (page, "world-drawn-obstacle");
  set_scheme (ADW_COLOR_SCHEME_FORCE_DARK);
  gui_keep_picture (page, "world-drawn-obstacle-dark");
  gtk_switch_set_active (switches->pdata[1], FALSE);
  g_assert_null (monocle_world_stage_get_painting (stage).drawn);
  g_assert_null (monocle_seer_get_drawn (get_seer ()));
  gui_keep_picture (page, "world-obstacle-dark");
  set_scheme (ADW_COLOR_SCHEME_DEFAULT);
  gui_keep_picture (page, "world-obstacle");

  gtk_switch_set_active (switches->pdata[1], TRUE);
  adw_combo_row_set_selected (kind, MONOCLE_WORLD_TURNING);
  expect_state ("nothing that it knows", MONOCLE_SEER_UNKNOWN);
  g_assert_null (monocle_seer_get_drawn (get_seer ()));
  g_assert_true (gui_has_text (page, "None are drawn"));
  gtk_window_set_default_size (GTK_WINDOW (page), NARROWEST, 640);
  gui_settle ();
  gui_keep_picture (page, "world-drawn-narrow");
  g_ptr_array_unref (switches);
  close_page (page);
}

/* Whether it can be seen or not. */
static GtkWidget *
find_stop (MonocleWorldPage *page)
{
  g_autoptr (GPtrArray) buttons = gui_find_all (page, GTK_TYPE_BUTTON);

  for (guint i = 0; i < buttons->len; i++)
    if (g_strcmp0 (gtk_actionable_get_action_name (buttons->pdata[i]), "world.stop") == 0)
      return buttons->pdata[i];
  g_assert_not_reached ();
}

/* Before a frame of them is there: what is foreseen stays. */
static void
test_stop_drawing (void)
{
  MonocleWorldPage *page = open_page ();
  GPtrArray *switches = gui_find_all (page, GTK_TYPE_SWITCH);
  GtkWidget *stop;

  expect_state ("futures", MONOCLE_SEER_DONE);
  stop = find_stop (page);
  g_assert_false (gtk_widget_is_sensitive (stop));
  gtk_switch_set_active (switches->pdata[1], TRUE);
  /* Nothing is taken from it until the loop goes on. */
  g_assert_true (monocle_seer_is_drawing (get_seer ()));
  g_assert_true (gtk_widget_is_sensitive (stop) && gtk_widget_is_visible (stop));
  g_assert_true (gui_has_text (page, "Drawing"));
  g_signal_emit_by_name (stop, "clicked");
  g_assert_false (monocle_seer_is_drawing (get_seer ()));
  gui_settle ();
  g_assert_null (monocle_seer_get_drawn (get_seer ()));
  g_assert_true (gui_has_text (page, "None are drawn"));
  g_assert_false (gtk_widget_is_sensitive (stop));
  g_assert_true (is_in_state (GINT_TO_POINTER (MONOCLE_SEER_DONE)));

  /* And once more, to the end. */
  gtk_switch_set_active (switches->pdata[1], FALSE);
  gtk_switch_set_active (switches->pdata[1], TRUE);
  gui_keep_picture (page, "world-drawing");
  gui_wait_for ("frames", is_drawn, GUINT_TO_POINTER (MONOCLE_WORLD_STAGE_MOST_AHEAD));
  g_ptr_array_unref (switches);
  close_page (page);
}

/* Others of the same kind; fewer futures. */
static void
test_choose (void)
{
  MonocleWorldPage *page = open_page ();
  MonocleWorldStage *stage = get_stage ();
  GPtrArray *spins = gui_find_all (page, GTK_TYPE_SPIN_BUTTON);

  expect_state ("futures", MONOCLE_SEER_DONE);
  act (page, "world.new");
  expect_state ("others", MONOCLE_SEER_DONE);
  g_assert_cmpuint (monocle_world_stage_get_number (stage), ==, 2);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (spins->pdata[NUMBER]), ==, 2);
  gtk_spin_button_set_value (spins->pdata[FUTURES], 1);
  expect_state ("one future", MONOCLE_SEER_DONE);
  g_assert_cmpuint (monocle_world_stage_get_painting (stage).futures->n_futures, ==, 1);
  g_assert_true (gui_has_text (page, "one future"));

  /* Told to stop before it can have answered. */
  gtk_spin_button_set_value (spins->pdata[FUTURES], 3);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "world.stop", NULL));
  g_assert_true (is_in_state (GINT_TO_POINTER (MONOCLE_SEER_STOPPED)));
  gui_settle ();
  g_assert_true (gui_has_text (page, "Stopped"));
  g_assert_false (gui_has_text (page, "frames ahead: "));
  gui_keep_picture (page, "world-stopped");
  act (page, "world.ask");
  expect_state ("three futures", MONOCLE_SEER_DONE);
  g_assert_cmpuint (monocle_world_stage_get_painting (stage).futures->n_futures, ==, 3);
  g_ptr_array_unref (spins);
  close_page (page);
}

/* What moves as nothing did that it learnt. */
static void
test_unknown (void)
{
  MonocleWorldPage *page = open_page ();
  AdwComboRow *kind = gui_find (page, ADW_TYPE_COMBO_ROW);
  GtkInfoBar *bar = gui_find (page, GTK_TYPE_INFO_BAR);

  expect_state ("futures", MONOCLE_SEER_DONE);
  g_assert_false (gtk_info_bar_get_revealed (bar));
  adw_combo_row_set_selected (kind, MONOCLE_WORLD_TURNING);
  expect_state ("nothing that it knows", MONOCLE_SEER_UNKNOWN);
  g_assert_true (gtk_info_bar_get_revealed (bar));
  g_assert_false (gui_has_text (page, "frames ahead: "));
  g_assert_null (monocle_world_stage_get_painting (get_stage ()).futures);
  gui_keep_picture (page, "world-unknown");
  adw_combo_row_set_selected (kind, MONOCLE_WORLD_HEAVY);
  expect_state ("futures again", MONOCLE_SEER_DONE);
  g_assert_false (gtk_info_bar_get_revealed (bar));
  close_page (page);
}

/* By a hand: from the ball, as far as the arrow goes. */
static void
test_drag (void)
{
  MonocleWorldPage *page;
  const MonocleTracks *tracks;
  double x, y;

  if (gui_lacks_input ())
    return;
  page = open_page ();
  expect_state ("futures", MONOCLE_SEER_DONE);
  locate (page, 0, &x, &y);
  gui_drag (get_view (page), x, y, x + 60, y + 30);
  gui_wait_for ("the throw", is_thrown, GINT_TO_POINTER (TRUE));
  expect_state ("where that goes", MONOCLE_SEER_DONE);
  tracks = monocle_world_stage_get_tracks (get_stage ());
  g_assert_cmpuint (tracks->thrown.thing, ==, 0);
  g_assert_cmpfloat (tracks->thrown.vx, >, 0);
  g_assert_cmpfloat (tracks->thrown.vy, >, 0);
  g_assert_cmpfloat (tracks->thrown.vx, >, tracks->thrown.vy);
  g_assert_true (gui_has_text (page, "Ball 1 is thrown."));
  gui_keep_picture (page, "world-thrown");
  gui_type (GTK_WINDOW (page), "ctrl+z");
  gui_wait_for ("no throw", is_thrown, GINT_TO_POINTER (FALSE));
  expect_state ("as before", MONOCLE_SEER_DONE);
  close_page (page);
}

static void
change_scene (MonocleWorldStage *stage)
{
  MonocleThrow aim;

  if (monocle_world_stage_get_aim (stage, &aim) && monocle_world_stage_get_number (stage) == 1)
    monocle_world_stage_set_scene (stage, monocle_world_stage_get_kind (stage), 2);
}

/* What is held is gone before it is let go: nothing else is thrown instead. */
static void
test_drag_on (void)
{
  MonocleWorldPage *page;
  double x, y;

  if (gui_lacks_input ())
    return;
  page = open_page ();
  expect_state ("futures", MONOCLE_SEER_DONE);
  g_signal_connect (get_stage (), "changed", G_CALLBACK (change_scene), NULL);
  locate (page, 0, &x, &y);
  gui_drag (get_view (page), x, y, x + 60, y + 30);
  gui_wait_for ("the other scene", has_number, GUINT_TO_POINTER (2));
  expect_state ("its futures", MONOCLE_SEER_DONE);
  g_assert_true (is_thrown (GINT_TO_POINTER (FALSE)));
  g_assert_true (is_aimed_with (NULL));
  close_page (page);
}

/* The same without a pointer. */
static void
test_keys (void)
{
  MonocleWorldPage *page;
  const MonocleTracks *tracks;

  if (gui_lacks_input ())
    return;
  page = open_page ();
  expect_state ("futures", MONOCLE_SEER_DONE);
  gui_type (GTK_WINDOW (page), "n n shift+Right");
  gui_wait_for ("an aim", is_aimed_with, GUINT_TO_POINTER (2));
  gui_keep_picture (page, "world-aim");
  /* Given up, which closes nothing. */
  gui_type (GTK_WINDOW (page), "Escape");
  gui_wait_for ("no aim", is_aimed_with, NULL);
  g_assert_nonnull (peek_page ());
  gui_type (GTK_WINDOW (page), "n n Left Up Return");
  gui_wait_for ("the throw", is_thrown, GINT_TO_POINTER (TRUE));
  expect_state ("where that goes", MONOCLE_SEER_DONE);
  tracks = monocle_world_stage_get_tracks (get_stage ());
  g_assert_cmpfloat_with_epsilon (tracks->thrown.vx * MONOCLE_WORLD_SIDE, -0.125, 1e-9);
  g_assert_cmpfloat_with_epsilon (tracks->thrown.vy * MONOCLE_WORLD_SIDE, -0.625, 1e-9);
  gui_type (GTK_WINDOW (page), "comma comma");
  gui_wait_for_text (page, "Frame 6 of 8");
  gui_type (GTK_WINDOW (page), "ctrl+n");
  gui_wait_for ("the next scene", has_number, GUINT_TO_POINTER (2));
  gui_type (GTK_WINDOW (page), "Escape");
  gui_wait_for ("no page", has_page, GINT_TO_POINTER (FALSE));
  gui_close_all ();
}

static void
write_frame (const char *folder, guint frame)
{
  g_autofree char *name = g_strdup_printf ("frame %u.png", frame + 1);

  test_draw_ball (folder, name, frame);
}

/* (nullable): what says that these are no frames */
static GtkWidget *
find_trouble (void)
{
  return find_window_with ("three frames or more");
}

static gboolean
has_trouble (gpointer data)
{
  return find_trouble () != NULL;
}

/* Looked at with the model that is asked about pictures, and followed. */
static void
test_own (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *first = g_build_filename (folder, "frame 1.png", NULL);
  MonocleWorldPage *page = open_page ();
  const MonocleTracks *tracks;

  for (guint i = 0; i < 5; i++)
    write_frame (folder, i);
  expect_state ("futures", MONOCLE_SEER_DONE);
  drop (page, first);
  gui_wait_for ("what is wrong", has_trouble, NULL);
  gui_close_dialog (find_trouble ());
  g_assert_true (monocle_world_stage_has_scene (get_stage ()));

  drop (page, folder);
  gui_wait_for ("what is foreseen of them", has_own, NULL);
  gui_settle ();
  tracks = monocle_world_stage_get_tracks (get_stage ());
  g_assert_cmpuint (tracks->n_things, ==, 1);
  g_assert_cmpuint (tracks->n_frames, ==, 5);
  /* Of 320 pixels within one. */
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpfloat_with_epsilon ((double) tracks->places[2 * i] * 320, 70 + 9.0 * i, 1);
      g_assert_cmpfloat_with_epsilon ((double) tracks->places[2 * i + 1] * 320, 70 + 0.7 * i * i,
                                      1);
    }
  g_assert_true (is_in_state (GINT_TO_POINTER (MONOCLE_SEER_DONE)));
  g_assert_false (monocle_world_stage_has_truth (get_stage ()));
  gui_keep_picture (page, "world-own");

  /* Stopped, and nothing comes of it. */
  drop (page, folder);
  act (page, "world.stop");
  g_assert_false (gui_has_text (page, "Reading the frames"));
  act (page, "world.new");
  expect_state ("a scene again", MONOCLE_SEER_DONE);
  g_assert_true (monocle_world_stage_has_scene (get_stage ()));
  close_page (page);
}

/* Closed while it is at work. */
static void
test_close (void)
{
  MonocleWorldPage *page = open_page ();

  expect_state ("futures", MONOCLE_SEER_DONE);
  monocle_world_stage_ask (get_stage ());
  g_assert_true (is_in_state (GINT_TO_POINTER (MONOCLE_SEER_ASKED)));
  close_page (page);
}

/* Closed before anything is there, and while several things are on their way. */
static void
test_close_early (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  MonocleWorldPage *page;

  for (guint i = 0; i < 5; i++)
    write_frame (folder, i);
  /* While the model is loaded. */
  page = open_page ();
  close_page (page);
  /* While frames are read or looked at. */
  page = open_page ();
  drop (page, folder);
  act (page, "world.new");
  drop (page, folder);
  drop (page, folder);
  monocle_world_stage_throw (get_stage (), 0, 1e9, -1e9);
  close_page (page);
  page = open_page ();
  expect_state ("futures", MONOCLE_SEER_DONE);
  close_page (page);
}

/* What comes along came without the model; then it is there, and has nothing to run on. */
static void
test_no_device (void)
{
  static const char *const files[] = { "config.json", "model.safetensors" };
  g_autofree char *folder = g_build_filename (g_getenv ("MONOCLE_DATA_DIR"), "model-world", NULL);
  MonocleWorldPage *page = open_page ();

  expect_state ("no model", MONOCLE_SEER_FAILED);
  g_assert_true (gui_has_text (page, "The Model Could Not Be Loaded"));
  gui_keep_picture (page, "world-no-model");

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *from
          = g_test_build_filename (G_TEST_DIST, "..", "data", "model-world", files[i], NULL);
      g_autofree char *to = g_build_filename (folder, files[i], NULL);
      g_autofree char *bytes = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (from, &bytes, &size, NULL));
      g_assert_true (g_file_set_contents (to, bytes, (gssize) size, NULL));
    }
  act (page, "world.ask");
  expect_state ("no device", MONOCLE_SEER_FAILED);
  g_assert_true (gui_has_text (page, "No Device Can Run Models"));
  g_assert_true (gui_has_text (page, "mesa-vulkan-drivers"));
  gui_keep_picture (page, "world-no-device");
  close_page (page);
}

int
main (int argc, char **argv)
{
  const gboolean no_device = argc > 1 && strcmp (argv[1], "--no-device") == 0;
  g_autofree char *data = no_device ? g_dir_make_tmp ("monocle-world-XXXXXX", NULL) : NULL;
  int status;

  if (no_device)
    {
      g_setenv ("VK_ICD_FILENAMES", "/nonexistent/driver.json", TRUE);
      g_setenv ("VK_DRIVER_FILES", "/nonexistent/driver.json", TRUE);
      g_setenv ("MONOCLE_DATA_DIR", data, TRUE);
      argv[1] = argv[0];
      argv++;
      argc--;
    }
  gui_init (&argc, &argv);

  if (no_device)
    g_test_add_func ("/gui/world/no-device", test_no_device);
  else
    {
      g_test_add_func ("/gui/world/foresee", test_foresee);
      g_test_add_func ("/gui/world/drawn", test_drawn);
      g_test_add_func ("/gui/world/stop-drawing", test_stop_drawing);
      g_test_add_func ("/gui/world/choose", test_choose);
      g_test_add_func ("/gui/world/unknown", test_unknown);
      g_test_add_func ("/gui/world/drag", test_drag);
      g_test_add_func ("/gui/world/drag-on", test_drag_on);
      g_test_add_func ("/gui/world/keys", test_keys);
      g_test_add_func ("/gui/world/own", test_own);
      g_test_add_func ("/gui/world/close", test_close);
      g_test_add_func ("/gui/world/close-early", test_close_early);
    }
  status = gui_run ();
  if (data)
    gui_remove (data);
  return status;
}
