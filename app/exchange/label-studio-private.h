/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reading and writing of Label Studio's tasks share.
 */
#pragma once

#include "app/exchange/format.h"

G_BEGIN_DECLS

gboolean monocle_label_studio_recognise (const char *path);
gboolean monocle_label_studio_read (const MonocleExchangeFormat *format,
                                    MonocleExchangeSource *source,
                                    MonocleExchangeTake take,
                                    gpointer user_data,
                                    GError **error);

G_END_DECLS
