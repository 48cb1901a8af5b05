/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ui/image-loader: keys that are pressed fast, a broken file among others, work that is kept, what
 * is pasted and dropped, pages, and that nothing is kept by what is still under way.
 */
#include "config.h"

#include <string.h>

#include <cairo-pdf.h>
#include <gdk-pixbuf/gdk-pixbuf.h>

#include "app/base/error.h"
#include "app/pictures/decode.h"
#include "tests/gui/harness.h"
#include "ui/image-loader.h"

typedef struct
{
  MonocleImageLoader *loader;
  char *folder;
  guint n_failed;
  char *failed_name;
  GError *error;
} Fixture;

static void
on_failed (MonocleImageLoader *loader, const char *name, const GError *error, Fixture *self)
{
  self->n_failed++;
  g_free (self->failed_name);
  g_clear_error (&self->error);
  self->failed_name = g_strdup (name);
  self->error = g_error_copy (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  gui_forget_work ();
  self->folder = gui_temporary (NULL);
  self->loader = monocle_image_loader_new ();
  g_signal_connect (self->loader, "failed", G_CALLBACK (on_failed), self);
}

/* At once, whatever is under way. */
static void
tear_down (Fixture *self, gconstpointer data)
{
  gpointer weak = self->loader;

  g_object_add_weak_pointer (G_OBJECT (self->loader), &weak);
  g_object_unref (self->loader);
  g_assert_null (weak);
  g_free (self->folder);
  g_free (self->failed_name);
  g_clear_error (&self->error);
  gui_wait_ms (50);
}

/* As wide as its number says. */
static void
add_picture (Fixture *self, guint number)
{
  g_autofree char *name = g_strdup_printf ("%u.png", number);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, (int) number, 3);
  g_autoptr (GError) error = NULL;

  gdk_pixbuf_fill (pixbuf, 0x204060ff);
  gdk_pixbuf_save (pixbuf, path, "png", &error, NULL);
  g_assert_no_error (error);
}

static void
open_name (Fixture *self, const char *name)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (files, g_file_new_build_filename (self->folder, name, NULL));
  monocle_image_loader_open_files (self->loader, files);
}

static gboolean
is_idle (gpointer data)
{
  Fixture *self = data;

  return !monocle_image_loader_is_loading (self->loader)
         && !monocle_folder_is_loading (
             MONOCLE_FOLDER (monocle_image_loader_get_folder (self->loader)));
}

static guint
get_width (Fixture *self)
{
  MonocleDocument *document = monocle_image_loader_get_document (self->loader);

  return document ? monocle_document_get_width (document) : 0;
}

static void
wait_idle (Fixture *self)
{
  gui_wait_for ("the picture", is_idle, self);
}

static gboolean
get_boolean (Fixture *self, const char *property)
{
  gboolean value;

  g_object_get (self->loader, property, &value, NULL);
  return value;
}

static void
test_walk (Fixture *self, gconstpointer data)
{
  for (guint i = 1; i <= 9; i++)
    add_picture (self, i);
  open_name (self, "2.png");
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 2);
  g_assert_cmpuint (monocle_image_loader_get_position (self->loader), ==, 1);
  g_assert_cmpuint (monocle_image_loader_get_n_items (self->loader), ==, 9);

  /* Faster than pictures come; what is shown at the end is what was asked for last. */
  for (guint i = 0; i < 5; i++)
    monocle_image_loader_next (self->loader);
  g_assert_cmpuint (monocle_image_loader_get_position (self->loader), ==, 6);
  /* The old one stays until then, or the one after it that was read ahead. */
  g_assert_true (get_width (self) == 2 || get_width (self) == 3);
  monocle_image_loader_previous (self->loader);
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 6);
  gui_wait_ms (100);
  g_assert_cmpuint (get_width (self), ==, 6);

  monocle_image_loader_last (self->loader);
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 9);
  g_assert_false (get_boolean (self, "can-next"));
  monocle_image_loader_next (self->loader);
  monocle_image_loader_first (self->loader);
  g_assert_true (get_boolean (self, "can-next"));
  g_assert_false (get_boolean (self, "can-previous"));
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 1);
  g_assert_cmpuint (self->n_failed, ==, 0);

  /* There and back before the other one came. */
  monocle_image_loader_next (self->loader);
  monocle_image_loader_previous (self->loader);
  wait_idle (self);
  gui_wait_ms (100);
  g_assert_cmpuint (get_width (self), ==, 1);
  g_assert_cmpuint (monocle_image_loader_get_position (self->loader), ==, 0);
}

static void
test_broken (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "2.png", NULL);

  add_picture (self, 1);
  add_picture (self, 3);
  g_assert_true (g_file_set_contents (path, "no picture", -1, NULL));
  open_name (self, "1.png");
  wait_idle (self);
  monocle_image_loader_next (self->loader);
  wait_idle (self);
  g_assert_cmpuint (self->n_failed, ==, 1);
  g_assert_cmpstr (self->failed_name, ==, "2.png");
  g_assert_null (monocle_image_loader_get_document (self->loader));
  g_assert_cmpuint (monocle_image_loader_get_position (self->loader), ==, 1);
  monocle_image_loader_next (self->loader);
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 3);
  monocle_image_loader_previous (self->loader);
  wait_idle (self);
  g_assert_cmpuint (self->n_failed, ==, 2);
  monocle_image_loader_previous (self->loader);
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 1);
}

static void
test_nothing (Fixture *self, gconstpointer data)
{
  open_name (self, ".");
  wait_idle (self);
  g_assert_cmpuint (self->n_failed, ==, 1);
  g_assert_error (self->error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  open_name (self, "missing.png");
  wait_idle (self);
  g_assert_cmpuint (self->n_failed, ==, 2);
  g_assert_cmpstr (self->failed_name, ==, "missing.png");
}

static void
test_work (Fixture *self, gconstpointer data)
{
  GListModel *folder = monocle_image_loader_get_folder (self->loader);
  g_autoptr (MonocleFolderItem) first = NULL;
  g_autoptr (MonocleFolderItem) second = NULL;
  g_autoptr (MonocleAnnotation) region
      = monocle_annotation_new_region (&(MonocleBox){ 0, 0, 2, 2 }, NULL);
  MonocleDocument *document;
  gpointer other;

  add_picture (self, 4);
  add_picture (self, 5);
  open_name (self, "4.png");
  wait_idle (self);
  first = g_list_model_get_item (folder, 0);
  second = g_list_model_get_item (folder, 1);
  document = monocle_image_loader_get_document (self->loader);
  g_assert_false (monocle_image_loader_has_work (self->loader, first));
  monocle_document_add_region (document, region);
  g_assert_true (monocle_image_loader_has_work (self->loader, first));

  monocle_image_loader_next (self->loader);
  wait_idle (self);
  other = monocle_image_loader_get_document (self->loader);
  g_object_add_weak_pointer (other, &other);
  g_assert_true (monocle_image_loader_has_work (self->loader, first));
  g_assert_false (monocle_image_loader_has_work (self->loader, second));
  /* Kept, but for the pixels. */
  g_assert_null (monocle_document_get_image (document));

  monocle_image_loader_open_item (self->loader, first);
  wait_idle (self);
  g_assert_true (monocle_image_loader_get_document (self->loader) == document);
  g_assert_nonnull (monocle_document_get_image (document));
  g_assert_true (monocle_document_has_work (document));
  /* The one without work is gone. */
  g_assert_null (other);
}

static gboolean
has_two (gpointer data)
{
  return monocle_image_loader_get_n_items (((Fixture *) data)->loader) == 2;
}

static void
test_removed (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_build_filename (self->folder, "2.png", NULL);

  add_picture (self, 1);
  add_picture (self, 2);
  add_picture (self, 3);
  open_name (self, "2.png");
  wait_idle (self);
  g_file_delete (file, NULL, NULL);
  gui_wait_for ("two pictures to be left", has_two, self);
  /* It is shown for as long as the person likes. */
  g_assert_cmpuint (get_width (self), ==, 2);
  g_assert_true (get_boolean (self, "can-next"));
  monocle_image_loader_next (self->loader);
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 3);
}

static void
test_pages (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "p.pdf", NULL);
  cairo_surface_t *surface;
  cairo_t *cr;

  if (!monocle_image_decode_has_pdf ())
    {
      g_test_skip ("no poppler");
      return;
    }
  surface = cairo_pdf_surface_create (path, 72, 72);
  cr = cairo_create (surface);
  cairo_show_page (cr);
  cairo_pdf_surface_set_size (surface, 36, 72);
  cairo_show_page (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  open_name (self, "p.pdf");
  wait_idle (self);
  g_assert_cmpuint (monocle_image_loader_get_n_items (self->loader), ==, 2);
  g_assert_cmpstr (monocle_document_get_name (monocle_image_loader_get_document (self->loader)), ==,
                   "p.pdf, page 1");
  monocle_image_loader_next (self->loader);
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 100);
  g_assert_cmpuint (monocle_image_loader_get_position (self->loader), ==, 1);
}

/* --- Clipboard and drops --- */

static GdkClipboard *
get_clipboard (void)
{
  return gdk_display_get_clipboard (gdk_display_get_default ());
}

static gboolean
has_failed (gpointer data)
{
  return ((Fixture *) data)->n_failed > 0;
}

static gboolean
has_document (gpointer data)
{
  return monocle_image_loader_get_document (((Fixture *) data)->loader) != NULL;
}

static gboolean
has_file (gpointer data)
{
  MonocleDocument *document = monocle_image_loader_get_document (((Fixture *) data)->loader);

  return document && monocle_document_get_file (document);
}

static void
test_paste (Fixture *self, gconstpointer data)
{
  /* Half of red over nothing, and nothing at all. */
  static const guint8 bgra[] = { 0, 0, 128, 128, 0, 0, 0, 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (bgra, sizeof bgra);
  g_autoptr (GdkTexture) texture
      = gdk_memory_texture_new (2, 1, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, sizeof bgra);
  g_autofree char *path = g_build_filename (self->folder, "7.png", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MonocleImage *image;

  gdk_clipboard_set_texture (get_clipboard (), texture);
  monocle_image_loader_paste (self->loader, get_clipboard ());
  gui_wait_for ("the pasted picture", has_document, self);
  g_assert_null (monocle_document_get_file (monocle_image_loader_get_document (self->loader)));
  image = monocle_document_get_image (monocle_image_loader_get_document (self->loader));
  g_assert_cmpint (monocle_image_get_pixels (image)[0], ==, 255);
  g_assert_cmpint (monocle_image_get_pixels (image)[1], ==, 0);
  g_assert_cmpint (monocle_image_get_alpha (image)[0], ==, 128);
  g_assert_cmpint (monocle_image_get_alpha (image)[1], ==, 0);

  add_picture (self, 7);
  gdk_clipboard_set_text (get_clipboard (), path);
  monocle_image_loader_paste (self->loader, get_clipboard ());
  gui_wait_for ("the file that is named", has_file, self);
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 7);
  g_assert_cmpuint (self->n_failed, ==, 0);

  gdk_clipboard_set_text (get_clipboard (), "no file's name");
  monocle_image_loader_paste (self->loader, get_clipboard ());
  gui_wait_for ("a word about it", has_failed, self);
  /* What was shown is no worse for it. */
  g_assert_cmpuint (get_width (self), ==, 7);
}

static void
test_drop (Fixture *self, gconstpointer data)
{
  g_autoptr (GtkWidget) view = g_object_ref_sink (gtk_label_new (""));
  g_autofree char *path = g_build_filename (self->folder, "8.png", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *list = g_strdup_printf ("# a list\r\n%s\r\n", uri);
  GSList files = { file, NULL };
  GValue value = G_VALUE_INIT;

  add_picture (self, 8);
  monocle_image_loader_attach_drop (self->loader, view);

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &files);
  g_assert_true (gui_drop (view, &value));
  g_value_unset (&value);
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 8);

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, list);
  g_assert_true (gui_drop (view, &value));
  wait_idle (self);
  g_assert_cmpuint (get_width (self), ==, 8);
  g_assert_cmpuint (self->n_failed, ==, 0);

  g_value_set_string (&value, "https://example.org/cat.jpg");
  gui_drop (view, &value);
  g_assert_cmpuint (self->n_failed, ==, 1);
  g_assert_nonnull (strstr (self->error->message, "network"));
  g_assert_cmpuint (get_width (self), ==, 8);

  g_value_set_string (&value, "just words");
  g_assert_false (gui_drop (view, &value));
  g_assert_cmpuint (self->n_failed, ==, 2);
  g_value_unset (&value);
}

/* tear_down() looks whether it is gone while much is under way. */
static void
test_leave (Fixture *self, gconstpointer data)
{
  for (guint i = 1; i <= 9; i++)
    add_picture (self, i);
  open_name (self, ".");
  open_name (self, "3.png");
  monocle_image_loader_paste (self->loader, get_clipboard ());
  monocle_image_loader_next (self->loader);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

#define TEST(name, func) g_test_add ("/gui/loader/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("walk", test_walk);
  TEST ("broken", test_broken);
  TEST ("nothing", test_nothing);
  TEST ("work", test_work);
  TEST ("removed", test_removed);
  TEST ("pages", test_pages);
  TEST ("paste", test_paste);
  TEST ("drop", test_drop);
  TEST ("leave", test_leave);
#undef TEST

  return gui_run ();
}
