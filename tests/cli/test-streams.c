/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What goes in and comes out besides files: pictures through pipes, a standard output that takes
 * nothing, names and words of any bytes in any locale, and what a terminal would obey.
 */
#include "config.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "harness.h"

#define TOKENS "8"
/* An escape sequence, a line break, and a byte that is no UTF-8. */
#define ODD_NAME "a\x1b[31m\nb: c\xff.png"

typedef struct
{
  TemporaryFolder *folder;
  char *model, *picture, *odd;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  gsize size;

  fixture->folder = harness_make_folder ();
  fixture->model = harness_fixture ("models/native-96");
  fixture->picture = harness_fixture ("images/a.png");
  fixture->odd = g_build_filename (fixture->folder, ODD_NAME, NULL);
  g_assert_true (g_file_get_contents (fixture->picture, &text, &size, NULL));
  g_assert_true (g_file_set_contents (fixture->odd, text, (gssize) size, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->model);
  g_free (fixture->picture);
  g_free (fixture->odd);
  harness_remove_folder (fixture->folder);
}

static const char *
get_answer (const Outcome *outcome, const char *key)
{
  static JsonObject *answer;
  g_autoptr (GPtrArray) answers = harness_parse_lines (outcome);

  g_clear_pointer (&answer, json_object_unref);
  g_assert_cmpuint (answers->len, ==, 1);
  answer = json_object_ref (answers->pdata[0]);
  return json_object_get_string_member_with_default (answer, key, NULL);
}

/* --- In --- */

/* The scripts know where things are by their environment. */
static void
test_pipes (Fixture *fixture, gconstpointer data)
{
  static const char *const scripts[] = {
    "cat \"$PICTURE\" | \"$@\" -",
    "\"$@\" - < \"$PICTURE\"",
    "cat \"$PICTURE\" | \"$@\" /dev/stdin",
    "(sleep 1; cat \"$PICTURE\") | \"$@\" /dev/fd/0",
    "mkfifo \"$FOLDER/p\"; (sleep 1; cat \"$PICTURE\" > \"$FOLDER/p\") & \"$@\" \"$FOLDER/p\"",
  };
  g_autoptr (Outcome) direct
      = harness_run ("run", "--model", fixture->model, "--task", "caption", "--max-tokens", TOKENS,
                     "--format", "json", fixture->picture, NULL);
  g_autofree char *expected = g_strdup (get_answer (direct, "generated_text"));

  g_setenv ("PICTURE", fixture->picture, TRUE);
  g_setenv ("FOLDER", fixture->folder, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (Outcome) outcome
          = harness_run_shell (scripts[i], "run", "--model", fixture->model, "--task", "caption",
                               "--max-tokens", TOKENS, "--format", "json", NULL);

      harness_assert_done (outcome);
      g_assert_cmpstr (get_answer (outcome, "generated_text"), ==, expected);
    }
}

/* Its picture is named for what it is; the SVG does not read it again. */
static void
test_pipe_outputs (Fixture *fixture, gconstpointer data)
{
  g_autofree char *out = g_build_filename (fixture->folder, "o.svg", NULL);
  g_autofree char *first = g_build_filename (fixture->folder, "o-stdin.svg", NULL);
  g_autofree char *second = g_build_filename (fixture->folder, "o-a.svg", NULL);
  g_autoptr (Outcome) outcome = NULL, inspected = NULL, empty = NULL, nothing = NULL;

  g_setenv ("PICTURE", fixture->picture, TRUE);
  outcome = harness_run_shell ("cat \"$PICTURE\" | \"$@\"", "run", "--model", fixture->model,
                               "--task", "detect", "--max-tokens", TOKENS, "--annotate", out, "-",
                               fixture->picture, NULL);
  harness_assert_done (outcome);
  g_assert_nonnull (strstr (outcome->out, "-: detect\n"));
  g_assert_true (g_file_test (first, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_file_test (second, G_FILE_TEST_IS_REGULAR));
  inspected
      = harness_run_shell ("cat \"$PICTURE\" | \"$@\"", "inspect", "--model", fixture->model,
                           "--image", "-", "--prompt", "<OD>", "--out", fixture->folder, NULL);
  harness_assert_done (inspected);

  empty = harness_run_shell ("\"$@\" </dev/null", "run", "--model", fixture->model, "--task",
                             "detect", "-", NULL);
  harness_assert_refused (empty, 1, "-: the file is empty");
  nothing = harness_run_shell ("\"$@\" <&-", "run", "--model", fixture->model, "--task", "detect",
                               "-", NULL);
  harness_assert_refused (nothing, 1, g_strerror (EBADF));
}

/* Who waits for a pipe can stop waiting. */
static void
test_pipe_interrupt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
          | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
      &error, harness_get_program (), "run", "--model", fixture->model, "--task", "detect",
      "--max-tokens", TOKENS, "--format", "json", fixture->picture, "-", NULL);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *first = NULL;

  g_assert_no_error (error);
  /* The first picture's answer is there: now it reads, or is about to. */
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  first = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (first);
  g_usleep (G_USEC_PER_SEC / 2);
  g_subprocess_send_signal (process, SIGINT);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
}

/* --- Out --- */

static void
check_lost (Outcome *outcome, int cause)
{
  g_autoptr (Outcome) owned = outcome;

  harness_assert_refused (owned, 1, g_strerror (cause));
  g_assert_nonnull (strstr (owned->errors[0], "standard output"));
}

/* What could not be printed is no success, and the reason is the true one. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  static const char full[] = "\"$@\" >/dev/full", closed[] = "\"$@\" >&-";
  static const char *const verbs[] = { "run", "inspect", "devices", "bench", "eval" };
  g_autofree char *out = g_build_filename (fixture->folder, "o.png", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      check_lost (harness_run_shell (full, verbs[i], "--help", NULL), ENOSPC);
      check_lost (harness_run_shell (closed, verbs[i], "--help", NULL), EBADF);
    }
  check_lost (harness_run_shell (full, "--version", NULL), ENOSPC);
  check_lost (harness_run_shell (full, "--help", NULL), ENOSPC);
  check_lost (harness_run_shell (closed, "--version", NULL), EBADF);
  check_lost (harness_run_shell (full, "devices", NULL), ENOSPC);
  check_lost (harness_run_shell (full, "devices", "--format", "json", NULL), ENOSPC);
  check_lost (harness_run_shell (full, "bench", "--runs", "1", "--model", fixture->model, NULL),
              ENOSPC);
  check_lost (harness_run_shell (full, "run", "--model", fixture->model, "--task", "detect",
                                 "--max-tokens", "400", "--format", "json", fixture->picture, NULL),
              ENOSPC);
  check_lost (harness_run_shell (closed, "run", "--model", fixture->model, "--task", "detect",
                                 "--max-tokens", TOKENS, "--annotate", out, fixture->picture, NULL),
              EBADF);
  /* The picture is none of what was lost. */
  g_assert_true (g_file_test (out, G_FILE_TEST_IS_REGULAR));
}

static void
assert_harmless (const char *text)
{
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    g_assert_true (*p == '\n' || !g_unichar_iscntrl (g_utf8_get_char (p)));
}

/* Of a file whose name nobody would choose: one line each, and nothing that a terminal obeys. */
static void
test_odd_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_strconcat (fixture->odd, "x", NULL);
  g_autofree char *odd_model = g_build_filename (fixture->folder, "m\x1b]0;x\x07\n\xfe", NULL);
  g_autoptr (Outcome) text
      = harness_run ("run", "--model", fixture->model, "--task", "detect", "--max-tokens", "1",
                     fixture->odd, fixture->picture, NULL);
  g_autoptr (Outcome) json
      = harness_run ("run", "--model", fixture->model, "--task", "detect", "--max-tokens", "1",
                     "--format", "json", fixture->odd, NULL);
  g_autoptr (Outcome) none
      = harness_run ("run", "--model", fixture->model, "--task", "detect", missing, NULL);
  g_autoptr (Outcome) task = harness_run ("run", "--task", "\x1b[1m\xff", missing, NULL);
  g_autoptr (Outcome) model
      = harness_run ("run", "--model", odd_model, "--task", "detect", fixture->picture, NULL);
  g_autoptr (Outcome) verb = harness_run ("\x1b[1m\xff", NULL);
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;
  const Outcome *const outcomes[] = { text, json, none, task, model, verb };
  g_auto (GStrv) lines = g_strsplit (text->out, "\n", -1);

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      assert_harmless (outcomes[i]->out);
      for (guint k = 0; outcomes[i]->errors[k]; k++)
        assert_harmless (outcomes[i]->errors[k]);
    }
  harness_assert_done (text);
  g_assert_true (g_str_has_suffix (lines[0], " b: c\xef\xbf\xbd.png: detect"));
  harness_assert_refused (none, 1, "no such file");
  harness_assert_refused (task, 2, "there is no task");
  harness_assert_refused (model, 1, "there is no such model");
  harness_assert_refused (verb, 2, "there is no verb");

  /* The name in JSON is for people; the file is found by its address. */
  harness_assert_done (json);
  file = g_file_new_for_uri (get_answer (json, "image_uri"));
  path = g_file_get_path (file);
  g_assert_cmpstr (path, ==, fixture->odd);
}

/* --- Locales --- */

/* UTF-8 is UTF-8, also where a program is started without a locale. */
static void
test_no_locale (Fixture *fixture, gconstpointer data)
{
  static const char in_c[] = "unset LC_ALL LANG LC_CTYPE; LC_ALL=C \"$@\"";
  g_autoptr (Outcome) here = harness_run ("run", "--model", fixture->model, "--task", "prompt",
                                          "--text", "Ein Äpfelchen", "--max-tokens", TOKENS,
                                          "--format", "json", fixture->picture, NULL);
  g_autofree char *expected = g_strdup (get_answer (here, "generated_text"));
  g_autoptr (Outcome) there = harness_run_shell (
      in_c, "run", "--model", fixture->model, "--task", "prompt", "--text", "Ein Äpfelchen",
      "--max-tokens", TOKENS, "--format", "json", fixture->picture, NULL);
  g_autoptr (Outcome) inspected
      = harness_run_shell (in_c, "inspect", "--model", fixture->model, "--prompt", "Äpfel",
                           "--image", fixture->odd, "--out", fixture->folder, NULL);
  g_autoptr (Outcome) device
      = harness_run_shell (in_c, "run", "--model", fixture->model, "--device", "Gerät", "--task",
                           "detect", fixture->picture, NULL);

  harness_assert_done (there);
  g_assert_cmpstr (get_answer (there, "generated_text"), ==, expected);
  g_assert_cmpstr (get_answer (there, "text"), ==, "Ein Äpfelchen");
  harness_assert_done (inspected);
  harness_assert_refused (device, 1, "Gerät");
}

/* Numbers that programs read, and those that go back in as options, have points. */
static void
test_commas (Fixture *fixture, gconstpointer data)
{
  static const char german[]
      = "localedef -i de_DE -f UTF-8 \"$FOLDER/de_DE.UTF-8\" >/dev/null 2>&1;"
        "export LOCPATH=\"$FOLDER\" LC_ALL=de_DE.UTF-8 LANGUAGE=en;"
        "test \"$(env printf %.1f 0,5 2>/dev/null)\" = 0,5 || exit 77; \"$@\"";
  g_autofree char *svg = g_build_filename (fixture->folder, "o.svg", NULL), *drawn = NULL;
  g_autoptr (Outcome) text = NULL, json = NULL;

  g_setenv ("FOLDER", fixture->folder, TRUE);
  text
      = harness_run_shell (german, "run", "--model", fixture->model, "--task", "region-to-category",
                           "--region", "1.5,2,30.25,40", "--region", "0,0,9.5,9", "--max-tokens",
                           TOKENS, "--annotate", svg, fixture->picture, NULL);
  if (text->status == 77)
    {
      g_test_skip ("no locale with decimal commas can be made here");
      return;
    }
  harness_assert_done (text);
  g_assert_nonnull (strstr (text->out, "(1.5,2,30.25,40)"));
  g_assert_true (g_file_get_contents (svg, &drawn, NULL, NULL));
  g_assert_false (g_regex_match_simple ("width=\"[0-9]+,[0-9]", drawn, 0, 0));
  json = harness_run_shell (german, "run", "--model", fixture->model, "--task",
                            "region-to-category", "--region", "1.5,2,30.25,40", "--max-tokens",
                            TOKENS, "--format", "json", fixture->picture, NULL);
  harness_assert_done (json);
  g_assert_nonnull (strstr (json->out, "\"regions\": [[1.5, 2, 30.25, 40]]"));
}

/* As the specification of base directories wants it: what is kept would lie anywhere. */
static void
test_relative_homes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *own
      = g_build_filename (fixture->folder, ".local", "share", "monocle", "models", NULL);
  g_autofree char *here = g_build_filename (fixture->folder, "data", NULL);
  g_autoptr (Outcome) outcome = NULL;

  g_setenv ("FOLDER", fixture->folder, TRUE);
  outcome = harness_run_shell ("cd \"$FOLDER\" && HOME=$FOLDER XDG_DATA_HOME=data \"$@\"", "models",
                               "import", fixture->model, NULL);
  harness_assert_done (outcome);
  g_assert_true (g_file_test (own, G_FILE_TEST_IS_DIR));
  g_assert_false (g_file_test (here, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/cli/streams/pipes", test_pipes },
    { "/cli/streams/pipe-outputs", test_pipe_outputs },
    { "/cli/streams/pipe-interrupt", test_pipe_interrupt },
    { "/cli/streams/lost", test_lost },
    { "/cli/streams/odd-names", test_odd_names },
    { "/cli/streams/no-locale", test_no_locale },
    { "/cli/streams/commas", test_commas },
    { "/cli/streams/relative-homes", test_relative_homes },
  };

  harness_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
