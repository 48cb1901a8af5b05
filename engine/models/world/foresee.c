/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens next: rows of the decoder side by side, each a walk through its own scene. The first
 * row of a scene takes the likeliest step, the others are drawn. What was seen is fed token by
 * token as well, since how likely it was is what tells whether the model knows such scenes.
 */
#include "config.h"

#include "engine/models/world/private.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/models/world/walk.h"

/* Rows side by side: as many as a step costs hardly more for. */
#define MAX_ROWS 256

/* A row of the decoder. */
typedef struct
{
  MonocleWalk walk;
  MonocleSampler *sampler; /* (nullable): it takes the likeliest */
  double surprise;
  guint n_surprises;
} Row;

typedef struct
{
  float score;
  guint bin;
} Bin;

static int
compare_bins (gconstpointer a, gconstpointer b)
{
  const Bin *left = a, *right = b;

  if (left->score != right->score)
    return left->score < right->score ? 1 : -1;
  return left->bin < right->bin ? -1 : left->bin > right->bin;
}

static guint
choose (MonocleSampler *sampler, const float *scores, guint n)
{
  g_autofree Bin *bins = g_new (Bin, n);
  float best[MONOCLE_SAMPLER_MAX_CANDIDATES];
  const guint n_best = MIN (n, MONOCLE_SAMPLER_MAX_CANDIDATES);

  for (guint i = 0; i < n; i++)
    bins[i] = (Bin){ .score = scores[i], .bin = i };
  qsort (bins, n, sizeof *bins, compare_bins);
  if (!sampler)
    return bins[0].bin;
  for (guint i = 0; i < n_best; i++)
    best[i] = bins[i].score;
  return bins[monocle_sampler_choose (sampler, best, n_best)].bin;
}

/* Minus the log-probability of one of them. */
static double
get_surprise (const float *scores, guint n, guint bin)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += exp ((double) scores[i] - (double) scores[bin]);
  return log (sum);
}

/* @logits: of its row */
static void
decide (Row *row, const float *logits)
{
  const guint n = monocle_world_config_count_changes (row->walk.config);
  const float *scores = logits + monocle_walk_get_change (&row->walk);
  guint bin;

  if (!monocle_walk_know (&row->walk, &bin))
    bin = choose (row->sampler, scores, n);
  else if (monocle_walk_can_guess (&row->walk))
    {
      row->surprise += get_surprise (scores, n, bin);
      row->n_surprises++;
    }
  monocle_walk_decide (&row->walk, bin);
}

static gboolean
ensure_decoder (MonocleWorld *self, guint n_rows, guint n_tokens, GError **error)
{
  const MonocleCausalDecoderSize size
      = { .n_questions = n_rows, .n_beams = 1, .n_candidates = 1, .first_places = n_tokens };

  if (!self->decoder || !monocle_causal_decoder_has_size (self->decoder, &size))
    {
      g_clear_pointer (&self->decoder, monocle_causal_decoder_free);
      self->decoder = monocle_causal_decoder_new (&self->causal, self->params, self->gpu,
                                                  MONOCLE_FORMAT_F32, &size, NULL, error);
    }
  return self->decoder && monocle_causal_decoder_begin (self->decoder, NULL, 0, NULL, error);
}

/* To the end of all rows. A row that is over is fed anything until the others are, too. */
static gboolean
walk_rows (MonocleWorld *self, Row *rows, guint n, GCancellable *cancellable, GError **error)
{
  const gsize n_words = self->config.text.n_words;
  g_autofree guint32 *words = g_new0 (guint32, n), *beside = g_new0 (guint32, n);
  g_autofree guint32 *sources = g_new (guint32, n);
  g_autofree float *logits = g_new (float, n *n_words);
  const MonocleDecoderStep step = { .tokens = words, .beside = beside, .sources = sources };

  for (guint i = 0; i < n; i++)
    sources[i] = i;
  while (TRUE)
    {
      gboolean is_over = TRUE, is_wanted = FALSE;

      for (guint i = 0; i < n; i++)
        is_over &= monocle_walk_is_over (&rows[i].walk);
      if (is_over)
        return TRUE;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (guint i = 0; i < n; i++)
        {
          monocle_walk_next (&rows[i].walk, &words[i], &beside[i]);
          is_wanted |= monocle_walk_wants (&rows[i].walk);
        }
      if (!monocle_causal_decoder_step (self->decoder, &step, NULL, error))
        return FALSE;
      if (!is_wanted)
        continue;
      if (!monocle_causal_decoder_read_logits (self->decoder, logits, error)
          || !monocle_engine_error_check_numbers (logits, n * n_words, error))
        return FALSE;
      for (guint i = 0; i < n; i++)
        if (monocle_walk_wants (&rows[i].walk))
          decide (&rows[i], logits + i * n_words);
    }
}

/* Some scenes at once. @samplers: [n_scenes * n_futures] */
static gboolean
foresee_some (MonocleWorld *self,
              const MonocleFamilyForesight *asked,
              const guint *scenes,
              guint n_scenes,
              MonocleSampler *samplers,
              GPtrArray *futures,
              GError **error)
{
  const guint n_each = 1 + asked->n_futures;
  g_autofree Row *rows = g_new0 (Row, (gsize) n_scenes * n_each);
  guint n_tokens = 0;

  for (guint i = 0; i < n_scenes; i++)
    {
      const MonocleTracks *tracks = asked->tracks[scenes[i]];
      MonocleFutures *into = futures->pdata[scenes[i]];
      const guint n_frames = tracks->n_frames + asked->n_frames;

      n_tokens = MAX (n_tokens, monocle_world_config_count_tokens (tracks->n_things, n_frames)
                                    + MONOCLE_WORLD_OBSTACLE_TOKENS);
      for (guint k = 0; k < n_each; k++)
        {
          Row *row = &rows[i * n_each + k];

          monocle_walk_init (&row->walk, &self->config, tracks, n_frames,
                             k == 0 ? into->likeliest : monocle_futures_get_drawn (into, k - 1));
          if (k > 0)
            row->sampler = &samplers[(gsize) scenes[i] * asked->n_futures + k - 1];
        }
    }
  if (!ensure_decoder (self, n_scenes * n_each, n_tokens, error)
      || !walk_rows (self, rows, n_scenes * n_each, asked->cancellable, error))
    return FALSE;
  for (guint i = 0; i < n_scenes; i++)
    {
      const Row *row = &rows[i * n_each];

      if (row->n_surprises > 0)
        ((MonocleFutures *) futures->pdata[scenes[i]])->surprise = row->surprise / row->n_surprises;
    }
  return TRUE;
}

static int
compare_lengths (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const MonocleFamilyForesight *asked = user_data;
  const guint left = *(const guint *) a, right = *(const guint *) b;
  const MonocleTracks *x = asked->tracks[left], *y = asked->tracks[right];

  if (x->n_things != y->n_things)
    return x->n_things < y->n_things ? -1 : 1;
  return left < right ? -1 : left > right;
}

gboolean
monocle_world_foresee (gpointer model,
                       const MonocleFamilyForesight *asked,
                       GPtrArray *futures,
                       GError **error)
{
  MonocleWorld *self = model;
  const guint n_at_once = MAX (MAX_ROWS / (1 + asked->n_futures), 1);
  g_autofree MonocleSampler *samplers = g_new (MonocleSampler, (gsize) asked->n * asked->n_futures);
  g_autofree guint *order = g_new (guint, asked->n);

  for (guint i = 0; i < asked->n && self->config.n_sizes == 0; i++)
    if (asked->tracks[i]->obstacle.kind != MONOCLE_OBSTACLE_NONE)
      {
        g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                             "there is an obstacle, and the model knows none");
        return FALSE;
      }
  for (guint i = 0; i < asked->n; i++)
    {
      order[i] = i;
      g_ptr_array_add (futures, monocle_futures_new (asked->tracks[i]->n_things, asked->n_frames,
                                                     asked->n_futures));
    }
  /* A scene's numbers are its own, whatever is foreseen beside it. */
  for (guint i = 0; i < asked->n * asked->n_futures; i++)
    monocle_sampler_init (&samplers[i], asked->sampling, i);
  g_qsort_with_data (order, (int) asked->n, sizeof *order, compare_lengths, (gpointer) asked);
  for (guint first = 0; first < asked->n; first += n_at_once)
    if (!foresee_some (self, asked, order + first, MIN (n_at_once, asked->n - first), samplers,
                       futures, error))
      return FALSE;
  return TRUE;
}

gboolean
monocle_world_read_logits (MonocleWorld *self,
                           const guint32 *words,
                           const guint32 *beside,
                           guint n,
                           float *logits,
                           GError **error)
{
  const guint32 source = 0;

  if (!ensure_decoder (self, 1, n, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const MonocleDecoderStep step
          = { .tokens = &words[i], .beside = &beside[i], .sources = &source };

      if (!monocle_causal_decoder_step (self->decoder, &step, NULL, error)
          || !monocle_causal_decoder_read_logits (
              self->decoder, logits + (gsize) i * self->config.text.n_words, error))
        return FALSE;
    }
  return TRUE;
}
