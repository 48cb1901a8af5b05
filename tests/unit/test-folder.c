/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/folder: natural order, what is left out, several files and folders, many files, files that
 * come and go, pages.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "app/pictures/folder.h"
#include "app/search/crawl.h"

#define WAIT_SECONDS 120
#define MANY         3000

typedef struct
{
  char *path;
  MonocleFolder *folder;
  gboolean ready, found;
} Fixture;

static void
on_ready (MonocleFolder *folder, gboolean found, Fixture *self)
{
  self->ready = TRUE;
  self->found = found;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->path = g_dir_make_tmp ("monocle-folder-XXXXXX", &error);
  g_assert_no_error (error);
  self->folder = monocle_folder_new ();
  g_signal_connect (self->folder, "ready", G_CALLBACK (on_ready), self);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_all (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gpointer weak = self->folder;

  monocle_folder_cancel (self->folder);
  g_object_add_weak_pointer (G_OBJECT (self->folder), &weak);
  g_object_unref (self->folder);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  /* Calls under way keep it; they end as they are cancelled. */
  while (weak)
    {
      g_usleep (1000);
      g_main_context_iteration (NULL, FALSE);
    }
  remove_all (self->path);
  g_free (self->path);
}

static GFile *
get_file (Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->path, name, NULL);

  return g_file_new_for_path (path);
}

static void
add (Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->path, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0755);
  g_file_set_contents (path, "x", 1, &error);
  g_assert_no_error (error);
}

static gboolean
on_timeout (gpointer data)
{
  g_error ("nothing came for %d seconds", WAIT_SECONDS);
  return G_SOURCE_REMOVE;
}

/* @n: how many items are waited for, or -1 for `ready` */
static void
wait_for (Fixture *self, int n)
{
  const guint source = g_timeout_add_seconds (WAIT_SECONDS, on_timeout, NULL);

  while (n < 0 ? !self->ready : (int) g_list_model_get_n_items (G_LIST_MODEL (self->folder)) != n)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
}

/* @names: separated by blanks */
static void
open_names (Fixture *self, const char *names)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) each = g_strsplit (names, " ", -1);

  for (guint i = 0; each[i]; i++)
    g_ptr_array_add (files, get_file (self, each[i]));
  self->ready = FALSE;
  monocle_folder_open (self->folder, files);
}

static char *
get_names (Fixture *self)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->folder)); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (G_LIST_MODEL (self->folder), i);

      g_string_append_printf (names, "%s%s", i == 0 ? "" : " ",
                              monocle_folder_item_get_name (item));
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
check_names (Fixture *self, const char *expected)
{
  g_autofree char *names = get_names (self);

  g_assert_cmpstr (names, ==, expected);
}

static void
wait_for_names (Fixture *self, const char *expected)
{
  g_autofree char *names = get_names (self);

  while (!g_str_equal (names, expected))
    {
      g_main_context_iteration (NULL, TRUE);
      g_free (names);
      names = get_names (self);
    }
}

static void
test_order (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = NULL;
  guint position;

  add (self, "10.png");
  add (self, "2.png");
  add (self, "1.jpg");
  add (self, ".hidden.png");
  add (self, "old.png~");
  add (self, "words.txt");
  add (self, "inside/3.png");
  open_names (self, "2.png");
  /* At once: what is opened need not wait for its neighbours. */
  check_names (self, "2.png");
  g_assert_true (monocle_folder_is_loading (self->folder));
  wait_for (self, -1);
  g_assert_true (self->found);
  g_assert_false (monocle_folder_is_loading (self->folder));
  check_names (self, "1.jpg 2.png 10.png");

  file = get_file (self, "10.png");
  g_assert_nonnull (monocle_folder_find (self->folder, file, 0, &position));
  g_assert_cmpuint (position, ==, 2);
  g_assert_null (monocle_folder_find (self->folder, file, 1, NULL));
}

/* What is indexed for a search is what the window lists, and what is in the folders inside. */
static void
test_crawl (Fixture *self, gconstpointer data)
{
  const char *const directories[] = { self->path, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  g_auto (GStrv) unread = NULL;

  add (self, "1.jpg");
  add (self, "2.PNG");
  add (self, ".hidden.png");
  add (self, "words.txt");
  add (self, "nothing");
  add (self, "inside/3.png");
  files = monocle_crawl (directories, &unread, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < files->len; i++)
    {
      const MonocleCrawlFile *file = files->pdata[i];

      g_assert_true (g_str_has_prefix (file->path, self->path));
      g_string_append_printf (names, "%s ", file->path + strlen (self->path) + 1);
    }
  g_assert_cmpstr (names->str, ==, "1.jpg 2.PNG inside/3.png ");
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  add (self, "words.txt");
  open_names (self, ".");
  wait_for (self, -1);
  g_assert_false (self->found);
  check_names (self, "");
}

static void
test_several (Fixture *self, gconstpointer data)
{
  add (self, "b/2.png");
  add (self, "b/1.png");
  add (self, "9.png");
  add (self, "8.png");
  add (self, "7.png");
  open_names (self, "9.png b 8.png 9.png");
  wait_for (self, -1);
  /* Not 7, which nobody named; those that were named, then what is in the folder. */
  check_names (self, "8.png 9.png 1.png 2.png");

  /* Another list takes its place. */
  open_names (self, "b");
  wait_for (self, -1);
  check_names (self, "1.png 2.png");
}

/* A file that is not there is listed: opening it says why it cannot be shown. */
static void
test_missing (Fixture *self, gconstpointer data)
{
  add (self, "1.png");
  open_names (self, "2.png");
  wait_for (self, -1);
  check_names (self, "1.png 2.png");
}

static void
test_watch (Fixture *self, gconstpointer data)
{
  g_autofree char *old_path = g_build_filename (self->path, "3.png", NULL);
  g_autofree char *new_path = g_build_filename (self->path, "4.png", NULL);

  add (self, "1.png");
  add (self, "3.png");
  open_names (self, "1.png");
  wait_for (self, -1);
  check_names (self, "1.png 3.png");

  add (self, "2.png");
  add (self, "words.txt");
  wait_for (self, 3);
  check_names (self, "1.png 2.png 3.png");

  g_assert_cmpint (g_rename (old_path, new_path), ==, 0);
  wait_for_names (self, "1.png 2.png 4.png");

  g_unlink (new_path);
  wait_for (self, 2);
  check_names (self, "1.png 2.png");
}

static void
test_pages (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = get_file (self, "b.pdf");
  g_autoptr (MonocleFolderItem) before = NULL;
  g_autofree char *key = NULL;
  MonocleFolderItem *item;
  guint position;

  add (self, "a.png");
  add (self, "c.png");
  add (self, "b.pdf");
  open_names (self, "b.pdf");
  wait_for (self, -1);
  before = g_object_ref (monocle_folder_find (self->folder, file, 0, NULL));
  monocle_folder_set_pages (self->folder, file, 3);
  g_assert_true (monocle_folder_find (self->folder, file, 0, NULL) == before);
  item = monocle_folder_find (self->folder, file, 2, &position);
  g_assert_nonnull (item);
  g_assert_cmpuint (monocle_folder_item_get_page (item), ==, 2);
  g_assert_cmpstr (monocle_folder_item_get_name (item), ==, "b.pdf, page 3");
  key = monocle_folder_item_dup_key (item);
  g_assert_true (g_str_has_suffix (key, "/b.pdf#page=2"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->folder)), ==, 5);

  /* Told again it stays as it is. */
  monocle_folder_set_pages (self->folder, file, 3);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->folder)), ==, 5);

  /* All pages go with the file. */
  g_file_delete (file, NULL, NULL);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->folder)) != 2)
    wait_for (self, 2);
  check_names (self, "a.png c.png");
}

/* Of this thread, in microseconds: how busy the machine is does not matter. */
static gint64
get_work (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (gint64) spent.tv_sec * G_USEC_PER_SEC + spent.tv_nsec / 1000;
}

static void
count_change (GListModel *list, guint position, guint removed, guint added, guint *n)
{
  *n = *n - removed + added;
  g_assert_cmpuint (*n, ==, g_list_model_get_n_items (list));
}

static void
test_many (Fixture *self, gconstpointer data)
{
  guint n = 0;
  gint64 longest = 0;

  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);
      g_autofree char *path = g_build_filename (self->path, name, NULL);
      const int file = g_open (path, O_CREAT | O_WRONLY, 0644);

      /* An empty file is no picture. */
      g_assert_cmpint (write (file, "x", 1), ==, 1);
      g_close (file, NULL);
    }
  g_signal_connect (self->folder, "items-changed", G_CALLBACK (count_change), &n);
  open_names (self, "1500.png");
  while (!self->ready)
    {
      const gint64 start = get_work ();

      g_main_context_iteration (NULL, FALSE);
      longest = MAX (longest, get_work () - start);
    }
  g_assert_cmpuint (n, ==, MANY);
  g_test_message ("the longest turn of the main loop took %.1f ms", (double) longest / 1000);
  g_assert_cmpint (longest, <, 200000);
  for (guint i = 0; i < MANY; i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (G_LIST_MODEL (self->folder), i);
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      g_assert_cmpstr (monocle_folder_item_get_name (item), ==, name);
    }
}

static void
count_call (GListModel *list, guint position, guint removed, guint added, guint *n_calls)
{
  ++*n_calls;
}

/* As many as a command line holds: in one change, and once each. */
static void
test_many_named (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_calls = 0;

  for (guint i = 0; i < 5 * MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i % (5 * MANY - 100));

      g_ptr_array_add (files, get_file (self, name));
    }
  g_signal_connect (self->folder, "items-changed", G_CALLBACK (count_call), &n_calls);
  monocle_folder_open (self->folder, files);
  g_assert_true (self->ready);
  g_assert_cmpuint (n_calls, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->folder)), ==, 5 * MANY - 100);
}

/* What was under way for an older list does not come into the newer one. */
static void
test_replaced (Fixture *self, gconstpointer data)
{
  add (self, "a/1.png");
  add (self, "b/2.png");
  open_names (self, "a");
  open_names (self, "b");
  wait_for (self, -1);
  check_names (self, "2.png");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func) g_test_add ("/app/folder/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("order", test_order);
  TEST ("crawl", test_crawl);
  TEST ("empty", test_empty);
  TEST ("several", test_several);
  TEST ("missing", test_missing);
  TEST ("watch", test_watch);
  TEST ("pages", test_pages);
  TEST ("many", test_many);
  TEST ("many-named", test_many_named);
  TEST ("replaced", test_replaced);
#undef TEST

  return g_test_run ();
}
