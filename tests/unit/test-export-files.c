/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person takes out into files and folders: crops and masks pixel by pixel, safe names, and
 * that nothing is lost or left over when writing fails.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/base/error.h"
#include "tests/unit/export-fixture.h"

/* --- Files --- */

typedef struct
{
  GMainLoop *loop;
  GError *error;
  guint n_files;
  gboolean written;
  GCancellable *stop;
  guint n_calls;
} Wait;

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  wait->written = monocle_export_write_finish (result, &wait->n_files, &wait->error);
  g_main_loop_quit (wait->loop);
}

static void
on_progress (guint done, guint total, gpointer data)
{
  Wait *wait = data;

  g_assert_cmpuint (done, <=, total);
  wait->n_calls++;
  if (wait->stop)
    g_cancellable_cancel (wait->stop);
}

static gboolean
write_out (const MonocleExport *export,
           const char *format,
           const char *path,
           GCancellable *cancellable,
           Wait *wait)
{
  g_autoptr (GFile) target = g_file_new_for_path (path);

  wait->loop = g_main_loop_new (NULL, FALSE);
  monocle_export_write_async (export, monocle_export_find_format (format), target, on_progress,
                              wait, cancellable, on_written, wait);
  g_main_loop_run (wait->loop);
  g_main_loop_unref (wait->loop);
  return wait->written;
}

static char *
new_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("monocle-export-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir && g_dir_read_name (dir))
    n++;
  return n;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

static GdkPixbuf *
read_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file (path, &error);

  g_assert_no_error (error);
  return pixbuf;
}

static void
test_file (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *path = g_build_filename (folder, "out.png", NULL);
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  Wait wait = { 0 };
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  g_assert_true (write_out (&export, "png", path, NULL, &wait));
  g_assert_cmpuint (wait.n_files, ==, 1);
  g_assert_cmpuint (count_files (folder), ==, 1);
  pixbuf = read_file (folder, "out.png");
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, WIDTH);
  remove_all (folder);
}

/* Whoever agrees to replace a file does not mean the picture that is shown, or a model. */
static void
test_inputs (void)
{
  static const char *const ids[] = { "png", "jpeg", "svg", "pdf", "json", "text" };
  g_autofree char *folder = new_folder ();
  g_autofree char *path = g_build_filename (folder, "street.png", NULL);
  g_autofree char *hard = g_build_filename (folder, "hard.png", NULL);
  g_autofree char *soft = g_build_filename (folder, "soft.png", NULL);
  g_autofree char *config = g_build_filename (folder, "config.json", NULL);
  const char *const targets[] = { path, hard, soft, config };
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MonocleImage) image = new_image (WIDTH, HEIGHT);
  g_autoptr (MonocleDocument) document = monocle_document_new (file, "street.png", image);
  MonocleExport export = new_export (document, add_detection (document));

  g_assert_true (g_file_set_contents (path, "pixels", -1, NULL));
  g_assert_true (g_file_set_contents (config, "pixels", -1, NULL));
  g_assert_no_errno (link (path, hard));
  g_assert_no_errno (symlink (path, soft));
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (ids); k++)
      {
        g_autoptr (GFile) target = g_file_new_for_path (targets[i]);
        g_autofree char *kept = NULL;
        Wait wait = { 0 };

        g_assert_false (monocle_export_check_target (&export, target, NULL));
        g_assert_false (write_out (&export, ids[k], targets[i], NULL, &wait));
        g_assert_error (wait.error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE);
        g_clear_error (&wait.error);
        g_assert_true (g_file_get_contents (targets[i], &kept, NULL, NULL));
        g_assert_cmpstr (kept, ==, "pixels");
      }
  g_assert_cmpuint (count_files (folder), ==, 4);
  remove_all (folder);
}

static void
test_crops (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *inner = g_build_filename (folder, "crops", NULL);
  g_autofree char *mine = g_build_filename (inner, "01-car.png", NULL);
  g_autofree char *kept = NULL;
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));
  Wait wait = { 0 };

  g_assert_true (write_out (&export, "crops", inner, NULL, &wait));
  g_assert_cmpuint (wait.n_files, ==, 2);
  g_assert_cmpuint (wait.n_calls, >=, 1);
  g_assert_cmpuint (count_files (inner), ==, 2);
  {
    g_autoptr (GdkPixbuf) car = read_file (inner, "01-car.png");
    g_autoptr (GdkPixbuf) red = read_file (inner, "02-red-car.png");

    g_assert_cmpint (gdk_pixbuf_get_width (car), ==, 80);
    g_assert_cmpint (gdk_pixbuf_get_height (car), ==, 60);
    g_assert_true (is_left (car, 0, 0) && is_left (car, 79, 59));
    /* 150.4 to 220.6: every pixel that is touched. */
    g_assert_cmpint (gdk_pixbuf_get_width (red), ==, 71);
    g_assert_true (is_right (red, 0, 0));
  }

  /* What lies there is not touched. */
  g_assert_true (g_file_set_contents (mine, "mine", -1, NULL));
  g_assert_true (write_out (&export, "crops", inner, NULL, &wait));
  g_assert_true (g_file_get_contents (mine, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "mine");
  g_assert_cmpuint (count_files (inner), ==, 4);
  {
    g_autoptr (GdkPixbuf) car = read_file (inner, "01-car-2.png");

    g_assert_cmpint (gdk_pixbuf_get_width (car), ==, 80);
  }
  remove_all (folder);
}

/* Red, and see-through on its left. */
static MonocleImage *
new_logo (guint width, guint height)
{
  guint8 *rgb = g_malloc (3 * (gsize) width * height), *alpha = g_malloc ((gsize) width * height);

  for (gsize i = 0; i < (gsize) width * height; i++)
    {
      memcpy (rgb + 3 * i, (guint8[]){ 200, 30, 40 }, 3);
      alpha[i] = i % width < width / 2 ? 0 : 255;
    }
  return monocle_image_new_take_planes (width, height, rgb, alpha, FALSE, NULL);
}

static guint
get_alpha (GdkPixbuf *pixbuf, int x, int y)
{
  g_assert_true (gdk_pixbuf_get_has_alpha (pixbuf));
  return gdk_pixbuf_read_pixels (pixbuf)[y * gdk_pixbuf_get_rowstride (pixbuf) + 4 * x + 3];
}

/* What is see-through stays so, where the format can say it; else it is white. Whatever size. */
static void
test_alpha (void)
{
  static const char *const ids[] = { "png", "webp", "svg" };
  g_autoptr (MonocleDocument) document = new_document ("logo.png", new_logo (WIDTH, HEIGHT));

  for (guint scale = 1; scale <= 2; scale++)
    {
      MonocleExport export = new_export (document, NULL);
      g_autoptr (GBytes) jpeg = NULL;
      g_autoptr (GdkPixbuf) opaque = NULL;

      export.scale = 1.0 / scale;
      for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
        {
          const int x = WIDTH / (int) scale - 3, y = HEIGHT / (int) scale - 3;
          g_autoptr (GBytes) bytes = NULL;
          g_autoptr (GdkPixbuf) pixbuf = NULL;

          if (!monocle_export_find_format (ids[i]))
            continue;
          bytes = to_bytes (&export, ids[i]);
          pixbuf = read_picture (bytes);
          g_assert_cmpuint (get_alpha (pixbuf, 3, 3), ==, 0);
          g_assert_cmpuint (get_alpha (pixbuf, x, y), ==, 255);
          g_assert_true (is_near (pixbuf, x, y, 200, 30, 40));
        }
      jpeg = to_bytes (&export, "jpeg");
      opaque = read_picture (jpeg);
      g_assert_true (is_near (opaque, 3, 3, 255, 255, 255));
    }
  {
    g_autofree char *folder = new_folder ();
    g_autofree char *inner = g_build_filename (folder, "crops", NULL);
    MonocleExport export = new_export (document, add_detection (document));
    g_autoptr (GdkPixbuf) crop = NULL;
    Wait wait = { 0 };

    g_assert_true (write_out (&export, "crops", inner, NULL, &wait));
    crop = read_file (inner, "01-car.png");
    g_assert_cmpuint (get_alpha (crop, 0, 0), ==, 0);
    remove_all (folder);
  }
}

static void
test_crops_of_regions (void)
{
  static const MonocleBox region = { 10, 20, 30, 50 };
  g_autofree char *folder = new_folder ();
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *result = new_result (NULL);
  MonocleExport export;
  Wait wait = { 0 };

  add_polygon (result, "", (const double[]){ 12, 22, 28, 22, 28, 40 }, 3);
  export = new_export (document,
                       add_query (document, "region-to-segmentation", &region, 1, &result, 1));
  g_assert_true (write_out (&export, "crops-jpeg", folder, NULL, &wait));
  g_assert_cmpuint (wait.n_files, ==, 2);
  {
    g_autoptr (GdkPixbuf) crop = read_file (folder, "region-1.jpg");

    g_assert_cmpint (gdk_pixbuf_get_width (crop), ==, 20);
    g_assert_cmpint (gdk_pixbuf_get_height (crop), ==, 30);
  }
  remove_all (folder);
}

static void
check_mask (GdkPixbuf *mask, int x1, int y1, int x2, int y2)
{
  g_assert_cmpint (gdk_pixbuf_get_width (mask), ==, WIDTH);
  g_assert_cmpint (gdk_pixbuf_get_height (mask), ==, HEIGHT);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        int expected = x >= x1 && x < x2 && y >= y1 && y < y2 ? 255 : 0;

        if (get_pixel (mask, x, y)[0] != expected)
          g_error ("at %d,%d it is %d", x, y, get_pixel (mask, x, y)[0]);
      }
}

static void
test_masks (void)
{
  static const double turned[] = { 90, 10, 90, 40, 60, 40, 60, 10 };
  g_autofree char *folder = new_folder ();
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *result = new_result (NULL);
  MonocleExport export;
  Wait wait = { 0 };

  /* Of the second the corners are the wrong way round, as models write them now and then. */
  add_box (result, "car", (MonocleBox){ 20, 30, 100, 90 }, 0.94f);
  add_box (result, "bus", (MonocleBox){ 50, 60, 10, 20 }, 0.94f);
  add_polygon (result, "tree", turned, 4);
  export = new_export (document,
                       add_query (document, "open-vocabulary-detection", NULL, 0, &result, 1));
  g_assert_true (write_out (&export, "masks", folder, NULL, &wait));
  g_assert_cmpuint (wait.n_files, ==, 3);
  {
    g_autoptr (GdkPixbuf) car = read_file (folder, "01-car.png");
    g_autoptr (GdkPixbuf) bus = read_file (folder, "02-bus.png");
    g_autoptr (GdkPixbuf) tree = read_file (folder, "03-tree.png");

    check_mask (car, 20, 30, 100, 90);
    check_mask (bus, 10, 20, 50, 60);
    check_mask (tree, 60, 10, 90, 40);
  }
  remove_all (folder);
}

static void
test_safe_names (void)
{
  static const char *const labels[] = { "../../x",
                                        "a/b\\c",
                                        ".",
                                        "...",
                                        "\x01\x02",
                                        "car\xe2\x80\xae"
                                        "gpj",
                                        "",
                                        "-rf *",
                                        "Straße №5" };
  static const char *const files[]
      = { "01-x.png", "02-a-b-c.png", NULL, NULL, NULL, "06-car-gpj.png", NULL, "08-rf.png", NULL };
  g_autofree char *folder = new_folder ();
  g_autofree char *longest = g_strnfill (300, 'w');
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleResult *result = new_result (NULL);
  MonocleExport export;
  Wait wait = { 0 };
  g_autoptr (GDir) dir = NULL;
  const char *name;

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    add_box (result, labels[i], (MonocleBox){ 1, 1, 5, 5 }, NAN);
  add_box (result, longest, (MonocleBox){ 1, 1, 5, 5 }, NAN);
  export = new_export (document, add_query (document, "detect", NULL, 0, &result, 1));
  g_assert_true (write_out (&export, "crops", folder, NULL, &wait));
  g_assert_cmpuint (count_files (folder), ==, G_N_ELEMENTS (labels) + 1);
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)))
    {
      g_assert_cmpuint (strlen (name), <=, 80);
      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_true (g_ascii_isdigit (name[0]));
      g_assert_true (strchr (name, '.') == name + strlen (name) - 4);
      for (const char *p = name; *p; p = g_utf8_next_char (p))
        g_assert_true (g_unichar_isalnum (g_utf8_get_char (p)) || strchr ("-.", *p));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (files[i])
      {
        g_autofree char *path = g_build_filename (folder, files[i], NULL);

        g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
      }
  remove_all (folder);
}

static void
test_failures (void)
{
  static const char *const ids[] = { "png", "json", "crops", "masks" };
  g_autofree char *folder = new_folder ();
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autoptr (MonocleDocument) document = new_document ("street.png", new_image (WIDTH, HEIGHT));
  MonocleExport export = new_export (document, add_detection (document));

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      const char *const parents[] = { "no/such/out", "file/out" };

      for (gsize k = 0; k < G_N_ELEMENTS (parents); k++)
        {
          g_autofree char *path = g_build_filename (folder, parents[k], NULL);
          g_autoptr (GError) error = NULL;
          Wait wait = { 0 };

          g_assert_false (write_out (&export, ids[i], path, NULL, &wait));
          error = wait.error;
          g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE);
          g_assert_nonnull (strstr (error->message, "out"));
          g_assert_cmpuint (wait.n_files, ==, 0);
          g_assert_cmpuint (count_files (folder), ==, 1);
        }
    }
  remove_all (folder);
}

static void
test_cancel (void)
{
  static const char *const ids[] = { "png", "crops" };
  g_autofree char *folder = new_folder ();
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autoptr (MonocleDocument) document = new_document ("noise.png", new_noise (WIDTH, HEIGHT));
  MonocleResult *result = new_result (NULL);
  MonocleExport export;

  for (guint i = 0; i < 400; i++)
    add_box (result, "car", (MonocleBox){ 0, 0, WIDTH, HEIGHT }, NAN);
  export = new_export (document, add_query (document, "detect", NULL, 0, &result, 1));

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GCancellable) cancelled = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Wait wait = { 0 };

      g_cancellable_cancel (cancelled);
      g_assert_false (write_out (&export, ids[i], out, cancelled, &wait));
      error = wait.error;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (count_files (folder), ==, 0);
    }

  /* Stopped on the way: what was written is taken back. */
  {
    g_autoptr (GCancellable) stop = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    Wait wait = { .stop = stop };

    g_assert_false (write_out (&export, "crops", out, stop, &wait));
    error = wait.error;
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint (count_files (folder), ==, 0);
  }
  remove_all (folder);
}

static void
test_dropped (void)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_BUILT, "fixtures", "pictures", "small.jpg", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, NULL);
  g_autoptr (MonocleDocument) document = monocle_document_new (file, "small.jpg", image);
  MonocleExport export = new_export (document, NULL);
  g_autoptr (GError) error = NULL;

  monocle_document_drop_image (document);
  g_assert_null (monocle_export_to_bytes (&export, monocle_export_find_format ("png"), &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/export/alpha", test_alpha);
  g_test_add_func ("/app/export/file", test_file);
  g_test_add_func ("/app/export/inputs", test_inputs);
  g_test_add_func ("/app/export/crops", test_crops);
  g_test_add_func ("/app/export/crops-of-regions", test_crops_of_regions);
  g_test_add_func ("/app/export/masks", test_masks);
  g_test_add_func ("/app/export/safe-names", test_safe_names);
  g_test_add_func ("/app/export/failures", test_failures);
  g_test_add_func ("/app/export/cancel", test_cancel);
  g_test_add_func ("/app/export/dropped", test_dropped);
  return g_test_run ();
}
