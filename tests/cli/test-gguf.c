/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models of GGUF files on the command line: named by a file or a folder, each verb says what it
 * says of the same model in its own files; taken among the person's own.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "harness.h"
#include "tests/models/gguf-model.h"

typedef struct
{
  TemporaryFolder *folder;
  char *model, *file, *picture;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *store = NULL;

  fixture->folder = harness_make_folder ();
  store = g_build_filename (fixture->folder, "data", NULL);
  g_setenv ("XDG_DATA_HOME", store, TRUE);
  fixture->model = harness_fixture ("smolvlm/idefics3");
  fixture->picture = harness_fixture ("pictures/photo-131x97.png");
  fixture->file = g_build_filename (fixture->folder, GGUF_MODEL_TEXT, NULL);
  gguf_model_write (fixture->model, fixture->folder, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->model);
  g_free (fixture->file);
  g_free (fixture->picture);
  harness_remove_folder (fixture->folder);
}

static Outcome *
ask (const Fixture *fixture, const char *model)
{
  return harness_run ("run", "--model", model, "--task", "prompt", "--text", "What is this?",
                      "--precision", "f32", "--max-tokens", "9", fixture->picture, NULL);
}

static Outcome *
talk (const Fixture *fixture, const char *model)
{
  return harness_run ("chat", "--model", model, "--ask", "Who?", "--precision", "f32",
                      "--max-tokens", "5", fixture->picture, NULL);
}

static void
check_same (Outcome *(*verb) (const Fixture *, const char *), const Fixture *fixture)
{
  g_autoptr (Outcome) usual = verb (fixture, fixture->model);
  g_autoptr (Outcome) file = verb (fixture, fixture->file);
  g_autoptr (Outcome) folder = verb (fixture, fixture->folder);

  harness_assert_done (usual);
  harness_assert_done (file);
  harness_assert_done (folder);
  g_assert_cmpuint (strlen (usual->out), >, 1);
  g_assert_cmpstr (file->out, ==, usual->out);
  g_assert_cmpstr (folder->out, ==, usual->out);
}

static void
test_verbs (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stages = g_build_filename (fixture->folder, "stages", NULL);
  g_autofree char *logits = g_build_filename (stages, "logits.npy", NULL);
  g_autoptr (Outcome) inspected
      = harness_run ("inspect", "--model", fixture->file, "--image", fixture->picture, "--prompt",
                     "What is this?", "--precision", "f32", "--out", stages, NULL);

  check_same (ask, fixture);
  check_same (talk, fixture);
  harness_assert_done (inspected);
  g_assert_true (g_file_test (logits, G_FILE_TEST_IS_REGULAR));
}

static void
test_import (Fixture *fixture, gconstpointer data)
{
  g_autofree char *vision = g_build_filename (fixture->folder, GGUF_MODEL_VISION, NULL);
  g_autofree char *second = g_build_filename (fixture->folder, "tiny-other.gguf", NULL);
  g_autofree char *contents = NULL;
  gsize size;
  g_autoptr (Outcome) copied = NULL, verified = NULL, referenced = NULL, listed = NULL;
  g_autoptr (Outcome) several = NULL, blind = NULL, removed = NULL, gone = NULL;

  /* One of two language models that share what sees. */
  g_assert_true (g_file_get_contents (fixture->file, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (second, contents, (gssize) size, NULL));
  copied = harness_run ("models", "import", fixture->file, NULL);
  verified = harness_run ("models", "verify", "tiny-F32", NULL);
  referenced = harness_run ("models", "import", "--reference", second, NULL);
  several = harness_run ("models", "import", fixture->folder, NULL);
  blind = harness_run ("models", "import", vision, NULL);
  listed = harness_run ("models", "list", NULL);
  harness_assert_done (copied);
  harness_assert_done (verified);
  harness_assert_done (referenced);
  harness_assert_refused (several, 1, "name one of them");
  harness_assert_refused (blind, 1, "name that one");
  g_assert_nonnull (strstr (listed->out, "tiny-F32"));
  g_assert_nonnull (strstr (listed->out, "tiny-other"));

  {
    g_autoptr (Outcome) usual = ask (fixture, fixture->model);
    g_autoptr (Outcome) mine = ask (fixture, "tiny-F32");
    g_autoptr (Outcome) other = ask (fixture, "tiny-other");

    harness_assert_done (mine);
    harness_assert_done (other);
    g_assert_cmpstr (mine->out, ==, usual->out);
    g_assert_cmpstr (other->out, ==, usual->out);
  }

  /* What was only referred to stays where it is. */
  removed = harness_run ("models", "remove", "tiny-other", NULL);
  harness_assert_done (removed);
  g_assert_true (g_file_test (second, G_FILE_TEST_IS_REGULAR));
  gone = ask (fixture, "tiny-other");
  harness_assert_refused (gone, 1, "tiny-other");
}

/* (transfer full): a file of the fixture, moved to another folder as @as */
static char *
move (const Fixture *fixture, const char *name, const char *as)
{
  g_autofree char *from = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *folder = g_build_filename (fixture->folder, "away", NULL);
  char *to = g_build_filename (folder, as, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (g_rename (from, to), ==, 0);
  return to;
}

static void
check_import_refused (const char *text, const char *mmproj, const char *words)
{
  g_autoptr (Outcome) outcome = harness_run ("models", "import", text, "--mmproj", mmproj, NULL);

  harness_assert_refused (outcome, 1, words);
}

/* What sees lies elsewhere, under another name, or under that of the language model. */
static void
test_mmproj (Fixture *fixture, gconstpointer data)
{
  g_autofree char *vision = move (fixture, GGUF_MODEL_VISION, GGUF_MODEL_TEXT);
  g_autofree char *folder = g_path_get_dirname (vision);
  g_autofree char *cut = g_build_filename (folder, "cut.gguf", NULL);
  g_autofree char *nothing = g_build_filename (folder, "nothing.gguf", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (Outcome) blind = harness_run ("models", "import", fixture->file, NULL);
  g_autoptr (Outcome) copied = NULL, referenced = NULL, verified = NULL;
  gsize size;

  harness_assert_refused (blind, 1, "mmproj-");
  g_assert_true (g_file_get_contents (vision, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (cut, contents, (gssize) size / 2, NULL));
  check_import_refused (fixture->file, cut, "is the download complete?");
  check_import_refused (fixture->file, cut, cut);
  check_import_refused (cut, fixture->file, cut);
  check_import_refused (fixture->file, nothing, "no such file");
  check_import_refused (fixture->file, fixture->file, "is no file that sees");
  check_import_refused (vision, fixture->file, "name that one");
  check_import_refused (fixture->folder, vision, "only the GGUF file of a language model");

  copied = harness_run ("models", "import", fixture->file, "--mmproj", vision, NULL);
  verified = harness_run ("models", "verify", "tiny-F32", NULL);
  referenced = harness_run ("models", "import", "--reference", "--name", "there", fixture->file,
                            "--mmproj", vision, NULL);
  harness_assert_done (copied);
  harness_assert_done (verified);
  harness_assert_done (referenced);
  {
    g_autoptr (Outcome) usual = ask (fixture, fixture->model);
    g_autoptr (Outcome) mine = ask (fixture, "tiny-F32");
    g_autoptr (Outcome) other = ask (fixture, "there");

    harness_assert_done (usual);
    harness_assert_done (mine);
    harness_assert_done (other);
    g_assert_cmpstr (mine->out, ==, usual->out);
    g_assert_cmpstr (other->out, ==, usual->out);
  }
}

/* What is only named here is said to be that, and damaged once a file of it was moved. */
static void
test_moved (Fixture *fixture, gconstpointer data)
{
  g_autofree char *vision = g_build_filename (fixture->folder, GGUF_MODEL_VISION, NULL);
  g_autofree char *moved = g_strconcat (vision, ".moved", NULL);
  g_autoptr (Outcome) referenced = harness_run ("models", "import", "--reference", "--name",
                                                "there", fixture->file, "--mmproj", vision, NULL);
  g_autoptr (Outcome) here = harness_run ("models", "info", "there", "--format", "json", NULL);
  g_autoptr (Outcome) listed = NULL, asked = NULL, removed = NULL;

  harness_assert_done (referenced);
  harness_assert_done (here);
  g_assert_nonnull (strstr (here->out, "\"reference\""));
  g_assert_cmpint (g_rename (vision, moved), ==, 0);
  listed = harness_run ("models", "list", "--format", "json", NULL);
  asked = ask (fixture, "there");
  removed = harness_run ("models", "remove", "there", NULL);
  harness_assert_done (listed);
  g_assert_nonnull (strstr (listed->out, "\"damaged\""));
  harness_assert_refused (asked, 1, "no such file");
  harness_assert_done (removed);
  g_assert_true (g_file_test (fixture->file, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (moved, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add ("/gguf/verbs", Fixture, NULL, set_up, test_verbs, tear_down);
  g_test_add ("/gguf/import", Fixture, NULL, set_up, test_import, tear_down);
  g_test_add ("/gguf/mmproj", Fixture, NULL, set_up, test_mmproj, tear_down);
  g_test_add ("/gguf/moved", Fixture, NULL, set_up, test_moved, tear_down);
  return g_test_run ();
}
