/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two versions of one picture: what is the same, differs, is alone; how far they agree; and merged
 * in one step by every choice.
 */
#include "config.h"

#include "app/document/id.h"
#include "app/document/versions.h"
#include "tests/unit/keep-fixture.h"

static GListStore *
list (void)
{
  return g_list_store_new (MONOCLE_TYPE_ANNOTATION);
}

static MonocleAnnotation *
add_shape (GListStore *store, guint64 id, MonocleShape *shape, const char *label)
{
  g_autoptr (MonocleAnnotation) annotation = monocle_annotation_new_own (id, shape, label);

  g_list_store_append (store, annotation);
  return annotation;
}

static MonocleAnnotation *
add_box (GListStore *store, guint64 id, const char *label, float x, float width)
{
  g_autoptr (MonocleShape) shape = monocle_shape_new_box (&(MonocleBox){ x, 0, x + width, 10 });

  return add_shape (store, id, shape, label);
}

/* "differs a/b 0.80, here c, there d, same e" */
static char *
describe_versions (GListModel *versions)
{
  static const char *const kinds[] = { "differs", "here", "there", "same" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count_items (versions); i++)
    {
      MonocleVersionPair *version = peek (versions, i);
      MonocleAnnotation *here = monocle_version_pair_get_here (version);
      MonocleAnnotation *there = monocle_version_pair_get_there (version);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                              kinds[monocle_version_pair_get_kind (version)]);
      if (here)
        g_string_append_printf (text, " %s", monocle_annotation_get_label (here));
      if (there)
        g_string_append_printf (text, "%c%s", here ? '/' : ' ',
                                monocle_annotation_get_label (there));
      if (here && there)
        g_string_append_printf (text, " %.2f", monocle_version_pair_get_overlap (version));
    }
  return g_string_free (text, FALSE);
}

static void
assert_versions (GListStore *here, GListStore *there, const char *expected)
{
  g_autoptr (GListModel) versions
      = monocle_versions_new (G_LIST_MODEL (here), G_LIST_MODEL (there));
  g_autofree char *text = describe_versions (versions);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_pairs (void)
{
  g_autoptr (GListStore) here = list (), there = list ();

  assert_versions (here, there, "");
  add_box (here, 1, "a", 0, 10);
  add_box (there, 1, "a", 0, 10);
  assert_versions (here, there, "same a/a 1.00");
  /* Half a pixel is nothing; the case of a name is something, and so is a name. */
  add_box (here, 2, "b", 20, 10);
  add_box (there, 20, "b", 20.4f, 10);
  add_box (here, 3, "c", 40, 10);
  add_box (there, 30, "C", 40, 10);
  assert_versions (here, there, "differs c/C 1.00, same a/a 1.00, same b/b 1.00");
  /* By its name in files, though it lies elsewhere and another one is nearer. */
  add_box (here, 4, "d", 60, 10);
  add_box (there, 4, "d", 75, 10);
  add_box (there, 5, "e", 61, 10);
  assert_versions (here, there,
                   "differs d/d 0.00, differs c/C 1.00, there e, same a/a 1.00, same b/b 1.00");
}

/* By place, whatever they are called, the best first. */
static void
test_places (void)
{
  g_autoptr (GListStore) here = list (), there = list ();
  g_autoptr (GListModel) versions = NULL;

  add_box (here, 1, "cat", 0, 10);
  add_box (here, 2, "dog", 1, 10);
  add_box (here, 3, "alone", 50, 10);
  add_box (there, 11, "cow", 2, 10);
  add_box (there, 12, "far", 70, 10);
  assert_versions (here, there, "differs dog/cow 0.82, here cat, here alone, there far");
  versions = monocle_versions_new (G_LIST_MODEL (here), G_LIST_MODEL (there));
  g_assert_true (monocle_version_pair_has_other_label (peek (versions, 0)));
}

/* Of outlines and pixels what they cover counts, not what is around them; points are where they
 * are. */
static void
test_shapes (void)
{
  static const double whole[] = { 0, 0, 40, 0, 40, 40, 0, 40 };
  static const double half[] = { 0, 0, 40, 0, 0, 40 };
  static const double dots[] = { 5, 5, 6, 8 };
  g_autoptr (GListStore) here = list (), there = list ();
  g_autoptr (MonocleShape) square
      = monocle_shape_new_rings (&(MonocleRing){ .points = whole, .n_points = 4 }, 1);
  g_autoptr (MonocleShape) triangle
      = monocle_shape_new_rings (&(MonocleRing){ .points = half, .n_points = 3 }, 1);
  g_autoptr (MonocleMaskRuns) runs = monocle_shape_to_mask (square, 60, 60);
  g_autoptr (MonocleShape) mask = monocle_shape_new_mask (runs);
  g_autoptr (MonocleShape) points = monocle_shape_new_points (dots, 2);
  g_autoptr (MonocleShape) none = monocle_shape_new_points (NULL, 0);

  add_shape (here, 1, square, "s");
  add_shape (there, 11, triangle, "t");
  assert_versions (here, there, "differs s/t 0.50");
  g_list_store_remove_all (there);
  add_shape (there, 11, mask, "m");
  assert_versions (here, there, "differs s/m 1.00");
  add_shape (here, 2, points, "p");
  add_shape (there, 12, points, "p");
  assert_versions (here, there, "differs s/m 1.00, same p/p 1.00");
  add_shape (here, 3, none, "n");
  assert_versions (here, there, "differs s/m 1.00, here n, same p/p 1.00");
}

static void
test_agreement (void)
{
  g_autoptr (GListStore) here = list (), there = list ();
  g_autoptr (GListModel) none = monocle_versions_new (G_LIST_MODEL (here), G_LIST_MODEL (there));
  g_autoptr (GListModel) versions = NULL;
  MonocleAgreement agreement = monocle_versions_measure (none);

  g_assert_cmpuint (agreement.n_matched, ==, 0);
  g_assert_cmpfloat (agreement.mean_overlap, ==, 0);
  add_box (here, 1, "a", 0, 10);
  add_box (there, 11, "A", 0, 10);
  add_box (here, 2, "b", 20, 10);
  add_box (there, 12, "c", 20, 5);
  /* The same thing, and nobody would call it agreement. */
  add_box (here, 3, "d", 40, 10);
  add_box (there, 3, "d", 49, 10);
  add_box (there, 14, "e", 90, 10);
  versions = monocle_versions_new (G_LIST_MODEL (here), G_LIST_MODEL (there));
  agreement = monocle_versions_measure (versions);
  g_assert_cmpuint (agreement.n_here, ==, 3);
  g_assert_cmpuint (agreement.n_there, ==, 4);
  g_assert_cmpuint (agreement.n_matched, ==, 2);
  g_assert_cmpuint (agreement.n_labels, ==, 1);
  assert_near (agreement.mean_overlap, 0.75);
}

/* Every choice for each, in one step, back and again, and after another start. */
static void
test_merge (Fixture *f, gconstpointer data)
{
  for (guint choices = 0; choices < 27; choices++)
    {
      const guint picks[] = { choices % 3, choices / 3 % 3, choices / 9 };
      GListModel *regions = monocle_document_get_regions (f->document);
      g_autoptr (GListStore) there = list ();
      g_autoptr (GListModel) versions = NULL;
      g_autoptr (GArray) takes = NULL;
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;
      guint n, n_labelled = 0;

      while (count_items (regions) > 0)
        monocle_undo_undo (monocle_document_get_undo (f->document));
      draw (f->document, 1);
      draw (f->document, 30);
      add_box (there, monocle_annotation_get_id (peek (regions, 0)), "theirs", 1, 3);
      add_box (there, monocle_id_new (), "new", 50, 3);
      before = describe (f->document);
      versions = monocle_versions_new (regions, G_LIST_MODEL (there));
      g_assert_cmpuint (count_items (versions), ==, 3);
      for (guint i = 0; i < 3; i++)
        monocle_version_pair_set_choice (peek (versions, i), (MonocleVersionChoice) picks[i]);
      takes = monocle_versions_list_takes (versions);
      monocle_document_take (f->document, MONOCLE_VERB_MERGE_VERSIONS, takes, NULL, NULL, 0, FALSE);
      n = 2 + (picks[0] == MONOCLE_CHOICE_BOTH) - (picks[1] == MONOCLE_CHOICE_THERE)
          + (picks[2] != MONOCLE_CHOICE_HERE);
      g_assert_cmpuint (count_items (regions), ==, n);
      for (guint i = 0; i < n; i++)
        n_labelled += g_str_equal (monocle_annotation_get_label (peek (regions, i)), "theirs");
      g_assert_cmpuint (n_labelled, ==, picks[0] != MONOCLE_CHOICE_HERE);
      after = describe (f->document);
      if (takes->len == 0)
        {
          g_assert_cmpstr (after, ==, before);
          continue;
        }
      assert_same_after_reopening (f);
      g_assert_cmpstr (monocle_undo_get_undo_title (monocle_document_get_undo (f->document)), ==,
                       "Merge Versions");
      for (guint round = 0; round < 2; round++)
        {
          g_autofree char *back = NULL;
          g_autofree char *again = NULL;

          monocle_undo_undo (monocle_document_get_undo (f->document));
          back = describe (f->document);
          g_assert_cmpstr (back, ==, before);
          monocle_undo_redo (monocle_document_get_undo (f->document));
          again = describe (f->document);
          g_assert_cmpstr (again, ==, after);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/versions/pairs", test_pairs);
  g_test_add_func ("/versions/places", test_places);
  g_test_add_func ("/versions/shapes", test_shapes);
  g_test_add_func ("/versions/agreement", test_agreement);
  g_test_add ("/versions/merge", Fixture, NULL, set_up, test_merge, tear_down);
  return g_test_run ();
}
