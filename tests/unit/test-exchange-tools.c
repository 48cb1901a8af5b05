/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same picture of a car and a dog in the formats of labelling tools, as they write it: read, it
 * is the same everywhere, and what we write is what they would.
 */
#include "config.h"

#include "app/exchange/brush.h"
#include "app/exchange/cut.h"
#include "exchange-fixture.h"

/* What is in the folder, in that format, as one of its files. */
static char *
convert (const ExchangeFixture *fixture, const char *format, const char *file)
{
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GError) error = NULL;

  exchange_try (format, format, fixture->in, fixture->out, NULL, notes, &error);
  g_assert_no_error (error);
  return exchange_read (fixture->out, file);
}

static void
assert_street (const GPtrArray *samples, gboolean has_outline)
{
  const MonocleSampleObject *car = exchange_object (samples, 0, 0);
  const MonocleSampleObject *dog = exchange_object (samples, 0, 1);
  const MonocleSample *sample = samples->pdata[0];

  g_assert_cmpstr (sample->name, ==, "street.jpg");
  g_assert_cmpuint (sample->width, ==, 640);
  g_assert_cmpuint (sample->height, ==, 480);
  g_assert_cmpstr (car->label, ==, "car");
  g_assert_cmpstr (dog->label, ==, "dog");
  g_assert_null (car->shape);
  exchange_assert_box (car, 100, 120, 200, 120);
  if (!has_outline)
    exchange_assert_box (dog, 400, 300, 80, 80);
  else
    {
      guint n;
      const double *p = monocle_shape_get_points (dog->shape, &n);

      g_assert_cmpuint (n, ==, 3);
      for (guint i = 0; i < 6; i++)
        g_assert_cmpfloat_with_epsilon (p[i], ((double[]){ 400, 300, 480, 300, 440, 380 })[i],
                                        1e-4);
    }
}

/* Rows 0110 1111 0110, of a picture in which they begin at (10, 20). */
static void
assert_mask (const MonocleSampleObject *object)
{
  MonocleMaskRuns *runs = monocle_shape_get_mask (object->shape);

  g_assert_nonnull (runs);
  g_assert_cmpuint (monocle_mask_runs_get_area (runs), ==, 8);
  for (guint y = 0; y < 3; y++)
    for (guint x = 0; x < 4; x++)
      g_assert_cmpint (monocle_mask_runs_has (runs, 10 + x, 20 + y), ==,
                       y == 1 || x == 1 || x == 2);
}

#define VOC                                                                                        \
  "<annotation>\n  <folder>JPEGImages</folder>\n  <filename>street.jpg</filename>\n"               \
  "  <source><database>Unknown</database></source>\n"                                              \
  "  <size><width>640</width><height>480</height><depth>3</depth></size>\n"                        \
  "  <segmented>0</segmented>\n"                                                                   \
  "  <object>\n    <name>car</name>\n    <pose>Unspecified</pose>\n"                               \
  "    <truncated>0</truncated>\n    <difficult>0</difficult>\n    <bndbox>\n"                     \
  "      <xmin>101</xmin>\n      <ymin>121</ymin>\n      <xmax>300</xmax>\n"                       \
  "      <ymax>240</ymax>\n    </bndbox>\n  </object>\n"                                           \
  "  <object>\n    <name>dog</name>\n    <pose>Unspecified</pose>\n"                               \
  "    <truncated>0</truncated>\n    <difficult>0</difficult>\n    <bndbox>\n"                     \
  "      <xmin>401</xmin>\n      <ymin>301</ymin>\n      <xmax>480</xmax>\n"                       \
  "      <ymax>380</ymax>\n    </bndbox>\n  </object>\n</annotation>\n"

/* Both ends are of the box, and the first pixel is 1; or 0, where somebody says so. */
static void
test_voc (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;
  g_autoptr (MonocleLabels) labels = monocle_labels_new ();
  g_autoptr (GPtrArray) others
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_sample_free);
  MonocleExchangeSource source = { fixture->in, NULL, TRUE, labels, NULL };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  exchange_put_in (fixture, "Annotations/street.xml", VOC);
  exchange_put_in (fixture, "ImageSets/Main/val.txt", "street\n");
  samples = exchange_load_in (fixture, "voc");
  assert_street (samples, FALSE);
  g_assert_cmpint (((MonocleSample *) samples->pdata[0])->split, ==, MONOCLE_SAMPLE_VAL);
  text = convert (fixture, "voc", "Annotations/street.xml");
  g_assert_cmpstr (text, ==, VOC);
  monocle_exchange_find_format ("voc")->read (monocle_exchange_find_format ("voc"), &source,
                                              exchange_keep, others, &error);
  g_assert_no_error (error);
  exchange_assert_box (exchange_object (others, 0, 0), 101, 121, 199, 119);
}

/* 4 x 3 pixels in grey, as LabelMe packs them. */
#define LABELME_MASK                                                                               \
  "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAAAAACRn/EaAAAAEUlEQVR42mNgYGRkAGIIyQAAAEsACXTVuugAAAAASUVO"   \
  "RK5CYII="

static void
test_labelme (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;

  exchange_put_in (
      fixture, "street.json",
      "{\"version\":\"5.5.0\",\"flags\":{\"sunny\":true,\"rainy\":false},\"shapes\":["
      "{\"label\":\"car\",\"points\":[[300,240],[100,120]],\"group_id\":null,"
      "\"description\":\"\",\"shape_type\":\"rectangle\",\"flags\":{},\"mask\":null},"
      "{\"label\":\"dog\",\"points\":[[400,300],[480,300],[440,380]],\"group_id\":0,"
      "\"description\":\"Rex\",\"shape_type\":\"polygon\",\"flags\":{},\"score\":0.5},"
      "{\"label\":\"spot\",\"points\":[[10,20],[13,22]],\"group_id\":null,"
      "\"shape_type\":\"mask\",\"flags\":{},\"mask\":\"" LABELME_MASK "\"},"
      "{\"label\":\"dog\",\"points\":[[1,1],[2,1],[1,2]],\"group_id\":0,"
      "\"shape_type\":\"polygon\",\"flags\":{}},"
      "{\"label\":\"way\",\"points\":[[1,1],[2,1]],\"shape_type\":\"line\",\"flags\":{}}],"
      "\"imagePath\":\"..\\\\photos\\\\street.jpg\",\"imageData\":null,\"imageHeight\":480,"
      "\"imageWidth\":640}");
  samples = exchange_load_in (fixture, "labelme");
  g_assert_cmpuint (((MonocleSample *) samples->pdata[0])->objects->len, ==, 4);
  exchange_assert_box (exchange_object (samples, 0, 0), 100, 120, 200, 120);
  g_assert_cmpint (monocle_shape_get_kind (exchange_object (samples, 0, 3)->shape), ==,
                   MONOCLE_SHAPE_LINE);
  /* One dog in two pieces. */
  exchange_assert_box (exchange_object (samples, 0, 1), 1, 1, 479, 379);
  g_assert_cmpfloat (exchange_object (samples, 0, 1)->score, ==, 0.5);
  g_assert_cmpstr (exchange_object (samples, 0, 1)->text, ==, "Rex");
  assert_mask (exchange_object (samples, 0, 2));
  g_assert_cmpuint (((MonocleSample *) samples->pdata[0])->tags->len, ==, 1);
}

#define CVAT(shapes)                                                                               \
  "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n"          \
  "  <meta><task><name>monocle</name><size>1</size><mode>annotation</mode>\n    <labels>\n"        \
  "      <label><name>car</name><attributes></attributes></label>\n"                               \
  "      <label><name>dog</name><attributes></attributes></label>\n"                               \
  "    </labels></task></meta>\n"                                                                  \
  "  <image id=\"0\" name=\"street.jpg\" width=\"640\" height=\"480\">\n" shapes                   \
  "  </image>\n</annotations>\n"

#define CVAT_SHAPES                                                                                \
  "    <box label=\"car\" source=\"auto\" occluded=\"0\" xtl=\"100.00\" ytl=\"120.00\" "           \
  "xbr=\"300.00\" ybr=\"240.00\" z_order=\"0\">\n"                                                 \
  "      <attribute name=\"score\">0.75</attribute></box>\n"                                       \
  "    <polygon label=\"dog\" source=\"manual\" occluded=\"0\" "                                   \
  "points=\"400.00,300.00;480.00,300.00;440.00,380.00\" z_order=\"0\"></polygon>\n"                \
  "    <mask label=\"dog\" source=\"manual\" occluded=\"0\" rle=\"1, 2, 1, 4, 1, 2, 1\" "          \
  "left=\"10\" top=\"20\" width=\"4\" height=\"3\" z_order=\"0\"></mask>\n"

static void
test_cvat (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;
  g_autofree char *text = NULL;

  exchange_put_in (fixture, "annotations.xml", CVAT (CVAT_SHAPES));
  samples = exchange_load_in (fixture, "cvat");
  assert_street (samples, TRUE);
  g_assert_cmpfloat (exchange_object (samples, 0, 0)->score, ==, 0.75);
  assert_mask (exchange_object (samples, 0, 2));
  text = convert (fixture, "cvat", "annotations.xml");
  g_assert_cmpstr (text, ==, CVAT (CVAT_SHAPES));
}

/* A quarter about its middle. */
static void
test_cvat_turned (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;

  exchange_put_in (fixture, "annotations.xml",
                   CVAT ("<box label=\"car\" xtl=\"100\" ytl=\"100\" xbr=\"140\" ybr=\"120\" "
                         "rotation=\"90.00\"></box>"));
  samples = exchange_load_in (fixture, "cvat");
  exchange_assert_box (exchange_object (samples, 0, 0), 110, 90, 20, 40);
}

#define RESULT(id, type, value)                                                                    \
  "{\"id\":\"" id "\",\"from_name\":\"x\",\"to_name\":\"image\",\"type\":\"" type "\","            \
  "\"original_width\":640,\"original_height\":480,\"image_rotation\":0,\"value\":{" value "}}"

static void
test_label_studio (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;

  exchange_put_in (
      fixture, "tasks.json",
      "[{\"id\":7,\"data\":{\"image\":\"/data/local-files/?d=street.jpg\"},\"predictions\":["
      "{\"model_version\":\"x\",\"result\":[" RESULT (
          "r1", "rectanglelabels",
          "\"x\":15.625,\"y\":25,\"width\":31.25,\"height\":25,\"rotation\":0,"
          "\"rectanglelabels\":[\"car\"]") "," RESULT ("r2", "polygonlabels",
                                                       "\"points\":[[62.5,62.5],[75,62.5],[68.75,"
                                                       "79.1666667]],\"closed\":true,"
                                                       "\"polygonlabels\":[\"dog\"]") "," RESULT ("r1",
                                                                                                  "textarea",
                                                                                                  "\"text\":[\"B-42\"]") "," RESULT ("r3",
                                                                                                                                     "rectanglelabels",
                                                                                                                                     "\"x\":50,\"y\":50,\"width\":6.25,\"height\":6.25,\"rotation\":90,"
                                                                                                                                     "\"rectanglelabels\":[\"sign\"]") ","
                                                                                                                                                                       "{\"id\":\"c\",\"from_name\":\"c\",\"to_name\":\"image\",\"type\":\"textarea\","
                                                                                                                                                                       "\"value\":{\"text\":[\"A dog.\"]}}]}]}]");
  samples = exchange_load_in (fixture, "label-studio");
  assert_street (samples, TRUE);
  g_assert_cmpstr (exchange_object (samples, 0, 0)->text, ==, "B-42");
  g_assert_cmpstr (((MonocleSample *) samples->pdata[0])->captions->pdata[0], ==, "A dog.");
  /* 40 x 30 pixels about its corner at (320, 240): percent are no squares. */
  exchange_assert_box (exchange_object (samples, 0, 2), 290, 240, 30, 40);
}

/* "Off, on", as Label Studio's own converter packs it; and what we pack, unpacked. */
static void
test_brush (ExchangeFixture *fixture, gconstpointer data)
{
  static const guint8 packed[] = { 0, 0, 0, 8, 57, 27, 252, 96, 17, 255, 128 };
  guint8 pixels[] = { 0, 255 };
  g_autoptr (MonocleMaskRuns) mask = monocle_brush_decode (packed, sizeof packed, 2, 1);
  g_autoptr (MonocleMaskRuns) truth = monocle_cut_paste (&(MonocleCut){ 0, 0, 2, 1, pixels }, 2, 1);
  g_autoptr (GByteArray) bytes = monocle_brush_encode (truth);

  g_assert_nonnull (mask);
  g_assert_true (monocle_mask_runs_equal (mask, truth));
  g_assert_cmpmem (bytes->data, bytes->len, packed, sizeof packed);
  for (gsize i = 0; i < sizeof packed; i++)
    g_assert_null (monocle_brush_decode (packed, i, 2, 1));
  g_assert_null (monocle_brush_decode (packed, sizeof packed, 3, 1));
}

static void
test_dota (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;
  g_autofree char *text = NULL;

  exchange_put_in (
      fixture, "labelTxt/a.txt",
      "imagesource:GoogleEarth\ngsd:0.15\n10 20 30.5 20 30.5 40 10 40 small-vehicle 0\n");
  samples = exchange_load_in (fixture, "dota");
  exchange_assert_box (exchange_object (samples, 0, 0), 10, 20, 20.5, 20);
  g_assert_cmpstr (exchange_object (samples, 0, 0)->label, ==, "small-vehicle");
  text = convert (fixture, "dota", "labelTxt/a.txt");
  g_assert_cmpstr (text, ==, "10 20 30.5 20 30.5 40 10 40 small-vehicle 0\n");
}

/* What is only written: a table, masks of three kinds, crops. */
static void
test_written (ExchangeFixture *fixture, gconstpointer data)
{
  static const char *const files[] = { "objects/m-001.png", "instances/m.png", "labels/m.png" };
  g_autofree char *path = NULL, *text = NULL, *table = NULL;
  g_autoptr (GError) error = NULL;

  exchange_put_in (
      fixture, "x.json",
      "{\"images\":[{\"id\":1,\"file_name\":\"m.png\",\"width\":4,\"height\":3},"
      "{\"id\":2,\"file_name\":\"none.png\",\"width\":4,\"height\":3}],"
      "\"categories\":[{\"id\":1,\"name\":\"=a, \\\"b\\\"\"}],\"annotations\":[{\"image_id\":1,"
      "\"category_id\":1,\"bbox\":[0,0,4,3],\"segmentation\":{\"size\":[3,4],"
      "\"counts\":[1,1,1,6,1,1,1]}}]}");
  path = g_build_filename (fixture->in, "x.json", NULL);
  table = g_build_filename (fixture->folder, "x.csv", NULL);
  exchange_try ("coco", "csv", path, table, NULL, NULL, &error);
  g_assert_no_error (error);
  text = exchange_read (fixture->folder, "x.csv");
  g_assert_cmpstr (text, ==,
                   "image,width,height,split,label,x1,y1,x2,y2,score,text\n"
                   "m.png,4,3,,\"'=a, \"\"b\"\"\",0,0,4,3,,\nnone.png,4,3,,,,,,,,\n");
  exchange_try ("coco", "masks", path, fixture->out, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *file = g_build_filename (fixture->out, files[i], NULL);
      g_autoptr (MonocleImage) image = monocle_image_new_from_file (file, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (monocle_image_get_width (image), ==, 4);
      if (i == 0)
        for (guint k = 0; k < 12; k++)
          g_assert_cmpint (monocle_image_get_pixels (image)[3 * k], ==,
                           k / 4 == 1 || k % 4 == 1 || k % 4 == 2 ? 255 : 0);
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (ExchangeFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/app/exchange/tools/voc", test_voc },
    { "/app/exchange/tools/labelme", test_labelme },
    { "/app/exchange/tools/cvat", test_cvat },
    { "/app/exchange/tools/cvat-turned", test_cvat_turned },
    { "/app/exchange/tools/label-studio", test_label_studio },
    { "/app/exchange/tools/brush", test_brush },
    { "/app/exchange/tools/dota", test_dota },
    { "/app/exchange/tools/written", test_written },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, ExchangeFixture, NULL, exchange_setup, tests[i].test,
                exchange_teardown);
  return g_test_run ();
}
