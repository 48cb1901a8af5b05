/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/word-diff.h"

#include <string.h>

typedef struct
{
  gsize start, end; /* with the blanks behind it */
  char *key;        /* what is compared */
  gboolean common;
} Word;

static void
word_clear (Word *word)
{
  g_free (word->key);
}

/* Folded, without punctuation around it. */
static char *
make_key (const char *start, const char *end)
{
  while (start < end && g_unichar_ispunct (g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  while (start < end && g_unichar_ispunct (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);
  return g_utf8_casefold (start, end - start);
}

static GArray *
split (const char *text)
{
  GArray *words = g_array_new (FALSE, FALSE, sizeof (Word));
  const char *p = text;

  g_array_set_clear_func (words, (GDestroyNotify) word_clear);
  while (*p)
    {
      const char *start = p;
      const char *end;
      Word word = { 0 };

      /* Blanks at the very beginning go with the first word. */
      while (*p && g_unichar_isspace (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      end = p;
      while (*end && !g_unichar_isspace (g_utf8_get_char (end)))
        end = g_utf8_next_char (end);
      word.key = make_key (p, end);
      while (*end && g_unichar_isspace (g_utf8_get_char (end)))
        end = g_utf8_next_char (end);
      word.start = (gsize) (start - text);
      word.end = (gsize) (end - text);
      g_array_append_val (words, word);
      p = end;
    }
  return words;
}

static gboolean
equal (const Word *a, const Word *b)
{
  return g_str_equal (a->key, b->key);
}

/* The table of lengths of the longest common row, from the ends. */
static void
mark_common (Word *left, guint n_left, Word *right, guint n_right)
{
  const gsize stride = (gsize) n_right + 1;
  g_autofree guint16 *lengths = g_new0 (guint16, ((gsize) n_left + 1) * stride);
  guint i, j;

  for (i = n_left; i-- > 0;)
    for (j = n_right; j-- > 0;)
      lengths[i * stride + j]
          = equal (&left[i], &right[j])
                ? (guint16) (lengths[(i + 1) * stride + j + 1] + 1)
                : MAX (lengths[(i + 1) * stride + j], lengths[i * stride + j + 1]);
  i = j = 0;
  while (i < n_left && j < n_right)
    {
      if (equal (&left[i], &right[j]))
        left[i++].common = right[j++].common = TRUE;
      else if (lengths[(i + 1) * stride + j] >= lengths[i * stride + j + 1])
        i++;
      else
        j++;
    }
}

static GArray *
make_spans (GArray *words)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (MonocleWordSpan));

  for (guint i = 0; i < words->len; i++)
    {
      const Word *word = &g_array_index (words, Word, i);
      MonocleWordSpan *last
          = spans->len > 0 ? &g_array_index (spans, MonocleWordSpan, spans->len - 1) : NULL;
      MonocleWordSpan span = { word->start, word->end - word->start, !word->common };

      if (last && last->differs == span.differs)
        last->length += span.length;
      else
        g_array_append_val (spans, span);
    }
  return spans;
}

void
monocle_word_diff (const char *left, const char *right, GArray **left_spans, GArray **right_spans)
{
  g_autoptr (GArray) left_words = NULL;
  g_autoptr (GArray) right_words = NULL;
  Word *a, *b;
  guint n_a, n_b, n_tail;

  g_return_if_fail (left != NULL && right != NULL);
  g_return_if_fail (left_spans != NULL && right_spans != NULL);

  left_words = split (left);
  right_words = split (right);
  a = (Word *) (gpointer) left_words->data;
  b = (Word *) (gpointer) right_words->data;
  n_a = MIN (left_words->len, MONOCLE_WORD_DIFF_MAX_WORDS);
  n_b = MIN (right_words->len, MONOCLE_WORD_DIFF_MAX_WORDS);
  mark_common (a, n_a, b, n_b);

  n_tail = MIN (left_words->len - n_a, right_words->len - n_b);
  for (guint i = 0; i < n_tail; i++)
    if (equal (&a[n_a + i], &b[n_b + i]))
      a[n_a + i].common = b[n_b + i].common = TRUE;

  *left_spans = make_spans (left_words);
  *right_spans = make_spans (right_words);
}
