/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which kinds of pictures this system reads: those of the engine, of its gdk-pixbuf loaders, and
 * PDF where there is a library for it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For file dialogs. (transfer none) (array zero-terminated=1): "image/png" ... */
const char *const *monocle_picture_kinds_get_mime_types (void);
/* (transfer none) (array zero-terminated=1): of names, in lower case: "png" ... */
const char *const *monocle_picture_kinds_get_endings (void);

/* Whether a file of this content type can be opened here: "image/png" ... */
gboolean monocle_picture_kinds_can_open (const char *content_type);

/**
 * monocle_picture_kinds_is_picture:
 * @content_type: (nullable): what the system says that it is
 * @name: of the file
 *
 * The same for a file: by the ending of its name where the content type is unknown, as all are on
 * systems without a database of MIME types.
 */
gboolean monocle_picture_kinds_is_picture (const char *content_type, const char *name);

G_END_DECLS
