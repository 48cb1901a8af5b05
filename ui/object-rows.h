/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of what lies on the picture, objects of an answer or what is the person's own: their rows,
 * the menu of each, and the keys that do what they do on the picture.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

/* Once, when @list is made. */
void monocle_object_rows_attach (GtkListView *list);
/* Before its model is set. @presentation: (nullable): whose things they are */
void monocle_object_rows_set_presentation (GtkListView *list, MonoclePresentation *presentation);

G_END_DECLS
