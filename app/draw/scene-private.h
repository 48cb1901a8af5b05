/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the scene share: scene (what there is to see), scene-draw (on a surface).
 */
#pragma once

#include "app/draw/scene.h"
#include "app/draw/text-strip.h"

G_BEGIN_DECLS

struct _MonocleScene
{
  gatomicrefcount ref_count;

  MonocleImage *image;
  GFile *original;             /* (nullable) */
  guint x, y, width, height;   /* the part that is taken out, in whole pixels */
  guint out_width, out_height; /* of the same after scaling */

  GArray *items; /* of MonocleOverlayItem, owning shapes and labels */
  guint n_objects;
  MonocleOverlayOptions options; /* in pixels after scaling */

  GPtrArray *texts;       /* (nullable elements) */
  MonocleTextStrip strip; /* without a title: there is none */
  guint strip_height;     /* in pixels after scaling */
};

G_END_DECLS
