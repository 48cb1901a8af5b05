/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Groups of things of which each fits each other (complete linkage): the two that fit best come
 * together first, and two groups become one where the worst of all pairs across them is the best
 * that is left.
 */
#pragma once

#include "app/search/pairs.h"

G_BEGIN_DECLS

#define MONOCLE_LINKAGE_END G_MAXUINT32

/**
 * MonocleLinkage:
 * @next: (array length=n): what follows in the same group, or %MONOCLE_LINKAGE_END
 * @joined: (array length=n): the cosine at which what begins here and what is before it in the
 * group came together; -1: here a group begins
 *
 * A group that is parted wherever @joined is below something falls into those that had come
 * together by then.
 */
typedef struct
{
  guint n;
  guint32 *next;
  float *joined;
} MonocleLinkage;

/* @pairs: (element-type MonoclePair): of @n things, the best first: what fits */
MonocleLinkage *monocle_linkage_new (guint n, const GArray *pairs);
void monocle_linkage_free (MonocleLinkage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleLinkage, monocle_linkage_free)

G_END_DECLS
