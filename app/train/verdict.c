/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/verdict.h"

#include <math.h>
#include <stdlib.h>

#include <glib/gi18n-lib.h>

#include "app/train/chance.h"

#define N_DRAWS 2000
#define SEED    1
/* Below that it is no chance. */
#define LEVEL 0.05

double
monocle_train_sign_test (guint n_better, guint n_worse)
{
  const guint n = n_better + n_worse, least = MIN (n_better, n_worse);
  double sum = 0;

  for (guint i = 0; i <= least; i++)
    sum += exp (lgamma (n + 1.0) - lgamma (i + 1.0) - lgamma (n - i + 1.0) - n * M_LN2);
  return MIN (1, 2 * sum);
}

/* Deals out anew inside each group: @order is sorted by groups. */
static void
deal (const MonocleTrainWords *words, guint *order, guint n, MonocleChance *chance)
{
  for (guint first = 0, end; first < n; first = end)
    {
      for (end = first; end < n && words[end].group == words[first].group;)
        end++;
      monocle_chance_shuffle (chance, order + first, end - first);
    }
}

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const MonocleTrainWords *left = a, *right = b;

  return (left->group > right->group) - (left->group < right->group);
}

double
monocle_train_guess_test (const MonocleTrainWords *words, guint n)
{
  g_autofree MonocleTrainWords *sorted = g_memdup2 (words, n * sizeof *words);
  g_autofree guint *order = g_new (guint, MAX (n, 1));
  MonocleChance chance = monocle_chance (SEED, n);
  guint n_right = 0, n_as_many = 1, n_all = 1;

  if (n == 0)
    return 0;
  qsort (sorted, n, sizeof *sorted, compare_groups);
  for (guint i = 0; i < n; i++)
    {
      order[i] = i;
      n_right += sorted[i].said == sorted[i].wanted;
    }
  for (guint i = 0; i < N_DRAWS; i++)
    {
      guint n_dealt = 0, n_same = 0;

      deal (sorted, order, n, &chance);
      for (guint j = 0; j < n; j++)
        {
          n_dealt += sorted[j].said == sorted[order[j]].wanted;
          n_same += sorted[j].wanted == sorted[order[j]].wanted;
        }
      n_as_many += n_dealt >= n_right;
      n_all += n_same == n;
    }
  /* If all were right it would be no less likely. */
  if (n_all >= LEVEL * (N_DRAWS + 1))
    return 0;
  return n_as_many / (N_DRAWS + 1.0);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double *left = a, *right = b;

  return (*left > *right) - (*left < *right);
}

/* Of the mean difference: questions drawn anew, with repetition. */
static void
find_interval (const double *differences, guint n, double *low, double *high, double *p)
{
  g_autofree double *means = g_new (double, N_DRAWS);
  MonocleChance chance = monocle_chance (SEED, n);
  guint n_below = 0, n_above = 0;

  for (guint i = 0; i < N_DRAWS; i++)
    {
      double sum = 0;

      for (guint j = 0; j < n; j++)
        sum += differences[monocle_chance_below (&chance, n)];
      means[i] = sum / n;
      n_below += means[i] <= 0;
      n_above += means[i] >= 0;
    }
  qsort (means, N_DRAWS, sizeof *means, compare_doubles);
  *low = means[N_DRAWS * 25 / 1000];
  *high = means[N_DRAWS - 1 - N_DRAWS * 25 / 1000];
  *p = MIN (1, 2.0 * MIN (n_below, n_above) / N_DRAWS);
}

static gboolean
is_whole (double value)
{
  return !(value > 0 && value < 1);
}

MonocleTrainFigures
monocle_train_figures (const double *before, const double *after, guint n)
{
  MonocleTrainFigures figures = { .n = n, .p = 1 };
  g_autofree double *differences = g_new (double, MAX (n, 1));
  gboolean whole = TRUE;

  if (n == 0)
    return figures;
  for (guint i = 0; i < n; i++)
    {
      differences[i] = after[i] - before[i];
      figures.before += before[i];
      figures.after += after[i];
      figures.n_better += differences[i] > 0;
      figures.n_worse += differences[i] < 0;
      whole = whole && is_whole (before[i]) && is_whole (after[i]);
    }
  figures.before /= n;
  figures.after /= n;
  find_interval (differences, n, &figures.low, &figures.high, &figures.p);
  if (whole)
    figures.p = monocle_train_sign_test (figures.n_better, figures.n_worse);
  return figures;
}

/* How many questions would show the difference that there is, at its usual spread: those that
 * changed grow with all of them. */
static guint
count_wanted (const MonocleTrainFigures *figures)
{
  const double difference = fabs (figures->after - figures->before);
  const double half = (figures->high - figures->low) / 2;
  double wanted;

  if (figures->n == 0 || !(difference > 0.01))
    return 0;
  wanted = figures->n * pow (half / difference, 2) * 1.2;
  return wanted < 1e6 ? MAX ((guint) ceil (wanted), figures->n + 1) : 0;
}

/* Enough was asked, and it is no chance. */
static gboolean
differs (const MonocleTrainFigures *fresh, guint n_pictures)
{
  return n_pictures >= MONOCLE_VERDICT_MIN_PICTURES && fresh->n >= MONOCLE_VERDICT_MIN_QUESTIONS
         && fresh->p < LEVEL;
}

MonocleTrainVerdict
monocle_train_verdict (const MonocleTrainFigures *fresh,
                       const MonocleTrainFigures *old,
                       guint n_pictures)
{
  MonocleTrainVerdict verdict = {
    .kind = MONOCLE_VERDICT_CANNOT_TELL, .fresh = *fresh, .old = *old, .n_pictures = n_pictures
  };

  if (differs (fresh, n_pictures) && fresh->after < fresh->before)
    verdict.kind = MONOCLE_VERDICT_WORSE;
  else if (differs (fresh, n_pictures) && fresh->guess < LEVEL)
    verdict.kind = old->before - old->after < MONOCLE_VERDICT_MAX_LOSS
                       ? MONOCLE_VERDICT_HELPED
                       : MONOCLE_VERDICT_HELPED_AND_FORGOT;
  else if (!differs (fresh, n_pictures))
    verdict.n_wanted
        = MAX (count_wanted (fresh),
               fresh->n < MONOCLE_VERDICT_MIN_QUESTIONS ? MONOCLE_VERDICT_MIN_QUESTIONS : 0);
  return verdict;
}

const char *
monocle_train_verdict_get_id (MonocleTrainVerdictKind kind)
{
  static const char *const ids[] = { "helped", "helped-and-forgot", "cannot-tell", "worse" };

  return ids[kind];
}

static double
percent (double share)
{
  return 100 * share;
}

char *
monocle_train_verdict_dup_sentence (const MonocleTrainVerdict *self)
{
  const double before = percent (self->fresh.before), after = percent (self->fresh.after);
  const double old = percent (self->old.after), was = percent (self->old.before);

  switch (self->kind)
    {
    case MONOCLE_VERDICT_HELPED:
      return self->old.n > 0
                 ? g_strdup_printf (
                       _ ("It helped: of what is new %.0f %% is right, before %.0f %%; "
                          "of what it knew %.0f %%, before %.0f %%."),
                       after, before, old, was)
                 : g_strdup_printf (_ ("It helped: of what is new %.0f %% is right, before %.0f "
                                       "%%. What it knew was not looked at."),
                                    after, before);
    case MONOCLE_VERDICT_HELPED_AND_FORGOT:
      return g_strdup_printf (_ ("It helped, and forgot: of what is new %.0f %% is right, before "
                                 "%.0f %%; of what it knew only %.0f %%, before %.0f %%."),
                              after, before, old, was);
    case MONOCLE_VERDICT_WORSE:
      return g_strdup_printf (
          _ ("It made things worse: of what is new %.0f %% is right, before %.0f %%."), after,
          before);
    case MONOCLE_VERDICT_CANNOT_TELL:
    default:
      if (self->n_pictures < MONOCLE_VERDICT_MIN_PICTURES)
        return g_strdup_printf (_ ("Nobody can tell whether it helped, from %u pictures: %.0f %% "
                                   "is right, before %.0f %%. It takes %d at least."),
                                self->n_pictures, after, before, MONOCLE_VERDICT_MIN_PICTURES);
      if (differs (&self->fresh, self->n_pictures))
        return g_strdup_printf (_ ("Nobody can tell whether it helped: %.0f %% is right, before "
                                   "%.0f %%, of %u held-out questions, and as much may be by "
                                   "guessing among the answers that it was taught."),
                                after, before, self->fresh.n);
      return self->n_wanted > 0
                 ? g_strdup_printf (
                       _ ("Nobody can tell whether it helped: %.0f %% is right, before "
                          "%.0f %%, of %u held-out questions; %u would tell."),
                       after, before, self->fresh.n, self->n_wanted)
                 : g_strdup_printf (
                       _ ("Nobody can tell whether it helped: %.0f %% is right, before "
                          "%.0f %%, of %u held-out questions."),
                       after, before, self->fresh.n);
    }
}
