/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "setup.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/models/folder.h"
#include "app/models/parts.h"
#include "app/models/store.h"

static const MonoclePatience hasty = { .timeout_s = 1, .first_delay_ms = 1, .n_attempts = 6 };

static void
copy_model (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autofree char *contents = NULL;
      g_autoptr (GError) error = NULL;
      gsize size;

      g_file_get_contents (source, &contents, &size, &error);
      g_assert_no_error (error);
      g_file_set_contents (target, contents, (gssize) size, &error);
      g_assert_no_error (error);
    }
}

Setup *
setup_new (const char *fixture)
{
  Setup *self = g_new0 (Setup, 1);
  g_autofree char *from = g_test_build_filename (G_TEST_BUILT, "fixtures", "models", fixture, NULL);
  g_autoptr (GError) error = NULL;

  self->root = g_dir_make_tmp ("monocle-hub-XXXXXX", &error);
  g_assert_no_error (error);
  self->name = g_strdup (fixture);
  self->model = g_build_filename (self->root, "tiny", fixture, NULL);
  copy_model (from, self->model);
  self->server = server_new (self->root);
  self->elsewhere = server_new (self->root);
  setup_set_row (self, ROW_HASHES);
  return self;
}

void
setup_free (Setup *self)
{
  server_free (self->server);
  server_free (self->elsewhere);
  monocle_catalogue_free (self->catalogue);
  monocle_folder_remove (self->root, NULL, NULL);
  g_free (self->root);
  g_free (self->model);
  g_free (self->name);
  g_free (self);
}

/* Where a file comes from that is not in the repository. */
static void
append_source (Setup *self, GString *text, const char *name, const char *contents)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), contents);
  g_autofree char *quoted = json_to_string (node, FALSE);

  if (g_str_equal (name, "config.json"))
    g_string_append_printf (text, ", \"text\": %s", quoted);
  else
    g_string_append_printf (text, ", \"address\": \"%s/tiny/%s/resolve/abc/%s\"",
                            server_get_address (self->elsewhere), self->name, name);
}

static void
append_files (Setup *self, GString *text, Row row)
{
  g_autoptr (GDir) dir = g_dir_open (self->model, 0, NULL);
  const char *name, *comma = "";

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (self->model, name, NULL);
      g_autofree char *contents = NULL, *hash = NULL;
      guint64 added = row == ROW_HUGE ? G_GUINT64_CONSTANT (1) << 43 : 0;
      gsize size;

      g_file_get_contents (path, &contents, &size, NULL);
      hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) contents, size);
      g_string_append_printf (text, "%s{\"name\": \"%s\", \"size\": %" G_GUINT64_FORMAT, comma,
                              name, size + added);
      if (row == ROW_ELSEWHERE)
        append_source (self, text, name, contents);
      if (row == ROW_HASHES)
        g_string_append_printf (text, ", \"sha256\": \"%s\"", hash);
      g_string_append (text, "}");
      comma = ", ";
    }
}

void
setup_set_row (Setup *self, Row row)
{
  g_autofree char *path = g_build_filename (self->root, "models.json", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_string_append_printf (
      text,
      "{\"format\": 1, \"address\": \"%s\", \"models\": [{\"id\": \"tiny\", \"title\": \"Tiny\", "
      "\"family\": \"any\", \"repository\": \"tiny/%s\", \"revision\": \"abc\", "
      "\"licence\": {\"name\": \"MIT\"}, \"about\": \"small\", \"languages\": [\"en\"], "
      "\"parameters\": 1000, \"memory\": {\"f32\": 4000, \"f16\": 2000}, \"complete\": %s, "
      "\"files\": [",
      server_get_address (self->server), self->name, row == ROW_NAME ? "false" : "true");
  if (row != ROW_NAME)
    append_files (self, text, row);
  g_string_append (text, "]}]}");
  g_file_set_contents (path, text->str, -1, &error);
  g_assert_no_error (error);
  g_clear_pointer (&self->catalogue, monocle_catalogue_free);
  self->catalogue = monocle_catalogue_load_file (path, &error);
  g_assert_no_error (error);
}

MonocleDownload *
setup_make_download (Setup *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  MonocleDownload *download = monocle_download_new (self->catalogue, name, NULL, &error);

  g_assert_no_error (error);
  monocle_download_set_patience (download, &hasty);
  return download;
}

static void
on_ran (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

char *
setup_run_download (MonocleDownload *download, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  monocle_download_run_async (download, cancellable, on_ran, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return monocle_download_run_finish (download, result, error);
}

char *
setup_run (Setup *self, const char *name, GError **error)
{
  g_autoptr (MonocleDownload) download = setup_make_download (self, name);

  return setup_run_download (download, NULL, error);
}

void
setup_assert_whole (Setup *self, const char *directory, gboolean or_other)
{
  g_autoptr (GPtrArray) parts = monocle_model_store_list_parts ();
  g_autoptr (GDir) here = g_dir_open (self->model, 0, NULL);
  g_autoptr (GDir) there = g_dir_open (directory, 0, NULL);
  g_autoptr (GError) error = NULL;
  const char *name;
  int n = 0;

  g_assert_nonnull (there);
  g_assert_cmpuint (parts->len, ==, 0);
  while ((name = g_dir_read_name (here)))
    {
      g_autofree char *source = g_build_filename (self->model, name, NULL);
      g_autofree char *target = g_build_filename (directory, name, NULL);
      g_autofree char *wanted = NULL, *got = NULL;
      gsize n_wanted, n_got;

      g_file_get_contents (source, &wanted, &n_wanted, NULL);
      g_file_get_contents (target, &got, &n_got, &error);
      g_assert_no_error (error);
      if (or_other && n_got == n_wanted && memcmp (got, wanted, n_got) != 0)
        {
          g_autoptr (GBytes) bytes = g_bytes_new (wanted, n_wanted);
          g_autoptr (GBytes) other = server_make_other (bytes);

          g_assert_cmpmem (got, n_got, g_bytes_get_data (other, NULL), n_wanted);
        }
      else
        g_assert_cmpmem (got, n_got, wanted, n_wanted);
      n++;
    }
  while ((name = g_dir_read_name (there)))
    n -= !g_str_equal (name, MONOCLE_MANIFEST_FILE);
  g_assert_cmpint (n, ==, 0);
  g_assert_true (monocle_model_check (directory, &error));
  g_assert_no_error (error);
}

void
setup_assert_no_model (Setup *self, const char *id)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *path = g_build_filename (store, id, NULL);
  g_autoptr (GPtrArray) models = monocle_model_store_list ();

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < models->len; i++)
    g_assert_cmpstr (((MonocleStoredModel *) models->pdata[i])->id, !=, id);
}

void
setup_empty_store (void)
{
  g_autofree char *store = monocle_model_store_get_directory ();

  if (g_file_test (store, G_FILE_TEST_IS_DIR))
    monocle_folder_remove (store, NULL, NULL);
}
