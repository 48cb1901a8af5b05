/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of an index by how well they fit.
 */
#pragma once

#include "app/search/region-file.h"
#include "app/search/texts.h"

G_BEGIN_DECLS

/**
 * MonocleSearchBand:
 * @MONOCLE_SEARCH_SURE: fits
 * @MONOCLE_SEARCH_MAYBE: fits better than most
 * @MONOCLE_SEARCH_REST: fits as little as anything
 *
 * Where a model says how likely a text belongs to a picture, by that; else by how far a picture
 * stands out from the others.
 */
typedef enum
{
  MONOCLE_SEARCH_SURE,
  MONOCLE_SEARCH_MAYBE,
  MONOCLE_SEARCH_REST,
} MonocleSearchBand;

/* (transfer none): never translated: "sure" */
const char *monocle_search_band_get_id (MonocleSearchBand band);

/**
 * MonocleSearchHit:
 * @entry: the picture
 * @cosine: of its vector and the query
 * @probability: NaN where there is none
 * @band: where it belongs
 * @fit: the same, finer: from 0, what fits least, to 3, what fits best; 1 is where what may fit
 *   begins, 2 where it is sure
 * @read: (nullable): what a model has read in it, where the words that are looked for are in that
 * @region: (nullable): the part of it that fits better than all of it; @cosine is that one's then
 * @rows: (nullable): of which it is
 */
typedef struct
{
  const MonocleIndexEntry *entry;
  float cosine;
  double probability;
  MonocleSearchBand band;
  double fit;
  const char *read;
  const MonocleBox *region;
  const MonocleRegionRows *rows;
} MonocleSearchHit;

/**
 * MonocleSearchQuery:
 * @vector: normalised
 * @model: (nullable): whose probabilities count: of a query that is one text
 * @directories: (array zero-terminated=1) (nullable): only what lies below these, absolute ones
 * @regions: (nullable): parts of pictures that were looked at; must outlive the hits
 * @drawn: (nullable): likewise what people drew on them
 * @texts: (nullable): what was read in pictures; must outlive the hits
 * @words: (nullable): a picture is sure where all of them were read in it: monocle_texts_split()
 * @unwanted: (nullable): and none of these
 * @top: most hits
 */
typedef struct
{
  const float *vector;
  guint n_dims;
  MonocleModel *model;
  const char *const *directories;
  MonocleRegions *regions, *drawn;
  MonocleTexts *texts;
  const char *const *words, *const *unwanted;
  guint top;
} MonocleSearchQuery;

/**
 * MonocleSearchHits:
 * @hits: (element-type MonocleSearchHit): those in which the words were read, then the best first;
 * those of the same fit by their paths
 * @n: pictures that were compared
 * @n_fit: how many of them are sure, or may be
 * @n_sure: how many of those are sure
 */
typedef struct
{
  GArray *hits;
  guint n, n_fit, n_sure;
} MonocleSearchHits;

/* @index: must outlive the hits */
void
monocle_search_rank (MonocleIndex *index, const MonocleSearchQuery *query, MonocleSearchHits *hits);

G_END_DECLS
