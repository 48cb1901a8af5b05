/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that draws: what it draws is shown beside the picture, can be dragged away, is drawn once
 * more and compared with that, and becomes a picture itself.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "hashed-unifiedio.h"
#include "hashed-unifiedio2.h"
#include "tests/gui/harness.h"
#include "ui/ask-panel.h"
#include "ui/canvas.h"
#include "ui/compare-view.h"
#include "ui/drawn-provider.h"
#include "ui/drawn-view.h"

/* One of the models that draw, and what of it is asked. */
typedef struct
{
  void (*write) (const char *folder);
  const char *task;
  const char *picture; /* what it is kept as */
  const char *legend;  /* by the name of its widget */
} Case;

static const Case first = { hashed_unifiedio_write_model, "depth", "drawn", "distances" };
static const Case second
    = { hashed_unifiedio2_write_model, "normals", "drawn-normals", "directions" };

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

static MonocleImage *
find_drawn (MonocleQuery *query)
{
  MonocleImage *drawn = monocle_drawn_find (monocle_query_get_results (query)->pdata[0]);

  g_assert_nonnull (drawn);
  return drawn;
}

/* As a file that says how it came to be, and as a texture. */
static void
check_dragged (MonocleQuery *query)
{
  const MonocleDrawnFacts facts = monocle_drawn_provider_find_facts (query);
  MonocleImage *drawn = find_drawn (query);
  g_autoptr (GdkContentProvider) provider = monocle_drawn_provider_new (drawn, &facts);
  g_auto (GValue) files = G_VALUE_INIT, texture = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autofree char *seed = NULL;
  GSList *list;

  g_value_init (&files, GDK_TYPE_FILE_LIST);
  gdk_content_provider_get_value (provider, &files, &error);
  g_assert_no_error (error);
  list = g_value_get_boxed (&files);
  pixbuf = gdk_pixbuf_new_from_file (g_file_peek_path (list->data), &error);
  g_assert_no_error (error);
  seed = g_strdup_printf ("%" G_GUINT64_FORMAT, facts.seed);
  g_assert_cmpstr (gdk_pixbuf_get_option (pixbuf, "tEXt::Seed"), ==, seed);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, (int) monocle_image_get_width (drawn));
  g_value_init (&texture, GDK_TYPE_TEXTURE);
  gdk_content_provider_get_value (provider, &texture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (g_value_get_object (&texture)), ==,
                   (int) monocle_image_get_width (drawn));
}

/* Whether two pictures that were drawn share the canvas, as large as it is. */
static void
check_beside (GtkWidget *canvas, gboolean are_there)
{
  static const char *const names[] = { "first_drawn", "second_drawn" };
  GObject *tools = gtk_widget_get_template_child (canvas, MONOCLE_TYPE_CANVAS, "tools");

  g_assert_cmpint (gtk_widget_get_mapped (GTK_WIDGET (tools)), ==, !are_there);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GtkPicture *picture
          = GTK_PICTURE (gtk_widget_get_template_child (canvas, MONOCLE_TYPE_CANVAS, names[i]));

      g_assert_cmpint (gtk_widget_get_mapped (GTK_WIDGET (picture)), ==, are_there);
      g_assert_cmpint (gtk_picture_get_paintable (picture) != NULL, ==, are_there);
      if (are_there)
        g_assert_cmpint (2 * gtk_widget_get_width (GTK_WIDGET (picture)), >,
                         gtk_widget_get_width (canvas) - 60);
    }
}

/* Another one of the next seed, beside the one before. */
static void
check_another (MonocleWindow *window, MonocleQuery *before, const char *picture)
{
  MonoclePresentation *presentation = monocle_window_get_presentation (window);
  g_autofree char *name = g_strconcat (picture, "-compared", NULL);
  MonocleQuery *another;
  GtkWidget *canvas, *view, *pinned;
  MonocleImage *a, *b;

  gui_act (window, "win.draw-another", NULL);
  another = monocle_presentation_get_query (presentation);
  g_assert_true (another != before);
  gui_wait_done (another);
  g_assert_no_error ((GError *) monocle_query_get_error (another));
  g_assert_true (monocle_query_get_settings (another)->is_drawn);
  g_assert_cmpuint (monocle_query_get_settings (another)->sampling.seed, ==, 1);
  a = find_drawn (before);
  b = find_drawn (another);
  g_assert_cmpint (memcmp (monocle_image_get_pixels (a), monocle_image_get_pixels (b),
                           3 * (gsize) monocle_image_get_width (a) * monocle_image_get_height (a)),
                   !=, 0);
  check_dragged (another);

  monocle_presentation_set_pinned (presentation, before);
  gui_settle ();
  view = gui_find (window, MONOCLE_TYPE_COMPARE_VIEW);
  canvas = gui_find (window, MONOCLE_TYPE_CANVAS);
  pinned = gui_find (view, GTK_TYPE_PICTURE);
  g_assert_true (gtk_widget_get_mapped (pinned));
  g_assert_nonnull (gtk_picture_get_paintable (GTK_PICTURE (pinned)));
  g_assert_nonnull (gtk_picture_get_paintable (GTK_PICTURE (gtk_widget_get_next_sibling (pinned))));
  gui_keep_picture (window, name);
  check_beside (canvas, TRUE);
  monocle_presentation_set_pinned (presentation, NULL);
  gui_settle ();
  check_beside (canvas, FALSE);
}

/* Of @legend alone. */
static void
check_legend (GtkWidget *view, const char *legend)
{
  static const char *const legends[] = { "distances", "directions" };

  for (guint i = 0; i < G_N_ELEMENTS (legends); i++)
    {
      GObject *widget = gtk_widget_get_template_child (view, MONOCLE_TYPE_DRAWN_VIEW, legends[i]);

      g_assert_cmpint (gtk_widget_get_mapped (GTK_WIDGET (widget)), ==,
                       g_str_equal (legends[i], legend));
    }
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
  check_legend (view, which->legend);
  drawn = gtk_picture_get_paintable (gui_find (view, GTK_TYPE_PICTURE));
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (drawn), ==, width);
  g_assert_cmpint (gdk_paintable_get_intrinsic_height (drawn), ==, height);

  gui_keep_picture (window, which->picture);
  g_assert_false (gui_has_text (window, "No answer"));
  check_dragged (query);
  check_another (window, query, which->picture);

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
