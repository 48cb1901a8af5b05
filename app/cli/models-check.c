/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli models verify, import: what is on the disk already.
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
#include "app/models/import.h"
#include "app/models/store.h"
#include "app/models/verify.h"

/* --- verify --- */

static void
show_verifying (double fraction, gpointer name)
{
  monocle_cli_progress_show (fraction, _ ("Checking %s"), (const char *) name);
}

static void
print_verdict (const char *name, const MonocleVerdict *verdict, gboolean json)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char *clean = NULL;

  if (!json)
    {
      clean = monocle_cli_out_clean_line (name);
      if (verdict->faults->len == 0 && verdict->n_hashed)
        monocle_cli_out (
            _ ("%s: well; %u of %u files by their hash, and all of them go together\n"), clean,
            verdict->n_hashed, verdict->n_files);
      else if (verdict->faults->len == 0)
        monocle_cli_out (_ ("%s: well; its files go together, their hashes were never known\n"),
                         clean);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "id", name);
  monocle_json_add_flag (builder, "well", verdict->faults->len == 0);
  monocle_json_add_integer (builder, "files", verdict->n_files);
  monocle_json_add_integer (builder, "hashed", verdict->n_hashed);
  json_builder_set_member_name (builder, "faults");
  json_builder_begin_array (builder);
  for (guint i = 0; i < verdict->faults->len; i++)
    json_builder_add_string_value (builder, verdict->faults->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

static MonocleCliStatus
verify (const char *name, const char *directory, gboolean json)
{
  MonocleCliStatus status = MONOCLE_CLI_DONE;
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MonocleVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;

  monocle_verify_async (directory, monocle_cli_wait_get_cancellable (), show_verifying,
                        (gpointer) name, monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  verdict = monocle_verify_finish (result, &error);
  monocle_cli_progress_clear ();
  if (!verdict)
    return monocle_cli_report (name, error);
  print_verdict (name, verdict, json);
  for (guint i = 0; i < verdict->faults->len; i++)
    {
      g_autoptr (GError) fault = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED,
                                                      (const char *) verdict->faults->pdata[i]);

      status = monocle_cli_report (name, fault);
    }
  return status;
}

/* All that are here. */
static MonocleCliStatus
verify_all (gboolean json)
{
  g_autoptr (GPtrArray) models = monocle_model_store_list ();
  MonocleCliStatus status = MONOCLE_CLI_DONE;

  for (guint i = 0; i < models->len && status != MONOCLE_CLI_INTERRUPTED; i++)
    {
      const MonocleStoredModel *model = models->pdata[i];
      const char *name = model->shipped ? model->title : model->id;

      status = monocle_cli_worst (status, verify (name, model->directory, json));
    }
  return status;
}

MonocleCliStatus
monocle_cli_models_verify (int argc, char **argv)
{
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { NULL },
  };
  MonocleCliStatus status = MONOCLE_CLI_DONE;
  gboolean json;

  if (!monocle_cli_parse ("models verify", _ ("[NAME...]"),
                          _ ("Checks the files of models again: their hashes, as far as those are "
                             "known, and that they go together. Without a name, of all."),
                          NULL, entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (!monocle_cli_format_read ("models verify", format, &json))
    return MONOCLE_CLI_USAGE;
  if (argc < 2)
    return verify_all (json);

  for (int i = 1; i < argc && status != MONOCLE_CLI_INTERRUPTED; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *stored
          = strchr (argv[i], '/') ? NULL : monocle_model_store_find_stored (argv[i]);
      g_autofree char *directory
          = stored ? g_steal_pointer (&stored) : monocle_model_store_find (argv[i], &error);

      status = monocle_cli_worst (status, directory ? verify (argv[i], directory, json)
                                                    : monocle_cli_report (NULL, error));
    }
  return status;
}

/* --- import --- */

static void
show_importing (double fraction, gpointer name)
{
  monocle_cli_progress_show (fraction, _ ("Copying %s"), (const char *) name);
}

/* What stays behind, in one line. */
static void
say_unknown (const MonocleImport *import)
{
  g_autofree char *names = NULL, *clean = NULL;

  if (import->unknown->len == 0)
    return;
  g_ptr_array_add (import->unknown, NULL);
  names = g_strjoinv (", ", (char **) import->unknown->pdata);
  g_ptr_array_set_size (import->unknown, (int) import->unknown->len - 1);
  clean = monocle_cli_out_clean_line (names);
  fprintf (stderr, _ ("monocle-cli: note: no model reads %s; left where it is\n"), clean);
}

static void
print_imported (const MonocleImport *import, const char *directory, gboolean json)
{
  g_autofree char *id = g_path_get_basename (directory);
  g_autoptr (JsonBuilder) builder = NULL;

  if (!json)
    {
      monocle_cli_out (_ ("%s: here now, in %s\n"), id, directory);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "id", id);
  monocle_json_add_text (builder, "directory", directory);
  json_builder_set_member_name (builder, "unknown");
  json_builder_begin_array (builder);
  for (guint i = 0; i < import->unknown->len; i++)
    json_builder_add_string_value (builder, import->unknown->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

static MonocleCliStatus
import (const char *path, const char *mmproj, const char *name, MonocleImportHow how, gboolean json)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImport) found = monocle_import_look (path, mmproj, &error);
  g_autofree char *directory = NULL;

  if (!found)
    return monocle_cli_report (NULL, error);
  if (found->missing)
    {
      g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("it lacks %s"), found->missing);
      return monocle_cli_report (found->directory, error);
    }
  if (found->problem)
    {
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_FAILED, found->problem);
      return monocle_cli_report (NULL, error);
    }
  if (how == MONOCLE_IMPORT_COPY)
    say_unknown (found);

  monocle_import_run_async (found, name, how, monocle_cli_wait_get_cancellable (), show_importing,
                            found->id, monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  directory = monocle_import_run_finish (result, &error);
  monocle_cli_progress_clear ();
  if (!directory)
    return monocle_cli_report (NULL, error);
  print_imported (found, directory, json);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_models_import (int argc, char **argv)
{
  g_autofree char *format = NULL, *name = NULL, *mmproj = NULL;
  gboolean is_reference = FALSE;
  const GOptionEntry entries[] = {
    { "name", 'n', 0, G_OPTION_ARG_FILENAME, &name, N_ ("What to call it (default: as its folder)"),
      N_ ("NAME") },
    { "reference", 'r', 0, G_OPTION_ARG_NONE, &is_reference,
      N_ ("Leave it where it is, and only give it a name here"), NULL },
    { "mmproj", 0, 0, G_OPTION_ARG_FILENAME, &mmproj,
      N_ ("Which GGUF file sees for the language model that is named (default: the one beside it "
          "that fits)"),
      N_ ("FILE") },
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { NULL },
  };
  gboolean json;

  if (!monocle_cli_parse (
          "models import", _ ("FOLDER|FILE"),
          _ ("Takes a model that is on the disk already: copies its files, or gives "
             "it a name."),
          NULL, entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc != 2)
    return monocle_cli_refuse ("models import", _ ("one folder or file, please"));
  if (!monocle_cli_format_read ("models import", format, &json))
    return MONOCLE_CLI_USAGE;

  return import (argv[1], mmproj, name,
                 is_reference ? MONOCLE_IMPORT_REFERENCE : MONOCLE_IMPORT_COPY, json);
}
