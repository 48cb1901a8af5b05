/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/extra-places.h"

#include <math.h>
#include <string.h>

#include "engine/answer/geometry.h"
#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"

#define N_PLACE 4
#define EXTRA   "<extra_id_"

/* y before x. */
static const guint order[N_PLACE] = { 1, 0, 3, 2 };

void
monocle_extra_places_add (const MonocleExtraPlaces *self,
                          MonocleTokenizer *tokenizer,
                          guint32 first,
                          gboolean strips_right)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->n; i++)
    g_ptr_array_add (names, g_strdup_printf (EXTRA "%u>", self->n - 1 - i));
  monocle_tokenizer_place_tokens (tokenizer, first, (const char *const *) names->pdata, names->len,
                                  strips_right);
}

/* --- questions ---------------------------------------------------------------------------- */

char *
monocle_extra_places_spell (const MonocleExtraPlaces *self, const guint *edges)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < N_PLACE; i++)
    g_string_append_printf (text, "%s" EXTRA "%u>", i > 0 ? " " : "",
                            edges[order[i]] + self->n - self->n_bins);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
read_place (const MonocleExtraPlaces *self, const char **text, guint *bin)
{
  const char *at = *text + strspn (*text, " ");
  guint64 number;
  char *end;

  if (!g_str_has_prefix (at, EXTRA) || !g_ascii_isdigit (at[strlen (EXTRA)]))
    return FALSE;
  number = g_ascii_strtoull (at + strlen (EXTRA), &end, 10);
  if (*end != '>' || number < self->n - self->n_bins || number >= self->n)
    return FALSE;
  *bin = (guint) number - (self->n - self->n_bins);
  *text = end + 1;
  return TRUE;
}

gboolean
monocle_extra_places_read (const MonocleExtraPlaces *self,
                           const char *text,
                           guint *edges,
                           const char **rest)
{
  for (guint i = 0; i < N_PLACE; i++)
    if (!read_place (self, &text, &edges[order[i]]))
      return FALSE;
  *rest = text;
  return TRUE;
}

gboolean
monocle_extra_places_find (const MonocleExtraPlaces *self, const char *question, guint *edges)
{
  const char *rest;

  for (const char *at = question; (at = strchr (at, '<')); at++)
    if (monocle_extra_places_read (self, at, edges, &rest))
      return TRUE;
  return FALSE;
}

char *
monocle_extra_places_take (const MonocleExtraPlaces *self,
                           const char *task,
                           const char *text,
                           GError **error)
{
  guint edges[N_PLACE];
  const char *rest;

  if (monocle_extra_places_read (self, text, edges, &rest) && rest[strspn (rest, " \n")] == '\0')
    {
      g_autofree char *copy = g_strdup (text);

      return g_strdup (g_strstrip (copy));
    }
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "%s: “%.60s” are not four places, of <extra_id_%u> to <extra_id_%u>", task, text,
               self->n - self->n_bins, self->n - 1);
  return NULL;
}

/* (transfer full) (nullable): several names, a line each, cannot be asked for in one sentence. */
static char *
take_words (const MonocleTask *task, gboolean is_lower, const char *text, GError **error)
{
  const gboolean is_name = monocle_task_gives_objects (task);
  g_autofree char *words = monocle_utf8_dup_trimmed (text, strlen (text));

  if (*words && !(is_name && strchr (words, '\n')))
    return is_lower ? g_utf8_strdown (words, -1) : g_steal_pointer (&words);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               *words ? "%s takes one name at a time"
                      : "%s needs words, and there are none in the text",
               task->id);
  return NULL;
}

char *
monocle_extra_places_ask (const MonocleExtraPlaces *self,
                          const MonocleTask *task,
                          const char *sentence,
                          gboolean is_lower,
                          const guint *bins,
                          const char *text,
                          GError **error)
{
  g_autoptr (GString) question = g_string_new (sentence);

  if (task->takes & MONOCLE_TAKES_REGION)
    {
      g_autofree char *place = bins ? monocle_extra_places_spell (self, bins)
                                    : monocle_extra_places_take (self, task->id, text, error);

      if (!place)
        return NULL;
      g_string_replace (question, MONOCLE_EXTRA_REGION, place, 1);
    }
  if (task->takes & MONOCLE_TAKES_TEXT)
    {
      g_autofree char *words = take_words (task, is_lower, text, error);

      if (!words)
        return NULL;
      g_string_replace (question, MONOCLE_EXTRA_WORDS, words, 1);
    }
  return g_string_free (g_steal_pointer (&question), FALSE);
}

/* --- answers ------------------------------------------------------------------------------ */

static gboolean
is_place (const MonocleExtraAnswer *a, guint at)
{
  return at < a->n_ids && a->ids[at] >= a->first_place
         && a->ids[at] - a->first_place < a->places->n_bins;
}

static guint
count_places (const MonocleExtraAnswer *a, guint at)
{
  guint n = 0;

  while (n < N_PLACE && is_place (a, at + n))
    n++;
  return n;
}

/* The words between two tokens. */
static char *
decode (const MonocleExtraAnswer *a, guint from, guint to)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree char *text = NULL;

  for (guint i = from; i < to; i++)
    if (!monocle_tokenizer_is_special (a->tokenizer, a->ids[i]) && a->ids[i] != a->end)
      g_array_append_val (ids, a->ids[i]);
  text = monocle_tokenizer_decode (a->tokenizer, (const guint32 *) ids->data, ids->len);
  return monocle_utf8_dup_trimmed (text, strlen (text));
}

/* Mean over tokens, as a probability. */
static float
get_score (const MonocleExtraAnswer *a, guint from, guint to)
{
  double sum = 0;

  for (guint i = from; i < to; i++)
    sum += (double) a->log_probs[i];
  return to > from ? (float) exp (sum / (to - from)) : NAN;
}

static gboolean
find_edges (const MonocleExtraAnswer *a, guint at, double *edges)
{
  guint bins[N_PLACE];

  for (guint i = 0; i < N_PLACE; i++)
    bins[i] = a->places->n_bins - 1 - (a->ids[at + i] - a->first_place);
  return a->find_edges (bins, a->user_data, edges);
}

/* Whether it is there already; if not it is by now. */
static gboolean
is_repeated (const MonocleExtraAnswer *a, GArray *boxes, const double *edges)
{
  const MonocleRect box = { edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1] };

  for (guint i = 0; a->most_overlap > 0 && i < boxes->len; i++)
    if (monocle_rect_get_overlap (&g_array_index (boxes, MonocleRect, i), &box) > a->most_overlap)
      return TRUE;
  g_array_append_val (boxes, box);
  return FALSE;
}

static gboolean
read_words (const MonocleExtraAnswer *a, MonocleResult *result)
{
  char *text = decode (a, 0, a->n_ids);
  const gboolean is_there = *text != '\0';

  monocle_result_take_text (result, text);
  return is_there;
}

static gboolean
read_boxes (const MonocleExtraAnswer *a, MonocleResult *result)
{
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (MonocleRect));
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
      if (n == N_PLACE && find_edges (a, i, edges) && !is_repeated (a, boxes, edges))
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
monocle_extra_answer_parse (const MonocleExtraAnswer *answer)
{
  MonocleResult *result = monocle_result_new ();
  const gboolean is_well_formed
      = answer->are_boxes ? read_boxes (answer, result) : read_words (answer, result);

  monocle_result_set_well_formed (result, !answer->whole || is_well_formed);
  return result;
}
