/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `run --help` says below its options: which kinds of tasks there are, what the models can be
 * asked that come along, how several pictures and tasks are written.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) */
char *monocle_cli_run_dup_help (void);

G_END_DECLS
