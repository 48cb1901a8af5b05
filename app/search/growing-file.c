/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/growing-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/base/output.h"
#include "engine/engine.h"

#define ALIGNMENT 64
#define MAX_BLOCK (G_GUINT64_CONSTANT (1) << 30)

/* Without the zero at its end. */
static const char block_mark[] = "block\n\n\n";

typedef struct
{
  char mark[16];
  guint32 number;
  guint8 rest[44];
} FileHeader;

typedef struct
{
  char mark[8];
  guint32 n_vectors, n_records;
  guint64 record_bytes, record_sum;
  guint8 rest[32];
} BlockHeader;

G_STATIC_ASSERT (sizeof block_mark == sizeof ((BlockHeader *) NULL)->mark + 1);
G_STATIC_ASSERT (sizeof (FileHeader) == MONOCLE_GROWING_FILE_HEADER);
G_STATIC_ASSERT (sizeof (BlockHeader) == ALIGNMENT);

static guint64
align (guint64 bytes)
{
  return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
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

gboolean
monocle_growing_file_fail (GError **error, const char *path, const char *what)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, "%s: %s", shown, what);
  return FALSE;
}

/* --- opening --- */

static char *
dup_aside (const MonocleGrowingFile *self)
{
  return g_strconcat (self->path, ".bad", NULL);
}

/* A folder or a pipe in its place goes aside as any file does that is none of the kind; a device
 * must not be written to. */
static void
clear_place (MonocleGrowingFile *self)
{
  g_autofree char *other = dup_aside (self);
  struct stat status;

  if (stat (self->path, &status) == 0 && !S_ISREG (status.st_mode)
      && g_rename (self->path, other) == 0)
    self->set_aside = g_steal_pointer (&other);
}

static gboolean
open_for_writing (MonocleGrowingFile *self, const MonocleGrowingKind *kind, GError **error)
{
  g_autofree char *lock = g_strconcat (self->path, ".lock", NULL);
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (g_mkdir_with_parents (folder, 0700) < 0)
    return monocle_growing_file_fail (error, folder, g_strerror (errno));
  self->lock = g_open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock < 0)
    return monocle_growing_file_fail (error, lock, g_strerror (errno));
  if (flock (self->lock, LOCK_EX | LOCK_NB) < 0)
    {
      g_autofree char *shown = g_filename_display_name (self->path);

      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BUSY, "%s: %s", shown, kind->busy);
      return FALSE;
    }
  clear_place (self);
  self->fd = g_open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
  return self->fd >= 0 || monocle_growing_file_fail (error, self->path, g_strerror (errno));
}

/* A pipe would be waited for, and has no end. */
static GMappedFile *
map_file (MonocleGrowingFile *self, const MonocleGrowingKind *kind, GError **error)
{
  GMappedFile *map = NULL;
  struct stat status;
  int fd = g_open (self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

  if (fd < 0 || fstat (fd, &status) < 0)
    monocle_file_set_error (error, self->path, "%s", g_strerror (errno));
  else if (!S_ISREG (status.st_mode))
    monocle_file_set_error (error, self->path, "%s", kind->wrong);
  else
    map = g_mapped_file_new_from_fd (fd, FALSE, error);
  if (fd >= 0)
    close (fd);
  return map;
}

gboolean
monocle_growing_file_open (MonocleGrowingFile *self,
                           const char *path,
                           gboolean writes,
                           const MonocleGrowingKind *kind,
                           GError **error)
{
  *self = (MonocleGrowingFile){ .path = g_strdup (path), .fd = -1, .lock = -1 };
  if (writes && !open_for_writing (self, kind, error))
    return FALSE;
  self->map = map_file (self, kind, error);
  return self->map != NULL;
}

void
monocle_growing_file_clear (MonocleGrowingFile *self)
{
  if (!self->path)
    return;

  g_clear_pointer (&self->map, g_mapped_file_unref);
  if (self->fd >= 0)
    close (self->fd);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->path);
  g_free (self->set_aside);
  *self = (MonocleGrowingFile){ .fd = -1, .lock = -1 };
}

static gboolean
set_aside (MonocleGrowingFile *self)
{
  g_autofree char *other = dup_aside (self);
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

/* --- reading --- */

/* Whether it is of that kind, or empty. */
static gboolean
read_header (MonocleGrowingFile *self, const MonocleGrowingKind *kind, GError **error)
{
  const char *bytes = g_mapped_file_get_contents (self->map);
  gsize size = g_mapped_file_get_length (self->map);
  FileHeader header;
  guint32 number;

  if (size == 0)
    return TRUE;
  if (size < sizeof header || memcmp (bytes, kind->mark, sizeof header.mark) != 0)
    return monocle_file_set_error (error, self->path, "%s", kind->wrong);
  memcpy (&header, bytes, sizeof header);
  number = GUINT32_FROM_LE (header.number);
  if (kind->number > 0 && number != kind->number)
    return monocle_file_set_error (error, self->path, "its vectors have %u numbers, not %u", number,
                                   kind->number);
  self->end = sizeof header;
  return TRUE;
}

/* Whether there is a whole block behind @end. */
static gboolean
peek (MonocleGrowingFile *self, guint64 vector_bytes, MonocleGrowingBlock *block)
{
  const guint8 *bytes = (const guint8 *) g_mapped_file_get_contents (self->map);
  guint64 left = g_mapped_file_get_length (self->map) - self->end, vectors;
  BlockHeader header;

  if (self->end == 0 || left < sizeof header)
    return FALSE;
  memcpy (&header, bytes + self->end, sizeof header);
  *block = (MonocleGrowingBlock){ .n_vectors = GUINT32_FROM_LE (header.n_vectors),
                                  .n_records = GUINT32_FROM_LE (header.n_records),
                                  .vectors = self->end + sizeof header,
                                  .record_bytes = GUINT64_FROM_LE (header.record_bytes) };
  vectors = align (block->n_vectors * vector_bytes);
  left -= sizeof header;
  if (memcmp (header.mark, block_mark, sizeof header.mark) != 0 || vectors > left
      || block->record_bytes > MAX_BLOCK || align (block->record_bytes) > left - vectors)
    return FALSE;
  block->records = bytes + block->vectors + vectors;
  block->end = block->vectors + vectors + align (block->record_bytes);
  return sum_bytes (block->records, block->record_bytes) == GUINT64_FROM_LE (header.record_sum);
}

gboolean
monocle_growing_file_read (MonocleGrowingFile *self,
                           const MonocleGrowingKind *kind,
                           MonocleGrowingTake take,
                           gpointer owner,
                           GError **error)
{
  const gboolean grows = self->fd >= 0;
  g_autoptr (GError) problem = NULL;
  MonocleGrowingBlock block;

  if (!read_header (self, kind, &problem) && !(grows && set_aside (self)))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  while (peek (self, kind->vector_bytes, &block) && take (owner, &block))
    self->end = block.end;
  return !grows || ftruncate (self->fd, (off_t) self->end) == 0
         || monocle_growing_file_fail (error, self->path, g_strerror (errno));
}

/* --- growing --- */

static void
fill_up (GByteArray *bytes)
{
  static const guint8 zeros[ALIGNMENT];

  g_byte_array_append (bytes, zeros, (guint) (align (bytes->len) - bytes->len));
}

/* Half a block is none: nobody would read what comes behind it. */
static gboolean
write_at_end (MonocleGrowingFile *self, const GByteArray *bytes, GError **error)
{
  return monocle_output_append (self->fd, &self->end, bytes->data, bytes->len)
         || monocle_growing_file_fail (error, self->path, g_strerror (errno));
}

gboolean
monocle_growing_file_prepare (MonocleGrowingFile *self,
                              const MonocleGrowingKind *kind,
                              guint64 *vectors,
                              GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  FileHeader header = { .number = GUINT32_TO_LE (kind->number) };

  memcpy (header.mark, kind->mark, sizeof header.mark);
  g_byte_array_append (bytes, (const guint8 *) &header, sizeof header);
  if (self->end == 0 && !write_at_end (self, bytes, error))
    return FALSE;
  *vectors = self->end + sizeof (BlockHeader);
  return TRUE;
}

gboolean
monocle_growing_file_append (MonocleGrowingFile *self,
                             const GByteArray *vectors,
                             guint n_vectors,
                             const GByteArray *records,
                             guint n_records,
                             GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BlockHeader header = { .n_vectors = GUINT32_TO_LE (n_vectors),
                         .n_records = GUINT32_TO_LE (n_records),
                         .record_bytes = GUINT64_TO_LE ((guint64) records->len),
                         .record_sum = GUINT64_TO_LE (sum_bytes (records->data, records->len)) };

  memcpy (header.mark, block_mark, sizeof header.mark);
  g_byte_array_append (bytes, (const guint8 *) &header, sizeof header);
  if (vectors)
    g_byte_array_append (bytes, vectors->data, vectors->len);
  fill_up (bytes);
  g_byte_array_append (bytes, records->data, records->len);
  fill_up (bytes);
  return write_at_end (self, bytes, error);
}

/* --- writing anew --- */

gboolean
monocle_growing_file_map_again (MonocleGrowingFile *self, GError **error)
{
  g_clear_pointer (&self->map, g_mapped_file_unref);
  self->map = g_mapped_file_new (self->path, FALSE, error);
  return self->map != NULL;
}

char *
monocle_growing_file_clear_way (MonocleGrowingFile *self)
{
  char *other = g_strconcat (self->path, ".new", NULL);
  g_autofree char *lock = g_strconcat (other, ".lock", NULL);

  g_remove (other);
  g_remove (lock);
  return other;
}

gboolean
monocle_growing_file_replace (MonocleGrowingFile *self, MonocleGrowingFile *to, GError **error)
{
  g_autofree char *lock = g_strconcat (to->path, ".lock", NULL);

  g_remove (lock);
  if (fsync (to->fd) < 0 || g_rename (to->path, self->path) < 0)
    return monocle_growing_file_fail (error, self->path, g_strerror (errno));
  close (self->fd);
  self->fd = to->fd;
  self->end = to->end;
  to->fd = -1;
  return TRUE;
}
