/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programs that are killed in the middle of edits: nothing is lost that was said to be done.
 */
#include "config.h"

#include <stdio.h>

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

/* Kills what draws after so long. Returns: how many it said that it had drawn */
static guint
kill_after (const char *path, gulong us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                      "/proc/self/exe", "--draw", path, NULL);
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
      n_said = kill_after (f->path, (gulong) g_test_rand_int_range (0, 3000));
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

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--draw"))
    draw_for_ever (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/killed/edits", Fixture, NULL, set_up, test_killed, tear_down);
  return g_test_run ();
}
