/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts that go round in circles, as models write them now and then until nobody stops them.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_loops_find:
 * @ids: (array length=n): tokens of a text
 * @n: how many
 *
 * Whether its end is one piece of at most 64 tokens that is there six times or more, one copy
 * behind the other, and long enough that no table, rhyme or row of dots is meant.
 *
 * Returns: tokens up to the end of the first copy; 0: there is no such piece
 */
guint monocle_loops_find (const guint32 *ids, guint n);

G_END_DECLS
