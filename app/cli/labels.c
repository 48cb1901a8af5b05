/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/labels.h"

void
monocle_cli_labels_clear (MonocleCliLabels *self)
{
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->wording, g_free);
}

static MonocleCliStatus
read_file (const char *file, char **text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;

  if (!g_file_get_contents (file, &contents, NULL, &error))
    return monocle_cli_report (file, error);
  if (!g_utf8_validate (contents, -1, NULL))
    {
      g_set_error_literal (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
                           _ ("it is not UTF-8"));
      return monocle_cli_report (file, error);
    }
  /* A line that ends, even the only one, may have commas in it. */
  *text = g_strconcat (contents, "\n", NULL);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_labels_read (MonocleCliLabels *self, const char *verb, char **text)
{
  g_autofree char *given = g_steal_pointer (&self->wording);
  g_autoptr (GError) error = NULL;

  if (given && !(self->wording = monocle_cli_dup_text (given)))
    return monocle_cli_refuse (verb, _ ("%s is not valid UTF-8"), "--template");
  if (self->wording && !monocle_labels_check_wording (self->wording, &error))
    return monocle_cli_refuse (verb, "--template: %s", error->message);
  if (!self->file)
    return MONOCLE_CLI_DONE;
  if (*text)
    return monocle_cli_refuse (verb, _ ("either --text or --labels"));
  return read_file (self->file, text);
}

const MonocleTask *
monocle_cli_labels_find_task (const MonocleCliLabels *self,
                              const GPtrArray *tasks,
                              const char *name,
                              MonocleTaskTakes takes)
{
  const MonocleTask *task = monocle_tasks_find_named (tasks, name, takes);
  g_autofree char *each = self->each && task ? g_strconcat (task->id, "-each", NULL) : NULL;

  return each && !g_str_has_suffix (task->id, "-each") ? monocle_tasks_find (tasks, each) : task;
}
