/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that was found: a small one of it, its name, and how well it fits.
 */
#pragma once

#include <adwaita.h>

#include "ui/hit.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_HIT_TILE (monocle_hit_tile_get_type ())
G_DECLARE_FINAL_TYPE (MonocleHitTile, monocle_hit_tile, MONOCLE, HIT_TILE, AdwBin)

GtkWidget *monocle_hit_tile_new (void);
/* @hit: (nullable): %NULL drops the pixels */
void monocle_hit_tile_set_hit (MonocleHitTile *self, MonocleHit *hit);

G_END_DECLS
