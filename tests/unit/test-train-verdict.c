/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether what was learnt is said to have helped: the paired test, by chance alone and at its
 * bounds, and in which words.
 */
#include "config.h"

#include <string.h>

#include "app/train/chance.h"
#include "app/train/verdict.h"

static MonocleTrainVerdictKind
judge (guint n, guint right_before, guint right_after, guint old_lost)
{
  g_autofree double *before = g_new0 (double, n), *after = g_new0 (double, n);
  double old_before[100], old_after[100];
  MonocleTrainFigures fresh, old;

  for (guint i = 0; i < n; i++)
    {
      before[i] = i < right_before;
      after[i] = i < right_after;
    }
  for (guint i = 0; i < 100; i++)
    {
      old_before[i] = 1;
      old_after[i] = i >= old_lost;
    }
  fresh = monocle_train_figures (before, after, n);
  old = monocle_train_figures (old_before, old_after, 100);
  return monocle_train_verdict (&fresh, &old, 40).kind;
}

static void
test_verdict (void)
{
  guint n_helped = 0;

  /* Of a table: 1 of 10 is 0.0215, 0 of 5 is 0.0625. */
  g_assert_cmpfloat_with_epsilon (monocle_train_sign_test (9, 1), 0.021484375, 1e-9);
  g_assert_cmpfloat_with_epsilon (monocle_train_sign_test (0, 5), 0.0625, 1e-9);
  g_assert_cmpfloat (monocle_train_sign_test (5, 5), ==, 1);

  g_assert_cmpint (judge (40, 5, 30, 2), ==, MONOCLE_VERDICT_HELPED);
  g_assert_cmpint (judge (40, 5, 30, 20), ==, MONOCLE_VERDICT_HELPED_AND_FORGOT);
  g_assert_cmpint (judge (40, 20, 22, 0), ==, MONOCLE_VERDICT_CANNOT_TELL);
  g_assert_cmpint (judge (40, 30, 5, 0), ==, MONOCLE_VERDICT_WORSE);
  /* So few questions say nothing. */
  g_assert_cmpint (judge (10, 0, 10, 0), ==, MONOCLE_VERDICT_CANNOT_TELL);

  /* Chance alone helps at most five times in a hundred. */
  for (guint seed = 0; seed < 100; seed++)
    {
      MonocleChance chance = monocle_chance (seed, 5);
      double before[40], after[40];
      MonocleTrainFigures fresh, none;

      for (guint i = 0; i < 40; i++)
        {
          before[i] = monocle_chance_below (&chance, 2);
          after[i] = monocle_chance_below (&chance, 2);
        }
      fresh = monocle_train_figures (before, after, 40);
      none = monocle_train_figures (NULL, NULL, 0);
      n_helped += monocle_train_verdict (&fresh, &none, 40).kind == MONOCLE_VERDICT_HELPED;
    }
  g_assert_cmpuint (n_helped, <=, 5);
}

#define N_ASKED 41
#define N_NAMES 8

/* Of names: what was said to each, and how right that is; none was known before. */
static MonocleTrainVerdict
judge_names (const MonocleTrainWords *words, guint n)
{
  g_autofree double *before = g_new0 (double, n), *after = g_new0 (double, n);
  const MonocleTrainFigures none = monocle_train_figures (NULL, NULL, 0);
  MonocleTrainFigures fresh;

  for (guint i = 0; i < n; i++)
    after[i] = words[i].said == words[i].wanted;
  fresh = monocle_train_figures (before, after, n);
  fresh.guess = monocle_train_guess_test (words, n);
  return monocle_train_verdict (&fresh, &none, n);
}

/* Names that were dealt to pictures by lot are learnt, and some answers come out right: that is no
 * help. Half of what is asked is of another kind, with other names. */
static void
test_shuffled (void)
{
  guint n_helped = 0, n_better = 0;

  for (guint seed = 0; seed < 100; seed++)
    {
      MonocleChance chance = monocle_chance (seed, 5);
      MonocleTrainWords words[N_ASKED];
      MonocleTrainVerdict verdict;

      for (guint i = 0; i < N_ASKED; i++)
        words[i] = (MonocleTrainWords){ .group = i % 2,
                                        .said = monocle_chance_below (&chance, N_NAMES) + i % 2 * 9,
                                        .wanted = i % N_NAMES + i % 2 * 9 };
      verdict = judge_names (words, N_ASKED);
      n_better += verdict.fresh.p < 0.05;
      n_helped += verdict.kind == MONOCLE_VERDICT_HELPED;
    }
  /* Which is what the pairs alone would have said. */
  g_assert_cmpuint (n_better, >, 20);
  g_assert_cmpuint (n_helped, <=, 5);
}

/* What is known stays what it is, but for a few answers that change either way; measures between 0
 * and 1, too. */
static void
test_known (void)
{
  guint n_helped = 0;

  for (guint seed = 0; seed < 100; seed++)
    {
      const gboolean whole = seed % 2;
      const MonocleTrainFigures none = monocle_train_figures (NULL, NULL, 0);
      MonocleChance chance = monocle_chance (seed, 6);
      double before[N_ASKED], after[N_ASKED];
      MonocleTrainFigures fresh;

      for (guint i = 0; i < N_ASKED; i++)
        {
          before[i] = monocle_chance_unit (&chance) < 0.9;
          after[i] = monocle_chance_unit (&chance) < 0.1 ? 1 - before[i] : before[i];
          if (!whole && monocle_chance_below (&chance, 2))
            {
              before[i] = monocle_chance_unit (&chance);
              after[i] = monocle_chance_unit (&chance);
            }
        }
      fresh = monocle_train_figures (before, after, N_ASKED);
      n_helped += monocle_train_verdict (&fresh, &none, N_ASKED).kind == MONOCLE_VERDICT_HELPED;
    }
  g_assert_cmpuint (n_helped, <=, 5);
}

/* What was learnt about pictures is told from what was learnt about names, and where there is but
 * one name nobody asks. */
static void
test_guesses (void)
{
  MonocleTrainWords words[N_ASKED];
  g_autofree char *sentence = NULL;
  MonocleTrainVerdict verdict;

  g_assert_cmpfloat (monocle_train_guess_test (NULL, 0), ==, 0);
  for (guint i = 0; i < N_ASKED; i++)
    words[i] = (MonocleTrainWords){ .said = i % 3 ? i % N_NAMES : 9, .wanted = i % N_NAMES };
  g_assert_cmpint (judge_names (words, N_ASKED).kind, ==, MONOCLE_VERDICT_HELPED);
  for (guint i = 0; i < N_ASKED; i++)
    words[i].said = 3;
  verdict = judge_names (words, N_ASKED);
  g_assert_cmpfloat (verdict.fresh.guess, ==, 1);
  g_assert_cmpfloat (verdict.fresh.p, >, 0.05);
  verdict.fresh.p = 0.01;
  sentence = monocle_train_verdict_dup_sentence (&verdict);
  g_assert_nonnull (strstr (sentence, "guessing"));
  for (guint i = 0; i < N_ASKED; i++)
    words[i].wanted = 3;
  verdict = judge_names (words, N_ASKED);
  g_assert_cmpfloat (verdict.fresh.guess, ==, 0);
  g_assert_cmpint (verdict.kind, ==, MONOCLE_VERDICT_HELPED);
}

static void
test_sentences (void)
{
  const MonocleTrainFigures fresh = { .n = 41, .before = 0.1, .after = 0.5, .p = 0.001 };
  const MonocleTrainFigures old = { .n = 60, .before = 1, .after = 0.8 };
  const MonocleTrainFigures little
      = { .n = 41, .before = 0.5, .after = 0.55, .p = 0.6, .low = -0.1, .high = 0.2 };
  const MonocleTrainVerdict forgot = monocle_train_verdict (&fresh, &old, 40);
  const MonocleTrainVerdict none = monocle_train_verdict (&little, &old, 40);
  g_autofree char *sentence = monocle_train_verdict_dup_sentence (&forgot);
  const MonocleTrainVerdict few = monocle_train_verdict (&fresh, &old, 11);
  g_autofree char *other = monocle_train_verdict_dup_sentence (&none);
  g_autofree char *third = monocle_train_verdict_dup_sentence (&few);

  g_assert_nonnull (strstr (sentence, "50 %"));
  g_assert_nonnull (strstr (sentence, "80 %"));
  /* How many would tell. */
  g_assert_cmpuint (none.n_wanted, >, 41);
  g_assert_nonnull (strstr (other, "41"));
  /* However many questions there are about so few pictures. */
  g_assert_cmpint (few.kind, ==, MONOCLE_VERDICT_CANNOT_TELL);
  g_assert_nonnull (strstr (third, "from 11 pictures"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/train-verdict/kinds", test_verdict);
  g_test_add_func ("/train-verdict/shuffled", test_shuffled);
  g_test_add_func ("/train-verdict/known", test_known);
  g_test_add_func ("/train-verdict/guesses", test_guesses);
  g_test_add_func ("/train-verdict/sentences", test_sentences);
  return g_test_run ();
}
