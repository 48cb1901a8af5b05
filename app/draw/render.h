/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The annotated picture: an image with what a run found drawn on it, and text answers in a strip
 * below. Draws with cairo and Pango on whatever surface it is given, so that pictures, vector files
 * and the screen look the same. Writing files is render-file's trade.
 */
#pragma once

#include <cairo.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleScene:
 * @image: the picture
 * @task: what was asked
 * @regions: (array length=n_regions) (nullable): what was asked about, in pixels
 * @n_regions: how many
 * @results: (element-type MonocleResult): one for each region, or one
 *
 * What to draw. Borrowed for the duration of a call.
 */
typedef struct
{
  MonocleImage *image;
  const MonocleTask *task;
  const MonocleBox *regions;
  guint n_regions;
  GPtrArray *results;
} MonocleScene;

/**
 * monocle_render_measure_strip:
 * @scene: what will be drawn
 *
 * Returns: the height in pixels of the strip of text below the image; 0 when there is none
 */
guint monocle_render_measure_strip (const MonocleScene *scene);

/**
 * monocle_render_draw:
 * @scene: what to draw
 * @picture: (nullable): surface that holds the image; %NULL to draw only what lies on top
 * @cr: where to; one unit is one pixel of the image, whose top left corner is at the origin
 */
void monocle_render_draw (const MonocleScene *scene, cairo_surface_t *picture, cairo_t *cr);

G_END_DECLS
