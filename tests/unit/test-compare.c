/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two answers beside each other.
 */
#include "config.h"

#include "app/document/compare.h"
#include "app/document/query-private.h"
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

/* Of what is in both: whether it moved, or is as sure as before. */
static void
test_changes (void)
{
  MonocleObject left[] = { box_object ("a", 0, 0, 10, 10), box_object ("b", 20, 0, 30, 10),
                           box_object ("c", 40, 0, 50, 10), box_object ("d", 60, 0, 70, 10) };
  MonocleObject right[] = { box_object ("a", 0, 0, 10, 10.5f), box_object ("b", 20, 0, 30, 10),
                            box_object ("c", 41.5f, 0, 50, 10), box_object ("d", 60, 0, 70, 10) };
  g_autoptr (MonocleQuery) a = NULL, b = NULL;
  g_autoptr (MonocleComparison) comparison = NULL;

  right[1].score = 0.52f;
  right[2].score = 0.6f;
  right[3].score = 0.505f;
  a = ask (left, G_N_ELEMENTS (left));
  b = ask (right, G_N_ELEMENTS (right));
  comparison = monocle_compare (a, b, 0.5);
  g_assert_cmpuint (comparison->matched->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      const MonocleMatch *match = &g_array_index (comparison->matched, MonocleMatch, i);
      const char *label = monocle_annotation_get_label (match->left);

      g_assert_cmpint (match->change, ==,
                       *label == 'b'   ? MONOCLE_MATCH_SCORED
                       : *label == 'c' ? MONOCLE_MATCH_MOVED
                                       : MONOCLE_MATCH_SAME);
    }
}

/* What a thing is called counts, or does not. */
static void
test_any_label (void)
{
  const MonocleObject left[] = { box_object ("cat", 0, 0, 10, 10) };
  const MonocleObject right[] = { box_object ("dog", 0, 0, 10, 10) };
  g_autoptr (MonocleQuery) a = ask (left, 1), b = ask (right, 1);
  g_autoptr (MonocleComparison) strict = monocle_compare (a, b, 0.5);
  g_autoptr (MonocleComparison) loose = monocle_compare_lists (
      monocle_query_get_annotations (a), monocle_query_get_annotations (b), 0.5, TRUE);

  g_assert_cmpuint (strict->matched->len, ==, 0);
  g_assert_cmpuint (loose->matched->len, ==, 1);
}

static MonocleQuery *
answered_by (const char *model, const char *digest, const char *device, guint64 seed)
{
  const MonocleQuerySettings settings = {
    .num_beams = 3, .is_drawn = seed > 0, .sampling = { .temperature = 1, .top_p = 1, .seed = seed }
  };
  MonocleQuery *query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);

  monocle_query_set_settings (query, &settings);
  query->model_name = g_strdup (model);
  query->model_digest = g_strdup (digest);
  query->device_name = g_strdup (device);
  return query;
}

static void
test_circumstances (void)
{
  static const struct
  {
    const char *model, *digest, *device;
    guint64 seed;
    const char *says;
  } cases[] = {
    { "base", "1", "GPU", 7, "" },
    { NULL, NULL, NULL, 7, "" },
    { "large", "2", "GPU", 7, "Another model: large, before base" },
    { "base", "2", "GPU", 7, "Other files of the model of that name" },
    { "base", "1", "CPU", 7, "Another device: CPU, before GPU" },
    { "base", "1", "GPU", 8, "Other settings" },
    { "base", "1", "GPU", 0, "Other settings" },
    { "large", "1", "CPU", 8,
      "Another model: large, before base; Another device: CPU, before GPU; Other settings" },
  };
  g_autoptr (MonocleQuery) before = answered_by ("base", "1", "GPU", 7);
  g_autoptr (MonocleQuery) again = monocle_query_new_again (before, NULL);

  g_assert_true (monocle_query_get_id (again) != monocle_query_get_id (before));
  g_assert_true (monocle_query_get_task (again) == monocle_query_get_task (before));
  g_assert_true (monocle_query_get_settings (again)->sampling.seed == 7);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MonocleQuery) after
          = answered_by (cases[i].model, cases[i].digest, cases[i].device, cases[i].seed);
      g_auto (GStrv) facts = monocle_compare_circumstances (before, after);
      g_autofree char *text = g_strjoinv ("; ", facts);

      g_assert_cmpstr (text, ==, cases[i].says);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compare/pairs", test_pairs);
  g_test_add_func ("/compare/greedy", test_greedy);
  g_test_add_func ("/compare/labels", test_labels);
  g_test_add_func ("/compare/overlap", test_overlap);
  g_test_add_func ("/compare/changes", test_changes);
  g_test_add_func ("/compare/any-label", test_any_label);
  g_test_add_func ("/compare/circumstances", test_circumstances);
  return g_test_run ();
}
