/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/target.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/error.h"
#include "app/base/output.h"
#include "app/exchange/source.h"
#include "app/models/folder.h"

#define FOLDER_MODE 0777

static gboolean
is_free (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  if (!dir)
    return !monocle_file_exists (path);
  return g_dir_read_name (dir) == NULL;
}

static gboolean
check_path (const char *path, gboolean is_folder, GError **error)
{
  const char *obstacle = is_folder ? NULL : monocle_output_find_obstacle (path);
  GStatBuf status;

  /* Nothing can be renamed over a device or a pipe. */
  if (!is_folder && !obstacle && g_stat (path, &status) == 0 && !S_ISREG (status.st_mode))
    obstacle = _ ("is no file that can be replaced");

  if (obstacle)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, "%s: %s", path, obstacle);
      return FALSE;
    }
  if (!is_folder || is_free (path))
    return TRUE;
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
               _ ("%s: is there already, and is no empty folder"), path);
  return FALSE;
}

/* Permissions as any new folder has them; mkdtemp() gives it to one person alone. */
static char *
make_root (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *root = monocle_folder_make_aside (parent);

  return g_mkdir (root, FOLDER_MODE) == 0 ? g_steal_pointer (&root) : NULL;
}

MonocleExchangeTarget *
monocle_exchange_target_new (const char *path, gboolean is_folder, GError **error)
{
  g_autoptr (MonocleExchangeTarget) self = g_new0 (MonocleExchangeTarget, 1);
  char *real;

  /* What a link points at is replaced, not the link. */
  real = realpath (path, NULL);
  self->path = real ? g_strdup (real) : g_canonicalize_filename (path, NULL);
  free (real);
  self->is_folder = is_folder;
  self->stems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!check_path (self->path, is_folder, error))
    return NULL;
  self->root = make_root (self->path);
  if (!self->root)
    {
      monocle_app_error_set_write (error, path, errno);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
monocle_exchange_target_free (MonocleExchangeTarget *self)
{
  if (!self)
    return;
  if (self->root)
    monocle_folder_remove (self->root, NULL, NULL);
  g_clear_pointer (&self->stems, g_hash_table_unref);
  g_free (self->root);
  g_free (self->path);
  g_free (self->file);
  g_free (self);
}

/* --- Files in it --- */

/* Whether nobody has it there; now somebody does. */
static gboolean
take (MonocleExchangeTarget *self, const char *part, const char *stem)
{
  return g_hash_table_add (self->stems, g_build_filename (part, stem, NULL));
}

char *
monocle_exchange_target_make_stem (MonocleExchangeTarget *self,
                                   const char *part,
                                   const MonocleSample *sample)
{
  char *stem = monocle_exchange_strip_extension (sample->name);

  for (guint number = 1; !take (self, part, stem); number++)
    {
      g_free (stem);
      stem
          = number == 1 ? g_strdup (sample->name) : g_strdup_printf ("%s-%u", sample->name, number);
    }
  return stem;
}

char *
monocle_exchange_target_take_stem (MonocleExchangeTarget *self,
                                   const char *part,
                                   const MonocleSample *sample,
                                   GError **error)
{
  g_autofree char *stem = monocle_exchange_strip_extension (sample->name);

  if (take (self, part, stem))
    return g_steal_pointer (&stem);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
               _ ("%s: another picture is called “%s” too, and this format leaves out what comes "
                  "behind the point"),
               sample->name, stem);
  return NULL;
}

FILE *
monocle_exchange_target_open (MonocleExchangeTarget *self, const char *name, GError **error)
{
  g_autofree char *valid = NULL, *path = NULL, *folder = NULL;
  FILE *file;

  /* Readers see to it; this is for names that are made of labels. */
  g_return_val_if_fail (!g_path_is_absolute (name) && !strstr (name, "../"), NULL);

  path = g_build_filename (self->root, name, NULL);
  folder = g_path_get_dirname (path);
  file = fopen (path, "wxe");
  if (!file && errno == ENOENT && g_mkdir_with_parents (folder, FOLDER_MODE) == 0)
    file = fopen (path, "wxe");
  if (file && !self->is_folder && !self->file)
    self->file = g_strdup (name);
  if (file)
    return file;
  if (errno == EEXIST)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
                 _ ("%s: two pictures would be written under this name"), name);
  else
    monocle_app_error_set_write (error, name, errno);
  return NULL;
}

gboolean
monocle_exchange_target_close (MonocleExchangeTarget *self,
                               const char *name,
                               FILE *file,
                               GError **error)
{
  gboolean failed;

  if (!file)
    return FALSE;
  errno = 0;
  failed = ferror (file) != 0;
  failed = fclose (file) != 0 || failed;
  return !failed || monocle_app_error_set_write (error, name, errno ? errno : EIO);
}

gboolean
monocle_exchange_target_make_folder (MonocleExchangeTarget *self, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (self->root, name, NULL);

  return g_mkdir_with_parents (path, FOLDER_MODE) == 0
         || monocle_app_error_set_write (error, name, errno);
}

gboolean
monocle_exchange_target_write (
    MonocleExchangeTarget *self, const char *name, const void *data, gsize size, GError **error)
{
  FILE *file = monocle_exchange_target_open (self, name, error);

  if (file && size > 0)
    fwrite (data, 1, size, file);
  return monocle_exchange_target_close (self, name, file, error);
}

gboolean
monocle_exchange_target_copy_picture (MonocleExchangeTarget *self,
                                      const char *name,
                                      const MonocleSample *sample,
                                      GError **error)
{
  g_autofree char *path = g_build_filename (self->root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GFile) from = NULL;
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (GError) cause = NULL;

  g_return_val_if_fail (!g_path_is_absolute (name) && !strstr (name, "../"), FALSE);

  if (!sample->path)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
                   _ ("%s: the picture is not there; --images says where it is"), sample->name);
      return FALSE;
    }
  from = g_file_new_for_path (sample->path);
  if (g_mkdir_with_parents (folder, FOLDER_MODE) != 0)
    return monocle_app_error_set_write (error, name, errno);
  if (g_file_copy (from, to, G_FILE_COPY_TARGET_DEFAULT_PERMS, NULL, NULL, NULL, &cause))
    return TRUE;
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, "%s: %s", name, cause->message);
  return FALSE;
}

/* --- The end --- */

static gboolean
finish_file (MonocleExchangeTarget *self, GError **error)
{
  g_autofree char *written = NULL;

  if (!self->file)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
                   _ ("%s: there is no picture to be written"), self->path);
      return FALSE;
    }
  written = g_build_filename (self->root, self->file, NULL);
  if (g_rename (written, self->path) != 0)
    return monocle_app_error_set_write (error, self->path, errno);
  monocle_folder_remove (self->root, NULL, NULL);
  return TRUE;
}

gboolean
monocle_exchange_target_finish (MonocleExchangeTarget *self, GError **error)
{
  gboolean done;

  if (!self->is_folder)
    done = finish_file (self, error);
  else
    done = g_rename (self->root, self->path) == 0
           || monocle_app_error_set_write (error, self->path, errno);
  if (done)
    g_clear_pointer (&self->root, g_free);
  return done;
}

void
monocle_exchange_append_number (GString *text, double number, guint decimals)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE + 32];
  char format[] = "%.0f";
  char *end;

  if (!isfinite (number))
    number = 0;
  format[2] = (char) ('0' + MIN (decimals, 9));
  g_ascii_formatd (buffer, sizeof buffer, format, number);
  if (decimals > 0)
    {
      end = buffer + strlen (buffer);
      while (end[-1] == '0')
        end--;
      if (end[-1] == '.')
        end--;
      *end = '\0';
    }
  g_string_append (text, strcmp (buffer, "-0") == 0 ? "0" : buffer);
}

char *
monocle_exchange_make_folder (const char *label)
{
  char *name = g_strdup (label);

  g_strdelimit (name, "/\\", '-');
  for (char *p = name; *p; p++)
    if (g_ascii_iscntrl (*p) || (p == name && *p == '.'))
      *p = '-';
  if (!*name)
    {
      g_free (name);
      name = g_strdup ("-");
    }
  return name;
}
