/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening: nothing, a picture, a folder, a broken file, the clipboard; going through a folder does
 * not grow; what was asked is still there on the way back; a window that closes is gone; files that
 * are taken away, and those that were opened last.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "tests/gui/harness.h"
#include "ui/image-view.h"
#include "ui/recent-files.h"
#include "ui/welcome-page.h"

#define MANY 200

static void
test_empty (void)
{
  MonocleWindow *window = gui_open_empty ();

  g_assert_nonnull (gui_find (window, MONOCLE_TYPE_WELCOME_PAGE));
  g_assert_null (gui_get_document (window));
  g_assert_true (gui_can_act (window, "win.open"));
  g_assert_false (gui_can_act (window, "win.run"));
  g_assert_false (gui_can_act (window, "win.export"));
  g_assert_false (gui_can_act (window, "win.zoom-in"));
}

static void
test_picture (void)
{
  MonocleWindow *window = gui_open_sample ("3-street.png");
  g_autofree char *path = gui_sample ("3-street.png");
  g_autoptr (GdkPixbuf) truth = gdk_pixbuf_new_from_file (path, NULL);
  MonocleImageView *view = gui_find (window, MONOCLE_TYPE_IMAGE_VIEW);
  const guint8 *pixels = gdk_pixbuf_read_pixels (truth);
  cairo_surface_t *picture;
  MonocleRect place;
  double x, y;
  guint32 seen;
  gsize at;

  g_assert_nonnull (view);
  g_assert_cmpuint (monocle_document_get_width (gui_get_document (window)), ==,
                    (guint) gdk_pixbuf_get_width (truth));
  g_assert_true (gui_has_text (window, "3-street.png"));

  /* At 100 % a pixel of the picture is a pixel of the screen. */
  gui_act (window, "win.zoom-100", NULL);
  monocle_image_view_to_widget (view, &(MonocleRect){ 300, 300, 1, 1 }, &place);
  g_assert_true (gtk_widget_translate_coordinates (GTK_WIDGET (view), GTK_WIDGET (window),
                                                   place.x + 0.5, place.y + 0.5, &x, &y));
  picture = gui_take_picture (GTK_WINDOW (window), 1);
  seen = gui_get_pixel (picture, (int) x, (int) y);
  at = 300 * (gsize) gdk_pixbuf_get_rowstride (truth)
       + 300 * (gsize) gdk_pixbuf_get_n_channels (truth);
  g_assert_cmpint (ABS ((int) (seen >> 16) - pixels[at]), <=, 12);
  g_assert_cmpint (ABS ((int) (seen >> 8 & 0xff) - pixels[at + 1]), <=, 12);
  g_assert_cmpint (ABS ((int) (seen & 0xff) - pixels[at + 2]), <=, 12);
  cairo_surface_destroy (picture);
}

static gboolean
says_broken (gpointer window)
{
  return gui_has_text (window, "broken.png");
}

static void
test_broken (void)
{
  g_autofree char *path = gui_temporary ("broken.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *details = NULL;
  MonocleWindow *window;

  g_assert_true (g_file_set_contents (path, "\x89PNG\r\n\x1a\nnothing of use", -1, NULL));
  window = gui_open_empty ();
  g_application_open (G_APPLICATION (gui_get_application ()), &file, 1, "");
  gui_wait_for ("a word about the broken file", says_broken,
                gtk_application_get_active_window (gui_get_application ()));
  window = MONOCLE_WINDOW (gtk_application_get_active_window (gui_get_application ()));
  g_assert_null (gui_get_document (window));
  g_assert_false (gui_can_act (window, "win.run"));
  details = gui_copy_details (window);
  g_assert_nonnull (strstr (details, "broken.png\n"));
  g_assert_nonnull (strstr (details, "Monocle " MONOCLE_VERSION));
}

static gboolean
has_document (gpointer window)
{
  return gui_get_document (window) != NULL;
}

static void
test_paste (void)
{
  MonocleWindow *window = gui_open_empty ();
  static const guint8 pixels[4 * 3 * 3] = { 255, 0, 0 };
  g_autoptr (GBytes) bytes = g_bytes_new (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (4, 3, GDK_MEMORY_R8G8B8, bytes, 4 * 3);

  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (window)), texture);
  gui_settle ();
  gui_act (window, "win.paste", NULL);
  gui_wait_for ("the pasted picture", has_document, window);
  g_assert_cmpuint (monocle_document_get_width (gui_get_document (window)), ==, 4);
  g_assert_cmpuint (monocle_document_get_height (gui_get_document (window)), ==, 3);
}

static gboolean
has_another (gpointer window)
{
  MonocleDocument *document = gui_get_document (window);

  return document && monocle_document_get_file (document) != NULL;
}

static gboolean
has_pasted (gpointer window)
{
  MonocleDocument *document = gui_get_document (window);

  return document && monocle_document_get_file (document) == NULL;
}

/* It has no file to be opened again by, so leaving it offers the way back. */
static void
test_paste_is_kept (void)
{
  MonocleWindow *window = gui_open_empty ();
  g_autofree guint8 *pixels = g_malloc0 (64 * 64 * 3);
  g_autoptr (GBytes) bytes = g_bytes_new (pixels, 64 * 64 * 3);
  g_autoptr (GdkTexture) texture
      = gdk_memory_texture_new (64, 64, GDK_MEMORY_R8G8B8, bytes, 64 * 3);
  g_autofree char *path = gui_sample ("1-park.png");
  MonocleQuery *query;

  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (window)), texture);
  gui_settle ();
  gui_act (window, "win.paste", NULL);
  gui_wait_for ("the pasted picture", has_document, window);
  query = gui_ask (window, "caption", NULL);

  gui_act (window, "win.open-path", path);
  gui_wait_for ("another picture", has_another, window);
  gui_wait_for_text (window, "The pasted picture and its answers are kept");
  gui_act (window, "win.back-to-pasted", NULL);
  gui_wait_for ("the pasted picture again", has_pasted, window);
  g_assert_true (monocle_presentation_get_query (monocle_window_get_presentation (window))
                 == query);
}

/* --- A folder --- */

static void
write_pictures (const char *folder, guint n, int side)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i + 1);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, side, side);

      gdk_pixbuf_fill (pixbuf, i * 0x01030500u | 0xff);
      g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, "compression", "1", NULL));
    }
}

static guint64
get_resident_bytes (void)
{
  g_autofree char *statm = NULL;
  unsigned long size, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL));
  g_assert_cmpint (sscanf (statm, "%lu %lu", &size, &resident), ==, 2);
  return (guint64) resident * 4096;
}

typedef struct
{
  MonocleWindow *window;
  const char *name;
} Expected;

static gboolean
shows (gpointer data)
{
  Expected *expected = data;
  MonocleDocument *document = gui_get_document (expected->window);

  return document && g_str_equal (monocle_document_get_name (document), expected->name)
         && monocle_document_get_image (document);
}

static void
expect (MonocleWindow *window, const char *name)
{
  gui_wait_for (name, shows, &(Expected){ window, name });
}

static gboolean
can_go_on (gpointer window)
{
  return gui_can_act (window, "win.next");
}

static void
test_folder (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *path = g_build_filename (folder, "2.png", NULL);
  MonocleWindow *window;

  write_pictures (folder, 11, 16);
  window = gui_open_path (path);
  gui_wait_for ("the neighbours", can_go_on, window);
  gui_act (window, "win.next", NULL);
  expect (window, "3.png");
  gui_act (window, "win.previous", NULL);
  expect (window, "2.png");
  /* 10 comes after 9, not after 1. */
  gui_act (window, "win.last", NULL);
  expect (window, "11.png");
  g_assert_false (gui_can_act (window, "win.next"));
  gui_act (window, "win.first", NULL);
  expect (window, "1.png");
  g_assert_false (gui_can_act (window, "win.previous"));
}

static void
test_work_is_kept (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *path = g_build_filename (folder, "1.png", NULL);
  MonocleWindow *window;
  MonocleQuery *query;

  write_pictures (folder, 2, 64);
  window = gui_open_path (path);
  gui_wait_for ("the neighbours", can_go_on, window);
  query = gui_ask (window, "caption", NULL);
  gui_act (window, "win.next", NULL);
  expect (window, "2.png");
  g_assert_null (monocle_presentation_get_query (monocle_window_get_presentation (window)));
  gui_act (window, "win.previous", NULL);
  expect (window, "1.png");
  gui_settle ();
  g_assert_true (monocle_presentation_get_query (monocle_window_get_presentation (window))
                 == query);
}

static void
test_memory (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *path = g_build_filename (folder, "1.png", NULL);
  MonocleWindow *window;
  guint64 early = 0, late;
  const guint64 picture_bytes = 700 * 700 * 3;

  write_pictures (folder, MANY, 700);
  window = gui_open_path (path);
  gui_wait_for ("the neighbours", can_go_on, window);
  for (guint i = 2; i <= MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      gui_act (window, "win.next", NULL);
      expect (window, name);
      if (i == MANY / 4)
        early = get_resident_bytes ();
    }
  late = get_resident_bytes ();
  g_test_message ("%.0f MiB after %d pictures, %.0f MiB after %d", (double) early / 1048576,
                  MANY / 4, (double) late / 1048576, MANY);
  /* Keeping them would be 150 pictures more: 210 MiB. */
  g_assert_cmpuint (late, <, early + 15 * picture_bytes);
}

static gboolean
is_gone (gpointer weak)
{
  return *(gpointer *) weak == NULL;
}

static void
test_close (void)
{
  MonocleWindow *window = gui_open_sample ("1-park.png");
  gpointer weak = window;

  gui_ask (window, "detect", NULL);
  g_object_add_weak_pointer (G_OBJECT (window), &weak);
  gui_close_all ();
  gui_wait_for ("the window to be gone", is_gone, &weak);
}

/* --- Files that go, files that are remembered --- */

static char *
copy_sample (const char *folder, const char *name)
{
  g_autofree char *from = gui_sample (name);
  char *to = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);

  g_assert_true (g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
  return to;
}

/* The title speaks of the picture that is shown, not of the one that is at its place now. */
static void
test_gone (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *first = copy_sample (folder, "1-park.png");
  g_autofree char *second = copy_sample (folder, "2-fruit.png");
  g_autofree char *third = copy_sample (folder, "3-street.png");
  MonocleWindow *window = gui_open_path (second);

  gui_wait_for ("neighbours", can_go_on, window);
  gui_wait_for_text (window, "2 of 3");
  g_assert_cmpint (g_remove (second), ==, 0);
  gui_wait_for_text (window, "No longer in this folder");
  g_assert_true (gui_has_text (window, "2-fruit.png"));
  g_assert_false (gui_has_text (window, " of "));
  gui_act (window, "win.next", NULL);
  gui_wait_for_text (window, "3-street.png");
  gui_wait_for_text (window, "2 of 2");
}

static gboolean
is_recent (gpointer path)
{
  g_autoptr (GPtrArray) files = monocle_recent_files_list (20);
  g_autoptr (GFile) wanted = g_file_new_for_path (path);

  return g_ptr_array_find_with_equal_func (files, wanted, (GEqualFunc) g_file_equal, NULL);
}

static gboolean
is_noted (gpointer uri)
{
  return gtk_recent_manager_has_item (gtk_recent_manager_get_default (), uri);
}

/* What was opened, not what was written: file choosers note what is saved in the same list. */
static void
test_recent (void)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *opened = copy_sample (folder, "1-park.png");
  g_autofree char *saved = copy_sample (folder, "2-fruit.png");
  g_autofree char *uri = g_filename_to_uri (saved, NULL, NULL);

  gui_open_path (opened);
  gui_wait_for ("the picture that was opened", is_recent, opened);
  g_assert_true (gtk_recent_manager_add_item (gtk_recent_manager_get_default (), uri));
  gui_wait_for ("it to be noted", is_noted, uri);
  g_assert_false (is_recent (saved));
  /* Until it is opened. */
  gui_open_path (saved);
  gui_wait_for ("the other one", is_recent, saved);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

  g_test_add_func ("/gui/open/empty", test_empty);
  g_test_add_func ("/gui/open/picture", test_picture);
  g_test_add_func ("/gui/open/broken", test_broken);
  g_test_add_func ("/gui/open/paste", test_paste);
  g_test_add_func ("/gui/open/paste-is-kept", test_paste_is_kept);
  g_test_add_func ("/gui/open/folder", test_folder);
  g_test_add_func ("/gui/open/work-is-kept", test_work_is_kept);
  g_test_add_func ("/gui/open/memory", test_memory);
  g_test_add_func ("/gui/open/close", test_close);
  g_test_add_func ("/gui/open/gone", test_gone);
  g_test_add_func ("/gui/open/recent", test_recent);

  return gui_run ();
}
