/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export/export.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/export/exchange.h"
#include "app/export/private.h"
#include "app/pictures/picture.h"

/* Of a name that is proposed, without its extension. */
#define MAX_NAME_BYTES 120

/* Beside the formats of the annotated picture. */
static const MonocleExportFormat others[] = {
  { "json", N_ ("JSON Data"), "json", "application/json", MONOCLE_EXPORT_DATA },
  { "text", N_ ("Plain Text"), "txt", "text/plain", MONOCLE_EXPORT_TEXT },
  { "markdown", N_ ("Markdown"), "md", "text/markdown", MONOCLE_EXPORT_TEXT },
  { "crops", N_ ("PNG Pictures"), "png", "image/png", MONOCLE_EXPORT_CROPS, TRUE },
  { "crops-jpeg", N_ ("JPEG Pictures"), "jpg", "image/jpeg", MONOCLE_EXPORT_CROPS, TRUE },
  { "masks", N_ ("PNG Masks"), "png", "image/png", MONOCLE_EXPORT_MASKS, TRUE },
};

/* --- Formats --- */

static void
add_format (GPtrArray *list, MonocleExportFormat format, const MonoclePictureFormat *picture)
{
  format.has_quality = picture && picture->has_quality;
  format.picture = picture;
  g_ptr_array_add (list, g_memdup2 (&format, sizeof format));
}

/* Of those that are only pictures there are rows of their own. */
static gboolean
is_other (const MonocleExchangeFormat *format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (strcmp (others[i].id, format->id) == 0)
      return TRUE;
  return FALSE;
}

static void
add_exchange (GPtrArray *list)
{
  guint n;
  const MonocleExchangeFormat *const *all = monocle_exchange_list_formats (&n);

  for (guint i = 0; i < n; i++)
    if (all[i]->begin && !is_other (all[i]))
      add_format (list,
                  (MonocleExportFormat){ all[i]->id, all[i]->title, all[i]->extension, NULL,
                                         MONOCLE_EXPORT_EXCHANGE, !all[i]->file,
                                         .exchange = all[i] },
                  NULL);
}

static GPtrArray *
new_formats (void)
{
  GPtrArray *list = g_ptr_array_new ();
  guint n;
  const MonoclePictureFormat *const *pictures = monocle_picture_format_list (&n);

  for (guint i = 0; i < n; i++)
    add_format (list,
                (MonocleExportFormat){ pictures[i]->id, pictures[i]->title, pictures[i]->extension,
                                       pictures[i]->mime, MONOCLE_EXPORT_PICTURE },
                pictures[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const MonoclePictureFormat *picture
          = others[i].is_folder ? monocle_picture_format_find (others[i].extension) : NULL;

      if (picture || !others[i].is_folder)
        add_format (list, others[i], picture);
    }
  add_exchange (list);
  return list;
}

const MonocleExportFormat *const *
monocle_export_list_formats (guint *n_formats)
{
  static GPtrArray *list;

  if (g_once_init_enter (&list))
    g_once_init_leave (&list, new_formats ());
  *n_formats = list->len;
  return (const MonocleExportFormat *const *) list->pdata;
}

const MonocleExportFormat *
monocle_export_find_format (const char *id_or_extension)
{
  guint n;
  const MonocleExportFormat *const *list = monocle_export_list_formats (&n);

  for (guint i = 0; i < n; i++)
    if (g_ascii_strcasecmp (list[i]->id, id_or_extension) == 0)
      return list[i];
  for (guint i = 0; i < n; i++)
    if (g_ascii_strcasecmp (list[i]->extension, id_or_extension) == 0)
      return list[i];
  return NULL;
}

/* --- Names --- */

/* The picture's name without extension, without what is no part of a name, not hidden. */
static char *
make_stem (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  char *dot = strrchr (valid, '.');
  GString *stem = g_string_new (NULL);

  if (dot && dot > valid && !strchr (dot, '/'))
    *dot = '\0';
  for (const char *p = valid; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (stem->len + 6 > MAX_NAME_BYTES)
        break;
      if (stem->len == 0 && (c == '.' || g_unichar_isspace (c)))
        continue;
      g_string_append_unichar (
          stem, c == '/' || c == '\\' || c == ':' || !g_unichar_isprint (c) ? '-' : c);
    }
  if (stem->len == 0)
    g_string_append (stem, _ ("picture"));

  return g_string_free (stem, FALSE);
}

char *
monocle_export_propose_name (const MonocleExport *self, const MonocleExportFormat *format)
{
  g_autofree char *stem = make_stem (monocle_document_get_name (self->document));
  const char *what = self->query ? monocle_query_get_task (self->query)->id : "copy";

  if (format->exchange)
    return format->is_folder ? g_strdup_printf ("%s-%s", stem, format->id)
                             : g_strdup_printf ("%s-%s.%s", stem, format->id, format->extension);
  if (format->is_folder)
    return g_strdup_printf ("%s-%s", stem,
                            format->content == MONOCLE_EXPORT_MASKS ? "masks" : "crops");
  return g_strdup_printf ("%s-%s.%s", stem, what, format->extension);
}

char *
monocle_export_propose_crop_name (const MonocleExport *self, const char *title)
{
  g_autofree char *stem = make_stem (monocle_document_get_name (self->document));
  g_autofree char *safe = monocle_export_make_safe (title);

  return g_strdup_printf ("%s-%s.png", stem, *safe ? safe : "crop");
}

/* --- One file --- */

static GBytes *
encode (const MonocleExportJob *job, const MonocleExportFormat *format, GError **error)
{
  char *text = NULL;

  switch (format->content)
    {
    case MONOCLE_EXPORT_PICTURE:
      return monocle_picture_format_encode (format->picture, job->scene, job->quality, error);

    case MONOCLE_EXPORT_DATA:
      text = g_strdup (job->json);
      break;

    case MONOCLE_EXPORT_TEXT:
      text = monocle_export_text_format (job);
      break;

    case MONOCLE_EXPORT_CROPS:
    case MONOCLE_EXPORT_MASKS:
    case MONOCLE_EXPORT_EXCHANGE:
    default:
      g_return_val_if_reached (NULL);
    }

  if (!text || !*text)
    {
      g_free (text);
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                           _ ("There is no answer to write."));
      return NULL;
    }
  return g_bytes_new_take (text, strlen (text));
}

static MonocleExportJob *
new_job (const MonocleExport *self, MonocleExportContent content, GError **error)
{
  if (monocle_document_get_image (self->document))
    return monocle_export_job_new (self, content);

  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                       _ ("The picture is not loaded. Show it again, then export."));
  return NULL;
}

GBytes *
monocle_export_to_bytes (const MonocleExport *self,
                         const MonocleExportFormat *format,
                         GError **error)
{
  g_autoptr (MonocleExportJob) job = new_job (self, format->content, error);

  g_return_val_if_fail (!format->is_folder, NULL);
  return job ? encode (job, format, error) : NULL;
}

/* --- In a thread --- */

/* What a task of this file works on and gives. */
typedef struct
{
  MonocleExportJob *job;
  const MonocleExportFormat *format;
  GFile *target;
  MonocleExportProgress progress;
  gpointer progress_data;
  gint n_done, n_total; /* atomic: written by the thread */
  gint is_pending;      /* atomic: a call of progress is on its way */
  guint max_side;
  guint n_files;
} Work;

static void
work_free (Work *work)
{
  monocle_export_job_free (work->job);
  g_clear_object (&work->target);
  g_free (work);
}

static gboolean
report (gpointer data)
{
  GTask *task = data;
  Work *work = g_task_get_task_data (task);

  g_atomic_int_set (&work->is_pending, 0);
  if (!g_task_get_completed (task))
    work->progress ((guint) g_atomic_int_get (&work->n_done),
                    (guint) g_atomic_int_get (&work->n_total), work->progress_data);
  return G_SOURCE_REMOVE;
}

static void
tick (guint done, guint total, gpointer data)
{
  GTask *task = data;
  Work *work = g_task_get_task_data (task);

  g_atomic_int_set (&work->n_total, (gint) total);
  g_atomic_int_set (&work->n_done, (gint) done);
  if (work->progress && g_atomic_int_compare_and_exchange (&work->is_pending, 0, 1))
    g_main_context_invoke_full (g_task_get_context (task), G_PRIORITY_DEFAULT, report,
                                g_object_ref (task), g_object_unref);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  gboolean written;

  if (!work->format->is_folder
      && !monocle_export_file_check (work->job->source, work->target, &error))
    written = FALSE;
  else if (work->format->exchange)
    {
      written = monocle_export_write_sample (work->job->sample, work->format->exchange,
                                             work->target, cancellable, &error);
      work->n_files = written ? 1 : 0;
    }
  else if (work->format->is_folder)
    written = monocle_export_folder_write (work->job, work->format, work->target, tick, task,
                                           cancellable, &work->n_files, &error);
  else
    {
      g_autoptr (GBytes) bytes = encode (work->job, work->format, &error);

      written = bytes && monocle_export_file_write (work->target, bytes, cancellable, &error);
      work->n_files = written ? 1 : 0;
    }

  if (written)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
encode_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  GBytes *bytes = encode (work->job, work->format, &error);

  if (bytes)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
render_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  const MonocleScene *scene = work->job->scene;
  guint side = MAX (monocle_scene_get_width (scene), monocle_scene_get_height (scene));
  double factor = work->max_side > 0 && work->max_side < side ? (double) work->max_side / side : 1;
  cairo_surface_t *surface = monocle_scene_render (scene, factor, &error);

  if (surface)
    g_task_return_pointer (task, monocle_picture_take_surface (surface), g_object_unref);
  else
    g_task_return_error (task, error);
}

/* Starts @run on a job for @self; takes @target. */
static void
start (GTask *task,
       const MonocleExport *self,
       const MonocleExportFormat *format,
       MonocleExportContent content,
       Work *work,
       GTaskThreadFunc run)
{
  GError *error = NULL;

  work->format = format;
  work->job = new_job (self, content, &error);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  if (work->job)
    g_task_run_in_thread (task, run);
  else
    g_task_return_error (task, error);
}

gboolean
monocle_export_check_target (const MonocleExport *self, GFile *target, GError **error)
{
  return monocle_export_file_check (monocle_document_get_file (self->document), target, error);
}

void
monocle_export_write_async (const MonocleExport *self,
                            const MonocleExportFormat *format,
                            GFile *target,
                            MonocleExportProgress progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  g_task_set_source_tag (task, monocle_export_write_async);
  /* What was written is reported as written, also when Stop came too late. */
  g_task_set_check_cancellable (task, FALSE);
  work->target = g_object_ref (target);
  work->progress = progress;
  work->progress_data = progress_data;
  start (task, self, format, format->content, work, write_in_thread);
}

gboolean
monocle_export_write_finish (GAsyncResult *result, guint *n_files, GError **error)
{
  gboolean written = g_task_propagate_boolean (G_TASK (result), error);

  if (n_files)
    *n_files = ((Work *) g_task_get_task_data (G_TASK (result)))->n_files;
  return written;
}

void
monocle_export_to_bytes_async (const MonocleExport *self,
                               const MonocleExportFormat *format,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (!format->is_folder);
  g_task_set_source_tag (task, monocle_export_to_bytes_async);
  start (task, self, format, format->content, g_new0 (Work, 1), encode_in_thread);
}

GBytes *
monocle_export_to_bytes_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
monocle_export_render_async (const MonocleExport *self,
                             guint max_side,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  g_task_set_source_tag (task, monocle_export_render_async);
  work->max_side = max_side;
  start (task, self, NULL, MONOCLE_EXPORT_PICTURE, work, render_in_thread);
}

GdkPixbuf *
monocle_export_render_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Drawing --- */

void
monocle_export_get_size (const MonocleExport *self, double *width, double *height)
{
  g_autoptr (MonocleExportJob) job = new_job (self, MONOCLE_EXPORT_PICTURE, NULL);

  *width = job ? monocle_scene_get_width (job->scene) : 0;
  *height = job ? monocle_scene_get_height (job->scene) : 0;
}

void
monocle_export_draw (const MonocleExport *self, cairo_t *cr)
{
  g_autoptr (MonocleExportJob) job = new_job (self, MONOCLE_EXPORT_PICTURE, NULL);

  if (job)
    monocle_scene_draw (job->scene, cr);
}
