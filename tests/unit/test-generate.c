/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Generation over a decoder that is a hash of what it was fed: what batches of questions answer
 * must be what each of them answers alone, found by a loop that knows nothing of batches.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/text/generate.h"

#define VOCABULARY  60
#define EOS         2
#define N_QUESTIONS 19 /* two full batches and a part of one */

/* A decoder without weights. */
typedef struct
{
  GPtrArray *rows; /* of GArray of guint32: what each row was fed */
  guint first, n_beams, n_candidates;
  guint n_begun, n_steps, n_logits;
  gboolean opens; /* answers are written behind a token of the question's own */
  guint fails_at; /* the batch that cannot begin, from 1 on */
  GError *failure;
  guint stops_at; /* the step at which somebody cancels */
  GCancellable *cancellable;
} Fake;

/* Numbers that depend on the question and every token before. */
static void
make_logits (guint question, const guint32 *ids, guint n_ids, float *logits)
{
  guint32 seed[64];

  g_assert_cmpuint (n_ids + 1, <, G_N_ELEMENTS (seed));
  seed[0] = question;
  memcpy (seed + 1, ids, n_ids * sizeof *ids);
  {
    g_autoptr (GRand) random = g_rand_new_with_seed_array (seed, n_ids + 1);

    for (guint i = 0; i < VOCABULARY; i++)
      logits[i] = (float) g_rand_double_range (random, 0, 5);
  }
}

static gboolean
is_banned (GArray *banned, guint32 id)
{
  for (guint i = 0; banned && i < banned->len; i++)
    {
      const MonocleIdRange *range = &g_array_index (banned, MonocleIdRange, i);

      if (id >= range->first && id <= range->last)
        return TRUE;
    }
  return FALSE;
}

/* The best of a row, as a device finds them. */
static void
find_best (const float *logits, GArray *banned, MonocleCandidate *best, guint n)
{
  double sum = 0;
  gboolean taken[VOCABULARY] = { FALSE };

  for (guint i = 0; i < VOCABULARY; i++)
    sum += exp ((double) logits[i]);
  for (guint i = 0; i < n; i++)
    {
      best[i] = (MonocleCandidate){ MONOCLE_CANDIDATE_NONE, -INFINITY };
      for (guint id = 0; id < VOCABULARY; id++)
        if (!taken[id] && !is_banned (banned, id)
            && (best[i].token == MONOCLE_CANDIDATE_NONE || logits[id] > logits[best[i].token]))
          best[i].token = id;
      if (best[i].token == MONOCLE_CANDIDATE_NONE)
        continue;
      taken[best[i].token] = TRUE;
      best[i].log_prob = (float) ((double) logits[best[i].token] - log (sum));
    }
}

static gboolean
fake_begin (gpointer self, MonocleDecoderStart *start, GError **error)
{
  Fake *fake = self;

  if (fake->failure && fake->n_begun + 1 == fake->fails_at)
    {
      g_propagate_error (error, g_error_copy (fake->failure));
      return FALSE;
    }
  fake->n_begun++;
  fake->first = start->first;
  fake->n_beams = start->n_beams;
  fake->n_candidates = start->n_candidates;
  g_ptr_array_set_size (fake->rows, 0);
  for (guint i = 0; i < start->n_questions * start->n_beams; i++)
    g_ptr_array_add (fake->rows, g_array_new (FALSE, FALSE, sizeof (guint32)));
  for (guint i = 0; fake->opens && i < start->n_questions; i++)
    start->first_tokens[i] = 30 + (start->first + i) % 7;
  return TRUE;
}

static void
read_row (Fake *fake, guint row, float *logits)
{
  const GArray *fed = fake->rows->pdata[row];

  make_logits (fake->first + row / fake->n_beams, (const guint32 *) (gpointer) fed->data, fed->len,
               logits);
}

static gboolean
fake_step (gpointer self,
           const MonocleDecoderStep *step,
           MonocleCandidate *candidates,
           GError **error)
{
  Fake *fake = self;
  g_autoptr (GPtrArray) before = fake->rows;

  fake->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (guint i = 0; i < before->len; i++)
    {
      GArray *row = g_array_copy (before->pdata[step->sources[i]]);
      float logits[VOCABULARY];

      g_assert_cmpuint (step->sources[i] / fake->n_beams, ==, i / fake->n_beams);
      g_array_append_val (row, step->tokens[i]);
      g_assert_cmpuint (step->banned[i]->len, <=, row->len + MONOCLE_DECODER_MORE_BANS);
      g_ptr_array_add (fake->rows, row);
      read_row (fake, i, logits);
      if (candidates)
        find_best (logits, step->banned[i], candidates + i * fake->n_candidates,
                   fake->n_candidates);
    }
  if (++fake->n_steps == fake->stops_at)
    g_cancellable_cancel (fake->cancellable);
  return TRUE;
}

static gboolean
fake_read_logits (gpointer self, float *logits, GError **error)
{
  Fake *fake = self;

  fake->n_logits++;
  for (guint i = 0; i < fake->rows->len; i++)
    read_row (fake, i, logits + (gsize) i * VOCABULARY);
  return TRUE;
}

static const MonocleDecoder fake_decoder
    = { .begin = fake_begin, .step = fake_step, .read_logits = fake_read_logits };

/* Everything that was told, and the question as it was put. */
typedef struct
{
  Fake fake;
  MonocleGenerationConfig search;
  MonocleLogitsConfig logits;
  MonocleSampling sampling;
  MonocleGeneration generation;
  GPtrArray *done; /* of GArray of guint32, one for each question */
  GArray *whole;   /* of gboolean */
  GArray *certain[N_QUESTIONS];
  gboolean stopped;
  guint n_tokens;
} Bench;

static void
tell_certain (guint question,
              gboolean whole,
              const guint32 *ids,
              const float *log_probs,
              guint n_ids,
              gpointer user_data)
{
  Bench *bench = user_data;
  GArray *known = bench->certain[question];

  g_assert_false (whole);
  g_assert_cmpuint (n_ids, >, known->len);
  g_assert_cmpmem (ids, known->len * sizeof *ids, known->data, known->len * sizeof *ids);
  g_array_set_size (known, 0);
  g_array_append_vals (known, ids, n_ids);
}

static void
tell_done (guint question,
           gboolean whole,
           const guint32 *ids,
           const float *log_probs,
           guint n_ids,
           gpointer user_data)
{
  Bench *bench = user_data;
  GArray *answer = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_assert_cmpuint (question, ==, bench->done->len);
  g_array_append_vals (answer, ids, n_ids);
  g_ptr_array_add (bench->done, answer);
  g_array_append_val (bench->whole, whole);
}

/* Behind an even number of tokens nothing below 20 comes. */
static void
ban_some (guint question, const guint32 *ids, guint n_ids, GArray *ranges, gpointer user_data)
{
  const MonocleIdRange range = { 3, 19 };

  if (n_ids % 2 == 0 && question % 3 != 0)
    g_array_append_val (ranges, range);
}

static void
bench_init (Bench *bench, guint n_beams)
{
  *bench = (Bench){
    .search = { .num_beams = n_beams,
                .max_length = 12,
                .no_repeat_ngram_size = 2,
                .forced_bos = 0,
                .forced_eos = EOS,
                .eos = { EOS },
                .n_eos = 1,
                .pad = 1,
                .decoder_start = EOS,
                .length_penalty = 1,
                .vocab_size = VOCABULARY },
    .done = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref),
    .whole = g_array_new (FALSE, FALSE, sizeof (gboolean)),
  };
  monocle_logits_config_init (&bench->logits);
  bench->fake.rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  bench->fake.cancellable = g_cancellable_new ();
  for (guint i = 0; i < N_QUESTIONS; i++)
    bench->certain[i] = g_array_new (FALSE, FALSE, sizeof (guint32));
  bench->generation = (MonocleGeneration){ .decoder = &fake_decoder,
                                           .decoder_self = &bench->fake,
                                           .n_questions = N_QUESTIONS,
                                           .search = &bench->search,
                                           .logits = &bench->logits,
                                           .certain = tell_certain,
                                           .done = tell_done,
                                           .user_data = bench,
                                           .cancellable = bench->fake.cancellable };
}

static void
bench_clear (Bench *bench)
{
  monocle_logits_config_clear (&bench->logits);
  g_ptr_array_unref (bench->done);
  g_array_unref (bench->whole);
  g_ptr_array_unref (bench->fake.rows);
  g_clear_error (&bench->fake.failure);
  g_object_unref (bench->fake.cancellable);
  for (guint i = 0; i < N_QUESTIONS; i++)
    g_array_unref (bench->certain[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

static void
bench_run (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (monocle_generate (&bench->generation, &bench->stopped, &bench->n_tokens, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (bench->done->len, ==, N_QUESTIONS);
}

/* One question alone: a search, its rows remembered by the search itself. */
static void
answer_alone (Bench *bench, guint question, guint32 first, MonocleHypothesis *best)
{
  MonocleGenerationConfig config = bench->search;
  guint n = bench->generation.sampling
                ? monocle_sampling_get_n_candidates (bench->generation.sampling)
                : monocle_generation_config_get_n_candidates (&config);
  g_autofree MonocleCandidate *candidates = g_new (MonocleCandidate, n * config.num_beams);
  g_autoptr (MonocleSearch) search = NULL;
  MonocleSampler sampler;

  config.decoder_start = first;
  search = monocle_search_new (&config);
  if (bench->generation.sampling)
    monocle_sampler_init (&sampler, bench->generation.sampling, question);

  while (!monocle_search_is_done (search))
    {
      guint length = monocle_search_get_length (search);

      for (guint j = 0; j < config.num_beams; j++)
        {
          const guint32 *ids = monocle_search_get_ids (search, j);
          g_autoptr (GArray) ngrams = g_array_new (FALSE, FALSE, sizeof (guint32));
          g_autoptr (GArray) banned = g_array_new (FALSE, FALSE, sizeof (MonocleIdRange));
          float logits[VOCABULARY];

          monocle_search_get_banned (search, j, ngrams);
          for (guint k = 0; k < ngrams->len; k++)
            {
              guint32 id = g_array_index (ngrams, guint32, k);
              MonocleIdRange range = { id, id };

              g_array_append_val (banned, range);
            }
          if (bench->generation.ban)
            bench->generation.ban (question, ids, length, banned, bench);
          make_logits (question, ids, length, logits);
          find_best (logits, banned, candidates + j * n, n);
        }
      if (monocle_search_next_is_forced (search))
        monocle_search_advance (search, NULL, 0);
      else if (bench->generation.sampling)
        {
          float scores[MONOCLE_SAMPLER_MAX_CANDIDATES];

          for (guint k = 0; k < n; k++)
            scores[k] = candidates[k].log_prob;
          monocle_search_advance (search, &candidates[monocle_sampler_choose (&sampler, scores, n)],
                                  1);
        }
      else
        monocle_search_advance (search, candidates, n);
    }
  monocle_search_get_best (search, best);
}

static gboolean
is_answered_as_alone (Bench *bench, guint question, guint32 first)
{
  const GArray *answer = bench->done->pdata[question];
  g_auto (MonocleHypothesis) best = { NULL };

  answer_alone (bench, question, first, &best);
  return answer->len == best.n_ids
         && memcmp (answer->data, best.ids, best.n_ids * sizeof *best.ids) == 0;
}

static void
check_answers (Bench *bench)
{
  guint longest = 0, shortest = G_MAXUINT;

  bench_run (bench);
  g_assert_false (bench->stopped);
  for (guint i = 0; i < N_QUESTIONS; i++)
    {
      const GArray *answer = bench->done->pdata[i], *certain = bench->certain[i];

      g_assert_true (is_answered_as_alone (bench, i, EOS));
      g_assert_true (g_array_index (bench->whole, gboolean, i));
      /* What was certain at the end is all of it. */
      g_assert_cmpmem (certain->data, certain->len * 4, answer->data, answer->len * 4);
      longest = MAX (longest, answer->len);
      shortest = MIN (shortest, answer->len);
    }
  /* Some are done long before others. */
  g_assert_cmpuint (shortest, <, longest);
}

static void
test_searches (gconstpointer data)
{
  for (guint banning = 0; banning < 2; banning++)
    {
      g_auto (Bench) bench = { 0 };

      bench_init (&bench, GPOINTER_TO_UINT (data));
      bench.generation.ban = banning ? ban_some : NULL;
      check_answers (&bench);
    }
}

static void
test_samples (void)
{
  g_auto (Bench) bench = { 0 }, greedy = { 0 };
  guint n_same = 0;

  bench_init (&bench, 1);
  bench.sampling = (MonocleSampling){ .temperature = 0.9, .top_k = 7, .top_p = 0.95, .seed = 5 };
  bench.generation.sampling = &bench.sampling;
  bench.generation.ban = ban_some;
  check_answers (&bench);

  bench_init (&greedy, 1);
  greedy.generation.ban = ban_some;
  bench_run (&greedy);
  for (guint i = 0; i < N_QUESTIONS; i++)
    n_same += is_answered_as_alone (&greedy, i, EOS)
              && ((GArray *) greedy.done->pdata[i])->len == ((GArray *) bench.done->pdata[i])->len
              && memcmp (((GArray *) greedy.done->pdata[i])->data,
                         ((GArray *) bench.done->pdata[i])->data,
                         ((GArray *) bench.done->pdata[i])->len * 4)
                     == 0;
  g_assert_cmpuint (n_same, <, N_QUESTIONS / 2);
}

/* So cold that only the likeliest is drawn. */
static void
test_samples_cold (void)
{
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, 1);
  bench.sampling = (MonocleSampling){ .temperature = 1e-5, .top_p = 1, .seed = 5 };
  bench.generation.sampling = &bench.sampling;
  bench_run (&bench);
  bench.generation.sampling = NULL;
  for (guint i = 0; i < N_QUESTIONS; i++)
    g_assert_true (is_answered_as_alone (&bench, i, EOS));
}

/* Settings that change scores take the logits' way, and what is drawn is drawn from changed ones.
 */
static void
test_logits (void)
{
  const guint32 never[] = { 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 };

  for (guint drawn = 0; drawn < 2; drawn++)
    {
      g_auto (Bench) bench = { 0 };
      guint n_repeated = 0;

      bench_init (&bench, 1);
      g_array_append_vals (bench.logits.suppressed, never, G_N_ELEMENTS (never));
      bench.logits.repetition_penalty = 1e9;
      bench.search.no_repeat_ngram_size = 0;
      bench.sampling = (MonocleSampling){ .temperature = 1, .top_p = 1, .seed = 7 };
      bench.generation.sampling = drawn ? &bench.sampling : NULL;
      g_assert_cmpuint (monocle_generation_get_n_candidates (&bench.generation), ==, 1);
      bench_run (&bench);
      g_assert_cmpuint (bench.fake.n_logits, >, 0);
      for (guint i = 0; i < N_QUESTIONS; i++)
        {
          const GArray *answer = bench.done->pdata[i];
          gboolean seen[VOCABULARY] = { FALSE };

          for (guint k = 1; k + 1 < answer->len; k++)
            {
              guint32 id = g_array_index (answer, guint32, k);

              for (guint j = 0; j < G_N_ELEMENTS (never); j++)
                g_assert_cmpuint (id, !=, never[j]);
              n_repeated += seen[id];
              seen[id] = TRUE;
            }
        }
      /* A repeated token has next to no score; only where all that is better is gone it could come.
       */
      g_assert_cmpuint (n_repeated, ==, 0);
    }
}

static void
test_first_tokens (void)
{
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, 2);
  bench.fake.opens = TRUE;
  bench.search.forced_bos = -1;
  bench_run (&bench);
  for (guint i = 0; i < N_QUESTIONS; i++)
    g_assert_true (is_answered_as_alone (&bench, i, 30 + i % 7));
}

/* Stopped in the second batch: the first is answered, the third says nothing. */
static void
test_stops (void)
{
  guint n_whole = 0, n_steps;
  g_auto (Bench) bench = { 0 };

  /* How long a batch takes at most. */
  bench_init (&bench, 1);
  n_steps = bench.search.max_length;
  bench.search.forced_eos = -1;
  bench.search.n_eos = 0;
  bench.fake.stops_at = n_steps - 1 + 4;
  bench_run (&bench);

  g_assert_true (bench.stopped);
  g_assert_cmpuint (bench.fake.n_begun, ==, 2);
  g_assert_cmpuint (bench.fake.n_steps, ==, bench.fake.stops_at);
  for (guint i = 0; i < N_QUESTIONS; i++)
    {
      guint length = ((GArray *) bench.done->pdata[i])->len;

      g_assert_cmpuint (length, ==, i < 8 ? n_steps : i < 16 ? 5 : 1);
      n_whole += g_array_index (bench.whole, gboolean, i);
      if (i < 8)
        g_assert_true (is_answered_as_alone (&bench, i, EOS));
    }
  g_assert_cmpuint (n_whole, ==, 8);
  g_assert_cmpuint (bench.n_tokens, ==, 8 * (n_steps - 1) + 8 * 4);
}

static void
test_begin_fails (void)
{
  for (guint batch = 1; batch <= 2; batch++)
    for (guint cancelled = 0; cancelled < 2; cancelled++)
      {
        g_auto (Bench) bench = { 0 };
        g_autoptr (GError) error = NULL;
        gboolean answered;

        bench_init (&bench, 1);
        bench.fake.fails_at = batch;
        bench.fake.failure = g_error_new_literal (
            G_IO_ERROR, cancelled ? G_IO_ERROR_CANCELLED : G_IO_ERROR_FAILED, "no");
        answered = monocle_generate (&bench.generation, &bench.stopped, &bench.n_tokens, &error);
        if (batch == 2 && cancelled)
          {
            g_assert_no_error (error);
            g_assert_true (answered && bench.stopped);
            g_assert_cmpuint (bench.done->len, ==, N_QUESTIONS);
            g_assert_true (is_answered_as_alone (&bench, 7, EOS));
            g_assert_cmpuint (((GArray *) bench.done->pdata[8])->len, ==, 1);
            continue;
          }
        g_assert_false (answered);
        g_assert_true (g_error_matches (error, G_IO_ERROR, bench.fake.failure->code));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/generate/greedy", GUINT_TO_POINTER (1), test_searches);
  g_test_add_data_func ("/engine/generate/beams", GUINT_TO_POINTER (3), test_searches);
  g_test_add_func ("/engine/generate/samples", test_samples);
  g_test_add_func ("/engine/generate/samples-cold", test_samples_cold);
  g_test_add_func ("/engine/generate/logits", test_logits);
  g_test_add_func ("/engine/generate/first-tokens", test_first_tokens);
  g_test_add_func ("/engine/generate/stops", test_stops);
  g_test_add_func ("/engine/generate/begin-fails", test_begin_fails);
  return g_test_run ();
}
