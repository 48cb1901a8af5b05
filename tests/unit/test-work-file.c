/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The work of a picture as a file: written, read back to the last digit, refused where it is
 * anything else, whole or not at all.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "app/json/work-file.h"
#include "tests/unit/work-file-fixture.h"

#define N_DOCUMENTS 1000

static MonocleWorkFile *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MonocleWorkFile *self = monocle_work_file_parse (text, strlen (text), "a.monocle.json", &error);

  g_assert_no_error (error);
  g_assert_nonnull (self);
  return self;
}

static void
assert_same_query (MonocleQuery *a, MonocleQuery *b)
{
  g_autoptr (GVariant) was = g_variant_ref_sink (monocle_query_store (a));
  g_autoptr (GVariant) is = g_variant_ref_sink (monocle_query_store (b));
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_assert_cmpuint (g_variant_n_children (was), ==, g_variant_n_children (is));
  g_variant_iter_init (&iter, was);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) other = g_variant_lookup_value (is, key, NULL);

      /* As text: no number equals no number. */
      g_autofree char *left = g_variant_print (value, TRUE);
      g_autofree char *right = other ? g_variant_print (other, TRUE) : NULL;

      g_assert_cmpstr (left, ==, right);
    }
}

/* All that is in a document is in the file, and comes back to the last digit. */
static void
test_any (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (13);
  guint n_annotations = 0, n_queries = 0, n_said = 0, n_corrected = 0;

  for (guint i = 0; i < N_DOCUMENTS; i++)
    {
      g_autoptr (MonocleDocument) document = any_document (rand);
      g_autoptr (MonocleWorkFile) before = monocle_work_file_new_of (document);
      g_autofree char *text = monocle_work_file_format (before);
      g_autoptr (MonocleWorkFile) after = parse (text);
      g_autofree char *again = monocle_work_file_format (after);

      g_assert_cmpstr (again, ==, text);
      g_assert_true (monocle_work_file_equal (before, after));
      g_assert_cmpstr (after->name, ==, before->name);
      g_assert_cmpstr (after->digest, ==, before->digest);
      g_assert_cmpuint (after->page, ==, before->page);
      g_assert_cmpuint (after->width, ==, SIDE);
      g_assert_cmpuint (after->rotation, ==, monocle_document_get_rotation (document));
      g_assert_cmpint (after->is_done, ==, monocle_document_is_done (document));
      g_assert_cmpuint (after->annotations->len, ==, before->annotations->len);
      for (guint k = 0; k < before->annotations->len; k++)
        {
          MonocleAnnotation *was = before->annotations->pdata[k];
          MonocleAnnotation *is = after->annotations->pdata[k];

          g_assert_true (monocle_annotation_get_id (is) == monocle_annotation_get_id (was));
          g_assert_cmpstr (monocle_annotation_get_label (is), ==,
                           monocle_annotation_get_label (was));
          g_assert_true (monocle_attributes_equal (monocle_annotation_get_attributes (is),
                                                   monocle_annotation_get_attributes (was)));
          n_said += monocle_annotation_get_attributes (is) != NULL;
          g_assert_true (monocle_shape_equal (monocle_annotation_get_shape (is),
                                              monocle_annotation_get_shape (was)));
        }
      g_assert_cmpuint (after->queries->len, ==, before->queries->len);
      for (guint k = 0; k < before->queries->len; k++)
        {
          assert_same_query (before->queries->pdata[k], after->queries->pdata[k]);
          n_corrected += monocle_query_is_corrected (after->queries->pdata[k]);
        }
      n_annotations += before->annotations->len;
      n_queries += before->queries->len;
    }
  g_assert_cmpuint (n_said, >, N_DOCUMENTS / 2);
  g_assert_cmpuint (n_corrected, >, 0);
  g_assert_cmpuint (n_annotations, >, N_DOCUMENTS);
  g_assert_cmpuint (n_queries, >, N_DOCUMENTS / 2);
}

/* What is another thing is seen to be one. */
static void
test_differs (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  g_autoptr (MonocleDocument) document = any_document (rand);
  g_autoptr (MonocleShape) shape = any_shape (rand);
  g_autoptr (MonocleAnnotation) own = monocle_annotation_new_shape (shape);
  g_autoptr (MonocleWorkFile) before = NULL;
  g_autoptr (MonocleWorkFile) after = NULL;

  monocle_document_add_region (document, own);
  before = monocle_work_file_new_of (document);
  monocle_document_rotate (document, 1);
  after = monocle_work_file_new_of (document);
  g_assert_false (monocle_work_file_equal (before, after));
  after->rotation = before->rotation;
  g_assert_true (monocle_work_file_equal (before, after));
  g_ptr_array_set_size (after->annotations, (int) after->annotations->len - 1);
  g_assert_false (monocle_work_file_equal (before, after));

  g_assert_true (monocle_work_file_is_of (before, document));
  monocle_document_set_digest (document, SOME_DIGEST, 0);
  g_free (before->digest);
  before->digest = g_strdup (SOME_DIGEST);
  before->page = 0;
  g_assert_true (monocle_work_file_is_of (before, document));
  before->page = 1;
  g_assert_false (monocle_work_file_is_of (before, document));
  before->page = 0;
  before->digest[5] = '0';
  g_assert_false (monocle_work_file_is_of (before, document));
  g_clear_pointer (&before->digest, g_free);
  g_assert_true (monocle_work_file_is_of (before, document));
  before->width++;
  g_assert_false (monocle_work_file_is_of (before, document));
}

/* A shape that says nothing is one without points. */
static void
test_nothing (void)
{
  const double numbers[] = { 1, NAN, 3, INFINITY, 5, 6, 7, 8 };
  g_autoptr (MonocleShape) shape = monocle_shape_new_quad (numbers);
  g_autoptr (MonocleWorkFile) file = monocle_work_file_new ();
  g_autofree char *text = NULL;
  g_autoptr (MonocleWorkFile) back = NULL;

  g_ptr_array_add (file->annotations, monocle_annotation_new_shape (shape));
  text = monocle_work_file_format (file);
  back = parse (text);
  g_assert_true (
      monocle_shape_is_empty (monocle_annotation_get_shape (back->annotations->pdata[0])));
}

/* --- What is refused --- */

#define BEGIN        "{\"format\": \"monocle-work\", \"version\": 1, \"picture\": {}, "
#define OWN(members) BEGIN "\"annotations\": [{" members "}]}"
#define RUN(members)                                                                               \
  BEGIN "\"runs\": [{\"task\": \"detect\", \"gives\": 2, \"answers\": [], " members "}]}"

#define SAID(members) BEGIN "\"conversation\": [{\"text\": \"a\", \"answer\": \"b\", " members "}]}"

static const struct
{
  const char *text;
  const char *says; /* NULL: nothing is wrong */
} cases[] = {
  { BEGIN "\"annotations\": []}", NULL },
  { BEGIN "\"later\": 5}", NULL },
  { "", "JSON" },
  { "[]", "object" },
  { "{}", "not the work of a picture" },
  { "{\"format\": 5}", "\"format\"" },
  { "{\"format\": \"monocle-work\", \"version\": 2, \"picture\": {}}", "newer version" },
  { "{\"format\": \"monocle-work\", \"version\": 0, \"picture\": {}}", "\"version\"" },
  { "{\"format\": \"monocle-work\", \"version\": 1}", "\"picture\"" },
  { "{\"format\": \"monocle-work\", \"version\": 1, \"picture\": {\"width\": -1}}", "\"width\"" },
  { "{\"format\": \"monocle-work\", \"version\": 1, \"picture\": {\"sha256\": \"x\"}}", "sha256" },
  { BEGIN "\"rotation\": 45}", "rotation" },
  { BEGIN "\"annotations\": 7}", "annotations" },
  { BEGIN "\"annotations\": [7]}", "annotations 1: it is no object" },
  { OWN ("\"label\": \"x\""), "annotations 1: it has no shape" },
  { OWN ("\"box\": [1, 2, 3, 4]"), NULL },
  { OWN ("\"box\": [-1, -2, 3e300, 4]"), NULL },
  { OWN ("\"box\": [1, 2, 3]"), "\"box\"" },
  { OWN ("\"box\": [1, 2, 3, NaN]"), "JSON" },
  { OWN ("\"box\": [1, 2, 3, 1e999]"), "\"box\"" },
  { OWN ("\"box\": [1, 2, 3, null]"), "\"box\"" },
  { OWN ("\"box\": [1, 2, 3, \"4\"]"), "\"box\"" },
  { OWN ("\"quad\": [1, 2, 3, 4]"), "\"quad\"" },
  { OWN ("\"points\": [1, 2, 3]"), "x without a y" },
  { OWN ("\"polygons\": [[1, 2, 3, 4, 5, 6], 7]"), "\"polygons\"" },
  { OWN ("\"polygons\": [[1, 2, 3]]"), "x without a y" },
  { OWN ("\"polygons\": [], \"holes\": 5"), "\"holes\"" },
  { OWN ("\"rings\": [[1, 2]]"), "no ring" },
  { OWN ("\"rings\": [{\"hole\": 1, \"points\": []}]"), "\"hole\"" },
  { OWN ("\"rings\": [{\"points\": [1, 2]}]"), NULL },
  { OWN ("\"mask\": {\"size\": [1]}"), "\"counts\"" },
  { OWN ("\"mask\": {\"size\": [0, 5], \"counts\": \"\"}"), "\"size\"" },
  { OWN ("\"mask\": {\"size\": [5, 5], \"counts\": \"zzzzzzz\"}"), "run lengths" },
  { OWN ("\"mask\": {\"size\": [400000000, 400000000], \"counts\": \"\"}"), "run lengths" },
  { OWN ("\"id\": \"0000000000000000\", \"points\": []"), "16 hexadecimal" },
  { OWN ("\"id\": \"12\", \"points\": []"), "16 hexadecimal" },
  { OWN ("\"id\": \"000000000000000g\", \"points\": []"), "16 hexadecimal" },
  { BEGIN "\"annotations\": [{\"id\": \"00000000000000ff\", \"points\": []}, "
          "{\"id\": \"00000000000000ff\", \"points\": []}]}",
    "annotations 2: something else has the same" },
  { OWN ("\"line\": [1, 2, 3, 4]"), NULL },
  { OWN ("\"points\": [], \"attributes\": {\"a\": 5, \"b\": \"x\"}"), NULL },
  { OWN ("\"points\": [], \"attributes\": {\"a\": []}"), "no text and no number" },
  { OWN ("\"points\": [], \"attributes\": 5"), "attributes" },
  { BEGIN "\"done\": 5}", "\"done\"" },
  { RUN ("\"corrected\": [5]"), "corrected" },
  { RUN ("\"corrected\": [{\"place\": -1, \"text\": \"\"}]"), "place" },
  { RUN ("\"elapsed_ms\": 5"), NULL },
  { RUN ("\"elapsed_ms\": \"5\""), "elapsed_ms" },
  { RUN ("\"num_beams\": 17"), "num_beams" },
  { RUN ("\"asked\": \"yesterday\""), "ISO 8601" },
  { RUN ("\"regions\": [[1, 2, 3]]"), "regions" },
  { RUN ("\"sampling\": {\"temperature\": -1}"), "sampling" },
  { RUN ("\"sampling\": {\"seed\": \"x\"}"), "seed" },
  { RUN ("\"sampling\": {\"top_k\": 500}"), "top_k" },
  { BEGIN "\"runs\": [{\"task\": \"detect\", \"gives\": 2}]}", "answers" },
  { BEGIN "\"runs\": [{\"task\": \"dance\", \"gives\": 2, \"answers\": []}]}", "not known here" },
  { BEGIN "\"runs\": [{\"answers\": []}]}", "not known here" },
  { BEGIN "\"runs\": [{\"task\": \"detect\", \"gives\": 2, \"answers\": [3]}]}", "answer 1" },
  { BEGIN "\"runs\": [{\"task\": \"detect\", \"gives\": 2, \"answers\": [{\"objects\": [3]}]}]}",
    "objects" },
  { BEGIN "\"runs\": [{\"task\": \"detect\", \"gives\": 2, \"answers\": "
          "[{\"token_ids\": [-1]}]}]}",
    "token_ids" },
  { BEGIN "\"runs\": [{\"task\": \"detect\", \"gives\": 2, \"answers\": "
          "[{\"objects\": [{\"box\": [1,2,3,4], \"moved\": {}}]}]}]}",
    "no shape" },
  { SAID ("\"shown\": []"), NULL },
  { SAID ("\"shown\": [{}, {\"path\": \"b.png\", \"region\": [1, 2, 3, 4]}]"), NULL },
  { BEGIN "\"conversation\": [{\"shown\": [], \"text\": \"a\"}]}", "conversation 1" },
  { SAID ("\"shown\": 5"), "\"shown\"" },
  { SAID ("\"shown\": [5]"), "object" },
  { SAID ("\"shown\": [{\"region\": [3, 2, 1, 4]}]"), "\"region\"" },
  { SAID ("\"shown\": [{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}]"),
    "too much" },
  { SAID ("\"shown\": [], \"token_ids\": [-1]"), "token_ids" },
  { SAID ("\"shown\": [], \"sampling\": {\"temperature\": -1}"), "temperature" },
  { SAID ("\"shown\": [], \"tokens\": {\"kept\": -1}"), "kept" },
  { SAID ("\"shown\": [], \"timing_ms\": {\"decode\": \"x\"}"), "decode" },
  { SAID ("\"shown\": [], \"end\": \"later\""), NULL },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleWorkFile) file
          = monocle_work_file_parse (cases[i].text, strlen (cases[i].text), "a.json", &error);

      g_test_message ("%s: %s", cases[i].text, error ? error->message : "read");
      if (!cases[i].says)
        {
          g_assert_no_error (error);
          g_assert_nonnull (file);
          continue;
        }
      g_assert_null (file);
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_assert_true (g_str_has_prefix (error->message, "a.json"));
      g_assert_null (strchr (error->message, '\n'));
    }
}

/* A million points and one; and as deep as nobody draws. */
static void
test_large (void)
{
  GString *text = g_string_new (BEGIN "\"annotations\": [{\"points\": [0, 0");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1000000; i++)
    g_string_append (text, ", 1, 2");
  g_string_append (text, "]}]}");
  g_assert_null (monocle_work_file_parse (text->str, text->len, "a", &error));
  g_assert_nonnull (strstr (error->message, "more than a million points"));
  g_string_assign (text, BEGIN "\"annotations\": ");
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, '[');
  g_clear_error (&error);
  g_assert_null (monocle_work_file_parse (text->str, text->len, "a", &error));
  g_assert_nonnull (error);
  g_string_free (text, TRUE);
}

/* On the disk: what cannot be written leaves what was there. */
static void
test_disk (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (MonocleDocument) document = any_document (rand);
  g_autoptr (MonocleWorkFile) file = monocle_work_file_new_of (document);
  g_autoptr (MonocleWorkFile) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("monocle-work-file-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.monocle.json", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "not", "there.monocle.json", NULL);

  g_assert_true (monocle_work_file_is_named (path));
  g_assert_false (monocle_work_file_is_named ("a.json"));
  g_assert_true (monocle_work_file_write (file, path, NULL, &error));
  g_assert_no_error (error);
  back = monocle_work_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (monocle_work_file_equal (file, back));
  g_assert_false (monocle_work_file_write (file, nowhere, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (monocle_work_file_read (nowhere, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/work-file/any", test_any);
  g_test_add_func ("/work-file/differs", test_differs);
  g_test_add_func ("/work-file/nothing", test_nothing);
  g_test_add_func ("/work-file/refused", test_refused);
  g_test_add_func ("/work-file/large", test_large);
  g_test_add_func ("/work-file/disk", test_disk);
  return g_test_run ();
}
