/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/guided.h"

#include <string.h>

void
monocle_guided_clear (MonocleGuided *self)
{
  g_clear_pointer (&self->tokens, g_free);
  g_clear_pointer (&self->sources, g_free);
  g_clear_pointer (&self->banned, g_free);
  g_clear_pointer (&self->candidates, g_free);
  g_clear_pointer (&self->logits, g_free);
}

static gboolean
begin (gpointer user_data, MonocleDecoderStart *start, GError **error)
{
  MonocleGuided *self = user_data;
  const guint n = start->n_questions, n_both = 2 * n;
  g_autofree guint32 *first_tokens = g_new (guint32, n_both);
  MonocleDecoderStart both = *start;

  g_return_val_if_fail (start->n_beams == 1, FALSE);
  monocle_guided_clear (self);
  for (guint i = 0; i < n_both; i++)
    first_tokens[i] = start->first_tokens[i / 2];
  both.first = 2 * start->first;
  both.n_questions = n_both;
  both.first_tokens = first_tokens;
  if (!self->decoder->begin (self->self, &both, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    start->first_tokens[i] = first_tokens[2 * i];
  self->n_rows = n;
  self->n_candidates = start->n_candidates;
  self->tokens = g_new (guint32, n_both);
  self->sources = g_new (guint32, n_both);
  self->banned = g_new0 (GArray *, n_both);
  self->candidates = g_new (MonocleCandidate, (gsize) n_both * self->n_candidates);
  self->logits = g_new (float, (gsize) n_both * self->n_words);
  return TRUE;
}

static gboolean
step (gpointer user_data,
      const MonocleDecoderStep *one,
      MonocleCandidate *candidates,
      GError **error)
{
  MonocleGuided *self = user_data;
  const MonocleDecoderStep both = { .tokens = self->tokens,
                                    .sources = self->sources,
                                    .banned = one->banned ? self->banned : NULL };

  for (guint i = 0; i < 2 * self->n_rows; i++)
    {
      self->tokens[i] = one->tokens[i / 2];
      self->sources[i] = 2 * one->sources[i / 2] + i % 2;
      self->banned[i] = one->banned ? one->banned[i / 2] : NULL;
    }
  if (!self->decoder->step (self->self, &both, candidates ? self->candidates : NULL, error))
    return FALSE;
  for (guint i = 0; candidates && i < self->n_rows; i++)
    memcpy (candidates + (gsize) i * self->n_candidates,
            self->candidates + (gsize) 2 * i * self->n_candidates,
            self->n_candidates * sizeof *candidates);
  return TRUE;
}

static gboolean
read_logits (gpointer user_data, float *logits, GError **error)
{
  MonocleGuided *self = user_data;
  const float further = (float) (1 + self->guidance);

  if (!self->decoder->read_logits (self->self, self->logits, error))
    return FALSE;
  for (guint i = 0; i < self->n_rows; i++)
    {
      const float *wanted = self->logits + (gsize) 2 * i * self->n_words;
      const float *other = wanted + self->n_words;

      for (guint k = 0; k < self->n_words; k++)
        *logits++ = other[k] + further * (wanted[k] - other[k]);
    }
  return TRUE;
}

const MonocleDecoder monocle_guided_decoder
    = { .begin = begin, .step = step, .read_logits = read_logits };
