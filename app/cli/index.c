/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli index: looks at the pictures of folders, once, so that they can be searched.
 */
#include "config.h"

#include <string.h>

#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/index-read.h"
#include "app/cli/model.h"
#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/search/indexer.h"
#include "app/search/watcher.h"

typedef struct
{
  MonocleCliModel options;
  GStrv directories; /* absolute */
  gboolean json;
  gboolean reads;
  gboolean watches;
  gboolean has_regions;
  gboolean has_drawn;
} Job;

static void
job_clear (Job *job)
{
  monocle_cli_model_clear (&job->options);
  g_clear_pointer (&job->directories, g_strfreev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* --- what is said meanwhile --- */

void
monocle_cli_index_note (gboolean is_partial, const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *name = monocle_cli_out_clean_line (shown);

  monocle_cli_progress_clear ();
  if (is_partial)
    g_printerr (_ ("monocle-cli: note: %s: the file is damaged or incomplete: the readable part is "
                   "used\n"),
                name);
  else
    g_printerr (_ ("monocle-cli: note: %s cannot be read and is left out\n"), name);
}

static void
on_noted (MonocleIndexer *indexer, MonocleIndexNote note, const char *path)
{
  monocle_cli_index_note (note == MONOCLE_INDEX_PARTIAL, path);
}

static void
on_progress (MonocleIndexer *indexer, guint done, guint all)
{
  if (all > 0)
    monocle_cli_progress_show ((double) done / all, _ ("indexing %u of %u"), done, all);
}

/* --- what is asked for --- */

static void
print_report (const Job *job, const MonocleIndexCounts *n)
{
  const MonocleCliCount counts[] = {
    { "new", n->n_new },   { "changed", n->n_changed },       { "moved", n->n_moved },
    { "gone", n->n_gone }, { "unreadable", n->n_unreadable }, { "pictures", n->n_pictures },
  };
  MonocleCliCount all[G_N_ELEMENTS (counts) + 2];
  guint n_counts = G_N_ELEMENTS (counts);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *line = NULL;

  if (!job->json)
    {
      monocle_cli_out (
          _ ("%u new, %u changed, %u moved, %u gone, %u unreadable; %u pictures can be "
             "searched\n"),
          n->n_new, n->n_changed, n->n_moved, n->n_gone, n->n_unreadable, n->n_pictures);
      if (job->has_regions)
        monocle_cli_out (ngettext ("%u image looked at in parts\n",
                                   "%u images looked at in parts\n", n->n_divided),
                         n->n_divided);
      if (job->has_drawn)
        monocle_cli_out (ngettext ("objects of yours looked at on %u image\n",
                                   "objects of yours looked at on %u images\n", n->n_drawn),
                         n->n_drawn);
      return;
    }
  memcpy (all, counts, sizeof counts);
  if (job->has_regions)
    all[n_counts++] = (MonocleCliCount){ "divided", n->n_divided };
  if (job->has_drawn)
    all[n_counts++] = (MonocleCliCount){ "drawn", n->n_drawn };
  monocle_cli_format_add_counts (builder, all, n_counts);
  node = json_builder_get_root (builder);
  line = json_to_string (node, FALSE);
  monocle_cli_out ("%s\n", line);
}

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (_ (
      "With --read a model that reads text, named by --model, is asked what is written in the\n"
      "images; monocle-cli search --text finds them by that as well, whichever model they are\n"
      "indexed with. What was read once is not read again.\n"
      "\n"
      "With --regions thirteen parts of each image are looked at as well, which takes as much "
      "longer:\n"
      "monocle-cli search finds what is small in an image then, and says where. Parts of images "
      "that\n"
      "were indexed without are looked at then; what was looked at stays.\n"
      "\n"
      "With --objects what you drew on images in the window, or kept of answers, is looked at as "
      "well,\n"
      "each object by itself: monocle-cli search finds it, and says where. Only what changed since "
      "is\n"
      "looked at again.\n"
      "\n"
      "With --watch it goes on until it is interrupted, and looks again when images come, go or\n"
      "change; each time something did, another line is printed.\n"));
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { "read", 0, 0, G_OPTION_ARG_NONE, &job->reads,
      N_ ("Read what is written in the images instead, with a model that reads"), NULL },
    { "regions", 0, 0, G_OPTION_ARG_NONE, &job->has_regions,
      N_ ("Look at parts of the images as well, for what is small in them"), NULL },
    { "objects", 0, 0, G_OPTION_ARG_NONE, &job->has_drawn,
      N_ ("Look at what you drew or kept on the images as well"), NULL },
    { "watch", 0, 0, G_OPTION_ARG_NONE, &job->watches,
      N_ ("Go on, and look again whenever the images change"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &names, NULL, NULL },
    { NULL },
  };
  guint n;

  if (!monocle_cli_parse ("index", _ ("DIR..."),
                          _ ("Looks at the images of folders, so that they can be searched."),
                          describe, entries, &job->options, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  n = names ? g_strv_length (names) : 0;
  if (n == 0)
    return monocle_cli_refuse ("index", _ ("no folder is named"));
  if (!monocle_cli_format_read ("index", format, &job->json))
    return MONOCLE_CLI_USAGE;
  if (job->reads && job->watches)
    return monocle_cli_refuse ("index", _ ("--read and --watch do not go together"));
  if (job->reads && job->has_regions)
    return monocle_cli_refuse ("index", _ ("--read and --regions do not go together"));
  if (job->reads && job->has_drawn)
    return monocle_cli_refuse ("index", _ ("--read and --objects do not go together"));
  /* What makes vectors does not read. */
  job->options.standard = job->reads ? MONOCLE_SHIPPED_DEFAULT : MONOCLE_SHIPPED_WORDS;
  if (monocle_cli_model_check (&job->options))
    return monocle_cli_refuse ("index", "%s", monocle_cli_model_check (&job->options));
  job->directories = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    job->directories[i] = g_canonicalize_filename (names[i], NULL);
  return MONOCLE_CLI_DONE;
}

/* --- looking ------------------------------------------------------------------------------ */

static gboolean
look (MonocleIndexer *indexer, const char *const *directories, GError **error)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_indexer_run_async (indexer, directories, monocle_cli_wait_get_cancellable (),
                             monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  monocle_cli_progress_clear ();
  return monocle_indexer_run_finish (indexer, result, error);
}

static MonocleCliStatus
look_once (const Job *job, MonocleIndexer *indexer)
{
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = MONOCLE_CLI_DONE;

  if (!look (indexer, (const char *const *) job->directories, &error))
    status = monocle_cli_report (NULL, error);
  if (monocle_indexer_get_counts (indexer))
    print_report (job, monocle_indexer_get_counts (indexer));
  return status;
}

/* --- again and again ---------------------------------------------------------------------- */

static gboolean
set_true (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer flag)
{
  return set_true (flag);
}

/* Until there is something to look at; or it is enough. Returns: which */
static gboolean
wait_until_due (MonocleWatcher *watcher)
{
  GCancellable *cancellable = monocle_cli_wait_get_cancellable ();
  g_autoptr (GSource) source = g_cancellable_source_new (cancellable);
  gboolean is_enough = FALSE, is_due = FALSE;
  gulong handler = g_signal_connect_swapped (watcher, "due", G_CALLBACK (set_true), &is_due);

  g_source_set_callback (source, G_SOURCE_FUNC (on_cancelled), &is_enough, NULL);
  g_source_attach (source, NULL);
  while (!is_due && !is_enough)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (source);
  g_signal_handler_disconnect (watcher, handler);
  return !is_enough;
}

/* (transfer full): those that are there. Of others nothing is known, and may be later. */
static GStrv
list_there (const Job *job)
{
  g_autoptr (GStrvBuilder) there = g_strv_builder_new ();

  for (guint i = 0; job->directories[i]; i++)
    if (g_file_test (job->directories[i], G_FILE_TEST_IS_DIR))
      g_strv_builder_add (there, job->directories[i]);
  return g_strv_builder_end (there);
}

static void
begin (MonocleWatcher *watcher)
{
  guint n = monocle_watcher_begin (watcher, monocle_cli_wait_get_cancellable ());

  if (n > 0)
    g_printerr (ngettext ("monocle-cli: note: %u folder is not watched: there are too many\n",
                          "monocle-cli: note: %u folders are not watched: there are too many\n", n),
                n);
}

static gboolean
has_changed (const MonocleIndexCounts *n)
{
  return n->n_new + n->n_changed + n->n_moved + n->n_gone + n->n_divided + n->n_drawn > 0;
}

/* What goes wrong once must not end it; the same trouble is told once. */
static MonocleCliStatus
look_again (const Job *job, MonocleIndexer *indexer, MonocleWatcher *watcher, char **told)
{
  g_auto (GStrv) there = list_there (job);
  g_autoptr (GError) error = NULL;
  const MonocleIndexCounts *counts;
  gboolean is_done;

  if (!there[0])
    return MONOCLE_CLI_DONE;
  is_done = look (indexer, (const char *const *) there, &error);
  counts = monocle_indexer_get_counts (indexer);
  if (counts && has_changed (counts))
    print_report (job, counts);
  monocle_cli_out_flush ();
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return monocle_cli_report (NULL, error);
  if (is_done)
    g_clear_pointer (told, g_free);
  else
    {
      if (g_strcmp0 (*told, error->message) != 0)
        monocle_cli_report (NULL, error);
      g_free (*told);
      *told = g_strdup (error->message);
      monocle_watcher_try_again (watcher);
    }
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
look_forever (const Job *job, MonocleIndexer *indexer)
{
  g_autoptr (MonocleWatcher) watcher = monocle_watcher_new ((const char *const *) job->directories);
  g_autofree char *told = NULL;
  MonocleCliStatus status;

  begin (watcher);
  status = look_once (job, indexer);
  monocle_cli_out_flush ();
  while (status == MONOCLE_CLI_DONE && wait_until_due (watcher))
    {
      begin (watcher);
      status = look_again (job, indexer, watcher, &told);
    }
  return status;
}

/* --- the verb ----------------------------------------------------------------------------- */

MonocleCliStatus
monocle_cli_index (int argc, char **argv)
{
  g_auto (Job) job = { 0 };
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleIndexer) indexer = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = parse_options (&job, argc, argv);

  if (status != MONOCLE_CLI_DONE)
    return status;
  model = monocle_cli_model_load (&job.options, monocle_cli_wait_get_cancellable (), &error);
  if (!model)
    return monocle_cli_report (NULL, error);
  if (job.reads)
    return monocle_cli_index_read (model, (const char *const *) job.directories, job.json);
  indexer = monocle_indexer_new (model);
  monocle_indexer_set_regions (indexer, job.has_regions);
  monocle_indexer_set_drawn (indexer, job.has_drawn);
  g_signal_connect (indexer, "noted", G_CALLBACK (on_noted), NULL);
  g_signal_connect (indexer, "progress", G_CALLBACK (on_progress), NULL);
  return job.watches ? look_forever (&job, indexer) : look_once (&job, indexer);
}
