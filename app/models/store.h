/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds the directory of a model by what a person calls it, and what a person calls it by its
 * directory.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_model_store_get_directory:
 *
 * Returns: (transfer full): the folder with the person's own models, one directory each
 */
char *monocle_model_store_get_directory (void);

/**
 * monocle_model_store_find:
 * @name: (nullable): a directory, or the name of one in the person's models folder; %NULL for the
 *   default model that comes with Monocle
 * @error: return location
 *
 * Looks whether the directory is there, not what is in it.
 *
 * Errors: %MONOCLE_APP_ERROR_NO_MODEL, saying where it was looked for and what is there instead.
 *
 * Returns: (transfer full) (nullable): a directory
 */
char *monocle_model_store_find (const char *name, GError **error);

/**
 * monocle_model_store_is_model:
 *
 * A cheap look: whether loading it is worth a try.
 */
gboolean monocle_model_store_is_model (const char *directory);

/* Whether a model reads files of that name in its directory: "tokenizer.json". */
gboolean monocle_model_store_reads (const char *name);
/* Whether the file lies in a model's directory and is one that models read. */
gboolean monocle_model_store_is_part (const char *path);

/* (transfer full): "Default model" for the one that comes with Monocle, else its directory's name
 */
char *monocle_model_store_dup_title (const char *directory);

/**
 * MonocleStoredModel:
 * @title: as monocle_model_store_dup_title()
 * @directory: where it is
 * @size_bytes: of its files
 * @is_default: it comes with Monocle
 */
typedef struct
{
  char *title;
  char *directory;
  guint64 size_bytes;
  gboolean is_default;
} MonocleStoredModel;

/**
 * monocle_model_store_list:
 *
 * Returns: (transfer full) (element-type MonocleStoredModel): the default model, if it is there,
 * and those in the person's models folder, by title
 */
GPtrArray *monocle_model_store_list (void);

G_END_DECLS
