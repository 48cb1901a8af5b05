/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli devices: what can run models here.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/cli.h"
#include "app/json/fields.h"
#include "engine/engine.h"

static void
print_text (GPtrArray *devices)
{
  for (guint i = 0; i < devices->len; i++)
    {
      MonocleDevice *device = devices->pdata[i];
      g_autofree char *memory
          = g_format_size_full (monocle_device_get_memory_bytes (device), G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *budget
          = g_format_size_full (monocle_device_get_budget_bytes (device), G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *used
          = g_format_size_full (monocle_device_get_used_bytes (device), G_FORMAT_SIZE_IEC_UNITS);

      monocle_cli_out ("%u  %s%s\n", monocle_device_get_index (device),
                       monocle_device_get_name (device), i == 0 ? _ ("  (auto)") : "");
      monocle_cli_out ("   %s, %s, Vulkan %s, %s\n", monocle_device_get_kind_name (device),
                       monocle_device_get_driver (device), monocle_device_get_api_version (device),
                       monocle_device_get_has_f16 (device) ? "f32 f16 q8 q4" : "f32");
      /* Translators: memory of a device, then what Monocle may have of it, then what it has */
      monocle_cli_out (_ ("   memory %s, may use %s, uses %s\n"), memory, budget, used);
      monocle_cli_out ("   UUID %s\n", monocle_device_get_uuid (device));
    }
}

static void
print_json (GPtrArray *devices)
{
  for (guint i = 0; i < devices->len; i++)
    {
      MonocleDevice *device = devices->pdata[i];
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      monocle_json_add_integer (builder, "index", monocle_device_get_index (device));
      monocle_json_add_text (builder, "name", monocle_device_get_name (device));
      monocle_json_add_text (builder, "kind", monocle_device_get_kind_name (device));
      monocle_json_add_text (builder, "driver", monocle_device_get_driver (device));
      monocle_json_add_text (builder, "driver_name", monocle_device_get_driver_name (device));
      monocle_json_add_text (builder, "driver_version", monocle_device_get_driver_version (device));
      monocle_json_add_text (builder, "vulkan", monocle_device_get_api_version (device));
      monocle_json_add_text (builder, "uuid", monocle_device_get_uuid (device));
      monocle_json_add_integer (builder, "memory_bytes", monocle_device_get_memory_bytes (device));
      monocle_json_add_integer (builder, "memory_budget_bytes",
                                monocle_device_get_budget_bytes (device));
      monocle_json_add_integer (builder, "memory_used_bytes",
                                monocle_device_get_used_bytes (device));
      monocle_json_add_flag (builder, "f16", monocle_device_get_has_f16 (device));
      monocle_json_add_flag (builder, "auto", i == 0);
      json_builder_end_object (builder);
      monocle_cli_format_print (builder);
    }
}

MonocleCliStatus
monocle_cli_devices (int argc, char **argv)
{
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = NULL;
  gboolean json;

  if (!monocle_cli_parse ("devices", NULL,
                          _ ("Lists the devices that can run models; auto takes the first."), NULL,
                          entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse ("devices", _ ("there is nothing to do with '%s'"), argv[1]);
  if (!monocle_cli_format_read ("devices", format, &json))
    return MONOCLE_CLI_USAGE;

  devices = monocle_device_list (&error);
  if (!devices)
    return monocle_cli_report (NULL, error);
  if (json)
    print_json (devices);
  else
    print_text (devices);

  return MONOCLE_CLI_DONE;
}
