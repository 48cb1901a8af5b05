/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The answers of a batch in one of the formats of other programs.
 */
#pragma once

#include "app/batch/store.h"
#include "app/exchange/convert.h"

G_BEGIN_DECLS

/**
 * MonocleBatchFormat:
 * @store: has the answers
 * @pictures: (element-type MonocleBatchPicture): about which they are; those without answers are
 *   left out
 * @tasks: (element-type MonocleTask): that were asked
 * @to: what to write
 * @output: a folder; what is there is replaced
 * @progress: (nullable): called now and then
 */
typedef struct
{
  MonocleBatchStore *store;
  GPtrArray *pictures;
  GPtrArray *tasks;
  const MonocleExchangeFormat *to;
  const char *output;
  MonocleExchangeProgress progress;
  gpointer progress_data;
  GCancellable *cancellable;
} MonocleBatchFormat;

/**
 * monocle_batch_format_write:
 * @notes: gets what is lost
 * @counts: (out): what was written
 *
 * What is written is whole or not there, whatever was there before and however often it is done.
 *
 * Errors: as monocle_exchange_convert().
 */
gboolean monocle_batch_format_write (const MonocleBatchFormat *self,
                                     MonocleNotes *notes,
                                     MonocleExchangeCounts *counts,
                                     GError **error);

/* What @to cannot say of what @tasks give, before anything is asked: a line each. (transfer full)
 */
MonocleNotes *monocle_batch_format_foresee (const MonocleExchangeFormat *to,
                                            const GPtrArray *tasks);

G_END_DECLS
