/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/model-help.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/cli/out.h"
#include "app/models/able.h"

static const char *
describe_takes (MonocleTaskTakes takes)
{
  switch (takes)
    {
    case MONOCLE_TAKES_TEXT:
      return " (--text)";
    case MONOCLE_TAKES_REGION:
      return " (--region)";
    case MONOCLE_TAKES_TEXT_AND_REGION:
      return " (--text, --region)";
    case MONOCLE_TAKES_SOUND:
      return " (--sound)";
    case MONOCLE_TAKES_TEXT_AND_SOUND:
      return " (--text, --sound)";
    case MONOCLE_TAKES_NOTHING:
    default:
      return "";
    }
}

void
monocle_cli_model_help_append_tasks (GString *text, const GPtrArray *tasks)
{
  int column = 0;

  for (guint i = 0; i < tasks->len; i++)
    column = MAX (column, (int) strlen (((const MonocleTask *) tasks->pdata[i])->id));
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      g_string_append_printf (text, "  %-*s  %s%s\n", column, task->id, _ (task->description),
                              describe_takes (task->takes));
      if (*task->tag)
        g_string_append_printf (text, "  %-*s  %s\n", column, "", task->tag);
    }
}

/* More would be a list of its own. */
#define MAX_NAMED 4

/* (transfer full) (nullable): the first of them */
static char *
join_ids (const GPtrArray *ids)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (ids->len, MAX_NAMED); i++)
    {
      const char *id = ids->pdata[i];

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", *id ? id : _ ("the default model"));
    }
  if (ids->len > MAX_NAMED)
    g_string_append (text, ", …");
  return g_string_free (text, ids->len == 0);
}

MonocleCliStatus
monocle_cli_model_refuse_task (const char *verb, const char *name, MonocleTaskTakes takes)
{
  g_autoptr (GPtrArray) stored = monocle_able_list_stored (name, takes);
  g_autoptr (GPtrArray) known = monocle_able_list_known (name, takes);
  g_autofree char *here = join_ids (stored), *there = join_ids (known);

  if (here)
    /* Translators: a task, and the names of models */
    return monocle_cli_refuse (
        verb, _ ("this model has no task '%s'; --model takes one that has: %s"), name, here);
  if (there)
    /* Translators: a task, and the names of models */
    return monocle_cli_refuse (
        verb, _ ("this model has no task '%s'; monocle-cli models get gets one that has: %s"), name,
        there);
  return monocle_cli_refuse (verb, _ ("there is no task '%s'"), name);
}

/* What it does that is no task. */
static void
append_rest (GString *text, const char *directory)
{
  if (monocle_model_peek_embeds (directory))
    g_string_append (text, _ ("It makes vectors: monocle-cli embed, index and search.\n"));
  if (monocle_model_peek_talks (directory))
    g_string_append (text, _ ("It can be talked with: monocle-cli chat.\n"));
  if (monocle_model_peek_details (directory))
    g_string_append (text, _ ("It takes pictures in pieces: --detail says how many.\n"));
}

char *
monocle_cli_model_dup_help (const MonocleCliModel *model)
{
  const char *named = model->model ? model->model : model->adapter;
  g_autofree char *directory = NULL, *shown = NULL, *clean = NULL;
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (GError) error = NULL;
  GString *text;

  if (!named)
    return NULL;
  text = g_string_new (NULL);
  directory = monocle_cli_model_find (model, &error);
  tasks = directory ? monocle_model_peek_tasks (directory, &error) : NULL;
  shown = g_filename_display_name (named);
  clean = monocle_cli_out_clean_line (tasks ? shown : error->message);
  if (!tasks)
    g_string_append_printf (text, "%s\n\n", clean);
  else
    {
      /* Translators: %s is what --model calls a model */
      g_string_append_printf (text, _ ("What the model '%s' can be asked, by name or tag:\n"),
                              clean);
      monocle_cli_model_help_append_tasks (text, tasks);
      append_rest (text, directory);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}
