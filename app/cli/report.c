/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli report: what a bug report needs.
 */
#include "config.h"

#include "app/cli/cli.h"
#include "app/cli/out.h"
#include "app/models/report.h"

MonocleCliStatus
monocle_cli_report_system (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = NULL;
  g_autofree char *text = NULL;

  if (!monocle_cli_parse ("report", NULL,
                          _ ("Writes what a bug report needs: versions, devices, drivers, "
                             "self-checks, settings. No names of files, no pictures."),
                          NULL, entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse ("report", _ ("there is nothing to do with '%s'"), argv[1]);

  /* That there is none belongs into the report. */
  devices = monocle_device_list (&error);
  text = monocle_report_write (devices, error);
  monocle_cli_out ("%s", text);
  return MONOCLE_CLI_DONE;
}
