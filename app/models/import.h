/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that is on the disk already becomes one of the person's own: copied, or only known by a
 * name. First a look that says what would be taken, what is missing and what nobody knows.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleImport:
 * @path: what was named
 * @sees: whether that is a GGUF file which sees for a language model, and not one
 * @lacks_other: whether it is one of two GGUF files, and the other is not there or another model's
 * @directory: the folder with the model
 * @is_part: whether other models may lie in that folder: it was named by a GGUF file
 * @id: what it would be called
 * @files: (element-type utf8): what belongs to it, as it is called then
 * @sources: (element-type filename): where each of these lies now
 * @size_bytes: of those
 * @unknown: (element-type utf8): files beside it that no model reads; they stay behind
 * @missing: (nullable): what a model needs and is not there: "config.json"
 * @problem: (nullable): why it could not be loaded, though all of it is there
 *
 * Both %NULL: it can be imported.
 */
typedef struct
{
  char *path;
  gboolean sees;
  gboolean lacks_other;
  char *directory;
  gboolean is_part;
  char *id;
  GPtrArray *files;
  GPtrArray *sources;
  guint64 size_bytes;
  GPtrArray *unknown;
  char *missing;
  char *problem;
} MonocleImport;

/**
 * monocle_import_look:
 * @path: a folder, or a file of a model, which stands for its folder; of one of GGUF files, that of
 * its language model stands for the pair
 * @mmproj: (nullable): the file that sees for that language model, in whatever folder, of whatever
 *   name; %NULL: the one beside it that fits
 * @error: return location
 *
 * Reads the beginning of its files.
 *
 * Errors: %MONOCLE_APP_ERROR_NO_MODEL where there is nothing; %MONOCLE_APP_ERROR_BAD_REQUEST for
 * what is among the person's models already; %MONOCLE_ENGINE_ERROR_BAD_FILE for a GGUF file by its
 * name that is none.
 *
 * Returns: (transfer full) (nullable): what there is
 */
MonocleImport *monocle_import_look (const char *path, const char *mmproj, GError **error);
void monocle_import_free (MonocleImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleImport, monocle_import_free)

/* The same in a thread. @other: (nullable): the other of two GGUF files, either of which may be the
 * one that sees */
void monocle_import_look_async (const char *path,
                                const char *other,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
MonocleImport *monocle_import_look_finish (GAsyncResult *result, GError **error);

/**
 * MonocleImportHow:
 * @MONOCLE_IMPORT_COPY: a copy of its own, which stays when the folder goes
 * @MONOCLE_IMPORT_REFERENCE: it stays where it is, and gets a name here
 */
typedef enum
{
  MONOCLE_IMPORT_COPY,
  MONOCLE_IMPORT_REFERENCE,
} MonocleImportHow;

/**
 * monocle_import_run_async:
 * @self: one that can be imported
 * @id: (nullable): another name for it
 * @progress: (nullable): see monocle_model_load_async()
 *
 * Whole or not at all.
 */
void monocle_import_run_async (const MonocleImport *self,
                               const char *id,
                               MonocleImportHow how,
                               GCancellable *cancellable,
                               MonocleProgress progress,
                               gpointer progress_data,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/**
 * monocle_import_run_finish:
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_REQUEST for a name that is none or taken; %G_IO_ERROR_NO_SPACE;
 * %MONOCLE_APP_ERROR_WRITE; %MONOCLE_ENGINE_ERROR_BAD_FILE; %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the folder of the model among the person's own
 */
char *monocle_import_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
