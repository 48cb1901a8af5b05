/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Greedy and beam search against the reference's choices for made-up logits (fixtures/search.json,
 * written by reference/make_search.py), and what a decoder relies on beside the ids.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "engine/text/ngrams.h"
#include "engine/text/search.h"
#include "tests/fixture.h"

#define EOS 2u
#define PAD 1u

typedef struct
{
  MonocleGenerationConfig config;
  guint32 seed;
  guint context;
  float scale;
  float eos_bias;
} Case;

static guint32
mix (guint32 h, guint32 value)
{
  h = (h ^ value) * 16777619u;
  h ^= h >> 15;
  h *= 0x2c1b3c6du;
  return h ^ (h >> 12);
}

/* make_logits() of make_search.py, then a log-softmax. */
static void
compute_log_probs (const Case *c, const guint32 *ids, guint n_ids, float *log_probs)
{
  guint first = c->context > 0 && n_ids > c->context ? n_ids - c->context : 0;
  guint32 h = mix (2166136261u, c->seed);
  double sum = 0;

  for (guint i = first; i < n_ids; i++)
    h = mix (h, ids[i]);
  for (guint v = 0; v < c->config.vocab_size; v++)
    log_probs[v] = (float) ((mix (h, v) >> 8) / 16777216.0 * (double) c->scale);
  log_probs[EOS] += c->eos_bias;
  for (guint v = 0; v < c->config.vocab_size; v++)
    sum += exp ((double) log_probs[v]);
  for (guint v = 0; v < c->config.vocab_size; v++)
    log_probs[v] = (float) ((double) log_probs[v] - log (sum));
}

static gboolean
is_banned (GArray *banned, guint32 token)
{
  for (guint i = 0; i < banned->len; i++)
    if (g_array_index (banned, guint32, i) == token)
      return TRUE;
  return FALSE;
}

/* The n best tokens that are not banned, as a device would give them. */
static void
pick_candidates (
    const float *log_probs, guint n_vocab, GArray *banned, MonocleCandidate *out, guint n)
{
  guint n_found = 0;

  for (guint i = 0; i < n; i++)
    out[i] = (MonocleCandidate){ .token = MONOCLE_CANDIDATE_NONE };
  for (guint v = 0; v < n_vocab; v++)
    {
      guint i;

      if (is_banned (banned, v) || (n_found == n && log_probs[v] <= out[n - 1].log_prob))
        continue;
      n_found = MIN (n_found + 1, n);
      for (i = n_found - 1; i > 0 && log_probs[v] > out[i - 1].log_prob; i--)
        out[i] = out[i - 1];
      out[i] = (MonocleCandidate){ .token = v, .log_prob = log_probs[v] };
    }
}

/* What the decoder keeps in its cache: the sequence of each beam, followed through the sources. */
typedef struct
{
  guint32 *rows; /* [num_beams][max_length] */
} Cache;

static void
feed_cache (Cache *cache, const MonocleSearch *search, const Case *c)
{
  guint n = c->config.num_beams, stride = c->config.max_length,
        length = monocle_search_get_length (search);
  g_autofree guint32 *old = g_memdup2 (cache->rows, n * stride * sizeof (guint32));

  for (guint beam = 0; beam < n; beam++)
    {
      guint32 source = monocle_search_get_sources (search)[beam];

      g_assert_cmpuint (source, <, n);
      memcpy (cache->rows + beam * stride, old + source * stride, stride * sizeof (guint32));
      cache->rows[beam * stride + length - 1] = monocle_search_get_tokens (search)[beam];
    }
}

typedef struct
{
  guint32 ids[64];
  guint n;
} Shown;

/* What has been shown must stay, and log-probabilities must come with it. */
static void
check_certain (const MonocleSearch *search, Shown *shown)
{
  const guint32 *ids = NULL;
  const float *log_probs = NULL;
  guint n = monocle_search_get_certain (search, &ids, &log_probs);

  g_assert_cmpuint (n, >=, shown->n);
  g_assert_cmpuint (n, <=, G_N_ELEMENTS (shown->ids));
  g_assert_cmpmem (ids, shown->n * sizeof (guint32), shown->ids, shown->n * sizeof (guint32));
  g_assert_cmpfloat (log_probs[n - 1], <=, 0);
  memcpy (shown->ids, ids, n * sizeof (guint32));
  shown->n = n;
}

/* Runs a case; returns how many ids were certain before the end. */
static guint
run_case (const Case *c, MonocleHypothesis *best)
{
  g_autoptr (MonocleSearch) search = monocle_search_new (&c->config);
  g_autoptr (GArray) banned = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n = monocle_generation_config_get_n_candidates (&c->config), n_early = 1;
  g_autofree MonocleCandidate *candidates = g_new (MonocleCandidate, n * c->config.num_beams);
  g_autofree float *log_probs = g_new (float, c->config.vocab_size);
  Cache cache = { .rows = g_new0 (guint32, c->config.num_beams * c->config.max_length) };
  Shown shown = { .n = 0 };

  while (!monocle_search_is_done (search))
    {
      n_early = shown.n;
      check_certain (search, &shown);
      feed_cache (&cache, search, c);
      for (guint beam = 0; beam < c->config.num_beams; beam++)
        {
          compute_log_probs (c, cache.rows + beam * c->config.max_length,
                             monocle_search_get_length (search), log_probs);
          monocle_search_get_banned (search, beam, banned);
          pick_candidates (log_probs, c->config.vocab_size, banned, candidates + beam * n, n);
        }
      monocle_search_advance (search, monocle_search_next_is_forced (search) ? NULL : candidates,
                              n);
    }

  check_certain (search, &shown);
  monocle_search_get_best (search, best);
  g_assert_cmpuint (shown.n, ==, best->n_ids);
  g_assert_cmpmem (shown.ids, shown.n * sizeof (guint32), best->ids,
                   best->n_ids * sizeof (guint32));
  g_free (cache.rows);
  return n_early;
}

static Case
read_case (JsonObject *object)
{
  const char *early = json_object_get_string_member (object, "early");

  return (Case){
    .config = {
      .num_beams = (guint) json_object_get_int_member (object, "beams"),
      .max_length = (guint) json_object_get_int_member (object, "max_length"),
      .no_repeat_ngram_size = (guint) json_object_get_int_member (object, "ngram"),
      .forced_bos = (gint) json_object_get_int_member (object, "forced_bos"),
      .forced_eos = (gint) json_object_get_int_member (object, "forced_eos"),
      .eos = { EOS },
      .n_eos = 1,
      .pad = PAD,
      .decoder_start = EOS,
      .early_stopping = g_str_equal (early, "true")    ? MONOCLE_EARLY_STOPPING_TRUE
                        : g_str_equal (early, "never") ? MONOCLE_EARLY_STOPPING_NEVER
                                                       : MONOCLE_EARLY_STOPPING_FALSE,
      .length_penalty = json_object_get_double_member (object, "length_penalty"),
      .vocab_size = (guint) json_object_get_int_member (object, "vocab"),
    },
    .seed = (guint32) json_object_get_int_member (object, "seed"),
    .context = (guint) json_object_get_int_member (object, "context"),
    .scale = (float) json_object_get_int_member (object, "scale"),
    .eos_bias = (float) json_object_get_double_member (object, "eos_bias"),
  };
}

static char *
describe_ids (const guint32 *ids, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, " %u", ids[i]);
  return g_string_free (text, FALSE);
}

static gboolean
equals (const MonocleHypothesis *best, JsonArray *ids)
{
  if (best->n_ids != json_array_get_length (ids))
    return FALSE;
  for (guint i = 0; i < best->n_ids; i++)
    if (best->ids[i] != json_array_get_int_element (ids, i))
      return FALSE;
  return TRUE;
}

static void
test_reference (void)
{
  g_autoptr (JsonObject) root = fixture_read_json_object ("search.json");
  guint n_failed = 0, n_streamed = 0;

  JsonArray *cases = json_object_get_array_member (root, "cases");
  g_assert_cmpuint (json_array_get_length (cases), >=, 200);

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      Case c = read_case (object);
      g_auto (MonocleHypothesis) best = { 0 };

      n_streamed += run_case (&c, &best) > 2 ? 1 : 0;
      if (!equals (&best, json_object_get_array_member (object, "ids")))
        {
          g_autofree char *ids = describe_ids (best.ids, best.n_ids);

          g_test_message ("case %u:%s", i, ids);
          n_failed++;
        }
      else if (json_object_has_member (object, "score"))
        {
          double score = json_object_get_double_member (object, "score");

          g_assert_cmpfloat_with_epsilon ((double) best.score, score, 1e-5 * MAX (1, fabs (score)));
        }
    }
  g_assert_cmpuint (n_failed, ==, 0);
  /* Most answers become visible before they end. */
  g_assert_cmpuint (n_streamed, >=, json_array_get_length (cases) / 4);
}

static MonocleGenerationConfig
make_config (guint num_beams)
{
  return (MonocleGenerationConfig){
    .num_beams = num_beams,
    .max_length = 8,
    .forced_bos = 0,
    .forced_eos = 2,
    .eos = { EOS },
    .n_eos = 1,
    .pad = PAD,
    .decoder_start = EOS,
    .early_stopping = MONOCLE_EARLY_STOPPING_TRUE,
    .length_penalty = 1,
    .vocab_size = 100,
  };
}

static void
test_forced (void)
{
  MonocleGenerationConfig config = make_config (2);
  g_autoptr (MonocleSearch) search = monocle_search_new (&config);
  const MonocleCandidate candidates[] = {
    { 10, -1 }, { 11, -2 }, { 12, -3 }, { 13, -4 }, { 10, -1 }, { 11, -2 }, { 12, -3 }, { 13, -4 },
  };
  g_auto (MonocleHypothesis) best = { 0 };

  g_assert_cmpuint (monocle_generation_config_get_n_candidates (&config), ==, 4);
  g_assert_cmpuint (monocle_search_get_tokens (search)[0], ==, EOS);
  g_assert_true (monocle_search_next_is_forced (search));
  monocle_search_advance (search, NULL, 0);
  g_assert_cmpuint (monocle_search_get_tokens (search)[1], ==, 0);

  for (guint i = 2; i < 7; i++)
    {
      g_assert_false (monocle_search_next_is_forced (search));
      g_assert_cmpuint (monocle_search_get_length (search), ==, i);
      monocle_search_advance (search, candidates, 4);
    }
  g_assert_true (monocle_search_next_is_forced (search));
  monocle_search_advance (search, NULL, 0);
  g_assert_true (monocle_search_is_done (search));

  monocle_search_get_best (search, &best);
  g_assert_cmpuint (best.n_ids, ==, 8);
  g_assert_cmpuint (best.ids[7], ==, EOS);
  g_assert_cmpfloat (best.log_probs[7], ==, 0);
  g_assert_cmpfloat (best.sum, ==, -5);
  g_assert_cmpfloat_with_epsilon (best.score, -5.0f / 7, 1e-6f);
}

static void
test_unfinished (void)
{
  MonocleGenerationConfig config = make_config (2);
  g_autoptr (MonocleSearch) search = monocle_search_new (&config);
  const MonocleCandidate candidates[] = { { 10, -1 }, { 11, -2 }, { 10, -1 }, { 11, -2 } };
  g_auto (MonocleHypothesis) best = { 0 };
  g_auto (MonocleHypothesis) start = { 0 };

  monocle_search_get_best (search, &start);
  g_assert_cmpuint (start.n_ids, ==, 1);
  g_assert_cmpfloat (start.score, ==, 0);

  monocle_search_advance (search, NULL, 0);
  monocle_search_advance (search, candidates, 2);
  monocle_search_get_best (search, &best);
  g_assert_cmpuint (best.n_ids, ==, 3);
  g_assert_cmpuint (best.ids[2], ==, 10);
}

/* Fewer candidates than asked for, and ones that are no numbers: the search gets narrower and ends.
 */
static void
test_few_candidates (void)
{
  MonocleGenerationConfig config = make_config (3);
  g_autoptr (MonocleSearch) search = monocle_search_new (&config);
  const MonocleCandidate one[] = {
    { 10, -1 },
    { MONOCLE_CANDIDATE_NONE, 0 },
    { MONOCLE_CANDIDATE_NONE, 0 },
    { 11, -1 },
    { 1000, -1 },
    { 5, NAN },
  };
  const MonocleCandidate none[] = {
    { MONOCLE_CANDIDATE_NONE, 0 },
    { MONOCLE_CANDIDATE_NONE, 0 },
    { MONOCLE_CANDIDATE_NONE, 0 },
  };
  g_auto (MonocleHypothesis) best = { 0 };
  g_autoptr (GArray) banned = g_array_new (FALSE, FALSE, sizeof (guint32));

  monocle_search_advance (search, NULL, 0);
  monocle_search_advance (search, one, 2);
  g_assert_false (monocle_search_is_done (search));
  g_assert_cmpuint (monocle_search_get_tokens (search)[0], ==, 10);
  g_assert_cmpuint (monocle_search_get_tokens (search)[2], ==, PAD);
  monocle_search_get_banned (search, 2, banned);
  monocle_search_advance (search, none, 1);
  g_assert_true (monocle_search_is_done (search));
  monocle_search_get_best (search, &best);
  g_assert_cmpuint (best.n_ids, ==, 3);
  g_assert_cmpuint (best.ids[2], ==, 10);
}

static void
check_banned (guint size, const guint32 *expected, guint n_expected)
{
  static const guint32 ids[] = { 2, 0, 5, 6, 7, 5, 6, 8, 5, 6 };
  g_autoptr (GArray) banned = g_array_new (FALSE, FALSE, sizeof (guint32));

  monocle_ngrams_find_banned (ids, G_N_ELEMENTS (ids), size, banned);
  g_assert_cmpmem (banned->data, banned->len * sizeof (guint32), expected,
                   n_expected * sizeof (guint32));
}

static void
test_ngrams (void)
{
  check_banned (0, NULL, 0);
  check_banned (1, (const guint32[]){ 2, 0, 5, 6, 7, 5, 6, 8, 5, 6 }, 10);
  check_banned (2, (const guint32[]){ 7, 8 }, 2);
  check_banned (3, (const guint32[]){ 7, 8 }, 2);
  check_banned (4, NULL, 0);
  check_banned (10, NULL, 0);
  check_banned (11, NULL, 0);
  check_banned (G_MAXUINT, NULL, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/search/reference", test_reference);
  g_test_add_func ("/engine/search/forced", test_forced);
  g_test_add_func ("/engine/search/unfinished", test_unfinished);
  g_test_add_func ("/engine/search/few-candidates", test_few_candidates);
  g_test_add_func ("/engine/search/ngrams", test_ngrams);
  return g_test_run ();
}
