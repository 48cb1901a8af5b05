/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shapes of every kind are kept, and what is made of several, or of parts of one.
 */
#include "config.h"

#include "tests/unit/keep-fixture.h"

/* Each is one step: what there was, and its names, come back. */
static void
test_parts (Fixture *f, gconstpointer data)
{
  GListModel *regions = monocle_document_get_regions (f->document);
  g_autoptr (GPtrArray) picked = pick (draw (f->document, 40));
  g_autofree char *start = NULL;
  g_autofree char *merged = NULL;
  g_autofree char *back = NULL;
  MonocleAnnotation *one;

  draw (f->document, 1);
  g_assert_null (monocle_document_merge (f->document, picked)); /* one is one already */
  g_ptr_array_add (picked, draw (f->document, 10));
  g_ptr_array_add (picked, draw (f->document, 11));
  monocle_annotation_set_label (picked->pdata[1], "left");
  monocle_annotation_set_label (picked->pdata[2], "right");
  start = describe (f->document);
  g_ptr_array_add (picked, g_ptr_array_steal_index (picked, 0)); /* whichever is clicked first */
  one = monocle_document_merge (f->document, picked);
  g_assert_true (one == peek (regions, 0));
  g_assert_cmpuint (count_items (regions), ==, 2);
  g_assert_cmpstr (monocle_annotation_get_label (one), ==, "left");
  g_assert_nonnull (monocle_shape_get_mask (monocle_annotation_get_shape (one)));
  merged = describe (f->document);

  g_ptr_array_set_size (picked, 0);
  g_ptr_array_add (picked, peek (regions, 0));
  g_ptr_array_add (picked, peek (regions, 1));
  g_assert_cmpuint (monocle_document_split (f->document, picked), ==, 1);
  g_assert_cmpuint (count_items (regions), ==, 3);
  g_assert_cmpfloat (monocle_annotation_get_bounds (peek (regions, 0)).x, ==, 10);
  g_assert_cmpfloat (monocle_annotation_get_bounds (peek (regions, 2)).x, ==, 40);
  g_assert_cmpstr (monocle_annotation_get_label (peek (regions, 2)), ==, "left");
  g_assert_cmpuint (monocle_document_split (f->document, picked), ==, 0);

  g_assert_true (monocle_undo_undo (monocle_document_get_undo (f->document)));
  back = describe (f->document);
  g_assert_cmpstr (back, ==, merged);
  g_assert_true (monocle_undo_undo (monocle_document_get_undo (f->document)));
  g_free (back);
  back = describe (f->document);
  g_assert_cmpstr (back, ==, start);
  monocle_undo_redo (monocle_document_get_undo (f->document));
  monocle_undo_redo (monocle_document_get_undo (f->document));
  g_ptr_array_set_size (picked, 0);
  assert_same_after_reopening (f);
}

/* Whatever it is, it is the same when it is read back. */
static void
test_kinds (Fixture *f, gconstpointer data)
{
  static const double places[] = { 3, 4, 9.5, 20, 40, 12, 5, 30 };
  const MonocleRing ring = { places, 4, MONOCLE_RING_OUTER };
  g_autoptr (MonocleShape) rings = monocle_shape_new_rings (&ring, 1);
  g_autoptr (MonocleMaskRuns) runs = monocle_shape_to_mask (rings, WIDTH, HEIGHT);
  MonocleShape *const shapes[]
      = { monocle_shape_ref (rings), monocle_shape_new_quad (places), monocle_shape_new_mask (runs),
          monocle_shape_new_points (places, 3), monocle_shape_new_line (places, 4) };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (MonocleAnnotation) region = monocle_annotation_new_shape (shapes[i]);

      monocle_document_add_region (f->document, region);
    }
  assert_same_after_reopening (f);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      MonocleAnnotation *region = peek (monocle_document_get_regions (f->document), i);

      g_assert_true (monocle_shape_equal (monocle_annotation_get_shape (region), shapes[i]));
      monocle_shape_unref (shapes[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/keep/parts", Fixture, NULL, set_up, test_parts, tear_down);
  g_test_add ("/keep/kinds", Fixture, NULL, set_up, test_kinds, tear_down);

  return g_test_run ();
}
