/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where labels go: off what is smaller than what they name, off each other, those that come first.
 * (That they stay inside is among the tests of annotated pictures.)
 */
#include "config.h"

#include "app/draw/label-layout.h"

static double
overlap (double ax, double ay, double aw, double ah, MonocleRect b)
{
  double width = MIN (ax + aw, b.x + b.width) - MAX (ax, b.x);
  double height = MIN (ay + ah, b.y + b.height) - MAX (ay, b.y);

  return width > 0 && height > 0 ? width * height : 0;
}

static double
overlap_of (const MonocleLabel *label, MonocleRect r)
{
  return overlap (label->x, label->y, label->width, label->height, r);
}

static void
test_outside_when_there_is_room (void)
{
  MonocleLabel label = { .object = { 100, 100, 200, 100 }, .width = 50, .height = 15 };

  monocle_label_layout_place (&label, 1, 640, 480);
  g_assert_cmpfloat (label.x, ==, 100);
  g_assert_cmpfloat (label.y, ==, 85);
  g_assert_cmpfloat (label.covered, ==, 0);
}

static void
test_inside_otherwise (void)
{
  MonocleLabel label = { .object = { 0, 0, 640, 480 }, .width = 50, .height = 15 };

  monocle_label_layout_place (&label, 1, 640, 480);
  g_assert_cmpfloat (label.x, ==, 0);
  g_assert_cmpfloat (label.y, ==, 0);
}

/* A row of small objects where the label of the large one would like to be. */
static void
test_off_smaller_objects (void)
{
  MonocleLabel labels[6] = { { .object = { 100, 100, 300, 200 }, .width = 60, .height = 15 } };

  for (guint i = 1; i < G_N_ELEMENTS (labels); i++)
    labels[i].object = (MonocleRect){ 90 + 16.0 * i, 84, 15, 15 };
  monocle_label_layout_place (labels, G_N_ELEMENTS (labels), 640, 480);
  for (guint i = 1; i < G_N_ELEMENTS (labels); i++)
    g_assert_cmpfloat (overlap_of (&labels[0], labels[i].object), ==, 0);
}

/* All in one place, with no room at all: what comes first is not covered. */
static void
test_first (void)
{
  MonocleLabel labels[20];

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    labels[i] = (MonocleLabel){ .object = { 0, 0, 60 + i, 20 }, .width = 60, .height = 15 };
  labels[13].first = TRUE;
  monocle_label_layout_place (labels, G_N_ELEMENTS (labels), 80, 20);
  g_assert_cmpfloat (labels[13].covered, ==, 0);
  g_assert_cmpfloat (labels[0].covered, >, 0);
}

static void
test_none (void)
{
  MonocleLabel label = { .object = { 1, 2, 3, 4 } };

  monocle_label_layout_place (NULL, 0, 10, 10);
  monocle_label_layout_place (&label, 1, 10, 10);
  monocle_label_layout_place (&label, 1, 0, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/label-layout/outside", test_outside_when_there_is_room);
  g_test_add_func ("/app/label-layout/inside-otherwise", test_inside_otherwise);
  g_test_add_func ("/app/label-layout/off-smaller-objects", test_off_smaller_objects);
  g_test_add_func ("/app/label-layout/first", test_first);
  g_test_add_func ("/app/label-layout/none", test_none);
  return g_test_run ();
}
