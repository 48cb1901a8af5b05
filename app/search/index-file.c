/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/index-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/error.h"

#define ALIGNMENT 64
#define MAX_PATH  65536
#define MAX_BLOCK (G_GUINT64_CONSTANT (1) << 30)

/* Vectors that no longer count, beside those that do, before the file is written anew. */
#define MIN_DEAD 256

/* Without the zero at their ends. */
static const char file_mark[] = "monocle-index 2\n";
static const char block_mark[] = "block\n\n\n";

typedef struct
{
  char mark[16];
  guint32 n_dims;
  guint8 rest[44];
} FileHeader;

typedef struct
{
  char mark[8];
  guint32 n_vectors, n_records;
  guint64 record_bytes, record_sum;
  guint8 rest[32];
} BlockHeader;

typedef struct
{
  guint64 size;
  gint64 mtime;
  guint8 digest[MONOCLE_INDEX_DIGEST_BYTES];
  guint64 vector;
  guint32 path_bytes, state;
  gint64 taken;
} Record;

G_STATIC_ASSERT (sizeof file_mark == sizeof ((FileHeader *) NULL)->mark + 1);
G_STATIC_ASSERT (sizeof block_mark == sizeof ((BlockHeader *) NULL)->mark + 1);
G_STATIC_ASSERT (sizeof (FileHeader) == ALIGNMENT);
G_STATIC_ASSERT (sizeof (BlockHeader) == ALIGNMENT);
G_STATIC_ASSERT (sizeof (Record) == 56);

struct _MonocleIndex
{
  char *path;
  guint n_dims;
  char *set_aside; /* (nullable): where what was there lies now */
  int fd, lock;    /* -1 of one that is only read */
  GMappedFile *map;
  guint64 end;         /* of the last whole block */
  guint64 n_vectors;   /* in the file, whether they count or not */
  GHashTable *paths;   /* path -> MonocleIndexEntry */
  GHashTable *digests; /* GBytes -> path, which may be gone by now */
};

gint64
monocle_index_entry_get_date (const MonocleIndexEntry *entry)
{
  return entry->taken != 0 ? entry->taken : entry->mtime;
}

static guint64
align (guint64 bytes)
{
  return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static guint64
get_vector_bytes (const MonocleIndex *self)
{
  return (guint64) self->n_dims * sizeof (guint16);
}

/* FNV-1a: says that bytes are those that were written. */
static guint64
sum_bytes (const guint8 *bytes, gsize n)
{
  guint64 sum = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gsize i = 0; i < n; i++)
    sum = (sum ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return sum;
}

static void
entry_free (gpointer data)
{
  g_free (((MonocleIndexEntry *) data)->path);
  g_free (data);
}

static gboolean
fail (GError **error, const char *path, const char *what)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, "%s: %s", shown, what);
  return FALSE;
}

/* --- what is known --- */

static void
learn (MonocleIndex *self, const MonocleIndexEntry *entry)
{
  MonocleIndexEntry *copy;

  if (entry->state == MONOCLE_INDEX_GONE)
    {
      g_hash_table_remove (self->paths, entry->path);
      return;
    }
  copy = g_memdup2 (entry, sizeof *entry);
  copy->path = g_strdup (entry->path);
  g_hash_table_replace (self->paths, copy->path, copy);
  if (entry->state == MONOCLE_INDEX_SEEN)
    g_hash_table_replace (self->digests, g_bytes_new (entry->digest, sizeof entry->digest),
                          g_strdup (entry->path));
}

/* Learns the records of a block that reaches to @end, all of them or none. */
static gboolean
read_records (MonocleIndex *self, const guint8 *bytes, guint64 size, guint n, guint64 end)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  guint64 at = 0;

  for (guint i = 0; i < n; i++)
    {
      Record record;
      MonocleIndexEntry entry;

      if (size - at < sizeof record)
        return FALSE;
      memcpy (&record, bytes + at, sizeof record);
      at += sizeof record;
      entry = (MonocleIndexEntry){
        .state = GUINT32_FROM_LE (record.state),
        .size = GUINT64_FROM_LE (record.size),
        .mtime = GINT64_FROM_LE (record.mtime),
        .taken = GINT64_FROM_LE (record.taken),
        .vector = GUINT64_FROM_LE (record.vector),
      };
      record.path_bytes = GUINT32_FROM_LE (record.path_bytes);
      if (record.path_bytes == 0 || record.path_bytes > MAX_PATH || size - at < record.path_bytes
          || memchr (bytes + at, 0, record.path_bytes) || entry.state > MONOCLE_INDEX_UNREADABLE)
        return FALSE;
      if (entry.state == MONOCLE_INDEX_SEEN
          && (entry.vector % 2 != 0 || entry.vector < sizeof (FileHeader)
              || get_vector_bytes (self) > end || entry.vector > end - get_vector_bytes (self)))
        return FALSE;
      memcpy (entry.digest, record.digest, sizeof entry.digest);
      entry.path = g_strndup ((const char *) bytes + at, record.path_bytes);
      at += record.path_bytes;
      g_ptr_array_add (entries, g_memdup2 (&entry, sizeof entry));
    }
  if (at != size)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    learn (self, entries->pdata[i]);
  return TRUE;
}

/* Whether there was a whole block at the end of what is known, which is behind it then. */
static gboolean
read_block (MonocleIndex *self, const guint8 *bytes, guint64 size)
{
  guint64 left = size - self->end, vectors, end;
  BlockHeader header;

  if (left < sizeof header)
    return FALSE;
  memcpy (&header, bytes + self->end, sizeof header);
  header.n_vectors = GUINT32_FROM_LE (header.n_vectors);
  header.n_records = GUINT32_FROM_LE (header.n_records);
  header.record_bytes = GUINT64_FROM_LE (header.record_bytes);
  vectors = align (header.n_vectors * get_vector_bytes (self));
  left -= sizeof header;
  if (memcmp (header.mark, block_mark, sizeof header.mark) != 0 || vectors > left
      || header.record_bytes > MAX_BLOCK || align (header.record_bytes) > left - vectors)
    return FALSE;
  bytes += self->end + sizeof header + vectors;
  end = self->end + sizeof header + vectors + align (header.record_bytes);
  if (sum_bytes (bytes, header.record_bytes) != GUINT64_FROM_LE (header.record_sum)
      || !read_records (self, bytes, header.record_bytes, header.n_records, end))
    return FALSE;
  self->end = end;
  self->n_vectors += header.n_vectors;
  return TRUE;
}

static gboolean
read_all (MonocleIndex *self, GError **error)
{
  const guint8 *bytes = (const guint8 *) g_mapped_file_get_contents (self->map);
  guint64 size = g_mapped_file_get_length (self->map);
  FileHeader header;

  if (size == 0)
    return TRUE;
  if (size < sizeof header || memcmp (bytes, file_mark, sizeof header.mark) != 0)
    return monocle_file_set_error (error, self->path, "it is no index of this version");
  memcpy (&header, bytes, sizeof header);
  if (GUINT32_FROM_LE (header.n_dims) != self->n_dims)
    return monocle_file_set_error (error, self->path, "its vectors have %u numbers, not %u",
                                   GUINT32_FROM_LE (header.n_dims), self->n_dims);
  self->end = sizeof header;
  while (read_block (self, bytes, size))
    ;
  return TRUE;
}

/* --- opening --- */

static gboolean
open_for_writing (MonocleIndex *self, GError **error)
{
  g_autofree char *lock = g_strconcat (self->path, ".lock", NULL);
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (g_mkdir_with_parents (folder, 0700) < 0)
    return fail (error, folder, g_strerror (errno));
  self->lock = g_open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock < 0)
    return fail (error, lock, g_strerror (errno));
  if (flock (self->lock, LOCK_EX | LOCK_NB) < 0)
    {
      g_autofree char *shown = g_filename_display_name (self->path);

      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BUSY, "%s: %s", shown,
                   _ ("another program is indexing with this model"));
      return FALSE;
    }
  self->fd = g_open (self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  return self->fd >= 0 || fail (error, self->path, g_strerror (errno));
}

/* A pipe would be waited for, and has no end. */
static GMappedFile *
map_file (MonocleIndex *self, GError **error)
{
  GMappedFile *map = NULL;
  struct stat status;
  int fd = g_open (self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

  if (fd < 0 || fstat (fd, &status) < 0)
    monocle_file_set_error (error, self->path, "%s", g_strerror (errno));
  else if (!S_ISREG (status.st_mode))
    monocle_file_set_error (error, self->path, "it is no index of this version");
  else
    map = g_mapped_file_new_from_fd (fd, FALSE, error);
  if (fd >= 0)
    close (fd);
  return map;
}

/* What was there is no index: it is kept under another name. */
static gboolean
set_aside (MonocleIndex *self)
{
  g_autofree char *other = g_strconcat (self->path, ".bad", NULL);
  int fd;

  if (g_rename (self->path, other) < 0)
    return FALSE;
  fd = g_open (self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  close (self->fd);
  self->fd = fd;
  g_clear_pointer (&self->map, g_mapped_file_unref);
  self->map = g_mapped_file_new_from_fd (fd, FALSE, NULL);
  self->set_aside = g_steal_pointer (&other);
  return self->map != NULL;
}

/* What is not finite in 16 bits has all bits of the exponent. */
static gboolean
is_damaged (gpointer path, gpointer data, gpointer index)
{
  const MonocleIndexEntry *entry = data;
  const MonocleIndex *self = index;
  const guint16 *row
      = entry->state == MONOCLE_INDEX_SEEN ? monocle_index_get_vector (index, entry) : NULL;

  for (guint i = 0; row && i < self->n_dims; i++)
    if ((GUINT16_FROM_LE (row[i]) & 0x7c00) == 0x7c00)
      return TRUE;
  return FALSE;
}

MonocleIndex *
monocle_index_open (const char *path, guint n_dims, gboolean writes, GError **error)
{
  g_autoptr (MonocleIndex) self = g_new0 (MonocleIndex, 1);
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (n_dims > 0, NULL);

  self->path = g_strdup (path);
  self->n_dims = n_dims;
  self->fd = self->lock = -1;
  self->paths = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->digests
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, g_free);
  if (writes && !open_for_writing (self, error))
    return NULL;
  self->map = map_file (self, error);
  if (!self->map)
    return NULL;
  if (!read_all (self, &problem) && !(writes && set_aside (self)))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  /* Pictures whose vectors are damaged are looked at again. */
  if (writes)
    g_hash_table_foreach_remove (self->paths, is_damaged, self);
  /* What a killed writer left. */
  if (writes && ftruncate (self->fd, (off_t) self->end) < 0)
    {
      fail (error, path, g_strerror (errno));
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
monocle_index_free (MonocleIndex *self)
{
  if (!self)
    return;

  g_clear_pointer (&self->map, g_mapped_file_unref);
  g_hash_table_unref (self->paths);
  g_hash_table_unref (self->digests);
  if (self->fd >= 0)
    close (self->fd);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->path);
  g_free (self->set_aside);
  g_free (self);
}

/* --- asking --- */

const char *
monocle_index_get_set_aside (MonocleIndex *self)
{
  return self->set_aside;
}

const MonocleIndexEntry *
monocle_index_find (MonocleIndex *self, const char *path)
{
  return g_hash_table_lookup (self->paths, path);
}

const MonocleIndexEntry *
monocle_index_find_content (MonocleIndex *self, const guint8 *digest)
{
  g_autoptr (GBytes) key = g_bytes_new_static (digest, MONOCLE_INDEX_DIGEST_BYTES);
  const char *path = g_hash_table_lookup (self->digests, key);
  const MonocleIndexEntry *entry = path ? monocle_index_find (self, path) : NULL;

  return entry && entry->state == MONOCLE_INDEX_SEEN
                 && memcmp (entry->digest, digest, MONOCLE_INDEX_DIGEST_BYTES) == 0
             ? entry
             : NULL;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const MonocleIndexEntry *const *) a)->path,
                 (*(const MonocleIndexEntry *const *) b)->path);
}

GPtrArray *
monocle_index_list (MonocleIndex *self)
{
  GPtrArray *list = g_ptr_array_sized_new (g_hash_table_size (self->paths));
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->paths);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_ptr_array_add (list, entry);
  g_ptr_array_sort (list, compare_paths);
  return list;
}

const guint16 *
monocle_index_get_vector (MonocleIndex *self, const MonocleIndexEntry *entry)
{
  const char *bytes = g_mapped_file_get_contents (self->map);

  g_assert (entry->state == MONOCLE_INDEX_SEEN);
  g_assert (get_vector_bytes (self) <= g_mapped_file_get_length (self->map));
  g_assert (entry->vector <= g_mapped_file_get_length (self->map) - get_vector_bytes (self));
  return (const guint16 *) (gconstpointer) (bytes + entry->vector);
}

/* --- growing --- */

static void
fill_up (GByteArray *bytes)
{
  static const guint8 zeros[ALIGNMENT];

  g_byte_array_append (bytes, zeros, (guint) (align (bytes->len) - bytes->len));
}

static void
append_record (GByteArray *bytes, const MonocleIndexEntry *entry)
{
  Record record = {
    .size = GUINT64_TO_LE (entry->size),
    .mtime = GINT64_TO_LE (entry->mtime),
    .taken = GINT64_TO_LE (entry->taken),
    .vector = GUINT64_TO_LE (entry->vector),
    .path_bytes = GUINT32_TO_LE ((guint32) strlen (entry->path)),
    .state = GUINT32_TO_LE ((guint32) entry->state),
  };

  memcpy (record.digest, entry->digest, sizeof record.digest);
  g_byte_array_append (bytes, (const guint8 *) &record, sizeof record);
  g_byte_array_append (bytes, (const guint8 *) entry->path, (guint) strlen (entry->path));
}

static gboolean
write_at (MonocleIndex *self, const GByteArray *bytes, GError **error)
{
  for (gsize done = 0; done < bytes->len;)
    {
      gssize n
          = pwrite (self->fd, bytes->data + done, bytes->len - done, (off_t) (self->end + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          int code = errno;

          /* Half a block is none: nobody would read what comes behind it. */
          if (ftruncate (self->fd, (off_t) self->end) < 0)
            g_debug ("%s: %s", self->path, g_strerror (errno));
          return fail (error, self->path, g_strerror (code));
        }
      done += (gsize) n;
    }
  self->end += bytes->len;
  return TRUE;
}

static gboolean
begin_file (MonocleIndex *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  FileHeader header = { .n_dims = GUINT32_TO_LE (self->n_dims) };

  memcpy (header.mark, file_mark, sizeof header.mark);
  g_byte_array_append (bytes, (const guint8 *) &header, sizeof header);
  return write_at (self, bytes, error);
}

gboolean
monocle_index_append (MonocleIndex *self,
                      const MonocleIndexEntry *entries,
                      guint n,
                      const float *vectors,
                      GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) records = g_byte_array_new ();
  g_autofree MonocleIndexEntry *placed = g_memdup2 (entries, n * sizeof *entries);
  g_autofree guint16 *row = g_new (guint16, self->n_dims);
  BlockHeader header = { .n_records = GUINT32_TO_LE (n) };
  guint n_vectors = 0;

  g_return_val_if_fail (self->fd >= 0, FALSE);

  if (self->end == 0 && !begin_file (self, error))
    return FALSE;
  g_byte_array_set_size (bytes, sizeof header);
  for (guint i = 0; i < n; i++)
    {
      if (placed[i].state == MONOCLE_INDEX_SEEN && placed[i].vector == 0)
        {
          placed[i].vector = self->end + bytes->len;
          monocle_half_narrow (vectors + (gsize) n_vectors++ * self->n_dims, self->n_dims, row);
          g_byte_array_append (bytes, (const guint8 *) row, (guint) get_vector_bytes (self));
        }
      append_record (records, &placed[i]);
    }
  fill_up (bytes);
  memcpy (header.mark, block_mark, sizeof header.mark);
  header.n_vectors = GUINT32_TO_LE (n_vectors);
  header.record_bytes = GUINT64_TO_LE ((guint64) records->len);
  header.record_sum = GUINT64_TO_LE (sum_bytes (records->data, records->len));
  memcpy (bytes->data, &header, sizeof header);
  g_byte_array_append (bytes, records->data, records->len);
  fill_up (bytes);
  if (!write_at (self, bytes, error))
    return FALSE;
  self->n_vectors += n_vectors;
  for (guint i = 0; i < n; i++)
    learn (self, &placed[i]);
  return TRUE;
}

/* --- writing anew --- */

/* All that counts into another file, in blocks. */
static gboolean
copy_into (MonocleIndex *self, MonocleIndex *to, GPtrArray *entries, GError **error)
{
  g_autofree float *vectors = g_new (float, (gsize) MIN_DEAD * self->n_dims);
  g_autoptr (GArray) batch = g_array_new (FALSE, FALSE, sizeof (MonocleIndexEntry));
  guint n_vectors = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      MonocleIndexEntry entry = *(const MonocleIndexEntry *) entries->pdata[i];

      if (entry.state == MONOCLE_INDEX_SEEN)
        monocle_half_widen (monocle_index_get_vector (self, &entry), self->n_dims,
                            vectors + (gsize) n_vectors++ * self->n_dims);
      entry.vector = 0;
      g_array_append_val (batch, entry);
      if (batch->len < MIN_DEAD && i + 1 < entries->len)
        continue;
      if (!monocle_index_append (to, (const MonocleIndexEntry *) (gpointer) batch->data, batch->len,
                                 vectors, error))
        return FALSE;
      g_array_set_size (batch, 0);
      n_vectors = 0;
    }
  return TRUE;
}

gboolean
monocle_index_compact (MonocleIndex *self, GError **error)
{
  g_autofree char *other = g_strconcat (self->path, ".new", NULL);
  g_autofree char *lock = g_strconcat (other, ".lock", NULL);
  g_autoptr (GPtrArray) entries = monocle_index_list (self);
  g_autoptr (MonocleIndex) to = NULL;

  g_return_val_if_fail (self->fd >= 0, FALSE);

  if (self->n_vectors < MIN_DEAD || self->n_vectors / 2 <= entries->len)
    return TRUE;
  g_clear_pointer (&self->map, g_mapped_file_unref);
  self->map = g_mapped_file_new (self->path, FALSE, error);
  g_remove (other);
  to = self->map ? monocle_index_open (other, self->n_dims, TRUE, error) : NULL;
  if (!to || !copy_into (self, to, entries, error))
    return FALSE;
  g_remove (lock);
  if (fsync (to->fd) < 0 || g_rename (other, self->path) < 0)
    return fail (error, self->path, g_strerror (errno));
  close (self->fd);
  self->fd = to->fd;
  self->end = to->end;
  self->n_vectors = to->n_vectors;
  to->fd = -1;
  return TRUE;
}
