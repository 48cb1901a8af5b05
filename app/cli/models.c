/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli models: finds the part and calls it; removing, which is short.
 */
#include "config.h"

#include "app/cli/models.h"
#include "app/json/fields.h"

#include <string.h>

#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/models/store.h"

static const struct
{
  const char *name;
  const char *summary;
  MonocleCliStatus (*call) (int argc, char **argv);
} parts[] = {
#define PART(name, summary) { #name, summary, monocle_cli_models_##name },
  MONOCLE_CLI_MODELS_PARTS (PART)
#undef PART
};

static void
print_usage (void)
{
  monocle_cli_out ("%s\n  monocle-cli models %s\n\n", _ ("Usage:"), _ ("[PART] [OPTION...] ..."));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    monocle_cli_out ("  %-10s %s\n", parts[i].name, _ (parts[i].summary));
  monocle_cli_out ("\n%s\n", _ ("Nothing is asked of the network but by get, and by that only what "
                                "it needs."));
}

MonocleCliStatus
monocle_cli_models (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "list";

  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0)
    {
      print_usage ();
      return MONOCLE_CLI_DONE;
    }
  /* `models --format json` lists as well. */
  if (*name == '-')
    return monocle_cli_models_list (argc, argv);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strcmp (name, parts[i].name) == 0)
      return argc > 1 ? parts[i].call (argc - 1, argv + 1) : parts[i].call (argc, argv);
  return monocle_cli_refuse ("models", _ ("there is nothing called '%s' to do with models"), name);
}

/* --- remove --- */

static void
print_removed (const char *id, guint64 freed_bytes, gboolean is_reference, gboolean json)
{
  g_autofree char *freed = g_format_size (freed_bytes);
  g_autoptr (JsonBuilder) builder = NULL;

  if (!json)
    {
      if (is_reference)
        monocle_cli_out (_ ("%s: removed; what it stood for stays where it is\n"), id);
      else
        monocle_cli_out (_ ("%s: removed; %s are free again\n"), id, freed);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "id", id);
  monocle_json_add_integer (builder, "freed_bytes", freed_bytes);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

MonocleCliStatus
monocle_cli_models_remove (int argc, char **argv)
{
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { NULL },
  };
  MonocleCliStatus status = MONOCLE_CLI_DONE;
  gboolean json;

  if (!monocle_cli_parse ("models remove", _ ("NAME..."),
                          _ ("Takes models, or downloads that are not done, off the disk, and says "
                             "how much that frees."),
                          NULL, entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc < 2)
    return monocle_cli_refuse ("models remove", _ ("which model?"));
  if (!monocle_cli_format_read ("models remove", format, &json))
    return MONOCLE_CLI_USAGE;

  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_reference = monocle_model_store_is_reference (argv[i]);
      guint64 freed_bytes = 0;

      if (monocle_model_store_remove (argv[i], &freed_bytes, &error))
        print_removed (argv[i], freed_bytes, is_reference, json);
      else
        status = monocle_cli_worst (status, monocle_cli_report (NULL, error));
    }
  return status;
}
