/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Annotations: a copy of their object, where they are in words; pixels turned.
 */
#include "config.h"

#include "app/document/turn.h"
#include "tests/unit/answer-fixture.h"

static const MonocleMatrix upright = MONOCLE_MATRIX_IDENTITY;

static MonocleAnnotation *
annotate (MonocleObject object)
{
  return monocle_annotation_new (&object, 3, 4, -1);
}

static void
test_copy (void)
{
  char label[] = "cat";
  MonocleShape *shape = monocle_shape_new_box (&(MonocleBox){ 0, 0, 10, 10 });
  g_autoptr (MonocleAnnotation) annotation
      = annotate ((MonocleObject){ .label = label, .shape = shape });
  g_autoptr (MonocleAnnotation) nameless = annotate (box_object ("", 0, 0, 1, 1));
  g_autofree char *title = monocle_annotation_dup_title (annotation);
  g_autofree char *number = monocle_annotation_dup_title (nameless);

  label[0] = 'r';
  monocle_shape_unref (shape);
  g_assert_cmpstr (monocle_annotation_get_label (annotation), ==, "cat");
  assert_bounds (annotation, 0, 0, 10, 10);
  g_assert_cmpstr (title, ==, "cat");
  g_assert_cmpstr (number, ==, "Object 3");
}

static void
test_changed (void)
{
  g_autoptr (MonocleAnnotation) annotation = annotate (box_object ("", 1, 2, 3, 4));
  guint n = 0;

  g_signal_connect (annotation, "changed", G_CALLBACK (count_up), &n);
  monocle_annotation_set_colour (annotation, 4);
  monocle_annotation_set_number (annotation, 3);
  monocle_annotation_set_shape (annotation, box_shape (1, 2, 3, 4));
  g_assert_cmpuint (n, ==, 0);
  monocle_annotation_set_colour (annotation, 5);
  g_assert_cmpuint (n, ==, 1);
  monocle_annotation_set_number (annotation, 4);
  g_assert_cmpuint (n, ==, 2);
  monocle_annotation_set_shape (annotation, box_shape (1, 2, 3, 5));
  g_assert_cmpuint (n, ==, 3);
}

static void
assert_box (MonocleObject object, float x1, float y1, float x2, float y2)
{
  g_autoptr (MonocleAnnotation) annotation = annotate (object);
  MonocleBox box = monocle_annotation_get_box (annotation, 100, 50);

  assert_near (box.x1, x1);
  assert_near (box.y1, y1);
  assert_near (box.x2, x2);
  assert_near (box.y2, y2);
}

static void
test_box (void)
{
  assert_box (box_object ("", 30, 40, 10, 20), 10, 20, 30, 40);
  assert_box (box_object ("", -5, -5, 200, 200), 0, 0, 100, 50);
  assert_box (box_object ("", 10.2f, 20, 10.4f, 20), 10.2f, 20, 11.2f, 21);
  assert_box (box_object ("", 100, 50, 100, 50), 99, 49, 100, 50);
  assert_box (box_object ("", 300, 300, 400, 400), 99, 49, 100, 50);
  assert_box (box_object ("", -9, -9, -8, -8), 0, 0, 1, 1);
}

static void
test_position (void)
{
  static const char *const expected[]
      = { "top left", "top",         "top right", "left",        "centre",
          "right",    "bottom left", "bottom",    "bottom right" };

  for (guint i = 0; i < 9; i++)
    {
      float x = (float) (i % 3) * 100, y = (float) (i / 3 * 50);
      g_autoptr (MonocleAnnotation) annotation
          = annotate (box_object ("", x + 20, y + 20, x + 80, y + 30));
      g_autofree char *position = monocle_annotation_dup_position (annotation, &upright, 300, 150);

      g_assert_cmpstr (position, ==, expected[i]);
    }
}

/* The middle counts, not the corner. */
static void
test_position_of_middle (void)
{
  static const struct
  {
    float x1, y1, x2, y2;
    const char *expected;
  } cases[] = {
    { 90, 40, 250, 100, "centre" },        { 0, 0, 290, 149, "centre" },
    { 150, 10, 299, 40, "top right" },     { 10, 60, 80, 149, "bottom left" },
    { 190, 90, 230, 149, "bottom right" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MonocleAnnotation) annotation
          = annotate (box_object ("", cases[i].x1, cases[i].y1, cases[i].x2, cases[i].y2));
      g_autofree char *position = monocle_annotation_dup_position (annotation, &upright, 300, 150);

      g_assert_cmpstr (position, ==, cases[i].expected);
    }
}

/* Where it is seen, not where it is. */
static void
test_position_of_turned (void)
{
  static const char *const expected[] = { "top left", "top right", "bottom right", "bottom left" };
  g_autoptr (MonocleAnnotation) annotation = annotate (box_object ("", 1, 1, 9, 9));

  for (guint quarters = 0; quarters < 4; quarters++)
    {
      const MonocleMatrix turn = monocle_matrix_turn (quarters, 300, 150);
      g_autofree char *position = monocle_annotation_dup_position (
          annotation, &turn, quarters % 2 ? 150 : 300, quarters % 2 ? 300 : 150);

      g_assert_cmpstr (position, ==, expected[quarters]);
    }
}

static void
test_region (void)
{
  const MonocleBox box = { 1, 2, 30, 40 };
  g_autoptr (MonocleAnnotation) source = annotate (box_object ("cat", 0, 0, 1, 1));
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, source);

  g_assert_cmpint (monocle_annotation_get_origin (source), ==, MONOCLE_ORIGIN_RUN);
  g_assert_cmpint (monocle_annotation_get_origin (region), ==, MONOCLE_ORIGIN_PERSON);
  g_assert_true (monocle_annotation_get_source (region) == source);
  g_assert_null (monocle_annotation_get_source (source));
  g_assert_cmpstr (monocle_annotation_get_label (region), ==, "");
  g_assert_true (isnan (monocle_annotation_get_score (region)));
  g_assert_cmpint (monocle_annotation_get_region (region), ==, -1);
  assert_bounds (region, 1, 2, 29, 38);
}

static void
assert_image_turns (guint width, guint height)
{
  g_autofree guint8 *pixels = g_malloc (width * height * 3);
  g_autoptr (MonocleImage) image = NULL, turned = NULL, back = NULL, half = NULL;
  const guint8 *rgb;

  for (guint i = 0; i < width * height * 3; i++)
    pixels[i] = (guint8) ((i * 2654435761u) >> 24);
  image = monocle_image_new_from_pixels (width, height, width * 3, pixels, NULL);

  turned = monocle_turn_image (image, 1, NULL);
  g_assert_cmpuint (monocle_image_get_width (turned), ==, height);
  g_assert_cmpuint (monocle_image_get_height (turned), ==, width);
  rgb = monocle_image_get_pixels (turned);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      g_assert_cmpmem (rgb + 3 * (x * height + height - 1 - y), 3, pixels + 3 * (y * width + x), 3);

  back = monocle_turn_image (turned, 3, NULL);
  g_assert_cmpmem (monocle_image_get_pixels (back), width * height * 3, pixels, width * height * 3);

  half = monocle_turn_image (image, 2, NULL);
  rgb = monocle_image_get_pixels (half);
  g_assert_cmpmem (rgb, 3, pixels + 3 * (width * height - 1), 3);
  g_assert_cmpmem (rgb + 3 * (width * height - 1), 3, pixels, 3);
}

/* Alpha turns along, and what a picture lacks is not forgotten. */
static void
test_alpha_turns (void)
{
  const guint8 alpha[] = { 0, 10, 255 }, rgb[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  g_autoptr (MonocleImage) image
      = monocle_image_new_take_planes (3, 1, g_memdup2 (rgb, 9), g_memdup2 (alpha, 3), TRUE, NULL);
  g_autoptr (MonocleImage) turned = monocle_turn_image (image, 1, NULL);
  g_autoptr (MonocleImage) half = monocle_turn_image (image, 2, NULL);

  g_assert_cmpmem (monocle_image_get_alpha (turned), 3, alpha, 3);
  g_assert_cmpuint (monocle_image_get_alpha (half)[0], ==, 255);
  g_assert_cmpuint (monocle_image_get_alpha (half)[2], ==, 0);
  g_assert_true (monocle_image_is_partial (turned));
}

/* Larger than the squares in which pixels are turned, and no multiple of them; and large enough for
 * several threads. */
static void
test_turn_image (void)
{
  assert_image_turns (131, 70);
  assert_image_turns (1, 200);
  assert_image_turns (1501, 2003);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/annotation/copy", test_copy);
  g_test_add_func ("/annotation/changed", test_changed);
  g_test_add_func ("/annotation/box", test_box);
  g_test_add_func ("/annotation/position", test_position);
  g_test_add_func ("/annotation/position-of-middle", test_position_of_middle);
  g_test_add_func ("/annotation/position-of-turned", test_position_of_turned);
  g_test_add_func ("/annotation/region", test_region);
  g_test_add_func ("/annotation/turn-image", test_turn_image);
  g_test_add_func ("/app/annotation/alpha-turns", test_alpha_turns);
  return g_test_run ();
}
