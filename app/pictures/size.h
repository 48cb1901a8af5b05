/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How large a picture is, by the head of its file.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_picture_read_size:
 * @path: of a picture
 * @width: (out): pixels of the upright picture
 * @height: (out): the same
 * @error: return location
 *
 * Turned by its EXIF orientation, as monocle_image_new_from_file() turns it, without decoding it.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 *
 * Returns: whether it is a picture
 */
gboolean monocle_picture_read_size (const char *path, guint *width, guint *height, GError **error);

G_END_DECLS
