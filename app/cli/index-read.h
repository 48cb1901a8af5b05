/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli index --read: asks a model what is written in the pictures of folders, once, so that
 * they are found by that as well.
 */
#pragma once

#include "app/cli/cli.h"
#include "app/cli/model.h"

G_BEGIN_DECLS

/**
 * monocle_cli_index_read:
 * @model: reads
 * @directories: (array zero-terminated=1): absolute
 * @json: whether the report is JSON
 *
 * What was read is written down at once, and says so at the end also where it was stopped.
 *
 * Returns: the exit status
 */
MonocleCliStatus
monocle_cli_index_read (MonocleModel *model, const char *const *directories, gboolean json);

/* What of a file or folder is noted: that it is left out, or that only a part of it can be used. */
void monocle_cli_index_note (gboolean is_partial, const char *path);

/* Whether the model that is meant reads text, by its settings alone. */
gboolean monocle_cli_index_check_reads (const MonocleCliModel *model, GError **error);

G_END_DECLS
