/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of a picture, looked at and written down. What was looked at before is not again.
 */
#pragma once

#include "app/search/drawn.h"
#include "app/search/region-file.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): vectors of @images */
typedef MonocleVectors *(*MonoclePartsEmbed) (const GPtrArray *images,
                                              gpointer data,
                                              GError **error);

/**
 * MonocleParts:
 * @file: where they are written down
 * @n_dims: of its vectors
 * @embed: makes them
 * @data: for @embed
 */
typedef struct
{
  MonocleRegions *file;
  guint n_dims;
  MonoclePartsEmbed embed;
  gpointer data;
} MonocleParts;

/**
 * MonoclePartsPicture:
 * @path: where it is
 * @digest: of its content
 * @image: (nullable): where it was read already
 */
typedef struct
{
  const char *path;
  const guint8 *digest;
  MonocleImage *image;
} MonoclePartsPicture;

/**
 * monocle_parts_divide:
 * @n: one more where its parts were looked at now
 *
 * Those of monocle_regions_divide(), where they are not known. What cannot be read has none yet.
 *
 * Errors: of making vectors and of writing.
 */
gboolean monocle_parts_divide (const MonocleParts *self,
                               const MonoclePartsPicture *picture,
                               guint *n,
                               GError **error);

/**
 * monocle_parts_look_at_drawn:
 * @drawn: what people drew
 * @n: one more where that is other than what was known
 *
 * Those of monocle_drawn_list(), as far as they lie in the picture, where something was done to it
 * since.
 *
 * Errors: as above.
 */
gboolean monocle_parts_look_at_drawn (const MonocleParts *self,
                                      const MonoclePartsPicture *picture,
                                      MonocleDrawn *drawn,
                                      guint *n,
                                      GError **error);

G_END_DECLS
