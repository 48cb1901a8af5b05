/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue that comes along is what it should be; and what strangers say of files is either
 * what could be true or refused.
 */
#include "config.h"

#include <string.h>

#include "app/base/error.h"
#include "app/models/catalogue.h"
#include "app/models/hub.h"
#include "app/models/parts.h"

/* --- data/models.json --- */

static void
check_files (const MonocleCatalogueModel *row)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) picked = NULL;
  const char *missing;

  for (guint i = 0; i < row->manifest->files->len; i++)
    {
      const MonocleManifestFile *file = row->manifest->files->pdata[i];

      g_ptr_array_add (names, file->name);
      /* Weights are too large to be got in vain. */
      if (g_str_has_suffix (file->name, ".safetensors"))
        {
          g_assert_cmpuint (file->size, >=, 2 * row->n_parameters);
          g_assert_nonnull (file->sha256);
        }
    }
  if (!row->complete)
    return;
  picked = monocle_parts_pick (names, &missing);
  g_assert_cmpstr (missing, ==, NULL);
  g_assert_cmpuint (picked->len, ==, names->len);
  /* Of a branch nobody knows what is on it tomorrow. */
  g_assert_cmpuint (strlen (row->manifest->revision), ==, 40);
}

static void
test_rows (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (MONOCLE_SOURCE_DATA_DIR, "models.json", NULL);
  g_autoptr (MonocleCatalogue) catalogue = monocle_catalogue_load_file (path, &error);

  g_assert_no_error (error);
  g_assert_true (monocle_hub_check_address (monocle_catalogue_get_address (catalogue), &error));
  g_assert_cmpuint (monocle_catalogue_get_n (catalogue), >, 0);
  for (guint i = 0; i < monocle_catalogue_get_n (catalogue); i++)
    {
      const MonocleCatalogueModel *row = monocle_catalogue_get (catalogue, i);
      g_autofree char *upper = g_ascii_strup (row->manifest->id, -1);

      g_test_message ("%s", row->manifest->id);
      g_assert_true (monocle_catalogue_find (catalogue, upper) == row);
      g_assert_true (monocle_catalogue_find (catalogue, row->manifest->repository) == row);
      /* Translated only where the code has the same words. */
      g_assert_true (g_strv_contains (monocle_catalogue_list_lines (), row->about));
      g_assert_cmpuint (g_strv_length (row->languages), >, 0);
      g_assert_nonnull (row->manifest->licence_url);
      g_assert_cmpuint (row->f16_bytes, >=, 2 * row->n_parameters);
      g_assert_cmpuint (row->f32_bytes, >=, 4 * row->n_parameters);
      g_assert_cmpuint (row->f32_bytes, <=, 6 * row->n_parameters);
      check_files (row);
    }
  /* And every line is said of some row. */
  for (const char *const *line = monocle_catalogue_list_lines (); *line; line++)
    {
      gboolean is_said = FALSE;

      for (guint i = 0; i < monocle_catalogue_get_n (catalogue); i++)
        is_said |= g_str_equal (monocle_catalogue_get (catalogue, i)->about, *line);
      g_assert_true (is_said);
    }
}

/* --- What others say --- */

static void
test_names (void)
{
  const char *const bad[] = { "",     ".",    "..",    ".hidden", "../x", "a/b", "/etc/passwd",
                              "a\\b", "a\nb", "a\x7f", "\xff",    NULL };
  const char *const bad_repositories[]
      = { "",      "a",     "a/",    "/b",    "a/b/c", "../b",  "a/..",
          "a b/c", "a/b?c", "a/b#c", "a/%2e", "-a/b",  "a/b\n", NULL };

  for (guint i = 0; bad[i]; i++)
    g_assert_false (monocle_manifest_is_plain_name (bad[i]));
  g_assert_true (monocle_manifest_is_plain_name ("model-00001-of-00002.safetensors"));
  for (guint i = 0; bad_repositories[i]; i++)
    g_assert_false (monocle_manifest_is_repository (bad_repositories[i]));
  g_assert_true (monocle_manifest_is_repository ("owner_1/Some-Model.v2"));
  g_assert_false (monocle_manifest_is_revision ("../main"));
  g_assert_false (monocle_manifest_is_revision ("a/b"));
}

/* No two repositories have one folder, for half of a model or a whole one. */
static void
test_ids (void)
{
  const char *const repositories[]
      = { "o/o--ok", "o--o/ok", "o-/ok", "o/ok", "o--o--ok/a", "o/o-ok", NULL };
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *plain = monocle_manifest_make_id ("owner/some-name");

  g_assert_cmpstr (plain, ==, "owner--some-name");
  for (guint i = 0; repositories[i]; i++)
    {
      char *id = monocle_manifest_make_id (repositories[i]);

      g_assert_true (monocle_manifest_is_repository (repositories[i]));
      g_assert_true (monocle_manifest_is_plain_name (id));
      g_assert_true (g_hash_table_add (ids, id));
    }
}

static void
test_files (void)
{
  g_autoptr (MonocleManifest) manifest = monocle_manifest_new ();
  g_autoptr (GError) error = NULL;
  const struct
  {
    const char *name;
    guint64 size;
    const char *sha256;
  } bad[] = {
    { "../config.json", 1, NULL },
    { "there.json", 1, NULL },
    { "big.bin", G_MAXUINT64, NULL },
    { "a.json", 1, "1234" },
    { "b.json", 1, "g3075d2d2d2bbd3e180b9ba0afae4aa8563226e2d32911656966e05b2f2ee060" },
  };

  g_assert_true (monocle_manifest_add (manifest, "there.json", 5, NULL, "here", &error));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (
          monocle_manifest_add (manifest, bad[i].name, bad[i].size, bad[i].sha256, "here", &error));
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      g_assert_true (g_str_has_prefix (error->message, "here: "));
      g_clear_error (&error);
    }
  g_assert_cmpuint (manifest->files->len, ==, 1);
}

static void
test_addresses (void)
{
  const char *const good[] = { "https://huggingface.co", "https://mirror.example:8443/hub/",
                               "http://127.0.0.1:80", "http://localhost", NULL };
  const char *const bad[] = { "",
                              "huggingface.co",
                              "http://huggingface.co",
                              "ftp://example.org",
                              "https://",
                              "file:///etc",
                              "https://me:secret@example.org",
                              "https://example.org/?a",
                              "http://127.0.0.1.example.org",
                              NULL };
  g_autofree char *file
      = monocle_hub_dup_file_address ("https://h/x//", "a/b", "main", "odd name#1.json");
  g_autofree char *all = monocle_hub_dup_list_address ("https://h", "a/b", "main");

  for (guint i = 0; good[i]; i++)
    g_assert_true (monocle_hub_check_address (good[i], NULL));
  for (guint i = 0; bad[i]; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (monocle_hub_check_address (bad[i], &error));
      g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST);
    }
  g_assert_cmpstr (file, ==, "https://h/x/a/b/resolve/main/odd%20name%231.json");
  g_assert_cmpstr (all, ==, "https://h/api/models/a/b/revision/main?blobs=true");
}

static MonocleManifest *
read_list (const char *siblings, const char *pin_sha256, GError **error)
{
  g_autoptr (MonocleManifest) wanted = monocle_manifest_new ();
  g_autofree char *text = g_strdup_printf ("{\"sha\": \"c0ffee\", \"siblings\": [%s]}", siblings);

  wanted->id = g_strdup ("m");
  wanted->repository = g_strdup ("a/b");
  wanted->revision = g_strdup ("main");
  if (pin_sha256)
    g_assert_true (monocle_manifest_add (wanted, "model.safetensors", 0, pin_sha256, "", NULL));
  return monocle_hub_read_list (text, strlen (text), "https://h", wanted, error);
}

#define CONFIG "{\"rfilename\": \"config.json\", \"size\": 10}"
#define WEIGHTS                                                                                    \
  "{\"rfilename\": \"model.safetensors\", \"size\": 99, \"lfs\": {\"sha256\": \"" HASH "\"}}"
#define HASH  "03075d2d2d2bbd3e180b9ba0afae4aa8563226e2d32911656966e05b2f2ee060"
#define OTHER "13075d2d2d2bbd3e180b9ba0afae4aa8563226e2d32911656966e05b2f2ee060"

static void
test_list (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleManifest) listed = NULL;
  const char *const bad[] = {
    "3",
    "{\"rfilename\": 3}",
    CONFIG ", {\"rfilename\": \"model.safetensors\", \"size\": -1}",
    CONFIG ", {\"rfilename\": \"model.safetensors\", \"lfs\": {\"sha256\": \"zz\"}}",
    CONFIG ", " WEIGHTS ", " WEIGHTS,
    CONFIG,
    WEIGHTS,
    "",
  };

  /* Of two containers the one that is opened; nothing in folders, nothing that nobody reads. */
  listed = read_list (CONFIG ", " WEIGHTS ", {\"rfilename\": \"pytorch_model.bin\", \"size\": 7}"
                             ", {\"rfilename\": \"../../.bashrc\", \"size\": 7}"
                             ", {\"rfilename\": \"/etc/passwd\", \"size\": 7}"
                             ", {\"rfilename\": \"onnx/config.json\", \"size\": 7}"
                             ", {\"rfilename\": \"modeling.py\", \"size\": 7}"
                             ", {\"rfilename\": \"LICENSE\", \"size\": 7}",
                      HASH, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listed->files->len, ==, 3);
  g_assert_cmpstr (monocle_manifest_find (listed, "model.safetensors")->sha256, ==, HASH);
  g_assert_nonnull (monocle_manifest_find (listed, "LICENSE"));
  g_assert_cmpstr (listed->revision, ==, "c0ffee");
  g_assert_cmpuint (monocle_manifest_get_size (listed), ==, 116);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (read_list (bad[i], NULL, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
  /* The catalogue's word against the server's. */
  g_assert_null (read_list (CONFIG ", " WEIGHTS, OTHER, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
}

static void
check_pick (const char *const *all, guint n_picked, const char *misses)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) picked = NULL;
  const char *missing;

  for (guint i = 0; all[i]; i++)
    g_ptr_array_add (names, (gpointer) all[i]);
  picked = monocle_parts_pick (names, &missing);
  g_assert_cmpuint (picked->len, ==, n_picked);
  g_assert_true (misses ? missing && strstr (missing, misses) : !missing);
}

static void
test_pick (void)
{
  check_pick ((const char *[]){ "config.json", "model.safetensors", "pytorch_model.bin",
                                "model.fp16.safetensors", NULL },
              2, NULL);
  check_pick ((const char *[]){ "config.json", "model.safetensors.index.json",
                                "model-00001-of-00002.safetensors",
                                "model-00002-of-00002.safetensors", "optimizer.bin", NULL },
              4, NULL);
  check_pick ((const char *[]){ "config.json", "model.fp16.safetensors", NULL }, 2, NULL);
  check_pick (
      (const char *[]){ "config.json", "model.fp16.safetensors", "model.bf16.safetensors", NULL },
      1, "weights");
  check_pick ((const char *[]){ "config.json", "model.safetensors.index.json", NULL }, 2,
              "weights");
  check_pick ((const char *[]){ "pytorch_model.bin", NULL }, 1, "config.json");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue/rows", test_rows);
  g_test_add_func ("/catalogue/names", test_names);
  g_test_add_func ("/catalogue/ids", test_ids);
  g_test_add_func ("/catalogue/files", test_files);
  g_test_add_func ("/catalogue/addresses", test_addresses);
  g_test_add_func ("/catalogue/list", test_list);
  g_test_add_func ("/catalogue/pick", test_pick);
  return g_test_run ();
}
