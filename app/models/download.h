/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gets a model from a server, in threads of its own: asks for what it has to, checks every byte
 * that comes, and puts a whole model among the person's own ones or nothing. Whatever stops it,
 * what came stays and is gone on with another time.
 *
 *   download = monocle_download_new (catalogue, "owner/name", NULL, &error);
 *   monocle_download_run_async (download, cancellable, ...);    cancel: pause; run again: go on
 *   monocle_model_store_remove_async (...)                      of what is half there: give up
 *
 * Its properties change in the main context while it runs, about four times a second.
 */
#pragma once

#include "app/models/catalogue.h"
#include "app/models/fetch.h"

G_BEGIN_DECLS

/**
 * MonocleDownloadState:
 * @MONOCLE_DOWNLOAD_RESTING: not begun, or stopped
 * @MONOCLE_DOWNLOAD_LISTING: asks which files there are
 * @MONOCLE_DOWNLOAD_FETCHING: files are coming
 * @MONOCLE_DOWNLOAD_CHECKING: all came; looks whether they are a model
 * @MONOCLE_DOWNLOAD_DONE: the model is there
 * @MONOCLE_DOWNLOAD_FAILED: see monocle_download_run_finish()
 */
typedef enum
{
  MONOCLE_DOWNLOAD_RESTING,
  MONOCLE_DOWNLOAD_LISTING,
  MONOCLE_DOWNLOAD_FETCHING,
  MONOCLE_DOWNLOAD_CHECKING,
  MONOCLE_DOWNLOAD_DONE,
  MONOCLE_DOWNLOAD_FAILED,
} MonocleDownloadState;

#define MONOCLE_TYPE_DOWNLOAD (monocle_download_get_type ())
G_DECLARE_FINAL_TYPE (MonocleDownload, monocle_download, MONOCLE, DOWNLOAD, GObject)

/**
 * monocle_download_new:
 * @catalogue: where names are looked up
 * @name: the id of a row of it; a repository as `owner/name` or `owner/name@revision`; or the name
 *   of a download that lies there half done
 * @address: (nullable): of the hub or mirror to ask; %NULL for the one that a half done download
 *   came from, else the catalogue's
 * @error: return location
 *
 * Asks nobody anything.
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_REQUEST, saying what there is.
 *
 * Returns: (transfer full) (nullable): a download at rest
 */
MonocleDownload *monocle_download_new (const MonocleCatalogue *catalogue,
                                       const char *name,
                                       const char *address,
                                       GError **error);

/**
 * monocle_download_find_there:
 * @error: return location
 *
 * Whether it is here already. Errors: %MONOCLE_APP_ERROR_BAD_REQUEST, when another repository's
 * model, or another revision, is in its place.
 *
 * Returns: (transfer full) (nullable): its directory; without an error, it is not here
 */
char *monocle_download_find_there (MonocleDownload *self, GError **error);

/* @token: (nullable): goes to the host of the address, and to no other that it points at */
void monocle_download_set_token (MonocleDownload *self, const char *token);
void monocle_download_set_patience (MonocleDownload *self, const MonoclePatience *patience);

/* The model's name in the store, and the one that a person reads. */
const char *monocle_download_get_id (MonocleDownload *self);
const char *monocle_download_get_title (MonocleDownload *self);
/* "huggingface.co": who is asked. */
const char *monocle_download_get_host (MonocleDownload *self);
/* (transfer full): what it is made of, as far as that is known */
MonocleManifest *monocle_download_dup_manifest (MonocleDownload *self);

MonocleDownloadState monocle_download_get_state (MonocleDownload *self);
guint64 monocle_download_get_received_bytes (MonocleDownload *self);
/* 0 as long as nobody knows. */
guint64 monocle_download_get_total_bytes (MonocleDownload *self);
/* A second, of late. */
guint64 monocle_download_get_speed (MonocleDownload *self);
/* -1 where it cannot be said. */
gint64 monocle_download_get_remaining_s (MonocleDownload *self);

/**
 * monocle_download_run_async:
 * @cancellable: (nullable): stops it; what came stays
 *
 * One at a time. A model of that name that is there already is replaced once all of the new one is
 * there.
 */
void monocle_download_run_async (MonocleDownload *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/**
 * monocle_download_run_finish:
 *
 * Errors: those of monocle_fetch_file(); %MONOCLE_APP_ERROR_BUSY; %G_IO_ERROR_NO_SPACE before
 * anything is fetched; those of monocle_model_check() where what came is no model.
 *
 * Returns: (transfer full) (nullable): the folder of the model
 */
char *monocle_download_run_finish (MonocleDownload *self, GAsyncResult *result, GError **error);

G_END_DECLS
