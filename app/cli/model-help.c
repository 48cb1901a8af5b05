/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/model-help.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/base/languages.h"
#include "app/cli/out.h"
#include "app/models/able.h"

/* Of lists of languages, in characters. */
#define LINE_WIDTH 78

/* (transfer full): the options of what a person gives: " (--text, --region)" */
static char *
describe_takes (const MonocleTask *task)
{
  const char *options[5] = { NULL };
  guint n = 0;
  g_autofree char *joined = NULL;

  if (task->takes & MONOCLE_TAKES_TEXT)
    options[n++] = "--text";
  if (task->takes & MONOCLE_TAKES_REGION)
    options[n++] = "--region";
  if (task->takes & MONOCLE_TAKES_SOUND)
    options[n++] = "--sound";
  if (task->languages)
    options[n++] = "--language";
  joined = g_strjoinv (", ", (GStrv) options);
  return n > 0 ? g_strdup_printf (" (%s)", joined) : g_strdup ("");
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
      g_autofree char *takes = NULL;

      if (task->is_former)
        continue;
      takes = describe_takes (task);
      g_string_append_printf (text, "  %-*s  %s%s\n", column, task->id, _ (task->description),
                              takes);
      if (*task->tag)
        g_string_append_printf (text, "  %-*s  %s\n", column, "", task->tag);
    }
}

/* Behind the comma that is there already, or in the next line. */
static void
append_language (GString *text, const char *code, guint *column)
{
  g_autofree char *name = monocle_language_dup_name (code);
  g_autofree char *both = g_strdup_printf ("%s %s", code, name);
  const guint width = (guint) g_utf8_strlen (both, -1);

  if (*column > 0 && *column + 2 + width < LINE_WIDTH)
    g_string_append (text, ", ");
  else
    {
      g_string_append (text, *column > 0 ? ",\n  " : "  ");
      *column = 0;
    }
  g_string_append (text, both);
  *column += 2 + width;
}

/* All languages that a task has, each once, with what they are called. */
static void
append_languages (GString *text, const GPtrArray *tasks)
{
  g_autoptr (GHashTable) said = g_hash_table_new (g_str_hash, g_str_equal);
  guint column = 0;

  for (guint i = 0; i < tasks->len; i++)
    {
      const char *const *languages = ((const MonocleTask *) tasks->pdata[i])->languages;

      for (guint k = 0; languages && languages[k]; k++)
        {
          if (!g_hash_table_add (said, (gpointer) languages[k]))
            continue;
          if (g_hash_table_size (said) == 1)
            g_string_append (text, _ ("Languages that --language takes:\n"));
          append_language (text, languages[k], &column);
        }
    }
  if (column > 0)
    g_string_append_c (text, '\n');
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
      append_languages (text, tasks);
      append_rest (text, directory);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}
