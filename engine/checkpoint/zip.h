/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Directory of a ZIP archive in memory whose entries are stored, not compressed: what PyTorch
 * writes. ZIP64 is understood. It does not inflate, decrypt or check sums. And such an archive,
 * written.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonocleZip MonocleZip;

/**
 * monocle_zip_open:
 * @bytes: the archive; a reference is kept
 * @path: the file, for errors
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE.
 * Source: PKWARE APPNOTE.TXT 6.3, sections 4.3 to 4.5.
 *
 * Returns: (transfer full): its directory
 */
MonocleZip *monocle_zip_open (GBytes *bytes, const char *path, GError **error);

/**
 * monocle_zip_free:
 * @self: (nullable) (transfer full): a directory
 */
void monocle_zip_free (MonocleZip *self);

/**
 * monocle_zip_find_suffix:
 * @self: a directory
 * @suffix: the end of an entry's name
 *
 * Returns: (transfer none) (nullable): the first name in the archive that ends so
 */
const char *monocle_zip_find_suffix (MonocleZip *self, const char *suffix);

/**
 * monocle_zip_has:
 * @self: a directory
 * @name: an entry's name
 *
 * Returns: whether there is such an entry
 */
gboolean monocle_zip_has (MonocleZip *self, const char *name);

/**
 * monocle_zip_read:
 * @self: a directory
 * @name: an entry's name
 * @data: (out) (transfer none): its bytes, within the archive
 * @size_bytes: (out): how many
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE when there is no such entry, it is compressed or
 * encrypted, or lies outside of the archive.
 *
 * Returns: whether it was found
 */
gboolean monocle_zip_read (
    MonocleZip *self, const char *name, const guint8 **data, gsize *size_bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleZip, monocle_zip_free)

/**
 * MonocleZipEntry:
 * @name: ASCII
 * @bytes: what is in it
 */
typedef struct
{
  const char *name;
  GBytes *bytes;
} MonocleZipEntry;

/**
 * monocle_zip_write:
 * @entries: (array length=n): what is stored
 * @n: how many
 *
 * Returns: (transfer full) (nullable): the archive; %NULL where it would be of 4 GiB or more
 */
GBytes *monocle_zip_write (const MonocleZipEntry *entries, guint n);

G_END_DECLS
