/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export/private.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/exchange/cut.h"
#include "app/pictures/picture.h"

/* Together with number, a second number and the extension it stays below 80. */
#define MAX_LABEL_BYTES 56

char *
monocle_export_make_safe (const char *label)
{
  g_autofree char *valid = g_utf8_make_valid (label, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  GString *safe = g_string_new (NULL);

  for (const char *p = composed ? composed : ""; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean keeps = g_unichar_isalnum (c) || (g_unichar_ismark (c) && safe->len > 0);

      if (safe->len + (gsize) g_unichar_to_utf8 (c, NULL) > MAX_LABEL_BYTES)
        break;
      if (keeps)
        g_string_append_unichar (safe, c);
      else if (safe->len > 0 && safe->str[safe->len - 1] != '-')
        g_string_append_c (safe, '-');
    }
  while (safe->len > 0 && safe->str[safe->len - 1] == '-')
    g_string_truncate (safe, safe->len - 1);

  return g_string_free (safe, FALSE);
}

/* --- Pictures --- */

/* Grey, without half tones, as data has it too. */
static GBytes *
encode_mask (const MonocleExportJob *job, const MonocleExportObject *object, GError **error)
{
  guint width = monocle_image_get_width (job->image);
  guint height = monocle_image_get_height (job->image);
  g_autoptr (MonocleMaskRuns) mask = NULL;

  if (width > MONOCLE_PICTURE_MAX_SIDE || height > MONOCLE_PICTURE_MAX_SIDE)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   _ ("Masks have the size of the picture, and %d × %d pixels are too many: at "
                      "most %d each way. Export the outlines as data instead."),
                   (int) width, (int) height, MONOCLE_PICTURE_MAX_SIDE);
      return NULL;
    }
  mask = monocle_shape_to_mask (object->shape, width, height);
  return monocle_cut_encode_mask (mask);
}

/* --- The folder --- */

/* What was written so far, to be taken back when the rest fails. */
typedef struct
{
  GFile *folder;
  gboolean is_new;
  GPtrArray *files;
} Written;

static void
written_clear (Written *written)
{
  g_clear_pointer (&written->files, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Written, written_clear)

static void
take_back (const Written *written)
{
  for (guint i = 0; i < written->files->len; i++)
    g_file_delete (written->files->pdata[i], NULL, NULL);
  /* Goes only when nobody else put something into it. */
  if (written->is_new)
    g_file_delete (written->folder, NULL, NULL);
}

static gboolean
make_folder (Written *written, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (g_file_make_directory (written->folder, cancellable, &cause))
    {
      written->is_new = TRUE;
      return TRUE;
    }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_EXISTS)
      && g_file_query_file_type (written->folder, G_FILE_QUERY_INFO_NONE, cancellable)
             == G_FILE_TYPE_DIRECTORY)
    return TRUE;
  monocle_export_file_set_error (error, written->folder, cause);
  return FALSE;
}

static gboolean
add_file (Written *written,
          const char *name,
          const MonocleExportFormat *format,
          GBytes *bytes,
          GCancellable *cancellable,
          GError **error)
{
  GFile *file;

  if (!bytes)
    return FALSE;
  file = monocle_export_file_write_new (written->folder, name, format->extension, bytes,
                                        cancellable, error);
  if (!file)
    return FALSE;
  g_ptr_array_add (written->files, file);
  return TRUE;
}

static gboolean
add_object (const MonocleExportJob *job,
            guint index,
            const MonocleExportFormat *format,
            Written *written,
            GCancellable *cancellable,
            GError **error)
{
  const MonocleExportObject *object = &g_array_index (job->objects, MonocleExportObject, index);
  g_autofree char *label = monocle_export_make_safe (object->title);
  /* So many digits that files sort as the objects do. */
  int digits = job->objects->len > 99 ? 4 : 2;
  g_autofree char *name
      = g_strdup_printf ("%0*u%s%s", digits, object->number, *label ? "-" : "", label);
  g_autoptr (GBytes) bytes = format->content == MONOCLE_EXPORT_MASKS
                                 ? encode_mask (job, object, error)
                                 : monocle_cut_encode_box (job->image, &object->box,
                                                           format->picture, job->quality, error);

  return add_file (written, name, format, bytes, cancellable, error);
}

static gboolean
add_region (const MonocleExportJob *job,
            guint index,
            const MonocleExportFormat *format,
            Written *written,
            GCancellable *cancellable,
            GError **error)
{
  const MonocleBox *region = &g_array_index (job->regions, MonocleBox, index);
  g_autofree char *name = g_strdup_printf ("region-%u", index + 1);
  g_autoptr (GBytes) bytes
      = monocle_cut_encode_box (job->image, region, format->picture, job->quality, error);

  return add_file (written, name, format, bytes, cancellable, error);
}

gboolean
monocle_export_folder_write (const MonocleExportJob *job,
                             const MonocleExportFormat *format,
                             GFile *folder,
                             MonocleExportTick tick,
                             gpointer tick_data,
                             GCancellable *cancellable,
                             guint *n_files,
                             GError **error)
{
  g_auto (Written) written = { folder, FALSE, g_ptr_array_new_with_free_func (g_object_unref) };
  guint n_objects = job->objects->len;
  guint total = n_objects + (format->content == MONOCLE_EXPORT_CROPS ? job->regions->len : 0);
  gboolean done = TRUE;

  if (total == 0)
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                           _ ("There is no object to write."));
      return FALSE;
    }
  if (!make_folder (&written, cancellable, error))
    return FALSE;

  for (guint i = 0; i < total && done; i++)
    {
      done = !g_cancellable_set_error_if_cancelled (cancellable, error)
             && (i < n_objects
                     ? add_object (job, i, format, &written, cancellable, error)
                     : add_region (job, i - n_objects, format, &written, cancellable, error));
      if (done && tick)
        tick (i + 1, total, tick_data);
    }
  if (!done)
    take_back (&written);
  *n_files = done ? written.files->len : 0;

  return done;
}
