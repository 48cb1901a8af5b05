/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A texture, as the clipboard or a drop hands it over, to a picture that can be asked about; and
 * pictures to textures.
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

void monocle_texture_image_async (GdkTexture *texture,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* (transfer full) (nullable); @digest: (out) (optional): SHA-256 of its size and pixels, in
 * hexadecimal */
MonocleImage *monocle_texture_image_finish (GAsyncResult *result, char **digest, GError **error);

/* (transfer full): the pixels of @pixbuf, alpha too */
GdkTexture *monocle_texture_of_pixbuf (GdkPixbuf *pixbuf);
/* (transfer full) (nullable): of @image, which it keeps; %NULL without memory */
GdkTexture *monocle_texture_of_image (MonocleImage *image);

G_END_DECLS
