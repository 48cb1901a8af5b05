/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The side panel: what typed words ask for, what is said where something is missing, searching and
 * hiding objects, the history, comparing.
 */
#include "config.h"

#include "engine/models/florence2/tasks.h"
#include "tests/gui/harness.h"
#include "tests/unit/answer-fixture.h"
#include "ui/ask-panel.h"
#include "ui/compare-view.h"
#include "ui/history-row.h"
#include "ui/object-list.h"
#include "ui/object-row.h"
#include "ui/prompt-entry.h"
#include "ui/rank-list.h"
#include "ui/task-chooser.h"
#include "ui/task-info.h"

static MonoclePresentation *
get_presentation (MonocleWindow *window)
{
  return monocle_window_get_presentation (window);
}

static guint
count_queries (MonocleWindow *window)
{
  MonocleDocument *document = gui_get_document (window);

  return g_list_model_get_n_items (monocle_document_get_queries (document));
}

static guint
count_mapped (MonocleWindow *window, GType type)
{
  g_autoptr (GPtrArray) widgets = gui_find_all (window, type);
  guint n = 0;

  for (guint i = 0; i < widgets->len; i++)
    n += gtk_widget_get_mapped (widgets->pdata[i]);
  return n;
}

static guint
count_with_class (MonocleWindow *window, const char *css_class)
{
  g_autoptr (GPtrArray) labels = gui_find_all (window, GTK_TYPE_LABEL);
  guint n = 0;

  for (guint i = 0; i < labels->len; i++)
    n += gtk_widget_get_mapped (labels->pdata[i])
         && gtk_widget_has_css_class (labels->pdata[i], css_class);
  return n;
}

static const char *
get_task (MonocleAskPanel *ask)
{
  return monocle_ask_panel_get_task (ask)->id;
}

/* Every task is in the list once, the groups hold together, nine have a digit. */
static void
test_tasks (void)
{
  g_autoptr (GPtrArray) tasks = monocle_model_guess_tasks ();
  g_autoptr (GArray) infos = monocle_task_info_list (tasks);
  MonocleTaskGroup last = MONOCLE_TASK_GROUP_DESCRIBE;

  g_assert_cmpuint (infos->len, ==, tasks->len);
  for (guint i = 0; i < infos->len; i++)
    {
      const MonocleTaskInfo *info = &g_array_index (infos, MonocleTaskInfo, i);

      g_assert_true (g_ptr_array_remove (tasks, (gpointer) info->task));
      g_assert_cmpuint (info->digit, ==, i < 9 ? i + 1 : 0);
      g_assert_cmpint (info->group, !=, MONOCLE_TASK_GROUP_OTHER);
      g_assert_cmpint (last, <=, info->group);
      last = info->group;
    }
}

static void
test_words (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);

  monocle_ask_panel_set_task (ask, "detect");
  monocle_ask_panel_start_typing (ask, "red car");
  g_assert_cmpstr (get_task (ask), ==, "open-vocabulary-detection");
  g_assert_true (gui_has_text (window, "Looks for “red car” in the whole picture"));
  monocle_ask_panel_start_typing (ask, "how many cars?");
  g_assert_cmpstr (get_task (ask), ==, "prompt");
  monocle_ask_panel_start_typing (ask, "  ");
  g_assert_cmpstr (get_task (ask), ==, "detect");

  /* A task that takes words keeps them, but for questions, which no other can answer. */
  monocle_ask_panel_set_task (ask, "referring-segmentation");
  monocle_ask_panel_start_typing (ask, "the left one");
  g_assert_cmpstr (get_task (ask), ==, "referring-segmentation");
  monocle_ask_panel_start_typing (ask, "which one?!");
  g_assert_cmpstr (get_task (ask), ==, "prompt");
  /* One that takes none is what was chosen. */
  monocle_ask_panel_set_task (ask, "caption");
  g_assert_cmpstr (get_task (ask), ==, "caption");
}

static void
test_missing (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);

  monocle_ask_panel_set_task (ask, "open-vocabulary-detection");
  gui_act (window, "win.run", NULL);
  gui_settle ();
  g_assert_cmpuint (count_queries (window), ==, 0);
  g_assert_true (gui_has_text (window, "Type what to look for first"));

  monocle_ask_panel_set_task (ask, "region-to-category");
  gui_act (window, "win.run", NULL);
  gui_settle ();
  g_assert_cmpuint (count_queries (window), ==, 0);
  g_assert_true (gui_has_text (window, "Draw a region first, or select an object"));
  monocle_ask_panel_set_task (ask, "detect");
}

static void
test_search (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");
  MonoclePresentation *presentation = get_presentation (window);
  GtkWidget *list;
  guint n;

  gui_ask (window, "detect", NULL);
  gui_settle ();
  n = count_mapped (window, MONOCLE_TYPE_OBJECT_ROW);
  g_assert_cmpuint (n, >=, 2);

  monocle_presentation_set_search (presentation, "BUS");
  gui_settle ();
  g_assert_cmpuint (count_mapped (window, MONOCLE_TYPE_OBJECT_ROW), ==, 1);
  monocle_presentation_set_search (presentation, "zeppelin");
  gui_settle ();
  list = gui_find (window, MONOCLE_TYPE_OBJECT_LIST);
  g_assert_true (gui_has_text (list, "All objects are hidden"));
  monocle_presentation_set_search (presentation, "");
  gui_settle ();
  g_assert_cmpuint (count_mapped (window, MONOCLE_TYPE_OBJECT_ROW), ==, n);

  /* A question of its own is not searched for what the one before was. */
  monocle_presentation_set_search (presentation, "bus");
  gui_ask (window, "dense-region-caption", NULL);
  g_assert_cmpstr (monocle_presentation_get_search (presentation), ==, "");
}

/* What is shown stays what was asked last, also while the list is sorted and cleared. */
static void
test_history (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");
  MonoclePresentation *presentation = get_presentation (window);
  MonocleDocument *document = monocle_presentation_get_document (presentation);
  MonocleQuery *first, *second;

  first = gui_ask (window, "detect", NULL);
  second = gui_ask (window, "caption", NULL);
  gui_settle ();
  g_assert_true (monocle_presentation_get_query (presentation) == second);
  g_assert_cmpuint (count_mapped (window, MONOCLE_TYPE_HISTORY_ROW), ==, 2);

  monocle_presentation_set_query (presentation, first);
  gui_settle ();
  g_assert_true (monocle_presentation_get_query (presentation) == first);

  monocle_document_clear_queries (document);
  gui_settle ();
  g_assert_null (monocle_presentation_get_query (presentation));
  g_assert_cmpuint (count_mapped (window, MONOCLE_TYPE_HISTORY_ROW), ==, 0);
  gui_act (window, "win.undo", NULL);
  gui_settle ();
  g_assert_cmpuint (count_mapped (window, MONOCLE_TYPE_HISTORY_ROW), ==, 2);
}

static void
test_compare (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");
  MonoclePresentation *presentation = get_presentation (window);
  MonocleQuery *first;
  guint n;

  first = gui_ask (window, "detect", NULL);
  n = g_list_model_get_n_items (monocle_query_get_annotations (first));
  gui_ask (window, "detect", NULL);
  monocle_presentation_set_pinned (presentation, first);
  gui_settle ();
  g_assert_true (gtk_widget_get_mapped (gui_find (window, MONOCLE_TYPE_COMPARE_VIEW)));
  {
    g_autofree char *heading = g_strdup_printf ("In Both (%u)", n);

    g_assert_true (gui_has_text (gui_find (window, MONOCLE_TYPE_COMPARE_VIEW), heading));
  }
  monocle_presentation_set_pinned (presentation, NULL);
  gui_settle ();
  g_assert_cmpuint (count_mapped (window, MONOCLE_TYPE_COMPARE_VIEW), ==, 0);
}

/* A model that ranks names: it is asked what it can be asked, and names are shown as bars. */
static void
test_ranks (void)
{
  g_autoptr (GSettings) settings = g_settings_new (MONOCLE_APPLICATION_ID);
  g_autofree char *model = gui_fixture ("vit/vit-32");
  MonocleWindow *window = gui_open_sample ("3-street.png");
  MonocleAskPanel *ask = gui_find (window, MONOCLE_TYPE_ASK_PANEL);
  MonocleQuery *query;
  MonocleResult *result;
  GtkWidget *list;

  monocle_ask_panel_set_task (ask, "detect");
  g_settings_set_string (settings, "model", model);
  gui_settle ();
  g_assert_cmpstr (get_task (ask), ==, "classify");
  g_assert_null (gui_find (window, MONOCLE_TYPE_PROMPT_ENTRY));
  g_assert_false (gui_can_act (window, "win.ask-what"));
  g_assert_false (gui_can_act (window, "win.describe-all"));

  gui_act (window, "win.run", NULL);
  query = monocle_presentation_get_query (get_presentation (window));
  gui_wait_done (query);
  g_assert_no_error ((GError *) monocle_query_get_error (query));
  result = monocle_query_get_results (query)->pdata[0];
  list = gui_find (window, MONOCLE_TYPE_RANK_LIST);
  g_assert_true (gtk_widget_get_mapped (list));
  g_assert_cmpuint (count_mapped (window, GTK_TYPE_PROGRESS_BAR), >=, 7);
  g_assert_true (gui_has_text (list, monocle_result_get_part (result, 0)->rank));
  g_assert_true (
      g_str_has_suffix (monocle_query_get_text (query), monocle_result_get_part (result, 6)->rank));

  g_settings_reset (settings, "model");
  gui_settle ();
  g_assert_cmpstr (get_task (ask), !=, "classify");
}

/* What was not asked for is said above the list, and looks different in it. */
static void
test_suggestions (void)
{
  const MonocleObject objects[]
      = { box_object ("trousers", 3, 100, 200, 200), box_object ("Unicorns", 300, 100, 400, 200) };
  g_autoptr (MonocleQuery) query = monocle_query_new (
      monocle_florence2_find_task ("open-vocabulary-detection"), "unicorn", NULL, 0, NULL);
  MonocleWindow *window = gui_open_sample ("2-fruit.png");
  MonoclePresentation *presentation = get_presentation (window);

  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with (objects, 2));
  monocle_document_add_query (monocle_presentation_get_document (presentation), query);
  gui_settle ();
  g_assert_true (gui_has_text (window, "The model also suggests: trousers"));
  g_assert_cmpuint (count_with_class (window, "suggestion"), ==, 1);

  monocle_presentation_select (presentation, peek_annotation (query, 1));
  gui_act (window, "win.delete", NULL);
  g_assert_true (gui_has_text (window, "No “unicorn” found. The model suggests: trousers"));
}

/* The same once more, by keys, and what changed. */
static void
test_run_again (void)
{
  MonocleWindow *window;
  MonoclePresentation *presentation;
  MonocleQuery *before, *again;
  GtkWidget *view;
  g_autofree char *heading = NULL;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  presentation = monocle_window_get_presentation (window);
  g_assert_false (gui_can_act (window, "win.run-again"));
  before = gui_ask (window, "detect", NULL);
  gui_type (GTK_WINDOW (window), "ctrl+shift+Return");
  again = monocle_presentation_get_query (presentation);
  g_assert_true (again != before);
  g_assert_true (monocle_presentation_get_pinned (presentation) == before);
  gui_wait_done (again);
  gui_settle ();
  g_assert_cmpuint (monocle_query_get_settings (again)->num_beams, ==,
                    monocle_query_get_settings (before)->num_beams);
  view = gui_find (window, MONOCLE_TYPE_COMPARE_VIEW);
  g_assert_nonnull (view);
  heading = g_strdup_printf ("In Both (%u)",
                             g_list_model_get_n_items (monocle_query_get_annotations (before)));
  g_assert_true (gui_has_text (view, heading));
  g_assert_true (gui_has_text (view, "The same model, device and settings"));
  gui_keep_picture (window, "run-again");
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/side-panel/tasks", test_tasks);
  g_test_add_func ("/side-panel/words", test_words);
  g_test_add_func ("/side-panel/missing", test_missing);
  g_test_add_func ("/side-panel/search", test_search);
  g_test_add_func ("/side-panel/history", test_history);
  g_test_add_func ("/side-panel/compare", test_compare);
  g_test_add_func ("/side-panel/ranks", test_ranks);
  g_test_add_func ("/side-panel/suggestions", test_suggestions);
  g_test_add_func ("/side-panel/run-again", test_run_again);
  return gui_run ();
}
