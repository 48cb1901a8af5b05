/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same about many pictures: the answers are those of `run`, each picture is asked about once,
 * however often the program is killed and whoever has which share; what cannot be read is passed
 * over.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define N_PICTURES 12

typedef struct
{
  TemporaryFolder *folder;
  char *pictures, *out, *model;
} Fixture;

static char *
get_path (const Fixture *self, guint i)
{
  g_autofree char *name = g_strdup_printf ("%c/%02u.png", 'a' + i % 2, i);

  return g_build_filename (self->pictures, name, NULL);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const char *const sources[] = { "images/a.png", "images/b.png", "clip/tall-9x41.png" };

  self->folder = harness_make_folder ();
  self->pictures = g_build_filename (self->folder, "pictures", NULL);
  self->out = g_build_filename (self->folder, "out", NULL);
  self->model = harness_fixture ("models/native-96");
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *source = harness_fixture (sources[i % G_N_ELEMENTS (sources)]);
      g_autofree char *path = get_path (self, i), *parent = g_path_get_dirname (path);
      g_autofree char *bytes = NULL;
      gsize size;

      g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
      g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
    }
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  harness_remove_folder (self->folder);
  g_free (self->pictures);
  g_free (self->out);
  g_free (self->model);
}

#define ASK(self, ...)                                                                             \
  harness_run ("batch", "--model", (self)->model, "--task=detect", "--task=caption",               \
               "--max-tokens=6", "--output", (self)->out, __VA_ARGS__, NULL)

static char *
get_answer_path (const Fixture *self, guint i)
{
  return g_strdup_printf ("%s/%c/%02u.png.jsonl", self->out, 'a' + i % 2, i);
}

/* Without what differs each time. (transfer full) */
static char *
strip_times (const char *text)
{
  g_autoptr (GRegex) regex = g_regex_new (", \"timing_ms\": \\{[^}]*\\}", 0, 0, NULL);

  return g_regex_replace_literal (regex, text, -1, 0, "", 0, NULL);
}

static void
assert_answers (const Fixture *self)
{
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *path = get_path (self, i), *answer_path = get_answer_path (self, i);
      g_autofree char *text = NULL, *stripped = NULL, *expected = NULL;
      g_autoptr (Outcome) run = NULL;

      g_assert_true (g_file_get_contents (answer_path, &text, NULL, NULL));
      stripped = strip_times (text);
      /* The first three are all there are. */
      if (i >= 3)
        continue;
      run = harness_run ("run", "--model", self->model, "--task=detect", "--task=caption",
                         "--max-tokens=6", "--format=json", path, NULL);
      harness_assert_done (run);
      expected = strip_times (run->out);
      g_assert_cmpstr (stripped, ==, expected);
    }
}

static void
assert_report (const Outcome *outcome, guint answered, guint before, guint failed)
{
  g_autofree char *expected
      = g_strdup_printf ("%u answered, %u before, %u failed, of %u\n", answered, before, failed,
                         answered + before + failed);

  g_assert_cmpstr (outcome->out, ==, expected);
}

static void
test_answers (Fixture *self, gconstpointer data)
{
  g_autoptr (Outcome) first = ASK (self, self->pictures);
  g_autoptr (Outcome) again = NULL, resumed = NULL, other = NULL;

  harness_assert_done (first);
  assert_report (first, N_PICTURES, 0, 0);
  assert_answers (self);
  again = ASK (self, self->pictures);
  harness_assert_refused (again, 2, "--resume goes on with them");
  resumed = ASK (self, "--resume", self->pictures);
  harness_assert_done (resumed);
  assert_report (resumed, 0, N_PICTURES, 0);
  other = ASK (self, "--resume", "--beams=2", self->pictures);
  harness_assert_refused (other, 1, "answers to another question");
}

/* More than are encoded side by side, and tried that way and one by one. */
#define N_MANY 43

/* What `run` says of each of the three pictures that the others are copies of. */
static void
test_sets (Fixture *self, gconstpointer data)
{
  g_autofree char *model = harness_fixture ("clip/clip-quick");
  g_autofree char *many = g_build_filename (self->folder, "many", NULL);
  g_autoptr (GRegex) name = g_regex_new ("\"image\": \"[^\"]*\"", 0, 0, NULL);
  g_autoptr (Outcome) outcome = NULL;
  char *expected[3] = { NULL };

  g_assert_cmpint (g_mkdir (many, 0700), ==, 0);
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *source = get_path (self, i % 3);
      g_autofree char *target = g_strdup_printf ("%s/%02u.png", many, i);

      g_assert_cmpint (link (source, target), ==, 0);
    }
  outcome = harness_run ("batch", "--model", model, "--task=classify", "--text=cat, dog, red car",
                         "--output", self->out, many, NULL);
  harness_assert_done (outcome);
  assert_report (outcome, N_MANY, 0, 0);
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%02u.png.jsonl", self->out, i);
      g_autofree char *text = NULL, *stripped = NULL, *found = NULL;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      stripped = strip_times (text);
      found = g_regex_replace_literal (name, stripped, -1, 0, "", 0, NULL);
      if (i < 3)
        {
          g_autofree char *picture = get_path (self, i), *said = NULL;
          g_autoptr (Outcome) run
              = harness_run ("run", "--model", model, "--task=classify", "--text=cat, dog, red car",
                             "--format=json", picture, NULL);

          harness_assert_done (run);
          said = strip_times (run->out);
          expected[i] = g_regex_replace_literal (name, said, -1, 0, "", 0, NULL);
        }
      g_assert_cmpstr (found, ==, expected[i % 3]);
    }
  for (guint i = 0; i < 3; i++)
    g_free (expected[i]);
}

static void
test_passed_over (Fixture *self, gconstpointer data)
{
  g_autofree char *bad = g_build_filename (self->pictures, "bad.png", NULL);
  g_autofree char *gone = g_build_filename (self->pictures, "gone.png", NULL);
  g_autofree char *list = g_build_filename (self->folder, "list.txt", NULL);
  g_autofree char *good = get_path (self, 0), *text = NULL;
  g_autoptr (Outcome) outcome = NULL, mended = NULL;

  g_assert_true (g_file_set_contents (bad, "no picture", -1, NULL));
  text = g_strdup_printf ("%s\n%s\n%s\n", bad, good, gone);
  g_assert_true (g_file_set_contents (list, text, -1, NULL));
  outcome = ASK (self, list);
  g_assert_cmpint (outcome->status, ==, 1);
  assert_report (outcome, 1, 0, 2);
  g_assert_cmpuint (g_strv_length (outcome->errors), ==, 2);
  g_assert_true (strstr (outcome->errors[0], "bad.png") || strstr (outcome->errors[1], "bad.png"));

  /* What failed is tried again. */
  g_assert_cmpint (g_rename (good, bad), ==, 0);
  mended = ASK (self, "--resume", list);
  g_assert_cmpint (mended->status, ==, 1);
  assert_report (mended, 1, 1, 1);
}

static void
test_shares (Fixture *self, gconstpointer data)
{
  guint n_all = 0;

  for (guint share = 1; share <= 3; share++)
    {
      g_autofree char *option = g_strdup_printf ("--shard=%u/3", share);
      g_autoptr (Outcome) outcome = ASK (self, option, self->pictures);
      guint n = 0;

      harness_assert_done (outcome);
      g_assert_cmpint (sscanf (outcome->out, "%u answered, 0 before, 0 failed", &n), ==, 1);
      n_all += n;
    }
  /* Most of a thousand have none of twelve. */
  for (guint share = 1; share <= 3; share++)
    {
      g_autofree char *option = g_strdup_printf ("--shard=%u/1000", share);
      g_autoptr (Outcome) outcome = ASK (self, option, self->pictures);

      harness_assert_done (outcome);
      assert_report (outcome, 0, 0, 0);
    }
  g_assert_cmpuint (n_all, ==, N_PICTURES);
  assert_answers (self);
}

static void
test_standard_input (Fixture *self, gconstpointer data)
{
  g_autoptr (Outcome) outcome = NULL;

  g_setenv ("PICTURES", self->pictures, TRUE);
  outcome = harness_run_shell ("find \"$PICTURES\" -name '*.png' -print0 | \"$@\"", "batch",
                               "--model", self->model, "--task=caption", "--max-tokens=6",
                               "--output", self->out, "-", NULL);
  harness_assert_done (outcome);
  assert_report (outcome, N_PICTURES, 0, 0);
}

/* By content and by the time at which it was written. */
static char *
describe_answer (const Fixture *self, guint i)
{
  g_autofree char *path = get_answer_path (self, i), *text = NULL;
  GStatBuf status;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  /* Whole. */
  g_assert_true (g_str_has_suffix (text, "}\n"));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  return g_strdup_printf ("%ld.%09ld %s", (long) status.st_mtim.tv_sec,
                          (long) status.st_mtim.tv_nsec, text);
}

static void
test_killed (Fixture *self, gconstpointer data)
{
  const char *const arguments[] = {
    harness_get_program (), "batch",    "--model", self->model, "--task=detect", "--task=caption",
    "--max-tokens=6",       "--output", self->out, "--resume",  self->pictures,  NULL
  };
  char *seen[N_PICTURES] = { NULL };
  g_autoptr (Outcome) rest = NULL;

  for (guint i = 0; i < 8; i++)
    {
      GPid pid;

      g_assert_true (g_spawn_async (NULL, (char **) arguments, NULL,
                                    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                                        | G_SPAWN_STDERR_TO_DEV_NULL,
                                    NULL, NULL, &pid, NULL));
      g_usleep ((gulong) g_test_rand_int_range (50000, 1500000));
      kill (pid, i % 2 ? SIGKILL : SIGINT);
      g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
      for (guint k = 0; k < N_PICTURES; k++)
        {
          char *now = describe_answer (self, k);

          /* Nothing is asked again. */
          if (seen[k])
            g_assert_cmpstr (now, ==, seen[k]);
          g_free (seen[k]);
          seen[k] = now;
        }
    }
  rest = harness_run_v (arguments + 1);
  harness_assert_done (rest);
  assert_answers (self);
  for (guint k = 0; k < N_PICTURES; k++)
    g_free (seen[k]);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *empty = g_build_filename (self->folder, "empty", NULL);
  g_autofree char *file = get_path (self, 0), *inside = g_build_filename (file, "x", NULL);
  static const char *const shards[] = { "0/3", "4/3", "3", "1/0", "a/b", "1/2/3", "-1/2", "" };
  g_autoptr (Outcome) none = NULL, drawn = NULL, nowhere = NULL, endless = NULL, unwritable = NULL;

  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  none = ASK (self, empty);
  harness_assert_refused (none, 2, "there are no pictures");
  drawn = ASK (self, "--temperature=1", self->pictures);
  harness_assert_refused (drawn, 2, "need a --seed");
  nowhere = ASK (self, "/nowhere");
  g_assert_cmpint (nowhere->status, ==, 1);
  endless = ASK (self, "/dev/zero");
  harness_assert_refused (endless, 1, "the list is too long");
  unwritable = harness_run ("batch", "--model", self->model, "--task=caption", "--output", inside,
                            self->pictures, NULL);
  g_assert_cmpint (unwritable->status, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (shards); i++)
    {
      g_autofree char *option = g_strconcat ("--shard=", shards[i], NULL);
      g_autoptr (Outcome) outcome = ASK (self, option, self->pictures);

      harness_assert_refused (outcome, 2, "--shard takes two numbers");
    }
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
#define TEST(name, func) g_test_add ("/cli/batch/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("answers", test_answers);
  TEST ("sets", test_sets);
  TEST ("passed-over", test_passed_over);
  TEST ("shares", test_shares);
  TEST ("standard-input", test_standard_input);
  TEST ("killed", test_killed);
  TEST ("refused", test_refused);
  return g_test_run ();
}
