/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that were drawn: in a journal, in a file of the person's, which may say anything, and as
 * a picture that says how it came to be.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "app/document/document.h"
#include "app/document/query-stored.h"
#include "app/draw/drawn-png.h"
#include "app/json/run.h"
#include "tests/unit/answer-fixture.h"

#define WIDTH  5
#define HEIGHT 3

static MonocleImage *
make_picture (void)
{
  guint8 *pixels = g_malloc (3 * WIDTH * HEIGHT);

  for (guint i = 0; i < 3 * WIDTH * HEIGHT; i++)
    pixels[i] = (guint8) (11 * i);
  return monocle_image_new_take_pixels (WIDTH, HEIGHT, pixels, NULL);
}

static MonocleQuery *
ask (void)
{
  const MonocleTask *task = monocle_model_recall_task ("depth", MONOCLE_GIVES_PICTURE);
  MonocleQuery *query;
  MonocleResult *result = monocle_result_new ();

  g_assert_nonnull (task);
  query = monocle_query_new (task, NULL, NULL, 0, NULL);
  monocle_result_take_picture (result, make_picture ());
  monocle_query_start (query, NULL, 0);
  finish_one (query, result);
  return query;
}

static void
check_again (MonocleQuery *again)
{
  g_autoptr (MonocleImage) wanted = make_picture ();
  MonocleImage *picture;

  g_assert_nonnull (again);
  picture = monocle_drawn_find (monocle_query_get_results (again)->pdata[0]);
  g_assert_nonnull (picture);
  g_assert_cmpuint (monocle_image_get_width (picture), ==, WIDTH);
  g_assert_cmpmem (monocle_image_get_pixels (picture), 3 * WIDTH * HEIGHT,
                   monocle_image_get_pixels (wanted), 3 * WIDTH * HEIGHT);
}

static void
test_stored (void)
{
  g_autoptr (MonocleQuery) query = ask ();
  g_autoptr (GVariant) stored = g_variant_ref_sink (monocle_query_store (query));
  g_autoptr (MonocleQuery) again = monocle_query_new_stored (7, stored);

  check_again (again);
}

static void
test_json (void)
{
  static const struct
  {
    const char *key;
    gint64 number;
    const char *text;
  } wrong[] = { { "width", 4, NULL },
                { "height", 0, NULL },
                { "width", 65535, NULL },
                { "pixels", 0, "bm9uc2Vuc2U=" },
                { "pixels", 0, "" } };
  g_autoptr (MonocleQuery) query = ask ();

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (JsonNode) node = monocle_run_json_build (query);
      g_autoptr (MonocleQuery) read = NULL;
      g_autoptr (MonocleQuery) bad = NULL;
      g_autoptr (GError) error = NULL;
      JsonObject *answer, *picture;

      read = monocle_run_json_read (json_node_get_object (node), "here", &error);
      g_assert_no_error (error);
      check_again (read);
      answer = json_array_get_object_element (
          json_object_get_array_member (json_node_get_object (node), "answers"), 0);
      picture
          = json_array_get_object_element (json_object_get_array_member (answer, "pictures"), 0);
      if (wrong[i].text)
        json_object_set_string_member (picture, wrong[i].key, wrong[i].text);
      else
        json_object_set_int_member (picture, wrong[i].key, wrong[i].number);
      bad = monocle_run_json_read (json_node_get_object (node), "here", &error);
      g_assert_null (bad);
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
    }
}

static void
test_png (void)
{
  const MonocleDrawnFacts facts
      = { .model = "a model", .task = "generate", .text = "ein Käfer", .seed = 4294967295u };
  g_autoptr (MonocleImage) picture = make_picture ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = monocle_drawn_png_encode (picture, &facts, &error);
  g_autoptr (MonocleImage) again = NULL;
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  GdkPixbuf *pixbuf;

  g_assert_no_error (error);
  again = monocle_image_new_from_bytes (png, "it", &error);
  g_assert_no_error (error);
  g_assert_cmpmem (monocle_image_get_pixels (again), 3 * WIDTH * HEIGHT,
                   monocle_image_get_pixels (picture), 3 * WIDTH * HEIGHT);
  gdk_pixbuf_loader_write_bytes (loader, png, &error);
  g_assert_no_error (error);
  gdk_pixbuf_loader_close (loader, &error);
  g_assert_no_error (error);
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  g_assert_cmpstr (gdk_pixbuf_get_option (pixbuf, "tEXt::Model"), ==, "a model");
  g_assert_cmpstr (gdk_pixbuf_get_option (pixbuf, "tEXt::Seed"), ==, "4294967295");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drawn/stored", test_stored);
  g_test_add_func ("/drawn/json", test_json);
  g_test_add_func ("/drawn/png", test_png);
  return g_test_run ();
}
