/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reading and writing of COCO's files share with the rows of their formats.
 */
#pragma once

#include "app/exchange/format.h"

G_BEGIN_DECLS

gboolean monocle_coco_recognise (const char *path);
gboolean monocle_coco_recognise_results (const char *path);

/* Instances, captions, or both. */
gboolean monocle_coco_read (const MonocleExchangeFormat *format,
                            MonocleExchangeSource *source,
                            MonocleExchangeTake take,
                            gpointer user_data,
                            GError **error);
/* A bare list; names of pictures and categories are those of instances beside it. */
gboolean monocle_coco_read_results (const MonocleExchangeFormat *format,
                                    MonocleExchangeSource *source,
                                    MonocleExchangeTake take,
                                    gpointer user_data,
                                    GError **error);

G_END_DECLS
