/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drawing the next token by chance instead of taking the likeliest: temperature, top-k, top-p and
 * min-p, in the order of the reference, over the best few candidates of one row. No model, no
 * device and no text in here.
 *
 * The device returns the best few tokens, not all of them, so that never more than
 * MONOCLE_SAMPLER_MAX_CANDIDATES can be drawn: an upper limit on top-k. Shares (top-p) are of what
 * those few have together once top-k is applied, which is what the reference computes for the same
 * top-k. Where a model is so unsure that later tokens matter, they never come. Pieces of pictures,
 * of which many go as well as each other, are drawn from all there are: the host reads their scores
 * then.
 *
 * The numbers are drawn by a generator of our own, so that one seed gives the same numbers on every
 * machine; each question has a stream of its own, whatever is answered beside it. Probabilities
 * differ in their last digits from device to device, and where a number falls on such an edge, so
 * do answers.
 *
 * Sources: Holtzman et al. 2019 (top-p); Nguyen et al. 2024 (min-p); transformers 5.23
 * (generation/logits_process.py); Steele, Lea and Flood 2014 (SplitMix64).
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is asked for where top-k does not say less. */
#define MONOCLE_SAMPLER_MAX_CANDIDATES 32

/**
 * MonocleSampling:
 * @temperature: log-probabilities are divided by it: below 1 the likely become likelier; above 0
 * @top_k: only so many of the likeliest, at most %MONOCLE_SAMPLER_MAX_CANDIDATES; 0: as many
 * @top_p: only the likeliest that together have this share, 0 to 1; 1 for off
 * @min_p: only those at least this fraction as likely as the likeliest, 0 to 1; 0 for off
 * @seed: where the generator starts
 */
typedef struct
{
  double temperature;
  guint top_k;
  double top_p;
  double min_p;
  guint64 seed;
} MonocleSampling;

#define MONOCLE_SAMPLING_PLAIN           ((MonocleSampling) { .temperature = 1, .top_p = 1 })
#define MONOCLE_SAMPLING_MAX_TEMPERATURE 100.0

/* What pieces of a picture are drawn from, where nobody says it. */
#define MONOCLE_SAMPLING_PICTURE_TOP_P 0.9

/**
 * monocle_sampling_check:
 * @self: settings of a stranger
 *
 * Returns: (nullable): which one cannot be and what it can be, as a sentence without a full stop;
 *   %NULL if all is well
 */
const char *monocle_sampling_check (const MonocleSampling *self);

/**
 * monocle_sampling_get_n_candidates:
 *
 * Returns: how many of the best tokens of a row a sampler wants to see
 */
guint monocle_sampling_get_n_candidates (const MonocleSampling *self);

/**
 * monocle_sampling_weigh:
 * @self: settings
 * @scores: (array length=n): log-probabilities, of the whole vocabulary or any part of it, best
 *   first
 * @n: at least 1; those past the wanted number of candidates are not looked at
 * @probabilities: (out caller-allocates) (array): [%MONOCLE_SAMPLER_MAX_CANDIDATES] of those that
 * can be drawn
 *
 * Returns: how many of them can be drawn: so many of the best
 */
guint monocle_sampling_weigh (const MonocleSampling *self,
                              const float *scores,
                              guint n,
                              double *probabilities);

/**
 * MonocleSampler:
 *
 * One row's settings and its place in the stream of numbers. There is nothing to clear.
 */
typedef struct
{
  MonocleSampling settings;
  guint64 state;
} MonocleSampler;

/* @stream: which of several streams of one seed. */
void monocle_sampler_init (MonocleSampler *self, const MonocleSampling *settings, guint64 stream);

/* The next number, in [0, 1). */
double monocle_sampler_draw (MonocleSampler *self);

/**
 * monocle_sampler_choose:
 * @self: a sampler
 * @scores, @n: as of monocle_sampling_weigh()
 *
 * Draws one number, even where there is but one candidate.
 *
 * Returns: the index of the chosen one
 */
guint monocle_sampler_choose (MonocleSampler *self, const float *scores, guint n);

/**
 * monocle_sampler_choose_of_all:
 * @self: a sampler; its top-k may be any number, 0 for all
 * @scores: (array length=n): logits or log-probabilities of all tokens, in any order; those that
 *   are no numbers, or without end, cannot be drawn
 * @n: how many
 *
 * As monocle_sampler_choose(), however many the settings leave. Of equal ones the first counts as
 * the better.
 *
 * Returns: the index of the chosen one, or @n where none can be drawn
 */
guint monocle_sampler_choose_of_all (MonocleSampler *self, const float *scores, guint n);

G_END_DECLS
