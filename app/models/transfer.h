/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The work of a download, on a thread that may block: list, room, files side by side, structure,
 * installing. What a window shows of it is download.h's.
 */
#pragma once

#include "app/models/fetch.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_TRANSFER_LISTING,
  MONOCLE_TRANSFER_FETCHING,
  MONOCLE_TRANSFER_CHECKING,
} MonocleTransferStage;

/**
 * MonocleTransfer:
 * @wanted: what to get
 * @complete: whether all of its files are named
 * @address: of the hub
 * @token: (nullable)
 * @stage: called from the thread when something else begins
 * @count: called from several threads: bytes that came
 * @know: called from the thread once all files are known
 */
typedef struct
{
  const MonocleManifest *wanted;
  gboolean complete;
  const char *address;
  const char *token;
  MonoclePatience patience;
  void (*stage) (MonocleTransferStage stage, gpointer user_data);
  MonocleFetchCount count;
  void (*know) (const MonocleManifest *manifest, gpointer user_data);
  gpointer user_data;
} MonocleTransfer;

/* (transfer full) (nullable): the folder of the model; see monocle_download_run_finish() */
char *monocle_transfer_run (const MonocleTransfer *self, GCancellable *cancellable, GError **error);

G_END_DECLS
