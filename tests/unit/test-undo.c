/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stack of edits: back, again, what is forgotten and freed; edits joined, and as values.
 */
#include "config.h"

#include <string.h>

#include "app/document/undo.h"

/* An edit that sets a number, which is all there is. */
static MonocleEdit *
set_number (int before, int after)
{
  MonocleEdit *edit = monocle_edit_new (MONOCLE_VERB_TURN);

  monocle_edit_add (edit, MONOCLE_CHANGE_TURN, 0, 0, g_variant_new_int32 (before),
                    g_variant_new_int32 (after));
  return edit;
}

static void
apply (MonocleEdit *edit, gboolean forward, gpointer data)
{
  const MonocleChange *change = monocle_edit_get_change (edit, 0);
  int *number = data;

  g_assert_cmpint (*number, ==, g_variant_get_int32 (forward ? change->before : change->after));
  *number = g_variant_get_int32 (forward ? change->after : change->before);
}

static void
add (MonocleUndo *undo, int *number, int amount)
{
  g_autoptr (MonocleEdit) edit = set_number (*number, *number + amount);

  *number += amount;
  monocle_undo_push (undo, edit);
}

static void
assert_can (MonocleUndo *undo, gboolean undoes, gboolean redoes)
{
  gboolean can_undo, can_redo;

  g_object_get (undo, "can-undo", &can_undo, "can-redo", &can_redo, NULL);
  g_assert_cmpint (can_undo, ==, undoes);
  g_assert_cmpint (can_redo, ==, redoes);
  g_assert_cmpstr (monocle_undo_get_undo_title (undo), ==, undoes ? "Turn Picture" : NULL);
  g_assert_cmpstr (monocle_undo_get_redo_title (undo), ==, redoes ? "Turn Picture" : NULL);
}

static void
count (guint *n)
{
  (*n)++;
}

static void
test_back_and_again (void)
{
  int number = 0;
  guint n_told = 0;
  MonocleUndo *undo = monocle_undo_new (apply, &number);

  g_signal_connect_swapped (undo, "notify::can-undo", G_CALLBACK (count), &n_told);
  assert_can (undo, FALSE, FALSE);
  g_assert_false (monocle_undo_undo (undo));
  g_assert_false (monocle_undo_redo (undo));
  add (undo, &number, 1);
  add (undo, &number, 2);
  assert_can (undo, TRUE, FALSE);
  g_assert_cmpuint (n_told, ==, 2);

  g_assert_true (monocle_undo_undo (undo));
  g_assert_cmpint (number, ==, 1);
  assert_can (undo, TRUE, TRUE);
  g_assert_true (monocle_undo_undo (undo));
  g_assert_cmpint (number, ==, 0);
  g_assert_false (monocle_undo_undo (undo));
  assert_can (undo, FALSE, TRUE);
  g_assert_true (monocle_undo_redo (undo));
  g_assert_true (monocle_undo_redo (undo));
  g_assert_false (monocle_undo_redo (undo));
  g_assert_cmpint (number, ==, 3);
  g_assert_cmpuint (n_told, ==, 6);

  /* What could be redone is forgotten by the next one. */
  monocle_undo_undo (undo);
  add (undo, &number, 4);
  assert_can (undo, TRUE, FALSE);
  g_assert_cmpint (number, ==, 5);
  monocle_undo_undo (undo);
  g_assert_cmpint (number, ==, 1);
  monocle_undo_clear (undo);
  assert_can (undo, FALSE, FALSE);
  g_assert_finalize_object (undo);
}

/* None is forgotten, however many there are. */
static void
test_many (void)
{
  int number = 0;
  MonocleUndo *undo = monocle_undo_new (apply, &number);
  guint n = 0;

  for (int i = 1; i <= 5000; i++)
    add (undo, &number, i);
  while (monocle_undo_undo (undo))
    n++;
  g_assert_cmpuint (n, ==, 5000);
  g_assert_cmpint (number, ==, 0);
  g_assert_finalize_object (undo);
}

/* One that goes on becomes longer, unless something was taken back since. */
static void
test_longer (void)
{
  int number = 0;
  g_autoptr (MonocleUndo) undo = monocle_undo_new (apply, &number);
  g_autoptr (MonocleEdit) next = set_number (1, 7);
  g_autoptr (MonocleEdit) both = NULL;

  g_assert_null (monocle_undo_peek (undo));
  add (undo, &number, 1);
  both = monocle_edit_join (monocle_undo_peek (undo), next);
  number = 7;
  monocle_undo_replace (undo, both);
  monocle_undo_undo (undo);
  g_assert_cmpint (number, ==, 0);
  g_assert_null (monocle_undo_peek (undo));
  monocle_undo_redo (undo);
  g_assert_cmpint (number, ==, 7);
  g_assert_true (monocle_undo_peek (undo) == both);
}

/* Only what was done to the same things is one step. */
static void
test_join (void)
{
  g_autoptr (MonocleEdit) one = set_number (0, 1);
  g_autoptr (MonocleEdit) other = monocle_edit_new (MONOCLE_VERB_TURN);
  g_autoptr (MonocleEdit) none = monocle_edit_new (MONOCLE_VERB_TURN);

  monocle_edit_add (other, MONOCLE_CHANGE_TURN, 1, 0, NULL, NULL);
  g_assert_null (monocle_edit_join (one, other));
  g_assert_null (monocle_edit_join (one, none));
}

static void
assert_same (GVariant *a, GVariant *b)
{
  g_assert_true (a == b || (a && b && g_variant_equal (a, b)));
}

/* As a value and back: the same; nonsense: none. */
static void
test_stored (void)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_DELETE);
  g_autoptr (MonocleEdit) back = NULL;
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (GVariant) odd = NULL;

  monocle_edit_add (edit, MONOCLE_CHANGE_REGION, G_MAXUINT64, 3, g_variant_new_string ("x"), NULL);
  monocle_edit_add (edit, MONOCLE_CHANGE_OBJECT, 1, G_MAXUINT32, NULL,
                    g_variant_new ("(bu)", 1, 2));
  stored = g_variant_ref_sink (monocle_edit_store (edit));
  back = monocle_edit_restore (stored);
  g_assert_nonnull (back);
  g_assert_cmpint (monocle_edit_get_verb (back), ==, MONOCLE_VERB_DELETE);
  g_assert_cmpuint (monocle_edit_get_n_changes (back), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const MonocleChange *is = monocle_edit_get_change (back, i);
      const MonocleChange *was = monocle_edit_get_change (edit, i);

      g_assert_cmpint (is->kind, ==, was->kind);
      g_assert_true (is->id == was->id && is->place == was->place);
      assert_same (is->before, was->before);
      assert_same (is->after, was->after);
    }

  odd = g_variant_ref_sink (g_variant_new_parsed ("(byte 99, @a(ytumvmv) [])"));
  g_assert_null (monocle_edit_restore (odd));
  g_clear_pointer (&odd, g_variant_unref);
  odd = g_variant_ref_sink (
      g_variant_new_parsed ("(byte 0, @a(ytumvmv) [(77, 1, 2, nothing, nothing)])"));
  g_assert_null (monocle_edit_restore (odd));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/undo/back-and-again", test_back_and_again);
  g_test_add_func ("/undo/many", test_many);
  g_test_add_func ("/undo/longer", test_longer);
  g_test_add_func ("/undo/join", test_join);
  g_test_add_func ("/undo/stored", test_stored);
  return g_test_run ();
}
