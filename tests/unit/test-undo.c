/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stack of steps: back, again, what is forgotten and freed.
 */
#include "config.h"

#include "app/document/undo.h"

/* A number, and steps that add to it. */
typedef struct
{
  int *number;
  int *n_alive;
  int amount;
} Add;

static void
add (gpointer data, gboolean forward)
{
  Add *step = data;

  *step->number += forward ? step->amount : -step->amount;
}

static void
do_nothing (gpointer data, gboolean forward)
{
}

static void
add_free (gpointer data)
{
  Add *step = data;

  (*step->n_alive)--;
  g_free (step);
}

static void
do_add (MonocleUndo *undo, int *number, int *n_alive, int amount)
{
  Add *step = g_new0 (Add, 1);
  g_autofree char *title = g_strdup_printf ("Add %d", amount);

  *step = (Add){ number, n_alive, amount };
  *number += amount;
  (*n_alive)++;
  monocle_undo_push (undo, title, add, step, add_free);
}

static void
assert_can (MonocleUndo *undo, const char *undo_title, const char *redo_title)
{
  gboolean can_undo, can_redo;

  g_object_get (undo, "can-undo", &can_undo, "can-redo", &can_redo, NULL);
  g_assert_cmpint (can_undo, ==, undo_title != NULL);
  g_assert_cmpint (can_redo, ==, redo_title != NULL);
  g_assert_cmpstr (monocle_undo_get_undo_title (undo), ==, undo_title);
  g_assert_cmpstr (monocle_undo_get_redo_title (undo), ==, redo_title);
}

static void
count (guint *n)
{
  (*n)++;
}

static void
test_back_and_again (void)
{
  MonocleUndo *undo = monocle_undo_new ();
  int number = 0, n_alive = 0;
  guint n_notified = 0;

  g_signal_connect_swapped (undo, "notify::can-undo", G_CALLBACK (count), &n_notified);
  assert_can (undo, NULL, NULL);
  g_assert_false (monocle_undo_undo (undo));
  g_assert_false (monocle_undo_redo (undo));

  do_add (undo, &number, &n_alive, 1);
  do_add (undo, &number, &n_alive, 10);
  g_assert_cmpuint (n_notified, ==, 2);
  assert_can (undo, "Add 10", NULL);

  g_assert_true (monocle_undo_undo (undo));
  g_assert_cmpint (number, ==, 1);
  assert_can (undo, "Add 1", "Add 10");
  g_assert_true (monocle_undo_undo (undo));
  g_assert_cmpint (number, ==, 0);
  assert_can (undo, NULL, "Add 1");
  g_assert_false (monocle_undo_undo (undo));

  g_assert_true (monocle_undo_redo (undo));
  g_assert_true (monocle_undo_redo (undo));
  g_assert_false (monocle_undo_redo (undo));
  g_assert_cmpint (number, ==, 11);

  /* Something new after a step back: what could be redone is freed. */
  monocle_undo_undo (undo);
  do_add (undo, &number, &n_alive, 100);
  g_assert_cmpint (n_alive, ==, 2);
  assert_can (undo, "Add 100", NULL);
  monocle_undo_undo (undo);
  g_assert_cmpint (number, ==, 1);

  monocle_undo_clear (undo);
  g_assert_cmpint (n_alive, ==, 0);
  g_assert_cmpint (number, ==, 1);
  assert_can (undo, NULL, NULL);

  do_add (undo, &number, &n_alive, 1);
  g_assert_finalize_object (undo);
  g_assert_cmpint (n_alive, ==, 0);
}

static void
test_limit (void)
{
  MonocleUndo *undo = monocle_undo_new ();
  int number = 0, n_alive = 0;

  for (int i = 0; i < 250; i++)
    do_add (undo, &number, &n_alive, 1);
  g_assert_cmpint (n_alive, ==, 200);
  while (monocle_undo_undo (undo))
    ;
  g_assert_cmpint (number, ==, 50);
  g_assert_finalize_object (undo);
}

static void
test_peek (void)
{
  g_autoptr (MonocleUndo) undo = monocle_undo_new ();
  int number = 0, n_alive = 0;
  Add *step;

  g_assert_null (monocle_undo_peek (undo, add));
  do_add (undo, &number, &n_alive, 1);
  step = monocle_undo_peek (undo, add);
  g_assert_nonnull (step);
  g_assert_null (monocle_undo_peek (undo, do_nothing));

  step->amount++;
  number++;
  monocle_undo_undo (undo);
  g_assert_cmpint (number, ==, 0);
  g_assert_null (monocle_undo_peek (undo, add));

  /* One can be taken back, but another could be taken again. */
  monocle_undo_redo (undo);
  do_add (undo, &number, &n_alive, 1);
  monocle_undo_undo (undo);
  g_assert_null (monocle_undo_peek (undo, add));
}

static void
test_join (void)
{
  MonocleUndo *undo = monocle_undo_new ();
  int number = 0, n_alive = 0;

  do_add (undo, &number, &n_alive, 1);
  do_add (undo, &number, &n_alive, 2);
  do_add (undo, &number, &n_alive, 4);
  monocle_undo_join (undo, "Add six");
  assert_can (undo, "Add six", NULL);
  g_assert_cmpint (number, ==, 7);
  monocle_undo_undo (undo);
  assert_can (undo, "Add 1", "Add six");
  g_assert_cmpint (number, ==, 1);
  monocle_undo_redo (undo);
  g_assert_cmpint (number, ==, 7);
  g_assert_cmpint (n_alive, ==, 3);
  g_assert_finalize_object (undo);
  g_assert_cmpint (n_alive, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/undo/back-and-again", test_back_and_again);
  g_test_add_func ("/undo/join", test_join);
  g_test_add_func ("/undo/limit", test_limit);
  g_test_add_func ("/undo/peek", test_peek);
  return g_test_run ();
}
