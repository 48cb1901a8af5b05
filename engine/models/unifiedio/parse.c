/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/unifiedio/parse.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"

#define N_PLACE 4

/* Tokens beside the words of T5, of which the first are of other use. */
#define N_EXTRA     1100
#define FIRST_EXTRA (N_EXTRA - MONOCLE_UNIFIEDIO_N_BINS)

#define EXTRA "<extra_id_"

/* --- tokens ------------------------------------------------------------------------------- */

/* How many of them the files have. */
static guint
count_extra (const MonocleTokenizer *tokenizer)
{
  guint n = 0;

  for (gboolean is_there = TRUE; is_there && n < N_EXTRA;)
    {
      g_autofree char *name = g_strdup_printf (EXTRA "%u>", n);

      is_there = monocle_tokenizer_find (tokenizer, name) >= 0;
      n += is_there ? 1 : 0;
    }
  return n;
}

/* They count down behind the words. Files of T5 have a hundred of them, which have other ids where
 * there are more. */
static void
add_extra (MonocleTokenizer *tokenizer, guint32 first)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < N_EXTRA; i++)
    g_ptr_array_add (names, g_strdup_printf (EXTRA "%u>", N_EXTRA - 1 - i));
  monocle_tokenizer_place_tokens (tokenizer, first, (const char *const *) names->pdata, names->len,
                                  TRUE);
}

gboolean
monocle_unifiedio_tokens_find (MonocleUnifiedioTokens *self,
                               MonocleTokenizer *tokenizer,
                               guint n_words,
                               const char *directory,
                               GError **error)
{
  const guint n_extra = count_extra (tokenizer);
  const guint n_all = monocle_tokenizer_get_vocab_size (tokenizer);
  const gint64 pad = monocle_tokenizer_find (tokenizer, "<pad>");
  const gint64 end = monocle_tokenizer_find (tokenizer, "</s>");

  if (pad < 0 || end < 0 || n_all < n_extra || n_all - n_extra + N_EXTRA >= n_words)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: the tokenizer is not T5's: it has no <pad> and </s>, or too many words "
                   "for the model's %u",
                   directory, n_words);
      return FALSE;
    }
  *self = (MonocleUnifiedioTokens){
    .pad = (guint32) pad,
    .end = (guint32) end,
    .first_place = n_all - n_extra,
    .picture = n_words - 1,
  };
  add_extra (tokenizer, self->first_place);
  return TRUE;
}

char *
monocle_unifiedio_spell_place (guint bin)
{
  return g_strdup_printf (EXTRA "%u>", bin + FIRST_EXTRA);
}

gboolean
monocle_unifiedio_read_place (const char **text, guint *bin)
{
  const char *at = *text + strspn (*text, " ");
  guint64 number;
  char *end;

  if (!g_str_has_prefix (at, EXTRA) || !g_ascii_isdigit (at[strlen (EXTRA)]))
    return FALSE;
  number = g_ascii_strtoull (at + strlen (EXTRA), &end, 10);
  if (*end != '>' || number < FIRST_EXTRA || number >= N_EXTRA)
    return FALSE;
  *bin = (guint) number - FIRST_EXTRA;
  *text = end + 1;
  return TRUE;
}

/* --- pieces of an answer ------------------------------------------------------------------ */

static gboolean
is_place (const MonocleUnifiedioAnswer *a, guint at)
{
  return at < a->n_ids && a->ids[at] >= a->tokens->first_place
         && a->ids[at] - a->tokens->first_place < MONOCLE_UNIFIEDIO_N_BINS;
}

static guint
count_places (const MonocleUnifiedioAnswer *a, guint at)
{
  guint n = 0;

  while (n < N_PLACE && is_place (a, at + n))
    n++;
  return n;
}

/* The words between two tokens. */
static char *
decode (const MonocleUnifiedioAnswer *a, guint from, guint to)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree char *text = NULL;

  for (guint i = from; i < to; i++)
    if (!monocle_tokenizer_is_special (a->tokenizer, a->ids[i]) && a->ids[i] != a->tokens->end)
      g_array_append_val (ids, a->ids[i]);
  text = monocle_tokenizer_decode (a->tokenizer, (const guint32 *) ids->data, ids->len);
  return monocle_utf8_dup_trimmed (text, strlen (text));
}

/* Mean over tokens, as a probability. */
static float
get_score (const MonocleUnifiedioAnswer *a, guint from, guint to)
{
  double sum = 0;

  for (guint i = from; i < to; i++)
    sum += (double) a->log_probs[i];
  return to > from ? (float) exp (sum / (to - from)) : NAN;
}

/* y before x, from the top left; as the reference reads it, one bin more than what was meant, of
 * which there are a thousand. Returns: whether there is something between them */
static gboolean
read_edges (const MonocleUnifiedioAnswer *a, guint at, double edges[N_PLACE])
{
  const guint longest = MAX (a->width, a->height);

  for (guint i = 0; i < N_PLACE; i++)
    {
      const guint bin = MONOCLE_UNIFIEDIO_N_BINS - (a->ids[at + i] - a->tokens->first_place);
      const gboolean is_y = i % 2 == 0;

      edges[is_y ? i + 1 : i - 1] = MIN ((double) bin / MONOCLE_UNIFIEDIO_N_BINS * longest,
                                         (double) (is_y ? a->height : a->width));
    }
  return edges[0] < edges[2] && edges[1] < edges[3];
}

/* --- forms -------------------------------------------------------------------------------- */

static gboolean
read_words (const MonocleUnifiedioAnswer *a, MonocleResult *result)
{
  char *text = decode (a, 0, a->n_ids);
  const gboolean is_there = *text != '\0';

  monocle_result_take_text (result, text);
  return is_there;
}

static gboolean
read_boxes (const MonocleUnifiedioAnswer *a, MonocleResult *result)
{
  gboolean is_well_formed = TRUE;

  for (guint i = 0; i < a->n_ids;)
    {
      const guint n = count_places (a, i), first = i + n;
      guint end = first;
      double edges[N_PLACE];
      g_autofree char *own = NULL;

      while (end < a->n_ids && !is_place (a, end))
        end++;
      /* What more may come to is no name yet. */
      if (end == a->n_ids && !a->whole)
        break;
      own = decode (a, first, end);
      if (n == N_PLACE && read_edges (a, i, edges))
        {
          const MonocleObject object = { .label = g_strdup (*own || !a->words ? own : a->words),
                                         .shape = monocle_shape_new_edges (edges),
                                         .score = get_score (a, i, end) };

          monocle_result_take_object (result, &object);
        }
      is_well_formed = is_well_formed && (n == N_PLACE || (n == 0 && !*own));
      i = end;
    }
  return is_well_formed;
}

MonocleResult *
monocle_unifiedio_parse (const MonocleUnifiedioAnswer *answer)
{
  MonocleResult *result = monocle_result_new ();
  const gboolean is_well_formed = answer->form == MONOCLE_UNIFIEDIO_WORDS
                                      ? read_words (answer, result)
                                      : read_boxes (answer, result);

  monocle_result_set_well_formed (result, !answer->whole || is_well_formed);
  return result;
}
