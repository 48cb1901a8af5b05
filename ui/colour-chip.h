/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small plate in a colour of the palette with a number on it: what ties a row to the object on
 * the canvas. The number says what the colour says, for those who do not see it.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_COLOUR_CHIP (monocle_colour_chip_get_type ())
G_DECLARE_FINAL_TYPE (MonocleColourChip, monocle_colour_chip, MONOCLE, COLOUR_CHIP, GtkWidget)

GtkWidget *monocle_colour_chip_new (void);
/**
 * monocle_colour_chip_set:
 * @colour: index for monocle_palette_get(); -1: none, only an outline
 * @number: 0: no number
 */
void monocle_colour_chip_set (MonocleColourChip *self, int colour, guint number);

G_END_DECLS
