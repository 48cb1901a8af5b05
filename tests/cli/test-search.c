/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Indexing and searching folders: what is new, changed, moved, gone; what a killed program leaves;
 * that what is found is what comparing everything by hand finds.
 */
#include "config.h"

#include <linux/capability.h>
#include <math.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"
#include "indexing.h"
#include "tests/unit/exif-fixture.h"

#define CLIP   "clip/clip-quick"
#define SIGLIP "clip/siglip"

/* Of programs that are started later: who is root may read everything otherwise. */
static void
obey_modes (void)
{
  if (geteuid () != 0)
    return;
  g_assert_cmpint (prctl (PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH, 0, 0, 0), ==, 0);
}

static void
check_index (const char *model, const char *folder, const char *wanted)
{
  g_autofree char *path = harness_fixture (model);
  g_autoptr (Outcome) outcome
      = harness_run ("index", "--model", path, "--format", "json", folder, NULL);

  harness_assert_done (outcome);
  g_strchomp (outcome->out);
  g_assert_cmpstr (outcome->out, ==, wanted);
}

static GPtrArray *
search (const char *model,
        const char *option,
        const char *value,
        const char *more,
        const char *and_more)
{
  g_autofree char *path = harness_fixture (model);
  g_autoptr (Outcome) outcome = harness_run ("search", "--model", path, "--format", "json", option,
                                             value, more, and_more, NULL);

  harness_assert_done (outcome);
  return harness_parse_lines (outcome);
}

static void
test_changes (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *first = g_build_filename (below, "00.png", NULL);
  g_autofree char *second = g_build_filename (below, "01.png", NULL);
  g_autofree char *third = g_build_filename (below, "02.png", NULL);
  g_autofree char *inner = g_build_filename (below, "inner", NULL);
  g_autofree char *moved = g_build_filename (inner, "00.png", NULL);
  g_autofree char *bad = g_build_filename (below, "bad.png", NULL);
  g_autofree char *bytes = NULL;
  gsize size;

#define REPORT(new, changed, moved, gone, unreadable, all)                                         \
  "{\"new\":" #new ",\"changed\":" #changed ",\"moved\":" #moved ",\"gone\":" #gone                \
  ",\"unreadable\":" #unreadable ",\"pictures\":" #all "}"
  check_index (CLIP, below, REPORT (5, 0, 0, 0, 0, 5));
  check_index (CLIP, below, REPORT (0, 0, 0, 0, 0, 5));
  /* Another model has seen nothing yet. */
  check_index (SIGLIP, below, REPORT (5, 0, 0, 0, 0, 5));

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_cmpint (g_rename (first, moved), ==, 0);
  g_assert_cmpint (g_remove (second), ==, 0);
  g_assert_true (g_file_get_contents (third, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (third, bytes, (gssize) size - 1, NULL));
  g_assert_true (g_file_set_contents (bad, "no picture", -1, NULL));
  check_index (CLIP, below, REPORT (0, 1, 1, 1, 1, 4));
  check_index (CLIP, below, REPORT (0, 0, 0, 0, 1, 4));
}

/* In the order, and with the cosines, of vectors that are compared one by one. */
static void
test_order (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *model = harness_fixture (CLIP);
  g_autofree char *first = g_build_filename (below, "00.png", NULL);
  g_autoptr (GPtrArray) hits = NULL, same = NULL, minus = NULL, top = NULL;
  double last = 2;

  check_index (CLIP, below, REPORT (5, 0, 0, 0, 0, 5));
  hits = search (CLIP, "--text", "a cat", NULL, NULL);
  g_assert_cmpuint (hits->len, ==, 5);
  for (guint i = 0; i < hits->len; i++)
    {
      const char *path = json_object_get_string_member (hits->pdata[i], "path");
      g_autoptr (Outcome) outcome
          = harness_run ("embed", "--model", model, "--text", "a cat", path, NULL);
      g_autoptr (GPtrArray) rows = harness_parse_lines (outcome);
      JsonArray *a = json_object_get_array_member (rows->pdata[0], "vector");
      JsonArray *b = json_object_get_array_member (rows->pdata[1], "vector");
      double score = json_object_get_double_member (hits->pdata[i], "score"), sum = 0;

      for (guint k = 0; k < json_array_get_length (a); k++)
        sum += json_array_get_double_element (a, k) * json_array_get_double_element (b, k);
      g_assert_cmpfloat_with_epsilon (score, sum, 1e-3);
      g_assert_cmpfloat (score, <=, last);
      last = score;
      g_assert_true (json_object_get_null_member (hits->pdata[i], "probability"));
    }

  same = search (CLIP, "--image", first, NULL, NULL);
  g_assert_cmpstr (json_object_get_string_member (same->pdata[0], "path"), ==, first);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (same->pdata[0], "score"), 1, 1e-3);
  minus = search (CLIP, "--text", "a cat", "--minus-image", first);
  g_assert_cmpfloat (json_object_get_double_member (minus->pdata[4], "score"), <,
                     json_object_get_double_member (hits->pdata[4], "score"));
  top = search (CLIP, "--text", "a cat", "--top", "2");
  g_assert_cmpuint (top->len, ==, 2);
  g_assert_cmpstr (json_object_get_string_member (top->pdata[1], "path"), ==,
                   json_object_get_string_member (hits->pdata[1], "path"));
}

/* A text alone has a probability where the model says so; folders that are named count alone. */
static void
test_choices (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *first = g_build_filename (below, "00.png", NULL);
  g_autofree char *model = harness_fixture (SIGLIP);
  g_autoptr (GPtrArray) hits = NULL, none = NULL, region = NULL;
  g_autoptr (Outcome) paths = NULL, other = NULL;

  check_index (SIGLIP, below, REPORT (5, 0, 0, 0, 0, 5));
  hits = search (SIGLIP, "--text", "a cat", NULL, NULL);
  g_assert_cmpfloat (json_object_get_double_member (hits->pdata[0], "probability"), >, 0);
  none = search (SIGLIP, "--text", "a cat", "--min", "1");
  g_assert_cmpuint (none->len, ==, 0);
  other = harness_run ("search", "--model", model, "--text", "a cat", "/nowhere", NULL);
  harness_assert_refused (other, 1, "/nowhere: nothing has been indexed");
  region = search (SIGLIP, "--image", first, "--region", "0,0,131,97");
  g_assert_cmpstr (json_object_get_string_member (region->pdata[0], "path"), ==, first);
  paths = harness_run ("search", "--model", model, "--text", "cat", "--format", "paths0", "--top",
                       "1", "--sort", "date", below, NULL);
  harness_assert_done (paths);
  g_assert_true (g_str_has_prefix (paths->out, below));
  g_assert_true (g_str_has_suffix (paths->out, ".png"));
}

/* Newest first: by when a picture was taken, where it says so; its file may be older. */
static void
test_dates (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  static const char *const dates[]
      = { "2003:01:02 03:04:05", "2021:01:02 03:04:05", "2012:01:02 03:04:05" };
  static const char *const wanted[] = { "1.jpg", "2.jpg", "0.jpg" };
  g_autofree char *source = harness_fixture ("pictures/small-grey.jpg"), *bytes = NULL;
  g_autoptr (GPtrArray) hits = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.jpg", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GByteArray) exif = exif_fixture_new (dates[i], i % 2);
      g_autoptr (GByteArray) file = exif_fixture_put_into_jpeg ((const guint8 *) bytes, size, exif);

      g_assert_true (
          g_file_set_contents (path, (const char *) file->data, (gssize) file->len, NULL));
    }
  check_index (CLIP, folder, REPORT (3, 0, 0, 0, 0, 3));
  hits = search (CLIP, "--text=cat", "--sort=date", NULL, NULL);
  g_assert_cmpuint (hits->len, ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < hits->len; i++)
    g_assert_true (
        g_str_has_suffix (json_object_get_string_member (hits->pdata[i], "path"), wanted[i]));
}

/* A file that may not be read is tried again, also where only that changes; what is in a folder
 * that may not be read is not gone. */
static void
test_forbidden (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *first = g_build_filename (below, "00.png", NULL);
  g_autofree char *inner = g_build_filename (below, "inner", NULL);
  g_autofree char *moved = g_build_filename (inner, "00.png", NULL);

  obey_modes ();
  g_assert_cmpint (g_chmod (first, 0), ==, 0);
  check_index (CLIP, below, REPORT (4, 0, 0, 0, 1, 4));
  check_index (CLIP, below, REPORT (0, 0, 0, 0, 1, 4));
  g_assert_cmpint (g_chmod (first, 0600), ==, 0);
  check_index (CLIP, below, REPORT (1, 0, 0, 0, 0, 5));

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_cmpint (g_rename (first, moved), ==, 0);
  check_index (CLIP, below, REPORT (0, 0, 1, 0, 0, 5));
  g_assert_cmpint (g_chmod (inner, 0), ==, 0);
  check_index (CLIP, below, REPORT (0, 0, 0, 0, 0, 5));
  g_assert_cmpint (g_chmod (inner, 0700), ==, 0);
  check_index (CLIP, below, REPORT (0, 0, 0, 0, 0, 5));
}

/* What could not be written down is not said to be there. */
static void
test_full (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *model = harness_fixture (CLIP);
  g_autoptr (Outcome) outcome = harness_run_shell (
      "ulimit -f 0; \"$@\"; exit $?", "index", "--model", model, "--format", "json", below, NULL);

  if (outcome->status == 128 + SIGBUS)
    {
      g_test_skip ("this device keeps its memory in a file, and dies in it under a limit");
      return;
    }
  g_assert_cmpint (outcome->status, ==, 1);
  g_strchomp (outcome->out);
  g_assert_cmpstr (outcome->out, ==, REPORT (0, 0, 0, 0, 0, 0));
}

static void
test_refused (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *clip = harness_fixture (CLIP), *vit = harness_fixture ("vit/vit-32");
  const struct
  {
    const char *option, *value, *words;
    int status;
  } cases[] = {
    { NULL, NULL, "--text", 2 },
    { "--text= ", NULL, "--text", 2 },
    { "--text=", "--minus-text=cat", "--text", 2 },
    { "--text=cat", NULL, "indexed", 1 },
    { "--text=cat", "", "one of the names is empty", 2 },
    { "--text=cat", "--top=0", "--top", 2 },
    { "--text=cat", "--sort=size", "--sort", 2 },
    { "--text=cat", "--min=2", "--min", 2 },
    { "--text=cat", "--region=0,0,1,1", "--region", 2 },
    { "--image=/nowhere.png", NULL, "/nowhere.png", 1 },
  };
  g_autoptr (Outcome) nowhere = harness_run ("index", "--model", clip, "/nowhere", NULL);
  g_autoptr (Outcome) other = harness_run ("index", "--model", vit, folder, NULL);

  g_assert_cmpint (nowhere->status, ==, 1);
  harness_assert_refused (other, 1, "vectors");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Outcome) outcome = NULL;
      g_autofree char *data = g_build_filename (folder, "empty", NULL);

      g_setenv ("XDG_DATA_HOME", data, TRUE);
      outcome = harness_run ("search", "--model", clip, cases[i].option, cases[i].value, NULL);
      harness_assert_refused (outcome, cases[i].status, cases[i].words);
    }
}

/* Killed at any moment and begun again until it is done, it comes to the same. */
static void
test_killed (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 8);
  g_autofree char *model = harness_fixture (CLIP);
  g_autofree char *data = g_build_filename (folder, "data2", NULL);
  g_autoptr (GPtrArray) whole = NULL, pieces = NULL;

  check_index (CLIP, below, REPORT (40, 0, 0, 0, 0, 40));
  whole = search (CLIP, "--text", "cat", NULL, NULL);

  g_setenv ("XDG_DATA_HOME", data, TRUE);
  indexing_kill (
      (const char *const[]){ harness_get_program (), "index", "--model", model, below, NULL }, 10,
      1500000);
  check_index (CLIP, below, REPORT (0, 0, 0, 0, 0, 40));
  pieces = search (CLIP, "--text", "cat", NULL, NULL);
  g_assert_cmpuint (pieces->len, ==, whole->len);
  for (guint i = 0; i < whole->len; i++)
    g_assert_cmpfloat_with_epsilon (json_object_get_double_member (whole->pdata[i], "score"),
                                    json_object_get_double_member (pieces->pdata[i], "score"),
                                    1e-3);
}

/* What is at the end of a file that was cut or scribbled over is lost, and nothing before it. */
static void
test_damaged (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 2);
  g_autofree char *path = NULL, *bad = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  check_index (CLIP, below, REPORT (10, 0, 0, 0, 0, 10));
  path = indexing_find (".index");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  /* Two blocks of eight and two. */
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size - 1, NULL));
  check_index (CLIP, below, REPORT (2, 0, 0, 0, 0, 10));
  bytes[size - 100]++;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  check_index (CLIP, below, REPORT (2, 0, 0, 0, 0, 10));
  bytes[0]++;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  {
    g_autofree char *model = harness_fixture (CLIP);
    g_autoptr (Outcome) outcome = harness_run ("search", "--model", model, "--text", "cat", NULL);

    harness_assert_refused (outcome, 1, "index");
  }
  /* What is no index at all is set aside, and another one begun. */
  check_index (CLIP, below, REPORT (10, 0, 0, 0, 0, 10));
  bad = g_strconcat (path, ".bad", NULL);
  g_assert_true (g_file_test (bad, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_file_set_contents (path, "monocle", -1, NULL));
  check_index (CLIP, below, REPORT (10, 0, 0, 0, 0, 10));
  check_index (CLIP, below, REPORT (0, 0, 0, 0, 0, 10));
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  {
    g_autofree char *model = harness_fixture (CLIP);
    g_autoptr (Outcome) outcome = harness_run ("search", "--model", model, "--text", "cat", NULL);
    g_autofree char *errors = g_strjoinv ("\n", outcome->errors);

    g_assert_null (strstr (errors, "version"));
  }
}

/* A block whose records are fewer than it says, or whose vectors lie elsewhere, is none, though its
 * checksum is right. */
static void
test_forged (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *path = NULL, *bytes = NULL;
  guint64 n_bytes, sum;
  guint64 vector = GUINT64_TO_LE (G_MAXUINT64 - 63);
  guint32 n_records = GUINT32_TO_LE (6);
  gsize size, records;

  check_index (CLIP, below, REPORT (5, 0, 0, 0, 0, 5));
  path = indexing_find (".index");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  memcpy (bytes + 64 + 12, &n_records, sizeof n_records);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  check_index (CLIP, below, REPORT (5, 0, 0, 0, 0, 5));
  check_index (CLIP, below, REPORT (0, 0, 0, 0, 0, 5));

  memcpy (&n_bytes, bytes + 64 + 16, sizeof n_bytes);
  n_bytes = GUINT64_FROM_LE (n_bytes);
  records = size - (n_bytes + 63) / 64 * 64;
  n_records = GUINT32_TO_LE (5);
  memcpy (bytes + 64 + 12, &n_records, sizeof n_records);
  memcpy (bytes + records + 32, &vector, sizeof vector);
  sum = indexing_sum (bytes + records, n_bytes);
  memcpy (bytes + 64 + 24, &sum, sizeof sum);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  check_index (CLIP, below, REPORT (5, 0, 0, 0, 0, 5));
}

/* Bits that turn in vectors make no number of them: such a picture is found by nothing, and looked
 * at again. */
static void
test_no_number (void)
{
  const gsize first = 128;
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *path = NULL, *bytes = NULL;
  g_autoptr (GPtrArray) before = NULL, after = NULL, again = NULL;
  gsize size;

  check_index (CLIP, below, REPORT (5, 0, 0, 0, 0, 5));
  before = search (CLIP, "--text", "cat", NULL, NULL);
  path = indexing_find (".index");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpuint (size, >, first + 2);
  bytes[first] = 0x00;
  bytes[first + 1] = 0x7e;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  after = search (CLIP, "--text", "cat", NULL, NULL);
  g_assert_cmpuint (after->len, ==, before->len - 1);
  for (guint i = 0; i < after->len; i++)
    g_assert_false (json_object_get_null_member (after->pdata[i], "score"));
  check_index (CLIP, below, REPORT (1, 0, 0, 0, 0, 5));
  again = search (CLIP, "--text", "cat", NULL, NULL);
  g_assert_cmpuint (again->len, ==, before->len);
}

/* Pipes, folders and links to nowhere are not waited for, and are no part of a model. */
static void
test_irregular (void)
{
  static const char *const names[]
      = { "config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json",
          "tokenizer_config.json" };
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *model = g_build_filename (folder, "model", NULL);
  g_autofree char *pipe = g_build_filename (model, "x.json", NULL);
  g_autofree char *inner = g_build_filename (model, "y.json", NULL);
  g_autofree char *nowhere = g_build_filename (model, "z.json", NULL);
  g_autofree char *path = NULL;
  g_autoptr (Outcome) indexed = NULL, searched = NULL, waiting = NULL;

  g_assert_cmpint (g_mkdir (model, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *source = harness_fixture (CLIP);
      g_autofree char *from = g_build_filename (source, names[i], NULL);
      g_autofree char *to = g_build_filename (model, names[i], NULL);

      g_assert_cmpint (symlink (from, to), ==, 0);
    }
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_cmpint (symlink ("/nowhere", nowhere), ==, 0);
  indexed = harness_run ("index", "--model", model, below, NULL);
  harness_assert_done (indexed);
  searched = harness_run ("search", "--model", model, "--text", "cat", NULL);
  harness_assert_done (searched);

  path = indexing_find (".index");
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  waiting = harness_run ("search", "--model", model, "--text", "cat", NULL);
  harness_assert_refused (waiting, 1, path);
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/search/changes", test_changes);
  g_test_add_func ("/cli/search/order", test_order);
  g_test_add_func ("/cli/search/choices", test_choices);
  g_test_add_func ("/cli/search/dates", test_dates);
  g_test_add_func ("/cli/search/forbidden", test_forbidden);
  g_test_add_func ("/cli/search/full", test_full);
  g_test_add_func ("/cli/search/refused", test_refused);
  g_test_add_func ("/cli/search/killed", test_killed);
  g_test_add_func ("/cli/search/damaged", test_damaged);
  g_test_add_func ("/cli/search/forged", test_forged);
  g_test_add_func ("/cli/search/no-number", test_no_number);
  g_test_add_func ("/cli/search/irregular", test_irregular);
  return g_test_run ();
}
