/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that are found by what a model has read in them, whichever other model makes their
 * vectors; what is read once; what a killed program leaves.
 */
#include "config.h"

#include <string.h>

#include "app/search/texts.h"
#include "indexing.h"

#define CLIP   "clip/clip-quick"
#define READER "models/native-96"

typedef struct
{
  TemporaryFolder *folder;
  char *pictures, *clip, *reader;
} Fixture;

static char *
get_path (const Fixture *self, guint i)
{
  g_autofree char *name = g_strdup_printf ("%02u.png", i);

  return g_build_filename (self->pictures, name, NULL);
}

static void
make_pictures (const Fixture *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = get_path (self, i);

      indexing_put_picture (path, i);
    }
}

static void
set_data (const Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  g_setenv ("XDG_DATA_HOME", path, TRUE);
}

static void
set_up (Fixture *self, gconstpointer n)
{
  self->folder = harness_make_folder ();
  self->pictures = g_build_filename (self->folder, "pictures", NULL);
  self->clip = harness_fixture (CLIP);
  self->reader = harness_fixture (READER);
  g_assert_cmpint (g_mkdir (self->pictures, 0700), ==, 0);
  make_pictures (self, GPOINTER_TO_UINT (n));
  set_data (self, "data");
}

static void
tear_down (Fixture *self, gconstpointer n)
{
  harness_remove_folder (self->folder);
  g_free (self->pictures);
  g_free (self->clip);
  g_free (self->reader);
}

static void
check_read (const Fixture *self, const char *wanted)
{
  g_autoptr (Outcome) outcome = harness_run ("index", "--read", "--model", self->reader, "--format",
                                             "json", self->pictures, NULL);

  harness_assert_done (outcome);
  g_strchomp (outcome->out);
  g_assert_cmpstr (outcome->out, ==, wanted);
}

#define REPORT(read, known, unreadable, texts)                                                     \
  "{\"read\": " #read ", \"known\": " #known ", \"unreadable\": " #unreadable                      \
  ", \"texts\": " #texts "}"

/* What is in the program's data now that is in XDG_DATA_HOME. */
static MonocleTexts *
open_texts (void)
{
  g_autofree char *path
      = g_build_filename (g_getenv ("XDG_DATA_HOME"), "monocle", "index", "read.texts", NULL);
  g_autoptr (GError) error = NULL;
  MonocleTexts *texts = monocle_texts_open (path, FALSE, &error);

  g_assert_no_error (error);
  return texts;
}

/* (transfer full): what was read in a picture */
static char *
get_text (MonocleTexts *texts, const char *path)
{
  g_autofree char *bytes = NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size, n = sizeof digest;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_checksum_update (sum, (const guchar *) bytes, (gssize) size);
  g_checksum_get_digest (sum, digest, &n);
  return g_strdup (monocle_texts_find (texts, digest, NULL));
}

/* What is the same is not read again, wherever it lies. */
static void
test_once (Fixture *self, gconstpointer n)
{
  g_autofree char *first = get_path (self, 0), *second = get_path (self, 1);
  g_autofree char *moved = get_path (self, 50), *bad = get_path (self, 51);
  g_autofree char *bytes = NULL;
  gsize size;

  check_read (self, REPORT (5, 0, 0, 5));
  check_read (self, REPORT (0, 5, 0, 5));
  g_assert_cmpint (g_rename (first, moved), ==, 0);
  g_assert_true (g_file_get_contents (second, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (second, bytes, (gssize) size - 1, NULL));
  g_assert_true (g_file_set_contents (bad, "no picture", -1, NULL));
  check_read (self, REPORT (1, 4, 1, 6));
}

static GPtrArray *
search (const Fixture *self, const char *words, const char *more)
{
  g_autoptr (Outcome) outcome
      = harness_run ("search", "--model", self->clip, "--format=json", "--text", words, more, NULL);

  harness_assert_done (outcome);
  return harness_parse_lines (outcome);
}

static void
test_found (Fixture *self, gconstpointer n)
{
  g_autoptr (Outcome) indexed = NULL;
  g_autoptr (MonocleTexts) texts = NULL;
  guint n_found = 0;

  indexed = harness_run ("index", "--model", self->clip, self->pictures, NULL);
  harness_assert_done (indexed);
  check_read (self, REPORT (5, 0, 0, 5));
  texts = open_texts ();
  for (guint i = 0; i < G_N_ELEMENTS (indexing_pictures); i++)
    {
      g_autofree char *path = get_path (self, i);
      g_autofree char *text = get_text (texts, path);
      g_auto (GStrv) words = NULL;
      g_autofree char *shouted = NULL, *unwanted = NULL;
      g_autoptr (GPtrArray) hits = NULL, less = NULL;
      gboolean is_there = FALSE;

      g_assert_nonnull (text);
      words = monocle_texts_split ((const char *const *) &text, 1);
      if (!words[0])
        continue;
      n_found++;
      shouted = g_utf8_strup (words[0], -1);
      /* Nothing else fits so well. */
      hits = search (self, shouted, "--min=1");
      for (guint k = 0; k < hits->len; k++)
        {
          JsonObject *hit = hits->pdata[k];

          g_assert_cmpstr (json_object_get_string_member (hit, "band"), ==, "sure");
          if (g_str_equal (json_object_get_string_member (hit, "path"), path))
            {
              g_assert_cmpstr (json_object_get_string_member (hit, "read"), ==, text);
              is_there = TRUE;
            }
        }
      g_assert_true (is_there);
      unwanted = g_strconcat ("--minus-text=", words[0], NULL);
      less = search (self, shouted, unwanted);
      for (guint k = 0; k < less->len; k++)
        g_assert_true (json_object_get_null_member (less->pdata[k], "read"));
    }
  g_assert_cmpuint (n_found, >, 0);
}

static void
test_refused (Fixture *self, gconstpointer n)
{
  g_autoptr (Outcome) other
      = harness_run ("index", "--read", "--model", self->clip, self->pictures, NULL);
  g_autoptr (Outcome) nowhere
      = harness_run ("index", "--read", "--model", self->reader, "/nowhere", NULL);

  harness_assert_refused (other, 1, "this model does not read text");
  g_assert_cmpint (nowhere->status, ==, 1);
}

/* Killed at any moment and begun again until it is done, it comes to the same. */
static void
test_killed (Fixture *self, gconstpointer n)
{
  const char *const arguments[] = { harness_get_program (), "index",        "--read", "--model",
                                    self->reader,           self->pictures, NULL };
  g_autoptr (MonocleTexts) whole = NULL, pieces = NULL;

  check_read (self, REPORT (20, 0, 0, 20));
  whole = open_texts ();
  set_data (self, "data2");
  indexing_kill (arguments, 8, 1500000);
  check_read (self, REPORT (0, 20, 0, 20));
  pieces = open_texts ();
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *path = get_path (self, i);
      g_autofree char *a = get_text (whole, path), *b = get_text (pieces, path);

      g_assert_nonnull (a);
      g_assert_cmpstr (a, ==, b);
    }
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
#define TEST(name, n, func)                                                                        \
  g_test_add ("/cli/read/" name, Fixture, GUINT_TO_POINTER (n), set_up, func, tear_down)
  TEST ("once", G_N_ELEMENTS (indexing_pictures), test_once);
  TEST ("found", G_N_ELEMENTS (indexing_pictures), test_found);
  TEST ("refused", 1, test_refused);
  TEST ("killed", 20, test_killed);
#undef TEST
  return g_test_run ();
}
