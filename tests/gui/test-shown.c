/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Other pictures in a conversation: added, taken away, shown with a question, and there again after
 * another start; with a tiny random model. And rows of questions to which nothing was said.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/gui/harness-canvas.h"
#include "ui/talk-entry.h"
#include "ui/talk-page.h"
#include "ui/talk-pictures.h"
#include "ui/talk-row.h"

static gboolean
is_silent (gpointer window)
{
  MonocleRunner *runner
      = monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()));

  return !monocle_document_get_asking (gui_get_document (window), NULL)
         && !monocle_runner_is_busy (runner);
}

static void
ask (MonocleWindow *window, const char *text)
{
  monocle_talk_entry_set_text (gui_find (window, MONOCLE_TYPE_TALK_ENTRY), text);
  monocle_talk_page_ask (gui_find (window, MONOCLE_TYPE_TALK_PAGE));
  gui_wait_for ("the answer", is_silent, window);
  gui_settle ();
}

/* (transfer none) */
static MonocleSaid *
get_turn (MonocleWindow *window, guint index)
{
  g_autoptr (MonocleSaid) said
      = g_list_model_get_item (monocle_document_get_talk (gui_get_document (window)), index);

  g_assert_nonnull (said);
  return said;
}

static MonocleWindow *
open_talking (const char *path)
{
  MonocleWindow *window = gui_open_again (path);

  g_settings_set_int (gui_get_settings (), "talk-max-tokens", 4);
  gui_act (window, "win.talk", NULL);
  gui_settle ();
  return window;
}

/* --- */

static guint
count_listed (MonocleTalkPictures *pictures)
{
  g_autoptr (GArray) shown = g_array_new (FALSE, FALSE, sizeof (MonocleSaidShown));

  monocle_talk_pictures_list (pictures, shown);
  return shown->len;
}

typedef struct
{
  MonocleTalkPictures *pictures;
  guint n;
} Wanted;

static gboolean
has_pictures (gpointer data)
{
  const Wanted *wanted = data;

  return count_listed (wanted->pictures) == wanted->n;
}

static void
add (MonocleTalkPictures *pictures, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Wanted wanted = { pictures, count_listed (pictures) + 1 };

  monocle_talk_pictures_add (pictures, file);
  gui_wait_for ("the picture", has_pictures, &wanted);
  gui_settle ();
}

/* Where they are is not seen before there are some. */
static MonocleTalkPictures *
get_pictures (MonocleWindow *window)
{
  GtkWidget *page = gui_find (window, MONOCLE_TYPE_TALK_PAGE);

  return MONOCLE_TALK_PICTURES (
      gtk_widget_get_template_child (page, MONOCLE_TYPE_TALK_PAGE, "pictures"));
}

static void
press_close (MonocleTalkPictures *pictures, const char *tooltip)
{
  g_autoptr (GPtrArray) buttons = gui_find_all (pictures, GTK_TYPE_BUTTON);

  for (guint i = 0; i < buttons->len; i++)
    if (g_strcmp0 (gtk_widget_get_tooltip_text (buttons->pdata[i]), tooltip) == 0)
      {
        g_signal_emit_by_name (buttons->pdata[i], "clicked");
        gui_settle ();
        return;
      }
  g_assert_not_reached ();
}

static void
test_shown (void)
{
  g_autofree char *path = gui_sample ("1-park.png");
  g_autofree char *wide = gui_fixture ("clip/wide-41x9.png");
  g_autofree char *tall = gui_fixture ("clip/tall-9x41.png");
  MonocleWindow *window = open_talking (path);
  MonocleTalkPictures *pictures = get_pictures (window);
  const MonocleSaidQuestion *question;
  guint n_alone, n_both;

  ask (window, "Who?");
  n_alone = monocle_said_get_facts (get_turn (window, 0))->n_read;
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (pictures)));
  add (pictures, wide);
  add (pictures, tall);
  g_assert_true (gui_has_text (pictures, "wide-41x9.png"));
  gui_keep_picture (window, "chat-pictures");
  press_close (pictures, "Do Not Show tall-9x41.png");
  g_assert_cmpuint (count_listed (pictures), ==, 1);

  ask (window, "Who?");
  g_assert_cmpuint (count_listed (pictures), ==, 0);
  question = monocle_said_get_question (get_turn (window, 1));
  g_assert_cmpuint (question->n_shown, ==, 1);
  g_assert_cmpstr (question->shown[0].path, ==, wide);
  g_assert_cmpuint (question->shown[0].width, ==, 41);
  n_both = monocle_said_get_facts (get_turn (window, 1))->n_read;
  g_assert_true (gui_has_text (window, "Shows wide-41x9.png"));
  /* It was looked at, and read; what was there is known. */
  g_assert_cmpfloat (monocle_said_get_facts (get_turn (window, 1))->encode_ms, >, 0);
  g_assert_cmpuint (n_both, >, 4);
  g_assert_cmpuint (monocle_said_get_facts (get_turn (window, 1))->n_kept, >=, n_alone);
  gui_keep_picture (window, "chat-shown");

  /* After another start all of it is read again, from the file. */
  gui_close_all ();
  window = open_talking (path);
  ask (window, "And?");
  g_assert_cmpuint (monocle_said_get_question (get_turn (window, 2))->n_shown, ==, 0);
  g_assert_cmpuint (monocle_said_get_facts (get_turn (window, 2))->n_kept, ==, 0);
  g_assert_cmpuint (monocle_said_get_facts (get_turn (window, 2))->n_read, >, n_alone + n_both);
  gui_forget_work ();
}

static gboolean
has_dialog (gpointer window)
{
  return gui_find_dialog (window) != NULL;
}

/* What is no picture is said, and not shown. */
static void
test_refused (void)
{
  g_autofree char *path = gui_sample ("1-park.png");
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *text = g_build_filename (folder, "words.png", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (text);
  MonocleWindow *window = open_talking (path);
  MonocleTalkPictures *pictures = get_pictures (window);

  g_assert_true (g_file_set_contents (text, "no picture", -1, NULL));
  monocle_talk_pictures_add (pictures, file);
  gui_wait_for ("the refusal", has_dialog, window);
  gui_close_dialog (gui_find_dialog (window));
  g_assert_cmpuint (count_listed (pictures), ==, 0);
  gui_forget_work ();
}

/* Whoever only thought has nothing that could be copied, and the row says so. */
static void
test_nothing_said (void)
{
  static const struct
  {
    const char *answer, *note;
    MonocleReplyEnd end;
  } cases[] = {
    { "A dog.", NULL, MONOCLE_REPLY_WHOLE },
    { "", "The model had nothing to say", MONOCLE_REPLY_WHOLE },
    { "", "still thinking, and had nothing to say yet", MONOCLE_REPLY_LONG },
    { "", "Stopped", MONOCLE_REPLY_STOPPED },
  };
  const MonocleSaidQuestion question = { .text = "What is this?" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const MonocleSaidFacts facts = { .end = cases[i].end };
      g_autoptr (MonocleSaid) said
          = monocle_said_new_answered (0, &question, cases[i].answer, &facts);
      GtkWidget *row = g_object_ref_sink (monocle_talk_row_new (said));
      GObject *copy = gtk_widget_get_template_child (row, MONOCLE_TYPE_TALK_ROW, "copy");
      GObject *note = gtk_widget_get_template_child (row, MONOCLE_TYPE_TALK_ROW, "note");

      g_assert_true (gtk_widget_get_visible (GTK_WIDGET (copy)) == (*cases[i].answer != '\0'));
      if (cases[i].note)
        g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (note)), cases[i].note));
      g_object_unref (row);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *model = NULL;

  gui_init (&argc, &argv);
  model = gui_fixture ("smolvlm/smolvlm2");
  g_settings_set_string (gui_get_settings (), "model", model);

  g_test_add_func ("/gui/shown/shown", test_shown);
  g_test_add_func ("/gui/shown/refused", test_refused);
  g_test_add_func ("/gui/shown/nothing-said", test_nothing_said);

  return gui_run ();
}
