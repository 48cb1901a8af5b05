/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that draws: what it draws is shown beside the picture, and becomes a picture itself.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "hashed-unifiedio.h"
#include "hashed-unifiedio2.h"
#include "tests/gui/harness.h"
#include "ui/ask-panel.h"
#include "ui/drawn-view.h"

/* One of the models that draw, and what of it is asked. */
typedef struct
{
  void (*write) (const char *folder);
  const char *task;
  const char *picture; /* what it is kept as */
} Case;

static const Case first = { hashed_unifiedio_write_model, "depth", "drawn" };
static const Case second = { hashed_unifiedio2_write_model, "normals", "drawn-normals" };

static char *
make_model (const Case *which)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("monocle-drawn-XXXXXX", &error);

  g_assert_no_error (error);
  which->write (folder);
  return folder;
}

static void
remove_model (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

static void
test_drawn (gconstpointer user_data)
{
  const Case *which = user_data;
  g_autoptr (GSettings) settings = g_settings_new (MONOCLE_APPLICATION_ID);
  g_autofree char *model = make_model (which);
  MonocleWindow *window = gui_open_sample ("3-street.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);
  MonocleImage *image = monocle_document_get_image (gui_get_document (window));
  const int width = (int) monocle_image_get_width (image);
  const int height = (int) monocle_image_get_height (image);
  MonocleQuery *query;
  GtkWidget *view;
  GdkPaintable *drawn;
  MonocleDocument *before = gui_get_document (window);

  g_settings_set_string (settings, "model", model);
  gui_settle ();
  monocle_ask_panel_set_task (ask, which->task);
  gui_act (window, "win.run", NULL);
  query = monocle_presentation_get_query (monocle_window_get_presentation (window));
  gui_wait_done (query);
  g_assert_no_error ((GError *) monocle_query_get_error (query));
  view = gui_find (window, MONOCLE_TYPE_DRAWN_VIEW);
  g_assert_true (gtk_widget_get_mapped (view));
  drawn = gtk_picture_get_paintable (gui_find (view, GTK_TYPE_PICTURE));
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (drawn), ==, width);
  g_assert_cmpint (gdk_paintable_get_intrinsic_height (drawn), ==, height);

  gui_keep_picture (window, which->picture);
  g_assert_false (gui_has_text (window, "No answer"));

  gui_act (window, "win.use-drawn", NULL);
  while (gui_get_document (window) == before)
    g_main_context_iteration (NULL, TRUE);
  image = monocle_document_get_image (gui_get_document (window));
  g_assert_cmpuint (monocle_image_get_width (image), ==, (guint) width);
  g_settings_reset (settings, "model");
  gui_settle ();
  remove_model (model);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_data_func ("/drawn/depth", &first, test_drawn);
  g_test_add_data_func ("/drawn/normals", &second, test_drawn);
  return gui_run ();
}
