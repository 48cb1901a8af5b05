/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model is taught what was corrected: things are drawn and named, the page says what there is to
 * learn and what it takes, it learns while other things are done, and what came of it is kept,
 * tried or discarded. What a person does is done by pointer and keys.
 */
#include "config.h"

#include "app/models/manifest.h"
#include "app/models/store.h"
#include "tests/gui/harness-canvas.h"
#include "ui/name-popover.h"
#include "ui/train-bar.h"
#include "ui/train-page.h"

#define MODEL      "models/native-96"
#define N_PICTURES 5
#define SIDE       96
/* What a window can always be made. */
#define NARROWEST 360
/* What is held out falls by lot, which pictures of these seeds decide: two of them. */
#define FIRST_SEED 1
/* What is to be stopped is not over before, however slow the hand is. */
#define MINUTES 30

/* --- a folder ----------------------------------------------------------------------------- */

/* Blocks of any grey: none looks like another. */
static void
paint (const char *path, guint seed)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, SIDE, SIDE);
  cairo_t *cr = cairo_create (surface);
  GRand *chance = g_rand_new_with_seed (seed);

  for (guint y = 0; y < SIDE; y += 8)
    for (guint x = 0; x < SIDE; x += 8)
      {
        const double grey = g_rand_double (chance);

        cairo_set_source_rgb (cr, grey, grey * 0.8, grey);
        cairo_rectangle (cr, x, y, 8, 8);
        cairo_fill (cr);
      }
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  g_rand_free (chance);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

typedef struct
{
  MonocleWindow *window;
  const char *text;
} Expected;

static gboolean
has_text (gpointer data)
{
  const Expected *expected = data;

  return gui_has_text (expected->window, expected->text);
}

static void
expect_text (gpointer root, const char *text)
{
  gui_wait_for (text, has_text, &(Expected){ root, text });
}

static gboolean
shows (gpointer data)
{
  const Expected *expected = data;
  MonocleDocument *document = gui_get_document (expected->window);

  return document && monocle_document_get_image (document)
         && g_str_equal (monocle_document_get_name (document), expected->text);
}

static char *
dup_name (guint i)
{
  return g_strdup_printf ("picture %u.png", i + 1);
}

static MonocleWindow *
open_folder (char **folder)
{
  g_autofree char *model = gui_fixture (MODEL), *first = NULL;
  g_autofree char *place = g_strdup_printf ("1 of %u", N_PICTURES);
  MonocleWindow *window;

  *folder = gui_temporary (NULL);
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *name = dup_name (i);
      g_autofree char *path = g_build_filename (*folder, name, NULL);

      paint (path, FIRST_SEED + i);
    }
  g_settings_set_string (gui_get_settings (), "model", model);
  first = g_build_filename (*folder, "picture 1.png", NULL);
  window = gui_open_path (first);
  expect_text (window, place);
  return window;
}

static void
correct (MonocleWindow *window, const char *folder, guint i, const char *label)
{
  const MonocleBox box = { 10, 10, 70, 70 };
  g_autofree char *name = dup_name (i);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_window_show_picture (window, file, 0);
  gui_wait_for (name, shows, &(Expected){ window, name });
  monocle_annotation_set_label (region, label);
  monocle_document_add_region (gui_get_document (window), region);
}

static gboolean
is_asked (gpointer window)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  return focus && gtk_widget_get_ancestor (focus, MONOCLE_TYPE_NAME_POPOVER)
         && gtk_widget_get_mapped (focus);
}

static gboolean
is_drawing (gpointer window)
{
  return gtk_window_get_focus (window) == GTK_WIDGET (gui_get_view (window));
}

/* The first one by hand, the others of other names as well. */
static MonocleWindow *
open_corrected (char **folder)
{
  MonocleWindow *window = open_folder (folder);

  gtk_widget_grab_focus (GTK_WIDGET (gui_get_view (window)));
  gui_type (GTK_WINDOW (window), "alt+2");
  gui_drag_at (window, NULL, 10, 10, 60, 60);
  gui_settle ();
  gui_type (GTK_WINDOW (window), "F2");
  gui_wait_for ("a place for the name", is_asked, window);
  gui_type (GTK_WINDOW (window), "b a l l Return");
  gui_wait_for ("the picture again", is_drawing, window);
  for (guint i = 1; i < N_PICTURES; i++)
    correct (window, *folder, i, i % 2 ? "box" : "ball");
  return window;
}

/* --- the page ----------------------------------------------------------------------------- */

static MonocleTutor *
get_tutor (void)
{
  return monocle_application_get_tutor (MONOCLE_APPLICATION (gui_get_application ()));
}

static gboolean
is_in_state (gpointer state)
{
  return monocle_tutor_get_state (get_tutor ()) == (MonocleTutorState) GPOINTER_TO_INT (state);
}

static void
expect_state (const char *what, MonocleTutorState state)
{
  gui_wait_for (what, is_in_state, GINT_TO_POINTER ((int) state));
  gui_settle ();
}

static gboolean
has_glimpses (gpointer data)
{
  return monocle_tutor_get_glimpses (get_tutor ()) != NULL;
}

static gboolean
can_start (gpointer data)
{
  return monocle_tutor_can_start (get_tutor ());
}

static MonocleTrainPage *
peek_page (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (MONOCLE_IS_TRAIN_PAGE (toplevel) && gtk_widget_get_mapped (toplevel))
        return MONOCLE_TRAIN_PAGE (toplevel);
    }
  return NULL;
}

static gboolean
has_page (gpointer data)
{
  return (peek_page () != NULL) == GPOINTER_TO_INT (data);
}

static MonocleTrainPage *
open_page (MonocleWindow *window)
{
  gui_type (GTK_WINDOW (window), "ctrl+shift+m");
  gui_wait_for ("the page", has_page, GINT_TO_POINTER (TRUE));
  gui_settle ();
  return peek_page ();
}

/* In sight, if it is below. */
static void
click (gpointer root, const char *text)
{
  GPtrArray *buttons = gui_find_all (root, GTK_TYPE_BUTTON);
  GtkWidget *button = NULL;

  for (guint i = 0; i < buttons->len && !button; i++)
    if (gtk_widget_get_mapped (buttons->pdata[i]) && gui_has_text (buttons->pdata[i], text))
      button = buttons->pdata[i];
  g_ptr_array_unref (buttons);

  g_assert_nonnull (button);
  gtk_widget_grab_focus (button);
  gui_settle ();
  gui_wait_ms (50);
  gui_click (button, gtk_widget_get_width (button) / 2.0, gtk_widget_get_height (button) / 2.0, 1);
  gui_settle ();
}

static MonocleTrainPage *
begin (MonocleWindow *window)
{
  MonocleTrainPage *page = open_page (window);

  gui_wait_for ("an estimate", can_start, NULL);
  monocle_tutor_adjust (get_tutor (), MINUTES, monocle_tutor_get_plan (get_tutor ())->keep);
  gui_settle ();
  gui_keep_picture (page, "train-plan");
  click (page, "Start");
  return page;
}

static void
end (void)
{
  MonocleTrainPage *page = peek_page ();

  if (page)
    gtk_window_close (GTK_WINDOW (page));
  gui_close_all ();
}

/* --- tests -------------------------------------------------------------------------------- */

static gboolean
is_taught_model_used (gpointer data)
{
  MonocleRunner *runner
      = monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()));
  MonocleModel *model = monocle_runner_get_model (runner);

  return monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY && model
         && g_strcmp0 (monocle_model_get_adapter (model), data) == 0;
}

static gboolean
is_listed (const char *id)
{
  g_autoptr (GPtrArray) models = monocle_model_store_list ();

  for (guint i = 0; i < models->len; i++)
    if (g_str_equal (((MonocleStoredModel *) models->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

static void
choose_method (MonocleTrainPage *page, MonocleTrainingMethod method)
{
  AdwComboRow *row = ADW_COMBO_ROW (gui_find (page, ADW_TYPE_COMBO_ROW));

  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (row)));
  adw_combo_row_set_selected (row, (guint) method);
  g_assert_cmpint (monocle_tutor_get_state (get_tutor ()), ==, MONOCLE_TUTOR_MEASURING);
}

/* From what was corrected to a model that answers. */
static void
test_keep (void)
{
  int width;
  g_autofree char *folder = NULL, *store = NULL, *place = NULL, *result = NULL, *title = NULL,
                  *record = NULL;
  MonocleWindow *window;
  MonocleTrainPage *page;
  MonocleQuery *query;

  if (gui_lacks_input ())
    return;
  window = open_corrected (&folder);
  page = open_page (window);
  expect_text (page, "5 pictures with corrections");
  g_assert_false (gui_has_text (page, "same name"));
  gui_wait_for ("an estimate", can_start, NULL);
  g_assert_true (gui_has_text (page, "measured on this device"));
  g_assert_true (gui_has_text (page, "held out"));
  g_assert_true (gui_has_text (page, "CPU"));
  gui_keep_picture (page, "train-plan");
  choose_method (page, MONOCLE_TRAINING_FULL_LANGUAGE);
  gui_wait_for ("another estimate", can_start, NULL);
  g_assert_true (gui_has_text (page, "All that it knows of language"));
  gui_keep_picture (page, "train-plan-full");
  click (page, "Start");
  expect_state ("a result", MONOCLE_TUTOR_DONE);
  g_assert_cmpint (monocle_tutor_get_outcome (get_tutor ())->method, ==,
                   MONOCLE_TRAINING_FULL_LANGUAGE);
  g_assert_true (gui_has_text (page, "Known Before"));
  g_assert_true (gui_has_text (page, "Nobody can tell"));
  gtk_widget_measure (GTK_WIDGET (page), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  g_assert_cmpint (width, <=, NARROWEST);
  gui_keep_picture (page, "train-result");
  result = monocle_tutor_dup_result (get_tutor ());
  title = monocle_model_store_dup_title (result);
  g_assert_cmpstr (title, ==, "native-96, taught");
  click (page, "Keep");
  gui_wait_for ("no page", has_page, GINT_TO_POINTER (FALSE));
  g_assert_true (is_listed ("native-96, taught"));
  expect_text (window, "Kept as");
  click (window, "Use It");
  store = monocle_model_store_get_directory ();
  place = g_build_filename (store, "native-96, taught", NULL);
  record = g_build_filename (place, MONOCLE_MANIFEST_FILE, NULL);
  g_assert_false (g_file_test (record, G_FILE_TEST_EXISTS));
  gui_wait_for ("the model that was taught", is_taught_model_used, place);
  query = gui_ask (window, "caption", NULL);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_DONE);
  end ();
}

static gboolean
is_learning (gpointer data)
{
  return monocle_tutor_get_steps (get_tutor ())->len > 3;
}

/* Stopped with the best there is, closed and opened meanwhile; thrown away, and taken back. */
static void
test_stop (void)
{
  g_autofree char *folder = NULL;
  MonocleWindow *window;
  MonocleTrainPage *page;
  MonocleQuery *query;
  GtkWidget *bar;

  if (gui_lacks_input ())
    return;
  window = open_corrected (&folder);
  page = begin (window);
  gui_wait_for ("a round", has_glimpses, NULL);
  click (page, "Pause");
  expect_state ("a pause", MONOCLE_TUTOR_PAUSED);
  expect_text (page, "paused");
  expect_text (page, "Held-Out Pictures");
  g_assert_cmpuint (monocle_tutor_get_glimpses (get_tutor ())->len, >=, 1);
  gui_keep_picture (page, "train-paused");
  gui_type (GTK_WINDOW (page), "Escape");
  gui_wait_for ("no page", has_page, GINT_TO_POINTER (FALSE));

  /* The model answers all the same. */
  query = gui_ask (window, "caption", NULL);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_DONE);
  bar = gui_find (window, MONOCLE_TYPE_TRAIN_BAR);
  g_assert_nonnull (bar);
  gui_keep_picture (window, "train-bar");
  click (bar, "Details");
  gui_wait_for ("the page", has_page, GINT_TO_POINTER (TRUE));
  page = peek_page ();
  gui_settle ();
  click (page, "Stop With the Best");
  expect_state ("a result", MONOCLE_TUTOR_DONE);
  g_assert_cmpuint (monocle_tutor_get_outcome (get_tutor ())->curve->len, >=, 1);

  click (page, "Discard");
  expect_text (page, "Discarded");
  g_assert_true (gui_has_text (page, "Bring Back"));
  click (page, "Undo");
  expect_state ("the result again", MONOCLE_TUTOR_DONE);
  g_assert_true (gui_has_text (page, "Known Before"));
  click (page, "Discard");
  end ();
}

static void
expect_kept_alone (MonocleTrainPage *page)
{
  g_autofree char *name = monocle_tutor_dup_name (get_tutor ());
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *place = g_build_filename (store, name, NULL);
  g_autofree char *report = g_build_filename (place, "report.html", NULL);

  g_assert_true (g_str_has_prefix (name, "native-96, taught"));
  click (page, "Keep");
  gui_wait_for ("no page", has_page, GINT_TO_POINTER (FALSE));
  g_assert_true (is_listed (name));
  g_assert_false (monocle_adapter_is_one (place));
  g_assert_true (g_file_test (report, G_FILE_TEST_EXISTS));
  g_assert_cmpint (monocle_tutor_get_state (get_tutor ()), ==, MONOCLE_TUTOR_NONE);
}

/* The program ends in the middle, begins again, and what came of it is a model of its own. */
static void
test_interrupted (void)
{
  g_autofree char *folder = NULL;
  MonocleWindow *window;
  MonocleTrainPage *page;

  if (gui_lacks_input ())
    return;
  window = open_corrected (&folder);
  begin (window);
  gui_wait_for ("some steps", is_learning, NULL);
  monocle_tutor_shut (get_tutor ());
  monocle_tutor_restore (get_tutor ());
  g_assert_cmpint (monocle_tutor_get_state (get_tutor ()), ==, MONOCLE_TUTOR_INTERRUPTED);
  page = peek_page ();
  expect_text (page, "Teaching Was Interrupted");
  gui_keep_picture (page, "train-interrupted");
  g_assert_true (gui_has_text (window, "Teaching was interrupted"));

  /* Stopped before it has gone on: what was learnt is as it was. */
  monocle_tutor_go_on (get_tutor ());
  monocle_tutor_stop (get_tutor ());
  expect_state ("an interruption", MONOCLE_TUTOR_INTERRUPTED);
  monocle_tutor_go_on (get_tutor ());
  monocle_tutor_stop (get_tutor ());
  monocle_tutor_shut (get_tutor ());
  monocle_tutor_restore (get_tutor ());
  expect_text (page, "Teaching Was Interrupted");
  click (page, "Go On");
  gui_wait_for ("more steps", is_learning, NULL);
  click (page, "Stop With the Best");
  expect_state ("a result", MONOCLE_TUTOR_DONE);
  gtk_switch_set_active (GTK_SWITCH (gui_find (page, GTK_TYPE_SWITCH)), TRUE);
  expect_kept_alone (page);
  end ();
}

static gboolean
is_counted (const char *label)
{
  const MonocleTutorFacts *facts = monocle_tutor_get_facts (get_tutor ());

  for (guint i = 0; i < facts->counts->len; i++)
    if (g_str_equal (((const MonocleTrainCount *) facts->counts->pdata[i])->label, label))
      return TRUE;
  return FALSE;
}

/* Something was corrected since: that is said, and it begins anew. */
static void
test_changed (void)
{
  g_autofree char *folder = NULL, *result = monocle_tutor_dup_result (get_tutor ());
  MonocleWindow *window;
  MonocleTrainPage *page;

  if (gui_lacks_input ())
    return;
  window = open_corrected (&folder);
  page = begin (window);
  gui_wait_for ("some steps", is_learning, NULL);
  monocle_tutor_shut (get_tutor ());
  for (guint i = 1; i < N_PICTURES; i++)
    correct (window, folder, i, "cone");
  monocle_tutor_restore (get_tutor ());
  expect_text (page, "Teaching Was Interrupted");
  click (page, "Go On");
  expect_text (page, "The Corrections Have Changed");
  g_assert_false (gui_has_text (page, result));
  gui_keep_picture (page, "train-changed");
  click (page, "Begin Anew");
  gui_wait_for ("an estimate", can_start, NULL);
  g_assert_false (monocle_tutor_can_go_on (get_tutor ()));
  g_assert_true (is_counted ("cone"));
  end ();
}

static gboolean
can_try (gpointer page)
{
  GtkWidget *row = gui_find_text (page, "Try on This Picture");

  g_assert_nonnull (row);
  return gtk_widget_is_sensitive (row);
}

/* Opened from a window of other pictures: what is taught again are those that were taught. With
 * the window goes the page, and what was only looked at. */
static void
test_two_windows (void)
{
  g_autofree char *folder = NULL, *sample = NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  MonocleWindow *window, *second;
  MonocleTrainPage *page;

  if (gui_lacks_input ())
    return;
  window = open_corrected (&folder);
  page = begin (window);
  gui_wait_for ("some steps", is_learning, NULL);
  click (page, "Stop With the Best");
  expect_state ("a result", MONOCLE_TUTOR_DONE);
  gui_type (GTK_WINDOW (page), "Escape");
  gui_wait_for ("no page", has_page, GINT_TO_POINTER (FALSE));

  g_action_group_activate_action (G_ACTION_GROUP (gui_get_application ()), "new-window", NULL);
  gui_settle ();
  second = MONOCLE_WINDOW (gtk_application_get_active_window (gui_get_application ()));
  g_assert_true (second != window);
  /* Nothing is there that it could be tried on. */
  g_action_group_activate_action (G_ACTION_GROUP (gui_get_application ()), "teach-show", NULL);
  gui_wait_for ("the page", has_page, GINT_TO_POINTER (TRUE));
  gui_settle ();
  page = peek_page ();
  expect_state ("the result", MONOCLE_TUTOR_DONE);
  g_assert_false (can_try (page));
  sample = gui_sample ("3-street.png");
  g_ptr_array_add (files, g_file_new_for_path (sample));
  monocle_window_open_files (second, files);
  gui_wait_for ("the sample", shows, &(Expected){ second, "3-street.png" });
  gui_wait_for ("something to try it on", can_try, page);
  gtk_widget_activate_action (GTK_WIDGET (page), "train.again", NULL);
  gui_wait_for ("an estimate", can_start, NULL);
  g_assert_cmpstr (monocle_tutor_get_plan (get_tutor ())->folders[0], ==, folder);

  gtk_window_close (GTK_WINDOW (second));
  gui_wait_for ("no page", has_page, GINT_TO_POINTER (FALSE));
  expect_state ("nothing", MONOCLE_TUTOR_NONE);
  end ();
}

/* What there is to say where there is little or nothing to learn. */
static void
test_states (void)
{
  g_autofree char *folder = NULL, *other = gui_fixture ("detr/detr-new");
  MonocleWindow *window;
  MonocleTrainPage *page;

  if (gui_lacks_input ())
    return;
  window = open_folder (&folder);
  page = open_page (window);
  expect_text (page, "No Corrections Yet");
  gui_keep_picture (page, "train-nothing");
  gui_type (GTK_WINDOW (page), "Escape");
  gui_wait_for ("no page", has_page, GINT_TO_POINTER (FALSE));

  for (guint i = 0; i < N_PICTURES; i++)
    correct (window, folder, i, "ball");
  page = open_page (window);
  expect_text (page, "the same name");
  gui_wait_for ("an estimate", can_start, NULL);
  gui_keep_picture (page, "train-one-label");
  g_settings_set_string (gui_get_settings (), "model", other);
  expect_text (page, "This Model Cannot Be Taught");
  gui_keep_picture (page, "train-cannot");
  end ();
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/gui/train/states", test_states);
  g_test_add_func ("/gui/train/keep", test_keep);
  g_test_add_func ("/gui/train/stop", test_stop);
  g_test_add_func ("/gui/train/interrupted", test_interrupted);
  g_test_add_func ("/gui/train/changed", test_changed);
  g_test_add_func ("/gui/train/two-windows", test_two_windows);
  return gui_run ();
}
