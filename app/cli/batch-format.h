/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * batch --format: the answers once more, in a format of other programs.
 */
#pragma once

#include "app/batch/store.h"
#include "app/cli/cli.h"
#include "app/exchange/format.h"

G_BEGIN_DECLS

/**
 * MonocleCliBatchFormat:
 * @id: (nullable): as it was given
 * @to: (nullable): that format
 * @output: (nullable): the folder where it goes
 * @store: (nullable): has the answers
 */
typedef struct
{
  char *id;
  const MonocleExchangeFormat *to;
  char *output;
  MonocleBatchStore *store;
} MonocleCliBatchFormat;

void monocle_cli_batch_format_clear (MonocleCliBatchFormat *self);

/**
 * monocle_cli_batch_format_begin:
 * @self: with an id
 * @folder: of the answers
 * @share: from 1, of @n_shares
 * @pictures: (element-type MonocleBatchPicture): all of them
 * @tasks: (element-type MonocleTask): that will be asked
 *
 * Says what will be lost before anything is asked.
 */
MonocleCliStatus monocle_cli_batch_format_begin (MonocleCliBatchFormat *self,
                                                 const char *folder,
                                                 guint share,
                                                 guint n_shares,
                                                 const GPtrArray *pictures,
                                                 const GPtrArray *tasks);

/* Writes what is answered. */
MonocleCliStatus monocle_cli_batch_format_write (const MonocleCliBatchFormat *self,
                                                 GPtrArray *pictures,
                                                 GPtrArray *tasks);

G_END_DECLS
