/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tiny Qwen2.5-VL, whose numbers a formula makes of names and places: the golden has all else.
 */
#pragma once

#include "checkpoint-file.h"

G_BEGIN_DECLS

/* A TensorFill: what the formula gives for a tensor. */
void hashed_qwen25vl_fill (const TensorShape *shape, float *values, gpointer user_data);

/* (transfer full): a TestFolder with the model. @has_long_names: those that newer programs save;
 * @is_wide: heads make more of each token than tokens are wide */
char *hashed_qwen25vl_make (gboolean has_long_names, gboolean is_wide);

G_END_DECLS
