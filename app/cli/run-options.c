/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli run: what its options say, and whether they fit together.
 */
#include "config.h"

#include <string.h>

#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/picture.h"
#include "app/cli/run-help.h"
#include "app/cli/run.h"
#include "app/draw/picture-format.h"

/* More pictures of one question than anybody looks at. */
#define MOST_SAMPLES 999

void
monocle_cli_run_job_clear (MonocleCliRunJob *job)
{
  monocle_cli_question_clear (&job->question);
  g_clear_pointer (&job->images, g_strfreev);
  monocle_cli_pages_clear (&job->pages);
  g_clear_pointer (&job->outputs, g_strfreev);
  g_clear_pointer (&job->maps, g_strfreev);
  g_clear_pointer (&job->drawn, g_strfreev);
}

static guint
count_stdin (char **images)
{
  guint n = 0;

  for (guint i = 0; images[i]; i++)
    n += strcmp (images[i], MONOCLE_CLI_STDIN) == 0;
  return n;
}

/* (transfer full): what must not be written over */
static MonocleFileSet *
list_inputs (const MonocleCliRunJob *job)
{
  MonocleFileSet *inputs = monocle_file_set_new ();

  for (guint i = 0; i < job->n_images; i++)
    monocle_cli_output_add_picture (inputs, job->images[i]);
  monocle_cli_output_add_model (inputs, &job->question.model);
  if (job->question.labels.file)
    monocle_file_set_add (inputs, job->question.labels.file);
  if (job->question.regions.from)
    monocle_cli_output_add_picture (inputs, job->question.regions.from);
  if (job->question.sound.file)
    monocle_cli_output_add_picture (inputs, job->question.sound.file);
  return inputs;
}

/* @outputs: (out): a name for each image and task */
static MonocleCliStatus
plan (const MonocleCliRunJob *job,
      const char *option,
      const char *out,
      const MonocleFileSet *inputs,
      GStrv *outputs)
{
  g_autofree char *problem = NULL;

  *outputs = monocle_cli_output_plan (option, out, job->images, job->n_images,
                                      (const MonocleTask *const *) job->question.tasks->pdata,
                                      job->question.tasks->len, inputs, &problem);
  return *outputs ? MONOCLE_CLI_DONE : monocle_cli_refuse ("run", "%s", problem);
}

static gboolean
any_task_gives_heat (const MonocleCliRunJob *job)
{
  for (guint i = 0; i < job->question.tasks->len; i++)
    if (((const MonocleTask *) job->question.tasks->pdata[i])->gives_heat)
      return TRUE;
  return FALSE;
}

static guint
count_drawing (const MonocleCliRunJob *job)
{
  guint n = 0;

  for (guint i = 0; i < job->question.tasks->len; i++)
    n += ((const MonocleTask *) job->question.tasks->pdata[i])->gives == MONOCLE_GIVES_PICTURE;
  return n;
}

/* @out: (nullable). What is drawn goes nowhere else. */
static MonocleCliStatus
check_drawing (const MonocleCliRunJob *job, const char *out)
{
  const guint n = count_drawing (job);

  if (out && monocle_picture_format_find_for_path (out) != monocle_picture_format_find ("png"))
    return monocle_cli_refuse ("run", _ ("--out needs a name that ends with .png, not '%s'"), out);
  if (out && n == 0)
    return monocle_cli_refuse ("run", _ ("no task here draws a picture"));
  if (!out && n > 0 && !job->json)
    return monocle_cli_refuse ("run", _ ("a picture is drawn: --out FILE.png says where to"));
  if (out && n > 0 && job->question.regions.boxes->len > 1)
    return monocle_cli_refuse ("run", _ ("a picture is drawn for one --region, not for several"));
  return MONOCLE_CLI_DONE;
}

/* Whether nothing that is asked has to do with an image. */
static gboolean
needs_no_image (const MonocleCliRunJob *job)
{
  for (guint i = 0; i < job->question.tasks->len; i++)
    if (!((const MonocleTask *) job->question.tasks->pdata[i])->ignores_image)
      return FALSE;
  return TRUE;
}

/* More than one would have the same name. */
static MonocleCliStatus
number_samples (MonocleCliRunJob *job, const MonocleFileSet *inputs)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; job->drawn[i]; i++)
    for (guint k = 1; k <= job->n_samples; k++)
      {
        const char *extension = strrchr (job->drawn[i], '.');
        g_autofree char *name
            = job->n_samples == 1 ? g_strdup (job->drawn[i])
                                  : g_strdup_printf ("%.*s-%u%s", (int) (extension - job->drawn[i]),
                                                     job->drawn[i], k, extension);
        g_autofree char *problem = NULL;

        if (!monocle_cli_output_check ("--out", name, inputs, &problem))
          return monocle_cli_refuse ("run", "%s", problem);
        g_strv_builder_add (names, name);
      }
  g_strfreev (job->drawn);
  job->drawn = g_strv_builder_end (names);
  return MONOCLE_CLI_DONE;
}

/* @annotate, @heat, @out: (nullable) */
static MonocleCliStatus
plan_outputs (MonocleCliRunJob *job, const char *annotate, const char *heat, const char *out)
{
  g_autoptr (MonocleFileSet) inputs = list_inputs (job);
  g_autofree char *extensions = monocle_picture_format_dup_extensions ();
  MonocleCliStatus status = MONOCLE_CLI_DONE;

  if (annotate && !monocle_picture_format_find_for_path (annotate))
    /* Translators: a list of extensions, and a file's name */
    return monocle_cli_refuse ("run",
                               _ ("--annotate needs a name that ends with one of %s, not '%s'"),
                               extensions, annotate);
  if (heat && monocle_picture_format_find_for_path (heat) != monocle_picture_format_find ("png"))
    return monocle_cli_refuse ("run", _ ("--heat needs a name that ends with .png, not '%s'"),
                               heat);
  if (heat && !any_task_gives_heat (job))
    return monocle_cli_refuse ("run", _ ("no task here gives a heat map"));
  status = check_drawing (job, out);
  if (annotate && status == MONOCLE_CLI_DONE)
    status = plan (job, "--annotate", annotate, inputs, &job->outputs);
  /* Each is a file of its own. */
  for (guint i = 0; heat && job->outputs && job->outputs[i]; i++)
    monocle_file_set_add (inputs, job->outputs[i]);
  if (heat && status == MONOCLE_CLI_DONE)
    status = plan (job, "--heat", heat, inputs, &job->maps);
  for (guint i = 0; out && job->maps && job->maps[i]; i++)
    monocle_file_set_add (inputs, job->maps[i]);
  if (out && status == MONOCLE_CLI_DONE)
    status = plan (job, "--out", out, inputs, &job->drawn);
  if (job->drawn && status == MONOCLE_CLI_DONE)
    status = number_samples (job, inputs);
  return status;
}

MonocleCliStatus
monocle_cli_run_read_options (MonocleCliRunJob *job, int argc, char **argv)
{
  g_autofree char *format = NULL, *annotate = NULL, *heat = NULL, *pages = NULL, *out = NULL;
  g_autofree char *samples = NULL;
  MonocleCliStatus status;
  const GOptionEntry entries[] = {
    MONOCLE_CLI_QUESTION_ENTRIES (&job->question),
    MONOCLE_CLI_SOUND_ENTRIES (&job->question.sound),
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { "annotate", 'a', 0, G_OPTION_ARG_FILENAME, &annotate,
      N_ ("Draw what is found into OUT, as its extension says"), N_ ("OUT") },
    { "heat", 0, 0, G_OPTION_ARG_FILENAME, &heat,
      N_ ("Write how likely it is where, as a PNG of 16 bits: 65535 is certain"), N_ ("OUT.png") },
    { "page", 0, 0, G_OPTION_ARG_STRING, &pages,
      N_ ("Pages of a PDF, one after the other: 3, 2-5, 1,4-, all (default 1)"), N_ ("PAGES") },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("Write the picture that is drawn"),
      N_ ("OUT.png") },
    { "samples", 0, 0, G_OPTION_ARG_FILENAME, &samples,
      N_ ("Draw so many pictures, of --seed and those after it, into OUT-1.png .. (default: 1)"),
      N_ ("N") },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &job->images, NULL, NULL },
    { NULL },
  };

  if (!monocle_cli_parse ("run", _ ("--task TASK IMAGE..."), _ ("Asks a model about images."),
                          monocle_cli_run_dup_help, entries, &job->question.model, &argc, &argv))
    return MONOCLE_CLI_USAGE;

  status = monocle_cli_question_read (&job->question, "run");
  if (status != MONOCLE_CLI_DONE)
    return status;
  job->n_samples = 1;
  if (!monocle_cli_parse_count ("run", "--samples", samples, MOST_SAMPLES, &job->n_samples))
    return MONOCLE_CLI_USAGE;
  if (samples && count_drawing (job) == 0)
    return monocle_cli_refuse ("run", _ ("no task here draws a picture"));
  job->is_blank = !job->images && !annotate && needs_no_image (job);
  if (job->is_blank)
    {
      const char *heard = job->question.sound.file;

      job->images = g_strsplit (heard ? heard : _ ("no image"), "\n", 1);
    }
  job->n_images = job->images ? g_strv_length (job->images) : 0;
  if (job->n_images == 0)
    return monocle_cli_refuse ("run", _ ("no image is named"));
  if (count_stdin (job->images) + (g_strcmp0 (job->question.regions.from, MONOCLE_CLI_STDIN) == 0)
      > 1)
    return monocle_cli_refuse ("run", _ ("standard input (-) can be read only once"));
  if (pages && !monocle_cli_pages_read (&job->pages, pages))
    return monocle_cli_refuse ("run", _ ("--page takes pages like 3, 2-5, 1,4- or all, not '%s'"),
                               pages);
  if (monocle_cli_pages_are_several (&job->pages))
    {
      if (annotate || heat)
        return monocle_cli_refuse ("run", _ ("%s draws one page: --page N"),
                                   annotate ? "--annotate" : "--heat");
      for (guint i = 0; i < job->n_images; i++)
        if (monocle_cli_picture_is_stream (job->images[i]))
          return monocle_cli_refuse (
              "run", _ ("several pages need a file that can be read again, not '%s'"),
              job->images[i]);
    }
  if (!monocle_cli_format_read ("run", format, &job->json))
    return MONOCLE_CLI_USAGE;

  return plan_outputs (job, annotate, heat, out);
}
