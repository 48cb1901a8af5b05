/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What help says of a model that is named beside --help, and which model can do what another one
 * cannot.
 */
#pragma once

#include "app/cli/cli.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/* A line a task, with what it takes; @tasks: (element-type MonocleTask) */
void monocle_cli_model_help_append_tasks (GString *text, const GPtrArray *tasks);

/* (transfer full) (nullable): what it can do, or why that cannot be said; %NULL where none is named
 */
char *monocle_cli_model_dup_help (const MonocleCliModel *model);

/* The model has no task that is called so: says which models have one. */
MonocleCliStatus
monocle_cli_model_refuse_task (const char *verb, const char *name, MonocleTaskTakes takes);

G_END_DECLS
