/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture of every object, written: in a folder of its label.
 */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/cut.h"
#include "app/exchange/format.h"

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  return target;
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  MonocleExchangeTarget *target = writer;
  g_autofree char *stem = monocle_exchange_target_make_stem (target, "", sample);
  g_autoptr (MonocleImage) image = NULL;

  if (sample->objects->len == 0)
    return TRUE;
  if (!sample->path)
    return monocle_file_set_error (error, sample->name,
                                   "the picture is not there; --images says where it is");
  image = monocle_image_new_from_file (sample->path, error);
  if (!image)
    return FALSE;
  g_strdelimit (stem, "/", '-');
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];
      const MonocleBox box = monocle_rect_to_box (&object->box);
      g_autofree char *folder = monocle_exchange_make_folder (object->label);
      g_autofree char *name = g_strdup_printf ("%s/%s-%03u.png", folder, stem, i + 1);
      g_autoptr (GBytes) png = monocle_cut_encode_box (
          image, &box, monocle_picture_format_find ("png"), MONOCLE_PICTURE_FORMAT_QUALITY, error);

      if (!png
          || !monocle_exchange_target_write (target, name, g_bytes_get_data (png, NULL),
                                             g_bytes_get_size (png), error))
        return FALSE;
    }
  return TRUE;
}

const MonocleExchangeFormat monocle_exchange_crops = {
  .id = "crops",
  .title = N_ ("PNG Crops"),
  .extension = "png",
  .can = MONOCLE_EXCHANGE_BOX,
  .begin = begin,
  .add = add,
};
