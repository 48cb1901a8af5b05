/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/paligemma/parse.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"

#define N_PLACE 4

gboolean
monocle_paligemma_tokens_find (MonoclePaligemmaTokens *self,
                               const MonocleTokenizer *tokenizer,
                               const char *directory,
                               GError **error)
{
  for (guint i = 0; i < MONOCLE_PALIGEMMA_LOCS + MONOCLE_PALIGEMMA_CODES; i++)
    {
      const gboolean is_loc = i < MONOCLE_PALIGEMMA_LOCS;
      const guint number = is_loc ? i : i - MONOCLE_PALIGEMMA_LOCS;
      guint32 *first = is_loc ? &self->first_loc : &self->first_seg;
      g_autofree char *token
          = is_loc ? g_strdup_printf ("<loc%04u>", number) : g_strdup_printf ("<seg%03u>", number);
      gint64 id = monocle_tokenizer_find (tokenizer, token);

      if (number == 0)
        *first = (guint32) MAX (id, 0);
      if (id < 0 || id != (gint64) *first + number)
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                       "%s: the tokenizer lacks %s, or has it in another place", directory, token);
          return FALSE;
        }
    }
  return TRUE;
}

/* --- pieces of an answer ------------------------------------------------------------------ */

/* From @at on: how many of @n in a row are of @most tokens from @first on, up to @wanted. */
static guint
count (const MonoclePaligemmaAnswer *a, guint at, guint32 first, guint n, guint wanted)
{
  guint found = 0;

  while (found < wanted && at + found < a->n_ids && a->ids[at + found] >= first
         && a->ids[at + found] - first < n)
    found++;
  return found;
}

static guint
count_locs (const MonoclePaligemmaAnswer *a, guint at, guint wanted)
{
  return count (a, at, a->tokens->first_loc, MONOCLE_PALIGEMMA_LOCS, wanted);
}

static guint
count_segs (const MonoclePaligemmaAnswer *a, guint at, guint wanted)
{
  return count (a, at, a->tokens->first_seg, MONOCLE_PALIGEMMA_CODES, wanted);
}

static gboolean
is_place (const MonoclePaligemmaAnswer *a, guint at)
{
  return count_locs (a, at, 1) > 0 || count_segs (a, at, 1) > 0;
}

/* The words between two tokens; those of places say nothing. @whole: whether no more come */
static char *
decode (const MonoclePaligemmaAnswer *a, guint from, guint to, gboolean whole)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = from; i < to; i++)
    {
      gsize n_bytes = 0;
      const guint8 *token = monocle_tokenizer_get_bytes (a->tokenizer, a->ids[i], &n_bytes);

      if (token && !is_place (a, i) && !monocle_tokenizer_is_special (a->tokenizer, a->ids[i]))
        g_byte_array_append (bytes, token, (guint) n_bytes);
    }
  return monocle_utf8_dup_written (bytes->data, bytes->len, whole);
}

/* Mean over tokens, as a probability. */
static float
get_score (const MonoclePaligemmaAnswer *a, guint from, guint to)
{
  double sum = 0;

  for (guint i = from; i < to; i++)
    sum += (double) a->log_probs[i];
  return to > from ? (float) exp (sum / (to - from)) : NAN;
}

/* The name that begins there. @end: (out): behind its last token. @is_closed: (out): whether
 * something follows that is none of it */
static char *
read_name (const MonoclePaligemmaAnswer *a, guint from, guint *end, gboolean *is_closed)
{
  guint to = from;
  char *name, *separator;

  while (to < a->n_ids && count_locs (a, to, 1) == 0)
    to++;
  name = decode (a, from, to, TRUE);
  separator = strchr (name, ';');
  if (separator)
    *separator = '\0';
  *is_closed = to < a->n_ids || separator;
  *end = to;
  return g_strchomp (name);
}

/* --- objects ------------------------------------------------------------------------------ */

typedef struct
{
  double edges[4]; /* left, top, right, bottom */
  guint codes[MONOCLE_PALIGEMMA_MASK_CODES];
  gboolean has_mask;
} Place;

/* Places are where the ends of the sides are 0 and 1: written from the top, the row first. */
static void
read_edges (const MonoclePaligemmaAnswer *a, guint at, Place *place)
{
  for (guint i = 0; i < N_PLACE; i++)
    {
      /* y, x, y, x */
      const guint side = i % 2 == 0 ? a->height : a->width, edge = i % 2 == 0 ? i + 1 : i - 1;

      place->edges[edge]
          = (double) (a->ids[at + i] - a->tokens->first_loc) / (MONOCLE_PALIGEMMA_LOCS - 1) * side;
    }
}

/* Behind a place: a mask, after blanks or not. Returns: what comes then */
static guint
read_codes (const MonoclePaligemmaAnswer *a, guint at, Place *place)
{
  guint first = at;

  while (first < a->n_ids && !is_place (a, first))
    {
      g_autofree char *text = decode (a, first, first + 1, TRUE);

      if (*text)
        return at;
      first++;
    }
  if (count_segs (a, first, MONOCLE_PALIGEMMA_MASK_CODES) < MONOCLE_PALIGEMMA_MASK_CODES)
    return at;
  for (guint i = 0; i < MONOCLE_PALIGEMMA_MASK_CODES; i++)
    place->codes[i] = a->ids[first + i] - a->tokens->first_seg;
  place->has_mask = TRUE;
  return first + MONOCLE_PALIGEMMA_MASK_CODES;
}

static MonocleShape *
make_shape (const MonoclePaligemmaAnswer *a, const Place *place)
{
  g_autoptr (MonocleMaskRuns) runs
      = place->has_mask && a->masks ? monocle_paligemma_masks_cut (
                                          a->masks, place->codes, place->edges, a->width, a->height)
                                    : NULL;

  return runs ? monocle_shape_new_mask (runs) : monocle_shape_new_edges (place->edges);
}

/* @at: (inout): of the first token of a place, then behind the object. If more may come to its
 * name, it is none yet. */
static void
read_object (const MonoclePaligemmaAnswer *a, guint *at, MonocleResult *result)
{
  const guint first = *at;
  guint start, end;
  gboolean is_closed;
  Place place = { .has_mask = FALSE };
  g_autofree char *name = NULL;
  MonocleObject object;

  read_edges (a, first, &place);
  start = read_codes (a, first + N_PLACE, &place);
  name = read_name (a, start, &end, &is_closed);
  *at = end;
  if ((!is_closed && !a->whole) || !(place.edges[0] < place.edges[2])
      || !(place.edges[1] < place.edges[3]))
    return;
  object = (MonocleObject){
    .label = g_steal_pointer (&name),
    .shape = make_shape (a, &place),
  };
  object.score = *object.label ? get_score (a, start, end) : get_score (a, first, start);
  monocle_result_take_object (result, &object);
}

MonocleResult *
monocle_paligemma_parse (const MonoclePaligemmaAnswer *answer)
{
  MonocleResult *result = monocle_result_new ();
  gboolean has_places = FALSE, is_well_formed = TRUE;

  for (guint i = 0; i < answer->n_ids;)
    {
      guint n = count_locs (answer, i, N_PLACE);

      has_places = has_places || n > 0;
      if (n == N_PLACE)
        read_object (answer, &i, result);
      else
        {
          /* Places that are cut off, or a mask of nothing. */
          is_well_formed = is_well_formed && !is_place (answer, i);
          i += MAX (n, 1);
        }
    }
  if (!has_places)
    {
      char *text = decode (answer, 0, answer->n_ids, answer->whole);

      is_well_formed = is_well_formed && *text;
      monocle_result_take_text (result, text);
    }
  monocle_result_set_well_formed (result, !answer->whole || is_well_formed);
  return result;
}
