/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A set of labels, in the person's order: what the things on the pictures of a folder are called.
 * No two have one name. Implements GListModel of MonocleLabelItem; as long as it lives its labels
 * have its colours wherever they are drawn.
 *
 * Signal `changed`: there are others, or one of them changed. Property trouble (GError, nullable,
 * notified): why the set is not kept.
 */
#pragma once

#include <gio/gio.h>

#include "app/labels/label-item.h"

G_BEGIN_DECLS

/* More are refused. */
#define MONOCLE_LABEL_SET_MAX 10000

#define MONOCLE_TYPE_LABEL_SET (monocle_label_set_get_type ())
G_DECLARE_FINAL_TYPE (MonocleLabelSet, monocle_label_set, MONOCLE, LABEL_SET, GObject)

MonocleLabelSet *monocle_label_set_new (void);

/* (transfer none) (nullable): of that name */
MonocleLabelItem *monocle_label_set_find (MonocleLabelSet *self, const char *name);
/* (transfer none) (nullable): which that digit gives, 1 to 9 */
MonocleLabelItem *monocle_label_set_find_digit (MonocleLabelSet *self, guint digit);
/* (transfer full): the names, in order */
GStrv monocle_label_set_dup_names (MonocleLabelSet *self);

/**
 * monocle_label_set_add:
 * @name: as a person typed it
 *
 * It gets the first digit that is free.
 *
 * Returns: (transfer none) (nullable): the label, at the end; %NULL where that is no name, is there
 *   already, or there are too many
 */
MonocleLabelItem *monocle_label_set_add (MonocleLabelSet *self, const char *name);

/**
 * monocle_label_set_merge:
 * @labels: (element-type MonocleLabelItem): of a file
 *
 * Labels that are not there yet come behind those that are; of those that are, colours and
 * attributes become as the file has them, where it has any.
 *
 * Returns: how many came
 */
guint monocle_label_set_merge (MonocleLabelSet *self, GPtrArray *labels);

/* The same of the set's own file: who has no digit there gets none. */
void monocle_label_set_restore (MonocleLabelSet *self, GPtrArray *labels);

/* Whether @name is one that no other label has; it has it then. */
gboolean
monocle_label_set_rename (MonocleLabelSet *self, MonocleLabelItem *label, const char *name);
/**
 * monocle_label_set_join:
 * @label: one of the set, which is no more afterwards
 * @into: another one
 *
 * @into keeps its name, colour, digit and place. What can be said of its things is what could be
 * said before, then what only @label had; where both have a choice of that name, its words are
 * those of @into, then those that only @label had; where they are of other kinds, that of @into
 * stays.
 */
void
monocle_label_set_join (MonocleLabelSet *self, MonocleLabelItem *label, MonocleLabelItem *into);
void monocle_label_set_recolour (MonocleLabelSet *self, MonocleLabelItem *label, guint32 rgb);
/* 0: none. Who had the digit loses it. */
void monocle_label_set_give_digit (MonocleLabelSet *self, MonocleLabelItem *label, guint digit);
/* @attribute: (transfer full): see monocle_label_item_take_attribute() */
gboolean monocle_label_set_take_attribute (MonocleLabelSet *self,
                                           MonocleLabelItem *label,
                                           MonocleAttribute *attribute);
void monocle_label_set_remove_attribute (MonocleLabelSet *self,
                                         MonocleLabelItem *label,
                                         const char *name);
/* To the place @to of what it is then. */
void monocle_label_set_move (MonocleLabelSet *self, MonocleLabelItem *label, guint to);
void monocle_label_set_remove (MonocleLabelSet *self, MonocleLabelItem *label);

/* (transfer none) (nullable) */
const GError *monocle_label_set_get_trouble (MonocleLabelSet *self);
/* @trouble: (transfer full) (nullable): for who keeps it */
void monocle_label_set_take_trouble (MonocleLabelSet *self, GError *trouble);

G_END_DECLS
