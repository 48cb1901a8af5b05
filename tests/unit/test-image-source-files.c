/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/pictures/source: pages of PDF files, files read in threads, small pictures.
 */
#include "config.h"

#include <unistd.h>

#include <cairo-pdf.h>

#include "app/pictures/decode.h"
#include "app/pictures/kinds.h"
#include "tests/unit/source-fixture.h"

/* --- PDF --- */

static cairo_status_t
append_pdf (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* Page @i is 72 x 36 points, and red in its left half when @i is odd. */
static GBytes *
make_pdf (guint n_pages, double width, double height)
{
  GByteArray *file = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_pdf, file, width, height);
  cairo_t *cr = cairo_create (surface);

  for (guint i = 0; i < n_pages; i++)
    {
      if (i % 2 == 1)
        {
          cairo_set_source_rgb (cr, red[0] / 255.0, red[1] / 255.0, red[2] / 255.0);
          cairo_rectangle (cr, 0, 0, width / 2, height);
          cairo_fill (cr);
        }
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (file);
}

static void
test_pdf (void)
{
  g_autoptr (GBytes) bytes = make_pdf (3, 72, 36);
  g_autoptr (GBytes) long_page = make_pdf (1, 14400, 72);
  g_autoptr (MonocleImage) first = NULL;
  g_autoptr (MonocleImage) second = NULL;
  g_autoptr (MonocleImage) wide = NULL;
  g_autoptr (GError) error = NULL;
  guint n_pages;

  if (!monocle_image_decode_has_pdf ())
    {
      refuse_bytes (bytes, "d.pdf", "poppler");
      return;
    }
  first = monocle_image_source_load_bytes (bytes, "d.pdf", 0, &n_pages, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_pages, ==, 3);
  g_assert_cmpuint (monocle_image_get_width (first), ==, 200);
  g_assert_cmpuint (monocle_image_get_height (first), ==, 100);
  check_pixel (first, 10, 10, white, 0);

  second = monocle_image_source_load_bytes (bytes, "d.pdf", 1, &n_pages, &error);
  g_assert_no_error (error);
  check_pixel (second, 10, 10, red, 1);
  check_pixel (second, 190, 90, white, 0);

  g_assert_null (monocle_image_source_load_bytes (bytes, "d.pdf", 3, &n_pages, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);

  wide = monocle_image_source_load_bytes (long_page, "d.pdf", 0, NULL, NULL);
  g_assert_cmpuint (monocle_image_get_width (wide), ==, 6000);
  g_assert_cmpuint (monocle_image_get_height (wide), ==, 30);
}

/* --- Files --- */

typedef struct
{
  MonocleImage *image;
  GError *error;
  char *digest;
  guint n_pages;
  gboolean small;
  gboolean done;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->image = outcome->small
                       ? monocle_image_source_thumbnail_finish (result, &outcome->error)
                       : monocle_image_source_load_finish (result, &outcome->n_pages,
                                                           &outcome->digest, &outcome->error);
  outcome->done = TRUE;
}

static void
outcome_wait (Outcome *outcome)
{
  while (!outcome->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->image, monocle_image_unref);
  g_clear_pointer (&outcome->digest, g_free);
  g_clear_error (&outcome->error);
  outcome->done = FALSE;
}

static GFile *
write_file (const char *name, GBytes *bytes)
{
  g_autofree char *own_name = g_strdup_printf ("%d-%s", (int) getpid (), name);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), own_name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

static void
test_file (void)
{
  g_autoptr (GdkPixbuf) pixbuf = make_pixbuf (FALSE);
  g_autoptr (GBytes) bytes = save_pixbuf (pixbuf, "png");
  g_autofree char *digest = NULL;
  g_autoptr (GFile) file = write_file ("monocle-source.png", bytes);
  g_autoptr (GFile) missing = g_file_new_for_path ("/nowhere/at/all.png");
  g_autoptr (GFile) folder = g_file_new_for_path (g_get_tmp_dir ());
  g_autoptr (GFile) device = g_file_new_for_path ("/dev/zero");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { NULL };

  monocle_image_source_load_async (file, 0, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n_pages, ==, 1);
  digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_assert_cmpstr (outcome.digest, ==, digest);
  check_picture (outcome.image, 0);
  outcome_clear (&outcome);

  monocle_image_source_load_async (missing, 0, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  outcome_clear (&outcome);

  /* It never ends. */
  monocle_image_source_load_async (device, 0, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_error (outcome.error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  outcome_clear (&outcome);

  monocle_image_source_load_async (folder, 0, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_error (outcome.error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE);
  outcome_clear (&outcome);

  monocle_image_source_load_async (file, 0, cancellable, on_done, &outcome);
  g_cancellable_cancel (cancellable);
  outcome_wait (&outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  outcome_clear (&outcome);
  g_file_delete (file, NULL, NULL);
}

static void
test_thumbnail (void)
{
  g_autoptr (GBytes) jpeg = make_turned_jpeg ();
  g_autoptr (GFile) jpeg_file = write_file ("monocle-small.jpg", jpeg);
  g_autoptr (GBytes) pdf = make_pdf (2, 72, 36);
  g_autoptr (GFile) pdf_file = write_file ("monocle-small.pdf", pdf);
  /* What only the engine reads here: no loader is asked for TGA by its first bytes. */
  static const guint8 tga[18 + 40 * 20 * 3] = { 0, 0, 2, [12] = 40, [14] = 20, [16] = 24, 0x20 };
  g_autoptr (GBytes) tga_bytes = g_bytes_new_static (tga, sizeof tga);
  g_autoptr (GFile) tga_file = write_file ("monocle-small.tga", tga_bytes);
  Outcome outcome = { .small = TRUE };

  monocle_image_source_thumbnail_async (jpeg_file, 0, 16, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (monocle_image_get_width (outcome.image), ==, 8);
  g_assert_cmpuint (monocle_image_get_height (outcome.image), ==, 16);
  check_pixel (outcome.image, 4, 8, red, 8);
  outcome_clear (&outcome);

  monocle_image_source_thumbnail_async (tga_file, 0, 20, NULL, on_done, &outcome);
  outcome_wait (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (monocle_image_get_width (outcome.image), ==, 20);
  g_assert_cmpuint (monocle_image_get_height (outcome.image), ==, 10);
  outcome_clear (&outcome);

  if (monocle_image_decode_has_pdf ())
    {
      monocle_image_source_thumbnail_async (pdf_file, 1, 40, NULL, on_done, &outcome);
      outcome_wait (&outcome);
      g_assert_no_error (outcome.error);
      g_assert_cmpuint (monocle_image_get_width (outcome.image), ==, 40);
      check_pixel (outcome.image, 5, 5, red, 2);
      outcome_clear (&outcome);
    }
  g_file_delete (jpeg_file, NULL, NULL);
  g_file_delete (pdf_file, NULL, NULL);
  g_file_delete (tga_file, NULL, NULL);
}

static void
test_types (void)
{
  g_assert_true (monocle_picture_kinds_can_open ("image/png"));
  g_assert_true (monocle_picture_kinds_can_open ("image/jpeg"));
  g_assert_false (monocle_picture_kinds_can_open ("text/plain"));
  g_assert_false (monocle_picture_kinds_can_open ("audio/x-riff"));
  g_assert_false (monocle_picture_kinds_can_open (NULL));
  g_assert_true (monocle_picture_kinds_can_open ("application/pdf")
                 == monocle_image_decode_has_pdf ());
}

/* Names count where the system does not know, as without a database of MIME types. */
static void
test_names (void)
{
  static const char *const unknown[] = { NULL, "application/octet-stream" };

  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      g_assert_true (monocle_picture_kinds_is_picture (unknown[i], "a.png"));
      g_assert_true (monocle_picture_kinds_is_picture (unknown[i], "IMG 12.v2.JPG"));
      g_assert_true (monocle_picture_kinds_is_picture (unknown[i], "scan.pdf")
                     == monocle_image_decode_has_pdf ());
      g_assert_false (monocle_picture_kinds_is_picture (unknown[i], "png"));
      g_assert_false (monocle_picture_kinds_is_picture (unknown[i], "a.png.txt"));
      g_assert_false (monocle_picture_kinds_is_picture (unknown[i], "a."));
    }
  g_assert_true (monocle_picture_kinds_is_picture ("image/png", "a"));
  g_assert_false (monocle_picture_kinds_is_picture ("text/plain", "a.png"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/image-source/pdf", test_pdf);
  g_test_add_func ("/app/image-source/file", test_file);
  g_test_add_func ("/app/image-source/thumbnail", test_thumbnail);
  g_test_add_func ("/app/image-source/types", test_types);
  g_test_add_func ("/app/image-source/names", test_names);
  return g_test_run ();
}
