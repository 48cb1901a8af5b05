/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `run --help` says below its options: which kinds of tasks there are, what the models can be
 * asked that come along, how several pictures and tasks are written.
 */
#pragma once

#include "app/cli/model.h"

G_BEGIN_DECLS

/* (transfer full): where @model names one, without those that come along */
char *monocle_cli_run_dup_help (const MonocleCliModel *model);

G_END_DECLS
