/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/detail.h"

#include "engine/models/family.h"
#include "engine/run/model-private.h"

static const char *const names[MONOCLE_N_DETAILS] = { "auto", "glance", "normal", "fine" };

const char *
monocle_detail_get_name (MonocleDetail detail)
{
  g_return_val_if_fail (detail < MONOCLE_N_DETAILS, names[0]);

  return names[detail];
}

gboolean
monocle_detail_find (const char *name, MonocleDetail *detail)
{
  for (guint i = 0; i < MONOCLE_N_DETAILS; i++)
    if (g_strcmp0 (name, names[i]) == 0)
      {
        *detail = (MonocleDetail) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
monocle_model_has_details (MonocleModel *self)
{
  return monocle_model_get_family (self)->look_in_pieces != NULL;
}

gboolean
monocle_model_peek_details (const char *directory)
{
  g_auto (MonocleModelInfo) info = { 0 };

  return monocle_model_info_load (&info, directory, NULL) && info.family->look_in_pieces;
}

MonocleDetail
monocle_model_choose_detail (MonocleModel *self, MonocleDetail wanted)
{
  if (!monocle_model_has_details (self))
    return MONOCLE_DETAIL_AUTO;
  if (wanted != MONOCLE_DETAIL_AUTO)
    return wanted;
  switch (monocle_device_get_kind (monocle_model_get_device (self)))
    {
    case MONOCLE_DEVICE_SOFTWARE:
      return MONOCLE_DETAIL_GLANCE;
    case MONOCLE_DEVICE_DISCRETE:
      return MONOCLE_DETAIL_FINE;
    case MONOCLE_DEVICE_INTEGRATED:
    case MONOCLE_DEVICE_VIRTUAL:
    case MONOCLE_DEVICE_OTHER:
    default:
      return MONOCLE_DETAIL_NORMAL;
    }
}

void
monocle_model_set_detail (MonocleModel *self, gpointer data, MonocleDetail detail)
{
  static const guint pieces[MONOCLE_N_DETAILS] = { 0, 1, 2, 0 };
  const MonocleFamily *family = monocle_model_get_family (self);

  if (family->look_in_pieces)
    family->look_in_pieces (data, pieces[detail]);
}
