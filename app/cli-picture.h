/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures by what the command line calls them.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_cli_picture_open:
 * @path: as it was named
 * @error: return location
 *
 * What the window opens, see monocle_image_source_load_path(). Of a file that ends early or is
 * damaged on the way a note on standard error says that only some of it is there.
 *
 * Returns: (transfer full) (nullable): the picture
 */
MonocleImage *monocle_cli_picture_open (const char *path, GError **error);

G_END_DECLS
