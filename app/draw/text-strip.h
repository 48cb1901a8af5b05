/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strip of text below an annotated picture: answers that are too long to lie on it. Also the
 * size of letters that suits a picture, as the strip's follows from that of the labels.
 */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* An answer about a region goes onto the region when it is this short, into the strip otherwise. */
#define MONOCLE_TEXT_STRIP_SHORT_CHARS 28

/**
 * MonocleTextStrip:
 * @title: what was asked, translated
 * @texts: (array length=n_texts): the answers; can be empty or %NULL
 * @n_texts: how many
 * @is_numbered: whether each begins with the number of its region
 * @width: of the picture
 * @font_px: of labels on the picture
 */
typedef struct
{
  const char *title;
  const char *const *texts;
  guint n_texts;
  gboolean is_numbered;
  double width;
  double font_px;
} MonocleTextStrip;

/* Grows a little slower than the picture, as large ones are looked at from further away, and leaves
 * room in panoramas. */
double monocle_text_strip_choose_font_px (double width, double height);

/* Whether @text can lie on a region; it can be %NULL. */
gboolean monocle_text_strip_is_short (const char *text);

/* Returns: its height, the same on every surface */
guint monocle_text_strip_measure (const MonocleTextStrip *self);
/* From @y on, over the whole width. */
void monocle_text_strip_draw (const MonocleTextStrip *self, double y, cairo_t *cr);

G_END_DECLS
