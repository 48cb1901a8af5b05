/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is kept of folders: said, and forgotten, of one and no other.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/document/work-index.h"
#include "app/document/work.h"
#include "harness.h"

/* Work on a picture that need not be there, in the folder of that name. */
static void
work_on (const char *folder, const char *name, guint n_objects)
{
  static const guint8 pixels[3 * 8 * 8] = { 0 };
  const MonocleBox box = { 1, 1, 3, 3 };
  g_autoptr (MonocleImage) image = monocle_image_new_from_pixels (8, 8, 24, pixels, NULL);
  g_autoptr (GFile) file = g_file_new_build_filename (folder, name, NULL);
  g_autofree char *digest
      = g_compute_checksum_for_string (G_CHECKSUM_SHA256, g_file_peek_path (file), -1);
  const MonocleWorkKey key = { digest, 0, { 7, 7 } };
  MonocleDocument *document = monocle_work_open (file, name, image, &key, NULL);

  for (guint i = 0; i < n_objects; i++)
    {
      g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

      monocle_document_add_region (document, region);
    }
  g_assert_no_error (monocle_document_get_trouble (document));
  g_object_unref (document);
}

static gint64
get (JsonObject *object, const char *name)
{
  return json_object_get_int_member (object, name);
}

static void
test_work (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *data = g_build_filename (folder, "data", NULL);
  g_autofree char *one = g_build_filename (folder, "one", NULL);
  g_autofree char *two = g_build_filename (folder, "two", NULL);
  g_autofree char *before = NULL;
  g_autoptr (Outcome) outcome = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  g_setenv ("XDG_DATA_HOME", data, TRUE);
  work_on (one, "a.png", 2);
  work_on (one, "b.png", 1);
  work_on (two, "a.png", 4);
  monocle_work_close_all ();
  monocle_work_index_shut_default ();

  outcome = harness_run ("work", "list", "--format", "json", NULL);
  harness_assert_done (outcome);
  rows = harness_parse_lines (outcome);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpstr (json_object_get_string_member (rows->pdata[0], "path"), ==, one);
  g_assert_cmpint (get (rows->pdata[0], "pictures"), ==, 2);
  g_assert_cmpint (get (rows->pdata[0], "objects"), ==, 3);
  g_assert_cmpint (get (rows->pdata[0], "answers"), ==, 0);
  g_assert_cmpint (get (rows->pdata[0], "bytes"), >, 0);
  g_assert_cmpint (get (rows->pdata[1], "objects"), ==, 4);
  before = g_strdup (outcome->out);

  /* It is said first what would go. */
  g_clear_pointer (&outcome, outcome_free);
  outcome = harness_run ("work", "forget", one, NULL);
  g_assert_cmpint (outcome->status, ==, 2);
  g_assert_nonnull (strstr (outcome->out, "2 pictures, 3 objects of yours, 0 answers, "));
  g_assert_nonnull (strstr (outcome->errors[0], "without --yes"));
  g_clear_pointer (&outcome, outcome_free);
  outcome = harness_run ("work", "list", "--format", "json", NULL);
  g_assert_cmpstr (outcome->out, ==, before);

  g_clear_pointer (&outcome, outcome_free);
  outcome = harness_run ("work", "forget", "--yes", one, NULL);
  harness_assert_done (outcome);
  g_assert_nonnull (strstr (outcome->out, "forgotten: 2 pictures"));
  g_clear_pointer (&outcome, outcome_free);
  outcome = harness_run ("work", "list", NULL);
  harness_assert_done (outcome);
  g_assert_null (strstr (outcome->out, one));
  g_assert_nonnull (strstr (outcome->out, two));
  g_assert_nonnull (strstr (outcome->out, "1 picture, 4 objects of yours"));
  g_clear_pointer (&outcome, outcome_free);
  outcome = harness_run ("work", "forget", "--yes", one, NULL);
  harness_assert_refused (outcome, 1, "nothing is kept of this folder");
}

static void
test_usage (void)
{
  g_autoptr (Outcome) outcome = harness_run ("work", "burn", NULL);

  harness_assert_refused (outcome, 2, "nothing called 'burn'");
  g_clear_pointer (&outcome, outcome_free);
  outcome = harness_run ("work", "forget", "--yes", NULL);
  harness_assert_refused (outcome, 2, "no folder is named");
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/work/usage", test_usage);
  g_test_add_func ("/cli/work/work", test_work);
  return g_test_run ();
}
