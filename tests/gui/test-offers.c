/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is offered to be asked: what a question is about, the bar beside regions, and only what the
 * model can do.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "tests/gui/harness-canvas.h"
#include "ui/ask-panel.h"
#include "ui/region-bar.h"

static MonoclePresentation *
get_presentation (MonocleWindow *window)
{
  return monocle_window_get_presentation (window);
}

/* --- What a question is about --- */

static gboolean
has_plan (MonocleWindow *window, const char *text)
{
  return gui_has_text (gui_find (window, MONOCLE_TYPE_ASK_PANEL), text);
}

static void
test_subject (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);
  MonocleQuery *query;
  guint n;

  monocle_ask_panel_set_task (ask, "detailed-caption");
  g_assert_true (has_plan (window, "About the whole picture"));
  gui_add_region (window, 60, 345, 270, 580);
  gui_add_region (window, 330, 60, 600, 300);
  gui_add_region (window, 10, 10, 50, 50);
  g_assert_true (has_plan (window, "About the whole picture"));

  gui_select_regions (window, 1, 1);
  g_assert_true (has_plan (window, "About region 2"));
  g_assert_cmpstr (monocle_ask_panel_get_task (ask)->id, ==, "region-to-description");
  gui_select_regions (window, 0, 2);
  g_assert_true (has_plan (window, "About 2 regions"));
  g_assert_false (has_plan (window, "whole picture"));
  monocle_ask_panel_set_task (ask, "detect");
  g_assert_true (has_plan (window, "About 2 regions"));

  /* As it says, so it is done: one run for both. */
  gui_act (window, "win.run", NULL);
  query = monocle_presentation_get_query (get_presentation (window));
  gui_wait_done (query);
  monocle_query_get_regions (query, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, "region-to-category");
  g_assert_nonnull (monocle_query_get_region_text (query, 1));
  gui_act (window, "win.select-none", NULL);
  g_assert_true (has_plan (window, "About the whole picture"));
}

static void
test_question (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);

  monocle_ask_panel_set_task (ask, "open-vocabulary-detection");
  monocle_ask_panel_start_typing (ask, "what is on the bench?");
  gui_settle ();
  g_assert_cmpstr (monocle_ask_panel_get_task (ask)->id, ==, "prompt");
  g_assert_true (has_plan (window, "Asks “what is on the bench?” about the whole picture"));
  monocle_ask_panel_start_typing (ask, "the bench");
  g_assert_cmpstr (monocle_ask_panel_get_task (ask)->id, ==, "open-vocabulary-detection");
  monocle_ask_panel_start_typing (ask, "");
  monocle_ask_panel_set_task (ask, "detect");
}

/* --- The bar beside regions --- */

static gboolean
bar_offers (MonocleWindow *window, const char *label)
{
  MonocleRegionBar *bar = gui_find (window, MONOCLE_TYPE_REGION_BAR);

  return bar && gui_has_text (bar, label);
}

static void
click_bar (MonocleWindow *window, const char *label)
{
  GtkWidget *button = gui_find_text (gui_find (window, MONOCLE_TYPE_REGION_BAR), label);

  gui_click (button, gtk_widget_get_width (button) / 2.0, gtk_widget_get_height (button) / 2.0, 1);
  gui_wait_done (monocle_presentation_get_query (get_presentation (window)));
}

static void
test_region_bar (void)
{
  MonocleWindow *window;
  MonocleQuery *query;
  guint n;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_add_region (window, 60, 345, 270, 480);
  gui_add_region (window, 330, 60, 600, 300);
  g_assert_false (bar_offers (window, "What?"));
  gui_select_regions (window, 0, 1);
  g_assert_true (bar_offers (window, "What?"));
  g_assert_false (bar_offers (window, "regions"));
  click_bar (window, "What?");
  query = monocle_presentation_get_query (get_presentation (window));
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, "region-to-category");

  /* It is there for the next question, and for those about several. */
  g_assert_true (bar_offers (window, "Describe"));
  gui_act (window, "win.select-none", NULL);
  g_assert_false (bar_offers (window, "Describe"));
  gui_click_at (window, 60, 400, 1);
  g_assert_true (bar_offers (window, "Describe"));
  gui_select_regions (window, 0, 2);
  g_assert_true (bar_offers (window, "2 regions"));
  click_bar (window, "Describe");
  query = monocle_presentation_get_query (get_presentation (window));
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, "region-to-description");
  monocle_query_get_regions (query, &n);
  g_assert_cmpuint (n, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_nonnull (monocle_query_get_region_text (query, i));
}

/* A model like ours that says nothing about its tasks: all is worth a try. */
static char *
make_silent_model (void)
{
  static const char *const names[] = { "config.json",       "generation_config.json",
                                       "model.safetensors", "preprocessor_config.json",
                                       "tokenizer.json",    "tokenizer_config.json" };
  char *folder = gui_temporary (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (MONOCLE_SOURCE_DATA_DIR, "model", names[i], NULL);
      g_autofree char *to = g_build_filename (folder, names[i], NULL);
      g_autoptr (GFile) link = g_file_new_for_path (to);

      g_assert_true (g_file_make_symbolic_link (link, from, NULL, NULL));
    }
  return folder;
}

static gboolean
offers_reading (gpointer window)
{
  return bar_offers (window, "Read");
}

static gboolean
offers_no_reading (gpointer window)
{
  return !bar_offers (window, "Read");
}

/* What the model cannot be asked is nowhere offered; another one may be. */
static void
test_offers (void)
{
  GSettings *settings = gui_get_settings ();
  g_autofree char *model = make_silent_model ();
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_add_region (window, 60, 345, 270, 480);
  gui_select_regions (window, 0, 1);
  g_assert_true (bar_offers (window, "Outline"));
  g_assert_false (bar_offers (window, "Read"));
  gui_open_menu (window, 60, 400);
  g_assert_true (gui_has_text (gui_find (window, GTK_TYPE_POPOVER_MENU), "Outline"));
  g_assert_false (gui_has_text (gui_find (window, GTK_TYPE_POPOVER_MENU), "Read Text"));
  gui_close_menu (window);
  g_assert_false (gui_can_act (window, "win.ask-read"));
  g_assert_false (gui_can_act (window, "win.ask-ocr"));

  g_settings_set_string (settings, "model", model);
  gui_wait_for ("the other model", offers_reading, window);
  gui_open_menu (window, 60, 400);
  g_assert_true (gui_has_text (gui_find (window, GTK_TYPE_POPOVER_MENU), "Read Text"));
  gui_close_menu (window);
  g_settings_reset (settings, "model");
  gui_wait_for ("ours again", offers_no_reading, window);
}

static gboolean
offers_alike (gpointer window)
{
  return bar_offers (window, "Find Alike");
}

/* A model that finds by words and by an example: what looks like a region, and words that come one
 * after the other. */
static void
test_alike (void)
{
  GSettings *settings = gui_get_settings ();
  g_autofree char *model = gui_fixture ("owl/owlv2");
  MonocleWindow *window;
  MonocleAskPanel *ask;
  MonocleQuery *query;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);
  gui_add_region (window, 60, 345, 270, 480);
  gui_select_regions (window, 0, 1);
  g_assert_false (bar_offers (window, "Find Alike"));
  g_settings_set_string (settings, "model", model);
  gui_wait_for ("the other model", offers_alike, window);
  gui_settle ();
  g_assert_false (bar_offers (window, "Outline"));
  gui_act (window, "win.ask-like", NULL);
  query = monocle_presentation_get_query (get_presentation (window));
  gui_wait_done (query);
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, "find-like");
  g_assert_cmpuint (g_list_model_get_n_items (monocle_query_get_annotations (query)), >, 0);

  gui_act (window, "win.select-none", NULL);
  monocle_ask_panel_start_typing (ask, "dog, the green door");
  gui_settle ();
  g_assert_cmpstr (monocle_ask_panel_get_task (ask)->id, ==, "find-words");
  gui_act (window, "win.run", NULL);
  query = monocle_presentation_get_query (get_presentation (window));
  gui_wait_done (query);
  g_assert_cmpuint (g_list_model_get_n_items (monocle_query_get_annotations (query)), >, 0);
  monocle_ask_panel_start_typing (ask, "");
  g_settings_reset (settings, "model");
  gui_wait_for ("ours again", offers_no_reading, window);
}

typedef struct
{
  MonocleWindow *window;
  guint n;
  const char *words; /* of the last query */
} Wanted;

static gboolean
has_asked (gpointer data)
{
  const Wanted *wanted = data;
  GListModel *queries = monocle_document_get_queries (gui_get_document (wanted->window));
  guint n = g_list_model_get_n_items (queries);
  g_autoptr (MonocleQuery) last = n > 0 ? g_list_model_get_item (queries, n - 1) : NULL;

  return n == wanted->n && last && monocle_query_get_state (last) == MONOCLE_QUERY_DONE
         && g_strcmp0 (monocle_query_get_request_text (last), wanted->words) == 0
         && monocle_presentation_get_query (get_presentation (wanted->window)) == last;
}

static MonocleRunner *
get_runner (void)
{
  return monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()));
}

static gboolean
is_offered (gpointer task)
{
  return monocle_tasks_find (monocle_runner_list_tasks (get_runner ()), task) != NULL;
}

static gboolean
can_undo (MonocleWindow *window)
{
  gboolean can;

  g_object_get (monocle_document_get_undo (gui_get_document (window)), "can-undo", &can, NULL);
  return can;
}

static void
wait_asked (MonocleWindow *window, guint n, const char *words)
{
  gui_wait_for (words, has_asked, &(Wanted){ window, n, words });
}

/* Words about a picture that was seen are answered while they are typed, each in the place of those
 * before; what is asked with Return stays. */
static void
test_live (void)
{
  GSettings *settings = gui_get_settings ();
  g_autofree char *model = gui_fixture ("owl/owlv2");
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);

  g_settings_set_string (settings, "model", model);
  gui_wait_for ("the other model", is_offered, (gpointer) "find-words");
  gui_settle ();
  monocle_ask_panel_start_typing (ask, "cat");
  gui_wait_ms (600);
  g_assert_cmpuint (
      g_list_model_get_n_items (monocle_document_get_queries (gui_get_document (window))), ==, 0);
  gui_act (window, "win.run", NULL);
  wait_asked (window, 1, "cat");

  monocle_ask_panel_start_typing (ask, "dog");
  wait_asked (window, 2, "dog");
  monocle_ask_panel_start_typing (ask, "dog, do");
  monocle_ask_panel_start_typing (ask, "dog, door");
  wait_asked (window, 2, "dog, door");
  gui_act (window, "win.run", NULL);
  wait_asked (window, 2, "dog, door");
  g_assert_false (monocle_runner_is_busy (get_runner ()));

  monocle_ask_panel_start_typing (ask, "ca");
  wait_asked (window, 3, "ca");
  monocle_ask_panel_start_typing (ask, "");
  wait_asked (window, 2, "dog, door");

  monocle_ask_panel_start_typing (ask, "ca");
  wait_asked (window, 3, "ca");
  monocle_ask_panel_start_typing (ask, "car");
  gui_act (window, "win.run", NULL);
  wait_asked (window, 3, "car");

  /* Who works with it keeps it. */
  monocle_ask_panel_start_typing (ask, "house");
  wait_asked (window, 4, "house");
  g_assert_false (can_undo (window));
  gui_add_region (window, 60, 345, 270, 480);
  g_assert_true (can_undo (window));
  monocle_ask_panel_start_typing (ask, "houses");
  wait_asked (window, 5, "houses");

  monocle_ask_panel_start_typing (ask, "");
  wait_asked (window, 4, "house");
  g_settings_reset (settings, "model");
  gui_wait_for ("ours again", is_offered, (gpointer) "region-to-segmentation");
}

static gboolean
is_idle (gpointer data)
{
  return !monocle_runner_is_busy (get_runner ());
}

/* What is shown is in the list, once, and nothing there waits for an answer. */
static void
assert_sound (MonocleWindow *window)
{
  GListModel *queries = monocle_document_get_queries (gui_get_document (window));
  MonocleQuery *shown = monocle_presentation_get_query (get_presentation (window));
  guint n = g_list_model_get_n_items (queries), n_shown = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      g_assert_false (monocle_query_is_active (query));
      n_shown += query == shown;
    }
  g_assert_cmpuint (n_shown, ==, n > 0);
}

/* Whatever is done while words are being typed: afterwards the list is sound, and so is what can be
 * undone. */
static void
test_storm (void)
{
  static const char *const words[] = { "", "d", "dog", "dog, cat", "a red door", "?" };
  static const char *const acts[] = { "win.undo", "win.redo", "win.next", "win.previous" };
  GSettings *settings = gui_get_settings ();
  g_autofree char *model = gui_fixture ("owl/owlv2");
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);

  g_settings_set_string (settings, "model", model);
  gui_wait_for ("the other model", is_offered, (gpointer) "find-words");
  gui_settle ();
  for (guint i = 0; i < 60; i++)
    {
      MonocleDocument *document = gui_get_document (window);
      GListModel *queries = monocle_document_get_queries (document);
      guint n = g_list_model_get_n_items (queries);
      int act = g_test_rand_int_range (0, 12);

      if (act < 5)
        monocle_ask_panel_start_typing (
            ask, words[g_test_rand_int_range (0, (int) G_N_ELEMENTS (words))]);
      else if (act < 7 && gui_can_act (window, "win.run"))
        gui_act (window, "win.run", NULL);
      else if (act == 7 && n > 0)
        {
          g_autoptr (MonocleQuery) query
              = g_list_model_get_item (queries, (guint) g_test_rand_int_range (0, (int) n));

          monocle_document_remove_query (document, query);
        }
      else if (act > 7 && gui_can_act (window, acts[act - 8]))
        gui_act (window, acts[act - 8], NULL);
      gui_wait_ms ((guint) g_test_rand_int_range (0, 400));
    }
  monocle_ask_panel_start_typing (ask, "");
  gui_wait_for ("what was asked", is_idle, NULL);
  while (can_undo (window))
    gui_act (window, "win.undo", NULL);
  gui_settle ();
  assert_sound (window);
  g_settings_reset (settings, "model");
  gui_wait_for ("ours again", is_offered, (gpointer) "region-to-segmentation");
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/offers/subject", test_subject);
  g_test_add_func ("/gui/offers/question", test_question);
  g_test_add_func ("/gui/offers/region-bar", test_region_bar);
  g_test_add_func ("/gui/offers/model", test_offers);
  g_test_add_func ("/gui/offers/alike", test_alike);
  g_test_add_func ("/gui/offers/live", test_live);
  g_test_add_func ("/gui/offers/storm", test_storm);

  return gui_run ();
}
