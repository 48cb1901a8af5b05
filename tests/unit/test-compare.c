/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two answers beside each other.
 */
#include "config.h"

#include "app/document/compare.h"
#include "engine/models/florence2/tasks.h"
#include "tests/unit/answer-fixture.h"

static MonocleQuery *
ask (const MonocleObject *objects, guint n_objects)
{
  MonocleQuery *query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);

  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with (objects, n_objects));
  return query;
}

/* "0=1 2=0 | 1 | 2 3": pairs, then what is only left, and only right; by place in the answers. */
static char *
describe (MonocleQuery *left, MonocleQuery *right, double min_iou)
{
  g_autoptr (MonocleComparison) comparison = monocle_compare (left, right, min_iou);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < comparison->matched->len; i++)
    {
      const MonocleMatch *match = &g_array_index (comparison->matched, MonocleMatch, i);

      g_string_append_printf (text, "%u=%u ", monocle_annotation_get_number (match->left) - 1,
                              monocle_annotation_get_number (match->right) - 1);
    }
  g_string_append_c (text, '|');
  for (guint i = 0; i < comparison->only_left->len; i++)
    g_string_append_printf (text, " %u",
                            monocle_annotation_get_number (comparison->only_left->pdata[i]) - 1);
  g_string_append (text, " |");
  for (guint i = 0; i < comparison->only_right->len; i++)
    g_string_append_printf (text, " %u",
                            monocle_annotation_get_number (comparison->only_right->pdata[i]) - 1);

  return g_string_free (text, FALSE);
}

static void
assert_comparison (const MonocleObject *left,
                   guint n_left,
                   const MonocleObject *right,
                   guint n_right,
                   const char *expected)
{
  g_autoptr (MonocleQuery) a = ask (left, n_left), b = ask (right, n_right);
  g_autofree char *text = describe (a, b, 0.5);

  g_assert_cmpstr (text, ==, expected);
  g_assert_finalize_object (g_steal_pointer (&a));
  g_assert_finalize_object (g_steal_pointer (&b));
}

static void
test_pairs (void)
{
  const MonocleObject left[]
      = { box_object ("Cat", 0, 0, 10, 10), box_object ("dog", 50, 0, 60, 10),
          box_object ("tree", 0, 50, 10, 60) };
  const MonocleObject right[]
      = { box_object ("dog", 80, 80, 90, 90), box_object ("cAT", 0, 0, 10, 9),
          box_object ("house", 0, 50, 10, 60) };

  assert_comparison (left, 3, right, 3, "0=1 | 1 2 | 0 2");
  assert_comparison (left, 3, NULL, 0, "| 0 1 2 |");
  assert_comparison (NULL, 0, NULL, 0, "| |");
}

/* The best pair first, though another is found earlier; each object once. */
static void
test_greedy (void)
{
  const MonocleObject left[]
      = { box_object ("a", 0, 0, 100, 60), box_object ("a", 0, 0, 100, 100) };
  const MonocleObject right[]
      = { box_object ("a", 0, 0, 100, 90), box_object ("a", 0, 0, 100, 95) };

  assert_comparison (left, 2, right, 2, "1=1 0=0 | |");
  assert_comparison (left, 2, right, 1, "1=0 | 0 |");
}

/* Without labels the place counts alone. */
static void
test_labels (void)
{
  const MonocleObject left[] = { box_object ("", 0, 0, 10, 10), box_object ("a", 20, 0, 30, 10) };
  const MonocleObject right[] = { box_object ("b", 0, 0, 10, 10), box_object ("b", 20, 0, 30, 10) };

  assert_comparison (left, 2, right, 2, "0=0 | 1 | 1");
}

static void
test_overlap (void)
{
  const MonocleObject left = box_object ("a", 0, 0, 10, 10);
  const MonocleObject half = box_object ("a", 0, 5, 10, 15),
                      apart = box_object ("a", 20, 0, 30, 10);
  g_autoptr (MonocleQuery) a = ask (&left, 1), b = ask (&half, 1), c = ask (&apart, 1);
  g_autoptr (MonocleComparison) comparison = monocle_compare (a, b, 0.3);
  g_autofree char *strict = describe (a, b, 0.34), *lax = describe (a, c, 0);

  g_assert_cmpuint (comparison->matched->len, ==, 1);
  assert_near (g_array_index (comparison->matched, MonocleMatch, 0).iou, 1.0 / 3);
  g_assert_cmpstr (strict, ==, "| 0 | 0");
  g_assert_cmpstr (lax, ==, "| 0 | 0");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compare/pairs", test_pairs);
  g_test_add_func ("/compare/greedy", test_greedy);
  g_test_add_func ("/compare/labels", test_labels);
  g_test_add_func ("/compare/overlap", test_overlap);
  return g_test_run ();
}
