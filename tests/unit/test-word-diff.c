/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/document/word-diff.h"

#include <string.h>

/* "a [b] c": what differs in brackets. */
static char *
mark (const char *text, GArray *spans)
{
  GString *marked = g_string_new (NULL);
  gsize end = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      const MonocleWordSpan *span = &g_array_index (spans, MonocleWordSpan, i);
      g_autofree char *part = g_strndup (text + span->start, span->length);

      /* Together they are the whole text. */
      g_assert_cmpuint (span->start, ==, end);
      g_assert_cmpuint (span->length, >, 0);
      end = span->start + span->length;
      g_string_append_printf (marked, span->differs ? "[%s]" : "%s", part);
    }
  g_assert_cmpuint (end, ==, strlen (text));
  return g_string_free (marked, FALSE);
}

static void
check (const char *left, const char *right, const char *left_marked, const char *right_marked)
{
  g_autoptr (GArray) left_spans = NULL;
  g_autoptr (GArray) right_spans = NULL;
  g_autofree char *left_result = NULL;
  g_autofree char *right_result = NULL;

  monocle_word_diff (left, right, &left_spans, &right_spans);
  left_result = mark (left, left_spans);
  right_result = mark (right, right_spans);
  g_assert_cmpstr (left_result, ==, left_marked);
  g_assert_cmpstr (right_result, ==, right_marked);
}

static void
test_words (void)
{
  check ("a red car", "a blue car", "a [red ]car", "a [blue ]car");
  check ("a car", "a red car here", "a car", "a [red ]car [here]");
  check ("one two", "three four", "[one two]", "[three four]");
  check ("same words", "same words", "same words", "same words");
}

static void
test_longest (void)
{
  /* Of several rows of common words the longest. */
  check ("a b c d", "d a b c", "a b c [d]", "[d ]a b c");
  check ("d a b c", "a b c d", "[d ]a b c", "a b c [d]");
  check ("a b x y z", "x a y b z", "[a b ]x y z", "x [a ]y [b ]z");
}

static void
test_case_and_punctuation (void)
{
  check ("A car, a bus.", "a car and a bus", "A car, a bus.", "a car [and ]a bus");
  check ("Eine Straße", "eine STRASSE!", "Eine Straße", "eine STRASSE!");
}

static void
test_empty (void)
{
  check ("", "", "", "");
  check ("", "new", "", "[new]");
  check ("old", "", "[old]", "");
  check ("  a\n", "a", "  a\n", "a");
  check ("   ", "a", "[   ]", "[a]");
}

static void
test_long (void)
{
  GString *left = g_string_new (NULL);
  GString *right = g_string_new (NULL);
  g_autoptr (GArray) left_spans = NULL;
  g_autoptr (GArray) right_spans = NULL;
  g_autofree char *marked = NULL;

  for (guint i = 0; i < 5 * MONOCLE_WORD_DIFF_MAX_WORDS; i++)
    {
      g_string_append_printf (left, "w%u ", i);
      g_string_append_printf (right, "w%u ", i == 4500 ? 0 : i);
    }
  monocle_word_diff (left->str, right->str, &left_spans, &right_spans);
  marked = mark (left->str, left_spans);
  g_assert_cmpuint (left_spans->len, ==, 3);
  g_assert_nonnull (strstr (marked, " [w4500 ]w4501"));
  g_string_free (left, TRUE);
  g_string_free (right, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/word-diff/words", test_words);
  g_test_add_func ("/word-diff/longest", test_longest);
  g_test_add_func ("/word-diff/case-and-punctuation", test_case_and_punctuation);
  g_test_add_func ("/word-diff/empty", test_empty);
  g_test_add_func ("/word-diff/long", test_long);
  return g_test_run ();
}
