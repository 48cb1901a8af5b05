/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that was turned: what lies on it stays where it is in the upright picture, and so do
 * data and undo; pictures that are taken out show it as a person does.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app/export/export.h"
#include "app/json/query.h"
#include "engine/models/florence2/tasks.h"
#include "tests/unit/answer-fixture.h"

#define WIDTH  240
#define HEIGHT 160
/* What the object and the region lie on; everything else is grey. */
#define LEFT   30
#define TOP    20
#define RIGHT  90
#define BOTTOM 50

static const MonocleBox place = { LEFT, TOP, RIGHT, BOTTOM };

typedef struct
{
  MonocleDocument *document;
  MonocleQuery *query; /* the document's */
  char *folder;
} Fixture;

static MonocleImage *
new_image (void)
{
  g_autofree guint8 *rgb = g_malloc (3 * WIDTH * HEIGHT);

  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      memset (rgb + 3 * (y * WIDTH + x),
              x >= LEFT && x < RIGHT && y >= TOP && y < BOTTOM ? 250 : 90, 3);
  return monocle_image_new_from_pixels (WIDTH, HEIGHT, 3 * WIDTH, rgb, NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const double corners[] = { 30, 20, 90, 20, 90, 50, 30, 50 };
  const MonocleRing ring = { corners, 4, MONOCLE_RING_OUTER };
  const MonocleObject objects[] = {
    box_object ("car", LEFT, TOP, RIGHT, BOTTOM),
    { .label = (char *) "sign", .shape = rings_shape (&ring, 1), .score = NAN },
  };
  g_autoptr (MonocleImage) image = new_image ();
  g_autoptr (MonocleQuery) query = monocle_query_new (
      monocle_florence2_find_task ("open-vocabulary-detection"), "car", &place, 1, NULL);
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&place, NULL);

  f->document = monocle_document_new (NULL, "street.png", image);
  f->query = query;
  f->folder = g_dir_make_tmp ("monocle-turned-XXXXXX", NULL);
  monocle_document_add_query (f->document, query);
  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with (objects, 2));
  monocle_document_add_region (f->document, region);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
  g_assert_finalize_object (f->document);
}

static MonocleExport
new_export (Fixture *f)
{
  return (MonocleExport){ .document = f->document,
                          .query = f->query,
                          .style = MONOCLE_OVERLAY_STYLE_BOX,
                          .opacity = MONOCLE_OVERLAY_OPACITY,
                          .scale = 1,
                          .quality = 90 };
}

static GBytes *
to_bytes (const MonocleExport *export, const char *format)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = monocle_export_to_bytes (export, monocle_export_find_format (format), &error);

  g_assert_no_error (error);
  return bytes;
}

static GdkPixbuf *
read_picture (GBytes *bytes)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &error);

  g_assert_no_error (error);
  return pixbuf;
}

static const guchar *
get_pixel (GdkPixbuf *pixbuf, int x, int y)
{
  return gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf)
         + x * gdk_pixbuf_get_n_channels (pixbuf);
}

/* Where the object is seen. */
static MonocleBox
find_place (Fixture *f)
{
  const MonocleMatrix turn = monocle_document_get_turn (f->document);

  return monocle_matrix_map_box (&turn, &place);
}

static gboolean
is_in (const MonocleBox *box, int x, int y)
{
  return (float) x >= box->x1 && (float) x < box->x2 && (float) y >= box->y1 && (float) y < box->y2;
}

/* --- The document --- */

static void
assert_untouched (Fixture *f)
{
  GListModel *regions = monocle_document_get_regions (f->document);
  g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, 0);
  const MonocleBox *asked = monocle_query_get_regions (f->query, NULL);

  assert_bounds (region, LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP);
  for (guint i = 0; i < 2; i++)
    assert_bounds (peek_annotation (f->query, i), LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP);
  g_assert_cmpmem (asked, sizeof *asked, &place, sizeof place);
  g_assert_cmpuint (monocle_document_get_width (f->document), ==, WIDTH);
  g_assert_cmpuint (monocle_document_get_height (f->document), ==, HEIGHT);
}

static void
test_places (Fixture *f, gconstpointer data)
{
  MonocleUndo *undo = monocle_document_get_undo (f->document);

  for (guint i = 0; i < 5; i++)
    {
      MonocleImage *image = monocle_document_get_image (f->document);
      const guint width = monocle_image_get_width (image);
      const MonocleBox seen = find_place (f);

      assert_untouched (f);
      g_assert_cmpuint (width, ==, monocle_document_get_shown_width (f->document));
      for (guint y = 0; y < monocle_image_get_height (image); y++)
        for (guint x = 0; x < width; x++)
          g_assert_cmpint (monocle_image_get_pixels (image)[3 * (y * width + x)] == 250, ==,
                           is_in (&seen, (int) x, (int) y));
      monocle_document_rotate (f->document, 1);
    }
  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (monocle_undo_undo (undo));
      assert_untouched (f);
    }
  g_assert_cmpuint (monocle_document_get_rotation (f->document), ==, 0);
  for (guint i = 0; i < 5; i++)
    g_assert_true (monocle_undo_redo (undo));
  g_assert_cmpuint (monocle_document_get_rotation (f->document), ==, 1);
  assert_untouched (f);
}

/* What was moved before and after a turn comes back to where it was. */
static void
test_moves (Fixture *f, gconstpointer data)
{
  MonocleUndo *undo = monocle_document_get_undo (f->document);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  MonocleAnnotation *region;

  g_ptr_array_add (all, g_list_model_get_item (monocle_document_get_regions (f->document), 0));
  g_ptr_array_add (all, g_object_ref (peek_annotation (f->query, 1)));
  region = all->pdata[0];
  monocle_document_move (f->document, all, 3, 4);
  monocle_document_rotate (f->document, 1);
  monocle_document_move (f->document, all, 10, 0);
  for (guint i = 0; i < 2; i++)
    assert_bounds (all->pdata[i], LEFT + 13, TOP + 4, RIGHT - LEFT, BOTTOM - TOP);
  monocle_undo_undo (undo);
  assert_bounds (region, LEFT + 3, TOP + 4, RIGHT - LEFT, BOTTOM - TOP);
  monocle_undo_undo (undo);
  monocle_undo_undo (undo);
  assert_untouched (f);
}

/* --- What is taken out --- */

/* Each of four turns. */
static void
test_picture (Fixture *f, gconstpointer data)
{
  for (guint quarters = 0; quarters < 4; quarters++)
    {
      const MonocleBox seen = find_place (f);
      MonocleExport export = new_export (f);
      g_autoptr (GBytes) bytes = to_bytes (&export, "png");
      g_autoptr (GdkPixbuf) picture = read_picture (bytes);
      const int middle_x = (int) (seen.x1 + seen.x2) / 2, middle_y = (int) (seen.y1 + seen.y2) / 2;
      const guchar *edge = get_pixel (picture, (int) seen.x1, middle_y);
      const guchar *inside = get_pixel (picture, middle_x, middle_y);
      const guchar *beside = get_pixel (picture, (int) seen.x1 - 20, middle_y);

      g_assert_cmpint (gdk_pixbuf_get_width (picture), ==, quarters % 2 ? HEIGHT : WIDTH);
      g_assert_cmpint (gdk_pixbuf_get_height (picture), ==, quarters % 2 ? WIDTH : HEIGHT);
      /* A line of the object's colour, the object, and what is around it. */
      g_assert_cmpint (
          MAX (edge[0], MAX (edge[1], edge[2])) - MIN (edge[0], MIN (edge[1], edge[2])), >, 60);
      g_assert_cmpint (MAX (inside[0], MAX (inside[1], inside[2])), >, 180);
      g_assert_cmpint (beside[0], ==, 90);
      monocle_document_rotate (f->document, 1);
    }
}

typedef struct
{
  GMainLoop *loop;
  guint n_files;
  GError *error;
} Wait;

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  monocle_export_write_finish (result, &wait->n_files, &wait->error);
  g_main_loop_quit (wait->loop);
}

static GdkPixbuf *
write_and_read (Fixture *f, const char *format, const char *name)
{
  MonocleExport export = new_export (f);
  g_autoptr (GFile) folder = g_file_new_for_path (f->folder);
  g_autofree char *path = g_build_filename (f->folder, name, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Wait wait = { .loop = loop };
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf;

  export.show_regions = TRUE;
  monocle_export_write_async (&export, monocle_export_find_format (format), folder, NULL, NULL,
                              NULL, on_written, &wait);
  g_main_loop_run (loop);
  g_assert_no_error (wait.error);
  g_assert_cmpuint (wait.n_files, >=, 2);
  pixbuf = gdk_pixbuf_new_from_file (path, &error);
  g_assert_no_error (error);
  return pixbuf;
}

static void
test_crops_and_masks (Fixture *f, gconstpointer data)
{
  static const char *const crops[] = { "01-car.png", "02-sign.png", "region-1.png" };
  static const char *const masks[] = { "01-car-2.png", "02-sign-2.png" };
  MonocleBox seen;

  monocle_document_rotate (f->document, 1);
  seen = find_place (f);
  for (guint i = 0; i < G_N_ELEMENTS (crops); i++)
    {
      g_autoptr (GdkPixbuf) crop = i == 0 ? write_and_read (f, "crops", crops[i]) : NULL;
      g_autofree char *path = g_build_filename (f->folder, crops[i], NULL);

      if (!crop)
        crop = gdk_pixbuf_new_from_file (path, NULL);
      g_assert_nonnull (crop);
      g_assert_cmpint (gdk_pixbuf_get_width (crop), ==, BOTTOM - TOP);
      g_assert_cmpint (gdk_pixbuf_get_height (crop), ==, RIGHT - LEFT);
      for (int y = 0; y < RIGHT - LEFT; y++)
        for (int x = 0; x < BOTTOM - TOP; x++)
          g_assert_cmpint (get_pixel (crop, x, y)[0], ==, 250);
    }
  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      g_autoptr (GdkPixbuf) mask = i == 0 ? write_and_read (f, "masks", masks[i]) : NULL;
      g_autofree char *path = g_build_filename (f->folder, masks[i], NULL);

      if (!mask)
        mask = gdk_pixbuf_new_from_file (path, NULL);
      g_assert_nonnull (mask);
      g_assert_cmpint (gdk_pixbuf_get_width (mask), ==, HEIGHT);
      g_assert_cmpint (gdk_pixbuf_get_height (mask), ==, WIDTH);
      for (int y = 0; y < WIDTH; y++)
        for (int x = 0; x < HEIGHT; x++)
          g_assert_cmpint (get_pixel (mask, x, y)[0], ==, is_in (&seen, x, y) ? 255 : 0);
    }
}

/* Data is of the upright picture, however that is turned now. */
static void
test_data (Fixture *f, gconstpointer data)
{
  g_autofree char *before = monocle_query_json_format (f->document, f->query);
  MonocleExport export = new_export (f);
  g_autoptr (GBytes) lines = to_bytes (&export, "text");

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *json = NULL;
      g_autoptr (GBytes) now = NULL;

      monocle_document_rotate (f->document, 1);
      json = monocle_query_json_format (f->document, f->query);
      now = to_bytes (&export, "text");
      g_assert_cmpstr (json, ==, before);
      g_assert_true (g_bytes_equal (now, lines));
    }
  g_assert_nonnull (strstr (before, "\"box\": [30, 20, 90, 50]"));
  g_assert_nonnull (strstr (before, "\"regions\": [[30, 20, 90, 50]]"));
  g_assert_nonnull (strstr (before, "\"width\": 240, \"height\": 160"));
  g_assert_null (strstr (before, "rotation"));
}

/* How it was shown when it was asked about is told. */
static void
test_rotation (Fixture *f, gconstpointer data)
{
  const MonocleObject object = box_object ("car", LEFT, TOP, RIGHT, BOTTOM);
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);
  g_autofree char *json = NULL;

  monocle_document_rotate (f->document, 3);
  monocle_document_add_query (f->document, query);
  monocle_query_start (query, NULL, monocle_document_get_rotation (f->document));
  finish_one (query, answer_with (&object, 1));
  json = monocle_query_json_format (f->document, query);
  g_assert_nonnull (strstr (json, "\"rotation\": 270"));
  g_assert_nonnull (strstr (json, "\"width\": 240, \"height\": 160"));
  g_assert_nonnull (strstr (json, "\"box\": [30, 20, 90, 50]"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/turned/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("places", test_places);
  ADD ("moves", test_moves);
  ADD ("picture", test_picture);
  ADD ("crops-and-masks", test_crops_and_masks);
  ADD ("data", test_data);
  ADD ("rotation", test_rotation);
#undef ADD
  return g_test_run ();
}
