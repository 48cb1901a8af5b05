/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Heat maps: how likely it is, place by place, that something is there. An outline is what is left
 * of one above a threshold; the map is what the model really says.
 */
#pragma once

#include "engine/answer/geometry.h"
#include "engine/answer/mask-runs.h"

G_BEGIN_DECLS

/* The longest side of a map. */
#define MONOCLE_HEAT_MAX_SIDE 4096

/**
 * MonocleHeat:
 * @label: of what, UTF-8
 * @columns: of the map
 * @rows: likewise
 * @width: of the picture that it covers, in pixels
 * @height: likewise
 * @threshold: above which the model says that it is there
 * @levels: (array length=columns*rows): row by row, 65535 is certain
 *
 * Immutable and counted.
 */
typedef struct
{
  char *label;
  guint columns, rows;
  guint width, height;
  float threshold;
  guint16 levels[];
} MonocleHeat;

/**
 * monocle_heat_new:
 * @like: what the new one is but for its levels; the label is copied
 * @likely: (array): how likely it is, 0 to 1, row by row
 */
MonocleHeat *monocle_heat_new (const MonocleHeat *like, const float *likely);
MonocleHeat *monocle_heat_ref (MonocleHeat *self);
void monocle_heat_unref (MonocleHeat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleHeat, monocle_heat_unref)

/**
 * monocle_heat_cut:
 * @threshold: 0 to 1
 * @mean: (out): how likely what is left is; NaN where nothing is
 *
 * Returns: (transfer full): the pixels of the picture that are at least as likely, by what the map
 *   says between its own, which is what bilinear interpolation says
 */
MonocleMaskRuns *monocle_heat_cut (const MonocleHeat *self, double threshold, double *mean);

/**
 * monocle_heat_spread:
 * @heats: (array length=n): maps of one picture; those that have another size than the first do
 * not count
 * @n: how many, at least one
 *
 * Returns: (transfer full) (array): how likely what is likeliest there is, at each pixel of the
 *   picture, row by row, 65535 is certain; between the pixels of the maps by bilinear interpolation
 */
guint16 *monocle_heat_spread (const MonocleHeat *const *heats, guint n);

/**
 * monocle_heat_turn:
 * @matrix: a turn by quarters
 *
 * Returns: (transfer full): the same of the picture that is turned so
 */
MonocleHeat *monocle_heat_turn (const MonocleHeat *self, const MonocleMatrix *matrix);

/**
 * monocle_heat_pack:
 *
 * Returns: (transfer full): its levels in 8 bits each, as zlib packs them: for files
 */
GBytes *monocle_heat_pack (const MonocleHeat *self);

/**
 * monocle_heat_unpack:
 * @like: as above, of sides that are looked at
 * @packed: what may have been written by anybody
 * @n_packed: bytes
 *
 * Returns: (transfer full) (nullable): the map; %NULL where it is none of that size
 */
MonocleHeat *monocle_heat_unpack (const MonocleHeat *like, const guint8 *packed, gsize n_packed);

G_END_DECLS
