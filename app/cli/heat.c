/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/heat.h"

#include "app/base/output.h"
#include "app/exchange/cut.h"

/* (transfer container): those of all parts, in their order */
static GPtrArray *
list_maps (const MonocleRun *run)
{
  GPtrArray *maps = g_ptr_array_new ();

  for (guint i = 0; i < run->results->len; i++)
    for (guint k = 0; k < monocle_result_get_n_parts (run->results->pdata[i]); k++)
      {
        const MonoclePart *part = monocle_result_get_part (run->results->pdata[i], k);

        if (part->kind == MONOCLE_PART_HEAT)
          g_ptr_array_add (maps, part->heat);
      }
  return maps;
}

MonocleCliStatus
monocle_cli_heat_write (const MonocleRun *run, const char *path)
{
  g_autoptr (GPtrArray) maps = list_maps (run);
  g_autofree guint16 *levels = NULL;
  g_autoptr (GBytes) png = NULL;
  g_autoptr (GError) error = NULL;
  const MonocleHeat *first;

  /* An answer that was interrupted may have none. */
  if (maps->len == 0)
    return MONOCLE_CLI_FAILED;
  first = maps->pdata[0];
  levels = monocle_heat_spread ((const MonocleHeat *const *) maps->pdata, maps->len);
  png = monocle_png_encode (levels, first->width, first->height, 16, NULL);
  if (!monocle_output_write (path, g_bytes_get_data (png, NULL), g_bytes_get_size (png), &error))
    return monocle_cli_report (path, error);
  return MONOCLE_CLI_DONE;
}
