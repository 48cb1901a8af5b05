/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conversation about a picture, with real keys and a tiny random model: asking, stopping,
 * asking in other words and again, taking back, regions, failing, and all of it after another
 * start.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/runner/private.h"
#include "tests/busy-runner.h"
#include "tests/gui/changed-model.h"
#include "tests/gui/harness-canvas.h"
#include "tests/held-words.h"
#include "ui/side-panel.h"
#include "ui/talk-chips.h"
#include "ui/talk-entry.h"
#include "ui/talk-page.h"
#include "ui/talk-row.h"

static MonocleRunner *
get_runner (void)
{
  return monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()));
}

static GListModel *
get_talk (MonocleWindow *window)
{
  return monocle_document_get_talk (gui_get_document (window));
}

static guint
count_turns (MonocleWindow *window)
{
  return g_list_model_get_n_items (get_talk (window));
}

static guint
count_rows (MonocleWindow *window)
{
  g_autoptr (GPtrArray) rows = gui_find_all (window, MONOCLE_TYPE_TALK_ROW);

  return rows->len;
}

/* (transfer none) */
static MonocleSaid *
get_turn (MonocleWindow *window, guint index)
{
  g_autoptr (MonocleSaid) said = g_list_model_get_item (get_talk (window), index);

  g_assert_nonnull (said);
  return said;
}

static const char *
get_question (MonocleWindow *window, guint index)
{
  return monocle_said_get_question (get_turn (window, index))->text;
}

static void
press (MonocleWindow *window, const char *keys)
{
  gui_type (GTK_WINDOW (window), keys);
  gui_settle ();
}

static gboolean
is_silent (gpointer window)
{
  return !monocle_document_get_asking (gui_get_document (window), NULL)
         && !monocle_runner_is_busy (get_runner ());
}

static gboolean
has_words (gpointer window)
{
  MonocleSaid *said = monocle_document_get_asking (gui_get_document (window), NULL);

  return !said || *monocle_said_get_answer (said);
}

static void
wait_answer (MonocleWindow *window)
{
  gui_wait_for ("the answer", is_silent, window);
  gui_settle ();
}

static char *
dup_typed (MonocleWindow *window)
{
  return monocle_talk_entry_dup_text (gui_find (window, MONOCLE_TYPE_TALK_ENTRY));
}

static gpointer
find_with_tooltip (gpointer root, GType type, const char *tooltip)
{
  g_autoptr (GPtrArray) buttons = gui_find_all (root, type);

  for (guint i = 0; i < buttons->len; i++)
    if (g_strcmp0 (gtk_widget_get_tooltip_text (buttons->pdata[i]), tooltip) == 0)
      return buttons->pdata[i];
  return NULL;
}

static void
press_button (gpointer root, const char *tooltip)
{
  GtkWidget *button = find_with_tooltip (root, GTK_TYPE_BUTTON, tooltip);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  gui_settle ();
}

static gpointer
get_row (MonocleWindow *window, guint index)
{
  g_autoptr (GPtrArray) rows = gui_find_all (window, MONOCLE_TYPE_TALK_ROW);

  g_assert_cmpuint (index, <, rows->len);
  return rows->pdata[index];
}

static void
set_longest (int n)
{
  g_settings_set_int (gui_get_settings (), "talk-max-tokens", n);
}

/* A window whose model can talk, at its conversation. */
static MonocleWindow *
open_talking (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");

  set_longest (8);
  gui_act (window, "win.talk", NULL);
  gui_settle ();
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_window_get_focus (GTK_WINDOW (window))));
  return window;
}

/* --- */

/* Only where the model can: with another it goes, and what is typed is for the prompt again. */
static void
test_offered (void)
{
  MonocleWindow *window = open_talking ();
  g_autofree char *model = g_settings_get_string (gui_get_settings (), "model");

  g_assert_true (gui_can_act (window, "win.talk"));
  g_assert_true (gui_has_text (window, "Conversation"));
  gui_keep_picture (window, "chat-empty");
  g_settings_set_string (gui_get_settings (), "model", "");
  gui_settle ();
  g_assert_false (gui_can_act (window, "win.talk"));
  g_assert_false (gui_has_text (window, "Conversation"));
  g_settings_set_string (gui_get_settings (), "model", model);
  gui_settle ();
  g_assert_true (gui_can_act (window, "win.talk"));
}

/* Return asks and Shift+Return does not; the picture is shown once; all is there again later. */
static void
test_ask (void)
{
  MonocleWindow *window;
  g_autofree char *typed = NULL, *answer = NULL, *sample = gui_sample ("1-park.png");

  if (gui_lacks_input ())
    return;
  window = open_talking ();
  press (window, "w h o shift+Return i s question");
  g_assert_cmpuint (count_turns (window), ==, 0);
  press (window, "Return");
  wait_answer (window);
  g_assert_cmpuint (count_turns (window), ==, 1);
  g_assert_cmpstr (get_question (window, 0), ==, "who\nis?");
  g_assert_cmpuint (monocle_said_get_question (get_turn (window, 0))->n_shown, ==, 1);
  typed = dup_typed (window);
  g_assert_cmpstr (typed, ==, "");

  press (window, "a n d Return");
  wait_answer (window);
  g_assert_cmpuint (count_turns (window), ==, 2);
  g_assert_cmpuint (monocle_said_get_question (get_turn (window, 1))->n_shown, ==, 0);
  g_assert_cmpuint (monocle_said_get_facts (get_turn (window, 1))->n_kept, >, 0);
  g_assert_cmpfloat (monocle_said_get_facts (get_turn (window, 1))->encode_ms, ==, 0);
  answer = g_strdup (monocle_said_get_answer (get_turn (window, 1)));
  g_assert_true (gui_has_text (window, "tokens used"));
  gui_keep_picture (window, "chat-turns");

  window = gui_open_again (sample);
  g_assert_cmpuint (count_turns (window), ==, 2);
  gui_act (window, "win.talk", NULL);
  gui_settle ();
  g_assert_cmpuint (count_rows (window), ==, 2);
  g_assert_cmpstr (monocle_said_get_answer (get_turn (window, 1)), ==, answer);
  press (window, "w h y Return");
  wait_answer (window);
  g_assert_cmpuint (count_turns (window), ==, 3);
  g_assert_cmpuint (monocle_said_get_facts (get_turn (window, 2))->n_kept, ==, 0);
}

/* The last answer. */
static MonocleReplyEnd
get_end (MonocleWindow *window)
{
  return monocle_said_get_facts (get_turn (window, count_turns (window) - 1))->end;
}

static void
let_go (GCancellable *cancellable)
{
  test_hold_words (FALSE);
}

/* Escape keeps what came, and then leaves the panel as ever. */
static void
test_stop (void)
{
  MonocleWindow *window;
  gboolean is_stopped = FALSE;

  if (gui_lacks_input ())
    return;
  window = open_talking ();
  set_longest (4000);
  /* Drawn answers are of any length: some end before there is a word. */
  g_settings_set_boolean (gui_get_settings (), "talk-drawn", TRUE);
  for (guint i = 0; i < 20 && !is_stopped; i++)
    {
      gui_act (window, "win.talk", NULL);
      test_hold_words (TRUE);
      press (window, "w h o Return");
      gui_wait_for ("a word", has_words, window);
      gui_keep_picture (window, "chat-answering");
      if (get_runner ()->job)
        g_signal_connect (get_runner ()->job->cancellable, "cancelled", G_CALLBACK (let_go), NULL);
      press (window, "Escape");
      wait_answer (window);
      test_hold_words (FALSE);
      is_stopped = get_end (window) == MONOCLE_REPLY_STOPPED;
    }
  g_settings_reset (gui_get_settings (), "talk-drawn");
  g_assert_true (is_stopped);
  g_assert_cmpstr (monocle_said_get_answer (get_turn (window, count_turns (window) - 1)), !=, "");
  g_assert_true (gui_has_text (window, "Stopped"));
  g_assert_true (gui_can_act (window, "win.clear-talk"));
  gui_keep_picture (window, "chat-stopped");
  press (window, "Escape");
  g_assert_false (GTK_IS_TEXT_VIEW (gtk_window_get_focus (GTK_WINDOW (window))));
  /* What is typed over the picture is for the page that is seen. */
  press (window, "x");
  {
    g_autofree char *typed = dup_typed (window);

    g_assert_cmpstr (typed, ==, "x");
  }
}

/* In other words, and again; what came after it goes, and comes back. */
static void
test_edit (void)
{
  MonocleWindow *window;
  MonocleSaid *first;
  g_autofree char *typed = NULL;

  if (gui_lacks_input ())
    return;
  window = open_talking ();
  press (window, "o n e Return");
  wait_answer (window);
  press (window, "t w o Return");
  wait_answer (window);
  first = get_turn (window, 0);

  press_button (get_row (window, 0), "Edit Question");
  g_assert_true (gui_has_text (window, "Asks question 1 in other words"));
  gui_keep_picture (window, "chat-editing");
  press (window, "Escape");
  typed = dup_typed (window);
  g_assert_cmpstr (typed, ==, "");
  g_assert_false (gui_has_text (window, "in other words"));

  press_button (get_row (window, 0), "Edit Question");
  press (window, "ctrl+a d a y Return");
  wait_answer (window);
  g_assert_cmpuint (count_turns (window), ==, 1);
  g_assert_cmpuint (count_rows (window), ==, 1);
  g_assert_cmpstr (get_question (window, 0), ==, "day");
  g_assert_cmpuint (monocle_said_get_question (get_turn (window, 0))->n_shown, ==, 1);

  gui_act (window, "win.undo", NULL);
  gui_settle ();
  g_assert_cmpuint (count_rows (window), ==, 2);
  g_assert_true (get_turn (window, 0) == first);

  press_button (get_row (window, 1), "Answer Again");
  wait_answer (window);
  g_assert_cmpuint (count_turns (window), ==, 2);
  g_assert_cmpstr (get_question (window, 1), ==, "two");
  g_assert_true (monocle_said_get_question (get_turn (window, 1))->is_drawn);

  gui_act (window, "win.clear-talk", NULL);
  gui_settle ();
  g_assert_cmpuint (count_rows (window), ==, 0);
  gui_act (window, "win.undo", NULL);
  gui_settle ();
  g_assert_cmpuint (count_rows (window), ==, 2);
}

static void
type_at (MonocleWindow *window, const char *text)
{
  monocle_talk_entry_set_text (gui_find (window, MONOCLE_TYPE_TALK_ENTRY), text);
  monocle_talk_page_focus (gui_find (window, MONOCLE_TYPE_TALK_PAGE));
  gui_settle ();
}

static void
assert_typed (MonocleWindow *window, const char *text)
{
  g_autofree char *typed = dup_typed (window);

  g_assert_cmpstr (typed, ==, text);
}

/* What was being typed before comes back however editing ends; stopped before there is a word it
 * goes on as what it was. */
static void
test_draft (void)
{
  MonocleWindow *window;
  MonocleSaid *first;

  if (gui_lacks_input ())
    return;
  window = open_talking ();
  press (window, "o n e Return");
  wait_answer (window);
  press (window, "t w o Return");
  wait_answer (window);
  first = get_turn (window, 0);

  type_at (window, "draft");
  press_button (get_row (window, 0), "Edit Question");
  assert_typed (window, "one");
  press (window, "Escape");
  assert_typed (window, "draft");

  press_button (get_row (window, 0), "Edit Question");
  type_at (window, "day");
  test_keep_busy (get_runner (), monocle_document_get_image (gui_get_document (window)));
  monocle_talk_page_ask (gui_find (window, MONOCLE_TYPE_TALK_PAGE));
  assert_typed (window, "draft");
  monocle_runner_stop_talk (get_runner (), gui_get_document (window));
  wait_answer (window);
  g_assert_cmpuint (count_turns (window), ==, 2);
  g_assert_true (gui_has_text (window, "Asks question 1 in other words"));
  assert_typed (window, "day");
  press (window, "Return");
  wait_answer (window);
  g_assert_cmpuint (count_turns (window), ==, 1);
  g_assert_true (get_turn (window, 0) != first);
  g_assert_cmpstr (get_question (window, 0), ==, "day");
  assert_typed (window, "draft");

  /* One that is answered again is where it was. */
  press_button (get_row (window, 0), "Answer Again");
  monocle_runner_stop_talk (get_runner (), gui_get_document (window));
  wait_answer (window);
  assert_typed (window, "draft");
  g_assert_false (gui_has_text (window, "in other words"));
}

/* It is said, and what is there stays as it is. */
static void
test_long (void)
{
  g_autofree char *text = g_strnfill (10001, 'a');
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_talking ();
  type_at (window, "who is here");
  press (window, "ctrl+shift+Left"); /* in its place */
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)), text);
  press (window, "ctrl+v");
  g_assert_true (gui_has_text (window, "characters at most"));
  assert_typed (window, "who is here");
  gui_keep_picture (window, "chat-long");

  text[200] = '\0';
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)), text);
  press (window, "ctrl+v");
  g_assert_false (gui_has_text (window, "characters at most"));
  {
    g_autofree char *typed = dup_typed (window);

    g_assert_true (g_str_has_suffix (typed, text));
  }
}

/* A region that is selected is shown, once. */
static void
test_region (void)
{
  MonocleWindow *window;
  g_autoptr (MonocleAnnotation) region = NULL;
  const MonocleBox box = { 20, 30, 120, 140 };
  const MonocleSaidQuestion *question;

  if (gui_lacks_input ())
    return;
  window = open_talking ();
  region = monocle_annotation_new_region (&box, NULL);
  monocle_document_add_region (gui_get_document (window), region);
  monocle_presentation_select (monocle_window_get_presentation (window), region);
  gui_settle ();
  g_assert_true (gui_has_text (gui_find (window, MONOCLE_TYPE_TALK_CHIPS), "Region 1"));
  gui_keep_picture (window, "chat-region");
  press_button (gui_find (window, MONOCLE_TYPE_TALK_CHIPS), "Do Not Show Region 1");
  g_assert_null (gui_find (window, MONOCLE_TYPE_TALK_CHIPS));

  monocle_presentation_select (monocle_window_get_presentation (window), region);
  gui_act (window, "win.focus-prompt", NULL);
  press (window, "i t Return");
  wait_answer (window);
  question = monocle_said_get_question (get_turn (window, 0));
  g_assert_cmpuint (question->n_shown, ==, 2);
  g_assert_false (question->shown[0].is_region);
  g_assert_cmpfloat (question->shown[1].region.x2, ==, 120);
  g_assert_true (gui_has_text (window, "Shows the picture and a region"));
  g_assert_null (gui_find (window, MONOCLE_TYPE_TALK_CHIPS));
}

static gboolean
has_failed (gpointer window)
{
  MonocleSaid *said = monocle_document_get_asking (gui_get_document (window), NULL);

  return said && monocle_said_get_state (said) == MONOCLE_SAID_FAILED;
}

/* What has no room is said, and stays until something else is asked; all else stays as it is. */
static void
test_fails (void)
{
  MonocleWindow *window;
  g_autofree char *model = g_settings_get_string (gui_get_settings (), "model");
  g_autofree char *small = changed_model ("small", "24");

  if (gui_lacks_input ())
    return;
  window = open_talking ();
  g_settings_set_string (gui_get_settings (), "model", small);
  gui_settle ();
  press (window, "w h o Return");
  gui_wait_for ("what is wrong", has_failed, window);
  gui_settle ();
  g_assert_cmpuint (count_rows (window), ==, 1);
  g_assert_cmpuint (count_turns (window), ==, 0);
  gui_keep_picture (window, "chat-failed");

  g_settings_set_string (gui_get_settings (), "model", model);
  gui_settle ();
  press_button (get_row (window, 0), "Answer Again");
  wait_answer (window);
  g_assert_cmpuint (count_turns (window), ==, 1);
}

/* As it looks elsewhere. */
static void
test_looks (void)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = open_talking ();
  set_longest (60);
  press (window, "w h a t space i s space i n space t h i s space p i c t u r e question Return");
  wait_answer (window);
  press (window, "w h e r e question Return");
  wait_answer (window);
  press_button (get_row (window, 1), "Copy Answer");
  g_assert_true (gdk_clipboard_is_local (gtk_widget_get_clipboard (GTK_WIDGET (window))));
  gtk_menu_button_popup (find_with_tooltip (window, GTK_TYPE_MENU_BUTTON, "How Answers Are Made"));
  gui_settle ();
  gui_keep_picture (window, "chat-settings");
  gtk_menu_button_popdown (
      find_with_tooltip (window, GTK_TYPE_MENU_BUTTON, "How Answers Are Made"));
  gui_settle ();
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  gui_keep_picture (window, "chat-dark");
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 600);
  gui_settle ();
  gui_act (window, "win.talk", NULL);
  gui_keep_picture (window, "chat-narrow-dark");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
  gui_keep_picture (window, "chat-narrow");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 360);
}

/* Regions that do not fit side by side stand in rows, above where one writes. */
static void
test_many_regions (void)
{
  MonocleWindow *window = open_talking ();
  GtkWidget *entry = gui_find (window, MONOCLE_TYPE_TALK_ENTRY);
  g_autoptr (GPtrArray) chips = NULL;
  graphene_rect_t last;

  gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
  gui_settle ();
  gui_act (window, "win.talk", NULL);
  for (guint i = 0; i < 5; i++)
    {
      const MonocleBox box = { 20, 30, 80 + (float) i, 140 };
      g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

      monocle_document_add_region (gui_get_document (window), region);
    }
  gui_act (window, "win.select-all", NULL);
  gui_settle ();
  gui_keep_picture (window, "chat-many-regions");
  chips = gui_find_all (gui_find (window, MONOCLE_TYPE_TALK_CHIPS), GTK_TYPE_FLOW_BOX_CHILD);
  g_assert_cmpuint (chips->len, ==, 5);
  g_assert_true (gtk_widget_compute_bounds (chips->pdata[4], entry, &last));
  g_assert_cmpfloat (last.origin.y + last.size.height, <=, 0);
}

/* What comes up in a low window is no higher than it, and scrolls. */
static void
test_low (void)
{
  MonocleWindow *window = open_talking ();
  g_autoptr (GPtrArray) buttons = gui_find_all (window, GTK_TYPE_MENU_BUTTON);
  guint n = 0;

  gtk_window_set_default_size (GTK_WINDOW (window), 700, 360);
  gui_settle ();
  gui_act (window, "win.talk", NULL);
  gui_settle ();
  for (guint i = 0; i < buttons->len; i++)
    {
      GtkPopover *popover = gtk_menu_button_get_popover (buttons->pdata[i]);

      if (!gtk_widget_get_mapped (buttons->pdata[i]) || !popover || GTK_IS_POPOVER_MENU (popover))
        continue;
      gtk_menu_button_popup (buttons->pdata[i]);
      gui_settle ();
      gui_keep_picture (window, "chat-low");
      g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (popover)), >, 60);
      g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (popover)), <=, 360);
      gtk_menu_button_popdown (buttons->pdata[i]);
      gui_settle ();
      n++;
    }
  g_assert_cmpuint (n, >=, 3);
}

int
main (int argc, char **argv)
{
  g_autofree char *model = NULL;

  gui_init (&argc, &argv);
  model = changed_model ("talker", "8192");
  g_settings_set_string (gui_get_settings (), "model", model);

  g_test_add_func ("/gui/chat/offered", test_offered);
  g_test_add_func ("/gui/chat/ask", test_ask);
  g_test_add_func ("/gui/chat/stop", test_stop);
  g_test_add_func ("/gui/chat/edit", test_edit);
  g_test_add_func ("/gui/chat/draft", test_draft);
  g_test_add_func ("/gui/chat/long", test_long);
  g_test_add_func ("/gui/chat/region", test_region);
  g_test_add_func ("/gui/chat/many-regions", test_many_regions);
  g_test_add_func ("/gui/chat/fails", test_fails);
  g_test_add_func ("/gui/chat/looks", test_looks);
  g_test_add_func ("/gui/chat/low", test_low);

  return gui_run ();
}
