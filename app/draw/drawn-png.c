/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/draw/drawn-png.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

static void
add_text (GStrvBuilder *keys, GStrvBuilder *values, const char *key, const char *value)
{
  g_autofree char *full = g_strconcat ("tEXt::", key, NULL);

  if (!value)
    return;
  g_strv_builder_add (keys, full);
  g_strv_builder_add (values, value);
}

GBytes *
monocle_drawn_png_encode (MonocleImage *picture, const MonocleDrawnFacts *facts, GError **error)
{
  const guint width = monocle_image_get_width (picture),
              height = monocle_image_get_height (picture);
  g_autoptr (GdkPixbuf) pixbuf
      = gdk_pixbuf_new_from_data (monocle_image_get_pixels (picture), GDK_COLORSPACE_RGB, FALSE, 8,
                                  (int) width, (int) height, (int) (3 * width), NULL, NULL);
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) values = g_strv_builder_new ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, facts->seed);
  g_auto (GStrv) key_list = NULL, value_list = NULL;
  char *bytes;
  gsize n;

  add_text (keys, values, "Software", "Monocle");
  add_text (keys, values, "Model", facts->model);
  add_text (keys, values, "Task", facts->task);
  add_text (keys, values, "Description", facts->text);
  add_text (keys, values, "Seed", seed);
  key_list = g_strv_builder_end (keys);
  value_list = g_strv_builder_end (values);
  return gdk_pixbuf_save_to_bufferv (pixbuf, &bytes, &n, "png", key_list, value_list, error)
             ? g_bytes_new_take (bytes, n)
             : NULL;
}

MonocleImage *
monocle_drawn_find (const MonocleResult *result)
{
  for (guint i = 0; i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);

      if (part->kind == MONOCLE_PART_PICTURE)
        return part->picture;
    }
  return NULL;
}
