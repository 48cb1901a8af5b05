/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MonocleImage: an upright RGB8 picture in memory, with a plane of alpha where something of it is
 * see-through. Files come in here as JPEG, PNG, BMP, GIF (first frame), TGA or PNM; other sources
 * hand over pixels. It does not resize, draw or write.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MONOCLE_IMAGE_MAX_SIDE:
 *
 * The largest width and height, in pixels.
 */
#define MONOCLE_IMAGE_MAX_SIDE 65535

/**
 * MONOCLE_IMAGE_MAX_PIXELS:
 *
 * The largest width times height. Four bytes for each still are less than 2^31.
 */
#define MONOCLE_IMAGE_MAX_PIXELS 500000000

/**
 * MONOCLE_IMAGE_MAX_FILE_BYTES:
 *
 * The largest image file.
 */
#define MONOCLE_IMAGE_MAX_FILE_BYTES (512 * 1024 * 1024)

#define MONOCLE_TYPE_IMAGE (monocle_image_get_type ())

/**
 * MonocleImage:
 *
 * An immutable picture, boxed and reference counted; safe to share between threads.
 */
typedef struct _MonocleImage MonocleImage;

GType monocle_image_get_type (void) G_GNUC_CONST;

/**
 * monocle_image_new_from_file:
 * @path: a file name
 * @error: return location
 *
 * Reads and decodes a picture and turns it upright by its EXIF orientation.
 *
 * Colour is as PIL's convert("RGB"): grey is repeated, palettes are looked up, colour profiles are
 * not applied, and below what is see-through lie the colours of the file. Of 16 bits the upper 8
 * are taken, as PIL does for 16-bit RGB; for 16-bit grey PIL clips at 255 instead, which nobody
 * wants. Alpha is kept beside the colours, see monocle_image_get_alpha().
 *
 * A file that is truncated or damaged on the way is read as far as it goes, see
 * monocle_image_is_partial().
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE, one line that begins with the file, when it is missing,
 * empty, of another format, without a single row that could be read, or beyond the limits above;
 * MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 *
 * Returns: (transfer full): the picture
 */
MonocleImage *monocle_image_new_from_file (const char *path, GError **error);

/**
 * monocle_image_new_from_bytes:
 * @bytes: an image file
 * @name: what to call it in errors
 * @error: return location
 *
 * See monocle_image_new_from_file().
 *
 * Returns: (transfer full): the picture
 */
MonocleImage *monocle_image_new_from_bytes (GBytes *bytes, const char *name, GError **error);

/**
 * monocle_image_new_small_from_bytes:
 * @bytes: an image file
 * @name: what to call it in errors
 * @max_side: pixels
 * @error: return location
 *
 * As monocle_image_new_from_bytes(), of a file that was made for its whole size: pixels are
 * averaged as they are read, so that it takes little memory. The longer side has @max_side to twice
 * as many pixels where the file is that large; of a few kinds of files, interlaced ones, it may
 * have more.
 *
 * Returns: (transfer full): the picture
 */
MonocleImage *monocle_image_new_small_from_bytes (GBytes *bytes,
                                                  const char *name,
                                                  guint max_side,
                                                  GError **error);

/**
 * monocle_image_is_known:
 * @bytes: a file
 *
 * Returns: whether its first bytes are those of a format that is read here. TGA has no such mark.
 */
gboolean monocle_image_is_known (GBytes *bytes);

/**
 * monocle_image_new_from_pixels:
 * @width: pixels
 * @height: pixels
 * @rowstride: bytes from one row to the next, at least 3 * @width
 * @rgb: (array): RGB8 rows from the top; copied
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_REQUEST when empty or beyond the limits;
 * MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 *
 * Returns: (transfer full): the picture
 */
MonocleImage *monocle_image_new_from_pixels (
    guint width, guint height, gsize rowstride, const guint8 *rgb, GError **error);

/**
 * monocle_image_new_take_pixels:
 * @width: pixels
 * @height: pixels
 * @rgb: (array) (transfer full): RGB8 rows from the top without padding; from g_malloc(); freed
 * also when this fails
 * @error: return location
 *
 * As monocle_image_new_from_pixels(), without a copy.
 *
 * Returns: (transfer full): the picture
 */
MonocleImage *
monocle_image_new_take_pixels (guint width, guint height, guint8 *rgb, GError **error);

/**
 * monocle_image_new_take_planes:
 * @width: pixels
 * @height: pixels
 * @rgb: (array) (transfer full): as for monocle_image_new_take_pixels()
 * @alpha: (array) (nullable) (transfer full): a byte a pixel, 255 for opaque; it does not multiply
 *   the colours
 * @partial: whether some of the picture is missing
 * @error: return location
 *
 * As monocle_image_new_take_pixels(). A plane that is opaque all over is dropped.
 *
 * Returns: (transfer full): the picture
 */
MonocleImage *monocle_image_new_take_planes (
    guint width, guint height, guint8 *rgb, guint8 *alpha, gboolean partial, GError **error);

/**
 * monocle_image_drop_alpha:
 * @self: a picture
 *
 * What PIL's convert("RGB") makes of it, as the reference does: the colours below what is
 * see-through show. They are shared with @self.
 *
 * Returns: (transfer full): an opaque picture
 */
MonocleImage *monocle_image_drop_alpha (MonocleImage *self);

/**
 * monocle_image_on_white:
 * @self: a picture
 * @error: return location
 *
 * What a person sees on paper, and what a model is shown.
 *
 * Errors: MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 *
 * Returns: (transfer full): an opaque picture; @self if it is one
 */
MonocleImage *monocle_image_on_white (MonocleImage *self, GError **error);

/**
 * monocle_image_ref:
 * @self: a picture
 *
 * Returns: (transfer full): @self
 */
MonocleImage *monocle_image_ref (MonocleImage *self);

/**
 * monocle_image_unref:
 * @self: (nullable) (transfer full): a picture
 */
void monocle_image_unref (MonocleImage *self);

/**
 * monocle_image_get_width:
 * @self: a picture
 *
 * Returns: pixels of the upright picture, 1 to MONOCLE_IMAGE_MAX_SIDE
 */
guint monocle_image_get_width (const MonocleImage *self);

/**
 * monocle_image_get_height:
 * @self: a picture
 *
 * Returns: pixels of the upright picture, 1 to MONOCLE_IMAGE_MAX_SIDE
 */
guint monocle_image_get_height (const MonocleImage *self);

/**
 * monocle_image_get_pixels:
 * @self: a picture
 *
 * Shapes: [rows, columns, 3], bytes, no padding between rows.
 *
 * Returns: (transfer none): the pixels
 */
const guint8 *monocle_image_get_pixels (const MonocleImage *self);

/**
 * monocle_image_get_alpha:
 * @self: a picture
 *
 * Shapes: [rows, columns], bytes, 255 for opaque. It does not multiply the colours.
 *
 * Returns: (transfer none) (nullable): NULL for a picture that is opaque all over
 */
const guint8 *monocle_image_get_alpha (const MonocleImage *self);

/**
 * monocle_image_is_partial:
 * @self: a picture
 *
 * Returns: whether its file ended early or was damaged, so that some of it is missing: see-through,
 *   or grey in a JPEG
 */
gboolean monocle_image_is_partial (const MonocleImage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleImage, monocle_image_unref)

G_END_DECLS
