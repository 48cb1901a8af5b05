/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli models: what is listed, got, checked, taken and removed, and what is said of it.
 */
#include "config.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../download/server.h"
#include "harness.h"

#define REPOSITORY "models/native-96"
/* The program's own path may be one from here. */
#define IN_DATA_HOME "p=$(realpath \"$1\") && shift && cd \"$XDG_DATA_HOME\" && "

static TemporaryFolder *folder; /* of the person's data */
static char *store;

static char *
in_store (const char *name)
{
  return g_build_filename (store, name, NULL);
}

static gboolean
is_there (const char *name)
{
  g_autofree char *path = in_store (name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* (nullable): the line about a model. */
static JsonObject *
find_line (GPtrArray *lines, const char *id)
{
  for (guint i = 0; i < lines->len; i++)
    if (g_str_equal (json_object_get_string_member (lines->pdata[i], "id"), id))
      return lines->pdata[i];
  return NULL;
}

static void
assert_state (const char *id, const char *state)
{
  g_autoptr (Outcome) outcome = harness_run ("models", "list", "--format", "json", NULL);
  g_autoptr (GPtrArray) lines = NULL;

  harness_assert_done (outcome);
  lines = harness_parse_lines (outcome);
  if (!state)
    g_assert_null (find_line (lines, id));
  else
    g_assert_cmpstr (json_object_get_string_member (find_line (lines, id), "state"), ==, state);
}

static void
test_list (void)
{
  g_autoptr (Outcome) all = harness_run ("models", "--format", "json", NULL);
  g_autoptr (Outcome) text = harness_run ("models", NULL);
  g_autoptr (Outcome) info = harness_run ("models", "info", "florence-2-base", NULL);
  g_autoptr (Outcome) missing = harness_run ("models", "info", "nothing", NULL);
  g_autoptr (Outcome) unknown = harness_run ("models", "sell", NULL);
  g_autoptr (Outcome) format = harness_run ("models", "list", "--format", "xml", NULL);
  g_autoptr (GPtrArray) lines = NULL;
  JsonObject *row;

  harness_assert_done (all);
  lines = harness_parse_lines (all);
  g_assert_cmpstr (json_object_get_string_member (find_line (lines, ""), "state"), ==, "default");
  row = find_line (lines, "florence-2-base");
  g_assert_cmpstr (json_object_get_string_member (row, "state"), ==, "available");
  g_assert_cmpint (json_object_get_int_member (row, "size_bytes"), >, 463221266);
  g_assert_cmpint (json_object_get_int_member (row, "hashes"), ==,
                   json_object_get_int_member (row, "files"));
  harness_assert_done (text);
  g_assert_nonnull (strstr (text->out, "florence-2-large-ft"));
  harness_assert_done (info);
  g_assert_nonnull (strstr (info->out, "microsoft/Florence-2-base"));
  g_assert_nonnull (strstr (info->out, "03075d2d2d2bbd3e"));
  harness_assert_refused (missing, 1, "nothing: no such model");
  harness_assert_refused (unknown, 2, "'sell'");
  harness_assert_refused (format, 2, "--format");
}

/* A model that is not there is named by what gets it, wherever it is asked for. */
static void
test_not_there (void)
{
  g_autofree char *image = harness_fixture ("images/a.png");
  g_autoptr (Outcome) run
      = harness_run ("run", "--task", "caption", "--model", "florence-2-large", image, NULL);
  g_autoptr (Outcome) bench = harness_run ("bench", "--model", "microsoft/Florence-2-base", NULL);

  harness_assert_refused (run, 1, "not downloaded yet: monocle-cli models get florence-2-large");
  harness_assert_refused (bench, 1, "not downloaded yet: monocle-cli models get florence-2-base");
}

/* --- What is on the disk --- */

static void
damage (const char *file, const char *byte, goffset at)
{
  g_autofree char *path = in_store (file);
  int fd = g_open (path, O_WRONLY, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, byte, 1, at), ==, 1);
  close (fd);
}

static void
test_import (void)
{
  g_autofree char *model = harness_fixture ("models/original-64");
  g_autofree char *file = g_build_filename (model, "pytorch_model.bin", NULL);
  g_autofree char *nothing = harness_fixture ("images");
  g_autoptr (Outcome) copied = harness_run ("models", "import", "--name", "mine", model, NULL);
  g_autoptr (Outcome) taken = harness_run ("models", "import", "--name", "mine", model, NULL);
  g_autoptr (Outcome) known
      = harness_run ("models", "import", "--name", "florence-2-base", model, NULL);
  g_autoptr (Outcome) odd = harness_run ("models", "import", "--name", "../mine", model, NULL);
  g_autoptr (Outcome) referenced = harness_run ("models", "import", "--reference", file, NULL);
  g_autoptr (Outcome) lacking = harness_run ("models", "import", nothing, NULL);
  g_autoptr (Outcome) nowhere = harness_run ("models", "import", "/nowhere", NULL);
  g_autoptr (Outcome) full = harness_run_shell ("trap '' XFSZ; ulimit -f 100; exec \"$@\"",
                                                "models", "import", "--name", "full", model, NULL);
  g_autoptr (Outcome) empty = harness_run ("models", "import", "", NULL);
  g_autoptr (Outcome) removed
      = harness_run_shell (IN_DATA_HOME "mkdir x && cd x && rmdir ../x && exec \"$p\" \"$@\"",
                           "models", "import", ".", NULL);
  g_autofree char *stored = in_store ("mine");
  g_autoptr (Outcome) again = harness_run ("models", "import", stored, NULL);

  harness_assert_done (copied);
  harness_assert_refused (taken, 1, "“mine”");
  harness_assert_refused (known, 1, "“florence-2-base”");
  harness_assert_refused (odd, 1, "“../mine”");
  harness_assert_done (referenced);
  harness_assert_refused (lacking, 1, "it lacks config.json");
  harness_assert_refused (nowhere, 1, "/nowhere: there is no such file or folder");
  harness_assert_refused (full, 1, "/full/");
  g_assert_null (strstr (full->errors[0], ".gone"));
  harness_assert_refused (empty, 1, "there is no such file or folder");
  harness_assert_refused (removed, 1, "the folder in which it was started is gone");
  harness_assert_refused (again, 1, "among your models already");
  assert_state ("mine", "installed");
  assert_state ("original-64", "reference");
}

/* Of many that come at once under one name one is there, and the others say so. */
static void
test_parallel (void)
{
  g_autofree char *model = harness_fixture ("models/original-64");
  g_autoptr (Outcome) outcome
      = harness_run_shell ("for i in 1 2 3 4 5 6; do \"$@\" & done; wait", "models", "import",
                           "--name", "same", model, NULL);
  g_auto (GStrv) done = g_strsplit (outcome->out, "here now", -1);
  g_autoptr (Outcome) removed = NULL;

  g_assert_cmpuint (g_strv_length (done), ==, 2);
  g_assert_cmpuint (g_strv_length (outcome->errors), ==, 5);
  removed = harness_run ("models", "remove", "same", NULL);
  harness_assert_done (removed);
}

static gint64
get_planned (const Outcome *outcome, const char *part)
{
  g_autoptr (GPtrArray) lines = harness_parse_lines (outcome);
  JsonObject *planned = json_object_get_object_member (lines->pdata[0], "planned_bytes");

  return json_object_get_int_member (json_object_get_object_member (planned, "f32"), part);
}

/* What a model that is here needs, by what it is asked. */
static void
test_memory (void)
{
  g_autofree char *model = harness_fixture ("models/original-64");
  g_autoptr (Outcome) here
      = harness_run ("models", "import", "--reference", "--name", "planned", model, NULL);
  g_autoptr (Outcome) text = harness_run ("models", "info", "planned", NULL);
  g_autoptr (Outcome) few = harness_run ("models", "info", "planned", "--format", "json", NULL);
  g_autoptr (Outcome) many = harness_run ("models", "info", "planned", "--format", "json",
                                          "--regions", "8", "--beams", "3", NULL);
  g_autoptr (Outcome) set
      = harness_run ("models", "info", "planned", "--format", "json", "--pictures", "4", NULL);
  g_autoptr (Outcome) none = harness_run ("models", "info", "planned", "--regions", "0", NULL);
  g_autoptr (Outcome) nowhere
      = harness_run ("models", "info", "planned", "--device", "no such card", NULL);
  g_autoptr (Outcome) ours = harness_run ("models", "info", "-", NULL);
  g_autoptr (Outcome) removed = harness_run ("models", "remove", "planned", NULL);

  harness_assert_done (here);
  harness_assert_done (text);
  harness_assert_done (ours);
  g_assert_nonnull (strstr (ours->out, "comes along"));
  g_assert_nonnull (strstr (ours->out, "needs, f32"));
  g_assert_nonnull (strstr (text->out, "needs, f32"));
  g_assert_nonnull (strstr (text->out, " free on "));
  harness_assert_done (few);
  harness_assert_done (many);
  g_assert_cmpint (get_planned (few, "weights"), >, 0);
  g_assert_cmpint (get_planned (few, "weights"), ==, get_planned (many, "weights"));
  g_assert_cmpint (get_planned (few, "peak"), >=, get_planned (few, "weights"));
  g_assert_cmpint (3 * get_planned (few, "answer"), <, get_planned (many, "answer"));
  g_assert_cmpint (get_planned (set, "picture"), >, get_planned (few, "picture"));
  harness_assert_refused (none, 2, "--regions");
  harness_assert_refused (nowhere, 1, "no such card");
  harness_assert_done (removed);
}

static void
test_verify (void)
{
  g_autoptr (Outcome) all = harness_run ("models", "verify", NULL);
  g_autoptr (Outcome) bad = NULL, missing = NULL, json = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *merges = in_store ("mine/merges.txt");

  harness_assert_done (all);
  g_assert_nonnull (strstr (all->out, "mine: well; 7 of 7"));
  g_assert_nonnull (strstr (all->out, "original-64: well"));

  damage ("mine/pytorch_model.bin", "?", 300000);
  bad = harness_run ("models", "verify", "mine", NULL);
  harness_assert_refused (bad, 1, "mine: pytorch_model.bin: its bytes");

  g_assert_cmpint (g_unlink (merges), ==, 0);
  json = harness_run ("models", "verify", "mine", "--format", "json", NULL);
  g_assert_cmpint (json->status, ==, 1);
  lines = harness_parse_lines (json);
  g_assert_false (json_object_get_boolean_member (lines->pdata[0], "well"));
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (lines->pdata[0], "faults")), ==, 2);
  missing = harness_run ("models", "verify", "florence-2-base", NULL);
  harness_assert_refused (missing, 1, "not downloaded yet");
}

static void
test_remove (void)
{
  g_autoptr (Outcome) mine = harness_run ("models", "remove", "mine", "--format", "json", NULL);
  g_autoptr (Outcome) reference = harness_run ("models", "remove", "original-64", NULL);
  g_autoptr (Outcome) ours = harness_run ("models", "remove", "", NULL);
  g_autoptr (Outcome) gone = harness_run ("models", "remove", "mine", NULL);
  g_autoptr (Outcome) outside = harness_run ("models", "remove", "../models", NULL);
  g_autofree char *model = harness_fixture ("models/original-64/config.json");
  g_autoptr (GPtrArray) lines = NULL;

  harness_assert_done (mine);
  lines = harness_parse_lines (mine);
  g_assert_cmpint (json_object_get_int_member (lines->pdata[0], "freed_bytes"), >, 700000);
  harness_assert_done (reference);
  g_assert_nonnull (strstr (reference->out, "stays where it is"));
  g_assert_true (g_file_test (model, G_FILE_TEST_EXISTS));
  harness_assert_refused (ours, 1, "comes with Monocle");
  harness_assert_refused (gone, 1, "mine: there is no such model");
  harness_assert_refused (outside, 1, "../models: there is no such model");
  g_assert_false (is_there ("mine"));
  g_assert_false (is_there ("original-64"));
}

/* What is no model, or none any more, can be taken away as well. */
static void
test_empty (void)
{
  g_autofree char *part = in_store ("z.download");
  g_autoptr (Outcome) removed = NULL;

  g_assert_cmpint (g_mkdir_with_parents (part, 0700), ==, 0);
  removed = harness_run ("models", "remove", "z", NULL);
  harness_assert_done (removed);
  g_assert_null (strstr (removed->out, "stays where it is"));
  g_assert_false (is_there ("z.download"));
}

static void
test_damaged (void)
{
  const char *const ids[] = { "dangling", "hollow", "torn" };
  g_autofree char *link = in_store ("dangling"), *hollow = in_store ("hollow");
  g_autofree char *part = in_store ("torn.download");

  g_assert_cmpint (g_mkdir_with_parents (store, 0700), ==, 0);
  g_assert_cmpint (symlink ("/nowhere", link), ==, 0);
  g_assert_cmpint (g_mkdir (hollow, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (part, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (Outcome) info = harness_run ("models", "info", ids[i], NULL);
      g_autoptr (Outcome) removed = NULL;

      harness_assert_done (info);
      assert_state (ids[i], "damaged");
      removed = harness_run ("models", "remove", ids[i], NULL);
      harness_assert_done (removed);
      assert_state (ids[i], NULL);
    }
}

/* --- What is on a server --- */

static void
test_get (void)
{
  g_autofree char *root = harness_fixture ("");
  g_autoptr (Server) server = server_new (root);
  const char *address = server_get_address (server);
  g_autoptr (Outcome) got = harness_run ("models", "get", "--mirror", address, REPOSITORY, NULL);
  g_autoptr (Outcome) again = NULL, nowhere = NULL, plain = NULL, named = NULL;
  g_autofree char *image = harness_fixture ("images/a.png");

  harness_assert_done (got);
  g_assert_nonnull (strstr (got->out, "models--native-96: here now"));
  assert_state ("models--native-96", "installed");
  server_take_n_requests (server);
  again = harness_run ("models", "get", "--mirror", address, REPOSITORY, NULL);
  harness_assert_done (again);
  g_assert_nonnull (strstr (again->out, "here already"));
  g_assert_cmpuint (server_take_n_requests (server), ==, 0);
  nowhere = harness_run ("models", "get", "--mirror", address, "models/none", NULL);
  harness_assert_refused (nowhere, 1, "404");
  plain = harness_run ("models", "get", "--mirror", "http://example.org", REPOSITORY, NULL);
  harness_assert_refused (plain, 2, "--mirror");

  named = harness_run ("run", "--task", "caption", "--model", REPOSITORY, image, NULL);
  g_assert_cmpint (named->status, ==, 0);
}

static void
test_token (void)
{
  g_autofree char *root = harness_fixture ("");
  g_autoptr (Server) server = server_new (root);
  const char *address = server_get_address (server);
  g_autofree char *file = g_build_filename (folder, "token", NULL);
  g_autoptr (Outcome) without = NULL, with = NULL, bad = NULL, by_variable = NULL;

  server_set_token (server, "hf_secret");
  without = harness_run ("models", "get", "--again", "--mirror", address, REPOSITORY, NULL);
  harness_assert_refused (without, 1, "token");
  g_file_set_contents (file, "hf_secret\n", -1, NULL);
  with = harness_run ("models", "get", "--again", "--token-file", file, "--mirror", address,
                      REPOSITORY, NULL);
  harness_assert_done (with);
  by_variable = harness_run_shell ("HF_TOKEN=hf_secret \"$@\"", "models", "get", "--again",
                                   "--mirror", address, REPOSITORY, NULL);
  harness_assert_done (by_variable);
  g_file_set_contents (file, "two words", -1, NULL);
  bad = harness_run ("models", "get", "--again", "--token-file", file, "--mirror", address,
                     REPOSITORY, NULL);
  harness_assert_refused (bad, 1, "this is no token");
}

/* Two repositories may have one name here, and a repository has revisions. */
static void
test_other (void)
{
  g_autofree char *record = in_store ("models--native-96/model-source.json");
  g_autofree char *text = NULL;
  g_autoptr (GString) other = NULL;
  g_autoptr (Outcome) revision = harness_run ("models", "get", REPOSITORY "@v1", NULL);
  g_autoptr (Outcome) main = harness_run ("models", "get", REPOSITORY "@main", NULL);
  g_autoptr (Outcome) repository = NULL, list = NULL, info = NULL;
  g_autoptr (Outcome) suffix = harness_run ("models", "get", "models/x.download", NULL);

  harness_assert_refused (suffix, 1, "“models--x.download”");
  harness_assert_refused (revision, 1, "--again");
  harness_assert_done (main);
  g_assert_true (g_file_get_contents (record, &text, NULL, NULL));
  other = g_string_new (text);
  g_assert_cmpuint (g_string_replace (other, REPOSITORY, "models--native/96", 0), >, 0);
  g_assert_true (g_file_set_contents (record, other->str, -1, NULL));
  repository = harness_run ("models", "get", REPOSITORY, NULL);
  harness_assert_refused (repository, 1, "models--native/96");
  g_string_assign (other, text);
  g_string_replace (other, "\"title\" : \"", "\"title\" : \"A\\n  state lie\\n", 1);
  g_assert_true (g_file_set_contents (record, other->str, -1, NULL));
  list = harness_run ("models", NULL);
  g_assert_nonnull (strstr (list->out, "A   state lie"));
  info = harness_run ("models", "info", REPOSITORY, NULL);
  g_assert_true (g_str_has_prefix (info->out, "A   state lie"));
  g_assert_true (g_file_set_contents (record, text, -1, NULL));
}

/* A folder where the program is called is no model that is here. */
static void
test_namesake (void)
{
  g_autofree char *root = harness_fixture ("");
  g_autoptr (Server) server = server_new (root);
  g_autofree char *namesake = g_build_filename (folder, "models--native-96", NULL);
  g_autofree char *aside = in_store ("aside"), *stored = in_store ("models--native-96");
  g_autoptr (Outcome) verified = NULL, got = NULL;

  g_assert_cmpint (g_mkdir (namesake, 0700), ==, 0);
  verified = harness_run_shell (IN_DATA_HOME "exec \"$p\" \"$@\"", "models", "verify",
                                "models--native-96", NULL);
  harness_assert_done (verified);
  g_assert_cmpint (g_rename (stored, aside), ==, 0);
  /* Nor is a hollow one among the models. */
  g_assert_cmpint (g_mkdir (stored, 0700), ==, 0);
  got = harness_run_shell (IN_DATA_HOME "exec \"$p\" \"$@\"", "models", "get", "--mirror",
                           server_get_address (server), REPOSITORY, NULL);
  harness_assert_done (got);
  g_assert_nonnull (strstr (got->out, "here now"));
  g_assert_true (is_there ("models--native-96/config.json"));
  g_assert_cmpint (g_rmdir (namesake), ==, 0);
}

/* Until weights are coming: all else together is smaller. */
static void
wait_for_weights (Server *server)
{
  guint64 n = 0;

  for (guint ms = 0; ms < 240000 && n < 100000; ms++)
    {
      g_usleep (1000);
      n += server_take_n_bytes (server);
    }
  g_assert_cmpuint (n, >=, 100000);
}

/* Ctrl+C: what came stays, is seen as that, and is gone on with. */
static void
test_stop (void)
{
  g_autofree char *root = harness_fixture ("");
  g_autoptr (Server) server = server_new (root);
  const char *address = server_get_address (server);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Outcome) run = NULL, rest = NULL;
  g_autofree char *image = harness_fixture ("images/a.png");

  server_set_speed (server, 60000);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                              &error, harness_get_program (), "models", "get", "--mirror", address,
                              "models/original-132", NULL);
  g_assert_no_error (error);
  wait_for_weights (server);
  g_subprocess_send_signal (process, SIGINT);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
  assert_state ("models--original-132", "partial");
  run = harness_run ("run", "--task", "caption", "--model", "models/original-132", image, NULL);
  harness_assert_refused (run, 1, "not all of it is downloaded yet");

  server_set_speed (server, 0);
  server_take_n_ranges (server);
  rest = harness_run ("models", "get", "--mirror", address, "models--original-132", NULL);
  harness_assert_done (rest);
  g_assert_cmpuint (server_take_n_ranges (server), ==, 1);
  assert_state ("models--original-132", "installed");
}

int
main (int argc, char *argv[])
{
  int status;

  harness_init (&argc, &argv);
  folder = harness_make_folder ();
  store = g_build_filename (folder, "monocle", "models", NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_unsetenv ("HF_TOKEN");
  g_test_add_func ("/models/list", test_list);
  g_test_add_func ("/models/not-there", test_not_there);
  g_test_add_func ("/models/import", test_import);
  g_test_add_func ("/models/parallel", test_parallel);
  g_test_add_func ("/models/memory", test_memory);
  g_test_add_func ("/models/verify", test_verify);
  g_test_add_func ("/models/remove", test_remove);
  g_test_add_func ("/models/empty", test_empty);
  g_test_add_func ("/models/damaged", test_damaged);
  g_test_add_func ("/models/get", test_get);
  g_test_add_func ("/models/token", test_token);
  g_test_add_func ("/models/other", test_other);
  g_test_add_func ("/models/namesake", test_namesake);
  g_test_add_func ("/models/stop", test_stop);
  status = g_test_run ();
  harness_remove_folder (folder);
  return status;
}
