/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export/private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/models/store.h"
#include "app/base/output.h"

/* A folder with more files of one name than this is not meant. */
#define MAX_TRIES 10000

void
monocle_export_file_set_error (GError **error, GFile *file, const GError *cause)
{
  g_autofree char *name = NULL;
  const char *reason;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_error_copy (cause));
      return;
    }
  name = g_file_get_parse_name (file);
  /* GLib names its temporary file, which says nothing to anybody; the reason is at the end. */
  reason = strrchr (cause->message, ':');
  reason = reason && reason[1] == ' ' ? reason + 2 : cause->message;
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
               _ ("“%s” could not be written: %s"), name, reason);
}

gboolean
monocle_export_file_check (GFile *source, GFile *target, GError **error)
{
  g_autoptr (MonocleFileSet) inputs = monocle_file_set_new ();
  g_autofree char *name = NULL, *input = NULL;

  /* What is far away has no other names. */
  if (!g_file_peek_path (target))
    {
      if (!source || !g_file_equal (source, target))
        return TRUE;
    }
  else
    {
      if (source && g_file_peek_path (source))
        monocle_file_set_add (inputs, g_file_peek_path (source));
      input = monocle_output_find_input (inputs, g_file_peek_path (target));
      if (!input)
        return TRUE;
    }
  name = g_file_get_parse_name (target);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
               input && monocle_model_store_is_part (input)
                   ? _ ("“%s” belongs to a model. Choose another name.")
                   : _ ("“%s” is the picture itself. Choose another name."),
               name);
  return FALSE;
}

gboolean
monocle_export_file_write (GFile *file, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) cause = NULL;
  gboolean written;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (g_file_is_native (file) && g_file_peek_path (file))
    written = monocle_output_write (g_file_peek_path (file), data, size, &cause);
  else
    written = g_file_replace_contents (file, data ? data : "", size, NULL, FALSE,
                                       G_FILE_CREATE_NONE, NULL, cancellable, &cause);
  if (!written)
    monocle_export_file_set_error (error, file, cause);

  return written;
}

/* Makes an empty file of a name that nobody has: so it is ours to be replaced. */
static GFile *
reserve (GFile *folder,
         const char *name,
         const char *extension,
         GCancellable *cancellable,
         GError **error)
{
  for (guint i = 1; i <= MAX_TRIES; i++)
    {
      g_autofree char *full = i == 1 ? g_strdup_printf ("%s.%s", name, extension)
                                     : g_strdup_printf ("%s-%u.%s", name, i, extension);
      g_autoptr (GFile) file = g_file_get_child (folder, full);
      g_autoptr (GError) cause = NULL;
      g_autoptr (GFileOutputStream) stream
          = g_file_create (file, G_FILE_CREATE_NONE, cancellable, &cause);

      if (stream && g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, &cause))
        return g_steal_pointer (&file);
      if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_EXISTS) || i == MAX_TRIES)
        {
          monocle_export_file_set_error (error, file, cause);
          return NULL;
        }
    }
  g_return_val_if_reached (NULL);
}

GFile *
monocle_export_file_write_new (GFile *folder,
                               const char *name,
                               const char *extension,
                               GBytes *bytes,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autoptr (GFile) file = reserve (folder, name, extension, cancellable, error);

  if (!file)
    return NULL;
  if (!monocle_export_file_write (file, bytes, cancellable, error))
    {
      g_file_delete (file, NULL, NULL);
      return NULL;
    }
  return g_steal_pointer (&file);
}
