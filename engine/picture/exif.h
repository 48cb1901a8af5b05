/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the EXIF tags of a JPEG, PNG or WebP file say of the camera: how it was held, whether there
 * was one, and when. No other tag is read.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_exif_orientation:
 * @data: (array length=size): a file of any kind
 * @size: its size in bytes
 *
 * Looks into the APP1 segments of a JPEG, the eXIf chunk of a PNG and the EXIF chunk of a WebP.
 * What is damaged is as absent.
 *
 * Source: CIPA DC-008 (Exif 2.32) sections 4.5 and 4.6.4; PNG extensions 1.5.0, eXIf.
 *
 * Returns: 1 (upright) to 8, as EXIF numbers them
 */
guint monocle_exif_orientation (const guint8 *data, gsize size);

/**
 * monocle_exif_has_camera:
 * @data: (array length=size): a file of any kind, or its beginning
 * @size: its size in bytes
 *
 * Whether it names the maker or the model of a camera: it is a photograph then. One that does not
 * may be one too.
 */
gboolean monocle_exif_has_camera (const guint8 *data, gsize size);

/**
 * monocle_exif_get_date:
 * @data: (array length=size): a file of any kind, or its beginning
 * @size: its size in bytes
 *
 * When the picture was taken. Cameras say it in the time of where they are, without saying where
 * that is: it is read as the time of here.
 *
 * Returns: microseconds since 1970; 0: it does not say, or a time before that
 */
gint64 monocle_exif_get_date (const guint8 *data, gsize size);

G_END_DECLS
