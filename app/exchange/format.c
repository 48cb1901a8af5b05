/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/format.h"

#include <string.h>

/* The first that recognises something is it: the strictest come first. */
static const MonocleExchangeFormat *const formats[] = {
  &monocle_exchange_monocle,       &monocle_exchange_answers,       &monocle_exchange_coco,
  &monocle_exchange_coco_results,  &monocle_exchange_coco_captions, &monocle_exchange_label_studio,
  &monocle_exchange_labelme,       &monocle_exchange_cvat,          &monocle_exchange_voc,
  &monocle_exchange_open_images,   &monocle_exchange_dota,          &monocle_exchange_lessons,
  &monocle_exchange_yolo_obb,      &monocle_exchange_yolo_seg,      &monocle_exchange_yolo,
  &monocle_exchange_yolo_classify, &monocle_exchange_csv,           &monocle_exchange_masks,
  &monocle_exchange_crops,
};

const MonocleExchangeFormat *const *
monocle_exchange_list_formats (guint *n_formats)
{
  *n_formats = G_N_ELEMENTS (formats);
  return formats;
}

const MonocleExchangeFormat *
monocle_exchange_find_format (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i]->id, id) == 0)
      return formats[i];
  return NULL;
}

const MonocleExchangeFormat *
monocle_exchange_recognise (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i]->recognise && formats[i]->recognise (path))
      return formats[i];
  return NULL;
}

char *
monocle_exchange_dup_ids (gboolean read)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (read ? formats[i]->read != NULL : formats[i]->begin != NULL)
      g_strv_builder_add (ids, formats[i]->id);
  list = g_strv_builder_end (ids);
  return g_strjoinv (", ", list);
}
