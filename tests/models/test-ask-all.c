/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One question about many pictures beside what is asked by hand: each is answered once, whatever is
 * paused, stopped or killed in between; what cannot be read is passed over.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/batch/ask-all.h"
#include "app/document/work.h"
#include "app/pictures/source.h"
#include "engine/models/florence2/tasks.h"
#include "runner-test.h"

#define N_PICTURES 8

typedef struct
{
  char *folder;
  MonocleRunner *runner;
  MonocleAskAll *all;
} Fixture;

static char *
get_path (const Fixture *f, guint i)
{
  g_autofree char *name = g_strdup_printf ("%02u.ppm", i);

  return g_build_filename (f->folder, name, NULL);
}

/* Each of another colour; the last is as the first. */
static void
make_picture (const Fixture *f, guint i)
{
  g_autofree char *path = get_path (f, i);
  g_autoptr (GString) bytes = g_string_new ("P6 48 32 255\n");

  for (guint k = 0; k < 48 * 32; k++)
    {
      const char pixel[3]
          = { (char) (i % (N_PICTURES - 1) * 30), (char) (k % 48 * 5), (char) (k / 48 * 7) };

      g_string_append_len (bytes, pixel, 3);
    }
  g_assert_true (g_file_set_contents (path, bytes->str, (gssize) bytes->len, NULL));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("monocle-ask-all-XXXXXX", NULL);
  for (guint i = 0; i < N_PICTURES; i++)
    make_picture (f, i);
  f->runner = test_make_runner (OTHER_MODEL);
  f->all = monocle_ask_all_new (f->runner);
  g_assert_cmpint (monocle_ask_all_get_state (f->all), ==, MONOCLE_ASK_ALL_NONE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_assert_last (f->all);
  test_assert_last (f->runner);
  monocle_work_forget_all (NULL);
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *path = get_path (f, i);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
}

static MonocleAskPlan *
make_plan (const Fixture *f, gboolean asks_again)
{
  MonocleAskPlan *plan
      = monocle_ask_plan_new (monocle_florence2_find_task ("caption"), NULL, asks_again);

  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *path = get_path (f, i), *name = g_path_get_basename (path);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      g_ptr_array_add (plan->items, monocle_ask_item_new (file, 0, name));
    }
  return plan;
}

static void
begin (Fixture *f, gboolean asks_again)
{
  g_autoptr (GError) error = NULL;

  monocle_ask_all_begin (f->all, make_plan (f, asks_again), &error);
  g_assert_no_error (error);
  g_assert_cmpint (monocle_ask_all_get_state (f->all), ==, MONOCLE_ASK_ALL_RUNNING);
  g_assert_cmpuint (monocle_ask_all_get_total (f->all), ==, N_PICTURES);
}

#define WAIT_STATE(f, wanted) WAIT_UNTIL (monocle_ask_all_get_state ((f)->all) == (wanted))

/* --- What is kept --- */

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* (transfer full): as a window opens it */
static MonocleDocument *
open_picture (const Fixture *f, guint i)
{
  g_autofree char *path = get_path (f, i), *digest = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MonocleImage) image = NULL;
  MonocleStamp stamp;

  monocle_image_source_load_async (file, 0, NULL, on_loaded, &result);
  WAIT_UNTIL (result);
  stamp = monocle_image_source_load_get_stamp (result);
  image = monocle_image_source_load_finish (result, NULL, &digest, NULL);
  g_assert_nonnull (image);
  return monocle_work_open (file, path, image,
                            &(MonocleWorkKey){ .digest = digest, .stamp = stamp }, NULL);
}

static guint
count_answers (const Fixture *f, guint i)
{
  g_autoptr (MonocleDocument) document = open_picture (f, i);
  GListModel *queries = monocle_document_get_queries (document);

  g_assert_no_error (monocle_document_get_trouble (document));
  for (guint k = 0; k < g_list_model_get_n_items (queries); k++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, k);

      test_assert_state (query, MONOCLE_QUERY_DONE);
    }
  return g_list_model_get_n_items (queries);
}

static void
assert_answers (const Fixture *f, guint n)
{
  for (guint i = 0; i < N_PICTURES; i++)
    g_assert_cmpuint (count_answers (f, i), ==, n);
}

static gboolean
is_kept (void)
{
  g_autofree char *path
      = g_build_filename (g_get_user_data_dir (), "monocle", "ask-all.journal", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_done (const Fixture *f, guint n_errors)
{
  GListModel *results = monocle_ask_all_get_results (f->all);
  g_autoptr (MonocleAskItem) first = g_list_model_get_item (results, 0);

  g_assert_cmpuint (monocle_ask_all_get_done (f->all), ==, N_PICTURES);
  g_assert_cmpuint (g_list_model_get_n_items (results), ==, N_PICTURES - n_errors);
  g_assert_cmpuint (g_list_model_get_n_items (monocle_ask_all_get_errors (f->all)), ==, n_errors);
  g_assert_nonnull (monocle_ask_item_get_summary (first));
  g_assert_false (is_kept ());
}

/* --- The tests --- */

static void
count (gpointer source, guint *n)
{
  (*n)++;
}

static void
test_answers (Fixture *f, gconstpointer data)
{
  g_autofree char *path = get_path (f, 3);
  guint n_ended = 0;
  g_autoptr (MonocleAskItem) failed = NULL;

  g_assert_true (g_file_set_contents (path, "no picture", -1, NULL));
  g_signal_connect (f->all, "ended", G_CALLBACK (count), &n_ended);
  begin (f, FALSE);
  g_assert_true (is_kept ());
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  g_assert_cmpuint (n_ended, ==, 1);
  assert_done (f, 1);
  failed = g_list_model_get_item (monocle_ask_all_get_errors (f->all), 0);
  g_assert_cmpstr (monocle_ask_item_get_name (failed), ==, "03.ppm");
  g_assert_nonnull (monocle_ask_item_get_error (failed));
  make_picture (f, 3);

  /* What is answered already is not asked again, unless that is wanted. */
  begin (f, FALSE);
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  assert_done (f, 0);
  assert_answers (f, 1);
  /* Answers have the second in which they were asked for. */
  g_usleep (G_USEC_PER_SEC);
  begin (f, TRUE);
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  assert_done (f, 0);
  assert_answers (f, 2);
}

static void
test_pause (Fixture *f, gconstpointer data)
{
  guint n;

  begin (f, FALSE);
  WAIT_UNTIL (monocle_ask_all_get_done (f->all) >= 2);
  monocle_ask_all_pause (f->all);
  WAIT_UNTIL (!monocle_runner_get_query (f->runner));
  n = monocle_ask_all_get_done (f->all);
  g_assert_cmpuint (n, <=, 3);
  for (guint i = 0; i < 200; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (monocle_ask_all_get_done (f->all), ==, n);
  g_assert_null (monocle_ask_all_get_notice (f->all));

  monocle_ask_all_resume (f->all);
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  assert_done (f, 0);
  assert_answers (f, 1);
}

/* How many pictures are as those that are done with. */
static guint
count_like_done (const Fixture *f)
{
  GListModel *results = monocle_ask_all_get_results (f->all);
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (MonocleAskItem) item = g_list_model_get_item (results, i);

      g_hash_table_add (
          done, GUINT_TO_POINTER (atoi (monocle_ask_item_get_name (item)) % (N_PICTURES - 1)));
    }
  for (guint i = 0; i < N_PICTURES; i++)
    n += g_hash_table_contains (done, GUINT_TO_POINTER (i % (N_PICTURES - 1)));
  return n;
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  guint n_answers = 0;

  begin (f, FALSE);
  WAIT_UNTIL (monocle_ask_all_get_done (f->all) >= 2);
  monocle_ask_all_stop (f->all);
  g_assert_cmpint (monocle_ask_all_get_state (f->all), ==, MONOCLE_ASK_ALL_STOPPED);
  g_assert_false (is_kept ());
  WAIT_UNTIL (!monocle_runner_get_query (f->runner));
  for (guint i = 0; i < N_PICTURES; i++)
    n_answers += count_answers (f, i);
  g_assert_cmpuint (n_answers, ==, count_like_done (f));
  g_assert_false (monocle_ask_all_restore (f->all));
}

static void
test_go_on (Fixture *f, gconstpointer data)
{
  guint n;

  begin (f, FALSE);
  WAIT_UNTIL (monocle_ask_all_get_done (f->all) >= 3);
  n = monocle_ask_all_get_done (f->all);
  monocle_ask_all_shut (f->all);
  g_assert_true (is_kept ());
  WAIT_UNTIL (!monocle_runner_get_query (f->runner));

  g_assert_true (monocle_ask_all_restore (f->all));
  g_assert_cmpuint (monocle_ask_all_get_done (f->all), ==, n);
  g_assert_cmpuint (monocle_ask_all_get_total (f->all), ==, N_PICTURES);
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  assert_done (f, 0);
  assert_answers (f, 1);
}

/* What is asked by hand waits for one picture at most. */
static void
test_by_hand (Fixture *f, gconstpointer data)
{
  MonocleDocument *document = test_open_document ("a.png");
  MonocleQuery *query;
  guint n;

  begin (f, FALSE);
  WAIT_UNTIL (monocle_ask_all_get_done (f->all) >= 2);
  g_assert_false (monocle_runner_is_busy (f->runner));
  n = monocle_ask_all_get_done (f->all);
  query = test_ask (f->runner, document, "caption");
  g_assert_true (monocle_runner_is_busy (f->runner));
  WAIT_UNTIL (!monocle_query_is_active (query));
  g_assert_cmpuint (monocle_ask_all_get_done (f->all), <=, n + 1);
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  g_object_unref (query);
  test_assert_last (document);
}

/* A picture that is shown gets its answer there; who stops that pauses all. */
static void
test_shown (Fixture *f, gconstpointer data)
{
  g_autoptr (MonocleDocument) document = open_picture (f, 5);
  g_autoptr (MonocleQuery) query = NULL;
  GListModel *queries = monocle_document_get_queries (document);

  monocle_document_show (document);
  begin (f, FALSE);
  WAIT_UNTIL (g_list_model_get_n_items (queries) == 1);
  query = g_list_model_get_item (queries, 0);
  monocle_runner_stop_query (f->runner, query);
  WAIT_STATE (f, MONOCLE_ASK_ALL_PAUSED);
  g_assert_cmpuint (g_list_model_get_n_items (queries), ==, 0);
  monocle_ask_all_resume (f->all);
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  g_assert_cmpuint (g_list_model_get_n_items (queries), ==, 1);
  g_assert_nonnull (monocle_document_get_image (document));
  monocle_document_leave (document);
  assert_done (f, 0);
}

static void
test_missing_model (Fixture *f, gconstpointer data)
{
  monocle_runner_configure (f->runner, "/nowhere", NULL, MONOCLE_PRECISION_F32, 1);
  begin (f, FALSE);
  WAIT_STATE (f, MONOCLE_ASK_ALL_PAUSED);
  g_assert_nonnull (monocle_ask_all_get_notice (f->all));
  g_assert_cmpuint (monocle_ask_all_get_done (f->all), ==, 0);

  test_configure (f->runner, OTHER_MODEL);
  monocle_ask_all_resume (f->all);
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  assert_done (f, 0);
  assert_answers (f, 1);
}

static void
test_other_model_since (Fixture *f, gconstpointer data)
{
  begin (f, FALSE);
  WAIT_UNTIL (monocle_ask_all_get_done (f->all) >= 1);
  test_configure (f->runner, MODEL);
  WAIT_STATE (f, MONOCLE_ASK_ALL_PAUSED);
  g_assert_nonnull (monocle_ask_all_get_notice (f->all));
  monocle_ask_all_resume (f->all);
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  assert_done (f, 0);
}

static void
test_lost_device (Fixture *f, gconstpointer data)
{
  begin (f, FALSE);
  WAIT_UNTIL (monocle_ask_all_get_done (f->all) >= 1);
  test_losses = 1;
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  assert_done (f, 0);
  assert_answers (f, 1);
}

/* --- Killed --- */

/* In a process of its own. */
static void
ask_until_killed (const char *folder)
{
  Fixture f = { .folder = g_strdup (folder), .runner = test_make_runner (OTHER_MODEL) };
  guint n = 0;

  f.all = monocle_ask_all_new (f.runner);
  if (!monocle_ask_all_restore (f.all))
    begin (&f, FALSE);
  while (monocle_ask_all_get_state (f.all) == MONOCLE_ASK_ALL_RUNNING)
    {
      g_main_context_iteration (NULL, TRUE);
      if (monocle_ask_all_get_done (f.all) == n)
        continue;
      n = monocle_ask_all_get_done (f.all);
      printf ("%u\n", n);
      fflush (stdout);
      /* Who kills it may be slow. */
      g_usleep (200000);
    }
}

/* Returns: how many it said were done */
static guint
kill_at (const Fixture *f, guint n_wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                      "/proc/self/exe", "--ask", f->folder, NULL);
  g_autoptr (GDataInputStream) lines = NULL;
  guint n = 0;
  char *line;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)))
    {
      n = (guint) g_ascii_strtoull (line, NULL, 10);
      g_free (line);
      if (n >= n_wanted)
        g_subprocess_force_exit (process);
    }
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (process));
  return n;
}

static void
test_killed (Fixture *f, gconstpointer data)
{
  const guint first = kill_at (f, 2), second = kill_at (f, first + 2);

  g_assert_cmpuint (second, >, first);
  g_assert_true (monocle_ask_all_restore (f->all));
  g_assert_cmpuint (monocle_ask_all_get_done (f->all), >=, second);
  WAIT_STATE (f, MONOCLE_ASK_ALL_DONE);
  assert_done (f, 0);
  assert_answers (f, 1);
}

/* What a stranger, or a damaged disk, wrote. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *path
      = g_build_filename (g_get_user_data_dir (), "monocle", "ask-all.journal", NULL);
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
  g_autofree char *bytes = NULL;
  gsize n;

  begin (f, FALSE);
  monocle_ask_all_shut (f->all);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (gsize at = 0; at < n; at += 7)
    {
      g_autofree char *copy = g_memdup2 (bytes, n);

      copy[at] = (char) (copy[at] ^ 0x55);
      g_assert_true (g_file_set_contents (path, copy, (gssize) n, NULL));
      g_assert_false (monocle_ask_all_restore (f->all));
      g_assert_false (is_kept ());
    }
  g_unlink (aside);
}

int
main (int argc, char *argv[])
{
  g_autofree char *data = NULL;
  g_autoptr (MonocleModel) keeper = NULL;
  int status;

  if (argc == 3 && g_str_equal (argv[1], "--ask"))
    {
      const char *folder = argv[2];
      int n = 1;

      g_test_init (&n, &argv, NULL);
      ask_until_killed (folder);
      return 0;
    }
  data = g_dir_make_tmp ("monocle-ask-all-data-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_test_init (&argc, &argv, NULL);
#define TEST(name, func) g_test_add ("/ask-all/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("answers", test_answers);
  TEST ("pause", test_pause);
  TEST ("stop", test_stop);
  TEST ("go-on", test_go_on);
  TEST ("by-hand", test_by_hand);
  TEST ("shown", test_shown);
  TEST ("no-model", test_missing_model);
  TEST ("other-model", test_other_model_since);
  TEST ("lost-device", test_lost_device);
  TEST ("killed", test_killed);
  TEST ("damaged", test_damaged);

  keeper = test_load_fixture (OTHER_MODEL, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  monocle_work_close_all ();
  return test_end (status);
}
