/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/drawn.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "app/base/output.h"

/* (nullable): the first picture of the first answer. */
static MonocleImage *
find_picture (const MonocleRun *run)
{
  const MonocleResult *result = run->results->len > 0 ? run->results->pdata[0] : NULL;

  for (guint i = 0; result && i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);

      if (part->kind == MONOCLE_PART_PICTURE)
        return part->picture;
    }
  return NULL;
}

static void
add_text (GStrvBuilder *keys, GStrvBuilder *values, const char *key, const char *value)
{
  g_autofree char *full = g_strconcat ("tEXt::", key, NULL);

  g_strv_builder_add (keys, full);
  g_strv_builder_add (values, value);
}

/* What it was drawn by, so that it can be drawn again. */
static void
describe (GStrvBuilder *keys,
          GStrvBuilder *values,
          MonocleModel *model,
          const MonocleRequest *request)
{
  const guint64 seed = request->sampling ? request->sampling->seed : 0;
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);

  add_text (keys, values, "Software", "Monocle");
  add_text (keys, values, "Model", monocle_model_get_name (model));
  add_text (keys, values, "Task", request->task->id);
  if (request->text)
    add_text (keys, values, "Description", request->text);
  add_text (keys, values, "Seed", number);
}

static gboolean
encode (MonocleImage *picture,
        MonocleModel *model,
        const MonocleRequest *request,
        char **bytes,
        gsize *n,
        GError **error)
{
  const guint width = monocle_image_get_width (picture),
              height = monocle_image_get_height (picture);
  g_autoptr (GdkPixbuf) pixbuf
      = gdk_pixbuf_new_from_data (monocle_image_get_pixels (picture), GDK_COLORSPACE_RGB, FALSE, 8,
                                  (int) width, (int) height, (int) (3 * width), NULL, NULL);
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) values = g_strv_builder_new ();
  g_auto (GStrv) key_list = NULL, value_list = NULL;

  describe (keys, values, model, request);
  key_list = g_strv_builder_end (keys);
  value_list = g_strv_builder_end (values);
  return gdk_pixbuf_save_to_bufferv (pixbuf, bytes, n, "png", key_list, value_list, error);
}

MonocleCliStatus
monocle_cli_drawn_write (const MonocleRun *run,
                         MonocleModel *model,
                         const MonocleRequest *request,
                         const char *path)
{
  MonocleImage *picture = find_picture (run);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  /* An answer that was interrupted has none. */
  if (!picture)
    return MONOCLE_CLI_FAILED;
  if (!encode (picture, model, request, &bytes, &n, &error)
      || !monocle_output_write (path, bytes, n, &error))
    return monocle_cli_report (path, error);
  return MONOCLE_CLI_DONE;
}
