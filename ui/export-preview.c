/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/export-preview.h"

#include "app/base/trouble.h"
#include "ui/chequerboard.h"
#include "ui/texture-image.h"

/* Sides of the picture for one that is shown at 1x; more than the dialog has room for. */
#define PREVIEW_SIDE 560
/* Longer texts are cut: a view of megabytes would be slow, and nobody reads them here. */
#define PREVIEW_CHARS 6000
/* Larger pictures are not encoded only to say how long the file gets. */
#define MEASURED_PIXELS 12e6
/* Sliders change often. */
#define DELAY_MS 120

struct _MonocleExportPreview
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkPicture *picture;
  GtkTextView *text;
  GtkLabel *error;
  GtkTextTag *unhyphenated;

  MonocleExport *export; /* the latest wish, until it is begun */
  const MonocleExportFormat *format;
  GCancellable *cancellable; /* of what runs */
  guint source;
  guint64 bytes;
};

G_DEFINE_FINAL_TYPE (MonocleExportPreview, monocle_export_preview, GTK_TYPE_WIDGET)

static guint measured_signal;

/* One look: the picture first, then the length of the file. */
typedef struct
{
  MonocleExportPreview *self;
  MonocleExport *export;
  const MonocleExportFormat *format;
} Look;

static void
look_free (Look *look)
{
  g_object_unref (look->self);
  monocle_export_free (look->export);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static gboolean begin (gpointer data);

static void
set_bytes (MonocleExportPreview *self, guint64 bytes)
{
  self->bytes = bytes;
  g_signal_emit (self, measured_signal, 0);
}

/* Whether @look is still what is wished for; begins the next one if not. */
static gboolean
is_current (MonocleExportPreview *self)
{
  if (!self->export && !g_cancellable_is_cancelled (self->cancellable))
    return TRUE;
  g_clear_object (&self->cancellable);
  if (self->export && self->source == 0)
    self->source = g_idle_add (begin, self);
  return FALSE;
}

static void
show_text (MonocleExportPreview *self, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_utf8_make_valid (data, (gssize) MIN (size, 6 * PREVIEW_CHARS));
  g_autofree char *start
      = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), PREVIEW_CHARS));
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter at;

  gtk_text_buffer_set_text (buffer, "", 0);
  gtk_text_buffer_get_start_iter (buffer, &at);
  gtk_text_buffer_insert_with_tags (buffer, &at, start, -1, self->unhyphenated, NULL);
  gtk_stack_set_visible_child_name (self->stack, "text");
}

static void
show_error (MonocleExportPreview *self, const GError *error)
{
  gtk_label_set_label (self->error, monocle_trouble_describe (MONOCLE_ATTEMPT_WRITE, error).advice);
  gtk_stack_set_visible_child_name (self->stack, "error");
}

static void
on_encoded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) look = user_data;
  MonocleExportPreview *self = look->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = monocle_export_to_bytes_finish (result, &error);

  if (!is_current (self))
    return;
  g_clear_object (&self->cancellable);
  if (!bytes)
    {
      show_error (self, error);
      return;
    }
  if (look->format->content != MONOCLE_EXPORT_PICTURE)
    show_text (self, bytes);
  set_bytes (self, g_bytes_get_size (bytes));
}

static void
encode (Look *look)
{
  monocle_export_to_bytes_async (look->export, look->format, look->self->cancellable, on_encoded,
                                 look);
}

static void
on_rendered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) look = user_data;
  MonocleExportPreview *self = look->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = monocle_export_render_finish (result, &error);
  double full_width, full_height;

  if (!is_current (self))
    return;
  if (pixbuf)
    {
      g_autoptr (GdkPixbuf) shown = monocle_chequerboard_put_below (pixbuf);
      g_autoptr (GdkTexture) texture = monocle_texture_of_pixbuf (shown);

      gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
      gtk_stack_set_visible_child_name (self->stack, "picture");
      monocle_export_get_size (look->export, &full_width, &full_height);
      if (!look->format->is_folder && !look->format->exchange
          && full_width * full_height <= MEASURED_PIXELS)
        {
          encode (g_steal_pointer (&look));
          return;
        }
    }
  else
    show_error (self, error);
  g_clear_object (&self->cancellable);
}

static gboolean
begin (gpointer data)
{
  MonocleExportPreview *self = data;
  Look *look;

  self->source = 0;
  /* What runs sees that there is a new wish and comes back here. */
  if (self->cancellable || !self->export)
    return G_SOURCE_REMOVE;

  look = g_new0 (Look, 1);
  look->self = g_object_ref (self);
  look->export = g_steal_pointer (&self->export);
  look->format = self->format;
  self->cancellable = g_cancellable_new ();
  if (look->format->content == MONOCLE_EXPORT_DATA || look->format->content == MONOCLE_EXPORT_TEXT)
    encode (look);
  else
    monocle_export_render_async (
        look->export, (guint) (PREVIEW_SIDE * gtk_widget_get_scale_factor (GTK_WIDGET (self))),
        self->cancellable, on_rendered, look);
  return G_SOURCE_REMOVE;
}

void
monocle_export_preview_show (MonocleExportPreview *self,
                             const MonocleExport *export,
                             const MonocleExportFormat *format)
{
  g_return_if_fail (MONOCLE_IS_EXPORT_PREVIEW (self));

  g_clear_pointer (&self->export, monocle_export_free);
  self->export = monocle_export_copy (export);
  self->format = format;
  if (self->source == 0)
    self->source = g_timeout_add (DELAY_MS, begin, self);
  set_bytes (self, 0);
}

guint64
monocle_export_preview_get_bytes (MonocleExportPreview *self)
{
  return self->bytes;
}

/* --- Lifecycle --- */

static void
monocle_export_preview_dispose (GObject *object)
{
  MonocleExportPreview *self = MONOCLE_EXPORT_PREVIEW (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->export, monocle_export_free);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (monocle_export_preview_parent_class)->dispose (object);
}

static void
monocle_export_preview_finalize (GObject *object)
{
  g_clear_object (&MONOCLE_EXPORT_PREVIEW (object)->cancellable);
  G_OBJECT_CLASS (monocle_export_preview_parent_class)->finalize (object);
}

static void
monocle_export_preview_class_init (MonocleExportPreviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_export_preview_dispose;
  G_OBJECT_CLASS (klass)->finalize = monocle_export_preview_finalize;

  measured_signal = g_signal_new ("measured", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/export-preview.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleExportPreview, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportPreview, picture);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportPreview, text);
  gtk_widget_class_bind_template_child (widget_class, MonocleExportPreview, error);
}

static void
monocle_export_preview_init (MonocleExportPreview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Data that has to break breaks without a sign that is not in it. */
  self->unhyphenated = gtk_text_buffer_create_tag (gtk_text_view_get_buffer (self->text), NULL,
                                                   "insert-hyphens", FALSE, NULL);
}
