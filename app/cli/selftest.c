/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli selftest: whether devices compute what they are told to.
 */
#include "config.h"

#include <json-glib/json-glib.h>

#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/json/fields.h"
#include "app/models/device-check.h"

static void
show_progress (double fraction, gpointer device)
{
  monocle_cli_progress_show (fraction, _ ("Checking %s"), monocle_device_get_name (device));
}

static void
print_json (MonocleDevice *device, const char *precision, const GError *error, double ms)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "device", monocle_device_get_name (device));
  monocle_json_add_text (builder, "uuid", monocle_device_get_uuid (device));
  monocle_json_add_text (builder, "driver", monocle_device_get_driver (device));
  monocle_json_add_text (builder, "precision", precision);
  monocle_json_add_flag (builder, "right", !error);
  monocle_json_add_text (builder, "fault", error ? error->message : NULL);
  monocle_json_add_number (builder, "ms", ms);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

/* A device that computes wrongly is a result; one that could not be tried is an error. */
static MonocleCliStatus
check (MonocleDevice *device, MonoclePrecision precision, gboolean json)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const char *name = monocle_precision_get_name (precision);
  gint64 start = g_get_monotonic_time ();
  double ms;

  monocle_device_check_async (device, precision, monocle_cli_wait_get_cancellable (), show_progress,
                              device, monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  monocle_device_check_finish (result, &error);
  ms = (double) (g_get_monotonic_time () - start) / 1000;
  monocle_cli_progress_clear ();
  if (error && !g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_WRONG_RESULTS))
    return monocle_cli_report (NULL, error);

  if (json)
    print_json (device, name, error, ms);
  else if (error)
    monocle_cli_out (_ ("%s, %s: wrong: %s\n"), monocle_device_get_name (device), name,
                     error->message);
  else
    /* Translators: a device, a precision, how long it took */
    monocle_cli_out (_ ("%s, %s: right (%.1f s)\n"), monocle_device_get_name (device), name,
                     ms / 1000);
  monocle_cli_out_flush ();
  return error ? MONOCLE_CLI_FAILED : MONOCLE_CLI_DONE;
}

static GPtrArray *
find_devices (const char *wanted, GError **error)
{
  g_autoptr (GPtrArray) devices = NULL;
  MonocleDevice *device;

  if (!wanted)
    return monocle_device_list (error);
  device = monocle_device_find (wanted, error);
  if (!device)
    return NULL;
  devices = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (devices, device);
  return g_steal_pointer (&devices);
}

/* In what it can, or in the precision that was asked for. */
static MonocleCliStatus
check_all (GPtrArray *devices, MonoclePrecision wanted, gboolean json)
{
  MonocleCliStatus status = MONOCLE_CLI_DONE;

  for (guint i = 0; i < devices->len; i++)
    for (MonoclePrecision j = MONOCLE_PRECISION_F32; j < MONOCLE_N_PRECISIONS; j++)
      {
        const gboolean can
            = j == MONOCLE_PRECISION_F32 || monocle_device_get_has_f16 (devices->pdata[i]);

        if (status != MONOCLE_CLI_INTERRUPTED
            && (wanted == MONOCLE_PRECISION_AUTO ? can : j == wanted))
          status = monocle_cli_worst (status, check (devices->pdata[i], j, json));
      }
  return status;
}

MonocleCliStatus
monocle_cli_selftest (int argc, char **argv)
{
  g_autofree char *format = NULL, *wanted = NULL, *precision = NULL;
  MonoclePrecision only = MONOCLE_PRECISION_AUTO;
  const GOptionEntry entries[] = {
    { "device", 'd', 0, G_OPTION_ARG_FILENAME, &wanted,
      N_ ("Number, part of the name or UUID of a device (default: all devices)"), N_ ("DEVICE") },
    { "precision", 'p', 0, G_OPTION_ARG_FILENAME, &precision,
      N_ ("Storage of the weights (default: all that the device can)"), "f32|f16|q8|q4" },
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = NULL;
  gboolean json;

  if (!monocle_cli_parse (
          "selftest", NULL,
          _ ("Checks whether devices compute rightly: every operation against plain "
             "C, and the default model on a picture whose answer is known."),
          NULL, entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse ("selftest", _ ("there is nothing to do with '%s'"), argv[1]);
  if (!monocle_cli_format_read ("selftest", format, &json))
    return MONOCLE_CLI_USAGE;
  if (precision && (!monocle_precision_find (precision, &only) || only == MONOCLE_PRECISION_AUTO))
    return monocle_cli_refuse ("selftest", _ ("--precision is f32, f16, q8 or q4"));

  devices = find_devices (wanted, &error);
  if (!devices)
    return monocle_cli_report (NULL, error);
  return check_all (devices, only, json);
}
