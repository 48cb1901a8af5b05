/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/base/output.h"

#define CHUNK_BYTES (256 * 1024)
/* After that much the way there counts as good again. */
#define GOOD_BYTES (1024 * 1024)
/* How often bytes may turn out to be others than they should, and all of them be asked for again.
 */
#define MAX_AFRESH  3
#define MAX_DELAY_S 30
/* A server that wants more peace than that is left in peace. */
#define MAX_WAIT_S 120
/* Of a file whose size nobody said. */
#define MAX_UNKNOWN_BYTES (G_GUINT64_CONSTANT (256) * 1024 * 1024)

const MonoclePatience monocle_patience_default = {
  .timeout_s = 30,
  .first_delay_ms = 1000,
  .n_attempts = 6,
};

/* A file between two attempts. */
typedef struct
{
  const MonocleFetch *fetch;
  const MonocleManifestFile *file;
  GCancellable *cancellable;
  char *path;
  int fd;
  guint64 offset;      /* what is in it, and hashed */
  GChecksum *checksum; /* of that */
  guint n_failures, n_afresh;
  guint64 good_offset; /* where the last failure was */
} Part;

static void
part_clear (Part *part)
{
  if (part->fd >= 0)
    close (part->fd);
  g_clear_pointer (&part->checksum, g_checksum_free);
  g_free (part->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

static void
count (const Part *part, gint64 n, gboolean fresh)
{
  part->fetch->count (n, fresh, part->fetch->user_data);
}

static MonocleHttpFate
fail_writing (const Part *part, GError **error)
{
  if (errno == ENOSPC || errno == EDQUOT)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "%s: the disk is full", part->path);
  else
    monocle_app_error_set_write (error, part->path, errno);
  return MONOCLE_HTTP_NEVER;
}

/* Back to nothing. */
static gboolean
begin_anew (Part *part, GError **error)
{
  count (part, -(gint64) part->offset, FALSE);
  part->offset = part->good_offset = 0;
  g_checksum_reset (part->checksum);
  if (ftruncate (part->fd, 0) == 0 && lseek (part->fd, 0, SEEK_SET) == 0)
    return TRUE;
  fail_writing (part, error);
  return FALSE;
}

/* Takes up what came before; that has to be read once more, for the hash. */
static gboolean
take_up (Part *part, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  ssize_t n;

  part->fd = g_open (part->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (part->fd < 0)
    {
      fail_writing (part, error);
      return FALSE;
    }
  part->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  while ((n = read (part->fd, buffer, CHUNK_BYTES)) > 0)
    {
      if (g_cancellable_set_error_if_cancelled (part->cancellable, error))
        return FALSE;
      g_checksum_update (part->checksum, buffer, n);
      part->offset += (guint64) n;
      count (part, n, FALSE);
    }
  part->good_offset = part->offset;
  if (n < 0 || (part->file->size && part->offset > part->file->size))
    return begin_anew (part, error);
  return TRUE;
}

static MonocleHttpFate
set_wrong (const Part *part, MonocleHttpFate fate, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static MonocleHttpFate
set_wrong (const Part *part, MonocleHttpFate fate, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRONG_BYTES, "%s: %s", part->fetch->name,
               what);
  return fate;
}

/* From the answer into the file. @expected: 0 where nobody knows. */
static MonocleHttpFate
copy (Part *part, GInputStream *body, guint64 expected, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  guint64 limit = expected ? expected : MAX_UNKNOWN_BYTES;

  for (;;)
    {
      GError *problem = NULL;
      gssize n = g_input_stream_read (body, buffer, CHUNK_BYTES, part->cancellable, &problem);

      if (n < 0)
        {
          gboolean stopped = g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED);

          if (stopped)
            g_propagate_error (error, problem);
          else
            {
              g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK, "%s: %s",
                           part->fetch->name, problem->message);
              g_error_free (problem);
            }
          return stopped ? MONOCLE_HTTP_NEVER : MONOCLE_HTTP_AGAIN;
        }
      if (n == 0)
        break;
      if (part->offset + (guint64) n > limit)
        return set_wrong (part, MONOCLE_HTTP_AFRESH, error,
                          "more comes than the %" G_GUINT64_FORMAT " bytes that it should have",
                          limit);
      if (!monocle_output_write_all (part->fd, buffer, (gsize) n))
        return fail_writing (part, error);
      g_checksum_update (part->checksum, buffer, n);
      part->offset += (guint64) n;
      count (part, n, TRUE);
    }
  if (expected && part->offset < expected)
    return set_wrong (part, MONOCLE_HTTP_AGAIN, error,
                      "it ended after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes",
                      part->offset, expected);
  return MONOCLE_HTTP_FINE;
}

static MonocleHttpFate
attempt (Part *part, guint *wait_s, GError **error)
{
  const MonocleFetch *fetch = part->fetch;
  g_autofree char *etag = monocle_partial_dup_etag (fetch->partial, fetch->name);
  g_auto (MonocleHttpAnswer) answer = { 0 };
  guint64 size = part->file->size;
  MonocleHttpFate fate;

  /* Without either nobody could tell whether the rest is of the same file. */
  if (part->offset > 0 && !etag && !part->file->sha256 && !begin_anew (part, error))
    return MONOCLE_HTTP_NEVER;
  fate = monocle_http_get (fetch->http, fetch->address, part->offset, etag, part->cancellable,
                           &answer, error);
  *wait_s = answer.wait_s;
  if (fate != MONOCLE_HTTP_FINE)
    return fate;
  if (size && answer.total >= 0 && (guint64) answer.total != size)
    return set_wrong (part, MONOCLE_HTTP_AGAIN, error,
                      "the server's has %" G_GINT64_FORMAT " bytes, not %" G_GUINT64_FORMAT,
                      answer.total, size);
  if (answer.start > 0 && etag
      && (answer.etag ? !g_str_equal (etag, answer.etag) : !part->file->sha256))
    return set_wrong (part, MONOCLE_HTTP_AFRESH, error, "it changed on the server meanwhile");
  if (answer.start == 0 && part->offset > 0 && !begin_anew (part, error))
    return MONOCLE_HTTP_NEVER;
  if (answer.start == 0
      && !monocle_partial_set_etag (fetch->partial, fetch->name, answer.etag, error))
    return MONOCLE_HTTP_NEVER;
  return copy (part, answer.body, size ? size : (guint64) MAX (answer.total, 0), error);
}

/* All of it is there: is it what it should be? */
static MonocleHttpFate
check (Part *part, GError **error)
{
  const char *sha256 = g_checksum_get_string (part->checksum);

  if (part->file->sha256 && !g_str_equal (part->file->sha256, sha256))
    return set_wrong (part, MONOCLE_HTTP_AFRESH, error,
                      "its bytes have another hash than they should: they were damaged on the way");
  if (part->offset == 0)
    return set_wrong (part, MONOCLE_HTTP_AFRESH, error, "it is empty");
  if (fsync (part->fd) != 0)
    return fail_writing (part, error);
  if (!monocle_partial_finish_file (part->fetch->partial, part->fetch->name, sha256, error))
    return MONOCLE_HTTP_NEVER;
  return MONOCLE_HTTP_FINE;
}

/* FALSE when it was cancelled meanwhile. */
static gboolean
sleep_ms (guint ms, GCancellable *cancellable, GError **error)
{
  GPollFD fd;
  gint64 until = g_get_monotonic_time () + (gint64) ms * 1000;

  if (g_cancellable_make_pollfd (cancellable, &fd))
    {
      for (gint64 left; (left = until - g_get_monotonic_time ()) > 0;)
        if (g_poll (&fd, 1, (gint) (left / 1000 + 1)) > 0)
          break;
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong) ms * 1000);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static guint
choose_delay (const MonoclePatience *patience, guint n_failures)
{
  guint64 ms = (guint64) patience->first_delay_ms << MIN (n_failures - 1, 10);

  ms = MIN (ms, MAX_DELAY_S * 1000);
  /* Not all threads at the same moment. */
  return (guint) (ms * (guint64) g_random_int_range (75, 126) / 100);
}

/* After a failure: whether and when to try again. Takes @problem. */
static gboolean
wait_for_next (const MonoclePatience *patience,
               guint n_failures,
               guint wait_s,
               GCancellable *cancellable,
               GError *problem,
               GError **error)
{
  if (n_failures >= patience->n_attempts || wait_s > MAX_WAIT_S)
    {
      if (wait_s > MAX_WAIT_S)
        g_prefix_error (&problem, "(it says to wait for %u s) ", wait_s);
      g_propagate_error (error, problem);
      return FALSE;
    }
  g_error_free (problem);
  return sleep_ms (MAX (choose_delay (patience, n_failures), wait_s * 1000), cancellable, error);
}

gboolean
monocle_fetch_file (const MonocleFetch *self, GCancellable *cancellable, GError **error)
{
  g_auto (Part) part = {
    .fetch = self,
    .file = monocle_manifest_find (monocle_partial_get_manifest (self->partial), self->name),
    .cancellable = cancellable,
    .path = monocle_partial_dup_part (self->partial, self->name),
    .fd = -1,
  };

  if (!take_up (&part, error))
    return FALSE;
  for (;;)
    {
      GError *problem = NULL;
      MonocleHttpFate fate = MONOCLE_HTTP_FINE;
      guint wait_s = 0;

      if (!part.file->size || part.offset < part.file->size)
        fate = attempt (&part, &wait_s, &problem);
      if (fate == MONOCLE_HTTP_FINE)
        fate = check (&part, &problem);
      if (fate == MONOCLE_HTTP_FINE)
        return TRUE;
      if (fate == MONOCLE_HTTP_NEVER || g_cancellable_is_cancelled (cancellable)
          || (fate == MONOCLE_HTTP_AFRESH && ++part.n_afresh > MAX_AFRESH))
        {
          /* What is known to be wrong is not gone on with another day. */
          if (fate == MONOCLE_HTTP_AFRESH)
            begin_anew (&part, NULL);
          g_propagate_error (error, problem);
          return FALSE;
        }
      if (fate == MONOCLE_HTTP_AFRESH && !begin_anew (&part, error))
        {
          g_error_free (problem);
          return FALSE;
        }
      if (part.offset >= part.good_offset + GOOD_BYTES)
        part.n_failures = 0;
      part.good_offset = part.offset;
      if (!wait_for_next (self->patience, ++part.n_failures, wait_s, cancellable, problem, error))
        return FALSE;
    }
}

static MonocleHttpFate
read_text (GInputStream *body,
           const char *address,
           GByteArray *text,
           gsize max_bytes,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  gssize n;

  while ((n = g_input_stream_read (body, buffer, CHUNK_BYTES, cancellable, error)) > 0)
    {
      g_byte_array_append (text, buffer, (guint) n);
      if (text->len > max_bytes)
        {
          g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK,
                       "%s: the answer is longer than %" G_GSIZE_FORMAT " bytes", address,
                       max_bytes);
          return MONOCLE_HTTP_NEVER;
        }
    }
  return n == 0 ? MONOCLE_HTTP_FINE : MONOCLE_HTTP_AGAIN;
}

GBytes *
monocle_fetch_text (MonocleHttp *http,
                    const MonoclePatience *patience,
                    const char *address,
                    gsize max_bytes,
                    GCancellable *cancellable,
                    GError **error)
{
  for (guint n_failures = 1;; n_failures++)
    {
      g_auto (MonocleHttpAnswer) answer = { 0 };
      g_autoptr (GByteArray) text = g_byte_array_new ();
      GError *problem = NULL;
      MonocleHttpFate fate
          = monocle_http_get (http, address, 0, NULL, cancellable, &answer, &problem);

      if (fate == MONOCLE_HTTP_FINE)
        fate = read_text (answer.body, address, text, max_bytes, cancellable, &problem);
      if (fate == MONOCLE_HTTP_FINE)
        return g_byte_array_free_to_bytes (g_steal_pointer (&text));
      if (fate == MONOCLE_HTTP_NEVER || g_cancellable_is_cancelled (cancellable))
        {
          g_propagate_error (error, problem);
          return NULL;
        }
      if (!wait_for_next (patience, n_failures, answer.wait_s, cancellable, problem, error))
        return NULL;
    }
}
