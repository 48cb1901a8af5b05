/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reading and writing of LabelMe's files share.
 */
#pragma once

#include "app/exchange/format.h"

G_BEGIN_DECLS

/* Outlines of one label in one group are pieces of one object. */
void monocle_labelme_join_groups (MonocleSample *sample);

gboolean monocle_labelme_recognise (const char *path);
gboolean monocle_labelme_read (const MonocleExchangeFormat *format,
                               MonocleExchangeSource *source,
                               MonocleExchangeTake take,
                               gpointer user_data,
                               GError **error);

G_END_DECLS
