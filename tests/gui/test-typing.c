/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys on the picture: what is text reaches the prompt, whole and in order, wherever it is typed;
 * tools and zoom have keys that are no text; arrows move what is selected.
 */
#include "config.h"

#include <gdk/x11/gdkx.h>

#include "tests/gui/harness-canvas.h"
#include "tests/still-time.h"
#include "tests/unit/answer-fixture.h"
#include "ui/ask-panel.h"
#include "ui/keys.h"
#include "ui/object-row.h"
#include "ui/prompt-entry.h"

static void
assert_prompt (MonocleWindow *window, const char *expected)
{
  g_autoptr (GPtrArray) prompts = gui_find_all (window, MONOCLE_TYPE_PROMPT_ENTRY);
  g_autofree char *text = monocle_prompt_entry_dup_text (prompts->pdata[0]);

  g_assert_cmpstr (text, ==, expected);
}

static MonocleImageView *
focus_view (MonocleWindow *window)
{
  MonocleImageView *view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);

  gtk_widget_grab_focus (GTK_WIDGET (view));
  gui_settle ();
  return view;
}

/* --- Text --- */

/* In one go, as fast as they come. */
static void
test_words (void)
{
  MonocleWindow *window;
  MonocleImageView *view;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  view = focus_view (window);
  monocle_image_view_set_tool (view, MONOCLE_TOOL_REGION);
  gui_type (GTK_WINDOW (window), "r e d space b a l l o o n");
  assert_prompt (window, "red balloon");
  g_assert_cmpint (monocle_image_view_get_tool (view), ==, MONOCLE_TOOL_REGION);
  g_assert_true (gui_has_text (window, "Looks for “red balloon” in the whole picture"));

  /* What is typed over the picture again is something else. */
  focus_view (window);
  gui_type (GTK_WINDOW (window), "v a s e");
  assert_prompt (window, "vase");
}

/* Those that the keyboard lacks. xdotool puts them there for as long as it holds them, which a busy
 * machine may see too late. */
static void
add_keys (void)
{
  static const char *const names[] = { "eacute", "Greek_alpha", "Cyrillic_ya", "dead_acute" };
  Display *display = gdk_x11_display_get_xdisplay (gdk_display_get_default ());
  int first, last, n_levels;
  guint n = 0;
  KeySym *all;

  XDisplayKeycodes (display, &first, &last);
  all = XGetKeyboardMapping (display, (KeyCode) first, last - first + 1, &n_levels);
  for (int code = first; code <= last && n < G_N_ELEMENTS (names); code++)
    {
      KeySym wanted[2] = { XStringToKeysym (names[n]), XStringToKeysym (names[n]) };
      gboolean is_free = TRUE;

      for (int i = 0; i < n_levels; i++)
        is_free &= all[(code - first) * n_levels + i] == NoSymbol;
      if (XKeysymToKeycode (display, wanted[0]) != 0)
        n++;
      else if (is_free)
        {
          XChangeKeyboardMapping (display, code, 2, wanted, 1);
          n++;
        }
    }
  XFree (all);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (names));
  gui_settle ();
}

static void
test_every_character (void)
{
  static const struct
  {
    const char *key, *text;
  } keys[] = {
    { "s", "s" },           { "v", "v" },           { "h", "h" },     { "r", "r" },
    { "0", "0" },           { "1", "1" },           { "2", "2" },     { "KP_1", "1" },
    { "plus", "+" },        { "minus", "-" },       { "equal", "=" }, { "slash", "/" },
    { "question", "?" },    { "KP_Add", "+" },      { "R", "R" },     { "eacute", "é" },
    { "Greek_alpha", "α" }, { "Cyrillic_ya", "я" },
  };
  MonocleWindow *window;
  MonocleImageView *view;
  double zoom;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  view = focus_view (window);
  monocle_image_view_set_zoom (view, 1.5);
  zoom = monocle_image_view_get_zoom (view);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      /* They change the others, those of the number pad among them. */
      if (g_str_equal (keys[i].key, "eacute"))
        add_keys ();
      focus_view (window);
      g_test_message ("%s", keys[i].key);
      gui_type (GTK_WINDOW (window), keys[i].key);
      assert_prompt (window, keys[i].text);
      g_assert_cmpint (monocle_image_view_get_tool (view), ==, MONOCLE_TOOL_SELECT);
      g_assert_cmpfloat (monocle_image_view_get_zoom (view), ==, zoom);
    }
}

/* A key that is only the first part of a character. */
static void
test_dead_key (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  add_keys ();
  focus_view (window);
  gui_type (GTK_WINDOW (window), "dead_acute e t e");
  assert_prompt (window, "éte");
}

/* The panel comes into view for it, and takes its time. */
static void
test_hidden_panel (void)
{
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  gui_act (window, "win.toggle-panel", NULL);
  gui_wait_ms (600);
  focus_view (window);
  gui_type (GTK_WINDOW (window), "h o r s e space b e h i n d space a space f e n c e");
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  gui_wait_ms (600);
  assert_prompt (window, "horse behind a fence");
  gui_wait_for_text (window, "horse");
}

static GtkWidget *
find_tool_button (MonocleWindow *window)
{
  g_autoptr (GPtrArray) buttons = gui_find_all (window, GTK_TYPE_TOGGLE_BUTTON);

  for (guint i = 0; i < buttons->len; i++)
    if (g_strcmp0 (gtk_actionable_get_action_name (buttons->pdata[i]), "win.tool") == 0)
      return buttons->pdata[i];
  g_assert_not_reached ();
}

/* From a button and from the list as well, but not out of a popover. */
static void
test_from_elsewhere (void)
{
  MonocleWindow *window;
  GtkWidget *row;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  gui_ask (window, "detect", NULL);
  gtk_widget_grab_focus (find_tool_button (window));
  gui_type (GTK_WINDOW (window), "s h i p");
  assert_prompt (window, "ship");

  row = gui_find (window, MONOCLE_TYPE_OBJECT_ROW);
  gtk_widget_grab_focus (gtk_widget_get_parent (row));
  gui_type (GTK_WINDOW (window), "c a t");
  assert_prompt (window, "cat");

  gui_act (window, "win.choose-task", NULL);
  gui_wait_ms (200);
  gui_type (GTK_WINDOW (window), "o u t");
  assert_prompt (window, "cat");
  gui_type (GTK_WINDOW (window), "Escape Escape");
}

static MonocleWindow *
open_with_model (const char *name)
{
  g_autofree char *model = gui_fixture (name);

  g_settings_set_string (gui_get_settings (), "model", model);
  return gui_open_sample ("1-park.png");
}

/* Words for a task that takes none are there again when one is chosen that does; without one that
 * looks for things they are a question, and where they are nothing that is said. */
static void
test_no_words (void)
{
  MonocleWindow *window;
  MonocleAskPanel *panel;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  panel = gui_find (window, MONOCLE_TYPE_ASK_PANEL);
  focus_view (window);
  gui_type (GTK_WINDOW (window), "r e d");
  monocle_ask_panel_set_task (panel, "caption");
  assert_prompt (window, "");
  g_assert_cmpstr (monocle_ask_panel_get_task (panel)->id, ==, "caption");
  monocle_ask_panel_set_task (panel, "detect");
  assert_prompt (window, "");
  monocle_ask_panel_set_task (panel, "open-vocabulary-detection");
  assert_prompt (window, "red");

  window = open_with_model ("smolvlm/idefics3");
  panel = gui_find (window, MONOCLE_TYPE_ASK_PANEL);
  monocle_ask_panel_set_task (panel, "caption");
  focus_view (window);
  gui_type (GTK_WINDOW (window), "r e d");
  assert_prompt (window, "red");
  gui_wait_for_text (window, "Asks “red” about the whole picture");

  window = open_with_model ("detr/detr-new");
  focus_view (window);
  gui_type (GTK_WINDOW (window), "r e d");
  assert_prompt (window, "");
  g_assert_true (gui_has_text (window, "This model cannot be asked in words"));
  g_settings_reset (gui_get_settings (), "model");
}

/* --- Keys that are no text --- */

static void
test_tools_and_zoom (void)
{
  MonocleWindow *window;
  MonocleImageView *view;
  double fit;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("1-park.png");
  view = focus_view (window);
  fit = monocle_image_view_get_zoom (view);
  gui_type (GTK_WINDOW (window), "alt+2");
  g_assert_cmpint (monocle_image_view_get_tool (view), ==, MONOCLE_TOOL_REGION);
  gui_type (GTK_WINDOW (window), "alt+4");
  g_assert_cmpint (monocle_image_view_get_tool (view), ==, MONOCLE_TOOL_HAND);
  gui_type (GTK_WINDOW (window), "alt+1");
  g_assert_cmpint (monocle_image_view_get_tool (view), ==, MONOCLE_TOOL_SELECT);
  gui_type (GTK_WINDOW (window), "ctrl+2");
  g_assert_cmpfloat (monocle_image_view_get_zoom (view), ==, 2);
  gui_type (GTK_WINDOW (window), "ctrl+1");
  g_assert_cmpfloat (monocle_image_view_get_zoom (view), ==, 1);
  gui_type (GTK_WINDOW (window), "ctrl+plus");
  g_assert_cmpfloat (monocle_image_view_get_zoom (view), >, 1);
  gui_type (GTK_WINDOW (window), "ctrl+minus");
  gui_type (GTK_WINDOW (window), "ctrl+0");
  g_assert_cmpfloat (monocle_image_view_get_zoom (view), ==, fit);
  assert_prompt (window, "");
}

static gboolean
shows_first (gpointer window)
{
  return g_str_equal (monocle_document_get_name (gui_get_document (window)), "1-park.png");
}

static gboolean
shows_second (gpointer window)
{
  return g_str_equal (monocle_document_get_name (gui_get_document (window)), "2-fruit.png");
}

/* Wherever the focus is; where text runs from the right, arrows say what the header's say. */
static void
test_pictures (void)
{
  GtkApplication *application = gui_get_application ();
  MonocleWindow *window;

  if (gui_lacks_input ())
    return;
  gui_close_all ();
  window = gui_open_sample ("1-park.png");
  focus_view (window);
  gui_type (GTK_WINDOW (window), "alt+Right");
  gui_wait_for ("the second", shows_second, window);
  gui_type (GTK_WINDOW (window), "alt+KP_Left");
  gui_wait_for ("the first", shows_first, window);
  gui_type (GTK_WINDOW (window), "w o r d s alt+Right");
  gui_wait_for ("the second", shows_second, window);

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  monocle_keys_set_accels (application);
  gui_type (GTK_WINDOW (window), "alt+Right");
  gui_wait_for ("the first", shows_first, window);
  gui_type (GTK_WINDOW (window), "alt+Left");
  gui_wait_for ("the second", shows_second, window);
  focus_view (window);
  gui_type (GTK_WINDOW (window), "Right");
  gui_wait_for ("the first", shows_first, window);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  monocle_keys_set_accels (application);
}

static void
test_nudge_objects (void)
{
  const MonocleObject objects[]
      = { box_object ("near the edge", 3, 100, 200, 200), box_object ("far", 300, 100, 400, 200) };
  MonocleWindow *window;
  MonoclePresentation *presentation;
  MonocleDocument *document;
  MonocleQuery *query;

  if (gui_lacks_input ())
    return;
  window = gui_open_sample ("2-fruit.png");
  presentation = monocle_window_get_presentation (window);
  document = monocle_presentation_get_document (presentation);
  gui_answer_by_hand (window, objects, 2);
  query = monocle_presentation_get_query (presentation);
  focus_view (window);
  monocle_presentation_select (presentation, peek_annotation (query, 1));

  test_hold_time (TRUE);
  gui_type (GTK_WINDOW (window), "Right Right Down");
  assert_bounds (peek_annotation (query, 1), 302, 101, 100, 100);
  gui_type (GTK_WINDOW (window), "shift+Left");
  test_hold_time (FALSE);
  assert_bounds (peek_annotation (query, 1), 292, 101, 100, 100);
  /* One after the other quickly is one step. */
  gui_act (window, "win.undo", NULL);
  assert_bounds (peek_annotation (query, 1), 300, 100, 100, 100);
  g_assert_false (gui_can_act (window, "win.undo"));
  gui_act (window, "win.redo", NULL);
  assert_bounds (peek_annotation (query, 1), 292, 101, 100, 100);
  gui_act (window, "win.undo", NULL);

  /* Several keep their distance, at the edge as well; there they stay, with the picture. */
  gtk_selection_model_select_all (monocle_presentation_get_objects (presentation));
  gui_type (GTK_WINDOW (window), "shift+Left");
  assert_bounds (peek_annotation (query, 0), 0, 100, 197, 100);
  assert_bounds (peek_annotation (query, 1), 297, 100, 100, 100);
  gui_type (GTK_WINDOW (window), "Left Left");
  assert_bounds (peek_annotation (query, 0), 0, 100, 197, 100);
  g_assert_true (monocle_presentation_get_document (presentation) == document);
  gui_act (window, "win.undo", NULL);
  assert_bounds (peek_annotation (query, 0), 3, 100, 197, 100);
  assert_bounds (peek_annotation (query, 1), 300, 100, 100, 100);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  /* Before keys are put on the keyboard that it lacks, as those of the number pad change with them.
   */
  g_test_add_func ("/gui/typing/pictures", test_pictures);
  g_test_add_func ("/gui/typing/words", test_words);
  g_test_add_func ("/gui/typing/every-character", test_every_character);
  g_test_add_func ("/gui/typing/dead-key", test_dead_key);
  g_test_add_func ("/gui/typing/hidden-panel", test_hidden_panel);
  g_test_add_func ("/gui/typing/from-elsewhere", test_from_elsewhere);
  g_test_add_func ("/gui/typing/no-words", test_no_words);
  g_test_add_func ("/gui/typing/tools-and-zoom", test_tools_and_zoom);
  g_test_add_func ("/gui/typing/nudge-objects", test_nudge_objects);

  return gui_run ();
}
