/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "harness.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tests/fixture.h"

static const char *program;

void
outcome_free (Outcome *outcome)
{
  if (!outcome)
    return;
  g_free (outcome->out);
  g_strfreev (outcome->errors);
  g_free (outcome);
}

void
harness_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  g_assert_cmpint (*argc, ==, 2);
  /* Whatever folder it is run in. */
  program = g_canonicalize_filename ((*argv)[1], NULL);
  /* Mesa makes no parents of its folder, and without it every run compiles its shaders anew. */
  if (g_getenv ("MESA_SHADER_CACHE_DIR"))
    g_mkdir_with_parents (g_getenv ("MESA_SHADER_CACHE_DIR"), 0700);
}

const char *
harness_get_program (void)
{
  return program;
}

static GStrv
keep_errors (const char *text)
{
  /* What newer gdk-pixbuf decodes with says so in containers and other bare systems. */
  static const char of_glycin[] = "WARNING: Glycin running without sandbox. ";
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) errors = g_ptr_array_new ();

  for (guint i = 0; lines[i]; i++)
    {
      if (g_str_has_prefix (lines[i], "monocle-cli: error: "))
        g_ptr_array_add (errors, g_strdup (lines[i]));
      /* Nothing else may come out: no warning, no sanitizer. */
      else if (*lines[i] && !g_str_has_prefix (lines[i], "monocle-cli: note: ")
               && !g_str_has_prefix (lines[i], of_glycin))
        {
          g_test_message ("on stderr: %s", lines[i]);
          g_test_fail ();
        }
    }
  g_ptr_array_add (errors, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&errors), FALSE);
}

/* Text, or bytes that are none; with a 0 behind it. */
static char *
take_text (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return g_strndup (data ? data : "", size);
}

/* @argv: a program and its arguments. */
static Outcome *
run (const char *const *argv)
{
  g_autofree char *command = NULL, *escaped = NULL, *errors = NULL;
  g_autoptr (GBytes) out_bytes = NULL, error_bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  Outcome *outcome = g_new0 (Outcome, 1);

  command = g_strjoinv (" ", (GStrv) argv);
  escaped = g_strescape (command, NULL);
  g_test_message ("%.300s", escaped);

  process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &out_bytes, &error_bytes, &error);
  g_assert_no_error (error);
  outcome->out = take_text (out_bytes);
  errors = take_text (error_bytes);
  /* Whatever it was given, what it says is text. */
  g_assert_true (g_utf8_validate (outcome->out, -1, NULL) && g_utf8_validate (errors, -1, NULL));
  outcome->status
      = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  if (outcome->status < 0)
    g_test_message ("ended by signal %d", g_subprocess_get_term_sig (process));
  outcome->errors = keep_errors (errors);
  for (guint i = 0; outcome->errors[i] && i < 3; i++)
    g_test_message ("%s", outcome->errors[i]);

  return outcome;
}

Outcome *
harness_run_v (const char *const *arguments)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;

  g_strv_builder_add (words, program);
  g_strv_builder_addv (words, (const char **) arguments);
  argv = g_strv_builder_end (words);
  return run ((const char *const *) argv);
}

Outcome *
harness_run_shell (const char *script, const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  va_list rest;

  for (const char *const *word = (const char *const[]){ "sh", "-c", script, "sh", program, NULL };
       *word; word++)
    g_ptr_array_add (argv, (gpointer) *word);
  va_start (rest, first);
  for (const char *argument = first; argument; argument = va_arg (rest, const char *))
    g_ptr_array_add (argv, (gpointer) argument);
  va_end (rest);
  g_ptr_array_add (argv, NULL);

  return run ((const char *const *) argv->pdata);
}

Outcome *
harness_run (const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  va_list rest;

  va_start (rest, first);
  for (const char *argument = first; argument; argument = va_arg (rest, const char *))
    g_ptr_array_add (arguments, (gpointer) argument);
  va_end (rest);
  g_ptr_array_add (arguments, NULL);

  return harness_run_v ((const char *const *) arguments->pdata);
}

void
harness_assert_done (const Outcome *outcome)
{
  g_assert_cmpint (outcome->status, ==, 0);
  g_assert_cmpuint (g_strv_length (outcome->errors), ==, 0);
}

void
harness_assert_refused (const Outcome *outcome, int status, const char *words)
{
  g_assert_cmpint (outcome->status, ==, status);
  g_assert_cmpuint (g_strv_length (outcome->errors), ==, 1);
  if (!strstr (outcome->errors[0], words))
    g_test_message ("'%s' is not in '%s'", words, outcome->errors[0]);
  g_assert_nonnull (strstr (outcome->errors[0], words));
  g_assert_cmpstr (outcome->out, ==, "");
}

GPtrArray *
harness_parse_lines (const Outcome *outcome)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_auto (GStrv) lines = g_strsplit (outcome->out, "\n", -1);

  for (guint i = 0; lines[i] && *lines[i]; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = json_from_string (lines[i], &error);

      g_assert_no_error (error);
      g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
      g_ptr_array_add (objects, json_node_dup_object (node));
    }
  return objects;
}

char *
harness_fixture (const char *path)
{
  return fixture_dup_path (path);
}

JsonNode *
harness_load_json (const char *fixture)
{
  return fixture_read_json (fixture);
}

TemporaryFolder *
harness_make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("monocle-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
harness_remove_folder (TemporaryFolder *folder)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!folder)
    return;
  dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        harness_remove_folder (g_steal_pointer (&path));
      else
        g_remove (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

static void
set_up (HarnessFiles *files, gconstpointer data)
{
  files->model = harness_fixture ("models/native-96");
  files->a = harness_fixture ("images/a.png");
  files->b = harness_fixture ("images/b.png");
  files->folder = harness_make_folder ();
}

static void
tear_down (HarnessFiles *files, gconstpointer data)
{
  g_free (files->model);
  g_free (files->a);
  g_free (files->b);
  harness_remove_folder (files->folder);
}

int
harness_run_tests (const HarnessTest *tests, guint n_tests)
{
  for (guint i = 0; i < n_tests; i++)
    g_test_add (tests[i].path, HarnessFiles, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
