/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels that are taught to a model of two towers by examples, and whether it helped: each picture
 * is judged once by labels that were fitted without it, beside what the labels' words alone say.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

typedef struct _MonocleTeaching MonocleTeaching;

/**
 * MonocleTeachingOutcome:
 * @MONOCLE_TEACHING_HELPED: more examples are right than by the words alone, and hardly by chance
 * @MONOCLE_TEACHING_UNCERTAIN: what differs can be chance
 * @MONOCLE_TEACHING_HARMED: fewer are right, and hardly by chance
 * @MONOCLE_TEACHING_UNTESTED: too few pictures to put any aside
 */
typedef enum
{
  MONOCLE_TEACHING_HELPED,
  MONOCLE_TEACHING_UNCERTAIN,
  MONOCLE_TEACHING_HARMED,
  MONOCLE_TEACHING_UNTESTED,
} MonocleTeachingOutcome;

/**
 * MonocleTeachingLabel:
 * @name: what it is called
 * @n_examples: of it
 * @n_pictures: in which they are
 * @n_right_before: of the examples, by words alone
 * @n_right_after: of the examples, by labels that were fitted without their picture
 */
typedef struct
{
  const char *name;
  guint n_examples, n_pictures;
  guint n_right_before, n_right_after;
} MonocleTeachingLabel;

/**
 * MonocleTeachingVerdict:
 * @outcome: in a word
 * @n_examples: that were judged
 * @n_pictures: in which they are
 * @n_right_before: of them, by words alone
 * @n_right_after: of them, by labels that were fitted without their picture
 * @n_won: wrong before and right after
 * @n_lost: right before and wrong after
 * @chance: how likely a difference as large as that comes by chance, by the exact test of signs
 * @hold: how much the labels are held to their words
 */
typedef struct
{
  MonocleTeachingOutcome outcome;
  guint n_examples, n_pictures;
  guint n_right_before, n_right_after;
  guint n_won, n_lost;
  double chance;
  double hold;
} MonocleTeachingVerdict;

/**
 * monocle_teaching_new:
 * @n_dims: numbers of a vector
 * @scale: what cosines are multiplied with
 * @bias: added to them then; ignored where labels exclude one another
 * @each: whether the model judges each label by itself
 */
MonocleTeaching *monocle_teaching_new (guint n_dims, double scale, double bias, gboolean each);
void monocle_teaching_free (MonocleTeaching *self);

/**
 * monocle_teaching_add:
 * @picture: which one it lies in: all of a picture are put aside together
 * @label: what it is
 * @row: its vector, of length one
 */
void monocle_teaching_add (MonocleTeaching *self,
                           const char *picture,
                           const char *label,
                           const float *row);

/* (transfer none) (array zero-terminated=1): in the order in which they came */
const char *const *monocle_teaching_list_labels (MonocleTeaching *self);

/**
 * monocle_teaching_learn:
 * @self: two labels at least, each with an example
 * @words: [labels, n_dims]: the vectors of their words, of length one
 * @cancellable: (nullable): to stop
 * @verdict: (out caller-allocates): what it is worth
 * @error: return location
 *
 * Blocks: a second for hundreds of examples. The same examples in whatever order give the same.
 *
 * Errors: %G_IO_ERROR_CANCELLED.
 */
gboolean monocle_teaching_learn (MonocleTeaching *self,
                                 const float *words,
                                 GCancellable *cancellable,
                                 MonocleTeachingVerdict *verdict,
                                 GError **error);

/* (transfer none) (array length=n): after monocle_teaching_learn() */
const MonocleTeachingLabel *monocle_teaching_get_labels (MonocleTeaching *self, guint *n);

/**
 * monocle_teaching_write:
 * @directory: that is not there yet
 * @base: what the model is called: its directory, or an id
 * @error: return location
 *
 * The labels, as the folder of an adapter; whole or not at all. After monocle_teaching_learn().
 *
 * Errors: %G_IO_ERROR.
 */
gboolean monocle_teaching_write (MonocleTeaching *self,
                                 const char *directory,
                                 const char *base,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTeaching, monocle_teaching_free)

G_END_DECLS
