/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the work on a picture comes to, in numbers: what lists of pictures show, are filtered by and
 * counted up from without opening one.
 */
#pragma once

#include "app/document/document.h"

G_BEGIN_DECLS

/* Sizes of objects: sides of less than 16, 32, 64, 128, 256, 512 pixels, and more. */
#define MONOCLE_SUMMARY_SIZES 7

/**
 * MonocleSummary:
 * @is_done: the person is done with it
 * @n_own: what the person drew or kept
 * @n_found: objects of answers that are shown
 * @n_answers: questions that were answered
 * @best: the best score of what was found; NaN: there is none
 * @own_labels: (element-type utf8 guint): names of the person's own things, with how many have it;
 *   those without a name under ""
 * @found_labels: (element-type utf8 guint): the same of what was found
 * @sizes: how many of the person's own things are of each size: the side of a square of the area of
 *   their bounds
 */
typedef struct
{
  gboolean is_done;
  guint n_own, n_found, n_answers;
  double best;
  GHashTable *own_labels, *found_labels;
  guint sizes[MONOCLE_SUMMARY_SIZES];
} MonocleSummary;

MonocleSummary *monocle_summary_new (MonocleDocument *document);
void monocle_summary_free (MonocleSummary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleSummary, monocle_summary_free)

/* Whether there is anything: what was deleted to the last is none. */
gboolean monocle_summary_has_work (const MonocleSummary *self);
gboolean monocle_summary_has_objects (const MonocleSummary *self);
/* Whether something of the person's own, or found, is called so. */
gboolean monocle_summary_has_label (const MonocleSummary *self, const char *label);
/* What @other has comes on top of what is in @self; done is nothing that adds up. */
void monocle_summary_add (MonocleSummary *self, const MonocleSummary *other);
/* (transfer full): nothing */
MonocleSummary *monocle_summary_new_empty (void);

/* The size that a thing of so many pixels is counted under. */
guint monocle_summary_find_size (double width, double height);

#define MONOCLE_STORED_SUMMARY "(buuuda(su)a(su)au)"

/* (transfer floating): of type %MONOCLE_STORED_SUMMARY */
GVariant *monocle_summary_store (const MonocleSummary *self);
/* (transfer full) (nullable): @stored is of that type, from a file perhaps; %NULL where it says
 * nonsense */
MonocleSummary *monocle_summary_restore (GVariant *stored);

G_END_DECLS
