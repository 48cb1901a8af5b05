/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli search --duplicates: what it prints.
 */
#pragma once

#include "app/search/duplicates.h"

G_BEGIN_DECLS

/**
 * MonocleCliHits:
 * @MONOCLE_CLI_HITS_TEXT: for people
 * @MONOCLE_CLI_HITS_JSON: an object a line
 * @MONOCLE_CLI_HITS_PATHS: paths that end with a zero byte
 *
 * How what is found is printed.
 */
typedef enum
{
  MONOCLE_CLI_HITS_TEXT,
  MONOCLE_CLI_HITS_JSON,
  MONOCLE_CLI_HITS_PATHS,
} MonocleCliHits;

/**
 * MonocleCliDuplicates:
 * @directories: (array zero-terminated=1) (nullable): absolute; only what lies below them
 * @least: the lowest cosine of two pictures in a group; NaN: that of what is nearly the same
 * @top: most groups
 * @by_date: those with the newest picture first
 * @format: how they are printed
 */
typedef struct
{
  const char *const *directories;
  float least;
  guint top;
  gboolean by_date;
  MonocleCliHits format;
} MonocleCliDuplicates;

/* How many pictures were compared; 0 with an error where it was stopped. */
guint monocle_cli_duplicates (MonocleIndex *index,
                              guint n_dims,
                              const MonocleCliDuplicates *options,
                              GError **error);

G_END_DECLS
