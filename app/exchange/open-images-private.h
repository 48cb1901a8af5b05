/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reading and writing of Open Images' tables share.
 */
#pragma once

#include "app/exchange/format.h"

G_BEGIN_DECLS

/* Who says so: people, or a program, which alone is not sure. */
#define MONOCLE_OPEN_IMAGES_MACHINE "machine"

gboolean monocle_open_images_recognise (const char *path);
gboolean monocle_open_images_read (const MonocleExchangeFormat *format,
                                   MonocleExchangeSource *source,
                                   MonocleExchangeTake take,
                                   gpointer user_data,
                                   GError **error);

G_END_DECLS
