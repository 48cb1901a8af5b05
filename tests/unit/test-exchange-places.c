/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where things are, by hand: a picture of 640 x 480 with a car from (100, 120) to (300, 240) and a
 * triangle of a dog, in each format as its own programs write it, and as we do.
 */
#include "config.h"

#include <json-glib/json-glib.h>

#include "exchange-fixture.h"

#define WIDTH  640
#define HEIGHT 480

static void
setup (ExchangeFixture *fixture, gconstpointer data)
{
  exchange_setup (fixture, data);
  exchange_put_picture (fixture->in, "street.png", WIDTH, HEIGHT);
}

static GPtrArray *
load (const ExchangeFixture *fixture, const char *format, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->in, name, NULL);
  g_autoptr (GError) error = NULL;
  GPtrArray *samples = exchange_load (format, path, NULL, &error);

  g_assert_no_error (error);
  return samples;
}

static void
convert (const ExchangeFixture *fixture, const char *from, const char *to, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->in, name, NULL);
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GError) error = NULL;

  exchange_try (from, to, path, fixture->out, fixture->in, notes, &error);
  g_assert_no_error (error);
}

/* The example of all formats. */
static void
assert_street (const GPtrArray *samples, gboolean has_outline)
{
  const MonocleSampleObject *car, *dog;
  guint n_points;
  const double *points;

  g_assert_cmpuint (samples->len, ==, 1);
  car = exchange_object (samples, 0, 0);
  dog = exchange_object (samples, 0, 1);
  g_assert_cmpstr (car->label, ==, "car");
  g_assert_cmpstr (dog->label, ==, "dog");
  exchange_assert_box (car, 100, 120, 200, 120);
  exchange_assert_box (dog, 400, 300, 80, 80);
  if (!has_outline)
    return;
  points = monocle_shape_get_points (dog->shape, &n_points);
  g_assert_cmpuint (n_points, ==, 3);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat_with_epsilon (points[i], ((double[]){ 400, 300, 480, 300, 440, 380 })[i],
                                    1e-3);
}

#define STREET                                                                                     \
  "{\"images\":[{\"id\":1,\"file_name\":\"street.png\",\"width\":640,\"height\":480}],"            \
  "\"categories\":[{\"id\":1,\"name\":\"car\"},{\"id\":2,\"name\":\"dog\"}],\"annotations\":["     \
  "{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[100,120,200,120],\"segmentation\":[]},"    \
  "{\"id\":2,\"image_id\":1,\"category_id\":2,\"bbox\":[400,300,80,80],"                           \
  "\"segmentation\":[[400,300,480,300,440,380]]}]}"

static void
test_street (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;

  exchange_put_in (fixture, "all.json", STREET);
  samples = load (fixture, "coco", "all.json");
  assert_street (samples, TRUE);
}

#define COCO                                                                                       \
  "{\"info\":{},\"licenses\":[],"                                                                  \
  "\"annotations\":[{\"id\":2,\"image_id\":1,\"category_id\":2,\"bbox\":[400,300,80,80],"          \
  "\"area\":3200,\"iscrowd\":0,\"segmentation\":[[400,300,480,300,440,380]]},"                     \
  "{\"id\":1,\"image_id\":2,\"category_id\":1,\"bbox\":[0,0,1,1],\"iscrowd\":0}],"                 \
  "\"images\":[{\"id\":1,\"file_name\":\"street.png\",\"width\":640,\"height\":480},"              \
  "{\"id\":2,\"file_name\":\"other.png\",\"width\":64,\"height\":48}],"                            \
  "\"categories\":[{\"id\":1,\"name\":\"car\"},{\"id\":2,\"name\":\"dog\"}]}"

/* Lists may come in any order. */
static void
test_coco (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;

  exchange_put_in (fixture, "all.json", COCO);
  samples = load (fixture, "coco", "all.json");
  g_assert_cmpuint (samples->len, ==, 2);
  g_assert_cmpstr (exchange_object (samples, 0, 0)->label, ==, "dog");
  exchange_assert_box (exchange_object (samples, 0, 0), 400, 300, 80, 80);
  g_assert_nonnull (((MonocleSample *) samples->pdata[0])->path);
  exchange_assert_box (exchange_object (samples, 1, 0), 0, 0, 1, 1);
}

#define MASK(counts)                                                                               \
  "{\"images\":[{\"id\":7,\"file_name\":\"m.png\",\"width\":4,\"height\":3}],"                     \
  "\"categories\":[{\"id\":1,\"name\":\"x\"}],"                                                    \
  "\"annotations\":[{\"id\":1,\"image_id\":7,\"category_id\":1,\"bbox\":[0,0,4,3],"                \
  "\"segmentation\":{\"size\":[3,4],\"counts\":" counts "}}]}"

/* Down the columns, in both forms: rows 0110 1111 0110. */
static void
test_coco_masks (ExchangeFixture *fixture, gconstpointer data)
{
  static const char *const files[] = { MASK ("[1,1,1,6,1,1,1]"), MASK ("\"11150K0\"") };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GPtrArray) samples = NULL;
      MonocleMaskRuns *runs;

      exchange_put_in (fixture, "mask.json", files[i]);
      samples = load (fixture, "coco", "mask.json");
      runs = monocle_shape_get_mask (exchange_object (samples, 0, 0)->shape);
      for (guint y = 0; y < 3; y++)
        for (guint x = 0; x < 4; x++)
          g_assert_cmpint (monocle_mask_runs_has (runs, x, y), ==, y == 1 || x == 1 || x == 2);
    }
}

/* Holes are said by run lengths alone. */
static void
test_coco_holes (ExchangeFixture *fixture, gconstpointer data)
{
  const double outer[] = { 0, 0, 6, 0, 6, 6, 0, 6 }, hole[] = { 2, 2, 4, 2, 4, 4, 2, 4 };
  const MonocleRing rings[] = { { outer, 4, MONOCLE_RING_OUTER }, { hole, 4, MONOCLE_RING_HOLE } };
  g_autoptr (MonocleSample) sample = monocle_sample_new ("a.png");
  g_autoptr (MonocleSample) adapted = NULL;
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  MonocleMaskRuns *runs;
  guint64 count;

  sample->width = sample->height = 8;
  monocle_sample_add_shape (sample, "ring", monocle_shape_new_rings (rings, 2));
  adapted = monocle_exchange_adapt (monocle_exchange_find_format ("coco"), sample, notes);
  runs = monocle_shape_get_mask (((MonocleSampleObject *) adapted->objects->pdata[0])->shape);
  g_assert_nonnull (runs);
  g_assert_cmpuint (monocle_mask_runs_get_area (runs), ==, 36 - 4);
  g_assert_cmpuint (monocle_notes_get_n (notes), ==, 1);
  g_assert_cmpstr (monocle_notes_get (notes, 0, &count), ==, "outlines with holes become masks");
  g_assert_cmpuint (count, ==, 1);
}

/* Ids of a set are those of its results. */
static void
test_coco_results (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;
  g_autofree char *text = NULL;

  exchange_put_in (fixture, "instances.json", COCO);
  exchange_put_in (fixture, "results.json",
                   "[{\"image_id\":2,\"category_id\":2,\"bbox\":[1,2,3,4],\"score\":0.5}]");
  samples = load (fixture, "coco-results", "results.json");
  g_assert_cmpuint (samples->len, ==, 2);
  g_assert_cmpstr (((MonocleSample *) samples->pdata[1])->name, ==, "other.png");
  g_assert_cmpstr (exchange_object (samples, 1, 0)->label, ==, "dog");
  g_assert_cmpfloat (exchange_object (samples, 1, 0)->score, ==, 0.5);
  convert (fixture, "coco-results", "coco-results", "results.json");
  text = exchange_read (fixture->out, "results.json");
  g_assert_cmpstr (text, ==,
                   "[\n{\"image_id\": 2, \"category_id\": 2, \"bbox\": [1, 2, 3, 4], "
                   "\"score\": 0.5}\n]\n");
}

static void
test_yolo (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;
  g_autofree char *text = NULL, *yaml = NULL;

  exchange_put_picture (fixture->in, "images/train/street.png", WIDTH, HEIGHT);
  exchange_put_in (
      fixture, "labels/train/street.txt",
      "0 0.312500 0.375000 0.312500 0.250000\n1 0.687500 0.708333 0.125000 0.166667\n");
  exchange_put_in (
      fixture, "data.yaml",
      "# a set\npath: /somewhere/else # where it was\ntrain: images/train\nval: images/train\n"
      "\nnc: 2\nnames:\n  0: car\n  1: 'dog'\n");
  g_assert_true (monocle_exchange_recognise (fixture->in) == monocle_exchange_find_format ("yolo"));
  samples = load (fixture, "yolo", "data.yaml");
  g_assert_cmpuint (samples->len, ==, 1);
  exchange_assert_box (exchange_object (samples, 0, 0), 100, 120, 200, 120);
  g_assert_cmpfloat_with_epsilon (exchange_object (samples, 0, 1)->box.y, 300, 1e-3);
  convert (fixture, "yolo", "yolo", "data.yaml");
  text = exchange_read (fixture->out, "labels/train/street.txt");
  g_assert_cmpstr (
      text, ==, "0 0.312500 0.375000 0.312500 0.250000\n1 0.687500 0.708333 0.125000 0.166667\n");
  yaml = exchange_read (fixture->out, "data.yaml");
  g_assert_cmpstr (yaml, ==,
                   "path: .\ntrain: images/train\nval: images/train\nnames:\n  0: \"car\"\n"
                   "  1: \"dog\"\n");
}

/* Lists in brackets over two lines, and no pictures but those that --images names. */
static void
test_yolo_outlines (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *set = g_build_filename (fixture->folder, "set", NULL);
  g_autofree char *yaml
      = exchange_put (set, "data.yaml",
                      "train: ../train/images\nval: null\nnames: ['car', # one\n  \"dog\"]\n", -1);

  g_free (exchange_put (set, "train/labels/street.txt",
                        "0 0.15625 0.25 0.46875 0.25 0.46875 0.5 0.15625 0.5\n"
                        "1 0.625 0.625 0.75 0.625 0.6875 0.7916667\n",
                        -1));
  samples = exchange_load ("yolo-seg", set, fixture->in, &error);
  g_assert_no_error (error);
  g_assert_cmpint (((MonocleSample *) samples->pdata[0])->split, ==, MONOCLE_SAMPLE_TRAIN);
  g_assert_cmpuint (samples->len, ==, 1);
  g_assert_cmpstr (((MonocleSample *) samples->pdata[0])->name, ==, "street.png");
  g_assert_cmpfloat_with_epsilon (exchange_object (samples, 0, 1)->box.height, 80, 1e-3);
}

/* Half a pixel is half a pixel, and what lies beside the picture is cut off. */
static void
test_yolo_edges (ExchangeFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  exchange_put_in (fixture, "all.json",
                   "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":8,\"height\":4}],"
                   "\"categories\":[{\"id\":1,\"name\":\"x\"}],\"annotations\":["
                   "{\"image_id\":1,\"category_id\":1,\"bbox\":[0.5,0.5,1,1]},"
                   "{\"image_id\":1,\"category_id\":1,\"bbox\":[-2,2,4,9]}]}");
  convert (fixture, "coco", "yolo", "all.json");
  text = exchange_read (fixture->out, "labels/train/a.txt");
  g_assert_cmpstr (
      text, ==, "0 0.125000 0.250000 0.125000 0.250000\n0 0.125000 0.750000 0.250000 0.500000\n");
}

/* A photograph that is turned by its EXIF tag is as wide as it is shown. */
static void
test_turned (ExchangeFixture *fixture, gconstpointer data)
{
  /* Orientation 6: a quarter to the right; 40 x 20 in the file. */
  static const guint8 photograph[] = {
    0xff, 0xd8, 0xff, 0xe1, 0,    34, 'E', 'x',  'i',  'f',  0,    0,  'M',  'M',  0,
    42,   0,    0,    0,    8,    0,  1,   1,    0x12, 0,    3,    0,  0,    0,    1,
    0,    6,    0,    0,    0,    0,  0,   0,    0xff, 0xc0, 0,    17, 8,    0,    20,
    0,    40,   3,    1,    0x22, 0,  2,   0x11, 1,    3,    0x11, 1,  0xff, 0xd9,
  };
  g_autoptr (GPtrArray) samples = NULL;

  g_free (exchange_put (fixture->in, "set/images/turned.jpg", photograph, sizeof photograph));
  exchange_put_in (fixture, "set/labels/turned.txt", "0 0.5 0.5 0.5 0.5\n");
  samples = load (fixture, "yolo", "set");
  exchange_assert_box (exchange_object (samples, 0, 0), 5, 10, 10, 20);
  g_assert_cmpuint (((MonocleSample *) samples->pdata[0])->width, ==, 20);
}

static void
test_yolo_oriented (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;
  const MonocleSampleObject *object;

  exchange_put_picture (fixture->in, "set/images/val/a.png", 10, 20);
  exchange_put_in (fixture, "set/labels/val/a.txt", "0 0.5 0.25 0.9 0.5 0.5 0.75 0.1 0.5\n");
  exchange_put_in (fixture, "set/data.yaml", "# yolo-obb\nval: images/val\nnames: {0: ship}\n");
  samples = load (fixture, "yolo-obb", "set");
  object = exchange_object (samples, 0, 0);
  g_assert_cmpstr (object->label, ==, "ship");
  g_assert_cmpint (monocle_shape_get_kind (object->shape), ==, MONOCLE_SHAPE_QUAD);
  exchange_assert_box (object, 1, 5, 8, 10);
}

/* Shares come out exactly, and the same seed gives the same. */
static void
test_split (ExchangeFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("{\"images\":[");
  g_autofree char *path = NULL;
  g_autofree char *first = NULL;
  const char *inputs[2] = { NULL };

  for (guint i = 1; i <= 30; i++)
    g_string_append_printf (text, "%s{\"id\":%u,\"file_name\":\"%u.png\",\"width\":9,\"height\":9}",
                            i > 1 ? "," : "", i, i);
  g_string_append (text, "],\"annotations\":[]}");
  exchange_put_in (fixture, "all.json", text->str);
  inputs[0] = path = g_build_filename (fixture->in, "all.json", NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *out = g_strdup_printf ("%s-%u", fixture->out, i);
      const MonocleExchangeJob job = { .inputs = inputs,
                                       .to = monocle_exchange_find_format ("yolo"),
                                       .output = out,
                                       .shares = { 80, 10, 10 },
                                       .seed = i / 2 };
      const guint expected[] = { 24, 3, 3 };
      g_autoptr (GString) names = g_string_new (NULL);
      MonocleExchangeCounts counts;
      g_autoptr (GError) error = NULL;

      monocle_exchange_convert (&job, NULL, &counts, &error);
      g_assert_no_error (error);
      for (guint k = 0; k < 3; k++)
        {
          const char *split = monocle_sample_split_get_name ((MonocleSampleSplit) (k + 1));
          g_autofree char *folder = g_build_filename (out, "labels", split, NULL);
          g_autoptr (GPtrArray) files = monocle_exchange_list_files (folder, "txt", &error);

          g_assert_no_error (error);
          g_assert_cmpuint (files->len, ==, expected[k]);
          for (guint m = 0; m < files->len; m++)
            g_string_append_printf (names, "%s/%s ", split, (char *) files->pdata[m]);
        }
      if (i == 1)
        g_assert_cmpstr (names->str, ==, first);
      if (i == 2)
        g_assert_cmpstr (names->str, !=, first);
      if (i == 0)
        first = g_strdup (names->str);
    }
}

typedef void (*Test) (ExchangeFixture *fixture, gconstpointer data);

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    Test test;
  } tests[] = {
    { "/app/exchange/places/street", test_street },
    { "/app/exchange/places/coco", test_coco },
    { "/app/exchange/places/coco-masks", test_coco_masks },
    { "/app/exchange/places/coco-holes", test_coco_holes },
    { "/app/exchange/places/coco-results", test_coco_results },
    { "/app/exchange/places/yolo", test_yolo },
    { "/app/exchange/places/yolo-outlines", test_yolo_outlines },
    { "/app/exchange/places/yolo-edges", test_yolo_edges },
    { "/app/exchange/places/yolo-oriented", test_yolo_oriented },
    { "/app/exchange/places/turned", test_turned },
    { "/app/exchange/places/split", test_split },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, ExchangeFixture, NULL, setup, tests[i].test, exchange_teardown);
  return g_test_run ();
}
