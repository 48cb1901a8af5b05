/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli models get: downloads, with a line on stderr that says how far it is.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/format.h"
#include "app/cli/models.h"
#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/json/fields.h"
#include "app/models/download.h"
#include "app/models/hub.h"
#include "app/models/store.h"

#define SCHEMA          "org.monocle.Monocle"
#define MAX_TOKEN_BYTES 4096

typedef struct
{
  char *mirror, *token_file, *format;
  gboolean again;
  gboolean json;
  char *token;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->mirror);
  g_free (options->token_file);
  g_free (options->format);
  g_free (options->token);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* A token is never an argument: those can be read by everybody on the machine. */
static gboolean
read_token (Options *options, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  const char *name;

  if (!options->token_file)
    {
      options->token = g_strdup (g_getenv ("HF_TOKEN"));
      name = "HF_TOKEN";
    }
  else
    {
      name = options->token_file;
      bytes = monocle_file_read (options->token_file, MAX_TOKEN_BYTES, error);
      if (!bytes)
        return FALSE;
      options->token = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  if (!options->token)
    return TRUE;
  g_strstrip (options->token);
  for (const char *p = options->token; *p; p++)
    if (!g_ascii_isgraph (*p))
      return monocle_file_set_error (error, name, _ ("this is no token"));
  return TRUE;
}

/* (transfer full): what the person chose in the window, where that is installed */
static char *
read_mirror (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = source ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;
  g_autoptr (GSettings) settings = NULL;

  if (!schema || !g_settings_schema_has_key (schema, "mirror"))
    return NULL;
  settings = g_settings_new (SCHEMA);
  return g_settings_get_string (settings, "mirror");
}

/* --- Progress --- */

static char *
describe_time (gint64 seconds)
{
  if (seconds < 60)
    return g_strdup_printf (_ ("%d s"), (int) seconds);
  if (seconds < 3600)
    return g_strdup_printf (_ ("%d min"), (int) (seconds / 60));
  return g_strdup_printf (_ ("%d h %d min"), (int) (seconds / 3600), (int) (seconds / 60 % 60));
}

static void
show_fetching (MonocleDownload *download)
{
  guint64 received = monocle_download_get_received_bytes (download);
  guint64 total = monocle_download_get_total_bytes (download);
  gint64 left = monocle_download_get_remaining_s (download);
  g_autofree char *has = g_format_size (received), *all = g_format_size (total);
  g_autofree char *speed = g_format_size (monocle_download_get_speed (download));
  g_autofree char *time = left >= 0 ? describe_time (left) : NULL;
  double fraction = total ? (double) received / (double) total : -1;

  if (total && time)
    /* Translators: name of a model, bytes that came, bytes of all, bytes a second, time */
    monocle_cli_progress_show (fraction, _ ("Getting %s: %s of %s, %s/s, %s left"),
                               monocle_download_get_id (download), has, all, speed, time);
  else
    monocle_cli_progress_show (fraction, _ ("Getting %s: %s"), monocle_download_get_id (download),
                               has);
}

static void
on_changed (MonocleDownload *download, GParamSpec *spec, gpointer data)
{
  switch (monocle_download_get_state (download))
    {
    case MONOCLE_DOWNLOAD_LISTING:
      monocle_cli_progress_show (-1, _ ("Asking %s which files there are"),
                                 monocle_download_get_host (download));
      break;
    case MONOCLE_DOWNLOAD_FETCHING:
      show_fetching (download);
      break;
    case MONOCLE_DOWNLOAD_CHECKING:
      monocle_cli_progress_show (-1, _ ("Checking %s"), monocle_download_get_id (download));
      break;
    case MONOCLE_DOWNLOAD_RESTING:
    case MONOCLE_DOWNLOAD_DONE:
    case MONOCLE_DOWNLOAD_FAILED:
    default:
      break;
    }
}

/* --- Getting --- */

static void
print_there (const char *id, const char *directory, gboolean is_new, gboolean json)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!json)
    {
      monocle_cli_out (is_new ? _ ("%s: here now, in %s\n") : _ ("%s: here already, in %s\n"), id,
                       directory);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "id", id);
  monocle_json_add_text (builder, "directory", directory);
  monocle_json_add_flag (builder, "downloaded", is_new);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

/* Who is asked, for what, and under which terms it is: before anything is asked. */
static void
say_what_comes (MonocleDownload *download)
{
  g_autoptr (MonocleManifest) manifest = monocle_download_dup_manifest (download);
  g_autofree char *size = g_format_size (monocle_manifest_get_size (manifest));
  g_autofree char *title = monocle_cli_out_clean_line (monocle_download_get_title (download));
  const char *host = monocle_download_get_host (download);

  if (monocle_download_get_total_bytes (download))
    fprintf (stderr, _ ("monocle-cli: note: getting %s, %s, from %s\n"), title, size, host);
  else
    fprintf (stderr, _ ("monocle-cli: note: getting %s from %s\n"), title, host);
  if (manifest->licence && manifest->licence_url)
    {
      g_autofree char *licence = monocle_cli_out_clean_line (manifest->licence);
      g_autofree char *address = monocle_cli_out_clean_line (manifest->licence_url);

      fprintf (stderr, _ ("monocle-cli: note: its licence is %s: %s\n"), licence, address);
    }
}

static MonocleCliStatus
get (const MonocleCatalogue *catalogue, const char *name, const Options *options)
{
  GCancellable *cancellable = monocle_cli_wait_get_cancellable ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleDownload) download
      = monocle_download_new (catalogue, name, options->mirror, &error);
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *directory = NULL;

  if (!download)
    return monocle_cli_report (NULL, error);
  directory = options->again ? NULL : monocle_download_find_there (download, &error);
  if (error)
    return monocle_cli_report (NULL, error);
  if (directory)
    {
      print_there (monocle_download_get_id (download), directory, FALSE, options->json);
      return MONOCLE_CLI_DONE;
    }

  monocle_download_set_token (download, options->token);
  say_what_comes (download);
  g_signal_connect (download, "notify", G_CALLBACK (on_changed), NULL);
  monocle_download_run_async (download, cancellable, monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  directory = monocle_download_run_finish (download, result, &error);
  monocle_cli_progress_clear ();
  if (!directory)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fprintf (stderr,
                 _ ("monocle-cli: note: what came stays: monocle-cli models get %s goes "
                    "on\n"),
                 monocle_download_get_id (download));
      return monocle_cli_report (NULL, error);
    }
  print_there (monocle_download_get_id (download), directory, TRUE, options->json);
  return MONOCLE_CLI_DONE;
}

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (
      _ ("NAME is one of `monocle-cli models list`, or any repository as OWNER/NAME or\n"
         "OWNER/NAME@REVISION. What was stopped is gone on with where it stopped. A token, for\n"
         "repositories that ask for one, is read from the environment variable HF_TOKEN or from a\n"
         "file; it goes to the host that is named and to no other.\n"));
}

MonocleCliStatus
monocle_cli_models_get (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "mirror", 0, 0, G_OPTION_ARG_FILENAME, &options.mirror,
      N_ ("Address to get them from, in place of the usual one"), "https://HOST" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &options.token_file,
      N_ ("File with a token in it"), N_ ("FILE") },
    { "again", 0, 0, G_OPTION_ARG_NONE, &options.again,
      N_ ("Also what is here already, in place of it"), NULL },
    MONOCLE_CLI_FORMAT_ENTRY (&options.format),
    { NULL },
  };
  MonocleCliStatus status = MONOCLE_CLI_DONE;
  g_autoptr (MonocleCatalogue) catalogue = NULL;
  g_autoptr (GError) error = NULL;

  if (!monocle_cli_parse ("models get", _ ("NAME..."), _ ("Downloads models."), describe, entries,
                          NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc < 2)
    return monocle_cli_refuse ("models get", _ ("which model?"));
  if (!monocle_cli_format_read ("models get", options.format, &options.json))
    return MONOCLE_CLI_USAGE;
  if (options.mirror && !monocle_hub_check_address (options.mirror, &error))
    return monocle_cli_refuse ("models get", "--mirror: %s", error->message);
  if (!read_token (&options, &error))
    return monocle_cli_report (NULL, error);
  if (!options.mirror)
    options.mirror = read_mirror ();
  catalogue = monocle_catalogue_load (&error);
  if (!catalogue)
    return monocle_cli_report (NULL, error);

  for (int i = 1; i < argc && status != MONOCLE_CLI_INTERRUPTED; i++)
    status = monocle_cli_worst (status, get (catalogue, argv[i], &options));
  return status;
}
