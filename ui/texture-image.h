/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A texture, as the clipboard or a drop hands it over, to a picture that can be asked about.
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* Alpha: on white it looks as it did where it came from. */
void monocle_texture_image_async (GdkTexture *texture,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* (transfer full) (nullable) */
MonocleImage *monocle_texture_image_finish (GAsyncResult *result, GError **error);

G_END_DECLS
