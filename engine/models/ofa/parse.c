/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/ofa/parse.h"

#include <math.h>

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"

#define N_PLACE 4

/* Places count in so many pixels of what a picture was brought to, whatever its size. */
#define UNIT 512

/* --- tokens ------------------------------------------------------------------------------- */

static void
add_tokens (MonocleTokenizer *tokenizer, const char *name, guint n)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (tokens, g_strdup_printf ("<%s_%u>", name, i));
  monocle_tokenizer_add_tokens (tokenizer, (const char *const *) tokens->pdata, n);
}

/* Whether @n of them lie side by side. @first: (out) */
static gboolean
find_side_by_side (
    const MonocleTokenizer *tokenizer, const char *name, guint n, guint n_words, guint32 *first)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *token = g_strdup_printf ("<%s_%u>", name, i);
      const gint64 id = monocle_tokenizer_find (tokenizer, token);

      if (i == 0 && id >= 0)
        *first = (guint32) id;
      if (id < 0 || id != (gint64) *first + i || id >= n_words)
        return FALSE;
    }
  return TRUE;
}

static gboolean
find_marks (MonocleOfaTokens *self, const MonocleTokenizer *tokenizer)
{
  const struct
  {
    const char *token;
    guint32 *id;
  } marks[] = { { "<s>", &self->start }, { "<pad>", &self->pad }, { "</s>", &self->end } };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      const gint64 id = monocle_tokenizer_find (tokenizer, marks[i].token);

      if (id < 0)
        return FALSE;
      *marks[i].id = (guint32) id;
    }
  return TRUE;
}

gboolean
monocle_ofa_tokens_find (MonocleOfaTokens *self,
                         MonocleTokenizer *tokenizer,
                         guint n_words,
                         const char *directory,
                         GError **error)
{
  guint n_text = monocle_tokenizer_get_vocab_size (tokenizer);

  *self = (MonocleOfaTokens){ .start = 0 };
  /* The files hold the words of a text; codes come behind them, and places last. */
  if (monocle_tokenizer_find (tokenizer, "<bin_0>") < 0 && n_text + MONOCLE_OFA_N_BINS <= n_words)
    {
      add_tokens (tokenizer, "code", n_words - MONOCLE_OFA_N_BINS - n_text);
      add_tokens (tokenizer, "bin", MONOCLE_OFA_N_BINS);
    }
  if (!find_marks (self, tokenizer)
      || !find_side_by_side (tokenizer, "bin", MONOCLE_OFA_N_BINS, n_words, &self->first_bin))
    {
      g_set_error (
          error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
          "%s: the tokenizer and the model's %u words do not go together: <s>, <pad>, </s> "
          "or <bin_0> to <bin_%u> side by side are not among them",
          directory, n_words, MONOCLE_OFA_N_BINS - 1);
      return FALSE;
    }
  while (self->n_codes < self->first_bin)
    {
      g_autofree char *token = g_strdup_printf ("<code_%u>", self->n_codes);
      const gint64 id = monocle_tokenizer_find (tokenizer, token);

      if (self->n_codes == 0 && id >= 0)
        self->first_code = (guint32) id;
      if (id < 0 || id != (gint64) self->first_code + self->n_codes)
        break;
      self->n_codes++;
    }
  return TRUE;
}

gboolean
monocle_ofa_tokens_find_codes (MonocleOfaTokens *self,
                               MonocleTokenizer *tokenizer,
                               guint n_words,
                               guint n_codes,
                               const char *directory,
                               GError **error)
{
  *self = (MonocleOfaTokens){ .n_codes = n_codes };
  if (monocle_tokenizer_find (tokenizer, "<code_0>") < 0
      && (guint64) monocle_tokenizer_get_vocab_size (tokenizer) + n_codes == n_words)
    add_tokens (tokenizer, "code", n_codes);
  if (find_marks (self, tokenizer)
      && find_side_by_side (tokenizer, "code", n_codes, n_words, &self->first_code)
      && self->first_code + n_codes == n_words)
    return TRUE;
  g_set_error (
      error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
      "%s: the tokenizer and the model's %u words do not go together: <s>, <pad>, </s> are "
      "not among them, or <code_0> to <code_%u> are not the last of them",
      directory, n_words, n_codes - 1);
  return FALSE;
}

/* --- pieces of an answer ------------------------------------------------------------------ */

static gboolean
is_bin (const MonocleOfaAnswer *a, guint at)
{
  return at < a->n_ids && a->ids[at] >= a->tokens->first_bin
         && a->ids[at] - a->tokens->first_bin < MONOCLE_OFA_N_BINS;
}

static guint
count_bins (const MonocleOfaAnswer *a, guint at)
{
  guint n = 0;

  while (n < N_PLACE && is_bin (a, at + n))
    n++;
  return n;
}

/* The words between two tokens. @whole: whether no more come */
static char *
decode (const MonocleOfaAnswer *a, guint from, guint to, gboolean whole)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = from; i < to; i++)
    {
      gsize n_bytes = 0;
      const guint8 *token = monocle_tokenizer_get_bytes (a->tokenizer, a->ids[i], &n_bytes);

      if (token && !monocle_tokenizer_is_special (a->tokenizer, a->ids[i]))
        g_byte_array_append (bytes, token, (guint) n_bytes);
    }
  return monocle_utf8_dup_written (bytes->data, bytes->len, whole);
}

/* Mean over tokens, as a probability. */
static float
get_score (const MonocleOfaAnswer *a, guint from, guint to)
{
  double sum = 0;

  for (guint i = from; i < to; i++)
    sum += (double) a->log_probs[i];
  return to > from ? (float) exp (sum / (to - from)) : NAN;
}

double
monocle_ofa_bin_to_pixels (guint bin, guint length, guint seen)
{
  const double pixels = (double) bin / (MONOCLE_OFA_N_BINS - 1) * UNIT * length / seen;

  return MIN (pixels, (double) length);
}

/* x before y, from the top left. Returns: whether there is something between them */
static gboolean
read_edges (const MonocleOfaAnswer *a, guint at, double edges[N_PLACE])
{
  for (guint i = 0; i < N_PLACE; i++)
    edges[i] = monocle_ofa_bin_to_pixels (a->ids[at + i] - a->tokens->first_bin,
                                          i % 2 == 0 ? a->width : a->height,
                                          i % 2 == 0 ? a->seen_width : a->seen_height);
  return edges[0] < edges[2] && edges[1] < edges[3];
}

static void
take_object (MonocleResult *result, const double edges[N_PLACE], char *label, float score)
{
  const MonocleObject object
      = { .label = label, .shape = monocle_shape_new_edges (edges), .score = score };

  monocle_result_take_object (result, &object);
}

/* --- forms -------------------------------------------------------------------------------- */

static gboolean
read_words (const MonocleOfaAnswer *a, MonocleResult *result)
{
  char *text = decode (a, 0, a->n_ids, a->whole);
  const gboolean is_there = *text != '\0';

  monocle_result_take_text (result, text);
  return is_there;
}

static gboolean
read_box (const MonocleOfaAnswer *a, MonocleResult *result)
{
  double edges[N_PLACE];

  if (count_bins (a, 0) < N_PLACE)
    return FALSE;
  if (read_edges (a, 0, edges))
    take_object (result, edges, g_strdup (a->phrase ? a->phrase : ""), get_score (a, 0, N_PLACE));
  return TRUE;
}

static gboolean
read_objects (const MonocleOfaAnswer *a, MonocleResult *result)
{
  gboolean is_well_formed = TRUE;

  for (guint i = 0; i < a->n_ids;)
    {
      const guint n = count_bins (a, i);
      const guint first = i + n;
      guint end = first;
      double edges[N_PLACE];

      while (end < a->n_ids && !is_bin (a, end))
        end++;
      i = MAX (end, first);
      /* What more may come to is no name yet. */
      if (end == a->n_ids && !a->whole)
        break;
      if (n == N_PLACE)
        {
          g_autofree char *label = decode (a, first, end, TRUE);

          if (read_edges (a, first - n, edges))
            take_object (result, edges, g_steal_pointer (&label), get_score (a, first - n, end));
        }
      else
        {
          g_autofree char *rest = decode (a, first, end, TRUE);

          is_well_formed = is_well_formed && n == 0 && !*rest;
        }
    }
  return is_well_formed;
}

MonocleResult *
monocle_ofa_parse (const MonocleOfaAnswer *answer)
{
  MonocleResult *result = monocle_result_new ();
  gboolean is_well_formed = FALSE;

  switch (answer->form)
    {
    case MONOCLE_OFA_WORDS:
      is_well_formed = read_words (answer, result);
      break;
    case MONOCLE_OFA_BOX:
      is_well_formed = read_box (answer, result);
      break;
    case MONOCLE_OFA_OBJECTS:
      is_well_formed = read_objects (answer, result);
      break;
    default:
      g_assert_not_reached ();
    }
  monocle_result_set_well_formed (result, !answer->whole || is_well_formed);
  return result;
}
