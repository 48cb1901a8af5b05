/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A download under way, on the disk: a folder of its own beside the models, which nothing loads.
 *
 *   NAME.download/download.json    what it is made of, and what the server calls each file's bytes
 *   NAME.download/lock             held by the program that is at work on it
 *   NAME.download/FILE.part        what came of a file so far
 *   NAME.download/model/FILE       a file that is whole and verified
 *
 * Whatever moment the program ends at, all that is there can be gone on with. Threads may share it.
 */
#pragma once

#include "app/models/manifest.h"

G_BEGIN_DECLS

#define MONOCLE_PARTIAL_SUFFIX ".download"

typedef struct _MonoclePartial MonoclePartial;

/**
 * monocle_partial_open:
 * @wanted: what to download; what is there of it already stays where it is of the same repository
 *   and revision, and goes away otherwise
 * @address: where it comes from
 * @error: return location
 *
 * Errors: %MONOCLE_APP_ERROR_BUSY where another program is at it, %MONOCLE_APP_ERROR_WRITE.
 *
 * Returns: (transfer full) (nullable): the download, with its lock held until it is closed
 */
MonoclePartial *
monocle_partial_open (const MonocleManifest *wanted, const char *address, GError **error);
void monocle_partial_close (MonoclePartial *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonoclePartial, monocle_partial_close)

/* (transfer full) (nullable): the manifest of a download that lies there, and where it came from,
 * without opening it */
MonocleManifest *monocle_partial_peek (const char *directory, char **address, GError **error);
/* Whether a program is at work on it. */
gboolean monocle_partial_is_busy (const char *directory);
/* Bytes of its files that came so far. */
guint64 monocle_partial_measure (const char *directory, const MonocleManifest *manifest);

/* (transfer none): what is downloaded; its files are known once it was listed */
MonocleManifest *monocle_partial_get_manifest (MonoclePartial *self);
/* Once the server said which files there are; they take the place of those before. */
gboolean monocle_partial_set_manifest (MonoclePartial *self,
                                       const MonocleManifest *manifest,
                                       GError **error);
/* Whether monocle_partial_set_manifest() was called, today or before. */
gboolean monocle_partial_is_listed (MonoclePartial *self);

/* (transfer full): where what came of a file is, and where it is once it is whole */
char *monocle_partial_dup_part (MonoclePartial *self, const char *name);
char *monocle_partial_dup_whole (MonoclePartial *self, const char *name);
/* The folder with what is whole. */
const char *monocle_partial_get_model (MonoclePartial *self);

/* (transfer full) (nullable): what the server called the bytes that there are of a file */
char *monocle_partial_dup_etag (MonoclePartial *self, const char *name);
/* Written before any of those bytes is. @etag may be %NULL. */
gboolean
monocle_partial_set_etag (MonoclePartial *self, const char *name, const char *etag, GError **error);

/**
 * monocle_partial_finish_file:
 * @name: whose part is whole and verified
 * @sha256: of what came
 *
 * Moves it among what is whole.
 */
gboolean monocle_partial_finish_file (MonoclePartial *self,
                                      const char *name,
                                      const char *sha256,
                                      GError **error);

/**
 * monocle_partial_install:
 *
 * Everything is whole and is a model: it gets the record of where it came from, and in one step the
 * place of a model. A model of that name that was there goes away.
 *
 * Returns: (transfer full) (nullable): the folder of the model
 */
char *monocle_partial_install (MonoclePartial *self, GError **error);

/* Takes away all that came. The partial is still to be closed. */
gboolean monocle_partial_discard (MonoclePartial *self, GError **error);

/**
 * monocle_partial_remove:
 * @directory: of a download that is not under way
 * @freed: (out) (optional): bytes
 *
 * Errors: %MONOCLE_APP_ERROR_BUSY.
 */
gboolean monocle_partial_remove (const char *directory, guint64 *freed, GError **error);

G_END_DECLS
