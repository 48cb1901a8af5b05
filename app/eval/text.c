/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/text.h"

#include <string.h>

char *
monocle_eval_text_squeeze (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  GString *squeezed = g_string_new (NULL);
  gboolean blank = FALSE;

  for (const char *p = composed; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c))
        {
          blank = TRUE;
          continue;
        }
      if (blank && squeezed->len > 0)
        g_string_append_c (squeezed, ' ');
      blank = FALSE;
      g_string_append_unichar (squeezed, c);
    }
  return g_string_free (squeezed, FALSE);
}

guint
monocle_eval_text_get_distance (const char *text, const char *truth)
{
  glong n_text, n_truth;
  g_autofree gunichar *a = g_utf8_to_ucs4_fast (text, -1, &n_text);
  g_autofree gunichar *b = g_utf8_to_ucs4_fast (truth, -1, &n_truth);
  /* Row i of the table: distances of the first i characters of a to the beginnings of b. */
  g_autofree guint *row = g_new (guint, n_truth + 1);

  for (glong j = 0; j <= n_truth; j++)
    row[j] = (guint) j;
  for (glong i = 1; i <= n_text; i++)
    {
      guint diagonal = row[0];

      row[0] = (guint) i;
      for (glong j = 1; j <= n_truth; j++)
        {
          guint replaced = diagonal + (a[i - 1] != b[j - 1]);

          diagonal = row[j];
          row[j] = MIN (replaced, 1 + MIN (row[j], row[j - 1]));
        }
    }
  return row[n_truth];
}

/* What may stand inside a word or a number: "it's", "ice-cream", "3.50", "12:30". */
static gboolean
joins (gunichar c)
{
  return c == '\'' || c == 0x2019 || c == '-' || c == '.' || c == ',' || c == ':' || c == '/';
}

static gboolean
is_word (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

char *
monocle_eval_text_fold (const char *text)
{
  g_autofree char *squeezed = monocle_eval_text_squeeze (text);
  g_autofree char *lower = g_utf8_casefold (squeezed, -1);
  g_autofree char *composed = g_utf8_normalize (lower, -1, G_NORMALIZE_NFC);
  g_autofree char *blanks = NULL;
  GString *folded = g_string_new (NULL);
  gunichar before = 0;

  for (const char *p = composed; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p), after = g_utf8_get_char (g_utf8_next_char (p));
      gboolean inside = joins (c) && is_word (before) && is_word (after);
      /* A comma or a colon only joins digits. */
      gboolean digits = g_unichar_isdigit (before) && g_unichar_isdigit (after);

      if (inside && c != '\'' && c != 0x2019 && c != '-')
        inside = digits;
      if (is_word (c) || inside || g_unichar_type (c) == G_UNICODE_CURRENCY_SYMBOL || c == '%')
        g_string_append_unichar (folded, c == 0x2019 ? '\'' : c);
      else
        g_string_append_c (folded, ' ');
      before = c;
    }
  blanks = g_string_free (folded, FALSE);
  return monocle_eval_text_squeeze (blanks);
}

gboolean
monocle_eval_text_is_answer (const char *text, const char *const *answers)
{
  g_autofree char *folded = monocle_eval_text_fold (text);

  for (guint i = 0; answers[i]; i++)
    {
      g_autofree char *answer = monocle_eval_text_fold (answers[i]);

      /* What is nothing but punctuation is compared as it stands. */
      if (*answer || *folded ? strcmp (answer, folded) == 0 : strcmp (answers[i], text) == 0)
        return TRUE;
    }
  return FALSE;
}

double
monocle_eval_text_get_f1 (const char *text, const char *truth)
{
  g_autofree char *a = monocle_eval_text_fold (text), *b = monocle_eval_text_fold (truth);
  g_auto (GStrv) words = g_strsplit (a, " ", -1), wanted = g_strsplit (b, " ", -1);
  g_autoptr (GHashTable) open = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_words = g_strv_length (words), n_wanted = g_strv_length (wanted), n_common = 0;

  for (guint i = 0; i < n_wanted; i++)
    {
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (open, wanted[i]));

      g_hash_table_insert (open, wanted[i], GUINT_TO_POINTER (n + 1));
    }
  for (guint i = 0; i < n_words; i++)
    {
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (open, words[i]));

      if (n == 0)
        continue;
      g_hash_table_insert (open, words[i], GUINT_TO_POINTER (n - 1));
      n_common++;
    }
  return n_common > 0 ? 2.0 * n_common / (n_words + n_wanted) : 0;
}

static gboolean
has_wide (const char *text)
{
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    if (g_unichar_iswide (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

gboolean
monocle_eval_text_contains (const char *folded, const char *phrase)
{
  g_autofree char *wanted = monocle_eval_text_fold (phrase);
  g_autofree char *text = NULL, *words = NULL;

  if (!*wanted)
    return FALSE;
  if (has_wide (wanted))
    return strstr (folded, wanted) != NULL;
  text = g_strconcat (" ", folded, " ", NULL);
  words = g_strconcat (" ", wanted, " ", NULL);
  return strstr (text, words) != NULL;
}
