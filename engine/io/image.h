/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MonocleImage: an upright RGB8 picture in memory. Files come in here as JPEG, PNG, BMP, GIF (first
 * frame), TGA or PNM; other sources hand over pixels. It does not resize, draw or write.
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
 * The largest width times height. Four bytes for each still are less than 2^31, as far as stb_image
 * counts.
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
 * Colour is as PIL's convert("RGB"): grey is repeated, alpha is dropped (the colours below it
 * show), palettes are looked up, colour profiles are not applied. Of 16 bits the upper 8 are taken,
 * as PIL does for 16-bit RGB; for 16-bit grey PIL clips at 255 instead, which nobody wants.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE, one line that begins with the file, when it is missing,
 * empty, of another format, corrupt, truncated or beyond the limits above;
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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleImage, monocle_image_unref)

G_END_DECLS
