/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is seen where a picture is see-through: two greys that are the same on light and dark, so
 * that black and white drawings both show.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Fills @bounds; the picture is drawn upon it. */
void monocle_chequerboard_draw (GtkSnapshot *snapshot, const graphene_rect_t *bounds);

/* Returns: (transfer full): @pixbuf upon it; @pixbuf itself when it has no alpha */
GdkPixbuf *monocle_chequerboard_put_below (GdkPixbuf *pixbuf);

G_END_DECLS
