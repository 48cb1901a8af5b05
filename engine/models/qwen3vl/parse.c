/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is read as it comes, and nothing of it is an error: keys with a colon behind them are looked
 * for between braces, whatever else is there.
 */
#include "config.h"

#include "engine/models/qwen3vl/parse.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/base/utf8.h"

#define N_BOX   4
#define N_POINT 2

/* The longest that is a number. */
#define MAX_DIGITS 31

/* What is between two braces. */
typedef struct
{
  gsize start;
  double numbers[N_BOX];
  guint n_numbers; /* all that there are, which can be more; 0: it has no place */
  GString *label;
} Pending;

typedef struct
{
  const MonocleQwen3vlAnswer *answer;
  MonocleResult *result;
  gsize at;
  guint token; /* before which all ends lie */
  gboolean is_open, is_cut, has_places;
  Pending pending;
} Reader;

/* --- pieces ------------------------------------------------------------------------------- */

static gboolean
is_at_end (const Reader *r)
{
  return r->at >= r->answer->n_bytes;
}

static guint8
peek (const Reader *r)
{
  return is_at_end (r) ? 0 : r->answer->bytes[r->at];
}

static void
skip_blanks (Reader *r)
{
  while (!is_at_end (r) && g_ascii_isspace ((char) peek (r)))
    r->at++;
}

static gboolean
is_quote (guint8 byte)
{
  return byte == '"' || byte == '\'';
}

/* Behind a backslash. */
static void
read_escape (Reader *r, GString *text)
{
  const guint8 byte = peek (r);
  gunichar c = 0;

  r->at++;
  if (byte != 'u')
    {
      g_string_append_c (text, byte == 'n' || byte == 't' || byte == 'r' ? ' ' : (char) byte);
      return;
    }
  for (guint i = 0; i < 4 && g_ascii_isxdigit ((char) peek (r)); i++, r->at++)
    c = c * 16 + (guint) g_ascii_xdigit_value ((char) peek (r));
  /* Halves of characters are none. */
  g_string_append_unichar (text, c > 0 && g_unichar_validate (c) ? c : 0xfffd);
}

/* (transfer full) (nullable): what stands between quotes; NULL where the second one is missing */
static GString *
read_string (Reader *r)
{
  const guint8 quote = peek (r);
  g_autoptr (GString) text = g_string_new (NULL);

  for (r->at++; !is_at_end (r);)
    {
      const guint8 byte = peek (r);

      r->at++;
      if (byte == quote)
        return g_steal_pointer (&text);
      if (byte == '\\' && !is_at_end (r))
        read_escape (r, text);
      else
        g_string_append_c (text, (char) byte);
    }
  r->is_cut = TRUE;
  return NULL;
}

static gboolean
read_number (Reader *r, double *number)
{
  char digits[MAX_DIGITS + 1];
  guint n = 0;
  char *end;

  for (; !is_at_end (r) && n < MAX_DIGITS; r->at++)
    {
      const guint8 byte = peek (r);

      if (!g_ascii_isdigit ((char) byte) && !strchr ("+-.eE", byte))
        break;
      digits[n++] = (char) byte;
    }
  digits[n] = '\0';
  *number = g_ascii_strtod (digits, &end);
  return n > 0 && end == digits + n && isfinite (*number);
}

/* A list of numbers, which may be lists as well. Returns: how many; 0 where it is none */
static guint
read_numbers (Reader *r, double numbers[N_BOX])
{
  guint depth = 0, n = 0;

  do
    {
      const guint8 byte = peek (r);

      if (byte == '[' || byte == '(')
        depth++;
      else if (byte == ']' || byte == ')')
        depth--;
      else if (byte != ',' && !g_ascii_isspace ((char) byte))
        {
          double number;

          if (depth == 0 || !read_number (r, &number))
            return 0;
          if (n < N_BOX)
            numbers[n] = number;
          n++;
          continue;
        }
      r->at++;
    }
  while (depth > 0 && !is_at_end (r));
  return depth > 0 ? 0 : n;
}

/* --- objects ------------------------------------------------------------------------------ */

static void
forget (Pending *pending)
{
  pending->n_numbers = 0;
  if (pending->label)
    g_string_free (g_steal_pointer (&pending->label), TRUE);
}

/* Mean over the tokens that it is written in, as a probability. */
static float
get_score (Reader *r, gsize start, gsize end)
{
  const MonocleQwen3vlAnswer *a = r->answer;
  double sum = 0;
  guint n = 0;

  if (!a->ends || !a->log_probs)
    return NAN;
  while (r->token < a->n_ids && a->ends[r->token] <= start)
    r->token++;
  for (guint i = r->token; i < a->n_ids && (i == 0 || a->ends[i - 1] < end); i++, n++)
    sum += (double) a->log_probs[i];
  return n > 0 ? (float) exp (sum / n) : NAN;
}

static double
place (double number, guint parts, guint side)
{
  return CLAMP (number, 0, parts) / parts * side;
}

static MonocleShape *
make_shape (const Reader *r)
{
  const MonocleQwen3vlAnswer *a = r->answer;
  const double *n = r->pending.numbers;
  double at[N_BOX];

  for (guint i = 0; i < MIN (r->pending.n_numbers, N_BOX); i++)
    at[i] = i % 2 == 0 ? place (n[i], a->across, a->width) : place (n[i], a->down, a->height);
  if (r->pending.n_numbers == N_POINT)
    return monocle_shape_new_points (at, 1);
  if (r->pending.n_numbers != N_BOX || !(at[0] < at[2]) || !(at[1] < at[3]))
    return NULL;
  return monocle_shape_new_edges (at);
}

static char *
make_label (const GString *label)
{
  return label ? monocle_utf8_dup_written ((const guint8 *) label->str, label->len, TRUE)
               : g_strdup ("");
}

static void
close_object (Reader *r)
{
  MonocleShape *shape = r->pending.n_numbers > 0 ? make_shape (r) : NULL;
  MonocleObject object = { .shape = shape };

  if (shape)
    {
      object.label = make_label (r->pending.label);
      object.score = get_score (r, r->pending.start, r->at);
      monocle_result_take_object (r->result, &object);
    }
  forget (&r->pending);
}

static gboolean
is_one_of (const char *word, const char *const *words)
{
  return g_strv_contains (words, word);
}

/* A string, which is a key where a colon comes then. */
static void
read_member (Reader *r)
{
  static const char *const places[]
      = { "bbox_2d", "bbox", "box_2d", "box", "point_2d", "point", NULL };
  static const char *const labels[] = { "label", "text_content", "text", "name", NULL };
  GString *key = read_string (r);

  skip_blanks (r);
  if (key && peek (r) == ':')
    {
      r->at++;
      skip_blanks (r);
      if (is_one_of (key->str, places) && (peek (r) == '[' || peek (r) == '('))
        {
          r->pending.n_numbers = read_numbers (r, r->pending.numbers);
          r->has_places = TRUE;
        }
      else if (is_one_of (key->str, labels) && is_quote (peek (r)))
        {
          GString *label = read_string (r);

          if (r->pending.label)
            g_string_free (r->pending.label, TRUE);
          r->pending.label = label;
        }
    }
  if (key)
    g_string_free (key, TRUE);
}

gboolean
monocle_qwen3vl_parse (const MonocleQwen3vlAnswer *answer, MonocleResult *result, gboolean *is_cut)
{
  Reader r = { .answer = answer, .result = result };

  while (!is_at_end (&r))
    {
      const guint8 byte = peek (&r);

      if (r.is_open && is_quote (byte))
        {
          read_member (&r);
          continue;
        }
      r.at++;
      if (byte == '{')
        {
          forget (&r.pending);
          r.pending.start = r.at - 1;
          r.is_open = TRUE;
        }
      else if (byte == '}' && r.is_open)
        {
          close_object (&r);
          r.is_open = FALSE;
        }
    }
  /* The last brace was forgotten, but nothing else of it. */
  if (r.is_open && answer->whole && !r.is_cut)
    close_object (&r);
  forget (&r.pending);
  *is_cut = r.is_open;
  return r.has_places;
}
