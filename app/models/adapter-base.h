/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which model an adapter belongs to: a folder of what a model learnt since, which is named as a
 * model is, and stands for both.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_adapter_base_find:
 * @adapter: the folder of an adapter
 * @error: return location
 *
 * What its maker called the model: a directory, of its own place or beside the adapter, or one of
 * the person's models, by the repository that it came from, or one that comes with Monocle.
 *
 * Errors: %MONOCLE_APP_ERROR_NO_MODEL, saying what it is called; those of reading the adapter.
 *
 * Returns: (transfer full) (nullable): the model's directory
 */
char *monocle_adapter_base_find (const char *adapter, GError **error);

/* (transfer full): what an adapter is to call the model in @directory, so that it is found again:
 * its repository where it is known */
char *monocle_adapter_base_dup_name (const char *directory);

/**
 * monocle_adapter_base_split:
 * @directory: (inout) (transfer full): a model's; an adapter's becomes that of its model
 * @adapter: (out) (transfer full) (nullable): the adapter's, where it was one
 * @error: return location
 *
 * Returns: whether there is a model
 */
gboolean monocle_adapter_base_split (char **directory, char **adapter, GError **error);

G_END_DECLS
