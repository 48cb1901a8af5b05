/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What could not be kept where work is kept, when the program has to end without asking anybody: it
 * goes into files (`work-file`) wherever there is room for it, and that is told at the next start.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * monocle_rescue_write:
 * @documents: (element-type MonocleDocument)
 *
 * Returns: of how many the work is in a file now
 */
guint monocle_rescue_write (GPtrArray *documents);

/**
 * monocle_rescue_take:
 * @n_files: (out): how many there are
 *
 * The files stay where they are; nobody is told of them again.
 *
 * Returns: (transfer full) (nullable): a folder with what was rescued and was not told of yet
 */
char *monocle_rescue_take (guint *n_files);

G_END_DECLS
