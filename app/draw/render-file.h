/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The annotated picture as a file: PNG at the full size of the image, or SVG with the image inside.
 */
#pragma once

#include "app/draw/render.h"

G_BEGIN_DECLS

/**
 * MonocleRenderFormat:
 * @MONOCLE_RENDER_PNG: pixels
 * @MONOCLE_RENDER_SVG: the image as it came, with shapes and text as outlines
 */
typedef enum
{
  MONOCLE_RENDER_PNG,
  MONOCLE_RENDER_SVG,
} MonocleRenderFormat;

/**
 * monocle_render_file_get_format:
 * @path: a file name
 * @format: (out): what its extension says
 *
 * Returns: whether the extension is .png or .svg, in any case
 */
gboolean monocle_render_file_get_format (const char *path, MonocleRenderFormat *format);

/**
 * monocle_render_file_check_size:
 * @width: of what is to be drawn, in pixels
 * @height: the same
 * @error: return location
 *
 * Answers in words make a picture taller; whether one that nearly fits does so still is seen when
 * it is written.
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE, without a file's name.
 *
 * Returns: whether it can be drawn
 */
gboolean monocle_render_file_check_size (guint width, guint height, GError **error);

/**
 * monocle_render_file_write:
 * @scene: what to draw
 * @source: (nullable): the file that the image was read from: an upright JPEG goes into an SVG as
 * it is, but for what it says about camera and place
 * @path: ends with .png or .svg
 * @error: return location
 *
 * Writes beside @path first and renames, so that there is a whole file or none.
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE when the picture is too large to draw or the file cannot be
 * written.
 */
gboolean monocle_render_file_write (const MonocleScene *scene,
                                    const char *source,
                                    const char *path,
                                    GError **error);

G_END_DECLS
