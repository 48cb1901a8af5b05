/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds the directory of a model by what a person calls it, and what a person calls it by its
 * directory.
 */
#pragma once

#include "app/models/manifest.h"
#include "app/models/shipped.h"

G_BEGIN_DECLS

/**
 * monocle_model_store_get_directory:
 *
 * Returns: (transfer full): the folder with the person's own models, one directory each
 */
char *monocle_model_store_get_directory (void);

/* Takes away what programs that were killed left there on its way in or out, on a thread. */
void monocle_model_store_sweep (void);

/**
 * monocle_model_store_find:
 * @name: (nullable): a directory; or the name of one in the person's models folder, which for one
 * of the catalogue is its id or its repository; or the id of one that comes with Monocle; %NULL for
 * the default one of those
 * @error: return location
 *
 * Looks whether the directory is there, not what is in it.
 *
 * Errors: %MONOCLE_APP_ERROR_NO_MODEL, saying how to get it, or where it was looked for and what is
 * there instead.
 *
 * Returns: (transfer full) (nullable): a directory
 */
char *monocle_model_store_find (const char *name, GError **error);

/* (transfer full) (nullable): the directory of one that comes with Monocle, by its id. Errors:
 * %MONOCLE_APP_ERROR_NO_MODEL. */
char *monocle_model_store_find_shipped (const char *id, GError **error);

/* (transfer full) (nullable): what a model that is called so, by its id or as `owner/name`, is
 * called in the person's models folder */
char *monocle_model_store_dup_id (const char *name);
/* (transfer full) (nullable): as monocle_model_store_find(), but only in the person's models
 * folder, whatever lies where the program was called */
char *monocle_model_store_find_stored (const char *name);

/**
 * monocle_model_store_is_model:
 *
 * A cheap look: whether loading it is worth a try.
 */
gboolean monocle_model_store_is_model (const char *directory);

/* Whether a model reads files of that name in its directory: "tokenizer.json". */
gboolean monocle_model_store_reads (const char *name);
/* Whether those are weights, or say which files of them there are. */
gboolean monocle_model_store_is_weights (const char *name);
/* Whether the file lies in a model's directory and is one that models read. */
gboolean monocle_model_store_is_part (const char *path);

/* (transfer full): what one that comes with Monocle is called, else what its record calls it, else
 * its directory's name */
char *monocle_model_store_dup_title (const char *directory);

/**
 * MonocleStoredModel:
 * @title: as monocle_model_store_dup_title()
 * @id: what monocle_model_store_find() finds it by; "" for the default model
 * @setting: what the setting `model` calls it: the directory of a person's own
 * @directory: where it is
 * @size_bytes: of its files
 * @shipped: (nullable): it comes with Monocle
 * @is_reference: it lies elsewhere; here is only its name
 * @manifest: (nullable): where it came from, where that is known
 */
typedef struct
{
  char *title;
  char *id;
  char *setting;
  char *directory;
  guint64 size_bytes;
  const MonocleShippedModel *shipped;
  gboolean is_reference;
  MonocleManifest *manifest;
} MonocleStoredModel;

/**
 * monocle_model_store_list:
 *
 * Returns: (transfer full) (element-type MonocleStoredModel): those that come with Monocle, if
 * they are there, and those in the person's models folder, by title; adapters stand there for
 * themselves and the model that they belong to
 */
GPtrArray *monocle_model_store_list (void);

/**
 * MonocleStoredPart:
 * @id: what to go on with it by (monocle_download_new()), or to remove it
 * @title: what a person reads
 * @received_bytes: of it that came
 * @total_bytes: of all of it; 0 where that is not known
 * @is_busy: a program is downloading it right now
 * @manifest: what it will be
 *
 * A download that is not done. It is no model and never loaded.
 */
typedef struct
{
  char *id;
  char *title;
  guint64 received_bytes, total_bytes;
  gboolean is_busy;
  MonocleManifest *manifest;
} MonocleStoredPart;

/* (transfer full) (element-type MonocleStoredPart): by title */
GPtrArray *monocle_model_store_list_parts (void);
/* (transfer full) (element-type utf8): ids of what lies among the models and is neither a model nor
 * a download that could go on: a reference to what is gone, a folder without a model in it */
GPtrArray *monocle_model_store_list_damaged (void);
/* (transfer full): where a download of that id lies, or would */
char *monocle_model_store_dup_partial (const char *id);

/* Whether it lies elsewhere; in the person's models folder is only its name. */
gboolean monocle_model_store_is_reference (const char *name);

/**
 * monocle_model_store_remove:
 * @id: of a model of the person's own, or of a download that is not done
 * @freed_bytes: (out) (optional): what the disk has more now; 0 where it was elsewhere, and is only
 *   not known by that name any more
 *
 * Blocks. Errors: %MONOCLE_APP_ERROR_NO_MODEL; %MONOCLE_APP_ERROR_BAD_REQUEST for the default
 * model, which stays; %MONOCLE_APP_ERROR_BUSY; %MONOCLE_APP_ERROR_WRITE.
 */
gboolean monocle_model_store_remove (const char *id, guint64 *freed_bytes, GError **error);

/* The same in a thread. */
void monocle_model_store_remove_async (const char *id,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
monocle_model_store_remove_finish (GAsyncResult *result, guint64 *freed_bytes, GError **error);

G_END_DECLS
