/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of an index that are the same, or nearly: groups in which each fits each other.
 */
#pragma once

#include "app/search/index-file.h"
#include "app/search/pairs.h"

G_BEGIN_DECLS

/* Above this the model sees no difference: what is left is rounding to 16 bits. */
#define MONOCLE_DUPLICATES_EXACT 0.9999f

/**
 * monocle_duplicates_calibrate:
 * @near: (out): the cosine above which pictures are another size, another quality, a moment later
 * @alike: (out): the lowest one at which anybody would call them alike
 *
 * 0.97 and 0.9; higher where two pictures that have nothing to do with each other are nearly as
 * alike to the model, by all that it has seen.
 */
void monocle_duplicates_calibrate (MonocleIndex *index, guint n_dims, float *near, float *alike);

/* As MonocleSearchHit has it: 3 of copies, from 2 on the model sees no difference, from 1 on they
 * are nearly the same; what was joined at -1 stays there. */
double monocle_duplicates_get_fit (float cosine, float near, float alike);

/**
 * MonocleDuplicateKind:
 * @MONOCLE_DUPLICATE_COPY: its file has the same bytes
 * @MONOCLE_DUPLICATE_EXACT: other bytes, but the model sees no difference
 * @MONOCLE_DUPLICATE_NEAR: nearly the same
 */
typedef enum
{
  MONOCLE_DUPLICATE_COPY,
  MONOCLE_DUPLICATE_EXACT,
  MONOCLE_DUPLICATE_NEAR,
} MonocleDuplicateKind;

/* (transfer none): never translated: "copy" */
const char *monocle_duplicate_kind_get_id (MonocleDuplicateKind kind);

/**
 * MonocleDuplicate:
 * @entry: the picture
 * @kind: what it is to those that it fits best
 * @cosine: the lowest of it and those that it fits best; 1 of a copy
 * @joined: at which cosine what begins with it and what is before it in the group came together;
 * -1: here a group begins
 *
 * Where only what fits better than something counts, a group falls apart where @joined is below
 * that, and who is alone then is left out: those whose @cosine is.
 */
typedef struct
{
  const MonocleIndexEntry *entry;
  MonocleDuplicateKind kind;
  float cosine, joined;
} MonocleDuplicate;

/**
 * MonocleDuplicatesQuery:
 * @directories: (array zero-terminated=1) (nullable): only what lies below these, absolute ones
 * @least: the lowest cosine of two pictures in a group
 * @progress: (nullable)
 */
typedef struct
{
  guint n_dims;
  const char *const *directories;
  float least;
  MonoclePairsProgress progress;
  gpointer user_data;
} MonocleDuplicatesQuery;

/**
 * MonocleDuplicates:
 * @found: (element-type MonocleDuplicate): groups after each other, those with the best pair first
 * @n: pictures that were compared
 * @n_groups: how many groups there are
 * @above: where too many pairs fit, the cosine above which they were looked at; else -1
 */
typedef struct
{
  GArray *found;
  guint n, n_groups;
  float above;
} MonocleDuplicates;

/**
 * monocle_search_find_duplicates:
 * @index: must outlive what is found
 *
 * Files that are gone or were changed since are left out; so is all but one name of the same file.
 * Compares each picture with each.
 *
 * Errors: %G_IO_ERROR_CANCELLED.
 */
gboolean monocle_search_find_duplicates (MonocleIndex *index,
                                         const MonocleDuplicatesQuery *query,
                                         MonocleDuplicates *duplicates,
                                         GCancellable *cancellable,
                                         GError **error);

G_END_DECLS
