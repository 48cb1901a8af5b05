/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Annotations of other programs with anything in them. Built once for each row below, which says of
 * what format and into which file of a set the bytes go.
 */
#include "config.h"

#include "fuzz.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/exchange/format.h"

/* Sizes of files by which all formats look at one: any number, but no power of two. */
#define RECOGNISE_EVERY 15

typedef struct
{
  const char *name;
  const char *format;
  const char *set;  /* what is read */
  const char *file; /* what the bytes are */
  const char *seeds[4];
} Target;

static const Target targets[] = {
  { "coco",
    "coco",
    "x.json",
    "x.json",
    { "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":8,\"height\":8}],\"categories\":["
      "{\"id\":1,\"name\":\"x\"}],\"annotations\":[{\"id\":1,\"image_id\":1,\"category_id\":1,"
      "\"bbox\":[0,0,4,3],\"segmentation\":{\"size\":[8,8],\"counts\":\"11150d1\"}},"
      "{\"image_id\":1,\"category_id\":1,\"segmentation\":[[0,0,1,1,2,0.5]],\"iscrowd\":1}]}",
      "{\"images\":[{\"id\":1,\"file_name\":\"a.png\"}],\"annotations\":[{\"image_id\":1,"
      "\"caption\":\"A cat.\"}]}" } },
  { "coco-results",
    "coco-results",
    "x.json",
    "x.json",
    { "[{\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,4,3],\"score\":0.5},{\"image_id\":1,"
      "\"category_id\":2,\"segmentation\":{\"size\":[3,4],\"counts\":[1,1,1,6,1,1,1]}}]" } },
  { "yolo",
    "yolo",
    "set",
    "set/labels/a.txt",
    { "0 0.5 0.5 0.25 0.25\n1 0.5 0.5 0.1 0.1 0.9\n", "0 0 0 0.5 0 0.5 1\n" } },
  { "yolo-obb", "yolo-obb", "set", "set/labels/a.txt", { "0 0 0 1 0 1 1 0 1\n" } },
  { "yaml",
    "yolo",
    "set",
    "set/data.yaml",
    { "# a set\npath: .\ntrain: images\nval: [images, \"a b\"]\nnames:\n  0: car\n  1: 'it''s'\n",
      "train:\n- images\nnames: {0: a, 1: \"b\\u00e9\"}\n" } },
  { "voc",
    "voc",
    "set",
    "set/Annotations/a.xml",
    { "<annotation><filename>a.png</filename><size><width>8</width><height>8</height></size>"
      "<segmented>1</segmented><object><name>x</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
      "<xmax>4</xmax><ymax>4</ymax></bndbox><polygon><x1>1</x1><y1>1</y1><x2>2</x2><y2>1</y2>"
      "<x3>1</x3><y3>2</y3></polygon></object></annotation>" } },
  { "cvat",
    "cvat",
    "x.xml",
    "x.xml",
    { "<annotations><image id=\"0\" name=\"a.png\" width=\"8\" height=\"8\"><box label=\"x\" "
      "xtl=\"1\" ytl=\"1\" xbr=\"2\" ybr=\"2\" rotation=\"9\"><attribute name=\"score\">0.5"
      "</attribute></box><polygon label=\"x\" points=\"1,2;3,4;5,5\"/><mask label=\"x\" "
      "rle=\"1, 2, 1\" left=\"0\" top=\"0\" width=\"2\" height=\"2\"/><tag label=\"t\"/>"
      "<ellipse label=\"e\" cx=\"1\" cy=\"1\" rx=\"1\" ry=\"2\"/></image></annotations>" } },
  { "labelme",
    "labelme",
    "x.json",
    "x.json",
    { "{\"imagePath\":\"a.png\",\"imageWidth\":8,\"imageHeight\":8,\"flags\":{\"a\":true},"
      "\"shapes\":[{\"label\":\"x\",\"points\":[[0,0],[3,2]],\"shape_type\":\"mask\",\"mask\":"
      "\"iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAAAAACRn/EaAAAAEUlEQVR42mNgYGRkAGIIyQAAAEsACXTVuugAAAAA"
      "SUVORK5CYII=\"},{\"label\":\"y\",\"points\":[[0,0],[3,2],[1,5]],\"group_id\":3},{\"label\":"
      "\"y\",\"points\":[[0,0],[3,2],[1,5]],\"group_id\":3},{\"label\":\"z\",\"points\":[[0,0],[3,"
      "2]]"
      ",\"shape_type\":\"circle\"}]}" } },
  { "label-studio",
    "label-studio",
    "x.json",
    "x.json",
    { "[{\"data\":{\"image\":\"/data/local-files/?d=a.png\"},\"annotations\":[{\"result\":["
      "{\"id\":\"a\",\"original_width\":2,\"original_height\":1,\"type\":\"brushlabels\",\"value\":"
      "{"
      "\"rle\":[0,0,0,8,57,27,252,96,17,255,128],\"brushlabels\":[\"x\"]}},{\"id\":\"a\",\"type\":"
      "\"textarea\",\"value\":{\"text\":[\"b\"]}},{\"type\":\"polygonlabels\",\"value\":{"
      "\"points\":"
      "[[1,2],[3,4],[5,6]]}}]}]}]" } },
  { "open-images",
    "open-images",
    "set",
    "set/csv/a.csv",
    { "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsGroupOf\na,xclick,/m/1,1,0,0.5,"
      "0.25,1,1\nb,\"x, \"\"y\"\"\",/m/2,0.5,0,0.5,0.25,1,0\na,machine,/m/1,0.5,0,1,0,1,0\n",
      "ImageID,Source,LabelName,Confidence\na,verification,/m/1,1\na,verification,/m/2,0\n",
      "MaskPath,ImageID,LabelName,BoxXMin,BoxXMax,BoxYMin,BoxYMax\n../images/a.png,a,/m/1,0,1,0,1\n"
      "a.png,a,/m/1,0,1,0,1\n",
      "/m/1,a\n/m/2,\"b, c\"\n" } },
  { "lessons",
    MONOCLE_LESSONS_ID,
    "set",
    "set/images/a.jsonl",
    { "{\"image\":\"a.png\",\"prefix\":\"<OD>\",\"suffix\":\"x<loc_1><loc_2><loc_3><loc_4>y<loc_1>"
      "<loc_2><loc_3><loc_4>\"}\n{\"image\":\"b.png\",\"prefix\":\"<CAPTION>\",\"suffix\":\"A "
      "cat.\"}"
      "\n{\"image\":\"a.png\",\"prefix\":\"<OCR_WITH_REGION>\",\"suffix\":\"x<loc_1><loc_2><loc_3>"
      "<loc_4><loc_5><loc_6><loc_7><loc_8>\"}\n" } },
  { "monocle",
    "monocle",
    "a.monocle.json",
    "a.monocle.json",
    { "{\"format\":\"monocle-work\",\"version\":1,\"picture\":{\"name\":\"a.png\",\"page\":1,"
      "\"width\":8,\"height\":8},\"annotations\":[{\"id\":\"00000000000000a1\",\"label\":\"x\","
      "\"box\":[0,0,4,3],\"attributes\":{\"age\":12,\"season\":\"winter\"}}],\"runs\":[]}" } },
  { "answers",
    "monocle-answers",
    "a.jsonl",
    "a.jsonl",
    { "{\"image\": \"a.png\", \"width\": 8, \"height\": 8, \"device\": \"d\", \"task\": "
      "\"detect\", \"regions\": [[0,0,4,4]], \"result\": {\"<OD>\": \"A cat.\"}, \"objects\": "
      "[{\"label\": \"x\", \"score\": 0.5, \"quad\": [0,0,4,0,4,3,0,3]}], \"ranks\": "
      "[{\"label\": \"cat\", \"score\": 1}]}\n{\"image\": \"b.png\", \"task\": \"caption\"}\n" } },
  { "dota", "dota", "set", "set/labelTxt/a.txt", { "gsd:1\n1 2 3 4 5 6 7 8 ship 0\n" } },
};

static const Target *
find_target (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    if (strcmp (targets[i].name, FUZZ_NAME) == 0)
      return &targets[i];
  g_assert_not_reached ();
}

/* What was made, in this order. */
static GPtrArray *made;

static void
remove_made (void)
{
  while (made->len > 0)
    {
      g_autofree char *path = g_ptr_array_steal_index (made, made->len - 1);

      g_remove (path);
    }
  g_ptr_array_unref (made);
}

/* @below: in the folder; its last part is not made */
static char *
make_place (const char *below)
{
  g_auto (GStrv) parts = g_strsplit (below, "/", -1);
  char *path = g_strdup (made->pdata[0]);

  for (guint i = 0; parts[i]; i++)
    {
      char *inner = g_build_filename (path, parts[i], NULL);

      g_free (path);
      path = inner;
      if (parts[i + 1] && g_mkdir (path, 0700) == 0)
        g_ptr_array_add (made, g_strdup (path));
    }
  g_ptr_array_add (made, g_strdup (path));
  return path;
}

/* In memory, where that is to be had: most of a run is files otherwise. Only the folders that the
 * format has: each is looked through again and again. Returns: the file that gets the bytes */
static int
make_folder (const Target *target)
{
  static const guint8 picture[33] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08\x08\x02";
  char folder[] = "/dev/shm/fuzz-exchange-XXXXXX";
  g_autofree char *image = NULL, *file = NULL;
  int fd;

  made = g_ptr_array_new ();
  g_ptr_array_add (made, g_mkdtemp (folder) ? g_strdup (folder)
                                            : g_dir_make_tmp ("fuzz-exchange-XXXXXX", NULL));
  atexit (remove_made);
  image = make_place ("set/images/a.png");
  g_assert_true (g_file_set_contents (image, (const char *) picture, sizeof picture, NULL));
  file = make_place (target->file);
  fd = g_open (file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

/* A name of a picture never leads out of its set. */
static void
check_name (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  g_assert_true (g_utf8_validate (name, -1, NULL) && *parts[0]);
  g_assert_false (g_strv_contains ((const char *const *) parts, ".."));
}

/* Whatever it is, every format can say something of it. */
static gboolean
take (MonocleSample *sample, gpointer user_data, GError **error)
{
  guint n;
  const MonocleExchangeFormat *const *formats = monocle_exchange_list_formats (&n);

  check_name (sample->name);
  /* Pixels of large pictures take time and teach nothing. */
  if (sample->width > 1000 || sample->height > 1000)
    return TRUE;
  for (guint i = 0; i < n; i++)
    monocle_sample_free (monocle_exchange_adapt (formats[i], sample, NULL));
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static int fd = -1;
  const Target *target = find_target ();
  const MonocleExchangeFormat *format = monocle_exchange_find_format (target->format);
  g_autoptr (MonocleLabels) labels = monocle_labels_new ();
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *set = NULL;
  MonocleExchangeSource source = { NULL, NULL, FALSE, labels, notes };

  if (fd < 0)
    fd = make_folder (target);
  set = g_build_filename (made->pdata[0], target->set, NULL);
  source.path = set;
  g_assert_true (pwrite (fd, data, size, 0) == (gssize) size && ftruncate (fd, (off_t) size) == 0);
  /* What one format reads the others have to look at as well, now and then: that takes longer than
   * all else. */
  if (size % RECOGNISE_EVERY == 0)
    monocle_exchange_recognise (set);
  else if (format->recognise)
    format->recognise (set);
  if (!format->read (format, &source, take, NULL, &error))
    fuzz_check_error (error, made->pdata[0]);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  const Target *target = find_target ();

  for (guint i = 0; i < G_N_ELEMENTS (target->seeds) && target->seeds[i]; i++)
    fuzz_add_seed (seeds, target->seeds[i], strlen (target->seeds[i]));
}
