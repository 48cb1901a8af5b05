/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Did it help? The same questions before and after, new knowledge and old apart, each with how
 * right it was, from 0 to 1. Pairs are compared: where answers are right or wrong by the sign test,
 * else by drawing questions anew.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleTrainVerdictKind:
 * @MONOCLE_VERDICT_HELPED: new is better, and old was not lost
 * @MONOCLE_VERDICT_HELPED_AND_FORGOT: new is better, and old was lost
 * @MONOCLE_VERDICT_CANNOT_TELL: there may be no difference
 * @MONOCLE_VERDICT_WORSE: new is worse
 */
typedef enum
{
  MONOCLE_VERDICT_HELPED,
  MONOCLE_VERDICT_HELPED_AND_FORGOT,
  MONOCLE_VERDICT_CANNOT_TELL,
  MONOCLE_VERDICT_WORSE,
} MonocleTrainVerdictKind;

/* Of new questions: fewer say nothing. */
#define MONOCLE_VERDICT_MIN_QUESTIONS 20
/* Of pictures, taught and held out: what fewer show is about those alone. */
#define MONOCLE_VERDICT_MIN_PICTURES 12
/* What may be lost of the old. */
#define MONOCLE_VERDICT_MAX_LOSS 0.05

/**
 * MonocleTrainFigures:
 * @n: questions
 * @before, @after: mean of how right they are
 * @n_better, @n_worse: questions whose answer is
 * @p: how likely such a difference is by chance
 * @low, @high: of the difference, with 95 %
 * @guess: see monocle_train_guess_test(); 0: not asked
 */
typedef struct
{
  guint n;
  double before, after;
  guint n_better, n_worse;
  double p;
  double low, high;
  double guess;
} MonocleTrainFigures;

typedef struct
{
  MonocleTrainVerdictKind kind;
  MonocleTrainFigures fresh, old;
  guint n_pictures; /* taught and held out */
  guint n_wanted;   /* new questions that would show a difference as large; 0: none can be told */
} MonocleTrainVerdict;

/* @before, @after: (array length=n) */
MonocleTrainFigures monocle_train_figures (const double *before, const double *after, guint n);

/* Source of the sign test: Conover 1999, section 3.4, both sides. @n_better of those that changed
 */
double monocle_train_sign_test (guint n_better, guint n_worse);

/**
 * MonocleTrainWords:
 * @group: questions of one kind
 * @said, @wanted: numbers of words: an answer is right where both are the same
 */
typedef struct
{
  guint group;
  guint said, wanted;
} MonocleTrainWords;

/* How likely at least as many answers are right where what is wanted is dealt out anew by lot among
 * the questions of each kind: then it was learnt which answers there are, and not what they are
 * about. Which names there are can be learnt from labels that mean nothing, too, and is better than
 * to know none of them. Source: Good 2005, "Permutation, Parametric and Bootstrap Tests", section
 * 3.1.
 *
 * Returns: 0 where it cannot be asked: where nearly all questions want the same answer */
double monocle_train_guess_test (const MonocleTrainWords *words, guint n);

MonocleTrainVerdict monocle_train_verdict (const MonocleTrainFigures *fresh,
                                           const MonocleTrainFigures *old,
                                           guint n_pictures);
/* "helped", "helped-and-forgot", "cannot-tell", "worse": never translated */
const char *monocle_train_verdict_get_id (MonocleTrainVerdictKind kind);
/* (transfer full): one sentence, translated */
char *monocle_train_verdict_dup_sentence (const MonocleTrainVerdict *self);

G_END_DECLS
