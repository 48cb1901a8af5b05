/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/run-help.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/cli/model-help.h"
#include "app/draw/picture-format.h"

/* What a model can be asked that comes along, if it is there. */
static void
describe_shipped (GString *text, const MonocleShippedModel *shipped)
{
  const MonocleCliModel model = { .standard = shipped->id };
  g_autoptr (GPtrArray) tasks = monocle_cli_model_list_tasks (&model, NULL);

  if (!tasks)
    return;
  if (*shipped->id)
    /* Translators: %s is what --model calls a model */
    g_string_append_printf (text, _ ("\nTasks of the model '%s', which comes along too:\n"),
                            shipped->id);
  else
    g_string_append (text, _ ("\nTasks of the default model, by name or tag:\n"));
  monocle_cli_model_help_append_tasks (text, tasks);
}

char *
monocle_cli_run_dup_help (const MonocleCliModel *model)
{
  GString *text = g_string_new (
      _ ("A model says what it can be asked: --model NAME --help. Kinds of tasks:\n "));
  g_autofree char *extensions = monocle_picture_format_dup_extensions ();
  guint n_shipped;
  const MonocleShippedModel *shipped = monocle_shipped_list (&n_shipped);

  for (MonocleTaskKind kind = 0; kind < MONOCLE_N_TASK_KINDS; kind++)
    g_string_append_printf (text, " %s", monocle_task_kind_get_id (kind));
  g_string_append_c (text, '\n');
  /* Whoever names one wants to know about that. */
  for (guint i = 0; i < n_shipped && !model->model && !model->adapter; i++)
    describe_shipped (text, &shipped[i]);
  /* Translators: a list of extensions: .png, .jpg */
  g_string_append_printf (text, _ ("\n--annotate draws pictures as %s\n"), extensions);
  g_string_append (
      text,
      _ ("\n--task also takes a kind: the first of it that takes what is given.\n"
         "Several --task are answered one after the other for each image, several --region at\n"
         "once. --text goes to the tasks that take a text, --region to those that take a region.\n"
         "\n"
         "--annotate OUT.png with several images writes OUT-IMAGE.png, with several tasks\n"
         "OUT-TASK.png, with both OUT-IMAGE-TASK.png. An input is never written over.\n"
         "\n"
         "--heat OUT.png is named likewise, and is of the size of the image: what the window "
         "shows\n"
         "over it, of several words what is likeliest. Tasks of CLIPSeg have heat maps.\n"
         "\n"
         "--out OUT.png is named likewise: the picture that a task draws, the same of the same "
         "--seed\n"
         "(0 where none is given). What is drawn of words alone needs no IMAGE.\n"
         "\n"
         "--sound is any sound or film of this computer that GStreamer reads, for tasks of models\n"
         "that hear (Unified-IO 2); they listen to 4.08 seconds of it, from --sound-from on. What\n"
         "is about a sound alone needs no IMAGE.\n"
         "\n"
         "IMAGE can be - for standard input, or a pipe.\n"
         "\n"
         "Exit status: 0 done, 1 an image or a run failed (the others are done), 2 wrong usage,\n"
         "130 interrupted (what was certain by then is printed).\n"));

  return g_string_free (text, FALSE);
}
