/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which pictures a batch is about: names that are the same every time, shares that are each others'
 * rest, lists of all kinds; and what a folder of answers says about itself.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#include "app/base/error.h"
#include "app/batch/store.h"

typedef struct
{
  char *folder, *before;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->before = g_get_current_dir ();
  self->folder = g_dir_make_tmp ("monocle-batch-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  g_assert_cmpint (g_chdir (self->folder), ==, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", self->folder);

  g_assert_cmpint (g_chdir (self->before), ==, 0);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (self->folder);
  g_free (self->before);
}

static void
touch (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
}

static GPtrArray *
list (const char *const *sources, GBytes *more)
{
  g_auto (GStrv) unread = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *pictures = monocle_batch_list (sources, more, &unread, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (unread), ==, 0);
  return pictures;
}

/* "name=path name=path ..." */
static void
assert_list (const GPtrArray *pictures, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < pictures->len; i++)
    {
      const MonocleBatchPicture *picture = pictures->pdata[i];

      g_string_append_printf (text, "%s%s=%s", i ? " " : "", picture->name, picture->path);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

#define SOURCES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_folders (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) one = NULL, two = NULL, twice = NULL, file = NULL;

  touch ("a/x.png");
  touch ("a/deep/y.jpg");
  touch ("a/notes.txt");
  touch ("b/x.png");

  one = list (SOURCES ("a"), NULL);
  assert_list (one, "deep/y.jpg=a/deep/y.jpg x.png=a/x.png");
  /* Of several folders the names say which. */
  two = list (SOURCES ("a", "b/"), NULL);
  assert_list (two, "a/deep/y.jpg=a/deep/y.jpg a/x.png=a/x.png b/x.png=b/x.png");
  twice = list (SOURCES ("a", "./a", "a/x.png"), NULL);
  g_assert_cmpuint (twice->len, ==, 2);
  file = list (SOURCES ("b/x.png"), NULL);
  assert_list (file, "b/x.png=b/x.png");
}

static GPtrArray *
list_text (const char *text, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, size);

  return list ((const char *const[]){ NULL }, bytes);
}

static void
test_lists (Fixture *self, gconstpointer data)
{
  g_autofree char *absolute = g_build_filename (self->folder, "c.png", NULL);
  g_autofree char *lines = g_strdup_printf ("a.png\r\n\n%s\nsub/../d.png\na.png\n/e/../f.png\n"
                                            "../up.png",
                                            absolute);
  g_autofree char *up = g_path_get_dirname (self->folder);
  g_autofree char *expected
      = g_strdup_printf ("a.png=a.png c.png=%s d.png=sub/../d.png f.png=/e/../f.png "
                         "%s/up.png=../up.png",
                         absolute, up + 1);
  g_autoptr (GPtrArray) several = list_text (lines, strlen (lines));
  g_autoptr (GPtrArray) zeros = list_text ("a\nb.png\0c.png", 13);
  g_autoptr (GPtrArray) none = list_text ("", 0);
  g_autoptr (GPtrArray) file = NULL;

  assert_list (several, expected);
  assert_list (zeros, "a\nb.png=a\nb.png c.png=c.png");
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (g_file_set_contents ("names.txt", "q.png\n", -1, NULL));
  file = list (SOURCES ("names.txt"), NULL);
  assert_list (file, "q.png=q.png");
}

/* Below the root as below the current folder: they would be called the same. */
static void
test_unique (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) pictures = list_text ("tmp/a.png\n/tmp/a.png\n", 21);

  assert_list (pictures, "tmp/a.png=tmp/a.png tmp/a.png-2=/tmp/a.png");
}

static void
test_not_there (Fixture *self, gconstpointer data)
{
  g_auto (GStrv) unread = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (monocle_batch_list (SOURCES ("nowhere"), NULL, &unread, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

#define N_PICTURES 1000

static void
test_shares (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < N_PICTURES; i++)
    g_string_append_printf (lines, "DSC_%04u.JPG\n", i);
  for (guint n_shares = 1; n_shares <= 7; n_shares++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

      for (guint share = 1; share <= n_shares; share++)
        {
          g_autoptr (GPtrArray) pictures = list_text (lines->str, lines->len);

          monocle_batch_take_share (pictures, share, n_shares);
          /* Fair within a fifth. */
          g_assert_cmpuint (pictures->len, >, N_PICTURES / n_shares * 8 / 10);
          g_assert_cmpuint (pictures->len, <=, N_PICTURES / n_shares * 12 / 10);
          for (guint i = 0; i < pictures->len; i++)
            {
              const char *name = ((const MonocleBatchPicture *) pictures->pdata[i])->name;

              g_assert_true (g_hash_table_add (seen, g_strdup (name)));
              if (i > 0)
                g_assert_cmpstr (((const MonocleBatchPicture *) pictures->pdata[i - 1])->name, <,
                                 name);
            }
        }
      g_assert_cmpuint (g_hash_table_size (seen), ==, N_PICTURES);
    }
}

static MonocleBatchStore *
open_store (const char *question, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string (question, NULL);

  return monocle_batch_store_open ("out/deep", node, error);
}

static void
test_store (Fixture *self, gconstpointer data)
{
  g_autoptr (MonocleBatchStore) store = open_store ("{\"a\": 1}", NULL);
  g_autoptr (MonocleBatchStore) again = open_store ("{\"a\": 1}", NULL);
  g_autoptr (GBytes) answers = g_bytes_new_static ("{}\n", 3);
  const MonocleBatchPicture picture = { (char *) "p.png", (char *) "sub/p.png" };
  g_autofree char *path = monocle_batch_store_dup_path (store, &picture), *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (again);
  g_assert_false (monocle_batch_store_has (store, &picture));
  g_assert_true (monocle_batch_store_write (store, &picture, answers, NULL));
  g_assert_true (monocle_batch_store_has (again, &picture));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "{}\n");

  /* What was changed since is asked about again. */
  touch ("p.png");
  g_assert_cmpint (g_utime (path, &(struct utimbuf){ 1, 1 }), ==, 0);
  g_assert_false (monocle_batch_store_has (store, &picture));
  g_assert_cmpint (g_utime ("p.png", &(struct utimbuf){ 1, 1 }), ==, 0);
  g_assert_true (monocle_batch_store_has (store, &picture));

  g_assert_null (open_store ("{\"a\": 2}", &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  /* What is there is nobody's to write over. */
  g_assert_cmpint (g_mkdir ("out/deep/q.png.jsonl", 0700), ==, 0);
  g_assert_false (monocle_batch_store_write (
      store, &(MonocleBatchPicture){ (char *) "q", (char *) "q.png" }, answers, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, func) g_test_add ("/batch-list/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("folders", test_folders);
  TEST ("lists", test_lists);
  TEST ("unique", test_unique);
  TEST ("not-there", test_not_there);
  TEST ("shares", test_shares);
  TEST ("store", test_store);
  return g_test_run ();
}
