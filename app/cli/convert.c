/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli convert: annotations from one format to another.
 */
#include "config.h"

#include <string.h>

#include "app/cli/cli.h"
#include "app/cli/exchange.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/exchange/convert.h"
#include "app/exchange/source.h"

/* Of all shares together; people think in percent. */
#define MAX_SHARES 1000

typedef struct
{
  MonocleExchangeJob job;
  GStrv names; /* inputs, and the output behind them */
  char *output;
  char *images;
  gboolean json;
} Options;

static void
options_clear (Options *self)
{
  g_strfreev (self->names);
  g_free (self->output);
  g_free (self->images);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static char *
describe (const MonocleCliModel *model)
{
  g_autofree char *read = monocle_exchange_dup_ids (TRUE);
  g_autofree char *written = monocle_exchange_dup_ids (FALSE);

  return g_strdup_printf (
      _ ("Formats that are read: %s.\n"
         "Formats that are written: %s.\n"
         "\n"
         "IN is a file or a folder. OUT is one file where its name ends as that of its format "
         "does\n"
         "(all.json), else a folder that is new or empty, with a file for each part of the set.\n"
         "labelme and monocle have a file for each picture: OUT is one file for one picture.\n"
         "What the format of OUT cannot say is said on stderr, with what becomes of it;\n"
         "--dry-run says it and writes nothing.\n"),
      read, written);
}

/* --- Options --- */

static gboolean
read_shares (const char *text, guint shares[MONOCLE_EXCHANGE_N_SHARES])
{
  g_auto (GStrv) parts = text ? g_strsplit (text, "/", -1) : NULL;
  guint n = parts ? g_strv_length (parts) : 0;
  guint64 sum = 0;

  if (!text)
    return TRUE;
  if (n < 2 || n > MONOCLE_EXCHANGE_N_SHARES)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      guint64 share;

      if (!g_ascii_string_to_unsigned (parts[i], 10, 0, MAX_SHARES, &share, NULL))
        return FALSE;
      shares[i] = (guint) share;
      sum += share;
    }
  return sum > 0 && sum <= MAX_SHARES;
}

/* Nobody who names a file expects a folder of that name. */
static MonocleCliStatus
check_folder (const Options *self)
{
  if (g_file_test (self->output, G_FILE_TEST_IS_DIR)
      || !monocle_exchange_has_extension (self->output, self->job.to->extension))
    return MONOCLE_CLI_DONE;
  return monocle_cli_refuse ("convert", _ ("%s is written as a folder, not as one file as '%s'"),
                             self->job.to->id, self->output);
}

static MonocleCliStatus
check_paths (Options *self, gboolean merges)
{
  guint n = self->names ? g_strv_length (self->names) : 0;
  g_autoptr (MonocleFileSet) inputs = monocle_file_set_new ();
  g_autofree char *problem = NULL;

  if (n < 2)
    return monocle_cli_refuse ("convert", _ ("what to read and where to write must be named"));
  if (n > 2 && !merges)
    return monocle_cli_refuse ("convert", _ ("several inputs need --merge"));
  self->output = g_steal_pointer (&self->names[n - 1]);
  self->job.inputs = (const char *const *) self->names;
  self->job.output = self->output;
  if (!monocle_exchange_is_one_file (self->job.to, self->output))
    return check_folder (self);
  if (self->job.shares[0] + self->job.shares[1] + self->job.shares[2] > 0)
    return monocle_cli_refuse ("convert", _ ("--split needs a folder to write to, not one file"));
  for (guint i = 0; self->names[i]; i++)
    monocle_file_set_add (inputs, self->names[i]);
  if (!monocle_cli_output_check (_ ("OUT"), self->output, inputs, &problem))
    return monocle_cli_refuse ("convert", "%s", problem);
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (Options *self, int argc, char **argv)
{
  g_autofree char *format = NULL, *from = NULL, *to = NULL, *split = NULL;
  gboolean merges = FALSE;
  int seed = 0;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("What IN is; auto finds out"), N_ ("FORMAT") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, N_ ("What OUT is to be"), N_ ("FORMAT") },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &self->images, N_ ("Where the pictures are"),
      N_ ("DIR") },
    { "copy-images", 0, 0, G_OPTION_ARG_NONE, &self->job.copies,
      N_ ("Put the pictures into OUT too, where the format has a place for them"), NULL },
    { "from-0", 0, 0, G_OPTION_ARG_NONE, &self->job.counts_from_0,
      N_ ("Of Pascal VOC: the first pixel is 0, as many tools write it, not 1"), NULL },
    { "split", 0, 0, G_OPTION_ARG_STRING, &split,
      N_ ("Divide the pictures into train, val and test"), N_ ("80/10/10") },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, N_ ("Divide them in another way"), N_ ("N") },
    { "merge", 0, 0, G_OPTION_ARG_NONE, &merges, N_ ("Make one set of several"), NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &self->job.only_says,
      N_ ("Say what would be lost, and write nothing"), NULL },
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->names, NULL, NULL },
    { NULL },
  };

  if (!monocle_cli_parse ("convert", _ ("IN... OUT"),
                          _ ("Converts annotations from one format to another."), describe, entries,
                          NULL, &argc, &argv)
      || !monocle_cli_format_read ("convert", format, &self->json))
    return MONOCLE_CLI_USAGE;
  if (!to)
    return monocle_cli_refuse ("convert", _ ("--to is missing"));
  if ((from && strcmp (from, "auto") != 0
       && !monocle_cli_exchange_find ("convert", "--from", from, TRUE, &self->job.from))
      || !monocle_cli_exchange_find ("convert", "--to", to, FALSE, &self->job.to))
    return MONOCLE_CLI_USAGE;
  if (!read_shares (split, self->job.shares))
    return monocle_cli_refuse ("convert",
                               _ ("--split must be two or three shares, such as 80/10/10"));
  self->job.images = self->images;
  self->job.seed = (guint) seed;
  return check_paths (self, merges);
}

/* --- Reports --- */

static void
on_progress (const MonocleExchangeCounts *counts, gpointer user_data)
{
  monocle_cli_progress_show (-1, _ ("%u pictures"), counts->pictures);
}

static void
print_counts (const Options *self, const MonocleExchangeCounts *n)
{
  const MonocleCliCount counts[] = {
    { "pictures", n->pictures },
    { "objects", n->objects },
    { "captions", n->captions },
  };
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!self->json)
    {
      monocle_cli_out (_ ("%u pictures, %u objects, %u captions\n"), n->pictures, n->objects,
                       n->captions);
      return;
    }
  monocle_cli_format_add_counts (builder, counts, G_N_ELEMENTS (counts));
  monocle_cli_format_print (builder);
}

MonocleCliStatus
monocle_cli_convert (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GError) error = NULL;
  MonocleExchangeCounts counts;
  MonocleCliStatus status = parse_options (&options, argc, argv);
  gboolean done;

  if (status != MONOCLE_CLI_DONE)
    return status;
  options.job.cancellable = monocle_cli_wait_get_cancellable ();
  options.job.progress = on_progress;
  done = monocle_exchange_convert (&options.job, notes, &counts, &error);
  monocle_cli_progress_clear ();
  if (!done)
    return monocle_cli_report (NULL, error);
  monocle_cli_exchange_print_notes (options.job.to, notes);
  print_counts (&options, &counts);
  return MONOCLE_CLI_DONE;
}
