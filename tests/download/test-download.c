/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Downloads, one fault at a time: what becomes of each is known.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/models/partial.h"
#include "app/models/store.h"
#include "setup.h"

static void
test_whole (void)
{
  const char *const fixtures[] = { "original-96", "native-96", "original-64" };

  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    for (Row row = 0; row < N_ROWS; row++)
      {
        g_autoptr (Setup) setup = setup_new (fixtures[i]);
        g_autofree char *directory = NULL, *found = NULL, *title = NULL;
        g_autoptr (MonocleManifest) record = NULL;
        g_autoptr (GError) error = NULL;

        setup_set_row (setup, row);
        directory = setup_run (setup, "tiny", &error);
        g_assert_no_error (error);
        setup_assert_whole (setup, directory, FALSE);
        found = monocle_model_store_find ("tiny", &error);
        g_assert_cmpstr (found, ==, directory);
        title = monocle_model_store_dup_title (directory);
        g_assert_cmpstr (title, ==, "Tiny");
        /* All that came was hashed, whoever knew the hashes before. */
        record = monocle_manifest_load (directory, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (monocle_manifest_count_hashes (record), ==, record->files->len);
        g_assert_cmpstr (record->revision, ==, row == ROW_NAME ? "0123456789abcdef" : "abc");
        setup_empty_store ();
      }
}

/* A repository that no catalogue knows; its name is that of the folder. */
static void
test_repository (void)
{
  g_autoptr (Setup) setup = setup_new ("native-96");
  g_autofree char *name = g_strdup_printf ("tiny/%s@main", setup->name);
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL, *found = NULL;
  g_autofree char *extra = g_build_filename (setup->model, "training_args.bin", NULL);

  /* The row's repository is the same: it must not be taken for that. */
  g_file_set_contents (extra, "x", 1, NULL);
  directory = setup_run (setup, name, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_unlink (extra), ==, 0);
  setup_assert_whole (setup, directory, FALSE);
  g_assert_true (g_str_has_suffix (directory, "/tiny--native-96"));
  found = monocle_model_store_find ("tiny--native-96", &error);
  g_assert_cmpstr (found, ==, directory);
  setup_empty_store ();
}

/* --- Faults --- */

/* The fault for the weights, as often as it says, after one that leaves a part of them; everything
 * else is well. */
typedef struct
{
  Fault fault;
  guint n;
  gboolean begins_with_a_cut;
} Few;

static Fault
plan_few (Server *server, const char *path, gpointer data)
{
  Few *few = data;

  if (few->n == 0 || !strstr (path, ".safetensors") || g_str_has_suffix (path, ".json"))
    return FAULT_NONE;
  if (few->begins_with_a_cut)
    {
      few->begins_with_a_cut = FALSE;
      return FAULT_CUT;
    }
  few->n--;
  return few->fault;
}

/* What passes by itself. */
static void
test_recovers (void)
{
  const Fault faults[]
      = { FAULT_CUT,      FAULT_RESET,      FAULT_LONGER,       FAULT_SHORTER, FAULT_SLOW,
          FAULT_STALL,    FAULT_GARBAGE,    FAULT_WHOLE,        FAULT_CHUNKED, FAULT_NO_ETAG,
          FAULT_REDIRECT, FAULT_OTHER_PART, FAULT_BLIND_CHANGE, FAULT_CORRUPT, FAULT_416,
          FAULT_429,      FAULT_500,        FAULT_503 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (Setup) setup = setup_new ("native-96");
      Few few = { faults[i / 2], 2, i % 2 };
      g_autoptr (GError) error = NULL;
      g_autofree char *directory = NULL;

      g_test_message ("fault %u%s", faults[i / 2], i % 2 ? " after a cut" : "");
      server_set_plan (setup->server, plan_few, &few, 10 + i);
      directory = setup_run (setup, "tiny", &error);
      g_assert_no_error (error);
      g_assert_cmpuint (few.n, <, 2);
      setup_assert_whole (setup, directory, FALSE);
      setup_empty_store ();
    }
}

/* What does not, with what it is called and a word of it. */
static void
test_fails (void)
{
  const struct
  {
    Fault fault;
    MonocleAppError code;
    const char *words;
    guint max_requests; /* for the weights */
  } cases[] = {
    { FAULT_401, MONOCLE_APP_ERROR_NOT_ALLOWED, "token", 1 },
    { FAULT_403, MONOCLE_APP_ERROR_NOT_ALLOWED, "terms", 1 },
    { FAULT_404, MONOCLE_APP_ERROR_NETWORK, "no such file", 1 },
    { FAULT_416, MONOCLE_APP_ERROR_NETWORK, "416", 4 },
    { FAULT_429, MONOCLE_APP_ERROR_NETWORK, "too often", 6 },
    { FAULT_500, MONOCLE_APP_ERROR_NETWORK, "500", 6 },
    { FAULT_RESET, MONOCLE_APP_ERROR_NETWORK, "127.0.0.1", 12 },
    { FAULT_CORRUPT, MONOCLE_APP_ERROR_WRONG_BYTES, "model.safetensors", 4 },
    { FAULT_BLIND_CHANGE, MONOCLE_APP_ERROR_WRONG_BYTES, "hash", 4 },
    { FAULT_LONGER, MONOCLE_APP_ERROR_WRONG_BYTES, "bytes", 6 },
    { FAULT_SHORTER, MONOCLE_APP_ERROR_WRONG_BYTES, "bytes", 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Setup) setup = setup_new ("native-96");
      Few few = { cases[i].fault, G_MAXUINT };
      g_autoptr (GError) error = NULL;
      g_autofree char *directory = NULL;

      server_set_plan (setup->server, plan_few, &few, 30 + i);
      directory = setup_run (setup, "tiny", &error);
      g_assert_null (directory);
      g_test_message ("fault %u: %s", cases[i].fault, error->message);
      g_assert_error (error, MONOCLE_APP_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_cmpuint (G_MAXUINT - few.n, <=, cases[i].max_requests);
      setup_assert_no_model (setup, "tiny");

      /* And once the server is well again, it is all there is to it. */
      server_set_plan (setup->server, NULL, NULL, 1);
      g_clear_error (&error);
      directory = setup_run (setup, "tiny", &error);
      g_assert_no_error (error);
      setup_assert_whole (setup, directory, FALSE);
      setup_empty_store ();
    }
}

/* A part of the weights is there; the next request for them meets that fault. */
static char *
resume (Setup *setup, Row row, Fault fault, GError **error)
{
  Few few = { FAULT_CUT, G_MAXUINT, FALSE };
  g_autoptr (GError) cut = NULL;
  char *directory;

  setup_set_row (setup, row);
  server_set_hashes (setup->server, FALSE);
  server_set_plan (setup->server, plan_few, &few, 5);
  directory = setup_run (setup, "tiny", &cut);
  g_assert_null (directory);
  g_assert_nonnull (cut);
  g_assert_cmpuint (server_take_n_bytes (setup->server), >, 0);
  server_take_n_ranges (setup->server);

  few = (Few){ fault, fault != FAULT_NONE, FALSE };
  server_set_plan (setup->server, plan_few, &few, 6);
  return setup_run (setup, "tiny", error);
}

/* What was there already is not asked for again. */
static void
test_resumes (void)
{
  for (Row row = 0; row < N_ROWS; row++)
    {
      g_autoptr (Setup) setup = setup_new ("native-96");
      g_autoptr (GError) error = NULL;
      g_autofree char *directory = resume (setup, row, FAULT_NONE, &error);

      g_assert_no_error (error);
      setup_assert_whole (setup, directory, FALSE);
      g_assert_cmpuint (server_take_n_ranges (setup->server), ==, 1);
      g_assert_cmpuint (server_take_n_bytes (setup->server), <, 590048);
      setup_empty_store ();
    }
}

/* A file that changed meanwhile is never put together from both, whether the server minds If-Range
 * or not: all of the other one comes, which here is none that anybody could use. */
static void
test_changes (void)
{
  const Fault faults[] = { FAULT_CHANGED, FAULT_CARELESS };

  for (Row row = 0; row < N_ROWS; row++)
    for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
      {
        g_autoptr (Setup) setup = setup_new ("native-96");
        g_autoptr (GError) error = NULL;
        g_autofree char *directory = resume (setup, row, faults[i], &error);

        g_assert_null (directory);
        g_test_message ("%s", error->message);
        g_assert_cmpuint (server_take_n_bytes (setup->server), >=, 590048);
        setup_assert_no_model (setup, "tiny");
        setup_empty_store ();
      }
}

static void
test_token (void)
{
  g_autoptr (Setup) setup = setup_new ("native-96");
  Few few = { FAULT_REDIRECT, G_MAXUINT };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleDownload) download = NULL;
  g_autoptr (GUri) a = g_uri_parse ("https://hub.example/x", 0, NULL);
  g_autoptr (GUri) b = g_uri_parse ("https://HUB.example:443/y", 0, NULL);
  g_autoptr (GUri) c = g_uri_parse ("https://cdn.example/x", 0, NULL);
  g_autoptr (GUri) next = NULL;
  g_autofree char *directory = NULL;

  server_set_token (setup->server, "hf_secret");
  directory = setup_run (setup, "tiny", &error);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NOT_ALLOWED);
  g_assert_null (strstr (error->message, "hf_secret"));
  g_clear_error (&error);

  /* Where it is pointed at, it goes without. */
  server_set_plan (setup->server, plan_few, &few, 1);
  download = setup_make_download (setup, "tiny");
  monocle_download_set_token (download, "hf_secret");
  directory = setup_run_download (download, NULL, &error);
  g_assert_no_error (error);
  setup_assert_whole (setup, directory, FALSE);
  g_assert_cmpuint (G_MAXUINT - few.n, >, 0);
  g_assert_cmpuint (server_get_n_leaks (setup->server), ==, 0);

  g_assert_true (monocle_http_is_same_origin (a, b));
  g_assert_false (monocle_http_is_same_origin (a, c));
  next = monocle_http_follow (a, "/elsewhere", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_uri_get_host (next), ==, "hub.example");
  g_assert_null (monocle_http_follow (a, "http://hub.example/x", &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_null (monocle_http_follow (a, "file:///etc/passwd", &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK);
  setup_empty_store ();
}

/* What a row says itself, or is elsewhere, is not asked of the repository. */
static void
test_elsewhere (void)
{
  g_autoptr (Setup) setup = setup_new ("native-96");
  g_autoptr (MonocleDownload) download = NULL;
  g_autoptr (MonocleManifest) record = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL;

  setup_set_row (setup, ROW_ELSEWHERE);
  download = setup_make_download (setup, "tiny");
  directory = setup_run_download (download, NULL, &error);
  g_assert_no_error (error);
  setup_assert_whole (setup, directory, FALSE);
  g_assert_cmpuint (server_take_n_requests (setup->server), ==, 0);
  record = monocle_manifest_load (directory, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_manifest_count_hashes (record), ==, record->files->len);
  g_assert_cmpuint (server_take_n_requests (setup->elsewhere), ==, record->files->len - 1);
  setup_empty_store ();
}

/* --- Stopping --- */

/* Once weights are coming: all else together is smaller. */
static void
stop (MonocleDownload *download, GParamSpec *spec, gpointer cancellable)
{
  if (monocle_download_get_received_bytes (download) > 200000)
    g_cancellable_cancel (cancellable);
}

static void
test_pause (void)
{
  g_autoptr (Setup) setup = setup_new ("native-96");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MonocleDownload) download = setup_make_download (setup, "tiny");
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL, *found = NULL;
  guint64 freed = 0;
  const MonocleStoredPart *part;

  server_set_speed (setup->server, 200000);
  g_signal_connect (download, "notify::received-bytes", G_CALLBACK (stop), cancellable);
  directory = setup_run_download (download, cancellable, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpint (monocle_download_get_state (download), ==, MONOCLE_DOWNLOAD_RESTING);
  g_assert_cmpuint (monocle_download_get_received_bytes (download), >, 0);
  setup_assert_no_model (setup, "tiny");

  /* It is seen as what it is, and never taken for a model. */
  parts = monocle_model_store_list_parts ();
  g_assert_cmpuint (parts->len, ==, 1);
  part = parts->pdata[0];
  g_assert_cmpstr (part->id, ==, "tiny");
  g_assert_cmpstr (part->title, ==, "Tiny");
  g_assert_false (part->is_busy);
  g_assert_cmpuint (part->received_bytes, ==, monocle_download_get_received_bytes (download));
  g_assert_cmpuint (part->total_bytes, ==, monocle_download_get_total_bytes (download));
  found = monocle_model_store_find ("tiny", &error);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL);
  g_assert_nonnull (strstr (error->message, "monocle-cli models get tiny"));
  g_clear_error (&error);
  found = monocle_model_store_find ("tiny.download", &error);
  g_assert_null (found);
  g_clear_error (&error);

  /* The same object goes on with it. */
  g_signal_handlers_disconnect_by_data (download, cancellable);
  server_set_speed (setup->server, 0);
  server_take_n_ranges (setup->server);
  directory = setup_run_download (download, NULL, &error);
  g_assert_no_error (error);
  setup_assert_whole (setup, directory, FALSE);
  g_assert_cmpuint (server_take_n_ranges (setup->server), >, 0);
  g_assert_cmpint (monocle_download_get_state (download), ==, MONOCLE_DOWNLOAD_DONE);
  g_assert_cmpuint (monocle_download_get_received_bytes (download), ==,
                    monocle_download_get_total_bytes (download));
  g_assert_true (monocle_model_store_remove ("tiny", &freed, &error));
  g_assert_cmpuint (freed, >, 590048);
  setup_assert_no_model (setup, "tiny");
  setup_empty_store ();
}

static void
test_busy (void)
{
  g_autoptr (Setup) setup = setup_new ("native-96");
  const MonocleCatalogueModel *row = monocle_catalogue_find (setup->catalogue, "tiny");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonoclePartial) partial = monocle_partial_open (row->manifest, "x", &error);
  g_autoptr (GPtrArray) parts = NULL;
  g_autofree char *directory = NULL;

  g_assert_no_error (error);
  directory = setup_run (setup, "tiny", &error);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_false (monocle_model_store_remove ("tiny", NULL, &error));
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BUSY);
  g_clear_error (&error);
  parts = monocle_model_store_list_parts ();
  g_assert_true (((const MonocleStoredPart *) parts->pdata[0])->is_busy);

  g_clear_pointer (&partial, monocle_partial_close);
  g_assert_true (monocle_model_store_remove ("tiny", NULL, &error));
  g_assert_no_error (error);
  setup_empty_store ();
}

/* A repository with something else in it is told from a model before its weights come. */
static void
test_no_model (void)
{
  g_autoptr (Setup) setup = setup_new ("native-96");
  g_autofree char *config = g_build_filename (setup->model, "config.json", NULL);
  g_autofree char *weights = g_build_filename (setup->model, "model.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL;

  g_file_set_contents (config, "{\"model_type\": \"t5\"}", -1, NULL);
  server_take_n_bytes (setup->server);
  directory = setup_run (setup, "tiny/native-96@x", &error);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  g_assert_true (g_str_has_prefix (error->message, "tiny/native-96: "));
  g_assert_cmpuint (server_take_n_bytes (setup->server), <, 10000);
  g_clear_error (&error);

  g_assert_cmpint (g_unlink (weights), ==, 0);
  directory = setup_run (setup, "tiny/native-96@x", &error);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  g_assert_nonnull (strstr (error->message, "weights"));
  g_clear_error (&error);

  directory = setup_run (setup, "tiny/nowhere", &error);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK);
  setup_assert_no_model (setup, "tiny--nowhere");
  setup_empty_store ();
}

/* It is known before anything is asked. */
static void
test_no_room (void)
{
  g_autoptr (Setup) setup = setup_new ("native-96");
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL;

  setup_set_row (setup, ROW_HUGE);
  directory = setup_run (setup, "tiny", &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint (server_take_n_requests (setup->server), ==, 0);
  setup_assert_no_model (setup, "tiny");
  setup_empty_store ();
}

/* Whoever cannot say who they are gets no second question, and no token. */
static void
test_certificate (void)
{
  g_autoptr (Setup) setup = setup_new ("native-96");
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "download", "self-signed.pem", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL;

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("there is no TLS here: glib-networking");
      return;
    }
  server_set_certificate (setup->server, path);
  setup_set_row (setup, ROW_HASHES);
  directory = setup_run (setup, "tiny", &error);
  g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NETWORK);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "ertificate"));
  g_assert_cmpuint (server_take_n_requests (setup->server), ==, 0);
  setup_assert_no_model (setup, "tiny");
  setup_empty_store ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/download/whole", test_whole);
  g_test_add_func ("/download/repository", test_repository);
  g_test_add_func ("/download/recovers", test_recovers);
  g_test_add_func ("/download/fails", test_fails);
  g_test_add_func ("/download/resumes", test_resumes);
  g_test_add_func ("/download/changes", test_changes);
  g_test_add_func ("/download/token", test_token);
  g_test_add_func ("/download/elsewhere", test_elsewhere);
  g_test_add_func ("/download/pause", test_pause);
  g_test_add_func ("/download/busy", test_busy);
  g_test_add_func ("/download/no-model", test_no_model);
  g_test_add_func ("/download/no-room", test_no_room);
  g_test_add_func ("/download/certificate", test_certificate);
  return g_test_run ();
}
