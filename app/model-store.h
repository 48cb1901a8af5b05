/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds the directory of a model by what a person calls it.
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

G_END_DECLS
