/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which model a vector is from: vectors of another one mean something else, also where it has the
 * same name.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_search_find_index:
 * @directory: of the model
 *
 * The hash of its settings, of how large its weights are, and of samples of them.
 *
 * Returns: (transfer full) (nullable): the file in which the vectors of this very model are kept
 */
char *monocle_search_find_index (const char *directory, GError **error);

G_END_DECLS
