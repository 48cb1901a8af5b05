/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Vectors of labels that fit examples: logistic regression on vectors of pictures, which starts
 * from the vectors of the labels' words and is held to them. Plain C; no device.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleFitTask:
 * @rows: [n, n_dims]: of length one
 * @labels: [n]: which is right
 * @n: examples
 * @n_dims: numbers of a row
 * @words: [n_labels, n_dims]: of length one
 * @n_labels: labels
 * @scale: what products of rows and labels are multiplied with
 * @bias: added to them then, where @each
 * @each: whether each label is judged by itself, as the model was taught; else one of them is right
 *
 * What is to be fitted. Nothing is copied.
 */
typedef struct
{
  const float *rows;
  const guint *labels;
  guint n, n_dims;
  const float *words;
  guint n_labels;
  double scale, bias;
  gboolean each;
} MonocleFitTask;

/**
 * monocle_fit:
 * @task: what to fit; one example at least
 * @hold: how much the labels are held to their words, above 0
 * @moved: (inout) (array): [n_labels, n_dims]: how far each label is from its words, times the
 *   scale: where to start, and where it ended
 *
 * Minimises the mean loss of the examples plus half of @hold times the squares of @moved, which has
 * one minimum. The loss is the cross-entropy of the softmax over labels, or the sum over labels of
 * that of the sigmoid. By limited-memory BFGS (Nocedal and Wright, Numerical Optimization,
 * algorithm 7.5) with a line search that asks for sufficient decrease.
 *
 * Returns: how often the loss was looked at
 */
guint monocle_fit (const MonocleFitTask *task, double hold, double *moved);

/* @logits: (out caller-allocates) (array): [n, n_labels]: of any rows */
void monocle_fit_judge (
    const MonocleFitTask *task, const double *moved, const float *rows, guint n, float *logits);

/* The loss of one example by its logits; @right: the label */
double monocle_fit_loss (const MonocleFitTask *task, const float *logits, guint right);

G_END_DECLS
