/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Queries: answers that arrive bit by bit, which items stay the same, what is said in words, and a
 * picture that is turned meanwhile.
 */
#include "config.h"

#include "engine/models/florence2/tasks.h"
#include "tests/unit/answer-fixture.h"

#define BOXES MONOCLE_GRAMMAR_BOXES

static MonocleQuery *
ask (const char *task)
{
  return monocle_query_new (monocle_florence2_find_task (task), NULL, NULL, 0, NULL);
}

static MonocleQuery *
ask_about_regions (const char *task, guint n)
{
  static const MonocleBox boxes[] = { { 0, 0, 10, 10 }, { 20, 0, 30, 10 }, { 40, 0, 50, 10 } };

  return monocle_query_new (monocle_florence2_find_task (task), NULL, boxes, n, NULL);
}

static MonocleQuery *
start (MonocleQuery *query)
{
  monocle_query_start (query, NULL, 0);
  return query;
}

/* "cat dog": what the list holds. */
static char *
list_labels (MonocleQuery *query)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count_annotations (query); i++)
    g_string_append_printf (text, "%s%s", i ? " " : "",
                            monocle_annotation_get_label (peek_annotation (query, i)));
  return g_string_free (text, FALSE);
}

static void
assert_labels (MonocleQuery *query, const char *expected)
{
  g_autofree char *labels = list_labels (query);

  g_assert_cmpstr (labels, ==, expected);
}

/* --- Items --- */

typedef struct
{
  guint n, position, n_removed, n_added;
} Changes;

static void
on_items_changed (
    GListModel *list, guint position, guint n_removed, guint n_added, Changes *changes)
{
  changes->n++;
  changes->position = position;
  changes->n_removed += n_removed;
  changes->n_added += n_added;
}

static void
assert_changes (Changes *changes, guint n, guint position, guint n_removed, guint n_added)
{
  g_assert_cmpuint (changes->n, ==, n);
  if (n > 0)
    g_assert_cmpuint (changes->position, ==, position);
  g_assert_cmpuint (changes->n_removed, ==, n_removed);
  g_assert_cmpuint (changes->n_added, ==, n_added);
  *changes = (Changes){ 0 };
}

static void
test_streaming (void)
{
  const MonocleObject objects[]
      = { box_object ("cat", 0, 0, 10, 10), box_object ("dog", 1, 1, 11, 11),
          box_object ("cat", 2, 2, 12, 12) };
  const MonocleObject grown[] = { objects[0], objects[1], box_object ("cat", 2, 2, 12, 40),
                                  box_object ("sun", 3, 3, 13, 13) };
  g_autoptr (MonocleQuery) query = start (ask ("detect"));
  g_autoptr (MonocleAnnotation) first = NULL, second = NULL, third = NULL;
  Changes changes = { 0 };
  guint n_changed = 0;

  g_signal_connect (monocle_query_get_annotations (query), "items-changed",
                    G_CALLBACK (on_items_changed), &changes);
  stream_answers (query, (MonocleResult *[]){ NULL }, 1);
  assert_changes (&changes, 0, 0, 0, 0);

  stream_answer (query, answer_with (objects, 1));
  assert_changes (&changes, 1, 0, 0, 1);
  first = g_object_ref (peek_annotation (query, 0));
  g_signal_connect (first, "changed", G_CALLBACK (count_up), &n_changed);

  stream_answer (query, answer_with (objects, 3));
  assert_changes (&changes, 1, 1, 0, 2);
  second = g_object_ref (peek_annotation (query, 1));
  third = g_object_ref (peek_annotation (query, 2));
  g_assert_true (peek_annotation (query, 0) == first);
  g_assert_cmpuint (monocle_annotation_get_colour (first), ==,
                    monocle_annotation_get_colour (third));
  g_assert_cmpuint (monocle_annotation_get_colour (first), !=,
                    monocle_annotation_get_colour (second));

  /* The same once more: nobody notices. */
  stream_answer (query, answer_with (objects, 3));
  assert_changes (&changes, 0, 0, 0, 0);

  /* The last one grew, and another came: both at once. */
  stream_answer (query, answer_with (grown, 4));
  assert_changes (&changes, 1, 2, 1, 2);
  g_assert_true (peek_annotation (query, 0) == first);
  g_assert_true (peek_annotation (query, 1) == second);
  g_assert_true (peek_annotation (query, 2) != third);
  assert_bounds (peek_annotation (query, 2), 2, 2, 10, 38);
  g_assert_cmpuint (monocle_annotation_get_number (peek_annotation (query, 3)), ==, 4);

  finish_one (query, answer_with (grown, 4));
  assert_changes (&changes, 0, 0, 0, 0);
  g_assert_cmpuint (n_changed, ==, 0);
  g_assert_cmpuint (monocle_annotation_get_number (first), ==, 1);
  g_assert_cmpint (monocle_annotation_get_region (first), ==, -1);
}

/* Beam search may say something else in the end: what is in both stays the same. */
static void
test_corrected (void)
{
  const MonocleObject partial[] = { box_object ("a", 0, 0, 1, 1), box_object ("b", 0, 0, 2, 2),
                                    box_object ("c", 0, 0, 3, 3), box_object ("d", 0, 0, 4, 4) };
  const MonocleObject final[]
      = { box_object ("x", 0, 0, 9, 9), partial[3], partial[0], box_object ("b", 0, 0, 8, 8) };
  g_autoptr (MonocleQuery) query = start (ask ("detect"));
  g_autoptr (MonocleAnnotation) a = NULL, d = NULL;

  stream_answer (query, answer_with (partial, 4));
  a = g_object_ref (peek_annotation (query, 0));
  d = g_object_ref (peek_annotation (query, 3));
  finish_one (query, answer_with (final, 4));
  assert_labels (query, "x d a b");
  g_assert_true (peek_annotation (query, 1) == d);
  g_assert_true (peek_annotation (query, 2) == a);
  g_assert_cmpuint (monocle_annotation_get_number (a), ==, 3);
  g_assert_cmpuint (monocle_annotation_get_number (d), ==, 2);
}

/* Two regions are answered side by side: the first grows while the second is there already. */
static void
test_regions (void)
{
  const MonocleObject objects[] = { box_object ("a", 0, 0, 1, 1), box_object ("b", 0, 0, 2, 2) };
  g_autoptr (MonocleQuery) query = start (ask_about_regions ("region-to-segmentation", 2));
  g_autoptr (MonocleAnnotation) second = NULL;
  Changes changes = { 0 };

  stream_answers (query, (MonocleResult *[]){ NULL, answer_with (objects + 1, 1) }, 2);
  assert_labels (query, "b");
  second = g_object_ref (peek_annotation (query, 0));
  g_assert_cmpint (monocle_annotation_get_region (second), ==, 1);

  g_signal_connect (monocle_query_get_annotations (query), "items-changed",
                    G_CALLBACK (on_items_changed), &changes);
  finish_with (query, (MonocleResult *[]){ answer_with (objects, 1), answer_with (objects + 1, 1) },
               2, FALSE);
  assert_labels (query, "a b");
  assert_changes (&changes, 1, 0, 0, 1);
  g_assert_true (peek_annotation (query, 1) == second);
  g_assert_cmpuint (monocle_annotation_get_number (second), ==, 2);
  g_assert_cmpint (monocle_annotation_get_region (peek_annotation (query, 0)), ==, 0);
}

/* A colour that is dealt anew reaches the items that are there. */
static void
test_colours (void)
{
  g_autoptr (MonocleQuery) labelled = start (ask ("detect"));
  g_autoptr (MonocleQuery) nameless = start (ask ("region-proposal"));
  MonocleObject objects[26], proposals[3];
  char labels[26][2] = { "" };
  guint last = 0, n_recoloured = 0;

  /* From z to a, so that each takes precedence over those that are there. */
  for (guint i = 0; i < 26; i++)
    {
      labels[i][0] = (char) ('z' - i);
      objects[i] = box_object (labels[i], 0, 0, (float) i, 1);
      stream_answer (labelled, answer_with (objects, i + 1));
      if (i > 0 && monocle_annotation_get_colour (peek_annotation (labelled, 0)) != last)
        n_recoloured++;
      last = monocle_annotation_get_colour (peek_annotation (labelled, 0));
    }
  g_assert_cmpuint (n_recoloured, >, 0);

  for (guint i = 0; i < 3; i++)
    proposals[i] = box_object ("", 0, 0, (float) i, 1);
  stream_answer (nameless, answer_with (proposals, 3));
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (monocle_annotation_get_colour (peek_annotation (nameless, i)), ==, i);
}

static void
set_hidden (MonocleQuery *query, const guint *objects, guint n, gboolean hidden)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) state = g_variant_ref_sink (
          g_variant_new ("(b@m" MONOCLE_STORED_SHAPE ")", hidden,
                         g_variant_new_maybe (G_VARIANT_TYPE (MONOCLE_STORED_SHAPE), NULL)));

      monocle_query_restore_object (query, objects[i], state);
    }
  monocle_query_update_objects (query);
}

/* What a person took off the list does not come back by itself. */
static void
test_hidden (void)
{
  const MonocleObject objects[] = { box_object ("a", 0, 0, 1, 1), box_object ("b", 0, 0, 2, 2),
                                    box_object ("c", 0, 0, 3, 3), box_object ("d", 0, 0, 4, 4) };
  const MonocleObject final[]
      = { objects[0], objects[1], box_object ("c", 0, 0, 3, 9), objects[3] };
  g_autoptr (MonocleQuery) query = start (ask ("detect"));
  g_autofree char *before = NULL;
  guint which[2];

  stream_answer (query, answer_with (objects, 3));
  which[0] = monocle_query_find_object (query, peek_annotation (query, 2));
  which[1] = monocle_query_find_object (query, peek_annotation (query, 0));
  set_hidden (query, which, 2, TRUE);
  assert_labels (query, "b");

  stream_answer (query, answer_with (objects, 4));
  assert_labels (query, "b d");
  finish_one (query, answer_with (final, 4));
  assert_labels (query, "b d");
  g_assert_cmpuint (monocle_annotation_get_number (peek_annotation (query, 1)), ==, 4);
  before = monocle_query_dup_summary (query);
  g_assert_cmpstr (before, ==, "2 objects");

  set_hidden (query, which, 2, FALSE);
  assert_labels (query, "a b c d");
  assert_bounds (peek_annotation (query, 2), 0, 0, 3, 9);
  set_hidden (query, which, 2, TRUE);
  assert_labels (query, "b d");
}

/* --- Words --- */

static void
assert_text (MonocleQuery *query, const char *expected)
{
  g_autofree char *text = NULL;

  g_object_get (query, "text", &text, NULL);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpstr (monocle_query_get_text (query), ==, expected);
}

static void
test_text (void)
{
  g_autoptr (MonocleQuery) one = start (ask ("caption"));
  g_autoptr (MonocleQuery) three = start (ask_about_regions ("region-to-category", 3));
  g_autoptr (MonocleQuery) objects = start (ask ("detect"));

  assert_text (one, NULL);
  stream_answer (one, answer_in_words ("A cat"));
  assert_text (one, "A cat");
  finish_one (one, answer_in_words ("A cat sleeps."));
  assert_text (one, "A cat sleeps.");

  stream_answers (three, (MonocleResult *[]){ NULL, answer_in_words ("dog"), NULL }, 3);
  assert_text (three, "2. dog");
  g_assert_null (monocle_query_get_region_text (three, 0));
  finish_with (three,
               (MonocleResult *[]){ answer_in_words ("cat"), answer_in_words ("dog"),
                                    answer_in_words ("sun") },
               3, FALSE);
  assert_text (three, "1. cat\n2. dog\n3. sun");
  g_assert_cmpstr (monocle_query_get_region_text (three, 2), ==, "sun");
  g_assert_null (monocle_query_get_region_text (three, 3));

  finish_one (objects, answer_with (NULL, 0));
  assert_text (objects, NULL);
}

static void
assert_summary (MonocleQuery *query, const char *expected)
{
  g_autofree char *summary = monocle_query_dup_summary (query);

  g_assert_cmpstr (summary, ==, expected);
}

static void
test_summary (void)
{
  const MonocleObject objects[] = { box_object ("a", 0, 0, 1, 1), box_object ("b", 0, 0, 2, 2) };
  static const char letters[] = "  äöüäöüäöü äöüäöüäöü äöüäöüäöü äöüäöüäöü äöüäöüäöü äöüäöüäöü!?";
  g_autoptr (MonocleQuery) boxes = ask ("detect"), nothing = start (ask ("detect"));
  g_autoptr (MonocleQuery) caption = start (ask ("caption")), lines = start (ask ("ocr"));
  g_autoptr (MonocleQuery) empty = start (ask ("caption")), quads = start (ask ("ocr-with-region"));
  g_autoptr (MonocleQuery) failed = start (ask ("detect")), stopped = ask ("detect");
  g_autoptr (GError) bad = g_error_new_literal (MONOCLE_ENGINE_ERROR,
                                                MONOCLE_ENGINE_ERROR_BAD_REQUEST, "It is not so");
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "no");

  assert_summary (boxes, "Waiting…");
  start (boxes);
  assert_summary (boxes, "Preparing…");
  monocle_query_update (boxes, &(MonocleUpdate){ .stage = MONOCLE_STAGE_LOOKING, .fraction = 0.5 });
  assert_summary (boxes, "Looking…");
  stream_answers (boxes, (MonocleResult *[]){ NULL }, 1);
  assert_summary (boxes, "Answering…");
  stream_answer (boxes, answer_with (objects, 1));
  assert_summary (boxes, "1 object");
  finish_one (boxes, answer_with (objects, 2));
  assert_summary (boxes, "2 objects");

  finish_one (nothing, answer_with (NULL, 0));
  assert_summary (nothing, "No objects found");
  finish_one (quads, answer_with (NULL, 0));
  assert_summary (quads, "No text found");
  finish_one (empty, answer_in_words (""));
  assert_summary (empty, "No answer");
  finish_one (lines, answer_in_words ("EXIT \n\nfire"));
  assert_summary (lines, "EXIT…");
  finish_one (caption, answer_in_words (letters));
  assert_summary (caption, "äöüäöüäöü äöüäöüäöü äöüäöüäöü äöüäöüäöü äöüäöüäöü äöüäöüäöü!…");

  monocle_query_fail (failed, bad);
  assert_summary (failed, "The Model Cannot Answer This");
  g_assert_error (monocle_query_get_error (failed), MONOCLE_ENGINE_ERROR,
                  MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  monocle_query_fail (stopped, cancelled);
  assert_summary (stopped, "Stopped");
  g_assert_null (monocle_query_get_error (stopped));
}

static void
test_title (void)
{
  g_autoptr (MonocleQuery) plain = ask ("detect");
  g_autoptr (MonocleQuery) worded = monocle_query_new (
      monocle_florence2_find_task ("open-vocabulary-detection"), " red car\nor bus", NULL, 0, NULL);
  g_autofree char *a = monocle_query_dup_title (plain), *b = monocle_query_dup_title (worded);

  g_assert_cmpstr (a, ==, "Find Objects");
  g_assert_cmpstr (b, ==, "Find by Name: red car…");
}

/* --- States --- */

static void
test_states (void)
{
  const MonocleObject object = box_object ("a", 0, 0, 1, 1);
  MonocleQuery *query = ask ("detect");
  double elapsed;
  guint n_done;
  gint64 end;

  g_assert_true (monocle_query_is_active (query));
  g_assert_cmpfloat (monocle_query_get_elapsed_ms (query), ==, 0);
  g_assert_nonnull (monocle_query_get_created (query));

  monocle_query_start (query, NULL, 5);
  g_assert_cmpuint (monocle_query_get_rotation (query), ==, 1);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_RUNNING);

  monocle_query_update (
      query, &(MonocleUpdate){ .stage = MONOCLE_STAGE_COMPILING, .n_done = 12, .n_steps = 48 });
  g_assert_cmpuint (monocle_query_get_n_steps (query, &n_done), ==, 48);
  g_assert_cmpuint (n_done, ==, 12);
  monocle_query_update (query, &(MonocleUpdate){ .stage = MONOCLE_STAGE_LOOKING, .fraction = 0.5 });
  g_assert_cmpuint (monocle_query_get_n_steps (query, NULL), ==, 0);
  g_assert_cmpint (monocle_query_get_stage (query), ==, MONOCLE_STAGE_LOOKING);
  g_assert_cmpfloat (monocle_query_get_fraction (query), ==, 0.5);
  stream_answer (query, answer_with (&object, 1));
  g_assert_cmpfloat (monocle_query_get_fraction (query), ==, -1);
  g_assert_cmpuint (monocle_query_get_n_tokens (query), ==, 7);

  /* Told to stop, which ends with what comes next: here lost, and asked again. */
  monocle_query_stop (query);
  g_assert_true (monocle_query_is_stopping (query));
  g_assert_true (monocle_query_is_active (query));
  monocle_query_requeue (query);
  g_assert_false (monocle_query_is_stopping (query));
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_WAITING);
  g_assert_cmpuint (count_annotations (query), ==, 0);
  g_assert_cmpfloat (monocle_query_get_elapsed_ms (query), ==, 0);
  start (query);

  end = g_get_monotonic_time () + 20000;
  while (g_get_monotonic_time () < end)
    ;
  finish_with (query, (MonocleResult *[]){ answer_with (&object, 1) }, 1, TRUE);
  g_assert_cmpint (monocle_query_get_state (query), ==, MONOCLE_QUERY_STOPPED);
  g_assert_false (monocle_query_is_active (query));
  g_assert_cmpuint (count_annotations (query), ==, 1);
  g_assert_cmpuint (monocle_query_get_n_tokens (query), ==, 9);
  elapsed = monocle_query_get_elapsed_ms (query);
  g_assert_cmpfloat (elapsed, >=, 20);
  g_usleep (2000);
  g_assert_cmpfloat (monocle_query_get_elapsed_ms (query), ==, elapsed);

  /* Nothing that comes late counts. */
  stream_answers (query, (MonocleResult *[]){ NULL }, 1);
  g_assert_cmpuint (count_annotations (query), ==, 1);
  g_assert_finalize_object (query);
}

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_notify (void)
{
  const MonocleObject object = box_object ("a", 0, 0, 1, 1);
  MonocleQuery *query = ask ("detect");
  guint n_ticks = 0, n_states = 0, n_texts = 0;
  gint64 end;

  g_signal_connect (query, "notify::elapsed-ms", G_CALLBACK (count_notify), &n_ticks);
  g_signal_connect (query, "notify::state", G_CALLBACK (count_notify), &n_states);
  g_signal_connect (query, "notify::text", G_CALLBACK (count_notify), &n_texts);
  start (query);
  end = g_get_monotonic_time () + G_USEC_PER_SEC / 2;
  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_cmpuint (n_ticks, >=, 2);
  g_assert_cmpuint (n_ticks, <=, 6);

  finish_one (query, answer_with (&object, 1));
  g_assert_cmpuint (n_states, ==, 2);
  g_assert_cmpuint (n_texts, ==, 0);

  /* The clock stands still. */
  n_ticks = 0;
  end = g_get_monotonic_time () + G_USEC_PER_SEC / 4;
  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_cmpuint (n_ticks, ==, 0);
  g_assert_finalize_object (query);

  /* Let go while the clock runs. */
  query = start (ask ("detect"));
  g_assert_finalize_object (query);
}

/* A word has one colour, said of an object or of a region. */
static void
test_region_colours (void)
{
  const MonocleObject objects[]
      = { box_object ("goat", 0, 0, 10, 10), box_object ("boat", 1, 1, 11, 11) };
  g_autoptr (MonocleQuery) found = start (ask ("detect"));
  g_autoptr (MonocleQuery) named = start (ask_about_regions ("region-to-category", 3));

  finish_one (found, answer_with (objects, 2));
  finish_with (named,
               (MonocleResult *[]){ answer_in_words ("Boat"), answer_in_words ("goat"),
                                    answer_in_words (NULL) },
               3, FALSE);
  g_assert_cmpuint (monocle_query_get_region_colour (named, 0), ==,
                    monocle_annotation_get_colour (peek_annotation (found, 1)));
  g_assert_cmpuint (monocle_query_get_region_colour (named, 1), ==,
                    monocle_annotation_get_colour (peek_annotation (found, 0)));
  g_assert_cmpuint (monocle_query_get_region_colour (named, 2), ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/query/streaming", test_streaming);
  g_test_add_func ("/query/region-colours", test_region_colours);
  g_test_add_func ("/query/corrected", test_corrected);
  g_test_add_func ("/query/regions", test_regions);
  g_test_add_func ("/query/colours", test_colours);
  g_test_add_func ("/query/hidden", test_hidden);
  g_test_add_func ("/query/text", test_text);
  g_test_add_func ("/query/summary", test_summary);
  g_test_add_func ("/query/title", test_title);
  g_test_add_func ("/query/states", test_states);
  g_test_add_func ("/query/notify", test_notify);
  return g_test_run ();
}
