/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/verify.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/models/manifest.h"
#include "app/models/work.h"

void
monocle_verdict_free (MonocleVerdict *verdict)
{
  g_ptr_array_unref (verdict->faults);
  g_free (verdict);
}

static void
note (MonocleVerdict *verdict, const char *name, const char *what)
{
  g_ptr_array_add (verdict->faults, g_strdup_printf ("%s: %s", name, what));
}

/* FALSE when it was cancelled. */
static gboolean
verify_file (MonocleWork *work,
             MonocleVerdict *verdict,
             const char *directory,
             const MonocleManifestFile *file,
             GError **error)
{
  g_autofree char *path = g_build_filename (directory, file->name, NULL);
  g_autoptr (GError) problem = NULL;
  g_autofree char *sha256 = NULL;
  GStatBuf status;

  verdict->n_files++;
  if (g_stat (path, &status) != 0)
    {
      note (verdict, file->name, _ ("it is missing"));
      monocle_work_count (work, (gint64) file->size);
      return TRUE;
    }
  if (file->size && (guint64) status.st_size != file->size)
    {
      g_autofree char *has
          = g_format_size_full ((guint64) status.st_size, G_FORMAT_SIZE_LONG_FORMAT);
      g_autofree char *wanted = g_format_size_full (file->size, G_FORMAT_SIZE_LONG_FORMAT);
      g_autofree char *what = g_strdup_printf (_ ("it has %s, not %s"), has, wanted);

      note (verdict, file->name, what);
      monocle_work_count (work, (gint64) file->size);
      return TRUE;
    }
  sha256 = monocle_work_digest (work, path, NULL, NULL, &problem);
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (problem)
    note (verdict, file->name, problem->message);
  else if (file->sha256)
    {
      verdict->n_hashed++;
      if (!g_str_equal (sha256, file->sha256))
        note (verdict, file->name, _ ("its bytes are not those that it had"));
    }
  return TRUE;
}

static gpointer
verify (MonocleWork *work, gpointer data, GError **error)
{
  const char *directory = data;
  g_autoptr (MonocleVerdict) verdict = g_new0 (MonocleVerdict, 1);
  g_autoptr (MonocleManifest) manifest = NULL;
  g_autoptr (GError) problem = NULL;

  verdict->faults = g_ptr_array_new_with_free_func (g_free);
  manifest = monocle_manifest_load (directory, &problem);
  if (problem)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (manifest)
    work->total = (gint64) monocle_manifest_get_size (manifest);
  for (guint i = 0; manifest && i < manifest->files->len; i++)
    if (!verify_file (work, verdict, directory, manifest->files->pdata[i], error))
      return NULL;
  /* What is missing was said; that it does not go together then says nothing more. */
  if (verdict->faults->len == 0 && !monocle_model_check (directory, &problem))
    g_ptr_array_add (verdict->faults, g_strdup (problem->message));
  return g_steal_pointer (&verdict);
}

void
monocle_verify_async (const char *directory,
                      GCancellable *cancellable,
                      MonocleProgress progress,
                      gpointer progress_data,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  monocle_work_async (verify, g_strdup (directory), g_free, (GDestroyNotify) monocle_verdict_free,
                      cancellable, progress, progress_data, callback, user_data);
}

MonocleVerdict *
monocle_verify_finish (GAsyncResult *result, GError **error)
{
  return monocle_work_finish (result, error);
}
