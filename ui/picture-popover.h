/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks for a picture of a folder by a part of its name: an entry, and the pictures that are called
 * so. Signal `chosen` (MonocleFolderItem). Goes by itself.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_PICTURE_POPOVER (monocle_picture_popover_get_type ())
G_DECLARE_FINAL_TYPE (
    MonoclePicturePopover, monocle_picture_popover, MONOCLE, PICTURE_POPOVER, GtkPopover)

/**
 * monocle_picture_popover_popup:
 * @parent: what it lies on
 * @pictures: (element-type MonocleFolderItem): which ones there are
 *
 * Returns: (transfer none): it
 */
MonoclePicturePopover *monocle_picture_popover_popup (GtkWidget *parent, GListModel *pictures);

G_END_DECLS
