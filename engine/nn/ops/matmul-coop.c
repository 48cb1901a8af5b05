/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ops/matmul-coop.h"

#include "engine/nn/op-record.h"

/* That every device has. */
#define MAX_GROUP 256

/* Numbers that a unit multiplies at once. Smaller ones are a software device's, which gains
 * nothing, and needs minutes to compile what GPUs are given. */
#define MIN_UNIT (8 * 16 * 16)

/* Workgroups that a large card computes at once: fewer take it as long. */
#define CARD_GROUPS 128

/* What a row or column of inputs costs beside a result, since the former come from afar. */
#define ROW_COST 64

static const MonocleMatmulCoopTile tiles[] = {
  { 128, 128, 64, 32, 32, 1 }, { 128, 128, 64, 64, 32, 1 }, /* of four subgroups, where they are of
                                                               64 */
  { 128, 64, 32, 32, 32, 2 },  { 64, 64, 32, 32, 32, 2 },   { 128, 32, 32, 32, 32, 2 },
  { 32, 64, 16, 32, 32, 2 },
};

static guint
count_sub_tiles (const MonocleMatmulCoopTile *tile)
{
  return tile->rows / tile->sub_rows * (tile->columns / tile->sub_columns);
}

guint
monocle_matmul_coop_get_group (const MonocleVkTraits *traits, const MonocleMatmulCoopTile *tile)
{
  return count_sub_tiles (tile) * traits->subgroup_size;
}

/* As matmul_coop.comp lays it out. */
static guint
get_shared_bytes (const MonocleVkTraits *traits, const MonocleMatmulCoopTile *tile)
{
  const guint slice = (tile->rows + tile->columns) * (tile->depth / 8 + 1) * 16;
  const guint patch = traits->matrix.rows * (tile->sub_columns / 4 + 1) * 16;

  return MAX (slice * tile->slices, patch * count_sub_tiles (tile));
}

gboolean
monocle_matmul_coop_fits (const MonocleVkTraits *traits, const MonocleMatmulCoopTile *tile)
{
  const MonocleVkMatrix *matrix = &traits->matrix;

  return matrix->rows > 0 && tile->sub_rows % matrix->rows == 0
         && tile->sub_columns % matrix->columns == 0 && tile->depth % matrix->depth == 0
         && matrix->columns % 4 == 0 && matrix->depth % 8 == 0
         && monocle_matmul_coop_get_group (traits, tile) <= MAX_GROUP
         && get_shared_bytes (traits, tile) <= traits->shared_bytes;
}

/* How long a large card is busy. */
static guint64
estimate_cost (const MonocleMatmulCoopTile *tile, guint m, guint n)
{
  const guint64 groups = (guint64) CEIL_DIV (m, tile->rows) * CEIL_DIV (n, tile->columns);
  const guint cost = tile->rows * tile->columns + ROW_COST * (tile->rows + tile->columns);

  return MAX (groups, CARD_GROUPS) * cost;
}

const MonocleMatmulCoopTile *
monocle_matmul_coop_choose (const MonocleVkTraits *traits, guint m, guint n)
{
  const MonocleVkMatrix *matrix = &traits->matrix;
  const MonocleMatmulCoopTile *best = NULL;

  if (matrix->rows * matrix->columns * matrix->depth < MIN_UNIT)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (tiles); i++)
    if (monocle_matmul_coop_fits (traits, &tiles[i])
        && (!best || estimate_cost (&tiles[i], m, n) < estimate_cost (best, m, n)))
      best = &tiles[i];
  return best;
}
