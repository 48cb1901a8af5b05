/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ZIP archives of stored entries, written: what numpy.savez() makes. See zip.h.
 */
#include "config.h"

#include "engine/checkpoint/zip.h"

#include <string.h>

#include "engine/base/crc32.h"

#define LOCAL_MARK   0x04034b50u
#define CENTRAL_MARK 0x02014b50u
#define END_MARK     0x06054b50u
#define VERSION      20
/* 1 January 1980, midnight: the same archive whenever it is written. */
#define NO_DATE 0x0021
/* Larger ones need ZIP64. */
#define MAX_BYTES ((gsize) G_MAXUINT32 - (1u << 20))

static void
append (GByteArray *to, guint32 number, guint bytes)
{
  const guint32 little = GUINT32_TO_LE (number);

  g_byte_array_append (to, (const guint8 *) &little, bytes);
}

/* What the entry and the directory say alike, behind their marks and versions. */
static void
append_facts (GByteArray *to, const MonocleZipEntry *entry, guint32 sum)
{
  const guint32 size = (guint32) g_bytes_get_size (entry->bytes);

  append (to, 0, 2); /* flags */
  append (to, 0, 2); /* stored */
  append (to, 0, 2);
  append (to, NO_DATE, 2);
  append (to, sum, 4);
  append (to, size, 4);
  append (to, size, 4);
  append (to, (guint32) strlen (entry->name), 2);
  append (to, 0, 2); /* nothing extra */
}

static void
append_name (GByteArray *to, const MonocleZipEntry *entry)
{
  g_byte_array_append (to, (const guint8 *) entry->name, (guint) strlen (entry->name));
}

GBytes *
monocle_zip_write (const MonocleZipEntry *entries, guint n)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GByteArray) directory = g_byte_array_new ();
  gsize all = 0;

  for (guint i = 0; i < n; i++)
    all += g_bytes_get_size (entries[i].bytes);
  if (all > MAX_BYTES)
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (entries[i].bytes, &size);
      const guint32 sum = monocle_crc32 (0, data, size);
      const guint32 place = file->len;

      append (file, LOCAL_MARK, 4);
      append (file, VERSION, 2);
      append_facts (file, &entries[i], sum);
      append_name (file, &entries[i]);
      g_byte_array_append (file, data, (guint) size);
      append (directory, CENTRAL_MARK, 4);
      append (directory, VERSION, 2);
      append (directory, VERSION, 2);
      append_facts (directory, &entries[i], sum);
      append (directory, 0, 2); /* no comment */
      append (directory, 0, 2); /* the first disk */
      append (directory, 0, 2);
      append (directory, 0, 4);
      append (directory, place, 4);
      append_name (directory, &entries[i]);
    }
  {
    const guint32 place = file->len;

    g_byte_array_append (file, directory->data, directory->len);
    append (file, END_MARK, 4);
    append (file, 0, 4);
    append (file, n, 2);
    append (file, n, 2);
    append (file, directory->len, 4);
    append (file, place, 4);
    append (file, 0, 2);
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}
