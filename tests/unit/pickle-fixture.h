/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checkpoints of PyTorch built byte by byte: the archive, and the pickle in it.
 */
#pragma once

#include "tests/unit/io-files.h"

/* An archive under construction: stored entries, and the directory that goes behind them. */
typedef struct
{
  GByteArray *file;
  GByteArray *directory;
  guint n_entries;
  gboolean zip64;
} Archive;

static inline void
archive_init (Archive *archive, gboolean zip64)
{
  *archive
      = (Archive) { .file = g_byte_array_new (), .directory = g_byte_array_new (), .zip64 = zip64 };
}

static inline void
archive_clear (Archive *archive)
{
  g_byte_array_unref (archive->file);
  g_byte_array_unref (archive->directory);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Archive, archive_clear)

static inline void
add_entry_of (Archive *a, const char *name, const void *data, gsize size, guint flags, guint method)
{
  guint offset = a->file->len;
  guint extra = a->zip64 ? 28 : 0;

  put_number (a->file, 0x04034b50, 4);
  put_number (a->file, 0, 22);
  put_number (a->file, strlen (name), 2);
  put_number (a->file, 5, 2); /* an extra field, as torch.save adds to align */
  put_text (a->file, name);
  put_number (a->file, 0, 5);
  if (size > 0)
    put (a->file, data, size);

  put_number (a->directory, 0x02014b50, 4);
  put_number (a->directory, 0, 4);
  put_number (a->directory, flags, 2);
  put_number (a->directory, method, 2);
  put_number (a->directory, 0, 8);
  put_number (a->directory, a->zip64 ? 0xffffffff : size, 4);
  put_number (a->directory, a->zip64 ? 0xffffffff : size, 4);
  put_number (a->directory, strlen (name), 2);
  put_number (a->directory, extra, 2);
  put_number (a->directory, 0, 10);
  put_number (a->directory, a->zip64 ? 0xffffffff : offset, 4);
  put_text (a->directory, name);
  if (a->zip64)
    {
      put_number (a->directory, 1, 2);
      put_number (a->directory, 24, 2);
      put_number (a->directory, size, 8);
      put_number (a->directory, size, 8);
      put_number (a->directory, offset, 8);
    }
  a->n_entries++;
}

static inline void
add_entry (Archive *a, const char *name, const void *data, gsize size)
{
  add_entry_of (a, name, data, size, 0, 0);
}

static inline void
finish_archive (Archive *a)
{
  guint64 offset = a->file->len, size = a->directory->len, end64;
  put (a->file, a->directory->data, a->directory->len);
  end64 = a->file->len;
  if (a->zip64)
    {
      put_number (a->file, 0x06064b50, 4);
      put_number (a->file, 44, 8);
      put_number (a->file, 0, 12);
      put_number (a->file, a->n_entries, 8);
      put_number (a->file, a->n_entries, 8);
      put_number (a->file, size, 8);
      put_number (a->file, offset, 8);
      put_number (a->file, 0x07064b50, 4);
      put_number (a->file, 0, 4);
      put_number (a->file, end64, 8);
      put_number (a->file, 1, 4);
    }
  put_number (a->file, 0x06054b50, 4);
  put_number (a->file, 0, 4);
  put_number (a->file, a->zip64 ? 0xffff : a->n_entries, 2);
  put_number (a->file, a->zip64 ? 0xffff : a->n_entries, 2);
  put_number (a->file, a->zip64 ? 0xffffffff : size, 4);
  put_number (a->file, a->zip64 ? 0xffffffff : offset, 4);
  put_number (a->file, 0, 2);
}

/* Instructions of a pickle. */
static inline void
put_string (GByteArray *p, const char *text)
{
  put_text (p, "X");
  put_number (p, strlen (text), 4);
  put_text (p, text);
}

static inline void
put_int (GByteArray *p, gint64 value)
{
  if (value >= 0 && value < 256)
    {
      put_text (p, "K");
      put_number (p, (guint64) value, 1);
    }
  else if (value >= G_MININT32 && value <= G_MAXINT32)
    {
      put_text (p, "J");
      put_number (p, (guint64) value, 4);
    }
  else
    {
      put (p, "\x8a\x08", 2);
      put_number (p, (guint64) value, 8);
    }
}

static inline void
put_ints (GByteArray *p, const gint64 *values, guint n)
{
  put_text (p, "(");
  for (guint i = 0; i < n; i++)
    put_int (p, values[i]);
  put_text (p, "t");
}

static inline void
put_storage (GByteArray *p, const char *type, const char *key, gint64 n)
{
  put_text (p, "(");
  put_string (p, "storage");
  put_text (p, "ctorch\n");
  put_text (p, type);
  put_text (p, "\n");
  put_string (p, key);
  put_string (p, "cpu");
  put_int (p, n);
  put_text (p, "tQ");
}

static inline void
put_tensor (GByteArray *p,
            const char *type,
            const char *key,
            gint64 n,
            gint64 offset,
            guint n_dims,
            const gint64 *dims,
            const gint64 *strides)
{
  put_text (p, "ctorch._utils\n_rebuild_tensor_v2\n(");
  put_storage (p, type, key, n);
  put_int (p, offset);
  put_ints (p, dims, n_dims);
  put_ints (p, strides, n_dims);
  put_text (p, "\x89"
               "ccollections\nOrderedDict\n)RtR");
}

static inline GByteArray *
begin_dict (void)
{
  GByteArray *p = g_byte_array_new ();
  put_text (p, "\x80\x02"
               "ccollections\nOrderedDict\nq");
  put_number (p, 0, 1);
  put_text (p, ")Rq");
  put_number (p, 1, 1);
  put_text (p, "(");
  return p;
}

/* Ends it as nn.Module.state_dict does: with an attribute that is set on the dictionary. */
static inline void
end_dict (GByteArray *p)
{
  put_text (p, "u}");
  put_string (p, "_metadata");
  put_text (p, "h");
  put_number (p, 0, 1);
  put_text (p, ")R(");
  put_string (p, "");
  put_text (p, "}");
  put_string (p, "version");
  put_text (p, "K\x01susb.");
}
