/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An edge that is taken hold of to make something wider or higher. It shows its child, or nothing;
 * the pointer says that it can be dragged.
 *
 * Properties: orientation (GtkOrientation): the direction it is dragged in.
 *
 * Signals: `began`; `dragged` (int): how far towards the start or the top since then; `ended`;
 * `reset`: a double click, so that the size is as it was at first.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_RESIZE_HANDLE (monocle_resize_handle_get_type ())
G_DECLARE_FINAL_TYPE (MonocleResizeHandle, monocle_resize_handle, MONOCLE, RESIZE_HANDLE, AdwBin)

G_END_DECLS
