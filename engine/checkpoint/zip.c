/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Directory of a ZIP archive of stored entries. See zip.h. Sizes are taken from the central
 * directory; a local header is only used to find where its data begin.
 */
#include "config.h"

#include "engine/checkpoint/zip.h"

#include <string.h>

#include "engine/base/file.h"

#define SIGNATURE_LOCAL   0x04034b50u
#define SIGNATURE_ENTRY   0x02014b50u
#define SIGNATURE_END     0x06054b50u
#define SIGNATURE_LOCATOR 0x07064b50u
#define SIGNATURE_END_64  0x06064b50u

#define LOCAL_BYTES   30
#define ENTRY_BYTES   46
#define END_BYTES     22
#define LOCATOR_BYTES 20
#define END_64_BYTES  56
#define MAX_COMMENT   65535

#define FLAG_ENCRYPTED 1
#define METHOD_STORED  0
#define EXTRA_ZIP64    1

typedef struct
{
  char *name;
  guint16 flags;
  guint16 method;
  guint64 packed_bytes;
  guint64 size_bytes;
  guint64 local_offset;
} Entry;

struct _MonocleZip
{
  GBytes *bytes;
  const guint8 *data;
  gsize size;
  char *path;
  GPtrArray *entries;  /* Entry, in the archive's order */
  GHashTable *by_name; /* the entry's own name -> the entry */
};

static guint16
get16 (const guint8 *p)
{
  return (guint16) (p[0] | p[1] << 8);
}

static guint32
get32 (const guint8 *p)
{
  return (guint32) p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16 | (guint32) p[3] << 24;
}

static guint64
get64 (const guint8 *p)
{
  return (guint64) get32 (p) | (guint64) get32 (p + 4) << 32;
}

static void
free_entry (gpointer data)
{
  Entry *entry = data;
  g_free (entry->name);
  g_free (entry);
}

static gboolean
is_range (const MonocleZip *self, guint64 offset, guint64 size_bytes)
{
  return offset <= self->size && size_bytes <= self->size - offset;
}

/* The end record stands last, before a comment of any length. */
static const guint8 *
find_end (const MonocleZip *self)
{
  gsize lowest, at;
  if (self->size < END_BYTES)
    return NULL;
  at = self->size - END_BYTES;
  lowest = at > MAX_COMMENT ? at - MAX_COMMENT : 0;
  for (;; at--)
    {
      const guint8 *p = self->data + at;
      if (get32 (p) == SIGNATURE_END && get16 (p + 20) <= self->size - END_BYTES - at)
        return p;
      if (at == lowest)
        return NULL;
    }
}

static gboolean
find_directory (const MonocleZip *self, guint64 *offset, guint64 *size_bytes, guint64 *n_entries)
{
  const guint8 *end = find_end (self);
  if (end == NULL)
    return FALSE;
  *n_entries = get16 (end + 10);
  *size_bytes = get32 (end + 12);
  *offset = get32 (end + 16);
  if (end - self->data >= LOCATOR_BYTES && get32 (end - LOCATOR_BYTES) == SIGNATURE_LOCATOR)
    {
      guint64 at = get64 (end - LOCATOR_BYTES + 8);
      const guint8 *end64;
      if (!is_range (self, at, END_64_BYTES))
        return FALSE;
      end64 = self->data + at;
      if (get32 (end64) != SIGNATURE_END_64)
        return FALSE;
      *n_entries = get64 (end64 + 32);
      *size_bytes = get64 (end64 + 40);
      *offset = get64 (end64 + 48);
    }
  return is_range (self, *offset, *size_bytes) && *n_entries <= *size_bytes / ENTRY_BYTES;
}

/* Replaces the sizes that did not fit 32 bits. */
static gboolean
read_zip64_extra (const guint8 *extra, gsize extra_bytes, Entry *entry)
{
  guint64 *fields[] = { &entry->size_bytes, &entry->packed_bytes, &entry->local_offset };
  while (extra_bytes >= 4)
    {
      gsize size = get16 (extra + 2);
      const guint8 *p = extra + 4;
      if (size > extra_bytes - 4)
        return FALSE;
      if (get16 (extra) == EXTRA_ZIP64)
        {
          for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
            if (*fields[i] == G_MAXUINT32)
              {
                if (size < 8)
                  return FALSE;
                *fields[i] = get64 (p);
                p += 8;
                size -= 8;
              }
          return TRUE;
        }
      extra += 4 + size;
      extra_bytes -= 4 + size;
    }
  return TRUE;
}

static gboolean
read_directory (MonocleZip *self, guint64 offset, guint64 size_bytes, guint64 n_entries)
{
  const guint8 *p = self->data + offset;
  const guint8 *end = p + size_bytes;

  for (guint64 i = 0; i < n_entries; i++)
    {
      gsize name_bytes, extra_bytes, comment_bytes;
      Entry *entry;

      if (end - p < ENTRY_BYTES || get32 (p) != SIGNATURE_ENTRY)
        return FALSE;
      name_bytes = get16 (p + 28);
      extra_bytes = get16 (p + 30);
      comment_bytes = get16 (p + 32);
      if ((gsize) (end - p) - ENTRY_BYTES < name_bytes + extra_bytes + comment_bytes)
        return FALSE;
      entry = g_new (Entry, 1);
      *entry = (Entry){
        .name = g_strndup ((const char *) p + ENTRY_BYTES, name_bytes),
        .flags = get16 (p + 8),
        .method = get16 (p + 10),
        .packed_bytes = get32 (p + 20),
        .size_bytes = get32 (p + 24),
        .local_offset = get32 (p + 42),
      };
      g_ptr_array_add (self->entries, entry);
      if (!g_hash_table_insert (self->by_name, entry->name, entry)
          || !read_zip64_extra (p + ENTRY_BYTES + name_bytes, extra_bytes, entry))
        return FALSE;
      p += ENTRY_BYTES + name_bytes + extra_bytes + comment_bytes;
    }
  return TRUE;
}

MonocleZip *
monocle_zip_open (GBytes *bytes, const char *path, GError **error)
{
  g_autoptr (MonocleZip) self = NULL;
  guint64 offset, size_bytes, n_entries;

  g_return_val_if_fail (bytes != NULL && path != NULL, NULL);

  self = g_new0 (MonocleZip, 1);
  self->bytes = g_bytes_ref (bytes);
  self->data = g_bytes_get_data (bytes, &self->size);
  self->path = g_strdup (path);
  self->entries = g_ptr_array_new_with_free_func (free_entry);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);

  if (!find_directory (self, &offset, &size_bytes, &n_entries))
    {
      monocle_file_set_error (error, path,
                              "the archive's directory is missing; is the file truncated?");
      return NULL;
    }
  if (!read_directory (self, offset, size_bytes, n_entries))
    {
      monocle_file_set_error (error, path, "the archive's directory is corrupt");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
monocle_zip_free (MonocleZip *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->entries);
  g_free (self->path);
  g_bytes_unref (self->bytes);
  g_free (self);
}

const char *
monocle_zip_find_suffix (MonocleZip *self, const char *suffix)
{
  g_return_val_if_fail (self != NULL && suffix != NULL, NULL);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);
      if (g_str_has_suffix (entry->name, suffix))
        return entry->name;
    }
  return NULL;
}

gboolean
monocle_zip_has (MonocleZip *self, const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, FALSE);
  return g_hash_table_contains (self->by_name, name);
}

gboolean
monocle_zip_read (
    MonocleZip *self, const char *name, const guint8 **data, gsize *size_bytes, GError **error)
{
  const Entry *entry;
  const guint8 *local;
  guint64 offset;

  g_return_val_if_fail (self != NULL && name != NULL, FALSE);

  entry = g_hash_table_lookup (self->by_name, name);
  if (entry == NULL)
    {
      monocle_file_set_error (error, self->path, "the archive has no \"%s\"", name);
      return FALSE;
    }
  if (entry->method != METHOD_STORED || (entry->flags & FLAG_ENCRYPTED) != 0
      || entry->packed_bytes != entry->size_bytes)
    {
      monocle_file_set_error (
          error, self->path,
          "\"%s\" is compressed or encrypted, expected it stored as PyTorch does", name);
      return FALSE;
    }
  if (is_range (self, entry->local_offset, LOCAL_BYTES))
    {
      local = self->data + entry->local_offset;
      offset = entry->local_offset + LOCAL_BYTES + get16 (local + 26) + get16 (local + 28);
      if (get32 (local) == SIGNATURE_LOCAL && is_range (self, offset, entry->size_bytes))
        {
          *data = self->data + offset;
          *size_bytes = (gsize) entry->size_bytes;
          return TRUE;
        }
    }
  monocle_file_set_error (error, self->path, "\"%s\" lies outside of the archive", name);
  return FALSE;
}
