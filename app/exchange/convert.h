/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From one format of annotations to another, picture by picture: the memory that it takes does not
 * grow with what the pictures hold.
 */
#pragma once

#include <gio/gio.h>

#include "app/exchange/format.h"

G_BEGIN_DECLS

/**
 * MonocleExchangeCounts:
 *
 * What was converted.
 */
typedef struct
{
  guint pictures;
  guint objects;
  guint captions;
} MonocleExchangeCounts;

typedef void (*MonocleExchangeProgress) (const MonocleExchangeCounts *counts, gpointer user_data);

/* Of --split: for training, for choosing, for testing. */
#define MONOCLE_EXCHANGE_N_SHARES 3

/**
 * MonocleExchangeJob:
 * @from: (nullable): what the inputs are; %NULL: that is found out for each
 * @inputs: (array zero-terminated=1): files and folders
 * @images: (nullable): where their pictures are
 * @to: what to write
 * @output: where to; one file where its name ends as that of a format of one file, else a folder
 *   that is new or empty
 * @shares: how pictures are divided; all 0: as they are
 * @seed: for dividing: the same gives the same
 * @copies: whether pictures are put beside their annotations
 * @only_says: nothing is written: for what there is to say about it
 * @progress: (nullable): called now and then
 */
typedef struct
{
  const MonocleExchangeFormat *from;
  const char *const *inputs;
  const char *images;
  const MonocleExchangeFormat *to;
  const char *output;
  guint shares[MONOCLE_EXCHANGE_N_SHARES];
  guint seed;
  gboolean copies;
  gboolean only_says;
  MonocleExchangeProgress progress;
  gpointer progress_data;
  GCancellable *cancellable;
} MonocleExchangeJob;

/* Whether @output is the name of one file. */
gboolean monocle_exchange_is_one_file (const MonocleExchangeFormat *format, const char *output);

/**
 * monocle_exchange_convert:
 * @job: what to do
 * @notes: gets what is lost, and what becomes of it
 * @counts: (out): what was converted
 * @error: return location
 *
 * What is written is whole or not there.
 *
 * Errors: one line that names file and place; %G_IO_ERROR_CANCELLED.
 */
gboolean monocle_exchange_convert (const MonocleExchangeJob *job,
                                   MonocleNotes *notes,
                                   MonocleExchangeCounts *counts,
                                   GError **error);

G_END_DECLS
