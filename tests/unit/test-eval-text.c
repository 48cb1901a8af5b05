/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Character errors against a plain table (fixtures/eval), answers, captions, and which answers
 * parse.
 */
#include "config.h"

#include <string.h>

#include "app/eval/caption.h"
#include "app/eval/text.h"
#include "tests/fixture.h"

static void
test_distance (void)
{
  g_autoptr (JsonObject) fixture = fixture_read_json_object ("eval/reference.json");
  JsonArray *cases = json_object_get_array_member (fixture, "texts");

  g_assert_cmpuint (json_array_get_length (cases), >=, 200);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      g_autofree char *text
          = monocle_eval_text_squeeze (json_object_get_string_member (object, "text"));
      g_autofree char *truth
          = monocle_eval_text_squeeze (json_object_get_string_member (object, "truth"));

      g_assert_cmpstr (text, ==, json_object_get_string_member (object, "squeezed"));
      g_assert_cmpint (g_utf8_strlen (truth, -1), ==,
                       json_object_get_int_member (object, "length"));
      g_assert_cmpint (monocle_eval_text_get_distance (text, truth), ==,
                       json_object_get_int_member (object, "distance"));
    }
}

static void
test_fold (void)
{
  static const char *const cases[][2] = {
    { "", "" },
    { " . ! ", "" },
    { "A red Car.", "a red car" },
    { "  at the\n top-left, OK?", "at the top-left ok" },
    { "3.50 or 1,000", "3.50 or 1,000" },
    { "e.g. two,three", "e g two three" },
    { "it\u2019s 12:30", "it's 12:30" },
    { "\u00c4PFEL", "\u00e4pfel" },
    { "5 \u20ac, 20 %", "5 \u20ac 20 %" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folded = monocle_eval_text_fold (cases[i][0]);

      g_assert_cmpstr (folded, ==, cases[i][1]);
    }
}

static void
test_answers (void)
{
  const char *const answers[] = { "two", "2", NULL };
  const char *const dots[] = { "...", NULL };

  g_assert_true (monocle_eval_text_is_answer ("Two.", answers));
  g_assert_true (monocle_eval_text_is_answer (" 2", answers));
  g_assert_false (monocle_eval_text_is_answer ("two cars", answers));
  g_assert_false (monocle_eval_text_is_answer ("", answers));
  g_assert_true (monocle_eval_text_is_answer ("...", dots));
  g_assert_false (monocle_eval_text_is_answer ("!", dots));
  g_assert_cmpfloat (monocle_eval_text_get_f1 ("a red car", "A car, red!"), ==, 1);
  g_assert_cmpfloat (monocle_eval_text_get_f1 ("car car", "a car"), ==, 0.5);
  g_assert_cmpfloat (monocle_eval_text_get_f1 ("dog", "a car"), ==, 0);
}

static guint
count (const char *caption, guint *n_slots)
{
  g_autoptr (GPtrArray) slots
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_eval_slot_free);

  g_ptr_array_add (slots, monocle_eval_slot_new ("car", NULL, "red car", 2));
  g_ptr_array_add (slots, monocle_eval_slot_new ("mouse", NULL, NULL, 1));
  g_ptr_array_add (slots, monocle_eval_slot_new ("box", "boxen", "blue box", 1));
  return monocle_eval_caption_count (caption, slots, n_slots);
}

static void
test_captions (void)
{
  guint n_slots;

  /* Three names, two looks, one count. */
  g_assert_cmpuint (count ("Two red cars, a mouse and a blue box.", &n_slots), ==, 6);
  g_assert_cmpuint (n_slots, ==, 6);
  g_assert_cmpuint (count ("2 RED CARS and mice", &n_slots), ==, 4);
  g_assert_cmpuint (count ("a car", &n_slots), ==, 1);
  g_assert_cmpuint (count ("carts, boxer and dormouse", &n_slots), ==, 0);
  g_assert_cmpuint (count ("blue boxen", &n_slots), ==, 2);
  g_assert_true (monocle_eval_text_contains ("\u7ea2\u8272\u6c7d\u8f66", "\u6c7d\u8f66"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/eval-text/distance", test_distance);
  g_test_add_func ("/app/eval-text/fold", test_fold);
  g_test_add_func ("/app/eval-text/answers", test_answers);
  g_test_add_func ("/app/eval-caption/slots", test_captions);
  return g_test_run ();
}
