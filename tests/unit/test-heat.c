/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Heat maps: what is left of them above a threshold, pixel by pixel; turned; in files, which may
 * say anything; and the objects of an answer that follow a threshold.
 */
#include "config.h"

#include <string.h>

#include "app/document/document.h"
#include "app/document/query-objects.h"
#include "app/document/query-stored.h"
#include "app/json/run.h"
#include "tests/unit/heat-fixture.h"

#define WIDTH  80
#define HEIGHT 60

static const MonocleTask outline = {
  .id = "outline-words",
  .tag = "",
  .title = "Outline by Words",
  .kind = MONOCLE_TASK_OUTLINE,
  .takes = MONOCLE_TAKES_TEXT,
  .gives = MONOCLE_GIVES_OUTLINES,
};

/* --- Thresholds --- */

/* A map of two places over a row of four pixels: 0, 0.25, 0.75, 1. */
static void
test_cut (void)
{
  const MonocleHeat like
      = { .label = (char *) "sky", .columns = 2, .rows = 1, .width = 4, .height = 1 };
  g_autoptr (MonocleHeat) heat = monocle_heat_new (&like, (const float[]){ 0, 1 });
  static const struct
  {
    double threshold;
    guint n;
    double mean;
  } cases[] = { { 0.2, 3, 2.0 / 3 }, { 0.25, 3, 2.0 / 3 }, { 0.26, 2, 0.875 },
                { 0.75, 2, 0.875 },  { 0.76, 1, 1 },       { 1, 1, 1 } };
  double mean;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MonocleMaskRuns) runs = monocle_heat_cut (heat, cases[i].threshold, &mean);

      g_assert_cmpuint (runs->width, ==, 4);
      g_assert_cmpuint (monocle_mask_runs_get_area (runs), ==, cases[i].n);
      for (guint x = 0; x < 4; x++)
        g_assert_cmpint (monocle_mask_runs_has (runs, x, 0), ==, x >= 4 - cases[i].n);
      g_assert_cmpfloat_with_epsilon (mean, cases[i].mean, 1e-4);
    }
  {
    g_autoptr (MonocleHeat) cold = monocle_heat_new (&like, (const float[]){ 0, 0.5f });
    g_autoptr (MonocleMaskRuns) none = monocle_heat_cut (cold, 0.6, &mean);

    g_assert_cmpuint (monocle_mask_runs_get_area (none), ==, 0);
    g_assert_true (isnan (mean));
  }
}

/* All pixels by themselves, of two maps the likelier; one of another size does not count. */
static void
test_spread (void)
{
  const MonocleHeat like
      = { .label = (char *) "sky", .columns = 2, .rows = 1, .width = 4, .height = 1 };
  const MonocleHeat wide
      = { .label = (char *) "sea", .columns = 4, .rows = 1, .width = 4, .height = 1 };
  g_autoptr (MonocleHeat) heat = monocle_heat_new (&like, (const float[]){ 0, 1 });
  g_autoptr (MonocleHeat) flat = monocle_heat_new (&like, (const float[]){ 0.5f, 0.5f });
  g_autoptr (MonocleHeat) other = monocle_heat_new (&wide, (const float[]){ 1, 1, 1, 1 });
  const MonocleHeat *const all[] = { heat, other, flat };
  g_autofree guint16 *one = monocle_heat_spread (all, 2);
  g_autofree guint16 *both = monocle_heat_spread (all, 3);
  static const guint16 wanted[] = { 0, 16384, 49151, 65535 };

  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpint (ABS ((int) one[i] - wanted[i]), <=, 1);
      g_assert_cmpint (both[i], >=, 32767);
    }
  g_assert_cmpint (both[0], ==, 32768);
}

/* What is a quarter of the way down becomes what is a quarter from the right. */
static void
test_turn (void)
{
  g_autoptr (MonocleHeat) heat = heat_hill ("x", WIDTH, HEIGHT, 20, 15, 18);
  const MonocleMatrix way = monocle_matrix_turn (1, WIDTH, HEIGHT);
  const MonocleMatrix back = monocle_matrix_invert (&way);
  g_autoptr (MonocleHeat) turned = monocle_heat_turn (heat, &way);
  g_autoptr (MonocleHeat) again = monocle_heat_turn (turned, &back);
  g_autoptr (MonocleMaskRuns) here = NULL, there = NULL;
  double mean;

  g_assert_cmpuint (turned->width, ==, HEIGHT);
  g_assert_cmpuint (turned->columns, ==, heat->rows);
  g_assert_cmpmem (again->levels, 2 * heat->columns * heat->rows, heat->levels,
                   2 * heat->columns * heat->rows);
  here = monocle_heat_cut (heat, 0.4, &mean);
  there = monocle_heat_cut (turned, 0.4, &mean);
  for (guint x = 0; x < WIDTH; x++)
    for (guint y = 0; y < HEIGHT; y++)
      g_assert_cmpint (monocle_mask_runs_has (here, x, y), ==,
                       monocle_mask_runs_has (there, HEIGHT - 1 - y, x));
}

/* --- In files --- */

static void
test_packed (void)
{
  g_autoptr (MonocleHeat) heat = heat_hill ("x", WIDTH, HEIGHT, 20, 15, 18);
  g_autoptr (GBytes) packed = monocle_heat_pack (heat);
  gsize n;
  const guint8 *bytes = g_bytes_get_data (packed, &n);
  g_autoptr (MonocleHeat) again = monocle_heat_unpack (heat, bytes, n);
  MonocleHeat wrong = *heat;

  g_assert_nonnull (again);
  for (guint i = 0; i < heat->columns * heat->rows; i++)
    g_assert_cmpint (ABS ((int) again->levels[i] - (int) heat->levels[i]), <=, 128);

  /* Cut short, too much, too little, not packed at all, absurd. */
  g_assert_null (monocle_heat_unpack (heat, bytes, n - 1));
  g_assert_null (monocle_heat_unpack (heat, bytes, 0));
  g_assert_null (monocle_heat_unpack (heat, (const guint8 *) "nonsense", 8));
  wrong.columns--;
  g_assert_null (monocle_heat_unpack (&wrong, bytes, n));
  wrong.columns += 2;
  g_assert_null (monocle_heat_unpack (&wrong, bytes, n));
  wrong.columns = G_MAXUINT;
  g_assert_null (monocle_heat_unpack (&wrong, bytes, n));
  wrong = *heat;
  wrong.rows = 0;
  g_assert_null (monocle_heat_unpack (&wrong, bytes, n));
  wrong = *heat;
  wrong.width = wrong.height = 1 << 20;
  g_assert_null (monocle_heat_unpack (&wrong, bytes, n));
  wrong = *heat;
  wrong.threshold = NAN;
  g_assert_null (monocle_heat_unpack (&wrong, bytes, n));
}

static MonocleQuery *
ask (void)
{
  MonocleQuery *query = monocle_query_new (&outline, "cat, dog, moon", NULL, 0, NULL);
  MonocleHeat *const heat[]
      = { heat_hill ("cat", WIDTH, HEIGHT, 20, 20, 15), heat_hill ("dog", WIDTH, HEIGHT, -5, 30, 8),
          heat_hill ("moon", WIDTH, HEIGHT, 60, 30, 15) };

  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with_heat (heat, G_N_ELEMENTS (heat)));
  return query;
}

/* --- The objects of an answer --- */

/* They follow the threshold and stay the same items; what was nowhere comes, what is nowhere goes;
 * what the model said stays. */
static void
test_query (void)
{
  g_autoptr (MonocleQuery) query = ask ();
  MonocleAnnotation *cat = peek_annotation (query, 0);
  const guint64 before = get_pixels (cat);
  guint dog;

  g_assert_cmpuint (count_annotations (query), ==, 2);
  g_assert_cmpfloat_with_epsilon (monocle_query_get_cut (query), 0.4, 1e-6);
  monocle_query_set_cut (query, 0.2);
  g_assert_cmpuint (count_annotations (query), ==, 3);
  g_assert_true (peek_annotation (query, 0) == cat);
  g_assert_cmpuint (get_pixels (cat), >, before);
  g_assert_cmpstr (monocle_annotation_get_label (peek_annotation (query, 1)), ==, "dog");
  dog = monocle_query_find_object (query, peek_annotation (query, 1));
  g_assert_cmpuint (dog, ==, 2);

  monocle_query_set_cut (query, 0.99);
  g_assert_cmpuint (count_annotations (query), ==, 0);
  g_assert_true (monocle_query_can_cut (query));
  monocle_query_set_cut (query, 0.4);
  g_assert_cmpuint (count_annotations (query), ==, 2);
  g_assert_true (peek_annotation (query, 0) == cat);
  g_assert_cmpuint (get_pixels (cat), ==, before);
  g_assert_cmpuint (monocle_result_get_n_objects (monocle_query_get_results (query)->pdata[0]), ==,
                    2);
}

/* What is kept is as it was seen, whatever becomes of the rest; and can be taken back. */
static void
test_kept (void)
{
  g_autofree guint8 *pixels = g_malloc0 (WIDTH * HEIGHT * 3);
  g_autoptr (MonocleImage) image
      = monocle_image_new_from_pixels (WIDTH, HEIGHT, WIDTH * 3, pixels, NULL);
  g_autoptr (MonocleDocument) document = monocle_document_new (NULL, "x.png", image);
  g_autoptr (MonocleQuery) query = ask ();
  g_autoptr (GPtrArray) dog = g_ptr_array_new ();
  g_autoptr (MonocleAnnotation) own = NULL;
  guint64 n;

  monocle_document_add_query (document, query);
  monocle_query_set_cut (query, 0.2);
  g_ptr_array_add (dog, peek_annotation (query, 1));
  n = get_pixels (dog->pdata[0]);
  g_assert_cmpuint (monocle_document_keep (document, query, dog), ==, 1);
  g_assert_cmpuint (count_annotations (query), ==, 2);
  monocle_query_set_cut (query, 0.15);
  g_assert_cmpuint (count_annotations (query), ==, 2);
  own = g_list_model_get_item (monocle_document_get_regions (document), 0);
  g_assert_cmpstr (monocle_annotation_get_label (own), ==, "dog");
  g_assert_cmpuint (get_pixels (own), ==, n);
  monocle_undo_undo (monocle_document_get_undo (document));
  g_assert_cmpuint (count_annotations (query), ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_regions (document)), ==, 0);
}

/* "cat" is there, "dog" comes where less is enough, "moon" was hidden. */
static void
check_again (MonocleQuery *again)
{
  g_assert_nonnull (again);
  g_assert_cmpuint (count_annotations (again), ==, 1);
  g_assert_cmpstr (monocle_query_get_heat (again, 1)->label, ==, "dog");
  g_assert_null (monocle_query_get_heat (again, 3));
  monocle_query_set_cut (again, 0.2);
  g_assert_cmpuint (count_annotations (again), ==, 2);
  g_assert_cmpstr (monocle_annotation_get_label (peek_annotation (again, 1)), ==, "dog");
}

/* In a journal, and in a file of the person's. */
static void
test_stored (void)
{
  g_autoptr (MonocleQuery) query = ask ();
  g_autoptr (MonocleQuery) again = NULL;
  g_autoptr (MonocleQuery) read = NULL;
  g_autoptr (MonocleQuery) wrong = NULL;
  g_autoptr (GVariant) hidden
      = g_variant_ref_sink (g_variant_new ("(bm" MONOCLE_STORED_SHAPE ")", TRUE, NULL));
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *answer;

  monocle_query_restore_object (query, 3, hidden);
  monocle_query_update_objects (query);
  stored = g_variant_ref_sink (monocle_query_store (query));
  again = monocle_query_new_stored (7, stored);
  check_again (again);

  node = monocle_run_json_build (query);
  read = monocle_run_json_read (json_node_get_object (node), "here", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (get_pixels (peek_annotation (read, 0)), ==,
                    get_pixels (peek_annotation (query, 0)));
  check_again (read);

  answer = json_array_get_object_element (
      json_object_get_array_member (json_node_get_object (node), "answers"), 0);
  json_object_set_string_member (
      json_array_get_object_element (json_object_get_array_member (answer, "heat"), 0), "levels",
      "bm9uc2Vuc2U=");
  wrong = monocle_run_json_read (json_node_get_object (node), "here", &error);
  g_assert_null (wrong);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heat/cut", test_cut);
  g_test_add_func ("/heat/spread", test_spread);
  g_test_add_func ("/heat/turn", test_turn);
  g_test_add_func ("/heat/packed", test_packed);
  g_test_add_func ("/heat/query", test_query);
  g_test_add_func ("/heat/kept", test_kept);
  g_test_add_func ("/heat/stored", test_stored);
  return g_test_run ();
}
