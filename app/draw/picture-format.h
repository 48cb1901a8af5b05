/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The annotated picture as a file: the table of the formats that it is written in. One row a
 * format; window, command line and tests walk the rows.
 */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "app/draw/scene.h"

G_BEGIN_DECLS

/* Of JPEG and WebP, where nobody chose one. */
#define MONOCLE_PICTURE_FORMAT_QUALITY 90

typedef struct _MonoclePictureFormat MonoclePictureFormat;

/**
 * MonoclePictureFormat:
 * @id: never translated: "jpeg"; of pixels as gdk-pixbuf calls it. An extension as well
 * @title: to be translated: "JPEG Picture"
 * @extension: without dot, as files are named: "jpg"
 * @mime: of the file
 * @max_side: the longest side in pixels; 0: any
 * @has_quality: whether the quality counts
 * @has_alpha: whether it can be see-through; else that shows white
 * @encode: for monocle_picture_format_encode()
 */
struct _MonoclePictureFormat
{
  const char *id;
  const char *title;
  const char *extension;
  const char *mime;
  guint max_side;
  gboolean has_quality;
  gboolean has_alpha;
  GBytes *(*encode) (const MonoclePictureFormat *self,
                     const MonocleScene *scene,
                     guint quality,
                     GError **error);
};

/* Those that this system can write: WebP needs a gdk-pixbuf module. */
const MonoclePictureFormat *const *monocle_picture_format_list (guint *n_formats);

/* (nullable) */
const MonoclePictureFormat *monocle_picture_format_find (const char *id_or_extension);
/* (nullable): what the extension of @path says */
const MonoclePictureFormat *monocle_picture_format_find_for_path (const char *path);

/* (transfer full): ".png, .jpg, .webp, .svg, .pdf": for people */
char *monocle_picture_format_dup_extensions (void);

/**
 * monocle_picture_format_check_size:
 * @width: of what is to be written, in pixels
 * @height: the same
 * @error: return location
 *
 * Answers in words make a picture taller; whether one that nearly fits does so still is seen when
 * it is written.
 *
 * Errors: %MONOCLE_APP_ERROR_BAD_REQUEST, without a file's name.
 *
 * Returns: whether it can be written
 */
gboolean monocle_picture_format_check_size (const MonoclePictureFormat *self,
                                            guint width,
                                            guint height,
                                            GError **error);

/**
 * monocle_picture_format_encode:
 * @quality: 1..100
 *
 * Errors: as monocle_scene_render() and monocle_picture_format_check_size().
 *
 * Returns: (transfer full) (nullable): the file
 */
GBytes *monocle_picture_format_encode (const MonoclePictureFormat *self,
                                       const MonocleScene *scene,
                                       guint quality,
                                       GError **error);

/* The same of mere pixels, in the formats that have them. */
GBytes *monocle_picture_format_encode_pixbuf (const MonoclePictureFormat *self,
                                              GdkPixbuf *pixbuf,
                                              guint quality,
                                              GError **error);

/**
 * monocle_picture_format_write:
 * @path: where to, as monocle_output_write() says
 *
 * At the usual quality, whole or not at all. Errors: as monocle_picture_format_encode(), or
 * %MONOCLE_APP_ERROR_WRITE; they name @path.
 */
gboolean monocle_picture_format_write (const MonoclePictureFormat *self,
                                       const MonocleScene *scene,
                                       const char *path,
                                       GError **error);

G_END_DECLS
