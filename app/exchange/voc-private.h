/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reading and writing of Pascal VOC share.
 */
#pragma once

#include "app/exchange/format.h"

G_BEGIN_DECLS

/* Of classes, a line each; that of number 1 comes first. */
#define MONOCLE_VOC_NAMES "class_names.txt"
/* 0 is background, 255 what nobody decided about. */
#define MONOCLE_VOC_MAX_NUMBER 254

gboolean monocle_voc_recognise (const char *path);
gboolean monocle_voc_read (const MonocleExchangeFormat *format,
                           MonocleExchangeSource *source,
                           MonocleExchangeTake take,
                           gpointer user_data,
                           GError **error);

G_END_DECLS
