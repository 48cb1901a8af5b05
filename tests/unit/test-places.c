/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Location bins and pixels, against the reference's single-precision roundings.
 */
#include "config.h"

#include <math.h>

#include "engine/answer/places.h"
#include "tests/fixture.h"

static void
test_reference (void)
{
  g_autoptr (JsonObject) root = fixture_read_json_object ("parse.json");
  JsonArray *to_pixel = json_object_get_array_member (root, "bin_to_pixel");
  JsonArray *to_bin = json_object_get_array_member (root, "pixel_to_bin");

  g_assert_cmpuint (json_array_get_length (to_pixel), >=, 50);
  for (guint i = 0; i < json_array_get_length (to_pixel); i++)
    {
      JsonArray *row = json_array_get_array_element (to_pixel, i);
      guint side = (guint) json_array_get_int_element (row, 0);
      guint64 bin = (guint64) json_array_get_int_element (row, 1);

      g_assert_cmpint (
          monocle_coords_truncate (monocle_places_from_bin (&monocle_places_loc, bin, side)), ==,
          json_array_get_int_element (row, 2));
    }
  g_assert_cmpuint (json_array_get_length (to_bin), >=, 50);
  for (guint i = 0; i < json_array_get_length (to_bin); i++)
    {
      JsonArray *row = json_array_get_array_element (to_bin, i);
      guint side = (guint) json_array_get_int_element (row, 0);
      float pixels = (float) json_array_get_double_element (row, 1);

      g_assert_cmpint (monocle_places_to_bin (&monocle_places_loc, pixels, side), ==,
                       json_array_get_int_element (row, 2));
    }
}

static void
test_round_trip (void)
{
  static const guint sides[] = { 1, 2, 37, 480, 640, 768, 999, 1000, 1001, 4000, 65535 };

  for (gsize i = 0; i < G_N_ELEMENTS (sides); i++)
    for (guint bin = 0; bin < monocle_places_loc.n_bins; bin++)
      g_assert_cmpuint (monocle_places_to_bin (
                            &monocle_places_loc,
                            monocle_places_from_bin (&monocle_places_loc, bin, sides[i]), sides[i]),
                        ==, bin);
}

static void
test_outside (void)
{
  g_assert_cmpuint (monocle_places_to_bin (&monocle_places_loc, -1, 640), ==, 0);
  g_assert_cmpuint (monocle_places_to_bin (&monocle_places_loc, -INFINITY, 640), ==, 0);
  g_assert_cmpuint (monocle_places_to_bin (&monocle_places_loc, NAN, 640), ==, 0);
  g_assert_cmpuint (monocle_places_to_bin (&monocle_places_loc, 640, 640), ==, 999);
  g_assert_cmpuint (monocle_places_to_bin (&monocle_places_loc, INFINITY, 640), ==, 999);
  g_assert_cmpint (monocle_coords_truncate (-1.5f), ==, -1);
  g_assert_cmpint (monocle_coords_truncate (1.99f), ==, 1);
  g_assert_cmpint (monocle_coords_truncate (1e20f), ==, G_MAXINT);
  g_assert_cmpint (monocle_coords_truncate (-1e20f), ==, G_MININT);
  g_assert_cmpint (monocle_coords_truncate (
                       monocle_places_from_bin (&monocle_places_loc, G_MAXUINT64, G_MAXUINT)),
                   ==, G_MAXINT);
}

/* Another way of writing them down. */
static void
test_order (void)
{
  const MonoclePlaces places
      = { .before = "<", .after = "/>", .n_bins = 10, .order = MONOCLE_PLACES_Y_FIRST };
  const MonocleBox box = { 10, 40, 99, 200 };
  g_autofree char *text = monocle_places_write_box (&places, &box, 100, 200);
  guint64 bin = 0;

  g_assert_cmpstr (text, ==, "<2/><1/><9/><9/>");
  g_assert_cmpuint (monocle_places_measure (&places, text, &bin), ==, 4);
  g_assert_cmpuint (bin, ==, 2);
  g_assert_cmpuint (monocle_places_measure (&places, "<2>", NULL), ==, 0);
  g_assert_cmpuint (monocle_places_measure (&places, "</>", NULL), ==, 0);
  g_assert_cmpuint (monocle_places_measure (&places, "<", NULL), ==, 0);
}

static void
test_box_to_text (void)
{
  const MonocleBox box = { 34.24f, 160.08f, 597.44f, 371.76f };
  g_autofree char *text = monocle_places_write_box (&monocle_places_loc, &box, 640, 480);

  g_assert_cmpstr (text, ==, "<loc_53><loc_333><loc_933><loc_774>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/places/reference", test_reference);
  g_test_add_func ("/engine/places/round-trip", test_round_trip);
  g_test_add_func ("/engine/places/outside", test_outside);
  g_test_add_func ("/engine/places/order", test_order);
  g_test_add_func ("/engine/places/box-to-text", test_box_to_text);
  return g_test_run ();
}
