/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/sampler.h"

#include <math.h>

const char *
monocle_sampling_check (const MonocleSampling *self)
{
  /* Written so that what is not a number is refused too. */
  if (!(self->temperature > 0 && self->temperature <= MONOCLE_SAMPLING_MAX_TEMPERATURE))
    return "The temperature must be above 0 and at most 100";
  if (self->top_k > MONOCLE_SAMPLER_MAX_CANDIDATES)
    return "Top-k is at most " G_STRINGIFY (MONOCLE_SAMPLER_MAX_CANDIDATES);
  if (!(self->top_p > 0 && self->top_p <= 1))
    return "Top-p must be above 0 and at most 1";
  if (!(self->min_p >= 0 && self->min_p <= 1))
    return "Min-p must be from 0 to 1";
  return NULL;
}

guint
monocle_sampling_get_n_candidates (const MonocleSampling *self)
{
  return self->top_k > 0 ? MIN (self->top_k, MONOCLE_SAMPLER_MAX_CANDIDATES)
                         : MONOCLE_SAMPLER_MAX_CANDIDATES;
}

/* --- SplitMix64 --------------------------------------------------------------------------- */

#define GOLDEN G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)

static guint64
mix (guint64 z)
{
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

void
monocle_sampler_init (MonocleSampler *self, const MonocleSampling *settings, guint64 stream)
{
  self->settings = *settings;
  /* The first stream is the generator as published; the others start far away from it. */
  self->state = stream == 0 ? settings->seed : settings->seed ^ mix (stream * GOLDEN);
}

double
monocle_sampler_draw (MonocleSampler *self)
{
  self->state += GOLDEN;
  return (double) (mix (self->state) >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53);
}

/* --- choosing ----------------------------------------------------------------------------- */

/* @probabilities: [@n], best first. Makes those of what can be drawn add up to 1. Returns: how many
 * these are */
static guint
cut (const MonocleSampling *self, double *probabilities, guint n)
{
  double total = 0, kept = 0;
  guint n_kept = 0;

  for (guint i = 0; i < n; i++)
    total += probabilities[i];

  /* Until the better ones have the share; the best is kept in any case. A share of all is not
   * reached by what rounding makes of it. */
  do
    kept += probabilities[n_kept++];
  while (n_kept < n && (self->top_p >= 1 || kept < self->top_p * total)
         && probabilities[n_kept] >= self->min_p * probabilities[0]);

  for (guint i = 0; i < n_kept; i++)
    probabilities[i] /= kept;
  return n_kept;
}

/* Relative to the best, so that nothing overflows. */
static double
weigh (const MonocleSampling *self, float score, float best)
{
  return exp (((double) score - (double) best) / self->temperature);
}

/* Where @point, of [0, 1), falls. */
static guint
find_point (const double *probabilities, guint n, double point)
{
  guint i;

  for (i = 0; i < n - 1 && point >= probabilities[i]; i++)
    point -= probabilities[i];
  return i;
}

guint
monocle_sampling_weigh (const MonocleSampling *self,
                        const float *scores,
                        guint n,
                        double *probabilities)
{
  n = MIN (n, monocle_sampling_get_n_candidates (self));
  for (guint i = 0; i < n; i++)
    probabilities[i] = weigh (self, scores[i], scores[0]);
  return cut (self, probabilities, n);
}

guint
monocle_sampler_choose (MonocleSampler *self, const float *scores, guint n)
{
  double probabilities[MONOCLE_SAMPLER_MAX_CANDIDATES];
  double point = monocle_sampler_draw (self);

  g_return_val_if_fail (n > 0, 0);

  n = monocle_sampling_weigh (&self->settings, scores, n, probabilities);
  return find_point (probabilities, n, point);
}

/* Best first. */
static int
compare_scores (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const float *scores = user_data;
  const guint i = *(const guint *) a, k = *(const guint *) b;

  return scores[i] > scores[k] ? -1 : scores[i] < scores[k] ? 1 : i < k ? -1 : 1;
}

guint
monocle_sampler_choose_of_all (MonocleSampler *self, const float *scores, guint n)
{
  const MonocleSampling *settings = &self->settings;
  const double point = monocle_sampler_draw (self);
  g_autofree guint *order = g_new (guint, n);
  g_autofree double *probabilities = g_new (double, n);
  guint n_left = 0;

  for (guint i = 0; i < n; i++)
    if (isfinite (scores[i]))
      order[n_left++] = i;
  if (n_left == 0)
    return n;
  g_qsort_with_data (order, (gint) n_left, sizeof *order, compare_scores, (gpointer) scores);
  if (settings->top_k > 0)
    n_left = MIN (n_left, settings->top_k);
  for (guint i = 0; i < n_left; i++)
    probabilities[i] = weigh (settings, scores[order[i]], scores[order[0]]);
  return order[find_point (probabilities, cut (settings, probabilities, n_left), point)];
}
