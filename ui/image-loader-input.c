/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person pastes or drops: files, pictures, text that names files.
 */
#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "app/base/error.h"
#include "ui/image-loader-private.h"

#define DROP_CLASS "drop-target"
/* Longer text names no files. */
#define MAX_TEXT_BYTES (1024 * 1024)
#define MAX_FILES      10000

/* --- Files and text --- */

static gboolean
is_of_web (GFile *file)
{
  static const char *const schemes[] = { "http", "https", "ftp", "ftps", "dav", "davs" };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_file_has_uri_scheme (file, schemes[i]))
      return TRUE;
  return FALSE;
}

static void
refuse (MonocleImageLoader *self, const char *name, const char *words)
{
  g_autoptr (GError) error
      = g_error_new_literal (MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE, words);

  monocle_image_loader_refuse (self, name, error);
}

/* Those that are here; one from elsewhere is refused only when there is nothing else. */
static void
open_files (MonocleImageLoader *self, GPtrArray *files)
{
  g_autoptr (GPtrArray) here = g_ptr_array_new ();

  for (guint i = 0; i < files->len && i < MAX_FILES; i++)
    if (!is_of_web (files->pdata[i]))
      g_ptr_array_add (here, files->pdata[i]);
  if (here->len > 0)
    monocle_image_loader_open_files (self, here);
  else if (files->len > 0)
    {
      g_autofree char *uri = g_file_get_uri (files->pdata[0]);

      refuse (self, uri,
              _ ("This picture is in the web, and Monocle does not use the network. Save it with "
                 "the browser, or copy the picture itself and paste it."));
    }
}

/* @text: a path or URI a line, as in text/uri-list */
static GPtrArray *
parse_text (const char *text)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) lines = NULL;

  if (strlen (text) > MAX_TEXT_BYTES || !g_utf8_validate (text, -1, NULL))
    return g_steal_pointer (&files);
  lines = g_strsplit (text, "\n", MAX_FILES);
  for (guint i = 0; lines[i]; i++)
    {
      const char *line = g_strstrip (lines[i]);
      g_autofree char *scheme = g_uri_parse_scheme (line);

      if (scheme && strstr (line, ":/"))
        g_ptr_array_add (files, g_file_new_for_uri (line));
      else if (g_path_is_absolute (line))
        g_ptr_array_add (files, g_file_new_for_path (line));
      else if (g_str_has_prefix (line, "~/"))
        g_ptr_array_add (files, g_file_new_build_filename (g_get_home_dir (), line + 2, NULL));
    }
  return g_steal_pointer (&files);
}

static gboolean
open_text (MonocleImageLoader *self, const char *text)
{
  g_autoptr (GPtrArray) files = parse_text (text);

  open_files (self, files);
  return files->len > 0;
}

/* Whether @value was something that can be opened. */
static gboolean
open_value (MonocleImageLoader *self, const GValue *value)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      g_autoptr (GPtrArray) files = g_ptr_array_new ();
      GSList *list = g_value_get_boxed (value);

      for (GSList *l = list; l; l = l->next)
        g_ptr_array_add (files, l->data);
      open_files (self, files);
      return files->len > 0;
    }
  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE) && g_value_get_object (value))
    {
      monocle_image_loader_open_texture (self, g_value_get_object (value));
      return TRUE;
    }
  return G_VALUE_HOLDS_STRING (value) && g_value_get_string (value)
         && open_text (self, g_value_get_string (value));
}

/* --- Pasting --- */

static void
on_clipboard_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree GWeakRef *loader = data;
  g_autoptr (MonocleImageLoader) self = g_weak_ref_get (loader);
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  g_weak_ref_clear (loader);
  if (!self)
    return;
  if (error)
    monocle_image_loader_refuse (self, _ ("Clipboard"), error);
  else if (!open_value (self, value))
    refuse (self, _ ("Clipboard"), _ ("There is no picture in the clipboard."));
}

void
monocle_image_loader_paste (MonocleImageLoader *self, GdkClipboard *clipboard)
{
  g_autoptr (GdkContentFormats) formats = NULL;
  /* Files first: a picture that is a file keeps its name and neighbours. */
  const GType types[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE, G_TYPE_STRING };
  GWeakRef *loader;

  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (GDK_IS_CLIPBOARD (clipboard));

  formats = gdk_content_formats_union_deserialize_gtypes (
      gdk_content_formats_ref (gdk_clipboard_get_formats (clipboard)));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (gdk_content_formats_contain_gtype (formats, types[i]))
      {
        loader = g_new0 (GWeakRef, 1);
        g_weak_ref_init (loader, self);
        gdk_clipboard_read_value_async (clipboard, types[i], G_PRIORITY_DEFAULT, NULL,
                                        on_clipboard_read, loader);
        return;
      }
  refuse (self, _ ("Clipboard"), _ ("There is no picture in the clipboard."));
}

/* --- Dropping --- */

static void
on_current_drop_changed (GtkDropTarget *target)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));

  if (!view)
    return;
  if (gtk_drop_target_get_current_drop (target))
    gtk_widget_add_css_class (view, DROP_CLASS);
  else
    gtk_widget_remove_css_class (view, DROP_CLASS);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, MonocleImageLoader *self)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));

  gtk_widget_remove_css_class (view, DROP_CLASS);
  if (open_value (self, value))
    return TRUE;
  refuse (self, _ ("Dropped text"), _ ("This is no picture, and no file's name."));
  return FALSE;
}

/* Our own drags, of an object or an export, are not to be opened where they began. */
static gboolean
is_from_here (GdkDrop *drop)
{
  return gdk_drop_get_drag (drop) != NULL;
}

/* A browser offers the address of a picture, which is of no use here, besides the picture. */
static gboolean
on_accept_of_browser (GtkDropTarget *target, GdkDrop *drop)
{
  GdkContentFormats *formats = gdk_drop_get_formats (drop);
  g_autoptr (GdkContentFormats) readable
      = gdk_content_formats_union_deserialize_gtypes (gdk_content_formats_ref (formats));

  return !is_from_here (drop)
         && (gdk_content_formats_contain_mime_type (formats, "text/html")
             || gdk_content_formats_contain_mime_type (formats, "text/x-moz-url"))
         && gdk_content_formats_contain_gtype (readable, GDK_TYPE_TEXTURE);
}

static gboolean
on_accept (GtkDropTarget *target, GdkDrop *drop)
{
  g_autoptr (GdkContentFormats) readable = gdk_content_formats_union_deserialize_gtypes (
      gdk_content_formats_ref (gdk_drop_get_formats (drop)));

  return !is_from_here (drop)
         && gdk_content_formats_match (readable, gtk_drop_target_get_formats (target));
}

static void
add_target (
    MonocleImageLoader *self, GtkWidget *view, const GType *types, guint n_types, GCallback accept)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, (GType *) types, n_types);
  g_signal_connect (target, "accept", accept, NULL);
  g_signal_connect (target, "notify::current-drop", G_CALLBACK (on_current_drop_changed), NULL);
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, 0);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (target));
}

void
monocle_image_loader_attach_drop (MonocleImageLoader *self, GtkWidget *view)
{
  const GType all[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE, G_TYPE_STRING };

  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (GTK_IS_WIDGET (view));

  /* The last one is asked first. */
  add_target (self, view, all, G_N_ELEMENTS (all), G_CALLBACK (on_accept));
  add_target (self, view, all + 1, 1, G_CALLBACK (on_accept_of_browser));
}
