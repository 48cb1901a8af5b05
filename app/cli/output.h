/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a verb will write, known before anything is done: names of annotated pictures, and that none
 * of it is read.
 */
#pragma once

#include "app/base/file-set.h"
#include "app/cli/model.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/* Adds a picture by what it is called on the command line. */
void monocle_cli_output_add_picture (MonocleFileSet *inputs, const char *path);

/* Adds the files of the model that --model says, where there is such a model. */
void monocle_cli_output_add_model (MonocleFileSet *inputs, const MonocleCliModel *model);

/**
 * monocle_cli_output_check:
 * @option: what names it: "--out"
 * @path: what would be written
 * @inputs: what is read
 * @problem: (out): what is wrong with the usage, to be freed
 *
 * Returns: whether it may be written, and can
 */
gboolean monocle_cli_output_check (const char *option,
                                   const char *path,
                                   const MonocleFileSet *inputs,
                                   char **problem);

/**
 * monocle_cli_output_plan:
 * @option: what names it: "--annotate"
 * @out: what that says, with an extension
 * @images: (array length=n_images): the inputs
 * @tasks: (array length=n_tasks): what is asked about each
 * @inputs: what must not be written over
 * @problem: (out): what is wrong with the usage, to be freed
 *
 * One image and one task: @out itself. Several images: OUT-IMAGE.png; several tasks: OUT-TASK.png;
 * both: OUT-IMAGE-TASK.png. A number is put behind names that come twice.
 *
 * Returns: (transfer full) (nullable): n_images times n_tasks names, the tasks of the first image
 * first; %NULL when a name would be that of an input, or cannot be written
 */
GStrv monocle_cli_output_plan (const char *option,
                               const char *out,
                               char **images,
                               guint n_images,
                               const MonocleTask *const *tasks,
                               guint n_tasks,
                               const MonocleFileSet *inputs,
                               char **problem);

G_END_DECLS
