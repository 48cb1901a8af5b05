/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/unifiedio/parse.h"

#include "engine/base/error.h"

#define N_PLACE 4

/* Tokens beside the words of T5, of which the first are of other use. */
#define N_EXTRA 1100

#define EXTRA "<extra_id_"

const MonocleExtraPlaces monocle_unifiedio_places = { N_EXTRA, MONOCLE_UNIFIEDIO_N_BINS };

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
  /* Files of T5 have a hundred of them, which have other ids where there are more. */
  monocle_extra_places_add (&monocle_unifiedio_places, tokenizer, self->first_place, TRUE);
  return TRUE;
}

/* --- answers ------------------------------------------------------------------------------ */

/* As the reference reads them, one bin more than what was meant, of which there are a thousand. */
static gboolean
find_edges (const guint *bins, gconstpointer user_data, double *edges)
{
  const MonocleUnifiedioAnswer *answer = user_data;
  const guint longest = MAX (answer->width, answer->height);

  for (guint i = 0; i < N_PLACE; i++)
    {
      const gboolean is_y = i % 2 == 0;

      edges[is_y ? i + 1 : i - 1]
          = MIN ((double) (bins[i] + 1) / MONOCLE_UNIFIEDIO_N_BINS * longest,
                 (double) (is_y ? answer->height : answer->width));
    }
  return edges[0] < edges[2] && edges[1] < edges[3];
}

MonocleResult *
monocle_unifiedio_parse (const MonocleUnifiedioAnswer *answer)
{
  const MonocleExtraAnswer extra = {
    .tokenizer = answer->tokenizer,
    .places = &monocle_unifiedio_places,
    .first_place = answer->tokens->first_place,
    .end = answer->tokens->end,
    .are_boxes = answer->form == MONOCLE_UNIFIEDIO_BOXES,
    .words = answer->words,
    .whole = answer->whole,
    .ids = answer->ids,
    .log_probs = answer->log_probs,
    .n_ids = answer->n_ids,
    .find_edges = find_edges,
    .user_data = answer,
  };

  return monocle_extra_answer_parse (&extra);
}
