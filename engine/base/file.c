/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files from strangers: open, check, bound, and word the errors. See file.h.
 */
#include "config.h"

#include "engine/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/error.h"

/* A message is one line for a terminal; hostile names can be as long as their file. */
#define MAX_MESSAGE_CHARS 300

/* Opens a regular file that holds at least one byte. Never blocks on a pipe. */
static int
open_regular (const char *path, guint64 *size_bytes, GError **error)
{
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    {
      monocle_file_set_error (error, path, "%s",
                              errno == ENOENT ? "no such file" : g_strerror (errno));
      return -1;
    }
  if (fstat (fd, &info) < 0)
    monocle_file_set_error (error, path, "%s", g_strerror (errno));
  else if (S_ISDIR (info.st_mode))
    monocle_file_set_error (error, path, "is a directory, expected a file");
  else if (!S_ISREG (info.st_mode))
    monocle_file_set_error (error, path, "is no regular file");
  else if (info.st_size <= 0)
    monocle_file_set_error (error, path, "is empty");
  else
    {
      *size_bytes = (guint64) info.st_size;
      return fd;
    }
  close (fd);
  return -1;
}

gboolean
monocle_file_exists (const char *path)
{
  struct stat info;

  return lstat (path, &info) == 0;
}

GBytes *
monocle_file_read (const char *path, guint64 max_bytes, GError **error)
{
  g_autofree guint8 *data = NULL;
  guint64 size = 0;
  gsize have = 0;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);

  fd = open_regular (path, &size, error);
  if (fd < 0)
    return NULL;
  if (size > max_bytes)
    {
      monocle_file_set_error (
          error, path, "is %" G_GUINT64_FORMAT " bytes, more than the limit of %" G_GUINT64_FORMAT,
          size, max_bytes);
      close (fd);
      return NULL;
    }
  data = g_try_malloc (size);
  if (data == NULL)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                   "no memory to read a file of %" G_GUINT64_FORMAT " bytes", size);
      close (fd);
      return NULL;
    }
  while (have < size)
    {
      gssize n = read (fd, data + have, size - have);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          monocle_file_set_error (error, path, "%s", g_strerror (errno));
          close (fd);
          return NULL;
        }
      if (n == 0)
        break;
      have += (gsize) n;
    }
  close (fd);
  if (have == 0)
    {
      monocle_file_set_error (error, path, "is empty");
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&data), have);
}

GBytes *
monocle_file_map (const char *path, GError **error)
{
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (GError) local = NULL;
  guint64 size = 0;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);

  fd = open_regular (path, &size, error);
  if (fd < 0)
    return NULL;
  mapped = g_mapped_file_new_from_fd (fd, FALSE, &local);
  close (fd);
  if (mapped == NULL)
    {
      monocle_file_set_error (error, path, "%s", local->message);
      return NULL;
    }
  if (g_mapped_file_get_length (mapped) == 0)
    {
      monocle_file_set_error (error, path, "is empty");
      return NULL;
    }
  return g_mapped_file_get_bytes (mapped);
}

/* Blanks and a byte order mark may come before it. */
static gboolean
begins_with_tag (const char *text, gsize size)
{
  static const char *const tags[] = { "<!doctype", "<html", "<head", "<?xml", "<error" };
  gsize i = size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

  while (i < size && g_ascii_isspace (text[i]))
    i++;
  for (gsize j = 0; j < G_N_ELEMENTS (tags); j++)
    if (size - i >= strlen (tags[j])
        && g_ascii_strncasecmp (text + i, tags[j], strlen (tags[j])) == 0)
      return TRUE;
  return FALSE;
}

const char *
monocle_file_recognise (const void *data, gsize size)
{
  static const char lfs[] = "version https://git-lfs.github.com/spec/";
  const guint8 *bytes = data;

  if (size >= strlen (lfs) && memcmp (data, lfs, strlen (lfs)) == 0)
    return "a Git LFS pointer, not the file itself; get that with “git lfs pull”";
  if (begins_with_tag (data, size))
    return "a web page, not the file itself; the download went wrong";
  if (size >= 2
      && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
    return "text in UTF-16; save it as UTF-8";
  if (size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
    return "compressed with gzip; unpack it first";
  if (size >= 4 && memcmp (data, "PK\3\4", 4) == 0)
    return "a ZIP archive";
  if (size >= 4 && memcmp (data, "GGUF", 4) == 0)
    return "a GGUF file, a format that is not read";
  if (size >= 4 && memcmp (data, "\211HDF", 4) == 0)
    return "an HDF5 file, a format that is not read";
  if (size >= 8 && memcmp (data, "\0\0\0\0\0\0\0\0", 8) == 0)
    return "nothing but zeros at its beginning; is the download complete?";
  return NULL;
}

gboolean
monocle_file_set_error (GError **error, const char *name, const char *format, ...)
{
  g_autofree char *what = NULL;
  g_autofree char *valid = NULL;
  g_autofree char *shown = NULL;
  g_autoptr (GString) line = NULL;
  glong n_chars = 0;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  valid = g_utf8_make_valid (what, -1);
  shown = g_filename_display_name (name);

  line = g_string_new (shown);
  g_string_append (line, ": ");
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (n_chars++ == MAX_MESSAGE_CHARS)
        {
          g_string_append (line, "...");
          break;
        }
      g_string_append_unichar (line, g_unichar_iscntrl (c) ? '?' : c);
    }
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, line->str);
  return FALSE;
}
