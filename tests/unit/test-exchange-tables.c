/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables of Open Images and lines of lessons, as they are published and as we write them: places by
 * hand.
 */
#include "config.h"

#include "app/exchange/csv-row.h"
#include "app/exchange/cut.h"
#include "exchange-fixture.h"

static char *
convert (const ExchangeFixture *fixture, const char *from, const char *to, const char *file)
{
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GError) error = NULL;

  exchange_try (from, to, fixture->in, fixture->out, NULL, notes, &error);
  g_assert_no_error (error);
  return exchange_read (fixture->out, file);
}

static void
test_rows (ExchangeFixture *fixture, gconstpointer data)
{
  static const char text[] = "a,\"b, \"\"c\"\"\nd\",,\r\n\nx";
  g_auto (MonocleCsvRow) row = { 0 };
  gsize at = 0, n;
  guint n_lines;

  monocle_csv_row_init (&row);
  n = monocle_csv_row_read (&row, text, strlen (text), &n_lines);
  g_assert_cmpuint (row.n_fields, ==, 4);
  g_assert_cmpuint (n_lines, ==, 2);
  g_assert_cmpstr (monocle_csv_row_get (&row, 0), ==, "a");
  g_assert_cmpstr (monocle_csv_row_get (&row, 1), ==, "b, \"c\"\nd");
  g_assert_cmpstr (monocle_csv_row_get (&row, 3), ==, "");
  g_assert_cmpstr (monocle_csv_row_get (&row, 4), ==, "");
  g_assert_cmpuint (monocle_csv_row_find (&row, "A"), ==, 0);
  at += n;
  at += monocle_csv_row_read (&row, text + at, strlen (text + at), &n_lines);
  g_assert_cmpuint (row.n_fields, ==, 1);
  g_assert_cmpstr (monocle_csv_row_get (&row, 0), ==, "");
  at += monocle_csv_row_read (&row, text + at, strlen (text + at), &n_lines);
  g_assert_cmpstr (monocle_csv_row_get (&row, 0), ==, "x");
  g_assert_cmpuint (at, ==, strlen (text));
  g_assert_cmpuint (monocle_csv_row_read (&row, "\"a", 2, &n_lines), ==, 0);
}

/* As the set is published: rows of pictures apart from each other, codes for classes, masks of
 * another size. */
static void
test_open_images (ExchangeFixture *fixture, gconstpointer data)
{
  static guint8 pixels[] = { 0, 255, 255, 255 };
  g_autoptr (GBytes) png = monocle_png_encode (pixels, 2, 2, 8, NULL);
  g_autoptr (GPtrArray) samples = NULL;
  const MonocleSampleObject *object;
  const MonocleSample *sample;
  MonocleMaskRuns *runs;

  exchange_put_in (fixture, "class-descriptions-boxable.csv",
                   "/m/01g317,Person\n/m/0k4j,\"Car, red\"\n");
  exchange_put_in (
      fixture, "train-annotations-bbox.csv",
      "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,"
      "IsDepiction,IsInside,XClick1X\n"
      "0001,xclick,/m/0k4j,1,0.15625,0.46875,0.25,0.5,1,0,0,0,0,0.2\n"
      "0002,activation,/m/01g317,0.5,0,1,0,1,0,0,1,0,0,-1\n"
      "0001,xclick,/m/01g317,1,0.5,0.75,0.5,1,0,0,0,0,0,0.2\n");
  exchange_put_in (
      fixture, "train-annotations-object-segmentation.csv",
      "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks\n"
      "0001_m01g317_ab.png,0001,/m/01g317,ab,0.500300,0.749700,0.500000,0.999900,0.9,\n");
  exchange_put_in (fixture, "validation-annotations-human-imagelabels.csv",
                   "ImageID,Source,LabelName,Confidence\n0003,verification,/m/0k4j,1\n"
                   "0003,verification,/m/01g317,0\n");
  g_free (exchange_put (fixture->in, "masks/train/0001_m01g317_ab.png",
                        g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png)));
  exchange_put_picture (fixture->in, "images/train/0001.jpg", 640, 480);
  exchange_put_picture (fixture->in, "images/train/0002.png", 10, 20);
  samples = exchange_load_in (fixture, "open-images");
  g_assert_cmpuint (samples->len, ==, 3);

  sample = samples->pdata[0];
  g_assert_cmpstr (sample->name, ==, "0001.jpg");
  g_assert_cmpint (sample->split, ==, MONOCLE_SAMPLE_TRAIN);
  g_assert_cmpuint (sample->objects->len, ==, 2);
  object = exchange_object (samples, 0, 0);
  g_assert_cmpstr (object->label, ==, "Car, red");
  exchange_assert_box (object, 100, 120, 200, 120);
  g_assert_true (isnan (object->score));
  g_assert_cmpstr (monocle_sample_object_get_attribute (object, "occluded"), ==, "1");
  object = exchange_object (samples, 0, 1);
  exchange_assert_box (object, 320, 240, 160, 240);
  runs = monocle_shape_get_mask (object->shape);
  g_assert_cmpuint (runs->width, ==, 640);
  g_assert_cmpuint (monocle_mask_runs_get_area (runs), ==, 640 * 480 * 3 / 4);
  g_assert_false (monocle_mask_runs_has (runs, 319, 239));
  g_assert_true (monocle_mask_runs_has (runs, 320, 0));

  object = exchange_object (samples, 1, 0);
  g_assert_true (object->is_crowd);
  g_assert_cmpfloat (object->score, ==, 0.5);
  exchange_assert_box (object, 0, 0, 10, 20);

  sample = samples->pdata[2];
  g_assert_cmpint (sample->split, ==, MONOCLE_SAMPLE_VAL);
  g_assert_cmpstr (sample->name, ==, "0003.jpg");
  g_assert_cmpuint (sample->tags->len, ==, 1);
  g_assert_cmpstr (sample->tags->pdata[0], ==, "Car, red");
}

/* As another tool lays it out. */
static void
test_open_images_tool (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;
  g_autofree char *text = NULL;

  exchange_put_in (fixture, "train/metadata/classes.csv", "LabelName,DisplayName\n/m/0k4j,Car\n");
  exchange_put_in (
      fixture, "train/labels/detections.csv",
      "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,"
      "IsDepiction,IsInside\r\nab,xclick,/m/0k4j,1,0.25,0.5,0.5,1,0,0,0,0,0\r\n");
  exchange_put_picture (fixture->in, "train/data/ab.png", 40, 20);
  samples = exchange_load_in (fixture, "open-images");
  g_assert_cmpstr (exchange_object (samples, 0, 0)->label, ==, "Car");
  exchange_assert_box (exchange_object (samples, 0, 0), 10, 10, 10, 10);
  text = convert (fixture, "open-images", "open-images", "annotations/train-annotations-bbox.csv");
  g_assert_cmpstr (text, ==,
                   "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,"
                   "IsTruncated,IsGroupOf,IsDepiction,IsInside\n"
                   "ab,xclick,/m/1,1,0.25,0.5,0.5,1,-1,-1,0,-1,-1\n");
}

/* Numbers as the published processor makes them: see the description of the formats. */
static void
test_lessons (ExchangeFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  exchange_put_in (
      fixture, "x.json",
      "{\"images\":[{\"id\":1,\"file_name\":\"street.jpg\",\"width\":640,\"height\":480}],"
      "\"categories\":[{\"id\":1,\"name\":\"dog\"},{\"id\":2,\"name\":\"a <car>\"}],"
      "\"annotations\":[{\"image_id\":1,\"category_id\":1,\"bbox\":[400,300,80,80]},"
      "{\"image_id\":1,\"category_id\":2,\"bbox\":[100,120,200,120]},"
      "{\"image_id\":1,\"category_id\":1,\"bbox\":[0,300,640,180]}]}");
  text = convert (fixture, "coco", MONOCLE_LESSONS_ID, "annotations.jsonl");
  g_assert_cmpstr (
      text, ==,
      "{\"image\": \"street.jpg\", \"prefix\": \"<OD>\", \"suffix\": \""
      "a  car><loc_156><loc_250><loc_468><loc_500>dog<loc_0><loc_625><loc_999><loc_999>"
      "dog<loc_625><loc_625><loc_750><loc_791>\"}\n");
}

static void
test_lessons_read (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;
  const MonocleSampleObject *object;
  const MonocleSample *sample;
  const double *points;
  guint n;

  exchange_put_in (
      fixture, "train/annotations.jsonl",
      "{\"image\":\"a.png\",\"prefix\":\"<OD>\",\"suffix\":\"car<loc_0><loc_0><loc_499><loc_999>"
      "<loc_1><loc_1><loc_2><loc_2>Hund<loc_5><loc_5><loc_9><loc_9>\"}\n\n"
      "{\"image\":\"b.png\",\"prefix\":\"What is it?\",\"suffix\":\"A car.\"}\n"
      "{\"image\":\"a.png\",\"prefix\":\"<OCR_WITH_REGION>\",\"suffix\":\"STOP<loc_0><loc_0>"
      "<loc_9><loc_0><loc_9><loc_9><loc_0><loc_9>\"}\n"
      "{\"image\":\"a.png\",\"prefix\":\"What does the image describe?\",\"suffix\":\"A cat.\"}\n");
  exchange_put_picture (fixture->in, "train/a.png", 1000, 100);
  samples = exchange_load_in (fixture, MONOCLE_LESSONS_ID);
  g_assert_cmpuint (samples->len, ==, 2);
  sample = samples->pdata[0];
  g_assert_cmpint (sample->split, ==, MONOCLE_SAMPLE_TRAIN);
  g_assert_cmpuint (sample->objects->len, ==, 4);
  object = exchange_object (samples, 0, 0);
  g_assert_cmpstr (object->label, ==, "car");
  g_assert_cmpfloat_with_epsilon (object->box.x, 0.5, 1e-4);
  g_assert_cmpfloat_with_epsilon (object->box.y, 0.05, 1e-4);
  g_assert_cmpfloat_with_epsilon (object->box.width, 499, 1e-3);
  g_assert_cmpstr (exchange_object (samples, 0, 1)->label, ==, "car");
  g_assert_cmpstr (exchange_object (samples, 0, 2)->label, ==, "Hund");
  object = exchange_object (samples, 0, 3);
  g_assert_cmpstr (object->text, ==, "STOP");
  points = monocle_shape_get_points (object->shape, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpfloat_with_epsilon (points[2], 9.5, 1e-4);
  g_assert_cmpfloat_with_epsilon (points[5], 0.95, 1e-4);
  g_assert_cmpuint (sample->captions->len, ==, 1);
  g_assert_cmpstr (sample->captions->pdata[0], ==, "A cat.");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (ExchangeFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/app/exchange/tables/rows", test_rows },
    { "/app/exchange/tables/open-images", test_open_images },
    { "/app/exchange/tables/open-images-tool", test_open_images_tool },
    { "/app/exchange/tables/lessons", test_lessons },
    { "/app/exchange/tables/lessons-read", test_lessons_read },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, ExchangeFixture, NULL, exchange_setup, tests[i].test,
                exchange_teardown);
  return g_test_run ();
}
