/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of every page and state of the application, to be looked at: `meson compile -C build
 * screenshots`. What each shows is made by real runs of the default model.
 *
 *   screenshots DIRECTORY [--dark] [--rtl] [--size WIDTHxHEIGHT] [--scale N] [--only NAME]
 */
#include "config.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "app/models/device-memory.h"
#include "engine/models/florence2/tasks.h"
#include "tests/gui/harness.h"
#include "ui/image-view.h"
#include "ui/application.h"
#include "ui/search-page-private.h"
#include "ui/side-panel.h"
#include "ui/window-private.h"

static char *directory;
static char *size;
static char *only;
static char *suffix = "";
static int scale = 1;
static gboolean dark, rtl;

static const GOptionEntry options[] = {
  { "dark", 0, 0, G_OPTION_ARG_NONE, &dark, "Dark style", NULL },
  { "rtl", 0, 0, G_OPTION_ARG_NONE, &rtl, "Right to left", NULL },
  { "size", 0, 0, G_OPTION_ARG_STRING, &size, "Size of the window", "WIDTHxHEIGHT" },
  { "scale", 0, 0, G_OPTION_ARG_INT, &scale, "Pixels for one of the window", "N" },
  { "only", 0, 0, G_OPTION_ARG_STRING, &only, "One picture", "NAME" },
  { "suffix", 0, 0, G_OPTION_ARG_STRING, &suffix, "Goes behind the name", "TEXT" },
  { NULL },
};

static MonoclePresentation *
get_presentation (MonocleWindow *window)
{
  return monocle_window_get_presentation (window);
}

static void
take (gpointer window, const char *name)
{
  g_autofree char *file = g_strdup_printf ("%s%s.png", name, suffix);
  g_autofree char *path = g_build_filename (directory, file, NULL);

  gui_settle ();
  gui_wait_ms (250);
  gui_write_picture (window, scale, path);
  printf ("%s\n", path);
  fflush (stdout);
}

/* A dialog that is open now, with the window that it is inside of if it is; closes it. */
static void
take_dialog (MonocleWindow *window, const char *name)
{
  GtkWidget *dialog = gui_find_dialog (window);

  g_assert_nonnull (dialog);
  take (gtk_widget_get_root (dialog), name);
  gui_close_dialog (dialog);
}

static void
select_first (MonocleWindow *window)
{
  gtk_selection_model_select_item (monocle_presentation_get_objects (get_presentation (window)), 0,
                                   TRUE);
}

static void
add_region (MonocleWindow *window, float x1, float y1, float x2, float y2)
{
  MonocleBox box = { x1, y1, x2, y2 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);
  MonocleDocument *document = gui_get_document (window);
  GtkSelectionModel *regions = monocle_presentation_get_regions (get_presentation (window));

  monocle_document_add_region (document, region);
  gtk_selection_model_select_item (regions, g_list_model_get_n_items (G_LIST_MODEL (regions)) - 1,
                                   FALSE);
}

/* --- The states --- */

static void
show_welcome (void)
{
  take (gui_open_empty (), "welcome");
}

static void
show_opened (void)
{
  take (gui_open_sample ("1-park.png"), "opened");
}

static void
show_detect (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_ask (window, "detect", NULL);
  take (window, "detect");
  select_first (window);
  take (window, "selected");
}

static void
show_styles (void)
{
  static const char *const styles[] = { "corners", "mask", "spotlight", "blur" };
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_ask (window, "detect", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    {
      g_autofree char *name = g_strdup_printf ("style-%s", styles[i]);

      g_action_group_change_action_state (G_ACTION_GROUP (window), "style",
                                          g_variant_new_string (styles[i]));
      take (window, name);
    }
  g_action_group_change_action_state (G_ACTION_GROUP (window), "style",
                                      g_variant_new_string ("box"));
}

static void
show_outline (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_ask (window, "referring-segmentation", "the bicycle");
  take (window, "outline");
}

static void
show_caption (void)
{
  MonocleWindow *window = gui_open_sample ("5-animals.png");

  gui_ask (window, "more-detailed-caption", NULL);
  take (window, "caption");
}

static gboolean
has_text (gpointer query)
{
  return monocle_query_get_text (query) || !monocle_query_is_active (query);
}

static void
show_running (void)
{
  GSettings *settings = gui_get_settings ();
  MonocleWindow *window = gui_open_sample ("3-street.png");
  g_autoptr (MonocleQuery) query = monocle_query_new (
      monocle_florence2_find_task ("more-detailed-caption"), NULL, NULL, 0, NULL);

  /* So that there is time to take the picture. */
  g_settings_set_int (settings, "beams", 16);
  monocle_window_run_query (window, query);
  gui_wait_for ("words", has_text, query);
  take (window, "running");
  g_settings_reset (settings, "beams");
  gui_wait_done (query);
}

static void
show_regions (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  add_region (window, 330, 60, 600, 300);
  add_region (window, 60, 345, 270, 580);
  take (window, "regions");
  gui_act (window, "win.ask-what", NULL);
  gui_wait_done (monocle_presentation_get_query (get_presentation (window)));
  take (window, "region-answers");
}

static void
show_nothing_found (void)
{
  MonocleWindow *window = gui_open_sample ("2-fruit.png");

  gui_ask (window, "open-vocabulary-detection", "elephant");
  take (window, "nothing-found");
}

static void
show_history_and_comparison (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");
  MonocleQuery *first, *second;

  first = gui_ask (window, "detect", NULL);
  gui_ask (window, "caption", NULL);
  second = gui_ask (window, "dense-region-caption", NULL);
  take (window, "history");
  monocle_presentation_set_query (get_presentation (window), second);
  monocle_presentation_set_pinned (get_presentation (window), first);
  take (window, "compare");
}

static void
show_popovers (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  g_autoptr (GPtrArray) buttons = NULL;

  gui_ask (window, "detect", NULL);
  gui_act (window, "win.choose-task", NULL);
  gui_wait_ms (400);
  take (window, "tasks");
  gui_close_all ();

  window = gui_open_sample ("1-park.png");
  gui_ask (window, "detect", NULL);
  buttons = gui_find_all (window, GTK_TYPE_MENU_BUTTON);
  for (guint i = 0; i < buttons->len; i++)
    {
      GtkWidget *button = buttons->pdata[i];
      g_autofree char *name = g_strdup_printf ("popover-%u", i);

      if (!gtk_widget_get_mapped (button))
        continue;
      gtk_menu_button_popup (GTK_MENU_BUTTON (button));
      gui_wait_ms (300);
      take (window, name);
      gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
      gui_wait_ms (100);
    }
}

static void
show_dialogs (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_ask (window, "detect", NULL);
  gui_act (window, "win.export", NULL);
  gui_wait_ms (600);
  take_dialog (window, "export");
  gui_act (window, "win.properties", NULL);
  gui_wait_ms (300);
  take_dialog (window, "properties");
  gui_act (window, "app.preferences", NULL);
  take_dialog (window, "preferences");
  gui_act (window, "app.about", NULL);
  take_dialog (window, "about");
  gui_act (window, "win.show-help-overlay", NULL);
  gui_wait_ms (300);
  take_dialog (window, "shortcuts");
}

static void
show_fullscreen (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_ask (window, "detect", NULL);
  gui_set_fullscreen (window, TRUE);
  take (window, "fullscreen");
}

static void
show_icon (void)
{
  g_autofree char *path = gui_temporary ("icon.png");
  cairo_surface_t *icon = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 32, 32);
  cairo_t *cr = cairo_create (icon);

  cairo_set_source_rgb (cr, 0.9, 0.7, 0.2);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0.2, 0.3, 0.7);
  cairo_arc (cr, 16, 16, 11, 0, 7);
  cairo_fill (cr);
  cairo_destroy (cr);
  cairo_surface_write_to_png (icon, path);
  cairo_surface_destroy (icon);
  take (gui_open_path (path), "icon");
}

static void
show_broken (void)
{
  g_autofree char *path = gui_temporary ("broken.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MonocleWindow *window = gui_open_empty ();

  g_file_set_contents (path, "no picture", -1, NULL);
  g_application_open (G_APPLICATION (gui_get_application ()), &file, 1, "");
  gui_wait_for_text (window, "broken.png");
  take (window, "broken");
}

static gboolean
can_go_on (gpointer window)
{
  return gui_can_act (window, "win.next");
}

static void
show_folder (void)
{
  g_autofree char *path = gui_sample ("2-fruit.png");
  MonocleWindow *window = gui_open_path (path);

  gui_wait_for ("neighbours", can_go_on, window);
  gui_ask (window, "caption", NULL);
  gui_wait_ms (800);
  take (window, "folder");
}

static void
show_no_model (void)
{
  MonocleWindow *window;
  GSettings *settings = gui_get_settings ();

  g_settings_set_string (settings, "model", "no-such-model");
  window = gui_open_sample ("1-park.png");
  gui_ask (window, "detect", NULL);
  take (window, "no-model");
  g_settings_reset (settings, "model");
  gui_wait_ms (500);
}

static void
show_ranks (void)
{
  g_autofree char *model = gui_fixture ("vit/vit-32");
  GSettings *settings = gui_get_settings ();
  MonocleWindow *window = gui_open_sample ("1-park.png");

  g_settings_set_string (settings, "model", model);
  gui_settle ();
  gui_act (window, "win.run", NULL);
  gui_wait_done (monocle_presentation_get_query (monocle_window_get_presentation (window)));
  take (window, "ranks");
  g_settings_reset (settings, "model");
  gui_wait_ms (500);
}

/* Labels of one's own: typed, and each judged by itself. */
static void
show_labels (void)
{
  g_autofree char *model = gui_fixture ("clip/siglip");
  GSettings *settings = gui_get_settings ();
  MonocleWindow *window = gui_open_sample ("1-park.png");

  g_settings_set_string (settings, "model", model);
  gui_settle ();
  take (window, "labels-empty");
  gui_ask (window, "classify-each", "a dog, people in a park, a red car, the night sky");
  take (window, "labels");
  g_settings_reset (settings, "model");
  gui_wait_ms (500);
}

static void
show_models (void)
{
  MonocleWindow *window = gui_open_empty ();
  int width, height;
  GtkRoot *root;

  gui_act (window, "app.models", NULL);
  gui_settle ();
  root = gtk_widget_get_root (gui_find_dialog (window));
  if (GTK_WINDOW (root) != GTK_WINDOW (window) && size
      && sscanf (size, "%dx%d", &width, &height) == 2)
    gtk_window_set_default_size (GTK_WINDOW (root), MIN (width, 640), height);
  take_dialog (window, "models");
}

static void
fail_load (MonocleWindow *window, const char *name)
{
  gui_act (window, "win.run", NULL);
  gui_wait_done (monocle_presentation_get_query (get_presentation (window)));
  take (window, name);
}

/* What the strip says of devices and models. */
static void
show_strips (void)
{
  g_autoptr (GPtrArray) devices = monocle_device_list (NULL);
  GSettings *settings = gui_get_settings ();
  MonocleWindow *window;

  g_assert_cmpuint (devices->len, >, 0);
  window = gui_open_sample ("1-park.png");
  monocle_window_offer_models (window);
  take (window, "strip-photograph");
  monocle_window_say_device_lost (window);
  take (window, "strip-lost");

  g_settings_set_string (settings, "device", "0123456789abcdef0123456789abcdef");
  window = gui_open_sample ("1-park.png");
  fail_load (window, "strip-device-gone");

  for (MonoclePrecision i = MONOCLE_PRECISION_F32; i <= MONOCLE_PRECISION_F16; i++)
    monocle_device_memory_keep (devices->pdata[0], i, "Card computes wrongly: matmul is off");
  g_settings_set_string (settings, "device", monocle_device_get_uuid (devices->pdata[0]));
  window = gui_open_sample ("1-park.png");
  fail_load (window, "strip-wrong-device");
  gui_act (window, "app.preferences", NULL);
  gui_wait_ms (500);
  take_dialog (window, "preferences-wrong-device");
  g_settings_reset (settings, "device");
  for (MonoclePrecision i = MONOCLE_PRECISION_F32; i <= MONOCLE_PRECISION_F16; i++)
    monocle_device_memory_keep (devices->pdata[0], i, NULL);
}

/* --- Searching --- */

static gboolean
is_indexed (gpointer data)
{
  MonocleFinder *finder
      = monocle_application_get_finder (MONOCLE_APPLICATION (gui_get_application ()));

  return monocle_finder_get_progress (finder)->phase == MONOCLE_FINDER_DONE;
}

static gboolean
has_findings (gpointer window)
{
  return gui_find (window, GTK_TYPE_SCALE) != NULL;
}

static void
type_search (MonocleWindow *window, const char *words)
{
  gtk_editable_set_text (gui_find (window, GTK_TYPE_SEARCH_ENTRY), words);
  gui_wait_for ("findings", has_findings, window);
  gui_wait_ms (500);
}

/* (transfer full): a folder of scenes, each also in another quality and as a copy */
static char *
make_alike (void)
{
  char *folder = gui_temporary (NULL);

  for (guint i = 0; i < 18; i++)
    {
      g_autofree char *scene = g_strdup_printf ("scenes/style/images/%06u.jpg", i / 3);
      g_autofree char *source = gui_fixture (scene);
      g_autofree char *path = g_strdup_printf ("%s/%u-%u.jpg", folder, i / 3, i % 3);
      g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_file (source, NULL);

      gdk_pixbuf_save (pixbuf, path, "jpeg", NULL, "quality", i % 3 == 1 ? "30" : "90", NULL);
    }
  return folder;
}

/* With a model that has learned nothing: what it finds means nothing either. */
static void
show_search (void)
{
  g_autofree char *model = gui_fixture ("clip/clip-quick");
  g_autofree char *folder = gui_fixture ("scenes/style/images/000001.jpg");
  g_autofree char *alike = NULL;
  GSettings *settings = gui_get_settings ();
  MonocleWindow *window = gui_open_sample ("1-park.png");

  gui_act (window, "win.search", NULL);
  gui_wait_ms (1500);
  take (window, "search-no-model");
  gui_close_all ();
  window = gui_open_empty ();
  gui_act (window, "win.search", NULL);
  take (window, "search-no-folder");

  g_settings_set_string (settings, "model", model);
  gui_wait_ms (1000);
  window = gui_open_path (folder);
  gui_act (window, "win.search", NULL);
  gui_wait_ms (800);
  take (window, "search-start");
  gui_wait_for ("all pictures", is_indexed, NULL);
  type_search (window, "a dog");
  take (window, "search-words");
  gtk_range_set_value (gui_find (window, GTK_TYPE_SCALE), 3);
  gui_wait_ms (800);
  take (window, "search-all");
  gtk_editable_set_text (gui_find (window, GTK_TYPE_SEARCH_ENTRY), "");
  gui_act (window, "win.search-similar", NULL);
  gui_wait_for ("findings", has_findings, window);
  gui_wait_ms (1500);
  take (window, "search-picture");
  gtk_range_set_value (gui_find (window, GTK_TYPE_SCALE), 0);
  take (window, "search-nothing");
  alike = make_alike ();
  window = gui_open_path (alike);
  gui_act (window, "win.search", NULL);
  gtk_toggle_button_set_active (window->search_page->duplicates, TRUE);
  gui_wait_for ("all pictures", is_indexed, NULL);
  gui_wait_ms (3000);
  take (window, "search-duplicates");
  g_settings_reset (settings, "model");
  gui_wait_ms (500);
}

static const struct
{
  const char *name;
  void (*show) (void);
} states[] = {
  { "search", show_search },
  { "ranks", show_ranks },
  { "labels", show_labels },
  { "welcome", show_welcome },
  { "opened", show_opened },
  { "detect", show_detect },
  { "styles", show_styles },
  { "outline", show_outline },
  { "caption", show_caption },
  { "running", show_running },
  { "regions", show_regions },
  { "nothing-found", show_nothing_found },
  { "history", show_history_and_comparison },
  { "popovers", show_popovers },
  { "dialogs", show_dialogs },
  { "fullscreen", show_fullscreen },
  { "icon", show_icon },
  { "broken", show_broken },
  { "folder", show_folder },
  { "no-model", show_no_model },
  { "models", show_models },
  { "strips", show_strips },
};

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("DIRECTORY");
  g_autoptr (GError) error = NULL;
  GSettings *settings;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    {
      fprintf (stderr, "screenshots: %s\n", error ? error->message : "name a directory");
      return 2;
    }
  directory = argv[1];
  g_mkdir_with_parents (directory, 0777);
  argc = 1;

  gui_init (&argc, &argv);
  /* This is no test: a warning of GTK's shortcuts window must not end it. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  if (rtl)
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
  settings = gui_get_settings ();
  if (size)
    {
      int width, height;

      if (sscanf (size, "%dx%d", &width, &height) == 2)
        {
          g_settings_set_int (settings, "window-width", width);
          g_settings_set_int (settings, "window-height", height);
        }
    }

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (!only || g_str_equal (only, states[i].name))
      {
        states[i].show ();
        gui_close_all ();
      }
  gui_end ();
  return 0;
}
