/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small picture of a file, of fixed size, cut to fill it. Reads the file when it is told to and
 * forgets the pixels when it is told otherwise, as lists of thousands reuse a few dozen of these.
 *
 * Property: current (boolean): wears a frame.
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

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
/* @region: (nullable): a part of the picture that a line is drawn around, from 0 to 1 of its sides
 */
void monocle_thumbnail_set_region (MonocleThumbnail *self, const MonocleRect *region);
/**
 * MonocleThumbnailMark:
 * @MONOCLE_THUMBNAIL_PLAIN: none
 * @MONOCLE_THUMBNAIL_DOT: something was asked about it, or drawn on it
 * @MONOCLE_THUMBNAIL_TICK: the person is done with it
 *
 * What is in the corner.
 */
typedef enum
{
  MONOCLE_THUMBNAIL_PLAIN,
  MONOCLE_THUMBNAIL_DOT,
  MONOCLE_THUMBNAIL_TICK,
} MonocleThumbnailMark;

void monocle_thumbnail_set_mark (MonocleThumbnail *self, MonocleThumbnailMark mark);

G_END_DECLS
