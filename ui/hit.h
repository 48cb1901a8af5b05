/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that a search has found, as an item of lists.
 */
#pragma once

#include "app/search/reader.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_HIT (monocle_hit_get_type ())
G_DECLARE_FINAL_TYPE (MonocleHit, monocle_hit, MONOCLE, HIT, GObject)

MonocleHit *monocle_hit_new (const MonocleFinding *finding);

GFile *monocle_hit_get_file (MonocleHit *self);
const char *monocle_hit_get_path (MonocleHit *self);
/* What is shown: the file's name */
const char *monocle_hit_get_name (MonocleHit *self);
MonocleSearchBand monocle_hit_get_band (MonocleHit *self);
gint64 monocle_hit_get_date (MonocleHit *self);
double monocle_hit_get_fit (MonocleHit *self);
/* (nullable): what was read in it, where the words are in that */
const char *monocle_hit_get_read (MonocleHit *self);
/* (nullable): the part of it that was found, from 0 to 1 of its sides */
const MonocleRect *monocle_hit_get_region (MonocleHit *self);
/* As MonocleFinding has it. */
double monocle_hit_get_joined (MonocleHit *self);
/* How well it fits has changed, but not so much that anybody would see it. */
void monocle_hit_set_fit (MonocleHit *self, double fit, double joined);
/* Of pictures that are alike: in which group it is shown, from 1 on; else 0. */
guint monocle_hit_get_group (MonocleHit *self);
void monocle_hit_set_group (MonocleHit *self, guint group);

G_END_DECLS
