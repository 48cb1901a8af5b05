/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/sound.h"

#include "app/cli/wait.h"
#include "app/media/sound-file.h"

/* No sound is longer than a year. */
#define MOST_SECONDS (366.0 * 24 * 3600)

void
monocle_cli_sound_clear (MonocleCliSound *self)
{
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->start, g_free);
  g_clear_pointer (&self->sound, monocle_sound_unref);
}

MonocleCliStatus
monocle_cli_sound_read (MonocleCliSound *self, const char *verb)
{
  if (self->start && !self->file)
    return monocle_cli_refuse (verb, _ ("--sound-from needs a --sound"));
  if (!monocle_cli_read_number (self->start, 0, TRUE, MOST_SECONDS, &self->from))
    return monocle_cli_refuse (verb, _ ("--sound-from takes seconds, not '%s'"), self->start);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_sound_open (MonocleCliSound *self)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliWait wait = { 0 };

  if (!self->file)
    return MONOCLE_CLI_DONE;
  file = g_file_new_for_commandline_arg (self->file);
  monocle_sound_file_read_async (file, self->from, monocle_cli_wait_get_cancellable (),
                                 monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  self->sound = monocle_sound_file_read_finish (result, NULL, &error);
  return self->sound ? MONOCLE_CLI_DONE : monocle_cli_report (self->file, error);
}
