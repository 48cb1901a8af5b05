/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The annotated picture: a picture or a part of it, what lies on it, and answers in words in a
 * strip below. A scene says what there is to see, and draws it on any cairo surface. Immutable and
 * counted, so it crosses threads freely. Files are picture-format's trade.
 */
#pragma once

#include <cairo.h>
#include <gio/gio.h>

#include "app/draw/overlay.h"

G_BEGIN_DECLS

/**
 * MonocleSceneItem:
 * @shape: where it is, in pixels of the picture
 * @role: an object, or a region that was asked about
 * @text: (nullable): of an object its label, of a region what was said about it
 * @number: stands for what has no words of its own
 * @is_ordered: whether it stands before the words as well: of pieces of a page
 * @colour: of the palette, or MONOCLE_OVERLAY_PLAIN
 * @score: NaN where there is none
 *
 * One thing that lies on the picture.
 */
typedef struct
{
  const MonocleShape *shape;
  MonocleOverlayRole role;
  const char *text;
  guint number;
  gboolean is_ordered;
  guint colour;
  float score;
} MonocleSceneItem;

/**
 * MonocleSceneSource:
 * @image: the picture
 * @original: (nullable): the file that holds its pixels, for drawings
 * @view: (nullable): only this part of the picture, in pixels
 * @scale: up to 1: full resolution, which 0 is as well
 * @items: (array length=n_items): regions in the order in which they were asked about
 * @n_items: how many
 * @title: (nullable): what was asked, translated: above answers in words, which have no strip
 *   without it
 * @text: (nullable): the answer in words to a question about the whole picture
 * @hides_regions: regions are not drawn, and what was said about them goes into the strip
 * @style, @opacity, @show_labels, @dashes: as MonocleOverlayOptions has them
 *
 * What a scene is made of. Nothing of it is needed afterwards.
 */
typedef struct
{
  MonocleImage *image;
  GFile *original;
  const MonocleBox *view;
  double scale;
  const MonocleSceneItem *items;
  guint n_items;
  const char *title;
  const char *text;
  gboolean hides_regions;
  MonocleOverlayStyle style;
  double opacity;
  gboolean show_labels;
  gboolean dashes;
} MonocleSceneSource;

typedef struct _MonocleScene MonocleScene;

/* (transfer full) */
MonocleScene *monocle_scene_new (const MonocleSceneSource *source);

/**
 * monocle_scene_new_from_results:
 * @image: the picture
 * @request: what was asked about it
 * @results: (element-type MonocleResult): one for each region, or one
 * @original: (nullable): as MonocleSceneSource has it
 *
 * Returns: (transfer full): the whole picture with all that was found, as outlines
 */
MonocleScene *monocle_scene_new_from_results (MonocleImage *image,
                                              const MonocleRequest *request,
                                              GPtrArray *results,
                                              GFile *original);

MonocleScene *monocle_scene_ref (MonocleScene *self);
void monocle_scene_unref (MonocleScene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleScene, monocle_scene_unref)

/* In pixels, with the strip of text. */
guint monocle_scene_get_width (const MonocleScene *self);
guint monocle_scene_get_height (const MonocleScene *self);

/* (transfer none) (array length=n_items): what lies on the picture, in the order of the source */
const MonocleOverlayItem *monocle_scene_get_items (const MonocleScene *self, guint *n_items);

/* (nullable) (array length=n_texts): what the strip says; %NULL: there is none */
const char *const *monocle_scene_get_strip (const MonocleScene *self, guint *n_texts);

/**
 * monocle_scene_is_pixels:
 *
 * Returns: whether drawings hold it as pixels only: what is blurred must not lie unblurred below
 */
gboolean monocle_scene_is_pixels (const MonocleScene *self);

/* Text and shapes as vectors; one unit is a pixel of the scene, whose corner is at the origin. */
void monocle_scene_draw (const MonocleScene *self, cairo_t *cr);

/**
 * monocle_scene_render:
 * @factor: up to 1: the whole, with lines and text, that much smaller
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE when there is too little memory, %MONOCLE_APP_ERROR_BAD_REQUEST
 * when it is too large for pixels.
 *
 * Returns: (transfer full) (nullable): an image surface, see-through where the picture is
 */
cairo_surface_t *monocle_scene_render (const MonocleScene *self, double factor, GError **error);

G_END_DECLS
