/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/source.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/pictures/kinds.h"
#include "app/pictures/size.h"

#define MAX_DEPTH      12
#define MAX_NAME_BYTES 1024
#define PEEK_BYTES     4096
/* Beyond it, nothing is a place in a picture. */
#define MAX_NUMBER 1e9
/* What stands for bytes that are no UTF-8. */
#define REPLACED 0xfffd

/* --- Files --- */

GPtrArray *
monocle_exchange_list_alike (const char *path,
                             const char *extension,
                             gboolean (*looks_alike) (const char *path))
{
  g_autoptr (GPtrArray) names = NULL;
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_ptr_array_add (paths, g_strdup (path));
      return paths;
    }
  names = monocle_exchange_list_files (path, extension, NULL);
  for (guint i = 0; names && i < names->len; i++)
    {
      g_autofree char *file = g_build_filename (path, names->pdata[i], NULL);

      if (looks_alike (file))
        g_ptr_array_add (paths, g_steal_pointer (&file));
    }
  return paths;
}

gboolean
monocle_exchange_has_extension (const char *path, const char *extension)
{
  const gsize length = strlen (path), n = strlen (extension);

  return length > n && path[length - n - 1] == '.'
         && g_ascii_strcasecmp (path + length - n, extension) == 0;
}

static gboolean
is_wanted (const char *name, const char *extension)
{
  return extension ? monocle_exchange_has_extension (name, extension)
                   : monocle_picture_kinds_is_picture (NULL, name);
}

/* @below: path of it below @root; "" for that itself */
static void
list_folder (
    const char *root, const char *below, const char *extension, guint depth, GPtrArray *names)
{
  g_autofree char *path = g_build_filename (root, below, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inner = *below ? g_build_filename (below, name, NULL) : g_strdup (name);
      g_autofree char *full = g_build_filename (root, inner, NULL);
      GStatBuf status;

      if (name[0] == '.')
        continue;
      if (is_wanted (name, extension))
        g_ptr_array_add (names, g_steal_pointer (&inner));
      else if (depth > 0 && g_lstat (full, &status) == 0 && S_ISDIR (status.st_mode))
        list_folder (root, inner, extension, depth - 1, names);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
monocle_exchange_list_files (const char *folder, const char *extension, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &cause);
  GPtrArray *names;

  if (!dir)
    {
      monocle_file_set_error (error, folder, "%s", cause->message);
      return NULL;
    }
  names = g_ptr_array_new_with_free_func (g_free);
  list_folder (folder, "", extension, MAX_DEPTH, names);
  g_ptr_array_sort (names, compare_names);
  return names;
}

gboolean
monocle_exchange_read_files (MonocleExchangeSource *source,
                             const char *extension,
                             gboolean (*counts) (const char *below),
                             MonocleExchangeReadFile read_file,
                             MonocleExchangeTake take,
                             gpointer user_data,
                             GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (!g_file_test (source->path, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *folder = g_path_get_dirname (source->path);
      g_autofree char *single = g_path_get_basename (source->path);

      return read_file (source, folder, single, take, user_data, error);
    }
  names = monocle_exchange_list_files (source->path, extension, error);
  for (guint i = 0; names && i < names->len; i++)
    if ((!counts || counts (names->pdata[i]))
        && !read_file (source, source->path, names->pdata[i], take, user_data, error))
      return FALSE;
  return names != NULL;
}

gboolean
monocle_exchange_first_looks (const char *path,
                              const char *root,
                              const char *extension,
                              gboolean (*looks_alike) (const char *path))
{
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *first = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return monocle_exchange_has_extension (path, extension) && looks_alike (path);
  root = root ? root : path;
  names = monocle_exchange_list_files (root, extension, NULL);
  if (!names || names->len == 0)
    return FALSE;
  first = g_build_filename (root, names->pdata[0], NULL);
  return looks_alike (first);
}

char *
monocle_exchange_peek (const char *path)
{
  g_autofree char *text = g_malloc0 (PEEK_BYTES + 1);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  GStatBuf status;

  if (fd < 0)
    return g_strdup ("");
  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode) || read (fd, text, PEEK_BYTES) < 0)
    text[0] = '\0';
  close (fd);
  return g_steal_pointer (&text);
}

gboolean
monocle_exchange_is_empty_list (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);
  const char *rest = g_strstrip (text);

  return *rest == '[' && strcmp (g_strchug ((char *) rest + 1), "]") == 0;
}

char *
monocle_exchange_strip_extension (const char *name)
{
  const char *dot = strrchr (name, '.');

  return dot && dot > name && dot[-1] != '/' && !strchr (dot, '/')
             ? g_strndup (name, (gsize) (dot - name))
             : g_strdup (name);
}

/* --- Names --- */

static gboolean
is_inside (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  for (guint i = 0; parts[i]; i++)
    if (strcmp (parts[i], "..") == 0 || strlen (parts[i]) > 255)
      return FALSE;
  return g_strv_length (parts) <= MAX_DEPTH;
}

static gboolean
is_clean (const char *name)
{
  for (const char *p = name; *p; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

char *
monocle_exchange_make_name (const char *name)
{
  const gboolean is_text = g_utf8_validate (name, -1, NULL);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString *clean = g_string_new (NULL);

  for (const char *p = valid; *p; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (
          clean, (c == REPLACED && !is_text) || c == '\\' || g_unichar_iscntrl (c) ? '_' : c);
    }
  return g_string_free (clean, FALSE);
}

char *
monocle_exchange_dup_name (const char *name, const char *where, GError **error)
{
  g_autofree char *result = g_strdup (name);
  const char *start = result;

  g_strdelimit (result, "\\", '/');
  while (g_str_has_prefix (start, "./"))
    start += 2;
  if (*start && g_utf8_validate (start, -1, NULL) && is_clean (start) && *start != '/'
      && strlen (start) <= MAX_NAME_BYTES && is_inside (start) && !g_str_has_suffix (start, "/")
      && strcmp (start, ".") != 0 && !(g_ascii_isalpha (start[0]) && start[1] == ':'))
    return g_strdup (start);
  monocle_file_set_error (error, where,
                          "picture \"%s\": expected a name inside the folder of pictures", name);
  return NULL;
}

char *
monocle_exchange_dup_last_name (const char *name, const char *where, GError **error)
{
  g_autofree char *path = g_strdup (name);
  const char *slash;

  g_strdelimit (path, "\\", '/');
  slash = strrchr (path, '/');
  return monocle_exchange_dup_name (slash ? slash + 1 : path, where, error);
}

/* --- Pictures --- */

static gboolean
try_path (MonocleSample *sample, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  g_free (sample->path);
  sample->path = g_steal_pointer (&path);
  return TRUE;
}

void
monocle_exchange_source_find_picture (const MonocleExchangeSource *self,
                                      MonocleSample *sample,
                                      const char *folder)
{
  g_autofree char *last = g_path_get_basename (sample->name);
  g_autofree char *beside = NULL, *below = NULL;

  if (self->images
      && (try_path (sample, self->images, sample->name) || try_path (sample, self->images, last)))
    return;
  if (folder && try_path (sample, folder, sample->name))
    return;
  beside = g_file_test (self->path, G_FILE_TEST_IS_DIR) ? g_strdup (self->path)
                                                        : g_path_get_dirname (self->path);
  below = g_build_filename (beside, "images", NULL);
  if (!try_path (sample, below, sample->name))
    try_path (sample, beside, sample->name);
}

gboolean
monocle_exchange_measure (MonocleSample *sample, const char *where, GError **error)
{
  if (sample->width > 0 && sample->height > 0)
    return TRUE;
  if (sample->path)
    return monocle_picture_read_size (sample->path, &sample->width, &sample->height, error);
  return monocle_file_set_error (
      error, where, "there is no picture \"%s\", whose size is needed; --images says where it is",
      sample->name);
}

gboolean
monocle_exchange_check_size (gint64 width, gint64 height, const char *where, GError **error)
{
  if (width >= 1 && width <= MONOCLE_IMAGE_MAX_SIDE && height >= 1
      && height <= MONOCLE_IMAGE_MAX_SIDE && width * height <= MONOCLE_MASK_MAX_PIXELS)
    return TRUE;
  return monocle_file_set_error (
      error, where, "%" G_GINT64_FORMAT " x %" G_GINT64_FORMAT " pixels are no size of a picture",
      width, height);
}

/* --- Numbers --- */

gboolean
monocle_exchange_read_size (JsonObject *object,
                            const char *where,
                            const char *width_key,
                            const char *height_key,
                            guint *width,
                            guint *height,
                            GError **error)
{
  gint64 sides[2] = { 0, 0 };

  if (!monocle_json_get_int (object, where, width_key, MONOCLE_JSON_OPTIONAL, G_MININT64,
                             G_MAXINT64, &sides[0], error)
      || !monocle_json_get_int (object, where, height_key, MONOCLE_JSON_OPTIONAL, G_MININT64,
                                G_MAXINT64, &sides[1], error)
      || ((sides[0] || sides[1])
          && !monocle_exchange_check_size (sides[0], sides[1], where, error)))
    return FALSE;
  *width = (guint) sides[0];
  *height = (guint) sides[1];
  return TRUE;
}

gboolean
monocle_exchange_read_number (const char *text, double *number)
{
  char *end;
  double value = g_ascii_strtod (text, &end);

  if (end == text || !isfinite (value) || fabs (value) > MAX_NUMBER)
    return FALSE;
  /* It knows other ways to write numbers than files have. */
  for (const char *p = text; p < end; p++)
    if (g_ascii_isalpha (*p) && *p != 'e' && *p != 'E')
      return FALSE;
  while (g_ascii_isspace (*end))
    end++;
  if (*end)
    return FALSE;
  *number = value;
  return TRUE;
}

GArray *
monocle_exchange_read_numbers (const char *text, const char *separators)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  const char *p = text;

  for (;;)
    {
      char word[64];
      double number;
      gsize length;

      p += strspn (p, separators);
      if (!*p)
        return g_steal_pointer (&numbers);
      length = strcspn (p, separators);
      if (length >= sizeof word)
        return NULL;
      memcpy (word, p, length);
      word[length] = '\0';
      if (!monocle_exchange_read_number (word, &number))
        return NULL;
      g_array_append_val (numbers, number);
      p += length;
    }
}
