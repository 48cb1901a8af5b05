/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels of one's own, and vectors: what comes back, what is written, what is refused.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"
#include "harness.h"

#define CLIP   "clip/clip-quick"
#define SIGLIP "clip/siglip"
#define PHOTO  "pictures/photo-131x97.png"

static JsonArray *
rank (
    JsonObject **answer, const char *name, const char *option, const char *value, const char *each)
{
  g_autofree char *model = harness_fixture (name), *image = harness_fixture (PHOTO);
  g_autoptr (Outcome) outcome = harness_run ("run", "--model", model, "--task", "classify",
                                             "--format", "json", image, option, value, each, NULL);
  g_autoptr (GPtrArray) answers = NULL;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, 1);
  *answer = json_object_ref (answers->pdata[0]);
  return json_object_get_array_member (*answer, "ranks");
}

static double
sum_probabilities (JsonArray *ranks)
{
  double sum = 0, last = 1;

  for (guint i = 0; i < json_array_get_length (ranks); i++)
    {
      JsonObject *row = json_array_get_object_element (ranks, i);
      double score = json_object_get_double_member (row, "score");

      g_assert_cmpfloat (score, <=, last);
      last = score;
      sum += json_object_get_double_member (row, "probability");
    }
  return sum;
}

static void
test_ranks (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *file = g_build_filename (folder, "labels.txt", NULL);
  g_autoptr (JsonObject) one = NULL;
  g_autoptr (JsonObject) each = NULL;
  g_autoptr (JsonObject) lines = NULL;
  g_autoptr (JsonObject) single = NULL;
  JsonArray *ranks = rank (&one, CLIP, "--text", "cat, dog, a red car", NULL);

  g_assert_cmpuint (json_array_get_length (ranks), ==, 3);
  g_assert_cmpfloat (fabs (sum_probabilities (ranks) - 1), <, 1e-5);
  g_assert_cmpstr (json_object_get_string_member (one, "task"), ==, "classify");

  ranks = rank (&each, SIGLIP, "--text", "cat, dog, a red car", "--each");
  g_assert_cmpuint (json_array_get_length (ranks), ==, 3);
  g_assert_cmpfloat (fabs (sum_probabilities (ranks) - 1), >, 1e-3);
  g_assert_cmpstr (json_object_get_string_member (each, "task"), ==, "classify-each");

  g_assert_true (g_file_set_contents (file, "tabby, tabby cat\n\ndog\r\n", -1, NULL));
  ranks = rank (&lines, CLIP, "--labels", file, NULL);
  g_assert_cmpuint (json_array_get_length (ranks), ==, 2);
  sum_probabilities (ranks);

  /* Among one there is nothing to choose. */
  ranks = rank (&single, CLIP, "--text", "cat", NULL);
  g_assert_false (json_object_has_member (json_array_get_object_element (ranks, 0), "probability"));
}

static void
test_refused (void)
{
  g_autofree char *clip = harness_fixture (CLIP), *vit = harness_fixture ("vit/vit-32");
  g_autofree char *image = harness_fixture (PHOTO);
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *blank = g_build_filename (folder, "blank.txt", NULL);
  const struct
  {
    const char *option, *value, *words;
    int status;
  } cases[] = {
    { "--each", "--text=cat", "--each", 2 },
    { "--template=a photo", "--text=cat", "--template", 2 },
    { "--labels=/nowhere/labels", "--text=cat", "--labels", 2 },
    { "--labels=/nowhere/labels", NULL, "/nowhere/labels", 1 },
    { "--text=,", NULL, "there are no labels in the text", 2 },
    { "--text= ", NULL, "needs a text", 2 },
    { NULL, NULL, "--text", 2 },
    { "--labels", blank, "there are no labels in it", 1 },
  };
  g_autoptr (Outcome) none = harness_run ("embed", "--model", vit, "--text", "cat", NULL);
  g_autoptr (Outcome) nothing = harness_run ("embed", "--model", clip, NULL);
  g_autoptr (Outcome) self = harness_run ("embed", "--model", clip, "--out", image, image, NULL);
  g_autoptr (Outcome) empty = harness_run ("embed", "--model", clip, "--text", " ", NULL);
  /* Before a picture is opened or the model loaded. */
  g_autoptr (Outcome) late = harness_run ("run", "--model", clip, "--task", "classify-regions",
                                          "--text", "cat", "/nowhere.png", NULL);

  harness_assert_refused (none, 1, "vectors");
  harness_assert_refused (nothing, 2, "--text");
  harness_assert_refused (self, 2, "--out");
  harness_assert_refused (empty, 2, "a --text is empty");
  harness_assert_refused (late, 2, "needs a --region");
  g_assert_true (g_file_set_contents (blank, "\n  \n\n", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Outcome) outcome = harness_run ("run", "--model", clip, "--task", "classify",
                                                 image, cases[i].option, cases[i].value, NULL);

      harness_assert_refused (outcome, cases[i].status, cases[i].words);
    }
}

/* Files are hostile, and an input: a mark of the byte order is no part of a label, a zero byte does
 * not end one, and nothing is drawn over it. */
static void
test_files (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *file = g_build_filename (folder, "labels.svg", NULL);
  g_autofree char *model = harness_fixture (CLIP), *image = harness_fixture (PHOTO);
  g_autofree char *left = NULL;
  g_autoptr (JsonObject) marked = NULL;
  g_autoptr (JsonObject) plain = NULL;
  JsonArray *a, *b;

  g_assert_true (g_file_set_contents (file, "\357\273\277cat\ndog\n", -1, NULL));
  a = rank (&marked, CLIP, "--labels", file, NULL);
  b = rank (&plain, CLIP, "--text", "cat, dog", NULL);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (a, i), "label"),
                     ==,
                     json_object_get_string_member (json_array_get_object_element (b, i), "label"));
  {
    g_autoptr (Outcome) over = harness_run ("run", "--model", model, "--task", "classify",
                                            "--labels", file, "--annotate", file, image, NULL);

    harness_assert_refused (over, 2, "--annotate");
  }
  g_assert_true (g_file_get_contents (file, &left, NULL, NULL));
  g_assert_true (g_str_has_suffix (left, "cat\ndog\n"));

  g_assert_true (g_file_set_contents (file, "c\0at\n", 5, NULL));
  {
    g_autoptr (Outcome) zero = harness_run ("run", "--model", model, "--task", "classify",
                                            "--labels", file, image, NULL);

    harness_assert_refused (zero, 1, "UTF-8");
  }
}

/* What a link points at is written, and what is no file stays what it is. */
static void
test_embed_into_devices (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *model = harness_fixture (CLIP);
  g_autoptr (Outcome) full = NULL;

  g_assert_no_errno (symlink ("/dev/full", link));
  full = harness_run ("embed", "--model", model, "--text", "cat", "--out", link, NULL);
  harness_assert_refused (full, 1, "link");
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
}

static double
get_length (const float *row, guint n)
{
  return sqrt (monocle_vector_dot (row, row, n));
}

/* A row for each input, texts first; the same numbers as lines of JSON. */
static void
test_embed (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *file = g_build_filename (folder, "rows.npy", NULL);
  g_autofree char *model = harness_fixture (CLIP), *image = harness_fixture (PHOTO);
  g_autoptr (Outcome) written = harness_run ("embed", "--model", model, "--text", "cat", "--text",
                                             "dog", "--out", file, image, NULL);
  g_autoptr (Outcome) printed = harness_run ("embed", "--model", model, "--text", "cat", "--text",
                                             "dog", image, image, NULL);
  g_autoptr (Outcome) raw = harness_run ("embed", "--model", model, "--raw", "--out", file, NULL);
  g_autoptr (MonocleNpy) rows = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GError) error = NULL;

  harness_assert_done (written);
  harness_assert_done (printed);
  harness_assert_refused (raw, 2, "--text");
  rows = monocle_npy_read (file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->n_dims, ==, 2);
  g_assert_cmpuint (rows->dims[0], ==, 3);
  g_assert_cmpuint (rows->dims[1], ==, 24);
  lines = harness_parse_lines (printed);
  g_assert_cmpuint (lines->len, ==, 4);
  g_assert_cmpstr (json_object_get_string_member (lines->pdata[1], "text"), ==, "dog");
  g_assert_cmpstr (json_object_get_string_member (lines->pdata[3], "image"), ==, image);
  for (guint i = 0; i < 3; i++)
    {
      const float *row = rows->f32 + i * 24;
      JsonArray *vector = json_object_get_array_member (lines->pdata[i], "vector");

      g_assert_cmpfloat (fabs (get_length (row, 24) - 1), <, 1e-5);
      for (guint k = 0; k < 24; k++)
        g_assert_cmpfloat (fabs (json_array_get_double_element (vector, k) - (double) row[k]), <,
                           1e-6);
    }
  g_clear_pointer (&raw, outcome_free);
  raw = harness_run ("embed", "--model", model, "--raw", "--out", file, image, NULL);
  harness_assert_done (raw);
  g_clear_pointer (&rows, monocle_npy_free);
  rows = monocle_npy_read (file, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (fabs (get_length (rows->f32, 24) - 1), >, 1e-3);
}

/* What has a missing picture is not written at all. */
static void
test_missing (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *file = g_build_filename (folder, "rows.npy", NULL);
  g_autofree char *model = harness_fixture (CLIP), *image = harness_fixture (PHOTO);
  g_autoptr (Outcome) outcome
      = harness_run ("embed", "--model", model, "--out", file, image, "/nowhere.png", NULL);

  harness_assert_refused (outcome, 1, "/nowhere.png");
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
}

/* Weights that are no numbers find nothing, and fit nothing: that must not look like an answer. */
static char *
make_damaged (const char *folder, const char *name)
{
  g_autofree char *model = harness_fixture (name), *copy = g_build_filename (folder, name, NULL);
  g_autoptr (GDir) files = g_dir_open (model, 0, NULL);
  const char *file;

  g_assert_cmpint (g_mkdir_with_parents (copy, 0700), ==, 0);
  while ((file = g_dir_read_name (files)))
    {
      g_autofree char *from = g_build_filename (model, file, NULL);
      g_autofree char *to = g_build_filename (copy, file, NULL);
      g_autofree char *bytes = NULL;
      gsize size;

      if (g_file_test (from, G_FILE_TEST_IS_DIR))
        continue;
      g_assert_true (g_file_get_contents (from, &bytes, &size, NULL));
      if (g_str_has_suffix (file, ".safetensors"))
        memset (bytes + size / 2, 0xff, size - size / 2);
      g_assert_true (g_file_set_contents (to, bytes, (gssize) size, NULL));
    }
  return g_steal_pointer (&copy);
}

static void
test_no_number (void)
{
  static const struct
  {
    const char *model, *task, *text;
  } asked[] = {
    { CLIP, "classify", "--text=cat, dog" },
    { SIGLIP, "classify", "--text=cat, dog" },
    { "vit/vit-32", "classify", "--max-tokens=4" },
    { "owl/owlvit", "find-words", "--text=cat" },
    { "owl/owlv2", "find-things", "--threshold=0" },
    { "clipseg/clipseg-plain", "outline-words", "--text=cat" },
    { "detr/detr-new", "detect", "--threshold=0" },
    { "eomt/eomt-two", "segment", "--threshold=0" },
  };
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *image = harness_fixture (PHOTO);

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autofree char *model = make_damaged (folder, asked[i].model);
      g_autoptr (Outcome) outcome = harness_run ("run", "--model", model, "--task", asked[i].task,
                                                 asked[i].text, image, NULL);

      harness_assert_refused (outcome, 1, "what comes out is no number");
      g_assert_cmpstr (outcome->out, ==, "");
      if (i == 0)
        {
          g_autoptr (Outcome) vectors = harness_run ("embed", "--model", model, image, NULL);

          harness_assert_refused (vectors, 1, "what comes out is no number");
        }
    }
}

/* --- labels that are taught --- */

/* A folder a label, of pictures that are mostly of its colour. */
static void
write_set (const char *folder)
{
  static const char *const names[] = { "red", "green" };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint i = 0; i < 24; i++)
    {
      const guint label = i % 2;
      g_autofree char *below = g_build_filename (folder, names[label], NULL);
      g_autofree char *name = g_strdup_printf ("%02u.ppm", i);
      g_autofree char *path = g_build_filename (below, name, NULL);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_assert_cmpint (g_mkdir_with_parents (below, 0755), ==, 0);
      g_byte_array_append (bytes, (const guint8 *) "P6 40 40 255\n", 13);
      for (guint k = 0; k < 40 * 40 * 3; k++)
        {
          const guint8 value
              = (guint8) (g_rand_int_range (random, 0, 100) + (k % 3 == label) * 150);

          g_byte_array_append (bytes, &value, 1);
        }
      g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
    }
}

static void
test_teach (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *set = g_build_filename (folder, "set", NULL);
  g_autofree char *taught = g_build_filename (folder, "taught", NULL);
  g_autofree char *picture = g_build_filename (set, "green", "01.ppm", NULL);
  g_autofree char *model = harness_fixture (CLIP), *other = harness_fixture (SIGLIP);
  g_autoptr (Outcome) outcome = NULL, asked = NULL, again = NULL, info = NULL, wrong = NULL,
                      merged = NULL;
  g_autoptr (GPtrArray) lines = NULL, answers = NULL;
  JsonObject *verdict, *first;
  JsonArray *ranks;

  write_set (set);
  outcome = harness_run ("teach", "--model", model, "--from", "yolo-classify", "--out", taught,
                         "--format", "json", set, NULL);
  harness_assert_done (outcome);
  lines = harness_parse_lines (outcome);
  g_assert_cmpuint (lines->len, ==, 1);
  verdict = lines->pdata[0];
  g_assert_cmpstr (json_object_get_string_member (verdict, "outcome"), ==, "helped");
  g_assert_cmpint (json_object_get_int_member (verdict, "examples"), ==, 24);
  g_assert_cmpint (json_object_get_int_member (verdict, "right_taught"), >=, 22);

  /* Beside one that was not taught; the folder names its model. */
  asked = harness_run ("run", "--model", taught, "--task", "classify", "--text",
                       "red, green, a cat", "--format", "json", picture, NULL);
  harness_assert_done (asked);
  answers = harness_parse_lines (asked);
  ranks = json_object_get_array_member (answers->pdata[0], "ranks");
  g_assert_cmpuint (json_array_get_length (ranks), ==, 3);
  first = json_array_get_object_element (ranks, 0);
  g_assert_cmpstr (json_object_get_string_member (first, "label"), ==, "green");

  info = harness_run ("adapter", "info", taught, NULL);
  harness_assert_done (info);
  g_assert_nonnull (strstr (info->out, "    green\n"));
  again = harness_run ("teach", "--model", model, "--from", "yolo-classify", "--out", taught, set,
                       NULL);
  harness_assert_refused (again, 2, "is there already");
  wrong = harness_run ("run", "--model", other, "--adapter", taught, "--task", "classify", "--text",
                       "red, green", picture, NULL);
  harness_assert_refused (wrong, 1, "its vectors have 32 numbers");
  merged = harness_run ("adapter", "merge", taught, "--out", set, NULL);
  harness_assert_refused (merged, 1, "stay beside the model");
}

static void
test_teach_refused (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *set = g_build_filename (folder, "set", NULL);
  g_autofree char *green = g_build_filename (set, "green", NULL);
  g_autofree char *aside = g_build_filename (folder, "green", NULL);
  g_autofree char *model = harness_fixture (CLIP), *florence = harness_fixture ("models/native-72");
  g_autoptr (Outcome) nothing = harness_run ("teach", "--model", model, NULL);
  g_autoptr (Outcome) one = NULL, unknown = NULL, cannot = NULL, template = NULL;

  harness_assert_refused (nothing, 2, "no set of annotations");
  write_set (set);
  unknown = harness_run ("teach", "--model", model, set, NULL);
  harness_assert_refused (unknown, 1, "not recognised as annotations");
  cannot = harness_run ("teach", "--model", florence, "--from", "yolo-classify", set, NULL);
  harness_assert_refused (cannot, 1, "no model that compares pictures with words");
  template = harness_run ("teach", "--model", model, "--template", "a photo", set, NULL);
  harness_assert_refused (template, 2, "--template must be a text with {} in it");
  g_assert_cmpint (g_rename (green, aside), ==, 0);
  one = harness_run ("teach", "--model", model, "--from", "yolo-classify", set, NULL);
  harness_assert_refused (one, 1, "there are examples of 1 labels");
}

/* The bytes of an array in an archive that holds the text @wanted as numpy writes strings. */
static void
check_strings (MonocleZip *zip, const char *entry, const char *descr, const char *wanted)
{
  glong n;
  g_autofree gunichar *characters = g_utf8_to_ucs4_fast (wanted, -1, &n);
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize size;

  g_assert_true (monocle_zip_read (zip, entry, &data, &size, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (size % 64, ==, (guint) n * 4 % 64);
  g_assert_nonnull (g_strstr_len ((const char *) data + 10, 54, descr));
  g_assert_cmpmem (data + size - n * 4, (guint) n * 4, characters, (guint) n * 4);
}

/* An archive says what its rows are of. */
static void
test_embed_archive (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *file = g_build_filename (folder, "rows.npz", NULL);
  g_autofree char *model = harness_fixture (CLIP), *image = harness_fixture (PHOTO);
  g_autofree char *bytes = NULL, *named = NULL;
  g_autoptr (Outcome) written = harness_run ("embed", "--model", model, "--text", "Äpfel", "--text",
                                             "\360\237\215\216!!!!", "--out", file, image, NULL);
  g_autoptr (GBytes) archive = NULL;
  g_autoptr (MonocleZip) zip = NULL;
  g_autoptr (MonocleNpy) rows = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize size;

  harness_assert_done (written);
  g_assert_true (g_file_get_contents (file, &bytes, &size, NULL));
  archive = g_bytes_new_take (g_steal_pointer (&bytes), size);
  zip = monocle_zip_open (archive, file, &error);
  g_assert_no_error (error);
  g_assert_true (monocle_zip_read (zip, "vectors.npy", &data, &size, &error));
  rows = monocle_npy_parse (data, size, "vectors", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->dims[0], ==, 3);
  check_strings (zip, "texts.npy", "'<U5'", "Äpfel\360\237\215\216!!!!");
  named = g_strdup_printf ("'<U%u'", (guint) strlen (image));
  check_strings (zip, "images.npy", named, image);
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/labels/ranks", test_ranks);
  g_test_add_func ("/cli/labels/refused", test_refused);
  g_test_add_func ("/cli/labels/files", test_files);
  g_test_add_func ("/cli/labels/embed-into-devices", test_embed_into_devices);
  g_test_add_func ("/cli/labels/embed", test_embed);
  g_test_add_func ("/cli/labels/teach", test_teach);
  g_test_add_func ("/cli/labels/teach-refused", test_teach_refused);
  g_test_add_func ("/cli/labels/embed-archive", test_embed_archive);
  g_test_add_func ("/cli/labels/missing", test_missing);
  g_test_add_func ("/cli/labels/no-number", test_no_number);
  return g_test_run ();
}
