/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models page: what it lists, imports with their report, checks, removals, a narrow window; and
 * what the window says of models.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/models/device-name.h"
#include "app/models/store.h"
#include "engine/models/florence2/tasks.h"
#include "tests/fixture.h"
#include "tests/gui/models-fixture.h"
#include "tests/models/gguf-model.h"
#include "tests/unit/answer-fixture.h"
#include "ui/dialogs.h"

static void
test_list (void)
{
  MonocleWindow *window;
  GtkWidget *page;
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *mirror = NULL;

  start_afresh ();
  window = gui_open_empty ();
  g_assert_nonnull (find_button (window, "_Get a Model for Photographs…"));
  page = open_page (window);
  g_assert_true (gui_has_text (find_row (page, ""), "Default model"));
  g_assert_nonnull (gui_find (find_row (page, ""), GTK_TYPE_MENU_BUTTON));
  g_assert_true (gui_has_text (find_row (page, "tiny"), "English"));
  g_assert_true (gui_has_text (find_row (page, "tiny"), "MIT"));
  g_assert_true (gui_has_text (page, "Downloads come from 127.0.0.1."));
  g_assert_nonnull (find_button (find_row (page, "tiny"), "Get"));
  /* Looking asks nobody. */
  g_assert_cmpuint (server_take_n_requests (hub->server), ==, 0);
  gui_keep_picture (page, "models-list");

  /* Another address is named at once; one that is none is not taken. */
  g_settings_set_string (gui_get_settings (), "mirror", "https://mirror.example");
  gui_settle ();
  g_assert_true (gui_has_text (page, "Downloads come from mirror.example."));
  entries = gui_find_all (page, ADW_TYPE_ENTRY_ROW);
  gtk_editable_set_text (entries->pdata[1], "mirror");
  g_signal_emit_by_name (entries->pdata[1], "apply");
  gui_settle ();
  g_assert_true (gui_has_text (page, "This is no address of a server"));
  mirror = g_settings_get_string (gui_get_settings (), "mirror");
  g_assert_cmpstr (mirror, ==, "https://mirror.example");
  gui_close_dialog (page);
}

static gboolean
has_failed (gpointer runner)
{
  return monocle_runner_get_state (runner) == MONOCLE_RUNNER_FAILED;
}

/* What models need is told of the device that answers, and none is opened to know it. */
static void
test_memory (void)
{
  MonocleRunner *runner
      = monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()));
  g_autofree char *model = gui_fixture ("models/native-96");
  g_autofree char *place = NULL, *name = NULL;
  GtkWidget *page;

  start_afresh ();
  g_settings_set_string (gui_get_settings (), "model", "no-such-model");
  page = open_page (gui_open_empty ());
  gui_wait_for ("the model to be missed", has_failed, runner);
  gui_settle ();
  g_assert_null (monocle_runner_get_device (runner));
  g_assert_false (gui_has_text (find_row (page, ""), "Needs "));
  g_assert_true (gui_has_text (find_row (page, "tiny"), "Needs "));
  g_assert_false (gui_has_text (find_row (page, "tiny"), ", of "));

  g_settings_set_string (gui_get_settings (), "model", model);
  wait_row (page, "", "Needs ");
  name = monocle_device_name_shorten (monocle_device_get_name (monocle_runner_get_device (runner)));
  place = g_strconcat (" on ", name, NULL);
  g_assert_true (gui_has_text (find_row (page, ""), place));
  g_assert_true (gui_has_text (find_row (page, "tiny"), place));
  gui_keep_picture (page, "models-memory");
  gui_close_dialog (page);
}

static void
test_verify_remove (void)
{
  GtkWidget *page;
  g_autofree char *directory = NULL, *weights = NULL, *contents = NULL, *used = NULL;
  gsize size;

  start_afresh ();
  directory = setup_run (hub, "tiny", NULL);
  weights = g_build_filename (directory, "model.safetensors", NULL);
  page = open_page (gui_open_empty ());
  gtk_widget_activate_action (page, "models.verify", "s", "tiny");
  wait_text (page, "Tiny is whole");

  g_file_get_contents (weights, &contents, &size, NULL);
  contents[size - 5] ^= 1;
  g_assert_true (g_file_set_contents (weights, contents, (gssize) size, NULL));
  gtk_widget_activate_action (page, "models.verify", "s", "tiny");
  wait_row (page, "tiny", "This Is No Whole Model");
  gui_keep_picture (page, "models-damaged");

  g_settings_set_string (gui_get_settings (), "model", directory);
  gtk_widget_activate_action (page, "models.remove", "s", "tiny");
  g_assert_true (gui_has_text (wait_alert ("a question"), "become free on the disk"));
  gui_keep_picture (wait_alert ("a question"), "models-remove");
  answer ("_Remove");
  wait_button (page, "tiny", "Get");
  wait_text (page, "are free again");
  g_assert_false (g_file_test (directory, G_FILE_TEST_EXISTS));
  used = g_settings_get_string (gui_get_settings (), "model");
  g_assert_cmpstr (used, ==, "");
  gui_close_dialog (page);
}

static void
test_import (void)
{
  GtkWidget *page;
  g_autofree char *whole = g_strdup (hub->model);
  g_autofree char *half = gui_temporary ("half"),
                  *config = g_build_filename (half, "config.json", NULL);
  g_autofree char *notes = g_build_filename (whole, "notes.txt", NULL);
  g_autofree char *second = g_strconcat (hub->name, "-2", NULL);

  g_assert_cmpint (g_mkdir (half, 0700), ==, 0);
  g_assert_true (g_file_set_contents (config, "{}", -1, NULL));
  g_assert_true (g_file_set_contents (notes, "mine", -1, NULL));
  page = open_afresh ();

  gtk_widget_activate_action (page, "models.import", "s", half);
  g_assert_true (gui_has_text (wait_alert ("a report"), "Missing: weights"));
  gui_keep_picture (wait_alert ("a report"), "models-import-missing");
  answer ("_Close");

  /* By one of its files; what no model reads is named. */
  gtk_widget_activate_action (page, "models.import", "s", notes);
  g_assert_true (gui_has_text (wait_alert ("a report"), "notes.txt"));
  gui_keep_picture (wait_alert ("a report"), "models-import");
  answer ("C_opy");
  wait_button (page, hub->name, "Use");
  {
    g_autofree char *copy = monocle_model_store_find (hub->name, NULL);
    g_autofree char *there = g_build_filename (copy, "config.json", NULL);
    g_autofree char *left = g_build_filename (copy, "notes.txt", NULL);

    g_assert_true (g_file_test (there, G_FILE_TEST_IS_REGULAR));
    g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  }

  /* Once more, kept in place; forgetting it leaves it there. */
  gtk_widget_activate_action (page, "models.import", "s", whole);
  answer ("_Keep in Place");
  wait_button (page, second, "Use");
  gtk_widget_activate_action (page, "models.remove", "s", second);
  g_assert_true (gui_has_text (wait_alert ("a question"), "It stays where it is"));
  answer ("_Forget");
  while (find_row (page, second))
    gui_wait_ms (20);
  g_assert_true (g_file_test (hub->model, G_FILE_TEST_IS_DIR));
  g_unlink (notes);
  gui_close_dialog (page);
}

/* @other: (nullable): a second one */
static gboolean
drop_paths (GtkWidget *page, const char *path, const char *other)
{
  g_autoptr (GFile) file
      = strstr (path, "://") ? g_file_new_for_uri (path) : g_file_new_for_path (path);
  g_autoptr (GFile) second = other ? g_file_new_for_path (other) : NULL;
  GSList more = { second, NULL };
  GSList files = { file, other ? &more : NULL };
  GValue value = G_VALUE_INIT;
  gboolean taken;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &files);
  taken = gui_drop (page, &value);
  g_value_unset (&value);
  return taken;
}

static gboolean
drop_path (GtkWidget *page, const char *path)
{
  return drop_paths (page, path, NULL);
}

/* (transfer full): @name, moved from one folder to another, as @as */
static char *
move (const char *from, const char *name, const char *to, const char *as)
{
  g_autofree char *there = g_build_filename (from, name, NULL);
  char *here = g_build_filename (to, as, NULL);

  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  g_assert_cmpint (g_rename (there, here), ==, 0);
  return here;
}

/* The two files of a model of llama.cpp, of which one lies elsewhere and is called otherwise. */
static void
test_pair (void)
{
  g_autofree char *source = fixture_dup_path ("smolvlm/idefics3");
  g_autofree char *folder = gui_temporary ("pair"), *away = gui_temporary ("away");
  g_autofree char *text = g_build_filename (folder, GGUF_MODEL_TEXT, NULL);
  g_autofree char *junk = g_build_filename (folder, "junk.gguf", NULL);
  g_autofree char *vision = NULL, *copy = NULL, *there = NULL;
  GtkWidget *page;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  gguf_model_write (source, folder, FALSE);
  vision = move (folder, GGUF_MODEL_VISION, away, "eyes.gguf");
  page = open_afresh ();

  g_assert_true (drop_path (page, text));
  g_assert_nonnull (find_button (wait_alert ("a report"), "Choose the File That _Sees…"));
  gui_keep_picture (wait_alert ("a report"), "models-import-alone");
  answer ("_Close");
  g_assert_true (drop_path (page, vision));
  g_assert_nonnull (find_button (wait_alert ("a report"), "Choose the _Language Model…"));
  answer ("_Close");

  /* What is none of the two lacks no other. */
  g_assert_true (g_file_set_contents (junk, "mine", -1, NULL));
  g_assert_true (drop_path (page, junk));
  g_assert_true (gui_has_text (wait_alert ("an error"), "This Is No Whole Model"));
  g_assert_null (find_button (wait_alert ("an error"), "Choose the File That _Sees…"));
  gui_keep_picture (wait_alert ("an error"), "models-import-junk");
  answer ("_Close");

  /* Either may come first. */
  g_assert_true (drop_paths (page, text, vision));
  g_assert_true (gui_has_text (wait_alert ("a report"), "eyes.gguf"));
  answer ("_Cancel");
  g_assert_true (drop_paths (page, vision, text));
  answer ("C_opy");
  wait_button (page, "tiny-F32", "Use");
  copy = monocle_model_store_find ("tiny-F32", NULL);
  there = g_build_filename (copy, "eyes.gguf", NULL);
  g_assert_true (g_file_test (there, G_FILE_TEST_IS_REGULAR));
  gui_close_dialog (page);
}

/* A folder, a file of one, and what is no model, or not here. */
static void
test_drop (void)
{
  GtkWidget *page = open_afresh ();
  g_autofree char *weights = g_build_filename (hub->model, "model.safetensors", NULL);
  g_autofree char *lonely = gui_temporary ("lonely"),
                  *text = g_build_filename (lonely, "notes.txt", NULL);
  const char *const whole[] = { hub->model, weights };

  for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      g_assert_true (drop_path (page, whole[i]));
      g_assert_true (gui_has_text (wait_alert ("a report"), hub->name));
      answer ("_Cancel");
    }
  g_assert_true (drop_path (page, hub->model));
  answer ("C_opy");
  wait_button (page, hub->name, "Use");

  g_assert_cmpint (g_mkdir (lonely, 0700), ==, 0);
  g_assert_true (g_file_set_contents (text, "mine", -1, NULL));
  g_assert_true (drop_path (page, text));
  g_assert_true (gui_has_text (wait_alert ("a report"), "Missing"));
  answer ("_Close");

  drop_path (page, "sftp://example.org/model");
  wait_text (page, "Only what is on this computer can be imported.");
  gui_close_dialog (page);
}

/* Of what is in the window: its frame is the desktop's. */
static int
measure_width (GtkWidget *page)
{
  int least;

  gtk_widget_measure (gui_find (page, ADW_TYPE_PREFERENCES_PAGE), GTK_ORIENTATION_HORIZONTAL, -1,
                      &least, NULL, NULL, NULL);
  return least;
}

/* Without a compositor a frame takes ten pixels of a window, and what lies in it has to ask for
 * 360. */
#define NARROW (MONOCLE_HAS_ADW_DIALOG ? 370 : 360)

static void
test_narrow (void)
{
  MonocleWindow *window;
  GtkWidget *page;

  start_afresh ();
  window = gui_open_empty ();
  gtk_window_set_default_size (GTK_WINDOW (window), NARROW, 640);
  gui_settle ();
  page = open_page (window);
  g_assert_cmpint (measure_width (page), <=, 360);
  if (GTK_IS_WINDOW (page))
    gtk_window_set_default_size (GTK_WINDOW (page), 360, 640);
  gui_keep_picture (page, "models-narrow");
  get_slowly (page);
  g_assert_cmpint (measure_width (page), <=, 360);
  gui_keep_picture (page, "models-narrow-fetching");
  monocle_model_jobs_stop_all (get_jobs ());
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  gui_keep_picture (page, "models-narrow-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  gui_close_dialog (page);
}

/* A JPEG with, or without, the name of a camera in it. */
static char *
make_jpeg (const char *name, gboolean has_camera)
{
  static const guint8 exif[] = { 0xff, 0xe1, 0, 38, 'E', 'x', 'i', 'f', 0,   0, 'M', 'M', 0,
                                 '*',  0,    0, 0,  8,   0,   1,   1,   0xf, 0, 2,   0,   0,
                                 0,    6,    0, 0,  0,   26,  0,   0,   0,   0 /* the name: */ };
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 48);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *data = NULL;
  char *path = gui_temporary (name);
  gsize size;

  gdk_pixbuf_fill (pixbuf, 0x8090a0ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, "jpeg", NULL, NULL));
  g_byte_array_append (bytes, (const guint8 *) data, 2);
  if (has_camera)
    {
      g_byte_array_append (bytes, exif, sizeof exif);
      g_byte_array_append (bytes, (const guint8 *) "Maker", 6);
      bytes->data[5] = sizeof exif + 6 - 2;
    }
  g_byte_array_append (bytes, (const guint8 *) data + 2, (guint) size - 2);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  return path;
}

static void
test_photograph (void)
{
  g_autofree char *plain = make_jpeg ("plain.jpg", FALSE), *photo = make_jpeg ("photo.jpg", TRUE);
  MonocleWindow *window;
  g_autoptr (GPtrArray) bars = NULL;

  start_afresh ();
  window = gui_open_path (plain);
  gui_wait_ms (300);
  g_assert_false (g_settings_get_boolean (gui_get_settings (), "offered-models"));
  window = gui_open_path (photo);
  wait_text (GTK_WIDGET (window), "This Is a Photograph");
  gui_keep_picture (GTK_WIDGET (window), "models-photograph");
  /* Also after the window was made narrow, and wide again. */
  for (int width = 400; width <= 1000; width += 600)
    {
      gtk_window_set_default_size (GTK_WINDOW (window), width, 700);
      gui_wait_ms (200);
      g_assert_nonnull (find_button (window, "_Get One…"));
    }
  press (window, "_Get One…");
  gui_close_dialog (wait_page ());

  /* Said once in a life. */
  window = gui_open_path (photo);
  gui_wait_ms (300);
  bars = gui_find_all (window, GTK_TYPE_INFO_BAR);
  g_assert_false (gtk_info_bar_get_revealed (bars->pdata[0]));
}

/* What the default model cannot do leads to others, while it is the one. */
static void
test_offers (void)
{
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);
  MonocleWindow *window;

  start_afresh ();
  window = gui_open_sample ("1-park.png");
  g_assert_true (gui_can_act (window, "win.get-photo-model"));
  g_settings_set_string (gui_get_settings (), "model", "no-such-model");
  g_assert_false (gui_can_act (window, "win.get-photo-model"));
  gui_ask (window, "detect", NULL);
  g_assert_nonnull (find_button (window, "_Get Another Model…"));
  gui_keep_picture (GTK_WIDGET (window), "models-failure");
  g_settings_reset (gui_get_settings (), "model");
  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with (NULL, 0));
  monocle_document_add_query (gui_get_document (window), query);
  gui_settle ();
  g_assert_nonnull (find_button (window, "_Get a Model for Photographs…"));
  gui_keep_picture (GTK_WIDGET (window), "models-not-found");
}

int
main (int argc, char **argv)
{
  models_init (&argc, &argv);

  /* The first: nothing is loaded yet. */
  g_test_add_func ("/gui/models/memory", test_memory);
  g_test_add_func ("/gui/models/list", test_list);
  g_test_add_func ("/gui/models/verify-remove", test_verify_remove);
  g_test_add_func ("/gui/models/import", test_import);
  g_test_add_func ("/gui/models/pair", test_pair);
  g_test_add_func ("/gui/models/drop", test_drop);
  g_test_add_func ("/gui/models/narrow", test_narrow);
  g_test_add_func ("/gui/models/photograph", test_photograph);
  g_test_add_func ("/gui/models/offers", test_offers);
  return models_run ();
}
