/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/teach/fit.h"

#include <math.h>
#include <string.h>

#include "engine/engine.h"

#define HISTORY    8
#define MAX_ROUNDS 100
/* Of the loss, in a round, and of the slope, against that at the words: what is below changes no
 * answer. */
#define ENOUGH_LOSS  1e-6
#define ENOUGH_SLOPE 1e-4
#define DECREASE     1e-4
#define MAX_HALVINGS 20

typedef struct
{
  const MonocleFitTask *task;
  double hold;
  gsize n_numbers;      /* of what is looked for */
  float *base;          /* [n, n_labels]: logits by words alone */
  float *columns;       /* [n_dims, n]: the examples, turned */
  float *narrow, *wide; /* [n_labels, n_dims]: what is tried, and its slope, in single precision */
  float *logits;        /* [n, n_labels] */
  float *errors;        /* [n_labels, n] */
  guint n_looks;
} Problem;

static void
problem_clear (Problem *self)
{
  g_free (self->base);
  g_free (self->columns);
  g_free (self->narrow);
  g_free (self->wide);
  g_free (self->logits);
  g_free (self->errors);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Problem, problem_clear)

static void
judge_by_words (const MonocleFitTask *task, const float *rows, guint n, float *logits)
{
  const gsize n_logits = (gsize) n * task->n_labels;

  monocle_vector_dot_all (rows, n, task->words, task->n_labels, task->n_dims, logits);
  for (gsize i = 0; i < n_logits; i++)
    logits[i] = (float) (task->scale * (double) logits[i] + (task->each ? task->bias : 0));
}

/* @moved: as monocle_fit() has it, in single precision */
static void
add_moved (
    const MonocleFitTask *task, const float *moved, const float *rows, guint n, float *logits)
{
  const gsize n_logits = (gsize) n * task->n_labels;
  g_autofree float *more = g_new (float, n_logits);

  monocle_vector_dot_all (rows, n, moved, task->n_labels, task->n_dims, more);
  for (gsize i = 0; i < n_logits; i++)
    logits[i] += more[i];
}

static void
narrow (const double *values, gsize n, float *to)
{
  for (gsize i = 0; i < n; i++)
    to[i] = (float) values[i];
}

void
monocle_fit_judge (
    const MonocleFitTask *task, const double *moved, const float *rows, guint n, float *logits)
{
  const gsize n_numbers = (gsize) task->n_labels * task->n_dims;
  g_autofree float *single = g_new (float, n_numbers);

  narrow (moved, n_numbers, single);
  judge_by_words (task, rows, n, logits);
  add_moved (task, single, rows, n, logits);
}

/* log (1 + exp (x)) */
static double
soft_plus (double x)
{
  return x > 0 ? x + log1p (exp (-x)) : log1p (exp (x));
}

/* @errors: (nullable): [n_labels] with @stride between: what the loss changes by with each logit */
static double
find_loss (
    const MonocleFitTask *task, const float *logits, guint right, float *errors, gsize stride)
{
  double highest = -INFINITY, sum = 0, loss = 0;

  for (guint k = 0; k < task->n_labels && task->each; k++)
    {
      const double z = (double) logits[k];

      loss += soft_plus (k == right ? -z : z);
      if (errors)
        errors[k * stride] = (float) (1 / (1 + exp (-z)) - (k == right));
    }
  if (task->each)
    return loss;

  for (guint k = 0; k < task->n_labels; k++)
    highest = MAX (highest, (double) logits[k]);
  for (guint k = 0; k < task->n_labels; k++)
    sum += exp ((double) logits[k] - highest);
  for (guint k = 0; k < task->n_labels && errors; k++)
    errors[k * stride] = (float) (exp ((double) logits[k] - highest) / sum - (k == right));
  return log (sum) + highest - (double) logits[right];
}

double
monocle_fit_loss (const MonocleFitTask *task, const float *logits, guint right)
{
  return find_loss (task, logits, right, NULL, 0);
}

/* What is minimised, and its slope. */
static double
look (Problem *self, const double *moved, double *slope)
{
  const MonocleFitTask *task = self->task;
  const guint n = task->n, n_labels = task->n_labels;
  double loss = 0, squares = 0;

  self->n_looks++;
  narrow (moved, self->n_numbers, self->narrow);
  memcpy (self->logits, self->base, (gsize) n * n_labels * sizeof *self->logits);
  add_moved (task, self->narrow, task->rows, n, self->logits);
  for (guint i = 0; i < n; i++)
    loss += find_loss (task, self->logits + (gsize) i * n_labels, task->labels[i], self->errors + i,
                       n);
  monocle_vector_dot_all (self->errors, n_labels, self->columns, task->n_dims, n, self->wide);
  for (gsize i = 0; i < self->n_numbers; i++)
    {
      squares += moved[i] * moved[i];
      slope[i] = (double) self->wide[i] / n + self->hold * moved[i];
    }
  return loss / n + self->hold * squares / 2;
}

static double
dot (const double *a, const double *b, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* Steps that were made and what the slope changed by, the latest last. */
typedef struct
{
  double *steps[HISTORY], *changes[HISTORY];
  double inverse[HISTORY]; /* of their products */
  guint n;
} History;

static void
history_clear (History *self)
{
  for (guint i = 0; i < HISTORY; i++)
    {
      g_free (self->steps[i]);
      g_free (self->changes[i]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (History, history_clear)

/* One that says nothing of the curvature is left out. */
static void
remember (History *self, const double *step, const double *change, gsize n)
{
  const double product = dot (step, change, n);

  if (!(product > 0))
    return;
  if (self->n == HISTORY)
    {
      g_free (self->steps[0]);
      g_free (self->changes[0]);
      memmove (self->steps, self->steps + 1, (HISTORY - 1) * sizeof *self->steps);
      memmove (self->changes, self->changes + 1, (HISTORY - 1) * sizeof *self->changes);
      memmove (self->inverse, self->inverse + 1, (HISTORY - 1) * sizeof *self->inverse);
      self->n--;
    }
  self->steps[self->n] = g_memdup2 (step, n * sizeof *step);
  self->changes[self->n] = g_memdup2 (change, n * sizeof *change);
  self->inverse[self->n++] = 1 / product;
}

/* The two-loop recursion: where to go from a place with @slope. */
static void
find_direction (const History *self, const double *slope, double *direction, gsize n)
{
  double shares[HISTORY];
  double first = 1 / MAX (sqrt (dot (slope, slope, n)), DBL_MIN);

  for (gsize i = 0; i < n; i++)
    direction[i] = -slope[i];
  for (guint k = self->n; k-- > 0;)
    {
      shares[k] = self->inverse[k] * dot (self->steps[k], direction, n);
      for (gsize i = 0; i < n; i++)
        direction[i] -= shares[k] * self->changes[k][i];
    }
  if (self->n > 0)
    first = 1
            / (self->inverse[self->n - 1]
               * dot (self->changes[self->n - 1], self->changes[self->n - 1], n));
  for (gsize i = 0; i < n; i++)
    direction[i] *= first;
  for (guint k = 0; k < self->n; k++)
    {
      const double share = self->inverse[k] * dot (self->changes[k], direction, n);

      for (gsize i = 0; i < n; i++)
        direction[i] += (shares[k] - share) * self->steps[k][i];
    }
}

static void
problem_init (Problem *self, const MonocleFitTask *task, double hold)
{
  const gsize n_logits = (gsize) task->n * task->n_labels;

  *self = (Problem){
    .task = task,
    .hold = hold,
    .n_numbers = (gsize) task->n_labels * task->n_dims,
    .base = g_new (float, n_logits),
    .columns = g_new (float, (gsize) task->n * task->n_dims),
    .logits = g_new (float, n_logits),
    .errors = g_new (float, n_logits),
  };
  self->narrow = g_new (float, self->n_numbers);
  self->wide = g_new (float, self->n_numbers);
  judge_by_words (task, task->rows, task->n, self->base);
  for (guint i = 0; i < task->n; i++)
    for (guint k = 0; k < task->n_dims; k++)
      self->columns[(gsize) k * task->n + i] = task->rows[(gsize) i * task->n_dims + k];
}

guint
monocle_fit (const MonocleFitTask *task, double hold, double *moved)
{
  g_auto (Problem) problem = { 0 };
  g_auto (History) history = { 0 };
  g_autofree double *slope = NULL, *direction = NULL, *there = NULL, *new_slope = NULL;
  gsize n;
  double loss, first_slope;

  g_return_val_if_fail (task->n > 0 && task->n_labels > 0 && hold > 0, 0);

  problem_init (&problem, task, hold);
  n = problem.n_numbers;
  slope = g_new (double, n);
  new_slope = g_new (double, n);
  direction = g_new (double, n);
  there = g_new (double, n);
  loss = look (&problem, moved, slope);
  first_slope = sqrt (dot (slope, slope, n));

  for (guint round = 0; round < MAX_ROUNDS; round++)
    {
      double step = 1, fall, new_loss = INFINITY;

      if (!(sqrt (dot (slope, slope, n)) > ENOUGH_SLOPE * first_slope))
        break;
      find_direction (&history, slope, direction, n);
      fall = dot (slope, direction, n);
      for (guint i = 0; i < MAX_HALVINGS && !(new_loss <= loss + DECREASE * step * fall); i++)
        {
          step = i == 0 ? 1 : step / 2;
          for (gsize k = 0; k < n; k++)
            there[k] = moved[k] + step * direction[k];
          new_loss = look (&problem, there, new_slope);
        }
      if (!(new_loss < loss))
        break;
      for (gsize k = 0; k < n; k++)
        {
          direction[k] = there[k] - moved[k];
          slope[k] = new_slope[k] - slope[k];
        }
      remember (&history, direction, slope, n);
      memcpy (moved, there, n * sizeof *moved);
      memcpy (slope, new_slope, n * sizeof *slope);
      if (loss - new_loss < ENOUGH_LOSS * loss)
        break;
      loss = new_loss;
    }
  return problem.n_looks;
}
