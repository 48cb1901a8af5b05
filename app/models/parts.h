/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which files of a folder or a repository are a model's, by their names: one set of weights in the
 * container that would be opened first, the settings, the text of the licence.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_parts_pick:
 * @names: (element-type utf8): of all there is
 * @missing: (out): what a model needs and is not there, as words for an error; %NULL where it is
 *   one by its names
 *
 * Returns: (transfer container) (element-type utf8): those of @names that belong to it
 */
GPtrArray *monocle_parts_pick (const GPtrArray *names, const char **missing);

G_END_DECLS
