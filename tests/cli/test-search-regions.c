/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of pictures in an index: what is small is found, and where; what was indexed without is
 * gone through for them; what a killed program leaves, and what becomes of damaged files.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/document/work.h"
#include "engine/engine.h"
#include "indexing.h"

/* @divided: below 0: parts are not looked at */
static void
check_index (const char *folder, guint n_new, int divided)
{
  g_autofree char *model = harness_fixture ("clip/clip-quick");
  g_autoptr (Outcome) outcome = harness_run ("index", "--model", model, "--format", "json", folder,
                                             divided >= 0 ? "--regions" : NULL, NULL);
  g_autofree char *wanted = g_strdup_printf (
      "{\"new\":%u,\"changed\":0,\"moved\":0,\"gone\":0,\"unreadable\":0,\"pictures\":5", n_new);
  g_autofree char *end
      = divided >= 0 ? g_strdup_printf (",\"divided\":%d}\n", divided) : g_strdup ("}\n");
  g_autofree char *all = g_strconcat (wanted, end, NULL);

  harness_assert_done (outcome);
  g_assert_cmpstr (outcome->out, ==, all);
}

/* @region: (nullable) */
static GPtrArray *
search_like (const char *picture, const char *region)
{
  g_autofree char *model = harness_fixture ("clip/clip-quick");
  g_autoptr (Outcome) outcome
      = harness_run ("search", "--model", model, "--format", "json", "--image", picture,
                     region ? "--region" : NULL, region, NULL);

  harness_assert_done (outcome);
  return harness_parse_lines (outcome);
}

static void
assert_region (JsonObject *hit, const int *wanted)
{
  JsonArray *region = json_object_get_array_member (hit, "region");

  g_assert_cmpuint (json_array_get_length (region), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (json_array_get_int_element (region, i), ==, wanted[i]);
}

/* Whoever looks for exactly a part finds its picture, and that part of it; who looks for all of it
 * finds all of it. */
static void
test_found (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *first = g_build_filename (below, "00.png", NULL);
  g_autoptr (GPtrArray) before = NULL, part = NULL, ninth = NULL, whole = NULL;

  check_index (below, 5, -1);
  before = search_like (first, "0,0,79,58");
  for (guint i = 0; i < before->len; i++)
    g_assert_true (json_object_get_null_member (before->pdata[i], "region"));

  check_index (below, 0, 5);
  check_index (below, 0, 0);
  part = search_like (first, "0,0,79,58");
  g_assert_cmpuint (part->len, ==, 5);
  g_assert_cmpstr (json_object_get_string_member (part->pdata[0], "path"), ==, first);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (part->pdata[0], "score"), 1, 1e-3);
  assert_region (part->pdata[0], (const int[]){ 0, 0, 79, 58 });
  /* The one in the middle of nine. */
  ninth = search_like (first, "40,29,92,68");
  g_assert_cmpstr (json_object_get_string_member (ninth->pdata[0], "path"), ==, first);
  assert_region (ninth->pdata[0], (const int[]){ 40, 29, 92, 68 });

  whole = search_like (first, NULL);
  g_assert_cmpstr (json_object_get_string_member (whole->pdata[0], "path"), ==, first);
  g_assert_true (json_object_get_null_member (whole->pdata[0], "region"));
  for (guint i = 0; i < whole->len; i++)
    if (strstr (json_object_get_string_member (whole->pdata[i], "path"), "/03.png")
        || strstr (json_object_get_string_member (whole->pdata[i], "path"), "/04.png"))
      g_assert_true (json_object_get_null_member (whole->pdata[i], "region"));
}

/* Killed at any moment and begun again until it is done, it comes to the same. */
static void
test_killed (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *first = g_build_filename (below, "01.png", NULL);
  g_autofree char *model = harness_fixture ("clip/clip-quick");
  g_autofree char *data = g_build_filename (folder, "data2", NULL);
  g_autoptr (GPtrArray) whole = NULL, pieces = NULL;

  check_index (below, 5, 5);
  whole = search_like (first, "4,4,30,30");

  g_setenv ("XDG_DATA_HOME", data, TRUE);
  indexing_kill ((const char *const[]){ harness_get_program (), "index", "--regions", "--model",
                                        model, below, NULL },
                 8, 900000);
  check_index (below, 0, 0);
  pieces = search_like (first, "4,4,30,30");
  g_assert_cmpuint (pieces->len, ==, whole->len);
  for (guint i = 0; i < whole->len; i++)
    g_assert_cmpfloat_with_epsilon (json_object_get_double_member (whole->pdata[i], "score"),
                                    json_object_get_double_member (pieces->pdata[i], "score"),
                                    1e-3);
}

/* What was cut off is looked at again; what is no such file is set aside. */
static void
test_damaged (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *path = NULL, *bytes = NULL, *bad = NULL;
  gsize size;

  check_index (below, 5, 5);
  path = indexing_find (".regions");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size - 1, NULL));
  check_index (below, 0, 1);
  bytes[0]++;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  check_index (below, 0, 5);
  bad = g_strconcat (path, ".bad", NULL);
  g_assert_true (g_file_test (bad, G_FILE_TEST_IS_REGULAR));
  check_index (below, 0, 0);
}

/* A region outside of its picture, too many of them, vectors that lie nowhere: though the checksum
 * is right. */
static void
test_forged (void)
{
  /* In a record: where its vectors lie, how wide its picture is, how many parts it has. */
  static const struct
  {
    gsize at;
    guint32 value;
  } cases[] = { { 20, 0xffff }, { 24, 3 }, { 32, 1000 } };
  const guint32 sides[] = { GUINT32_TO_LE (131), GUINT32_TO_LE (97) };
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *path = NULL, *bytes = NULL;
  guint64 n_bytes;
  gsize size, record = 128;

  check_index (below, 5, 5);
  path = indexing_find (".regions");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  while (memcmp (bytes + record + 24, sides, sizeof sides) != 0)
    record += 64;
  memcpy (&n_bytes, bytes + 64 + 16, sizeof n_bytes);
  n_bytes = GUINT64_FROM_LE (n_bytes);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const guint32 value = GUINT32_TO_LE (cases[i].value);
      g_autofree char *forged = g_memdup2 (bytes, size);
      guint64 sum;

      memcpy (forged + record + cases[i].at, &value, sizeof value);
      sum = indexing_sum (forged + record, n_bytes);
      memcpy (forged + 64 + 24, &sum, sizeof sum);
      g_assert_true (g_file_set_contents (path, forged, (gssize) size, NULL));
      check_index (below, 0, 5);
    }
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  check_index (below, 0, 0);
}

/* What cannot be read costs the parts alone, with a word about it; a pipe or a folder in its place
 * goes aside like any file that is none. */
static void
test_out_of_place (void)
{
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *model = harness_fixture ("clip/clip-quick");
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *path = NULL, *aside = NULL;

  check_index (below, 5, 5);
  path = indexing_find (".regions");
  aside = g_strconcat (path, ".bad", NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Outcome) outcome = NULL;

      g_assert_cmpint (g_remove (path), ==, 0);
      if (i == 0)
        g_assert_true (g_file_set_contents (path, "no regions", -1, NULL));
      else
        g_assert_cmpint (i == 1 ? mkfifo (path, 0600) : g_mkdir (path, 0700), ==, 0);
      outcome = harness_run_shell ("\"$@\" 2>&1", "search", "--model", model, "--text", "cat",
                                   below, NULL);
      harness_assert_done (outcome);
      g_assert_nonnull (strstr (outcome->out, "parts of images are not searched"));
      g_assert_nonnull (strstr (outcome->out, "00.png"));
      check_index (below, 0, 5);
      g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
      g_assert_cmpint (g_remove (aside), ==, 0);
    }
}

/* --- what people drew --- */

/* Draws that on a picture, as the window does; @box: (nullable): forgets all that was done. */
static void
draw_on (const char *path, const MonocleBox *box)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, &error);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *bytes = NULL, *digest = NULL;
  gsize size;

  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, size);
  {
    const MonocleWorkKey key = { digest, 0, { 7, 7 } };
    MonocleDocument *document = monocle_work_open (file, "00.png", image, &key, NULL);

    g_assert_no_error (monocle_document_get_trouble (document));
    if (box)
      {
        g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (box, NULL);

        monocle_document_add_region (document, region);
      }
    else
      g_assert_true (monocle_work_forget (document, NULL));
    g_object_unref (document);
  }
  monocle_work_close_all ();
}

static void
check_drawn (const char *folder, guint n_new, guint n_drawn)
{
  g_autofree char *model = harness_fixture ("clip/clip-quick");
  g_autoptr (Outcome) outcome
      = harness_run ("index", "--model", model, "--format", "json", "--objects", folder, NULL);
  g_autofree char *wanted
      = g_strdup_printf ("{\"new\":%u,\"changed\":0,\"moved\":0,\"gone\":0,\"unreadable\":0,"
                         "\"pictures\":5,\"drawn\":%u}\n",
                         n_new, n_drawn);

  harness_assert_done (outcome);
  g_assert_cmpstr (outcome->out, ==, wanted);
}

/* Exactly that part of the picture is found, in its place. */
static void
check_found (const char *path, const char *region, const int *wanted)
{
  g_autoptr (GPtrArray) hits = search_like (path, region);

  g_assert_cmpstr (json_object_get_string_member (hits->pdata[0], "path"), ==, path);
  assert_region (hits->pdata[0], wanted);
  g_assert_cmpfloat (json_object_get_double_member (hits->pdata[0], "score"), >, 0.999);
}

/* What was drawn is found, and where; what is new is looked at besides; what was forgotten is none.
 */
static void
test_drawn (void)
{
  const MonocleBox first = { 17, 23, 58, 71 }, second = { 90.5f, -3, 200, 30.2f };
  const int one[] = { 17, 23, 58, 71 }, two[] = { 90, 0, 131, 31 };
  g_autoptr (TemporaryFolder) folder = indexing_begin ();
  g_autofree char *below = indexing_make_pictures (folder, 1);
  g_autofree char *path = g_build_filename (below, "00.png", NULL);

  draw_on (path, &first);
  check_drawn (below, 5, 1);
  check_found (path, "17,23,58,71", one);
  check_drawn (below, 0, 0);
  draw_on (path, &second);
  check_drawn (below, 0, 1);
  check_found (path, "17,23,58,71", one);
  check_found (path, "90,0,131,31", two);
  draw_on (path, NULL);
  check_drawn (below, 0, 1);
  check_drawn (below, 0, 0);
  {
    g_autoptr (GPtrArray) hits = search_like (path, "17,23,58,71");

    for (guint i = 0; i < hits->len; i++)
      g_assert_true (json_object_get_null_member (hits->pdata[i], "region"));
  }
}

static void
test_refused (void)
{
  g_autofree char *model = harness_fixture ("clip/clip-quick");
  g_autoptr (Outcome) outcome
      = harness_run ("index", "--model", model, "--read", "--regions", "/tmp", NULL);

  harness_assert_refused (outcome, 2, "--regions");
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/search-regions/found", test_found);
  g_test_add_func ("/cli/search-regions/killed", test_killed);
  g_test_add_func ("/cli/search-regions/damaged", test_damaged);
  g_test_add_func ("/cli/search-regions/forged", test_forged);
  g_test_add_func ("/cli/search-regions/out-of-place", test_out_of_place);
  g_test_add_func ("/cli/search-regions/drawn", test_drawn);
  g_test_add_func ("/cli/search-regions/refused", test_refused);
  return g_test_run ();
}
