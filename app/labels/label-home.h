/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where sets of labels live: one for each folder, and one for pictures that are in none, in a
 * folder of the person's data. Nothing is put into folders with pictures.
 */
#pragma once

#include "app/labels/label-set.h"

G_BEGIN_DECLS

/**
 * monocle_label_home_open:
 * @folder: (nullable): whose; %NULL: of the application itself
 *
 * All who ask for the labels of one folder share them. Every change is written as it is made; where
 * that cannot be, or what is there cannot be read, `trouble` of the set says why. A file that
 * cannot be read is left as it is, and nothing written in its place.
 *
 * Returns: (transfer full): the set
 */
MonocleLabelSet *monocle_label_home_open (GFile *folder);

/* (transfer full): where that is kept; it need not be there */
char *monocle_label_home_dup_path (GFile *folder);

G_END_DECLS
