/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "app/base/output.h"

/* What the file begins with. */
#define MARK       "MONOCLE1"
#define MARK_BYTES 8

#define HEAD_BYTES   8
#define RECORD_BYTES (64 * 1024 * 1024) /* more is nonsense */
#define FILE_BYTES   (1024 * 1024 * 1024)
#define RECORD_TYPE  G_VARIANT_TYPE ("(ymv)")

struct _MonocleJournal
{
  char *path;
  int fd;          /* -1: there is no file yet */
  guint64 n_bytes; /* of what is sound */
  guint64 n_short; /* of them: up to the last MONOCLE_RECORD_SHORT */
};

static gboolean
fail (GError **error, const char *path, int number)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", name,
               g_strerror (number));
  return FALSE;
}

static gpointer
fail_pointer (GError **error, const char *path, int number)
{
  fail (error, path, number);
  return NULL;
}

/* Of the bytes of a record: the first ones of their SHA-256. */
static guint32
get_check (gconstpointer bytes, gsize n)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  guint32 check;

  g_checksum_update (checksum, bytes, (gssize) n);
  g_checksum_get_digest (checksum, digest, &length);
  memcpy (&check, digest, sizeof check);
  return GUINT32_FROM_LE (check);
}

static guint32
get_number (const guint8 *bytes)
{
  guint32 number;

  memcpy (&number, bytes, sizeof number);
  return GUINT32_FROM_LE (number);
}

/* --- Reading --- */

/* (transfer full) (nullable): the record of these bytes, as this machine has numbers */
static GVariant *
read_record (const guint8 *bytes, gsize n)
{
  g_autoptr (GBytes) copy = g_bytes_new (bytes, n); /* where values may lie */
  g_autoptr (GVariant) record
      = g_variant_ref_sink (g_variant_new_from_bytes (RECORD_TYPE, copy, FALSE));

  if (!g_variant_is_normal_form (record))
    return NULL;
  return G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap (record) : g_steal_pointer (&record);
}

static void
hand_over (GVariant *record, MonocleRecordFunc func, gpointer data)
{
  g_autoptr (GVariant) content = NULL;
  guchar type;

  g_variant_get (record, "(ymv)", &type, &content);
  func ((MonocleRecordType) type, content, data);
}

/* Whether it is a record that says where the file is as short as it can be. */
static gboolean
is_short (GVariant *record)
{
  guchar type;

  g_variant_get_child (record, 0, "y", &type);
  return type == MONOCLE_RECORD_SHORT;
}

/* Returns: how many bytes of them are sound, and in @is_torn whether the rest is no more than a
 * record which was not written to its end; in @n_short see MonocleJournal. */
static gsize
read_records (const guint8 *bytes,
              gsize n,
              MonocleRecordFunc func,
              gpointer data,
              gboolean *is_torn,
              guint64 *n_short)
{
  gsize at = MARK_BYTES;

  *is_torn = n < MARK_BYTES && memcmp (bytes, MARK, n) == 0;
  if (n < MARK_BYTES || memcmp (bytes, MARK, MARK_BYTES) != 0)
    return 0;
  while (n - at >= HEAD_BYTES)
    {
      const gsize length = get_number (bytes + at);
      g_autoptr (GVariant) record = NULL;

      if (length > RECORD_BYTES || length > n - at - HEAD_BYTES)
        break;
      if (get_check (bytes + at + HEAD_BYTES, length) != get_number (bytes + at + 4)
          || !(record = read_record (bytes + at + HEAD_BYTES, length)))
        return at;
      hand_over (record, func, data);
      at += HEAD_BYTES + length;
      if (is_short (record))
        *n_short = at;
    }
  *is_torn = TRUE;
  return at;
}

static gboolean
keep_damaged (const char *path, const guint8 *bytes, gsize n, GError **error)
{
  g_autofree char *aside = g_strconcat (path, MONOCLE_JOURNAL_DAMAGED, NULL);

  return g_file_set_contents_full (aside, (const char *) bytes, (gssize) n,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* (transfer full) (nullable): all of a file that is open */
static guint8 *
read_bytes (int fd, const char *path, gsize *n_bytes, GError **error)
{
  struct stat info;
  g_autofree guint8 *bytes = NULL;
  gsize n = 0;

  if (fstat (fd, &info) != 0)
    return fail_pointer (error, path, errno);
  if (!S_ISREG (info.st_mode) || info.st_size > FILE_BYTES)
    return fail_pointer (error, path, S_ISREG (info.st_mode) ? EFBIG : EINVAL);
  bytes = g_try_malloc ((gsize) info.st_size + 1);
  if (!bytes)
    return fail_pointer (error, path, ENOMEM);
  while (n < (gsize) info.st_size)
    {
      const gssize got = pread (fd, bytes + n, (gsize) info.st_size - n, (off_t) n);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return fail_pointer (error, path, errno);
      if (got == 0)
        break;
      n += (gsize) got;
    }
  *n_bytes = n;
  return g_steal_pointer (&bytes);
}

/* All of a file that this has open, which is sound afterwards. */
static gboolean
read_all (MonocleJournal *self, MonocleRecordFunc func, gpointer data, GError **error)
{
  gsize n;
  g_autofree guint8 *bytes = read_bytes (self->fd, self->path, &n, error);
  gboolean is_torn;

  if (!bytes)
    return FALSE;
  self->n_bytes = read_records (bytes, n, func, data, &is_torn, &self->n_short);
  if (self->n_bytes < n && !is_torn && !keep_damaged (self->path, bytes, n, error))
    return FALSE;
  if (self->n_bytes < n && ftruncate (self->fd, (off_t) self->n_bytes) != 0)
    return fail (error, self->path, errno);
  return TRUE;
}

gboolean
monocle_journal_read (const char *path, MonocleRecordFunc func, gpointer data, GError **error)
{
  g_autofree guint8 *bytes = NULL;
  guint64 n_short;
  gboolean is_torn;
  gsize n = 0;
  int fd;

  g_return_val_if_fail (path && func, FALSE);

  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return fail (error, path, errno);
  bytes = read_bytes (fd, path, &n, error);
  close (fd);
  if (bytes)
    read_records (bytes, n, func, data, &is_torn, &n_short);
  return bytes != NULL;
}

/* --- Opened and closed --- */

/* Whether what is open is still what is called so: it may have been written anew meanwhile. */
static gboolean
is_current (MonocleJournal *self)
{
  struct stat info, named;

  return fstat (self->fd, &info) == 0 && lstat (self->path, &named) == 0
         && info.st_dev == named.st_dev && info.st_ino == named.st_ino;
}

/* Of a file that is there, or with O_CREAT is made. */
static gboolean
open_file (MonocleJournal *self, int flags, GError **error)
{
  gboolean is_locked;
  int number;

  self->fd = open (self->path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0)
    return fail (error, self->path, errno);
  is_locked = flock (self->fd, LOCK_EX | LOCK_NB) == 0;
  number = is_locked || errno == EWOULDBLOCK ? EBUSY : errno;
  if (is_locked && is_current (self))
    return TRUE;
  /* Whoever put another one in its place has that open. */
  close (self->fd);
  self->fd = -1;
  return fail (error, self->path, number);
}

MonocleJournal *
monocle_journal_open (const char *path, MonocleRecordFunc func, gpointer data, GError **error)
{
  MonocleJournal *self;
  g_autoptr (GError) fault = NULL;

  g_return_val_if_fail (path && func, NULL);

  self = g_new0 (MonocleJournal, 1);
  self->path = g_strdup (path);
  self->fd = -1;
  if (open_file (self, 0, &fault) ? read_all (self, func, data, error)
                                  : g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return self;
  if (fault)
    g_propagate_error (error, g_steal_pointer (&fault));
  monocle_journal_close (self);
  return NULL;
}

void
monocle_journal_close (MonocleJournal *self)
{
  if (!self)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self);
}

gboolean
monocle_journal_is_empty (MonocleJournal *self)
{
  return self->n_bytes <= MARK_BYTES;
}

const char *
monocle_journal_get_path (MonocleJournal *self)
{
  return self->path;
}

guint64
monocle_journal_get_size (MonocleJournal *self, guint64 *n_short)
{
  *n_short = self->n_short;
  return self->n_bytes;
}

/* --- Writing --- */

/* Another program may have made it meanwhile. */
static gboolean
make_file (MonocleJournal *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  struct stat info;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return fail (error, folder, errno);
  if (!open_file (self, O_CREAT, error))
    return FALSE;
  if (fstat (self->fd, &info) != 0 || info.st_size > 0)
    {
      close (self->fd);
      self->fd = -1;
      return fail (error, self->path, EBUSY);
    }
  return TRUE;
}

gboolean
monocle_journal_append (MonocleJournal *self,
                        MonocleRecordType type,
                        GVariant *content,
                        GError **error)
{
  g_autoptr (GVariant) record
      = g_variant_ref_sink (g_variant_new ("(ymv)", (guchar) type, content));
  g_autoptr (GVariant) swapped
      = G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap (record) : g_variant_ref (record);
  const gsize length = g_variant_get_size (swapped);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 head[2];

  if (length > RECORD_BYTES || self->n_bytes + length > FILE_BYTES)
    return fail (error, self->path, EFBIG);
  if (self->fd < 0 && !make_file (self, error))
    return FALSE;
  if (self->n_bytes == 0)
    g_byte_array_append (bytes, (const guint8 *) MARK, MARK_BYTES);
  head[0] = GUINT32_TO_LE ((guint32) length);
  head[1] = GUINT32_TO_LE (get_check (g_variant_get_data (swapped), length));
  g_byte_array_append (bytes, (const guint8 *) head, sizeof head);
  g_byte_array_append (bytes, g_variant_get_data (swapped), (guint) length);
  if (!monocle_output_append (self->fd, &self->n_bytes, bytes->data, bytes->len))
    return fail (error, self->path, errno);
  if (type == MONOCLE_RECORD_SHORT)
    self->n_short = self->n_bytes;
  return TRUE;
}

/* --- Written anew --- */

static void
pass_over (MonocleRecordType type, GVariant *content, gpointer data)
{
}

/* That there is a file called so outlasts a power cut. Where it does not, there is the one before.
 */
static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

gboolean
monocle_journal_rewrite (MonocleJournal *self,
                         MonocleRewriteFunc func,
                         gpointer data,
                         GError **error)
{
  g_autofree char *path = NULL;
  MonocleJournal *fresh;

  g_return_val_if_fail (self && func, FALSE);

  /* Nobody else has it: this has the journal. */
  path = g_strconcat (self->path, MONOCLE_JOURNAL_FRESH, NULL);
  g_unlink (path);
  fresh = monocle_journal_open (path, pass_over, NULL, error);
  if (!fresh)
    return FALSE;
  if (!func (fresh, data, error) || fresh->fd < 0 || fsync (fresh->fd) != 0
      || g_rename (path, self->path) != 0)
    {
      if (!error || !*error)
        fail (error, path, errno);
      monocle_journal_close (fresh);
      g_unlink (path);
      return FALSE;
    }
  sync_folder (self->path);
  /* Locked before it got its name, and only now is the one before let go. */
  if (self->fd >= 0)
    close (self->fd);
  self->fd = fresh->fd;
  self->n_bytes = fresh->n_bytes;
  self->n_short = fresh->n_short;
  fresh->fd = -1;
  monocle_journal_close (fresh);
  return TRUE;
}
