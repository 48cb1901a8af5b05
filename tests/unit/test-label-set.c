/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sets of labels: what a person does to one, its colours wherever labels are drawn, and that it is
 * there again.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/draw/palette.h"
#include "app/labels/label-home.h"
#include "app/labels/label-import.h"
#include "app/labels/label-file.h"

static char *
describe (MonocleLabelSet *set)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (set)); i++)
    {
      g_autoptr (MonocleLabelItem) label = g_list_model_get_item (G_LIST_MODEL (set), i);
      GPtrArray *attributes = monocle_label_item_get_attributes (label);

      g_string_append_printf (
          text, "%s%s %06x %u", i > 0 ? ", " : "", monocle_label_item_get_name (label),
          monocle_label_item_get_rgb (label), monocle_label_item_get_digit (label));
      for (guint k = 0; k < attributes->len; k++)
        {
          const MonocleAttribute *one = attributes->pdata[k];
          g_autofree char *choices = one->choices ? g_strjoinv ("/", one->choices) : g_strdup ("");

          g_string_append_printf (text, " [%s %s %s]", one->name,
                                  monocle_attribute_kind_get_id (one->kind), choices);
        }
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_names (MonocleLabelSet *set, const char *wanted)
{
  g_auto (GStrv) names = monocle_label_set_dup_names (set);
  g_autofree char *joined = g_strjoinv (" ", names);

  g_assert_cmpstr (joined, ==, wanted);
}

static void
count (guint *n)
{
  ++*n;
}

/* As a view of the list follows it. */
static void
follow (GListModel *list, guint position, guint removed, guint added, GPtrArray *seen)
{
  if (removed > 0)
    g_ptr_array_remove_range (seen, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (seen, (int) (position + i), g_list_model_get_item (list, position + i));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, seen->len);
}

static void
test_change (void)
{
  g_autoptr (MonocleLabelSet) set = monocle_label_set_new ();
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_object_unref);
  MonocleLabelItem *tree, *hut, *sky;
  guint n = 0;

  g_signal_connect_swapped (set, "changed", G_CALLBACK (count), &n);
  g_signal_connect (set, "items-changed", G_CALLBACK (follow), seen);
  tree = monocle_label_set_add (set, " tree ");
  hut = monocle_label_set_add (set, "hut");
  sky = monocle_label_set_add (set, "sky");
  g_assert_null (monocle_label_set_add (set, "hut"));
  g_assert_null (monocle_label_set_add (set, " "));
  g_assert_cmpuint (n, ==, 3);
  assert_names (set, "tree hut sky");
  g_assert_cmpuint (monocle_label_item_get_digit (sky), ==, 3);
  g_assert_cmphex (monocle_label_item_get_rgb (tree), !=, monocle_label_item_get_rgb (hut));

  monocle_label_set_move (set, sky, 0);
  assert_names (set, "sky tree hut");
  monocle_label_set_move (set, sky, 99);
  assert_names (set, "tree hut sky");
  g_assert_true (seen->pdata[2] == (gpointer) sky && seen->pdata[0] == (gpointer) tree);
  g_assert_false (monocle_label_set_rename (set, hut, "sky"));
  g_assert_false (monocle_label_set_rename (set, hut, ""));
  g_assert_true (monocle_label_set_rename (set, hut, "hut"));
  g_assert_true (monocle_label_set_rename (set, hut, "house"));
  g_assert_null (monocle_label_set_find (set, "hut"));
  g_assert_true (monocle_label_set_find (set, "house") == hut);
  /* A digit has one label. */
  monocle_label_set_give_digit (set, hut, 1);
  g_assert_true (monocle_label_set_find_digit (set, 1) == hut);
  g_assert_cmpuint (monocle_label_item_get_digit (tree), ==, 0);
  n = 0;
  monocle_label_set_give_digit (set, hut, 1);
  monocle_label_set_recolour (set, hut, monocle_label_item_get_rgb (hut));
  g_assert_cmpuint (n, ==, 0);
  monocle_label_set_remove (set, tree);
  assert_names (set, "house sky");
  g_assert_null (monocle_label_set_find (set, "tree"));
  g_assert_cmpuint (n, ==, 1);
}

static void
test_many (void)
{
  g_autoptr (MonocleLabelSet) set = monocle_label_set_new ();
  g_autoptr (GHashTable) colours = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);
      MonocleLabelItem *label = monocle_label_set_add (set, name);

      g_assert_cmpuint (monocle_label_item_get_digit (label), ==, i < 9 ? i + 1 : 0);
      g_assert_cmphex (monocle_label_item_get_rgb (label), <=, 0xffffff);
      g_assert_true (
          g_hash_table_add (colours, GUINT_TO_POINTER (monocle_label_item_get_rgb (label))));
    }
}

static guint
get_colour (const char *label)
{
  guint index;

  monocle_palette_assign (&label, 1, &index);
  return index;
}

/* What is drawn has the colour of the set, as long as there is one. */
static void
test_colours (void)
{
  const char *const both[] = { "palette tree", "palette hut" };
  const guint before = get_colour ("palette tree");
  MonocleLabelSet *set = monocle_label_set_new (), *other;
  MonocleColour colour;
  guint indices[2];

  monocle_palette_keep (both, 1, &before);
  monocle_label_set_recolour (set, monocle_label_set_add (set, "palette tree"), 0x336699);
  monocle_palette_assign (both, 2, indices);
  g_assert_cmphex (indices[0], ==, MONOCLE_PALETTE_RGB (0x336699));
  g_assert_cmpuint (indices[1], <, MONOCLE_PALETTE_COLOURS);
  g_assert_cmphex (get_colour ("Palette TREE"), ==, MONOCLE_PALETTE_RGB (0x336699));
  colour = monocle_palette_get (indices[0]);
  g_assert_cmpfloat_with_epsilon (colour.red, 0x33 / 255.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (colour.blue, 0x99 / 255.0, 1e-9);
  /* It is not what the label has for ever. */
  monocle_palette_keep (both, 2, indices);

  other = monocle_label_set_new ();
  monocle_label_set_recolour (other, monocle_label_set_add (other, "palette tree"), 0xffffff);
  g_assert_cmphex (get_colour ("palette tree"), ==, MONOCLE_PALETTE_RGB (0xffffff));
  g_assert_finalize_object (other);
  g_assert_cmphex (get_colour ("palette tree"), ==, MONOCLE_PALETTE_RGB (0x336699));
  g_assert_finalize_object (set);
  g_assert_cmpuint (get_colour ("palette tree"), ==, before);
}

static void
add_attributes (MonocleLabelSet *set, MonocleLabelItem *label)
{
  const char *const choices[] = { "summer", "", "winter", "summer", NULL };

  g_assert_null (monocle_attribute_new (" ", MONOCLE_ATTRIBUTE_TEXT, NULL));
  g_assert_null (monocle_attribute_new ("season", MONOCLE_ATTRIBUTE_CHOICE, NULL));
  g_assert_true (monocle_label_set_take_attribute (
      set, label, monocle_attribute_new ("season", MONOCLE_ATTRIBUTE_CHOICE, choices)));
  g_assert_true (monocle_label_set_take_attribute (
      set, label, monocle_attribute_new ("age", MONOCLE_ATTRIBUTE_TEXT, NULL)));
  /* Said anew. */
  g_assert_true (monocle_label_set_take_attribute (
      set, label, monocle_attribute_new ("age", MONOCLE_ATTRIBUTE_NUMBER, NULL)));
  g_assert_cmpuint (monocle_label_item_get_attributes (label)->len, ==, 2);
}

static void
test_again (void)
{
  g_autoptr (GFile) folder = g_file_new_for_path ("/pictures/summer");
  g_autofree char *path = monocle_label_home_dup_path (folder);
  g_autofree char *other_path = monocle_label_home_dup_path (NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *imported = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GError) error = NULL;
  MonocleLabelSet *set = monocle_label_home_open (folder), *same;

  g_assert_cmpstr (path, !=, other_path);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 0);
  monocle_label_set_add (set, "tree");
  monocle_label_set_add (set, "\xc3\xa4 \"hut\"");
  monocle_label_set_give_digit (set, monocle_label_set_find (set, "tree"), 0);
  add_attributes (set, monocle_label_set_find (set, "tree"));
  monocle_label_set_recolour (set, monocle_label_set_find (set, "tree"), 0x000102);
  g_assert_no_error (monocle_label_set_get_trouble (set));
  same = monocle_label_home_open (folder);
  g_assert_true (same == set);
  g_object_unref (same);
  before = describe (set);
  g_assert_finalize_object (set);

  set = monocle_label_home_open (folder);
  after = describe (set);
  g_assert_cmpstr (after, ==, before);
  g_assert_nonnull (strstr (after, "tree 000102 0 [season choice summer/winter] [age number ]"));
  g_assert_finalize_object (set);

  /* Exported, it can be imported. */
  labels = monocle_label_import_load (path, &error);
  g_assert_no_error (error);
  set = monocle_label_set_new ();
  g_assert_cmpuint (monocle_label_set_merge (set, labels), ==, 2);
  /* An import deals digits. */
  g_assert_cmpuint (monocle_label_item_get_digit (monocle_label_set_find (set, "tree")), ==, 1);
  monocle_label_set_give_digit (set, monocle_label_set_find (set, "tree"), 0);
  monocle_label_set_give_digit (set, monocle_label_set_find (set, "\xc3\xa4 \"hut\""), 2);
  imported = describe (set);
  g_assert_cmpstr (imported, ==, after);
  g_object_unref (set);
  g_unlink (path);
}

/* Nobody's labels are written over because they could not be read; and what cannot be written is
 * said. */
static void
test_trouble (void)
{
  g_autoptr (GFile) folder = g_file_new_for_path ("/pictures/winter");
  g_autofree char *path = monocle_label_home_dup_path (folder);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  MonocleLabelSet *set;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "{\"labels\":[{\"name\":3}]}", -1, NULL));
  set = monocle_label_home_open (folder);
  g_assert_nonnull (monocle_label_set_get_trouble (set));
  monocle_label_set_add (set, "tree");
  g_assert_nonnull (monocle_label_set_get_trouble (set));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "{\"labels\":[{\"name\":3}]}");
  g_assert_finalize_object (set);

  g_unlink (path);
  set = monocle_label_home_open (folder);
  g_assert_no_error (monocle_label_set_get_trouble (set));
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  monocle_label_set_add (set, "tree");
  g_assert_nonnull (monocle_label_set_get_trouble (set));
  g_rmdir (path);
  monocle_label_set_add (set, "hut");
  g_assert_no_error (monocle_label_set_get_trouble (set));
  g_assert_finalize_object (set);
  g_unlink (path);
}

static void
test_merge (void)
{
  static const char text[] = "{\"labels\":[{\"name\":\"hut\",\"colour\":\"#0000ff\",\"digit\":1},"
                             "{\"name\":\"sky\",\"colour\":\"red\",\"later\":[],\"attributes\":["
                             "{\"name\":\"x\",\"kind\":\"of a later version\"}]}]}";
  g_autoptr (MonocleLabelSet) set = monocle_label_set_new ();
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GError) error = NULL;

  monocle_label_set_add (set, "tree");
  monocle_label_set_add (set, "hut");
  labels = monocle_label_import_parse (text, sizeof text - 1, "l.json", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_label_set_merge (set, labels), ==, 1);
  assert_names (set, "tree hut sky");
  g_assert_cmphex (monocle_label_item_get_rgb (monocle_label_set_find (set, "hut")), ==, 0x0000ff);
  /* Who had the digit keeps it. */
  g_assert_cmpuint (monocle_label_item_get_digit (monocle_label_set_find (set, "tree")), ==, 1);
  g_assert_cmpuint (monocle_label_item_get_digit (monocle_label_set_find (set, "hut")), ==, 2);
  g_assert_cmpuint (monocle_label_item_get_digit (monocle_label_set_find (set, "sky")), ==, 3);
}

static void
take (MonocleLabelSet *set,
      MonocleLabelItem *label,
      const char *name,
      MonocleAttributeKind kind,
      const char *words)
{
  g_auto (GStrv) choices = g_strsplit (words, " ", -1);

  g_assert_true (monocle_label_set_take_attribute (
      set, label, monocle_attribute_new (name, kind, (const char *const *) choices)));
}

static char *
describe_attributes (MonocleLabelItem *label)
{
  GPtrArray *attributes = monocle_label_item_get_attributes (label);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < attributes->len; i++)
    {
      const MonocleAttribute *attribute = attributes->pdata[i];
      g_autofree char *words = attribute->choices ? g_strjoinv (" ", attribute->choices) : NULL;

      g_string_append_printf (text, "%s%s %s %s", i > 0 ? ", " : "", attribute->name,
                              monocle_attribute_kind_get_id (attribute->kind), words ? words : "-");
    }
  return g_string_free (text, FALSE);
}

/* Two labels become one, and what can be said of its things is what could be said of either. */
static void
test_join (void)
{
  g_autoptr (MonocleLabelSet) set = monocle_label_set_new ();
  MonocleLabelItem *oak = monocle_label_set_add (set, "oak");
  MonocleLabelItem *tree = monocle_label_set_add (set, "tree");
  const guint32 rgb = monocle_label_item_get_rgb (tree);
  g_autofree char *said = NULL;
  guint n = 0;

  take (set, oak, "season", MONOCLE_ATTRIBUTE_CHOICE, "winter fall");
  take (set, oak, "age", MONOCLE_ATTRIBUTE_TEXT, "");
  take (set, oak, "height", MONOCLE_ATTRIBUTE_NUMBER, "");
  take (set, tree, "age", MONOCLE_ATTRIBUTE_NUMBER, "");
  take (set, tree, "season", MONOCLE_ATTRIBUTE_CHOICE, "summer winter");
  g_signal_connect_swapped (set, "changed", G_CALLBACK (count), &n);
  monocle_label_set_join (set, oak, tree);
  assert_names (set, "tree");
  g_assert_cmpuint (n, >, 0);
  g_assert_cmphex (monocle_label_item_get_rgb (tree), ==, rgb);
  g_assert_cmpuint (monocle_label_item_get_digit (tree), ==, 2);
  said = describe_attributes (tree);
  g_assert_cmpstr (said, ==, "age number -, season choice summer winter fall, height number -");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/app/label-set/change", test_change);
  g_test_add_func ("/app/label-set/many", test_many);
  g_test_add_func ("/app/label-set/colours", test_colours);
  g_test_add_func ("/app/label-set/again", test_again);
  g_test_add_func ("/app/label-set/trouble", test_trouble);
  g_test_add_func ("/app/label-set/merge", test_merge);
  g_test_add_func ("/app/label-set/join", test_join);
  return g_test_run ();
}
