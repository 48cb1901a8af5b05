/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Without a device, and with a model that is not there: the window says what to do, keeps the
 * picture, and goes on when the trouble is gone. Run with --no-device, no Vulkan driver is found.
 */
#include "config.h"

#include <string.h>

#include "app/models/device-memory.h"
#include "tests/gui/harness.h"

static void
test_no_device (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleQuery *query = gui_ask (window, "detect", NULL);

  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_FAILED);
  g_assert_error (monocle_query_get_error (query), MONOCLE_ENGINE_ERROR,
                  MONOCLE_ENGINE_ERROR_NO_DEVICE);
  /* In words, with what to install; the picture is still there. */
  g_assert_true (gui_has_text (window, "mesa-vulkan-drivers"));
  g_assert_nonnull (monocle_document_get_image (gui_get_document (window)));
  g_assert_true (gui_can_act (window, "win.export"));
}

/* Of a question that failed, and of what the bar says. */
static void
test_details (MonocleWindow *window)
{
  static const char reason[] = "there is no such model directory";
  g_autofree char *of_question = gui_copy_details (window);
  g_autofree char *of_bar = NULL;
  GtkWidget *button, *dialog;

  g_assert_nonnull (strstr (of_question, reason));
  g_assert_nonnull (strstr (of_question, "\ntask: detect\n"));
  g_assert_true (gui_has_text (window, reason));

  button = gtk_widget_get_ancestor (gui_find_text (gui_find (window, GTK_TYPE_INFO_BAR), "Details"),
                                    GTK_TYPE_BUTTON);
  g_signal_emit_by_name (button, "clicked");
  gui_settle ();
  dialog = gui_find_dialog (window);
  g_assert_false (gui_has_text (dialog, reason));
  of_bar = gui_copy_details (dialog);
  g_assert_true (g_str_has_prefix (of_bar, "The Model Could Not Be Loaded\n"));
  g_assert_nonnull (strstr (of_bar, reason));
  g_assert_true (gui_has_text (dialog, reason));
  gui_close_dialog (dialog);
}

/* (transfer none) (nullable) */
static GtkInfoBar *
find_bar (MonocleWindow *window)
{
  g_autoptr (GPtrArray) bars = gui_find_all (window, GTK_TYPE_INFO_BAR);
  GtkInfoBar *revealed = NULL;

  for (guint i = 0; i < bars->len; i++)
    if (gtk_widget_is_visible (bars->pdata[i]) && gtk_info_bar_get_revealed (bars->pdata[i]))
      {
        g_assert_null (revealed);
        revealed = bars->pdata[i];
      }
  return revealed;
}

static void
test_no_model (void)
{
  MonocleWindow *window;
  MonocleQuery *query;

  g_settings_set_string (gui_get_settings (), "model", "no-such-model");
  window = gui_open_sample ("1-park.png");
  query = gui_ask (window, "detect", NULL);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_FAILED);
  g_assert_true (gui_has_text (window, "The Model Could Not Be Loaded"));
  g_assert_true (gui_has_text (window, "Choose another model in Preferences."));
  /* What the store says of it stands under Details, which nobody opened. */
  g_assert_false (gui_has_text (window, "there is no such model directory"));
  test_details (window);

  /* Choosing one that is there is all it takes. */
  g_settings_reset (gui_get_settings (), "model");
  query = gui_ask (window, "detect", NULL);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_DONE);
  g_assert_null (find_bar (window));
  /* The failed question is still in the history. */
  g_assert_cmpuint (
      g_list_model_get_n_items (monocle_document_get_queries (gui_get_document (window))), ==, 2);
}

/* Another one stands in, which is said until a device is chosen that is there. */
static void
test_device_gone (void)
{
  MonocleWindow *window;
  MonocleQuery *query;

  g_settings_set_string (gui_get_settings (), "device", "0123456789abcdef0123456789abcdef");
  window = gui_open_sample ("1-park.png");
  query = gui_ask (window, "detect", NULL);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_DONE);
  g_assert_true (gui_has_text (window, "The Chosen Device Is Not There"));
  g_assert_nonnull (find_bar (window));

  g_settings_reset (gui_get_settings (), "device");
  query = gui_ask (window, "detect", NULL);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_DONE);
  g_assert_null (find_bar (window));
}

/* It is not used but by the person's word. */
static void
test_wrong_device (void)
{
  static const char fault[] = "Card computes wrongly: matmul is off by 0.5";
  g_autoptr (GPtrArray) devices = monocle_device_list (NULL);
  MonocleDevice *device = devices->pdata[0];
  const char *trusted[] = { monocle_device_get_uuid (device), NULL };
  MonocleWindow *window;
  MonocleQuery *query;

  monocle_device_memory_keep (device, MONOCLE_PRECISION_F32, fault);
  monocle_device_memory_keep (device, MONOCLE_PRECISION_F16, fault);
  g_settings_set_string (gui_get_settings (), "device", trusted[0]);
  window = gui_open_sample ("1-park.png");
  query = gui_ask (window, "detect", NULL);
  g_assert_error (monocle_query_get_error (query), MONOCLE_ENGINE_ERROR,
                  MONOCLE_ENGINE_ERROR_WRONG_RESULTS);
  g_assert_true (gui_has_text (window, "The Device Computes Wrongly"));

  g_settings_set_strv (gui_get_settings (), "trusted-devices", trusted);
  query = gui_ask (window, "detect", NULL);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_DONE);
  g_assert_null (find_bar (window));

  g_settings_reset (gui_get_settings (), "trusted-devices");
  g_settings_reset (gui_get_settings (), "device");
  monocle_device_memory_keep (device, MONOCLE_PRECISION_F32, NULL);
  monocle_device_memory_keep (device, MONOCLE_PRECISION_F16, NULL);
}

static void
activate_row (GtkWidget *dialog, const char *title)
{
  GtkWidget *row = gtk_widget_get_ancestor (gui_find_text (dialog, title), ADW_TYPE_ACTION_ROW);

  adw_action_row_activate (ADW_ACTION_ROW (row));
}

static gboolean
is_checking (gpointer dialog)
{
  return gui_has_text (dialog, "Stop");
}

static gboolean
has_stopped (gpointer dialog)
{
  return !is_checking (dialog);
}

/* Preferences say what is known of the device, take the person's word, and check it again. */
static void
test_check_row (void)
{
  g_autoptr (GPtrArray) devices = monocle_device_list (NULL);
  MonocleDevice *device = devices->pdata[0];
  g_auto (GStrv) trusted = NULL, none = NULL;
  MonocleWindow *window;
  GtkWidget *dialog;

  monocle_device_memory_keep (device, MONOCLE_PRECISION_F32, "matmul is off by 0.5");
  g_settings_set_string (gui_get_settings (), "device", monocle_device_get_uuid (device));
  window = gui_open_empty ();
  gui_act (window, "app.preferences", NULL);
  dialog = gui_find_dialog (window);
  gui_wait_for_text (dialog, "In 32 bits: wrong.");

  activate_row (dialog, "Use It All the Same");
  trusted = g_settings_get_strv (gui_get_settings (), "trusted-devices");
  g_assert_cmpstr (trusted[0], ==, monocle_device_get_uuid (device));
  activate_row (dialog, "Use It All the Same");
  none = g_settings_get_strv (gui_get_settings (), "trusted-devices");
  g_assert_null (none[0]);

  /* The same button stops it. */
  activate_row (dialog, "Check This Device");
  gui_wait_for ("the check to begin", is_checking, dialog);
  activate_row (dialog, "Check This Device");
  gui_wait_for ("the check to stop", has_stopped, dialog);
  gui_close_dialog (dialog);

  g_settings_reset (gui_get_settings (), "device");
  monocle_device_memory_keep (device, MONOCLE_PRECISION_F32, NULL);
}

static void
test_software_is_named (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_ask (window, "detect", NULL);
  if (monocle_device_get_kind (monocle_runner_get_device (
          monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()))))
      == MONOCLE_DEVICE_SOFTWARE)
    g_assert_true (gui_has_text (window, "CPU"));
  else
    g_assert_false (gui_has_text (window, "CPU"));
  g_assert_true (gui_has_text (window, "Default model"));
}

int
main (int argc, char **argv)
{
  gboolean no_device = argc > 1 && strcmp (argv[1], "--no-device") == 0;

  if (no_device)
    {
      g_setenv ("VK_ICD_FILENAMES", "/nonexistent/driver.json", TRUE);
      g_setenv ("VK_DRIVER_FILES", "/nonexistent/driver.json", TRUE);
      argv[1] = argv[0];
      argv++;
      argc--;
    }
  gui_init (&argc, &argv);

  if (no_device)
    g_test_add_func ("/gui/trouble/no-device", test_no_device);
  else
    {
      g_test_add_func ("/gui/trouble/no-model", test_no_model);
      g_test_add_func ("/gui/trouble/device-gone", test_device_gone);
      g_test_add_func ("/gui/trouble/wrong-device", test_wrong_device);
      g_test_add_func ("/gui/trouble/check-row", test_check_row);
      g_test_add_func ("/gui/trouble/software-is-named", test_software_is_named);
    }

  return gui_run ();
}
