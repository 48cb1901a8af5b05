/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/labels.h"

#include <string.h>

void
monocle_cli_labels_clear (MonocleCliLabels *self)
{
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->wording, g_free);
}

/* More than the labels of any set. */
#define MAX_BYTES       (1 << 20)
#define BYTE_ORDER_MARK "\357\273\277"

static MonocleCliStatus
read_file (const char *file, char **text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = monocle_file_read (file, MAX_BYTES, &error);
  g_autofree char *contents = NULL;
  const char *data;
  gsize size;

  if (!bytes)
    return monocle_cli_report (file, error);
  data = g_bytes_get_data (bytes, &size);
  if (size >= strlen (BYTE_ORDER_MARK) && g_str_has_prefix (data, BYTE_ORDER_MARK))
    {
      data += strlen (BYTE_ORDER_MARK);
      size -= strlen (BYTE_ORDER_MARK);
    }
  /* Zero bytes are no UTF-8 either, where the length is said. */
  contents = g_strndup (data, size);
  if (!g_utf8_validate (data, (gssize) size, NULL))
    {
      g_set_error_literal (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
                           _ ("it is not UTF-8"));
      return monocle_cli_report (file, error);
    }
  if (!*g_strstrip (contents))
    {
      g_set_error_literal (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
                           _ ("there are no labels in it"));
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
