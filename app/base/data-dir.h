/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the files that come with Monocle are.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_data_dir_get:
 *
 * What the environment variable MONOCLE_DATA_DIR says; else the source tree's data/ for a program
 * that runs inside its build folder; else where Monocle is installed.
 *
 * Returns: (transfer none): a folder, there or not
 */
const char *monocle_data_dir_get (void);

/* Whether the program runs inside its build folder, not installed. */
gboolean monocle_data_dir_is_in_build (void);

G_END_DECLS
