/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is shown on a picture in the formats of other programs: the objects, the words, and what is
 * lost of them.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/export/exchange.h"
#include "tests/unit/export-fixture.h"

/* Of what is shown there is a list. */
static MonocleExport
new_listed (MonocleDocument *document, MonocleQuery *query)
{
  MonocleExport export = new_export (document, query);
  GListModel *found = monocle_query_get_annotations (query);

  export.annotations = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (found); i++)
    g_ptr_array_add (export.annotations, g_list_model_get_item (found, i));
  return export;
}

static void
test_objects (void)
{
  g_autoptr (MonocleDocument) document = new_document ("a/b.jpg", new_image (WIDTH, HEIGHT));
  const MonocleExport export = new_listed (document, add_detection (document));
  g_autoptr (GPtrArray) annotations = export.annotations;
  g_autoptr (MonocleSample) sample = monocle_export_make_sample (&export);
  const MonocleSampleObject *object;

  /* No way leads out of a set. */
  g_assert_null (strchr (sample->name, '/'));
  g_assert_cmpuint (sample->width, ==, WIDTH);
  g_assert_cmpuint (sample->objects->len, ==, 2);
  object = sample->objects->pdata[0];
  g_assert_cmpstr (object->label, ==, "car");
  g_assert_cmpfloat_with_epsilon (object->score, 0.94, 1e-6);
  g_assert_null (object->shape);
  g_assert_cmpfloat (object->box.width, ==, 80);
  object = sample->objects->pdata[1];
  g_assert_true (isnan (object->score));
}

static void
test_words (void)
{
  g_autoptr (MonocleDocument) document = new_document ("b.jpg", new_image (WIDTH, HEIGHT));
  const MonocleBox box = { 10, 20, 30, 60 };
  MonocleResult *whole = new_result ("A car."), *part = new_result ("A wheel.");
  const MonocleExport about
      = new_export (document, add_query (document, "caption", NULL, 0, &whole, 1));
  const MonocleExport region
      = new_export (document, add_query (document, "region-to-description", &box, 1, &part, 1));
  g_autoptr (MonocleSample) one = monocle_export_make_sample (&about);
  g_autoptr (MonocleSample) other = monocle_export_make_sample (&region);
  const MonocleSampleObject *object;

  g_assert_cmpuint (one->objects->len, ==, 0);
  g_assert_cmpstr (one->captions->pdata[0], ==, "A car.");
  g_assert_cmpuint (other->captions->len, ==, 0);
  object = other->objects->pdata[0];
  g_assert_cmpstr (object->text, ==, "A wheel.");
  g_assert_cmpfloat (object->box.height, ==, 40);
}

/* What is said before is what is noted when it is written. */
static void
test_losses (void)
{
  g_autoptr (MonocleDocument) document = new_document ("b.jpg", new_image (WIDTH, HEIGHT));
  MonocleResult *result = new_result (NULL);
  static const double points[] = { 0, 0, 50, 0, 50, 50 };
  MonocleExport export;
  guint n;
  const MonocleExportFormat *const *formats = monocle_export_list_formats (&n);
  guint n_exchange = 0;
  g_autoptr (GPtrArray) annotations = NULL;

  add_polygon (result, "car", points, 3);
  add_box (result, "dog", (MonocleBox){ 1, 2, 3, 4 }, 0.5f);
  export = new_listed (document,
                       add_query (document, "open-vocabulary-detection", NULL, 0, &result, 1));
  annotations = export.annotations;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleNotes) before = NULL, after = monocle_notes_new ();
      g_autoptr (MonocleSample) sample = NULL;

      if (!formats[i]->exchange)
        continue;
      n_exchange++;
      before = monocle_export_foresee (&export, formats[i]);
      sample = monocle_export_make_sample (&export);
      monocle_sample_free (monocle_exchange_adapt (formats[i]->exchange, sample, after));
      g_assert_cmpuint (monocle_notes_get_n (before), ==, monocle_notes_get_n (after));
      for (guint k = 0; k < monocle_notes_get_n (before); k++)
        {
          guint64 count, other;

          g_assert_cmpstr (monocle_notes_get (before, k, &count), ==,
                           monocle_notes_get (after, k, &other));
          g_assert_cmpuint (count, ==, other);
        }
      if (strcmp (formats[i]->id, "yolo") == 0)
        g_assert_cmpuint (monocle_notes_get_n (before), >, 0);
    }
  g_assert_cmpuint (n_exchange, >=, 14);
}

static void
test_written (void)
{
  g_autoptr (MonocleDocument) document = new_document ("b.jpg", new_image (WIDTH, HEIGHT));
  const MonocleExport export = new_listed (document, add_detection (document));
  g_autoptr (GPtrArray) annotations = export.annotations;
  g_autoptr (MonocleSample) sample = monocle_export_make_sample (&export);
  g_autofree char *folder = g_dir_make_tmp ("monocle-export-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.json", NULL);
  g_autoptr (GFile) target = g_file_new_for_path (path);
  g_autoptr (GFile) away = g_file_new_for_uri ("http://localhost/x.json");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  monocle_export_write_sample (sample, monocle_exchange_find_format ("coco"), target, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"red/car\""));
  g_assert_false (monocle_export_write_sample (sample, monocle_exchange_find_format ("coco"), away,
                                               NULL, &error));
  g_assert_nonnull (error);
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/export/exchange/objects", test_objects);
  g_test_add_func ("/app/export/exchange/words", test_words);
  g_test_add_func ("/app/export/exchange/losses", test_losses);
  g_test_add_func ("/app/export/exchange/written", test_written);
  return g_test_run ();
}
