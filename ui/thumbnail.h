/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small picture of a file, of fixed size, cut to fill it. Reads the file when it is told to and
 * forgets the pixels when it is told otherwise, as lists of thousands reuse a few dozen of these.
 *
 * Property: current (boolean): wears a frame.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_THUMBNAIL (monocle_thumbnail_get_type ())
G_DECLARE_FINAL_TYPE (MonocleThumbnail, monocle_thumbnail, MONOCLE, THUMBNAIL, GtkWidget)

/* In logical pixels. */
GtkWidget *monocle_thumbnail_new (int width, int height);

/**
 * monocle_thumbnail_set_file:
 * @file: (nullable): %NULL stops reading and drops the picture
 * @page: of a PDF, from 0
 */
void monocle_thumbnail_set_file (MonocleThumbnail *self, GFile *file, guint page);
/* A dot in the corner: something was asked about it. */
void monocle_thumbnail_set_marked (MonocleThumbnail *self, gboolean marked);

G_END_DECLS
