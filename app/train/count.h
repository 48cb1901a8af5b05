/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What there is to learn, counted by tasks and names: what a person reads before it is taught.
 */
#pragma once

#include "app/train/set.h"

G_BEGIN_DECLS

/* Names of fewer examples are hard to learn. */
#define MONOCLE_TRAIN_FEW 3

/**
 * MonocleTrainCount:
 * @task: what is asked
 * @label: what it is an example of
 * @n: examples that are learnt from
 * @n_held_out: those that are judged by
 */
typedef struct
{
  const MonocleTask *task;
  char *label;
  guint n, n_held_out;
} MonocleTrainCount;

/* (transfer full) (element-type MonocleTrainCount): by task, then by name; the names are their own
 */
GPtrArray *monocle_train_count_labels (const MonocleTrainSet *set);

G_END_DECLS
