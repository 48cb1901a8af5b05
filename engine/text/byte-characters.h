/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The alphabet of byte-level tokenizers: a printable character for each byte.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_byte_characters_write:
 * @bytes: (array length=n_bytes): any bytes
 * @out: gets a character for each
 *
 * Source: Radford et al. 2019, encoder.py, bytes_to_unicode().
 */
void monocle_byte_characters_write (const guint8 *bytes, gsize n_bytes, GString *out);

/**
 * monocle_byte_characters_read:
 * @text: valid UTF-8
 * @out: gets the bytes appended
 *
 * A text with another character in it stands for itself.
 */
void monocle_byte_characters_read (const char *text, GByteArray *out);

G_END_DECLS
