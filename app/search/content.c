/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/content.h"

#include <string.h>

#include "app/search/index-file.h"

#define CHUNK_BYTES (256 * 1024)

void
monocle_search_take_digest (GChecksum *sum, guint8 *digest)
{
  guint8 whole[32];
  gsize n = sizeof whole;

  g_checksum_get_digest (sum, whole, &n);
  memcpy (digest, whole, MONOCLE_INDEX_DIGEST_BYTES);
}

gboolean
monocle_search_read_content (const char *path,
                             GCancellable *cancellable,
                             guint8 *digest,
                             gint64 *taken)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, NULL);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  gssize n_read = -1;
  gboolean is_first = TRUE;

  /* Not mapped: the file could be cut meanwhile. */
  while (stream
         && (n_read
             = g_input_stream_read (G_INPUT_STREAM (stream), chunk, CHUNK_BYTES, cancellable, NULL))
                > 0)
    {
      g_checksum_update (sum, chunk, n_read);
      if (is_first)
        *taken = monocle_exif_get_date (chunk, (gsize) n_read);
      is_first = FALSE;
    }
  if (n_read < 0)
    return FALSE;
  monocle_search_take_digest (sum, digest);
  return TRUE;
}
