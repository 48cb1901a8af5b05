/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said of things besides their names: put and taken away, out of files that say nonsense,
 * undone, kept, written, and not there in what was kept before there were any.
 */
#include "config.h"

#include <math.h>

#include "app/document/attributes.h"
#include "app/json/query.h"
#include "tests/unit/keep-fixture.h"

static void
assert_says (GVariant *attributes, const char *wanted)
{
  g_autofree char *text = monocle_attributes_format (attributes);

  g_assert_cmpstr (text, ==, wanted);
}

/* As put, and the one before let go. */
static void
put (GVariant **attributes, const char *name, GVariant *value)
{
  GVariant *after = monocle_attributes_put (*attributes, name, value);

  g_clear_pointer (attributes, g_variant_unref);
  *attributes = after;
}

static void
test_put (void)
{
  g_autoptr (GVariant) said = NULL;
  g_autofree char *age = NULL;
  g_autofree char *nothing = NULL;
  g_autofree char *much = g_strnfill (MONOCLE_ATTRIBUTES_MAX_CHARACTERS + 1, 'x');

  put (&said, "season", g_variant_new_string ("winter"));
  put (&said, "age", g_variant_new_double (12.5));
  assert_says (said, "season: winter, age: 12.5");
  /* In its place. */
  put (&said, "season", g_variant_new_string ("summer"));
  assert_says (said, "season: summer, age: 12.5");
  age = monocle_attributes_dup_text (said, "age");
  g_assert_cmpstr (age, ==, "12.5");
  nothing = monocle_attributes_dup_text (said, "size");
  g_assert_null (nothing);
  put (&said, "season", NULL);
  assert_says (said, "age: 12.5");
  /* What cannot be said is nothing. */
  put (&said, "x", g_variant_new_double (NAN));
  put (&said, "x", g_variant_new_string (""));
  put (&said, "x", g_variant_new_string (much));
  put (&said, "x", g_variant_new_int32 (3));
  put (&said, "", g_variant_new_string ("x"));
  assert_says (said, "age: 12.5");
  put (&said, "age", NULL);
  g_assert_null (said);
}

static void
test_many (void)
{
  g_autoptr (GVariant) said = NULL;

  for (guint i = 0; i < 2 * MONOCLE_ATTRIBUTES_MAX; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      put (&said, name, g_variant_new_double (i));
    }
  g_assert_cmpuint (g_variant_n_children (said), ==, MONOCLE_ATTRIBUTES_MAX);
}

static void
test_clean (void)
{
  static const struct
  {
    const char *text, *says;
  } cases[] = {
    { "@a{sv} {}", NULL },
    { "'winter'", NULL },
    { "{'season': <'winter'>, 'season': <'summer'>, 'age': <1>, 'size': <2.5>, 'd': <[1.0]>}",
      "season: winter, size: 2.5" },
    { "{'': <'x'>, 'inf': <inf>, 'nan': <nan>, 'v': <<'x'>>}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) parsed = g_variant_ref_sink (g_variant_new_parsed (cases[i].text));
      g_autoptr (GVariant) clean = monocle_attributes_clean (parsed);

      assert_says (clean, cases[i].says);
    }
}

static void
assert_region_says (Fixture *f, guint index, const char *wanted)
{
  MonocleAnnotation *region = peek (monocle_document_get_regions (f->document), index);

  assert_says (monocle_annotation_get_attributes (region), wanted);
}

static void
test_document (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) picked = pick (draw (f->document, 4));
  MonocleUndo *undo = monocle_document_get_undo (f->document);
  g_autofree char *json = NULL;

  g_ptr_array_add (picked, draw (f->document, 9));
  monocle_document_set_label (f->document, picked, "tree");
  monocle_document_set_attribute (f->document, picked, "season", g_variant_new_string ("winter"));
  g_ptr_array_set_size (picked, 1);
  monocle_document_set_attribute (f->document, picked, "age", g_variant_new_double (12));
  assert_region_says (f, 0, "season: winter, age: 12");
  assert_region_says (f, 1, "season: winter");
  g_assert_cmpstr (monocle_undo_get_undo_title (undo), ==, "Set Attribute");
  json = monocle_query_json_format (f->document, NULL);
  g_assert_nonnull (strstr (json, "\"attributes\""));
  g_assert_nonnull (strstr (json, "\"season\""));
  g_assert_nonnull (strstr (json, "12"));
  /* The same again is no step. */
  monocle_undo_undo (undo);
  assert_region_says (f, 0, "season: winter");
  monocle_document_set_attribute (f->document, picked, "season", g_variant_new_string ("winter"));
  g_assert_nonnull (monocle_undo_get_redo_title (undo));
  monocle_undo_redo (undo);

  monocle_document_duplicate (f->document, picked, 1, 1);
  assert_region_says (f, 2, "season: winter, age: 12");
  /* Another name is nothing that was said. */
  monocle_document_set_label (f->document, picked, "hut");
  assert_same_after_reopening (f);
  assert_region_says (f, 0, "season: winter, age: 12");
  assert_region_says (f, 1, "season: winter");
  assert_region_says (f, 2, "season: winter, age: 12");
  undo = monocle_document_get_undo (f->document);
  for (guint i = 0; i < 4; i++)
    monocle_undo_undo (undo);
  assert_region_says (f, 0, NULL);
  assert_region_says (f, 1, NULL);
  for (guint i = 0; i < 4; i++)
    monocle_undo_redo (undo);
  assert_region_says (f, 0, "season: winter, age: 12");
}

/* As states were before things had attributes. */
static void
test_before (void)
{
  g_autoptr (MonocleShape) shape = make_triangle (3);
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (
      "{'shape': <%@" MONOCLE_STORED_SHAPE ">, 'label': <'tree'>}", monocle_shape_store (shape)));
  g_autoptr (GVariant) wrong = g_variant_ref_sink (g_variant_new_parsed (
      "{'shape': <%@" MONOCLE_STORED_SHAPE ">, 'attributes': <'x'>}", monocle_shape_store (shape)));
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_stored (7, state);
  g_autoptr (MonocleAnnotation) other = monocle_annotation_new_stored (8, wrong);
  g_autoptr (GVariant) said = monocle_attributes_put (NULL, "a", g_variant_new_double (1));
  g_autoptr (GVariant) again = NULL;

  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "tree");
  g_assert_null (monocle_annotation_get_attributes (region));
  again = g_variant_ref_sink (monocle_annotation_store (region));
  g_assert_true (g_variant_equal (again, state));
  g_assert_null (monocle_annotation_get_attributes (other));
  monocle_annotation_set_attributes (region, said);
  g_assert_true (monocle_annotation_restore (region, state));
  g_assert_null (monocle_annotation_get_attributes (region));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attributes/put", test_put);
  g_test_add_func ("/attributes/many", test_many);
  g_test_add_func ("/attributes/clean", test_clean);
  g_test_add_func ("/attributes/before", test_before);
  g_test_add ("/attributes/document", Fixture, NULL, set_up, test_document, tear_down);
  return g_test_run ();
}
