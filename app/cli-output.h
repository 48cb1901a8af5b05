/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of the annotated pictures of a run, known before anything is done.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_cli_output_plan:
 * @out: what --annotate says: a name that ends with .png or .svg
 * @images: (array length=n_images): the inputs
 * @tasks: (array length=n_tasks): what is asked about each
 * @error: (out): what is wrong with the usage, to be freed
 *
 * One image and one task: @out itself. Several images: OUT-IMAGE.png; several tasks: OUT-TASK.png;
 * both: OUT-IMAGE-TASK.png. A number is put behind names that come twice.
 *
 * Returns: (transfer full) (nullable): n_images times n_tasks names, the tasks of the first image
 * first; %NULL when a name would be that of an input
 */
GStrv monocle_cli_output_plan (const char *out,
                               char **images,
                               guint n_images,
                               const MonocleTask *const *tasks,
                               guint n_tasks,
                               char **error);

G_END_DECLS
