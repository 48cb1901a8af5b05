/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where files of repositories are, and what a server says is in one: the public interface of the
 * Hugging Face hub, which mirrors speak too. Makes addresses and reads answers; asks nothing.
 */
#pragma once

#include "app/models/manifest.h"

G_BEGIN_DECLS

/**
 * monocle_hub_check_address:
 * @address: of a hub or a mirror: "https://example.org/hub"
 * @error: return location
 *
 * HTTPS alone; without it only this machine itself, by its name.
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_REQUEST.
 */
gboolean monocle_hub_check_address (const char *address, GError **error);

/* (transfer full): of a file */
char *monocle_hub_dup_file_address (const char *address,
                                    const char *repository,
                                    const char *revision,
                                    const char *name);
/* (transfer full): of what says which files there are */
char *
monocle_hub_dup_list_address (const char *address, const char *repository, const char *revision);

/**
 * monocle_hub_read_list:
 * @text: (array length=size): what the server said
 * @where: its address, for errors
 * @wanted: what was asked for: id, repository, revision; hashes and sizes that it names must agree
 * @error: return location
 *
 * Of all there is, what a model of ours reads: one set of weights, in the container that would be
 * opened first, and the text of the licence. The revision becomes the commit that the server names,
 * so that all files are of one.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE for what is no such answer, or tells of another file than
 * @wanted does; %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL where there is no model in it.
 *
 * Returns: (transfer full) (nullable): the files
 */
MonocleManifest *monocle_hub_read_list (
    const char *text, gsize size, const char *where, const MonocleManifest *wanted, GError **error);

G_END_DECLS
