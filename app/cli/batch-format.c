/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/batch-format.h"

#include "app/batch/format.h"
#include "app/cli/exchange.h"
#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"

void
monocle_cli_batch_format_clear (MonocleCliBatchFormat *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->output, g_free);
  g_clear_pointer (&self->store, monocle_batch_store_free);
}

MonocleCliStatus
monocle_cli_batch_format_begin (MonocleCliBatchFormat *self,
                                const char *folder,
                                guint share,
                                guint n_shares,
                                const GPtrArray *pictures,
                                const GPtrArray *tasks)
{
  g_autoptr (MonocleNotes) notes = NULL;
  g_autofree char *name = NULL, *below = NULL;

  if (!self->id)
    return MONOCLE_CLI_DONE;
  if (!monocle_cli_exchange_find ("batch", "--format", self->id, FALSE, &self->to))
    return MONOCLE_CLI_USAGE;
  name = n_shares > 1 ? g_strdup_printf ("%s-%u-of-%u", self->to->id, share, n_shares)
                      : g_strdup (self->to->id);
  below = g_strconcat (name, "/", NULL);
  for (guint i = 0; i < pictures->len; i++)
    if (g_str_has_prefix (((const MonocleBatchPicture *) pictures->pdata[i])->name, below))
      return monocle_cli_refuse ("batch",
                                 _ ("answers about pictures in %s go where --format would"), below);
  self->output = g_build_filename (folder, name, NULL);
  notes = monocle_batch_format_foresee (self->to, tasks);
  monocle_cli_exchange_print_notes (self->to, notes);
  return MONOCLE_CLI_DONE;
}

static void
on_progress (const MonocleExchangeCounts *counts, gpointer user_data)
{
  monocle_cli_progress_show (-1, _ ("%u pictures"), counts->pictures);
}

MonocleCliStatus
monocle_cli_batch_format_write (const MonocleCliBatchFormat *self,
                                GPtrArray *pictures,
                                GPtrArray *tasks)
{
  const MonocleBatchFormat format
      = { self->store,  pictures,    tasks, self->to,
          self->output, on_progress, NULL,  monocle_cli_wait_get_cancellable () };
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GError) error = NULL;
  MonocleExchangeCounts counts;
  gboolean done;

  if (!self->id)
    return MONOCLE_CLI_DONE;
  done = monocle_batch_format_write (&format, notes, &counts, &error);
  monocle_cli_progress_clear ();
  if (!done)
    return monocle_cli_report (NULL, error);
  monocle_cli_exchange_print_notes (self->to, notes);
  monocle_cli_out (_ ("%s: %u pictures, %u objects, %u captions\n"), self->output, counts.pictures,
                   counts.objects, counts.captions);
  return MONOCLE_CLI_DONE;
}
