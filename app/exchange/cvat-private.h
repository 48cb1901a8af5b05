/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reading and writing of CVAT's files share.
 */
#pragma once

#include "app/exchange/format.h"

G_BEGIN_DECLS

/* How our captions, texts and scores are called; CVAT has none. */
#define MONOCLE_CVAT_CAPTION "caption"
#define MONOCLE_CVAT_TEXT    "text"
#define MONOCLE_CVAT_SCORE   "score"

gboolean monocle_cvat_recognise (const char *path);
gboolean monocle_cvat_read (const MonocleExchangeFormat *format,
                            MonocleExchangeSource *source,
                            MonocleExchangeTake take,
                            gpointer user_data,
                            GError **error);

G_END_DECLS
