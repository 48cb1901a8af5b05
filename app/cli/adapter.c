/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli adapter: what a model has learnt since it was published.
 */
#include "config.h"

#include <string.h>

#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/models/adapter-base.h"
#include "app/models/store.h"

/* (transfer full) (nullable): the directory of the model that is named, or that the adapter names
 */
static char *
find_model (const char *model, const char *adapter, GError **error)
{
  return model ? monocle_model_store_find (model, error)
               : monocle_adapter_base_find (adapter, error);
}

/* (transfer full): a number, as translations take no types of its width. */
static char *
dup_number (JsonObject *facts, const char *key)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, json_object_get_int_member (facts, key));
}

static void
print_labels (JsonArray *labels)
{
  monocle_cli_out (_ ("  labels       %u that it was taught\n"), json_array_get_length (labels));
  for (guint i = 0; i < json_array_get_length (labels); i++)
    {
      g_autofree char *clean
          = monocle_cli_out_clean_line (json_array_get_string_element (labels, i));

      monocle_cli_out ("    %s\n", clean);
    }
}

static void
print_facts (const char *adapter, JsonObject *facts)
{
  const char *base = json_object_get_string_member_with_default (facts, "base", NULL);
  JsonArray *ranks = json_object_get_array_member (facts, "ranks");
  g_autofree char *clean = base ? monocle_cli_out_clean_line (base) : NULL;
  g_autofree char *matrices = dup_number (facts, "matrices"), *rows = dup_number (facts, "rows");
  g_autofree char *tensors = dup_number (facts, "tensors");
  g_autofree char *parameters = dup_number (facts, "parameters");

  JsonArray *labels = json_object_get_array_member (facts, "labels");

  monocle_cli_out ("%s\n", adapter);
  monocle_cli_out (_ ("  made for     %s\n"), clean ? clean : "?");
  if (json_array_get_length (labels) > 0)
    {
      print_labels (labels);
      return;
    }
  monocle_cli_out (_ ("  matrices     %s, of rank %d to %d\n"), matrices,
                   (int) json_array_get_int_element (ranks, 0),
                   (int) json_array_get_int_element (ranks, 1));
  monocle_cli_out (_ ("  other rows   %s\n"), rows);
  monocle_cli_out (_ ("  tensors      %s that are others altogether\n"), tensors);
  monocle_cli_out (_ ("  parameters   %s\n"), parameters);
}

static MonocleCliStatus
show (const char *adapter, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) facts = monocle_adapter_describe (adapter, &error);
  g_autoptr (JsonGenerator) generator = NULL;
  g_autofree char *text = NULL;

  if (!facts)
    return monocle_cli_report (adapter, error);
  if (!json)
    {
      print_facts (adapter, json_node_get_object (facts));
      return MONOCLE_CLI_DONE;
    }
  generator = json_generator_new ();
  json_generator_set_root (generator, facts);
  text = json_generator_to_data (generator, NULL);
  monocle_cli_out ("%s\n", text);
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
check (const char *adapter, const char *model)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = find_model (model, adapter, &error);

  if (!directory || !monocle_model_check_adapter (directory, adapter, &error))
    return monocle_cli_report (adapter, error);
  monocle_cli_out (_ ("%s: belongs to %s\n"), adapter, directory);
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
merge (const char *adapter, const char *model, const char *out)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = find_model (model, adapter, &error);

  if (!directory || !monocle_model_merge (directory, adapter, out, NULL, &error))
    return monocle_cli_report (NULL, error);
  monocle_cli_out (_ ("%s: a model of its own\n"), out);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_adapter (int argc, char **argv)
{
  g_autofree char *format = NULL, *model = NULL, *out = NULL;
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model,
      N_ ("The model that it belongs to (default: the one that it names)"), N_ ("ID|DIR") },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("A new directory for what merge writes"),
      N_ ("DIR") },
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { NULL },
  };
  const char *what;
  gboolean json;

  if (!monocle_cli_parse ("adapter", "info|check|merge DIR",
                          _ ("Says what is in the folder of an adapter; whether it belongs to a "
                             "model; or makes both "
                             "one model. Adapters are those of the PEFT library: LoRA and DoRA."),
                          NULL, entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (!monocle_cli_format_read ("adapter", format, &json))
    return MONOCLE_CLI_USAGE;
  if (argc != 3 || !*argv[2])
    return monocle_cli_refuse ("adapter", _ ("info, check or merge, and one folder"));
  what = argv[1];
  if ((out != NULL) != (strcmp (what, "merge") == 0))
    return monocle_cli_refuse ("adapter", _ ("--out goes with merge, which needs it"));
  if (strcmp (what, "info") == 0)
    return show (argv[2], json);
  if (strcmp (what, "check") == 0)
    return check (argv[2], model);
  if (strcmp (what, "merge") == 0)
    return merge (argv[2], model, out);
  return monocle_cli_refuse ("adapter", _ ("there is nothing called '%s' to do with adapters"),
                             what);
}
