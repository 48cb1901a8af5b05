/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers in a language: chosen beside the task, asked for, kept with the answer.
 */
#include "config.h"

#include "tests/gui/harness-canvas.h"
#include "tests/unit/answer-fixture.h"
#include "ui/application.h"
#include "ui/ask-all-dialog.h"
#include "ui/ask-panel.h"
#include "ui/language-chooser.h"
#include "ui/window-private.h"

/* Says what gettext() answers from now on. */
static void
speak (const char *code)
{
  extern int _nl_msg_cat_cntr;

  g_setenv ("LANGUAGE", code, TRUE);
  _nl_msg_cat_cntr++;
}

static MonocleLanguageChooser *
find_chooser (gpointer root)
{
  return gui_find (root, MONOCLE_TYPE_LANGUAGE_CHOOSER);
}

static void
set_task (MonocleWindow *window, const char *id)
{
  monocle_ask_panel_set_task (gui_find (window, MONOCLE_TYPE_ASK_PANEL), id);
  gui_settle ();
}

static char *
dup_setting (void)
{
  return g_settings_get_string (gui_get_settings (), "answer-language");
}

static void
assert_setting (const char *expected)
{
  g_autofree char *chosen = dup_setting ();

  g_assert_cmpstr (chosen, ==, expected);
}

/* As it stands in the panel, with these words. */
static MonocleQuery *
ask (MonocleWindow *window, const char *task, const char *words)
{
  MonocleDocument *document = gui_get_document (window);
  GListModel *queries = monocle_document_get_queries (document);
  const guint n = g_list_model_get_n_items (queries);
  MonocleQuery *query;

  set_task (window, task);
  monocle_ask_panel_start_typing (gui_find (window, MONOCLE_TYPE_ASK_PANEL), words);
  gui_settle ();
  gui_act (window, "win.run", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (queries), ==, n + 1);
  query = g_list_model_get_item (queries, n);
  g_object_unref (query);
  g_assert_cmpstr (monocle_query_get_task (query)->id, ==, task);
  gui_wait_done (query);
  gui_settle ();
  return query;
}

/* (transfer full): as much as says that something else was asked: tasks end after as many tokens as
 * each of them likes */
static char *
dup_beginning (MonocleQuery *query)
{
  GPtrArray *results = monocle_query_get_results (query);

  g_assert_nonnull (results);
  return g_strndup (monocle_result_get_generated_text (results->pdata[0]), 80);
}

/* In that language, and it says this. */
static void
assert_answer (MonocleQuery *query, const char *language, const char *said)
{
  g_autofree char *beginning = dup_beginning (query);

  g_assert_cmpstr (monocle_query_get_language (query), ==, language);
  g_assert_cmpstr (beginning, ==, said);
}

static gboolean
is_searched (gpointer chooser)
{
  return !gui_has_text (chooser, "Finnish") && !gui_has_text (chooser, "Arabic");
}

static gboolean
is_chosen (gpointer code)
{
  g_autofree char *chosen = dup_setting ();

  return g_str_equal (chosen, code);
}

/* With the key that a person takes; then @name is listed. */
static void
open_list (MonocleWindow *window, const char *name)
{
  MonocleLanguageChooser *chooser = find_chooser (window);

  g_assert_true (gtk_widget_grab_focus (gtk_widget_get_first_child (GTK_WIDGET (chooser))));
  gui_settle ();
  gui_type (GTK_WINDOW (window), "space");
  gui_wait_for_text (chooser, name);
}

/* By hand: the list, its search, the first that is found. */
static void
choose_by_keys (MonocleWindow *window, const char *keys, const char *code)
{
  MonocleLanguageChooser *chooser = find_chooser (window);

  open_list (window, "Croatian");
  gui_type (GTK_WINDOW (window), keys);
  gui_wait_for ("what is searched for", is_searched, chooser);
  gui_keep_picture (window, "searched");
  gui_type (GTK_WINDOW (window), "Return");
  gui_wait_for (code, is_chosen, (gpointer) code);
}

/* What screen readers say of it. */
static void
assert_name (MonocleWindow *window, const char *name)
{
  GtkWidget *list = gtk_widget_get_first_child (GTK_WIDGET (find_chooser (window)));

  gtk_test_accessible_assert_property (gtk_widget_get_first_child (list),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, name);
}

/* --- The tests --- */

static void
test_where (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleLanguageChooser *chooser;

  set_task (window, "caption");
  chooser = find_chooser (window);
  g_assert_nonnull (chooser);
  g_assert_true (gui_has_text (chooser, "Automatic (English)"));
  g_assert_cmpstr (monocle_language_chooser_get_language (chooser), ==, "en");
  set_task (window, "ocr");
  g_assert_null (find_chooser (window));
  set_task (window, "answer-question");
  g_assert_nonnull (find_chooser (window));
  set_task (window, "find-words");
  g_assert_null (find_chooser (window));

  /* What another task had before is not among those that are offered. */
  gui_act (window, "win.choose-task", NULL);
  gui_settle ();
  g_assert_true (gui_has_text (window, "Detailed Caption"));
  g_assert_false (gui_has_text (window, "Caption in a Language"));
}

static MonocleQuery *
run_again (MonocleWindow *window)
{
  MonoclePresentation *presentation = monocle_window_get_presentation (window);
  MonocleQuery *before = monocle_presentation_get_query (presentation), *again;

  gui_act (window, "win.run-again", NULL);
  again = monocle_presentation_get_query (presentation);
  g_assert_true (again != before);
  gui_wait_done (again);
  gui_settle ();
  return again;
}

/* As the model's own words say it; taken back and done again, asked again whatever is chosen by
 * then, and kept. */
static void
test_asked (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  g_autofree char *own = dup_beginning (ask (window, "prompt", "caption fr"));
  g_autofree char *english = dup_beginning (ask (window, "caption", ""));
  g_autofree char *path = gui_sample ("1-park.png");
  g_autofree char *question = NULL;
  GListModel *queries;
  g_autoptr (MonocleQuery) kept = NULL;
  MonocleQuery *query;

  g_assert_cmpstr (english, !=, own);
  g_settings_set_string (gui_get_settings (), "answer-language", "fr");
  assert_answer (ask (window, "caption", ""), "fr", own);
  g_assert_true (gui_has_text (find_chooser (window), "French"));
  g_assert_true (gui_has_text (window, "Caption (French)"));
  gui_keep_picture (window, "french");

  query = ask (window, "answer-question", "Qui ?");
  question = dup_beginning (query);
  assert_answer (query, "fr", question);
  gui_keep_picture (window, "question");
  g_settings_reset (gui_get_settings (), "answer-language");
  monocle_document_remove_query (gui_get_document (window), query);
  gui_act (window, "win.undo", NULL);
  monocle_presentation_set_query (monocle_window_get_presentation (window), query);
  gui_settle ();
  assert_answer (run_again (window), "fr", question);

  /* By a model that is not of the first family that has such a task. */
  window = gui_open_again (path);
  queries = monocle_document_get_queries (gui_get_document (window));
  g_assert_cmpuint (g_list_model_get_n_items (queries), ==, 5);
  kept = g_list_model_get_item (queries, 2);
  assert_answer (kept, "fr", own);
  monocle_presentation_set_query (monocle_window_get_presentation (window), kept);
  gui_settle ();
  assert_answer (run_again (window), "fr", own);
}

/* With keys alone; another window follows; what a model lacks stays chosen for others. */
static void
test_chosen (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  set_task (window, "caption");
  assert_name (window, "Language of the answer: Automatic (English)");
  choose_by_keys (window, "f r e", "fr");
  assert_name (window, "Language of the answer: French");
  g_assert_true (gui_has_text (find_chooser (window), "French"));
  choose_by_keys (window, "a u t", "");

  /* As fast as a quick hand: before the list shows it. */
  open_list (window, "Croatian");
  gui_type (GTK_WINDOW (window), "f r e Return");
  gui_wait_for ("French", is_chosen, (gpointer) "fr");

  g_settings_set_string (gui_get_settings (), "answer-language", "tlh");
  gui_settle ();
  g_assert_true (gui_has_text (find_chooser (window), "Automatic (English)"));
  set_task (window, "ocr");
  set_task (window, "caption");
  assert_setting ("tlh");
  g_settings_reset (gui_get_settings (), "answer-language");
}

static gboolean
is_closed (gpointer chooser)
{
  return !gui_find (chooser, GTK_TYPE_SEARCH_ENTRY);
}

/* Escape gives up at once, whatever was searched for; what the model lacks that is taken meanwhile
 * takes the list along. */
static void
test_left (void)
{
  g_autofree char *model = g_settings_get_string (gui_get_settings (), "model");
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  set_task (window, "caption");
  open_list (window, "Croatian");
  gui_type (GTK_WINDOW (window), "f r e");
  gui_wait_for ("what is searched for", is_searched, find_chooser (window));
  gui_type (GTK_WINDOW (window), "Escape");
  gui_wait_for ("the list to be closed", is_closed, find_chooser (window));
  gui_settle ();
  g_assert_null (gui_find (find_chooser (window), GTK_TYPE_SEARCH_ENTRY));
  assert_setting ("");

  /* Where nothing is found the list says so. */
  open_list (window, "Croatian");
  g_assert_false (gui_has_text (find_chooser (window), "No language is called so"));
  gui_type (GTK_WINDOW (window), "f r e q");
  gui_wait_for_text (find_chooser (window), "No language is called so");
  gui_keep_picture (window, "searched-nothing");
  gui_type (GTK_WINDOW (window), "BackSpace");
  gui_wait_for_text (find_chooser (window), "French");
  g_assert_false (gui_has_text (find_chooser (window), "No language is called so"));
  gui_type (GTK_WINDOW (window), "Escape");
  gui_wait_for ("the list to be closed", is_closed, find_chooser (window));
  gui_settle ();

  open_list (window, "Croatian");
  gui_type (GTK_WINDOW (window), "f r e");
  gui_wait_for ("what is searched for", is_searched, find_chooser (window));
  g_settings_reset (gui_get_settings (), "model");
  gui_settle ();
  g_assert_null (find_chooser (window));
  g_settings_set_string (gui_get_settings (), "model", model);
  set_task (window, "caption");
  g_assert_true (gui_has_text (find_chooser (window), "Automatic (English)"));
  choose_by_keys (window, "f r e", "fr");
  g_settings_reset (gui_get_settings (), "answer-language");
}

/* As it is written where one syllable is one letter: that of Korean itself is not whole yet. */
static void
test_syllable (void)
{
  MonocleWindow *window;
  GtkWidget *search;

  if (gui_lacks_input ())
    return;
  speak ("ko");
  window = gui_open_sample ("1-park.png");
  set_task (window, "caption");
  open_list (window, "그리스어");
  search = gui_find (find_chooser (window), GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (search), "하");
  gui_type (GTK_WINDOW (window), "Return");
  gui_wait_for ("ko", is_chosen, (gpointer) "ko");
  speak ("");
  g_settings_reset (gui_get_settings (), "answer-language");
}

/* That of the system, where the model has it. */
static void
test_system (void)
{
  MonocleWindow *window;

  speak ("de");
  window = gui_open_sample ("1-park.png");
  set_task (window, "caption");
  g_assert_true (gui_has_text (find_chooser (window), "Deutsch"));
  g_assert_cmpstr (monocle_query_get_language (ask (window, "caption", "")), ==, "de");
  gui_keep_picture (window, "german");
  speak ("sk");
  window = gui_open_sample ("1-park.png");
  g_assert_cmpstr (monocle_query_get_language (ask (window, "caption", "")), ==, "en");
  speak ("");
}

static gboolean
has_dialog (gpointer window)
{
  return gui_find_dialog (window) != NULL;
}

/* With the longest name, where there is little room and words are long. */
static void
test_narrow (void)
{
  static const char *const codes[] = { "de", "es", "fr" };

  g_settings_set_int (gui_get_settings (), "window-width", 360);
  g_settings_set_string (gui_get_settings (), "answer-language", "id");
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      MonocleWindow *window;
      int least, wide;

      speak (codes[i]);
      window = gui_open_sample ("1-park.png");
      monocle_window_show_panel (window, TRUE);
      gui_settle ();
      set_task (window, "answer-question");
      g_assert_nonnull (find_chooser (window));
      gtk_widget_measure (gui_find (window, MONOCLE_TYPE_ASK_PANEL), GTK_ORIENTATION_HORIZONTAL, -1,
                          &least, &wide, NULL, NULL);
      g_assert_cmpint (least, <=, 340);
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 360);
      gui_keep_picture (window, codes[i]);
    }
  speak ("");
  g_settings_reset (gui_get_settings (), "window-width");
  g_settings_reset (gui_get_settings (), "answer-language");
}

static gboolean
has_plan (gpointer all)
{
  return monocle_ask_all_get_plan (all) != NULL;
}

static gboolean
has_answer (gpointer window)
{
  GListModel *queries = monocle_document_get_queries (gui_get_document (window));
  g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, 0);

  return query && monocle_query_get_state (query) == MONOCLE_QUERY_DONE;
}

static gboolean
has_ended (gpointer all)
{
  return !monocle_ask_all_is_active (all);
}

/* About all pictures of a folder, of which one is shown. */
static void
test_all (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  MonocleAskAll *all
      = monocle_application_get_ask_all (MONOCLE_APPLICATION (gui_get_application ()));
  GListModel *queries;
  g_autoptr (MonocleQuery) query = NULL;
  GtkWidget *dialog;

  set_task (window, "caption");
  gui_act (window, "win.ask-all", NULL);
  gui_wait_for ("the dialog", has_dialog, window);
  dialog = gui_find_dialog (window);
  g_assert_nonnull (find_chooser (dialog));
  gui_keep_picture (dialog, "all");
  g_settings_set_string (gui_get_settings (), "answer-language", "fr");
  gtk_widget_activate (gtk_window_get_default_widget (GTK_WINDOW (dialog)));
  gui_wait_for ("the plan", has_plan, all);
  g_assert_cmpstr (monocle_ask_all_get_plan (all)->language, ==, "fr");
  gui_wait_for ("an answer", has_answer, window);
  monocle_ask_all_stop (all);
  gui_wait_for ("the end", has_ended, all);
  queries = monocle_document_get_queries (gui_get_document (window));
  query = g_list_model_get_item (queries, 0);
  g_assert_cmpstr (monocle_query_get_language (query), ==, "fr");
  g_settings_reset (gui_get_settings (), "answer-language");
}

int
main (int argc, char **argv)
{
  g_autofree char *model = NULL;

  speak ("");
  gui_init (&argc, &argv);
  model = gui_fixture ("paligemma/gemma");
  g_settings_set_string (gui_get_settings (), "model", model);
  g_test_add_func ("/gui/answer-language/where", test_where);
  g_test_add_func ("/gui/answer-language/asked", test_asked);
  g_test_add_func ("/gui/answer-language/chosen", test_chosen);
  g_test_add_func ("/gui/answer-language/left", test_left);
  g_test_add_func ("/gui/answer-language/syllable", test_syllable);
  g_test_add_func ("/gui/answer-language/system", test_system);
  g_test_add_func ("/gui/answer-language/narrow", test_narrow);
  g_test_add_func ("/gui/answer-language/all", test_all);
  return gui_run ();
}
