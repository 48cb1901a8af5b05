/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same to many things, in all processors.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleParallelWork:
 * @first: the first of what is to be done
 * @end: behind the last
 * @user_data: that of monocle_parallel_run()
 */
typedef void (*MonocleParallelWork) (guint first, guint end, gpointer user_data);

/**
 * monocle_parallel_run:
 * @n: how many there are
 * @block: how many are done in one go: so many that starting a thread takes less, at least 1
 * @work: called for each block once, from several threads at a time and in any order
 * @user_data: for @work
 *
 * Returns when all is done. Who is done with a block takes the next one, so that nobody waits for a
 * processor that others keep busy.
 */
void monocle_parallel_run (guint n, guint block, MonocleParallelWork work, gpointer user_data);

G_END_DECLS
