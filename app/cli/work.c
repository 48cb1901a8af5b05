/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli work: what the window keeps of the images of folders, and forgetting it.
 */
#include "config.h"

#include <string.h>

#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/document/folder-forget.h"
#include "app/document/work-index.h"
#include "app/json/fields.h"

/* --- Said --- */

static char *
dup_folder_name (GFile *folder)
{
  g_autofree char *name = g_file_get_parse_name (folder);

  return monocle_cli_out_clean_line (name);
}

static void
print_json (const MonocleKeptFolder *folder, gboolean is_forgotten)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *uri = g_file_get_uri (folder->folder);
  const char *path = g_file_peek_path (folder->folder);

  json_builder_begin_object (builder);
  if (path)
    monocle_json_add_path (builder, path);
  else
    monocle_json_add_text (builder, "uri", uri);
  monocle_json_add_integer (builder, "pictures", folder->kept.n_pictures);
  monocle_json_add_integer (builder, "objects", folder->kept.n_own);
  monocle_json_add_integer (builder, "answers", folder->kept.n_answers);
  monocle_json_add_integer (builder, "bytes", (gint64) folder->n_bytes);
  monocle_json_add_flag (builder, "forgotten", is_forgotten);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

static void
print_folder (const MonocleKeptFolder *folder, gboolean is_forgotten, gboolean json)
{
  g_autofree char *name = dup_folder_name (folder->folder);
  g_autofree char *pictures = g_strdup_printf (
      ngettext ("%u picture", "%u pictures", folder->kept.n_pictures), folder->kept.n_pictures);
  g_autofree char *own
      = g_strdup_printf (ngettext ("%u object of yours", "%u objects of yours", folder->kept.n_own),
                         folder->kept.n_own);
  g_autofree char *answers = g_strdup_printf (
      ngettext ("%u answer", "%u answers", folder->kept.n_answers), folder->kept.n_answers);
  g_autofree char *size = g_format_size (folder->n_bytes);

  if (json)
    print_json (folder, is_forgotten);
  else if (is_forgotten)
    /* Translators: a folder; then "12 pictures", "34 objects of yours", "5 answers", "1.2 MB" */
    monocle_cli_out (_ ("%s: forgotten: %s, %s, %s; %s are free again\n"), name, pictures, own,
                     answers, size);
  else
    /* Translators: a folder; then "12 pictures", "34 objects of yours", "5 answers", "1.2 MB" */
    monocle_cli_out (_ ("%s: %s, %s, %s, %s\n"), name, pictures, own, answers, size);
}

/* --- Done --- */

static MonocleCliStatus
forget (MonocleKeptFolder *folder, gboolean json)
{
  g_autofree char *name = dup_folder_name (folder->folder);
  g_autoptr (GError) error = NULL;
  guint n_pictures;

  if (!monocle_kept_folder_forget (folder, &n_pictures, &error))
    return monocle_cli_report (name, error);
  print_folder (folder, TRUE, json);
  return MONOCLE_CLI_DONE;
}

/* @name: as it was given. Returns: (transfer none) (nullable): what is kept of it */
static MonocleKeptFolder *
find_folder (GPtrArray *folders, const char *name)
{
  g_autoptr (GFile) wanted = g_file_new_for_commandline_arg (name);

  for (guint i = 0; i < folders->len; i++)
    if (g_file_equal (((MonocleKeptFolder *) folders->pdata[i])->folder, wanted))
      return folders->pdata[i];
  return NULL;
}

static MonocleCliStatus
report_nothing (const char *name)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                                  _ ("nothing is kept of this folder"));

  return monocle_cli_report (name, error);
}

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (
      _ ("What was drawn, named, answered and marked as done in the window is kept, and found "
         "again\n"
         "when an image is opened. list says of how many images of each folder, or of those that "
         "are\n"
         "named; images that are there no more are counted as well. forget deletes it for good, "
         "also\n"
         "where a copy of an image lies elsewhere; without --yes it says what would go. No image\n"
         "is touched. Folders inside of folders are named by themselves.\n"));
}

static MonocleCliStatus
go_through (char **names, gboolean forgets, gboolean json)
{
  g_autoptr (GPtrArray) folders = monocle_kept_folder_list ();
  MonocleCliStatus status = MONOCLE_CLI_DONE;

  for (guint i = 0; !*names && i < folders->len; i++)
    print_folder (folders->pdata[i], FALSE, json);
  for (guint i = 0; names[i]; i++)
    {
      MonocleKeptFolder *folder = find_folder (folders, names[i]);

      if (!folder)
        status = monocle_cli_worst (status, report_nothing (names[i]));
      else if (forgets)
        status = monocle_cli_worst (status, forget (folder, json));
      else
        print_folder (folder, FALSE, json);
    }
  return status;
}

MonocleCliStatus
monocle_cli_work (int argc, char **argv)
{
  g_autofree char *format = NULL;
  gboolean is_sure = FALSE, json, forgets;
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &is_sure, N_ ("Forget it, without saying first what goes"),
      NULL },
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { NULL },
  };
  MonocleCliStatus status;

  if (!monocle_cli_parse ("work", "list [DIR...] | forget DIR...",
                          _ ("Says what is kept of the images of folders, or forgets it."),
                          describe, entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (!monocle_cli_format_read ("work", format, &json))
    return MONOCLE_CLI_USAGE;
  forgets = argc > 1 && strcmp (argv[1], "forget") == 0;
  if (argc > 1 && !forgets && strcmp (argv[1], "list") != 0)
    return monocle_cli_refuse ("work", _ ("there is nothing called '%s' to do"), argv[1]);
  if ((forgets && argc < 3) || g_strv_contains ((const char *const *) argv + 1, ""))
    return monocle_cli_refuse ("work", _ ("no folder is named"));

  status = go_through (argc > 2 ? argv + 2 : argv + argc, forgets && is_sure, json);
  if (forgets && !is_sure && status == MONOCLE_CLI_DONE)
    status = monocle_cli_refuse ("work", _ ("nothing is forgotten without --yes"));
  /* What is known of all work is written, for the next who asks. */
  monocle_work_index_shut_default ();
  return status;
}
