/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures from words: drawn by the model that comes along, with no picture open; words that it
 * does not know; stopping, closing; no model.
 */
#include "config.h"

#include <string.h>

#include "tests/gui/harness.h"
#include "ui/sketch-page.h"

static MonocleSketchPage *
peek_page (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (MONOCLE_IS_SKETCH_PAGE (toplevel) && gtk_widget_get_mapped (toplevel))
        return MONOCLE_SKETCH_PAGE (toplevel);
    }
  return NULL;
}

static gboolean
has_page (gpointer data)
{
  return (peek_page () != NULL) == GPOINTER_TO_INT (data);
}

static MonocleSketchPage *
open_page (void)
{
  gui_act (gui_open_empty (), "app.draw-picture", NULL);
  gui_wait_for ("the page", has_page, GINT_TO_POINTER (TRUE));
  return peek_page ();
}

static gboolean
is_null (gpointer data)
{
  return *(gpointer *) data == NULL;
}

/* It is gone, with all that it had. */
static void
close_page (MonocleSketchPage *page)
{
  GtkWidget *weak = NULL;

  g_set_weak_pointer (&weak, GTK_WIDGET (page));
  gtk_window_close (GTK_WINDOW (page));
  gui_wait_for ("the page to be gone", is_null, &weak);
  gui_close_all ();
}

static gboolean
is_in_state (gpointer state)
{
  return monocle_sketcher_get_state (monocle_sketch_page_get_sketcher (peek_page ()))
         == (MonocleSketcherState) GPOINTER_TO_INT (state);
}

static void
expect_state (const char *what, MonocleSketcherState state)
{
  gui_wait_for (what, is_in_state, GINT_TO_POINTER ((int) state));
  gui_settle ();
}

static void
type (MonocleSketchPage *page, const char *words)
{
  gtk_editable_set_text (GTK_EDITABLE (gui_find (page, GTK_TYPE_ENTRY)), words);
  gui_settle ();
}

static void
act (MonocleSketchPage *page, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), action, NULL));
  gui_settle ();
}

/* The default number of pictures, of which others come next. */
static void
test_draw (void)
{
  MonocleSketchPage *page = open_page ();
  MonocleSketcher *sketcher = monocle_sketch_page_get_sketcher (page);
  g_autoptr (MonocleImage) first = NULL;
  GPtrArray *pictures;

  type (page, "three small red stars at night");
  act (page, "sketch.draw");
  expect_state ("pictures", MONOCLE_SKETCHER_DONE);
  pictures = monocle_sketcher_get_pictures (sketcher);
  g_assert_cmpuint (pictures->len, ==, 4);
  g_assert_cmpuint (monocle_image_get_width (pictures->pdata[0]), ==, 64);
  g_assert_nonnull (gui_find (page, GTK_TYPE_PICTURE));
  g_assert_cmpuint (monocle_sketcher_get_seed (sketcher), ==, 1);
  gui_keep_picture (page, "sketch-drawn");
  first = monocle_image_ref (pictures->pdata[0]);

  act (page, "sketch.others");
  expect_state ("others", MONOCLE_SKETCHER_DONE);
  g_assert_cmpuint (monocle_sketcher_get_seed (sketcher), ==, 5);
  pictures = monocle_sketcher_get_pictures (sketcher);
  g_assert_cmpuint (pictures->len, ==, 4);
  g_assert_cmpint (memcmp (monocle_image_get_pixels (first),
                           monocle_image_get_pixels (pictures->pdata[0]), 64 * 64 * 3),
                   !=, 0);
  close_page (page);
}

static gboolean
shows_drawn (gpointer window)
{
  MonocleDocument *document = gui_get_document (window);
  MonocleImage *image = document ? monocle_document_get_image (document) : NULL;

  return image && monocle_image_get_width (image) == 64;
}

/* What was drawn becomes the picture that is asked about. */
static void
test_use (void)
{
  MonocleSketchPage *page = open_page ();
  GtkWindow *window = gtk_window_get_transient_for (GTK_WINDOW (page));

  type (page, "a blue star");
  act (page, "sketch.draw");
  expect_state ("pictures", MONOCLE_SKETCHER_DONE);
  act (page, "sketch.use");
  gui_wait_for ("what was drawn", shows_drawn, window);
  close_page (page);
}

static void
test_unknown (void)
{
  MonocleSketchPage *page = open_page ();

  type (page, "a blue elephant");
  act (page, "sketch.draw");
  expect_state ("what is wrong", MONOCLE_SKETCHER_FAILED);
  g_assert_true (gui_has_text (page, "“elephant”"));
  g_assert_null (gui_find (page, GTK_TYPE_PICTURE));
  gui_keep_picture (page, "sketch-unknown");
  /* The model is there, and draws what it knows. */
  type (page, "a blue star");
  act (page, "sketch.draw");
  expect_state ("pictures", MONOCLE_SKETCHER_DONE);
  g_assert_false (gui_has_text (page, "“elephant”"));
  close_page (page);
}

/* Whenever that is. */
static void
test_stop (void)
{
  MonocleSketchPage *page = open_page ();

  type (page, "a star");
  act (page, "sketch.draw");
  act (page, "sketch.stop");
  expect_state ("nothing more", MONOCLE_SKETCHER_STOPPED);
  g_assert_true (gui_has_text (page, "Stopped"));
  g_assert_null (gui_find (page, GTK_TYPE_SPINNER));
  act (page, "sketch.draw");
  expect_state ("pictures", MONOCLE_SKETCHER_DONE);
  g_assert_false (gui_has_text (page, "Stopped"));
  act (page, "sketch.others");
  close_page (page);
}

/* What comes along came without the model. */
static void
test_no_model (void)
{
  MonocleSketchPage *page = open_page ();

  act (page, "sketch.draw");
  expect_state ("no model", MONOCLE_SKETCHER_FAILED);
  g_assert_true (gui_has_text (page, "The Model Could Not Be Loaded"));
  gui_keep_picture (page, "sketch-no-model");
  close_page (page);
}

int
main (int argc, char **argv)
{
  const gboolean no_model = argc > 1 && strcmp (argv[1], "--no-model") == 0;
  g_autofree char *data = no_model ? g_dir_make_tmp ("monocle-sketch-XXXXXX", NULL) : NULL;
  int status;

  if (no_model)
    {
      g_setenv ("MONOCLE_DATA_DIR", data, TRUE);
      argv[1] = argv[0];
      argv++;
      argc--;
    }
  gui_init (&argc, &argv);

  if (no_model)
    g_test_add_func ("/gui/sketch/no-model", test_no_model);
  else
    {
      g_test_add_func ("/gui/sketch/draw", test_draw);
      g_test_add_func ("/gui/sketch/use", test_use);
      g_test_add_func ("/gui/sketch/unknown", test_unknown);
      g_test_add_func ("/gui/sketch/stop", test_stop);
    }
  status = gui_run ();
  if (data)
    gui_remove (data);
  return status;
}
