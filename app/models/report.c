/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/report.h"

#include <sys/utsname.h>

#include "app/base/data-dir.h"
#include "app/models/device-choice.h"
#include "app/models/device-memory.h"
#include "app/models/memory-need.h"
#include "app/models/store.h"

#define SCHEMA "org.monocle.Monocle"

/* (nullable): those of the window; the command line may be installed without them, or beside those
 * of another version, and a missing key would end the program. */
static GSettings *
open_settings (void)
{
  static const char *const keys[] = { "model", "device", "precision", "trusted-devices", "beams" };
  GSettingsSchemaSource *usual = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) source = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  if (monocle_data_dir_is_in_build ())
    source = g_settings_schema_source_new_from_directory (MONOCLE_BUILD_DIR "/data", usual, FALSE,
                                                          NULL);
  else if (usual)
    source = g_settings_schema_source_ref (usual);
  if (source)
    schema = g_settings_schema_source_lookup (source, SCHEMA, TRUE);
  for (guint i = 0; schema && i < G_N_ELEMENTS (keys); i++)
    if (!g_settings_schema_has_key (schema, keys[i]))
      return NULL;
  return schema ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static void
add_system (GString *text)
{
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  struct utsname kernel;

  g_string_append_printf (text, "Monocle %s\nGLib %u.%u.%u\n", MONOCLE_VERSION, glib_major_version,
                          glib_minor_version, glib_micro_version);
  if (uname (&kernel) == 0)
    g_string_append_printf (text, "%s, %s %s, %s, %u processors\n",
                            system ? system : "unknown system", kernel.sysname, kernel.release,
                            kernel.machine, g_get_num_processors ());
}

static void
add_check (GString *text, MonocleDevice *device, MonoclePrecision precision)
{
  g_autofree char *fault = NULL;

  switch (monocle_device_memory_recall (device, precision, &fault))
    {
    case MONOCLE_VERDICT_RIGHT:
      g_string_append (text, "right");
      break;
    case MONOCLE_VERDICT_WRONG:
      g_string_append_printf (text, "wrong: %s", fault);
      break;
    case MONOCLE_VERDICT_UNKNOWN:
    default:
      g_string_append (text, "not done");
      break;
    }
}

/* @directory: (nullable): of the model, which is asked one thing; planned without opening @device
 */
static void
add_need (GString *text, MonocleDevice *device, const char *directory, gboolean is_default)
{
  MonocleMemoryNeed need;
  g_autofree char *f32 = NULL, *f16 = NULL;

  if (!directory || !monocle_memory_need_plan (&need, directory, device, NULL))
    return;
  f32 = g_format_size_full (need.f32_bytes, G_FORMAT_SIZE_IEC_UNITS);
  f16 = g_format_size_full (need.f16_bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_string_append_printf (text, "  needed by %s: f32 %s, f16 %s\n",
                          is_default ? "the default model" : "a model of the person's", f32,
                          need.f16_bytes > 0 ? f16 : "cannot");
  if (need.talk_bytes > 0)
    {
      g_autofree char *talk = g_format_size_full (need.talk_bytes, G_FORMAT_SIZE_IEC_UNITS);

      g_string_append_printf (text, "  more for a conversation of %d tokens: %s\n",
                              MONOCLE_MEMORY_TALK_TOKENS, talk);
    }
}

static void
add_device (GString *text, MonocleDevice *device)
{
  g_autofree char *memory
      = g_format_size_full (monocle_device_get_memory_bytes (device), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *budget
      = g_format_size_full (monocle_device_get_budget_bytes (device), G_FORMAT_SIZE_IEC_UNITS);

  g_string_append_printf (
      text, "Device %u: %s, %s, %s, Vulkan %s, memory %s, may use %s\n  self-check f32: ",
      monocle_device_get_index (device), monocle_device_get_name (device),
      monocle_device_get_driver (device), monocle_device_get_kind_name (device),
      monocle_device_get_api_version (device), memory, budget);
  add_check (text, device, MONOCLE_PRECISION_F32);
  g_string_append (text, "\n  self-check f16: ");
  if (monocle_device_get_has_f16 (device))
    add_check (text, device, MONOCLE_PRECISION_F16);
  else
    g_string_append (text, "cannot");
  g_string_append_c (text, '\n');
}

/* Which device it is by its number: a UUID tells one machine from another. */
static char *
describe_choice (const char *wanted, GPtrArray *devices)
{
  if (g_str_equal (wanted, "auto") || !*wanted)
    return g_strdup ("auto");
  for (guint i = 0; devices && i < devices->len; i++)
    if (g_ascii_strcasecmp (monocle_device_get_uuid (devices->pdata[i]), wanted) == 0)
      return g_strdup_printf ("%u", i);
  return g_strdup ("one that is not there");
}

/* @settings: (nullable) */
static void
add_settings (GString *text, GSettings *settings, const char *model, GPtrArray *devices)
{
  g_autofree char *wanted = NULL, *device = NULL, *precision = NULL;
  g_auto (GStrv) trusted = NULL;

  if (!settings)
    {
      g_string_append (text, "Settings: none, those of the window are not installed, or are of "
                             "another version\n");
      return;
    }

  wanted = g_settings_get_string (settings, "device");
  precision = g_settings_get_string (settings, "precision");
  trusted = g_settings_get_strv (settings, "trusted-devices");
  device = describe_choice (wanted, devices);
  g_string_append_printf (text, "Settings: model %s, device %s%s, precision %s, beams %d\n",
                          *model ? "of the person's" : "default", device,
                          g_strv_contains ((const char *const *) trusted, wanted) ? " (trusted)"
                                                                                  : "",
                          precision, g_settings_get_int (settings, "beams"));
}

char *
monocle_report_write (GPtrArray *devices, const GError *error)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GSettings) settings = open_settings ();
  g_autofree char *usual = monocle_model_store_find (NULL, NULL);
  g_autofree char *model = settings ? g_settings_get_string (settings, "model") : g_strdup ("");
  g_autofree char *own = *model ? monocle_model_store_find (model, NULL) : NULL;

  add_system (text);
  g_string_append_printf (text, "Default model: %s\n", usual ? "there" : "missing");
  for (guint i = 0; devices && i < devices->len; i++)
    {
      add_device (text, devices->pdata[i]);
      add_need (text, devices->pdata[i], *model ? own : usual, !*model);
    }
  if (error)
    g_string_append_printf (text, "Devices: %s\n", error->message);
  add_settings (text, settings, model, devices);
  return g_string_free (text, FALSE);
}

/* --- in a thread --------------------------------------------------------------------------- */

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = monocle_device_list (&error);

  g_task_return_pointer (task, monocle_report_write (devices, error), g_free);
}

void
monocle_report_write_async (GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, monocle_report_write_async);
  g_task_run_in_thread (task, write_in_thread);
}

char *
monocle_report_write_finish (GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}
