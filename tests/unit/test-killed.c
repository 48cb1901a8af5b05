/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programs that are killed in the middle of edits: nothing is lost that was said to be done.
 */
#include "config.h"

#include <stdio.h>

#include "app/document/journal.h"
#include "tests/unit/keep-fixture.h"

/* Draws, names, moves and turns for ever, and says so after each round. */
G_NORETURN static void
draw_for_ever (const char *path)
{
  MonocleDocument *document = open_document (path);
  guint n = count_items (monocle_document_get_regions (document));

  for (;; n++)
    {
      g_autofree char *name = g_strdup_printf ("%u", n + 1);
      g_autoptr (GPtrArray) picked = pick (draw (document, (float) (n % 60)));

      monocle_document_set_label (document, picked, name);
      monocle_document_move (document, picked, 1, 2);
      monocle_document_rotate (document, 1);
      monocle_undo_undo (monocle_document_get_undo (document));
      printf ("%u\n", n + 1);
      fflush (stdout);
    }
}

/* Kills what draws after so long, or what compacts @is_long (nullable). Returns: how many rounds it
 * said that it had done */
static guint
kill_after (const char *path, gulong us, const char *is_long)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe",
                          is_long ? "--compact" : "--draw", path, is_long, NULL);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;
  guint n = 0;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  /* Until it is at it. */
  line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  g_assert_nonnull (line);
  g_usleep (us);
  g_subprocess_force_exit (process);
  while (line)
    {
      n = (guint) g_ascii_strtoull (line, NULL, 10);
      g_free (line);
      line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
    }
  g_subprocess_wait (process, NULL, NULL);
  return n;
}

/* All that was said to be done is, step by step. */
static void
assert_whole (MonocleDocument *document, guint n)
{
  GListModel *regions = monocle_document_get_regions (document);

  for (guint i = 0; i < n; i++)
    {
      MonocleAnnotation *region = peek (regions, i);
      g_autofree char *name = g_strdup_printf ("%u", i + 1);

      g_assert_cmpstr (monocle_annotation_get_label (region), ==, name);
      g_assert_cmpfloat (monocle_annotation_get_bounds (region).x, ==, i % 60 + 1);
    }
}

/* At any moment: all that was said to be done is there. MONOCLE_KILLS=200 is what a person waits
 * for. */
static void
test_killed (Fixture *f, gconstpointer data)
{
  const char *kills = g_getenv ("MONOCLE_KILLS");
  guint n_kills = kills ? (guint) g_ascii_strtoull (kills, NULL, 10) : 30, n_more = 0;

  for (guint i = 0; i < n_kills; i++)
    {
      guint n_said, n;

      g_clear_object (&f->document);
      n_said = kill_after (f->path, (gulong) g_test_rand_int_range (0, 3000), NULL);
      f->document = open_document (f->path);
      g_assert_no_error (monocle_document_get_trouble (f->document));
      n = count_items (monocle_document_get_regions (f->document));
      g_assert_cmpuint (n, >=, n_said);
      g_assert_cmpuint (n, <=, n_said + 1);
      n_more += n - n_said;
      assert_whole (f->document, n_said);
      if (n > n_said)
        {
          /* A round that was not done: the next begins behind those that are. */
          g_autoptr (GPtrArray) half
              = pick (peek (monocle_document_get_regions (f->document), n_said));

          monocle_document_remove_regions (f->document, half);
        }
      /* The next begins with few again, so that it is soon at it. */
      if (n > 500)
        {
          g_clear_object (&f->document);
          g_unlink (f->path);
        }
    }
  g_test_message ("%u kills: nothing lost that was said to be done; %u times more was there",
                  n_kills, n_more);
}

/* Writes the journal of the second path anew, as the first, for ever. */
G_NORETURN static void
compact_for_ever (const char *path, const char *is_long)
{
  for (guint n = 1;; n++)
    {
      g_autofree char *bytes = NULL;
      gsize n_bytes;
      MonocleDocument *document;

      g_assert_true (g_file_get_contents (is_long, &bytes, &n_bytes, NULL));
      g_assert_true (g_file_set_contents (path, bytes, (gssize) n_bytes, NULL));
      document = open_document (path);
      draw (document, 5);
      g_object_unref (document);
      printf ("%u\n", n);
      fflush (stdout);
    }
}

/* While a journal that is too long is written anew: it is the one or the other. */
static void
test_compacted (Fixture *f, gconstpointer data)
{
  g_autofree char *is_long = g_strconcat (f->path, ".long", NULL);
  g_autofree char *fresh = g_strconcat (f->path, MONOCLE_JOURNAL_FRESH, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GPtrArray) picked = pick (draw (f->document, 1));
  g_autofree char *words = NULL;
  gsize n_bytes;
  guint n_halves = 0;

  for (guint i = 0; i < 400; i++)
    monocle_document_move (f->document, picked, i % 2 ? 1 : -1, 0);
  words = describe (f->document);
  g_clear_object (&f->document);
  g_assert_true (g_file_get_contents (f->path, &bytes, &n_bytes, NULL));
  g_assert_true (g_file_set_contents (is_long, bytes, (gssize) n_bytes, NULL));
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *after = NULL;
      GListModel *regions;

      kill_after (f->path, (gulong) g_test_rand_int_range (0, 20000), is_long);
      n_halves += g_file_test (fresh, G_FILE_TEST_EXISTS);
      f->document = open_document (f->path);
      g_assert_no_error (monocle_document_get_trouble (f->document));
      regions = monocle_document_get_regions (f->document);
      /* What was drawn afterwards, perhaps. */
      if (count_items (regions) == 2)
        monocle_undo_undo (monocle_document_get_undo (f->document));
      after = describe (f->document);
      g_assert_cmpstr (after, ==, words);
      g_clear_object (&f->document);
    }
  g_test_message ("%u times in the middle of writing it", n_halves);
  {
    g_autofree char *folder = g_path_get_dirname (f->path);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    /* Copies that were killed, too. */
    while ((name = g_dir_read_name (dir)))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_unlink (path);
      }
  }
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--draw"))
    draw_for_ever (argv[2]);
  if (argc == 4 && g_str_equal (argv[1], "--compact"))
    compact_for_ever (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/killed/edits", Fixture, NULL, set_up, test_killed, tear_down);
  g_test_add ("/killed/compacted", Fixture, NULL, set_up, test_compacted, tear_down);
  return g_test_run ();
}
