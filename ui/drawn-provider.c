/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/drawn-provider.h"

#include "ui/dragged-files.h"
#include "ui/texture-image.h"

#define MIME_URIS "text/uri-list"
#define MIME_PNG  "image/png"

/* Beside the pointer, in pixels. */
#define ICON_SIDE 96

struct _MonocleDrawnProvider
{
  GdkContentProvider parent_instance;

  MonocleImage *picture;
  GBytes *png;
  char *name;
  GFile *file; /* once it is written */
};

G_DEFINE_FINAL_TYPE (MonocleDrawnProvider, monocle_drawn_provider, GDK_TYPE_CONTENT_PROVIDER)

/* --- GdkContentProvider --- */

static GdkContentFormats *
monocle_drawn_provider_ref_formats (GdkContentProvider *provider)
{
  GdkContentFormatsBuilder *builder = gdk_content_formats_builder_new ();

  gdk_content_formats_builder_add_mime_type (builder, MIME_URIS);
  gdk_content_formats_builder_add_mime_type (builder, MIME_PNG);
  gdk_content_formats_builder_add_gtype (builder, GDK_TYPE_TEXTURE);
  /* For sandboxes, whose portal GDK serves from a list of files. */
  gdk_content_formats_builder_add_gtype (builder, GDK_TYPE_FILE_LIST);
  return gdk_content_formats_builder_free_to_formats (builder);
}

/* Pictures of models are small. */
static gboolean
write_file (MonocleDrawnProvider *self, GError **error)
{
  if (!self->file)
    self->file = monocle_dragged_files_write (self->name, self->png, error);
  return self->file != NULL;
}

static gboolean
monocle_drawn_provider_get_value (GdkContentProvider *provider, GValue *value, GError **error)
{
  MonocleDrawnProvider *self = MONOCLE_DRAWN_PROVIDER (provider);

  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE))
    {
      g_value_take_object (value, monocle_texture_of_image (self->picture));
      return TRUE;
    }
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return GDK_CONTENT_PROVIDER_CLASS (monocle_drawn_provider_parent_class)
        ->get_value (provider, value, error);
  if (!write_file (self, error))
    return FALSE;
  g_value_take_boxed (value, gdk_file_list_new_from_array (&self->file, 1));
  return TRUE;
}

/* (transfer full) (nullable) */
static GBytes *
find_bytes (MonocleDrawnProvider *self, const char *mime_type, GError **error)
{
  if (g_str_equal (mime_type, MIME_PNG))
    return g_bytes_ref (self->png);
  if (!g_str_equal (mime_type, MIME_URIS))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", mime_type);
      return NULL;
    }
  return write_file (self, error) ? monocle_dragged_files_list (self->file) : NULL;
}

static void
monocle_drawn_provider_write_async (GdkContentProvider *provider,
                                    const char *mime_type,
                                    GOutputStream *stream,
                                    int priority,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  GError *error = NULL;
  GBytes *bytes = find_bytes (MONOCLE_DRAWN_PROVIDER (provider), mime_type, &error);

  g_task_set_source_tag (task, monocle_drawn_provider_write_async);
  g_task_set_priority (task, priority);
  if (!bytes)
    {
      g_task_return_error (task, error);
      return;
    }
  monocle_dragged_files_send (g_steal_pointer (&task), stream, bytes);
}

static gboolean
monocle_drawn_provider_write_finish (GdkContentProvider *provider,
                                     GAsyncResult *result,
                                     GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Lifecycle --- */

static void
monocle_drawn_provider_finalize (GObject *object)
{
  MonocleDrawnProvider *self = MONOCLE_DRAWN_PROVIDER (object);

  g_clear_pointer (&self->picture, monocle_image_unref);
  g_clear_pointer (&self->png, g_bytes_unref);
  g_clear_object (&self->file);
  g_free (self->name);
  G_OBJECT_CLASS (monocle_drawn_provider_parent_class)->finalize (object);
}

static void
monocle_drawn_provider_class_init (MonocleDrawnProviderClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = monocle_drawn_provider_finalize;
  provider_class->ref_formats = monocle_drawn_provider_ref_formats;
  provider_class->get_value = monocle_drawn_provider_get_value;
  provider_class->write_mime_type_async = monocle_drawn_provider_write_async;
  provider_class->write_mime_type_finish = monocle_drawn_provider_write_finish;
}

static void
monocle_drawn_provider_init (MonocleDrawnProvider *self)
{
}

/* --- Public --- */

GdkContentProvider *
monocle_drawn_provider_new (MonocleImage *picture, const MonocleDrawnFacts *facts)
{
  GBytes *png = monocle_drawn_png_encode (picture, facts, NULL);
  MonocleDrawnProvider *self;

  if (!png)
    return NULL;
  self = g_object_new (MONOCLE_TYPE_DRAWN_PROVIDER, NULL);
  self->picture = monocle_image_ref (picture);
  self->png = png;
  self->name = g_strconcat (facts->task, ".png", NULL);
  return GDK_CONTENT_PROVIDER (self);
}

MonocleImage *
monocle_drawn_provider_find (MonocleQuery *query)
{
  GPtrArray *results = monocle_query_get_results (query);

  return results && results->len > 0 && results->pdata[0] ? monocle_drawn_find (results->pdata[0])
                                                          : NULL;
}

MonocleDrawnFacts
monocle_drawn_provider_find_facts (MonocleQuery *query)
{
  const MonocleQuerySettings *settings = monocle_query_get_settings (query);

  return (MonocleDrawnFacts){
    .model = monocle_query_get_model_name (query),
    .task = monocle_query_get_task (query)->id,
    .text = monocle_query_get_request_text (query),
    .seed = settings->is_drawn ? settings->sampling.seed : 0,
  };
}

/* --- Drags --- */

typedef struct
{
  MonocleDrawnProviderFunc func;
  gpointer user_data;
} Source;

static void
free_source (gpointer data, GClosure *closure)
{
  g_free (data);
}

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, Source *of)
{
  return of->func (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source)), of->user_data);
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  GdkPaintable *paintable = gtk_picture_get_paintable (GTK_PICTURE (widget));
  GtkWidget *picture = gtk_picture_new_for_paintable (paintable);

  gtk_widget_set_size_request (picture, ICON_SIDE, ICON_SIDE);
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), picture);
  gdk_drag_set_hotspot (drag, -8, -8);
}

void
monocle_drawn_provider_add_source (GtkPicture *widget,
                                   MonocleDrawnProviderFunc func,
                                   gpointer user_data)
{
  GtkDragSource *source = gtk_drag_source_new ();
  Source *of = g_new (Source, 1);

  *of = (Source){ func, user_data };
  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect_data (source, "prepare", G_CALLBACK (on_prepare), of, free_source, 0);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), NULL);
  gtk_widget_add_controller (GTK_WIDGET (widget), GTK_EVENT_CONTROLLER (source));
}
