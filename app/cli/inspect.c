/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli inspect: writes what every stage of a model computes, to be compared with the
 * reference.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/model.h"
#include "app/cli/output.h"
#include "app/cli/picture.h"
#include "app/cli/wait.h"
#include "app/cli/cli.h"
#include "engine/engine.h"

/* "2,0,17" */
static GArray *
parse_ids (const char *text)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  const char *p = text;

  do
    {
      guint64 id;
      char *end;

      if (!g_ascii_isdigit (*p))
        return NULL;
      id = g_ascii_strtoull (p, &end, 10);
      if (id > G_MAXINT32)
        return NULL;
      g_array_append_vals (ids, &(guint32){ (guint32) id }, 1);
      p = end;
    }
  while (*p++ == ',');

  return p[-1] == '\0' ? g_steal_pointer (&ids) : NULL;
}

/* Whatever arrays there will be: of those that are there already none is read now. */
static gboolean
check_outputs (const char *image, const MonocleCliModel *model, const char *out, char **problem)
{
  g_autoptr (MonocleFileSet) inputs = monocle_file_set_new ();
  g_autoptr (GDir) dir = g_dir_open (out, 0, NULL);
  const char *name;

  if (!dir && g_file_test (out, G_FILE_TEST_EXISTS))
    {
      *problem = g_strdup_printf (_ ("--out: %s is not a folder"), out);
      return FALSE;
    }
  monocle_cli_output_add_picture (inputs, image);
  monocle_cli_output_add_model (inputs, model);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (out, name, NULL);

      if (g_str_has_suffix (name, ".npy")
          && !monocle_cli_output_check ("--out", path, inputs, problem))
        return FALSE;
    }
  return TRUE;
}

static MonocleCliStatus
inspect (const MonocleCliModel *options,
         const char *path,
         const char *prompt,
         const GArray *ids,
         const char *out)
{
  GCancellable *cancellable = monocle_cli_wait_get_cancellable ();
  MonocleCliWait wait = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_cli_picture_open (path, &error);
  g_autoptr (MonocleImage) opaque = NULL;
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleSession) session = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (!image)
    return monocle_cli_report (path, error);
  model = monocle_cli_model_load (options, cancellable, &error);
  if (!model)
    return monocle_cli_report (NULL, error);

  /* As the reference reads it. */
  opaque = monocle_image_drop_alpha (image);
  session = monocle_session_new (model, opaque);
  monocle_session_inspect_async (session, prompt, (const guint32 *) (gpointer) ids->data, ids->len,
                                 out, cancellable, monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  if (!monocle_session_inspect_finish (session, result, &error))
    return monocle_cli_report (NULL, error);

  return MONOCLE_CLI_DONE;
}

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (_ ("Writes 32-bit NumPy files: pixel_values, vision_features, image_embeds,\n"
                      "encoder_states and logits (teacher forcing), and input_ids.\n"));
}

MonocleCliStatus
monocle_cli_inspect (int argc, char **argv)
{
  g_auto (MonocleCliModel) options = { 0 };
  g_autofree char *image = NULL, *words = NULL, *prompt = NULL, *decoder_ids = NULL, *out = NULL;
  g_autofree char *problem = NULL;
  g_autoptr (GArray) ids = NULL;
  const GOptionEntry entries[] = {
    { "image", 'i', 0, G_OPTION_ARG_FILENAME, &image, N_ ("Image to look at"), N_ ("FILE") },
    { "prompt", 'P', 0, G_OPTION_ARG_FILENAME, &words,
      N_ ("A task's tag, or a sentence as it stands"), N_ ("STRING") },
    { "decoder-ids", 0, 0, G_OPTION_ARG_FILENAME, &decoder_ids,
      N_ ("Tokens to feed to the decoder (default: 2)"), "2,0,..." },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out,
      N_ ("Folder to write to; made if it is not there"), N_ ("DIR") },
    { NULL },
  };

  if (!monocle_cli_parse ("inspect", _ ("--image FILE --prompt STRING --out DIR"),
                          _ ("Writes what every stage of a model computes."), describe, entries,
                          &options, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse ("inspect", _ ("there is nothing to do with '%s'"), argv[1]);
  if (!image || !*image || !words || !out || !*out)
    return monocle_cli_refuse ("inspect", _ ("--image, --prompt and --out are needed"));
  prompt = monocle_cli_dup_text (words);
  if (!prompt)
    return monocle_cli_refuse ("inspect", _ ("--prompt is not valid UTF-8"));
  if (monocle_cli_model_check (&options))
    return monocle_cli_refuse ("inspect", "%s", monocle_cli_model_check (&options));
  ids = parse_ids (decoder_ids ? decoder_ids : "2");
  if (!ids)
    return monocle_cli_refuse ("inspect", _ ("--decoder-ids is a list of numbers such as 2,0"));
  if (!check_outputs (image, &options, out, &problem))
    return monocle_cli_refuse ("inspect", "%s", problem);

  return inspect (&options, image, prompt, ids, out);
}
