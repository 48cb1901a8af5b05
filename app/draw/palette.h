/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours of labels: the same label has the same colour in every picture and in every answer.
 * Twelve colours that can be told apart on photographs, also with a colour-vision deficiency; what
 * is drawn says its label in words as well.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleColour:
 *
 * Red, green and blue from 0 to 1, sRGB.
 */
typedef struct
{
  double red, green, blue;
} MonocleColour;

#define MONOCLE_PALETTE_COLOURS 12

/* The index of a colour that a person chose: 0xRRGGBB. */
#define MONOCLE_PALETTE_RGB(rgb) (0x1000000u | ((rgb) & 0xffffffu))

/**
 * monocle_palette_get:
 * @index: any number; those of the palette repeat
 *
 * Returns: a colour of the palette, or the one that a person chose
 */
MonocleColour monocle_palette_get (guint index);

/**
 * monocle_palette_assign:
 * @labels: (array length=n_labels): the labels in one picture, in any order, repeated or not
 * @n_labels: how many
 * @indices: (out caller-allocates) (array length=n_labels): the palette index of each
 *
 * A label that was kept has the index that it had. That of another follows from the label alone,
 * unless it is taken by another one of the picture: the later in alphabetical order then moves to
 * the next that is free. Case does not count.
 */
void monocle_palette_assign (const char *const *labels, guint n_labels, guint *indices);

/**
 * monocle_palette_keep:
 * @labels: (array length=n_labels): of an answer that is complete
 * @indices: (array length=n_labels): as they were assigned
 *
 * From now on these labels have these colours, whatever is beside them. One that was kept before
 * keeps what it has.
 */
void monocle_palette_keep (const char *const *labels, guint n_labels, const guint *indices);

/**
 * monocle_palette_give:
 * @owner: whose labels they are; what it gave before is forgotten
 * @labels: (array length=n_labels) (nullable): what a person chose colours for
 * @rgb: (array length=n_labels) (nullable): those, 0xRRGGBB
 *
 * These labels have these colours before all others, in any case of letters. Where two owners do
 * not agree it is as the one says that spoke last.
 */
void monocle_palette_give (gconstpointer owner,
                           const char *const *labels,
                           const guint32 *rgb,
                           guint n_labels);

/**
 * monocle_palette_text_is_dark:
 *
 * Returns: whether dark text reads better than white text on @colour
 */
gboolean monocle_palette_text_is_dark (MonocleColour colour);

G_END_DECLS
