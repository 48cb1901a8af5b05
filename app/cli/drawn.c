/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/drawn.h"

#include "app/base/output.h"
#include "app/draw/drawn-png.h"

MonocleCliStatus
monocle_cli_drawn_write (const MonocleRun *run,
                         MonocleModel *model,
                         const MonocleRequest *request,
                         const char *path)
{
  MonocleImage *picture
      = run->results->len > 0 ? monocle_drawn_find (run->results->pdata[0]) : NULL;
  const MonocleDrawnFacts facts = {
    .model = monocle_model_get_name (model),
    .task = request->task->id,
    .text = request->text,
    .seed = request->sampling ? request->sampling->seed : 0,
  };
  g_autoptr (GBytes) png = NULL;
  g_autoptr (GError) error = NULL;

  /* An answer that was interrupted has none. */
  if (!picture)
    return MONOCLE_CLI_FAILED;
  png = monocle_drawn_png_encode (picture, &facts, &error);
  if (!png
      || !monocle_output_write (path, g_bytes_get_data (png, NULL), g_bytes_get_size (png), &error))
    return monocle_cli_report (path, error);
  return MONOCLE_CLI_DONE;
}
