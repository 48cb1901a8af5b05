/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conversations about documents, with a tiny random model: what is asked, asked again and taken
 * back, what of it the model reads, and that all of it is there after another start.
 */
#include "config.h"

#include "runner-test.h"
#include "tests/busy-runner.h"
#include "tests/held-words.h"

#define TALKER "smolvlm/idefics3"

typedef struct
{
  TestFolder *folder;
  MonocleRunner *runner;
  MonocleDocument *document;
  char *journal;
} Fixture;

static void
open_document (Fixture *f)
{
  f->document = test_open_document ("a.png");
  monocle_document_keep_in (f->document, f->journal);
  g_assert_no_error (monocle_document_get_trouble (f->document));
}

/* With room for long answers: there is no table of places. */
static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *source = test_fixture (TALKER);
  g_autoptr (JsonObject) config = test_read_json (source, "config.json");

  f->folder = test_folder_new ();
  json_object_set_int_member (json_object_get_object_member (config, "text_config"),
                              "max_position_embeddings", 8192);
  test_link_model (source, f->folder);
  test_write_json (f->folder, "config.json", config);
  f->runner = monocle_runner_new ();
  monocle_runner_configure (f->runner, f->folder, monocle_device_get_uuid (test_get_device ()),
                            MONOCLE_PRECISION_F32, 1);
  f->journal = g_build_filename (f->folder, "talk.journal", NULL);
  open_document (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_assert_last (g_steal_pointer (&f->document));
  test_assert_last (g_steal_pointer (&f->runner));
  g_free (f->journal);
  test_folder_free (f->folder);
}

static GListModel *
get_talk (Fixture *f)
{
  return monocle_document_get_talk (f->document);
}

/* (transfer none) */
static MonocleSaid *
get_turn (Fixture *f, guint index)
{
  g_autoptr (MonocleSaid) said = g_list_model_get_item (get_talk (f), index);

  g_assert_nonnull (said);
  return said;
}

static MonocleSaid *
make_question (Fixture *f, const char *text, gboolean shows, guint max_tokens)
{
  const MonocleSaidShown shown = { .width = monocle_document_get_width (f->document),
                                   .height = monocle_document_get_height (f->document),
                                   .rotation = monocle_document_get_rotation (f->document) };
  const MonocleSaidQuestion question
      = { .text = text,
          .shown = &shown,
          .n_shown = shows,
          .detail = MONOCLE_DETAIL_FINE, /* it has to weigh more than what is said */
          .max_tokens = max_tokens };

  return monocle_said_new (&question);
}

static void
wait_answer (Fixture *f, MonocleSaid *said)
{
  WAIT_UNTIL (!monocle_said_is_active (said) && !monocle_runner_is_busy (f->runner));
  g_assert_no_error (monocle_said_get_error (said));
}

/* Behind @n_before turns. Returns: (transfer none): it is answered */
static MonocleSaid *
say (Fixture *f, const char *text, gboolean shows, guint n_before)
{
  g_autoptr (MonocleSaid) said = make_question (f, text, shows, 6);

  monocle_runner_talk (f->runner, f->document, said, n_before);
  g_assert_true (monocle_document_get_asking (f->document, NULL) == said);
  wait_answer (f, said);
  g_assert_null (monocle_document_get_asking (f->document, NULL));
  g_assert_cmpint (monocle_said_get_state (said), ==, MONOCLE_SAID_WHOLE);
  g_assert_true (get_turn (f, n_before) == said);
  g_assert_cmpuint (g_list_model_get_n_items (get_talk (f)), ==, n_before + 1);
  return get_turn (f, n_before);
}

static const MonocleSaidFacts *
get_facts (Fixture *f, guint index)
{
  return monocle_said_get_facts (get_turn (f, index));
}

/* What was read stays read; the picture is looked at once. */
static void
test_goes_on (Fixture *f, gconstpointer data)
{
  guint n_first;

  say (f, "What is this?", TRUE, 0);
  n_first = monocle_said_get_n_used (get_turn (f, 0));
  g_assert_cmpuint (get_facts (f, 0)->n_kept, ==, 0);
  g_assert_cmpfloat (get_facts (f, 0)->encode_ms, >, 0);
  say (f, "And this?", FALSE, 1);
  g_assert_cmpuint (get_facts (f, 1)->n_kept, >=, n_first - 2);
  g_assert_cmpuint (get_facts (f, 1)->n_read, <, n_first / 2);
  g_assert_cmpfloat (get_facts (f, 1)->encode_ms, ==, 0);
  g_assert_cmpuint (get_facts (f, 1)->n_places, ==, 8192);
}

/* The last question, or one before it, in other words; and all of it taken back. */
static void
test_again (Fixture *f, gconstpointer data)
{
  MonocleUndo *undo = monocle_document_get_undo (f->document);
  g_autoptr (MonocleSaid) second = NULL;
  g_autoptr (MonocleSaid) again = NULL;
  const guint64 seed = 3;

  say (f, "What is this?", TRUE, 0);
  second = g_object_ref (say (f, "And this?", FALSE, 1));
  say (f, "Who?", FALSE, 2);
  /* It takes the place of what came after it. */
  say (f, "And that?", FALSE, 1);
  g_assert_cmpuint (get_facts (f, 1)->n_kept, >, 0);
  g_assert_cmpstr (monocle_undo_get_undo_title (undo), ==, "Ask Again");
  monocle_undo_undo (undo);
  g_assert_cmpuint (g_list_model_get_n_items (get_talk (f)), ==, 3);
  g_assert_true (get_turn (f, 1) == second);
  monocle_undo_undo (undo);
  g_assert_cmpuint (g_list_model_get_n_items (get_talk (f)), ==, 2);

  /* With a seed of its own, and the same one answers the same. */
  again = monocle_said_new_again (second, NULL, &seed);
  g_assert_true (monocle_said_get_question (again)->is_drawn);
  monocle_runner_talk (f->runner, f->document, again, 1);
  wait_answer (f, again);
  g_assert_cmpuint (monocle_said_get_question (again)->sampling.seed, ==, 3);
  g_assert_true (get_turn (f, 1) == again);
  {
    g_autoptr (MonocleSaid) once_more = monocle_said_new_again (again, NULL, &seed);

    monocle_runner_talk (f->runner, f->document, once_more, 1);
    wait_answer (f, once_more);
    g_assert_cmpstr (monocle_said_get_answer (once_more), ==, monocle_said_get_answer (again));
  }
  monocle_document_clear_talk (f->document);
  g_assert_cmpuint (g_list_model_get_n_items (get_talk (f)), ==, 0);
  monocle_undo_undo (undo);
  g_assert_cmpuint (g_list_model_get_n_items (get_talk (f)), ==, 2);
}

/* After another start all that was said is read once, and answered as if nothing had been between.
 */
static void
test_reopened (Fixture *f, gconstpointer data)
{
  g_autofree char *answer = NULL;
  guint n_used;

  say (f, "What is this?", TRUE, 0);
  say (f, "And this?", FALSE, 1);
  say (f, "Who?", FALSE, 2);
  answer = g_strdup (monocle_said_get_answer (get_turn (f, 2)));
  n_used = monocle_said_get_n_used (get_turn (f, 2));
  monocle_undo_undo (monocle_document_get_undo (f->document));

  g_object_unref (f->document);
  open_document (f);
  g_assert_cmpuint (g_list_model_get_n_items (get_talk (f)), ==, 2);
  say (f, "Who?", FALSE, 2);
  g_assert_cmpuint (get_facts (f, 2)->n_kept, ==, 0);
  g_assert_cmpstr (monocle_said_get_answer (get_turn (f, 2)), ==, answer);
  g_assert_cmpuint (monocle_said_get_n_used (get_turn (f, 2)), ==, n_used);
  say (f, "Why?", FALSE, 3);
  g_assert_cmpuint (get_facts (f, 3)->n_kept, >, 0);
}

static void
on_answer (MonocleSaid *said, GParamSpec *pspec, Fixture *f)
{
  monocle_runner_stop_talk (f->runner, f->document);
  test_hold_words (FALSE);
}

/* What came is kept; before there was a word, nothing is. */
static void
test_stop (Fixture *f, gconstpointer data)
{
  g_autoptr (MonocleSaid) said = make_question (f, "What is this?", TRUE, 500);
  g_autoptr (MonocleSaid) early = make_question (f, "And this?", FALSE, 500);

  g_signal_connect (said, "notify::answer", G_CALLBACK (on_answer), f);
  test_hold_words (TRUE);
  monocle_runner_talk (f->runner, f->document, said, 0);
  wait_answer (f, said);
  g_assert_cmpint (monocle_said_get_state (said), ==, MONOCLE_SAID_WHOLE);
  g_assert_cmpint (get_facts (f, 0)->end, ==, MONOCLE_REPLY_STOPPED);
  g_assert_cmpuint (get_facts (f, 0)->n_ids, <, 500);

  test_keep_busy (f->runner, monocle_document_get_image (f->document));
  monocle_runner_talk (f->runner, f->document, early, 1);
  monocle_runner_stop_talk (f->runner, f->document);
  WAIT_UNTIL (!monocle_said_is_active (early));
  g_assert_cmpint (monocle_said_get_state (early), ==, MONOCLE_SAID_STOPPED);
  g_assert_null (monocle_document_get_asking (f->document, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (get_talk (f)), ==, 1);
}

/* (transfer full): what the next start finds, were the program killed now */
static MonocleDocument *
open_killed (Fixture *f)
{
  g_autofree char *path = g_strconcat (f->journal, ".killed", NULL);
  g_autofree char *bytes = NULL;
  MonocleDocument *document = test_open_document ("a.png");
  gsize n;

  g_assert_true (g_file_get_contents (f->journal, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
  monocle_document_keep_in (document, path);
  g_assert_no_error (monocle_document_get_trouble (document));
  return document;
}

/* The question is asked no more, or can be asked again; @n_before: turns that are whole */
static void
assert_asked (MonocleDocument *document, guint n_before, gboolean is_asked)
{
  MonocleSaid *asking = monocle_document_get_asking (document, NULL);

  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_talk (document)), ==, n_before);
  if (!is_asked)
    {
      g_assert_null (asking);
      return;
    }
  g_assert_cmpint (monocle_said_get_state (asking), ==, MONOCLE_SAID_FAILED);
  g_assert_cmpstr (monocle_said_get_question (asking)->text, ==, "And this?");
}

static void
note_answer (MonocleSaid *said, GParamSpec *pspec, char **answer)
{
  if (!*answer)
    *answer = g_strdup (monocle_said_get_answer (said));
}

/* As it is asked and as it is answered it is in the journal. */
static void
test_killed (Fixture *f, gconstpointer data)
{
  g_autoptr (MonocleSaid) said = make_question (f, "And this?", FALSE, 500);
  g_autoptr (MonocleDocument) asked = NULL;
  g_autoptr (MonocleDocument) answering = NULL;
  g_autoptr (MonocleDocument) again = NULL;
  g_autoptr (MonocleDocument) answered = NULL;
  g_autoptr (MonocleSaid) last = NULL;
  g_autofree char *begun = NULL;

  say (f, "What is this?", TRUE, 0);
  g_signal_connect (said, "notify::answer", G_CALLBACK (note_answer), &begun);
  test_hold_words (TRUE);
  monocle_runner_talk (f->runner, f->document, said, 1);
  asked = open_killed (f);
  assert_asked (asked, 1, TRUE);

  WAIT_UNTIL (begun);
  monocle_document_flush (f->document);
  answering = open_killed (f);
  assert_asked (answering, 2, FALSE);
  last = g_list_model_get_item (monocle_document_get_talk (answering), 1);
  g_assert_cmpstr (monocle_said_get_question (last)->text, ==, "And this?");
  g_assert_true (g_str_has_prefix (monocle_said_get_answer (last), begun));
  g_assert_cmpint (monocle_said_get_facts (last)->end, ==, MONOCLE_REPLY_STOPPED);
  g_assert_nonnull (monocle_undo_get_undo_title (monocle_document_get_undo (answering)));

  test_hold_words (FALSE);
  wait_answer (f, said);
  answered = open_killed (f);
  assert_asked (answered, 2, FALSE);
  /* What was given up before there was a word is asked by nobody. */
  g_clear_object (&said);
  said = make_question (f, "Who?", FALSE, 500);
  test_keep_busy (f->runner, monocle_document_get_image (f->document));
  monocle_runner_talk (f->runner, f->document, said, 2);
  monocle_runner_stop_talk (f->runner, f->document);
  WAIT_UNTIL (!monocle_said_is_active (said));
  again = open_killed (f);
  assert_asked (again, 2, FALSE);
}

/* What cannot be asked is said, and the next one can. */
static void
test_fails (Fixture *f, gconstpointer data)
{
  g_autoptr (MonocleSaid) said = make_question (f, "<image>", TRUE, 6);

  monocle_runner_talk (f->runner, f->document, said, 0);
  WAIT_UNTIL (!monocle_said_is_active (said));
  g_assert_cmpint (monocle_said_get_state (said), ==, MONOCLE_SAID_FAILED);
  g_assert_nonnull (monocle_said_get_error (said));
  g_assert_true (monocle_document_get_asking (f->document, NULL) == said);
  g_assert_cmpuint (g_list_model_get_n_items (get_talk (f)), ==, 0);
  say (f, "What is this?", TRUE, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/talk/goes-on", test_goes_on);
  ADD ("/talk/again", test_again);
  ADD ("/talk/reopened", test_reopened);
  ADD ("/talk/stop", test_stop);
  ADD ("/talk/killed", test_killed);
  ADD ("/talk/fails", test_fails);

  return test_end (g_test_run ());
}
