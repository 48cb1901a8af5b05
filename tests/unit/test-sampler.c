/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be drawn against what the reference leaves (fixtures/sampling.json, written by
 * reference/make_sampling.py), what is drawn against the definition, and the generator against its
 * published numbers.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "engine/text/sampler.h"
#include "tests/fixture.h"

/* The likeliest first. */
static const float some_scores[] = { -0.5f, -1.5f, -2.0f, -2.5f, -4.0f, -6.0f };

static guint
read_scores (JsonObject *object, const char *name, float *scores)
{
  JsonArray *array = json_object_get_array_member (object, name);
  guint n = json_array_get_length (array);

  g_assert_cmpuint (n, <=, MONOCLE_SAMPLER_MAX_CANDIDATES);
  for (guint i = 0; i < n; i++)
    scores[i] = (float) json_array_get_double_element (array, i);
  return n;
}

static void
test_reference (void)
{
  g_autoptr (JsonNode) root = fixture_read_json ("sampling.json");
  JsonArray *cases;
  guint n_cut = 0;

  cases = json_node_get_array (root);
  g_assert_cmpuint (json_array_get_length (cases), >=, 100);

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      const MonocleSampling sampling = {
        .temperature = json_object_get_double_member (object, "temperature"),
        .top_k = (guint) json_object_get_int_member (object, "top_k"),
        .top_p = json_object_get_double_member (object, "top_p"),
        .min_p = json_object_get_double_member (object, "min_p"),
      };
      float scores[MONOCLE_SAMPLER_MAX_CANDIDATES], left[MONOCLE_SAMPLER_MAX_CANDIDATES];
      double probabilities[MONOCLE_SAMPLER_MAX_CANDIDATES];
      guint n = read_scores (object, "scores", scores);
      guint n_left = read_scores (object, "left", left);

      g_assert_null (monocle_sampling_check (&sampling));
      g_assert_cmpuint (monocle_sampling_weigh (&sampling, scores, n, probabilities), ==, n_left);
      for (guint j = 0; j < n_left; j++)
        g_assert_cmpfloat_with_epsilon (probabilities[j], (double) left[j], 2e-6);
      n_cut += n_left < n;
    }
  /* Some are cut short, some are not. */
  g_assert_cmpuint (n_cut, >, 30);
  g_assert_cmpuint (n_cut, <, json_array_get_length (cases));
}

/* By the definition: the first whose share of the way passes the number. */
static guint
choose_plainly (const MonocleSampling *sampling, const float *scores, guint n, double number)
{
  double total = 0, way = 0;

  for (guint i = 0; i < n; i++)
    total += exp ((double) scores[i] / sampling->temperature);
  for (guint i = 0; i < n; i++)
    {
      way += exp ((double) scores[i] / sampling->temperature) / total;
      if (number < way)
        return i;
    }
  return n - 1;
}

static void
test_draws (void)
{
  const guint n = G_N_ELEMENTS (some_scores), n_draws = 20000;
  const MonocleSampling sampling = { .temperature = 1.7, .top_p = 1, .seed = 42 };
  guint counts[G_N_ELEMENTS (some_scores)] = { 0 };
  double probabilities[MONOCLE_SAMPLER_MAX_CANDIDATES];
  MonocleSampler sampler;

  monocle_sampler_init (&sampler, &sampling, 0);
  for (guint i = 0; i < n_draws; i++)
    {
      MonocleSampler ahead = sampler;
      double number = monocle_sampler_draw (&ahead);
      guint chosen = monocle_sampler_choose (&sampler, some_scores, n);

      g_assert_cmpuint (chosen, ==, choose_plainly (&sampling, some_scores, n, number));
      g_assert_cmpuint (sampler.state, ==, ahead.state);
      counts[chosen]++;
    }

  g_assert_cmpuint (monocle_sampling_weigh (&sampling, some_scores, n, probabilities), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (counts[i] / (double) n_draws, probabilities[i], 0.012);
}

static void
expect_limits (MonocleSampling sampling, guint n_expected)
{
  const guint n = G_N_ELEMENTS (some_scores);
  guint seen = 0;
  MonocleSampler sampler;

  monocle_sampler_init (&sampler, &sampling, 0);
  for (guint i = 0; i < 5000; i++)
    {
      guint chosen = monocle_sampler_choose (&sampler, some_scores, n);

      g_assert_cmpuint (chosen, <, n_expected);
      seen |= 1u << chosen;
    }
  g_assert_cmpuint (seen, ==, (1u << n_expected) - 1);
}

/* Shares of these scores: 0.52, 0.19, 0.12, 0.07, ... */
static void
test_limits (void)
{
  expect_limits ((MonocleSampling){ .temperature = 1, .top_p = 1, .top_k = 1 }, 1);
  expect_limits ((MonocleSampling){ .temperature = 1, .top_p = 1, .top_k = 4 }, 4);
  expect_limits ((MonocleSampling){ .temperature = 1, .top_p = 1, .top_k = 6 }, 6);
  expect_limits ((MonocleSampling){ .temperature = 1, .top_p = 1e-9 }, 1);
  expect_limits ((MonocleSampling){ .temperature = 1, .top_p = 0.7 }, 2);
  expect_limits ((MonocleSampling){ .temperature = 1, .top_p = 1, .min_p = 1 }, 1);
  expect_limits ((MonocleSampling){ .temperature = 1, .top_p = 1, .min_p = 0.3 }, 2);
  /* Half as hot: the third is e^-3 times as likely as the first. */
  expect_limits ((MonocleSampling){ .temperature = 0.5, .top_p = 1, .min_p = 0.04 }, 3);
  /* So cold that it is the likeliest, and nothing overflows. */
  expect_limits ((MonocleSampling){ .temperature = 1e-6, .top_p = 1 }, 1);
}

static void
test_generator (void)
{
  /* Of SplitMix64 from 1234567. */
  static const guint64 published[] = {
    G_GUINT64_CONSTANT (6457827717110365317),  G_GUINT64_CONSTANT (3203168211198807973),
    G_GUINT64_CONSTANT (9817491932198370423),  G_GUINT64_CONSTANT (4593380528125082431),
    G_GUINT64_CONSTANT (16408922859458223821),
  };
  MonocleSampling sampling = MONOCLE_SAMPLING_PLAIN;
  MonocleSampler sampler, other;
  guint n_same = 0;

  sampling.seed = 1234567;
  monocle_sampler_init (&sampler, &sampling, 0);
  for (guint i = 0; i < G_N_ELEMENTS (published); i++)
    {
      double number = monocle_sampler_draw (&sampler);

      /* The upper 53 bits, exactly. */
      g_assert_cmpuint ((guint64) (number * 9007199254740992.0), ==, published[i] >> 11);
      g_assert_cmpfloat (number, <, 1);
    }

  /* Streams of one seed have nothing to do with one another, nor have neighbouring seeds. */
  for (guint stream = 1; stream < 9; stream++)
    for (guint seed = 0; seed < 9; seed++)
      {
        sampling.seed = seed;
        monocle_sampler_init (&sampler, &sampling, stream);
        sampling.seed = seed + 1;
        monocle_sampler_init (&other, &sampling, stream - 1);
        for (guint i = 0; i < 100; i++)
          n_same += fabs (monocle_sampler_draw (&sampler) - monocle_sampler_draw (&other)) < 1e-3;
      }
  g_assert_cmpuint (n_same, <, 40);
}

static void
test_check (void)
{
  static const struct
  {
    MonocleSampling sampling;
    const char *what;
  } wrong[] = {
    { { .temperature = 0, .top_p = 1 }, "temperature" },
    { { .temperature = -1, .top_p = 1 }, "temperature" },
    { { .temperature = 100.5, .top_p = 1 }, "temperature" },
    { { .temperature = NAN, .top_p = 1 }, "temperature" },
    { { .temperature = INFINITY, .top_p = 1 }, "temperature" },
    { { .temperature = 1, .top_k = 33, .top_p = 1 }, "Top-k" },
    { { .temperature = 1, .top_p = 0 }, "Top-p" },
    { { .temperature = 1, .top_p = 1.01 }, "Top-p" },
    { { .temperature = 1, .top_p = NAN }, "Top-p" },
    { { .temperature = 1, .top_p = 1, .min_p = -0.1 }, "Min-p" },
    { { .temperature = 1, .top_p = 1, .min_p = 1.5 }, "Min-p" },
    { { .temperature = 1, .top_p = 1, .min_p = NAN }, "Min-p" },
  };
  const MonocleSampling plain = MONOCLE_SAMPLING_PLAIN;
  const MonocleSampling last = { .temperature = 100, .top_k = 32, .top_p = 1e-9, .min_p = 1 };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      const char *problem = monocle_sampling_check (&wrong[i].sampling);

      g_assert_nonnull (problem);
      g_assert_nonnull (strstr (problem, wrong[i].what));
    }
  g_assert_null (monocle_sampling_check (&plain));
  g_assert_null (monocle_sampling_check (&last));
  g_assert_cmpuint (monocle_sampling_get_n_candidates (&plain), ==, 32);
  g_assert_cmpuint (
      monocle_sampling_get_n_candidates (&(MonocleSampling){ .temperature = 1, .top_k = 5 }), ==,
      5);
}

#define N_MANY 400

/* Those that can be drawn are as likely as the settings say, wherever they stand; others never
 * come. */
static void
test_of_all (void)
{
  const guint n_draws = 20000;
  const MonocleSampling sampling = { .temperature = 1.3, .top_p = 0.8, .seed = 11 };
  g_autofree float *scores = g_new (float, N_MANY);
  g_autofree double *weights = g_new (double, N_MANY);
  g_autofree guint *counts = g_new0 (guint, N_MANY);
  double total = 0, kept = 0, chi_square = 0;
  guint n_kept = 0;
  MonocleSampler sampler;

  /* The likelier, the later; every other one cannot come. */
  for (guint i = 0; i < N_MANY; i++)
    {
      scores[i] = i % 2 ? (float) (i * 0.02) : -INFINITY;
      weights[i] = i % 2 ? exp ((double) scores[i] / sampling.temperature) : 0;
      total += weights[i];
    }
  for (guint i = N_MANY; i-- > 0 && kept < sampling.top_p * total; n_kept += i % 2)
    kept += weights[i];
  monocle_sampler_init (&sampler, &sampling, 0);
  for (guint i = 0; i < n_draws; i++)
    counts[monocle_sampler_choose_of_all (&sampler, scores, N_MANY)]++;
  for (guint i = 0; i < N_MANY; i++)
    {
      const gboolean comes = i % 2 == 1 && i >= N_MANY - 2 * n_kept;
      const double wanted = weights[i] / kept * n_draws;

      if (comes)
        chi_square += (counts[i] - wanted) * (counts[i] - wanted) / wanted;
      else
        g_assert_cmpuint (counts[i], ==, 0);
    }
  g_assert_cmpuint (n_kept, >, 40);
  g_assert_cmpfloat (chi_square, <, n_kept + 5 * sqrt (2.0 * n_kept));
}

/* Of few it is what is drawn of candidates; of none it is none. */
static void
test_of_few (void)
{
  const guint n = G_N_ELEMENTS (some_scores);
  const MonocleSampling sampling = { .temperature = 0.9, .top_k = 4, .top_p = 0.95, .seed = 3 };
  const float none[] = { -INFINITY, NAN };
  MonocleSampler one, other;

  monocle_sampler_init (&one, &sampling, 0);
  monocle_sampler_init (&other, &sampling, 0);
  for (guint i = 0; i < 2000; i++)
    g_assert_cmpuint (monocle_sampler_choose_of_all (&one, some_scores, n), ==,
                      monocle_sampler_choose (&other, some_scores, n));
  g_assert_cmpuint (monocle_sampler_choose_of_all (&one, none, 2), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/sampler/reference", test_reference);
  g_test_add_func ("/engine/sampler/draws", test_draws);
  g_test_add_func ("/engine/sampler/limits", test_limits);
  g_test_add_func ("/engine/sampler/generator", test_generator);
  g_test_add_func ("/engine/sampler/check", test_check);
  g_test_add_func ("/engine/sampler/of-all", test_of_all);
  g_test_add_func ("/engine/sampler/of-few", test_of_few);
  return g_test_run ();
}
