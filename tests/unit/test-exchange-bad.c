/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files from strangers: each of these is refused with one line that names the file, and the place
 * in it where there is one. Nothing is written then, neither where it should be nor anywhere else.
 */
#include "config.h"

#include "exchange-fixture.h"

typedef struct
{
  const char *format;
  const char *file; /* what is read; below it where @text goes, if that is not the same */
  const char *text;
  const char *words; /* of the message */
} Bad;

#define COCO(images, categories, annotations)                                                      \
  "{\"images\":[" images "],\"categories\":[" categories "],\"annotations\":[" annotations "]}"
#define IMAGE       "{\"id\":1,\"file_name\":\"a.png\",\"width\":8,\"height\":8}"
#define NAMED(name) "{\"id\":1,\"file_name\":\"" name "\",\"width\":8,\"height\":8}"
#define CATEGORY    "{\"id\":1,\"name\":\"x\"}"
#define ROW(rest)   "{\"image_id\":1,\"category_id\":1," rest "}"
#define ONE(row)    COCO (IMAGE, CATEGORY, row)

static const Bad coco[] = {
  { "coco", "x.json", "", "empty" },
  { "coco", "x.json", "{\"images\":[", "cut off" },
  { "coco", "x.json", "{\"images\":[{\"id\":1,\"file_name\":\"a", "cut off" },
  { "coco", "x.json", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "nested" },
  { "coco", "x.json", "{\"images\":[1]}", "images[0]" },
  { "coco", "x.json", COCO ("{\"id\":\"one\",\"file_name\":\"a.png\"}", "", ""), "images[0]" },
  { "coco", "x.json", COCO (IMAGE "," IMAGE, "", ""), "images[1]" },
  { "coco", "x.json", COCO (NAMED ("/etc/passwd"), "", ""), "images[0]: picture \"/etc/passwd\"" },
  { "coco", "x.json", COCO (NAMED ("../../a.png"), "", ""), "images[0]: picture" },
  { "coco", "x.json", COCO (NAMED ("..\\\\a.png"), "", ""), "images[0]: picture" },
  { "coco", "x.json", COCO (NAMED (""), "", ""), "images[0]: picture" },
  { "coco", "x.json", COCO ("{\"id\":1,\"file_name\":\"a\",\"width\":-8,\"height\":8}", "", ""),
    "images[0]: -8 x 8" },
  { "coco", "x.json",
    COCO ("{\"id\":1,\"file_name\":\"a\",\"width\":65535,\"height\":65535}", "", ""),
    "no size of a picture" },
  { "coco", "x.json", ONE ("{\"image_id\":2,\"category_id\":1,\"bbox\":[0,0,1,1]}"),
    "annotations[0]: there is no image 2" },
  { "coco", "x.json", ONE ("{\"image_id\":1,\"category_id\":0,\"bbox\":[0,0,1,1]}"),
    "annotations[0]: there is no category 0" },
  { "coco", "x.json", ONE (ROW ("\"bbox\":[0,0,-1,1]")),
    "annotations[0]: \"bbox\" has a negative" },
  { "coco", "x.json", ONE (ROW ("\"bbox\":[0,0,1]")), "annotations[0]: key \"bbox\" has 3" },
  { "coco", "x.json", ONE (ROW ("\"bbox\":[0,0,NaN,1]")), "annotations[0]" },
  { "coco", "x.json", ONE (ROW ("\"bbox\":[0,0,1e999,1]")), "annotations[0]" },
  { "coco", "x.json", ONE (ROW ("\"bbox\":[0,0,1e300,1]")), "annotations[0]: \"bbox\" is out" },
  { "coco", "x.json", ONE (ROW ("\"bbox\":\"all\"")), "annotations[0]" },
  { "coco", "x.json", ONE (ROW ("\"segmentation\":[[0,0,1]]")), "annotations[0]: a polygon has 3" },
  { "coco", "x.json", ONE (ROW ("\"segmentation\":7")), "annotations[0]: \"segmentation\"" },
  { "coco", "x.json",
    ONE (ROW ("\"segmentation\":{\"size\":[65535,65535],\"counts\":[4294836225]}")),
    "annotations[0]: \"size\"" },
  { "coco", "x.json", ONE (ROW ("\"segmentation\":{\"size\":[8,8],\"counts\":[99]}")),
    "annotations[0]: \"counts\"" },
  { "coco", "x.json", ONE (ROW ("\"segmentation\":{\"size\":[8,8],\"counts\":[-1,65]}")),
    "annotations[0]: \"counts\"" },
  { "coco", "x.json", ONE (ROW ("\"segmentation\":{\"size\":[8,8],\"counts\":\"oooooooooo\"}")),
    "annotations[0]: \"counts\"" },
  { "coco", "x.json", ONE (ROW ("\"segmentation\":{\"size\":[4,4],\"counts\":[0,16]}")),
    "annotations[0]: \"size\" is 4 x 4" },
  { "coco", "x.json", COCO (IMAGE, CATEGORY "," CATEGORY, ""), "categories[1]" },
  { "coco-results", "x.json", "[{\"category_id\":1,\"bbox\":[0,0,1,1],\"score\":1}]", "[0]" },
};

#define YAML "train: images\nnames: [x]\n"

static const Bad yolo[] = {
  { "yolo", "set", "data.yaml|train: images\nnames: [x\n", "data.yaml: line" },
  { "yolo", "set", "data.yaml|names: [x]\n", "data.yaml: names no" },
  { "yolo", "set", "data.yaml|train: /etc\nnames: [x]\n", "data.yaml: picture \"/etc\"" },
  { "yolo", "set", "data.yaml|train: a/../../etc\nnames: [x]\n", "data.yaml: picture" },
  { "yolo", "set", "data.yaml|train: images\nnames: {0: x, 7: y}\n", "class \"7\"" },
  { "yolo", "set", "data.yaml|train: images\nnames: [x, x]\n", "\"x\" comes twice" },
  { "yolo", "set", "data.yaml|train: nowhere\nnames: [x]\n", "no such folder" },
  { "yolo", "set", "labels/a.txt|0 0.5 0.5 nan 0.5\n", "a.txt: line 1: expected numbers" },
  { "yolo", "set", "labels/a.txt|0 0.5 0.5 0.5 0.5\n\n0 0.5 0.5 -0.5 0.5\n", "a.txt: line 3" },
  { "yolo", "set", "labels/a.txt|0 0.5 0.5 0.5\n", "a.txt: line 1: 3 numbers" },
  { "yolo", "set", "labels/a.txt|0 320 240 10 10\n", "a.txt: line 1: 320 is no part" },
  { "yolo", "set", "labels/a.txt|1 0.5 0.5 0.5 0.5\n", "a.txt: line 1: class 1 is none of 1" },
  { "yolo", "set", "labels/a.txt|-1 0.5 0.5 0.5 0.5\n", "a.txt: line 1: -1 is no number" },
  { "yolo", "set", "labels/a.txt|0.5 0.5 0.5 0.5 0.5\n", "a.txt: line 1: 0.5 is no number" },
  { "yolo", "set", "labels/a.txt|car 0.5 0.5 0.5 0.5\n", "a.txt: line 1: expected numbers" },
  { "yolo", "set", "labels/nopicture.txt|0 0.5 0.5 0.5 0.5\n", "--images says where" },
};

#define VOC(object)                                                                                \
  "Annotations/a.xml|<annotation><filename>a.png</filename><size><width>8</width>"                 \
  "<height>8</height></size><object>" object "</object></annotation>"
#define BOUNDS(a, b, c, d)                                                                         \
  "<name>x</name><bndbox><xmin>" a "</xmin><ymin>" b "</ymin><xmax>" c "</xmax><ymax>" d           \
  "</ymax></bndbox>"
#define CVAT(shape)                                                                                \
  "<annotations><image id=\"0\" name=\"a.png\" width=\"8\" height=\"8\">" shape                    \
  "</image></annotations>"
#define LABELME(shape)                                                                             \
  "{\"imagePath\":\"a.png\",\"imageWidth\":8,\"imageHeight\":8,\"imageData\":null,\"flags\":{},"   \
  "\"shapes\":[" shape "]}"
#define TASK(result)                                                                               \
  "[{\"data\":{\"image\":\"a.png\"},\"annotations\":[{\"result\":[{\"original_width\":8,"          \
  "\"original_height\":8," result "}]}]}]"

#define OPEN_IMAGES(rows)                                                                          \
  "annotations/train-annotations-bbox.csv|ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,"     \
  "YMax\n" rows
#define LESSON(image, suffix)                                                                      \
  "{\"image\":\"" image "\",\"prefix\":\"<OD>\",\"suffix\":\"" suffix "\"}\n"

static const Bad tables[] = {
  { "open-images", "set", OPEN_IMAGES ("a,xclick,/m/1,1,0.5,0.25,0,1\n"),
    "line 2: a box has a neg" },
  { "open-images", "set", OPEN_IMAGES ("a,xclick,/m/1,1,0,1,0,1\na,xclick,/m/1,1,x,1,0,1\n"),
    "line 3: a side" },
  { "open-images", "set", OPEN_IMAGES ("a,xclick,/m/1,1,nan,1,0,1\n"), "line 2: a side" },
  { "open-images", "set", OPEN_IMAGES ("a,xclick,/m/1,1,0,1e9,0,1\n"), "line 2: a side" },
  { "open-images", "set", OPEN_IMAGES ("a,xclick,/m/1,much,0,1,0,1\n"), "line 2: \"Confidence\"" },
  { "open-images", "set", OPEN_IMAGES ("../../a,xclick,/m/1,1,0,1,0,1\n"), "line 2: picture" },
  { "open-images", "set", OPEN_IMAGES ("\"a,xclick\n"), "line 2: quotation marks" },
  { "open-images", "set", OPEN_IMAGES ("a,\xff,/m/1,1,0,1,0,1\n"), "line 2: not valid UTF-8" },
  { "open-images", "set", OPEN_IMAGES ("none,xclick,/m/1,1,0,1,0,1\n"), "there is no picture" },
  { "open-images", "set",
    "annotations/a.csv|MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax\n"
    "../../../x.png,a,/m/1,1,0,1,0,1\n",
    "line 2: picture \"../../../x.png\"" },
  { "open-images", "x.csv", "a,b\n1,2\n", "is no table" },
  { MONOCLE_LESSONS_ID, "x.jsonl", LESSON ("a.png", "x") "{\n", "line 2" },
  { MONOCLE_LESSONS_ID, "x.jsonl", LESSON ("/etc/passwd", ""), "line 1: picture" },
  { MONOCLE_LESSONS_ID, "x.jsonl", LESSON ("a.png", "car<loc_1><loc_2><loc_3><loc_4>"),
    "there is no picture" },
  { MONOCLE_LESSONS_ID, "set", "a.jsonl|" LESSON ("a.png", "car<loc_1><loc_2><loc_3>"),
    "line 1: \"suffix\"" },
  { MONOCLE_LESSONS_ID, "set", "a.jsonl|" LESSON ("a.png", "car"), "line 1: \"suffix\"" },
  { MONOCLE_LESSONS_ID, "set", "a.jsonl|{\"image\":\"a.png\",\"prefix\":\"<OD>\",\"suffix\":1}",
    "line 1" },
};

static const Bad tools[] = {
  { "voc", "set", VOC ("<name>x</name>"), "no whole \"bndbox\"" },
  { "voc", "set", VOC (BOUNDS ("5", "1", "2", "2")), "negative" },
  { "voc", "set", VOC (BOUNDS ("nan", "1", "2", "2")), "line 1: \"xmin\" is no number" },
  { "voc", "set", VOC (BOUNDS ("1e99", "1", "2", "2")), "\"xmin\" is no number" },
  { "voc", "set", "Annotations/a.xml|<annotation><object>", "line" },
  { "voc", "set", "Annotations/a.xml|<html></html>", "expected \"annotation\"" },
  { "voc", "set",
    "Annotations/a.xml|<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;\">]>"
    "<annotation>&c;</annotation>",
    "document type" },
  { "voc", "set",
    "Annotations/a.xml|<?xml version=\"1.0\"?><!DOCTYPE a SYSTEM \"file:///etc/passwd\">"
    "<annotation/>",
    "document type" },
  { "voc", "set", "Annotations/a.xml|<annotation>&c;</annotation>", "line 1" },
  { "cvat", "x.xml", "<annotations><image name=\"../a\" width=\"8\" height=\"8\"/></annotations>",
    "picture \"../a\"" },
  { "cvat", "x.xml", "<annotations><image name=\"a\" width=\"-8\" height=\"8\"/></annotations>",
    "no size" },
  { "cvat", "x.xml", CVAT ("<box label=\"x\" xtl=\"1\" ytl=\"1\" xbr=\"0\" ybr=\"2\"/>"),
    "negative" },
  { "cvat", "x.xml", CVAT ("<box label=\"x\" xtl=\"inf\" ytl=\"1\" xbr=\"2\" ybr=\"2\"/>"),
    "\"xtl\" is no number" },
  { "cvat", "x.xml", CVAT ("<polygon label=\"x\" points=\"1,2;3\"/>"), "no points" },
  { "cvat", "x.xml",
    CVAT ("<mask label=\"x\" rle=\"99999999\" left=\"0\" top=\"0\" width=\"8\" height=\"8\"/>"),
    "add up" },
  { "cvat", "x.xml",
    CVAT ("<mask label=\"x\" rle=\"1\" left=\"0\" top=\"0\" width=\"60000\" height=\"60000\"/>"),
    "outside the picture" },
  { "labelme", "x.json", "{\"shapes\":[],\"flags\":{}}", "imagePath" },
  { "labelme", "x.json", LABELME ("{\"label\":\"x\",\"points\":[]}"), "shapes[0]: 0 points" },
  { "labelme", "x.json", LABELME ("{\"label\":\"x\",\"points\":[[1,2],[3]]}"), "shapes[0]" },
  { "labelme", "x.json", LABELME ("{\"label\":7,\"points\":[]}"), "shapes[0]" },
  { "labelme", "x.json",
    LABELME ("{\"label\":\"x\",\"points\":[[0,0],[7,7]],\"shape_type\":\"star\"}"), "no \"star\"" },
  { "labelme", "x.json",
    LABELME ("{\"label\":\"x\",\"points\":[[7,7],[8,8]],\"shape_type\":\"mask\","
             "\"mask\":\"iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAAAAACRn/EaAAAAEUlEQVR42mNgYGRkAGIIyQAA"
             "AEsACXTVuugAAAAASUVORK5CYII=\"}"),
    "outside the picture" },
  { "label-studio", "x.json", "{\"data\":[1]}", "expected a list" },
  { "label-studio", "x.json", "[{\"data\":{\"image\":\"/data/local-files/?d=../../etc/passwd\"}}]",
    "[0]: picture" },
  { "label-studio", "x.json",
    TASK ("\"type\":\"rectanglelabels\",\"value\":{\"x\":0,\"y\":0,\"width\":-1,\"height\":1}"),
    "result[0]: a box has a negative" },
  { "label-studio", "x.json",
    TASK ("\"type\":\"brushlabels\",\"value\":{\"rle\":[255,255,255,255,255,255,255]}"),
    "result[0]: \"rle\" is no mask" },
  { "dota", "set", "labelTxt/a.txt|1 2 3 4 5 6 7 x ship 0\n", "a.txt: line 1: \"x\" is no number" },
  { "dota", "set", "labelTxt/a.txt|1 2 3\n", "a.txt: line 1: 3 words" },
};

/* All that is below a folder, by names. */
static void
list (const char *folder, GString *names)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    n++;
  g_string_append_printf (names, "%s %u\n", folder, n);
}

static void
test_bad (gconstpointer data)
{
  const Bad *bad = data;
  g_autoptr (ExchangeFolder) folder = exchange_make_folder ();
  g_autofree char *path = g_build_filename (folder, bad->file, NULL);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GString) before = g_string_new (NULL), after = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *bar = strstr (bad->text, "|");

  if (strchr (bad->file, '.'))
    g_free (exchange_put (folder, bad->file, bad->text, -1));
  else
    {
      g_autofree char *name = g_strndup (bad->text, (gsize) (bar - bad->text));

      exchange_put_picture (path, "images/a.png", 8, 8);
      g_free (exchange_put (path, "data.yaml", YAML, -1));
      g_free (exchange_put (path, name, bar + 1, -1));
    }
  list (folder, before);
  g_assert_false (exchange_try (bad->format, "coco", path, out, NULL, notes, &error));
  list (folder, after);
  g_assert_nonnull (error);
  if (!strstr (error->message, bad->words) || !g_str_has_prefix (error->message, path)
      || strchr (error->message, '\n'))
    g_error ("\"%s\" instead of \"%s\"", error->message, bad->words);
  g_assert_cmpstr (before->str, ==, after->str);
}

/* A million points are many, and no more than that. */
static void
test_many_points (void)
{
  g_autoptr (ExchangeFolder) folder = exchange_make_folder ();
  g_autoptr (GString) text = g_string_new (
      "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":1000,\"height\":1000}],"
      "\"categories\":[" CATEGORY "],\"annotations\":[{\"image_id\":1,\"category_id\":1,"
      "\"segmentation\":[[0,0");
  g_autofree char *path = NULL, *out = g_build_filename (folder, "out", NULL);
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1000000; i++)
    g_string_append_printf (text, ",%u,%u", i % 1000, i / 1000);
  g_string_append (text, "]]}]}");
  path = exchange_put (folder, "x.json", text->str, (gssize) text->len);
  exchange_try ("coco", "yolo-seg", path, out, NULL, notes, &error);
  g_assert_no_error (error);
}

/* A folder with something in it is nobody's to write to. */
static void
test_target (void)
{
  g_autoptr (ExchangeFolder) folder = exchange_make_folder ();
  g_autofree char *path = exchange_put (folder, "x.json", ONE (""), -1);
  g_autofree char *full = exchange_put (folder, "full/keep.txt", "kept", -1);
  g_autofree char *out = g_build_filename (folder, "full", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);
  g_autofree char *missing = g_build_filename (folder, "no/such/out", NULL);
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (exchange_try ("coco", "yolo", path, out, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "no empty folder"));
  g_clear_error (&error);
  kept = exchange_read (out, "keep.txt");
  g_assert_cmpstr (kept, ==, "kept");

  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  exchange_try ("coco", "yolo", path, empty, NULL, NULL, &error);
  g_assert_no_error (error);

  g_assert_false (exchange_try ("coco", "yolo", path, missing, NULL, NULL, &error));
  g_assert_nonnull (error);
}

/* Pictures that would share a file, or are there twice. */
static void
test_twice (void)
{
  g_autoptr (ExchangeFolder) folder = exchange_make_folder ();
  g_autofree char *same = exchange_put (
      folder, "same.json",
      COCO (IMAGE ",{\"id\":2,\"file_name\":\"a.png\",\"width\":8,\"height\":8}", "", ""), -1);
  g_autofree char *stems = exchange_put (
      folder, "stems.json",
      COCO (IMAGE ",{\"id\":2,\"file_name\":\"a.jpg\",\"width\":8,\"height\":8}", "", ""), -1);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (exchange_try ("coco", "yolo", same, out, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "\"a.png\" comes twice"));
  g_clear_error (&error);
  g_assert_false (exchange_try ("coco", "yolo", stems, out, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "a.jpg: another picture is called “a” too"));
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
}

static void
add (const Bad *bad, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/exchange/bad/%s/%u", bad[i].format, i);

      g_test_add_data_func (path, &bad[i], test_bad);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add (coco, G_N_ELEMENTS (coco));
  add (yolo, G_N_ELEMENTS (yolo));
  add (tools, G_N_ELEMENTS (tools));
  add (tables, G_N_ELEMENTS (tables));
  g_test_add_func ("/app/exchange/bad/many-points", test_many_points);
  g_test_add_func ("/app/exchange/bad/target", test_target);
  g_test_add_func ("/app/exchange/bad/twice", test_twice);
  return g_test_run ();
}
