/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/export-provider.h"

#include "ui/dragged-files.h"

#define MIME_URIS "text/uri-list"
#define MIME_PNG  "image/png"

struct _MonocleExportProvider
{
  GdkContentProvider parent_instance;

  MonocleExport *export;
  GFile *file; /* once it is written */
};

G_DEFINE_FINAL_TYPE (MonocleExportProvider, monocle_export_provider, GDK_TYPE_CONTENT_PROVIDER)

static const MonocleExportFormat *
get_format (void)
{
  return monocle_export_find_format ("png");
}

static char *
dup_name (MonocleExportProvider *self)
{
  return monocle_export_propose_name (self->export, get_format ());
}

/* --- GdkContentProvider --- */

static GdkContentFormats *
monocle_export_provider_ref_formats (GdkContentProvider *provider)
{
  GdkContentFormatsBuilder *builder = gdk_content_formats_builder_new ();

  gdk_content_formats_builder_add_mime_type (builder, MIME_URIS);
  gdk_content_formats_builder_add_mime_type (builder, MIME_PNG);
  /* For sandboxes, whose portal GDK serves from a list of files. */
  gdk_content_formats_builder_add_gtype (builder, GDK_TYPE_FILE_LIST);
  return gdk_content_formats_builder_free_to_formats (builder);
}

static gboolean
write_now (MonocleExportProvider *self, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;

  if (self->file)
    return TRUE;
  bytes = monocle_export_to_bytes (self->export, get_format (), error);
  if (!bytes)
    return FALSE;
  name = dup_name (self);
  self->file = monocle_dragged_files_write (name, bytes, error);
  return self->file != NULL;
}

static gboolean
monocle_export_provider_get_value (GdkContentProvider *provider, GValue *value, GError **error)
{
  MonocleExportProvider *self = MONOCLE_EXPORT_PROVIDER (provider);

  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return GDK_CONTENT_PROVIDER_CLASS (monocle_export_provider_parent_class)
        ->get_value (provider, value, error);
  if (!write_now (self, error))
    return FALSE;
  g_value_take_boxed (value, gdk_file_list_new_from_array (&self->file, 1));
  return TRUE;
}

/* Takes @task and @bytes. */
static void
write_stream (GTask *task, GBytes *bytes)
{
  monocle_dragged_files_send (task, g_object_get_data (G_OBJECT (task), "stream"), bytes);
}

static void
on_file_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MonocleExportProvider *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!monocle_export_write_finish (result, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!self->file)
    self->file = g_object_ref (g_object_get_data (G_OBJECT (task), "file"));
  write_stream (g_steal_pointer (&task), monocle_dragged_files_list (self->file));
}

static void
on_bytes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = monocle_export_to_bytes_finish (result, &error);

  if (bytes)
    write_stream (g_steal_pointer (&task), bytes);
  else
    g_task_return_error (task, error);
}

static void
monocle_export_provider_write_async (GdkContentProvider *provider,
                                     const char *mime_type,
                                     GOutputStream *stream,
                                     int priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  MonocleExportProvider *self = MONOCLE_EXPORT_PROVIDER (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, monocle_export_provider_write_async);
  g_task_set_priority (task, priority);
  g_object_set_data_full (G_OBJECT (task), "stream", g_object_ref (stream), g_object_unref);

  if (g_str_equal (mime_type, MIME_PNG))
    monocle_export_to_bytes_async (self->export, get_format (), cancellable, on_bytes,
                                   g_steal_pointer (&task));
  else if (!g_str_equal (mime_type, MIME_URIS))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", mime_type);
  else if (self->file)
    write_stream (g_steal_pointer (&task), monocle_dragged_files_list (self->file));
  else
    {
      g_autofree char *name = dup_name (self);
      GFile *file = monocle_dragged_files_new (name, &error);

      if (!file)
        {
          g_task_return_error (task, error);
          return;
        }
      g_object_set_data_full (G_OBJECT (task), "file", file, g_object_unref);
      monocle_export_write_async (self->export, get_format (), file, NULL, NULL, cancellable,
                                  on_file_written, g_steal_pointer (&task));
    }
}

static gboolean
monocle_export_provider_write_finish (GdkContentProvider *provider,
                                      GAsyncResult *result,
                                      GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Lifecycle --- */

static void
monocle_export_provider_finalize (GObject *object)
{
  MonocleExportProvider *self = MONOCLE_EXPORT_PROVIDER (object);

  g_clear_pointer (&self->export, monocle_export_free);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (monocle_export_provider_parent_class)->finalize (object);
}

static void
monocle_export_provider_class_init (MonocleExportProviderClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = monocle_export_provider_finalize;
  provider_class->ref_formats = monocle_export_provider_ref_formats;
  provider_class->get_value = monocle_export_provider_get_value;
  provider_class->write_mime_type_async = monocle_export_provider_write_async;
  provider_class->write_mime_type_finish = monocle_export_provider_write_finish;
}

static void
monocle_export_provider_init (MonocleExportProvider *self)
{
}

GdkContentProvider *
monocle_export_provider_new (const MonocleExport *export)
{
  MonocleExportProvider *self = g_object_new (MONOCLE_TYPE_EXPORT_PROVIDER, NULL);

  self->export = monocle_export_copy (export);
  return GDK_CONTENT_PROVIDER (self);
}
