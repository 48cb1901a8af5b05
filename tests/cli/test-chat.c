/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conversations on the command line: line by line, as JSON, and at a terminal.
 */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define MODEL "smolvlm/idefics3"

typedef struct
{
  TemporaryFolder *folder;
  char *model, *picture, *other;
} Fixture;

/* The tiny model with room for long answers: it has no table of places. */
static char *
make_model (const char *folder)
{
  g_autofree char *source = harness_fixture (MODEL);
  char *model = g_build_filename (folder, "talker", NULL);
  g_autofree char *config = g_build_filename (source, "config.json", NULL);
  g_autofree char *changed = g_build_filename (model, "config.json", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GDir) dir = g_dir_open (source, 0, NULL);
  g_autoptr (GString) text = NULL;
  const char *name;

  g_assert_cmpint (g_mkdir (model, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *from = g_build_filename (source, name, NULL);
      g_autofree char *absolute = g_canonicalize_filename (from, NULL);
      g_autofree char *to = g_build_filename (model, name, NULL);

      g_assert_cmpint (symlink (absolute, to), ==, 0);
    }
  g_assert_true (g_file_get_contents (config, &contents, NULL, NULL));
  text = g_string_new (contents);
  g_assert_cmpuint (g_string_replace (text, "\"max_position_embeddings\": 256",
                                      "\"max_position_embeddings\": 8192", 1),
                    ==, 1);
  g_remove (changed);
  g_assert_true (g_file_set_contents (changed, text->str, -1, NULL));
  return model;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = harness_make_folder ();
  fixture->model = make_model (fixture->folder);
  fixture->picture = harness_fixture ("pictures/photo-131x97.png");
  fixture->other = harness_fixture ("clip/wide-41x9.png");
  g_setenv ("PICTURE", fixture->picture, TRUE);
  g_setenv ("OTHER", fixture->other, TRUE);
  g_setenv ("FOLDER", fixture->folder, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->model);
  g_free (fixture->picture);
  g_free (fixture->other);
  harness_remove_folder (fixture->folder);
}

/* A script that prints lines, in front of the program; "$@" is the program with all it needs. */
static Outcome *
talk (const Fixture *fixture, const char *lines, const char *format)
{
  g_autofree char *script = g_strdup_printf ("%s | \"$@\"", lines);

  return harness_run_shell (script, "chat", "--model", fixture->model, "--max-tokens", "8",
                            "--format", format, "--image", fixture->picture, NULL);
}

static void
test_lines (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Outcome) lines
      = talk (fixture, "printf 'What is this?\\n\\n//quit\\nWho is it?'", "text");
  g_autoptr (Outcome) words = harness_run ("chat", "--model", fixture->model, "--max-tokens", "8",
                                           "--ask", "What is this?", "--ask", "/quit", "--ask",
                                           "Who is it?", fixture->picture, NULL);
  g_autoptr (Outcome) nothing = talk (fixture, "printf '/quit\\nWho?\\n'", "text");

  harness_assert_done (lines);
  harness_assert_done (words);
  harness_assert_done (nothing);
  g_assert_cmpstr (lines->out, !=, "");
  g_assert_cmpstr (lines->out, ==, words->out);
  g_assert_cmpstr (nothing->out, ==, "");
}

static JsonObject *
get_tokens (GPtrArray *turns, guint index)
{
  return json_object_get_object_member (turns->pdata[index], "tokens");
}

static const char *
get_text (GPtrArray *turns, guint index, const char *key)
{
  return json_object_get_string_member_with_default (turns->pdata[index], key, NULL);
}

static gint64
get_int (JsonObject *object, const char *key)
{
  return json_object_get_int_member_with_default (object, key, -1);
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Outcome) outcome
      = talk (fixture,
              "(echo '{\"text\": \"What is this?\"}'; echo 'Who is it?';"
              " echo '{\"images\": [\"'\"$OTHER\"'\"]}';"
              " echo '{\"text\": \"And this?\", \"regions\": [[1,1,20,8]], \"max_tokens\": 3}';"
              " echo '{\"undo\": 2, \"text\": \"Who is it?\", \"seed\": 7}';"
              " echo '{\"undo\": 2, \"text\": \"What is this?\"}')",
              "json");
  g_autoptr (GPtrArray) turns = harness_parse_lines (outcome);
  JsonArray *shown;

  harness_assert_done (outcome);
  g_assert_cmpuint (turns->len, ==, 5);
  g_assert_cmpstr (get_text (turns, 0, "text"), ==, "What is this?");
  g_assert_cmpstr (get_text (turns, 0, "model"), ==, "talker");
  g_assert_cmpint (get_int (turns->pdata[1], "turn"), ==, 2);
  g_assert_cmpint (get_int (get_tokens (turns, 0), "kept"), ==, 0);
  g_assert_cmpint (get_int (get_tokens (turns, 0), "context"), ==, 8192);
  /* The last token that was written is read by whoever goes on. */
  g_assert_cmpint (get_int (get_tokens (turns, 1), "kept"), ==,
                   get_int (get_tokens (turns, 0), "used") - 1);
  shown = json_object_get_array_member (turns->pdata[2], "shown");
  g_assert_cmpuint (json_array_get_length (shown), ==, 2);
  g_assert_true (json_object_has_member (json_array_get_object_element (shown, 1), "region"));
  g_assert_cmpstr (get_text (turns, 2, "end"), ==, "length");
  g_assert_cmpint (get_int (get_tokens (turns, 2), "written"), ==, 3);
  g_assert_cmpint (get_int (json_object_get_object_member (turns->pdata[3], "sampling"), "seed"),
                   ==, 7);
  g_assert_false (json_object_has_member (turns->pdata[1], "sampling"));
  /* What was taken back leaves no trace; what it showed is shown again. */
  g_assert_cmpint (get_int (turns->pdata[4], "turn"), ==, 1);
}

static void
test_bad_json (Fixture *fixture, gconstpointer data)
{
  static const char *const lines[] = {
    "{\"text\": 3}",
    "{\"text\": \"a\"",
    "{\"txt\": \"a\"}",
    "{\"text\": \"a\", \"images\": [3]}",
    "{\"text\": \"a\", \"images\": 3}",
    "{\"text\": \"a\", \"regions\": [[1,2,3]]}",
    "{\"text\": \"a\", \"regions\": [[1,2,\"3\",4]]}",
    "{\"text\": \"a\", \"regions\": [[500,2,600,4]]}",
    "{\"text\": \"a\", \"undo\": 1}",
    "{\"text\": \"a\", \"max_tokens\": 0}",
    "{\"text\": \" \"}",
    "{\"text\": \"<image>\"}",
    "{\"images\": [\"/nowhere.png\"]}",
    "/nothing",
    "/region 1,2",
    "/image",
  };
  g_autoptr (GString) script = g_string_new ("(");
  g_autoptr (Outcome) outcome = NULL;
  g_autoptr (GPtrArray) answers = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_string_append_printf (script, "echo '%s'; ", lines[i]);
  g_string_append (script, "echo Who)");
  outcome = talk (fixture, script->str, "json");
  g_assert_cmpint (outcome->status, ==, 1);
  g_assert_cmpuint (g_strv_length (outcome->errors), ==, G_N_ELEMENTS (lines));
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, G_N_ELEMENTS (lines) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_nonnull (get_text (answers, i, "error"));
  /* It goes on. */
  g_assert_nonnull (get_text (answers, G_N_ELEMENTS (lines), "answer"));
}

/* What is refused changes nothing: neither what is shown next nor what was said. */
static void
test_refused_object (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Outcome) outcome
      = talk (fixture,
              "(echo 'What is this?'; printf 'Who\\0is it?\\n';"
              " echo '{\"undo\": 1, \"images\": [\"'\"$OTHER\"'\", \"/nowhere.png\"], \"text\": "
              "\"And this?\"}';"
              " echo '{\"images\": [\"'\"$OTHER\"'\"], \"text\": \"<image>\"}'; echo 'Who is it?')",
              "json");
  g_autoptr (GPtrArray) turns = harness_parse_lines (outcome);

  g_assert_cmpint (outcome->status, ==, 1);
  g_assert_cmpuint (turns->len, ==, 5);
  for (guint i = 1; i < 4; i++)
    g_assert_nonnull (get_text (turns, i, "error"));
  g_assert_cmpint (get_int (turns->pdata[4], "turn"), ==, 2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (turns->pdata[4], "shown")),
                    ==, 0);
}

static char *
read_file (const Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
test_commands (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Outcome) outcome = talk (
      fixture,
      "(echo 'What is this?'; echo '/again 5'; echo '/again 6'; echo '/again 5';"
      " echo \"/image $OTHER\"; echo '/region 1,1,20,8'; echo 'And this?'; echo /undo;"
      " echo 'And that?'; echo \"/save $FOLDER/talk.txt\"; echo \"/save $FOLDER/talk.json\";"
      " echo /help)",
      "text");
  g_auto (GStrv) answers = g_strsplit (outcome->out, "\n", -1);
  g_autofree char *text = read_file (fixture, "talk.txt");
  g_autofree char *json = read_file (fixture, "talk.json");
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  JsonArray *turns;
  g_autofree char *transcript = NULL;

  harness_assert_done (outcome);
  g_assert_cmpuint (g_strv_length (answers), >, 7);
  g_assert_true (g_str_has_prefix (answers[6], "/image FILE"));
  g_assert_cmpstr (answers[1], ==, answers[3]);
  g_assert_cmpstr (answers[1], !=, answers[2]);
  turns = json_object_get_array_member (json_node_get_object (root), "turns");
  g_assert_cmpuint (json_array_get_length (turns), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (turns, 1), "text"),
                   ==, "And that?");
  transcript
      = g_strdup_printf ("[%s]\n> What is this?\n%s\n\n[%s]\n[%s 1,1,20,8]\n> And that?\n"
                         "%s\n\n",
                         fixture->picture, answers[3], fixture->other, fixture->other, answers[5]);
  g_assert_cmpstr (text, ==, transcript);
}

/* Another answer takes nothing away: what was to be shown next still is, and where none comes the
 * first one stays. */
static void
test_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *saved = g_build_filename (fixture->folder, "saved.json", NULL);
  g_autoptr (Outcome) shown = talk (
      fixture, "(echo 'What is this?'; echo \"/image $OTHER\"; echo '/again 5'; echo 'And this?')",
      "json");
  g_autoptr (GPtrArray) turns = harness_parse_lines (shown);
  g_autoptr (Outcome) kept = NULL;
  g_autofree char *text = NULL, *long_text = g_strnfill (9000, 'a'), *turns_text = NULL,
                  *expected = NULL;

  harness_assert_done (shown);
  g_assert_cmpuint (turns->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (
        json_array_get_length (json_object_get_array_member (turns->pdata[i], "shown")), ==, 1);

  /* There is no room for the second. */
  turns_text
      = g_strdup_printf ("{\"turns\": [{\"shown\": [], \"text\": \"Who?\", \"answer\": \"A\"},"
                         " {\"shown\": [], \"text\": \"%s\", \"answer\": \"B\"}]}",
                         long_text);
  g_assert_true (g_file_set_contents (saved, turns_text, -1, NULL));
  kept = harness_run_shell ("(echo /again; echo \"/save $FOLDER/kept.txt\") | \"$@\"", "chat",
                            "--model", fixture->model, "--resume", saved, NULL);
  g_assert_cmpint (kept->status, ==, 1);
  text = read_file (fixture, "kept.txt");
  expected = g_strdup_printf ("> Who?\nA\n\n> %s\nB\n\n", long_text);
  g_assert_cmpstr (text, ==, expected);
}

/* Who goes on later hears what he would have heard. */
static void
test_resume (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Outcome) whole
      = talk (fixture,
              "(echo 'What is this?'; echo \"/image $OTHER\"; echo '/region 1,1,20,8';"
              " echo 'And this?'; echo \"/save $FOLDER/talk.json\"; echo 'Who?')",
              "json");
  g_autofree char *saved = g_build_filename (fixture->folder, "talk.json", NULL);
  g_autoptr (Outcome) rest
      = harness_run ("chat", "--model", fixture->model, "--max-tokens", "8", "--format", "json",
                     "--resume", saved, "--ask", "Who?", NULL);
  g_autoptr (GPtrArray) turns = harness_parse_lines (whole), later = harness_parse_lines (rest);

  harness_assert_done (whole);
  harness_assert_done (rest);
  g_assert_cmpuint (later->len, ==, 1);
  g_assert_cmpint (get_int (later->pdata[0], "turn"), ==, 3);
  g_assert_cmpstr (get_text (later, 0, "answer"), ==, get_text (turns, 2, "answer"));
  g_assert_cmpint (get_int (get_tokens (later, 0), "used"), ==,
                   get_int (get_tokens (turns, 2), "used"));
}

static void
test_bad_files (Fixture *fixture, gconstpointer data)
{
  static const char *const files[][2] = {
    { "{\"turns\": 3}", "turns" },
    { "{\"turns\": [{}]}", "shown" },
    { "{\"turns\": [{\"shown\": [], \"text\": \"a\"}]}", "answer" },
    { "{\"turns\": [{\"shown\": [3], \"text\": \"a\", \"answer\": \"b\"}]}", "object" },
    { "{\"turns\": [{\"shown\": [{\"path\": \"/nowhere.png\"}], \"text\": \"a\","
      " \"answer\": \"b\"}]}",
      "/nowhere.png" },
    { "{\"turns\": [{\"shown\": [], \"text\": \"<image>\", \"answer\": \"b\"}]}", "<image>" },
    { "{\"turns\": [{\"shown\": [], \"text\": \"a\", \"answer\": \"b\", \"model\": \"talker\","
      " \"token_ids\": [1e9]}]}",
      "token_ids" },
    { "{\"turns\": [{\"shown\": [], \"text\": \"a\", \"answer\": \"b\", \"model\": \"talker\","
      " \"token_ids\": [400]}]}",
      "vocabulary" },
  };
  g_autofree char *path = g_build_filename (fixture->folder, "bad.json", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (Outcome) outcome = NULL;

      g_assert_true (g_file_set_contents (path, files[i][0], -1, NULL));
      outcome = harness_run ("chat", "--model", fixture->model, "--max-tokens", "8", "--resume",
                             path, "--ask", "Who?", NULL);
      harness_assert_refused (outcome, 1, files[i][1]);
    }
}

/* Nothing that is read is written over. */
static void
test_outputs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Outcome) picture
      = talk (fixture,
              "(cp \"$PICTURE\" \"$FOLDER/p.png\"; echo \"/image $FOLDER/p.png\";"
              " echo \"/save $FOLDER/p.png\"; echo \"/save $FOLDER/talker/config.json\")",
              "text");

  g_assert_cmpint (picture->status, ==, 1);
  g_assert_cmpuint (g_strv_length (picture->errors), ==, 2);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *mute = harness_fixture ("models/native-96");
  g_autoptr (Outcome) cannot = harness_run ("chat", "--model", mute, "--ask", "Who?", NULL);
  g_autoptr (Outcome) none = harness_run ("chat", "--ask", "Who?", NULL);
  g_autoptr (Outcome) missing
      = harness_run ("chat", "--model", fixture->model, "--image", "/nowhere.png", NULL);
  g_autoptr (Outcome) usage = harness_run ("chat", "--max-tokens", "0", NULL);

  harness_assert_refused (cannot, 1, "cannot talk");
  harness_assert_refused (none, 1, "--model");
  harness_assert_refused (missing, 1, "/nowhere.png");
  harness_assert_refused (usage, 2, "--max-tokens");
}

/* --- at a terminal ------------------------------------------------------------------------ */

typedef struct
{
  pid_t pid;
  int fd;
  GString *seen;
} Terminal;

/* What it says of itself goes to a file, and to the terminal what it answers. */
static Terminal
open_terminal (const Fixture *fixture)
{
  Terminal terminal = { .seen = g_string_new (NULL) };
  g_autofree char *notes = g_build_filename (fixture->folder, "notes", NULL);

  terminal.pid = forkpty (&terminal.fd, NULL, NULL, NULL);
  if (terminal.pid == 0)
    {
      if (!freopen (notes, "w", stderr))
        _exit (126);
      execl (harness_get_program (), "monocle-cli", "chat", "--model", fixture->model, "--image",
             fixture->picture, "--temperature", "2", "--seed", "1", "--max-tokens", "8000", NULL);
      _exit (127);
    }
  g_assert_cmpint (terminal.pid, >, 0);
  return terminal;
}

static void
read_more (Terminal *terminal)
{
  struct pollfd poll_fd = { .fd = terminal->fd, .events = POLLIN };
  char bytes[512];
  gssize n;

  if (poll (&poll_fd, 1, 120 * 1000) <= 0 || (n = read (terminal->fd, bytes, sizeof bytes)) <= 0)
    g_error ("nothing more came behind “%s”", terminal->seen->str);
  g_string_append_len (terminal->seen, bytes, n);
}

/* Until it has shown those words, of which the rest is what comes next. */
static void
expect (Terminal *terminal, const char *words)
{
  const char *found;

  while (!(found = memmem (terminal->seen->str, terminal->seen->len, words, strlen (words))))
    read_more (terminal);
  g_string_erase (terminal->seen, 0, found - terminal->seen->str + (gssize) strlen (words));
}

static void
type (Terminal *terminal, const char *keys)
{
  g_assert_cmpint (write (terminal->fd, keys, strlen (keys)), ==, strlen (keys));
}

static void
test_terminal (Fixture *fixture, gconstpointer data)
{
  static const char *const wanted[]
      = { "of 8192 tokens)", "Ctrl+D ends", "there are only 0 questions" };
  Terminal terminal = open_terminal (fixture);
  g_autofree char *notes = NULL;
  int status;

  expect (&terminal, "> ");
  type (&terminal, "/help\n");
  expect (&terminal, "/region X1,Y1,X2,Y2");
  expect (&terminal, "\n> ");
  /* Ctrl+C stops the answer, which would have thousands of tokens. */
  type (&terminal, "What is this?\n");
  expect (&terminal, "What is this?\r\n");
  while (terminal.seen->len == 0)
    read_more (&terminal);
  type (&terminal, "\x03");
  expect (&terminal, "\n> ");
  /* Where nothing is answered it ends nothing. */
  type (&terminal, "/nonsen\x03");
  expect (&terminal, "\n> ");
  /* As soon as there is a prompt. */
  for (guint i = 0; i < 300; i++)
    {
      type (&terminal, "\x03");
      expect (&terminal, "\n> ");
    }
  type (&terminal, "/undo\n");
  expect (&terminal, "\n> ");
  type (&terminal, "/undo\n");
  expect (&terminal, "\n> ");
  type (&terminal, "\x04");
  g_assert_cmpint (waitpid (terminal.pid, &status, 0), ==, terminal.pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  notes = read_file (fixture, "notes");
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (!strstr (notes, wanted[i]))
      g_error ("“%s” does not say “%s”", notes, wanted[i]);
  close (terminal.fd);
  g_string_free (terminal.seen, TRUE);
}

/* On a processor pictures are looked at once, unless a person says otherwise; what is kept says
 * which it was. */
static void
test_detail (Fixture *fixture, gconstpointer data)
{
  static const char *const details[] = { "auto", "glance", "normal", "fine" };
  static const char *const refused[] = { "sharp", "" };
  gint64 n_read[G_N_ELEMENTS (details)];

  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    {
      g_autoptr (Outcome) outcome = harness_run (
          "chat", "--model", fixture->model, "--max-tokens", "4", "--detail", details[i], "--ask",
          "What is this?", "--format", "json", fixture->picture, NULL);
      g_autoptr (GPtrArray) turns = NULL;

      harness_assert_done (outcome);
      turns = harness_parse_lines (outcome);
      n_read[i] = get_int (get_tokens (turns, 0), "read");
      g_assert_cmpstr (get_text (turns, 0, "detail"), ==, i == 0 ? "glance" : details[i]);
    }
  g_assert_cmpint (n_read[0], ==, n_read[1]);
  g_assert_cmpint (n_read[1], <, n_read[2]);
  g_assert_cmpint (n_read[2], <, n_read[3]);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (Outcome) outcome = harness_run ("chat", "--model", fixture->model, "--detail",
                                                 refused[i], "--ask", "What?", NULL);

      harness_assert_refused (outcome, 2, "--detail is auto, glance, normal or fine");
    }
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/chat/lines", test_lines);
  ADD ("/chat/json", test_json);
  ADD ("/chat/detail", test_detail);
  ADD ("/chat/bad-json", test_bad_json);
  ADD ("/chat/refused-object", test_refused_object);
  ADD ("/chat/again", test_again);
  ADD ("/chat/commands", test_commands);
  ADD ("/chat/resume", test_resume);
  ADD ("/chat/bad-files", test_bad_files);
  ADD ("/chat/outputs", test_outputs);
  ADD ("/chat/refused", test_refused);
  ADD ("/chat/terminal", test_terminal);

  return g_test_run ();
}
